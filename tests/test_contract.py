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
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import document as documents
import httpx
import pytest
from openapi_core.exceptions import OpenAPIError
from peer import TOKEN, Answer, Arrived, Peer, validator_of
from pytest_httpserver import HTTPServer
from samples import HARD, sample, with_nulls
from schemas import operations
from typed import built, hints, kinds, misfits, python_name, unlike
from whole_client import VERSIONS, WholeClient, at_hand, client_of

# What httpx sends with any request; RFC 9110.
STANDARD_HEADERS = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
BODY_HEADERS = {"content-type", "content-length"}
TOKEN_HEADER = {"Authorization": f"Bearer {TOKEN}"}
WAYS = ("sync", "asyncio", "sync_detailed", "asyncio_detailed")
FILE = b"\r\n " + bytes(range(256)) * 8 + b"--\r\n"
UPLOAD = (FILE, 'ö "1".png', "image/png")


class Described(NamedTuple):
    """An operation as its upstream document describes it."""

    version: str
    id: str
    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any]
    responses: dict[str, Any]


def operations_of(version: str) -> list[Described]:
    """The operations of one of the documents, which must be at hand."""
    file = at_hand(version)
    assert file is not None
    return [
        Described(
            version,
            operation["operationId"],
            str(method).upper(),
            str(path),
            operation.get("parameters", []),
            operation.get("requestBody", {}),
            operation["responses"],
        )
        for (_, path, method), operation in operations(documents.parse(file.read_bytes(), file.name))
    ]


# Those of a document that is not at hand are its name, for which client_of skips the test and says why.
OPERATIONS = [
    pytest.param(one, id=one if isinstance(one, str) else f"{one.version}-{one.id}")
    for version in VERSIONS
    for one in (operations_of(version) if at_hand(version) else [version])
]


class Contract:
    """A document, its client, and what was counted over its operations."""

    def __init__(self, version: str, server: HTTPServer) -> None:
        self.client: WholeClient = client_of(version)
        self.schemas = self.client.document["components"]["schemas"]
        self.validator = validator_of(self.client.document)
        self.caller = self.client.package.AuthenticatedClient(
            base_url=server.url_for("").rstrip("/"), token=TOKEN, retry=None
        )
        self.counted: Counter[str] = Counter()

    def cases(self, operation: Described) -> Iterator[dict[str, Any]]:
        """What to give to an operation, by the document's names: the least, everything, and null in every wrapper."""
        least = self.given(operation, full=False)
        everything = self.given(operation, full=True)
        cleared = self.given(operation, full=True, cleared=True)
        yield from [least, everything] if cleared == everything else [least, everything, cleared]

    def given(self, operation: Described, *, full: bool, cleared: bool = False) -> dict[str, Any]:
        """JSON for each parameter and the body, for what is required or for all."""
        drawn = {
            parameter["name"]: HARD
            if full and parameter["in"] == "path"
            else self.sample(parameter["schema"], full=full)
            for parameter in operation.parameters
            if full or parameter.get("required")
        }
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
        made = {python_name(name): built(known[python_name(name)], value, UPLOAD) for name, value in given.items()}
        assert [fault for name in made for fault in misfits(made[name], known[name], name)] == []
        return made


def written(value: Any) -> str:
    """JSON text, to be compared: 1, 1.0 and true are three things."""
    return json.dumps(value, sort_keys=True)


def as_list(value: Any) -> list[Any]:
    """The values of a parameter: an array's are sent one by one."""
    return value if isinstance(value, list) else [value]


def answers(operation: Described, schemas: dict[str, Any]) -> Iterator[Answer]:
    """The answers that the document allows: the least, everything, and null wherever it may stand."""
    for status, response in operation.responses.items():
        for content_type, media in response.get("content", {}).items():
            match media.get("schema"):
                case None:
                    yield Answer(int(status), None, b"")
                case {"format": "binary"}:
                    yield Answer(int(status), content_type, FILE)
                case schema:
                    filled = sample(schema, schemas), sample(schema, schemas, full=True)
                    for value in (*filled, *with_nulls(schema, schemas)):
                        yield Answer(int(status), content_type, json.dumps(value).encode(), schema)
        if not response.get("content"):
            yield Answer(int(status), None, b"")


