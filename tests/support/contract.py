"""What an upstream document lets its operations be called with and answered, as JSON and as typed values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
from support.samples import HARD, sample, with_nulls
from support.typed import built, hints, kinds, misfits, python_name
from support.whole_client import WholeClient

from scripts.spec.document import Document
from scripts.spec.walk import operations

FILE = b"\r\n " + bytes(range(256)) * 8 + b"--\r\n"
UPLOAD = (FILE, 'ö "1".png', "image/png")


class Described(NamedTuple):
    """An operation as its upstream document describes it."""

    id: str
    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any]
    responses: dict[str, Any]


def operations_of(document: Document) -> list[Described]:
    """The operations of an upstream document."""
    return [
        Described(
            operation["operationId"],
            str(method).upper(),
            str(path),
            operation.get("parameters", []),
            operation.get("requestBody", {}),
            operation["responses"],
        )
        for (_, path, method), operation in operations(document)
    ]


class Answer(NamedTuple):
    """An answer that the document allows: what is sent, and for JSON, the schema it was made from."""

    status: int
    content_type: str | None
    content: bytes
    schema: dict[str, Any] | None = None


class Contract:
    """A document and its client: what its operations can be called with, and what they can be answered."""

    def __init__(self, client: WholeClient) -> None:
        self.client = client
        self.schemas = self.client.document["components"].get("schemas", {})
        self.operations = operations_of(self.client.document)

    def cases(self, operation: Described) -> Iterator[dict[str, Any]]:
        """What to give to an operation, by the document's names: the least, everything, and null in every wrapper."""
        least = self.given(operation, full=False)
        everything = self.given(operation, full=True)
        cleared = self.given(operation, full=True, cleared=True)
        yield from [least, everything] if cleared == everything else [least, everything, cleared]

    def given(self, operation: Described, *, full: bool, cleared: bool = False) -> dict[str, Any]:
        """JSON for each parameter and the body, for what is required or for all."""
        drawn = {
            parameter["name"]: self.sample(parameter["schema"], full=full)
            for parameter in operation.parameters
            if full or parameter.get("required")
        }
        if full:
            drawn |= {parameter["name"]: HARD for parameter in operation.parameters if parameter["in"] == "path"}
        if operation.body.get("required") or (full and operation.body):
            (media,) = operation.body["content"].values()
            drawn["body"] = self.sample(media["schema"], full=full, cleared=cleared)
        return drawn

    def sample(self, schema: dict[str, Any], **how: bool) -> Any:
        """JSON for a request."""
        return sample(schema, self.schemas, request=True, **how)

    def arguments(self, operation: Described, given: dict[str, Any]) -> dict[str, Any]:
        """What was given, as typed values by Python's names."""
        known = hints(self.client.operations[operation.id].sync)
        arguments = {python_name(name): built(known[python_name(name)], value, UPLOAD) for name, value in given.items()}
        assert [fault for name in arguments for fault in misfits(arguments[name], known[name], name)] == []
        return arguments

    def answers(self, operation: Described) -> Iterator[Answer]:
        """The answers that the document allows: the least, everything, and null wherever it may stand."""
        for status, response in operation.responses.items():
            for content_type, media in response.get("content", {}).items():
                match media.get("schema"):
                    case None:
                        yield Answer(int(status), None, b"")
                    case {"format": "binary"}:
                        yield Answer(int(status), content_type, FILE)
                    case schema:
                        filled = sample(schema, self.schemas), sample(schema, self.schemas, full=True)
                        for value in (*filled, *with_nulls(schema, self.schemas)):
                            yield Answer(int(status), content_type, json.dumps(value).encode(), schema)
            if not response.get("content"):
                yield Answer(int(status), None, b"")

    def kinds_met(self) -> set[type]:
        """The models and enums in all that the operations take and give."""
        met: set[type] = set()
        for operation in self.operations:
            described = self.client.operations[operation.id].OPERATION
            met |= kinds(self.arguments(operation, self.given(operation, full=True)))
            for answer in self.answers(operation):
                met |= kinds(described.answers[answer.status](httpx.Response(answer.status, content=answer.content)))
        return met
