"""Validation refuses what no sound client can be generated from, and says what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from support.specs import whole_document
from support.workspace import PROJECT, Workspace

from scripts.__main__ import main
from scripts.pipeline.overlay import apply_actions, read_actions
from scripts.pipeline.shape import check_shape
from scripts.pipeline.validate import LONGEST_TEXT, check_document
from scripts.project import StageError, printable
from scripts.spec.document import parse

HERE = Path(__file__).parents[1]
THINGS = HERE / "documents" / "things.yaml"
PATH = "/2026-01/things/{thing-id}"
OPERATION = f"paths / {PATH} / patch"
KIND = "components / schemas / Thing / properties / kind"

# Each file is things.yaml with the one fault that its name says.
BAD_SPECS = {
    "answer_default": f"{OPERATION}: the answer 'default' has no status or shape of its own",
    "answer_not_2xx": f"{OPERATION}: declares no 2xx answer",
    "api_version_malformed": "info / version: 'preview' is no API version such as 2026-01",
    "components_missing": "components is missing or not an object",
    "default_of_another_type": "Invalid int value: many",
    "dialect_unknown": 'jsonSchemaDialect: "https://spec.openapis.org/oas/3.1/dialect/base" was expected',
    "enum_default_not_in_it": "Value huge is not valid for enum",
    "enum_of_mixed_types": "the generator cannot build a part of it: Unable to process schema",
    "enum_value_with_paragraph_separator": f"{KIND}: the name 'lar\\u2029ge' holds a character that cannot be seen",
    "enum_values_differ_in_case_only": f"{KIND}: two of its values become one Python name",
    "enum_values_of_one_python_name": f"{KIND}: two of its values become one Python name",
    "enum_varname_no_python_name": f"{KIND}: one of its values becomes no Python name",
    "openapi_version_unknown": "openapi is '3.2.0'; an OpenAPI 3.0 or 3.1 document is needed",
    "operation_id_missing": f"{OPERATION}: has no operationId",
    "operation_id_twice": "the operationId 'changeThing' is given 2 times",
    "operation_id_with_newline": f"{OPERATION}: the name 'changeThing\\nimport os' holds a character",
    "operation_ids_of_one_python_name": "tag things: 2 operationIds become the one Python name change_thing",
    "parameter_name_with_line_separator": "the name 'li\\u2028mit' holds a character that cannot be seen",
    "parameter_named_body": "change_thing: a parameter becomes body, which the call has for itself",
    "parameter_named_timeout": "change_thing: a parameter becomes timeout, which the call has for itself",
    "parameter_twice": "Duplicated parameters named `limit` detected in `query`",
    "parameter_without_name": f'{OPERATION} / parameters / 1: "name" is a required property',
    "path_parameter_undeclared": "the names in braces and the path parameters declared are not the same",
    "path_placeholder_reads_attribute": "the path holds more than path characters and plain names in braces",
    "path_to_another_host": "paths / //example.com/2026-01/things/{thing-id} / patch: the path holds more than",
    "path_with_quote": "the path holds more than path characters and plain names in braces",
    "path_with_stray_brace": "the path holds more than path characters and plain names in braces",
    "paths_differ_in_parameter_names_only": "2 paths differ only in the names in '/2026-01/things/{}'",
    "paths_empty": "paths: has no operation",
    "paths_missing": "paths is missing or not an object",
    "property_name_taken": "Thing: a property becomes to_dict, which every model has",
    "property_name_with_bidi_control": "the name 'na\\u202eme' holds a character that cannot be seen",
    "property_name_with_newline": "the name 'name\\nimport os' holds a character that cannot be seen",
    "property_names_of_one_python_name": "Properties one of its names and one of its names have the same python_name",
    "ref_as_path_item": "paths / /2026-01/things: is a $ref, which the generator leaves out",
    "ref_cycle": "components / schemas / A / $ref: $ref '#/components/schemas/B' leads back to itself",
    "ref_cycle_by_composition": "allOf / 0 / $ref: $ref '#/components/schemas/A' leads back to itself",
    "ref_cycle_by_items": "the generator cannot build a part of it: Unable to parse schema /components/schemas/A",
    "ref_dangling": "parts / items / $ref: $ref '#/components/schemas/Part' leads nowhere",
    "ref_remote": "$ref 'https://example.com/schemas.json#/Thing' leads out of the document",
    "ref_to_cycle": "components / schemas / B / $ref: $ref '#/components/schemas/C' leads back to itself",
    "ref_to_file": "$ref '../../../etc/passwd' leads out of the document",
    "request_media_type_unknown": "Unsupported content type application/xml",
    "request_of_two_media_types": f"{OPERATION}: takes several media types",
    "schema_name_taken": "a schema becomes the class Unset, which the package has for itself",
    "schema_name_with_bidi_control": 'components / schemas: "Th\\u202eing" does not match',
    "schema_names_of_one_class": 'Attempted to generate duplicate models with name "Thing"',
    "schema_names_of_one_module": "2 schemas become the one module models/ab_thing.py",
    "schema_of_another_dialect": 'Thing / properties / name / $schema: "https://spec.openapis.org/oas/3.1/dialect/base"',
    "schema_type_unknown": 'Thing / properties / name / type: "text" is not valid',
    "scope_with_newline": f"{OPERATION}: the name 'Things\\nManage' holds a character that cannot be seen",
    "server_missing": "servers / 0 / url: an https URL is needed",
    "server_not_https": "servers / 0 / url: an https URL is needed",
    "server_with_password": "servers / 0 / url: an https URL is needed, without a user, a password",
    "swagger_2": "this is Swagger 2.0; an OpenAPI 3.0 or 3.1 document is needed",
    "tag_with_control": f"{OPERATION}: the name 'Thi\\x07ngs' holds a character that cannot be seen",
    "token_url_missing": "the tokenUrl of an oauth2 flow: an https URL is needed",
    "token_url_not_https": "the tokenUrl of an oauth2 flow: an https URL is needed",
}


def things() -> dict[str, Any]:
    return parse(THINGS.read_bytes(), THINGS.name)


def test_the_document_without_a_fault_is_valid() -> None:
    """The document that the bad ones are made from passes, a recursive schema in it included."""
    check_document(PROJECT, things())


def test_every_bad_document_is_tested() -> None:
    """Each file in bad_specs/ has its message above, and each message its file."""
    assert {path.stem for path in (HERE / "bad_specs").iterdir()} == BAD_SPECS.keys()


@pytest.mark.parametrize("fault", BAD_SPECS, ids=str)
def test_a_bad_document_is_refused(fault: str) -> None:
    """Each fault is one line that says where it is and what it is."""
    path = HERE / "bad_specs" / f"{fault}.yaml"
    with pytest.raises(StageError) as refusal:
        check_document(PROJECT, parse(path.read_bytes(), path.name))
    line = printable(str(refusal.value))
    assert BAD_SPECS[fault] in line.replace("\\\\", "\\")
    assert len(line.splitlines()) == 1


def test_a_valid_document_is_said_to_be(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints what it checked."""
    assert main(["validate"], workspace.project) == 0
    assert capsys.readouterr().out.endswith("openapi/patched.json: valid, 1 operations\n")


