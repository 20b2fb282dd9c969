"""Build the sdist and the wheel into dist/, bit for bit the same each time, and check them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.files import make_beside, replace_directory
from scripts.project import Project, StageError

# hatchling takes times from here, else from its own constant: given, so that it stays the same over its versions.
EPOCH = "1767225600"  # 2026-01-01T00:00:00Z
PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "9999", "PYTHONUTF8": "1"}
COLORS = ("FORCE_COLOR", "CLICOLOR_FORCE", "PY_COLORS")
# The wheel is built from the sdist, which proves that the sdist holds all that is needed; with the locked hatchling.
UV_BUILD = ("build", "--no-build-isolation", "--no-config", "--no-cache", "--offline", "--no-create-gitignore")


def build_distributions(project: Project) -> list[Path]:
    """Build the sdist and the wheel of the generated package into dist/, check them, and return their paths.

    Raises:
        StageError: there is no package, or a build or a check failed; dist/ is as it was.
    """
    dist = project.root / "dist"
    with make_beside(dist) as beside:
        built = build_into(project, beside / dist.name)
        replace_directory(dist, beside / dist.name)
    return [dist / path.name for path in built]


def build_into(project: Project, folder: Path) -> list[Path]:
    """Build and check both distributions in the new ``folder``; return their paths."""
    if not project.package.is_dir():
        raise StageError(f"{project.relative(project.package)} does not exist; run make")
    settings = {"SOURCE_DATE_EPOCH": EPOCH}
    run_tool("uv", *UV_BUILD, "--python", sys.executable, "--out-dir", str(folder), cwd=project.root, **settings)
    built = sorted(folder.iterdir())
    run_tool("twine", "check", "--strict", *map(str, built))
    run_tool("check_wheel_contents", *(str(path) for path in built if path.suffix == ".whl"))
    return built


def run_tool(module: str, *arguments: str, cwd: Path | None = None, **environment: str) -> None:
    """Run an installed tool without colours and input; StageError if it fails, with the end of what it printed."""
    inherited = {name: value for name, value in os.environ.items() if name not in COLORS}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=cwd,
        env=inherited | PLAIN | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        umask=0o022,  # file modes go into both archives
        check=False,
    )
    if done.returncode:
        raise StageError(f"{module} failed: {' '.join((done.stdout + done.stderr).split())[-600:]}")
