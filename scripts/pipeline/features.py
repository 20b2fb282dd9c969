"""What a document may use: the features of schemas, parameters and contents that are known to come out right.

Anything else is refused before generation, with its place and what to do. `tests/pipeline/test_features.py` proves each
entry of the lists by a client that is generated, imported and used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scripts.pipeline.prepare import choose_media_types
from scripts.pipeline.shape import MEND
from scripts.spec.document import Document
from scripts.spec.walk import (
    METHODS,
    Fault,
    Location,
    Site,
    at,
    exists,
    is_data,
    locate,
    members,
    nodes,
    operations,
    parameters,
    resolve,
    schemas,
)

_TEXTS = {"title", "description", "example", "examples", "externalDocs", "deprecated", "readOnly", "writeOnly", "xml"}
_LIMITS = {
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"),
    *("minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
}
_SCHEMA = {
    *("type", "format", "enum", "default", "properties", "required", "additionalProperties", "items", "$ref"),
    *("allOf", "anyOf", "oneOf", "discriminator"),
} | (_TEXTS | _LIMITS)
_PARAMETER = {
    *("name", "in", "required", "schema", "content", "style", "explode", "allowEmptyValue"),
    *("description", "deprecated", "example", "examples"),
}
_OPERATION = {
    *("tags", "summary", "description", "externalDocs", "operationId", "parameters", "requestBody", "responses"),
    *("deprecated", "security"),
}
_PATH_ITEM = {*METHODS, "parameters", "summary", "description"}
_RESPONSE = {"description", "content", "headers"}
_MEDIA_TYPE = {"schema", "example", "examples"}

# The styles of parameters by place, the usual one first; https://spec.openapis.org/oas/v3.0.4#style-values.
_STYLES = {
    "path": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
# https://spec.openapis.org/oas/v3.0.4#parameter-name: what these say is said elsewhere, or by the client.
_OWN_HEADERS = ("accept", "content-type", "authorization", "host", "content-length", "transfer-encoding", "cookie")

_UNIONS = ("allOf", "anyOf", "oneOf")
_HOLDERS = [(word,) for word in ("properties", "schemas", *_UNIONS)]
_KINDS = {"string": str, "integer": int, "number": float, "boolean": bool}
# Written out or left out, these values say the same; https://spec.openapis.org/oas/v3.0.4.
_DEFAULTS: dict[str, object] = {"allowReserved": False, "callbacks": {}, "encoding": {}, "links": {}, "servers": []}


def find_unknown_features(document: Document) -> Iterator[Fault]:
    """Say which parts of a patched document use what is not known to come out right; its shape must be sound."""
    # Where a schema is a boolean, no more is looked for: all else takes schemas for objects.
    for fault in list(_find_boolean_schemas(document)) or _find_faults(document):
        yield Fault(fault.location, f"{fault.text}; {MEND}")


def _find_faults(document: Document) -> Iterator[Fault]:
    for path, item in members(document["paths"]):
        yield from _unknown(("paths", path), item, _PATH_ITEM)
    for location, operation in operations(document):
        yield from _unknown(location, operation, _OPERATION)
        yield from _find_body_faults(document, location, operation)
        for status, response in members(operation.get("responses")):
            if not isinstance(resolve(document, response), dict):
                continue  # an extension; it has no status
            yield from _find_response_faults(document, (*location, "responses", status), response)
    for place, parameter in parameters(document):
        yield from _find_parameter_faults(document, place, parameter)
    places = _find_file_places(document)
    for site in schemas(document):
        yield from _find_schema_faults(document, site)
        if _is_file(site.schema) and site.location[-1] != "schema" and site.location not in places:
            yield Fault(site.location, "is bytes (format: binary) in the middle of JSON")


def _find_boolean_schemas(document: Document) -> Iterator[Fault]:
    """OpenAPI 3.1 has the schemas `true` and `false`."""
    for location, node in nodes(document):
        is_schema = location[-1:] in (("schema",), ("items",)) or location[-2:-1] in _HOLDERS
        if isinstance(node, bool) and is_schema and not is_data(location):
            yield Fault(location, f"is {str(node).lower()}, which is no schema that is known")


def _unknown(location: Location, holder: dict[str, Any], known: Iterable[str]) -> Iterator[Fault]:
    for key, value in holder.items():
        is_default = key in _DEFAULTS and value == _DEFAULTS[key]
        if key not in known and not is_default and not key.startswith("x-"):
            yield Fault(location, f"uses {key!r}, which is not known to come out right")


def _find_schema_faults(document: Document, site: Site) -> Iterator[Fault]:
    location, schema = site.location, site.schema
    if "$ref" in schema:
        return
    yield from _unknown(location, schema, _SCHEMA)
    kinds = _types(schema)
    if len(kinds) > 1:
        yield Fault(location, f"is of the types {', '.join(kinds)}; one type, and null, can be told apart")
    if "array" in kinds and not isinstance(schema.get("items"), dict):
        yield Fault(location, "is an array that does not say what its items are")
    if schema.get("enum"):
        yield from _find_enum_faults(location, schema["enum"], kinds)
    for word in ("oneOf", "anyOf"):
        if schema.get(word):
            yield from _find_union_faults(document, location, word, schema)
    if len(schema.get("allOf", ())) > 1 and not all(_kind(document, one) == "object" for one in schema["allOf"]):
        yield Fault(location, "is made of schemas (allOf) of which one is no object")


def _find_enum_faults(location: Location, values: list[Any], kinds: list[str]) -> Iterator[Fault]:
    """An enum's values are all strings or all integers, and of its type."""
    found = {type(value) for value in values if value is not None}
    if kinds == ["boolean"] and found <= {bool}:
        return
    if found not in ({str}, {int}):
        names = ", ".join(sorted(kind.__name__ for kind in found)) or "null alone"
        yield Fault(location, f"is an enum of {names}; values must be all strings or all integers")
    elif kinds and _KINDS.get(kinds[0]) not in found and kinds != ["number"]:
        yield Fault(location, f"is an enum whose values are not of its type, {kinds[0]}")


