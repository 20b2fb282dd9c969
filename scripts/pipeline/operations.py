"""List what the document offers: operationId, method and path, tags, scopes, and whether upstream.json has it."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.pipeline.fetch import load_upstream
from scripts.pipeline.source import read_source
from scripts.project import Project, printable
from scripts.spec.document import Document, parse
from scripts.spec.select import offered


@dataclass(frozen=True)
class Listing:
    """What a document offers, and which operationIds of it are kept here."""

    document: Document
    origin: str
    kept: set[str]


HEADINGS = ("operationId", "method and path", "tag", "scope", "kept")


def table(document: Document, kept: set[str]) -> list[str]:
    """The operations as lines of aligned columns, by tag and operationId, under a line of headings."""
    rows = [
        (
            printable(operation.id),
            printable(operation.place),
            printable(", ".join(operation.tags)),
            printable(", ".join(operation.scopes)),
            "kept" if operation.id in kept else "-",
        )
        for operation in sorted(offered(document), key=lambda operation: (operation.tags, operation.id))
    ]
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (HEADINGS, *rows)
    ]


def list_operations(project: Project, spec: str | None = None, version: str | None = None) -> Listing:
    """The operations of the document that the arguments or source.toml name; raises StageError as fetch does."""
    source = read_source(project)
    source = source.at(version or source.version)
    upstream = load_upstream(spec or source.document_url, source.version)
    kept: set[str] = set()
    if project.upstream.is_file():
        kept = {each.id for each in offered(parse(project.upstream.read_bytes(), project.relative(project.upstream)))}
    return Listing(upstream.document, upstream.origin, kept)
