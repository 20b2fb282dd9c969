"""Read what a generated package offers its callers. The code is parsed, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# A type is the set of what its union names: ``None``, ``Unset``, a class's or a builtin's name, ``("list", type)``.
Atom = str | tuple[str, "frozenset[Any]"]
Type = frozenset[Atom]

NOTHING: Type = frozenset({"None"})
ANYTHING: Type = frozenset({"Any"})
OPTIONAL: Type = frozenset({"Unset"})
# Arguments that every operation has: no part of the document.
OWN_ARGUMENTS = frozenset({"client", "timeout", "headers", "deadline"})


@dataclass(frozen=True)
class Module:
    """An operation's module; ``name`` is below the package."""

    id: str
    name: str
    positional: tuple[str, ...]
    arguments: Mapping[str, Type]
    answer: Type


@dataclass(frozen=True)
class Class:
    """A model with its fields in the order of its constructor, or an enum with its members' values."""

    name: str
    fields: Mapping[str, Type] = field(default_factory=dict)
    extra: Type = ANYTHING
    members: Mapping[str, object] = field(default_factory=dict)
    is_enum: bool = False


@dataclass(frozen=True)
class Surface:
    """What a package offers: its operations' modules by operationId, its models and enums by name."""

    modules: Mapping[str, Module] = field(default_factory=dict)
    classes: Mapping[str, Class] = field(default_factory=dict)

    @property
    def enums(self) -> dict[str, str]:
        """What the values of each enum are: ``str`` or ``int``."""
        found = {each.name: [*each.members.values()] for each in self.classes.values() if each.members}
        return {name: type(values[0]).__name__ for name, values in found.items()}

    def words(self) -> Iterator[str]:
        """Every word that a caller may write."""
        for module in self.modules.values():
            yield from module.name.split(".")
            yield from module.arguments
        for each in self.classes.values():
            yield each.name
            yield from each.fields
            yield from each.members


def read_surface(package: Path) -> Surface:
    """What the package in a directory offers."""
    modules = [_module(path) for path in sorted((package / "api").glob("*/[!_]*.py"))]
    classes = [
        _class(node)
        for path in sorted((package / "models").glob("[!_]*.py"))
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.ClassDef)
    ]
    return Surface({module.id: module for module in modules}, {each.name: each for each in classes})


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


def read_type(annotation: ast.expr | None) -> Type:
    """The type that an annotation says."""
    match annotation:
        case ast.BinOp(left=left, right=right):
            return read_type(left) | read_type(right)
        case ast.Constant(value=str(text)):
            return read_type(ast.parse(text, mode="eval").body)
        case ast.Constant(value=None):
            return NOTHING
        case ast.Subscript(value=ast.Name(id="list"), slice=held):
            return frozenset({("list", read_type(held))})
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, held])):
            return frozenset({("dict", read_type(held))})
        case ast.Attribute(value=ast.Name(id="models"), attr=name):
            return frozenset({name})
        case None:
            return ANYTHING
    return frozenset({ast.unparse(annotation)})


def _module(path: Path) -> Module:
    tree = ast.parse(path.read_bytes())
    operation = next(node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "id")
    sync = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "sync")
    arguments = [*sync.args.args, *sync.args.kwonlyargs]
    return Module(
        id=str(ast.literal_eval(operation.value)),
        name=f"api.{path.parent.name}.{path.stem}",
        positional=tuple(argument.arg for argument in sync.args.args),
        arguments={each.arg: read_type(each.annotation) for each in arguments if each.arg not in OWN_ARGUMENTS},
        answer=read_type(sync.returns),
    )


def _class(node: ast.ClassDef) -> Class:
    fields: dict[str, Type] = {}
    members: dict[str, object] = {}
    extra = ANYTHING
    for member in node.body:
        match member:
            case ast.AnnAssign(target=ast.Name(id="additional_properties"), annotation=annotation):
                extra = inner(read_type(annotation), "dict") or ANYTHING
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                fields[name] = read_type(annotation)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                members[name] = value
    return Class(node.name, fields, extra, members, any("Enum" in ast.unparse(base) for base in node.bases))