def _find_union_faults(document: Document, location: Location, word: str, schema: dict[str, Any]) -> Iterator[Fault]:
    """The members of a union are told apart by a discriminator, or by what JSON has: object, array, string, number."""
    variants = [resolve(document, one) for one in schema[word] if not _is_null(one)]
    if isinstance(schema.get("discriminator"), dict):
        if not all("$ref" in one for one in schema[word] if not _is_null(one)) or not all(
            _kind(document, one) == "object" for one in variants
        ):
            yield Fault(location, "has a discriminator, and a member that is no reference to an object")
        return
    kinds = [_kind(document, one) for one in variants]
    if len(kinds) > 1 and (len(set(kinds)) < len(kinds) or "anything" in kinds):
        yield Fault(
            location,
            f"is {word} of {', '.join(kinds)}, which nothing tells apart; it needs a discriminator, or one member",
        )


def _find_parameter_faults(document: Document, location: Location, parameter: dict[str, Any]) -> Iterator[Fault]:
    yield from _unknown(location, parameter, _PARAMETER)
    place, style = parameter["in"], parameter.get("style")
    if style is not None and style not in _STYLES[place]:
        yield Fault(location, f"has the style {style!r}; in {place} known are {', '.join(_STYLES[place])}")
    if place == "header" and str(parameter["name"]).lower() in _OWN_HEADERS:
        yield Fault(location, f"is the header {parameter['name']!r}, which the client sets itself")
    if "content" in parameter:
        if list(parameter["content"]) != ["application/json"] or place != "query":
            yield Fault(location, f"is written as {', '.join(parameter['content'])}; JSON in a query is known")
        return
    schema = resolve(document, parameter.get("schema", {}))
    kind = _kind(document, schema)
    if kind == "array":
        kind = f"array of {_kind(document, schema.get('items', {}))}"
        is_known = place != "path" and kind in ("array of string", "array of number", "array of boolean")
    elif kind == "object":
        is_known = place == "query" and all(
            _kind(document, one) in ("string", "number", "boolean") for _, one in members(schema.get("properties"))
        )
    else:
        is_known = kind in ("string", "number", "boolean")
    if not is_known:
        yield Fault(location, f"is {kind}, which cannot be written in a {place}")


