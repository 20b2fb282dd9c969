"""Every difference between two documents is told, in terms of operations, schemas and fields, breaking ones first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.edits import GONE, put
from support.small_document import answer, schema, small_document
from support.specs import whole_document

from scripts.changes.documents import Change, compare
from scripts.spec.document import parse
from scripts.spec.select import offered

BARS = "paths /2026-01/bars"
FOOS = "paths /2026-01/foos/{id}"
LIMIT = f"{FOOS} get parameters 0"
FOO = "components schemas Foo"
UPDATE = "components schemas FooUpdate"
KIND = "components schemas Kind"


def told(changes: list[Change]) -> list[str]:
    """The changes as lines, those that look breaking with an exclamation mark."""
    return [f"{'!' * change.breaking}{change.kind} {change.where}: {change.what}" for change in changes]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (BARS, GONE, "!operation getBar: removed (GET /bars)"),
        (f"{BARS} put", {"operationId": "putBar"}, "operation putBar: added (PUT /bars)"),
        (f"{BARS} get operationId", "readBar", "!operation getBar: renamed to readBar (GET /bars)"),
        (
            f"{BARS} get tags",
            ["Pub"],
            '!operation getBar: tags, of which the first names the module: ["Bar"] → ["Pub"]',
        ),
        (
            f"{BARS} get tags",
            ["Bar", "B"],
            'operation getBar: tags, of which the first names the module: ["Bar"] → ["Bar", "B"]',
        ),
        (f"{BARS} get deprecated", True, "other getBar: deprecated added: true"),
        (f"{BARS} get summary", "Bars", 'text getBar: summary added: "Bars"'),
        (f"{BARS} summary", "Bars", 'other paths./bars: added: {"summary": "Bars"}'),
        (f"{FOOS} patch security", [{"oauth": ["Foo_Read"]}], '!scope updateFoo: ["Foo_Manage"] → ["Foo_Read"]'),
        (f"{FOOS} patch security", [], 'scope updateFoo: ["Foo_Manage"] → []'),
        (f"{FOOS} get parameters", GONE, "!parameter getFoo(limit in query): removed (in query)"),
        (f"{BARS} get parameters", [{"name": "n", "in": "query"}], "parameter getBar(n in query): added (any)"),
        (
            f"{BARS} get parameters",
            [{"name": "n", "in": "query", "required": True}],
            "!parameter getBar(n in query): added (any, required)",
        ),
        (f"{LIMIT} required", True, "!required getFoo(limit in query): now required"),
        (f"{LIMIT} description", "most", 'text getFoo(limit in query): description added: "most"'),
        (f"{LIMIT} schema type", "string", "!type getFoo(limit in query): integer (int32) → string (int32)"),
        (f"{LIMIT} schema maximum", 5, "!limit getFoo(limit in query): maximum 10 → 5"),
        (f"{LIMIT} schema maximum", 50, "limit getFoo(limit in query): maximum 10 → 50"),
        (f"{LIMIT} schema minimum", 1, "!limit getFoo(limit in query): minimum null → 1"),
        (f"{LIMIT} schema default", 5, "other getFoo(limit in query): default added: 5"),
        (f"{FOOS} patch requestBody", GONE, "!body updateFoo body: removed"),
        (f"{BARS} get requestBody", {"content": {}}, "body getBar body: added"),
        (f"{BARS} get requestBody", {"required": True}, "!body getBar body: added"),
        (f"{BARS} get responses 204", {}, "answer getBar answer 204: added"),
        (f"{BARS} get responses 200", GONE, "!answer getBar answer 200: removed"),
        (f"{BARS} get responses 200", answer("Kind"), "!type getBar answer 200: Bar → Kind"),
        (
            f"{BARS} get responses 200 content",
            {"text/csv": {}},
            "!answer getBar answer 200: content type application/json → text/csv",
        ),
        (
            f"{BARS} get responses 200 content text/csv",
            {},
            "answer getBar answer 200: content type application/json → application/json, text/csv",
        ),
        (f"{BARS} get responses 200 description", "fine", 'text getBar answer 200: description "ok" → "fine"'),
        ("components schemas Unused", GONE, "!schema Unused: removed"),
        ("components schemas More", {"type": "object"}, "schema More: added (object)"),
        (f"{FOO} properties kind", GONE, "!field Foo.kind: removed (Kind)"),
        (f"{FOO} properties more", schema("Kind"), "field Foo.more: added (Kind)"),
        (f"{UPDATE} properties more", schema("Kind"), "field FooUpdate.more: added (Kind)"),
        (f"{UPDATE} required", ["name"], "!required FooUpdate.name: now required"),
        (f"{FOO} required", ["id", "kind"], "required Foo.kind: now required"),
        (f"{FOO} required", [], "!required Foo.id: no longer required"),
        (f"{FOO} properties id type", "integer", "!type Foo.id: string → integer"),
        (f"{FOO} properties id format", "date-time", "!type Foo.id: string → string (date-time)"),
        (f"{FOO} properties kind", {"type": "string"}, "!type Foo.kind: Kind → string"),
        (f"{FOO} properties parts items", schema("Kind"), "!type Foo.parts[]: Foo → Kind"),
        (
            f"{FOO} properties parts items",
            GONE,
            '!other Foo.parts: items removed: {"$ref": "#/components/schemas/Foo"}',
        ),
        (f"{FOO} properties id nullable", True, "!nullable Foo.id: now nullable"),
        (f"{FOO} properties parts nullable", GONE, "nullable Foo.parts: no longer nullable"),
        (f"{UPDATE} properties name nullable", True, "nullable FooUpdate.name: now nullable"),
        (f"{UPDATE} properties name maxLength", GONE, "limit FooUpdate.name: maxLength 9 → null"),
        (f"{UPDATE} properties name pattern", "a", '!limit FooUpdate.name: pattern null → "a"'),
        (f"{FOO} properties id pattern", "a", 'limit Foo.id: pattern null → "a"'),
        (f"{KIND} enum", ["Big", "Small", "Huge"], 'enum Kind: added "Huge"'),
        (f"{KIND} enum", ["Big", "Small", "Huge", "huge"], 'enum Kind: added "Huge", "huge"'),
        (f"{KIND} enum", ["Small"], '!enum Kind: removed "Big"'),
        (f"{KIND} enum", ["big", "Small"], "!enum Kind: recased Big → big"),
        (f"{KIND} enum", GONE, '!enum Kind: no longer only "Big", "Small"'),
        (f"{FOO} properties id enum", ["a"], '!enum Foo.id: now one of "a"'),
        (
            f"{FOO} properties shape oneOf",
            [schema("Flat")],
            '!other Foo.shape: oneOf added {"$ref": "#/components/schemas/Flat"}',
        ),
        ("components schemas Round additionalProperties", {}, "other Round: additionalProperties added: {}"),
        ("components schemas Round x-of", True, "other Round: x-of added: true"),
        ("components schemas Round description", "a\nb", 'text Round: description added: "a\\nb"'),
        ("components securitySchemes key name", "x", 'other components.securitySchemes.key.name: "k" → "x"'),
        ("info title", "Other", 'text info.title: "Small" → "Other"'),
        ("tags", [{"name": "Foo"}], 'other tags: removed {"name": "Bar"}'),
        ("tags", [{"name": "Bar"}, {"name": "Foo"}], "other tags: in another order"),
        ("x-samples-languages", GONE, 'other x-samples-languages: removed: ["python"]'),
    ],
)
def test_edit_is_told_as_one_change(path: str, value: Any, line: str) -> None:
    """Each kind of edit is one change that says where, what, and whether it looks breaking."""
    edited = small_document()
    put(edited, path, value)

    assert told(compare(small_document(), edited)) == [line]


def test_required_field_that_is_new_breaks_only_what_is_sent() -> None:
    """A new field that is required must be sent, but is merely there in an answer."""
    edited = small_document()
    for name in ("Foo", "FooUpdate"):
        put(edited, f"components schemas {name} properties more", {"type": "string"})
        put(edited, f"components schemas {name} required", ["id", "more"] if name == "Foo" else ["more"])

    assert told(compare(small_document(), edited)) == [
        "!field FooUpdate.more: added (string, required)",
        "field Foo.more: added (string, required)",
    ]


def test_schema_that_got_another_name_is_told_as_renamed() -> None:
    """A schema that goes while its like comes is one change; where it is used, the type changes."""
    edited = small_document()
    put(edited, "components schemas Baz", edited["components"]["schemas"].pop("Bar"))
    put(edited, f"{BARS} get responses 200", answer("Baz"))

    assert told(compare(small_document(), edited)) == [
        "!schema Bar: renamed to Baz, or replaced by its like",
        "!type getBar answer 200: Bar → Baz",
    ]


def test_new_schema_is_compared_with_the_one_in_whose_place_it_stands() -> None:
    """Callers of a type that was replaced read what differs in the new one; one that was there before is not told."""
    edited = small_document()
    put(edited, "components schemas BarV2", {"type": "object", "properties": {"odd": schema("Kind")}})
    put(edited, "components schemas FooV2", small_document()["components"]["schemas"]["Foo"] | {"required": []})
    put(edited, f"{BARS} get responses 200", answer("BarV2"))
    put(edited, "components schemas Foo properties parts items", schema("FooV2"))

    assert told(compare(small_document(), edited)) == [
        "!field Bar → BarV2.odd/name~: removed (Odd~1Name~0)",
        "!type getBar answer 200: Bar → BarV2",
        "!type Foo.parts[]: Foo → FooV2",
        "!required Foo → FooV2.id: no longer required",
        "schema BarV2: added (object)",
        "schema FooV2: added (object)",
        "field Bar → BarV2.odd: added (Kind)",
    ]


def test_component_in_between_is_told_where_it_is_used() -> None:
    """A change in a body that operations refer to is told at the operation, and at the component."""
    edited = small_document()
    put(edited, "components requestBodies Foo required", False)

    assert told(compare(small_document(), edited)) == [
        "required updateFoo body: no longer required",
        "other components.requestBodies.Foo.required: true → false",
    ]


def test_operation_that_moved_is_told_as_moved() -> None:
    """The same operationId under another path is the same operation: callers of the client do not see its path."""
    edited = small_document()
    put(edited, "paths /2026-01/pubs", edited["paths"].pop("/2026-01/bars"))

    assert told(compare(small_document(), edited)) == ["operation getBar: moved: GET /bars → GET /pubs"]


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_version_in_paths_is_no_change(version: str) -> None:
    """Between versions that differ in nothing else, only the version is told."""
    after = small_document(version)
    for document, mentioned in ((before := small_document(), "2026-01"), (after, version)):
        document["paths"][f"/{mentioned}/bars"]["get"]["summary"] = f"/{mentioned}/bars"
    expected = [] if version == "2026-01" else [Change("other", "info.version", '"2026-01" → "2026-07"')]

    assert compare(before, after) == expected


def test_operation_that_changed_its_name_and_its_parameters_spelling_is_told_as_renamed() -> None:
    """A path parameter spelled otherwise does not hide that an operation was renamed."""

    edited = small_document()
    put(edited, "paths /2026-01/foos/{fooId}", edited["paths"].pop("/2026-01/foos/{id}"))
    put(edited, "paths /2026-01/foos/{fooId} get operationId", "readFoo")
    put(edited, "components parameters Id name", "fooId")

    assert told(compare(small_document(), edited)) == [
        "!operation getFoo: renamed to readFoo (GET /foos/{id})",
        "!parameter readFoo(id in path): removed (in path)",
        "!parameter readFoo(fooId in path): added (string, required)",
        "!parameter updateFoo(id in path): removed (in path)",
        "!parameter updateFoo(fooId in path): added (string, required)",
        "operation readFoo: moved: GET /foos/{id} → GET /foos/{fooId}",
        "operation updateFoo: moved: PATCH /foos/{id} → PATCH /foos/{fooId}",
        'other components.parameters.Id.name: "id" → "fooId"',
    ]


def test_long_texts_are_shown_from_where_they_differ() -> None:
    """Of two long texts the part around the first difference is shown."""
    long = "All of this is the same. " * 20
    (change,) = compare(
        small_document() | {"externalDocs": {"description": long + "Old"}},
        small_document() | {"externalDocs": {"description": long + "New"}},
    )
    assert change.what == '"…f this is the same. Old" → "…f this is the same. New"'


def test_order_alone_is_no_change() -> None:
    """Another order of keys is nothing to compare."""

    def reversed_everywhere(node: Any) -> Any:
        return {k: reversed_everywhere(v) for k, v in reversed(node.items())} if isinstance(node, dict) else node

    assert compare(small_document(), reversed_everywhere(small_document())) == []


def places(node: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The path to every part of a document."""
    if isinstance(node, (dict, list)):
        for key, part in node.items() if isinstance(node, dict) else enumerate(node):
            yield (*path, key)
            yield from places(part, *path, key)


