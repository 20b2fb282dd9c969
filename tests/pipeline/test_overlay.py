"""The overlay applier follows the Overlay 1.0 and 1.1 specifications, and refuses what has no reason or no effect."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.specs import ROOT, read_document, whole_document
from support.workspace import PROJECT

from scripts.__main__ import main
from scripts.pipeline.overlay import REASONS, Action, Outcome, allow_idle, apply_actions, read_actions, read_overlay
from scripts.project import Project, StageError
from scripts.spec.document import dump

THINGS = Path(__file__).parents[1] / "documents" / "things.yaml"
QUIRK = {"why": "w", "evidence": "e", "since": "2026-01", "remove-when": "r"}


def overlay(*actions: dict[str, Any]) -> dict[str, Any]:
    """An overlay document with these actions, each with a reason unless it has its own."""
    return {
        "overlay": "1.1.0",
        "info": {"title": "Test", "version": "1"},
        "actions": [{"x-quirk": QUIRK} | action for action in actions],
    }


def patched(document: Any, *actions: dict[str, Any]) -> Any:
    """The document after these actions."""
    return apply_actions(document, read_overlay(overlay(*actions)))[0]


def outcomes(document: Any, *actions: dict[str, Any]) -> list[Outcome]:
    return apply_actions(document, read_overlay(overlay(*actions)))[1]


MERGES: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "an object is merged, and keeps what the update does not name": (
        {"info": {"title": "a", "x": 1}},
        {"target": "$.info", "update": {"title": "b", "y": 2}},
        {"info": {"title": "b", "x": 1, "y": 2}},
    ),
    "objects inside are merged too": (
        {"a": {"b": {"c": 1, "d": 2}}},
        {"target": "$.a", "update": {"b": {"d": 3, "e": 4}}},
        {"a": {"b": {"c": 1, "d": 3, "e": 4}}},
    ),
    "arrays inside an update are concatenated": (
        {"a": {"tags": ["x"]}},
        {"target": "$.a", "update": {"tags": ["y", "z"]}},
        {"a": {"tags": ["x", "y", "z"]}},
    ),
    "an update of an array is an entry to append": (
        {"a": [1]},
        {"target": "$.a", "update": {"b": 2}},
        {"a": [1, {"b": 2}]},
    ),
    "an entry to append may be an array": ({"a": [1]}, {"target": "$.a", "update": [2, 3]}, {"a": [1, [2, 3]]}),
    "an entry to append may be primitive": ({"a": ["x"]}, {"target": "$.a", "update": "y"}, {"a": ["x", "y"]}),
    "a primitive value is replaced (1.1)": ({"a": {"b": "x"}}, {"target": "$.a.b", "update": "y"}, {"a": {"b": "y"}}),
    "null is a primitive value": ({"a": {"b": "x"}}, {"target": "$.a.b", "update": None}, {"a": {"b": None}}),
    "an entry of an array is replaced in place": (
        {"a": [1, 2, 3]},
        {"target": "$.a[1]", "update": 9},
        {"a": [1, 9, 3]},
    ),
    "a value of another kind is replaced": (
        {"a": {"b": False}},
        {"target": "$.a", "update": {"b": {"c": 1}}},
        {"a": {"b": {"c": 1}}},
    ),
    "the root can be the target": ({"a": 1}, {"target": "$", "update": {"b": 2}}, {"a": 1, "b": 2}),
    "every match is updated": (
        {"a": {"x": {"n": 1}, "y": {"n": 1}}},
        {"target": "$.a.*", "update": {"n": 2}},
        {"a": {"x": {"n": 2}, "y": {"n": 2}}},
    ),
    "a filter selects by the state of a node": (
        {"a": [{"k": "x", "n": 1}, {"k": "y", "n": 1}]},
        {"target": "$.a[?@.k == 'y']", "update": {"n": 2}},
        {"a": [{"k": "x", "n": 1}, {"k": "y", "n": 2}]},
    ),
    "a node is removed from its object": ({"a": 1, "b": 2}, {"target": "$.a", "remove": True}, {"b": 2}),
    "nodes are removed from their array": ({"a": [1, 2, 3, 4]}, {"target": "$.a[0, 2]", "remove": True}, {"a": [2, 4]}),
    "a later index may be named first": ({"a": [1, 2, 3]}, {"target": "$.a[2, 0]", "remove": True}, {"a": [2]}),
    "a node selected twice is removed once": ({"a": [1, 2]}, {"target": "$.a[0, 0]", "remove": True}, {"a": [2]}),
    "a node inside a removed one may match too": (
        {"a": {"x": {"x": 1}}, "b": 1},
        {"target": "$..x", "remove": True},
        {"a": {}, "b": 1},
    ),
    "remove: true beats an update": (
        {"a": {"b": 1}, "c": 1},
        {"target": "$.a", "update": {"d": 1}, "remove": True},
        {"c": 1},
    ),
    "remove: false leaves the update in force": (
        {"a": {}},
        {"target": "$.a", "update": {"b": 1}, "remove": False},
        {"a": {"b": 1}},
    ),
    "copy merges a node into an object (1.1)": (
        {"a": {"x": 1}, "b": {"y": 2}},
        {"target": "$.b", "copy": "$.a"},
        {"a": {"x": 1}, "b": {"y": 2, "x": 1}},
    ),
    "copy appends a node to an array": (
        {"a": {"x": 1}, "b": []},
        {"target": "$.b", "copy": "$.a"},
        {"a": {"x": 1}, "b": [{"x": 1}]},
    ),
    "copy replaces a primitive value": ({"a": "x", "b": "y"}, {"target": "$.b", "copy": "$.a"}, {"a": "x", "b": "x"}),
    "copy may take a node from inside the target": (
        {"a": {"b": {"c": 1}}},
        {"target": "$.a", "copy": "$.a.b"},
        {"a": {"b": {"c": 1}, "c": 1}},
    ),
    "an integer beyond a double is kept": (
        {"a": {"n": 9223372036854775807}},
        {"target": "$.a", "update": {"m": 9007199254740993}},
        {"a": {"n": 9223372036854775807, "m": 9007199254740993}},
    ),
    "one and 1.0 and true are three values": ({"a": {"n": 1}}, {"target": "$.a.n", "update": 1.0}, {"a": {"n": 1.0}}),
    "true for one is a change": ({"a": {"n": 1}}, {"target": "$.a.n", "update": True}, {"a": {"n": True}}),
}


@pytest.mark.parametrize("case", MERGES.values(), ids=MERGES.keys())
def test_an_action_does_what_the_specification_says(case: tuple[Any, dict[str, Any], Any]) -> None:
    """Each rule of the specification's Action Object holds."""
    before, action, after = case
    assert json.dumps(patched(before, action)) == json.dumps(after)


