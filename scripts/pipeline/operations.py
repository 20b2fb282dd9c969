"""List what the document offers: operationId, method and path, tags, scopes, and whether upstream.json has it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from scripts import stage
from scripts.pipeline import source
from scripts.pipeline.fetch import load
from scripts.spec.document import Document, parse
from scripts.spec.select import offered
from scripts.stage import printable

HEADINGS = ("operationId", "method and path", "tag", "scope", "kept")


def table(document: Document, kept: set[str]) -> list[str]:
    """The operations as lines of aligned columns, by tag and operationId, under a line of headings."""
    rows = [
        (
            printable(operation.id) or "(none)",
            printable(f"{operation.method.upper()} {operation.path}"),
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


def main(argv: Sequence[str] | None = None) -> int:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", help="API version, such as 2026-01 (source.toml's where not given)")
    parser.add_argument("--spec", help="URL or path of the document, JSON or YAML (source.toml's URL where not given)")
    arguments = parser.parse_args(argv)

    def work() -> int:
        recorded = source.read(source.text())
        wanted = recorded.at(arguments.version or recorded.version)
        upstream = load(arguments.spec or wanted.document_url, wanted.version)
        kept: set[str] = set()
        if stage.UPSTREAM.is_file():
            kept = {each.id for each in offered(parse(stage.UPSTREAM.read_bytes(), stage.relative(stage.UPSTREAM)))}
        print(*table(upstream.document, kept), sep="\n")
        every = [operation.id for operation in offered(upstream.document)]
        print(f"{len(every)} operations of {upstream.origin}, {len(kept.intersection(every))} of them kept")
        return 0

    return stage.run(work)
