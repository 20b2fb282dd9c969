"""What needs no edit does not look breaking, and what hurts is told: each rule by an edit of the small document."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from support.edits import GONE, KIND, LIMIT, PATH, SEGMENT, put, segments
from support.reports import compare

from scripts.changes.change import UNSEEN, Effect, Fact, Report, Side, Verb, Verdict
from scripts.spec.document import Document

ANSWER = "answer 200.data[]"
CONTENT = f"{PATH} get responses 200 content application/json schema"
SCHEMAS = "components schemas"


def edited(*edits: tuple[str, Any], document: Document | None = None) -> Document:
    """The small document, or another one, with some parts set or taken out."""
    result = copy.deepcopy(document or segments())
    for path, value in edits:
        put(result, path, value)
    return result


def report_of(*edits: tuple[str, Any], before: tuple[tuple[str, Any], ...] = ()) -> Report:
    """The report on the small document with the edits ``before``, and with ``edits`` on top of those."""
    old = edited(*before)
    return compare(old, edited(*edits, document=old))


def breaking_facts(report: Report) -> list[Fact]:
    """All facts but texts."""
    return [fact for fact in report.facts if fact.verb is not Verb.TEXT]


def only(report: Report) -> Fact:
    """The one fact of the report."""
    (fact,) = breaking_facts(report)
    return fact


def reference(name: str) -> dict[str, str]:
    """A reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


# --- too strict ---


def test_rule_1_defaults_that_are_spelled_out_are_no_change() -> None:
    """style and explode are compared with OpenAPI's defaults filled in."""
    report = report_of((f"{LIMIT} style", "form"), (f"{LIMIT} explode", True), (f"{LIMIT} required", False))
    assert report.facts == ()
    assert {call.verdict for call in report.calls} == {Verdict.SAME}


def test_rule_2_numbers_are_compared_as_numbers() -> None:
    """500.0 and 500 are one limit."""
    assert report_of((f"{LIMIT} schema maximum", 500.0)).facts == ()


def test_rule_3_format_without_meaning_asks_for_nothing() -> None:
    """A format that makes no other Python type is a text of the document."""
    (fact,) = report_of((f"{SEGMENT} id format", "email")).facts
    assert (fact.verb, fact.effects, fact.now) == (Verb.TEXT, frozenset(), "format: email")


def test_rule_4_null_that_could_not_be_sent_is_not_missed() -> None:
    """A field of a request takes None before and after in the client, whatever the document says of null."""
    report = report_of(
        (f"{SCHEMAS} SegmentUpdate properties name nullable", GONE),
        before=((f"{SCHEMAS} SegmentUpdate properties name nullable", True),),
    )
    assert all(fact.effects <= {Effect.CALL} for fact in breaking_facts(report))
    assert {fact.verb for fact in breaking_facts(report)} <= {Verb.NOTNULL}


@pytest.mark.parametrize(
    ("edit", "before"),
    [
        ((f"{PATH} patch responses 204", GONE), ((f"{PATH} patch responses 204", {"description": "Nothing."}),)),
        (("paths /2026-01/segments/{segment-id} delete responses 204 description", "Gone."), ()),
    ],
    ids=["one of two", "another text"],
)
def test_rule_5_one_kind_of_answer_less_asks_for_nothing(edit: tuple[str, Any], before: Any) -> None:
    """Whoever handles both kinds of answer handles one of them."""
    assert not any(fact.effects for fact in report_of(edit, before=before).facts)


def test_rule_5_one_kind_of_answer_more_is_read_otherwise() -> None:
    """Where there may be no answer now, None is what the call gives."""
    fact = only(report_of((f"{PATH} patch responses 204", {"description": "Nothing."})))
    assert (fact.verb, fact.side, fact.path, fact.effects) == (Verb.ADDED, Side.ANSWER, "answer 204", {Effect.READ})


def test_rule_6_enum_that_was_inlined_is_a_word_to_replace() -> None:
    """The values are the same, so that the class's new name is all."""
    kind = {"type": "string", "enum": ["Big", "Small", "Unknown"]}
    inlined = edited((f"{SEGMENT} kind", kind), (f"{SCHEMAS} SegmentUpdate properties kind", GONE), (KIND, GONE))
    old = edited((f"{SCHEMAS} SegmentUpdate properties kind", GONE))
    report = compare(old, inlined)
    assert report.words == (("Kind", "SegmentKind"),)
    fact = only(report)
    assert (fact.was, fact.now, fact.effects, fact.is_pair) == ("Kind", "SegmentKind", frozenset(), True)


