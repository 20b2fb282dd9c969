"""`testing.FakeApi` over whole documents: it understands and answers every operation, sync and asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from support.contract import Contract
from support.typed import misfits
from support.whole_client import VERSIONS, client_of

WAYS = ("sync", "asyncio")


@pytest.fixture(scope="module", params=VERSIONS)
def contract(request: pytest.FixtureRequest) -> Contract:
    """What the shipped document, the tests' own, and the whole ones where they are at hand allow."""
    return Contract(client_of(request.param))


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for all calls."""
    with asyncio.Runner() as runner:
        yield runner


def plain(value: Any) -> Any:
    """A value that can be compared: files have no equality."""
    if hasattr(value, "payload"):
        value.payload.seek(0)
        return value.payload.read(), value.file_name, value.mime_type
    if hasattr(value, "to_multipart"):
        return {name: plain(getattr(value, name)) for name in value.__slots__ if not name.startswith("__")}
    return value


@pytest.mark.parametrize("way", WAYS)
def test_every_operation_is_understood_and_answered(contract: Contract, loop: asyncio.Runner, way: str) -> None:
    """Whatever the document lets one give arrives as the function's arguments and a model; the example can be read."""
    fake = contract.client.module("testing").FakeApi()
    client = fake.client()
    for operation in contract.operations:
        module = contract.client.operations[operation.id]
        for given in contract.cases(operation):
            arguments = contract.arguments(operation, given)
            called = getattr(module, way)(client=client, **arguments)
            result = loop.run(called) if way == "asyncio" else called
            call = fake.calls[-1]
            body = arguments.pop("body", None)
            assert (call.operation, call.arguments) == (operation.id, arguments)
            assert plain(call.body) == plain(body), operation.id
            hint = contract.client.module("_examples").hints_of(module)["return"]
            assert list(misfits(result, hint, operation.id)) == []


@pytest.mark.parametrize("way", WAYS)
def test_every_answer_of_the_document_can_be_given(contract: Contract, loop: asyncio.Runner, way: str) -> None:
    """A model, its JSON, bytes and nothing come out of the call as they were given."""
    fake = contract.client.module("testing").FakeApi()
    client = fake.client()
    for operation in contract.operations:
        module = contract.client.operations[operation.id]
        arguments = contract.arguments(operation, contract.given(operation, full=False))
        for answer in contract.answers(operation):
            read = module.OPERATION.answers[answer.status]
            if answer.content_type is None:
                expected: Any = None
            else:
                expected = answer.content if answer.schema is None else read(_Content(answer.content))
            fake.on(module, expected)
            called = getattr(module, way)(client=client, **arguments)
            assert (loop.run(called) if way == "asyncio" else called) == expected, operation.id


class _Content:
    """What reads an answer reads its content only."""

    def __init__(self, content: bytes) -> None:
        self.content = content


def test_every_bulk_operation_echoes(contract: Contract) -> None:
    """Each item is done by default, and failed where `partial` says so."""
    testing, bulk = contract.client.module("testing"), contract.client.module("bulk")
    covered = 0
    for operation in contract.operations:
        module = contract.client.operations[operation.id]
        described = module.OPERATION
        if not (described.body_list and described.answer_list) or described.method == "PUT":
            continue
        fake = testing.FakeApi()
        arguments = contract.arguments(operation, contract.given(operation, full=False))
        arguments.pop("body", None)
        body = contract.client.module("_examples").example_of(described.body())
        client = fake.client()
        assert bulk.run(module, body.data * 3, client=client, batch_size=2, **arguments).succeeded_indexes == [0, 1, 2]
        fake.on(module, testing.partial({1: "wrong"}))
        result = bulk.run(module, body.data * 3, client=client, **arguments)
        assert [(one.index, one.problems[0].code) for one in result.failed] == [(1, "wrong")], operation.id
        assert result.succeeded_indexes == [0, 2]
        covered += 1
    # Somebody's own selection may have none.
    assert covered or (contract.client is client_of(VERSIONS[-1]) and VERSIONS[-1] == "selected")


def test_every_paged_operation_ends(contract: Contract) -> None:
    """The example is the only page."""
    fake, pages = contract.client.module("testing").FakeApi(), contract.client.module("pages")
    for operation in contract.operations:
        module = contract.client.operations[operation.id]
        if module.OPERATION.paging is not None:
            arguments = contract.arguments(operation, contract.given(operation, full=False))
            assert len(list(pages.iterate(module, client=fake.client(), **arguments))) == 1, operation.id
            assert len(list(pages.iterate(module, client=fake.client(), page_size=1, **arguments))) == 1, operation.id