@pytest.mark.parametrize(
    "value", [GONE, "?", 7, ["?"], [{}], {"?": 1}, None], ids=lambda v: "gone" if v is GONE else repr(v)
)
def test_no_difference_goes_untold(value: Any) -> None:
    """Whatever part of the small document is taken out or replaced, by whatever, something is told."""
    document = small_document()
    untold = []
    for *above, last in places(document):
        edited = small_document()
        parent: Any = edited
        for key in above:
            parent = parent[key]
        if value is GONE:
            del parent[last]
        elif parent[last] == value:
            continue
        else:
            parent[last] = value
        if not compare(document, edited):
            untold.append((*above, last))
    assert untold == []


def test_version_bump_is_told_as_read_by_hand() -> None:
    """2026-01 → 2026-07: 8 operationIds go, 15 come, 29 schemas go, 74 come, three enums are recased."""
    old, new = (parse(path.read_bytes(), path.name) for path in map(whole_document, ("2026-01", "2026-07")))
    changes = compare(old, new)
    operations = {change.where: change.what for change in changes if change.kind == "operation"}
    gone = {name for name, what in operations.items() if what.startswith(("removed", "renamed to"))}
    come = {name for name, what in operations.items() if what.startswith("added")}
    come |= {what.split()[2] for what in operations.values() if what.startswith("renamed to")}

    assert gone == {each.id for each in offered(old)} - {each.id for each in offered(new)}
    assert come == {each.id for each in offered(new)} - {each.id for each in offered(old)}
    assert (len(gone), len(come)) == (8, 15)
    renamed = [change for change in changes if change.kind == "schema" and change.what.startswith("renamed")]
    assert sum(change.kind == "schema" and change.what == "removed" for change in changes) + len(renamed) == 29
    assert sum(change.kind == "schema" and change.what.startswith("added") for change in changes) + len(renamed) == 74
    recased = {change.where: change.what for change in changes if "recased" in change.what}
    assert recased.keys() == {
        "BalanceHistoryChangeDataCaptureV1.changeType",
        "BalanceResponseV2 → BalanceV1.spendType",
        "BalanceResponseV2 → BalanceResponseV1.spendType",
    }
    assert "BalanceCreated → balanceCreated" in recased["BalanceHistoryChangeDataCaptureV1.changeType"]
    assert sorted(change.breaking for change in changes) == [change.breaking for change in reversed(changes)]
