"""Compare two clients place by place, each document together with the package made of it.

Every two classes that meet are compared once; an operation's facts are those of the classes it reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scripts.changes.change import Effect, Side, Verb
from scripts.changes.documents import (
    Operation,
    fold,
    is_host,
    is_same,
    mapping,
    neutral,
    read_leaves,
    read_rest,
    read_shape,
    show,
    without_defaults,
)
from scripts.changes.slots import Client, Slot, Slots
from scripts.changes.surface import NOTHING, OPTIONAL, Type, core, inner, spell
from scripts.spec.document import Document

_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LIMITS = (*_HIGHEST, *_LOWEST, "pattern", "multipleOf", "uniqueItems")
_STRUCTURE = ("$ref", "type", "enum", "properties", "required", "items", "additionalProperties", "members", "title")
_NULLS = ("oneOf", "anyOf", "allOf", "nullable")
# The parameters that the runtime's `pages` walks by: where a page begins, and its size.
_PAGING = {"page_index": "offset", "page_size": "limit"}

Effects = frozenset[Effect]
NONE: Effects = frozenset()
IMPORT, CALL, READ, WIRE, SILENT = (frozenset({effect}) for effect in Effect)
Path = tuple[str, str]  # in the old document and in the new one


@dataclass(frozen=True)
class Difference:
    """A fact before it is known where it holds: what it breaks where the part is sent, and where it is read.

    ``types`` are those that a type checker compares, which depends on the renames of the whole report.
    """

    path: Path
    verb: Verb
    was: str = ""
    now: str = ""
    old: str = ""
    new: str = ""
    send: Effects = NONE
    read: Effects = NONE
    types: tuple[Type, Type] | None = None
    sure: bool = True
    is_pair: bool = False  # one class stands where another one stood


class Link(NamedTuple):
    """Two classes that meet at a path, with their schemas."""

    path: Path
    old: str
    new: str
    old_schema: Any
    new_schema: Any


@dataclass
class Part:
    """What differs in one part, an operation's or a pair of classes, and the classes that meet in it."""

    differences: list[Difference] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def add(self, path: Path, verb: Verb, texts: Path = ("", ""), names: Path = ("", ""), **rest: Any) -> None:
        """Add a difference."""
        self.differences.append(Difference(path, verb, *texts, *names, **rest))


