"""Say what changed between two documents, in lines for people; changes that look breaking come first.

Breaking is meant for callers of a client regenerated from the new document: what is sent may not grow stricter, what is
received may not grow looser, and names may not go. A new enum value breaks nothing, since the client's enums are open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from document import Document
from select_operations import METHODS, component, reachable
from stage import printable

# Kinds of change, in the order they are reported.
KINDS = (
    "operation",
    "parameter",
    "body",
    "answer",
    "schema",
    "field",
    "type",
    "required",
    "nullable",
    "enum",
    "limit",
    "scope",
    "other",
    "text",
)

_PLACED = ("method", "path", "operationId", "tags", "parameters", "requestBody", "responses", "security")
_SHAPES = ("allOf", "anyOf", "oneOf", "not", "discriminator", "items", "style", "explode")
_SHOWN = 80  # characters of a value
_TEXTS = ("description", "summary", "title", "example", "examples", "externalDocs")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LIMITS = (*_HIGHEST, *_LOWEST, "pattern", "multipleOf", "uniqueItems")


@dataclass(frozen=True)
class Change:
    """``where`` is an operationId, with ``(parameter)``, ``body`` or ``answer 200`` after it, or ``Schema.field[]``."""

    kind: str
    where: str
    what: str
    breaking: bool = False


@dataclass(frozen=True)
class _Use:
    """Whether a schema is in what the caller sends (stricter hurts), in what it receives (looser hurts), or in both."""

    sent: bool
    received: bool


def compare(old: Document, new: Document) -> list[Change]:
    """What changed from ``old`` to ``new``, breaking first, then by kind; the version in paths and texts is no change.

    Empty only where the two differ in nothing but the order of their parts.
    """
    before, after = _versionless(old), _versionless(new)
    changes = chain(_operations(before, after), _schemas(before, after), _remainder(before, after))
    return sorted(changes, key=lambda change: (not change.breaking, KINDS.index(change.kind)))


def render(changes: list[Change]) -> list[str]:
    """The changes as lines: those that look breaking, then the others, each under a heading with their number."""
    lines = []
    for heading, breaking in (("looks breaking", True), ("other changes", False)):
        if group := [change for change in changes if change.breaking is breaking]:
            lines.append(f"{heading} ({len(group)}):")
            lines += [printable(f"  {change.kind:<9}  {change.where}: {change.what}") for change in group]
    return lines


def _operations(old: Document, new: Document) -> Iterator[Change]:
    before, after = _by_id(old), _by_id(new)
    added = {_shape(operation): name for name, operation in after.items() if name not in before}
    for name, operation in before.items():
        if name in after:
            yield from _operation(name, operation, after[name])
        elif renamed := added.pop(_shape(operation), None):
            yield Change("operation", name, f"renamed to {renamed} ({_place(operation)})", breaking=True)
            yield from _operation(renamed, operation, after[renamed])
        else:
            yield Change("operation", name, f"removed ({_place(operation)})", breaking=True)
    for name in added.values():
        yield Change("operation", name, f"added ({_place(after[name])})")


def _operation(name: str, old: Document, new: Document) -> Iterator[Change]:
    if _place(old) != _place(new):
        yield Change("operation", name, f"moved: {_place(old)} → {_place(new)}")
    if old["tags"] != new["tags"]:
        what = f"tags, of which the first names the module: {_short(old['tags'])} → {_short(new['tags'])}"
        yield Change("operation", name, what, breaking=old["tags"][:1] != new["tags"][:1])
    yield from _parameters(name, old["parameters"], new["parameters"])
    yield from _body(f"{name} body", old.get("requestBody"), new.get("requestBody"))
    yield from _answers(name, old["responses"], new["responses"])
    if not _same(old["security"], new["security"]):
        was, now = _scopes(old["security"]), _scopes(new["security"])
        yield Change("scope", name, f"{_short(was)} → {_short(now)}", breaking=not set(now) <= set(was))
    yield from _other(name, old, new, _PLACED)


def _parameters(name: str, old: Document, new: Document) -> Iterator[Change]:
    for key in old | new:
        where = f"{name}({key})"
        if key not in new:
            yield Change("parameter", where, f"removed (in {old[key].get('in')})", breaking=True)
        elif key not in old:
            required = new[key].get("required") is True
            what = f"added ({_label(new[key].get('schema'))}{', required' if required else ''})"
            yield Change("parameter", where, what, breaking=required)
        else:
            yield from _required(where, old[key], new[key])
            yield from _schema(where, old[key].get("schema"), new[key].get("schema"), _Use(sent=True, received=False))
            yield from _other(where, old[key], new[key], ("required", "schema"))


def _required(where: str, old: Document, new: Document) -> Iterator[Change]:
    was, now = old.get("required") is True, new.get("required") is True
    if was != now:
        yield Change("required", where, "now required" if now else "no longer required", breaking=now)


def _body(where: str, old: Any, new: Any) -> Iterator[Change]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        if not _same(old, new):
            required = isinstance(new, dict) and new.get("required") is True
            yield Change("body", where, _step(old, new), breaking=new is None or required)
        return
    yield from _required(where, old, new)
    yield from _contents("body", where, old, new, _Use(sent=True, received=False))
    yield from _other(where, old, new, ("required", "content"))


def _answers(name: str, old: Document, new: Document) -> Iterator[Change]:
    for status in old | new:
        where, was, now = f"{name} answer {status}", old.get(status), new.get(status)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _contents("answer", where, was, now, _Use(sent=False, received=True))
            yield from _other(where, was, now, ("content",))
        elif not _same(was, now):
            yield Change("answer", where, _step(was, now), breaking=now is None)


def _contents(kind: str, where: str, old: Document, new: Document, use: _Use) -> Iterator[Change]:
    was, now = _mapping(old.get("content")), _mapping(new.get("content"))
    if set(was) != set(now):
        what = f"content type {', '.join(was) or 'none'} → {', '.join(now) or 'none'}"
        yield Change(kind, where, what, breaking=not set(was) <= set(now) or not was)
    for media in (media for media in was if media in now):
        before, after = _mapping(was[media]), _mapping(now[media])
        yield from _schema(where, before.get("schema"), after.get("schema"), use)
        yield from _other(f"{where} {media}", before, after, ("schema",))


def _schemas(old: Document, new: Document) -> Iterator[Change]:
    before, after = _components(old).get("schemas", {}), _components(new).get("schemas", {})
    sent, received = (
        _reached(old, parts) | _reached(new, parts) for parts in (("parameters", "requestBody"), ("responses",))
    )
    gone = {json.dumps(before[name], sort_keys=True): name for name in before if name not in after}
    renamed = {}
    for name in (name for name in after if name not in before):
        if was := gone.pop(json.dumps(after[name], sort_keys=True), None):
            renamed[was] = name
        else:
            yield Change("schema", name, f"added ({_label(after[name])})")
    for name, schema in before.items():
        if name in after:
            # One that nothing refers to may be used for anything.
            use = _Use(sent=name in sent or name not in received, received=name in received or name not in sent)
            yield from _schema(name, schema, after[name], use)
        elif name in renamed:
            yield Change("schema", name, f"renamed to {renamed[name]}, or replaced by its like", breaking=True)
        else:
            yield Change("schema", name, "removed", breaking=True)


def _schema(where: str, old: Any, new: Any, use: _Use) -> Iterator[Change]:
    if _same(old, new):
        return
    if _label(old) != _label(new):
        yield Change("type", where, f"{_label(old)} → {_label(new)}", breaking=True)
    if not isinstance(old, dict) or not isinstance(new, dict):
        if _label(old) == _label(new):
            yield Change("type", where, f"{_short(old)} → {_short(new)}", breaking=True)
        return
    described = {"$ref", "type", "format", "nullable", "enum", *_LIMITS}
    was, now = old.get("nullable") is True, new.get("nullable") is True
    if was != now:
        breaking = use.received if now else use.sent
        yield Change("nullable", where, "now nullable" if now else "no longer nullable", breaking=breaking)
    if isinstance(old.get("enum", []), list) and isinstance(new.get("enum", []), list):
        yield from _enum(where, old.get("enum"), new.get("enum"))
    else:
        described.discard("enum")
    for key in _LIMITS:
        if not _same(old.get(key), new.get(key)):
            breaking = use.sent and not _looser(key, old.get(key), new.get(key))
            yield Change("limit", where, f"{key} {_short(old.get(key))} → {_short(new.get(key))}", breaking=breaking)
    if all(isinstance(side.get("properties", {}), dict) for side in (old, new)):
        described.add("properties")
        yield from _fields(where, old, new, use)
    if all(isinstance(side.get("required", []), list) for side in (old, new)):
        described.add("required")
        yield from _required_fields(where, old, new, use)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if key in old and key in new:
            described.add(key)
            yield from _schema(where + mark, old[key], new[key], use)
    yield from _other(where, old, new, tuple(described))


def _fields(where: str, old: Document, new: Document, use: _Use) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before | after:
        if name not in after:
            yield Change("field", f"{where}.{name}", f"removed ({_label(before[name])})", breaking=True)
        elif name not in before:
            required = name in new.get("required", [])
            what = f"added ({_label(after[name])}{', required' if required else ''})"
            yield Change("field", f"{where}.{name}", what, breaking=required and use.sent)
        else:
            yield from _schema(f"{where}.{name}", before[name], after[name], use)


def _required_fields(where: str, old: Document, new: Document, use: _Use) -> Iterator[Change]:
    before, after = old.get("required", []), new.get("required", [])
    fields, fields_now = _mapping(old.get("properties")), _mapping(new.get("properties"))
    for name in (name for name in dict.fromkeys([*before, *after]) if (name in fields) is (name in fields_now)):
        if name not in before:
            yield Change("required", f"{where}.{name}", "now required", breaking=use.sent)
        elif name not in after:
            yield Change("required", f"{where}.{name}", "no longer required", breaking=use.received)


def _enum(where: str, old: list[Any] | None, new: list[Any] | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            values = ", ".join(map(_short, old or new or []))
            yield Change("enum", where, f"{'now one of' if old is None else 'no longer only'} {values}", breaking=True)
        return
    gone = [value for value in old if value not in new]
    come = {_folded(value): value for value in new if value not in old}
    recased = [(value, come.pop(_folded(value))) for value in gone if _folded(value) in come]
    removed = [value for value in gone if value not in [was for was, _ in recased]]
    if recased:
        yield Change("enum", where, "recased " + ", ".join(f"{was} → {now}" for was, now in recased), breaking=True)
    if removed:
        yield Change("enum", where, "removed " + ", ".join(map(_short, removed)), breaking=True)
    if come:
        yield Change("enum", where, "added " + ", ".join(map(_short, come.values())))


def _remainder(old: Document, new: Document) -> Iterator[Change]:
    """What is neither an operation nor a schema."""
    for key in ("paths", "components"):
        old, new = ({**side, key: _without_described(key, side.get(key))} for side in (old, new))
    yield from _nested("", old, new)


def _without_described(key: str, part: Any) -> Any:
    if key == "components":
        return {kind: named for kind, named in _mapping(part).items() if kind != "schemas"}
    described = (*METHODS, "parameters")
    items = {path: {k: v for k, v in item.items() if k not in described} for path, item in _mapping(part).items()}
    return {path: item for path, item in items.items() if item}


def _nested(where: str, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            yield from _nested(f"{where}.{key}" if where else key, old.get(key), new.get(key))
    elif not _same(old, new):
        yield Change("text" if where.rpartition(".")[2] in _TEXTS else "other", where, _step(old, new))


def _other(where: str, old: Document, new: Document, described: tuple[str, ...]) -> Iterator[Change]:
    for key in old | new:
        if key not in described and not _same(old.get(key), new.get(key)):
            what = f"{key} {_step(old.get(key), new.get(key))}"
            yield Change("text" if key in _TEXTS else "other", where, what, breaking=key in _SHAPES)


def _versionless(document: Document) -> Document:
    """The document with ``/2026-01/`` as ``/`` in every text and key: what merely follows the version is no change."""
    version = _mapping(document.get("info")).get("version")

    def without(node: Any) -> Any:
        if isinstance(node, dict):
            return {without(key): without(part) for key, part in node.items()}
        if isinstance(node, list):
            return [without(part) for part in node]
        return node.replace(f"/{version}/", "/") if isinstance(node, str) else node

    return {key: without(part) for key, part in document.items()}


def _by_id(document: Document) -> dict[str, Document]:
    """The operations by operationId (else method and path), each with its references to components put in."""
    found = {}
    for path, item in document.get("paths", {}).items():
        for method in (method for method in METHODS if method in item):
            operation = item[method]
            parameters = [
                _resolved(document, each) for each in [*item.get("parameters", []), *operation.get("parameters", [])]
            ]
            placed = operation | {
                "method": method.upper(),
                "path": path,
                "tags": operation.get("tags", []),
                "parameters": {f"{each.get('name')} in {each.get('in')}": each for each in parameters},
                "requestBody": _resolved(document, operation.get("requestBody")),
                "responses": {k: _resolved(document, v) for k, v in operation.get("responses", {}).items()},
                "security": operation.get("security", document.get("security", [])),
            }
            found[operation.get("operationId") or _place(placed)] = placed
    return found


def _place(operation: Document) -> str:
    return f"{operation['method']} {operation['path']}"


def _shape(operation: Document) -> str:
    """The place, whatever its path parameters are called."""
    return re.sub(r"\{[^}]*\}", "{}", _place(operation))


def _resolved(document: Document, part: Any) -> Any:
    """What a ``$ref`` into components stands for; one of a cycle, or to anywhere else, stands for itself."""
    for _ in range(8):
        if not isinstance(part, dict) or not isinstance(part.get("$ref"), str):
            break
        kind, name = component(part["$ref"]) or ("", "")
        part = _mapping(_components(document).get(kind)).get(name, part)
    return part


def _reached(document: Document, parts: tuple[str, ...]) -> set[str]:
    root = [operation.get(part) for operation in _by_id(document).values() for part in parts]
    return {name for kind, name in reachable(_components(document), root) if kind == "schemas"}


def _components(document: Document) -> dict[str, Any]:
    return _mapping(document.get("components"))


def _mapping(part: Any) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _scopes(security: Any) -> list[str]:
    return [scope for requirement in security for scopes in requirement.values() for scope in scopes]


def _looser(key: str, old: Any, new: Any) -> bool:
    if new is None or old is None:
        return new is None
    if not all(isinstance(limit, (int, float)) for limit in (old, new)):
        return False
    return new > old if key in _HIGHEST else new < old if key in _LOWEST else False


def _folded(value: Any) -> str:
    return re.sub("[^a-z0-9]", "", str(value).casefold())


def _label(schema: Any) -> str:
    if not isinstance(schema, dict):
        return "any" if schema in (None, True) else _short(schema)
    if isinstance(reference := schema.get("$ref"), str):
        return reference.rpartition("/")[2]
    kind = schema.get("type", "any")
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _step(old: Any, new: Any) -> str:
    if old is None or new is None:
        return f"added: {_short(new)}" if old is None else f"removed: {_short(old)}"
    if isinstance(old, list) and isinstance(new, list):
        moves = [f"added {_short(each)}" for each in new if each not in old]
        return ", ".join([f"removed {_short(each)}" for each in old if each not in new] + moves) or "in another order"
    if isinstance(old, str) and isinstance(new, str):
        # Of long texts, the part from shortly before the first difference.
        alike = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
        start = max(0, alike - 20)
        old, new = (f"…{text[start:]}" if start else text for text in (old, new))
    return f"{_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _same(old: Any, new: Any) -> bool:
    """Equality as JSON has it: true is not 1, and the order of keys is nothing."""
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)
