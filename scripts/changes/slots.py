"""Read what stands at each place of a client: the document's schema together with the type that the package has there.

The class at a place is the one that the generator made there, so a class of an inline schema needs no rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from openapi_python_client.parser import GeneratorData
from openapi_python_client.strings import ClassName, PythonIdentifier

from scripts.changes.documents import as_list, follow, mapping, neutral, normalize, read_content, read_leaves
from scripts.changes.surface import ANYTHING, HELPERS, NOTHING, OPTIONAL, Surface, Type, core, read_surface, spell
from scripts.spec.document import Document
from scripts.spec.select import Offered, offered
from scripts.spec.walk import entries, members, reachable

PREFIX = "field_"  # what the generator puts before a name that is no identifier
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
# Formats that make another Python type; the others say nothing to the client.
_FORMATS = {"date-time": "datetime.datetime", "date": "datetime.date", "binary": "File"}
_INSIDE = {"list": ("items", "[]"), "dict": ("values", "{}")}
_REQUIRED: Type = frozenset()
# The parts of an operation that are not compared as they stand; its servers are told with the document's.
_DESCRIBED = ("operationId", "tags", "parameters", "requestBody", "responses", "security", "deprecated", "servers")


class Slot(NamedTuple):
    """A schema and the type at its place: a parameter, a body, an answer, a field.

    ``name`` is Python's, ``position`` counts from 1 (0: by name only), ``rest`` is what the document says besides.
    """

    schema: Any
    type: Type
    name: str = ""
    position: int = 0
    media: str = ""
    rest: Document = {}  # noqa: RUF012 (never changed)

    @property
    def text(self) -> str:
        """What stands there, in short: an answer is known by its media type, all else by its type."""
        return spell(self.type) if self.name else self.media or "no content"

    @property
    def class_name(self) -> str:
        """The class that the type is, null aside, or nothing."""
        match list(core(self.type)):
            case [str(name)] if name[:1].isupper() and name not in ("Any", "File"):
                return name
        return ""


Slots = Mapping[str, Slot]


class Client:
    """A document, and what the package offers that is made of it; nothing where none could be.

    ``parsed`` is what the generator made of the document, which is a patched one then.
    """

    def __init__(self, document: Document, parsed: GeneratorData | None = None) -> None:
        self.document = normalize(document)
        self.package = read_surface(parsed, document) if parsed else Surface()
        self.operations = {each.id: each for each in offered(self.document)}
        components = mapping(self.document.get("components"))
        self.schemas = {
            (name := str(ClassName(key, PREFIX))): Slot(schema, frozenset({name}))
            for key, schema in members(components.get("schemas"))
        }
        used = reachable(components, self.document["paths"]) if self.package.classes else ()
        self.unused = self.schemas.keys() - {str(ClassName(name, PREFIX)) for _, name in used}
        self.version = str(mapping(document.get("info")).get("version"))

    def follow(self, schema: Any) -> Document:
        """What a schema stands for."""
        return follow(self.document, schema)

    def read_node(self, operation: Offered) -> Document:
        """The operation in the document."""
        return mapping(self.document["paths"][operation.path][operation.method])

    def read_parts(self, operation: Offered) -> Document:
        """What the operation says besides its parameters, body and answers, by paths; helpers by their names."""
        node, helpers = self.read_node(operation), self.package.find_module(operation.id).helpers
        security = node.get("security", self.document.get("security"))
        schemes = [scheme for _, requirement in entries(security) for scheme in members(requirement)]
        scopes = {str(scope) for name, scopes in schemes for scope in as_list(scopes) or [f"({name})"]}
        return {
            "": operation.id,
            "tags": operation.tags,
            "path": neutral(operation.place),
            "security": tuple(sorted(scopes)),
            "deprecated": node.get("deprecated") is True,
            **{name: name if name in helpers else "" for name in HELPERS},
            **read_leaves(_without(node, *_DESCRIBED)),
        }

    def type_of(self, schema: Any, seen: tuple[str, ...] = ()) -> Type:
        """The type that the generator makes of a schema, as far as it does not depend on where that stands.

        One that holds itself other than through a property (``seen`` are the components around it) is anything.
        """
        node = self.follow(schema)
        name = node.get("component", "")
        if name in seen:
            return ANYTHING
        seen = (*seen, name) if name else seen
        match node:
            case {"enum": _} | {"properties": _} if name:
                kind: Type = frozenset({str(ClassName(name, PREFIX))})
            case {"members": list(parts)}:
                kind = frozenset().union(*(self.type_of(each, seen) for each in parts))
            case {"type": "array"}:
                kind = frozenset({("list", self.type_of(node.get("items"), seen))})
            case {"type": "object"}:
                kind = frozenset({("dict", self.type_of(node.get("values"), seen))})
            case {"type": str(scalar)} if scalar in _SCALARS:
                kind = frozenset({_FORMATS.get(str(node.get("format")), _SCALARS[scalar])})
            case _:
                kind = ANYTHING
        return kind | NOTHING if node.get("nullable") is True else kind

    def read_parameters(self, operation: Offered) -> Slots:
        """The parameters of an operation by name."""
        module, found = self.package.find_module(operation.id), dict[str, Slot]()
        placeholders = re.findall(r"\{([^}]*)\}", operation.path)
        order = list(module.arguments) or [str(PythonIdentifier(each, PREFIX)) for each in placeholders]
        holders = self.document["paths"][operation.path], self.read_node(operation)
        every = (self.follow(part) for holder in holders for part in as_list(holder.get("parameters")))
        for (key, place), node in {(str(each.get("name")), str(each.get("in"))): each for each in every}.items():
            name = str(PythonIdentifier(key, PREFIX))
            name = f"{name}_{place}" if module.name and name not in module.arguments else name
            kind = self.type_of(node.get("schema")) | (_REQUIRED if node.get("required") is True else OPTIONAL)
            found[key if key not in found else f"{key} in {place}"] = Slot(
                node.get("schema"),
                module.arguments.get(name, kind),
                name,
                order.index(name) + 1 if place == "path" and name in order else 0,
                rest=_without(node, "schema", "name", "required"),
            )
        return found

    def read_body(self, operation: Offered) -> Slots:
        """The body of an operation, if it has one."""
        body = self.follow(self.read_node(operation).get("requestBody"))
        if not body:
            return {}
        media, schema = read_content(body)
        kind = self.type_of(schema) | (_REQUIRED if body.get("required") is True else OPTIONAL)
        kind = self.package.find_module(operation.id).arguments.get("body", kind)
        return {"body": Slot(schema, kind, "body", media=media, rest=_without(body, "content", "required"))}

    def read_answers(self, operation: Offered) -> Slots:
        """The answers of an operation by status."""
        module, found = self.package.find_module(operation.id), {}
        for status, part in members(self.read_node(operation).get("responses")):
            answer = self.follow(part)
            media, schema = read_content(answer)
            kind = self.type_of(schema) if media else NOTHING
            kind = module.answers.get(status, _REQUIRED) if module.name else kind
            found[f"answer {status}"] = Slot(schema, kind, media=media, rest=_without(answer, "content"))
        return found

    def read_fields(self, slot: Slot) -> Slots:
        """The fields of the class in a slot, by property; ``{}`` are those that the document does not name."""
        node, known = self.follow(slot.schema), self.package.find_class(slot.class_name)
        order, found = list(known.fields), {}
        for key, schema in members(node.get("properties")):
            python = str(PythonIdentifier(key, PREFIX))
            kind = self.type_of(schema) | (_REQUIRED if key in as_list(node.get("required")) else OPTIONAL)
            position = order.index(python) + 1 if python in order else 0
            found[f".{key}"] = Slot(schema, known.fields.get(python, kind), f"{known.name}.{python}", position)
        found["{}"] = Slot(node.get("values"), self.type_of(node.get("values")))
        return found

    def open(self, slot: Slot) -> tuple[str, Slot]:
        """What a list or a dict holds, and the end of the path to it; all else holds itself."""
        match list(core(slot.type)):
            case [(str(container), held)]:
                key, end = _INSIDE[container]
                return end, Slot(self.follow(slot.schema).get(key), held, slot.name)
        return "", slot


def _without(node: Document, *keys: str) -> Document:
    return {key: part for key, part in node.items() if key not in (*keys, "component")}