@pytest.fixture(scope="module")
def contracts() -> Iterator[dict[str, Contract]]:
    """The contracts in use; with `-s`, tells what was done for each."""
    made: dict[str, Contract] = {}
    yield made
    for version, contract in made.items():
        models = len(contract.client.module("models").__all__)
        done = ", ".join(f"{number:.0f} {what}" for what, number in contract.counted.items())
        print(f"\n{version}: {len(contract.client.operations)} operations, {models} models, {done}")


@pytest.fixture
def peer(site: HTTPServer) -> Peer:
    """The server that the contract's client calls."""
    return Peer(site)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """One event loop for all calls."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def contract(operation: Described | str, contracts: dict[str, Contract], site: HTTPServer) -> Iterator[Contract]:
    """The contract that the operation belongs to."""
    version = operation if isinstance(operation, str) else operation.version
    if version not in contracts:
        contracts[version] = Contract(version, site)
    began = time.perf_counter()
    yield contracts[version]
    contracts[version].counted["seconds"] += time.perf_counter() - began


def called(module: Any, way: str, contract: Contract, loop: asyncio.Runner, arguments: dict[str, Any]) -> Any:
    """What one of the operation's four functions gives."""
    result = getattr(module, way)(client=contract.caller, **arguments)
    if way.startswith("asyncio"):
        result = loop.run(result)
    return result.parsed if way.endswith("detailed") else result


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_is_what_the_document_says(
    operation: Described, contract: Contract, loop: asyncio.Runner, peer: Peer
) -> None:
    """Valid for the upstream document, each value as it was given, and nothing besides."""
    module = contract.client.operations[operation.id]
    peer.answer = next(answers(operation, contract.schemas))
    for given in contract.cases(operation):
        results = []
        for way in WAYS:
            results.append(called(module, way, contract, loop, contract.arguments(operation, given)))
            check(peer.arrived[-1], operation, given)
            contract.counted["requests"] += 1
        assert results == results[:1] * 4
    # Once each, since openapi-core takes 20 ms: the four functions send the same, but for multipart's random boundary.
    for request in {request.wire: request for request in peer.arrived}.values():
        contract.validator.validate(request)


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
    expected = [
        (parameter["name"], value if isinstance(value, str) else json.dumps(value))
        for parameter in operation.parameters
        if parameter["in"] == "query" and parameter["name"] in given
        for value in as_list(given[parameter["name"]])
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


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_becomes_models_that_write_it_again(
    operation: Described, contract: Contract, loop: asyncio.Runner, peer: Peer
) -> None:
    """Required fields only, all fields, and null wherever it may stand."""
    arguments = contract.arguments(operation, contract.given(operation, full=False))
    module = contract.client.operations[operation.id]
    promised = hints(module.sync)["return"]
    for peer.answer in answers(operation, contract.schemas):
        for way in WAYS[:2]:
            result = called(module, way, contract, loop, arguments)
            assert list(misfits(result, promised)) == []
            if (schema := peer.answer.schema) is None:
                assert result == (peer.answer.content or None)
            else:
                sent = json.loads(peer.answer.content)
                assert list(unlike(result, schema, contract.schemas, sent)) == []
                assert written(result if result is None else result.to_dict()) == written(sent)
            contract.counted["answers"] += 1


@pytest.mark.parametrize("operation", VERSIONS)
def test_every_model_is_of_use(operation: str, contract: Contract) -> None:
    """Each is met in what some operation takes or gives: no more are generated than the operations reach."""
    met: set[type] = set()
    for one in operations_of(operation):
        module = contract.client.operations[one.id]
        met |= kinds(contract.arguments(one, contract.given(one, full=True)))
        for answer in answers(one, contract.schemas):
            met |= kinds(module.OPERATION.answers[answer.status](httpx.Response(answer.status, content=answer.content)))
    models = contract.client.module("models")
    assert {kind.__name__ for kind in met} == set(models.__all__)


SHOPS = {"limitToId": ["1", "2"], "pageIndex": 3}
SETTING = {"shopName": "a/b", "setting-name": "c"}


def shelf(**fields: Any) -> dict[str, Any]:
    """A body of createShelves."""
    return {"data": [{"attributes": {"name": "Spring", "retailerId": "1", "kinds": ["Food"], "width": 40, **fields}}]}


def judged(site: HTTPServer, name: str, given: dict[str, Any], sent: dict[str, Any]) -> None:
    """Send what was given to an operation of `every_kind`, but for what is said in ``sent``, and check what arrived."""
    operation: Described = next(one.values[0] for one in OPERATIONS if one.id == f"every-kind-{name}")
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
    validator_of(client_of("every-kind").document).validate(peer.arrived[0])


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
