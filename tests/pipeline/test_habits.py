"""Habits of documents that have one right reading: they are read, by rule, and the client does what they mean."""

from __future__ import annotations

import importlib
import json
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from support.specs import ROOT, read_document
from support.workspace import PROJECT, Workspace

from scripts.__main__ import main
from scripts.pipeline.generate import build_package, check_imports
from scripts.pipeline.overlay import Patched, patch_document, read_actions
from scripts.pipeline.prepare import prepare_document
from scripts.spec.document import Document, parse
from scripts.spec.select import offered, select

HABITS = sorted((ROOT / "tests" / "documents" / "habits").glob("*.yaml"))


def patch(name: str) -> Patched:
    """What `make patch` gives for one of the documents."""
    path = ROOT / "tests" / "documents" / "habits" / f"{name}.yaml"
    return patch_document(PROJECT, select(read_document(path), ["*"]), read_actions(PROJECT), name)


def operation(document: Document, name: str) -> Any:
    """An operation by its id."""
    return next(one for item in document["paths"].values() for one in item.values() if one.get("operationId") == name)


@pytest.mark.parametrize("path", HABITS, ids=lambda path: path.stem)
def test_document_becomes_a_client(path: Path, tmp_path: Path) -> None:
    """Each is patched, valid, generated, and every module of its client is imported without a warning."""
    build_package(PROJECT, patch(path.stem), tmp_path / "client")
    check_imports(tmp_path / "client")


def test_json_is_taken_of_several_media_types() -> None:
    """Of a body and of an answer, whatever stands before it and however it is written."""
    document = prepare_document(patch("several_media_types").document)
    for name in ("CreateShelf", "ReplaceShelf"):
        one = operation(document, name)
        for content in (one["requestBody"]["content"], one["responses"]["200"]["content"]):
            assert [media.partition(";")[0] for media in content] == ["application/json"]
    assert "content" in document["components"]["schemas"]["Shelf"]["properties"]


