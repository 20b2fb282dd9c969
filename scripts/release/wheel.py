"""Run the tests of tests/client/ on the built wheel, installed where the repository's package is out of reach."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from scripts.files import copy_below
from scripts.project import Project, StageError
from scripts.release.dist import build_into, run_tool
from scripts.release.example import make_example

# What is installed, with hashes; `make lock` writes them.
TOOLS = "tests/client/requirements.lock"
LOWEST = "tests/client/requirements.lowest.lock"
PARTS = ("pyproject.toml", "openapi/patched.json", "tests/client", "tests/support/json_values.py")

CONFTEST = '''"""The package under test is the installed one."""

import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import criteo_retail_media

assert Path(criteo_retail_media.__file__).is_relative_to(Path(sys.prefix).resolve()), criteo_retail_media.__file__


def pytest_report_header() -> str:
    """What the tests run on."""
    names = ["criteo-retail-media", "attrs", "httpx", "python-dateutil", *(["msgspec"] if find_spec("msgspec") else [])]
    return "installed: " + ", ".join(f"{name} {version(name)}" for name in names)
'''


def run_client_tests(project: Project, *, lowest: bool = False, arguments: Sequence[str] = ()) -> None:
    """Build the wheel, install it in a new environment, and run the tests of tests/client/ on it.

    Where the client lacks the operation that these tests are of, the wheel is built of one that has it alone.
    ``lowest`` installs the lowest versions of the dependencies that pyproject.toml allows, that of the extra `fast`
    too, so that the tests run both with it and without. pytest's output is shown.

    Raises:
        StageError: the wheel cannot be built or installed, or a test fails.
    """
    with tempfile.TemporaryDirectory(prefix="criteo-wheel-") as scratch:
        example = make_example(project, Path(scratch) / "example")
        built = build_into(example, Path(scratch) / "dist")
        (wheel,) = (path for path in built if path.suffix == ".whl")
        python = install(wheel, Path(scratch) / "environment", project, lowest=lowest)
        copy_parts(project, folder := Path(scratch) / "tests-only")
        shutil.copyfile(example.patched, folder / "openapi" / example.patched.name)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", "tests/client", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode:
        raise StageError(f"the tests fail on the installed {wheel.name}; pytest says above which")


def install(wheel: Path, environment: Path, project: Project, *, lowest: bool) -> Path:
    """Make an environment with the wheel, its dependencies and the tests' tools; return its Python."""
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    for lock in (TOOLS, LOWEST) if lowest else (TOOLS,):
        _install(python, "--require-hashes", "--only-binary", ":all:", "--requirement", str(project.root / lock))
    _install(python, "--no-deps", "--no-index", str(wheel))
    _pip(python, "check")
    return python


def copy_parts(project: Project, folder: Path) -> None:
    """Copy what the tests need, and nothing of generated/, into ``folder``."""
    copy_below(project.root, folder, PARTS)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")


def _install(python: Path, *arguments: str) -> None:
    _pip(python, "install", "--no-compile", *arguments)  # the tests import a part of it, once


def _pip(python: Path, command: str, *arguments: str) -> None:
    """Run this environment's pip on another one, which has none of its own."""
    options = ("--quiet", "--disable-pip-version-check", "--no-input")
    try:
        run_tool("pip", "--python", str(python), command, *options, *arguments)
    except StageError as error:
        reason = str(error).partition(": ")[2]
        raise StageError(f"pip {command} failed in the environment of the tests: {reason}") from error
