"""Say what changed between two documents; changes that look breaking come first.

Breaking is meant for callers of a client regenerated from the new document: what is sent may not grow stricter, what is
received may not grow looser, and names may not go. A new enum value breaks nothing, since the client's enums are open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from scripts.changes.schemas import (
    KINDS,
    REPLACED,
    TEXTS,
    Change,
    Use,
    label,
    mapping,
    other_changes,
    same,
    schema_changes,
    short,
    step,
)
from scripts.spec.document import Document
from scripts.spec.walk import METHODS, component, reachable

__all__ = ["Change", "compare", "renamed"]

# What _by_id puts in place, so that _operation describes it part by part.
_PLACED = ("method", "path", "operationId", "tags", "parameters", "requestBody", "responses", "security")


def compare(old: Document, new: Document) -> list[Change]:
    """What changed from ``old`` to ``new``, breaking first, then by kind; the version in paths and texts is no change.

    Empty only where the two differ in nothing but the order of their parts. A new schema that stands where another
    stood is compared with it: what follows from the new type is told too.
    """
    before, after = _versionless(old), _versionless(new)
    changes = [*_operations(before, after), *_schemas(before, after), *_remainder(before, after)]
    changes += _replaced(before, after, changes)
    if not changes and not same(before, after):
        changes.append(Change("other", "document", "changed in a null, or where it is not as OpenAPI has it"))
    return sorted(changes, key=lambda change: (not change.breaking, KINDS.index(change.kind)))


def renamed(old: Document, new: Document) -> dict[str, str]:
    """The operationIds that ``old`` has under another name, each with the name that its method and path have now."""
    before, after = _by_id(_versionless(old)), _by_id(_versionless(new))
    come = {_shape(operation): name for name, operation in after.items() if name not in before}
    gone = ((name, come.pop(_shape(operation), "")) for name, operation in before.items() if name not in after)
    return {name: now for name, now in gone if now}


def _operations(old: Document, new: Document) -> Iterator[Change]:
    before, after, moved = _by_id(old), _by_id(new), renamed(old, new)
    for name, operation in before.items():
        if name in after:
            yield from _operation(name, operation, after[name])
        elif now := moved.get(name):
            yield Change("operation", name, f"renamed to {now} ({_place(operation)})", breaking=True)
            yield from _operation(now, operation, after[now])
        else:
            yield Change("operation", name, f"removed ({_place(operation)})", breaking=True)
    for name in after:
        if name not in before and name not in moved.values():
            yield Change("operation", name, f"added ({_place(after[name])})")


def _operation(name: str, old: Document, new: Document) -> Iterator[Change]:
    if _place(old) != _place(new):
        yield Change("operation", name, f"moved: {_place(old)} → {_place(new)}")
    if old["tags"] != new["tags"]:
        what = f"tags, of which the first names the module: {short(old['tags'])} → {short(new['tags'])}"
        yield Change("operation", name, what, breaking=old["tags"][:1] != new["tags"][:1])
    yield from _parameters(name, old["parameters"], new["parameters"])
    yield from _body(f"{name} body", old.get("requestBody"), new.get("requestBody"))
    yield from _answers(name, old["responses"], new["responses"])
    if not same(old["security"], new["security"]):
        was, now = _scopes(old["security"]), _scopes(new["security"])
        yield Change("scope", name, f"{short(was)} → {short(now)}", breaking=not set(now) <= set(was))
    yield from other_changes(name, old, new, _PLACED)


def _parameters(name: str, old: Document, new: Document) -> Iterator[Change]:
    for key in old | new:
        where = f"{name}({key})"
        if key not in new:
            yield Change("parameter", where, f"removed (in {old[key].get('in')})", breaking=True)
        elif key not in old:
            required = new[key].get("required") is True
            what = f"added ({label(new[key].get('schema'))}{', required' if required else ''})"
            yield Change("parameter", where, what, breaking=required)
        else:
            yield from _required(where, old[key], new[key])
            yield from schema_changes(
                where, old[key].get("schema"), new[key].get("schema"), Use(sent=True, received=False)
            )
            yield from other_changes(where, old[key], new[key], ("required", "schema"))


def _required(where: str, old: Document, new: Document) -> Iterator[Change]:
    was, now = old.get("required") is True, new.get("required") is True
    if was != now:
        yield Change("required", where, "now required" if now else "no longer required", breaking=now)


def _body(where: str, old: Any, new: Any) -> Iterator[Change]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        if not same(old, new):
            required = isinstance(new, dict) and new.get("required") is True
            yield Change("body", where, _came_or_went(old, new), breaking=new is None or required)
        return
    yield from _required(where, old, new)
    yield from _contents("body", where, old, new, Use(sent=True, received=False))
    yield from other_changes(where, old, new, ("required", "content"))


def _answers(name: str, old: Document, new: Document) -> Iterator[Change]:
    for status in old | new:
        where, was, now = f"{name} answer {status}", old.get(status), new.get(status)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _contents("answer", where, was, now, Use(sent=False, received=True))
            yield from other_changes(where, was, now, ("content",))
        elif not same(was, now):
            yield Change("answer", where, _came_or_went(was, now), breaking=now is None)


def _contents(kind: str, where: str, old: Document, new: Document, use: Use) -> Iterator[Change]:
    was, now = mapping(old.get("content")), mapping(new.get("content"))
    if set(was) != set(now):
        what = f"content type {', '.join(was) or 'none'} → {', '.join(now) or 'none'}"
        yield Change(kind, where, what, breaking=not set(was) <= set(now) or not was)
    for media in (media for media in was if media in now):
        before, after = mapping(was[media]), mapping(now[media])
        yield from schema_changes(where, before.get("schema"), after.get("schema"), use)
        yield from other_changes(f"{where} {media}", before, after, ("schema",))


def _schemas(old: Document, new: Document) -> Iterator[Change]:
    before, after = (mapping(_components(document).get("schemas")) for document in (old, new))
    sent, received = (
        _reached(old, parts) | _reached(new, parts) for parts in (("parameters", "requestBody"), ("responses",))
    )
    gone = {json.dumps(before[name], sort_keys=True): name for name in before if name not in after}
    now_called = {}
    for name in (name for name in after if name not in before):
        if was := gone.pop(json.dumps(after[name], sort_keys=True), None):
            now_called[was] = name
        else:
            yield Change("schema", name, f"added ({label(after[name])})")
    for name, schema in before.items():
        if name in after:
            # One that nothing refers to may be used for anything.
            use = Use(sent=name in sent or name not in received, received=name in received or name not in sent)
            yield from schema_changes(name, schema, after[name], use)
        elif name in now_called:
            yield Change("schema", name, f"renamed to {now_called[name]}, or replaced by its like", breaking=True)
        else:
            yield Change("schema", name, "removed", breaking=True)


def _replaced(old: Document, new: Document, changes: list[Change]) -> Iterator[Change]:
    """What differs between a schema and the new one that stands where it stood, at ``Old → New``; texts left out."""
    before, after = (mapping(_components(document).get("schemas")) for document in (old, new))
    sent, received = (_reached(new, parts) for parts in (("parameters", "requestBody"), ("responses",)))
    waiting, seen = list(changes), set()
    while waiting:
        change = waiting.pop(0)
        was, _, now = change.what.partition(REPLACED)
        if change.kind != "type" or was not in before or now not in after or now in before or (was, now) in seen:
            continue
        seen.add((was, now))
        use = Use(sent=now in sent, received=now in received)
        found = list(schema_changes(was + REPLACED + now, before[was], after[now], use))
        waiting += found
        yield from (each for each in found if each.breaking or each.kind not in ("other", "text"))


def _remainder(old: Document, new: Document) -> Iterator[Change]:
    """What is neither an operation nor a schema."""
    for key in ("paths", "components"):
        old, new = ({**side, key: _without_described(key, side.get(key))} for side in (old, new))
    yield from _nested("", old, new)


def _without_described(key: str, part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    if key == "components":
        return {kind: named for kind, named in part.items() if kind != "schemas"}
    described = (*METHODS, "parameters")
    items = {path: {k: v for k, v in mapping(item).items() if k not in described} for path, item in part.items()}
    return {path: item for path, item in items.items() if item}


def _nested(where: str, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            yield from _nested(f"{where}.{key}" if where else key, old.get(key), new.get(key))
    elif not same(old, new):
        yield Change("text" if where.rpartition(".")[2] in TEXTS else "other", where, step(old, new))


def _versionless(document: Document) -> Document:
    """The document with ``/2026-01/`` as ``/`` in every text and key: what merely follows the version is no change."""
    version = mapping(document.get("info")).get("version")

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
    for path, item in mapping(document.get("paths")).items():
        for method in (method for method in METHODS if isinstance(mapping(item).get(method), dict)):
            operation = item[method]
            parameters = [
                mapping(_resolved(document, each))
                for each in (*_list(item.get("parameters")), *_list(operation.get("parameters")))
            ]
            placed = operation | {
                "method": method.upper(),
                "path": path,
                "tags": _list(operation.get("tags")),
                "parameters": {f"{each.get('name')} in {each.get('in')}": each for each in parameters},
                "requestBody": _resolved(document, operation.get("requestBody")),
                "responses": {k: _resolved(document, v) for k, v in mapping(operation.get("responses")).items()},
                "security": _list(operation.get("security", document.get("security"))),
            }
            found[str(operation.get("operationId") or _place(placed))] = placed
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
        part = mapping(_components(document).get(kind)).get(name, part)
    return part


def _reached(document: Document, parts: tuple[str, ...]) -> set[str]:
    root = [operation.get(part) for operation in _by_id(document).values() for part in parts]
    return {name for kind, name in reachable(_components(document), root) if kind == "schemas"}


def _components(document: Document) -> dict[str, Any]:
    return mapping(document.get("components"))


def _list(part: Any) -> list[Any]:
    return part if isinstance(part, list) else []


def _scopes(security: list[Any]) -> list[str]:
    named = [scopes for requirement in security for scopes in mapping(requirement).values()]
    return [str(scope) for scopes in named for scope in _list(scopes)]


def _came_or_went(old: Any, new: Any) -> str:
    return "added" if old is None else "removed" if new is None else step(old, new)
