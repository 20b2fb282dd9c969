"""Every difference between two documents is a fact: one edit, one fact, with its path and what it breaks."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from support.edits import GONE, SEGMENT, edited, segments
from support.reports import compare, compare_alone, initials, selected, spell
from support.small_document import answer, schema, small_document
from support.specs import whole_document

from scripts.changes.change import Verb
from scripts.changes.slots import Client
from scripts.changes.successors import SUCCESSORS
from scripts.project import StageError
from scripts.spec.document import parse
from scripts.spec.select import offered

BARS = "paths /2026-01/bars"
FOOS = "paths /2026-01/foos/{id}"
FOO = "components schemas Foo"
UPDATE = "components schemas FooUpdate"
SMALL = "components schemas Kind"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (BARS, GONE, "i removed getBar : getBar →"),
        (f"{BARS} put", {"operationId": "putBar"}, "added putBar :  → putBar"),
        (f"{BARS} get operationId", "readBar", "i renamed readBar : getBar → readBar"),
        (f"{BARS} get tags", ["Bar", "B"], "text getBar tags: Bar → Bar, B"),
        (f"{BARS} get deprecated", True, "deprecated getBar deprecated: false → true"),
        (f"{BARS} get summary", "Bars", "text getBar summary:  → Bars"),
        (f"{BARS} summary", "Bars", "text  paths./bars.summary:  → Bars"),
        (f"{FOOS} patch security", [{"oauth": ["Foo_Read"]}], "w scope updateFoo security: Foo_Manage → Foo_Read"),
        (f"{FOOS} patch security", [], "scope updateFoo security: Foo_Manage →"),
        (f"{FOOS} get parameters", GONE, "c removed getFoo limit: int →"),
        (f"{BARS} get parameters", [{"name": "n", "in": "query"}], "added getBar n:  → Any, optional"),
        (
            f"{BARS} get parameters",
            [{"name": "n", "in": "query", "required": True}],
            "c added getBar n:  → Any, required",
        ),
        (f"{FOOS} get parameters 0 required", True, "c required getFoo limit:  →"),
        (f"{FOOS} get parameters 0 deprecated", True, "deprecated getFoo limit.deprecated:  → deprecated: true"),
        (f"{FOOS} get parameters 0 style", "spaceDelimited", None),
        (f"{FOOS} get parameters 0 explode", False, "text getFoo limit.explode:  → explode: false"),
        (f"{FOOS} get parameters 0 schema type", "string", "c retyped getFoo limit: int → str"),
        (f"{FOOS} get parameters 0 schema maximum", 5, "w limit getFoo limit: maximum 10 → maximum 5"),
        (f"{FOOS} get parameters 0 schema maximum", 50, "limit getFoo limit: maximum 10 → maximum 50"),
        (f"{FOOS} patch requestBody", GONE, "c removed updateFoo body: FooUpdate →"),
        (f"{BARS} get requestBody", {"content": {}}, "added getBar body:  → Any, optional"),
        (f"{BARS} get responses 200", GONE, "removed getBar answer 200: application/json →"),
        (f"{BARS} get responses 200", answer("Round"), None),
        (f"{FOO} properties kind", GONE, "r removed getFoo answer 200.kind: Kind →"),
        (f"{FOO} properties more", schema("Kind"), "added getFoo answer 200.more:  → Kind, optional"),
        (f"{UPDATE} required", ["name"], "c required updateFoo body.name:  →"),
        (f"{FOO} required", [], "r optional getFoo answer 200.id:  →"),
        (f"{FOO} properties id type", "integer", "r retyped getFoo answer 200.id: str → int"),
        (f"{FOO} properties id format", "date-time", "r retyped getFoo answer 200.id: str → datetime.datetime"),
        (f"{FOO} properties id nullable", True, "r nullable getFoo answer 200.id:  → None"),
        (f"{FOO} properties parts nullable", GONE, "notnull getFoo answer 200.parts: None →"),
        (f"{UPDATE} properties name nullable", True, "nullable updateFoo body.name:  → None"),
        (f"{UPDATE} properties name maxLength", GONE, "limit updateFoo body.name: maxLength 9 →"),
        (f"{UPDATE} properties name pattern", "a", "w limit updateFoo body.name:  → pattern a"),
        (f"{SMALL} enum", ["Big", "Small", "Huge"], "values getFoo answer 200.kind:  → Huge"),
        (f"{SMALL} enum", ["Small"], "w values getFoo answer 200.kind: Big →"),
        (f"{SMALL} enum", ["big", "Small"], "sw values getFoo answer 200.kind: Big → big"),
        ("components schemas Unused description", "x", "text  Unused.description:  → description: x"),
        ("info title", "Other", "text  info.title: Small → Other"),
        ("components securitySchemes key name", "x", "text  securitySchemes.key.name: k → x"),
    ],
)
def test_edit_is_one_fact(path: str, value: Any, expected: str | None) -> None:
    """Each kind of edit is one fact that says where, what, and what it breaks: import, call, read, wire, silent."""
    facts = compare_alone(small_document(), edited(small_document(), (path, value))).facts
    assert [spell(fact) for fact in facts] == [expected] if expected else facts


def places(node: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The path to every part of a document."""
    if isinstance(node, (dict, list)):
        for key, part in node.items() if isinstance(node, dict) else enumerate(node):
            yield (*path, key)
            yield from places(part, *path, key)


