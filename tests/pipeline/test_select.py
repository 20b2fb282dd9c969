"""A selection keeps the operations named and exactly what they reach."""

from __future__ import annotations

import json

import pytest
from support.small_document import schema, small_document
from support.specs import ROOT, whole_document
from support.workspace import PROJECT

from scripts.pipeline.source import read_source
from scripts.project import StageError
from scripts.spec.document import canonical, dump, parse
from scripts.spec.select import Offered, choose, offered, reachable, select


def ids(operations: list[Offered]) -> list[str]:
    """The operationIds."""
    return [operation.id for operation in operations]


def kept(choice: list[str]) -> dict[str, list[str]]:
    """The names of the components that a selection from the small document keeps."""
    return {kind: list(named) for kind, named in select(small_document(), choice)["components"].items()}


def test_offered_operations_say_where_they_are_and_what_they_need() -> None:
    """Each operation comes with its place, tags and scopes; without scopes of its own, with the document's."""
    assert offered(small_document()) == [
        Offered("getFoo", "get", "/2026-01/foos/{id}", ("Foo",), ("Foo_Read",)),
        Offered("updateFoo", "patch", "/2026-01/foos/{id}", ("Foo",), ("Foo_Manage",)),
        Offered("getBar", "get", "/2026-01/bars", ("Bar",), ()),
    ]


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        (["getFoo"], ["getFoo"]),
        (["getBar", "getFoo", "getFoo"], ["getFoo", "getBar"]),
        (["get*"], ["getFoo", "getBar"]),
        (["*Foo"], ["getFoo", "updateFoo"]),
        (["get[AB]ar", "?pdateFoo"], ["updateFoo", "getBar"]),
        (["tag:Bar"], ["getBar"]),
        (["tag:F*", "getBar"], ["getFoo", "updateFoo", "getBar"]),
        (["*"], ["getFoo", "updateFoo", "getBar"]),
    ],
    ids=" ".join,
)
def test_names_patterns_and_tags_choose(choice: list[str], chosen: list[str]) -> None:
    """An entry is an operationId, a pattern of them, or a tag; the order is the document's."""
    assert ids(choose(small_document(), choice)) == chosen


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("getfoo", "no operation is getfoo among the 3 offered; did you mean getFoo"),
        ("getFu", "no operation is getFu among the 3 offered; did you mean getFoo"),
        ("zzzzzzzz", "no operation is zzzzzzzz among the 3 offered; nothing is named like it"),
        ("delete*", "no operation is delete"),
        ("tag:foo", "no operation has tag:foo among the 2 offered; did you mean tag:Foo"),
        ("tag:get*", "no operation has tag:get"),
        ("tag:", "no operation has tag:"),
    ],
)
def test_entry_that_matches_nothing_is_refused_with_the_nearest_names(entry: str, line: str) -> None:
    """A name, pattern or tag that matches nothing is refused, even beside others that match."""
    with pytest.raises(StageError) as caught:
        choose(small_document(), ["getFoo", entry, "*"])
    assert str(caught.value).startswith(line)


def test_wanting_nothing_is_refused() -> None:
    """An empty selection is refused, with what to write."""
    with pytest.raises(StageError, match="no operation is wanted: name some"):
        choose(small_document(), [])


@pytest.mark.parametrize("choice", [["tag:Bar"], ["*"], ["getBars"], ["getB*"]], ids=" ".join)
def test_operation_without_an_id_is_chosen_and_kept_by_the_name_made_for_it(choice: list[str]) -> None:
    """An operation without operationId, or with an empty one; the document it is chosen from stays as it was."""
    for given in ({}, {"operationId": ""}):
        document = small_document()
        bars = document["paths"]["/2026-01/bars"]["get"]
        del bars["operationId"]
        bars |= given

        assert "getBars" in ids(choose(document, choice))
        assert select(document, choice)["paths"]["/2026-01/bars"]["get"]["operationId"] == "getBars"
        assert bars.get("operationId", "") == ""


def test_selection_keeps_what_is_reached_and_nothing_else() -> None:
    """Schemas, parameters, bodies, answers and security schemes stay where an operation kept leads to them."""
    assert kept(["getFoo"]) == {
        "parameters": ["Id"],
        "responses": ["Foo"],
        "schemas": ["Flat", "Foo", "Kind", "Round"],
        "securitySchemes": ["oauth"],
    }
    assert kept(["updateFoo"]) == {
        "parameters": ["Id"],
        "requestBodies": ["Foo"],
        "schemas": ["Flat", "Foo", "FooUpdate", "Kind", "Round"],
        "securitySchemes": ["oauth"],
    }
    assert kept(["getBar"]) == {"schemas": ["Bar", "Odd/Name~"], "securitySchemes": ["key", "oauth"]}


def test_path_keeps_what_its_operations_share() -> None:
    """A path keeps its parameters and loses the operations not chosen; a path without any goes."""
    paths = select(small_document(), ["getFoo"])["paths"]

    assert {path: list(item) for path, item in paths.items()} == {"/2026-01/foos/{id}": ["parameters", "get"]}


