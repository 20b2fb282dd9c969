"""A copy of the repository's working parts, for tests that change them."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.example import EXAMPLE
from support.specs import ROOT

from scripts.__main__ import main
from scripts.project import Project

PROJECT = Project(ROOT)  # the repository itself; tests only read it

WORKING_PARTS = ("Makefile", "pyproject.toml", "requirements.lock", "openapi", "overlay", "scripts", "generated")


@dataclass(frozen=True)
class Workspace:
    """A copy of the repository's working parts, free to be changed."""

    root: Path

    @property
    def project(self) -> Project:
        """The copy's paths, as stages take them."""
        return Project(self.root)

    def run(self, command: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Do what ``python -m scripts <command>`` does, in this process; ``environment`` is added to its own."""
        words = [command, *map(str, arguments)]
        stdout, stderr = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
            for name, value in environment.items():
                patch.setenv(name, value)
            status = main(words, self.project)
        return subprocess.CompletedProcess(words, status, stdout.getvalue(), stderr.getvalue())

    def start(
        self, command: str, *arguments: str | Path, cwd: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command in a process of its own, which costs a second: where that is the point."""
        return subprocess.run(
            [sys.executable, "-m", "scripts", command, *arguments],
            cwd=cwd or self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)} | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def files(self, folder: str) -> dict[str, bytes]:
        """Every file under a folder with its content, but for Python's caches."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        }


def copy_to(root: Path) -> Workspace:
    """The repository's working parts in the new folder ``root``, with the operation selected that tests are of."""
    root.mkdir()
    for part in WORKING_PARTS:
        origin = (EXAMPLE.root if part in ("openapi", "generated") else ROOT) / part
        if origin.is_dir():
            shutil.copytree(origin, root / part, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        elif origin.exists():
            shutil.copy2(origin, root / part)
    return Workspace(root)
