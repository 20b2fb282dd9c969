"""Compare two schemas: what changed, and whether that looks breaking to those who send it or receive it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scripts.spec.document import Document

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

REPLACED = " → "  # between what was and what is

_SHAPES = ("allOf", "anyOf", "oneOf", "not", "discriminator", "items", "style", "explode")
_SHOWN = 80  # characters of a value
TEXTS = ("description", "summary", "title", "example", "examples", "externalDocs")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LIMITS = (*_HIGHEST, *_LOWEST, "pattern", "multipleOf", "uniqueItems")


@dataclass(frozen=True)
class Change:
    """``where`` is an operationId, with ``(parameter)``, ``body`` or ``answer 200`` after it, or ``Schema.field[]``, or
    ``Old → New.field`` where one schema stands in another's place."""

    kind: str
    where: str
    what: str
    breaking: bool = False


@dataclass(frozen=True)
class Use:
    """Whether a schema is in what the caller sends (stricter hurts), in what it receives (looser hurts), or in both."""

    sent: bool
    received: bool


def schema_changes(where: str, old: Any, new: Any, use: Use) -> Iterator[Change]:
    """What changed between two schemas, at ``where`` and in all they hold."""
    if same(old, new):
        return
    if label(old) != label(new):
        yield Change("type", where, label(old) + REPLACED + label(new), breaking=True)
    if not isinstance(old, dict) or not isinstance(new, dict):
        if label(old) == label(new):
            yield Change("type", where, f"{short(old)} → {short(new)}", breaking=True)
        return
    described = {"$ref", "type", "format", "nullable", *_LIMITS}
    was, now = old.get("nullable") is True, new.get("nullable") is True
    if was != now:
        breaking = use.received if now else use.sent
        yield Change("nullable", where, "now nullable" if now else "no longer nullable", breaking=breaking)
    if all(isinstance(side.get("enum", []), list) for side in (old, new)):
        described.add("enum")
        yield from _enum(where, old.get("enum"), new.get("enum"))
    for key in _LIMITS:
        if not same(old.get(key), new.get(key)):
            breaking = use.sent and not _looser(key, old.get(key), new.get(key))
            yield Change("limit", where, f"{key} {short(old.get(key))} → {short(new.get(key))}", breaking=breaking)
    if all(isinstance(side.get("properties", {}), dict) for side in (old, new)):
        described.add("properties")
        yield from _fields(where, old, new, use)
    if all(isinstance(side.get("required", []), list) for side in (old, new)):
        described.add("required")
        yield from _required_fields(where, old, new, use)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if key in old and key in new:
            described.add(key)
            yield from schema_changes(where + mark, old[key], new[key], use)
    yield from other_changes(where, old, new, tuple(described))


def _fields(where: str, old: Document, new: Document, use: Use) -> Iterator[Change]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before | after:
        if name not in after:
            yield Change("field", f"{where}.{name}", f"removed ({label(before[name])})", breaking=True)
        elif name not in before:
            required = name in new.get("required", [])
            what = f"added ({label(after[name])}{', required' if required else ''})"
            yield Change("field", f"{where}.{name}", what, breaking=required and use.sent)
        else:
            yield from schema_changes(f"{where}.{name}", before[name], after[name], use)


def _required_fields(where: str, old: Document, new: Document, use: Use) -> Iterator[Change]:
    before, after = old.get("required", []), new.get("required", [])
    fields, fields_now = mapping(old.get("properties")), mapping(new.get("properties"))
    for name in dict.fromkeys(map(str, [*before, *after])):
        if (name in fields) is not (name in fields_now):
            continue  # told as a field that came or went
        if name not in before:
            yield Change("required", f"{where}.{name}", "now required", breaking=use.sent)
        elif name not in after:
            yield Change("required", f"{where}.{name}", "no longer required", breaking=use.received)


def _enum(where: str, old: list[Any] | None, new: list[Any] | None) -> Iterator[Change]:
    if old is None or new is None:
        if old is not new:
            values = ", ".join(map(short, old or new or []))
            yield Change("enum", where, f"{'now one of' if old is None else 'no longer only'} {values}", breaking=True)
        return
    gone = [value for value in old if value not in new]
    come = [value for value in new if value not in old]
    recased = [(was, now) for was in gone for now in come if folded(was) == folded(now)]
    removed = [value for value in gone if value not in [was for was, _ in recased]]
    added = [value for value in come if value not in [now for _, now in recased]]
    if recased:
        yield Change("enum", where, "recased " + ", ".join(f"{was} → {now}" for was, now in recased), breaking=True)
    if removed:
        yield Change("enum", where, "removed " + ", ".join(map(short, removed)), breaking=True)
    if added:
        yield Change("enum", where, "added " + ", ".join(map(short, added)))


def other_changes(where: str, old: Document, new: Document, described: tuple[str, ...]) -> Iterator[Change]:
    """What changed in the keys that nothing else describes."""
    for key in old | new:
        if key not in described and not same(old.get(key), new.get(key)):
            what = f"{key} {step(old.get(key), new.get(key))}"
            yield Change("text" if key in TEXTS else "other", where, what, breaking=key in _SHAPES)


def _looser(key: str, old: Any, new: Any) -> bool:
    if new is None or old is None:
        return new is None
    if not all(isinstance(limit, (int, float)) for limit in (old, new)):
        return False
    return new > old if key in _HIGHEST else new < old if key in _LOWEST else False


def folded(value: Any) -> str:
    """A name or value without what spellings of it differ in."""
    return re.sub("[^a-z0-9]", "", str(value).casefold())


def label(schema: Any) -> str:
    """A schema's type in a word or two: its component, else its type and format."""
    if not isinstance(schema, dict):
        return "any" if schema in (None, True) else short(schema)
    if isinstance(reference := schema.get("$ref"), str):
        return reference.rpartition("/")[2]
    kind = schema.get("type", "any")
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def step(old: Any, new: Any) -> str:
    """From one value to another, in words."""
    if old is None or new is None:
        return f"added: {short(new)}" if old is None else f"removed: {short(old)}"
    if isinstance(old, list) and isinstance(new, list):
        moves = [f"added {short(each)}" for each in new if each not in old]
        return ", ".join([f"removed {short(each)}" for each in old if each not in new] + moves) or "in another order"
    if isinstance(old, str) and isinstance(new, str):
        # Of long texts, the part from shortly before the first difference.
        alike = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), 0)
        start = max(0, alike - 20)
        old, new = (f"…{text[start:]}" if start else text for text in (old, new))
    return f"{short(old)} → {short(new)}"


def short(value: Any) -> str:
    """A value as JSON, cut to a length that can be read."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def same(old: Any, new: Any) -> bool:
    """Equality as JSON has it: true is not 1, and the order of keys is nothing."""
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def mapping(part: Any) -> dict[str, Any]:
    """A part that should be an object, or an empty one: what is misshapen is for others to report."""
    return part if isinstance(part, dict) else {}
