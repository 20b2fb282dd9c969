"""Measure the client against what else reads and sends the same: one table, and build/bench.json beside it."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from figures import sentences  # noqa: E402
from measure import Row, say, table  # noqa: E402
from packages import Packages, prepare  # noqa: E402
from support.specs import specs_folder  # noqa: E402

from scripts.files import replace_files  # noqa: E402
from scripts.project import Project, StageError  # noqa: E402

COMPARED = (
    "openapi-python-client",
    "criteo-api-retailmedia-sdk",
    "pydantic",
    "msgspec",
    "httpx",
    "httpx-aiohttp",
    "attrs",
)
RESULTS = ROOT / "build" / "bench.json"
TABLE, README = ROOT / "tests" / "bench" / "README.md", ROOT / "README.md"
BETWEEN = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)

# Module of each group; whether it is measured without the extra `[fast]`, with it, or both.
GROUPS: dict[str, tuple[str, Sequence[str]]] = {
    "models": ("models", ("plain", "fast")),
    "pages": ("pages", ("plain", "fast")),
    "imports": ("imports", ("fast",)),  # it makes its environments itself
    "calls": ("calls", ("plain", "fast")),
    "reports": ("reports", ("plain", "fast")),
    "generate": ("packages", ("fast",)),
}


def machine() -> str:
    """The kind of machine that this is."""
    return f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"


def report(rows: list[Row], *, whole: bool) -> str:
    """The table, and what it was measured with."""
    versions = ", ".join(f"{name} {version(name)}" for name in COMPARED)
    document = "the whole 2026-01 document" if whole else "the shipped document (the minima are for the whole one)"
    when = f"{datetime.datetime.now(datetime.UTC).date()}, {machine()}, {document}; {versions}"
    return f"{table(rows)}\n\n{when}.\n"


def results(rows: list[Row]) -> dict[str, Any]:
    """All that was measured."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {name: version(name) for name in COMPARED},
        "rows": [row.as_json() for row in rows],
    }


def measure(group: str, packages: Packages) -> Iterator[Row]:
    """The rows of a group, each variant measured in a fresh interpreter.

    Raises:
        StageError: a contender does not give the same content, or cannot be measured.
    """
    module, variants = GROUPS[group]
    for variant in variants:
        say(f"measuring {group}" + (f" ({variant})" if len(variants) > 1 else ""))
        paths = map(str, (packages.document, packages.ours, packages.default))
        command = [sys.executable, str(Path(__file__).parent / "group.py"), module, variant, *paths]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise StageError(f"{group} cannot be measured: see above")
        yield from (Row.of_json(row) for row in json.loads(done.stdout))


def put(text: str, path: Path) -> bytes:
    """The file's content with the text between its marks.

    Raises:
        StageError: the file does not have the marks exactly once.
    """
    content, places = BETWEEN.subn(lambda _: text, path.read_text(encoding="utf-8"))
    if places != 1:
        raise StageError(f"{path.name} has {places} places <!-- bench --> … <!-- /bench -->, not 1")
    return content.encode()


def run(groups: Sequence[str], *, readme: bool) -> int:
    """Measure the groups and tell of it.

    Raises:
        StageError: a minimum is missed, or something cannot be measured.
    """
    folder = specs_folder()
    document = folder / "retailmedia_2026-01.json" if folder else Project(ROOT).upstream
    if not folder:
        say("the whole 2026-01 document is not here (CRITEO_SPECS names its folder): measuring the shipped one")
        groups = [group for group in groups if group != "reports"]  # its operation is not in it
    with tempfile.TemporaryDirectory(prefix="criteo-bench-") as scratch:
        say("generating")
        packages = prepare(document, Path(scratch), whole=bool(folder))
        rows = [row for group in groups for row in measure(group, packages)]
    text = report(rows, whole=bool(folder))
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    files = {RESULTS: json.dumps(results(rows), indent=1).encode()}
    if readme:
        files |= {TABLE: put(text, TABLE), README: put(sentences(rows), README)}
    replace_files(files)
    if folder and (missed := [f"{row.what} against {row.against}" for row in rows if not row.is_reached]):
        raise StageError(f"minimum missed: {'; '.join(missed)}")
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []], help="what to measure (default: all)")
    parser.add_argument("--readme", action="store_true", help="renew the table and README's figures; measures all")
    arguments = parser.parse_args(argv)
    if arguments.readme and arguments.groups:
        parser.error("--readme needs every group measured: name none")
    if arguments.readme and not specs_folder():
        parser.error("--readme needs the whole 2026-01 document: set CRITEO_SPECS to its folder")
    try:
        return run(arguments.groups or list(GROUPS), readme=arguments.readme)
    except StageError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
