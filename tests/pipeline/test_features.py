"""What is on the list of features comes out right; what is not is refused with its place and what to do."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from support.specs import ROOT, read_document, whole_document
from support.workspace import PROJECT

from scripts.pipeline.features import find_unknown_features
from scripts.pipeline.overlay import apply_actions, read_actions
from scripts.pipeline.validate import check_document
from scripts.project import StageError
from scripts.spec.document import Document

THINGS = ROOT / "tests" / "documents" / "things.yaml"
PATH = "/2026-01/things/{thing-id}"
STRING, INTEGER = {"type": "string"}, {"type": "integer"}
THING = {"$ref": "#/components/schemas/Thing"}


def things() -> Document:
    """A sound document, as the overlay would leave it."""
    return read_document(THINGS)


def operation(document: Document) -> Any:
    """Its operation."""
    return document["paths"][PATH]["patch"]


def with_schema(schema: Any) -> Document:
    """The document with a schema as a property."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["x"] = schema
    return document


def with_parameter(**parameter: Any) -> Document:
    """The document with one parameter more."""
    document = things()
    operation(document)["parameters"].append({"name": "x", "in": "query"} | parameter)
    return document


def with_body(media_type: str, schema: Any) -> Document:
    """The document with another body."""
    document = things()
    operation(document)["requestBody"]["content"] = {media_type: {"schema": schema}}
    return document


def with_answer(media_type: str, schema: Any) -> Document:
    """The document with another answer."""
    document = things()
    operation(document)["responses"]["200"]["content"] = {media_type: {"schema": schema}}
    return document


def with_key(place: str, key: str, value: Any) -> Document:
    """The document with a key more in its path, operation, answer or media type."""
    document = things()
    holders = {
        "path": document["paths"][PATH],
        "operation": operation(document),
        "answer": operation(document)["responses"]["200"],
        "media type": operation(document)["requestBody"]["content"]["application/json"],
    }
    holders[place][key] = value
    return document


REFUSED = {
    "const": (with_schema({"const": "a"}), "x: uses 'const'"),
    "not": (with_schema({"not": STRING}), "x: uses 'not'"),
    "patternProperties": (with_schema({"patternProperties": {"a": STRING}}), "uses 'patternProperties'"),
    "prefixItems": (with_schema({"type": "array", "items": STRING, "prefixItems": [STRING]}), "uses 'prefixItems'"),
    "if": (with_schema({"if": STRING, "then": INTEGER}), "uses 'if'"),
    "nullable": (with_schema({"type": "string", "nullable": True}), "x: uses 'nullable'"),
    "two types": (with_schema({"type": ["string", "integer"]}), "x: is of the types string, integer"),
    "array of anything": (with_schema({"type": "array"}), "x: is an array that does not say what its items are"),
    "enum of numbers": (with_schema({"enum": [1.5, 2.5]}), "x: is an enum of float"),
    "enum of both": (with_schema({"enum": ["a", 1]}), "x: is an enum of int, str"),
    "enum of objects": (with_schema({"enum": [{"a": 1}]}), "x: is an enum of dict"),
    "enum of null": (with_schema({"enum": [None]}), "x: is an enum of null alone"),
    "enum of another type": (with_schema({"type": "string", "enum": [1]}), "values are not of its type, string"),
    "two objects": (with_schema({"oneOf": [THING, {"type": "object"}]}), "is oneOf of object, object, which nothing"),
    "two strings": (with_schema({"anyOf": [STRING, {"enum": ["a"]}]}), "x: is anyOf of string, string, which nothing"),
    "anything else": (with_schema({"anyOf": [STRING, {}]}), "x: is anyOf of string, anything, which nothing"),
    "discriminated inline": (
        with_schema({"oneOf": [THING, {"type": "object"}], "discriminator": {"propertyName": "kind"}}),
        "x: has a discriminator, and a member that is no reference to an object",
    ),
    "allOf of a string": (with_schema({"allOf": [THING, STRING]}), "x: is made of schemas (allOf)"),
    "reference inside": (with_schema({"$ref": f"{THING['$ref']}/properties/name"}), "is none of components / schemas"),
    "bytes in JSON": (with_schema({"type": "string", "format": "binary"}), "x: is bytes (format: binary)"),
    "path style": (
        with_parameter(**{"name": "thing-id", "in": "path", "required": True, "style": "label", "schema": STRING}),
        "has the style 'label'; in path known are simple",
    ),
    "allowReserved": (with_parameter(schema=STRING, allowReserved=True), "parameters / 2: uses 'allowReserved'"),
    "content": (with_parameter(content={"text/csv": {"schema": STRING}}), "is written as text/csv; JSON in a query"),
    "parameter of anything": (with_parameter(schema={}), "is anything, which cannot be written in a query"),
    "lists of lists": (
        with_parameter(schema={"type": "array", "items": {"type": "array", "items": STRING}}),
        "is array of array, which cannot be written in a query",
    ),
    "nested object": (with_parameter(style="deepObject", schema=THING), "object, which cannot be written"),
    "object in a header": (with_parameter(**{"in": "header", "schema": {"type": "object"}}), "be written in a header"),
    "own header": (with_parameter(**{"name": "Authorization", "in": "header", "schema": STRING}), "client sets itself"),
    "callbacks": (with_key("operation", "callbacks", {"x": {}}), "patch: uses 'callbacks'"),
    "servers": (with_key("operation", "servers", [{"url": "https://a.example"}]), "patch: uses 'servers'"),
    "path servers": (with_key("path", "servers", [{"url": "https://a.example"}]), "uses 'servers'"),
    "links": (with_key("answer", "links", {"next": {"operationId": "patchThing"}}), "responses / 200: uses 'links'"),
    "XML body": (with_body("application/xml", THING), "requestBody: is application/xml of object"),
    "list as a form": (with_body("multipart/form-data", {"type": "array", "items": STRING}), "form-data of array"),
    "text body": (with_body("text/plain", STRING), "requestBody: is text/plain of string"),
    "XML answer": (with_answer("application/xml", THING), "responses / 200: is application/xml of object"),
    "object as text": (with_answer("text/plain", THING), "responses / 200: is text/plain of object"),
    "date as text": (with_answer("text/plain", STRING | {"format": "date"}), "200: is text/plain of string"),
    "JSON as bytes": (with_answer("application/octet-stream", THING), "is application/octet-stream of object"),
}


