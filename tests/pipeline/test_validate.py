"""Validation refuses what no sound client can be generated from, and says what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from support.specs import read_document, whole_document
from support.workspace import PROJECT, Workspace

from scripts.__main__ import main
from scripts.pipeline.overlay import apply_actions, read_actions
from scripts.pipeline.shape import check_shape
from scripts.pipeline.validate import LONGEST_TEXT, check_document
from scripts.project import StageError, printable

HERE = Path(__file__).parents[1]
THINGS = HERE / "documents" / "things.yaml"

# Each file is an edit of things.yaml, which puts in the fault that its name says, and the text of the refusal.
BAD_SPECS = sorted((HERE / "bad_specs").glob("*.yaml"))


def things() -> dict[str, Any]:
    return read_document(THINGS)


def test_the_document_without_a_fault_is_valid() -> None:
    """The document that the bad ones are made from passes, a recursive schema in it included."""
    check_document(PROJECT, things())


def edited(value: Any, edit: Any) -> Any:
    """The value after an edit: a JSON Merge Patch (RFC 7396) that may also set the entries of a list by their index."""
    if not isinstance(edit, dict):
        return edit
    if isinstance(value, list):
        entries = edited({str(index): entry for index, entry in enumerate(value)}, edit)
        return list(entries.values())
    merged = dict(value) if isinstance(value, dict) else {}
    for key, inner in edit.items():
        if inner is None:
            del merged[key]
        else:
            merged[key] = edited(merged.get(key), inner)
    return merged


@pytest.mark.parametrize("path", BAD_SPECS, ids=lambda path: path.stem)
def test_a_bad_document_is_refused(path: Path) -> None:
    """Each fault is one line that says where it is and what it is."""
    fault = read_document(path)
    with pytest.raises(StageError) as refusal:
        check_document(PROJECT, edited(things(), fault["edit"]))
    line = printable(str(refusal.value))
    assert fault["refused"] in line.replace("\\\\", "\\")
    assert len(line.splitlines()) == 1


def test_a_valid_document_is_said_to_be(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints what it checked."""
    assert main(["validate"], workspace.project) == 0
    assert capsys.readouterr().out.endswith("openapi/patched.json: valid, 1 operations\n")


def test_no_remote_reference_is_followed(httpserver: HTTPServer) -> None:
    """A remote $ref is refused without a request to its host."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["part"] = {"$ref": httpserver.url_for("/schema.json")}
    with pytest.raises(StageError, match="leads out of the document"):
        check_document(PROJECT, document)
    assert httpserver.log == []


def test_a_property_may_be_named_like_a_keyword_of_openapi() -> None:
    """A property called $ref, enum, default or schema is a property."""
    document = things()
    properties = document["components"]["schemas"]["Thing"]["properties"]
    properties |= {name: {"type": "string"} for name in ("$ref", "enum", "default", "schema", "description")}
    check_document(PROJECT, document)


def test_a_number_may_be_larger_than_64_bits() -> None:
    """As those of JSON may be."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["size"] = {"type": "integer", "maximum": 10**40}
    check_document(PROJECT, document)


@pytest.mark.parametrize("size", [LONGEST_TEXT, LONGEST_TEXT + 1])
def test_a_text_has_a_limit(size: int) -> None:
    """A description as long as the limit passes; one character more is refused."""
    document = things()
    document["components"]["schemas"]["Thing"]["description"] = "x" * size
    if size <= LONGEST_TEXT:
        check_document(PROJECT, document)
    else:
        with pytest.raises(StageError, match="Thing / description: has more than 100000 characters"):
            check_document(PROJECT, document)


def test_a_description_may_hold_anything() -> None:
    """Quotes, backslashes, line separators and bidi controls in descriptions are for the templates to escape."""
    document = things()
    document["components"]["schemas"]["Thing"]["description"] = '"""\\\u2028\u202e\x00 {{ x }} {% raw %}'
    check_document(PROJECT, document)


def test_more_than_one_problem_is_counted() -> None:
    """The line names the first problem and says how many are like it."""
    document = things()
    properties = document["components"]["schemas"]["Thing"]["properties"]
    properties |= {"a": {"$ref": "#/x"}, "b": {"$ref": "#/y"}, "c": {"$ref": "#/z"}}
    with pytest.raises(StageError, match=r"\$ref '#/x' leads nowhere \(and 2 more\)"):
        check_document(PROJECT, document)


def test_an_upstream_document_of_openapi_3_0_has_the_right_shape() -> None:
    """What is checked of upstream is its shape only: nullable is no fault of a 3.0 document."""
    document: dict[str, Any] = {**things(), "openapi": "3.0.1"}
    document["components"]["schemas"]["Thing"]["properties"]["name"] = {"type": "string", "nullable": True}
    check_shape(document)
    document["components"]["schemas"]["Thing"]["nullable"] = "yes"
    with pytest.raises(StageError, match="components / schemas / Thing: "):
        check_shape(document)


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_the_whole_documents_are_valid_once_patched(version: str) -> None:
    """The overlay makes a valid document of each published one."""
    document = read_document(whole_document(version))
    check_document(PROJECT, apply_actions(document, read_actions(PROJECT))[0])
