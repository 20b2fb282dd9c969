"""The audit names the actions of an overlay that are no longer needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from support.specs import read_document
from support.workspace import PROJECT, Workspace

from scripts.__main__ import main
from scripts.pipeline.audit import Verdict, judge_actions
from scripts.pipeline.overlay import read_overlay
from scripts.pipeline.validate import check_document
from scripts.project import Project, StageError
from scripts.spec.document import Document, dump

THINGS = Path(__file__).parents[1] / "documents" / "things.yaml"
QUIRK = {"why": "w", "evidence": "e", "since": "2026-01", "remove-when": "r"}

TITLE = {"target": "$.components.schemas.Thing", "update": {"title": "A thing"}}
SAME_TITLE = {"target": "$.components.schemas.Thing", "update": {"title": "A thing", "description": "A thing"}}
NOTE = {"target": "$.info", "update": {"x-note": "the generator does not read this"}}
DEAD = {"target": "$.components.schemas.Nothing", "remove": True}
IDLE = {"target": "$.info", "update": {"title": "Things"}}


def overlay(*actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "overlay": "1.1.0",
        "info": {"title": "Test", "version": "1"},
        "actions": [{"x-quirk": QUIRK} | action for action in actions],
    }


def titles(patched: Document) -> Mapping[str, bytes]:
    """Stands for validation and the generator: a file for each schema, with its title; refuses a schema called Bad."""
    check_document(PROJECT, patched)
    schemas = patched["components"]["schemas"]
    if "Bad" in schemas:
        raise StageError("the generator refuses Bad")
    return {name: str(schema.get("title")).encode() for name, schema in schemas.items()}


def judged(*actions: dict[str, Any], document: Document | None = None) -> list[Verdict]:
    return judge_actions(document or things(), read_overlay(overlay(*actions)), titles)


def things() -> Document:
    return read_document(THINGS)


def test_an_action_that_changes_a_generated_file_is_needed() -> None:
    """What the generator reads is needed."""
    (verdict,) = judged(TITLE)
    assert (verdict.needed, verdict.because) == (True, "without it 1 generated files differ")


def test_an_action_that_changes_no_generated_file_is_not_needed() -> None:
    """A change of the document that nothing reads is not needed."""
    (verdict,) = judged(NOTE)
    assert (verdict.needed, verdict.because) == (False, "without it the generated files are the same")


def test_an_action_whose_work_another_does_is_not_needed() -> None:
    """Of two actions that do one thing, neither is needed as long as the other stands."""
    first, second = judged(TITLE, SAME_TITLE)
    assert (first.needed, second.needed) == (False, False)


def test_an_action_that_keeps_the_generator_going_is_needed() -> None:
    """Where the generator refuses the document without it, the action is needed, and the refusal is the reason."""
    document = things()
    document["components"]["schemas"]["Bad"] = {"type": "object"}
    (verdict,) = judged({"target": "$.components.schemas.Bad", "remove": True}, document=document)
    assert (verdict.needed, verdict.because) == (True, "without it: the generator refuses Bad")


def test_an_action_that_keeps_the_document_valid_is_needed() -> None:
    """Where validation refuses the document without it, the action is needed."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["x"] = {"$ref": "#/nowhere"}
    (verdict,) = judged({"target": "$.components.schemas.Thing.properties.x", "remove": True}, document=document)
    assert verdict.needed
    assert "leads nowhere" in verdict.because


def test_an_action_that_matches_nothing_is_not_needed() -> None:
    """The audit goes on where the applier stops, and reports every dead action."""
    dead, needed = judged(DEAD, TITLE)
    assert (dead.needed, dead.because, dead.excuse) == (False, "it matches nothing", "")
    assert needed.needed


def test_an_action_that_changes_nothing_is_not_needed() -> None:
    """An action that finds what it would write is not needed."""
    (verdict,) = judged(IDLE)
    assert (verdict.needed, verdict.because, verdict.excuse) == (False, "it changes nothing", "")


def test_a_document_that_is_not_valid_cannot_be_audited() -> None:
    """Without a sound result to compare with, there is no verdict."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["x"] = {"$ref": "#/nowhere"}
    with pytest.raises(StageError, match="leads nowhere"):
        judged(TITLE, document=document)


@pytest.fixture
def project(workspace: Workspace) -> Project:
    """A copy of the repository whose document is that of things."""
    workspace.project.upstream.write_bytes(dump(things()))
    return workspace.project


def test_the_stage_passes_where_all_are_needed_or_excused(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """An action that says why it may match nothing is listed apart, and does not fail the audit."""
    excused = DEAD | {"x-quirk": QUIRK | {"may-match-nothing": "not kept"}}
    project.overlay.write_bytes(dump(overlay(TITLE, excused)))
    assert main(["audit"], project) == 0
    needed, idle, summary = capsys.readouterr().out.splitlines()
    assert needed.startswith("needed: action 1 ($.components.schemas.Thing)")
    assert idle == "idle here: action 2 ($.components.schemas.Nothing): not kept"
    assert summary.endswith("2 actions, 0 to remove")


def test_the_stage_passes_where_the_difference_may_not_matter(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """An action that changes the document but no file here is excused if it says why."""
    excused = NOTE | {"x-quirk": QUIRK | {"may-not-matter": "no recursion kept"}}
    project.overlay.write_bytes(dump(overlay(TITLE, excused)))
    assert main(["audit"], project) == 0
    assert "idle here: action 2 " in (printed := capsys.readouterr().out)
    assert "no recursion kept" in printed


@pytest.mark.parametrize("dead", [DEAD, IDLE, NOTE], ids=["matches nothing", "changes nothing", "changes no file"])
def test_the_stage_fails_for_an_action_to_remove(
    dead: dict[str, Any], project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dead action is status 1, and is named."""
    project.overlay.write_bytes(dump(overlay(TITLE, dead)))
    assert main(["audit"], project) == 1
    out = capsys.readouterr().out.splitlines()
    assert out[1].startswith("NOT NEEDED: action 2 (")
    assert out[2].endswith("2 actions, 1 to remove")
