"""Clients of the whole documents: every bulk operation takes items in batches, every paged one gives all entities."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fake_criteo import answer
from pytest_httpserver import HTTPServer
from support.whole_client import VERSIONS, WholeClient, client_of, needed, sample
from werkzeug import Request, Response

PAGING = {"pageIndex", "pageSize", "limit", "offset", "page", "cursor", "pageToken", "skip", "top"}


@pytest.fixture(scope="module", params=VERSIONS)
def whole(request: pytest.FixtureRequest) -> WholeClient:
    """The client of the shipped document, and of the whole ones where they are at hand."""
    return client_of(request.param)


def holds_list(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether the schema has a list ``data``."""
    resolved = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return bool(resolved.get("properties", {}).get("data", {}).get("type") == "array")


def bulk_operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations whose body and answer hold a list, except those that replace a whole list."""
    schemas = document["components"]["schemas"]
    found = {}
    for methods in document["paths"].values():
        for method, described in methods.items():
            contents = [described.get("requestBody", {}).get("content", {}), *(
                answer.get("content", {}) for status, answer in described["responses"].items() if status.startswith("2")
            )]  # fmt: skip
            body, *answers = [any(holds_list(each.get("schema", {}), schemas) for each in c.values()) for c in contents]
            if method != "put" and body and any(answers):
                found[described["operationId"]] = described
    return found


def test_every_bulk_operation_is_covered(whole: WholeClient, site: HTTPServer) -> None:
    """Each takes items of its own schema; every other operation is refused before anything is sent."""
    schemas = whole.document["components"]["schemas"]
    expected = bulk_operations(whole.document)
    site.expect_request(re.compile("/.*")).respond_with_handler(lambda r: answer({"data": r.json["data"]}))
    run = whole.module("bulk").run
    covered = {}
    with whole.package.AuthenticatedClient(site.url_for(""), token="the-token", retry=None) as client:
        for id_, described in expected.items():
            module = whole.operations[id_]
            arguments = needed(module, described, schemas)
            body = type(arguments.pop("body"))
            schema = described["requestBody"]["content"]["application/json"]["schema"]
            one = sample(schemas[schema["$ref"].rpartition("/")[2]]["properties"]["data"]["items"], schemas)
            items = body.from_dict({"data": [{**one, "id": str(n), "type": "T"} for n in range(3)]}).data
            covered[id_] = run(module, items, client=client, batch_size=2, **arguments).succeeded_indexes
        for id_ in whole.operations.keys() - expected.keys():
            with pytest.raises(TypeError, match=r"no bulk operation|cannot be sent in batches"):
                run(whole.operations[id_], [], client=client)
    assert covered == {id_: [0, 1, 2] for id_ in expected}


def paged_operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations that the document's parameters show to be paged, in any style that there might be."""
    return {
        described["operationId"]: described
        for methods in document["paths"].values()
        for described in methods.values()
        if any(each["in"] == "query" and each["name"] in PAGING for each in described.get("parameters", []))
    }


def test_every_paged_operation_is_covered(whole: WholeClient) -> None:
    """What the document's parameters show to be paged is what `pages` takes: no more and no less."""
    paged = {id_ for id_, module in whole.operations.items() if module.OPERATION.paging is not None}
    assert paged == set(paged_operations(whole.document))


def test_every_paged_operation_gives_all_entities(whole: WholeClient, site: HTTPServer) -> None:
    """Each one is iterated over three pages of its own schemas, with and without totals."""
    schemas = whole.document["components"]["schemas"]
    for id_, described in paged_operations(whole.document).items():
        answer_schema = next(iter(described["responses"]["200"]["content"].values()))["schema"]
        for known in (True, False):
            site.clear()
            site.expect_request(re.compile("/.*")).respond_with_handler(pages_of(answer_schema, schemas, known))
            module = whole.operations[id_]
            iterate = whole.module("pages").iterate
            with whole.package.AuthenticatedClient(site.url_for(""), token="the-token", retry=None) as client:
                found = list(iterate(module, client=client, page_size=10, **needed(module, described, schemas)))
            assert [entity["number"] for entity in found] == list(range(25)), id_


def pages_of(schema: dict[str, Any], schemas: dict[str, Any], known: bool) -> Callable[[Request], Response]:
    """A server of 25 entities in the shape of an answer's schema; totals are null where they are not known."""
    fields = schemas[schema["$ref"].rpartition("/")[2]]["properties"]

    def metadata(reference: dict[str, Any], begin: int, size: int) -> dict[str, Any]:
        total = 25 if known else None
        numbers = {
            **dict.fromkeys(("count", "totalItems", "totalItemsAcrossAllPages"), total),
            "limit": size,
            "offset": begin,
            "currentPageIndex": begin // size,
            "currentPageSize": size,
        }
        properties = schemas[reference["$ref"].rpartition("/")[2]]["properties"]
        return {name: number for name, number in numbers.items() if name in properties}

    def respond(request: Request) -> Response:
        size = int(request.args.get("pageSize") or request.args["limit"])
        begin = int(request.args["offset"]) if "offset" in request.args else int(request.args["pageIndex"]) * size
        entity = sample(fields["data"]["items"], schemas)
        body: dict[str, Any] = {"data": [{**entity, "number": n} for n in range(begin, min(begin + size, 25))]}
        for name in {"meta", "metadata"} & fields.keys():
            body[name] = metadata(fields[name], begin, size)
        return answer(body)

    return respond