@dataclass(frozen=True)
class Comparison:
    """Two clients, and the pairs of classes that were compared so far."""

    old: Client
    new: Client
    pairs: dict[Path, Part] = field(default_factory=dict)

    def compare_pair(self, link: Link) -> Part:
        """What differs between two classes that meet, computed once."""
        if (part := self.pairs.get(link[1:3])) is None:
            part = self.pairs[link[1:3]] = Part()
            a, b = self._read_nodes(link.old_schema, link.new_schema)
            is_enum = isinstance(a.get("enum"), list) and isinstance(b.get("enum"), list)
            if is_enum:
                self._compare_values(part, link, a["enum"], b["enum"])
            else:
                fields = self.old.read_fields(link.old, a), self.new.read_fields(link.new, b)
                self.compare_slots(part, *fields, ".", link[1:3])
                self._compare_extras(part, link, a, b)
            _compare_keys(part, ("", ""), a, b, set(_STRUCTURE) - ({"type"} if is_enum else {"type", "enum"}))
        return part

    def compare_operations(self, old: Operation, new: Operation) -> Iterator[tuple[Side, Part]]:
        """What differs in an operation: as a whole, in its parameters, its body and its answers."""
        whole, parameters, body, answers = Part(), Part(), Part(), Part()
        self._compare_wholes(whole, old, new)
        self.compare_slots(parameters, self.old.read_parameters(old), self.new.read_parameters(new))
        self.compare_slots(body, self.old.read_body(old), self.new.read_body(new))
        was, now = self.old.read_answers(old), self.new.read_answers(new)
        types = self.old.answer_type(old, was), self.new.answer_type(new, now)
        self.compare_slots(answers, was, now, answer=types)
        yield from zip(
            (Side.OPERATION, Side.PARAMETER, Side.SEND, Side.ANSWER), (whole, parameters, body, answers), strict=True
        )

    def _compare_wholes(self, part: Part, old: Operation, new: Operation) -> None:
        names = (self.old.module_name(old.id), self.new.module_name(new.id))
        moves = names[0].rpartition(".")[0] != names[1].rpartition(".")[0]
        renames = not names[0] or _last(names[0]) != _last(names[1])
        wider = WIRE if {*new.scopes} - {*old.scopes} else NONE
        for path, verb, was, now, send in (
            ("", Verb.RENAMED, old.id, new.id, IMPORT if renames else NONE),
            ("tags", Verb.MOVED if moves else Verb.TEXT, old.tags, new.tags, IMPORT if moves else NONE),
            ("path", Verb.MOVED, neutral(old.place), neutral(new.place), NONE),
            ("security", Verb.SCOPE, old.scopes, new.scopes, wider),
            ("deprecated", Verb.DEPRECATED, old.is_deprecated, new.is_deprecated, NONE),
        ):
            if was != now:
                part.add((path, path), verb, (show(was), show(now)), names, send=send)
        had, has = self.old.helpers_of(old.id), self.new.helpers_of(new.id)
        for helper in sorted(had ^ has):
            if helper in had:
                part.add((helper, helper), Verb.REMOVED, (helper, ""), names, send=SILENT)
            else:
                part.add((helper, helper), Verb.ADDED, ("", helper), names)
        _compare_leaves(part, old.rest, new.rest)

    def compare_rest(self) -> Part:
        """What differs in the documents outside operations and schemas: where calls and secrets go, and texts."""
        part = Part()
        _compare_leaves(part, read_rest(self.old.document), read_rest(self.new.document))
        return part

    def _read_nodes(self, old: Any, new: Any) -> tuple[Document, Document]:
        return read_shape(self.old.document, old).node, read_shape(self.new.document, new).node

    def compare_slots(
        self,
        part: Part,
        was: Slots,
        now: Slots,
        dot: str = "",
        holders: Path = ("", ""),
        answer: tuple[Type, Type] | None = None,
    ) -> None:
        """Note what differs in parameters, in the fields of ``holders``, or in answers, all of which are ``answer``."""
        matched: dict[str, str] = {}
        for rule in (
            lambda key, _: key,
            lambda _, slot: None if dot else slot.position or None,
            lambda key, _: fold(key),
            lambda _, slot: _PAGING.get(slot.name, slot.name) or slot.media,  # of answers, another status
        ):
            _match(was, now, rule, matched)
        moved = _find_moved(self.new, was, now, matched)
        back = _find_moved(self.old, now, was, {b: a for a, b in matched.items()})
        gone = [key for key in was if not {key} & {*matched, *moved, *(path[0] for path, _ in back.values())}]
        come = [key for key in now if not {key} & {*matched.values(), *back, *(path[0] for path, _ in moved.values())}]
        is_guess = len(gone) == len(come) == 1 and core(was[gone[0]].type) == core(now[come[0]].type)
        matched |= zip(gone, come, strict=True) if is_guess else ()
        lost: dict[str, Any] = {"types": answer} if answer else {"send": CALL, "read": READ}
        for key, slot in was.items():
            if other := matched.get(key):
                path, new, names = (dot + key, dot + other), now[other], (slot.name, now[other].name)
                if key != other:
                    differs = lost if _last(names[0]) != _last(names[1]) else {}
                    part.add(path, Verb.RENAMED, (key, other), names, sure=not is_guess or key != gone[0], **differs)
                if slot.media != new.media:
                    media = slot.media or "no content", new.media or "no content"
                    # Whoever reads the bytes of a file reads another kind of file.
                    read = SILENT if answer and slot.type == new.type else NONE
                    part.add(path, Verb.MEDIA, media, read=read, types=answer or (slot.type, new.type))
                if slot.media == new.media or (self.old.class_in(slot.type) and self.new.class_in(new.type)):
                    self._compare_slot(part, path, slot, new)
                _compare_keys(part, path, slot.rest, new.rest)
            elif key in moved:
                self._move(part, (dot + key, dot + ".".join(moved[key][0])), slot, moved[key][1])
            else:
                part.add((dot + key, ""), Verb.REMOVED, (slot.text, ""), (slot.name, ""), **lost)
        for key in (key for key in now if key not in matched.values()):
            slot = now[key]
            if key in back:
                self._move(part, (dot + ".".join(back[key][0]), dot + key), back[key][1], slot)
                continue
            is_required = not slot.type >= OPTIONAL
            # Whoever gives the arguments after it by position gives them to others now.
            shifts = any(0 < slot.position < now[other].position for other in matched.values())
            send = (CALL if is_required and not answer else NONE) | (SILENT if shifts else NONE)
            text = f"{slot.text}, {'required' if is_required else 'optional'}" if slot.name else slot.text
            part.add(("", dot + key), Verb.ADDED, ("", text), ("", slot.name), send=send, types=answer)
        kept = [(was[a], now[b]) for a, b in matched.items() if was[a].position and now[b].position]
        kept = [(a, b) for a, b in kept if (a.type >= OPTIONAL) == (b.type >= OPTIONAL)]
        if sorted(kept, key=lambda pair: pair[0].position) != sorted(kept, key=lambda pair: pair[1].position):
            orders = [sorted(side, key=lambda slot: slot.position) for side in zip(*kept, strict=True)]
            first, second = (", ".join(_last(slot.name) for slot in order) for order in orders)
            part.add(("()", "()"), Verb.MOVED, (first, second), holders, send=SILENT)

    def _move(self, part: Part, path: Path, old: Slot, new: Slot) -> None:
        texts = path[0].lstrip("."), path[1].lstrip(".")
        part.add(path, Verb.MOVED, texts, (old.name, new.name), send=CALL, read=READ)
        # Whether it may be absent depends on where it is; that is told with the move.
        self._compare_slot(part, path, old._replace(type=old.type - OPTIONAL), new._replace(type=new.type - OPTIONAL))

    def _compare_extras(self, part: Part, link: Link, a: Document, b: Document) -> None:
        extras = [side.get("additionalProperties") for side in (a, b)]
        if all(isinstance(each, dict) and each for each in extras):
            slots = [
                Slot(schema, found.extra if (found := client.read_class(name)) else client.type_of(schema))
                for client, name, schema in ((self.old, link.old, extras[0]), (self.new, link.new, extras[1]))
            ]
            self._compare_slot(part, ("{}", "{}"), *slots)
        else:
            was, now = ("anything" if each in (None, {}, True) else show(each) for each in extras)
            if was != now:
                part.add(("{}", "{}"), Verb.RETYPED, (was, now))

    def _compare_slot(self, part: Part, path: Path, old: Slot, new: Slot) -> None:
        """What differs at one place: whether it may be absent or null, its type, and what the document says of it."""
        names, types, nodes = (old.name, new.name), (core(old.type), core(new.type)), self._read_nodes(old[0], new[0])
        for mark, text, lose, gain in (
            (OPTIONAL, "", Verb.REQUIRED, Verb.OPTIONAL),
            (NOTHING, "None", Verb.NOTNULL, Verb.NULLABLE),
        ):
            if old.type >= mark and not new.type >= mark:
                part.add(path, lose, (text, ""), names, send=CALL)
            elif new.type >= mark and not old.type >= mark:
                part.add(path, gain, ("", text), names, read=READ)
        classes = self.old.class_in(types[0]), self.new.class_in(types[1])
        retyped = types[0] != types[1]
        for container, key, end in (("list", "items", "[]"), ("dict", "additionalProperties", "{}")):
            inside = [inner(kind, container) for kind in types]
            ends = [end if kind is not None else "" for kind in inside]
            held = [
                slot if kind is None else Slot(node.get(key), kind, slot.name)
                for slot, node, kind in zip((old, new), nodes, inside, strict=True)
            ]
            if all(ends):
                retyped = False
            elif not (any(ends) and self.old.class_in(held[0].type) and self.new.class_in(held[1].type)):
                continue
            else:  # one object where there was a list of such, or the other way round
                held = [slot._replace(type=core(slot.type)) for slot in held]
            self._compare_slot(part, (path[0] + ends[0], path[1] + ends[1]), *held)
        if all(classes):
            if classes[0] != classes[1]:
                part.add(path, Verb.RETYPED, classes, names, types=types, is_pair=True)
            part.links.append(Link(path, *classes, old.schema, new.schema))
        elif retyped:
            if "members" in nodes[0] and "members" in nodes[1]:
                self._link_members(part, path, nodes[0]["members"], nodes[1]["members"])
            part.add(path, Verb.RETYPED, (spell(types[0]), spell(types[1])), names, types=types)
        # What a class says itself is told with it; here, what the place says of it.
        sites = [
            {key: part for key, part in without_defaults(mapping(slot.schema)).items() if key not in _NULLS}
            for slot in (old, new)
        ]
        if all(classes):
            own = zip(sites, nodes, strict=True)
            sites = [{key: part for key, part in site.items() if part != node.get(key)} for site, node in own]
        else:
            sites = [node | site for node, site in zip(nodes, sites, strict=True)]
        described = (*_STRUCTURE, *_LIMITS * all(classes), *["format"] * retyped)
        _compare_keys(part, path, sites[0], sites[1], described, names)

    def _link_members(self, part: Part, path: Path, old: list[Any], new: list[Any]) -> None:
        was, now = (
            {client.class_in(client.type_of(each)): each for each in members}
            for client, members in ((self.old, old), (self.new, new))
        )
        matched = {name: name for name in was if name in now}
        left = [[name for name in side if name not in matched] for side in (was, now)]
        matched |= zip(*left, strict=False)
        part.links += [Link(path, a, b, was[a], now[b]) for a, b in matched.items() if a and b]

    def _compare_values(self, part: Part, link: Link, old: list[Any], new: list[Any]) -> None:
        gone, come = ([value for value in a if value not in b] for a, b in ((old, new), (new, old)))
        if gone or come:
            silent = SILENT if {fold(value) for value in gone} & {fold(value) for value in come} else NONE
            was, now = self.old.read_class(link.old), self.new.read_class(link.new)
            lost = bool(was and now and was.members.keys() - now.members.keys())
            send = (WIRE if gone else NONE) | (CALL if lost else NONE) | silent
            texts = ", ".join(map(show, gone)), ", ".join(map(show, come))
            part.add(("", ""), Verb.VALUES, texts, link[1:3], send=send, read=(READ if lost else NONE) | silent)


