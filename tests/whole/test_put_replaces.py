"""A PUT replaces, so what was read is written back whole, and one field of it is changed."""

from __future__ import annotations

from typing import Any

import attrs
import httpx
import pytest
from support.samples import sample
from support.whole_client import WholeClient, client_of

NEW = "a field that the document does not name"


def find_reads(client: WholeClient) -> dict[str, str]:
    """The operations that read what a PUT replaces, by its operationId; of those that read and write it as ``data``."""
    described = {name: module.OPERATION for name, module in client.operations.items()}
    return {
        name: other
        for name, put in described.items()
        for other, get in described.items()
        if (put.method, get.method) == ("PUT", "GET")
        and put.path == get.path
        and put.body is not None
        and "data" in attrs.fields_dict(put.body())
    }


def answer_of(client: WholeClient, operation: str) -> Any:
    """An answer of the operation with every field, and one more beside those of ``data`` and of its attributes."""
    described = next(
        each
        for methods in client.document["paths"].values()
        for each in methods.values()
        if isinstance(each, dict) and each.get("operationId") == operation
    )
    schemas = client.document["components"]["schemas"]
    content = next(iter(described["responses"].values()))["content"]
    answer = sample(next(iter(content.values()))["schema"], schemas, full=True)
    for item in answer["data"] if isinstance(answer["data"], list) else [answer["data"]]:
        item[NEW] = item.setdefault("attributes", {})[NEW] = {"kept": [1, None]}
    return answer


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_what_was_read_is_written_back_whole(version: str) -> None:
    """As the guide shows it: unknown fields and those that only answers name are sent as they came."""
    client = client_of(version)
    reads = find_reads(client)
    assert len(reads) >= 9
    for put, get in reads.items():
        read, replace = client.operations[get].OPERATION, client.operations[put].OPERATION
        raw = answer_of(client, get)
        answer = next(iter(read.answers.values()))(httpx.Response(200, json=raw))
        body = replace.body().from_dict({"data": answer.to_dict()["data"]})
        assert body.to_dict() == {"data": answer.to_dict()["data"]}, put
        assert answer.to_dict()["data"] == raw["data"], get