def test_selection_keeps_the_top_level_but_for_extensions() -> None:
    """Tags, security and the rest stay whole, top-level extensions go."""
    selected, document = select(small_document(), ["getFoo"]), small_document()

    assert list(selected) == ["openapi", "info", "paths", "components", "security", "tags"]
    assert [selected[key] for key in ("info", "security", "tags")] == [
        document[key] for key in ("info", "security", "tags")
    ]


def test_star_keeps_the_whole_document() -> None:
    """The star keeps what nothing reaches and what is an extension; only the order becomes canonical."""
    assert dump(select(small_document(), ["*"])) == dump(canonical(small_document()))


def test_selection_leaves_its_input_alone() -> None:
    """Selecting changes nothing in the document it is given."""
    document = small_document()
    select(document, ["getBar"])

    assert document == small_document()


def test_selecting_twice_changes_nothing_more() -> None:
    """A selection from a selection is the same document."""
    once = select(small_document(), ["tag:Foo"])

    assert dump(select(once, ["tag:Foo"])) == dump(once)


def test_references_elsewhere_and_nowhere_are_not_followed() -> None:
    """A reference to a file, a URL or a component that is not there reaches nothing; a cycle ends."""
    components = {"schemas": {"A": {"items": schema("B")}, "B": {"items": schema("A")}, "etc": {}}}
    lures = [
        "https://example.com/x#/components/schemas/etc",
        "other.json#/components/schemas/etc",
        "#/paths/x",
        "#",
        "",
    ]

    assert reachable(components, [{"$ref": lure} for lure in lures]) == set()
    assert reachable(components, schema("A") | {"x": schema("Gone")}) == {("schemas", "A"), ("schemas", "B")}


def test_a_property_may_be_called_what_openapi_calls_its_keys() -> None:
    """Properties named $ref, security or discriminator are no references."""
    components = {
        "schemas": {"A": {"properties": {name: {"type": "string"} for name in ("$ref", "security", "discriminator")}}}
    }

    assert reachable(components, schema("A")) == {("schemas", "A")}


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ({"paths": []}, "paths is not an object"),
        ({"paths": {"/a": None}}, "paths./a is not an object"),
        ({"paths": {"/a": {"$ref": "other.json"}}}, "paths./a is a $ref, which is not followed"),
        ({"paths": {"/a": {"get": []}}}, "GET /a is not an object"),
        ({"paths": {"/a": {"get": {"operationId": 7}}}}, "operationId of GET /a is not a string"),
        ({"paths": {"/a": {"get": {"operationId": "a", "tags": "Foo"}}}}, "tags of GET /a is not a list"),
        ({"paths": {"/a": {"get": {"operationId": "a", "tags": [None]}}}}, "a tag of GET /a is not a string"),
        ({"paths": {"/a": {"get": {"operationId": "a", "security": {}}}}}, "security is not a list"),
        (
            {"paths": {"/a": {"get": {"operationId": "a", "security": ["oauth"]}}}},
            "an entry of security is not an object",
        ),
        ({"components": []}, "components is not an object"),
        ({"components": {"schemas": []}}, "components.schemas is not an object"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_misshapen_document_is_refused_in_one_line(part: dict[str, object], line: str) -> None:
    """A document whose parts are not what OpenAPI says they are is refused by the part's name."""
    with pytest.raises(StageError) as caught:
        select(small_document() | part, ["get*", "a"] if "paths" in part else ["getFoo"])
    assert str(caught.value).startswith(line)


def test_whole_document_and_published_cut_give_the_shipped_bytes() -> None:
    """The shipped choice from the whole document, or from a published YAML cut, is openapi/upstream.json."""
    recorded = read_source(PROJECT)
    paths = [whole_document(recorded.version)]
    if (recorded.version, recorded.operations) == ("2026-01", ("bulkUpdateAudienceSegments",)):  # a cut was published
        paths.append(paths[0].with_name("retailmedia_2026-01.bulkUpdateAudienceSegments.yaml"))
    shipped = (ROOT / "openapi" / "upstream.json").read_bytes()
    for path in paths:
        assert dump(select(parse(path.read_bytes(), path.name), recorded.operations)) == shipped


@pytest.mark.parametrize(("version", "operations", "schemas"), [("2026-01", 108, 364), ("2026-07", 115, 409)])
def test_whole_documents_lose_nothing_that_an_operation_reaches(version: str, operations: int, schemas: int) -> None:
    """All tags together choose every operation; the star keeps every schema."""
    path = whole_document(version)
    document = parse(path.read_bytes(), path.name)
    by_tag = select(document, ["tag:*"])

    assert len(offered(by_tag)) == operations
    assert len(select(document, ["*"])["components"]["schemas"]) == schemas
    assert by_tag["paths"] == document["paths"]
    references = {part.split('"')[0] for part in json.dumps(by_tag).split("#/components/schemas/")[1:]}
    assert references == set(by_tag["components"]["schemas"])
