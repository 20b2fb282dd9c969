"""Reports on two documents, whose clients are made once for all tests of a process."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path

from support.specs import ROOT, whole_document

from scripts.changes.change import Report
from scripts.changes.clients import make_client
from scripts.changes.facts import compare_clients
from scripts.changes.slots import Client
from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import allow_idle, patch_document, read_actions
from scripts.project import Project
from scripts.spec.document import Document, parse
from scripts.spec.select import select

PROJECT = Project(ROOT)


def client_of(document: Document) -> Client:
    """The client of a document."""
    return _client_of(json.dumps(document))


@functools.cache
def _client_of(text: str) -> Client:
    return make_client(PROJECT, json.loads(text), "document")


def build_client(document: Document) -> Path:
    """A folder that holds the package that is made of a document."""
    folder = Path(tempfile.mkdtemp(prefix="criteo-report-"))
    atexit.register(shutil.rmtree, folder)
    patched = patch_document(PROJECT, document, allow_idle(read_actions(PROJECT)), "document")
    build_package(PROJECT, patched, folder / "criteo_retail_media")
    return folder


@functools.cache
def whole(version: str) -> str:
    """The text of a whole document."""
    return whole_document(version).read_text("utf-8")


def selected(version: str, operations: tuple[str, ...] = ("*",)) -> Document:
    """A whole document, or some of its operations."""
    return select(parse(whole(version).encode(), version), operations)


def compare(old: Document, new: Document) -> Report:
    """The report on two documents."""
    return compare_clients(client_of(old), client_of(new))
