"""What changes/, release/ and bump still take from here; it goes once they take a Project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scripts.files import replace_directory, replace_file, replace_files
from scripts.project import Project, StageError, printable

__all__ = ["StageError", "printable", "replace_directory", "replace_file", "replace_files"]

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Project(ROOT).source
UPSTREAM = Project(ROOT).upstream
PATCHED = Project(ROOT).patched
OVERLAY = Project(ROOT).overlay
TEMPLATES = Project(ROOT).templates
RUNTIME = Project(ROOT).runtime
GENERATED = Project(ROOT).generated
PACKAGE = Project(ROOT).package


def run(stage: Callable[[], int]) -> int:
    """Run a stage's work; the door turns its errors into a line."""
    return stage()


def relative(path: Path) -> str:
    """The path as a person in the repository would type it."""
    return Project(ROOT).relative(path)
