"""Measure one group of rows in a process of its own, with the extra `[fast]` or without; print the rows as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USUAL_PATH = sys.path[1:]  # without this folder: as short as a program's own
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from packages import Packages  # noqa: E402
from variant import hide_extra  # noqa: E402

from scripts.project import StageError  # noqa: E402

TAKES_PACKAGES = ("imports", "packages")


def main(group: str, variant: str, *paths: str) -> int:
    packages = Packages(*map(Path, paths))
    if variant == "plain":
        hide_extra()
    sys.path[:0] = packages.paths
    measure = import_module(group).rows
    sys.path[:] = USUAL_PATH  # httpcore (1.0.9) looks through all of it, four times in each asynchronous call
    try:
        rows = measure(packages) if group in TAKES_PACKAGES else measure()
    except StageError as error:
        print(f"{group}: {error}", file=sys.stderr)
        return 1
    print(json.dumps([row.as_json() for row in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
