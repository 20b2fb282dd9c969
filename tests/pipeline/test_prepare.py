"""What is made in memory before generation: texts where the generator looks for them, and the facts of operations."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from support.one_operation import ENUM, REF, built, document_of, objects, patched, prepared, property_of
from support.specs import read_document, whole_document
from support.workspace import PROJECT

from scripts.pipeline import generator
from scripts.pipeline.prepare import OperationFacts, Paging, Report, describe_operations

# texts

SAID: dict[str, tuple[dict[str, Any], str | None]] = {
    "bounds": ({"type": "integer", "minimum": 0, "maximum": 500}, "At least 0. At most 500."),
    "lengths": ({"type": "string", "minLength": 1, "maxLength": 9}, "Length at least 1. Length at most 9."),
    "items": (
        {"type": "array", "items": {}, "minItems": 1, "maxItems": 9},
        "Number of items at least 1. Number of items at most 9.",
    ),
    "pattern": ({"type": "string", "pattern": "^a$"}, "Pattern: ^a$"),
    "uniqueItems": ({"type": "array", "items": {}, "uniqueItems": True}, "No item twice."),
    "readOnly": ({"type": "string", "readOnly": True}, "Read-only."),
    "readOnly false": ({"type": "string", "readOnly": False}, None),
    "a bound that is left out": ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, "More than 0."),
    "multipleOf": ({"type": "number", "multipleOf": 5}, "A multiple of 5."),
    "deprecated": ({"type": "string", "deprecated": True}, "Deprecated."),
    "writeOnly": ({"type": "string", "writeOnly": True}, "Write-only."),
    "what each item is": (
        {"type": "array", "maxItems": 9, "items": {"type": "string", "format": "long-id", "maxLength": 5}},
        "Number of items at most 9. Each item: format: long-id. Each item: length at most 5.",
    ),
    "a format that says something": ({"type": "string", "format": "long-id"}, "Format: long-id."),
    "a number in a text": ({"type": "string", "format": "int64"}, "Format: int64."),
    "a narrow integer": ({"type": "integer", "format": "int32"}, "Format: int32."),
    "a format that the Python type says": ({"type": "string", "format": "date-time"}, None),
    "nothing": ({"type": "string"}, None),
}


@pytest.mark.parametrize("case", SAID.values(), ids=SAID.keys())
def test_what_the_generator_drops_is_said(case: tuple[dict[str, Any], str | None]) -> None:
    """Limits stand in the description, as sentences."""
    schema, sentences = case
    prepared_part = property_of(prepared(document_of(answer=REF, Thing=objects(x=schema))), "x")
    assert prepared_part.get("description") == sentences


DESCRIPTIONS = {
    "a sentence": ("The size.", "The size. At most 9."),
    "words": ("The size", "The size. At most 9."),
    "what is said already": ("At most 9. Really.", "At most 9. Really."),
    "nothing": ("", "At most 9."),
}


@pytest.mark.parametrize("case", DESCRIPTIONS.values(), ids=DESCRIPTIONS.keys())
def test_sentences_go_after_the_description(case: tuple[str, str]) -> None:
    """A sentence follows what is there, and is not said twice."""
    before, after = case
    schema = {"type": "integer", "maximum": 9, "description": before}
    assert property_of(prepared(document_of(answer=REF, Thing=objects(x=schema))), "x")["description"] == after


DEFAULTS: dict[str, tuple[dict[str, Any], str | None]] = {
    "default": ({"type": "integer", "default": 50}, "Default: 50."),
    "default text": ({"type": "string", "default": "manual"}, "Default: manual."),
    "default false": ({"type": "boolean", "default": False}, "Default: false."),
    "nothing": ({"type": "string"}, None),
}


@pytest.mark.parametrize("case", DEFAULTS.values(), ids=DEFAULTS.keys())
def test_a_default_is_said(case: tuple[dict[str, Any], str | None]) -> None:
    """A default becomes a sentence of the description, and is no default any more."""
    schema, sentences = case
    rewritten = property_of(prepared(document_of(answer=REF, Thing=objects(x=schema))), "x")
    assert rewritten.get("description") == sentences
    assert "default" not in rewritten


def test_no_argument_or_field_has_a_default_of_the_document() -> None:
    """What a caller does not give is not sent, and what an answer lacks is not filled in."""
    parameter = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 50}}
    document = document_of(answer=REF, parameters=[parameter], Thing=objects(x=ENUM | {"default": "a"}))
    parsed = built(patched(document))
    (model,) = parsed.models
    (collection,) = parsed.endpoint_collections_by_tag.values()
    fields = [*(model.optional_properties or ()), *collection.endpoints[0].query_parameters]
    assert [field.default for field in fields] == [None, None]
    assert property_of(prepared(document), "x")["description"] == "Default: a."


def test_a_file_is_bytes_whatever_its_media_type() -> None:
    """Every binary answer becomes one octet stream, and the generator takes the bytes."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    document = document_of()
    answer = document["paths"]["/things"]["post"]["responses"]["200"]
    answer["content"] = {"application/csv": binary, "application/json": binary}
    content = prepared(document)["paths"]["/things"]["post"]["responses"]["200"]["content"]
    assert content == {"application/octet-stream": binary}
    (collection,) = built(patched(document)).endpoint_collections_by_tag.values()
    assert [one.source["attribute"] for one in collection.endpoints[0].responses] == ["response.content"]