def test_the_given_document_is_left_as_it_was() -> None:
    """Applying works on a copy, also inside what an update inserted."""
    document = {"a": {"b": [1]}}
    update: dict[str, Any] = {"c": {"d": []}}
    patched(document, {"target": "$.a", "update": update}, {"target": "$.a.c.d", "update": 1})
    assert (document, update) == ({"a": {"b": [1]}}, {"c": {"d": []}})


def test_what_is_inserted_twice_is_no_alias() -> None:
    """Two matches get an object each, and neither is the overlay's own."""
    update: dict[str, Any] = {"x": {"y": []}}
    actions = read_overlay(overlay({"target": "$.*", "update": update}))
    after, _ = apply_actions({"a": {}, "b": {}}, actions)
    after["a"]["x"]["y"].append(1)
    assert after["b"] == {"x": {"y": []}}
    assert apply_actions({"a": {}}, actions)[0] == {"a": {"x": {"y": []}}}


def test_a_copied_node_is_no_alias() -> None:
    """What is copied to two places can be changed in one."""
    after = patched(
        {"a": {"x": {}}, "b": {}}, {"target": "$.b", "copy": "$.a"}, {"target": "$.b.x", "update": {"y": 1}}
    )
    assert after == {"a": {"x": {}}, "b": {"x": {"y": 1}}}


