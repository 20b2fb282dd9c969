"""What a generated package offers its callers, from what the generator makes of a document: no code is written or run.

It says what `scripts/pipeline/codec.py` (types), `endpoint_module.py.jinja` and `model.py.jinja` write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty

from scripts.pipeline.generator import find_sent_only
from scripts.pipeline.prepare import describe_operations, find_discriminators
from scripts.spec.document import Document

# A type is the set of what its union names: ``None``, ``Unset``, a class's or a builtin's name, ``("list", type)``.
Atom = str | tuple[str, "frozenset[Any]"]
Type = frozenset[Atom]

NOTHING: Type = frozenset({"None"})
ANYTHING: Type = frozenset({"Any"})
OPTIONAL: Type = frozenset({"Unset"})
BYTES: Type = frozenset({"bytes"})
HELPERS = ("bulk.run", "downloads.to_file", "pages.iterate", "reports.run")  # of the runtime


@dataclass(frozen=True)
class Module:
    """An operation's module: its name below the package, its arguments, and the runtime's helpers that work with it."""

    id: str
    name: str = ""
    arguments: Mapping[str, Type] = field(default_factory=dict)  # those given by position first
    answers: Mapping[str, Type] = field(default_factory=dict)  # by status, of those that are no error
    helpers: frozenset[str] = frozenset()

    @property
    def answer(self) -> Type:
        """What a call gives."""
        return frozenset[Atom]().union(*self.answers.values())


@dataclass(frozen=True)
class Class:
    """A model with its fields in the order of its constructor, or an enum with its members' values."""

    name: str
    fields: Mapping[str, Type] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_enum(self) -> bool:
        """Whether it is an enum, which has a member at least."""
        return bool(self.members)


@dataclass(frozen=True)
class Surface:
    """What a package offers: its operations' modules by operationId, its models and enums by name."""

    modules: Mapping[str, Module] = field(default_factory=dict)
    classes: Mapping[str, Class] = field(default_factory=dict)

    @property
    def enums(self) -> dict[str, str]:
        """What the values of each enum are: ``str`` or ``int``."""
        found = {each.name: [*each.members.values()] for each in self.classes.values() if each.is_enum}
        return {name: type(values[0]).__name__ for name, values in found.items()}

    def find_class(self, name: str) -> Class:
        """The class of a name, an empty one where nothing is known of it."""
        return self.classes.get(name) or Class(name)

    def find_module(self, operation: str) -> Module:
        """The module of an operation, an empty one where nothing is known of it."""
        return self.modules.get(operation) or Module(operation)

    def words(self) -> Iterator[str]:
        """Every word that a caller may write."""
        for module in self.modules.values():
            yield from module.name.split(".")
            yield from module.arguments
        for each in self.classes.values():
            yield each.name
            yield from each.fields
            yield from each.members


def read_surface(parsed: GeneratorData, document: Document) -> Surface:
    """What the package offers that is generated from ``parsed``, which the generator made of a patched document."""
    reader = _Reader(parsed, document)
    endpoints = [each for tag in parsed.endpoint_collections_by_tag.values() for each in tag.endpoints]
    modules = [reader.read_module(each) for each in endpoints]
    classes = {
        str(each.class_info.name): reader.read_class(each)
        for each in sorted((*parsed.models, *parsed.enums), key=lambda each: each.class_info.module_name)
    }
    return Surface({each.id: each for each in modules}, classes)