def _find_moved(
    client: Client, was: Slots, now: Slots, matched: dict[str, str]
) -> dict[str, tuple[tuple[str, str], Slot]]:
    """Where what is gone is held by a property that is new: by ``attributes``, say."""
    found: dict[str, tuple[tuple[str, str], Slot]] = {}
    for holder, slot in now.items():
        kind = client.class_in(slot.type)
        if holder in matched.values() or not kind or "." not in slot.name:
            continue
        held = client.read_fields(kind, read_shape(client.document, slot.schema).node)
        for key in (key for key in was if key in held and key not in matched and key not in found):
            name = f"{slot.name}.{_last(held[key].name)}"
            found[key] = (holder, key), held[key]._replace(name=name)
    return found


def _match(was: Slots, now: Slots, rule: Callable[[str, Slot], object], matched: dict[str, str]) -> None:
    """Match what is gone with what came where a rule gives both the same, and no other; nothing matches nothing."""
    gone = {key: rule(key, slot) for key, slot in was.items() if key not in matched}
    come = {key: rule(key, slot) for key, slot in now.items() if key not in matched.values()}
    for key, value in gone.items():
        others = [other for other, known in come.items() if known == value]
        if value and len(others) == [*gone.values()].count(value) == 1:
            matched[key] = others[0]


