"""Fetch Criteo's document into openapi/upstream.json: the operations wanted, and what they reach."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scripts import stage
from scripts.pipeline import download, source
from scripts.pipeline.download import NotModified
from scripts.pipeline.source import Fetched, Source
from scripts.spec.document import Document, dump, parse
from scripts.spec.select import offered, select
from scripts.stage import StageError


@dataclass(frozen=True)
class Upstream:
    """A document that was read and found to be of the wanted version."""

    document: Document
    origin: str
    etag: str
    content: bytes


def check(document: Document, version: str, name: str) -> None:
    """Refuse a document that is not an OpenAPI 3.0 document of the wanted API version.

    Raises:
        StageError: it is another kind of document, another version, or lacks ``paths`` or ``components``.
    """
    if "swagger" in document:
        raise StageError(f"{name}: is a Swagger {document['swagger']} document; the overlay expects OpenAPI 3.0")
    if not str(found := document.get("openapi")).startswith("3.0."):
        kind = f"is an OpenAPI {found} document" if found else "has no `openapi` key"
        raise StageError(f"{name}: {kind}; the overlay expects OpenAPI 3.0")
    info = document.get("info")
    if (found := info.get("version") if isinstance(info, dict) else None) != version:
        raise StageError(f"{name}: is version {found}, not {version}; ask for VERSION={found} or check the URL")
    for key in ("paths", "components"):
        if not isinstance(document.get(key), dict) or not document[key]:
            raise StageError(f"{name}: has no {key}, so there is nothing to generate from; check the URL")


def load(spec: str, version: str, *, etag: str = "") -> Upstream:
    """The document at a URL or path.

    Raises:
        NotModified: the server still has what ``etag`` names.
        StageError: it cannot be had, cannot be read, or is not the document wanted.
    """
    got = download.load(spec, etag=etag)
    name = download.shown(spec)
    document = parse(got.content, name)
    check(document, version, name)
    return Upstream(document, name, got.etag, got.content)


def report(old: bytes, new: bytes, kept: Document) -> list[str]:
    """What changed between the bytes on disk and those to replace them, in lines; empty where nothing did."""
    name = stage.relative(stage.UPSTREAM)
    if old == new:
        return []
    if not old:
        return [f"{name}: new"]
    from scripts.changes.report import between  # slow to import: it brings the generator

    try:
        told = between(parse(old, name), kept)
    except StageError as error:
        return [f"no comparison with what was there: {error}"]
    return told.splitlines() or [f"{name}: only the order or the spelling of its parts changed"]


def record(upstream: Upstream, spec: str, kept: bytes) -> Fetched:
    """What source.toml says of a fetch."""
    return Fetched(
        origin=upstream.origin,
        date=datetime.now(UTC).date().isoformat(),
        etag=upstream.etag if spec == upstream.origin else "",  # it holds for the very URL that gave it
        sha256_downloaded=_sha256(upstream.content),
        sha256_kept=_sha256(kept),
    )


def fetch(spec: str, wanted: Source, written: str, *, check_only: bool) -> int:
    """Fetch what ``wanted`` says, print what changed, and replace the document and (``written``) source.toml's text."""
    name, recorded = stage.relative(stage.UPSTREAM), source.read(written)
    old = stage.UPSTREAM.read_bytes() if stage.UPSTREAM.is_file() else b""
    on_disk = spec == recorded.fetched.origin and wanted == recorded and _sha256(old) == recorded.fetched.sha256_kept
    try:
        upstream = load(spec, wanted.version, etag=recorded.fetched.etag if on_disk else "")
    except NotModified:
        print(f"{name}: unchanged, says {spec}")
        return 0
    kept = select(upstream.document, wanted.operations)
    new = dump(kept)
    print(
        f"{upstream.origin}: kept {len(offered(kept))} of {len(offered(upstream.document))} operations, "
        f"{len(kept['components'].get('schemas', {}))} schemas; {len(upstream.content)} bytes read, {len(new)} kept"
    )
    changed = report(old, new, kept)
    print(*changed, sep="\n", end="\n" if changed else "")
    if check_only or not changed:
        print(f"{name}: {'changed; `make fetch` takes the changes' if changed else 'unchanged'}")
    if check_only:
        return 1 if changed else 0
    fetched = record(upstream, spec, new)
    if changed or wanted != recorded or replace(fetched, date=recorded.fetched.date) != recorded.fetched:
        rewritten = source.rewrite(written, replace(wanted, fetched=fetched))
        stage.replace_files({stage.UPSTREAM: new, stage.SOURCE: rewritten.encode()})
        print(f"{name}: written; `make` regenerates the client from it" if changed else "openapi/source.toml: written")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--version", help="API version, such as 2026-01 (source.toml's where not given)")
    parser.add_argument("--spec", help="URL or path of the document, JSON or YAML (source.toml's URL where not given)")
    parser.add_argument("--operations", help='operationIds, patterns ("get*"), tags ("tag:Audience"); "*" for all')
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything changed")
    arguments = parser.parse_args(argv)

    def work() -> int:
        written = source.text()
        recorded = source.read(written)
        wanted = recorded.at(arguments.version or recorded.version)
        if arguments.operations:
            wanted = replace(wanted, operations=tuple(arguments.operations.split()))
        return fetch(arguments.spec or wanted.document_url, wanted, written, check_only=arguments.check)

    return stage.run(work)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
