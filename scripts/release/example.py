"""The client that README's examples and tests/client are of, whatever operations the repository has selected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scripts.files import copy_below, sha256
from scripts.pipeline.generate import generate_client
from scripts.pipeline.overlay import patch_upstream, write_patched
from scripts.pipeline.source import api_version, read_source, read_text, rewrite_source
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
    content = (project.root / DOCUMENT).read_bytes()
    copy.upstream.write_bytes(content)
    source = read_source(copy).at(api_version(parse(content, DOCUMENT)["info"]["version"]))
    fetched = replace(source.fetched, origin=Path(DOCUMENT).name, sha256_kept=sha256(content))
    source = replace(source, operations=(OPERATION,), fetched=fetched)
    copy.source.write_text(rewrite_source(read_text(copy), source), encoding="utf-8")
    patched = patch_upstream(copy)
    write_patched(copy, patched)
    generate_client(copy, patched)
    return copy
