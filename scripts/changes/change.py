"""What changed from one client to the next, as data: text is made of it in `report`, at the edge."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

# What became of a part of the document.
Verb = StrEnum(
    "Verb",
    "REMOVED ADDED RENAMED MOVED RETYPED REQUIRED OPTIONAL NULLABLE NOTNULL VALUES LIMIT SCOPE MEDIA DEPRECATED TEXT",
)
# What breaks. No type checker sees ``wire`` (the server refuses) and ``silent`` (the code does something else).
Effect = StrEnum("Effect", "IMPORT CALL READ WIRE SILENT")
# Where in an operation; ``operation`` is all of it, ``schema`` what no operation uses, ``document`` the rest.
Side = StrEnum("Side", "OPERATION PARAMETER SEND ANSWER SCHEMA DOCUMENT")
# What an operation asks of its callers; ``same`` and ``gains`` ask nothing.
Verdict = StrEnum("Verdict", "SAME GAINS RENAMED EDIT GONE NEW")

UNSEEN = frozenset({Effect.WIRE, Effect.SILENT})
MANY = 3  # operations from which on a fact is told once for all of them


@dataclass(frozen=True)
class Place:
    """Where a fact holds: the operation by its new id, where it has one; the side; the path before and after."""

    call: str
    side: Side
    path: str
    new_path: str


@dataclass(frozen=True)
class Fact:
    """One difference. ``places`` are the nearest one on each side of each operation.

    ``old`` and ``new`` are Python names (``Class.field``), ``was`` and ``now`` short texts; ``sure`` is false for a
    guess. ``is_pair``: ``was`` and ``now`` are classes, one in the place of the other. ``holder``: the classes, old and
    new, whose field it is.
    """

    verb: Verb
    places: tuple[Place, ...]
    old: str = ""
    new: str = ""
    was: str = ""
    now: str = ""
    effects: frozenset[Effect] = frozenset()
    sure: bool = True
    is_pair: bool = False
    holder: tuple[str, str] = ("", "")

    @property
    def side(self) -> Side:
        """The side of its first place."""
        return self.places[0].side

    @property
    def path(self) -> str:
        """The path of its first place."""
        return self.places[0].path or self.places[0].new_path

    @property
    def is_wide(self) -> bool:
        """Whether it concerns many operations, or answers' errors and warnings alone."""
        problems = (re.match(r"answer \w+\.(errors|warnings)\b", each.path or each.new_path) for each in self.places)
        return len({place.call for place in self.places}) >= MANY or all(problems)


@dataclass(frozen=True)
class Call:
    """An operation in both clients: ids, modules below the package, and the helpers that work with it.

    ``before`` and ``after`` are code that calls it.
    Of one that is gone, ``successor`` serves its purpose (see `successors`), ``nearest`` has the nearest path: a guess.
    """

    old_id: str
    new_id: str
    old_module: str
    new_module: str
    verdict: Verdict
    old_helpers: frozenset[str] = frozenset()
    new_helpers: frozenset[str] = frozenset()
    successor: str = ""
    nearest: str = ""
    before: str = ""
    after: str = ""

    @property
    def id(self) -> str:
        """The new id, where it has one."""
        return self.new_id or self.old_id


@dataclass(frozen=True)
class Pair:
    """Two classes that met, and where."""

    old: str
    new: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Rename:
    """A word to replace in code; ``classes`` are the old ones that it covers, more than one where it is a stem."""

    old: str
    new: str
    is_stem: bool = False
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything that changed. ``old`` and ``new`` are the API's versions.

    ``words`` are what a script replaces, in this order; ``gone`` the classes without a successor; ``note`` says why
    there is no Python, where there is none.
    """

    old: str
    new: str
    calls: tuple[Call, ...]
    facts: tuple[Fact, ...]
    pairs: tuple[Pair, ...]
    renames: tuple[Rename, ...]
    words: tuple[tuple[str, str], ...]
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    note: str = ""

    def facts_of(self, call: Call) -> list[Fact]:
        """The facts that concern an operation."""
        return [fact for fact in self.facts if any(place.call == call.id for place in fact.places)]

    def to_json(self) -> dict[str, Any]:
        """The report as JSON data, each fact also with the first place's ``call``, ``side`` and ``path``."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self), default=sorted))
        for fact, written in zip(self.facts, data["facts"], strict=True):
            written |= {"call": fact.places[0].call, "side": fact.side, "path": fact.path}
        for call, written in zip(self.calls, data["calls"], strict=True):
            written["facts"] = [data["facts"][self.facts.index(fact)] for fact in self.facts_of(call)]
        return data
