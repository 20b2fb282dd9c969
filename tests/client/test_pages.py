"""Pages: every entity once, over both parameter styles and the five shapes of answer."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve
from criteo_retail_media import AuthenticatedClient, pages
from criteo_retail_media._operation import Paging
from criteo_retail_media.api.audience import bulk_update_audience_segments as update
from criteo_retail_media.errors import CriteoError, DecodeError, NotFoundError, ServerError
from criteo_retail_media.pages import PageError
from handmade import Entity, Resource, ResourceList, operation
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

PATH = "/accounts/{account_id}/things"
BY_NUMBER = {"page_index": "pageIndex", "page_size": "pageSize"}
BY_ENTITY = {"limit": "limit", "offset": "offset"}
NUMBERED = operation("GetThings", "GET", PATH, query=BY_NUMBER)
OFFSET = operation("SearchThings", "POST", PATH, query=BY_ENTITY, body=ResourceList)
NO_ITEMS = ResourceList(data=[])

Metadata = Callable[[int, int, int, int], dict[str, Any]]  # of total, begin, size and the page's length


def numbered(total: int, begin: int, size: int, _: int) -> dict[str, Any]:
    """The shape of most GETs; its links lead to the production host, which no test may call."""
    link = "https://api.criteo.com/2026-01/retail-media/things?pageIndex=1"
    return {
        "metadata": {
            "totalItemsAcrossAllPages": total,
            "totalPages": -(-total // size),
            "currentPageIndex": begin // size,
            "currentPageSize": size,
            "nextPage": link,
        }
    }


def counted(name: str) -> Metadata:
    """Two shapes: `metadata` or `meta` with `count`."""
    return lambda total, begin, size, _: {name: {"count": total, "limit": size, "offset": begin}}


def totalled(total: int, begin: int, size: int, _: int) -> dict[str, Any]:
    """The shape of the audience searches."""
    return {"meta": {"totalItems": total, "limit": size, "offset": begin}}


def bare(*_: int) -> dict[str, Any]:
    """The shape of the categories: nothing."""
    return {}


SHAPES = {
    "metadata-total": (NUMBERED, numbered),
    "metadata-count": (OFFSET, counted("metadata")),
    "meta-total": (OFFSET, totalled),
    "meta-count": (OFFSET, counted("meta")),
    "none": (NUMBERED, bare),
}


def changed(metadata: Metadata, **values: Any) -> Metadata:
    """The metadata with some of its values replaced."""

    def build(*numbers: int) -> dict[str, Any]:
        return {
            name: {**fields, **{k: v for k, v in values.items() if k in fields}}
            for name, fields in metadata(*numbers).items()
        }

    return build


class Things:
    """A server of things, page by page."""

    def __init__(self, server: HTTPServer, total: int, metadata: Metadata) -> None:
        self.total = total
        self.metadata = metadata
        self.most = 1000
        self.queries: list[dict[str, int]] = []
        server.expect_request("/accounts/42/things").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        """One page."""
        query = {name: int(value) for name, value in request.args.items()}
        self.queries.append(query)
        size = min(query.get("pageSize") or query["limit"], self.most)
        begin = query["offset"] if "offset" in query else query["pageIndex"] * size
        page = [{"id": str(n)} for n in range(begin, min(begin + size, self.total))]
        return reply({"data": page, **self.metadata(self.total, begin, size, len(page))})


def reply(body: Any) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), content_type="application/json")


def all_sync(operation: Any, *, client: AuthenticatedClient, **arguments: Any) -> list[Any]:
    """All entities, by `iterate`."""
    return list(pages.iterate(operation, client=client, account_id="42", **arguments))


def all_async(operation: Any, *, client: AuthenticatedClient, **arguments: Any) -> list[Any]:
    """All entities, by `iterate_async`."""

    async def main() -> list[Any]:
        async with client.with_headers({}) as own:
            return [entity async for entity in pages.iterate_async(operation, client=own, account_id="42", **arguments)]

    return asyncio.run(main())


@pytest.fixture(params=[all_sync, all_async], ids=["sync", "async"])
def everything(request: pytest.FixtureRequest) -> Callable[..., list[Any]]:
    """Both ways to iterate."""
    function: Callable[..., list[Any]] = request.param
    return function


@pytest.fixture
def server(criteo_server: HTTPServer) -> Iterator[HTTPServer]:
    """A server that fails the test on a request it does not expect."""
    criteo_server.clear()
    yield criteo_server
    criteo_server.check()


@pytest.fixture
def client(server: HTTPServer) -> Iterator[AuthenticatedClient]:
    """A client that tries nothing twice."""
    with AuthenticatedClient(server.url_for("").rstrip("/"), token="the-token", retry=None) as client:
        yield client


def arguments_of(operation: Any) -> dict[str, Any]:
    """The arguments the operation needs besides the account."""
    return {"body": NO_ITEMS} if operation is OFFSET else {}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("known", [True, False], ids=["total", "no-total"])
@pytest.mark.parametrize(("page_size", "total"), [(10, 25), (10, 30), (10, 10), (10, 3), (10, 0), (None, 120), (1, 3)])
def test_every_entity_is_given_once(
    server: HTTPServer,
    client: AuthenticatedClient,
    everything: Any,
    shape: str,
    known: bool,
    page_size: int | None,
    total: int,
) -> None:
    """With any metadata, whether totals are given or null, and with a last page that is short, full or empty."""
    operation, metadata = SHAPES[shape]
    nulls = {} if known else {"count": None, "totalItems": None, "totalItemsAcrossAllPages": None, "totalPages": None}
    things = Things(server, total, changed(metadata, **nulls))
    found = everything(operation, client=client, page_size=page_size, **arguments_of(operation))
    assert [entity.id for entity in found] == [str(n) for n in range(total)]
    size = page_size or 25  # the API's own size, where the document gives no maximum
    assert len(things.queries) <= total // size + 1
    name = "pageSize" if operation is NUMBERED else "limit"
    assert all(query[name] == size for query in things.queries)


@pytest.mark.parametrize("shape", ["metadata-total", "meta-total", "metadata-count", "meta-count"])
def test_the_total_ends_the_calls(server: HTTPServer, client: AuthenticatedClient, everything: Any, shape: str) -> None:
    """Three full pages are three calls: no fourth one is made to see that it is empty."""
    operation, metadata = SHAPES[shape]
    things = Things(server, 30, metadata)
    assert len(everything(operation, client=client, page_size=10, **arguments_of(operation))) == 30
    assert len(things.queries) == 3


def test_a_short_page_ends_the_calls(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """Without a total, a page that is shorter than asked is the last."""
    things = Things(server, 25, bare)
    assert len(everything(NUMBERED, client=client, page_size=10)) == 25
    assert things.queries == [{"pageIndex": n, "pageSize": 10} for n in range(3)]


def test_a_count_of_the_page_does_not_end_the_calls(
    server: HTTPServer, client: AuthenticatedClient, everything: Any
) -> None:
    """Not every ``count`` is documented as the total; one that equals the page's length may be just that."""
    Things(server, 25, lambda _, begin, size, length: {"meta": {"count": length, "limit": size, "offset": begin}})
    assert len(everything(OFFSET, client=client, page_size=10, body=NO_ITEMS)) == 25


