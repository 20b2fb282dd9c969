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
    ("tests/typing/consumer.py", "-m", "mypy", "--strict", "tests/typing/consumer.py"),
)
PYRIGHT = ("basedpyright", "-m", "basedpyright", "--warnings", *(name for name, *_ in MYPY))


def main(argv: list[str] | None = None) -> int:
    """Check types; exit 1 if a checker finds an error."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        environment = os.environ | {"MYPYPATH": "generated:overlay:scripts"}
        failed = []
        for name, *command in (*MYPY, PYRIGHT):
            print(f"{name}: {command[1]}", flush=True)
            if subprocess.run([sys.executable, *command], cwd=stage.ROOT, env=environment, check=False).returncode:
                failed.append(name)
        if failed:
            raise stage.StageError(f"type errors in {', '.join(failed)}; they are listed above")
        return 0

    return stage.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
