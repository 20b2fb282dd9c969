"""The contract: every operation of a document, called as its upstream document says, and answered so.

Requests are checked against the upstream document by openapi-core, which knows nothing of the overlay. Answers are made
from the upstream document's schemas, and must become models that write the same JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
from openapi_core.exceptions import OpenAPIError
from pytest_httpserver import HTTPServer
from support.contract import UPLOAD, Contract, Described, operations_of
from support.peer import TOKEN, Arrived, Peer, validator_of
from support.samples import sample
from support.specs import read_document
from support.typed import hints, misfits, unlike
from support.whole_client import VERSIONS, at_hand, client_of

# What httpx sends with any request; RFC 9110.
STANDARD_HEADERS = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
BODY_HEADERS = {"content-type", "content-length"}
TOKEN_HEADER = {"Authorization": f"Bearer {TOKEN}"}
WAYS = ("sync", "asyncio", "sync_detailed", "asyncio_detailed")


def described() -> Iterator[Any]:
    """Each operation of each document; None for those of one that is not at hand: client_of skips it, and says why."""
    for version in VERSIONS:
        file = at_hand(version)
        known = operations_of(read_document(file)) if file else [None]
        yield from (pytest.param(version, one, id=f"{version}-{one.id if one else 'any'}") for one in known)


EVERY_OPERATION = pytest.mark.parametrize(("version", "operation"), list(described()))


class Tried(Contract):
    """A contract that is tried over a socket, and what was done for it."""

    def __init__(self, version: str, base_url: str) -> None:
        super().__init__(client_of(version))
        self.validator = validator_of(self.client.document)
        self.caller = self.client.package.AuthenticatedClient(base_url=base_url, token=TOKEN, retry=None)
        self.counted: Counter[str] = Counter()

    def call(self, operation: Described, way: str, loop: asyncio.Runner, given: dict[str, Any]) -> Any:
        """What one of the operation's four functions gives."""
        function = getattr(self.client.operations[operation.id], way)
        result = function(client=self.caller, **self.arguments(operation, given))
        if way.startswith("asyncio"):
            result = loop.run(result)
        return result.parsed if way.endswith("detailed") else result

    def __str__(self) -> str:
        models = len(self.client.module("models").__all__)
        done = ", ".join(f"{number:.0f} {what}" for what, number in self.counted.items())
        return f"{len(self.operations)} operations, {models} models and enums, {done}"


@pytest.fixture(scope="module")
def contracts() -> Iterator[dict[str, Tried]]:
    """The contracts in use; with `-s`, tells what was done for each."""
    by_version: dict[str, Tried] = {}
    yield by_version
    for version, contract in by_version.items():
        print(f"\n{version}: {contract}")


@pytest.fixture
def contract(version: str, contracts: dict[str, Tried], site: HTTPServer) -> Iterator[Tried]:
    """The contract of a document, with its client's calls going to `peer`."""
    if version not in contracts:
        contracts[version] = Tried(version, site.url_for("").rstrip("/"))
    began = time.perf_counter()
    yield contracts[version]
    contracts[version].counted["seconds"] += time.perf_counter() - began