@pytest.mark.parametrize("shape", ["metadata-count", "meta-total"])
@pytest.mark.parametrize("known", ["total", "size"])
def test_a_server_that_gives_less_than_asked_loses_nothing(
    server: HTTPServer, client: AuthenticatedClient, everything: Any, shape: str, known: str
) -> None:
    """Where a server caps the page's size, its metadata shows that a page of that size is not the last."""
    operation, metadata = SHAPES[shape]
    hidden = {"limit": None} if known == "total" else {"count": None, "totalItems": None}
    things = Things(server, 25, changed(metadata, **hidden))
    things.most = 10
    found = everything(operation, client=client, page_size=100, body=NO_ITEMS)
    assert [entity.id for entity in found] == [str(n) for n in range(25)]


def test_a_page_size_reported_beyond_the_asked_one_means_nothing(
    server: HTTPServer, client: AuthenticatedClient, everything: Any
) -> None:
    """A server that reports its maximum instead of the page's size does not end the iteration early."""
    Things(server, 25, changed(totalled, limit=500, totalItems=None))
    assert len(everything(OFFSET, client=client, page_size=10, body=NO_ITEMS)) == 25


def test_pages_that_the_server_thinned_out_are_passed_whole(
    server: HTTPServer, client: AuthenticatedClient, everything: Any
) -> None:
    """A short page is not the end while the total says more, and the next one begins after all it stood for."""
    begun: list[int] = []

    def every_other(request: Request) -> Response:
        begin = int(request.args["offset"])
        begun.append(begin)
        page = [{"id": str(n)} for n in range(begin, min(begin + 10, 30)) if n % 2]
        return reply({"data": page, **totalled(30, begin, 10, 0)})

    server.expect_request("/accounts/42/things").respond_with_handler(every_other)
    assert len(everything(OFFSET, client=client, page_size=10, body=NO_ITEMS)) == 15
    assert begun == [0, 10, 20]


