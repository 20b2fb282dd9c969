"""The two packages that are compared: ours by `make generate`, and the bare generator's of the same document."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from measure import Row, alternate
from support import workspace
from support.specs import ROOT

from scripts.project import StageError

GENERATIONS = 5


@dataclass(frozen=True)
class Packages:
    """A document, a copy of the repository's working parts that has our package of it, and the bare generator's."""

    document: Path
    ours: Path
    default: Path

    @property
    def scratch(self) -> Path:
        """A folder for whatever a measurement makes."""
        return self.default.parent

    @property
    def paths(self) -> list[str]:
        """What makes `criteo_retail_media` and `default_output` importable."""
        return [str(self.ours / "generated"), str(self.scratch)]

    def make(self, *arguments: str) -> float:
        """Run a target of the copy's Makefile with this repository's tools; the seconds it took."""
        return _run("make", "--silent", f"VENV={ROOT / '.venv'}", *arguments, cwd=self.ours)

    def generate_default(self) -> float:
        """Run the bare generator with its defaults, its formatting included; it drops what it cannot read."""
        shutil.rmtree(self.default, ignore_errors=True)
        arguments = ("--path", str(self.document), "--meta", "none", "--output-path", str(self.default))
        return _run(sys.executable, "-m", "openapi_python_client", "generate", *arguments, cwd=self.scratch)


def prepare(document: Path, scratch: Path, *, whole: bool) -> Packages:
    """Generate both packages of the document."""
    packages = Packages(document, scratch / "ours", scratch / "default_output")
    workspace.copy_to(packages.ours)
    if whole:
        packages.make("fetch", f"SPEC={document}", "OPERATIONS=*")
    packages.make("generate")
    packages.generate_default()
    return packages


def rows(packages: Packages) -> list[Row]:
    """The pipeline as people run it, against the generator alone."""
    ours, theirs = alternate(lambda: packages.make("generate"), packages.generate_default, GENERATIONS)
    what = "generating, overlay and checks included"
    return [Row(what, "the bare generator, with its formatting", "s", ours, theirs, share=True, minimum=1.5)]


def _run(*command: str, cwd: Path) -> float:
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    began = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=os.environ | {"PATH": tools}, capture_output=True, text=True)
    took = time.perf_counter() - began
    if done.returncode:
        raise StageError(f"{command[0]} failed: {' '.join((done.stdout + done.stderr).split())[-400:]}")
    return took