def test_rule_6_enum_that_was_inlined_beside_others_asks_for_nothing() -> None:
    """Where the old class is still there, what is read compares as before: members are strings."""
    report = report_of((f"{SEGMENT} kind", {"type": "string", "enum": ["Big", "Small", "Unknown"]}))
    fact = only(report)
    assert (fact.was, fact.now, fact.effects) == ("Kind", "SegmentKind", frozenset())
    assert {call.verdict for call in report.calls} == {Verdict.GAINS, Verdict.SAME}


def test_rule_7_fields_that_moved_are_found_again() -> None:
    """What stands under `attributes` now is told as moved, with both paths, and is not told as gone."""
    segment = segments()["components"]["schemas"]["Segment"]
    properties = {"id": segment["properties"]["id"], "attributes": reference("SegmentAttributes")}
    inner = {name: part for name, part in segment["properties"].items() if name != "id"}
    report = report_of(
        (f"{SCHEMAS} SegmentAttributes", {"type": "object", "properties": inner}),
        (f"{SCHEMAS} Segment properties", properties),
    )
    moved = {
        fact.places[0].new_path: fact for fact in breaking_facts(report) if fact.verb is Verb.MOVED and fact.effects
    }
    assert moved.keys() == {f"{ANSWER}.attributes.{name}" for name in inner}
    assert moved[f"{ANSWER}.attributes.createdAt"].new == "Segment.attributes.created_at"
    assert not [fact for fact in breaking_facts(report) if fact.verb is Verb.REMOVED]


# --- too lax ---


def successor_that_was_there(**fields: Any) -> tuple[tuple[str, Any], ...]:
    """Edits that add an operation with a class of its own."""
    other = {"type": "object", "properties": {"data": {"type": "array", "items": reference("Other")}}}
    answer = {"description": "Others.", "content": {"application/json": {"schema": other}}}
    operation = {
        "tags": ["Audience"],
        "operationId": "listOthers",
        "responses": {"200": answer},
        "security": [{"oauth": ["Audience_Read"]}],
    }
    return (
        (f"{SCHEMAS} Other", {"type": "object", "properties": fields}),
        ("paths /2026-01/others", {"get": operation}),
    )


def test_rule_8_successor_that_was_there_before_is_followed() -> None:
    """Whether another operation used the class already decides nothing."""
    others = successor_that_was_there(id={"type": "string"})
    report = report_of((f"{SCHEMAS} SegmentList properties data items", reference("Other")), before=others)
    pair = next(fact for fact in breaking_facts(report) if fact.is_pair)
    assert (pair.was, pair.now, pair.effects) == ("Segment", "Other", {Effect.READ})
    gone = {fact.path for fact in breaking_facts(report) if fact.verb is Verb.REMOVED}
    assert f"{ANSWER}.createdAt" in gone


def test_rule_9_list_that_became_one_object_is_followed() -> None:
    """The items are paired with the object."""
    report = report_of(
        (f"{SCHEMAS} SegmentList properties data", reference("One")),
        (
            f"{SCHEMAS} One",
            {
                "type": "object",
                "properties": {"id": {"type": "integer"}},
            },
        ),
    )
    assert ("Segment", "One") in {(pair.old, pair.new) for pair in report.pairs}
    places = {(fact.verb, fact.places[0].path, fact.places[0].new_path) for fact in breaking_facts(report)}
    assert (Verb.RETYPED, f"{ANSWER}.id", "answer 200.data.id") in places


def test_rule_10_limits_of_parameters_with_another_name_are_compared() -> None:
    """A parameter that is spelled otherwise is the same one, with its limit."""
    report = report_of((f"{LIMIT} name", "Limit"), (f"{LIMIT} schema maximum", 50))
    assert {(fact.verb, fact.effects) for fact in breaking_facts(report)} == {
        (Verb.RENAMED, frozenset()),
        (Verb.LIMIT, frozenset({Effect.WIRE})),
    }