@pytest.mark.parametrize("total", [0, 7])
def test_a_total_that_cannot_be_is_ignored(
    server: HTTPServer, client: AuthenticatedClient, everything: Any, total: int
) -> None:
    """A total smaller than what was already given out ends nothing."""
    Things(server, 25, changed(totalled, totalItems=total))
    assert len(everything(OFFSET, client=client, page_size=10, body=NO_ITEMS)) == 25


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": []}])
@pytest.mark.parametrize("metadata", [{}, {"metadata": None}, {"meta": {"totalItems": 9}}])
def test_an_empty_page_ends_the_calls(
    server: HTTPServer, client: AuthenticatedClient, everything: Any, data: dict[str, Any], metadata: dict[str, Any]
) -> None:
    """``data`` may be missing, null or empty, whatever the total says."""
    server.expect_ordered_request("/accounts/42/things").respond_with_response(reply(data | metadata))
    assert everything(NUMBERED, client=client) == []


@pytest.mark.parametrize(
    ("total", "reported"), [(30, ["SearchThings: page 2 is empty, although there are 30 entities"]), (None, [])]
)
def test_an_empty_page_before_the_total_is_logged(
    server: HTTPServer,
    client: AuthenticatedClient,
    everything: Any,
    caplog: pytest.LogCaptureFixture,
    total: int | None,
    reported: list[str],
) -> None:
    """What the server did not give is not lost without a word."""
    Things(server, 10, changed(totalled, totalItems=total))
    with caplog.at_level(logging.WARNING, "criteo_retail_media"):
        assert len(everything(OFFSET, client=client, page_size=10, body=NO_ITEMS)) == 10
    assert caplog.messages == reported


