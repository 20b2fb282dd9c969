"""The ``x-rewrite`` verbs: changes that the overlay language cannot say, since they depend on where a node stands.

A verb changes the document that it is given, at the locations that the action's target matched.
"""

from __future__ import annotations

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
            owner = at(document, site.location[:-2])
            if site.location[-2] == "allOf" and len(owner["allOf"]) == 1 and not _is_component(site.location[:-2]):
                owner["nullable"] = True  # what is made of one schema alone is what that is
            else:
                _replace(site.schema, {"allOf": [{"$ref": site.schema["$ref"]}], "nullable": True})


def drop_null_from_requests(document: Document, locations: list[Location]) -> None:
    """Drop ``nullable`` from every schema that the matched parts of requests reach and nothing else in ``paths`` does.

    A schema that an answer reaches too keeps it: the null must be readable. So does the value of a wrapper, an object
    with one property that it requires: null is all that it can say beyond a value.
    """
    matched = set(locations)
    requested = reached(document, [at(document, location) for location in locations])
    others = reached(document, [_copy_without(document.get("paths"), ("paths",), matched)])
    only = (requested - others) | matched
    for site in _schemas_under(document, only):
        if not _is_wrapped(document, site) and site.schema.pop("nullable", False) is True:
            match site.schema:
                case {"allOf": [{"$ref": reference}], **rest} if not rest:
                    _replace(site.schema, {"$ref": reference})


def null_to_type(document: Document, locations: list[Location]) -> None:
    """Turn OpenAPI 3.0's ``nullable`` into 3.1's ``null`` type in the matched parts, and the document into 3.1.

    The generator names a member of a union by its title, else ``type_0``; so an inline enum or object that becomes such
    a member is given the name it had as title.
    """
    if not str(document.get("openapi")).startswith("3.0."):
        raise StageError(f"the document is OpenAPI {document.get('openapi')}, and only 3.0 says nullable")
    for site in _schemas_under(document, set(locations)):
        if site.schema.pop("nullable", False) is True:
            _title_items(site)
            _replace(site.schema, _with_null(site))
    document["openapi"] = "3.1.0"


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


VERBS: dict[str, Verb] = {
    "null-to-references": null_to_references,
    "drop-null-from-requests": drop_null_from_requests,
    "null-to-type": null_to_type,
    "merge-twin-paths": merge_twin_paths,
}


def _schemas_under(document: Document, locations: set[Location]) -> list[Site]:
    """The schemas at or inside the locations."""
    every = [(site, len(site.location)) for site in schemas(document)]
    return [site for site, length in every if any(site.location[:end] in locations for end in range(length + 1))]


def _is_component(location: Location) -> bool:
    return len(location) == 3 and location[:2] == ("components", "schemas")


def _is_wrapped(document: Document, site: Site) -> bool:
    """Whether a schema is the only property of an object, and required."""
    owner = at(document, site.location[:-2])
    return site.location[-2] == "properties" and len(owner["properties"]) == 1 and owner.get("required") == [site.name]


def _replace(schema: dict[str, Any], new: dict[str, Any]) -> None:
    schema.clear()
    schema.update(new)


def _copy_without(value: object, location: Location, matched: set[Location]) -> object:
    """The value less what stands at the matched locations."""
    if location in matched:
        return None
    if isinstance(value, dict):
        return {key: _copy_without(inner, (*location, key), matched) for key, inner in value.items()}
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
    described = {key: schema[key] for key in ("description", "default") if key in schema}
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
