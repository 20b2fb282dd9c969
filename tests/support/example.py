"""The project that most tests are of: this one, or a copy of it that selects the operation which it shipped with.

So what tests know of the shipped operation holds whatever was selected, which others test for what it is.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from support.specs import ROOT

from scripts.project import Project
from scripts.release.example import has_example, write_example

_MADE = "CRITEO_EXAMPLE_PROJECT"


def _find() -> Project:
    """Made once, by the first process of a run: its workers inherit the variable."""
    project = Project(ROOT)
    if has_example(project) and len([*project.package.glob("api/*/[!_]*.py")]) == 1:
        return project
    if _MADE not in os.environ:
        folder = tempfile.mkdtemp(prefix="criteo-example-")
        atexit.register(shutil.rmtree, folder)
        os.environ[_MADE] = str(write_example(project, Path(folder, "repository")).root)
    return Project(Path(os.environ[_MADE]))


EXAMPLE = _find()
