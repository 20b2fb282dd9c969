"""What needs no edit does not look breaking, and what hurts is told: each rule by an edit of the small document."""

from __future__ import annotations

from typing import Any

import pytest
from support.edits import GONE, KIND, LIMIT, PATH, SEGMENT, edited, segments
from support.reports import compare, spell

from scripts.changes.change import Effect, Report, Verb

Edits = tuple[tuple[str, Any], ...]

ANSWER = "answer 200.data[]"
SCHEMAS = "components schemas"
DELETE = "paths /2026-01/segments/{segment-id}"
UPDATE = f"{SCHEMAS} SegmentUpdate properties"
PARAMETERS = segments()["paths"]["/2026-01/accounts/{account-id}/segments"]["get"]["parameters"]
NOTHING = {"description": "Nothing."}
INLINE = {"type": "string", "enum": ["Big", "Small", "Unknown"]}


def report_of(*edits: tuple[str, Any], before: Edits = ()) -> Report:
    """The report on the small document with the edits ``before``, and with ``edits`` on top of those."""
    old = edited(segments(), *before)
    return compare(old, edited(old, *edits))


def reference(name: str) -> dict[str, str]:
    """A reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(name: str, place: str = "query") -> dict[str, Any]:
    """A parameter: a number of the query, or a part of the path."""
    kind = "integer" if place == "query" else "string"
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": kind}}


def delete_at(path: str, *names: str) -> tuple[str, Any]:
    """An edit that puts the operation `deleteSegment` at a path."""
    operation = segments()["paths"]["/2026-01/segments/{segment-id}"]["delete"]
    return f"paths /2026-01/{path}", {"delete": operation | {"parameters": [parameter(name, "path") for name in names]}}


@pytest.mark.parametrize(
    ("before", "edits", "facts", "verdicts"),
    [
        # too strict
        pytest.param(
            (),
            ((f"{LIMIT} style", "form"), (f"{LIMIT} explode", True), (f"{LIMIT} required", False)),
            [],
            "same same same",
            id="1: style and explode are compared with OpenAPI's defaults filled in",
        ),
        pytest.param(
            (), ((f"{LIMIT} schema maximum", 500.0),), [], "same same same", id="2: 500.0 and 500 are one limit"
        ),
        pytest.param(
            (),
            ((f"{SEGMENT} id format", "email"),),
            [f"text searchSegments {ANSWER}.id.format:  → format: email"],
            "gains gains same",
            id="3: a format that makes no other Python type is a text of the document",
        ),
        pytest.param(
            ((f"{UPDATE} name nullable", True),),
            ((f"{UPDATE} name nullable", GONE),),
            [],
            "same same same",
            id="4: a field of a request takes None before and after, whatever the document says of null",
        ),
        pytest.param(
            ((f"{PATH} patch responses 204", NOTHING),),
            ((f"{PATH} patch responses 204", GONE),),
            ["removed updateSegments answer 204: no content →"],
            "same gains same",
            id="5: whoever handles two kinds of answer handles one of them",
        ),
        pytest.param(
            (),
            ((f"{DELETE} delete responses 204 description", "Gone."),),
            ["text deleteSegment answer 204.description: description: Deleted. → description: Gone."],
            "same same gains",
            id="5: another text of an answer asks for nothing",
        ),
        pytest.param(
            (),
            ((f"{PATH} patch responses 204", NOTHING),),
            ["r added updateSegments answer 204:  → no content"],
            "same edit same",
            id="5: where there may be no answer now, None is what the call gives",
        ),
        pytest.param(
            (),
            ((f"{SEGMENT} kind", INLINE),),
            [f"retyped searchSegments {ANSWER}.kind: Kind → SegmentKind"],
            "gains gains same",
            id="6: where the class of an enum that was inlined is still there, what is read compares as before",
        ),
        # too lax
        pytest.param(
            (),
            ((f"{LIMIT} name", "Limit"), (f"{LIMIT} schema maximum", 50)),
            [
                "renamed searchSegments limit: limit → Limit",
                "w limit searchSegments limit: maximum 500 → maximum 50",
            ],
            "edit same same",
            id="10: a parameter that is spelled otherwise is the same one, with its limit",
        ),
        pytest.param(
            (),
            ((f"{PATH} patch operationId", "changeSegments"), (f"{PATH} patch responses 204", NOTHING)),
            [
                "i renamed changeSegments : updateSegments → changeSegments",
                "r added changeSegments answer 204:  → no content",
            ],
            "same renamed same",
            id="11: a new name of an operation hides nothing: here the answer may be none now",
        ),
        pytest.param(
            ((f"{PATH} get parameters", [*PARAMETERS, parameter("offset")]),),
            ((f"{SCHEMAS} SegmentList properties data", reference("Segment")),),
            [
                "s removed searchSegments pages.iterate: pages.iterate →",
                "notnull searchSegments answer 200.data: None →",
                "r retyped searchSegments answer 200.data: list[Segment] → Segment",
            ],
            "edit edit same",
            id="12: an answer that has no list any more is none that `pages` takes; no type checker sees it",
        ),
        pytest.param(
            (delete_at("x/{a}/y/{b}", "a", "b"), (DELETE, GONE)),
            (delete_at("x/{b}/y/{a}", "b", "a"), ("paths /2026-01/x/{a}/y/{b}", GONE)),
            ["s moved deleteSegment (): a, b → b, a"],
            "same same edit",
            id="13: path parameters that change places are both strings, and given by position",
        ),
        pytest.param(
            (),
            (
                (
                    UPDATE,
                    {"aaa": {"type": "string"}} | segments()["components"]["schemas"]["SegmentUpdate"]["properties"],
                ),
            ),
            ["s added updateSegments body.aaa:  → str, optional"],
            "same edit same",
            id="13: a field that comes in the middle shifts those after it, for whoever gives them by position",
        ),
    ],
)
def test_edit_is_told_as_what_it_is(before: Edits, edits: Edits, facts: list[str], verdicts: str) -> None:
    """No fact but these, with these effects; and what each of the three operations asks of its callers."""
    report = report_of(*edits, before=before)
    assert [spell(fact) for fact in report.facts] == facts
    assert [call.verdict for call in report.calls] == verdicts.split()


@pytest.mark.parametrize(
    ("before", "edits", "words"),
    [
        pytest.param(
            ((f"{UPDATE} kind", GONE),),
            ((f"{SEGMENT} kind", INLINE), (KIND, GONE)),
            (("Kind", "SegmentKind"),),
            id="6: the class of an enum that was inlined, with the same values",
        ),
        pytest.param(
            (),
            ((f"{PATH} patch operationId", "changeSegments"),),
            (("update_segments", "change_segments"),),
            id="11, 14: an operation that was renamed in place",
        ),
        pytest.param(
            (),
            (
                (f"{SCHEMAS} Part", segments()["components"]["schemas"]["Segment"]),
                (f"{SCHEMAS} Segment", GONE),
                (f"{SCHEMAS} SegmentList properties data items", reference("Part")),
            ),
            (("Segment", "Part"), ("SegmentChannel", "PartChannel")),
            id="15: the class of an inline enum gets a successor with that of its object",
        ),
    ],
)
def test_new_name_is_a_word_to_replace(before: Edits, edits: Edits, words: tuple[tuple[str, str], ...]) -> None:
    """The words are all that is to be done: no fact is breaking, but for an import."""
    report = report_of(*edits, before=before)
    assert report.words == words
    assert all(fact.effects <= {Effect.IMPORT} for fact in report.facts)
    assert {fact.verb for fact in report.facts} <= {Verb.RETYPED, Verb.RENAMED}


def test_rule_7_fields_that_moved_are_found_again() -> None:
    """What stands under `attributes` now is told as moved, with both paths, and is not told as gone."""
    segment = segments()["components"]["schemas"]["Segment"]
    properties = {"id": segment["properties"]["id"], "attributes": reference("SegmentAttributes")}
    inner = {name: part for name, part in segment["properties"].items() if name != "id"}
    report = report_of(
        (f"{SCHEMAS} SegmentAttributes", {"type": "object", "properties": inner}),
        (f"{SCHEMAS} Segment properties", properties),
    )
    moved = {fact.places[0].new_path: fact for fact in report.facts if fact.verb is Verb.MOVED and fact.effects}
    assert moved.keys() == {f"{ANSWER}.attributes.{name}" for name in inner}
    assert moved[f"{ANSWER}.attributes.createdAt"].new == "Segment.attributes.created_at"
    assert not [fact for fact in report.facts if fact.verb is Verb.REMOVED]


def test_rule_8_successor_that_was_there_before_is_followed() -> None:
    """Whether another operation used the class already decides nothing."""
    other = {"type": "object", "properties": {"data": {"type": "array", "items": reference("Other")}}}
    answer = {"description": "Others.", "content": {"application/json": {"schema": other}}}
    operation = {"tags": ["Audience"], "operationId": "listOthers", "responses": {"200": answer}, "security": []}
    others = (
        (f"{SCHEMAS} Other", {"type": "object", "properties": {"id": {"type": "string"}}}),
        ("paths /2026-01/others", {"get": operation}),
    )
    facts = report_of((f"{SCHEMAS} SegmentList properties data items", reference("Other")), before=others).facts
    assert [spell(fact) for fact in facts if fact.is_pair] == [f"r retyped searchSegments {ANSWER}: Segment → Other"]
    assert f"r removed searchSegments {ANSWER}.createdAt: datetime.datetime →" in map(spell, facts)


def test_rule_9_list_that_became_one_object_is_followed() -> None:
    """The items are paired with the object."""
    one = {"type": "object", "properties": {"id": {"type": "integer"}}}
    report = report_of((f"{SCHEMAS} SegmentList properties data", reference("One")), (f"{SCHEMAS} One", one))
    assert ("Segment", "One") in {(pair.old, pair.new) for pair in report.pairs}
    places = {(fact.verb, fact.places[0].path, fact.places[0].new_path) for fact in report.facts}
    assert (Verb.RETYPED, f"{ANSWER}.id", "answer 200.data.id") in places


def test_rule_10_paging_parameters_are_found_by_what_they_mean() -> None:
    """Those that `pages` walks by are one another's successors, whatever they are called."""
    before, after = (
        (f"{PATH} get parameters", [*PARAMETERS[:1], *map(parameter, names)])
        for names in (("pageIndex", "pageSize"), ("offset", "limit"))
    )
    assert {(fact.verb, fact.old, fact.new) for fact in report_of(after, before=(before,)).facts} == {
        (Verb.RENAMED, "page_index", "offset"),
        (Verb.RENAMED, "page_size", "limit"),
    }


def test_rule_15_class_of_an_inline_schema_is_named() -> None:
    """The class of an inline enum goes with its field."""
    report = report_of((f"{SEGMENT} channel", GONE), (f"{SCHEMAS} Owner properties channel", INLINE))
    assert report.gone == ("SegmentChannel",)
    assert report.come == ("OwnerChannel",)
