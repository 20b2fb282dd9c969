"""Bodies of the whole documents: whatever stands in a field is written so that it reads back equal, or refused."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs
import pytest
from support.samples import sample
from support.whole_client import VERSIONS, client_of

NOW = datetime.datetime(2026, 1, 2, 3, 4, 5, 678900, datetime.UTC)
SCALARS = (None, True, 7, -1, 2**70, 0.5, math.nan, math.inf, Decimal("0.5"), "", "text", "\ud800", b"text", NOW)
KINDS = (*SCALARS, [], [None], ["text"], [7], [[]], {}, {"a": 1}, {1: 2}, {"a": {"b": b""}}, object())


def fields_of(model: Any) -> Iterator[tuple[Any, str]]:
    """Each model at any depth below, with each of its fields."""
    for each in attrs.fields(type(model)):
        yield model, each.name
        value = getattr(model, each.name)
        for inner in value if isinstance(value, list) else [value]:
            if attrs.has(type(inner)):
                yield from fields_of(inner)


@pytest.mark.parametrize("version", VERSIONS)
def test_any_value_of_any_field_is_written_and_reads_back_or_is_refused(version: str) -> None:
    """By an EncodeError with a path, and by no other exception."""
    whole = client_of(version)
    schemas = whole.document["components"]["schemas"]
    described = {each["operationId"]: each for methods in whole.document["paths"].values() for each in methods.values()}
    codec, unset, refusal = whole.module("_codec"), whole.module("types").UNSET, whole.module("errors").EncodeError
    written = refused = 0
    for id_, module in whole.operations.items():
        if module.OPERATION.body is None:
            continue
        schema = next(iter(described[id_]["requestBody"]["content"].values()))["schema"]
        kind = module.OPERATION.body()
        body = kind.from_dict(sample(schema, schemas, full=True, request=True))
        for model, name in list(fields_of(body)):
            before = getattr(model, name)
            for value in (*KINDS, unset):
                setattr(model, name, value)
                try:
                    text = codec.to_json(body.to_dict())
                except refusal as error:
                    assert error.path, (id_, name, value)
                    refused += 1
                else:
                    assert kind.from_dict(json.loads(text)) == body, (id_, name, value)
                    written += 1
            setattr(model, name, before)
    assert written
    assert refused > written
