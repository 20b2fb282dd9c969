"""Read documents so that two of them can be compared: one way to say each thing, references followed."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from scripts.pipeline.prepare import is_json
from scripts.spec.document import Document
from scripts.spec.select import offered
from scripts.spec.walk import METHODS, component, entries, members, parameters, schemas

# OpenAPI's defaults (3.0.4, and JSON Schema's): a document may spell them out, and means the same.
_SCHEMA_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"), False),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), False),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), 0),
    "additionalProperties": True,
}
_PARAMETER_DEFAULTS = dict.fromkeys(("required", "allowEmptyValue", "allowReserved", "deprecated"), False)
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_COMPOSITIONS = ("oneOf", "anyOf", "allOf")


def normalize(document: Document) -> Document:
    """A copy that says each thing in one way.

    No version in paths, no default spelled out; null is ``nullable: true`` alone; a schema that is composed of one
    other is that one, else it has ``members`` (of a union) or ``merged`` (of ``allOf``); ``values`` are those of
    properties without a name; ``component`` is the name of a component.

    Raises:
        StageError: its operations are not what OpenAPI says they are.
    """
    offered(document)
    document = copy.deepcopy(document)
    shorter = {path: without_version(document, path) for path in document["paths"]}
    paths = document["paths"]
    document["paths"] = {path if short in paths else short: paths[path] for path, short in shorter.items()}
    for _, parameter in parameters(document):
        style = _STYLES.get(str(parameter.get("in")))
        explode = parameter.get("style", style) == "form"
        _drop(parameter, _PARAMETER_DEFAULTS | {"style": style, "explode": explode})
    for site in reversed(list(schemas(document))):  # an inner one before those around it
        _normalize_schema(site.schema)
        if len(site.location) == len(("components", "schemas", site.name)):
            site.schema["component"] = site.name
    return document


def _normalize_schema(schema: Document) -> None:
    word = next((word for word in _COMPOSITIONS if word in schema), "")
    every, kinds, values = (as_list(schema.get(key)) for key in (word, "type", "enum"))
    parts = [each for each in every if mapping(each).get("type") != "null"]
    if len(parts) < len(every) or "null" in kinds or None in values:
        schema["nullable"] = True
    if kinds := [kind for kind in kinds if kind != "null"]:
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if isinstance(schema.get("enum"), list):
        schema["enum"] = [value for value in values if value is not None]
    if isinstance(extra := schema.get("additionalProperties"), dict):
        schema["values"] = extra
        del schema["additionalProperties"]
    if parts:
        del schema[word]
        one = mapping(parts[0]) if len(parts) == 1 else {"merged" if word == "allOf" else "members": parts}
        own = dict(schema)
        schema.clear()
        schema.update(one | own)
    _drop(schema, _SCHEMA_DEFAULTS | {key: None for key, value in schema.items() if value is None})


def _drop(node: Document, defaults: Mapping[str, Any]) -> None:
    for key in [key for key in node if key in defaults and is_same(node[key], defaults[key])]:
        del node[key]


def follow(document: Document, part: Any, seen: tuple[object, ...] = ()) -> Document:
    """What a part of a normalized document stands for; a reference to nowhere, or in a circle, for itself."""
    node = mapping(part)
    kind, name = (component(node["$ref"]) if isinstance(node.get("$ref"), str) else None) or ("", "")
    target = mapping(mapping(document.get("components")).get(kind)).get(name)
    if target is not None and (kind, name) not in seen:
        null = {"nullable": True} if node.get("nullable") is True else {}
        return follow(document, target, (*seen, (kind, name))) | null
    if isinstance(node.get("merged"), list):
        nodes = [follow(document, each, seen) for each in node["merged"]]
        node = {key: value for key, value in node.items() if key != "merged"} | {
            "type": "object",
            "properties": {key: part for each in nodes for key, part in members(each.get("properties"))},
            "required": [name for each in nodes for name in as_list(each.get("required"))],
        }
    return node


def read_content(holder: Document) -> tuple[str, Any]:
    """The media type that the client takes of a body or an answer, and its schema; see `choose_media_types`."""
    content = mapping(holder.get("content"))
    media = next((name for name in content if is_json(name)), next(iter(content), ""))
    return media, mapping(content.get(media)).get("schema")


def find_renamed(old: Document, new: Document) -> dict[str, str]:
    """The operations that are gone, each with the id that its method and path have now.

    The version, and what path parameters are called, tell no path from another.
    """
    was, now = (
        {each.id: neutral(without_version(document, each.place)) for each in offered(document)}
        for document in (old, new)
    )
    come = {place: name for name, place in now.items() if name not in was}
    return {name: come[place] for name, place in was.items() if name not in now and place in come}


def read_rest(document: Document) -> Document:
    """What is no part of an operation, nor a schema, by paths; the servers of operations are part of it."""
    rest = {key: part for key, part in document.items() if key not in ("paths", "components", "security")}
    rest["securitySchemes"] = mapping(document.get("components")).get("securitySchemes", {})
    for path, item in document["paths"].items():
        own = {key: part for key, part in item.items() if key not in (*METHODS, "parameters")}
        own |= {key: {"servers": item[key]["servers"]} for key in METHODS if "servers" in mapping(item.get(key))}
        if own:
            rest[f"paths.{path}"] = own
    return read_leaves(rest)


def read_leaves(node: Any, path: str = "") -> Document:
    """Each value inside a node by its path; a list is one value, but for that of the servers."""
    inside = members(node)
    if path.endswith("servers"):
        inside = [(f"[{index}]", part) for index, part in entries(node)]
    if not inside and path:
        return {path: node}
    parts = [read_leaves(part, f"{path}.{key}".replace(".[", "[").lstrip(".")) for key, part in inside]
    return {leaf: value for part in parts for leaf, value in part.items()}


def without_version(document: Document, text: str) -> str:
    """A text with ``/2026-01/`` as ``/``: what merely follows the version is no change."""
    return text.replace(f"/{mapping(document.get('info')).get('version')}/", "/")


def neutral(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def is_same(old: Any, new: Any) -> bool:
    """Equality as JSON has it: true is not 1, but 500.0 is 500, and the order of keys is nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(is_same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(is_same, old, new))
    return isinstance(old, bool) == isinstance(new, bool) and bool(old == new)


def fold(name: object) -> str:
    """A name or value without what spellings of it differ in."""
    return re.sub("[^a-z0-9]", "", str(name).casefold())


def show(value: Any) -> str:
    """A value as JSON, cut to a length that can be read."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else text
    return text if len(text) <= 80 else f"{text[:80]}…"


def mapping(part: Any) -> dict[str, Any]:
    """A part that should be an object, or an empty one: what is misshapen is for validation to report."""
    return part if isinstance(part, dict) else {}


def as_list(part: Any) -> list[Any]:
    """A part that should be a list, or an empty one."""
    return part if isinstance(part, list) else []
