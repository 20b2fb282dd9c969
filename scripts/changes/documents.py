"""Read two documents alike: defaults filled in, references followed, operations paired."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from scripts.pipeline.prepare import is_json
from scripts.spec.document import Document
from scripts.spec.select import Offered, offered
from scripts.spec.walk import METHODS, component, entries, members

# OpenAPI's defaults (3.0.4, and JSON Schema's): a document may spell them out, and means the same.
_SCHEMA_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(("nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"), False),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), False),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), 0),
}
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
# Formats that make another Python type; the others say nothing to the client.
_FORMATS = ("date-time", "date", "binary")
_COMPOSITIONS = ("oneOf", "anyOf", "allOf")
_LONGEST_CHAIN = 8  # of references
# The parts of an operation that have names of their own in a report; the rest is told key by key.
_DESCRIBED = ("operationId", "tags", "parameters", "requestBody", "responses", "security", "deprecated", "servers")


class Shape(NamedTuple):
    """A schema with its references followed and null taken out; ``name`` is the component's, where it is one."""

    node: Document
    name: str
    is_nullable: bool


@dataclass(frozen=True, kw_only=True)
class Operation(Offered):
    """An operation with the references to its parts followed, and without the version in its path."""

    parameters: dict[tuple[str, str], Document]
    body: Document
    answers: dict[str, Document]
    is_deprecated: bool
    rest: Document  # what nothing else describes

    @property
    def placeholders(self) -> list[str]:
        """The path parameters in the order of the path."""
        return re.findall(r"\{([^}]*)\}", self.path)


def read_operations(document: Document) -> dict[str, Operation]:
    """The operations by operationId."""
    return {each.id: _read_operation(document, each) for each in offered(document)}


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


def _read_operation(document: Document, each: Offered) -> Operation:
    item = document["paths"][each.path]
    node = item[each.method]
    parameters = [
        _without_defaults_of_place(mapping(resolve(document, part)))
        for holder in (item, node)
        for part in as_list(holder.get("parameters"))
    ]
    answers = members(node.get("responses"))
    scopes = {
        str(scope)
        for _, requirement in entries(node.get("security", document.get("security")))
        for scheme, named in members(requirement)
        for scope in as_list(named) or [f"({scheme})"]
    }
    changed = {"path": without_version(document, each.path), "scopes": tuple(sorted(scopes))}
    return Operation(
        **vars(each) | changed,
        parameters={(str(part.get("name")), str(part.get("in"))): part for part in parameters},
        body=mapping(resolve(document, node.get("requestBody"))),
        answers={str(status): mapping(resolve(document, answer)) for status, answer in answers},
        is_deprecated=node.get("deprecated") is True,
        rest={key: value for key, value in node.items() if key not in _DESCRIBED},
    )


def _without_defaults_of_place(parameter: Document) -> Document:
    style = parameter.get("style", _STYLES.get(str(parameter.get("in"))))
    defaults = {"style": _STYLES.get(str(parameter.get("in"))), "explode": style == "form"}
    defaults |= dict.fromkeys(("required", "allowEmptyValue", "allowReserved", "deprecated"), False)
    return {key: part for key, part in parameter.items() if key not in defaults or not is_same(part, defaults[key])}


def read_content(holder: Document) -> tuple[str, Any]:
    """The media type that the client takes of a body or an answer, and its schema; see `choose_media_types`."""
    content = mapping(holder.get("content"))
    media = next((name for name in content if is_json(name)), next(iter(content), ""))
    return media, mapping(content.get(media)).get("schema")


def read_shape(document: Document, schema: Any, seen: tuple[str, ...] = ()) -> Shape:
    """What a schema stands for; ``seen`` are the components around it, which it cannot be composed of."""
    node = mapping(schema)
    if isinstance(node.get("$ref"), str) and (found := component(node["$ref"])):
        kind, name = found
        if name in seen:
            return Shape({}, name, is_nullable=False)
        target = mapping(mapping(document.get("components")).get(kind)).get(name)
        held = read_shape(document, target, (*seen, name))
        return held._replace(name=held.name or name)
    composition = next((key for key in _COMPOSITIONS if key in node), "")
    every, kinds, values = (as_list(node.get(key)) for key in (composition, "type", "enum"))
    parts = [each for each in every if mapping(each).get("type") != "null"]
    is_nullable = node.get("nullable") is True or len(parts) < len(every) or "null" in kinds or None in values
    if len(parts) == 1:
        held = read_shape(document, parts[0], seen)
        return held._replace(is_nullable=held.is_nullable or is_nullable)
    plain = {key: part for key, part in without_defaults(node).items() if key not in ("nullable", *_COMPOSITIONS)}
    if kinds := [kind for kind in kinds if kind != "null"]:
        plain["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in plain and isinstance(plain["enum"], list):
        plain["enum"] = [value for value in values if value is not None]
    if composition and not parts:
        plain["composition"] = node[composition]
    elif composition:
        plain |= _merge(document, parts, seen) if composition == "allOf" else {"members": parts}
    return Shape(plain, "", is_nullable)


def _merge(document: Document, parts: list[Any], seen: tuple[str, ...]) -> Document:
    """The members of an ``allOf`` in one."""
    nodes = [read_shape(document, each, seen).node for each in parts]
    return {
        "type": "object",
        "properties": {key: part for node in nodes for key, part in members(node.get("properties"))},
        "required": [name for node in nodes for name in as_list(node.get("required"))],
    }


def without_defaults(schema: Document) -> Document:
    """The schema without what it would mean without."""
    return {
        key: value
        for key, value in schema.items()
        if value is not None and not (key in _SCHEMA_DEFAULTS and is_same(value, _SCHEMA_DEFAULTS[key]))
    }


def format_of(node: Document) -> str:
    """The format of a schema, if it means another Python type."""
    return str(found) if (found := node.get("format")) in _FORMATS else ""


def resolve(document: Document, part: Any) -> Any:
    """What a ``$ref`` into components stands for; one of a cycle, or to anywhere else, stands for itself."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(part, dict) or not isinstance(part.get("$ref"), str):
            break
        kind, name = component(part["$ref"]) or ("", "")
        part = mapping(mapping(document.get("components")).get(kind)).get(name, part)
    return part


def read_rest(document: Document) -> Document:
    """What is no part of an operation, nor a schema; the servers of operations are part of it."""
    rest = {key: part for key, part in document.items() if key not in ("paths", "components", "security")}
    rest["securitySchemes"] = mapping(document.get("components")).get("securitySchemes", {})
    for path, item in document["paths"].items():
        own = {key: part for key, part in item.items() if key not in (*METHODS, "parameters")}
        own |= {key: {"servers": item[key]["servers"]} for key in METHODS if "servers" in mapping(item.get(key))}
        if own:
            rest[f"paths.{without_version(document, path)}"] = own
    return rest


def read_leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value inside a node by its path; a list is one value, but for that of the servers."""
    inside = members(node)
    if path.endswith("servers"):
        inside = [(f"[{index}]", part) for index, part in entries(node)]
    if not inside and path:
        yield path, node
    for key, part in inside:
        yield from read_leaves(part, f"{path}.{key}".replace(".[", "[").lstrip("."))


def is_host(path: str) -> bool:
    """Whether a path of `read_leaves` says where calls, tokens or secrets go."""
    return bool(re.search(r"\bservers\[\d+\]\.(url|variables\b.*)$|^securitySchemes\..*Url$", path))


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
