"""Run mypy --strict and basedpyright over the hand-written and the generated code."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

import stage

# Each tool sees every root apart: overlay/runtime and generated/ hold modules of the same names.
MYPY = (
    ("scripts", "-m", "mypy", "--strict", "scripts"),
    ("overlay/runtime", "-m", "mypy", "--strict", "-p", "runtime"),
    ("generated", "-m", "mypy", "--strict", "-p", "criteo_retail_media"),
    ("tests/typing", "-m", "mypy", "--strict", "tests/typing"),
)
PYRIGHT = (
    *("basedpyright", "-m", "basedpyright", "--warnings", "--pythonpath", sys.executable),
    *("scripts", "overlay/runtime", "generated", "tests/typing"),
)


def main(argv: list[str] | None = None) -> int:
    """Check types; exit 1 if a checker finds an error."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        failed: list[str] = []
        for name, *command in (*MYPY, PYRIGHT):
            print(f"{name}: {' '.join(command[1:3])}", flush=True)
            environment = {**os.environ, "MYPYPATH": os.pathsep.join(("generated", "overlay", "scripts"))}
            done = subprocess.run([sys.executable, *command], cwd=stage.ROOT, env=environment, check=False)
            if done.returncode:
                failed.append(name)
        if failed:
            raise stage.StageError(f"type errors in {', '.join(failed)}; they are listed above")
        return 0

    return stage.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
