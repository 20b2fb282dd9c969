"""Walk the requests and answers of two clients in lock-step, each document together with the package made of it.

The class at a place is the one that the generator made there, so a class of an inline schema needs no rule of its own.
Every two classes that meet are compared once; an operation's facts are those of the classes it reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from openapi_python_client.strings import ClassName, PythonIdentifier

from scripts.changes.change import Effect, Verb
from scripts.changes.documents import (
    Operation,
    as_list,
    fold,
    format_of,
    is_same,
    mapping,
    read_content,
    read_shape,
    show,
    without_defaults,
)
from scripts.changes.surface import ANYTHING, NOTHING, OPTIONAL, Class, Surface, Type, core, inner, spell
from scripts.spec.document import Document

PREFIX = "field_"  # what the generator puts before a name that is no identifier
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date-time": "datetime.datetime", "date": "datetime.date", "binary": "File"}
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LIMITS = (*_HIGHEST, *_LOWEST, "pattern", "multipleOf", "uniqueItems")
_STRUCTURE = ("$ref", "type", "enum", "properties", "required", "items", "additionalProperties", "members", "title")
_NULLS = ("oneOf", "anyOf", "allOf", "nullable")
# The parameters that the runtime's `pages` walks by: where a page begins, and its size.
_PAGING = {"page_index": "offset", "page_size": "limit"}

Effects = frozenset[Effect]
NONE: Effects = frozenset()
CALL, READ, WIRE, SILENT = (frozenset({effect}) for effect in (Effect.CALL, Effect.READ, Effect.WIRE, Effect.SILENT))
Path = tuple[str, str]  # in the old document and in the new one


@dataclass(frozen=True)
class Client:
    """A mended document, and what the package made of it offers; None where none could be made."""

    document: Document
    package: Surface | None
    helpers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of the runtime, by operationId

    def read_class(self, name: str) -> Class | None:
        """The class of a name."""
        return self.package.classes.get(name) if self.package else None

    def class_in(self, kind: Type) -> str:
        """The class that a type is, null aside, or nothing."""
        match list(core(kind)):
            case [str(name)] if name in self.package.classes if self.package else name[:1].isupper() and name != "Any":
                return name
        return ""

    def type_of(self, schema: Any, seen: tuple[str, ...] = ()) -> Type:
        """The type that the generator makes of a schema, as far as it does not depend on where that stands.

        One that holds itself other than through a property (``seen`` are the components around it) is anything.
        """
        node, name, is_nullable = read_shape(self.document, schema)
        if name in seen:
            return ANYTHING
        seen = (*seen, name) if name else seen
        kind: Type = frozenset({"Any"})
        if name and ("enum" in node or "properties" in node):
            kind = frozenset({str(ClassName(name, PREFIX))})
        elif "members" in node:
            kind = frozenset().union(*(self.type_of(each, seen) for each in node["members"]))
        elif node.get("type") == "array":
            kind = frozenset({("list", self.type_of(node.get("items"), seen))})
        elif node.get("type") == "object":
            extra = node.get("additionalProperties")
            kind = frozenset({("dict", self.type_of(extra, seen) if isinstance(extra, dict) else ANYTHING)})
        elif isinstance(node.get("type"), str) and node["type"] in _SCALARS:
            kind = frozenset({_FORMATS.get(format_of(node), _SCALARS[node["type"]])})
        return kind | NOTHING if is_nullable else kind


class Slot(NamedTuple):
    """A schema and the type at its place: a parameter, a field, a body, an answer.

    ``name`` is Python's, ``position`` counts from 1 (0: by name only), ``rest`` is what a parameter says besides.
    """

    schema: Any
    type: Type
    name: str = ""
    position: int = 0
    rest: Document = {}  # noqa: RUF012 (never changed)


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
            a, b = (
                read_shape(self.old.document, link.old_schema).node,
                read_shape(self.new.document, link.new_schema).node,
            )
            if values := isinstance(a.get("enum"), list) and isinstance(b.get("enum"), list):
                self._compare_values(part, link, a["enum"], b["enum"])
            else:
                was, now = _fields(self.old, link.old, a), _fields(self.new, link.new, b)
                self._compare_members(part, ".", (link.old, link.new), was, now)
                self._compare_extras(part, link, a, b)
            _compare_limits(part, ("", ""), a, b, ("", ""))
            untold = {"type"} if values else {"type", "enum"}
            _compare_texts(part, ("", ""), a, b, {*_STRUCTURE, *_LIMITS} - untold)
        return part

    def compare_parameters(self, old: Operation, new: Operation) -> Part:
        """What differs in the parameters."""
        part = Part()
        self._compare_members(part, "", ("", ""), _parameters(self.old, old), _parameters(self.new, new))
        return part

    def compare_bodies(self, old: Operation, new: Operation) -> Part:
        """What differs in the requests' bodies."""
        part, was, now = Part(), _body(self.old, old), _body(self.new, new)
        self._compare_contents(part, was, now, None)
        if (was or now) and not (was and now):
            kind = next(iter((was or now).values()))[1].type
            texts, names = (spell(kind), ""), ("body", "")
            send = CALL if was or not kind >= OPTIONAL else NONE
            part.add(
                ("body", "body"),
                Verb.REMOVED if was else Verb.ADDED,
                texts if was else (texts[1], texts[0]),
                names if was else (names[1], names[0]),
                send=send,
            )
        _compare_texts(part, ("body", "body"), old.body, new.body, ("content", "required"))
        return part

    def compare_answers(self, old: Operation, new: Operation) -> Part:
        """What differs in the answers."""
        part, was, now = Part(), _answers(self.old, old), _answers(self.new, new)
        whole = _answer_type(self.old, old, was), _answer_type(self.new, new, now)
        matched = {key: key for key in was if key in now}
        gone, come = ([key for key in a if key not in b and a[key][0]] for a, b in ((was, now), (now, was)))
        if len(gone) == len(come) == 1:  # another status of the same answer
            matched[gone[0]] = come[0]
            part.add((gone[0], come[0]), Verb.RENAMED, (gone[0], come[0]))
        self._compare_contents(part, {a: was[a] for a in matched}, {a: now[b] for a, b in matched.items()}, whole)
        for key in (key for key in was if key not in matched):
            part.add((key, ""), Verb.REMOVED, (was[key][0] or "no content", ""), types=whole)
        for key in (key for key in now if key not in matched.values()):
            part.add(("", key), Verb.ADDED, ("", now[key][0] or "no content"), types=whole)
        for a, b in matched.items():
            before, after = (side.answers[key.removeprefix("answer ")] for side, key in ((old, a), (new, b)))
            _compare_texts(part, (a, b), before, after, ("content",))
        return part

    def _compare_contents(self, part: Part, was: Contents, now: Contents, whole: tuple[Type, Type] | None) -> None:
        for key in (key for key in was if key in now):
            (media, slot), (new_media, new_slot), path = was[key], now[key], (key, key)
            if media != new_media:
                texts = (media or "no content", new_media or "no content")
                part.add(path, Verb.MEDIA, texts, types=whole or (slot.type, new_slot.type))
            classes = self.old.class_in(slot.type), self.new.class_in(new_slot.type)
            if media and new_media and (media == new_media or all(classes)):
                self._compare_slots(part, path, slot, new_slot)

    def _compare_members(
        self, part: Part, dot: str, holders: Path, was: Mapping[str, Slot], now: Mapping[str, Slot]
    ) -> None:
        """What differs in parameters, or in the fields of a class."""
        matched = _match(was, now, lambda key, _: key)
        for rule in (
            lambda _, slot: None if dot else slot.position or None,
            lambda key, _: fold(key),
            lambda _, slot: _PAGING.get(slot.name, slot.name),
        ):
            matched |= _match(was, now, rule, matched)
        moved = _find_moved(self.new, was, now, matched)
        back = _find_moved(self.old, now, was, {b: a for a, b in matched.items()})
        others = {path[0] for path, _ in (*moved.values(), *back.values())}, set(moved), set(back)
        left = [[key for key in side if all(key not in names for names in others)] for side in (was, now)]
        guessed = (
            _match(
                {key: was[key] for key in left[0]},
                {key: now[key] for key in left[1]},
                lambda _, slot: core(slot.type),
                matched,
            )
            if sum(key not in matched for key in left[0]) == 1 == sum(key not in matched.values() for key in left[1])
            else {}
        )
        matched |= guessed
        for key, slot in was.items():
            if other := matched.get(key):
                path, names = (dot + key, dot + other), (slot.name, now[other].name)
                if key != other:
                    send, read = (CALL, READ) if _last(names[0]) != _last(names[1]) else (NONE, NONE)
                    part.add(path, Verb.RENAMED, (key, other), names, send=send, read=read, sure=key not in guessed)
                self._compare_slots(part, path, slot, now[other])
                _compare_texts(part, path, slot.rest, now[other].rest, ())
            elif key in moved:
                steps, nested = moved[key]
                self._move(part, (dot + key, dot + ".".join(steps)), slot, nested)
            else:
                part.add((dot + key, ""), Verb.REMOVED, (spell(slot.type), ""), (slot.name, ""), send=CALL, read=READ)
        for key in (key for key in now if key not in matched.values()):
            if key in back:
                steps, nested = back[key]
                self._move(part, (dot + ".".join(steps), dot + key), nested, now[key])
            else:
                is_required = not now[key].type >= OPTIONAL
                text = f"{spell(now[key].type)}, {'required' if is_required else 'optional'}"
                # Whoever gives the arguments after it by position gives them to others now.
                shifts = any(0 < now[key].position < now[other].position for other in matched.values())
                send = (CALL if is_required else NONE) | (SILENT if shifts else NONE)
                part.add(("", dot + key), Verb.ADDED, ("", text), ("", now[key].name), send=send)
        kept = [(was[a], now[b]) for a, b in matched.items() if was[a].position and now[b].position]
        kept = [(a, b) for a, b in kept if (a.type >= OPTIONAL) == (b.type >= OPTIONAL)]
        if sorted(kept, key=lambda pair: pair[0].position) != sorted(kept, key=lambda pair: pair[1].position):
            orders = [sorted(side, key=lambda slot: slot.position) for side in zip(*kept, strict=True)]
            texts = [", ".join(_last(slot.name) for slot in order) for order in orders]
            part.add(("()", "()"), Verb.MOVED, (texts[0], texts[1]), holders, send=SILENT)

    def _move(self, part: Part, path: Path, old: Slot, new: Slot) -> None:
        texts = path[0].lstrip("."), path[1].lstrip(".")
        part.add(path, Verb.MOVED, texts, (old.name, new.name), send=CALL, read=READ)
        # Whether it may be absent depends on where it is; that is told with the move.
        self._compare_slots(part, path, old._replace(type=old.type - OPTIONAL), new._replace(type=new.type - OPTIONAL))

    def _compare_extras(self, part: Part, link: Link, a: Document, b: Document) -> None:
        extras = [side.get("additionalProperties") for side in (a, b)]
        if all(isinstance(each, dict) and each for each in extras):
            kinds = [
                found.extra if (found := client.read_class(name)) else client.type_of(schema)
                for client, name, schema in ((self.old, link.old, extras[0]), (self.new, link.new, extras[1]))
            ]
            self._compare_slots(part, ("{}", "{}"), Slot(extras[0], kinds[0]), Slot(extras[1], kinds[1]))
        elif not is_same(*(None if each in ({}, True) else each for each in extras)):
            part.add(("{}", "{}"), Verb.RETYPED, (show(extras[0]), show(extras[1])))

    def _compare_slots(self, part: Part, path: Path, old: Slot, new: Slot) -> None:
        names, was, now = (old.name, new.name), old.type, new.type
        a, b = read_shape(self.old.document, old.schema).node, read_shape(self.new.document, new.schema).node
        if was >= OPTIONAL and not now >= OPTIONAL:
            part.add(path, Verb.REQUIRED, names=names, send=CALL)
        elif now >= OPTIONAL and not was >= OPTIONAL:
            part.add(path, Verb.OPTIONAL, names=names, read=READ)
        if was >= NOTHING and not now >= NOTHING:
            part.add(path, Verb.NOTNULL, ("None", ""), names, send=CALL)
        elif now >= NOTHING and not was >= NOTHING:
            part.add(path, Verb.NULLABLE, ("", "None"), names, read=READ)
        left, right = self.old.class_in(was), self.new.class_in(now)
        types = core(was), core(now)
        items = [inner(kind, "list") for kind in types]
        values = [inner(kind, "dict") for kind in types]
        retyped = (spell(types[0]), spell(types[1])) if types[0] != types[1] else None
        held = [
            slot if kind is None else Slot(node.get("items"), kind, slot.name)
            for slot, node, kind in ((old, a, items[0]), (new, b, items[1]))
        ]
        extras = [node.get("additionalProperties") for node in (a, b)]
        if None not in items:
            retyped = None
            self._compare_slots(part, _join(path, "[]"), held[0], held[1])
        elif items != [None, None]:  # one object where there was a list of such, or the other way round
            if self.old.class_in(held[0].type) and self.new.class_in(held[1].type):
                ends = ["[]" if kind is not None else "" for kind in items]
                bare = [slot._replace(type=core(slot.type)) for slot in held]
                self._compare_slots(part, (path[0] + ends[0], path[1] + ends[1]), *bare)
        elif None not in values and all(isinstance(each, dict) for each in extras):
            retyped = None
            self._compare_slots(
                part,
                _join(path, "{}"),
                *(Slot(e, v or ANYTHING, n) for e, v, n in zip(extras, values, names, strict=True)),
            )
        elif left and right:
            if left != right:
                part.add(path, Verb.RETYPED, (left, right), names, types=types, is_pair=True)
            part.links.append(Link(path, left, right, old.schema, new.schema))
            retyped = None
        elif "members" in a and "members" in b:
            self._link_members(part, path, a["members"], b["members"])
        if retyped:
            part.add(path, Verb.RETYPED, retyped, names, types=types)
        plain = [without_defaults(mapping(slot.schema)) for slot in (old, new)]
        sites = [{key: part for key, part in each.items() if key not in _NULLS} for each in plain]
        if not (left and right):  # what the class itself says is told with it
            sites = [a | sites[0], b | sites[1]]
            _compare_limits(part, path, sites[0], sites[1], names)
        formats = ("format",) if retyped else ()
        _compare_texts(part, path, sites[0], sites[1], (*_STRUCTURE, *_LIMITS, *formats))

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
        if not gone and not come:
            return
        respelled = {fold(value) for value in gone} & {fold(value) for value in come}
        was, now = self.old.read_class(link.old), self.new.read_class(link.new)
        lost = bool(was and now and was.members.keys() - now.members.keys())
        silent = SILENT if respelled else NONE
        texts = ", ".join(map(show, gone)), ", ".join(map(show, come))
        send = (WIRE if gone else NONE) | (CALL if lost else NONE) | silent
        part.add(("", ""), Verb.VALUES, texts, link[1:3], send=send, read=(READ if lost else NONE) | silent)


