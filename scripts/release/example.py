"""The client that README's examples and tests/client are of, whatever operations the repository has selected."""

from __future__ import annotations

from pathlib import Path

from scripts.files import copy_below
from scripts.pipeline.fetch import fetch_document, write_fetched
from scripts.pipeline.generate import generate_client
from scripts.pipeline.overlay import patch_upstream, write_patched
from scripts.pipeline.source import api_version
from scripts.project import Project
from scripts.spec.document import parse

OPERATION = "bulkUpdateAudienceSegments"
OPERATION_MODULE = "api/audience/bulk_update_audience_segments.py"
# The document of that operation alone.
DOCUMENT = "tests/documents/audience_segments.json"
PARTS = ("pyproject.toml", "README.md", "CHANGELOG.md", "overlay", "openapi", "generated/README.md")


def has_example(project: Project) -> bool:
    """Whether the generated client has the operation."""
    return (project.package / OPERATION_MODULE).is_file()


def make_example(project: Project, root: Path) -> Project:
    """The project itself where its client has the operation, else a copy in the new folder ``root`` that has it."""
    return project if has_example(project) else write_example(project, root)


def write_example(project: Project, root: Path) -> Project:
    """A copy of the project in the new folder ``root`` that selects the operation alone, with its client."""
    copy = Project(root)
    copy_below(project.root, root, PARTS)
    document = project.root / DOCUMENT
    version = api_version(parse(document.read_bytes(), DOCUMENT)["info"]["version"])
    write_fetched(copy, fetch_document(copy, str(document), version, (OPERATION,)))
    patched = patch_upstream(copy)
    write_patched(copy, patched)
    generate_client(copy, patched)
    return copy
