"""Read what stands at each place of a client: the document's schema together with the type that the package has there.

The class at a place is the one that the generator made there, so a class of an inline schema needs no rule of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from openapi_python_client.strings import ClassName, PythonIdentifier

from scripts.changes.documents import Operation, as_list, format_of, mapping, read_content, read_shape
from scripts.changes.surface import ANYTHING, NOTHING, OPTIONAL, Class, Module, Surface, Type, core, spell
from scripts.spec.document import Document
from scripts.spec.walk import members

PREFIX = "field_"  # what the generator puts before a name that is no identifier
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date-time": "datetime.datetime", "date": "datetime.date", "binary": "File"}


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


Slots = Mapping[str, Slot]


@dataclass(frozen=True)
class Client:
    """A mended document, and what the package made of it offers; None where none could be made."""

    document: Document
    package: Surface | None
    helpers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of the runtime, by operationId

    def read_class(self, name: str) -> Class | None:
        """The class of a name."""
        return self.package.classes.get(name) if self.package else None

    def read_module(self, operation: str) -> Module | None:
        """The module of an operation."""
        return self.package.modules.get(operation) if self.package else None

    @property
    def version(self) -> str:
        """The API's version."""
        return str(mapping(self.document.get("info")).get("version"))

    def module_name(self, operation: str) -> str:
        """The name below the package of an operation's module, or nothing."""
        return module.name if (module := self.read_module(operation)) else ""

    def helpers_of(self, operation: str) -> frozenset[str]:
        """The helpers of the runtime that work with an operation."""
        return self.helpers.get(operation, frozenset())

    def class_in(self, kind: Type) -> str:
        """The class that a type is, null aside, or nothing."""
        match list(core(kind)):
            case [str(name)] if name in self.package.classes if self.package else name[:1].isupper() and name != "Any":
                return name
        return ""

    def type_of(self, schema: Any, seen: tuple[str, ...] = ()) -> Type:
        """The type that the generator makes of a schema, as far as it does not depend on where that stands.

        One that holds itself other than through a property (``seen`` are the components around it) is anything.
        """
        node, name, is_nullable = read_shape(self.document, schema)
        if name in seen:
            return ANYTHING
        seen = (*seen, name) if name else seen
        extra = node.get("additionalProperties")
        match node:
            case {"enum": _} | {"properties": _} if name:
                kind: Type = frozenset({str(ClassName(name, PREFIX))})
            case {"members": list(parts)}:
                kind = frozenset().union(*(self.type_of(each, seen) for each in parts))
            case {"type": "array"}:
                kind = frozenset({("list", self.type_of(node.get("items"), seen))})
            case {"type": "object"}:
                kind = frozenset({("dict", self.type_of(extra, seen) if isinstance(extra, dict) else ANYTHING)})
            case {"type": str(scalar)} if scalar in _SCALARS:
                kind = frozenset({_FORMATS.get(format_of(node), _SCALARS[scalar])})
            case _:
                kind = ANYTHING
        return kind | NOTHING if is_nullable else kind

    def read_parameters(self, operation: Operation) -> Slots:
        """The parameters of an operation by name."""
        module, found = self.read_module(operation.id), dict[str, Slot]()
        for (key, place), node in operation.parameters.items():
            name = str(PythonIdentifier(key, PREFIX))
            kind = self.type_of(node.get("schema")) | (OPTIONAL if node.get("required") is not True else frozenset())
            position = operation.placeholders.index(key) + 1 if place == "path" and key in operation.placeholders else 0
            if module:
                name = name if name in module.arguments else f"{name}_{place}"
                kind = module.arguments.get(name, kind)
                position = module.positional.index(name) + 1 if name in module.positional else 0
            rest = {key: part for key, part in node.items() if key not in ("schema", "name", "required")}
            unique = key if key not in found else f"{key} in {place}"
            found[unique] = Slot(node.get("schema"), kind, name, position, rest=rest)
        return found

    def read_body(self, operation: Operation) -> Slots:
        """The body of an operation, if it has one."""
        if not operation.body:
            return {}
        media, schema = read_content(operation.body)
        kind = self.type_of(schema) | (OPTIONAL if operation.body.get("required") is not True else frozenset())
        if module := self.read_module(operation.id):
            kind = module.arguments.get("body", kind)
        rest = {key: part for key, part in operation.body.items() if key not in ("content", "required")}
        return {"body": Slot(schema, kind, "body", media=media, rest=rest)}

    def read_answers(self, operation: Operation) -> Slots:
        """The answers of an operation by status."""
        found = {}
        for status, answer in operation.answers.items():
            media, schema = read_content(answer)
            rest = {key: part for key, part in answer.items() if key != "content"}
            kind = self.type_of(schema) if media else NOTHING
            found[f"answer {status}"] = Slot(schema, kind, media=media, rest=rest)
        if module := self.read_module(operation.id):
            # An inline schema's class is what the return type names and no component of another status accounts for.
            known = [core(slot.type) for slot in found.values() if core(slot.type) <= module.answer]
            other = core(module.answer).difference(*known)
            return {
                key: slot if core(slot.type) <= module.answer else slot._replace(type=other)
                for key, slot in found.items()
            }
        return found

    def answer_type(self, operation: Operation, answers: Slots) -> Type:
        """What a call of an operation gives."""
        module = self.read_module(operation.id)
        return module.answer if module else frozenset[Any]().union(*(slot.type for slot in answers.values()))

    def read_fields(self, name: str, node: Document) -> Slots:
        """The fields of a class, of which ``node`` is the schema, by property."""
        known = self.read_class(name)
        order, found = list(known.fields) if known else [], {}
        for key, schema in members(node.get("properties")):
            python = str(PythonIdentifier(key, PREFIX))
            kind = known.fields.get(python) if known else None
            if kind is None:
                optional = frozenset() if key in as_list(node.get("required")) else OPTIONAL
                kind = self.type_of(schema) | optional
            position = order.index(python) + 1 if python in order else 0
            found[key] = Slot(schema, kind, f"{name}.{python}", position)
        return found
