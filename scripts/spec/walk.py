"""Where a document holds operations, schemas and references, and what the generator calls the inline schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from scripts.project import printable
from scripts.spec.document import Document

Location = tuple[str | int, ...]

# The operations of a Path Item Object, https://spec.openapis.org/oas/v3.0.4#path-item-object.
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

COMPOSITIONS = ("allOf", "anyOf", "oneOf")


class Fault(NamedTuple):
    """What is wrong with a document: where, and in words; without a location it is of the whole document."""

    location: Location
    text: str

    def __str__(self) -> str:
        return f"{describe(self.location)}: {self.text}" if self.location else self.text


class Reference(NamedTuple):
    """A reference: where its text stands, the text, and the location that it points at in the document, if it does."""

    location: Location
    text: str
    target: Location | None


class Site(NamedTuple):
    """A schema (or a reference in its place) in a document.

    ``name`` is what the generator derives the name of an inline class from (0.29.1, parser/properties): the property's,
    the array's with ``_item``, ``AdditionalProperty``, the parameter's, ``body``, ``response_200``.
    """

    location: Location
    name: str
    schema: dict[str, Any]


def describe(location: Location) -> str:
    """A location as a person reads it."""
    return " / ".join(printable(str(key)) for key in location)


def at(document: Any, location: Location) -> Any:
    """The value at a location."""
    for key in location:
        document = document[key]
    return document


def target_of(reference: object) -> Location | None:
    """The location a ``$ref`` within the document points at; None for any other reference."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in unquote(reference[2:]).split("/"))


def nodes(node: object, location: Location = ()) -> Iterator[tuple[Location, Any]]:
    """Each value at or inside a node, and where it is."""
    yield location, node
    for key, inner in members(node) or entries(node):
        yield from nodes(inner, (*location, key))


def is_data(location: Location) -> bool:
    """Whether a location is inside an example, a default or an extension, where nothing is a schema or a reference."""
    return any(key in ("example", "examples", "default", "enum") or str(key).startswith("x-") for key in location)


def references(node: object, location: Location = ()) -> Iterator[Reference]:
    """Each reference at or inside a node: ``$ref``, the mapping of a discriminator, and the names in ``security``."""
    for place, inner in nodes(node, location):
        if not isinstance(inner, dict):
            continue
        if isinstance(text := inner.get("$ref"), str):
            yield Reference((*place, "$ref"), text, target_of(text))
        if isinstance(chooser := inner.get("discriminator"), dict):
            for value, text in members(chooser.get("mapping")):
                if isinstance(text, str):
                    target = target_of(text) or ("components", "schemas", text)  # a mapping's value may be a bare name
                    yield Reference((*place, "discriminator", "mapping", value), text, target)
        for index, requirement in entries(inner.get("security")):
            for name, _ in members(requirement):
                yield Reference((*place, "security", index, name), name, ("components", "securitySchemes", name))


def reached(document: Document, values: Iterable[object]) -> set[Location]:
    """The locations that the values refer to, directly or through others; of a component's part, the component.

    A reference that leads nowhere is passed over: to refuse it is for validation.
    """
    found: set[Location] = set()
    waiting = list(values)
    while waiting:
        for reference in references(waiting.pop()):
            target = reference.target
            if target and target[0] == "components":
                target = target[:3]
            if target and target not in found and exists(document, target):
                found.add(target)
                waiting.append(at(document, target))
    return found


def reachable(components: Document, root: object) -> set[tuple[str, str]]:
    """The (kind, name) of the components that a value refers to, directly or through others."""
    locations = reached({"components": components}, [root])
    return {(str(place[1]), str(place[2])) for place in locations if place[0] == "components" and len(place) == 3}


def component(reference: str) -> tuple[str, str] | None:
    """The (kind, name) of the component that a reference points at, or into."""
    match target_of(reference):
        case ("components", str(kind), str(name), *_):
            return kind, name
        case _:
            return None


def exists(document: Document, location: Location) -> bool:
    """Whether the document has something at a location."""
    try:
        at(document, location)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def resolve(document: Document, node: Any) -> Any:
    """What a node stands for: itself, or what its ``$ref`` leads to."""
    while isinstance(node, dict) and (target := target_of(node.get("$ref"))):
        node = at(document, target)
    return node


def operations(document: Document) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Each operation and where it is."""
    for path, item in members(document.get("paths")):
        for method, operation in members(item):
            if method in METHODS and isinstance(operation, dict):
                yield ("paths", path, method), operation


def parameters(document: Document) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Each parameter that is written out, and where it is: in components, for a path, in an operation."""
    holders: list[tuple[Location, Any]] = [(("components",), document.get("components"))]
    holders += [(("paths", path), item) for path, item in members(document.get("paths"))]
    for location, holder in (*holders, *operations(document)):
        found = holder.get("parameters") if isinstance(holder, dict) else None
        for key, parameter in members(found) or entries(found):
            if isinstance(parameter, dict) and "$ref" not in parameter:
                yield (*location, "parameters", key), parameter


def _list_components(document: Document, kind: str) -> list[tuple[str, Any]]:
    components = document.get("components")
    return members(components.get(kind)) if isinstance(components, dict) else []


def contents(document: Document) -> Iterator[tuple[Location, str, Any]]:
    """Each body, answer and parameter: where it is, and the name that `Site` tells of."""
    for name, body in _list_components(document, "requestBodies"):
        yield ("components", "requestBodies", name), "body", body
    for name, response in _list_components(document, "responses"):
        yield ("components", "responses", name), name, response
    for location, parameter in parameters(document):
        yield location, str(parameter.get("name")), parameter
    for location, operation in operations(document):
        yield (*location, "requestBody"), "body", operation.get("requestBody")
        for status, response in members(operation.get("responses")):
            yield (*location, "responses", status), f"response_{status}", response


def schemas(document: Document) -> Iterator[Site]:
    """Each schema of the document, an outer one before those inside it.

    Anything that does not have the shape OpenAPI gives it is passed over: to refuse it is for validation.
    """
    for name, schema in _list_components(document, "schemas"):
        yield from _within(schema, name, ("components", "schemas", name))
    for location, name, holder in contents(document):
        if isinstance(holder, dict):
            yield from _within(holder.get("schema"), name, (*location, "schema"))
            for media_type, media in members(holder.get("content")):
                schema = media.get("schema") if isinstance(media, dict) else None
                yield from _within(schema, name, (*location, "content", media_type, "schema"))


def _within(schema: object, name: str, location: Location) -> Iterator[Site]:
    if not isinstance(schema, dict):
        return
    yield Site(location, name, schema)
    for key, inner in members(schema.get("properties")):
        yield from _within(inner, key, (*location, "properties", key))
    yield from _within(schema.get("items"), f"{name}_item", (*location, "items"))
    yield from _within(schema.get("additionalProperties"), "AdditionalProperty", (*location, "additionalProperties"))
    for kind in COMPOSITIONS:
        for index, inner in entries(schema.get(kind)):
            yield from _within(inner, name, (*location, kind, index))


def list_types(schema: dict[str, Any]) -> list[str]:
    """The types of a schema, without null."""
    kinds = schema.get("type", [])
    return [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]


def members(value: object) -> list[tuple[str, Any]]:
    """The keys and values of an object; none of anything else."""
    return list(value.items()) if isinstance(value, dict) else []


def entries(value: object) -> list[tuple[int, Any]]:
    """The indexes and values of a list; none of anything else."""
    return list(enumerate(value)) if isinstance(value, list) else []
