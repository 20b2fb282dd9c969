"""The project whose client README's examples and tests/client are of: this one, or a copy of it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from support.workspace import PROJECT

from scripts.project import Project
from scripts.release.example import make_example

_MADE = "CRITEO_EXAMPLE_PROJECT"


def _find() -> Project:
    """Made once, by the first process of a run: its workers inherit the variable."""
    if _MADE not in os.environ:
        folder = tempfile.mkdtemp(prefix="criteo-example-")
        atexit.register(shutil.rmtree, folder)
        os.environ[_MADE] = str(make_example(PROJECT, Path(folder, "repository")).root)
    return Project(Path(os.environ[_MADE]))


EXAMPLE = _find()