def _find_body_faults(document: Document, location: Location, operation: dict[str, Any]) -> Iterator[Fault]:
    if "requestBody" not in operation:
        return
    location = (*location, "requestBody")
    body = resolve(document, operation["requestBody"])
    content = choose_media_types(body.get("content", {}), is_answer=False)
    if len(content) != 1:
        yield Fault(location, f"takes several media types, {', '.join(content) or 'none'}; keep one")
        return
    for name, media in content.items():
        yield from _unknown((*location, "content", name), media, {*_MEDIA_TYPE, "encoding"})
        kind, schema = _base(name), resolve(document, media.get("schema", {}))
        if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            is_known = _kind(document, schema) == "object"
        elif kind == "application/octet-stream":
            is_known = _is_file(schema)
        else:
            is_known = _is_json(kind) and "schema" in media and not _is_file(schema)
        if not is_known:
            yield Fault(location, f"is {name} of {_kind(document, schema)}, not known to come out right")


def _find_response_faults(document: Document, location: Location, response: dict[str, Any]) -> Iterator[Fault]:
    response = resolve(document, response)
    yield from _unknown(location, response, _RESPONSE)
    content = choose_media_types(response.get("content", {}), is_answer=True)
    if len(content) > 1:
        yield Fault(location, f"comes in several media types, {', '.join(content)}; keep one")
        return
    for name, media in content.items():
        yield from _unknown((*location, "content", name), media, _MEDIA_TYPE)
        kind, schema = _base(name), resolve(document, media.get("schema", {}))
        if "schema" not in media:
            is_known = True  # it is not read
        elif kind == "application/octet-stream":
            is_known = _is_file(schema)
        elif kind.startswith("text/"):
            is_known = _kind(document, schema) == "string" and not {"enum", "format"} & schema.keys()
        else:
            is_known = _is_json(kind) and not _is_file(schema)
        if not is_known:
            yield Fault(location, f"is {name} of {_kind(document, schema)}, not known to come out right")


def _types(schema: dict[str, Any]) -> list[str]:
    """The types of a schema, without null."""
    kinds = schema.get("type", [])
    return [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]


def _is_null(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "null"


def _is_file(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "binary" and _types(schema) == ["string"]


def _find_file_places(document: Document) -> set[Location]:
    """Where a schema is a part of a multipart body, or each item of a part."""
    places: set[Location] = set()
    for location, operation in operations(document):
        if "requestBody" in operation:
            content = (*locate(document, (*location, "requestBody")), "content", "multipart/form-data", "schema")
            if exists(document, content):
                body = locate(document, content)
                parts = [(*body, "properties", name) for name, _ in members(at(document, body).get("properties"))]
                places |= {*parts, *((*part, "items") for part in parts)}
    return places


def _kind(document: Document, schema: dict[str, Any]) -> str:
    """What a value of the schema is in JSON: object, array, string, number, boolean; or anything."""
    schema = resolve(document, schema)
    if kinds := _types(schema):
        return "number" if kinds[0] == "integer" else kinds[0]
    variants = [one for word in _UNIONS for one in schema.get(word, ()) if not _is_null(one)]
    if len(variants) == 1:
        return _kind(document, variants[0])
    if "properties" in schema or schema.get("allOf"):
        return "object"
    values = {type(value) for value in schema.get("enum", ()) if value is not None}
    return "string" if values == {str} else "number" if values == {int} else "anything"


def _base(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _is_json(media_type: str) -> bool:
    return media_type == "application/json" or media_type.endswith("+json")