MARKUP = {
    "line break": ("Makes it.\r\n<br />\r\nSlowly.", "Makes it.\r\n\n\r\nSlowly."),
    "HTML's line break": ("a<br>b", "a\nb"),
    "type parameter": ('Holds a <typeparamref name="TAttributes" /> with Id', "Holds a TAttributes with Id"),
    "reference": ('See <see cref="Thing"/>.', "See Thing."),
    "anything else": ("a < b, <b>c</b>", "a < b, <b>c</b>"),
}


@pytest.mark.parametrize("case", MARKUP.values(), ids=MARKUP.keys())
def test_remains_of_markup_go(case: tuple[str, str]) -> None:
    """Tags that Criteo's generator left are taken out; all else is the text's own."""
    before, after = case
    document = document_of(answer=REF, Thing=objects(description={"type": "string"}) | {"description": before})
    document["paths"]["/things"]["post"]["summary"] = before
    prepared_part = prepared(document)
    assert prepared_part["components"]["schemas"]["Thing"]["description"] == after
    assert prepared_part["paths"]["/things"]["post"]["summary"] == after


def test_a_nullable_reference_says_what_a_plain_one_says() -> None:
    """The generator takes the description of what is referred to only where there is no union with null."""
    part = objects(y={"type": "string"}) | {"description": "A part.", "nullable": True}
    prepared_part = property_of(
        prepared(document_of(answer=REF, Thing=objects(x={"$ref": "#/components/schemas/Part"}), Part=part)), "x"
    )
    assert prepared_part["description"] == "A part."


def test_a_parameter_s_description_reaches_the_docstring() -> None:
    """The generator reads the description of the parameter's schema, so it gets a copy."""
    parameter = {"name": "limit", "in": "query", "description": "How many", "schema": {"type": "integer", "maximum": 9}}
    prepared_part = generator.read_document(PROJECT, patched(document_of(parameters=[parameter])))
    (collection,) = prepared_part.endpoint_collections_by_tag.values()
    assert collection.endpoints[0].query_parameters[0].to_docstring() == "limit (int | Unset): How many. At most 9."


def test_security_of_the_whole_document_is_that_of_each_operation() -> None:
    """The generator looks at an operation alone, so that its client would take none that is authenticated."""
    document = document_of() | {"security": [{"oauth": ["Things_Read"]}]}
    assert prepared(document)["paths"]["/things"]["post"]["security"] == [{"oauth": ["Things_Read"]}]
    (facts,) = describe_operations(patched(document)).values()
    assert (facts.scopes, facts.is_read) == (["Things_Read"], True)


# facts

JSON = "application/json"


def facts_of(*edits: dict[str, Any], **schemas: Any) -> dict[str, OperationFacts]:
    """The facts of operations, by id; each edit holds a path, a method, and what is not as in every other."""
    document = document_of(**schemas)
    (operation,) = document["paths"].pop("/things").values()
    for edit in edits:
        own = copy.deepcopy(operation) | {key: value for key, value in edit.items() if key not in ("path", "method")}
        document["paths"].setdefault(edit["path"], {})[edit.get("method", "get")] = own
    return {facts.id: facts for facts in describe_operations(patched(document)).values()}


