"""A small OpenAPI document in the API's conventions, with a component of every kind a selection must follow."""

from __future__ import annotations

from typing import Any


def schema(name: str) -> dict[str, str]:
    """A reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(name: str) -> dict[str, Any]:
    """A response whose JSON is a component schema."""
    return {"description": "ok", "content": {"application/json": {"schema": schema(name)}}}


def small_document(version: str = "2026-01") -> dict[str, Any]:
    """Three operations: ``getFoo`` and ``updateFoo`` on one path, ``getBar`` on another; each call gives a new one."""
    return {
        "openapi": "3.0.1",
        "x-samples-languages": ["python"],
        "info": {"title": "Small", "version": version},
        "paths": {
            f"/{version}/foos/{{id}}": {
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "get": {
                    "tags": ["Foo"],
                    "operationId": "getFoo",
                    "parameters": [
                        {
                            "name": "limit",
                            "in": "query",
                            "schema": {"type": "integer", "format": "int32", "maximum": 10},
                        }
                    ],
                    "responses": {"200": {"$ref": "#/components/responses/Foo"}},
                },
                "patch": {
                    "tags": ["Foo"],
                    "operationId": "updateFoo",
                    "requestBody": {"$ref": "#/components/requestBodies/Foo"},
                    "responses": {"200": answer("Foo")},
                    "security": [{"oauth": ["Foo_Manage"]}],
                },
            },
            f"/{version}/bars": {
                "get": {
                    "tags": ["Bar"],
                    "operationId": "getBar",
                    "responses": {"200": answer("Bar")},
                    "security": [{"key": []}],
                }
            },
        },
        "components": {
            "schemas": {
                "FooUpdate": {
                    "type": "object",
                    "properties": {"name": {"type": "string", "maxLength": 9}, "kind": schema("Kind")},
                },
                "Foo": {
                    "type": "object",
                    "required": ["id"],
                    "properties": {
                        "id": {"type": "string"},
                        "kind": schema("Kind"),
                        "parts": {"type": "array", "items": schema("Foo"), "nullable": True},
                        "shape": {
                            "oneOf": [],
                            "discriminator": {
                                "propertyName": "kind",
                                "mapping": {"a": "Round", "b": "#/components/schemas/Flat"},
                            },
                        },
                    },
                },
                "Kind": {"type": "string", "enum": ["Big", "Small"]},
                "Round": {"type": "object"},
                "Flat": {"type": "object"},
                "Bar": {"type": "object", "properties": {"odd/name~": schema("Odd~1Name~0")}},
                "Odd/Name~": {"type": "number", "format": "double"},
                "Unused": {"type": "object"},
            },
            "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}},
            "requestBodies": {
                "Foo": {"required": True, "content": {"application/json": {"schema": schema("FooUpdate")}}}
            },
            "responses": {"Foo": answer("Foo")},
            "securitySchemes": {
                "oauth": {"type": "oauth2", "flows": {}},
                "key": {"type": "apiKey", "in": "header", "name": "k"},
            },
        },
        "security": [{"oauth": ["Foo_Read"]}],
        "tags": [{"name": "Foo"}, {"name": "Bar"}],
    }
