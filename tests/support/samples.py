"""JSON that the schemas of an upstream document (OpenAPI 3.0) allow."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis import strategies as st

Schema = dict[str, Any]

# How often a component may stand within itself: optional fields of the innermost are left out.
DEEPEST = 2
# What is hard to escape or to encode, in a URL and in JSON.
HARD = 'a/b?c#d %e&f=g+"h"\\é漢'


def resolved(schema: Schema, schemas: dict[str, Schema]) -> Schema:
    """The schema that a ``$ref`` leads to."""
    while "$ref" in schema:
        schema = schemas[_name(schema)]
    return schema


def sample(
    schema: Schema,
    schemas: dict[str, Schema],
    *,
    full: bool = False,
    null_at: int | None = None,
    request: bool = False,
    cleared: bool = False,
    _within: tuple[str, ...] = (),
    _level: int = 0,
) -> Any:
    """JSON that a schema of the upstream document allows.

    Args:
        schema: the schema.
        schemas: the document's component schemas.
        full: with every field, instead of the least that is allowed; arrays have an item of each sort.
        null_at: how deep what may be null is null; 0 is the value itself.
        request: without the fields that only answers have.
        cleared: with null in the wrappers (`{"value": …}`) that are made to hold it.
    """
    while "$ref" in schema:
        _within = (*_within, _name(schema))
        schema = schemas[_name(schema)]
    if _level == null_at and schema.get("nullable") is True:
        return None

    def inner(part: Schema, *, full: bool = full) -> Any:
        deeper = {"null_at": null_at, "request": request, "cleared": cleared, "_within": _within, "_level": _level + 1}
        return sample(part, schemas, full=full, **deeper)

    if cleared and schema.get("properties", {}).keys() == {"value"}:
        return {"value": None}

    if "enum" in schema:
        return schema["enum"][-1 if full else 0]
    is_complete = full and (not _within or _within.count(_within[-1]) <= DEEPEST)
    match schema.get("type", "object" if "properties" in schema else None):
        case "object":
            properties = schema.get("properties", {})
            names = properties if is_complete else schema.get("required", [])
            members = {n: inner(properties[n]) for n in names if not (request and properties[n].get("readOnly"))}
            if is_complete and isinstance(extra := schema.get("additionalProperties"), dict):
                members |= {"any": inner(extra), HARD: inner(extra)}
            elif is_complete and not properties and not request and extra is None:
                members["any"] = "text"
            return members
        case "array":
            if is_complete and null_at is None and "enum" in (items := resolved(schema["items"], schemas)):
                return items["enum"][: schema.get("maxItems")]
            length = max(schema.get("minItems", 0), min(2, schema.get("maxItems", 2)) if is_complete else 0)
            return [inner(schema["items"], full=is_complete and index == 0) for index in range(length)]
        case "integer":
            return _integer(schema, full=full)
        case "number":
            return schema.get("minimum", 0.1 if full else 1)
        case "boolean":
            return full
        case "string":
            return _string(schema, full=full)
        case _:
            return {"any": [1, 0.5, "text"]} if full else "text"


def with_nulls(schema: Schema, schemas: dict[str, Schema]) -> Iterator[Any]:
    """JSON with every field, and null wherever it may stand: at one depth at a time, since null hides what is below."""
    everything = sample(schema, schemas, full=True)
    for level in range(_depth(everything)):
        drawn = sample(schema, schemas, full=True, null_at=level)
        if _has_null(drawn):
            yield drawn


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def _has_null(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_has_null, inner))


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _integer(schema: Schema, *, full: bool) -> int:
    largest = 2**63 - 1 if schema.get("format") == "int64" else 2**31 - 1
    return int(schema.get("maximum", largest) if full else schema.get("minimum", 1))


def _string(schema: Schema, *, full: bool) -> str:
    match schema.get("format"):
        case "date-time":
            return "2026-01-02T03:04:05.678000+00:00" if full else "2026-01-02T03:04:05+00:00"
        case "date":
            return "2026-01-02"
        case "int32" | "int64" | "long-id":
            return "9007199254740993" if full else "42"
    if "pattern" in schema:
        return _matching(schema["pattern"])
    text = HARD if full else "text"
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


@functools.cache
def _matching(pattern: str) -> str:
    quick = settings(database=None, derandomize=True, phases=[Phase.generate])
    return find(st.from_regex(pattern), lambda _: True, settings=quick)
