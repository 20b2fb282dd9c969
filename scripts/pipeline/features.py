"""What a document may use: the features of schemas, parameters and contents that are known to come out right.

Anything else is refused before generation, with its place and what to do. `tests/pipeline/test_features.py` proves each
entry of the lists by a client that is generated, imported and used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from scripts.pipeline.prepare import base_type, choose_media_types, holds_json
from scripts.pipeline.shape import MEND
from scripts.spec.document import Document
from scripts.spec.walk import (
    COMPOSITIONS,
    METHODS,
    Fault,
    Location,
    Site,
    is_data,
    list_types,
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
    *(*COMPOSITIONS, "discriminator"),
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
_ANSWER = {"schema", "example", "examples"}
_BODY = {*_ANSWER, "encoding"}
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

# The styles of parameters by place, the usual one first; https://spec.openapis.org/oas/v3.0.4#style-values.
_STYLES = {
    "path": ("simple",),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
# https://spec.openapis.org/oas/v3.0.4#parameter-name: what these say is said elsewhere, or by the client.
_OWN_HEADERS = ("accept", "content-type", "authorization", "host", "content-length", "transfer-encoding", "cookie")

_HOLDERS = [(word,) for word in ("properties", "schemas", *COMPOSITIONS)]
_PLAIN = {"string", "number", "boolean"}
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
        yield from _find_unknown(("paths", path), item, _PATH_ITEM)
    for location, operation in operations(document):
        yield from _find_unknown(location, operation, _OPERATION)
        if "requestBody" in operation:
            body = resolve(document, operation["requestBody"])
            yield from _find_content_faults(document, (*location, "requestBody"), body, is_answer=False)
        for status, written in members(operation.get("responses")):
            response, place = resolve(document, written), (*location, "responses", status)
            if isinstance(response, dict):  # an extension need not be
                yield from _find_unknown(place, response, _RESPONSE)
                yield from _find_content_faults(document, place, response, is_answer=True)
    for place, parameter in parameters(document):
        yield from _find_parameter_faults(document, place, parameter)
    parts = _list_parts(document)
    for site in schemas(document):
        yield from _find_schema_faults(document, site)
        is_whole = site.location[-1] == "schema" or any(site.schema is part for part in parts)
        if _is_file(site.schema) and not is_whole:
            yield Fault(site.location, "is bytes (format: binary) in the middle of JSON")


def _find_boolean_schemas(document: Document) -> Iterator[Fault]:
    """OpenAPI 3.1 has the schemas `true` and `false`."""
    for location, node in nodes(document):
        is_schema = location[-1:] in (("schema",), ("items",)) or location[-2:-1] in _HOLDERS
        if isinstance(node, bool) and is_schema and not is_data(location):
            yield Fault(location, f"is {str(node).lower()}, which is no schema that is known")


def _find_unknown(location: Location, holder: dict[str, Any], known: Iterable[str]) -> Iterator[Fault]:
    for key, value in holder.items():
        is_default = key in _DEFAULTS and value == _DEFAULTS[key]
        if key not in known and not is_default and not key.startswith("x-"):
            yield Fault(location, f"uses {key!r}, which is not known to come out right")


def _find_schema_faults(document: Document, site: Site) -> Iterator[Fault]:
    location, schema = site.location, site.schema
    if "$ref" in schema:
        return
    yield from _find_unknown(location, schema, _SCHEMA)
    kinds = list_types(schema)
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
    variants = [one for one in schema[word] if not _is_null(one)]
    kinds = [_kind(document, one) for one in variants]
    if isinstance(schema.get("discriminator"), dict):
        if not all("$ref" in one for one in variants) or not set(kinds) <= {"object"}:
            yield Fault(location, "has a discriminator, and a member that is no reference to an object")
    elif len(kinds) > 1 and (len(set(kinds)) < len(kinds) or "anything" in kinds):
        yield Fault(
            location,
            f"is {word} of {', '.join(kinds)}, which nothing tells apart; it needs a discriminator, or one member",
        )


def _find_parameter_faults(document: Document, location: Location, parameter: dict[str, Any]) -> Iterator[Fault]:
    yield from _find_unknown(location, parameter, _PARAMETER)
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
    inner, is_known = [kind], True
    if kind == "array":
        inner, is_known = [_kind(document, schema.get("items", {}))], place != "path"
        kind = f"array of {inner[0]}"
    elif kind == "object":
        inner = [_kind(document, one) for _, one in members(schema.get("properties"))]
        is_known = place == "query"
    if not is_known or not set(inner) <= _PLAIN:
        yield Fault(location, f"is {kind}, which cannot be written in a {place}")


def _find_content_faults(
    document: Document, location: Location, holder: dict[str, Any], *, is_answer: bool
) -> Iterator[Fault]:
    content = choose_media_types(holder.get("content", {}), is_answer=is_answer)
    if len(content) > 1 or not (content or is_answer):
        words = "comes in" if is_answer else "takes"
        yield Fault(location, f"{words} several media types, {', '.join(content) or 'none'}; keep one")
        return
    for name, media in content.items():
        yield from _find_unknown((*location, "content", name), media, _ANSWER if is_answer else _BODY)
        if not _is_known_media(document, base_type(name), media, is_answer=is_answer):
            kind = _kind(document, media.get("schema", {}))
            yield Fault(location, f"is {name} of {kind}, not known to come out right")


def _is_known_media(document: Document, media_type: str, media: dict[str, Any], *, is_answer: bool) -> bool:
    if "schema" not in media:
        return is_answer  # which is not read then
    schema = resolve(document, media["schema"])
    if media_type == "application/octet-stream":
        return _is_file(schema)
    if media_type in _FORMS and not is_answer:
        return _kind(document, schema) == "object"
    if media_type.startswith("text/") and is_answer:
        return _kind(document, schema) == "string" and not {"enum", "format"} & schema.keys()
    return holds_json(media_type) and not _is_file(schema)


def _is_null(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "null"


def _is_file(schema: dict[str, Any]) -> bool:
    return schema.get("format") == "binary" and list_types(schema) == ["string"]


def _list_parts(document: Document) -> list[dict[str, Any]]:
    """The schemas of the parts of multipart bodies, and of the items of such a part."""
    parts = []
    for _, operation in operations(document):
        media = resolve(document, operation.get("requestBody", {})).get("content", {}).get("multipart/form-data", {})
        parts += [part for _, part in members(resolve(document, media.get("schema", {})).get("properties"))]
    return parts + [part["items"] for part in parts if "items" in part]


def _kind(document: Document, schema: dict[str, Any]) -> str:
    """What a value of the schema is in JSON: object, array, string, number, boolean; or anything."""
    schema = resolve(document, schema)
    if kinds := list_types(schema):
        return "number" if kinds[0] == "integer" else kinds[0]
    variants = [one for word in COMPOSITIONS for one in schema.get(word, ()) if not _is_null(one)]
    if len(variants) == 1:
        return _kind(document, variants[0])
    if "properties" in schema or schema.get("allOf"):
        return "object"
    values = {type(value) for value in schema.get("enum", ()) if value is not None}
    return "string" if values == {str} else "number" if values == {int} else "anything"
