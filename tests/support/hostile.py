"""A small upstream document of units, each an operation with its own schemas, for tests to put hostile text into."""

from __future__ import annotations

from typing import Any

from support.example import EXAMPLE
from support.specs import read_document

from scripts.spec.document import Document

Unit = dict[str, Any]


def unit(name: str) -> Unit:
    """An operation of every shape the API's documents have, and the schemas that only it uses."""

    def fields() -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "name": {"type": "string", "default": "x", "example": "y", "pattern": "^z$", "maxLength": 9},
                "kind": {"type": "string", "enum": ["Big", "Small"], "description": "Which."},
                "part": {"type": "object", "properties": {"size": {"type": "integer"}}, "nullable": True},
            },
            "description": "What is said.",
            "example": {"name": "n"},
        }

    return {
        "path": f"/2026-01/{name}/{{account-id}}",
        "schemas": {f"{name}Input": fields(), f"{name}Output": fields()},
        "operation": {
            "tags": [f"{name}Tag"],
            "summary": "Changes.",
            "description": "Changes it.",
            "operationId": f"change{name}",
            "parameters": [
                {"name": "account-id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "limit", "in": "query", "description": "How many.", "schema": {"type": "string"}},
            ],
            "requestBody": {
                "description": "The input.",
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}Input"}}},
                "required": True,
            },
            "responses": {
                "200": {
                    "description": "The output.",
                    "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}Output"}}},
                }
            },
            "security": [{"oauth": ["Things_Manage"]}],
        },
    }


# Texts stand where people read: in docstrings, if anywhere. Nothing may be refused there.
def put_texts(one: Unit, text: str) -> None:
    operation = one["operation"]
    operation |= {
        "summary": text,
        "description": text,
        "externalDocs": {"url": "https://a.example", "description": text},
    }
    operation["x-bodyName"] = text
    operation["parameters"][0] |= {"description": text, "example": text, "x-note": text}
    operation["parameters"][1] |= {"description": text, "schema": {"type": "string", "default": text}}
    operation["requestBody"]["description"] = text
    operation["responses"]["200"]["description"] = text
    for schema in one["schemas"].values():
        schema |= {
            "description": text,
            "example": {text: [text]},
            "externalDocs": {"url": "https://a.example", "description": text},
        }
        for inner in schema["properties"].values():
            inner |= {"description": text, "x-criteo-canonical": {text: text}}
        schema["properties"]["name"] |= {"default": text, "example": text, "format": text, "title": text}
        schema["properties"]["part"]["properties"]["size"] |= {"description": text, "default": 1, "example": text}


def document_of(*units: Unit) -> Document:
    """The shipped document with these units in place of its operation and schemas."""
    document = read_document(EXAMPLE.upstream)
    document["paths"] = {one["path"]: {"post": one["operation"]} for one in units}
    document["components"]["schemas"] = {name: schema for one in units for name, schema in one["schemas"].items()}
    return document
