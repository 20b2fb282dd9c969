"""A file that uses every name of a generated package, and what mypy says of it and of other files."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from support.type_checkers import MYPY

from scripts.changes.surface import Surface, Type

HEAD = """\
from __future__ import annotations

import datetime
from typing import Any

from criteo_retail_media import AuthenticatedClient, File
from criteo_retail_media.types import Unset
"""


class Line(NamedTuple):
    """A line of code, and what it uses: ``api.tag.module``, ``Class``, ``Class.field``."""

    text: str
    uses: str = ""


def use_everything(package: Surface, but: frozenset[str] = frozenset()) -> list[Line]:
    """Import every name, give every argument, set and read every field, each with its type; ``but`` some names."""
    modules = {key: module for key, module in package.modules.items() if module.name not in but}
    classes = {name: each for name, each in package.classes.items() if name not in but}
    return [*map(Line, HEAD.splitlines()), *_lines(Surface(modules, classes))]


def _lines(package: Surface) -> Iterator[Line]:
    for module in package.modules.values():
        holder, _, name = module.name.rpartition(".")
        yield Line(f"from criteo_retail_media.{holder} import {name}", module.name)
    for name in package.classes:
        yield Line(f"from criteo_retail_media.models import {name}", name)
    for module in package.modules.values():
        name = module.name.rpartition(".")[2]
        yield Line(f"def call_{name}(")
        yield from (Line(f"    {argument}: {spell(kind)},", "-") for argument, kind in module.arguments.items())
        yield Line("    client: AuthenticatedClient,")
        yield Line(f") -> {spell(module.answer)}:", "-")
        given = "".join(f", {argument}={argument}" for argument in module.arguments)
        yield Line(f"    return {name}.sync(client=client{given})", module.name)
    for each in package.classes.values():
        yield from (Line(f"{each.name}.{member}", f"{each.name}.{member}") for member in each.members)
        yield Line(f"def make_{each.name}(*,") if each.fields else Line(f"def make_{each.name}(")
        yield from (Line(f"    {field}: {spell(kind)},", "-") for field, kind in each.fields.items())
        yield Line(f") -> {each.name}:", "-")
        given = ", ".join(f"{field}={field}" for field in each.fields)
        yield Line(f"    return {each.name}({given or repr('x') * each.is_enum})", each.name)
        yield Line(f"def read_{each.name}(one: {each.name}) -> None:", "-")
        yield Line("    pass")
        for field, kind in each.fields.items():
            yield Line(f"    {field}: {spell(kind)} = one.{field}", f"{each.name}.{field}")


def spell(kind: Type) -> str:
    """A type as code, with ``Unset``."""
    return " | ".join(
        sorted(
            f"{atom[0]}[{'str, ' * (atom[0] == 'dict')}{spell(atom[1])}]" if isinstance(atom, tuple) else atom
            for atom in kind
        )
    )


def replace_words(text: str, words: Sequence[tuple[str, str]]) -> str:
    """The code after the replacements of a report, as a script makes them: one after the other, whole words."""
    for old, new in words:
        text = re.sub(rf"\b{old}\b", new, text)
    return text


def check_types(folder: Path, files: Mapping[str, str]) -> dict[str, list[tuple[int, str]]]:
    """What mypy --strict says of files that import the package in a folder: line and message, by file."""
    names = [f"{name}.py" for name in files]
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    command = [*MYPY, "--no-error-summary", "--hide-error-context", "--no-pretty"]
    done = subprocess.run(
        [*command, *names], cwd=folder, env=os.environ | {"MYPYPATH": "."}, capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in files}
    for line in done.stdout.splitlines():
        if match := re.fullmatch(r"(\w+)\.py:(\d+): error: (.*)", line):
            found[match[1]].append((int(match[2]), match[3]))
        else:  # what is wrong in the package itself is for the tests of the package
            assert ": note: " in line or line.startswith("criteo_retail_media/"), line
    return found
