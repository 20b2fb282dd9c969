"""Run mypy --strict and basedpyright over the hand-written and the generated code."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Collection

from scripts import stage

# Each tool sees every root apart: overlay/runtime and generated/ hold modules of the same names.
MYPY = (
    ("scripts", "-m", "mypy", "--strict", "scripts"),
    ("overlay/runtime", "-m", "mypy", "--strict", "-p", "runtime"),
    ("generated", "-m", "mypy", "--strict", "-p", "criteo_retail_media"),
    ("tests/typing/consumer.py", "-m", "mypy", "--strict", "tests/typing/consumer.py"),
)
# Told which Python it is, or it looks for one by itself.
PYRIGHT = ("basedpyright", "-m", "basedpyright", "--warnings", "--pythonpath", sys.executable)


def chosen(roots: Collection[str]) -> list[tuple[str, ...]]:
    """The commands that check some roots, or all where none is named; each begins with its name."""
    some = [command for command in MYPY if not roots or command[0] in roots]
    return [*some, (*PYRIGHT, *(name for name, *_ in some))]


def main(argv: list[str] | None = None) -> int:
    """Check types; exit 1 if a checker finds an error."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("roots", nargs="*", help=f"of {', '.join(name for name, *_ in MYPY)}; all where none is given")
    roots = parser.parse_args(argv).roots

    def work() -> int:
        if unknown := [root for root in roots if root not in [name for name, *_ in MYPY]]:
            raise stage.StageError(f"there is no {unknown[0]} to check; there are {', '.join(n for n, *_ in MYPY)}")
        environment = os.environ | {"MYPYPATH": "generated:overlay"}
        failed = []
        for name, *command in chosen(roots):
            print(f"{name}: {command[1]}", flush=True)
            if subprocess.run([sys.executable, *command], cwd=stage.ROOT, env=environment, check=False).returncode:
                failed.append(name)
        if failed:
            raise stage.StageError(f"type errors in {', '.join(failed)}; they are listed above")
        return 0

    return stage.run(work)