@pytest.fixture
def peer(site: HTTPServer) -> Peer:
    """The server that the contract's client calls."""
    return Peer(site)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for all calls."""
    with asyncio.Runner() as runner:
        yield runner


@EVERY_OPERATION
def test_a_request_is_what_the_document_says(
    operation: Described, contract: Tried, loop: asyncio.Runner, peer: Peer
) -> None:
    """Valid for the upstream document, each value as it was given, and nothing besides."""
    peer.answer = next(contract.answers(operation))
    for given in contract.cases(operation):
        results = []
        for way in WAYS:
            results.append(contract.call(operation, way, loop, given))
            check(peer.arrived[-1], operation, given)
            contract.counted["requests"] += 1
        assert results == results[:1] * 4
    # Once each, since openapi-core is slow: the four functions send the same, but for multipart's random boundary.
    for request in {request.wire: request for request in peer.arrived}.values():
        contract.validator.validate(request)


@EVERY_OPERATION
def test_an_answer_becomes_models_that_write_it_again(
    operation: Described, contract: Tried, loop: asyncio.Runner, peer: Peer
) -> None:
    """Required fields only, all fields, and null wherever it may stand."""
    given = contract.given(operation, full=False)
    promised = hints(contract.client.operations[operation.id].sync)["return"]
    for peer.answer in contract.answers(operation):
        for way in ("sync", "asyncio"):
            result = contract.call(operation, way, loop, given)
            assert list(misfits(result, promised)) == []
            if (schema := peer.answer.schema) is None:
                assert result == (peer.answer.content or None)
            else:
                sent = json.loads(peer.answer.content)
                assert list(unlike(result, schema, contract.schemas, sent)) == []
                assert written(result if result is None else result.to_dict()) == written(sent)
            contract.counted["answers without JSON" if schema is None else "round trips"] += 1


@pytest.mark.parametrize("version", VERSIONS)
def test_every_model_is_of_use(version: str) -> None:
    """Each is met in what some operation takes or gives: no more are generated than the operations reach."""
    contract = Contract(client_of(version))
    assert {kind.__name__ for kind in contract.kinds_met()} == set(contract.client.module("models").__all__)


def written(value: Any) -> str:
    """JSON text, to be compared: 1, 1.0 and true are three things."""
    return json.dumps(value, sort_keys=True)


def check(request: Arrived, operation: Described, given: dict[str, Any]) -> None:
    """The request holds what was given, and nothing besides."""
    assert request.method.upper() == operation.method
    check_url(request, operation, given)
    check_body(request, operation, given)


def check_url(request: Arrived, operation: Described, given: dict[str, Any]) -> None:
    """The path has the segments of the document, with the values in place; the query has what was given."""
    segments = [unquote(segment) for segment in request.path.split("/")]
    assert segments == [
        re.sub("{(.+?)}", lambda name: given[name[1]], segment) for segment in operation.path.split("/")
    ]
    names = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"} & given.keys()
    expected = [
        (name, item if isinstance(item, str) else json.dumps(item))
        for name in names
        for item in (given[name] if isinstance(given[name], list) else [given[name]])
    ]
    assert sorted(request.query) == sorted(expected)


def check_body(request: Arrived, operation: Described, given: dict[str, Any]) -> None:
    """The body is the JSON or the file that was given, or none."""
    names = {name.lower() for name in request.headers.keys()}  # noqa: SIM118
    if "body" not in given:
        assert (request.body, names - STANDARD_HEADERS - {"content-length"}) == (None, set())
        return
    assert names - STANDARD_HEADERS == BODY_HEADERS
    if "multipart/form-data" in operation.body["content"]:
        assert request.fields == {}
        assert request.files == [(name, *UPLOAD) for name in given["body"]]
    else:
        assert written(json.loads(request.body or b"")) == written(given["body"])
        assert request.content_type == "application/json"


SHOPS = {"limitToId": ["1", "2"], "pageIndex": 3}
SETTING = {"shopName": "a/b", "setting-name": "c"}


def shelf(**fields: Any) -> dict[str, Any]:
    """A body of createShelves."""
    return {"data": [{"attributes": {"name": "Spring", "retailerId": "1", "kinds": ["Food"], "width": 40, **fields}}]}


def judged(site: HTTPServer, name: str, given: dict[str, Any], sent: dict[str, Any]) -> None:
    """Send what was given to an operation of `every_kind`, but for what is said in ``sent``, and check what arrived."""
    document = client_of("every-kind").document
    operation = next(one for one in operations_of(document) if one.id == name)
    given = dict.fromkeys(re.findall("{(.+?)}", operation.path), "1") | given
    peer = Peer(site)
    path = re.sub("{(.+?)}", lambda name: quote(given[name[1]], safe=""), operation.path)
    usual = {
        "url": site.url_for(path),
        "params": {key: value for key, value in given.items() if key != "body" and f"{{{key}}}" not in operation.path},
        "json": given.get("body"),
        "headers": TOKEN_HEADER,
    }
    httpx.request(operation.method, **{**usual, **sent})
    check(peer.arrived[0], operation, given)
    validator_of(document).validate(peer.arrived[0])


@pytest.mark.parametrize(
    ("name", "given"), [("GetShops", SHOPS), ("GetSetting", SETTING), ("createShelves", {"body": shelf()})]
)
def test_the_checks_take_what_is_sound(name: str, given: dict[str, Any], site: HTTPServer) -> None:
    """The requests of the next test, without their faults."""
    judged(site, name, given, {})


@pytest.mark.parametrize(
    ("name", "given", "sent"),
    [
        pytest.param("GetShops", SHOPS, {"params": {"limitToId": "1,2", "pageIndex": "3"}}, id="array-joined"),
        pytest.param("GetShops", SHOPS, {"params": {**SHOPS, "extra": "1"}}, id="undeclared-query"),
        pytest.param("GetShops", {"pageIndex": 3, "pageSize": 501}, {}, id="beyond-the-maximum"),
        pytest.param("GetShops", {"pageIndex": "three"}, {}, id="not-a-number"),
        pytest.param("GetShops", {"limitToType": "Stall"}, {}, id="not-in-the-enum"),
        pytest.param("GetShops", SHOPS, {"headers": {}}, id="no-token"),
        pytest.param("GetShops", SHOPS, {"headers": {**TOKEN_HEADER, "X-Extra": "1"}}, id="undeclared-header"),
        pytest.param("GetShops", SHOPS, {"headers": {**TOKEN_HEADER, "Cookie": "a=b"}}, id="cookie"),
        pytest.param("GetShops", SHOPS, {"json": {}}, id="undeclared-body"),
        pytest.param("createShelves", {"body": shelf(extra=1)}, {}, id="undeclared-property"),
        pytest.param("createShelves", {"body": shelf(description=None)}, {}, id="null"),
        pytest.param("createShelves", {"body": shelf(width="40")}, {}, id="wrong-type"),
        pytest.param("createShelves", {"body": shelf(kinds=["Food"] * 2)}, {}, id="not-unique"),
        pytest.param("createShelves", {"body": shelf(opensOn="soon")}, {}, id="no-date"),
        pytest.param("createShelves", {"body": shelf()}, {"json": shelf(width=41)}, id="another-value"),
        pytest.param("createShelves", {"body": shelf()}, {"json": shelf(width=40.0)}, id="another-number-type"),
        pytest.param("createShelves", {}, {}, id="no-body"),
    ],
)
def test_the_checks_refuse(name: str, given: dict[str, Any], sent: dict[str, Any], site: HTTPServer) -> None:
    """A request with one fault, which either is not what was given or not what the document says."""
    with pytest.raises((AssertionError, OpenAPIError)):
        judged(site, name, given, sent)


@pytest.mark.parametrize(
    "damage",
    [
        lambda shelf, source: setattr(shelf, "attributes", source),
        lambda shelf, source: setattr(shelf.attributes, "kind", "Toys"),
        lambda shelf, source: setattr(shelf.attributes, "created_at", source["createdAt"]),
        lambda shelf, source: setattr(shelf.attributes, "channels", source["channels"]),
        lambda shelf, source: setattr(shelf.attributes, "sold", 1.0),
        lambda shelf, source: setattr(shelf.attributes, "light", source["light"]),
    ],
    ids=["object", "enum", "date-time", "array-of-enum", "integer", "nested-object"],
)
def test_the_comparisons_find_what_is_not_typed(damage: Any) -> None:
    """By the schema, and by the annotations."""
    client = client_of("every-kind")
    schemas = client.document["components"]["schemas"]
    schema = schemas["ShelfListResponse"]
    source = sample(schema, schemas, full=True)
    model = client.module("models").ShelfListResponse
    answer = model.from_dict(source)
    assert [*misfits(answer, model), *unlike(answer, schema, schemas, source)] == []
    damage(answer.data[0], source["data"][0]["attributes"])
    assert list(unlike(answer, schema, schemas, source)) != []
    assert list(misfits(answer, model)) != []