def _compare_leaves(part: Part, old: Document, new: Document) -> None:
    was, now = dict(read_leaves(old)), dict(read_leaves(new))
    for path in was | now:
        if not is_same(was.get(path), now.get(path)):
            texts = show(was.get(path, "")), show(now.get(path, ""))
            verb, send = (Verb.MOVED, SILENT) if is_host(path) else (Verb.TEXT, NONE)
            part.add((path, path), verb, texts, send=send)


def _compare_keys(
    part: Part, path: Path, old: Document, new: Document, described: Collection[str] = (), names: Path = ("", "")
) -> None:
    """Note what differs in the keys of a part of the document that nothing else describes: limits, and texts."""
    for key in old | new:
        if key in described or is_same(old.get(key), new.get(key)):
            continue
        texts = [show(side[key]) if key in side else "" for side in (old, new)]
        if key in _LIMITS:
            was, now = (f"{key} {text}" if key in side else "" for side, text in zip((old, new), texts, strict=True))
            looser = _is_looser(key, old.get(key), new.get(key))
            part.add(path, Verb.LIMIT, (was, now), names, send=NONE if looser else WIRE)
        else:
            verb = Verb.DEPRECATED if key == "deprecated" else Verb.TEXT
            send = SILENT if key == "default" and key in old and key in new else NONE
            was, now = (f"{key}: {text}" if key in side else "" for side, text in zip((old, new), texts, strict=True))
            part.add((f"{path[0]}.{key}", f"{path[1]}.{key}"), verb, (was, now), send=send)


def _is_looser(key: str, old: Any, new: Any) -> bool:
    if new is None or old is None:
        return new is None
    if not all(isinstance(limit, (int, float)) for limit in (old, new)):
        return False
    return bool(new > old) if key in _HIGHEST else bool(new < old) if key in _LOWEST else False


def _last(name: str) -> str:
    return name.rpartition(".")[2]
