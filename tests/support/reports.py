"""Reports on two documents, whose clients are made once for all tests of a process."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path

from support.specs import ROOT, whole_document

from scripts.changes.change import Fact, Report
from scripts.changes.clients import make_client
from scripts.changes.facts import compare_clients
from scripts.changes.slots import Client
from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import allow_idle, patch_document, read_actions
from scripts.project import Project
from scripts.spec.document import Document, parse
from scripts.spec.select import select

PROJECT = Project(ROOT)


class Made:
    """A client, and the folder that holds its package, which is built when it is asked for."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.client = make_client(PROJECT, document, "document")

    @functools.cached_property
    def folder(self) -> Path:
        """The folder, until the process ends."""
        folder = Path(tempfile.mkdtemp(prefix="criteo-report-"))
        atexit.register(shutil.rmtree, folder)
        patched = patch_document(PROJECT, self.document, allow_idle(read_actions(PROJECT)), "document")
        build_package(PROJECT, patched, folder / "criteo_retail_media")
        return folder


def client_of(document: Document) -> Made:
    """The client of a document."""
    return _client_of(json.dumps(document))


@functools.cache
def _client_of(text: str) -> Made:
    return Made(json.loads(text))


@functools.cache
def whole(version: str) -> str:
    """The text of a whole document."""
    return whole_document(version).read_text("utf-8")


def selected(version: str, operations: tuple[str, ...] = ("*",)) -> Document:
    """A whole document, or some of its operations."""
    return select(parse(whole(version).encode(), version), operations)


def compare(old: Document, new: Document) -> Report:
    """The report on two documents."""
    return compare_clients(client_of(old).client, client_of(new).client)


def compare_alone(old: Document | Client, new: Document) -> Report:
    """The report on two documents of which no clients are made."""
    return compare_clients(old if isinstance(old, Client) else Client(old), Client(new))


def initials(fact: Fact) -> str:
    """What a fact breaks, a letter each: import, call, read, wire, silent."""
    return "".join(sorted(effect[0] for effect in fact.effects))


def spell(fact: Fact) -> str:
    """A fact in one line: what it breaks, verb, operation, path, texts."""
    return f"{initials(fact)} {fact.verb} {fact.places[0].call} {fact.path}: {fact.was} → {fact.now}".strip()
