"""Hypothesis strategies for JSON that a schema of an OpenAPI 3.1 document describes, and for JSON that it does not."""

from __future__ import annotations

import datetime
import string
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

Json = Any
Path = tuple[str | int, ...]

# Deeper than this, optional fields are left out and arrays are empty: schemas recur.
DEEPEST = 5

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(string.ascii_letters, min_size=1, max_size=6).map(lambda name: f"x-{name}")
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
_UTC = datetime.UTC


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema that a ``$ref`` leads to."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def alternatives(schema: dict[str, Any], document: dict[str, Any]) -> list[dict[str, Any]]:
    """The schema as single-type schemas: what any of ``oneOf``, ``allOf`` with one member or a list of types allows."""
    schema = resolved(schema, document)
    for keyword in ("oneOf", "anyOf", "allOf"):
        if keyword in schema:
            return [one for member in schema[keyword] for one in alternatives(member, document)]
    types = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(types, list):
        return [{**schema, "type": one, "enum": [v for v in schema.get("enum", []) if v is not None]} for one in types]
    return [{**schema, "type": types}]


def matching(schema: dict[str, Any], document: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Json]:
    """JSON that the schema describes, unknown fields included."""
    return st.one_of([_matching(one, document, depth) for one in alternatives(schema, document)])


def _matching(schema: dict[str, Any], document: dict[str, Any], depth: int) -> st.SearchStrategy[Json]:
    if schema.get("enum"):
        return st.sampled_from(schema["enum"])
    match schema["type"], schema.get("format"):
        case "null", _:
            return st.none()
        case "boolean", _:
            return st.booleans()
        case "integer", _:
            return st.integers(-(2**63), 2**63 - 1)
        case "number", _:
            return st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1)
        case "string", "date-time":
            return st.datetimes(timezones=st.just(_UTC)).map(datetime.datetime.isoformat)
        case "string", "date":
            return st.dates().map(datetime.date.isoformat)
        case "string", _:
            return TEXT
        case "array", _:
            return st.lists(matching(schema["items"], document, depth + 1), max_size=0 if depth >= DEEPEST else 3)
        case "object", _:
            return _objects(schema, document, depth)
        case _:
            return ANY


def _objects(schema: dict[str, Any], document: dict[str, Any], depth: int) -> st.SearchStrategy[Json]:
    properties = schema.get("properties", {})
    required = [name for name in schema.get("required", []) if name in properties]
    optional = [name for name in properties if name not in required] if depth < DEEPEST else []
    extra = schema.get("additionalProperties", {})
    values = matching(extra, document, depth + 1) if isinstance(extra, dict) and extra else ANY
    known = st.fixed_dictionaries(
        {name: st.deferred(lambda name=name: matching(properties[name], document, depth + 1)) for name in required},
        optional={
            name: st.deferred(lambda name=name: matching(properties[name], document, depth + 1)) for name in optional
        },
    )
    unknown = st.dictionaries(NAMES, values, max_size=1 if depth < DEEPEST else 0)
    return st.tuples(known, unknown).map(lambda both: {**both[0], **both[1]})


def typed_sites(
    value: Json, schema: dict[str, Any], document: dict[str, Any], path: Path = ()
) -> Iterator[tuple[Path, set[str]]]:
    """Where in a matching value something of a wrong type can be put, and the types that are right there."""
    options = alternatives(schema, document)
    if all(one["type"] for one in options):
        yield path, {one["type"] for one in options}
    for one in options:
        if one["type"] == "object" and isinstance(value, dict):
            for name, item in value.items():
                if inner := one.get("properties", {}).get(name):
                    yield from typed_sites(item, inner, document, (*path, name))
        elif one["type"] == "array" and isinstance(value, list):
            for index, item in enumerate(value):
                yield from typed_sites(item, one["items"], document, (*path, index))


WRONG: dict[str, Json] = {
    "null": None,
    "boolean": True,
    "string": "x",
    "number": 0.5,
    "array": ["x"],
    "object": {"x": "x"},
}


def wrong_values(types: set[str]) -> list[Json]:
    """A value of each JSON type that is none of these."""
    return [value for name, value in WRONG.items() if name not in types]


def replaced(value: Json, path: Path, new: Json) -> Json:
    """A copy of the value with the value at the path replaced."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def written(path: Path) -> str:
    """The path as a DecodeError writes it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
