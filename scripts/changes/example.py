"""Write a call of an operation as code that a type checker takes: before a change, and after it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from openapi_python_client.strings import PythonIdentifier

from scripts.changes.slots import PREFIX
from scripts.changes.surface import OPTIONAL, Module, Surface, Type, core, inner

PACKAGE = "criteo_retail_media"
_VALUES = {
    "int": "1",
    "float": "1.0",
    "bool": "True",
    "Any": "None",
    "File": 'File(io.BytesIO(b""))',
    "datetime.datetime": "datetime.datetime.now(datetime.UTC)",
    "datetime.date": "datetime.date.today()",
}
_STEP = re.compile(r"\.([^.\[\]{}()]+)|(\[\])")
_DEEPEST = 8  # levels of models in a model
_MOST = 6  # fields that are read
_WIDEST = 100  # characters of a line


class _Code(NamedTuple):
    """An expression, with the parts between its brackets; ``is_given``: it was asked for, or a part of it was."""

    opening: str
    parts: Sequence[_Code] = ()
    end: str = ""
    is_given: bool = False


def write_example(package: Surface, module: Module, given: Collection[str], read: Iterable[str]) -> str:
    """A function that calls an operation, gives what it must and ``given``, and prints what is at the paths ``read``.

    ``given`` are arguments and ``Class.field``s. What cannot be written (a path through a union, say) is left out.
    """
    folder, _, name = module.name.rpartition(".")
    names = {*given, "body"} if given else set[str]()
    call = _Code(f"{name}.sync(", [*_write_fields(package, "", module.arguments, names), _Code("client=client")], ")")
    fields: dict[str, Any] = {}  # those to read by name, each with those inside; "[]" are the items of a list
    for path in sorted(set(read))[:_MOST]:
        node = fields
        for field, item in _STEP.findall(path):
            node = node.setdefault(item or str(PythonIdentifier(field, PREFIX)), {})
    reads = list(_write_reads(package, "answer", module.answer, fields)) if fields else []
    code = "\n".join(
        [
            "def example(client: AuthenticatedClient) -> None:",
            f"    {'answer = ' * bool(reads)}{_lay_out(call, 4)}",
            *reads,
        ]
    )
    words = set(re.findall(r"(?<![\w.])\w+", code))
    imports = [f"import {word}" for word in ("datetime", "io") if re.search(rf"(?<![\w.]){word}\.", code)]
    imports += [""] * bool(imports)
    imports += [f"from {PACKAGE} import AuthenticatedClient{', File' * ('File' in words)}"]
    imports += [f"from {PACKAGE}.{folder} import {name}"]
    if classes := sorted(words & package.classes.keys()):
        imports += [_lay_out(_Code(f"from {PACKAGE}.models import (", [*map(_Code, classes)], ")"))]
    return "\n".join([*imports, "", "", code])


def _write_fields(
    package: Surface, holder: str, fields: Mapping[str, Type], given: Collection[str], depth: int = 0
) -> list[_Code]:
    """The fields that a class needs, or arguments that an operation needs, and those that are given, by name."""
    found = []
    for name, kind in fields.items():
        code = _write_value(package, name, kind, given, depth)
        code = code._replace(opening=f"{name}={code.opening}", is_given=code.is_given or f"{holder}{name}" in given)
        found += [code] * (code.is_given or not kind >= OPTIONAL)
    return found


def _write_value(package: Surface, name: str, kind: Type, given: Collection[str], depth: int) -> _Code:
    """A value of a type, for the field or argument ``name``."""
    atom = min(core(kind), key=lambda each: (each not in package.classes, str(each)), default="Any")
    if depth > _DEEPEST:
        return _Code("None")
    if isinstance(atom, tuple):
        if atom[0] == "dict":
            return _Code("{}")
        item = _write_value(package, name, atom[1], given, depth + 1)
        return _Code("[", [item], "]", item.is_given)
    found = package.classes.get(atom)
    if found is None:
        return _Code(_VALUES.get(atom, f'"{name}"'))
    if found.is_enum:
        return _Code(f"{atom}.{next(iter(found.members), '')}".rstrip("."))
    fields = _write_fields(package, f"{atom}.", found.fields, given, depth + 1)
    return _Code(f"{atom}(", fields, ")", any(field.is_given for field in fields))


def _lay_out(code: _Code, indent: int = 0) -> str:
    """The expression in one line, or, where that is long, with a line for each part."""
    flat = code.opening + ", ".join(map(_lay_out, code.parts)) + code.end
    if not code.parts or len(flat) + indent <= _WIDEST:
        return flat
    inside = "".join(f"{' ' * (indent + 4)}{_lay_out(part, indent + 4)},\n" for part in code.parts)
    return f"{code.opening}\n{inside}{' ' * indent}{code.end}"


def _write_reads(
    package: Surface, expression: str, kind: Type, fields: Mapping[str, Any], depth: int = 1
) -> Iterator[str]:
    """Statements that print the fields of an expression, or, where there are none, itself."""
    indent = "    " * depth
    if not fields:
        yield f"{indent}print({expression})"
    elif (held := inner(kind, "list")) is not None:
        item = f"item{depth}"
        if body := list(_write_reads(package, item, held, fields.get("[]", {}), depth + 1)):
            yield from (f"{indent}for {item} in {expression}{' or []' * (kind != core(kind))}:", *body)
    elif len(core(kind)) == 1 and (found := package.classes.get(str(*core(kind)))):
        may_be_missing = kind != core(kind)
        body = [
            line
            for name, inside in fields.items()
            if name in found.fields
            for line in _write_reads(
                package, f"{expression}.{name}", found.fields[name], inside, depth + may_be_missing
            )
        ]
        if body:
            yield from [f"{indent}if {expression}:"] * may_be_missing
            yield from body
