"""The report tells each change once, in terms of the document and of Python, with what callers do about it."""

from __future__ import annotations

import copy
import functools
from typing import Any

import pytest
from support.edits import GONE, KIND, LIMIT, PATH, SEGMENT, put, segments

from scripts.changes.documents import compare, renamed
from scripts.changes.report import between, client_of, code, report
from scripts.changes.surface import Surface
from scripts.changes.weave import Packages
from scripts.spec.document import Document
from scripts.stage import StageError

BODY = f"{PATH} patch requestBody"
SEARCH = "`searchSegments` (`api.audience.search_segments`)"
UPDATE = "`updateSegments` (`api.audience.update_segments`)"


@functools.cache
def old_client() -> Surface:
    """What its client offers."""
    return client_of(segments(), "the old document")


def lines_of(edited: Document) -> list[str]:
    """The lines of the report on the small document and an edited one, without headings."""
    packages = Packages(old_client(), client_of(edited, "edited"), renamed(segments(), edited))
    text = report(compare(segments(), edited), packages)
    assert "package alone" not in text
    return [line for line in text.splitlines() if line.lstrip().startswith("- ")]


def reference(name: str) -> dict[str, str]:
    """A reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (
            f"{PATH} get operationId",
            "findSegments",
            "`findSegments` (`api.audience.find_segments`): `searchSegments`: operation renamed to "
            "`findSegments (GET /accounts/{account-id}/segments)`; `api.audience.search_segments` is now "
            "`api.audience.find_segments`. Import the module of the new name, and give it what its signature asks for.",
        ),
        (
            "paths /2026-01/segments/{segment-id}",
            GONE,
            "`deleteSegment` (`api.audience.delete_segment`): operation removed `(DELETE /segments/{segment-id})`. "
            "Stop calling it; see the operations added for one that does the like.",
        ),
        (
            f"{PATH} get tags",
            ["Segments"],
            "`searchSegments` (`api.segments.search_segments`): operation tags, of which the first names the module: "
            '`["Audience"] → ["Segments"]`; `api.audience.search_segments` is now `api.segments.search_segments`. '
            "Import its module from the package of the new tag.",
        ),
        (
            LIMIT,
            GONE,
            f"{SEARCH}: `(limit in query)`: parameter removed `(in query)`; `limit: int | Unset = UNSET` is gone. "
            "Stop giving the argument.",
        ),
        (
            f"{LIMIT} schema",
            {"type": "string", "maximum": 500},
            f"{SEARCH}: `(limit in query)`: type `integer (int32) → string`; `limit: int | Unset = UNSET` is now "
            "`str | Unset = UNSET`. Give and read the new type.",
        ),
        (
            f"{LIMIT} required",
            True,
            f"{SEARCH}: `(limit in query)`: now required; `limit: int | Unset = UNSET` is now `int`. "
            "Set it in every request.",
        ),
        (
            f"{LIMIT} schema maximum",
            50,
            f"{SEARCH}: `(limit in query)`: limit `maximum 500 → 50`. Keep what you send within the new limit.",
        ),
        (
            f"{BODY} required",
            True,
            f"{UPDATE}: `body`: now required; `body: SegmentUpdate | Unset = UNSET` is now `SegmentUpdate`. "
            "Set it in every request.",
        ),
        (
            f"{BODY} content application/json schema",
            reference("Kind"),
            f"{UPDATE}: `body`: type `SegmentUpdate → Kind`; `body: SegmentUpdate | Unset = UNSET` is now "
            "`Kind | Unset = UNSET`. Give and read the new type.",
        ),
        (
            BODY,
            GONE,
            f"{UPDATE}: `body`: body removed; `body: SegmentUpdate | Unset = UNSET` is gone. Stop giving a body.",
        ),
        (
            f"{PATH} patch responses 200 content application/json schema",
            reference("Segment"),
            f"{UPDATE}: `answer 200`: type `SegmentList → Segment`; `answers SegmentList` is now `answers Segment`. "
            "Give and read the new type.",
        ),
        (
            f"{PATH} patch security",
            [{"oauth": ["All"]}],
            f'{UPDATE}: scope `["Audience_Manage"] → ["All"]`. Have the application granted the scope.',
        ),
        (
            f"{SEGMENT} createdAt",
            GONE,
            "`Segment` (`models.Segment`): `.createdAt`: field removed `(string (date-time))`; "
            "`created_at: datetime.datetime | Unset = UNSET` is gone. Stop setting and reading it.",
        ),
        (
            f"{SEGMENT} createdAt",
            {"type": "string"},
            "`Segment` (`models.Segment`): `.createdAt`: type `string (date-time) → string`; "
            "`created_at: datetime.datetime | Unset = UNSET` is now `str | Unset = UNSET`. Give and read the new type.",
        ),
        (
            f"{SEGMENT} channel",
            GONE,
            "`Segment` (`models.Segment`): `.channel`: field removed `(string)`; "
            "`channel: None | SegmentChannel | Unset = UNSET` is gone. Stop setting and reading it.",
        ),
        (
            "components schemas Segment required",
            GONE,
            "`Segment` (`models.Segment`): `.id`: no longer required; `id: str` is now `str | Unset = UNSET`. "
            "Expect UNSET where you read it.",
        ),
        (
            "components schemas SegmentUpdate required",
            ["name"],
            "`SegmentUpdate` (`models.SegmentUpdate`): `.name`: now required; `name: str | Unset = UNSET` is now "
            "`str`. Set it in every request.",
        ),
        (
            f"{SEGMENT} id nullable",
            True,
            "`Segment` (`models.Segment`): `.id`: now nullable; `id: str` is now `None | str`. "
            "Expect None where you read it.",
        ),
        (
            f"{KIND} nullable",
            True,
            "`Kind` (`models.Kind`): now nullable; `models.Segment.kind: Kind | Unset = UNSET` is now "
            "`Kind | None | Unset = UNSET`. Expect None where you read it.",
        ),
        (
            "components schemas Owner nullable",
            GONE,
            "`Owner` (`models.Owner`): no longer nullable; `models.Segment.owner: None | Owner | Unset = UNSET` is now "
            "`Owner | Unset = UNSET`.",
        ),
        (
            f"{KIND} enum",
            ["Small", "Unknown"],
            '`Kind` (`models.Kind`): enum removed `"Big"`; in `models.Kind` `BIG` is gone. '
            "Stop sending and comparing these values.",
        ),
        (
            f"{KIND} enum",
            ["big", "small", "Unknown"],
            "`Kind` (`models.Kind`): enum recased `Big → big, Small → small`; in `models.Kind` the values of `BIG`, "
            "`SMALL` change. Use the members of the enum's class, or respell the strings you send and compare.",
        ),
        (
            f"{KIND} enum",
            ["b-ig", "Small", "Unknown"],
            "`Kind` (`models.Kind`): enum recased `Big → b-ig`; in `models.Kind` `BIG` is now `B_IG`. "
            "Use the members of the enum's class, or respell the strings you send and compare.",
        ),
        (
            f"{KIND} enum",
            ["Big", "Small", "Unknown", "Huge", "Vast"],
            '`Kind` (`models.Kind`): enum added `"Huge", "Vast"`; in `models.Kind` `HUGE`, `VAST` are new.',
        ),
        (
            f"{SEGMENT} channel enum",
            ["onsite", "Offsite"],
            "`Segment` (`models.Segment`): `.channel`: enum recased `Onsite → onsite`; in `models.SegmentChannel` the "
            "value of `ONSITE` changes. Use the members of the enum's class, or respell the strings you send and "
            "compare.",
        ),
        (
            f"{SEGMENT} kind",
            {"type": "string"},
            "`Segment` (`models.Segment`): `.kind`: type `Kind → string`; `kind: Kind | Unset = UNSET` is now "
            "`str | Unset = UNSET`. Give and read the new type.",
        ),
        (
            f"{SEGMENT} more",
            {"type": "object", "properties": {"deep": {"type": "string", "enum": ["a"]}}},
            "`Segment` (`models.Segment`): `.more`: field added `(object)`; `more: SegmentMore | Unset = UNSET` is "
            "new.",
        ),
        (
            "components schemas More",
            {"type": "object", "properties": {"deep": {"type": "string", "enum": ["a"]}}},
            "`More` (`models.More`): schema added `(object)`.",
        ),
        (
            f"{PATH} put",
            {"operationId": "putSegments", "tags": ["Audience"], "parameters": [], "responses": {"204": {}}},
            "`putSegments` (`api.audience.put_segments`): operation added `(PUT /accounts/{account-id}/segments)`.",
        ),
    ],
)
def test_change_is_one_line_with_its_python_names(path: str, value: Any, line: str) -> None:
    """Each kind of change is one line: where, what, the Python names of both clients, and what callers do.

    And it accounts for all that differs between the packages.
    """
    edited = segments()
    if path == f"{PATH} put":
        account = edited["paths"]["/2026-01/accounts/{account-id}/segments"]["get"]["parameters"][0]
        value = {**value, "parameters": [account], "responses": {"204": {"description": "Done."}}}
        value["security"] = [{"oauth": []}]
    put(edited, path, value)

    assert lines_of(edited) == [f"- {line}"]


def test_parameter_that_python_names_as_before_breaks_nothing() -> None:
    """One spelled otherwise is another on the wire, but callers give the same argument."""
    edited = segments()
    put(edited, f"{PATH} get parameters 2 name", "limit-to-ids")

    assert lines_of(edited) == [
        f"- {SEARCH}: `(limit-to-ids in query)`: parameter added `(array)`; "
        "`limit_to_ids: list[str] | Unset = UNSET` as before.",
        f"- {SEARCH}: `(limitToIds in query)`: parameter removed `(in query)`; "
        "`limit_to_ids: list[str] | Unset = UNSET` as before.",
    ]


def test_changes_are_grouped_under_their_subject_and_counted() -> None:
    """The counts come first; an operation or a class is named once, breaking changes before others."""
    edited = segments()
    put(edited, f"{SEGMENT} createdAt", GONE)
    put(edited, f"{SEGMENT} id nullable", True)
    put(edited, f"{SEGMENT} more", {"type": "string"})
    packages = Packages(old_client(), client_of(edited, "edited"), {})

    assert report(compare(segments(), edited), packages, ["A note."]) == (
        "Changes of the document: 2 look breaking, 1 add something, 0 do neither. "
        "Names in Python: 1 go, 1 change, 1 come.\n\n"
        "A note.\n\n"
        "## What looks breaking (2)\n\n"
        "- `Segment` (`models.Segment`):\n"
        "  - `.createdAt`: field removed `(string (date-time))`; `created_at: datetime.datetime | Unset = UNSET` is "
        "gone. Stop setting and reading it.\n"
        "  - `.id`: now nullable; `id: str` is now `None | str`. Expect None where you read it.\n\n"
        "## What is new (1)\n\n"
        "- `Segment` (`models.Segment`): `.more`: field added `(string)`; `more: str | Unset = UNSET` is new.\n"
    )


def test_what_differs_in_the_package_alone_is_told() -> None:
    """A name that no change of the document accounts for: the overlay or a template changed, say."""
    old = Surface({"models.Foo": "class", "models.Foo.bar": "str", "models.Foo.gone": "int"}, {})
    new = Surface({"models.Foo": "class", "models.Foo.bar": "int", "api.x.y": "answers None"}, {})

    assert report([], Packages(old, new, {})).split("\n\n", 1)[1] == (
        "## What changed in the package alone (3)\n\n"
        "- `api.x.y: answers None` is new.\n"
        "- `models.Foo.bar: str` is now `int`.\n"
        "- `models.Foo.gone: int` is gone.\n"
    )


def test_text_of_the_document_is_no_markdown() -> None:
    """Whatever a description says stays in a code span on its own line: no heading, link, tag, mention or bidi mark."""
    edited = segments()
    evil = "A ```fence``` <b> https://evil.example @all [x](y)\n# Head\n- item \u202e|"
    put(edited, f"{SEGMENT} id description", evil)
    edited["components"]["schemas"]["Segment"]["properties"]["`x`\n# y"] = {"type": "string"}
    text = report(compare(segments(), edited), None)

    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "## What is new (1)",
        "## What else changed (1)",
    ]
    assert "- ``Segment.`x`\\n# y``: field added" in text
    assert "\u202e" not in text
    (line,) = (line for line in text.splitlines() if "fence" in line)
    assert line.startswith("- `Segment.id`: text ````description added: ")
    assert line.endswith("````.")


@pytest.mark.parametrize(
    ("text", "span"), [("a", "`a`"), ("`", "`` ` ``"), ("a``b", "```a``b```"), (" a", "`  a `"), ("", "`  `")]
)
def test_code_span_holds_any_text(text: str, span: str) -> None:
    """The fence is longer than any run of backticks within; a space apart from a backtick or a space at an end."""
    assert code(text) == span


def test_document_without_a_client_is_reported_without_python() -> None:
    """The changes are told whatever the state of the document, and why there are no Python names."""
    edited = segments()
    put(edited, f"{SEGMENT} owner", reference("Nobody"))
    text = between(segments(), edited)

    assert "What this is in Python cannot be told: `the new document: " in text
    assert "- `Segment.owner`: type `Owner → Nobody`. Give and read the new type." in text
    with pytest.raises(StageError, match=r"^x: .*leads nowhere"):
        client_of(edited, "x")


def test_no_change_is_no_report() -> None:
    """Nor is a client made for it."""
    assert between(segments(), copy.deepcopy(segments())) == ""