def answering(schema: Any, media_type: str = JSON) -> dict[str, Any]:
    return {"responses": {"200": {"description": "d", "content": {media_type: {"schema": schema}}}}}


def taking(schema: Any) -> dict[str, Any]:
    return {"requestBody": {"content": {JSON: {"schema": schema}}, "required": True}}


@pytest.mark.parametrize(
    ("method", "scopes", "is_read"),
    [
        ("get", [], True),
        ("head", ["A_Manage"], True),
        ("post", ["A_Read"], True),
        ("post", ["A_Read", "B_Read"], True),
        ("post", ["A_Read", "A_Manage"], False),
        ("post", [], False),
        ("put", ["A_Manage"], False),
    ],
)
def test_what_only_reads_is_a_read(method: str, scopes: list[str], is_read: bool) -> None:
    """By its method, or because each scope that it needs is one for reading."""
    facts = facts_of({"path": "/a", "method": method, "operationId": "a", "security": [{"oauth": scopes}]})
    assert facts["a"].is_read is is_read


LISTS = {
    "an array": ({"type": "array", "items": {}}, True),
    "an array that may be null": ({"type": "array", "items": {}, "nullable": True}, True),
    "a reference to an array": ({"$ref": "#/components/schemas/Several"}, True),
    "a reference that may be null": ({"$ref": "#/components/schemas/NullableSeveral"}, True),
    "an object": ({"type": "object"}, False),
    "a text": ({"type": "string"}, False),
}


@pytest.mark.parametrize(("data", "is_list"), LISTS.values(), ids=LISTS.keys())
def test_lists_are_found_in_bodies_and_answers(data: dict[str, Any], is_list: bool) -> None:
    """Whatever way the document writes that ``data`` is a list."""
    several = {"type": "array", "items": {}}
    schemas = {"Thing": objects(data=data), "Several": several, "NullableSeveral": several | {"nullable": True}}
    edit = {"path": "/a", "method": "post", "operationId": "a", **taking(REF), **answering(REF)}
    facts = facts_of(edit, **schemas)["a"]
    assert (facts.body_list, facts.answer_list) == (is_list, is_list)


