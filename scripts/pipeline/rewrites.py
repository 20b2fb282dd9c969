"""The ``x-rewrite`` verbs: changes that the overlay language cannot say, since they depend on where a node stands.

A verb is given a document of its own to change, and the locations an action's target matched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from openapi_python_client.strings import snake_case

from scripts.project import StageError
from scripts.spec.document import Document
from scripts.spec.walk import METHODS, Location, Site, at, reached, schemas, target_of

Verb = Callable[[Document, list[Location]], None]

NULL = {"type": "null"}

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def null_to_references(document: Document, locations: list[Location]) -> None:
    """Move ``nullable`` from each matched component schema to the places that refer to it."""
    for location in locations:
        at(document, location).pop("nullable", None)
    moved = set(locations)
    sites = [site for site in schemas(document) if "$ref" in site.schema]
    aliases = {site.location: target_of(site.schema["$ref"]) for site in sites if _is_component(site.location)}
    while grown := {alias for alias, target in aliases.items() if target in moved} - moved:
        moved |= grown
    for site in sites:
        if site.location not in aliases and target_of(site.schema["$ref"]) in moved:
            _replace(site.schema, {"allOf": [{"$ref": site.schema["$ref"]}], "nullable": True})


def drop_null_from_requests(document: Document, locations: list[Location]) -> None:
    """Drop ``nullable`` from every schema that the matched parts of requests reach and nothing else in ``paths`` does.

    A schema that an answer reaches too keeps it: the null must be readable. So does one marked ``x-keeps-null``.
    """
    matched = set(locations)
    requested = reached(document, [at(document, location) for location in locations])
    others = reached(document, [_without(document.get("paths"), ("paths",), matched)])
    only = (requested - others) | matched
    for site in schemas(document):
        if not any(site.location[:length] in only for length in range(1, len(site.location) + 1)):
            continue
        if site.schema.get("x-keeps-null") is not True and site.schema.pop("nullable", False) is True:
            match site.schema:
                case {"allOf": [{"$ref": reference}], **rest} if not rest:
                    _replace(site.schema, {"$ref": reference})
                case _:
                    pass


def null_to_type(document: Document, locations: list[Location]) -> None:
    """Turn OpenAPI 3.0's ``nullable`` into 3.1's ``null`` type in the matched parts, and the document into 3.1.

    The generator names a member of a union by its title, else ``type_0``; so an inline enum or object that becomes such
    a member is given the name it had as title.
    """
    if not str(document.get("openapi")).startswith("3.0."):
        raise StageError(f"the document is OpenAPI {document.get('openapi')}, and only 3.0 says nullable")
    for site in _under(document, locations):
        if site.schema.pop("nullable", False) is True:
            _title_items(site)
            _replace(site.schema, _with_null(site))
    document["openapi"] = "3.1.0"


def default_to_description(document: Document, locations: list[Location]) -> None:
    """Turn each ``default`` into a sentence of the description."""
    for site in _under(document, locations):
        if "default" in site.schema:
            append_sentences(site.schema, [f"Default: {_literal(site.schema.pop('default'))}."])


def media_type_to_octet_stream(document: Document, locations: list[Location]) -> None:
    """Make each matched media type ``application/octet-stream``; ``x-media-types`` says what it was."""
    for *parent, media_type in locations:
        if media_type != "application/octet-stream":
            content = at(document, tuple(parent))
            media = content.pop(media_type)
            content.setdefault("application/octet-stream", media).setdefault("x-media-types", []).append(media_type)


def keep_json(document: Document, locations: list[Location]) -> None:
    """Keep ``application/json`` alone of each matched content that has it."""
    for location in locations:
        content = at(document, location)
        names = list(content) if isinstance(content, dict) else []
        kept = next((name for name in names if name.partition(";")[0].strip().lower() == "application/json"), None)
        if kept is not None:
            _replace(content, {kept: content[kept]})


def merge_twin_paths(document: Document, locations: list[Location]) -> None:
    """Merge those of the matched path collections' paths that differ only in how they write a parameter's name.

    Only where the generator makes one Python name of both: else an argument's name would depend on the operations kept.
    """
    for location in locations:
        paths = at(document, location)
        first: dict[str, str] = {}
        for path in list(paths):
            kept = first.setdefault(_PLACEHOLDER.sub(lambda match: f"{{{snake_case(match[1])}}}", path), path)
            if kept == path or not paths[path].keys() <= set(METHODS) - paths[kept].keys():
                continue
            names = dict(zip(_PLACEHOLDER.findall(path), _PLACEHOLDER.findall(kept), strict=True))
            for operation in paths[path].values():
                for parameter in operation.get("parameters", []):
                    if parameter.get("in") == "path":
                        parameter["name"] = names.get(parameter["name"], parameter["name"])
            paths[kept] |= paths.pop(path)


def append_sentences(schema: dict[str, Any], sentences: list[str]) -> None:
    """Append the sentences that the description does not already hold."""
    description = str(schema.get("description", "")).rstrip()
    for sentence in sentences:
        if sentence not in description:
            if description and description[-1] not in ".!?:":
                description += "."
            description = f"{description} {sentence}".lstrip()
    if sentences:
        schema["description"] = description


VERBS: dict[str, Verb] = {
    "null-to-references": null_to_references,
    "drop-null-from-requests": drop_null_from_requests,
    "null-to-type": null_to_type,
    "default-to-description": default_to_description,
    "media-type-to-octet-stream": media_type_to_octet_stream,
    "keep-json": keep_json,
    "merge-twin-paths": merge_twin_paths,
}


def _under(document: Document, locations: list[Location]) -> list[Site]:
    """The schemas at or inside the locations."""
    return [site for site in schemas(document) if any(site.location[: len(top)] == top for top in locations)]


def _is_component(location: Location) -> bool:
    return len(location) == 3 and location[:2] == ("components", "schemas")


def _replace(schema: dict[str, Any], new: dict[str, Any]) -> None:
    schema.clear()
    schema.update(new)


def _without(value: object, location: Location, matched: set[Location]) -> object:
    """The value less what stands at the matched locations."""
    if location in matched:
        return None
    if isinstance(value, dict):
        return {key: _without(inner, (*location, key), matched) for key, inner in value.items()}
    return value


def _title_items(site: Site) -> None:
    """Give an inline enum or object inside a (nested) array the name that it has without a union around the array."""
    name, schema = site.name, site.schema
    while schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        name, schema = f"{name}_item", schema["items"]
    if schema is not site.schema and _has_class(schema):
        schema.setdefault("title", name)


def _has_class(schema: dict[str, Any]) -> bool:
    """Whether the generator makes a class for an inline schema."""
    return "enum" in schema or "properties" in schema or schema.get("type") == "object"


def _with_null(site: Site) -> dict[str, Any]:
    schema = dict(site.schema)
    described = {"description": schema["description"]} if "description" in schema else {}
    match schema:
        case {"allOf": [{"$ref": _} as reference]}:
            return described | {"oneOf": [reference, NULL.copy()]}
        case {"oneOf": list(members)}:
            return schema | {"oneOf": [*members, NULL.copy()]}
        case {"anyOf": list(members)}:
            return schema | {"anyOf": [*members, NULL.copy()]}
        case {"enum": list(values)}:
            inner = {"title": site.name} | schema | {"enum": [value for value in values if value is not None]}
            return described | {"oneOf": [inner, NULL.copy()]}
        case _ if _has_class(schema):
            return described | {"oneOf": [{"title": site.name} | schema, NULL.copy()]}
        case {"type": str(kind)}:
            return schema | {"type": [kind, "null"]}
        case _:
            return schema  # Without a type, null is allowed as anything is.


def _literal(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
