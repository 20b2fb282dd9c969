"""Run mypy --strict and basedpyright over the hand-written and the generated code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection

from scripts.project import Project, StageError
from scripts.release.example import has_example

CONSUMER = "tests/typing/consumer.py"
# Each tool sees every root apart: overlay/runtime and generated/ hold modules of the same names.
MYPY = (
    ("scripts", "-m", "mypy", "--strict", "scripts"),
    ("overlay/runtime", "-m", "mypy", "--strict", "-p", "runtime"),
    ("generated", "-m", "mypy", "--strict", "-p", "criteo_retail_media"),
    (CONSUMER, "-m", "mypy", "--strict", CONSUMER),
)
ROOTS = tuple(name for name, *_ in MYPY)
# Told which Python it is, or it looks for one by itself.
PYRIGHT = ("basedpyright", "-m", "basedpyright", "--warnings", "--pythonpath", sys.executable)
# What basedpyright checks of the package. The other modules are copies of overlay/runtime; mypy checks all of them.
GENERATED = {"generated": [f"generated/criteo_retail_media/{name}" for name in ("_provenance.py", "api", "models")]}


def check_types(project: Project, roots: Collection[str] = (), *, announce: Callable[[str], object]) -> None:
    """Check the types of some roots, or of all where none is named; the checkers' output is shown.

    ``announce`` gets the name of each check before it begins. Raises StageError if there is no such root, or a checker
    finds an error.
    """
    if unknown := [root for root in roots if root not in ROOTS]:
        raise StageError(f"there is no {unknown[0]} to check; there are {', '.join(ROOTS)}")
    environment = os.environ | {"MYPYPATH": "generated:overlay"}
    failed, selected = [], set(roots or ROOTS)
    if CONSUMER in selected and not has_example(project):
        announce(f"{CONSUMER}: not checked, its operation is not among those selected; `make test` checks it")
        selected.remove(CONSUMER)
    some = [command for command in MYPY if command[0] in selected]
    parts = [part for root, *_ in some for part in GENERATED.get(root, [root])]
    for name, *command in (*some, (*PYRIGHT, *parts)):
        announce(f"{name}: {command[1]}")
        if subprocess.run([sys.executable, *command], cwd=project.root, env=environment, check=False).returncode:
            failed.append(name)
    if failed:
        raise StageError(f"type errors in {', '.join(failed)}; they are listed above")
