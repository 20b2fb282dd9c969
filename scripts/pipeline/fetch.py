"""Fetch Criteo's document into openapi/upstream.json: the operations selected, and what they reach."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scripts.files import replace_files, sha256
from scripts.pipeline import download
from scripts.pipeline.hosts import find_foreign_hosts
from scripts.pipeline.shape import refuse
from scripts.pipeline.source import Fetched, Source, api_version, read_source, read_text, rewrite_source
from scripts.project import Project, StageError, naming
from scripts.spec.document import Document, dump, parse
from scripts.spec.select import Offered, offered, select

PRODUCT = "RetailMedia"


@dataclass(frozen=True)
class Upstream:
    """A document of the requested version."""

    document: Document
    origin: str
    etag: str
    content: bytes


@dataclass(frozen=True)
class Fetch:
    """A document fetched for a project, cut down to its selection, and not written yet."""

    recorded: Source
    source: Source
    upstream: Upstream
    kept: Document
    old: bytes  # of openapi/upstream.json; empty where there is none
    new: bytes

    @property
    def is_changed(self) -> bool:
        """Whether the document kept is another than the one on disk."""
        return self.old != self.new

    def differs_by_selection_alone(self, old: Document) -> bool:
        """Whether the document says of the operations that were kept before what it said then."""
        before = [operation.id for operation in offered(old)]
        is_there = {operation.id for operation in offered(self.upstream.document)}.issuperset(before)
        return is_there and dump(select(self.upstream.document, before)) == self.old

    @property
    def product(self) -> str:
        """The product that the document is of, as its description says it: ``Criteo API - RetailMedia``."""
        described = str(self.upstream.document["info"].get("description", ""))
        match = re.match(r"Criteo API - (\S.*)", described)
        return match[1] if match else PRODUCT

    @property
    def unnamed(self) -> list[Offered]:
        """The operations kept for which the document has no operationId."""
        kept = {operation.id for operation in offered(self.kept)}
        return [each for each in offered(self.upstream.document) if not each.is_named and each.id in kept]

    @property
    def is_recorded(self) -> bool:
        """Whether source.toml says all of this already, but for the date."""
        fetched = replace(self.source.fetched, date=self.recorded.fetched.date)
        return not self.is_changed and replace(self.source, fetched=fetched) == self.recorded


def check_kind(document: Document, version: str, name: str) -> None:
    """Refuse, with StageError, what is no OpenAPI 3.0 document of the requested API version, or is an empty one."""
    if "swagger" in document:
        raise StageError(f"{name}: is a Swagger {document['swagger']} document; the overlay expects OpenAPI 3.0")
    if not str(found := document.get("openapi")).startswith("3.0."):
        kind = f"is an OpenAPI {found} document" if found else "has no `openapi` key"
        raise StageError(f"{name}: {kind}; the overlay expects OpenAPI 3.0")
    info = document.get("info")
    if (found := api_version(info.get("version") if isinstance(info, dict) else None)) != version:
        raise StageError(f"{name}: is version {found}, not {version}; ask for VERSION={found} or check the URL")
    for key in ("paths", "components"):
        if not isinstance(document.get(key), dict) or not document[key]:
            raise StageError(f"{name}: has no {key}, so there is nothing to generate from; check the URL")


def load_upstream(spec: str, version: str, *, etag: str = "") -> Upstream:
    """The document at a URL or path.

    Raises:
        NotModified: the server still has what ``etag`` names.
        StageError: it cannot be loaded or read, or is not the requested document.
    """
    got = download.load(spec, etag=etag)
    name = download.shown(spec)
    document = parse(got.content, name)
    check_kind(document, version, name)
    return Upstream(document, name, got.etag, got.content)


# The entries of a selection, as they name the same operations in a newer document.
Follow = Callable[[Sequence[str], Document, Document], tuple[str, ...]]


def fetch_document(
    project: Project,
    spec: str | None = None,
    version: str | None = None,
    operations: tuple[str, ...] = (),
    follow: Follow | None = None,
) -> Fetch:
    """Fetch the document that the arguments or source.toml name; `write_fetched` takes it.

    ``follow`` carries the selection of source.toml over from the document on disk.

    Raises:
        NotModified: the server still has what is on disk.
        StageError: the document cannot be had or used.
    """
    recorded = read_source(project)
    source = recorded.at(version or recorded.version)
    if operations:
        source = replace(source, operations=operations)
    address = spec or source.document_url
    old = project.upstream.read_bytes() if project.upstream.is_file() else b""
    is_on_disk = (
        address == recorded.fetched.origin and source == recorded and sha256(old) == recorded.fetched.sha256_kept
    )
    upstream = load_upstream(address, source.version, etag=recorded.fetched.etag if is_on_disk else "")
    if follow and old and not operations and (written := _read_old(project, old)):
        source = replace(source, operations=follow(source.operations, written, upstream.document))
    kept = select(upstream.document, source.operations)
    with naming(upstream.origin):
        refuse(find_foreign_hosts(kept, source.hosts))
    new = dump(kept)
    fetched = record_fetch(upstream, address, new)
    return Fetch(recorded, replace(source, fetched=fetched), upstream, kept, old, new)


def _read_old(project: Project, content: bytes) -> Document | None:
    """The document on disk; None if it was broken since, which is no reason not to fetch it again."""
    try:
        return parse(content, project.relative(project.upstream))
    except StageError:
        return None


def record_fetch(upstream: Upstream, address: str, kept: bytes) -> Fetched:
    """What source.toml says of a fetch."""
    return Fetched(
        origin=upstream.origin,
        date=datetime.now(UTC).date().isoformat(),
        etag=upstream.etag if address == upstream.origin else "",  # it holds for the very URL that gave it
        sha256_downloaded=sha256(upstream.content),
        sha256_kept=sha256(kept),
    )


def write_fetched(project: Project, fetch: Fetch) -> bool:
    """Replace the document and source.toml together; return whether there was anything to write."""
    if fetch.is_recorded:
        return False
    text = rewrite_source(read_text(project), fetch.source)
    replace_files({project.upstream: fetch.new, project.source: text.encode()})
    return True
