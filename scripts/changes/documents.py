"""Read two documents alike: defaults filled in, references followed, operations paired."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from scripts.spec.document import Document
from scripts.spec.walk import METHODS, component

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


class Shape(NamedTuple):
    """A schema with its references followed and null taken out; ``name`` is the component's, where it is one."""

    node: Document
    name: str
    is_nullable: bool


@dataclass(frozen=True)
class Operation:
    """An operation with the references to its parts followed."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    parameters: dict[tuple[str, str], Document]
    body: Document
    answers: dict[str, Document]
    scopes: tuple[str, ...]
    is_deprecated: bool
    rest: Document  # what nothing else describes

    @property
    def place(self) -> str:
        """Method and path, whatever its path parameters are called."""
        return re.sub(r"\{[^}]*\}", "{}", f"{self.method} {self.path}")

    @property
    def placeholders(self) -> list[str]:
        """The path parameters in the order of the path."""
        return re.findall(r"\{([^}]*)\}", self.path)


def read_operations(document: Document) -> dict[str, Operation]:
    """The operations by operationId, else by method and path; the version in paths is left out."""
    read = (
        _operation(document, path, item, method)
        for path, item in mapping(document.get("paths")).items()
        for method in METHODS
        if isinstance(mapping(item).get(method), dict)
    )
    return {operation.id: operation for operation in read}


def find_renamed(old: Mapping[str, Operation], new: Mapping[str, Operation]) -> dict[str, str]:
    """The operationIds that are gone, each with the new name that its method and path have now."""
    come = {operation.place: name for name, operation in new.items() if name not in old}
    gone = ((name, come.pop(operation.place, "")) for name, operation in old.items() if name not in new)
    return {name: now for name, now in gone if now}


def _operation(document: Document, path: str, item: Document, method: str) -> Operation:
    node = item[method]
    parameters = [
        mapping(resolve(document, each))
        for each in (*as_list(item.get("parameters")), *as_list(node.get("parameters")))
    ]
    security = as_list(node.get("security", document.get("security")))
    described = ("operationId", "tags", "parameters", "requestBody", "responses", "security", "deprecated", "servers")
    return Operation(
        id=str(node.get("operationId") or f"{method.upper()} {without_version(document, path)}"),
        method=method.upper(),
        path=without_version(document, path),
        tags=tuple(map(str, as_list(node.get("tags")))),
        parameters={(str(each.get("name")), str(each.get("in"))): _with_defaults(each) for each in parameters},
        body=mapping(resolve(document, node.get("requestBody"))),
        answers={
            str(status): mapping(resolve(document, answer)) for status, answer in mapping(node.get("responses")).items()
        },
        scopes=tuple(
            sorted(
                {
                    str(scope)
                    for entry in security
                    for scheme, named in mapping(entry).items()
                    for scope in as_list(named) or [f"({scheme}{named or ''})"]
                }
            )
        ),
        is_deprecated=node.get("deprecated") is True,
        rest={key: value for key, value in node.items() if key not in described},
    )


def _with_defaults(parameter: Document) -> Document:
    """A parameter with the defaults of its place filled in."""
    style = _STYLES.get(str(parameter.get("in")), "form")
    flags = ("required", "allowEmptyValue", "allowReserved", "deprecated")
    filled = {"style": style, **dict.fromkeys(flags, False), **parameter}
    return {"explode": filled["style"] == "form", **filled}


def read_content(holder: Document) -> tuple[str, Any]:
    """The media type that the generator takes of a body or an answer, and its schema."""
    content = mapping(holder.get("content"))
    media = "application/json" if "application/json" in content else next(iter(content), "")
    return media, mapping(content.get(media)).get("schema")


def read_shape(document: Document, schema: Any, seen: tuple[str, ...] = ()) -> Shape:
    """What a schema stands for; ``seen`` are the components that it is composed into."""
    name, is_nullable, node = "", False, schema
    members = _alternatives(mapping(node))
    for _ in range(_LONGEST_CHAIN):
        node = mapping(node)
        reference, members = node.get("$ref"), _alternatives(node)
        if isinstance(reference, str) and (found := component(reference)):
            name = found[1]
            if name in seen:
                return Shape({}, name, is_nullable)
            node = mapping(mapping(document.get("components")).get(found[0])).get(found[1])
        elif len(members) == 1:
            is_nullable |= len(members) < len(_alternatives(node, with_null=True))
            node = members[0]
        else:
            break
    node = mapping(node)
    kinds = [kind for kind in as_list(node.get("type")) if kind != "null"]
    values = node.get("enum")
    is_nullable |= node.get("nullable") is True or "null" in as_list(node.get("type"))
    is_nullable |= len(members) < len(_alternatives(node, with_null=True))
    plain = without_defaults(node)
    if kinds:
        plain["type"] = kinds[0] if len(kinds) == 1 else kinds
    if isinstance(values, list):
        is_nullable |= None in values
        plain["enum"] = [value for value in values if value is not None]
    plain = {key: value for key, value in plain.items() if key not in ("nullable", *_COMPOSITIONS)}
    if not members and (kinds := [kind for kind in _COMPOSITIONS if kind in node]):
        plain["composition"] = node[kinds[0]]
    if len(members) > 1:
        plain |= {"members": members} if "allOf" not in node else _merged(document, members, (*seen, name))
    return Shape(plain, name, is_nullable)


def without_defaults(schema: Document) -> Document:
    """The schema without what it would mean without."""
    return {
        key: value
        for key, value in schema.items()
        if value is not None and not (key in _SCHEMA_DEFAULTS and is_same(value, _SCHEMA_DEFAULTS[key]))
    }


def _alternatives(node: Document, *, with_null: bool = False) -> list[Any]:
    members = next((as_list(node[kind]) for kind in _COMPOSITIONS if kind in node), [])
    return [each for each in members if with_null or mapping(each).get("type") != "null"]


def _merged(document: Document, members: list[Any], seen: tuple[str, ...]) -> Document:
    """The members of an ``allOf`` in one."""
    nodes = [read_shape(document, each, seen).node for each in members]
    return {
        "type": "object",
        "properties": {key: part for node in nodes for key, part in mapping(node.get("properties")).items()},
        "required": [name for node in nodes for name in as_list(node.get("required"))],
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


def read_hosts(document: Document) -> Iterator[tuple[str, str]]:
    """Each place of the document that says where calls, tokens or secrets go, with its URL."""
    servers = as_list(document.get("servers"))
    yield from ((f"servers[{index}].url", str(mapping(each).get("url"))) for index, each in enumerate(servers))
    for path, item in mapping(document.get("paths")).items():
        for method, node in (("", item), *mapping(item).items()):
            for each in as_list(mapping(node).get("servers")) if method in ("", *METHODS) else ():
                yield " ".join((method.upper(), without_version(document, path))).strip(), str(mapping(each).get("url"))
    for name, scheme in mapping(mapping(document.get("components")).get("securitySchemes")).items():
        for kind, flow in mapping(mapping(scheme).get("flows")).items():
            for key, url in mapping(flow).items():
                if key.endswith("Url"):
                    yield f"securitySchemes.{name}.{kind}.{key}", str(url)


def read_rest(document: Document) -> Document:
    """What is neither an operation, nor a schema, nor a host."""
    schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
    paths = {
        without_version(document, path): {
            key: part for key, part in mapping(item).items() if key not in (*METHODS, "parameters", "servers")
        }
        for path, item in mapping(document.get("paths")).items()
    }
    compared_apart = ("paths", "components", "servers", "security")
    return {key: part for key, part in document.items() if key not in compared_apart} | {
        "paths": {path: item for path, item in paths.items() if item},
        "securitySchemes": {
            name: mapping(scheme) | {"flows": _without_urls(mapping(scheme).get("flows"))}
            for name, scheme in schemes.items()
        },
    }


def _without_urls(node: Any) -> Any:
    return {k: _without_urls(v) for k, v in node.items() if not k.endswith("Url")} if isinstance(node, dict) else node


def without_version(document: Document, text: str) -> str:
    """A text with ``/2026-01/`` as ``/``: what merely follows the version is no change."""
    return text.replace(f"/{mapping(document.get('info')).get('version')}/", "/")


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