def test_null_entries_are_left_out(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """They count for the length of a page, and are no entities."""
    respond = server.expect_ordered_request("/accounts/42/things").respond_with_response
    respond(reply({"data": [{"id": "1"}, None]}))
    server.expect_ordered_request("/accounts/42/things").respond_with_response(reply({"data": [None]}))
    assert everything(NUMBERED, client=client, page_size=2) == [Resource("1")]


def test_a_repeated_page_is_an_error(server: HTTPServer, client: AuthenticatedClient) -> None:
    """A server that ignores where a page begins would be asked for ever; the first page is still given out."""
    page = [{"id": "1"}, {"id": "2"}]
    server.expect_request("/accounts/42/things").respond_with_json({"data": page})
    found: list[Any] = []
    with pytest.raises(PageError, match="GetThings: the server gave page 1 again as page 2"):
        found.extend(iter_into(found, pages.iterate(NUMBERED, client=client, account_id="42", page_size=2)))
    assert [entity.id for entity in found] == ["1", "2"]


def iter_into(found: list[Any], entities: Iterator[Any]) -> list[Any]:
    """Collect what comes before an error."""
    for entity in entities:
        found.append(entity)
    return []


def test_errors_in_an_answer_are_an_error(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """A page that lists errors is not whole; the error tells them, and pickles."""
    body = {"data": [{"id": "1"}], "errors": [{"code": "shard-missing", "title": "A shard is missing"}]}
    server.expect_request("/accounts/42/things").respond_with_json(body)
    with pytest.raises(PageError) as caught:
        everything(NUMBERED, client=client)
    assert isinstance(caught.value, CriteoError)
    error: PageError = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == "GetThings: the answer for page 1 lists errors: shard-missing: A shard is missing"
    assert [problem.code for problem in error.problems] == ["shard-missing"]


def test_warnings_in_an_answer_are_logged(
    server: HTTPServer, client: AuthenticatedClient, everything: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """They stop nothing, and are not lost."""
    body = {"data": [{"id": "1"}], "warnings": [{"code": "slow"}]}
    server.expect_request("/accounts/42/things").respond_with_json(body)
    with caplog.at_level(logging.WARNING, "criteo_retail_media"):
        assert everything(NUMBERED, client=client, page_size=2) == [Resource("1")]
    assert caplog.messages == ["GetThings: slow"]


def test_an_error_of_a_call_is_raised(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """As the operation itself raises it."""
    server.expect_request("/accounts/42/things").respond_with_json({}, status=404)
    with pytest.raises(NotFoundError):
        everything(NUMBERED, client=client)


def test_pages_are_fetched_when_they_are_needed(server: HTTPServer, client: AuthenticatedClient) -> None:
    """Nothing is sent before the first entity is asked for, and no page before its first."""
    things = Things(server, 100, numbered)
    entities = pages.iterate(NUMBERED, client=client, account_id="42", page_size=10)
    assert len(things.queries) == 0
    for _ in range(10):
        next(entities)
    assert len(things.queries) == 1
    next(entities)
    assert len(things.queries) == 2
    entities.close()


def test_an_async_iteration_can_be_left(server: HTTPServer, client: AuthenticatedClient) -> None:
    """Leaving early fetches no more."""
    things = Things(server, 100, numbered)

    async def main() -> None:
        async with client.with_headers({}) as own:
            entities = pages.iterate_async(NUMBERED, client=own, account_id="42", page_size=10)
            async for entity in entities:
                if entity.id == "11":
                    break
            await entities.aclose()

    asyncio.run(main())
    assert len(things.queries) == 2


@pytest.mark.parametrize("start", [pages.iterate, pages.iterate_async])
@pytest.mark.parametrize(
    ("wrong", "arguments", "error", "text"),
    [
        (update, {}, TypeError, "bulkUpdateAudienceSegments is not paged"),
        (operation("GetOne", "GET", PATH, query=BY_ENTITY, answer=Entity), {}, TypeError, "GetOne is not paged"),
        (operation("Half", "GET", PATH, query={"limit": "limit"}), {}, TypeError, "Half is not paged"),
        (NUMBERED.sync, {}, TypeError, "is no operation"),
        (NUMBERED, {"page_size": 0}, ValueError, "page_size is 0"),
        (OFFSET, {"body": NO_ITEMS, "limit": 3, "offset": 3}, TypeError, "SearchThings: limit cannot be given here"),
        (OFFSET, {}, TypeError, r"SearchThings: .*body"),
        (NUMBERED, {"colour": "red"}, TypeError, r"GetThings: .*colour"),
    ],
)
def test_wrong_calls_are_refused(
    client: AuthenticatedClient, start: Any, wrong: Any, arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    """At once, and not when the first entity is asked for."""
    with pytest.raises(error, match=text):
        start(wrong, client=client, account_id="42", **arguments)


# --- the size of a page ---


def limited(maximum: int) -> Any:
    """An operation whose document gives a maximum for the size of its pages."""
    paged = operation("GetFew", "GET", PATH, query=BY_NUMBER)
    paged.OPERATION = evolve(paged.OPERATION, paging=Paging("page", "page_index", "page_size", maximum))
    return paged


def test_the_largest_page_is_asked_for(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """Fewer calls of a limit of some hundred a minute."""
    things = Things(server, 25, numbered)
    assert len(everything(limited(10), client=client)) == 25
    assert [query["pageSize"] for query in things.queries] == [10, 10, 10]


def test_a_page_beyond_the_maximum_is_refused(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """Before anything is sent, with the maximum; the maximum itself is taken."""
    things = Things(server, 5, numbered)
    with pytest.raises(ValueError, match="GetFew: page_size is 11, but the document allows at most 10"):
        everything(limited(10), client=client, page_size=11)
    assert things.queries == []
    assert len(everything(limited(10), client=client, page_size=10)) == 5


# --- beginning in the middle, and going on ---


@pytest.mark.parametrize("known", [True, False], ids=["total", "no-total"])
@pytest.mark.parametrize(("first", "expected"), [(0, 25), (1, 15), (2, 5), (3, 0)])
def test_an_iteration_can_begin_in_the_middle(
    server: HTTPServer, client: AuthenticatedClient, everything: Any, known: bool, first: int, expected: int
) -> None:
    """At a page or at an entity, as the operation counts; the total ends it all the same."""
    nulls = {} if known else {"totalItems": None, "totalItemsAcrossAllPages": None, "totalPages": None}
    things = Things(server, 25, changed(numbered, **nulls))
    found = everything(NUMBERED, client=client, page_size=10, page_index=first)
    assert [entity.id for entity in found] == [str(n) for n in range(25 - expected, 25)]
    assert things.queries[0]["pageIndex"] == first
    server.clear()
    things = Things(server, 25, changed(totalled, **nulls))
    found = everything(OFFSET, client=client, page_size=10, offset=25 - expected, body=NO_ITEMS)
    assert [entity.id for entity in found] == [str(n) for n in range(25 - expected, 25)]
    assert things.queries[0]["offset"] == 25 - expected


@pytest.mark.parametrize(
    ("operation", "wrong", "error", "text"),
    [
        (NUMBERED, {"offset": 3}, TypeError, "GetThings counts pages: give page_index instead of offset"),
        (OFFSET, {"page_index": 3}, TypeError, "SearchThings counts entities: give offset instead of page_index"),
        (NUMBERED, {"page_index": -1}, ValueError, "page_index is -1, but must be at least 0"),
        (OFFSET, {"offset": "3"}, TypeError, "offset is '3', but must be a whole number"),
        (NUMBERED, {"page_size": True}, TypeError, "page_size is True, but must be a whole number"),
        (NUMBERED, {"page_size": 2.0}, TypeError, "page_size is 2.0, but must be a whole number"),
    ],
)
def test_a_beginning_that_cannot_be(
    client: AuthenticatedClient, everything: Any, operation: Any, wrong: Any, error: type[Exception], text: str
) -> None:
    """Is refused before anything is sent."""
    with pytest.raises(error, match=text):
        everything(operation, client=client, **wrong, **arguments_of(operation))


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (NUMBERED, "GetThings: the page at page_index=2; page_index= goes on from there"),
        (OFFSET, "SearchThings: the page at offset=20; offset= goes on from there"),
    ],
)
def test_an_error_tells_where_it_broke(
    server: HTTPServer, client: AuthenticatedClient, everything: Any, operation: Any, text: str
) -> None:
    """Whatever the error is; the iteration goes on from there, and nothing is given twice or lost."""
    things = Things(server, 25, numbered if operation is NUMBERED else totalled)

    def third_fails(request: Request) -> Response:
        return things.answer(request) if len(things.queries) < 2 else Response(status=500)

    server.clear()
    server.expect_request("/accounts/42/things").respond_with_handler(third_fails)
    with pytest.raises(ServerError) as caught:
        everything(operation, client=client, page_size=10, **arguments_of(operation))
    assert text in caught.value.__notes__
    server.clear()
    server.expect_request("/accounts/42/things").respond_with_handler(things.answer)
    begin = {"page_index": 2} if operation is NUMBERED else {"offset": 20}
    rest = everything(operation, client=client, page_size=10, **begin, **arguments_of(operation))
    assert [entity.id for entity in rest] == ["20", "21", "22", "23", "24"]


def test_a_page_error_tells_its_position(server: HTTPServer, client: AuthenticatedClient, everything: Any) -> None:
    """As an attribute too, pickled as well."""
    server.expect_request("/accounts/42/things").respond_with_json({"data": [], "errors": [{"code": "x"}]})
    with pytest.raises(PageError) as caught:
        everything(NUMBERED, client=client, page_index=4)
    assert pickle.loads(pickle.dumps(caught.value)).position == {"page_index": 4}


# --- entities that cannot be read ---


def test_entities_that_cannot_be_read_are_left_out_for_who_asks(
    server: HTTPServer, client: AuthenticatedClient, everything: Any
) -> None:
    """They are told with the error and count for the page; without a callback the error ends the iteration."""

    def answer(request: Request) -> Response:
        begin = int(request.args["offset"])
        page: list[Any] = [{"id": str(n), "name": "x"} for n in range(begin, min(begin + 4, 10))]
        for n, entity in enumerate(page):
            if (begin + n) in (1, 2, 7):
                page[n] = {"id": 3, "name": entity["id"]}  # an id is a string
        return reply({"data": page})

    server.expect_request("/accounts/42/things").respond_with_handler(answer)
    strict = operation("SearchStrict", "GET", PATH, query=BY_ENTITY, answer=StrictList)
    strict.OPERATION = evolve(strict.OPERATION, answer_list=True, paging=Paging("offset", "offset", "limit"))
    reported: list[Any] = []
    found = everything(
        strict, client=client, page_size=4, on_unreadable=lambda entity, error: reported.append((entity, str(error)))
    )
    assert [entity.id for entity in found] == ["0", "3", "4", "5", "6", "8", "9"]
    assert [entity["name"] for entity, _ in reported] == ["1", "2", "7"]
    assert [text for _, text in reported] == [f"SearchStrict: data[{n}].id: 3 is not a string" for n in (1, 2, 3)]
    with pytest.raises(DecodeError, match=r"data\[1\].id: 3 is not a string") as caught:
        everything(strict, client=client, page_size=4)
    assert "SearchStrict: the page at offset=0; offset= goes on from there" in caught.value.__notes__


def test_what_is_told_of_entities_holds_no_secret(
    server: HTTPServer, client: AuthenticatedClient, everything: Any
) -> None:
    """Of none of them, the first or a later one; a page of which none can be read is known when it comes again."""
    token = "tokens+are-told-to-nobody"
    page = ",".join(f'{{"id": ["{token}", {n}]}}' for n in range(300))
    body = f'{{"data": [{page}], "warnings": [{",".join(["{}"] * 300)}]}}'.replace("+", "\\u002b")
    server.expect_request("/accounts/42/things").respond_with_data(body, content_type="application/json")
    strict = operation("SearchStrict", "GET", PATH, query=BY_ENTITY, answer=StrictList)
    strict.OPERATION = evolve(strict.OPERATION, answer_list=True, paging=Paging("offset", "offset", "limit"))
    told: list[str] = []
    with pytest.raises(PageError, match="the server gave page 1 again as page 2"):
        everything(
            strict,
            client=AuthenticatedClient(client._base_url, token=token),
            page_size=300,
            on_unreadable=lambda entity, error: told.append(f"{entity} {error} {error.__dict__}"[:9999]),
        )
    assert len(told) == 600
    assert not any("are-told" in text for text in told)


def test_an_answer_that_cannot_be_read_at_all_is_an_error(
    server: HTTPServer, client: AuthenticatedClient, everything: Any
) -> None:
    """There is no entity to leave out."""
    server.expect_request("/accounts/42/things").respond_with_data("<html>")
    with pytest.raises(DecodeError, match="not JSON"):
        everything(NUMBERED, client=client, on_unreadable=lambda *_: None)


class StrictList(ResourceList):
    """A list of resources that reads as a generated model does."""

    @classmethod
    def from_dict(cls, src: Any) -> Any:
        """Read it, with the place of what is wrong."""
        entities = []
        for index, entity in enumerate(src["data"]):
            if not isinstance(entity["id"], str):
                raise DecodeError(f"{entity['id']!r} is not a string", path=f"data[{index}].id")
            entities.append(Resource.from_dict(entity))
        return cls(data=entities)