Contents = dict[str, tuple[str, Slot]]  # media type ("" is no content) and schema, by place


def _parameters(client: Client, operation: Operation) -> dict[str, Slot]:
    module = client.package.modules.get(operation.id) if client.package else None
    found: dict[str, Slot] = {}
    for (key, place), node in operation.parameters.items():
        name = str(PythonIdentifier(key, PREFIX))
        kind = client.type_of(node.get("schema")) | (frozenset() if node.get("required") is True else OPTIONAL)
        position = operation.placeholders.index(key) + 1 if place == "path" and key in operation.placeholders else 0
        if module:
            name = name if name in module.arguments else f"{name}_{place}"
            kind = module.arguments.get(name, kind)
            position = module.positional.index(name) + 1 if name in module.positional else 0
        rest = {key: part for key, part in node.items() if key not in ("schema", "name", "required")}
        found[key if key not in found else f"{key} in {place}"] = Slot(node.get("schema"), kind, name, position, rest)
    return found


def _fields(client: Client, name: str, node: Document) -> dict[str, Slot]:
    known = client.read_class(name)
    order = list(known.fields) if known else []
    found = {}
    for key, schema in mapping(node.get("properties")).items():
        python = str(PythonIdentifier(key, PREFIX))
        kind = known.fields.get(python) if known else None
        if kind is None:
            kind = client.type_of(schema) | (frozenset() if key in as_list(node.get("required")) else OPTIONAL)
        position = order.index(python) + 1 if python in order else 0
        found[key] = Slot(schema, kind, f"{name}.{python}", position)
    return found


