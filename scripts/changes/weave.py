"""Give each change of the document the Python names it concerns, and find what changed in the package alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from openapi_python_client.strings import ClassName, PythonIdentifier

from scripts.changes.schemas import REPLACED, Change, folded
from scripts.changes.surface import Surface, differences

_PREFIX = "field_"  # what the generator puts before a name that is no identifier
_IN_OPERATION = re.compile(r"\((?P<parameter>.*) in \w+\)(?P<rest>.*)|(?P<part> body| answer \S+)(?P<rest2>.*)")
_SCHEMA = re.compile(r"[^.\[{]*")
_PROPERTY = re.compile(r"\.([^.\[\]{}]+)")

Step = tuple[str, str]  # a name before and after; "" where it is not there


@dataclass(frozen=True)
class Packages:
    """Two packages, with the operationIds and schemas that the new one has under other names."""

    old: Surface
    new: Surface
    renamed: dict[str, str]  # old name -> new name

    @cached_property
    def differences(self) -> dict[str, tuple[str | None, str | None]]:
        """What each name that came, went or changed was and is."""
        return differences(self.old, self.new)

    @cached_property
    def formerly(self) -> dict[str, str]:
        """The old name of what is renamed, by the new one."""
        return {now: was for was, now in self.renamed.items()}

    def same(self, step: Step) -> bool:
        """Whether what a caller writes, and what it means, is the same before and after."""
        was, now = self.old.names.get(step[0]), self.new.names.get(step[1])
        return was is not None and was == now and local(step[0]) == local(step[1])

    def is_member(self, step: Step) -> bool:
        """Whether a name is a member of an enum: the value of one is a literal."""
        return (self.old.names.get(step[0]) or self.new.names.get(step[1]) or "")[:1] in ("'", '"')


@dataclass(frozen=True)
class Woven:
    """A change at a ``place`` in its ``subject``, an operation or a schema, and the Python names of both.

    ``steps`` are names that came, went or changed; ``name`` is the subject's own.
    """

    subject: str
    place: str
    change: Change
    name: str = ""
    steps: tuple[Step, ...] = ()


def weave(changes: Sequence[Change], packages: Packages) -> tuple[list[Woven], list[str]]:
    """The changes with their Python names, and the names that changed in the package without any of them.

    A parameter whose argument callers give as before no longer looks breaking.
    """
    left = dict(packages.differences)
    woven = []
    for change in changes:
        subject, place = _split(change, packages)
        step = _step(packages, subject, place)
        steps: tuple[Step, ...] = (step,)
        if change.kind == "enum":
            steps = _members(change, packages, step) or steps
        elif change.kind == "nullable":
            steps = _users(packages, step) or steps
        elif change.kind == "parameter" and packages.same(step):
            change = replace(change, breaking=False)
        for name in {name for pair in steps for name in (*pair, *_along(change, packages, pair))}:
            left.pop(name, None)
        name = next((found for found in reversed(_step(packages, subject, "")) if found), "")
        if change.kind == "operation" and change.what.startswith("renamed"):
            subject, place = packages.renamed.get(subject, subject), subject
        woven.append(Woven(subject, place.strip(), change, name, tuple(pair for pair in steps if any(pair))))
    return woven, sorted(left)


def local(name: str) -> str:
    """A name as it is called within its class or operation; nothing for an operation and what it answers."""
    if name.startswith("api."):
        return name.partition("(")[2].rstrip(")")
    return name.rpartition(".")[2]


def _split(change: Change, packages: Packages) -> tuple[str, str]:
    """The operation or schema that a change is about, and the place in it."""
    where = change.where
    operations = [name for name in (*packages.old.operations, *packages.new.operations) if where.startswith(name)]
    for name in sorted(operations, key=len, reverse=True):
        if where == name or _IN_OPERATION.fullmatch(where, len(name)):
            return name, where[len(name) :]
    was, arrow, now = where.rpartition(REPLACED)
    match = _SCHEMA.match(now)
    end = len(was + arrow) + (match.end() if match else 0)
    known = any(_root(side, name) for side, name in _sides(packages, where[:end]))
    return (where[:end], where[end:]) if known else (where, "")


def _sides(packages: Packages, subject: str) -> tuple[tuple[Surface, str], tuple[Surface, str]]:
    was, _, now = subject.rpartition(REPLACED)
    old = was or packages.formerly.get(now, now)
    return (packages.old, old), (packages.new, packages.renamed.get(now, now))


def _root(side: Surface, name: str) -> str:
    named = side.operations.get(name) or f"models.{ClassName(name, _PREFIX)}"
    return named if named in side.names else ""


def _step(packages: Packages, subject: str, place: str) -> Step:
    old, new = (_find(side, name, place) for side, name in _sides(packages, subject))
    return old, new


def _find(side: Surface, name: str, place: str) -> str:
    """The Python name of a place in an operation or schema."""
    found, rest = _root(side, name), place
    if found.startswith("api.") and (match := _IN_OPERATION.fullmatch(place)):
        argument = match["parameter"] and PythonIdentifier(match["parameter"], _PREFIX)
        argument = "body" if match["part"] == " body" else argument
        found += f"({argument})" if argument else ""
        rest = match["rest"] or match["rest2"] or ""
    for key in _PROPERTY.findall(rest):
        found = f"{side.class_in(found)}.{PythonIdentifier(key, _PREFIX)}"
    return found if found in side.names else ""


def _members(change: Change, packages: Packages, step: Step) -> tuple[Step, ...]:
    """The members of an enum that a change is about."""
    old, new = packages.old.class_in(step[0]), packages.new.class_in(step[1])
    was, now = (side.members(kind) if kind else {} for side, kind in ((packages.old, old), (packages.new, new)))
    alike = [(a, b) for a in was for b in now if folded(was[a]) == folded(now[b])]
    match change.what.split()[0]:
        case "recased":
            return tuple((a, b) for a, b in alike if was[a] != now[b])
        case "removed":
            return tuple((a, "") for a in was if a not in (pair[0] for pair in alike))
        case "added":
            return tuple(("", b) for b in now if b not in (pair[1] for pair in alike))
    return ()


def _users(packages: Packages, step: Step) -> tuple[Step, ...]:
    """The names whose types differ in None alone, because a class they name may be null now, or no longer."""
    kind = local(step[1])
    if packages.new.names.get(step[1]) != "class":
        return ()
    return tuple(
        (name, name)
        for name, (was, now) in packages.differences.items()
        if was and now and re.search(rf"\b{kind}\b", now) and _without_null(was) == _without_null(now)
    )


def _without_null(what: str) -> str:
    return what.replace(" | None", "").replace("None | ", "")


def _along(change: Change, packages: Packages, step: Step) -> Iterator[str]:
    """What comes, goes or stays along with a name: what is in it, and the inline classes that its type names."""
    old, new = step
    for side, other, name in ((packages.old, packages.new, old), (packages.new, packages.old, new)):
        inside = side.members(name) if name and change.kind in ("operation", "schema") else {}
        if change.kind == "operation" and old and new:  # what differs in it is told by changes of its own
            pairs = {f"{old}({local(each)})": f"{new}({local(each)})" for each in inside}
            inside = {each: "" for pair in pairs.items() if packages.same(pair) for each in pair}
        yield from inside
        for each in (name, *inside):
            yield from _inline(side, other, each)


def _inline(side: Surface, other: Surface, name: str) -> Iterator[str]:
    """The class that a name's type names, and all in it, at any depth, as far as the other package has none of it."""
    waiting, seen = [name], set()
    while waiting:
        kind = side.class_in(waiting.pop())
        if kind and kind not in seen and kind not in other.names:
            seen.add(kind)
            waiting += side.members(kind)
            yield from (kind, *side.members(kind))