@pytest.mark.parametrize("document", [case[0] for case in REFUSED.values()], ids=REFUSED.keys())
def test_unknown_feature_is_refused(document: Document, request: pytest.FixtureRequest) -> None:
    """With the place, what it is, and what to do."""
    text = REFUSED[request.node.callspec.id][1]
    with pytest.raises(StageError) as refusal:
        check_document(PROJECT, document)
    faults = [str(refusal.value.args[0]), *refusal.value.others]
    (fault,) = [fault for fault in faults if text in fault]
    assert fault.startswith(("paths / ", "components / "))
    assert "overlay/quirks.overlay.yaml" in fault or "refer to one of these, or write it out" in fault


def test_defaults_that_are_written_out_are_no_features() -> None:
    """They ask for nothing: a client is made of the document as if they were left out."""
    document = with_parameter(schema=STRING, allowReserved=False)
    operation(document).update(callbacks={}, servers=[])
    operation(document)["responses"]["200"]["links"] = {}
    check_document(PROJECT, document)


KNOWN = {
    "union by type": with_schema({"oneOf": [THING, STRING, INTEGER, {"type": "null"}]}),
    "union of one": with_schema({"anyOf": [THING]}),
    "merged": with_schema({"allOf": [{"properties": {"a": STRING}}, {"properties": {"more": STRING}}]}),
    "map": with_schema({"type": "object", "additionalProperties": INTEGER}),
    "anything": with_schema({}),
    "limits": with_schema(STRING | {"minLength": 1, "maxLength": 2, "example": "a", "deprecated": True}),
    "vendor": with_schema(STRING | {"x-criteo-canonical": True}),
    "boolean enum": with_schema({"type": "boolean", "enum": [True]}),
    "header": with_parameter(**{"in": "header", "schema": STRING}),
    "object": with_parameter(style="deepObject", explode=True, schema={"type": "object", "properties": {"a": STRING}}),
    "JSON": with_parameter(content={"application/json": {"schema": {"type": "object"}}}),
    "text": with_answer("text/plain", STRING),
    "bytes": with_answer("application/octet-stream", STRING | {"format": "binary"}),
    "vendor JSON": with_body("application/vnd.api+json", THING),
    "form": with_body("application/x-www-form-urlencoded", {"type": "object", "properties": {"a": STRING}}),
    "files": with_body(
        "multipart/form-data",
        {"type": "object", "properties": {"all": {"type": "array", "items": STRING | {"format": "binary"}}}},
    ),
    "headers of an answer": with_key("answer", "headers", {"X": {"schema": STRING}}),
    "example": with_key("media type", "example", {"$ref": 1}),
    "list named as a key": with_schema({"type": "object", "properties": {"links": {"type": "array", "items": THING}}}),
    "map named as a key": with_schema(
        {"type": "object", "properties": {"headers": {"type": "object", "additionalProperties": THING}}}
    ),
}


@pytest.mark.parametrize("document", KNOWN.values(), ids=KNOWN.keys())
def test_known_feature_is_taken(document: Document) -> None:
    """And the generator builds all of it."""
    check_document(PROJECT, document)


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_whole_documents_use_known_features_only(version: str) -> None:
    """Once they are patched."""
    document = read_document(whole_document(version))
    assert list(find_unknown_features(apply_actions(document, read_actions(PROJECT))[0])) == []


def test_every_fault_is_listed() -> None:
    """Those of operations, schemas, names and references alike, but not what merely follows from another one."""
    document = things()
    operation(document)["servers"] = [{"url": "https://a.example"}]
    operation(document)["responses"]["default"] = {"description": "d"}
    document["components"]["schemas"]["Thing"]["properties"] |= {
        "a": {"const": 1},
        "na\u202eme": STRING,
        "to_dict": STRING,
    }
    document["servers"][0]["url"] = "https://evil.example"
    with pytest.raises(StageError) as refusal:
        check_document(PROJECT, document)
    all_text = "\n".join([str(refusal.value.args[0]), *refusal.value.others])
    for text in ("uses 'servers'", "'default'", "uses 'const'", "cannot be seen", "evil.example"):
        assert text in all_text


def test_document_is_left_as_it_is() -> None:
    """To look for features changes nothing."""
    document = things()
    before = copy.deepcopy(document)
    assert list(find_unknown_features(document)) == []
    assert document == before
