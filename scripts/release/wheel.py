"""Run the tests of tests/client/ on the built wheel, installed where the repository's package is out of reach."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import tomllib
import venv
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from scripts import stage
from scripts.release import dist as build_distribution
from scripts.stage import StageError

# What the tests need besides the package.
TOOLS = ("hypothesis", "pytest", "pytest-httpserver", "pytest-xdist")
PARTS = ("pyproject.toml", "openapi/patched.json", "tests/client", "tests/json_values.py")

CONFTEST = '''"""The package under test is the installed one."""

import sys
from pathlib import Path

import criteo_retail_media

assert Path(criteo_retail_media.__file__).is_relative_to(Path(sys.prefix).resolve()), criteo_retail_media.__file__
'''


def requirements() -> list[str]:
    """What the package depends on, as pyproject.toml has it."""
    return list(tomllib.loads((stage.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])


def locked() -> dict[str, str]:
    """The versions of this environment, which are those of requirements.lock."""
    return {each.metadata["Name"].lower(): each.version for each in distributions()}


def lowest(dependencies: list[str]) -> dict[str, str]:
    """The lowest version that each of them allows: of ``httpx>=0.27,<0.29`` it is 0.27.

    Raises:
        StageError: one has no lower bound.
    """
    bounds = {}
    for requirement in map(Requirement, dependencies):
        found = [Version(each.version) for each in requirement.specifier if each.operator in (">=", "~=", "==")]
        if not found:
            raise StageError(f"pyproject.toml: {requirement} has no lower bound; say the lowest version that works")
        bounds[requirement.name.lower()] = str(max(found))
    return bounds


def install(wheel: Path, environment: Path, versions: dict[str, str]) -> Path:
    """Make an environment with the wheel and the tools in these versions; return its Python."""
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    constraints = environment / "constraints.txt"
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()), encoding="utf-8")
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--constraint", constraints)
    done = subprocess.run([python, *pip, wheel, *TOOLS], capture_output=True, text=True, check=False)
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise StageError(f"pip cannot install {wheel.name}: {' '.join(told)[-600:] or done.stderr.strip()[-600:]}")
    return python


def copy_parts(folder: Path) -> None:
    """Copy what the tests need, and nothing of generated/, into the new ``folder``."""
    for part in PARTS:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        if (stage.ROOT / part).is_dir():
            shutil.copytree(stage.ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(stage.ROOT / part, folder / part)
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")


def main(argv: list[str] | None = None) -> int:
    """Build the wheel and run the tests of tests/client/ on it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--lowest", action="store_true", help="with the lowest versions that pyproject.toml allows")
    parser.add_argument("arguments", nargs="*", help="more arguments for pytest; the first one after --")
    options = parser.parse_args(argv)

    def work() -> int:
        bounds = lowest(requirements()) if options.lowest else {}
        with tempfile.TemporaryDirectory(prefix="criteo-wheel-") as scratch:
            built = build_distribution.build(stage.ROOT, Path(scratch) / "dist")
            (wheel,) = (path for path in built if path.suffix == ".whl")
            versions = locked() | bounds
            python = install(wheel, Path(scratch) / "environment", versions)
            shown = ", ".join(f"{name} {versions[name]}" for name in lowest(requirements()))
            print(f"installed {wheel.name} with {shown}", flush=True)
            copy_parts(folder := Path(scratch) / "tests-only")
            environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
            command = [python, "-m", "pytest", "-p", "no:cacheprovider", "tests/client", *options.arguments]
            done = subprocess.run(command, cwd=folder, env=environment, check=False)
        if done.returncode:
            raise StageError(f"the tests fail on the installed {wheel.name}; pytest says above which")
        return 0

    return stage.run(work)
