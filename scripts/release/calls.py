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
LITERALS = {"bool": "True", "int": "1", "float": "1.0", "str": '"text"', "object": "{}", "Any": "{}"}
MOMENTS = {
    "datetime.datetime": "datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)",
    "datetime.date": "datetime.date(2026, 1, 1)",
}
FILE = 'File(io.BytesIO(b"content"), "example.txt")'


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
    arguments = [(f"{each.name}=", _example(package, each.annotation, each.name, ())) for each in parameters]
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


def _example(package: griffe.Module, annotation: object, name: str, within: tuple[str, ...]) -> Example:
    """An example of a type, as an annotation spells it."""
    return _of_type(package, ast.parse(str(annotation).strip("\"'"), mode="eval").body, name, within)


def _of_type(package: griffe.Module, kind: ast.expr, name: str, within: tuple[str, ...]) -> Example:
    """An example of the first type that a union names, other than null and absence."""
    (kind, *_) = [option for option in _options(kind) if ast.unparse(option) not in ABSENT] or [kind]
    match kind:
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return Example("[", (("", _of_type(package, item, name, within)),), "]")
        case ast.Subscript():
            return Example("{}")
    text = ast.unparse(kind)
    if text in MOMENTS:
        return Example(MOMENTS[text])
    text = text.rpartition(".")[2]
    if text == "File":
        return Example(FILE)
    if text == "str" and (name == "id" or name.endswith(("_id", "_ids"))):
        return Example(f'"{ID}"')
    if text in LITERALS:
        return Example(LITERALS[text])
    return _of_class(package, text, within)


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
    settable = [each for each in kind["__init__"].parameters if each.annotation is not None]
    shown = [each for each in settable if each.default is None or each.name in SHOWN]
    shown = [each for each in shown if each.default is None or not _leads_back(each, (*within, name))]
    shown = shown or [each for each in settable if not _leads_back(each, (*within, name))][:1]
    parts = ((f"{each.name}=", _example(package, each.annotation, each.name, (*within, name))) for each in shown)
    return Example(f"models.{name}(", tuple(parts), ")")


def _leads_back(field: griffe.Parameter, within: tuple[str, ...]) -> bool:
    """Whether the field's type is one of those around it."""
    names = set(re.findall(r"\w+", str(field.annotation)))
    return not names.isdisjoint(within)
