"""List what the document offers: operationId, method and path, tags, scopes, and whether upstream.json has it."""

from __future__ import annotations

from scripts.pipeline.fetch import Upstream, load_upstream
from scripts.pipeline.source import read_source
from scripts.project import Project, printable
from scripts.spec.document import Document, parse
from scripts.spec.select import offered

HEADINGS = ("operationId", "method and path", "tag", "scope", "kept")


def table(document: Document, kept: set[str]) -> list[str]:
    """The operations as lines of aligned columns, by tag and operationId, under a line of headings."""
    rows = [
        (each.id, each.place, ", ".join(each.tags), ", ".join(each.scopes), "kept" if each.id in kept else "-")
        for each in sorted(offered(document), key=lambda operation: (operation.tags, operation.id))
    ]
    lines = [[printable(cell) for cell in row] for row in (HEADINGS, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def list_operations(project: Project, spec: str | None, version: str | None) -> tuple[Upstream, set[str]]:
    """The document that the arguments or source.toml name, and the ids kept; raises StageError as fetch does."""
    source = read_source(project)
    source = source.at(version or source.version)
    upstream = load_upstream(spec or source.document_url, source.version)
    if not project.upstream.is_file():
        return upstream, set()
    kept = parse(project.upstream.read_bytes(), project.relative(project.upstream))
    return upstream, {operation.id for operation in offered(kept)}