def test_actions_see_what_earlier_ones_did() -> None:
    """Targets are evaluated in order, on the document as it then is."""
    renamed = patched(
        {"a": {"x": 1}},
        {"target": "$", "update": {"b": {}}},
        {"target": "$.b", "copy": "$.a"},
        {"target": "$.a", "remove": True},
    )
    assert renamed == {"b": {"x": 1}}


def test_a_target_that_matches_nothing_changes_nothing() -> None:
    """Zero matches are no error of the overlay language, where the action says why it may have none."""
    action = {"target": "$.b", "remove": True, "x-quirk": QUIRK | {"may-match-nothing": "not kept"}}
    (outcome,) = outcomes({"a": 1}, action)
    assert (outcome.matches, outcome.changed, outcome.excuse) == (0, False, "not kept")


def test_remove_false_alone_changes_nothing() -> None:
    """``remove: false`` is the default, so an action of it alone succeeds and does nothing."""
    (outcome,) = outcomes(
        {"a": 1}, {"target": "$.a", "remove": False, "x-quirk": QUIRK | {"may-change-nothing": "a test"}}
    )
    assert (outcome.matches, outcome.changed, outcome.excuse) == (1, False, "a test")


def test_an_outcome_counts_the_matches() -> None:
    """The report says how many nodes an action matched."""
    (outcome,) = outcomes({"a": [1, 2, 3]}, {"target": "$.a.*", "update": 0})
    assert (outcome.matches, outcome.changed) == (3, True)


def test_overlay_1_0_and_extensions_are_read() -> None:
    """A 1.0 overlay is one too, and ``extends`` and ``x-`` fields may stand in it."""
    document = overlay({"target": "$.a", "remove": True, "description": "d", "x-note": 1})
    document |= {"overlay": "1.0.0", "extends": "https://example.com/openapi.json", "x-note": 1}
    assert apply_actions({"a": 1, "b": 2}, read_overlay(document))[0] == {"b": 2}


