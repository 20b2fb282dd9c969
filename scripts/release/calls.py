"""Write a short call of an operation, ready to paste, from the types of its arguments.

The package is read, not imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import griffe

from scripts.project import StageError

WIDTH = 88
ID = "1000"
# What tells a model from others in the API's envelopes, though all of it may be left out.
SHOWN = ("data", "attributes", "id", "type_")
ABSENT = ("None", "Unset")
LITERALS = {
    "bool": "True",
    "int": "1",
    "float": "1.0",
    "str": '"text"',
    "object": "{}",
    "Any": "{}",
    "datetime": "datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)",
    "date": "datetime.date(2026, 1, 1)",
    "File": 'File(io.BytesIO(b"content"), "example.txt")',
}


@dataclass(frozen=True)
class Example:
    """A piece of Python: what stands before a list of parts, the parts, and what stands after it."""

    opening: str
    parts: tuple[tuple[str, Example], ...] = ()
    closing: str = ""

    def format(self, indent: int = 0) -> str:
        """The code, in one line where it fits and else with a line for each part."""
        line = self.opening + ", ".join(name + part.format() for name, part in self.parts) + self.closing
        if not self.parts or ("\n" not in line and len(line) + indent <= WIDTH):
            return line
        margin = " " * indent
        lines = (f"{margin}    {name}{part.format(indent + 4)},\n" for name, part in self.parts)
        return f"{self.opening}\n{''.join(lines)}{margin}{self.closing}"


def write_call(package: griffe.Module, operation: griffe.Module) -> str:
    """A program that calls the operation once, with the arguments that it needs."""
    parameters = [
        parameter
        for parameter in operation["sync"].parameters
        if parameter.default is None and parameter.name != "client"
    ]
    arguments = [(f"{each.name}=", _example(package, str(each.annotation), each.name, ())) for each in parameters]
    call = Example(f"{operation.name}.sync(", (*arguments, ("client=", Example("client"))), ")").format(4)
    *above, _ = operation.path.split(".")
    needed = [name for name in ("datetime", "io") if f"{name}." in call]
    names = ["AuthenticatedClient", *(["File"] if "File(" in call else []), *(["models"] if "models." in call else [])]
    return "\n".join(
        [
            *(f"import {name}" for name in needed),
            *([""] if needed else []),
            f"from {package.name} import {', '.join(names)}",
            f"from {'.'.join(above)} import {operation.name}",
            "",
            "with AuthenticatedClient.from_env() as client:",
            f"    answer = {call}",
        ]
    )


def _example(package: griffe.Module, annotation: str, name: str, within: tuple[str, ...]) -> Example:
    """An example of the first type that an annotation names, other than null and absence."""
    options = [ast.unparse(kind) for kind in _options(ast.parse(annotation.strip("\"'"), mode="eval").body)]
    text = next((option for option in options if option not in ABSENT), options[0])
    if text.startswith("list["):
        return Example("[", (("", _example(package, text[len("list[") : -1], name, within)),), "]")
    if "[" in text:
        return Example("{}")
    text = text.rpartition(".")[2]
    if text == "str" and (name == "id" or name.endswith(("_id", "_ids"))):
        return Example(f'"{ID}"')
    return Example(LITERALS[text]) if text in LITERALS else _of_class(package, text, within)


def _options(kind: ast.expr) -> Iterator[ast.expr]:
    if isinstance(kind, ast.BinOp):
        yield from _options(kind.left)
        yield from _options(kind.right)
    else:
        yield kind


def _of_class(package: griffe.Module, name: str, within: tuple[str, ...]) -> Example:
    """An example of a model, with what it needs, or of an enum's first value that says something."""
    found = package["models"].members[name]
    kind = found.final_target if isinstance(found, griffe.Alias) else found
    if not isinstance(kind, griffe.Class):
        raise StageError(f"{package.name}.models.{name}: is no class that the generator wrote; run `make`")
    fields = [member for member in kind.members.values() if isinstance(member, griffe.Attribute)]
    if any("Enum" in str(base) for base in kind.bases):
        values = [each.name for each in fields if each.name.isupper()]
        return Example(f"models.{name}.{next((each for each in values if each != 'UNKNOWN'), values[0])}")
    within = (*within, name)
    settable = [each for each in kind["__init__"].parameters if each.annotation is not None]
    new = [each for each in settable if not set(within) & set(re.findall(r"\w+", str(each.annotation)))]
    shown = [each for each in settable if each.default is None or (each.name in SHOWN and each in new)] or new[:1]
    parts = ((f"{each.name}=", _example(package, str(each.annotation), each.name, within)) for each in shown)
    return Example(f"models.{name}(", tuple(parts), ")")
