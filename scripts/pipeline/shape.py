"""Check a document against the JSON Schemas of OpenAPI 3.0 and 3.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft4Validator, Draft202012Validator, Registry, Validator

from scripts.pipeline.names import where
from scripts.spec.document import Document
from scripts.spec.walk import Location
from scripts.stage import StageError


def misshapen(document: Document) -> Iterator[str]:
    """Say where the document has not the shape that OpenAPI gives it."""
    validator = _openapi_3_1() if document["openapi"].startswith("3.1") else _openapi_3_0()
    found: dict[tuple[Location, str], None] = {}  # once each: a schema object is checked by several vocabularies
    for error in validator.iter_errors(document):
        found[tuple(error.instance_path), error.message] = None
    for location, message in found:
        yield f"{where(location) or 'the document'}: {message[:200]}"


def _openapi_3_0() -> Validator:
    return Draft4Validator(_published("openapi_spec_validator", "resources/schemas/v3.0/schema.json"))


def _openapi_3_1() -> Validator:
    """The document's schema leaves open what a schema object holds; this fills in OpenAPI's dialect, and no other."""
    whole = _published("openapi_spec_validator", "resources/schemas/v3.1/schema.json")
    dialect = _published("openapi_schema_validator", "schemas/oas3.1/metaschema.json")
    vocabulary = _published("openapi_schema_validator", "schemas/oas3.1/vocabularies/base")
    only = {"const": dialect["$id"]}
    schema_object = {"$dynamicAnchor": "meta", "$ref": dialect["$id"], "properties": {"$schema": only}}
    schema = {
        "$schema": dialect["$schema"],
        "$id": "urn:openapi-3.1-document",
        "$ref": whole["$id"],
        "properties": {"jsonSchemaDialect": only},
        "$defs": {"schema": schema_object},
    }
    known = [(one["$id"], one) for one in (whole, dialect, vocabulary)]
    return Draft202012Validator(schema, registry=Registry(known))


def _published(package: str, path: str) -> Any:
    """A schema of the OpenAPI Initiative, from a package that ships it; to import the package would take longer."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StageError(f"the package {package} is not installed; run `make setup`")
    return json.loads((Path(spec.origin).parent / path).read_bytes())
