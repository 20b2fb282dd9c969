"""`make operations` lists what a document offers, and which of it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from support.small_document import small_document
from support.specs import whole_document
from support.workspace import Workspace

from scripts.pipeline.operations import table
from scripts.pipeline.source import read_source


def test_operations_stand_in_aligned_columns_by_tag() -> None:
    """Each operation is a line of operationId, method and path, tag, scope, and whether it is kept."""
    assert table(small_document(), {"updateFoo", "gone"}) == [
        "operationId  method and path           tag  scope       kept",
        "getBar       GET /2026-01/bars         Bar              -",
        "getFoo       GET /2026-01/foos/{id}    Foo  Foo_Read    -",
        "updateFoo    PATCH /2026-01/foos/{id}  Foo  Foo_Manage  kept",
    ]


def test_hostile_names_cannot_steer_a_terminal() -> None:
    """What is not printable is spelled as an escape; an operation without an id has one of its method and path."""
    document = small_document()
    document["paths"]["/2026-01/bars"]["get"]["operationId"] = ""
    document["paths"]["/2026-01/foos/{id}"]["get"]["operationId"] = "get\x1b[2J\nFoo"
    listed = "\n".join(table(document, set()))

    assert "get\\x1b[2J\\nFoo  GET" in listed
    assert "getBars " in listed


def test_listing_reads_the_published_document(workspace: Workspace, site: HTTPServer) -> None:
    """Without arguments the published URL of source.toml is read, as fetch does, and nothing is written."""
    version = read_source(workspace.project).version
    site.expect_ordered_request(f"/{version}/spec").respond_with_json(small_document(version))
    written = workspace.root / "openapi" / "source.toml"
    published = "https://api.criteo.com/{version}/retailmedia/open-api-specifications.json"
    assert published in written.read_text()
    written.write_text(written.read_text().replace(published, site.url_for("/{version}/spec")))
    before = workspace.files("openapi")
    ran = workspace.run("operations")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith(f"\n3 operations of {site.url_for(f'/{version}/spec')}, 0 of them kept\n")
    assert workspace.files("openapi") == before


def kept_here(workspace: Workspace) -> set[str]:
    """The operations of the workspace's document."""
    document = json.loads(workspace.project.upstream.read_bytes())
    return {described["operationId"] for methods in document["paths"].values() for described in methods.values()}


@pytest.mark.parametrize("there", [True, False], ids=["with upstream.json", "without"])
def test_kept_operations_are_those_of_upstream(workspace: Workspace, tmp_path: Path, there: bool) -> None:
    """Kept is what openapi/upstream.json holds; without that file nothing is."""
    upstream, count = workspace.project.upstream, len(kept_here(workspace))
    copy = tmp_path / "copy.json"
    copy.write_bytes(upstream.read_bytes())
    if not there:
        upstream.unlink()
    ran = workspace.run("operations", "--spec", copy)

    assert ran.returncode == 0
    assert ran.stdout.endswith(f"{count} operations of copy.json, {count if there else 0} of them kept\n")


def test_listing_without_a_document_is_refused_in_one_line(workspace: Workspace) -> None:
    """Where the document cannot be had, one line says so and names SPEC=; nothing else is listed instead."""
    ran = workspace.run("operations", "--spec", "https://no-such-host.invalid/spec")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("operations: https://no-such-host.invalid/spec: cannot be fetched")
    assert "give a file with SPEC=" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_another_version_is_listed_when_asked_for(workspace: Workspace, tmp_path: Path) -> None:
    """A document of another version is refused unless that version is named."""
    path = tmp_path / "next.json"
    path.write_text(json.dumps(small_document("2099-07")))

    assert "ask for VERSION=2099-07" in workspace.run("operations", "--spec", path).stderr
    assert workspace.run("operations", "--spec", path, "--version", "2099-07").returncode == 0


def test_whole_document_lists_every_operation(workspace: Workspace) -> None:
    """All 108 operations of 2026-01 are listed, those of openapi/upstream.json as kept."""
    ran = workspace.run("operations", "--spec", whole_document("2026-01"), "--version", "2026-01")
    listed = ran.stdout.splitlines()

    assert len(listed) == 110
    kept = {line.split()[0] for line in listed[1:-1] if line.endswith(" kept")}
    assert kept == kept_here(workspace) & {line.split()[0] for line in listed[1:-1]}
    assert listed[-1] == f"108 operations of retailmedia_2026-01.json, {len(kept)} of them kept"