@pytest.mark.parametrize("value", [GONE, "?", 7, ["?"], [{}], {"?": 1}], ids=lambda v: "gone" if v is GONE else repr(v))
def test_no_difference_goes_untold(value: Any) -> None:
    """Whatever part of the small document is taken out or replaced, by whatever, is told, or refused by its name."""
    document, untold = small_document(), []
    client = Client(document)
    for *above, last in places(document):
        changed = small_document()
        parent: Any = changed
        for key in above:
            parent = parent[key]
        if value is GONE:
            del parent[last]
        else:
            parent[last] = value
        if changed == document:
            continue
        try:
            facts = compare_alone(client, changed).facts
        except StageError as refused:
            assert "this is no OpenAPI document" in str(refused)
        else:
            untold += [] if facts else [(*above, last)]
    assert untold == []


MEDIA = "paths /2026-01/retail-media"
SCHEMAS = "components schemas"
ACCOUNT, CATALOG, SEGMENT_BODY = "answer 200.data[].attributes", "answer 200.data.attributes", "body.data[].attributes"
BALANCE = f"{SCHEMAS} BalanceResponseV2"
# Edits of the whole document, each with the effects (i, c, r, w, s), the verb and the path of its one fact, and how
# many operations have it.
SEEDED: tuple[tuple[str, Any, str, Verb, str, int], ...] = (
    (f"{MEDIA}/accounts get parameters 0 description", "Other.", "", Verb.TEXT, "limitToId.description", 1),
    (f"{MEDIA}/accounts get parameters 1 schema maximum", 10, "w", Verb.LIMIT, "pageIndex", 1),
    (f"{MEDIA}/accounts get parameters 2 schema default", 50, "s", Verb.TEXT, "pageSize.default", 1),
    (f"{MEDIA}/accounts get deprecated", True, "", Verb.DEPRECATED, "deprecated", 1),
    (f"{MEDIA}/me get security", [{"oauth": ["RetailMedia_Account_Read"]}], "w", Verb.SCOPE, "security", 1),
    (f"{MEDIA}/brands/search post operationId", "FindBrands", "i", Verb.RENAMED, "", 1),
    (f"{MEDIA}/accounts/sellers/search post tags", ["Sellers"], "i", Verb.MOVED, "tags", 1),
    (f"{MEDIA}/categories get parameters 3 required", True, "c", Verb.REQUIRED, "textSubstring", 1),
    (f"{MEDIA}/categories get parameters 2 name", "shop", "c", Verb.RENAMED, "retailerId", 1),
    (
        f"{MEDIA}/campaigns/{{campaignId}} get responses 202",
        {"description": "Later."},
        "r",
        Verb.ADDED,
        "answer 202",
        1,
    ),
    (f"{SCHEMAS} ExternalAccount properties companyName", GONE, "r", Verb.REMOVED, f"{ACCOUNT}.companyName", 1),
    (f"{SCHEMAS} ExternalCatalogStatus properties zzz", {"type": "string"}, "", Verb.ADDED, f"{CATALOG}.zzz", 3),
    (f"{SCHEMAS} CatalogStatusV2 properties createdAt format", GONE, "r", Verb.RETYPED, f"{CATALOG}.createdAt", 2),
    (f"{SCHEMAS} CatalogStatusV2 properties createdAt nullable", True, "r", Verb.NULLABLE, f"{CATALOG}.createdAt", 2),
    (f"{SCHEMAS} RmAudienceSegmentUpdateEntityV1 required", ["name"], "c", Verb.REQUIRED, f"{SEGMENT_BODY}.name", 1),
    (f"{BALANCE} properties spendType enum", ["onsite", "offsite"], "rs", Verb.VALUES, f"{ACCOUNT}.spendType", 6),
    (f"{BALANCE} properties memo nullable", GONE, "", Verb.NOTNULL, f"{ACCOUNT}.memo", 6),
    (
        f"{BALANCE} required",
        ["startDate", "balanceType", "spendType", "privateMarketBillingType"],
        "r",
        Verb.OPTIONAL,
        f"{ACCOUNT}.name",
        6,
    ),
)


