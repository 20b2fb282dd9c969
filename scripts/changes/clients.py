"""Find two documents, and make their clients, as the overlay is now, to compare them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scripts.changes.change import Report
from scripts.changes.facts import compare_clients
from scripts.changes.slots import Client
from scripts.pipeline import generator
from scripts.pipeline.download import is_url, load
from scripts.pipeline.overlay import allow_idle, patch_document, read_actions
from scripts.pipeline.validate import check_document
from scripts.project import Project, StageError, naming
from scripts.spec.document import Document, parse


def make_client(project: Project, document: Document, name: str) -> Client:
    """The client of a document, whatever the quirks that do nothing to it; no code is written.

    Raises:
        StageError: no client can be made of it.
    """
    patched = patch_document(project, document, allow_idle(read_actions(project)), name).document
    with naming(name):
        return Client(patched, check_document(project, patched))


def read_client(project: Project) -> Client:
    """The client of a project's openapi/patched.json.

    Raises:
        StageError: no client can be made of it.
    """
    name = project.relative(project.patched)
    patched = parse(project.patched.read_bytes(), name)
    with naming(name):
        return Client(patched, generator.read_document(project, patched))


def compare_documents(project: Project, old: Document, new: Document) -> Report:
    """Everything that changed from one document to another, with the clients made of them.

    A document of which no client can be made is no reason to be silent: the report says so, and knows no Python.
    """
    try:
        clients = make_client(project, old, "the old document"), make_client(project, new, "the new document")
    except (OSError, StageError) as error:
        return compare_clients(Client(old), Client(new), note=str(error))
    return compare_clients(*clients)


def read_document(project: Project, spec: str) -> Document:
    """The document at a URL or path, or as a commit of this repository has it.

    Raises:
        StageError: there is no such document or commit.
    """
    if is_url(spec) or Path(spec).is_file():
        return parse(load(spec).content, Path(spec).name)
    return parse(read_committed(project, spec, project.relative(project.upstream)), spec)


def read_committed(project: Project, revision: str, name: str) -> bytes:
    """A file of the project as a commit has it.

    Raises:
        StageError: git knows no such commit, or it has no such file.
    """
    command = ["git", "show", "--end-of-options", f"{revision}:./{name}"]  # whichever git the person has
    try:
        return subprocess.run(command, cwd=project.root, capture_output=True, check=True).stdout
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise StageError(f"{revision}: is neither a document nor a commit that has {name}") from error