REFUSED_ACTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "without a reason": (
        {"target": "$.a", "remove": True, "x-quirk": {}},
        "action 1 ($.a) gives no reason: x-quirk.why is missing",
    ),
    "without any x-quirk": (
        {"target": "$.a", "remove": True, "x-quirk": None},
        "gives no reason: x-quirk.why is missing",
    ),
    "with an empty reason": (
        {"target": "$.a", "remove": True, "x-quirk": QUIRK | {"why": " "}},
        "x-quirk.why is missing",
    ),
    "without evidence": ({"target": "$.a", "remove": True, "x-quirk": {"why": "w"}}, "x-quirk.evidence is missing"),
    "without a way to go": (
        {"target": "$.a", "remove": True, "x-quirk": QUIRK | {"remove-when": None}},
        "x-quirk.remove-when is missing",
    ),
    "with a misspelt excuse": (
        {"target": "$.a", "remove": True, "x-quirk": QUIRK | {"may-match": "x"}},
        "x-quirk.may-match that means nothing",
    ),
    "that matches nothing": (
        {"target": "$.b", "remove": True},
        "action 1 ($.b) matches nothing: remove it, or say in x-quirk.may-match-nothing",
    ),
    "that changes nothing": (
        {"target": "$.a", "update": {"x": 1}},
        "action 1 ($.a) changes nothing: remove it, or say in x-quirk.may-change-nothing",
    ),
    "excused for matching only, that changes nothing": (
        {"target": "$.a", "update": {"x": 1}, "x-quirk": QUIRK | {"may-match-nothing": "x"}},
        "changes nothing",
    ),
    "with an unknown verb": (
        {"target": "$.a", "x-rewrite": "null-to-nowhere"},
        "unknown x-rewrite `null-to-nowhere`; there are null-to-references",
    ),
    "whose target does not parse": (
        {"target": "$.a[", "remove": True},
        "action 1 ($.a[) has a JSONPath that does not parse: $.a[",
    ),
    "whose copy does not parse": ({"target": "$.a", "copy": "a"}, "has a JSONPath that does not parse: a"),
    "whose filter compares lists of nodes": (
        {"target": "$[?@.* == 1]", "remove": True},
        "has a JSONPath that does not parse",
    ),
    "that copies no node": ({"target": "$.a", "copy": "$.b"}, "`copy` must select a single node, and selects 0"),
    "that copies two nodes": ({"target": "$.a", "copy": "$.a.*"}, "`copy` must select a single node, and selects 2"),
    "that updates an object with text": (
        {"target": "$.a", "update": "x"},
        "the target is an object, so the update must be one",
    ),
    "that updates text with an object": (
        {"target": "$.a.y", "update": {}},
        "the target is a primitive value, so the update must be one",
    ),
    "that removes the root": ({"target": "$", "remove": True}, "the root cannot be removed"),
    "with update and copy": ({"target": "$.a", "update": {}, "copy": "$.a"}, "has both `update` and `copy`"),
    "with a verb and an update": (
        {"target": "$.a", "update": {}, "x-rewrite": "null-to-type"},
        "has both `update` and `x-rewrite`",
    ),
    "with a verb and remove": (
        {"target": "$.a", "remove": True, "x-rewrite": "null-to-type"},
        "has both `x-rewrite` and `remove`",
    ),
    "with remove as text": ({"target": "$.a", "remove": "yes"}, "a `remove` that is neither true nor false"),
    "with a misspelt field": ({"target": "$.a", "updates": {}}, "has an unknown field `updates`"),
    "without a target": ({"remove": True}, "action 1 has no `target`"),
}


@pytest.mark.parametrize("case", REFUSED_ACTIONS.values(), ids=REFUSED_ACTIONS.keys())
def test_an_action_is_refused(case: tuple[dict[str, Any], str]) -> None:
    """Each unsound action has a message of its own that names it."""
    action, message = case
    with pytest.raises(StageError) as refusal:
        patched({"a": {"x": 1, "y": "z"}}, action)
    assert message in str(refusal.value)


NOT_OVERLAYS: dict[str, tuple[Any, str]] = {
    "an OpenAPI document": ({"openapi": "3.0.1"}, "not an overlay document: it has no `overlay` field"),
    "a list": ([], "not an overlay document: it has no `overlay` field"),
    "of version 2": (
        overlay({"target": "$", "remove": True}) | {"overlay": "2.0.0"},
        "overlay version 2.0.0 is not supported",
    ),
    "without info": ({"overlay": "1.1.0", "actions": [{}]}, "it needs `info` (title, version) and a list of `actions`"),
    "without actions": (overlay(), "it needs `info` (title, version) and a list of `actions`"),
    "with an action that is text": (overlay() | {"actions": ["x"]}, "action 1 has no `target`"),
}


@pytest.mark.parametrize("case", NOT_OVERLAYS.values(), ids=NOT_OVERLAYS.keys())
def test_what_is_no_overlay_is_refused(case: tuple[Any, str]) -> None:
    """A document that is no overlay, or one of another version, is refused before any action is applied."""
    document, message = case
    with pytest.raises(StageError) as refusal:
        read_overlay(document)
    assert message in str(refusal.value)


