"""The verbs: what each does to a document, and what the generator then makes of it."""

from __future__ import annotations

import ast
import copy
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.one_operation import ENUM, REF, built, document_of, objects, patched, property_of
from support.specs import read_document, whole_document
from support.workspace import PROJECT

from scripts.pipeline import rewrites
from scripts.pipeline.prepare import prepare_document
from scripts.project import StageError
from scripts.spec.document import Document, dump
from scripts.spec.walk import operations, reached, schemas

NULL = {"type": "null"}
OPERATIONS = {"2026-01": 108, "2026-07": 115}


def classes(document: Document) -> set[str]:
    rewritten = built(document)
    return {str(one.class_info.name) for one in [*rewritten.models, *rewritten.enums]}


# null-to-references, drop-null-from-requests, null-to-type: where null stands in the end


def test_null_moves_from_a_component_to_its_references() -> None:
    """A nullable component loses its null, and every place that refers to it gains it."""
    whole = objects(
        part={"$ref": "#/components/schemas/Part"},
        parts={"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
    )
    after = patched(document_of(answer=REF, Thing=whole, Part=objects(n={"type": "string"}) | {"nullable": True}))
    reference = {"oneOf": [{"$ref": "#/components/schemas/Part"}, NULL]}
    assert property_of(after, "part") == reference
    assert property_of(after, "parts")["items"] == reference
    assert after["components"]["schemas"]["Part"] == objects(n={"type": "string"})


@pytest.mark.parametrize("is_nullable", [True, False])
def test_null_moves_through_a_composition_of_one(is_nullable: bool) -> None:
    """.NET writes a reference with a text of its own in this way: it is what the component is, null with it."""
    owner = {"allOf": [{"$ref": "#/components/schemas/Part"}], "description": "Which."}
    owner |= {"nullable": True} if is_nullable else {}
    part = objects(n={"type": "string"}) | {"nullable": True}
    after = patched(document_of(answer=REF, Thing=objects(part=owner), Part=part))
    expected = {"description": "Which.", "oneOf": [{"$ref": "#/components/schemas/Part"}, NULL]}
    assert property_of(after, "part") == expected
    assert {model.class_info.name for model in built(after).models} == {"Thing", "Part"}


def test_null_moves_to_an_answer_that_is_a_reference() -> None:
    """An answer that is nothing but a nullable component may be null."""
    after = patched(document_of(answer=REF, Thing=objects() | {"nullable": True}))
    (content,) = after["paths"]["/things"]["post"]["responses"]["200"]["content"].values()
    assert content["schema"] == {"oneOf": [REF, NULL]}


def test_null_moves_through_a_component_that_is_a_reference() -> None:
    """Where a component only names another, the null of that one goes to the places that use either name."""
    alias = {"$ref": "#/components/schemas/Alias"}
    after = patched(document_of(answer=objects(a=alias), Alias=REF, Thing=objects() | {"nullable": True}))
    (content,) = after["paths"]["/things"]["post"]["responses"]["200"]["content"].values()
    assert content["schema"]["properties"]["a"] == {"oneOf": [alias, NULL]}
    assert after["components"]["schemas"]["Alias"] == REF


def test_a_recursive_nullable_component_is_built() -> None:
    """A nullable component that refers to itself becomes one class, whose fields may be null."""
    node = objects(left=REF, rest={"type": "array", "items": REF, "nullable": True}) | {"nullable": True}
    after = patched(document_of(answer=REF, Thing=node))
    (model,) = built(after).models
    types = {
        str(p.name.get_untrusted_value()): p.get_type_string().as_unembedded_code()
        for p in model.optional_properties or ()
    }
    assert types == {"left": "None | Thing | Unset", "rest": "list[None | Thing] | None | Unset"}


def test_null_is_dropped_where_only_requests_lead() -> None:
    """What only a request reaches cannot be null, whether by itself or by the component it refers to."""
    name, kind = {"type": "string", "nullable": True}, {"type": "string", "enum": ["a"], "nullable": True}
    request = objects(name=name, kind=kind, part={"$ref": "#/components/schemas/Part"})
    after = patched(document_of(request=REF, Thing=request, Part=objects(n=name) | {"nullable": True}))
    assert property_of(after, "name") == {"type": "string"}
    assert property_of(after, "kind") == {"type": "string", "enum": ["a"]}
    assert property_of(after, "part") == {"$ref": "#/components/schemas/Part"}
    assert after["components"]["schemas"]["Part"] == objects(n={"type": "string"})


def test_null_is_dropped_from_inline_requests_and_parameters() -> None:
    """A schema written out in a request body or a parameter loses its null."""
    parameter = {"name": "kind", "in": "query", "schema": {"type": "string", "enum": ["a", "b"], "nullable": True}}
    after = patched(document_of(request=objects(a={"type": "string", "nullable": True}), parameters=[parameter]))
    operation = after["paths"]["/things"]["post"]
    assert operation["parameters"][0]["schema"] == {"type": "string", "enum": ["a", "b"]}
    assert operation["requestBody"]["content"]["application/json"]["schema"] == objects(a={"type": "string"})


def test_null_stays_where_an_answer_leads_too() -> None:
    """A schema that a request and an answer share keeps its null, and so does what it refers to."""
    shared = objects(name={"type": "string", "nullable": True}, part={"$ref": "#/components/schemas/Part"})
    after = patched(document_of(answer=REF, request=REF, Thing=shared, Part=objects() | {"nullable": True}))
    assert property_of(after, "name") == {"type": ["string", "null"]}
    assert property_of(after, "part") == {"oneOf": [{"$ref": "#/components/schemas/Part"}, NULL]}


def test_a_request_refers_to_a_shared_nullable_component_without_null() -> None:
    """The null of a shared component goes to the answer's references to it, not to the request's."""
    after = patched(
        document_of(
            answer=objects(thing=REF),
            request={"$ref": "#/components/schemas/Update"},
            Update=objects(thing=REF),
            Thing=objects() | {"nullable": True},
        )
    )
    (content,) = after["paths"]["/things"]["post"]["responses"]["200"]["content"].values()
    assert content["schema"]["properties"]["thing"] == {"oneOf": [REF, NULL]}
    assert property_of(after, "thing", "Update") == REF


def test_a_wrapper_requires_its_value_and_may_send_null() -> None:
    """A Nillable wrapper's value is required and may be null in a request; the wrapper itself may not be null."""
    wrapper = objects(value={"type": "number", "format": "double", "nullable": True}) | {"nullable": True}
    after = patched(document_of(request=objects(price={"$ref": "#/components/schemas/NillableX"}), NillableX=wrapper))
    rewritten = after["components"]["schemas"]["NillableX"]
    assert (rewritten["required"], rewritten["properties"]["value"]["type"]) == (["value"], ["number", "null"])
    body = after["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["price"] == {"$ref": "#/components/schemas/NillableX"}
    (model,) = [model for model in built(after).models if model.class_info.name == "NillableX"]
    assert model.required_properties is not None
    (value,) = model.required_properties
    assert value.get_type_string().as_unembedded_code() == "float | None"


# null-to-type: which form null takes, and which names come of it

NAMED: dict[str, dict[str, Any]] = {
    "an enum": ENUM,
    "an object": objects(n=ENUM),
    "a map": {"type": "object", "additionalProperties": ENUM},
    "an array of enums": {"type": "array", "items": ENUM},
    "an array of objects": {"type": "array", "items": objects(n=ENUM)},
    "an array of arrays of enums": {"type": "array", "items": {"type": "array", "items": ENUM}},
    "an array of maps": {"type": "array", "items": {"type": "object", "additionalProperties": objects(n=ENUM)}},
    "an enum with a title": ENUM | {"title": "Named otherwise"},
    "an object without a type": {"properties": {"n": ENUM}},
    "a string": {"type": "string"},
}


def _nullable_everywhere(schema: dict[str, Any]) -> dict[str, Any]:
    rewritten: dict[str, Any] = {**copy.deepcopy(schema), "nullable": True}
    for key in ("items", "additionalProperties"):
        if key in rewritten:
            rewritten[key] = _nullable_everywhere(rewritten[key])
    if "properties" in rewritten:
        rewritten["properties"] = {name: _nullable_everywhere(inner) for name, inner in rewritten["properties"].items()}
    return rewritten


@pytest.mark.parametrize("schema", NAMED.values(), ids=NAMED.keys())
@pytest.mark.parametrize("place", ["property", "answer", "additionalProperties"])
@pytest.mark.parametrize("null", ["outside", "everywhere"])
def test_a_nullable_inline_schema_has_the_names_it_has_without_null(
    schema: dict[str, Any], place: str, null: str
) -> None:
    """Null, at the outermost level or at every level, changes no class name, and none is a position in a union."""

    def document(inner: dict[str, Any]) -> Document:
        if place == "property":
            return document_of(answer=REF, Thing=objects(thisPart=inner))
        if place == "answer":
            return document_of(answer=inner)
        return document_of(answer=REF, Thing={"type": "object", "additionalProperties": inner})

    nullable = _nullable_everywhere(schema) if null == "everywhere" else schema | {"nullable": True}
    plain = classes(patched(document(schema)))
    assert classes(patched(document(nullable))) == plain
    assert not [name for name in plain if re.search(r"Type\d", name)]


def test_a_nullable_enum_called_type_is_named_after_its_owner() -> None:
    """The property `type` of Thing becomes ThingType."""
    assert classes(patched(document_of(answer=REF, Thing=objects(type=ENUM | {"nullable": True})))) == {
        "Thing",
        "ThingType",
    }


FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a scalar": ({"type": "string", "format": "date-time"}, {"type": ["string", "null"], "format": "date-time"}),
    "an array": (
        {"type": "array", "items": {"type": "string"}},
        {"type": ["array", "null"], "items": {"type": "string"}},
    ),
    "an enum": (ENUM, {"oneOf": [{"title": "x", **ENUM}, NULL]}),
    "an enum that lists null": (
        ENUM | {"enum": ["a", None]},
        {"oneOf": [{"title": "x", "type": "string", "enum": ["a"]}, NULL]},
    ),
    "an object": (objects(), {"oneOf": [{"title": "x", **objects()}, NULL]}),
    "a union": ({"oneOf": [REF, {"type": "string"}]}, {"oneOf": [REF, {"type": "string"}, NULL]}),
    "a union of the other kind": ({"anyOf": [REF, {"type": "string"}]}, {"anyOf": [REF, {"type": "string"}, NULL]}),
    "a reference": ({"allOf": [REF]}, {"oneOf": [REF, NULL]}),
    "anything": ({}, {}),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_null_becomes_a_type(form: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Each kind of schema says null in the words of OpenAPI 3.1, and keeps its description."""
    before, after = form
    document = document_of(answer=REF, Thing=objects(x=before | {"nullable": True, "description": "d"}))
    rewrites.null_to_type(document, [()])
    rewritten = property_of(document, "x")
    for member in rewritten.get("oneOf", ()):
        member.pop("description", None)  # An inline class keeps it too, for its docstring.
    assert rewritten == after | {"description": "d"}
    assert document["openapi"] == "3.1.0"


def test_nullable_false_says_nothing() -> None:
    """`nullable: false` is dropped without a trace."""
    document = document_of(answer=REF, Thing=objects(x={"type": "string", "nullable": False}))
    rewrites.null_to_type(document, [()])
    assert property_of(document, "x") == {"type": "string"}


def test_a_property_called_nullable_stays() -> None:
    """Only schemas are rewritten, not properties named like a keyword."""
    document = document_of(answer=REF, Thing=objects(nullable={"type": "boolean"}, default={"type": "string"}))
    after = patched(document)
    assert after["components"]["schemas"]["Thing"] == document["components"]["schemas"]["Thing"]


def test_a_document_of_openapi_3_1_is_refused() -> None:
    """A document that is 3.1 already has no nullable to turn into a type: the action is to be removed."""
    document = document_of() | {"openapi": "3.1.0"}
    with pytest.raises(StageError, match=r"the document is OpenAPI 3\.1\.0, and only 3\.0 says nullable"):
        rewrites.null_to_type(document, [()])


# fields and paths


def test_unknown_fields_are_kept() -> None:
    """A schema that is closed is opened."""
    after = patched(document_of(answer=REF, Thing=objects() | {"additionalProperties": False}))
    assert after["components"]["schemas"]["Thing"] == objects()
    assert built(after).models[0].additional_properties is not None


def twins(first: str, second: str, method: str = "put") -> Document:
    document = document_of()
    (operation,) = document["paths"].pop("/things").values()
    for path, verb in ((first, "get"), (second, method)):
        names = re.findall(r"\{(.*?)\}", path)
        parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
        own = copy.deepcopy(operation) | {"operationId": f"{verb}Thing{path}", "parameters": parameters}
        document["paths"].setdefault(path, {})[verb] = own
    return document


def test_twin_paths_are_merged() -> None:
    """Two ways to write one path become the first, and the operations' parameters are renamed with it."""
    document = twins("/a/{accountId}/b/{id}", "/a/{account-id}/b/{id}")
    rewrites.merge_twin_paths(document, [("paths",)])
    assert list(document["paths"]) == ["/a/{accountId}/b/{id}"]
    put = document["paths"]["/a/{accountId}/b/{id}"]["put"]
    assert [parameter["name"] for parameter in put["parameters"]] == ["accountId", "id"]


@pytest.mark.parametrize(
    "document",
    [twins("/a/{account}", "/a/{id}"), twins("/a/{a-b}", "/a/{aB}", "get"), twins("/a/{account_id}", "/a/account_id")],
    ids=["another Python name", "the same method", "no parameter"],
)
def test_other_paths_are_left_alone(document: Document) -> None:
    """Paths are not merged where an argument's name would change, an operation be lost, or they are not the same."""
    before = copy.deepcopy(document)
    rewrites.merge_twin_paths(document, [("paths",)])
    assert document == before


# the whole documents


@pytest.fixture(scope="module", params=OPERATIONS)
def whole(request: pytest.FixtureRequest) -> tuple[str, Document, Document]:
    """A whole published document: its version, as it is, and patched."""
    upstream = read_document(whole_document(request.param))
    return request.param, upstream, patched(upstream)


def test_every_operation_of_the_whole_document_is_built(whole: tuple[str, Document, Document], tmp_path: Path) -> None:
    """The bare generator builds every operation without a warning, and each import it writes leads to a module."""
    version, _, after = whole
    (tmp_path / "patched.json").write_bytes(dump(prepare_document(after)))
    subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--path", "patched.json", "--meta", "none"),
            *("--output-path", "package", "--config", str(PROJECT.generator_settings), "--fail-on-warning"),
        ],
        cwd=tmp_path,
        check=True,
    )
    package = tmp_path / "package"
    assert len(list(package.glob("api/*/[!_]*.py"))) == OPERATIONS[version]
    assert [path.name for path in package.rglob("*.py") if re.search(r"type_?\d", path.name)] == []
    assert [broken for path in package.rglob("*.py") for broken in _broken_imports(path)] == []


def _broken_imports(path: Path) -> list[str]:
    """The relative imports of a module, those in functions too, that lead to no module."""
    broken = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level and node.module:
            target = path.parents[node.level - 1].joinpath(*node.module.split("."))
            if not (target.with_suffix(".py").exists() or target.is_dir()):
                broken.append(f"{path.name}: {node.module}")
    return broken


def test_the_names_of_the_whole_document_are_its_own(whole: tuple[str, Document, Document]) -> None:
    """No class, module or field is named after a position in a union."""
    rewritten = built(whole[2])
    names = {
        str(name)
        for one in [*rewritten.models, *rewritten.enums]
        for name in (one.class_info.name, one.class_info.module_name)
    }
    for model in rewritten.models:
        names |= {
            str(field.python_name) for field in [*(model.required_properties or ()), *(model.optional_properties or ())]
        }
    assert {name for name in names if re.search(r"[Tt]ype_?\d", name)} == set()


def test_null_alone_changes_no_name_of_the_whole_document(whole: tuple[str, Document, Document]) -> None:
    """The classes are those of the same document without any nullable."""
    _, upstream, after = whole
    plain = copy.deepcopy(upstream)
    for site in schemas(plain):
        site.schema.pop("nullable", None)
    assert classes(after) == classes(patched(plain))


def test_no_null_is_lost_from_the_answers_of_the_whole_document(whole: tuple[str, Document, Document]) -> None:
    """Every nullable property that an answer reaches may be null after patching."""
    _, upstream, after = whole
    answers = [operation["responses"] for _, operation in operations(upstream)]
    sites = {str(location[2]) for location in reached(upstream, answers)}
    components = upstream["components"]["schemas"]
    lost = []
    for schema in sorted(sites):
        for name, inner in components[schema].get("properties", {}).items():
            target = components.get(inner.get("$ref", "").rpartition("/")[2], {})
            rewritten = property_of(after, name, schema)
            may_be_null = NULL in rewritten.get("oneOf", ()) or "null" in rewritten.get("type", ())
            if may_be_null != bool(inner.get("nullable") or target.get("nullable")):
                lost.append(f"{schema}.{name}")
    assert lost == []


def test_no_request_of_the_whole_document_takes_null_but_in_a_wrapper(whole: tuple[str, Document, Document]) -> None:
    """Of what only requests reach, only the value of a Nillable wrapper may be null."""
    after = whole[2]
    requests = [[one.get("requestBody"), one.get("parameters")] for _, one in operations(after)]
    answers = [one["responses"] for _, one in operations(after)]
    only = reached(after, requests) - reached(after, answers)
    nullable = {
        ".".join(map(str, site.location[2:]))
        for site in schemas(after)
        if site.location[:3] in only and (NULL in site.schema.get("oneOf", ()) or "null" in site.schema.get("type", ()))
    }
    wrappers = {name for name in after["components"]["schemas"] if name.startswith("Nillable")}
    assert nullable == {f"{name}.properties.value" for name in wrappers}


def test_the_whole_document_needs_no_nullable_default_or_closed_schema(whole: tuple[str, Document, Document]) -> None:
    """No schema says nullable, default or additionalProperties: false as the generator reads it."""
    left = [
        site.location
        for site in schemas(prepare_document(whole[2]))
        if "nullable" in site.schema or "default" in site.schema or site.schema.get("additionalProperties") is False
    ]
    assert left == []