def test_seeded_edit_of_a_real_document_is_one_fact() -> None:
    """Each edit of the whole document gives one fact, with that path; all of them at once give no other."""
    old = parse(whole_document("2026-01").read_bytes(), "old")
    new = edited(old, *((path, value) for path, value, *_ in SEEDED))
    facts = [
        (initials(fact), fact.verb, fact.path, len({p.call for p in fact.places})) for fact in compare(old, new).facts
    ]
    assert sorted(facts) == sorted(seed[2:] for seed in SEEDED)


def spell_out(node: Any) -> None:
    """Write OpenAPI's defaults wherever the document leaves them out."""
    if isinstance(node, list):
        for part in node:
            spell_out(part)
    if not isinstance(node, dict):
        return
    for part in node.values():
        spell_out(part)
    if node.get("in") in ("query", "path", "header") and "schema" in node:
        node.setdefault("style", "form" if node["in"] == "query" else "simple")
        node.setdefault("explode", node["style"] == "form")
        query = ("allowEmptyValue", "allowReserved") if node["in"] == "query" else ()
        for key in ("required", "deprecated", *query):
            node.setdefault(key, False)
    elif isinstance(node.get("type"), str) and "flows" not in node and "in" not in node:
        for key in ("nullable", "readOnly", "writeOnly", "deprecated"):
            node.setdefault(key, False)
        if node["type"] == "array":
            node.setdefault("minItems", 0)
            node.setdefault("uniqueItems", False)
        if node["type"] == "string" and "enum" not in node:
            node.setdefault("minLength", 0)
    elif "operationId" in node:
        node.setdefault("deprecated", False)
        if isinstance(node.get("requestBody"), dict):
            node["requestBody"].setdefault("required", False)


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_defaults_spelled_out_are_no_change(version: str) -> None:
    """A whole document says the same with every default of OpenAPI written in."""
    document = selected(version)
    written = copy.deepcopy(document)
    spell_out(written)
    assert written != document
    assert compare(document, written).facts == ()


def test_successors_in_purpose_are_of_operations_that_are_there() -> None:
    """An entry of the table whose operations are in neither document any more is to be deleted."""
    old, new = ({each.id for each in offered(parse(whole_document(v).read_bytes(), v))} for v in ("2026-01", "2026-07"))
    for entry in SUCCESSORS:
        assert entry.old in old - new, f"{entry.old} is not what goes with {entry.new_version}: delete its entry"
        assert entry.new in new, f"{entry.new} is gone: delete the entries that name it"
        assert "read 20" in entry.source


@pytest.mark.parametrize(
    "composed",
    [
        {"type": "array", "items": schema("X")},
        {"allOf": [schema("X")] * 6},
        {"oneOf": [schema("X"), schema("X"), schema("Kind")]},
        {"type": "object", "additionalProperties": schema("X")},
        schema("X"),
    ],
    ids=["array", "allOf", "oneOf", "additionalProperties", "reference"],
)
def test_schema_that_holds_itself_ends(composed: dict[str, Any]) -> None:
    """No client can be made of it; what changed is told nevertheless."""
    itself = (("components schemas X", composed), (f"{SEGMENT} x", schema("X")))
    document = edited(segments(), *itself)
    changed = edited(document, (f"{SEGMENT} id type", "integer"))
    assert [fact.path for fact in compare_alone(document, changed).facts] == ["answer 200.data[].id"]


def test_copy_of_a_document_has_no_facts() -> None:
    """Not even where its parts stand in another order."""
    document = segments()
    assert compare(document, dict(reversed(copy.deepcopy(document).items()))).facts == ()
    assert compare(document, document).calls