def test_the_stage_writes_the_patched_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The stage writes the patched document, says so, and says "unchanged" the second time."""
    project = _project(tmp_path, overlay({"target": "$.info", "update": {"title": "Patched"}}))
    assert main(["patch"], project) == 0
    assert json.loads(project.patched.read_bytes())["info"]["title"] == "Patched"
    assert main(["patch"], project) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("patched.json: written, 1 of 1 quirks applied")
    assert second.endswith("patched.json: unchanged, 1 of 1 quirks applied")


def test_the_stage_says_which_quirks_were_not_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A quirk that did nothing is listed with the overlay's own reason."""
    idle = {"target": "$.nothing", "remove": True, "x-quirk": QUIRK | {"may-match-nothing": "not kept"}}
    assert main(["patch"], _project(tmp_path, overlay(idle))) == 0
    assert "not needed here: action 1 ($.nothing) (not kept)" in capsys.readouterr().out


def test_a_refusal_leaves_the_patched_document_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused overlay is one line on stderr and status 1, and what was written before is still there."""
    project = _project(tmp_path, overlay({"target": "$.nothing", "remove": True}))
    project.patched.write_text("as it was")
    assert main(["patch"], project) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "quirks.overlay.yaml: action 1 ($.nothing) matches nothing" in line
    assert project.patched.read_text() == "as it was"


def test_a_document_that_is_not_openapi_gets_the_blame(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where an action fails on a document that is not OpenAPI, the line says what is wrong with the document."""
    project = _project(tmp_path, overlay({"target": "$.components", "update": {"x-a": 1}}))
    project.upstream.write_text('{"swagger": "2.0", "paths": {}}')
    assert main(["patch"], project) == 1
    assert "upstream.json: this is Swagger 2.0; an OpenAPI 3.0 or 3.1 document is needed" in capsys.readouterr().err


def test_a_verb_that_trips_over_the_document_blames_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A shape that a verb does not expect is reported in the words of the OpenAPI schema, not as a traceback."""
    project = _project(tmp_path, overlay({"target": "$.components.schemas.*", "x-rewrite": "null-to-references"}))
    document = read_document(THINGS)
    document["components"]["schemas"]["Thing"] = ["object"]
    project.upstream.write_bytes(dump(document))
    assert main(["patch"], project) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert 'components / schemas / Thing: ["object"] is not of type' in line


@pytest.mark.parametrize("missing", ["upstream.json", "quirks.overlay.yaml"])
def test_a_missing_file_is_one_line(missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there is named."""
    project = _project(tmp_path, overlay({"target": "$.info", "remove": True}))
    next(tmp_path.rglob(missing)).unlink()
    assert main(["patch"], project) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert missing in line


def test_the_shipped_overlay_is_sound() -> None:
    """Every action of the shipped overlay has its reasons."""
    actions = _shipped()
    assert actions
    assert all(action.quirk.keys() >= set(REASONS) for action in actions)


def test_the_shipped_targets_outlive_a_version() -> None:
    """No target of the shipped overlay names an API version."""
    assert not [action.target for action in _shipped() if "202" in action.target]


def test_no_shipped_quirk_is_dead() -> None:
    """Each action of the shipped overlay changes a whole document, or one of those with older habits."""
    actions = _shipped()
    alive = set()
    habits = (ROOT / "tests" / "documents" / "habits").glob("*.yaml")
    for path in (whole_document("2026-01"), whole_document("2026-07"), *habits):
        document = read_document(path)
        alive |= {
            outcome.action.number for outcome in apply_actions(document, allow_idle(actions))[1] if outcome.changed
        }
    assert [str(action) for action in actions if action.number not in alive] == []


def _shipped() -> list[Action]:
    return read_actions(PROJECT)


def _project(folder: Path, quirks: dict[str, Any]) -> Project:
    """A project that has the document of things and an overlay, and nothing else."""
    project = Project(folder)
    project.upstream.parent.mkdir()
    project.overlay.parent.mkdir()
    project.upstream.write_bytes(dump(read_document(THINGS)))
    project.overlay.write_bytes(dump(quirks))
    return project
