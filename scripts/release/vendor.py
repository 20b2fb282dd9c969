"""Copy the client into another repository, and update it there without losing what was edited."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import stage
from scripts.stage import StageError

SHOWN = 20  # files that an error names at most


def check_unedited(copy: Path) -> None:
    """Refuse a copy that is no longer what was vendored.

    Raises:
        StageError: files were edited, removed or added since, or the directory is no vendored copy.
    """
    command = [sys.executable, "-m", stage.PACKAGE.name, "--verify", str(copy)]
    environment = {**os.environ, "PYTHONPATH": str(stage.GENERATED), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        told = done.stderr.strip().splitlines()
        named = told[:-1] or told  # the last line counts them
        more = f", and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
        raise StageError(
            f"{copy} was changed since it was vendored: {', '.join(named[:SHOWN])}{more}; "
            "move the changes elsewhere, or run again with FORCE=1 to lose them"
        )


def vendor(destination: Path, *, force: bool = False) -> str:
    """Put the package into the directory ``destination``; return what was done."""
    if not stage.PACKAGE.is_dir():
        raise StageError(f"{stage.relative(stage.PACKAGE)} does not exist; run make")
    copy = destination / stage.PACKAGE.name
    if stage.PACKAGE.is_relative_to(destination.resolve()):
        raise StageError(f"{destination} holds the client that is to be copied; give a directory of another repository")
    there = copy.exists()
    if there and not force:
        check_unedited(copy)
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new.", dir=destination) as beside:
        fresh = Path(beside) / copy.name
        shutil.copytree(stage.PACKAGE, fresh, ignore=shutil.ignore_patterns("__pycache__"))
        stage.replace_directory(copy, fresh)
    return f"{'updated' if there else 'vendored'} {copy}: {sum(p.is_file() for p in copy.rglob('*'))} files"


def main(argv: list[str] | None = None) -> int:
    """Copy generated/criteo_retail_media into a directory of another repository, such as its ``_vendor``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("destination", type=Path, help="the directory that will hold criteo_retail_media/")
    parser.add_argument("--force", action="store_true", help="overwrite files that were edited since")
    arguments = parser.parse_args(argv)

    def work() -> int:
        print(vendor(arguments.destination, force=arguments.force))
        return 0

    return stage.run(work)