def test_the_choice_of_json_is_said(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """One line counts the bodies and answers of which JSON alone is taken."""
    spec = str(ROOT / "tests" / "documents" / "habits" / "several_media_types.yaml")
    assert main(["fetch", "--spec", spec, "--operations", "*"], workspace.project) == 0
    assert main(["validate"], workspace.project) == 0
    line = "4 bodies and answers come in several media types; the client takes JSON where it is offered"
    assert capsys.readouterr().out.endswith(f"  {line}\n")


def test_default_of_another_type_is_said_as_it_is(tmp_path: Path) -> None:
    """No argument gets it, so it may be anything."""
    document = patch("several_media_types").document
    document["components"]["schemas"]["Shelf"]["properties"]["name"]["default"] = 5
    build_package(PROJECT, Patched(document, document, []), tmp_path / "client")
    assert "Default: 5." in (tmp_path / "client" / "models" / "shelf.py").read_text()


def test_type_file_is_an_upload() -> None:
    """As `type: string, format: binary` is."""
    document = patch("type_file").document
    assert document["components"]["schemas"]["Upload"]["properties"]["ImageFile"] == {
        "type": "string",
        "format": "binary",
    }


def test_nothing_is_required_twice() -> None:
    """A wrapper that requires its value keeps that as it is; the other one is given it."""
    schemas = patch("required_already").document["components"]["schemas"]
    assert [schemas[name]["required"] for name in ("NillableString", "NillableDecimal")] == [["value"], ["value"]]


def test_name_of_an_operation_without_one_has_no_version() -> None:
    """It is made of method and path, so it stays the same from version to version; a name that is given stays too."""
    path = ROOT / "tests" / "documents" / "habits" / "no_operation_id.yaml"
    names = {
        tuple(one.id for one in offered(parse(path.read_bytes().replace(b"2026-01", version), "x")))
        for version in (b"2026-01", b"2026-07", b"Preview", b"preview")
    }
    assert names == {("deleteRetailMediaShelvesShelfIdParts", "GetParts", "postRetailMediaBillingPartnerReport")}


def test_make_names_operations_and_takes_the_names(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """`make operations` shows the name, OPERATIONS takes it, and `make fetch` says that it is ours."""
    spec = str(ROOT / "tests" / "documents" / "habits" / "no_operation_id.yaml")
    name = "deleteRetailMediaShelvesShelfIdParts"
    assert main(["operations", "--spec", spec], workspace.project) == 0
    assert f"\n{name} " in capsys.readouterr().out
    assert main(["fetch", "--spec", spec, "--operations", name], workspace.project) == 0
    printed = "DELETE /2026-01/retail-media/shelves/{shelf-id}/parts has no operationId; it is " + name
    assert printed in capsys.readouterr().out
    assert [one.id for one in offered(json.loads(workspace.project.upstream.read_bytes()))] == [name]


@pytest.mark.parametrize("version", ["preview", "experimental"])
def test_version_that_is_a_word_is_fetched_and_generated(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    """Asked for without a capital; its distribution is 0.0.N, which no stable version is."""
    spec = str(ROOT / "tests" / "documents" / "habits" / f"version_{version}.yaml")
    assert main(["fetch", "--spec", spec], workspace.project) == 1
    assert f"is version {version}, not 2026-01; ask for VERSION={version}" in capsys.readouterr().err
    assert main(["fetch", "--spec", spec, "--version", version, "--operations", "*"], workspace.project) == 0
    assert main(["generate"], workspace.project) == 0
    provenance = (workspace.project.package / "_provenance.py").read_text()
    assert f'__version__ = "0.0.0"\nAPI_VERSION = "{version}"' in provenance


@pytest.mark.parametrize("version", ["1.0", "Preview2", "stable", "v1", "2026-00"])
def test_other_word_is_no_version(workspace: Workspace, capsys: pytest.CaptureFixture[str], version: str) -> None:
    """It is refused when it is asked for, and when a document states it."""
    assert main(["fetch", "--version", version], workspace.project) == 1
    assert f"{version} is no API version" in capsys.readouterr().err
    upstream = workspace.project.upstream
    upstream.write_text(re.sub(r'"version": "[^"]*"', f'"version": "{version}"', upstream.read_text(), count=1))
    assert main(["validate"], workspace.project) == 1
    assert f"info / version: '{version}' is no API version" in capsys.readouterr().err


def test_document_of_another_product_is_taken(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says which product it is of."""
    spec = str(ROOT / "tests" / "documents" / "habits" / "another_product.yaml")
    assert main(["fetch", "--spec", spec, "--operations", "*"], workspace.project) == 0
    printed = [line for line in capsys.readouterr().out.splitlines() if "a document of" in line]
    assert printed == [
        "another_product.yaml: a document of MarketingSolutions, not of RetailMedia; the names stay ours"
    ]


def test_module_that_cannot_be_imported_is_not_swapped_in(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor one that warns when it is."""
    before = workspace.files("generated/criteo_retail_media/api")
    for line in ("raise KeyError('gone')", "import warnings; warnings.warn('old')"):
        (workspace.project.runtime / "broken.py").write_text(line)
        assert main(["generate"], workspace.project) == 1
        assert "criteo_retail_media.broken: " in capsys.readouterr().err
        assert not (workspace.project.package / "broken.py").exists()
    assert workspace.files("generated/criteo_retail_media/api") == before


def test_types_that_formats_have_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text stays text, whatever its format says of it, and goes through as it came."""
    build_package(PROJECT, patch("formats"), tmp_path / "client_of_formats")
    monkeypatch.syspath_prepend(tmp_path)
    models = importlib.import_module("client_of_formats.models")
    written = {
        "traceId": "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
        "image": "aGk=",
        "link": "https://a.example/%7e",
        "secret": "s",
        "number": "9007199254740993",
        "price": 1.5,
        "opens": "07:00",
        "lasts": "1.00:00:00",
        "ids": ["3f2504e04f8911d39a0c0305e82c3301"],
    }
    assert models.Shelf.from_dict(written).to_dict() == written
    for name in [name for name in sys.modules if name.startswith("client_of_formats")]:
        del sys.modules[name]


def test_a_fake_reads_parameters_of_every_style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was given to the function is in `Call.arguments`, however it is written in the request."""
    build_package(PROJECT, patch("parameter_styles"), tmp_path / "client_of_styles")
    monkeypatch.syspath_prepend(tmp_path)
    testing = importlib.import_module("client_of_styles.testing")
    models = importlib.import_module("client_of_styles.models")
    module = importlib.import_module("client_of_styles.api.shelf.get_shelves")
    given = {
        "ids": ["a", "b"],
        "names": ["a", "b"],
        "spaced": [1, 2],
        "piped": ["a", "b"],
        "price": models.GetShelvesPrice(min_=3),
        "filter_": models.GetShelvesFilter.from_dict({"anything": [1]}),
        "since": datetime(2026, 1, 31, 8, tzinfo=UTC),
        "day": date(2026, 1, 31),
        "kinds": ["a", "b"],
        "x_note": "note",
    }
    fake = testing.FakeApi()
    module.sync(client=fake.client(), **given)
    assert fake.calls[0].arguments == given
