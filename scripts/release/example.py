"""The client that README's examples and tests/client are of, whatever operations the repository has selected."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.pipeline.generate import generate_client
from scripts.pipeline.overlay import patch_upstream, write_patched
from scripts.project import Project

OPERATION_MODULE = "api/audience/bulk_update_audience_segments.py"
# The document of that operation alone.
DOCUMENT = "tests/documents/audience_segments.json"
PARTS = ("pyproject.toml", "README.md", "CHANGELOG.md", "overlay", "openapi")


def has_example(project: Project) -> bool:
    """Whether the generated client has the operation."""
    return (project.package / OPERATION_MODULE).is_file()


def make_example(project: Project, root: Path) -> Project:
    """The project itself where its client has the operation, else a copy in the new folder ``root`` that has it.

    Raises:
        StageError: the client cannot be generated.
    """
    if has_example(project):
        return project
    copy = Project(root)
    root.mkdir(parents=True)
    for part in PARTS:
        if (project.root / part).is_dir():
            shutil.copytree(project.root / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif (project.root / part).is_file():
            shutil.copyfile(project.root / part, root / part)
    shutil.copyfile(project.root / DOCUMENT, copy.upstream)
    patched = patch_upstream(copy)
    write_patched(copy, patched)
    generate_client(copy, patched)
    return copy
