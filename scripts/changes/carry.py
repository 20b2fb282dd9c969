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
    known = {operation.id for operation in after}
    moved = find_renamed(kept, new)
    others = [each for each in known if each not in {operation.id for operation in before}] or list(known)
    gone = {each.id: nearest(each.id, sorted(others)) for each in before if each.id not in known | moved.keys()}
    carried = [moved.get(entry, entry) for entry in selected if not _is_spent(entry, before, after, moved)]
    carried += [
        name
        for name in moved.values()
        if not any(matches(each, entry) for each in after for entry in carried if each.id == name)
    ]
    return Carried(tuple(dict.fromkeys(carried)), moved, gone)


def _is_spent(entry: str, before: Sequence[Offered], after: Sequence[Offered], moved: dict[str, str]) -> bool:
    """Whether an entry named something before and names nothing now."""
    had, has = (any(matches(each, entry) for each in side) for side in (before, after))
    return had and not has and entry not in moved