def test_rule_10_paging_parameters_are_found_by_what_they_mean() -> None:
    """Those that `pages` walks by are one another's successors, whatever they are called."""

    def paging(*names: str) -> list[dict[str, Any]]:
        return [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in names]

    account = segments()["paths"]["/2026-01/accounts/{account-id}/segments"]["get"]["parameters"][0]
    report = report_of(
        (f"{PATH} get parameters", [account, *paging("offset", "limit")]),
        before=((f"{PATH} get parameters", [account, *paging("pageIndex", "pageSize")]),),
    )
    assert {(fact.old, fact.new) for fact in breaking_facts(report) if fact.verb is Verb.RENAMED} == {
        ("page_index", "offset"),
        ("page_size", "limit"),
    }


def test_rule_11_operation_with_another_name_is_compared_too() -> None:
    """A new name hides nothing: here the answer may be none now."""
    report = report_of(
        (f"{PATH} patch operationId", "changeSegments"), (f"{PATH} patch responses 204", {"description": "x"})
    )
    assert {(fact.verb, fact.path) for fact in breaking_facts(report)} == {
        (Verb.RENAMED, ""),
        (Verb.ADDED, "answer 204"),
    }
    assert ("update_segments", "change_segments") in report.words


def test_rule_12_helper_that_refuses_is_told() -> None:
    """An operation whose answer has no list any more is none that `pages` takes: no type checker sees it."""
    offset = {"name": "offset", "in": "query", "schema": {"type": "integer"}}
    parameters = segments()["paths"]["/2026-01/accounts/{account-id}/segments"]["get"]["parameters"]
    report = report_of(
        (f"{SCHEMAS} SegmentList properties data", reference("Segment")),
        before=((f"{PATH} get parameters", [*parameters, offset]),),
    )
    (fact,) = (fact for fact in breaking_facts(report) if fact.path == "pages.iterate")
    assert (fact.verb, fact.side, fact.effects) == (Verb.REMOVED, Side.OPERATION, {Effect.SILENT})


def test_rule_13_order_of_arguments_is_told() -> None:
    """A field that comes in the middle shifts those after it, for whoever gives them by position."""
    report = report_of(
        (
            f"{SCHEMAS} SegmentUpdate properties",
            {"aaa": {"type": "string"}} | segments()["components"]["schemas"]["SegmentUpdate"]["properties"],
        )
    )
    fact = only(report)
    assert (fact.verb, fact.path, fact.effects) == (Verb.ADDED, "body.aaa", {Effect.SILENT})


def test_rule_13_path_parameters_that_change_places_are_told() -> None:
    """Both are strings, and given by position."""
    first, second = (
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("a", "b")
    )
    operation = segments()["paths"]["/2026-01/segments/{segment-id}"]["delete"]
    old = edited(
        ("paths /2026-01/x/{a}/y/{b}", {"delete": operation | {"parameters": [first, second]}}),
        ("paths /2026-01/segments/{segment-id}", GONE),
    )
    new = edited(
        ("paths /2026-01/x/{b}/y/{a}", {"delete": operation | {"parameters": [second, first]}}),
        ("paths /2026-01/segments/{segment-id}", GONE),
    )
    report = compare(old, new)
    assert [fact.effects & UNSEEN for fact in breaking_facts(report) if fact.path.endswith("()")] == [{Effect.SILENT}]


def test_rule_14_operation_that_was_renamed_in_place_has_a_report() -> None:
    """See also the tests of fetch: CHECK=1 prints it."""
    report = report_of((f"{PATH} get operationId", "findSegments"))
    assert {call.id: call.verdict for call in report.calls}["findSegments"] is Verdict.RENAMED
    assert report.words == (("search_segments", "find_segments"),)


def test_rule_15_class_of_an_inline_schema_is_named() -> None:
    """The class of an inline enum goes with its field, or gets a successor with it."""
    report = report_of(
        (f"{SEGMENT} channel", GONE), (f"{SCHEMAS} Owner properties channel", {"type": "string", "enum": ["x"]})
    )
    assert report.gone == ("SegmentChannel",)
    assert report.come == ("OwnerChannel",)
    assert report_of(
        (f"{SCHEMAS} Part", segments()["components"]["schemas"]["Segment"]),
        (f"{SCHEMAS} Segment", GONE),
        (f"{SCHEMAS} SegmentList properties data items", reference("Part")),
    ).words == (
        ("Segment", "Part"),
        ("SegmentChannel", "PartChannel"),
    )
