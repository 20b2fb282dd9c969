"""Fail if one byte of what is committed differs from what the inputs give, or a stray file lies there."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from scripts import stage
from scripts.pipeline import generate as generate_client
from scripts.pipeline import overlay as apply_overlay
from scripts.spec import document

WRITTEN_BY_HAND = "README.md"

Files = Mapping[str, bytes | None]


def differences(expected: Files, found: Files) -> list[str]:
    """How the files found differ from those expected, a line for each."""
    told = [f"{name} is missing" for name in expected.keys() - found.keys()]
    told += [f"{name} is not made by the pipeline" for name in found.keys() - expected.keys()]
    told += [f"{name} differs" for name in expected.keys() & found.keys() if expected[name] != found[name]]
    return sorted(told)


def files(root: Path) -> dict[str, bytes | None]:
    """What lies under a directory, but for Python's caches; a link has no content of its own."""
    return {
        name.as_posix(): None if path.is_symlink() else path.read_bytes()
        for path in root.rglob("*")
        if "__pycache__" not in (name := path.relative_to(root)).parts and (path.is_symlink() or path.is_file())
    }


def main(argv: list[str] | None = None) -> int:
    """Compare openapi/patched.json and generated/ with what openapi/upstream.json and overlay/ give."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        patched, _ = apply_overlay.patch()
        found = {f"generated/{name}": content for name, content in files(stage.GENERATED).items()}
        if stage.PATCHED.is_file():
            found["openapi/patched.json"] = stage.PATCHED.read_bytes()
        with tempfile.TemporaryDirectory() as scratch:
            package = Path(scratch) / stage.PACKAGE.name
            generate_client.build(patched, package)
            made = {f"generated/{package.name}/{name}": content for name, content in files(package).items()}
        by_hand = f"generated/{WRITTEN_BY_HAND}"
        expected = made | {"openapi/patched.json": document.dump(patched), by_hand: found.get(by_hand)}
        if told := differences(expected, found):
            print(*map(stage.printable, told), sep="\n", file=sys.stderr)
            raise stage.StageError(f"{len(told)} of the files drifted; run `make`, and commit what it writes")
        print("no drift: openapi/patched.json and generated/ are what the inputs give")
        return 0

    return stage.run(work)