def test_no_remote_reference_is_followed(httpserver: HTTPServer) -> None:
    """A remote $ref is refused without a request to its host."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["part"] = {"$ref": httpserver.url_for("/schema.json")}
    with pytest.raises(StageError, match="leads out of the document"):
        check_document(PROJECT, document)
    assert httpserver.log == []


def test_a_property_may_be_named_like_a_keyword_of_openapi() -> None:
    """A property called $ref, enum, default or schema is a property."""
    document = things()
    properties = document["components"]["schemas"]["Thing"]["properties"]
    properties |= {name: {"type": "string"} for name in ("$ref", "enum", "default", "schema", "description")}
    check_document(PROJECT, document)


def test_a_number_may_be_larger_than_64_bits() -> None:
    """As those of JSON may be."""
    document = things()
    document["components"]["schemas"]["Thing"]["properties"]["size"] = {"type": "integer", "maximum": 10**40}
    check_document(PROJECT, document)


@pytest.mark.parametrize("size", [LONGEST_TEXT, LONGEST_TEXT + 1])
def test_a_text_has_a_limit(size: int) -> None:
    """A description as long as the limit passes; one character more is refused."""
    document = things()
    document["components"]["schemas"]["Thing"]["description"] = "x" * size
    if size <= LONGEST_TEXT:
        check_document(PROJECT, document)
    else:
        with pytest.raises(StageError, match="Thing / description: has more than 100000 characters"):
            check_document(PROJECT, document)


def test_a_description_may_hold_anything() -> None:
    """Quotes, backslashes, line separators and bidi controls in descriptions are for the templates to escape."""
    document = things()
    document["components"]["schemas"]["Thing"]["description"] = '"""\\\u2028\u202e\x00 {{ x }} {% raw %}'
    check_document(PROJECT, document)


def test_more_than_one_problem_is_counted() -> None:
    """The line names the first problem and says how many are like it."""
    document = things()
    properties = document["components"]["schemas"]["Thing"]["properties"]
    properties |= {"a": {"$ref": "#/x"}, "b": {"$ref": "#/y"}, "c": {"$ref": "#/z"}}
    with pytest.raises(StageError, match=r"\$ref '#/x' leads nowhere \(and 2 more like it\)"):
        check_document(PROJECT, document)


def test_an_upstream_document_of_openapi_3_0_has_the_right_shape() -> None:
    """What is checked of upstream is its shape only: nullable is no fault of a 3.0 document."""
    document: dict[str, Any] = {**things(), "openapi": "3.0.1"}
    document["components"]["schemas"]["Thing"]["properties"]["name"] = {"type": "string", "nullable": True}
    check_shape(document)
    document["components"]["schemas"]["Thing"]["nullable"] = "yes"
    with pytest.raises(StageError, match="components / schemas / Thing: "):
        check_shape(document)


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_the_whole_documents_are_valid_once_patched(version: str) -> None:
    """The overlay makes a valid document of each published one."""
    document = parse(whole_document(version).read_bytes(), version)
    check_document(PROJECT, apply_actions(document, read_actions(PROJECT))[0])
