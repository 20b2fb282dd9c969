"""Documents of one operation, and what the shipped overlay and the preparation make of them."""

from __future__ import annotations

from typing import Any

from openapi_python_client.parser import GeneratorData
from support.workspace import PROJECT

from scripts.pipeline import generator
from scripts.pipeline.overlay import allow_idle, apply_actions, read_actions
from scripts.pipeline.prepare import prepare_document
from scripts.spec.document import Document

REF = {"$ref": "#/components/schemas/Thing"}
ENUM = {"type": "string", "enum": ["a", "b"]}


def document_of(
    answer: Any = None, request: Any = None, parameters: list[Any] | None = None, **components: Any
) -> Document:
    """An OpenAPI 3.0 document of one operation with these schemas."""
    operation: dict[str, Any] = {
        "tags": ["Things"],
        "operationId": "changeThing",
        "responses": {"200": {"description": "d", "content": {"application/json": {"schema": answer or {}}}}},
    }
    if request is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": request}}, "required": True}
    if parameters is not None:
        operation["parameters"] = parameters
    return {
        "openapi": "3.0.1",
        "info": {"title": "Things", "version": "2026-01"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": components},
    }


def objects(**properties: Any) -> dict[str, Any]:
    """The schema of an object with these properties."""
    return {"type": "object", "properties": properties}


def patched(document: Document) -> Document:
    """The document after the shipped overlay."""
    return apply_actions(document, allow_idle(read_actions(PROJECT)))[0]


def prepared(document: Document) -> Document:
    """The document as the generator reads it."""
    return prepare_document(patched(document))


def property_of(document: Document, name: str, schema: str = "Thing") -> Any:
    """A property of a component schema."""
    return document["components"]["schemas"][schema]["properties"][name]


def built(document: Document) -> GeneratorData:
    """What the generator makes of a patched document; fails on any warning."""
    parsed = generator.read_document(PROJECT, document)
    assert list(generator.find_unbuilt(parsed)) == []
    return parsed
