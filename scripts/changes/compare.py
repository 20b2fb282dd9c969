"""Walk two clients side by side, each document together with the package made of it, and note what differs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from scripts.changes.change import Effect, Fact, Place, Side, Verb
from scripts.changes.documents import as_list, fold, is_same, mapping, read_rest, show
from scripts.changes.slots import Client, Slot, Slots
from scripts.changes.surface import NOTHING, OPTIONAL, Type, core, is_assignable, rename, spell
from scripts.spec.document import Document
from scripts.spec.select import Offered

_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LIMITS = (*_HIGHEST, *_LOWEST, "pattern", "multipleOf", "uniqueItems")
# What types, fields and the places of both say.
_STRUCTURE = (
    *("$ref", "type", "enum", "properties", "required", "items", "values", "members", "merged"),
    *("nullable", "title", "component"),
)
# The parameters that the runtime's `pages` walks by: where a page begins, and its size.
_PAGING = {"page_index": "offset", "page_size": "limit"}
# Where calls, tokens or secrets go.
_HOST = re.compile(r"\bservers\[\d+\]\.(url|variables\b.*)$|^securitySchemes\..*Url$")

Effects = frozenset[Effect]
NONE: Effects = frozenset()
IMPORT, CALL, READ, WIRE, SILENT = (frozenset({effect}) for effect in Effect)
Path = tuple[str, str]  # in the old document and in the new one
_NOWHERE: Path = ("", "")


class Comparison:
    """What differs between two clients.

    Attributes:
        facts: each difference once, with the nearest place where it holds on each side of each operation.
        met: every two classes where one stands where the other stood, with those places.
    """

    def __init__(
        self,
        old: Client,
        new: Client,
        matched: Mapping[str, str],
        successors: Mapping[str, str] = MappingProxyType({}),
        by_hand: Collection[str] = (),
    ) -> None:
        """Compare the operations that are ``matched``, old id and new, and note which others are gone or new.

        Args:
            successors: what a script replaces classes by, so that types that differ by that alone still fit.
            by_hand: classes that are gone and that no script replaces.
        """
        self.old, self.new, self._successors, self._by_hand = old, new, successors, by_hand
        self.met: dict[Path, list[Place]] = defaultdict(list)
        self._found: dict[tuple[object, ...], Fact] = {}
        self._enums = old.package.enums | new.package.enums
        for name, other in matched.items():
            was, now = old.operations[name], new.operations[other]
            self._visit(other, Side.OPERATION, self._compare_operations, was, now)
            self._visit(other, Side.PARAMETER, self._compare_slots, old.read_parameters(was), new.read_parameters(now))
            self._visit(other, Side.SEND, self._compare_slots, old.read_body(was), new.read_body(now))
            self._visit(other, Side.ANSWER, self._compare_slots, old.read_answers(was), new.read_answers(now))
        for name in (name for name in old.operations if name not in matched):
            names = (old.package.find_module(name).name, "")
            self._visit(name, Side.OPERATION, self._add, _NOWHERE, Verb.REMOVED, (name, ""), names, IMPORT)
        for name in (name for name in new.operations if name not in matched.values()):
            names = ("", new.package.find_module(name).name)
            self._visit(name, Side.OPERATION, self._add, _NOWHERE, Verb.ADDED, ("", name), names)
        self._visit("", Side.SCHEMA, self._compare_schemas)
        self._visit("", Side.DOCUMENT, self._compare_parts, read_rest(old.document), read_rest(new.document))
        self.facts = tuple(self._found.values())

    def _visit(self, call: str, side: Side, compare: Callable[..., None], *parts: Any) -> None:
        """Compare a part of an operation, then all classes that meet in it, each pair at its nearest place."""
        self._call, self._side = call, side
        self._waiting: list[tuple[Path, Path, Callable[..., None], tuple[Any, ...]]] = [
            (_NOWHERE, _NOWHERE, compare, parts)
        ]
        for holder, at, go_on, inside in self._waiting:  # which grows meanwhile
            self._holder, self._at = holder, at
            go_on(*inside)

    def _place(self, path: Path) -> Place:
        ends = zip(self._at, path, strict=True)
        return Place(self._call, self._side, *(at + end if end or path == _NOWHERE else "" for at, end in ends))

    def _meet(self, path: Path, old: Slot, new: Slot) -> None:
        """Note that two classes meet, and have them compared."""
        pair, place = (old.class_name, new.class_name), self._place(path)
        self.met[pair].append(place)
        if all(pair != holder for holder, *_ in self._waiting):
            self._waiting.append((pair, (place.path, place.new_path), self._compare_classes, (old, new)))

    def _add(
        self,
        path: Path,
        verb: Verb,
        texts: Path = _NOWHERE,
        names: Path = _NOWHERE,
        send: Effects = NONE,
        read: Effects = NONE,
        types: Sequence[Type] = (),
        *,
        sure: bool = True,
        is_pair: bool = False,
    ) -> None:
        """Note a fact, or one more place of it.

        ``send`` and ``read`` are what it breaks where the part is sent, and where it is read; ``types`` what a type
        checker compares there.
        """
        is_sent, is_read = self._side is not Side.ANSWER, self._side in (Side.ANSWER, Side.SCHEMA)
        effects = (send if is_sent else NONE) | (read if is_read else NONE)
        if types:
            before, after = rename(types[0], self._successors), types[1]
            as_before = is_assignable(after, before, self._enums) or (is_pair and self._keeps_values(*texts))
            effects |= CALL if is_sent and not is_assignable(before, after, self._enums) else NONE
            effects |= READ if is_read and not as_before else NONE
        if is_pair and texts[0] in self._by_hand:
            effects |= IMPORT
        where = self._holder if any(self._holder) else (self._call, self._side)
        # Which class stands where another one stood is one fact, wherever that is.
        key = texts if is_pair else (*where, path, verb, *texts)
        fact = self._found.get(key) or Fact(verb, (), *names, *texts, NONE, sure, is_pair, self._holder)
        places = dict.fromkeys((*fact.places, self._place(path)))
        self._found[key] = replace(fact, places=tuple(places), effects=fact.effects | effects)

    def _keeps_values(self, old: str, new: str) -> bool:
        """Whether an enum has all values of another one: its members compare as before, since they are strings."""
        was, now = self.old.package.find_class(old), self.new.package.find_class(new)
        return was.is_enum and now.is_enum and set(was.members.values()) <= set(now.members.values())

    def _compare_operations(self, old: Offered, new: Offered) -> None:
        """What differs in an operation besides its parameters, its body and its answers."""
        was, now = self.old.package.find_module(old.id), self.new.package.find_module(new.id)
        moves = was.name.rpartition(".")[0] != now.name.rpartition(".")[0]
        renames = not was.name or _last(was.name) != _last(now.name)
        had, has = self.old.read_parts(old), self.new.read_parts(new)
        wider = {*has["security"]} - {*had["security"]}
        known = {
            "": (Verb.RENAMED, IMPORT if renames else NONE),
            "tags": (Verb.MOVED, IMPORT) if moves else (Verb.TEXT, NONE),
            "path": (Verb.MOVED, NONE),
            "security": (Verb.SCOPE, WIRE if wider else NONE),
            "deprecated": (Verb.DEPRECATED, NONE),
            **dict.fromkeys(was.helpers, (Verb.REMOVED, SILENT)),
            **dict.fromkeys(now.helpers - was.helpers, (Verb.ADDED, NONE)),
        }
        self._compare_parts(had, has, known, (was.name, now.name))

    def _compare_parts(
        self,
        old: Document,
        new: Document,
        known: Mapping[str, tuple[Verb, Effects]] = MappingProxyType({}),
        names: Path = _NOWHERE,
    ) -> None:
        """What differs in parts by their paths: those that are ``known``, where calls and secrets go, and texts."""
        for path in old | new:
            if not is_same(old.get(path), new.get(path)):
                verb, send = known.get(path) or ((Verb.MOVED, SILENT) if _HOST.search(path) else (Verb.TEXT, NONE))
                texts = show(old.get(path, "")), show(new.get(path, ""))
                self._add((path, path), verb, texts, names if path in known else _NOWHERE, send)

    def _compare_schemas(self) -> None:
        """The classes of components that met no other one: in both documents, or where no operation uses them."""
        met = {name for name, _ in self.met}
        for name in self.old.schemas | self.new.schemas:
            old, new = self.old.schemas.get(name), self.new.schemas.get(name)
            is_unused, stays_unused = name in self.old.unused, name in self.new.unused
            if old and new and name not in met and is_unused == stays_unused:
                self._meet((name, name), old, new)
            elif not new and is_unused:  # one that goes with its operations is told with them
                self._add((name, ""), Verb.REMOVED, names=(name, ""), send=IMPORT)
            elif not old and stays_unused:
                self._add(("", name), Verb.ADDED, names=("", name))

    def _compare_classes(self, old: Slot, new: Slot) -> None:
        """What differs between two classes that meet."""
        a, b = self.old.follow(old.schema), self.new.follow(new.schema)
        was, now = a.get("enum"), b.get("enum")
        is_enum = isinstance(was, list) and isinstance(now, list)
        if is_enum:
            self._compare_values(as_list(was), as_list(now))
        else:
            self._compare_slots(self.old.read_fields(old), self.new.read_fields(new))
        self._compare_keys(_NOWHERE, a, b, {*_STRUCTURE} - ({"type"} if is_enum else {"type", "enum"}))

    def _compare_values(self, old: list[Any], new: list[Any]) -> None:
        gone, come = ([value for value in a if value not in b] for a, b in ((old, new), (new, old)))
        was, now = self.old.package.find_class(self._holder[0]), self.new.package.find_class(self._holder[1])
        lost = was.is_enum and now.is_enum and was.members.keys() - now.members.keys()
        respelled = NONE if {*map(fold, gone)}.isdisjoint(map(fold, come)) else SILENT
        if gone or come:
            texts = ", ".join(map(show, gone)), ", ".join(map(show, come))
            send = (WIRE if gone else NONE) | (CALL if lost else NONE) | respelled
            self._add(_NOWHERE, Verb.VALUES, texts, self._holder, send, (READ if lost else NONE) | respelled)

    def _compare_slots(self, was: Slots, now: Slots) -> None:
        """What differs in parameters, in answers, or in the fields of two classes."""
        pairs, guess = self._pair_slots(was, now)
        is_answer = self._side is Side.ANSWER and not any(self._holder)
        lost: dict[str, Any] = {"send": CALL, "read": READ}
        if is_answer:  # what a call gives is any of them
            lost = {"types": [frozenset[Any]().union(*(each.type for each in side.values())) for side in (was, now)]}
        for path, old, new in pairs:
            if old and new:
                if path[0] != path[1]:
                    verb = Verb.RENAMED
                    if path[0] not in was or path[1] not in now:  # whether it may be absent is told with that
                        verb, old, new = Verb.MOVED, _always(old), _always(new)
                    differs = {} if verb is Verb.RENAMED and _last(old.name) == _last(new.name) else lost
                    texts = path[0].removeprefix("."), path[1].removeprefix(".")
                    self._add(path, verb, texts, (old.name, new.name), sure=path != guess, **differs)
                if old.media != new.media:
                    media = old.media or "no content", new.media or "no content"
                    # Whoever reads the bytes of a file reads another kind of file.
                    read = SILENT if is_answer and old.type == new.type else NONE
                    self._add(path, Verb.MEDIA, media, read=read, types=lost.get("types", (old.type, new.type)))
                if old.media == new.media or (old.class_name and new.class_name):
                    self._compare_slot(path, old, new)
                self._compare_keys(path, old.rest, new.rest)
            elif old:
                self._add(path, Verb.REMOVED, (old.text, ""), (old.name, ""), **lost)
            elif new:
                is_required = not new.type >= OPTIONAL
                # Whoever gives the arguments after it by position gives them to others now.
                shifts = any(0 < new.position < b.position for _, a, b in pairs if a and a.position and b)
                send = (CALL if is_required and not is_answer else NONE) | (SILENT if shifts else NONE)
                text = f"{new.text}, {'required' if is_required else 'optional'}" if new.name else new.text
                self._add(path, Verb.ADDED, ("", text), ("", new.name), send, types=lost.get("types", ()))
        kept = [(a, b) for _, a, b in pairs if a and b and a.position and b.position]
        kept = [(a, b) for a, b in kept if (a.type >= OPTIONAL) == (b.type >= OPTIONAL)]
        orders = [sorted(kept, key=lambda pair: pair[at].position) for at in (0, 1)]
        if orders[0] != orders[1]:
            first, second = (", ".join(_last(pair[at].name) for pair in orders[at]) for at in (0, 1))
            self._add(("()", "()"), Verb.MOVED, (first, second), self._holder, SILENT)

    def _pair_slots(self, was: Slots, now: Slots) -> tuple[list[tuple[Path, Slot | None, Slot | None]], Path]:
        """Each slot with what it became, or alone; and which of the pairs is a guess."""
        matched: dict[str, str] = {}
        for rule in (
            lambda key, _: key,
            lambda _, slot: None if "." in slot.name else slot.position or None,
            lambda key, _: fold(key),
            lambda _, slot: _PAGING.get(slot.name, slot.name) or slot.media,  # of answers, another status
        ):
            _match(was, now, rule, matched)
        # What is gone may be held by a property that is new, by ``attributes``, say, or the other way round.
        held, holds = _open_slots(self.old, was, matched), _open_slots(self.new, now, matched.values())
        for a, b in ((was, holds), (held, now)):
            _match(a, b, lambda _, slot: _last(slot.name), matched)
        gone = [key for key in was if not any(f"{each}.".startswith(f"{key}.") for each in matched)]
        come = [key for key in now if not any(f"{each}.".startswith(f"{key}.") for each in matched.values())]
        guess = _NOWHERE
        if len(gone) == len(come) == 1 and core(was[gone[0]].type) == core(now[come[0]].type):
            guess = (gone[0], come[0])
            matched[gone[0]] = come[0]
        before = {new: old for old, new in matched.items()}
        paths = [(key, matched.get(key, "")) for key in was]
        paths += [(before.get(key, ""), key) for key in now if before.get(key) not in was]
        return [(path, {**was, **held}.get(path[0]), {**now, **holds}.get(path[1])) for path in paths], guess

    def _compare_slot(self, path: Path, old: Slot, new: Slot) -> None:
        """What differs at one place: whether it may be absent or null, its type, and what the document says of it."""
        names, types = (old.name, new.name), (core(old.type), core(new.type))
        for mark, text, lose, gain in (
            (OPTIONAL, "", Verb.REQUIRED, Verb.OPTIONAL),
            (NOTHING, "None", Verb.NOTNULL, Verb.NULLABLE),
        ):
            if old.type >= mark and not new.type >= mark:
                self._add(path, lose, (text, ""), names, CALL)
            elif new.type >= mark and not old.type >= mark:
                self._add(path, gain, ("", text), names, read=READ)
        retyped = types[0] != types[1]
        (end, held), (other_end, other) = self.old.open(old), self.new.open(new)
        inside = (path[0] + end, path[1] + other_end)
        if end and end == other_end:
            retyped = False
            self._compare_slot(inside, held, other)
        elif bool(end) != bool(other_end) and held.class_name and other.class_name:
            # one object where there was a list of such, or the other way round
            self._compare_slot(inside, held._replace(type=core(held.type)), other._replace(type=core(other.type)))
        nodes = self.old.follow(old.schema), self.new.follow(new.schema)
        classes = (old.class_name, new.class_name)
        for name in sorted(self.old.schemas.keys() & self.new.schemas.keys() & types[0] & types[1] - {*classes}):
            self._meet(path, self.old.schemas[name], self.new.schemas[name])  # of a union
        if all(classes):
            if classes[0] != classes[1]:
                self._add(path, Verb.RETYPED, classes, names, types=types, is_pair=True)
            self._meet(path, old, new)
        elif retyped:
            self._add(path, Verb.RETYPED, (spell(types[0]), spell(types[1])), names, types=types)
        # What a class says itself is told with it; here, what the place says of it.
        was, now = (
            {key: part for key, part in mapping(slot.schema).items() if part != node.get(key)}
            if all(classes)
            else node | mapping(slot.schema)
            for slot, node in zip((old, new), nodes, strict=True)
        )
        self._compare_keys(path, was, now, (*_STRUCTURE, *["format"] * retyped), names)

    def _compare_keys(
        self, path: Path, old: Document, new: Document, described: Collection[str] = (), names: Path = _NOWHERE
    ) -> None:
        """What differs in the keys of a part of the document that nothing else describes: limits, and texts."""
        for key in old | new:
            if key in described or is_same(old.get(key), new.get(key)):
                continue
            is_limit = key in _LIMITS
            mark = f"{key} " if is_limit else f"{key}: "
            was, now = (mark + show(side[key]) if key in side else "" for side in (old, new))
            if is_limit:
                looser = _is_looser(key, old.get(key), new.get(key))
                self._add(path, Verb.LIMIT, (was, now), names, NONE if looser else WIRE)
            else:
                verb = Verb.DEPRECATED if key == "deprecated" else Verb.TEXT
                send = SILENT if key == "default" and key in old and key in new else NONE
                self._add((f"{path[0]}.{key}", f"{path[1]}.{key}"), verb, (was, now), send=send)


def _open_slots(client: Client, slots: Slots, matched: Collection[str]) -> dict[str, Slot]:
    """The fields inside of properties without a counterpart, as if they stood beside those."""
    return {
        holder + key: _always(held)._replace(name=f"{slot.name}.{_last(held.name)}", position=0)
        for holder, slot in slots.items()
        if holder not in matched and slot.class_name and "." in slot.name
        for key, held in client.read_fields(slot).items()
        if held.name
    }


def _match(was: Slots, now: Slots, rule: Callable[[str, Slot], object], matched: dict[str, str]) -> None:
    """Match what is gone with what came where a rule gives both the same, and no other; nothing matches nothing."""
    gone = {key: rule(key, slot) for key, slot in was.items() if key not in matched}
    come = {key: rule(key, slot) for key, slot in now.items() if key not in matched.values()}
    for key, value in gone.items():
        others = [other for other, known in come.items() if known == value]
        if value and len(others) == [*gone.values()].count(value) == 1:
            matched[key] = others[0]


def _always(slot: Slot) -> Slot:
    return slot._replace(type=slot.type - OPTIONAL)


def _is_looser(key: str, old: Any, new: Any) -> bool:
    if not all(isinstance(limit, (int, float)) for limit in (old, new)):
        return new is None
    return bool((key in _HIGHEST and new > old) or (key in _LOWEST and new < old))


def _last(name: str) -> str:
    return name.rpartition(".")[2]