def query(**schemas: Any) -> dict[str, Any]:
    return {"parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]}


PAGINGS: dict[str, tuple[dict[str, Any], Paging | None]] = {
    "page": (query(pageIndex={}, pageSize={"maximum": 100}), Paging("page", "page_index", "page_size", 100)),
    "offset": (query(offset={}, limit={"maximum": 500}), Paging("offset", "offset", "limit", 500)),
    "no maximum": (query(offset={}, limit={}), Paging("offset", "offset", "limit", None)),
    "the largest int32": (query(offset={}, limit={"maximum": 2**31 - 1}), Paging("offset", "offset", "limit", None)),
    "one of the two": (query(offset={}), None),
    "one of each": (query(offset={}, pageSize={}), None),
}


@pytest.mark.parametrize(("edit", "paging"), PAGINGS.values(), ids=PAGINGS.keys())
def test_pages_are_found(edit: dict[str, Any], paging: Paging | None) -> None:
    """By the two styles of parameters, with the largest page that the document allows."""
    schemas = {"Thing": objects(data={"type": "array", "items": {}}), "One": objects(data={"type": "object"})}
    paged = {"path": "/a", "operationId": "a", **answering(REF), **edit}
    single = {"path": "/b", "operationId": "b", **answering({"$ref": "#/components/schemas/One"}), **edit}
    facts = facts_of(paged, single, **schemas)
    assert facts["a"].paging == paging
    assert facts["b"].paging is None  # nothing to page through


STATE = objects(data=objects(attributes=objects(status={"type": "string", "enum": ["pending", "Success"]})))
OTHER_STATE = objects(data=objects(attributes=objects(status={"type": "string", "enum": ["active", "ended"]})))
FREE_STATE = objects(data=objects(attributes=objects(status={"type": "string"})))
ID = {"name": "reportId", "in": "path", "required": True, "schema": {"type": "string"}}
FILE = {"type": "string", "format": "binary"}


def family(prefix: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The operations for the state and the output of one kind of report."""
    shared = {"parameters": [ID]}
    return (
        {"path": f"{prefix}/{{reportId}}/status", "operationId": f"{name}Status", **shared, **answering(STATE)},
        {"path": f"{prefix}/{{reportId}}/output", "operationId": f"{name}Output", **shared, **answering(FILE)},
    )


def create(path: str, **edit: Any) -> dict[str, Any]:
    begins = {"path": path, "method": "post", "operationId": "create", **taking({"type": "object"})}
    return {**begins, **answering(STATE), **edit}


SHIPS = Report("things.ships_status", "things.ships_output", "report_id")
BOATS = Report("things.boats_status", "things.boats_output", "report_id")
REPORTS: dict[str, tuple[list[dict[str, Any]], Report | None]] = {
    "at the path": ([*family("/ships", "ships"), create("/ships")], SHIPS),
    "below the path": ([*family("/ships", "ships"), *family("/boats", "boats"), create("/ships/daily")], SHIPS),
    "at the longer path": ([*family("/s", "ships"), *family("/s/boats", "boats"), create("/s/boats")], BOATS),
    "the only one of its tag": ([*family("/ships", "ships"), create("/accounts/ship-export")], SHIPS),
    "one of two of its tag": ([*family("/ships", "ships"), *family("/boats", "boats"), create("/other")], None),
    "of another tag": ([*family("/ships", "ships"), create("/other", tags=["Others"])], None),
    "a path that only begins the same": (
        [*family("/ships", "ships"), *family("/boats", "boats"), create("/shipsails")], None
    ),
    "a status of something else": ([*family("/ships", "ships"), create("/ships", **answering(OTHER_STATE))], None),
    "a status in free text": ([*family("/ships", "ships"), create("/ships", **answering(FREE_STATE))], SHIPS),
    "a status in free text elsewhere": ([*family("/ships", "ships"), create("/other", **answering(FREE_STATE))], None),
    "no output": ([family("/ships", "ships")[0], create("/ships")], None),
    "no status": ([family("/ships", "ships")[1], create("/ships")], None),
}  # fmt: skip


@pytest.mark.parametrize(("edits", "report"), REPORTS.values(), ids=REPORTS.keys())
def test_state_and_output_of_a_report_follow_from_the_document(
    edits: list[dict[str, Any]], report: Report | None
) -> None:
    """From paths first, then from the tag; where both leave it open, nothing is said."""
    facts = facts_of(*edits)
    assert facts["create"].report == report
    if report is not None:
        name = report.status.removeprefix("things.").removesuffix("_status")
        assert facts[f"{name}Status"].report == facts[f"{name}Output"].report == report


def test_a_state_that_needs_more_than_the_id_is_of_no_report() -> None:
    """Whoever waits for a report has its id alone."""
    state, output = family("/ships", "ships")
    more = {"name": "x", "in": "query", "required": True, "schema": {"type": "string"}}
    assert facts_of({**state, "parameters": [ID, more]}, output, create("/ships"))["create"].report is None


WHOLE = {
    "2026-01": ({"analytics": 6, "billing": 1, "campaign": 4}, 19),
    "2026-07": ({"analytics": 6, "billing": 1, "campaign": 4}, 23),
}


@pytest.mark.parametrize("version", WHOLE)
def test_facts_of_the_whole_document(version: str) -> None:
    """Every operation that creates a report has its state and output, which have it too; reads by POST are by scope."""
    reports, reads = WHOLE[version]
    document = patched(read_document(whole_document(version)))
    facts = describe_operations(document)
    modules = {".".join(key): one for key, one in facts.items()}
    found = [(key[0], one.report) for key, one in facts.items() if one.report and one.method == "POST"]
    assert {tag: sum(tag == other for other, _ in found) for tag, _ in found} == reports
    for _, report in found:
        assert modules[report.status].report == modules[report.output].report == report
        assert modules[report.status].tells_state
    assert sum(one.is_read and one.method != "GET" for one in facts.values()) == reads
    assert sum(one.paging is not None for one in facts.values()) == 19