def _body(client: Client, operation: Operation) -> Contents:
    media, schema = read_content(operation.body)
    if not operation.body:
        return {}
    kind = client.type_of(schema) | (frozenset() if operation.body.get("required") is True else OPTIONAL)
    module = client.package.modules.get(operation.id) if client.package else None
    return {"body": (media, Slot(schema, module.arguments.get("body", kind) if module else kind, "body"))}


def _answers(client: Client, operation: Operation) -> Contents:
    contents = {f"answer {status}": read_content(answer) for status, answer in operation.answers.items()}
    kinds = {key: client.type_of(schema) if media else NOTHING for key, (media, schema) in contents.items()}
    if client.package and (module := client.package.modules.get(operation.id)):
        # An inline schema's class is what the return type names and no component of another status accounts for.
        rest = core(module.answer).difference(*(core(kind) for kind in kinds.values() if core(kind) <= module.answer))
        kinds = {key: kind if core(kind) <= module.answer else rest for key, kind in kinds.items()}
    return {key: (media, Slot(schema, kinds[key])) for key, (media, schema) in contents.items()}


def _answer_type(client: Client, operation: Operation, answers: Contents) -> Type:
    if client.package and (module := client.package.modules.get(operation.id)):
        return module.answer
    return frozenset[Any]().union(*(slot.type for _, slot in answers.values()))


