"""A copy of the repository's working parts, for tests that change them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.specs import ROOT

WORKING_PARTS = ("Makefile", "pyproject.toml", "requirements.lock", "openapi", "overlay", "scripts", "generated")


@dataclass(frozen=True)
class Workspace:
    """A copy of the repository's working parts, free to be changed."""

    root: Path

    def run(self, stage: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``python -m scripts <stage>`` there as a person would; ``environment`` is added to this one's."""
        return subprocess.run(
            [sys.executable, "-m", "scripts", stage, *arguments],
            cwd=self.root,
            env=os.environ | environment,
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
    """The repository's working parts in the new folder ``root``."""
    root.mkdir()
    for part in WORKING_PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        elif (ROOT / part).exists():
            shutil.copy2(ROOT / part, root / part)
    return Workspace(root)
