"""Write a call of an operation as code that a type checker takes: before a change, and after it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from scripts.changes.slots import PREFIX
from scripts.changes.surface import NOTHING, OPTIONAL, Module, Surface, Type, core, inner

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

Call = tuple[str, list[Any], str]  # an opening, the arguments, the end
Tree = dict[str, Any]  # the fields to read, by name; "[]" are the items of a list


def write_example(package: Surface, module: Module, given: Iterable[str], read: Iterable[str]) -> str:
    """A function that calls an operation, gives what it must and ``given``, and prints what is at the paths ``read``.

    ``given`` are arguments and ``Class.field``s. What cannot be written (a path through a union, say) is left out.
    """
    folder, _, name = module.name.rpartition(".")
    names = set(given)
    arguments = [
        _named(argument, _value(package, argument, kind, names))
        for argument, kind in module.arguments.items()
        if not kind >= OPTIONAL or argument in names or (argument == "body" and names)
    ]
    call: Call = (f"{name}.sync(", [*arguments, "client=client"], ")")
    reads = list(_reads(package, "answer", module.answer, _tree(read), 1))
    lines = [
        "def example(client: AuthenticatedClient) -> None:",
        f"    {'answer = ' * bool(reads)}{_lay_out(call, 4)}",
        *reads,
    ]
    words = set(re.findall(r"[\w.]+", "\n".join(lines)))
    classes = sorted({word.partition(".")[0] for word in words} & package.classes.keys())
    imports = [f"import {each}" for each in ("datetime", "io") if any(word.startswith(f"{each}.") for word in words)]
    imports += [""] * bool(imports)
    imports += [f"from {PACKAGE} import AuthenticatedClient{', File' * ('File' in words)}"]
    imports += [f"from {PACKAGE}.{folder} import {name}"]
    imports += [_lay_out((f"from {PACKAGE}.models import (", classes, ")"), 0)] * bool(classes)
    return "\n".join([*imports, "", "", *lines])


def _value(package: Surface, name: str, kind: Type, names: set[str], depth: int = 0) -> str | Call:
    atoms = sorted(core(kind), key=str)
    if not atoms or depth > _DEEPEST:
        return "None"
    atom = next((each for each in atoms if isinstance(each, str) and each in package.classes), atoms[0])
    if isinstance(atom, tuple):
        return ("[", [_value(package, name, atom[1], names, depth + 1)], "]") if atom[0] == "list" else "{}"
    found = package.classes.get(atom)
    if found is None:
        return _VALUES.get(atom, f'"{name}"')
    if found.is_enum:
        return f"{atom}.{next(iter(found.members), '')}".rstrip(".")
    fields = [
        _named(field, _value(package, field, inner_kind, names, depth + 1))
        for field, inner_kind in found.fields.items()
        if not inner_kind >= OPTIONAL or f"{atom}.{field}" in names or _holds(package, inner_kind, names, depth)
    ]
    return (f"{atom}(", fields, ")")


def _named(name: str, value: str | Call) -> str | Call:
    return f"{name}={value}" if isinstance(value, str) else (f"{name}={value[0]}", *value[1:])


def _lay_out(value: str | Call, indent: int) -> str:
    """The expression in one line, or, where that is long, with a line for each argument."""
    if isinstance(value, str):
        return value
    flat = value[0] + ", ".join(_lay_out(each, 0) for each in value[1]) + value[2]
    if len(flat) + indent <= _WIDEST and "\n" not in flat:
        return flat
    inside = "".join(f"{' ' * (indent + 4)}{_lay_out(each, indent + 4)},\n" for each in value[1])
    return f"{value[0]}\n{inside}{' ' * indent}{value[2]}"


def _holds(package: Surface, kind: Type, names: set[str], depth: int) -> bool:
    """Whether one of the fields to give is in a type, at any depth."""
    kind = inner(kind, "list") or kind
    found = [package.classes[atom] for atom in core(kind) if isinstance(atom, str) and atom in package.classes]
    return depth < _DEEPEST and any(
        f"{each.name}.{field}" in names or _holds(package, held, names, depth + 1)
        for each in found
        for field, held in each.fields.items()
    )


def _tree(paths: Iterable[str]) -> Tree:
    tree: Tree = {}
    for path in sorted(set(paths))[:_MOST]:
        node = tree
        for name, item in _STEP.findall(path):
            node = node.setdefault(item or str(PythonIdentifier(name, PREFIX)), {})
    return tree


def _reads(package: Surface, expression: str, kind: Type, tree: Mapping[str, Tree], depth: int) -> Iterator[str]:
    """Statements that print what the tree names."""
    indent = "    " * depth
    if not tree:
        if expression != "answer":
            yield f"{indent}print({expression})"
        return
    if (item := inner(kind, "list")) is not None:
        name = f"item{depth}"
        if body := list(_reads(package, name, item, tree.get("[]", {}), depth + 1)):
            yield from (f"{indent}for {name} in {expression}{' or []' * (kind != core(kind))}:", *body)
        return
    match list(core(kind)):
        case [str(name)] if name in package.classes:
            fields = package.classes[name].fields
            may_be_missing = bool(kind & (NOTHING | OPTIONAL))
            body = [
                line
                for field, below in tree.items()
                if field in fields
                for line in _reads(package, f"{expression}.{field}", fields[field], below, depth + may_be_missing)
            ]
            if body:
                yield from (f"{indent}if {expression}:",) * may_be_missing
                yield from body
