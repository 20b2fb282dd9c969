"""Read what a generated package offers its callers, and compare two of them. The code is parsed, never run.

griffe's comparison would do for names that go, but tells neither a retyped argument or attribute nor a new enum value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DEFAULT = " = UNSET"


@dataclass(frozen=True)
class Surface:
    """What a package offers.

    ``names`` says of each name what it is: a module of ``api`` what it answers, ``module(argument)``, ``models.Class``
    and its attributes their types, an enum's members their values. ``operations`` are the modules by operationId.
    """

    names: dict[str, str]
    operations: dict[str, str]

    def class_in(self, name: str) -> str:
        """The class that a name is, or that its type names (the last one, as in ``dict[str, Foo]``); or nothing."""
        if name.startswith("models.") and name.count(".") == 1:
            return name if name in self.names else ""
        words = self.names.get(name, "").translate(str.maketrans("[]|,()", " " * 6)).split()
        return next((found for word in reversed(words) if (found := f"models.{word}") in self.names), "")

    def members(self, name: str) -> dict[str, str]:
        """What a class or an operation's module holds, by its full name."""
        return {inner: value for inner, value in self.names.items() if inner.startswith((f"{name}.", f"{name}("))}


def surface(package: Path) -> Surface:
    """What the package in a directory offers."""
    names: dict[str, str] = {}
    operations: dict[str, str] = {}
    for path in sorted((package / "api").glob("*/[!_]*.py")):
        module = f"api.{path.parent.name}.{path.stem}"
        tree = ast.parse(path.read_bytes())
        operations[_operation_id(tree)] = module
        sync = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "sync")
        names[module] = f"answers {ast.unparse(sync.returns)}" if sync.returns else "answers"
        names |= {f"{module}({argument})": what for argument, what in _arguments(sync.args)}
    for path in sorted((package / "models").glob("[!_]*.py")):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                names[f"models.{node.name}"] = "class"
                names |= {f"models.{node.name}.{member}": what for member, what in _members(node)}
    return Surface(names, operations)


def differences(old: Surface, new: Surface) -> dict[str, tuple[str | None, str | None]]:
    """What each name that came, went or changed was and is."""
    pairs = {name: (old.names.get(name), new.names.get(name)) for name in old.names | new.names}
    return {name: (was, now) for name, (was, now) in pairs.items() if was != now}


def _operation_id(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "id" and isinstance(node.value, ast.Constant):
            return str(node.value.value)
    return ""


def _arguments(arguments: ast.arguments) -> Iterator[tuple[str, str]]:
    for place, argument in enumerate(arguments.args, start=1):
        yield argument.arg, f"{_type(argument.annotation)}, argument {place}"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if argument.arg not in ("client", "timeout"):
            yield argument.arg, _type(argument.annotation) + _DEFAULT * (default is not None)


def _members(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for member in node.body:
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            if member.target.id != "additional_properties" or _type(member.annotation) != "dict[str, Any]":
                yield member.target.id, _type(member.annotation) + _DEFAULT * _is_unset(member.value)
        elif isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name):
            yield member.targets[0].id, ast.unparse(member.value)


def _is_unset(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Name) and value.id == "UNSET"


def _type(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else "Any"
