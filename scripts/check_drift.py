"""Fail if one byte of what is committed differs from what the inputs give, or a stray file lies there."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import apply_overlay
import document
import generate_client
import stage


def differences(expected: Path, actual: Path) -> list[str]:
    """How the directory ``actual`` differs from ``expected``, a line for each file."""
    wanted, found = _files(expected), _files(actual)
    told = [f"{name} is missing" for name in wanted.keys() - found.keys()]
    told += [f"{name} is not made by the pipeline" for name in found.keys() - wanted.keys()]
    told += [f"{name} differs" for name in wanted.keys() & found.keys() if wanted[name] != found[name]]
    return sorted(told)


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def main(argv: list[str] | None = None) -> int:
    """Compare openapi/patched.json and generated/ with what openapi/upstream.json and overlay/ give."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        patched, _ = apply_overlay.patch()
        told: list[str] = []
        if not stage.PATCHED.is_file() or stage.PATCHED.read_bytes() != document.dump(patched):
            told.append(f"{stage.relative(stage.PATCHED)} differs")
        with tempfile.TemporaryDirectory() as scratch:
            expected = Path(scratch) / stage.GENERATED.name
            generate_client.build(patched, expected / stage.PACKAGE.name)
            (expected / "README.md").write_bytes((stage.GENERATED / "README.md").read_bytes())
            told += [f"generated/{line}" for line in differences(expected, stage.GENERATED)]
        if told:
            print(*told, sep="\n", file=sys.stderr)
            raise stage.StageError(
                f"{len(told)} files are not what the inputs give; run make, and commit what it writes"
            )
        print("no drift: openapi/patched.json and generated/ are what the inputs give")
        return 0

    return stage.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
