"""Carry a choice of operations over to another version of the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.changes.documents import find_renamed
from scripts.spec.document import Document
from scripts.spec.select import Offered, matches, nearest, offered


@dataclass(frozen=True)
class Carried:
    """The choice for the new document, what is renamed there, and what is gone, with the nearest that it offers."""

    selected: tuple[str, ...]
    renamed: dict[str, str]
    gone: dict[str, list[str]]


def carry(selected: Sequence[str], kept: Document, new: Document) -> Carried:
    """Carry ``wanted`` over from the document ``kept`` by it to ``new``, a whole one.

    An operation is the same by its operationId, else by its method and path without the version.
    """
    before, after = offered(kept), offered(new)
    known = {operation.id: operation for operation in after}
    moved = find_renamed(kept, new)
    others = [each for each in known if each not in {operation.id for operation in before}] or list(known)
    gone = {each.id: nearest(each.id, sorted(others)) for each in before if each.id not in {*known, *moved}}
    carried = [
        moved.get(entry, entry)
        for entry in selected
        if entry in moved or _is_any(entry, after) or not _is_any(entry, before)  # else it names nothing any more
    ]
    carried += [name for name in moved.values() if not any(matches(known[name], entry) for entry in carried)]
    return Carried(tuple(dict.fromkeys(carried)), moved, gone)


def _is_any(entry: str, operations: Sequence[Offered]) -> bool:
    return any(matches(each, entry) for each in operations)