class _Reader:
    def __init__(self, parsed: GeneratorData, document: Document) -> None:
        self.operations = describe_operations(document)
        self.discriminators = find_discriminators(document)
        self.sent_only = find_sent_only(parsed)

    def read_module(self, endpoint: Endpoint) -> Module:
        facts = self.operations[str(endpoint.tags[0]), str(endpoint.name)]
        bodies = [body.prop for body in endpoint.bodies]
        others = [*endpoint.query_parameters, *endpoint.header_parameters, *endpoint.cookie_parameters]
        arguments = [*endpoint.path_parameters, *bodies, *others]
        answers = {}
        for each in endpoint.responses:
            if each.status_code.pattern.startswith("2"):
                known = {"None": NOTHING, "response.json()": self.read_type(each.prop)}
                answers[each.status_code.pattern] = known.get(each.source["attribute"], BYTES)
        works = (facts.body_list and facts.answer_list, BYTES in answers.values(), facts.paging, facts.report)
        return Module(
            id=facts.id,
            name=f"api.{endpoint.tags[0]}.{endpoint.name}",
            arguments={str(each.python_name): self.read_type(each, is_sent=True) for each in arguments},
            answers=answers,
            helpers=frozenset(compress(HELPERS, works)),
        )

    def read_class(self, one: Any) -> Class:
        name = str(one.class_info.name)
        if not isinstance(one, ModelProperty):
            return Class(name, members=dict(sorted(one.values.items())))
        is_sent = name in self.sent_only
        fields = [*(one.required_properties or ()), *(one.optional_properties or ())]
        return Class(name, {str(each.python_name): self.read_type(each, is_sent=is_sent) for each in fields})

    def read_type(self, one: PropertyProtocol, *, is_sent: bool = False) -> Type:
        match one:
            case UnionProperty(inner_properties=inside):
                kind = frozenset[Atom]().union(*(self.read_type(each, is_sent=is_sent) for each in inside))
                names = "".join(f"{each.class_info.name} " for each in inside if isinstance(each, ModelProperty))
                kind |= {("dict", ANYTHING)} if names in self.discriminators else set()
            case ListProperty(inner_property=item):
                kind = frozenset({("list", self.read_type(item, is_sent=is_sent))})
            case ModelProperty() | EnumProperty():
                kind = frozenset({str(one.class_info.name)})
            case DateTimeProperty() if is_sent:
                kind = frozenset({"datetime.datetime", "datetime.date"})
            case _:
                kind = frozenset({str(one.get_type_string(no_optional=True).as_unembedded_code())})
        return kind if one.required else kind | OPTIONAL


def is_assignable(given: Type, expected: Type, enums: Mapping[str, str]) -> bool:
    """Whether a type checker takes a value of one type for the other; ``enums`` are strings or integers by name."""
    return "Any" in expected | given or all(any(_fits(one, other, enums) for other in expected) for one in given)


def _fits(given: Atom, expected: Atom, enums: Mapping[str, str]) -> bool:
    if isinstance(given, tuple) and isinstance(expected, tuple):  # what a list holds can be neither wider nor narrower
        return given[0] == expected[0] and all(
            is_assignable(*pair, {}) for pair in ((given[1], expected[1]), (expected[1], given[1]))
        )
    return given == expected or (given, expected) == ("int", "float") or enums.get(str(given)) == expected


def rename(kind: Type, names: Mapping[str, str]) -> Type:
    """The type with other names for some classes."""
    return frozenset(
        (atom[0], rename(atom[1], names)) if isinstance(atom, tuple) else names.get(atom, atom) for atom in kind
    )


def core(kind: Type) -> Type:
    """The type of a value that is neither absent nor null."""
    return kind - {"None", "Unset"}


def inner(kind: Type, container: str) -> Type | None:
    """What a list or a dict holds, if the type is one of those, absent or null aside."""
    match list(core(kind)):
        case [(name, held)] if name == container:
            return held
    return None


def spell(kind: Type) -> str:
    """The type as code, without ``Unset``."""
    names = sorted(f"{atom[0]}[{_held(atom)}]" if isinstance(atom, tuple) else atom for atom in kind - OPTIONAL)
    return " | ".join(sorted(names, key=lambda name: name == "None")) or "Unset"


def _held(atom: tuple[str, Type]) -> str:
    return ("str, " if atom[0] == "dict" else "") + spell(atom[1])