def _find_moved(
    client: Client, was: Mapping[str, Slot], now: Mapping[str, Slot], matched: Mapping[str, str]
) -> dict[str, tuple[tuple[str, str], Slot]]:
    """Where what is gone is held by a property that is new: by ``attributes``, say."""
    found: dict[str, tuple[tuple[str, str], Slot]] = {}
    for holder, slot in now.items():
        kind = client.class_in(slot.type)
        if holder in matched.values() or not kind or "." not in slot.name:
            continue
        held = _fields(client, kind, read_shape(client.document, slot.schema).node)
        for key in (key for key in was if key in held and key not in matched and key not in found):
            name = f"{slot.name}.{_last(held[key].name)}"
            found[key] = (holder, key), held[key]._replace(name=name)
    return found


Rule = Callable[[str, Slot], object]


def _match(
    old: Mapping[str, Slot], new: Mapping[str, Slot], rule: Rule, matched: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Match what is gone with what came where a rule gives both the same, and no other; None matches nothing."""
    known = matched or {}
    gone = {key: rule(key, slot) for key, slot in old.items() if key not in known}
    come = {key: rule(key, slot) for key, slot in new.items() if key not in known.values()}
    return {
        key: next(other for other, other_value in come.items() if other_value == value)
        for key, value in gone.items()
        if value is not None and [*gone.values()].count(value) == [*come.values()].count(value) == 1
    }


def _compare_limits(part: Part, path: Path, old: Document, new: Document, names: Path) -> None:
    for key in _LIMITS:
        if not is_same(old.get(key), new.get(key)):
            was, now = (f"{key} {show(side[key])}" if key in side else f"no {key}" for side in (old, new))
            is_looser = _is_looser(key, old.get(key), new.get(key))
            part.add(path, Verb.LIMIT, (was, now), names, send=NONE if is_looser else WIRE)


def _is_looser(key: str, old: Any, new: Any) -> bool:
    if new is None or old is None:
        return new is None
    if not all(isinstance(limit, (int, float)) for limit in (old, new)):
        return False
    return bool(new > old) if key in _HIGHEST else bool(new < old) if key in _LOWEST else False


def _compare_texts(part: Part, path: Path, old: Document, new: Document, described: Iterable[str]) -> None:
    """What differs in the keys that nothing else describes, and that say nothing to the client."""
    for key in old | new:
        if key not in described and not is_same(old.get(key), new.get(key)):
            texts = [f"{key}: {show(side[key])}" if key in side else "" for side in (old, new)]
            verb = Verb.DEPRECATED if key == "deprecated" else Verb.TEXT
            part.add(_join(path, f".{key}"), verb, (texts[0], texts[1]))


def _join(path: Path, end: str) -> Path:
    return path[0] + end, path[1] + end


def _last(name: str) -> str:
    return name.rpartition(".")[2]
