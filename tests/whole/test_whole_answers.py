"""Odd answers of operations that only the whole documents have."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any

import pytest
from support.whole_client import WholeClient, client_of

CONTACTS = {
    "data": {
        "operation": "add",
        "contactListId": 9223372036854775807,
        "requestDate": "2026-01-02T03:04:05.1234567Z",
        "identifierType": "hashedFaxNumber",
        "nbValidIdentifiers": 1,
        "nbInvalidIdentifiers": 1,
        "sampleInvalidIdentifiers": ["x"],
    },
    "errors": [{"code": "invalid-identifier", "type": "validation", "instance": "/x"}],
    "warnings": [],
}


@pytest.fixture(scope="module", params=["2026-01", "2026-07"])
def whole(request: pytest.FixtureRequest) -> WholeClient:
    """The client of a whole document, where it is at hand."""
    return client_of(request.param)


def test_a_contact_list_is_read_as_it_comes(whole: WholeClient) -> None:
    """An int64 as a number, seven digits of a fraction, an identifier type of no document, errors beside data."""
    module = whole.operations["AddRemoveContactListByAudienceSegment"]
    examples = whole.module("_examples")
    fake = whole.module("testing").FakeApi()
    fake.on(module, CONTACTS)
    client = fake.client()
    arguments = {"audience_segment_id": "7", "body": examples.example_of(module.OPERATION.body())}

    async def call() -> Any:
        return await module.asyncio(client=client, **arguments)

    for answer in (module.sync(client=client, **arguments), asyncio.run(call())):
        assert answer.data.contact_list_id == 9223372036854775807
        moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=datetime.UTC)
        assert answer.data.request_date == moment
        assert answer.data.identifier_type == "hashedFaxNumber"
        assert [error.code for error in answer.errors] == ["invalid-identifier"]


def create_of(whole: WholeClient) -> tuple[Any, dict[str, Any]]:
    """An operation that begins a catalog, and its arguments."""
    module = whole.operations["CatalogApi_PostApiV1ExternalAccountCatalogsByAccountId"]
    return module, {"account_id": "42", "body": whole.module("_examples").example_of(module.OPERATION.body())}


def test_a_catalog_is_json_lines(whole: WholeClient, tmp_path: Path) -> None:
    """Each line is a product, whether it is read as it comes or from its file."""
    products = b'{"id": "1", "name": "a"}\n{"id": "2", "name": "b"}\n'
    output = whole.operations["GetCatalogOutput"]
    fake = whole.module("testing").FakeApi()
    fake.on(output, products)
    client = fake.client()
    create, arguments = create_of(whole)
    report = whole.module("reports").run(create, to=tmp_path / "catalog", client=client, **arguments)
    assert report.status.lower() == "success"
    assert [row["id"] for row in whole.module("reports").rows(tmp_path / "catalog")] == ["1", "2"]
    lines = whole.module("downloads").iter_json_lines(output, client=client, catalog_id=report.id)
    assert [product["name"] for product in lines] == ["a", "b"]


def test_a_catalog_that_has_expired_is_204(whole: WholeClient, tmp_path: Path) -> None:
    """An error of the report, with its id; there is no file."""
    fake = whole.module("testing").FakeApi()
    fake.on(whole.operations["GetCatalogOutput"], None)
    create, arguments = create_of(whole)
    reports = whole.module("reports")
    with pytest.raises(reports.ReportError, match="has no file") as caught:
        reports.run(create, to=tmp_path / "catalog", client=fake.client(), **arguments)
    assert caught.value.report_id == "1000"
    assert not list(tmp_path.iterdir())


def test_every_report_can_be_run(whole: WholeClient, tmp_path: Path) -> None:
    """Of each operation that creates one, the state and the output follow from the document, sync and asyncio."""
    reports, examples = whole.module("reports"), whole.module("_examples")
    fake = whole.module("testing").FakeApi()
    client = fake.client()
    covered = []
    for name, module in whole.operations.items():
        if module.OPERATION.report is None or module.OPERATION.method == "GET":
            continue
        parameters = whole.module("_operation").parameters(module)
        arguments = {one: "42" for one in ("account_id",) if one in parameters}
        body = examples.example_of(module.OPERATION.body())
        path = tmp_path / name
        reports.run(module, body=body, to=path, client=client, **arguments)
        assert path.read_bytes() == b'{"id": "1000"}\n'
        states = [module.OPERATION.report.status, module.OPERATION.report.output]
        assert [call.module for call in fake.calls[-3:]] == [module, *(whole.module(f"api.{name}") for name in states)]
        asyncio.run(reports.run_async(module, body=body, to=path, client=client, **arguments))
        covered.append(name)
    assert len(covered) >= 10
