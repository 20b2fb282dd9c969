"""Build the sdist and the wheel into dist/, bit for bit the same each time, and check them."""

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

DIST = stage.ROOT / "dist"
# hatchling takes times from here, else from its own constant: given, so that it stays the same over its versions.
EPOCH = "1767225600"  # 2026-01-01T00:00:00Z


def build(root: Path, dist: Path) -> list[Path]:
    """Build both distributions of the repository at ``root`` into the new directory ``dist``."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
    os.umask(0o022)  # file modes go into both archives
    _run("hatchling", "build", "-d", str(dist), cwd=root, env=environment)
    built = sorted(dist.iterdir())
    _run("twine", "check", "--strict", *map(str, built))
    _run("check_wheel_contents", *(str(path) for path in built if path.suffix == ".whl"))
    return built


def _run(module: str, *arguments: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        told = " ".join((done.stdout + done.stderr).split())[-600:]
        raise StageError(f"{module} failed: {told}")


def main(argv: list[str] | None = None) -> int:
    """Build and check the sdist and the wheel of generated/criteo_retail_media."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        if not stage.PACKAGE.is_dir():
            raise StageError(f"{stage.relative(stage.PACKAGE)} does not exist; run make")
        with tempfile.TemporaryDirectory(prefix=".new.", dir=stage.ROOT) as beside:
            fresh = Path(beside) / DIST.name
            built = [path.name for path in build(stage.ROOT, fresh)]
            if DIST.exists():
                shutil.rmtree(DIST)
            fresh.rename(DIST)
        print(*(f"built dist/{name}" for name in built), sep="\n")
        return 0

    return stage.run(work)
