"""A PUT replaces, so what was read is written back whole, and one field of it is changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
import httpx
import pytest
from support.samples import sample
from support.whole_client import WholeClient, client_of

NEW = "a field that the document does not name"


def find_reads(client: WholeClient) -> dict[str, str]:
    """The operations that read what a PUT replaces, by its operationId."""
    described = {name: module.OPERATION for name, module in client.operations.items()}
    gets = {operation.path: name for name, operation in described.items() if operation.method == "GET"}
    puts = {name: operation for name, operation in described.items() if operation.method == "PUT"}
    return {name: gets[put.path] for name, put in puts.items() if put.path in gets}


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


def write_back(client: WholeClient, put: str, answer: Any) -> Any:
    """The body of a PUT from an answer, as the guide shows it; most take ``data`` as it is, one its attributes."""
    body = client.operations[put].OPERATION.body()
    data = answer.to_dict()["data"]
    return body.from_dict({"data": data} if "data" in attrs.fields_dict(body) else data["attributes"])


Place = tuple[str | int, ...]


def find_fields(value: Any, place: Place = ()) -> Iterator[tuple[Any, str, Place]]:
    """Each field of a model, at any depth, whose value a program could change: its model, Python name and place."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_fields(item, (*place, index))
    elif attrs.has(type(value)):
        for key, name in zip(inspect.getmodule(type(value))._FIELDS, value.__match_args__, strict=True):  # type: ignore[union-attr]
            if type(getattr(value, name)) in CHANGED:
                yield value, name, (*place, key)
            yield from find_fields(getattr(value, name), (*place, key))


CHANGED: dict[type, Callable[[Any], Any]] = {
    str: lambda text: f"{text}, changed",
    bool: lambda flag: not flag,
    int: lambda number: number + 1,
    float: lambda number: number + 1,
    datetime: lambda moment: moment + timedelta(days=1),
}


def differences(old: Any, new: Any, place: Place = ()) -> Iterator[Place]:
    """The places at which two JSON values differ; what is true is not 1."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key, ...), new.get(key, ...), (*place, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (was, is_) in enumerate(zip(old, new, strict=True)):
            yield from differences(was, is_, (*place, index))
    elif type(old) is not type(new) or old != new:
        yield place


@pytest.mark.parametrize("version", ["2026-01", "2026-07"])
def test_what_was_read_is_written_back_but_for_the_field_that_changed(version: str) -> None:
    """Unknown fields and those that only answers name are sent as they came, whichever field is changed."""
    client = client_of(version)
    reads = find_reads(client)
    assert len(reads) == 10
    for put, read in reads.items():
        raw = answer_of(client, read)
        answer = next(iter(client.operations[read].OPERATION.answers.values()))(httpx.Response(200, json=raw))
        came = write_back(client, put, answer).to_dict()
        assert came == ({"data": raw["data"]} if "data" in came else raw["data"]["attributes"]), put
        assert NEW in str(came)
        places = [place for _, _, place in find_fields(write_back(client, put, answer))]
        assert places, put
        for index, place in enumerate(places):
            body = write_back(client, put, answer)
            model, name, _ = list(find_fields(body))[index]
            setattr(model, name, CHANGED[type(getattr(model, name))](getattr(model, name)))
            assert list(differences(came, body.to_dict())) == [place], put
