"""Measure the client against what else reads and sends the same: one table, and build/bench.json beside it."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import statistics
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

import packages as generated  # noqa: E402
import stage  # noqa: E402
from measure import Row, say, table  # noqa: E402
from support.specs import specs_folder  # noqa: E402

COMPARED = ("openapi-python-client", "criteo-api-retailmedia-sdk", "pydantic", "msgspec", "httpx", "attrs")
RESULTS = ROOT / "build" / "bench.json"
README = ROOT / "README.md"
BETWEEN = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)

GROUPS: dict[str, Callable[[generated.Packages], list[Row]]] = {
    "models": lambda _: import_module("models").rows(),
    "imports": lambda packages: import_module("imports").rows(packages),
    "calls": lambda _: import_module("calls").rows(),
    "generate": generated.rows,
}


def machine() -> str:
    """The kind of machine that this is."""
    return f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"


def report(rows: list[Row], *, whole: bool) -> str:
    """The table, and what it was measured with."""
    versions = ", ".join(f"{name} {version(name)}" for name in COMPARED)
    document = "the whole 2026-01 document" if whole else "the shipped document (the minima are for the whole one)"
    when = f"{datetime.datetime.now(datetime.UTC).date()}, {machine()}, {document}; {versions}"
    how = (
        "Medians of alternating pairs, CPU time but for calls and `make`; the spread is the middle half of the ratios."
    )
    return f"{table(rows)}\n\n{how}\n{when}.\n"


def results(rows: list[Row]) -> dict[str, Any]:
    """All that was measured."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {name: version(name) for name in COMPARED},
        "rows": [
            {
                "what": row.what,
                "against": row.against,
                "ratio": row.ratio,
                "share": row.share,
                "minimum": row.minimum,
                "is_reached": row.is_reached,
                "unit": row.unit,
                "ours": list(row.ours),
                "theirs": list(row.theirs),
                "medians": [statistics.median(row.ours), statistics.median(row.theirs)],
            }
            for row in rows
        ],
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], help="what to measure (default: all)")
    parser.add_argument("--readme", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args(argv)

    def work() -> int:
        folder = specs_folder()
        whole = folder is not None
        document = folder / "retailmedia_2026-01.json" if folder else stage.UPSTREAM
        if not whole:
            say("the whole 2026-01 document is not here (CRITEO_SPECS names its folder): measuring the shipped one")
        rows = []
        with tempfile.TemporaryDirectory(prefix="criteo-bench-") as scratch:
            say("generating")
            packages = generated.prepare(document, Path(scratch), whole=whole)
            sys.path[:0] = packages.paths
            for group in arguments.groups or GROUPS:
                say(f"measuring {group}")
                rows += GROUPS[group](packages)
        text = report(rows, whole=whole)
        print(text)
        RESULTS.parent.mkdir(exist_ok=True)
        stage.replace_file(RESULTS, json.dumps(results(rows), indent=1).encode())
        if arguments.readme:
            stage.replace_file(README, BETWEEN.sub(lambda _: text, README.read_text(encoding="utf-8")).encode())
        if whole and (missed := [f"{row.what} against {row.against}" for row in rows if not row.is_reached]):
            raise stage.StageError(f"minimum missed: {'; '.join(missed)}")
        return 0

    return stage.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
