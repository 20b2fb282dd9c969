"""Bulk: every item's outcome is told, whatever becomes of its batch."""

from __future__ import annotations

import asyncio
import copy
import csv
import inspect
import io
import json
import logging
import pickle
import re
import socket
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from criteo_retail_media import AuthenticatedClient, bulk
from criteo_retail_media.api.audience import bulk_update_audience_segments as update
from criteo_retail_media.bulk import BulkError, BulkResult, FailedItem, SucceededItem, UnknownItem
from criteo_retail_media.errors import (
    AuthenticationError,
    BadRequestError,
    CriteoError,
    DecodeError,
    EncodeError,
    GoneError,
    PermissionDeniedError,
    Problem,
    RateLimitError,
    ServerError,
    TokenError,
)
from criteo_retail_media.models import (
    RmAudienceSegmentBulkUpdateInputV1,
    RmAudienceSegmentUpdateEntityV1,
    RmAudienceSegmentUpdateEntityV1Resource,
)
from criteo_retail_media.types import UNSET, Unset
from fake_criteo import SEGMENTS, FakeCriteo, answer, hang_up, html, oauth_error, problem
from handmade import Entity, Resource, ResourceList, operation
from werkzeug import Request, Response

Run = Callable[..., BulkResult[Any, Any]]

CREATE = operation(
    "bulkCreate", "POST", SEGMENTS.format(account="{account_id}") + "/create", body=ResourceList, answer=ResourceList
)


def item(id_: str, name: Any = UNSET) -> RmAudienceSegmentUpdateEntityV1Resource:
    """An update of the segment's name."""
    return RmAudienceSegmentUpdateEntityV1Resource(
        id=id_, type_="RetailMediaAudienceSegment", attributes=RmAudienceSegmentUpdateEntityV1(name=name)
    )


def ids(entities: list[Any]) -> list[str]:
    """The ids of entities or items."""
    return [entity.id for entity in entities]


def indexes(entries: list[Any]) -> list[int]:
    """Where in the input the entries' items are."""
    return [entry.index for entry in entries]


@pytest.fixture
def client(criteo: FakeCriteo) -> AuthenticatedClient:
    """A client whose token is good, and that tries nothing twice."""
    criteo.valid_tokens.add("the-token")
    return AuthenticatedClient(criteo.url, token="the-token", retry=None)


def run_sync(operation: Any, items: Any, *, client: AuthenticatedClient, **arguments: Any) -> BulkResult[Any, Any]:
    """`bulk.run` for account 42, with connections of its own."""
    with client.with_headers({}) as own:
        return bulk.run(operation, items, client=own, account_id="42", **arguments)


def run_async(
    operation: Any, items: Any, *, client: AuthenticatedClient, max_concurrency: int = 1, **arguments: Any
) -> BulkResult[Any, Any]:
    """`bulk.run_async` in an event loop of its own; in order, unless the test says otherwise."""

    async def main() -> BulkResult[Any, Any]:
        async with client.with_headers({}) as own:
            return await bulk.run_async(
                operation, items, client=own, account_id="42", max_concurrency=max_concurrency, **arguments
            )

    return asyncio.run(main())


@pytest.fixture(params=[run_sync, run_async], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both ways to run."""
    function: Run = request.param
    return function


# --- one batch: what an answer says of its items ---


def read(**lists: Any) -> ResourceList:
    """An answer from its JSON."""
    return ResourceList.from_dict(lists)


def at(position: int, code: str = "wrong") -> dict[str, Any]:
    """An entry that points at an item."""
    return {"code": code, "instance": f"@data/{position}"}


KNOWN = [Resource("a"), Resource("b"), Resource("c")]


@pytest.mark.parametrize("nothing", [{}, {"errors": None, "warnings": None}, {"errors": [], "warnings": []}])
def test_items_that_are_in_data_succeeded(nothing: dict[str, Any]) -> None:
    """Entities are matched by id, whatever their order; empty lists may be missing, null or empty."""
    result = bulk.match(KNOWN, read(data=[{"id": "c"}, {"id": "a"}, {"id": "b"}], **nothing))
    assert (ids(result.succeeded), result.succeeded_indexes, result.failed) == (["a", "b", "c"], [0, 1, 2], [])


@pytest.mark.parametrize("nothing", [{}, {"data": None}, {"data": []}, {"data": [None]}])
def test_items_that_are_not_in_data_failed(nothing: dict[str, Any]) -> None:
    """An item that the answer does not mention failed, even without a word why."""
    result = bulk.match(KNOWN, read(**nothing))
    assert result.failed == [FailedItem(position, known) for position, known in enumerate(KNOWN)]
    assert result.total == 3


@pytest.mark.parametrize("entries", ["errors", "warnings"])
@pytest.mark.parametrize(
    "pointer",
    [
        {"instance": "@data/1"},
        {"instance": "@data/1/attributes/name"},
        {"source": {"name": "data/1/attributes/name"}},
        {"source": {"data/1/attributes/name": ""}},
        {"instance": "/2026-01/retail-media", "source": {"x": "nowhere", "y": "data/1"}},
    ],
)
def test_an_item_that_an_entry_points_at_failed(entries: str, pointer: dict[str, Any]) -> None:
    """``instance`` and ``source`` point at items, in errors and in warnings alike."""
    result = bulk.match(KNOWN, read(data=[{"id": "a"}, {"id": "c"}], **{entries: [{"code": "wrong"} | pointer]}))
    (failed,) = result.failed
    assert (failed.index, failed.item, [problem.code for problem in failed.problems]) == (1, KNOWN[1], ["wrong"])
    assert (ids(result.succeeded), result.succeeded_indexes, result.unattributed) == (["a", "c"], [0, 2], [])


def test_an_item_that_is_in_data_and_pointed_at_failed_and_keeps_its_entity() -> None:
    """A warning about an item counts although the answer holds its entity, which is not lost."""
    result = bulk.match(KNOWN, read(data=[{"id": "a"}, {"id": "b"}, {"id": "c"}], warnings=[at(1)]))
    assert [(failed.index, failed.entity) for failed in result.failed] == [(1, Resource("b"))]
    assert result.succeeded_indexes == [0, 2]
    assert result.unexpected == []


def test_entries_are_told_apart() -> None:
    """An item gets every entry that points at it, once each; an entry may point at several items."""
    both = {"code": "both", "instance": "@data/0", "source": {"x": "data/0/attributes/x", "y": "data/2/attributes/y"}}
    result = bulk.match(KNOWN, read(data=[{"id": "b"}], errors=[at(0, "first"), both], warnings=[at(0, "second")]))
    codes = {failed.index: [problem.code for problem in failed.problems] for failed in result.failed}
    assert codes == {0: ["first", "both", "second"], 2: ["both"]}


@pytest.mark.parametrize(
    "entry",
    [
        {"code": "general"},
        {"instance": "@data/3"},
        {"instance": "@data/99999999999999999999"},
        {"instance": "@data/x"},
        {"instance": "@metadata/1"},
        {"instance": "/api/v1/data/1"},
        {"source": {"ids": "data/attributes/ids"}},
        {"source": None},
    ],
)
def test_an_entry_that_points_at_no_item_is_kept_apart(entry: dict[str, Any]) -> None:
    """A problem of the call as a whole, or with a position that was not sent, fails no item."""
    result = bulk.match(KNOWN, read(data=[{"id": "a"}, {"id": "b"}, {"id": "c"}], errors=[entry]))
    assert (len(result.succeeded), result.failed) == (3, [])
    assert result.unattributed == [Problem.from_dict(entry)]


def test_an_entity_that_no_item_asked_for_is_kept() -> None:
    """An entity with another id is in ``unexpected``, and settles no item."""
    result = bulk.match(KNOWN[:1], read(data=[{"id": "z"}]))
    assert (ids(result.unexpected), indexes(result.failed), result.succeeded) == (["z"], [0], [])


def test_an_id_sent_twice_is_matched_in_order() -> None:
    """Each entity settles one item: the first that has its id and is not pointed at."""
    twice = [Resource("a", "1"), Resource("a", "2"), Resource("a", "3")]
    all_answered = bulk.match(twice, read(data=[{"id": "a", "attributes": {"name": name}} for name in "123"]))
    assert [entity.name for entity in all_answered.succeeded] == ["1", "2", "3"]
    one_pointed_at = bulk.match(twice, read(data=[{"id": "a"}, {"id": "a"}], errors=[at(0)]))
    assert (one_pointed_at.succeeded_indexes, indexes(one_pointed_at.failed)) == ([1, 2], [0])
    one_missing = bulk.match(twice, read(data=[{"id": "a"}, {"id": "a"}]))
    assert (one_missing.succeeded_indexes, indexes(one_missing.failed)) == ([0, 1], [2])


NEW = [Resource(name="a"), Resource(None, "b"), Resource(name="c")]


@pytest.mark.parametrize(
    ("answered", "pointed", "succeeded", "failed", "unknown"),
    [
        ([1, 2, 3], [], [0, 1, 2], [], []),
        ([1, 2], [0], [1, 2], [0], []),
        ([1, 2, 3], [1], [0, 2], [1], []),
        ([], [], [], [0, 1, 2], []),
        ([], [0, 1, 2], [], [0, 1, 2], []),
        ([1, 2], [], [], [], [0, 1, 2]),
        ([1], [0], [], [0], [1, 2]),
    ],
)
def test_items_without_an_id_are_matched_in_order_or_not_at_all(
    answered: list[int], pointed: list[int], succeeded: list[int], failed: list[int], unknown: list[int]
) -> None:
    """The server gives the ids of new entities; where the numbers do not agree nothing is guessed, nor lost."""
    data = [{"id": str(id_), "attributes": {"name": str(id_)}} for id_ in answered]
    result = bulk.match(NEW, read(data=data, errors=[at(position) for position in pointed]))
    assert (result.succeeded_indexes, indexes(result.failed), indexes(result.unknown)) == (succeeded, failed, unknown)
    entities = [*result.succeeded, *result.unexpected, *(each.entity for each in result.failed if each.entity)]
    assert sorted(ids(entities)) == [str(id_) for id_ in answered]
    assert all("does not say which" in str(each.error) for each in result.unknown)


def test_items_with_and_without_an_id_can_be_in_one_batch() -> None:
    """What is left after matching by id belongs to the items without one."""
    result = bulk.match([Resource(name="new"), Resource("a")], read(data=[{"id": "a"}, {"id": "9"}]))
    assert (ids(result.succeeded), result.succeeded_indexes) == (["9", "a"], [0, 1])


REQUEST = httpx.Request("PATCH", "http://localhost/")


@pytest.mark.parametrize(
    "error",
    [
        BadRequestError(400),
        RateLimitError(429),
        TokenError("no token"),
        httpx.ConnectError("refused", request=REQUEST),
        httpx.ConnectTimeout("slow", request=REQUEST),
        httpx.PoolTimeout("busy", request=REQUEST),
        httpx.ProxyError("no", request=REQUEST),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_call_that_was_refused_or_never_made_failed(error: Exception) -> None:
    """Nothing was carried out, so every item failed with that error."""
    assert bulk.broken(KNOWN, error).failed == [FailedItem(n, known, (), error) for n, known in enumerate(KNOWN)]


@pytest.mark.parametrize(
    "error",
    [
        ServerError(500),
        ServerError(503),
        DecodeError("is not JSON"),
        httpx.ReadTimeout("slow", request=REQUEST),
        httpx.WriteTimeout("slow", request=REQUEST),
        httpx.ReadError("reset", request=REQUEST),
        httpx.WriteError("reset", request=REQUEST),
        httpx.RemoteProtocolError("cut", request=REQUEST),
        KeyboardInterrupt(),
    ],
    ids=lambda error: f"{type(error).__name__}",
)
def test_a_call_that_broke_off_is_unknown(error: BaseException) -> None:
    """The work may have been done, so no item is said to have failed."""
    assert bulk.broken(KNOWN, error).unknown == [UnknownItem(n, known, error) for n, known in enumerate(KNOWN)]


def test_the_problems_of_a_refused_call_go_to_the_items_they_point_at() -> None:
    """Each item of a refused call has its own problems and the general ones, not its neighbours'."""
    general, second = Problem(code="whole"), Problem(code="own", instance="@data/1")
    result = bulk.broken(KNOWN, BadRequestError(400, problems=(general, second)))
    assert [failed.problems for failed in result.failed] == [(general,), (second, general), (general,)]


# --- results ---


def some_result(prefix: str) -> BulkResult[Any, Any]:
    """A result of three items: one succeeded, one failed, one unknown."""
    return BulkResult(
        [
            FailedItem(0, Resource(prefix), (Problem(code=f"{prefix}-wrong"),), BadRequestError(400)),
            SucceededItem(1, None, Resource(prefix)),
            UnknownItem(2, Resource(prefix), httpx.ReadTimeout("slow", request=REQUEST)),
        ],
        [Problem(code="general")],
        [Resource("z")],
    )


def test_results_merge_as_if_they_had_been_one_run() -> None:
    """Indexes count the items of the parts before; the parts stay as they were."""
    parts = [some_result("a"), BulkResult[Any, Any](), some_result("b")]
    merged = BulkResult.merge(*parts)
    assert (merged.total, merged.succeeded_indexes) == (6, [1, 4])
    assert (indexes(merged.failed), indexes(merged.unknown)) == ([0, 3], [2, 5])
    assert (ids(merged.succeeded), len(merged.unattributed), len(merged.unexpected)) == (["a", "b"], 2, 2)
    assert (parts[0].total, parts[2].succeeded_indexes) == (3, [1])


def test_the_items_of_a_lost_result_are_unknown() -> None:
    """Whatever the error says: what ran before it was raised may have been carried out."""
    error = BadRequestError(400)
    merged = some_result("a").merge(BulkResult.lost(iter([item("1"), item("2")]), error))
    assert (merged.total, indexes(merged.failed), indexes(merged.unknown)) == (5, [0], [2, 3, 4])
    assert [(unknown.item.id, unknown.error) for unknown in merged.unknown[1:]] == [("1", error), ("2", error)]


def test_a_result_pickles_with_the_errors_in_it() -> None:
    """A worker process can send its result home."""
    result = pickle.loads(pickle.dumps(some_result("a")))
    assert (result.total, result.succeeded, result.succeeded_indexes) == (3, [Resource("a")], [1])
    assert isinstance(result.failed[0].error, BadRequestError)
    assert isinstance(result.unknown[0].error, httpx.ReadTimeout)
    assert copy.deepcopy(result).total == 3


def test_failures_can_be_raised() -> None:
    """The error says how many, which first and why, and carries the result, pickled too."""
    with pytest.raises(BulkError) as caught:
        some_result("a").raise_for_failures()
    assert isinstance(caught.value, CriteoError)
    error = pickle.loads(pickle.dumps(caught.value))
    text = "1 of 3 items failed, the outcome of 1 is unknown; first failed: item 0: a-wrong"
    assert (str(error), error.result.total) == (text, 3)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (
            bulk.broken(KNOWN, KeyboardInterrupt()),
            "the outcome of 3 is unknown; first unknown: item 0: KeyboardInterrupt",
        ),
        (bulk.broken(KNOWN, TokenError("no token")), "3 of 3 items failed, .* first failed: item 0: no token"),
        (bulk.match(KNOWN, read()), "3 of 3 items failed, .* first failed: item 0: missing from the answer"),
    ],
)
def test_the_error_says_why_where_there_is_no_problem(result: BulkResult[Any, Any], text: str) -> None:
    """Else it tells the call's error, or that the item is missing."""
    assert re.search(text, str(BulkError(result)))


def test_nothing_is_raised_where_all_succeeded() -> None:
    """Problems that point at no item are no failure."""
    BulkResult[Any, Any](
        [SucceededItem(0, None, Resource("a"))], unattributed=[Problem(code="general")]
    ).raise_for_failures()


def test_a_result_shows_its_counts_only() -> None:
    """A million entities do not end up in a log."""
    assert repr(some_result("a")) == "<BulkResult succeeded=1, failed=1, unknown=1>"


# --- runs ---


def test_items_are_sent_in_batches_and_in_order(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """120 items are three calls, and the entities come in the order of the items."""
    known = criteo.add_segments(120)
    result = run(update, (item(id_) for id_ in known), client=client)
    assert [len(call.json()["data"]) for call in criteo.calls] == [50, 50, 20]
    assert [entry["id"] for call in criteo.calls for entry in call.json()["data"]] == known
    assert (ids(result.succeeded), result.succeeded_indexes) == (known, list(range(120)))
    result.raise_for_failures()


@pytest.mark.parametrize("report_in", ["errors", "warnings"])
@pytest.mark.parametrize("point_by", ["instance", "source", "both", "nothing"])
@pytest.mark.parametrize("empty_lists", ["missing", "null", "empty"])
def test_the_items_that_failed_are_found_in_the_whole_input(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, report_in: Any, point_by: Any, empty_lists: Any
) -> None:
    """However the API tells it, the same items failed; where nothing points at them, since they are missing."""
    criteo.report_in, criteo.point_by, criteo.empty_lists = report_in, point_by, empty_lists
    items = [item(id_) for id_ in criteo.add_segments(7)]
    items[1] = item("0")
    items[5] = item(items[5].id, "")  # type: ignore[arg-type]  # a resource's id is optional in the document
    result = run(update, items, client=client, batch_size=3)
    codes = {1: ["segment-not-found"], 5: ["name-must-not-be-empty"]} if point_by != "nothing" else {1: [], 5: []}
    assert {each.index: [problem.code for problem in each.problems] for each in result.failed} == codes
    assert [each.item for each in result.failed] == [items[1], items[5]]
    assert result.succeeded_indexes == [0, 2, 3, 4, 6]
    assert len(result.unattributed) == (2 if point_by == "nothing" else 0)
    with pytest.raises(BulkError, match="2 of 7 items failed"):
        result.raise_for_failures()


def test_no_items_are_no_call(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """An empty input sends nothing."""
    assert run(update, [], client=client).total == 0
    assert criteo.calls == []


def test_created_entities_are_matched_in_order(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """A create's items have no id; those not pointed at are the entities answered."""
    names = ["a", "b", "a", "c"]
    result = run(CREATE, [Resource(name=name) for name in names], client=client)
    assert [entity.name for entity in result.succeeded] == ["a", "b", "c"]
    assert (result.succeeded_indexes, [str(each.problems[0].code) for each in result.failed]) == (
        [0, 1, 3],
        ["name-must-be-unique"],
    )


def test_an_id_given_twice_has_two_outcomes(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """In one batch or in two, nothing is lost."""
    (known,) = criteo.add_segments(1)
    result = run(update, [item(known, "x"), item(known, ""), item(known, "y")], client=client, batch_size=2)
    assert (result.succeeded_indexes, indexes(result.failed)) == ([0, 2], [1])
    assert [entity.attributes.name for entity in result.succeeded] == ["x", "y"]


def test_a_batch_that_is_refused_leaves_the_others(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """Its items failed with the error of the call; the batches after it are sent."""
    known = criteo.add_segments(6)
    refused = problem(400, "exceeded-ids-cap", source={"ids": "data/attributes/ids"})
    criteo.answers.extend([answer({"data": [{"id": id_} for id_ in known[:2]]}), refused])
    result = run(update, map(item, known), client=client, batch_size=2)
    assert (result.succeeded_indexes, indexes(result.failed)) == ([0, 1, 4, 5], [2, 3])
    assert all(isinstance(each.error, BadRequestError) for each in result.failed)
    assert [each.problems[0].code for each in result.failed] == ["exceeded-ids-cap"] * 2


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (hang_up, httpx.RemoteProtocolError | httpx.ReadError),
        (html(502), ServerError),
        (problem(500, "internal"), ServerError),
        (answer({"data": {"not": "a list"}}), DecodeError),
        (Response("{", 200), DecodeError),
    ],
    ids=["hang-up", "502", "500", "another-body", "cut"],
)
def test_a_batch_without_a_clear_answer_is_unknown(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, broken: Any, error: type[Exception]
) -> None:
    """It may have been carried out; it is not sent again, and the batches after it are sent."""
    known = criteo.add_segments(5)
    criteo.answers.append(broken)
    result = run(update, map(item, known), client=client, batch_size=2)
    assert (indexes(result.unknown), result.succeeded_indexes, result.failed) == ([0, 1], [2, 3, 4], [])
    assert all(isinstance(each.error, error) for each in result.unknown)
    assert len(criteo.calls) == 3
    with pytest.raises(BulkError, match="the outcome of 2 is unknown"):
        result.raise_for_failures()


def test_a_batch_that_is_not_answered_in_time_is_unknown(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run
) -> None:
    """The other arguments of the operation, such as its timeout, hold for each call."""
    done = threading.Event()

    def slow(_: Request) -> Response:
        done.wait(10)
        return Response()

    criteo.answers.append(slow)
    result = run(update, [item("1")], client=client, timeout=httpx.Timeout(None, read=0.05))
    done.set()
    assert isinstance(result.unknown[0].error, httpx.ReadTimeout)


def test_a_server_that_cannot_be_reached_fails_the_items(client: AuthenticatedClient, run: Run) -> None:
    """Nothing was sent, so nothing is unknown."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, and not listening: connections are refused
        nowhere = AuthenticatedClient(f"http://127.0.0.1:{unused.getsockname()[1]}", token="the-token", retry=None)
        result = run(update, map(item, "abc"), client=nowhere, batch_size=2)
    assert [type(each.error) for each in result.failed] == [httpx.ConnectError] * 3


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthenticationError), (403, PermissionDeniedError), (410, GoneError)]
)
def test_an_error_that_every_batch_would_meet_ends_the_calls(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, status: int, error: type[Exception]
) -> None:
    """The items after it are failed with that error, and not sent; those before it keep their outcome."""
    known = criteo.add_segments(100)
    criteo.answers.extend([answer({"data": [{"id": known[0]}]}), problem(status, "no")])
    result = run(update, map(item, known), client=client, batch_size=1)
    assert (result.succeeded_indexes, indexes(result.failed)) == ([0], list(range(1, 100)))
    assert {type(each.error) for each in result.failed} == {error}
    assert len(criteo.calls) == 2


def test_without_a_token_nothing_is_sent(criteo: FakeCriteo, run: Run) -> None:
    """The token endpoint is asked once, not once for each batch."""
    from criteo_retail_media import ClientCredentials

    criteo.token_answers.extend([oauth_error("invalid_client")] * 2)
    auth = ClientCredentials("the-client-id", "wrong", token_url=criteo.token_url)
    result = run(update, map(item, "abc"), client=AuthenticatedClient(criteo.url, auth=auth), batch_size=1)
    assert [type(each.error) for each in result.failed] == [TokenError] * 3
    assert (criteo.calls, len(criteo.token_calls)) == ([], 1)


def test_progress_is_told_after_each_batch(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """Running totals: the items done, and those of them that are not known to have succeeded."""
    known = criteo.add_segments(5)
    criteo.answers.append(hang_up)
    reported: list[tuple[int, int]] = []
    run(update, map(item, [*known, "0"]), client=client, batch_size=2, on_batch=lambda *totals: reported.append(totals))
    assert reported == [(2, 2), (4, 2), (6, 3)]


@pytest.mark.parametrize(
    ("callback", "reported"),
    [
        (lambda record: lambda done, total_failed: record(done, total_failed), [(2, 0), (3, 1)]),
        (lambda record: lambda total_failed, done: record(done, total_failed), [(2, 0), (3, 1)]),
        (lambda record: lambda done, total_failed, total: record(done, total_failed, total), [(2, 0, 3), (3, 1, 3)]),
        (lambda record: lambda *, total, done: record(done, total), [(2, 3), (3, 3)]),
        (lambda record: lambda done: record(done), [(2,), (3,)]),
        (
            lambda record: lambda done, **rest: record(done, sorted(rest)),
            [(n, ["total", "total_failed"]) for n in (2, 3)],
        ),
        (lambda record: lambda a, b: record(a, b), [(2, 0), (3, 1)]),
        (lambda record: lambda done, failed: record(done, failed), [(2, 0), (3, 1)]),
        (lambda record: lambda a, b, total=None: record(a, b, total), [(2, 0, 3), (3, 1, 3)]),
        (lambda record: lambda *both: record(*both), [(2, 0), (3, 1)]),
        (lambda record: lambda *both, **named: record(*both, named), [(2, 0, {}), (3, 1, {})]),
        (lambda record: record, [(2, 0), (3, 1)]),
    ],
)
def test_progress_is_told_by_name(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, callback: Any, reported: list[Any]
) -> None:
    """``done``, ``total_failed`` and ``total`` where the callback names them, else the first two by position."""
    known = criteo.add_segments(2)
    calls: list[tuple[Any, ...]] = []
    items = [*map(item, known), item("0")]
    run(update, items, client=client, batch_size=2, on_batch=callback(lambda *progress: calls.append(progress)))
    assert calls == reported


@pytest.mark.parametrize("has_length", [True, False])
def test_the_total_is_told_where_the_input_has_a_length(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, has_length: bool
) -> None:
    """A list has one, an iterator has none; a run that goes on counts the items before it."""
    known = criteo.add_segments(3)
    result: BulkResult[Any, Any] = BulkResult()
    run(update, map(item, known[:1]), client=client, result=result)
    reported: list[Any] = []
    items: Any = [item(id_) for id_ in known[1:]]
    given = items if has_length else iter(items)
    run(update, given, client=client, result=result, on_batch=lambda done, total: reported.append((done, total)))
    assert reported == [(3, 3 if has_length else None)]


# --- outcomes ---


def test_each_item_has_one_outcome_in_order(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """``succeeded``, ``failed`` and ``unknown`` are views of one list, in which every item stands once."""
    known = criteo.add_segments(6)
    items = [item(known[0]), item("0"), item(known[1], ""), item(known[2]), item(known[3]), item(known[4])]
    result: BulkResult[Any, Any] = BulkResult()
    run(update, items[:3], client=client, batch_size=3, result=result)
    criteo.answers.append(hang_up)
    run(update, items[3:5], client=client, result=result)
    run(update, items[5:], client=client, result=result)
    assert [outcome.index for outcome in result.outcomes] == list(range(6))
    assert [outcome.status for outcome in result.outcomes] == [
        "succeeded",
        "failed",
        "failed",
        "unknown",
        "unknown",
        "succeeded",
    ]
    assert [outcome.item for outcome in result.outcomes] == items
    views = {"succeeded": result.succeeded, "failed": result.failed, "unknown": result.unknown}
    by_status = {status: [one for one in result.outcomes if one.status == status] for status in views}
    assert views == by_status | {"succeeded": [outcome.entity for outcome in by_status["succeeded"]]}


def test_the_failures_make_a_csv_file(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """In three lines, with the trace id that the API gave."""
    (known,) = criteo.add_segments(1)
    result = run(update, [item(known), item("0")], client=client)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["index", "id", "status", "reason", "trace_id"])
    writer.writerows((o.index, o.item.id, o.status, o.reason, o.trace_id) for o in [*result.failed, *result.unknown])
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [
        ["index", "id", "status", "reason", "trace_id"],
        ["1", "0", "failed", "segment-not-found: Segment not found (at @data/1)", "aa47d1c0"],
    ]


PROBLEM = Problem(code="name-must-be-unique", title="Name must be\nunique", instance="@data/0", trace_id="t1")


@pytest.mark.parametrize(
    ("outcome", "reason", "trace_id"),
    [
        (SucceededItem(0, None, Resource("a")), "", None),
        (FailedItem(0, 1, (PROBLEM,)), "name-must-be-unique: Name must be unique (at @data/0)", "t1"),
        (FailedItem(0, 1), "missing from the answer: check its id, and that the account gave its consent", None),
        (
            FailedItem(0, 1, (Problem(code="no-consent"),), PermissionDeniedError(403, trace_id="t2")),
            "no-consent; the application needs this operation's scope and the account's consent; where a consent has "
            "ended, ask for consent again",
            "t2",
        ),
        (
            FailedItem(0, 1, (), RateLimitError(429, operation="update", method="PATCH", url="http://x/")),
            "update: PATCH http://x/ answered 429 Too Many Requests | without a body | "
            "too many calls: call less often, or raise the retry budget",
            None,
        ),
        (FailedItem(0, 1, (), EncodeError("is NaN", path="name")), "cannot be sent: name: is NaN", None),
        (FailedItem(0, 1, (), TokenError("no token")), "no token; not sent, so it can be sent again", None),
        (
            FailedItem(0, 1, (), httpx.ConnectError("refused")),
            "ConnectError: refused; not sent, so it can be sent again",
            None,
        ),
        (
            FailedItem(0, 1, (), ValueError("row 4\nis wrong")),
            "ValueError: row 4 is wrong; not sent, so it can be sent again",
            None,
        ),
        (
            UnknownItem(0, 1, httpx.ReadTimeout("")),
            "ReadTimeout; it may have been carried out: read it from the API before sending it again",
            None,
        ),
        (
            UnknownItem(0, 1, ServerError(503, trace_id="t3", operation="update", method="PATCH", url="http://x/")),
            "update: PATCH http://x/ answered 503 Service Unavailable | without a body | trace id t3; "
            "it may have been carried out: read it from the API before sending it again",
            "t3",
        ),
    ],
)
def test_the_reason_is_one_line_to_act_on(outcome: Any, reason: str, trace_id: str | None) -> None:
    """For every kind of failure, whatever the API or Python has to say."""
    assert (outcome.reason, outcome.trace_id) == (reason, trace_id)


def test_a_reason_is_bounded() -> None:
    """However much the server or an exception says."""
    reported = FailedItem(0, 1, tuple(Problem(code=f"code-{n}", detail="x" * 10_000) for n in range(50)))
    assert len(reported.reason) < 1100
    assert reported.reason.count("code-") <= 5
    assert len(FailedItem(0, 1, (), ValueError("y" * 100_000)).reason) < 1100


# --- any iterable, held for a batch ---


def test_items_are_taken_when_their_batch_is_sent(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """An iterator is never ahead of the batch being sent."""
    known = criteo.add_segments(6)
    sent_before: list[int] = []

    def items() -> Iterator[Any]:
        for id_ in known:
            sent_before.append(len(criteo.calls))
            yield item(id_)

    assert run(update, items(), client=client, batch_size=2).total == 6
    assert sent_before == [0, 0, 1, 1, 2, 2]


def test_items_that_succeeded_are_not_held(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """When a batch is taken, only the batch before it may still be there: a million items never are."""
    known = criteo.add_segments(12)
    taken: list[weakref.ref[Any]] = []
    alive: list[int] = []

    def items() -> Iterator[Any]:
        for id_ in known:
            one = item(id_)
            alive.append(sum(each() is not None for each in taken))
            taken.append(weakref.ref(one))
            yield one
            del one

    assert run(update, items(), client=client, batch_size=2).total == 12
    assert max(alive) <= 3, "the batch before, and the first of this one"


def test_async_iterables_are_taken(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """An async generator is asked for one item at a time, however many batches are on their way."""
    known = criteo.add_segments(23)

    async def items() -> AsyncIterator[Any]:
        for id_ in known:
            await asyncio.sleep(0)
            yield item(id_)

    result = run_async(update, items(), client=client, batch_size=2, max_concurrency=5)
    assert (ids(result.succeeded), result.succeeded_indexes) == (known, list(range(23)))


def test_batches_are_sent_at_once_up_to_a_number(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """Three batches wait for each other at the server, so three are on their way; never a fourth."""
    known = criteo.add_segments(12)
    together = threading.Barrier(3)
    counted = threading.Lock()
    now, most = 0, 0

    def wait(request: Request) -> Response:
        nonlocal now, most
        with counted:
            now += 1
            most = max(most, now)
        together.wait(10)
        with counted:
            now -= 1
        sent = json.loads(request.get_data())["data"]
        together.wait(10)  # nobody answers before all have counted
        return answer({"data": sent})

    criteo.answers.extend([wait] * 6)
    result = run_async(update, map(item, known), client=client, batch_size=2, max_concurrency=3)
    assert most == 3
    assert (ids(result.succeeded), result.succeeded_indexes) == (known, list(range(12)))


def test_results_are_in_the_order_of_the_input(criteo: FakeCriteo) -> None:
    """Also where the last batch is answered first, and whatever became of the items."""
    criteo.valid_tokens.add("the-token")
    limits = httpx.Limits(max_connections=4)
    client = AuthenticatedClient(criteo.url, token="the-token", retry=None, limits=limits)
    known = criteo.add_segments(8)
    turns = [threading.Event() for _ in range(4)]
    turns[3].set()

    def wait(request: Request) -> Response:
        sent = json.loads(request.get_data())["data"]
        turn = known.index(sent[0]["id"]) // 2
        assert turns[turn].wait(10)
        if turn == 1:
            turns[0].set()
            return problem(500, "internal")
        return answer({"data": sent[:1]})

    def next_turn(done: int, _: int) -> None:
        turns[3 - done // 2 if done < 8 else 0].set()

    criteo.answers.extend([wait] * 4)
    result = run_async(update, map(item, known), client=client, batch_size=2, max_concurrency=4, on_batch=next_turn)
    assert (ids(result.succeeded), result.succeeded_indexes) == ([known[0], known[4], known[6]], [0, 4, 6])
    assert (indexes(result.failed), indexes(result.unknown)) == ([1, 5, 7], [2, 3])


# --- interruptions ---


class _Stop(BaseException):
    """What no code catches, such as Ctrl-C."""


# An interruption in a task of asyncio ends its loop, and reaches the run as a cancellation.
@pytest.mark.parametrize(
    ("run", "error"),
    [(run_sync, ValueError("row 4 is wrong")), (run_sync, _Stop()), (run_async, ValueError("row 4 is wrong"))],
    ids=["sync-error", "sync-interruption", "async-error"],
)
def test_an_iterator_that_raises_leaves_the_results(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, error: BaseException
) -> None:
    """The error is raised as it is; the items taken and not sent are failed with it."""
    known = criteo.add_segments(4)

    def items() -> Iterator[Any]:
        yield from map(item, known[:3])
        raise error

    result: BulkResult[Any, Any] = BulkResult()
    with pytest.raises(type(error)):
        run(update, items(), client=client, batch_size=2, result=result)
    assert (ids(result.succeeded), indexes(result.failed), result.unknown) == (known[:2], [2], [])
    assert result.failed[0].error is error
    assert len(criteo.calls) == 1


def test_a_callback_that_raises_leaves_the_results(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """The batch it was told of is in the result, and no other is sent."""
    known = criteo.add_segments(4)

    def on_batch(_: int, __: int) -> None:
        raise ValueError("no more")

    result: BulkResult[Any, Any] = BulkResult()
    with pytest.raises(ValueError, match="no more"):
        run(update, map(item, known), client=client, batch_size=2, on_batch=on_batch, result=result)
    assert (ids(result.succeeded), result.total, len(criteo.calls)) == (known[:2], 2, 1)


def broken_item(id_: str, value: Any = float("nan")) -> RmAudienceSegmentUpdateEntityV1Resource:
    """An update that JSON cannot say."""
    unwritable = item(id_)
    assert not isinstance(unwritable.attributes, Unset)
    unwritable.attributes.additional_properties["extra"] = value
    return unwritable


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {1, 2}, b"x", "\ud800", object()],
    ids=["nan", "infinite", "set", "bytes", "surrogate", "object"],
)
def test_an_item_that_cannot_be_written_fails_alone(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, value: Any
) -> None:
    """With an error that says why; the others of its batch are sent, in one call, and so are the batches after it."""
    known = criteo.add_segments(6)
    items = [*map(item, known[:2]), broken_item("0", value), *map(item, known[2:])]
    result = run(update, items, client=client, batch_size=4)
    assert [outcome.status for outcome in result.outcomes] == ["succeeded"] * 2 + ["failed"] + ["succeeded"] * 4
    (failed,) = result.failed
    assert (failed.index, failed.item) == (2, items[2])
    assert isinstance(failed.error, EncodeError)
    assert failed.reason.startswith("cannot be sent: ")
    assert [len(call.json()["data"]) for call in criteo.calls] == [3, 3]


def test_items_that_cannot_be_written_at_all_are_not_sent(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run
) -> None:
    """A batch of them is no call."""
    result = run(update, [broken_item("0"), broken_item("1")], client=client)
    assert (indexes(result.failed), result.unknown, criteo.calls) == ([0, 1], [], [])


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"id": "3"}, "a dict"),
        ("3", "a str"),
        (None, "None"),
        (RmAudienceSegmentUpdateEntityV1(name="x"), "a RmAudienceSegmentUpdateEntityV1"),
        (Resource("3"), "a Resource"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_item_of_another_class_fails_alone(
    criteo: FakeCriteo, client: AuthenticatedClient, run: Run, wrong: Any, text: str
) -> None:
    """It says what it is and what the operation takes; nothing else is lost."""
    (known,) = criteo.add_segments(1)
    result = run(update, [wrong, item(known), wrong], client=client)
    assert (indexes(result.failed), result.succeeded_indexes, len(criteo.calls)) == ([0, 2], [1], 1)
    expected = f"cannot be sent: the item is {text}, but the operation takes RmAudienceSegmentUpdateEntityV1Resource"
    assert {failed.reason for failed in result.failed} == {expected}


def test_a_fault_of_the_program_is_raised(client: AuthenticatedClient, run: Run) -> None:
    """An error that is not about an item ends the run; what became of its batch is not claimed to be known."""
    faulty = operation("faulty", "POST", "/x/{account_id}", body=ResourceList)

    def fail(**_: Any) -> Any:
        raise AttributeError("a fault")

    async def fail_async(**_: Any) -> Any:
        raise AttributeError("a fault")

    for name, function in (("sync", fail), ("asyncio", fail_async)):
        vars(function)["__signature__"] = inspect.signature(getattr(faulty, name))
        setattr(faulty, name, function)
    result: BulkResult[Any, Any] = BulkResult()
    with pytest.raises(AttributeError, match="a fault"):
        run(faulty, [Resource("1")], client=client, result=result)
    assert indexes(result.unknown) == [0]


def test_a_result_goes_on(criteo: FakeCriteo, client: AuthenticatedClient, run: Run) -> None:
    """A result that is given again counts on, for the rest of an interrupted input."""
    known = criteo.add_segments(3)
    result: BulkResult[Any, Any] = BulkResult()
    run(update, map(item, known), client=client, result=result)
    assert run(update, [item("0"), item(known[0])], client=client, result=result) is result
    assert (result.succeeded_indexes, indexes(result.failed)) == ([0, 1, 2, 4], [3])


def test_batches_on_their_way_are_unknown_when_cancelled(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """Cancelling ends the run at once; what was answered is in the result, and nothing more is taken."""
    known = criteo.add_segments(20)
    arrived = threading.Semaphore(0)
    done = threading.Event()
    taken: list[str] = []

    def first_only(request: Request) -> Response:
        sent = json.loads(request.get_data())["data"]
        if sent[0]["id"] != known[0]:
            arrived.release()
            done.wait(10)
        return answer({"data": sent})

    def items() -> Iterator[Any]:
        for id_ in known:
            taken.append(id_)
            yield item(id_)

    criteo.answers.extend([first_only] * 3)
    result: BulkResult[Any, Any] = BulkResult()

    async def main() -> None:
        async with client:
            task = asyncio.ensure_future(
                bulk.run_async(
                    update, items(), client=client, account_id="42", batch_size=2, max_concurrency=2, result=result
                )
            )
            for _ in range(2):
                await asyncio.to_thread(arrived.acquire)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            done.set()

    asyncio.run(main())
    assert (ids(result.succeeded), indexes(result.unknown)) == (known[:2], [2, 3, 4, 5])
    assert {type(each.error) for each in result.unknown} == {asyncio.CancelledError}
    assert taken == known[:6]


def test_an_error_waits_for_the_batches_on_their_way(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """Where the input fails, the batches that were sent are still answered, so that they are not unknown."""
    known = criteo.add_segments(4)
    failed = threading.Event()

    def late(request: Request) -> Response:
        sent = json.loads(request.get_data())["data"]
        failed.wait(10)
        return answer({"data": sent})

    async def items() -> AsyncIterator[Any]:
        for id_ in known:
            yield item(id_)
        while len(criteo.calls) < 2:  # noqa: ASYNC110 (the fake is in other threads)
            await asyncio.sleep(0.001)
        failed.set()
        raise ValueError("the end is missing")

    criteo.answers.extend([late, late])
    result: BulkResult[Any, Any] = BulkResult()
    with pytest.raises(ValueError, match="the end is missing"):
        run_async(update, items(), client=client, batch_size=2, max_concurrency=3, result=result)
    assert (ids(result.succeeded), result.unknown, result.failed) == (known, [], [])


# --- what is no bulk run ---


@pytest.mark.parametrize(
    "wrong",
    [
        operation("noBody", "POST", "/x/{account_id}"),
        operation("oneItem", "POST", "/x/{account_id}", body=Entity),
        operation("oneEntity", "POST", "/x/{account_id}", body=ResourceList, answer=Entity),
        operation("noAnswer", "POST", "/x/{account_id}", body=ResourceList, answer=None),
        operation("replaces", "PUT", "/x/{account_id}", body=ResourceList),
        object(),
    ],
    ids=["no-body", "one-item", "one-entity", "no-answer", "replaces", "no-operation"],
)
def test_what_is_no_bulk_operation_is_refused(client: AuthenticatedClient, run: Run, wrong: Any) -> None:
    """Nothing is taken and nothing sent; an operation that replaces a whole list must not be cut into batches."""
    items = iter([item("1")])
    with pytest.raises(TypeError, match=r"is no bulk operation|cannot be sent in batches|is no operation"):
        run(wrong, items, client=client)
    assert len(list(items)) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"batch_size": 0}, ValueError), ({"acount_id": "42"}, TypeError), ({"body": None}, TypeError)],
)
def test_wrong_arguments_are_refused(
    client: AuthenticatedClient, run: Run, arguments: dict[str, Any], error: type[Exception]
) -> None:
    """A misspelt argument is an error before the first batch, not after it."""
    items = iter([item("1")])
    with pytest.raises(error):
        run(update, items, client=client, **arguments)
    assert len(list(items)) == 1


def test_a_missing_argument_is_refused(client: AuthenticatedClient) -> None:
    """The error names the operation and the argument."""
    with pytest.raises(TypeError, match=r"bulkUpdateAudienceSegments: .*account_id"):
        bulk.run(update, [item("1")], client=client)


@pytest.mark.parametrize("wrong", [1.5, True, "10", None])
def test_numbers_that_are_not_whole_are_refused(client: AuthenticatedClient, run: Run, wrong: Any) -> None:
    """A half batch is an error by its name, and not one of Python's in the midst of the run."""
    with pytest.raises(TypeError, match=r"batch_size is .* whole number"):
        run(update, [item("1")], client=client, batch_size=wrong)
    with pytest.raises(TypeError, match=r"max_concurrency is .* whole number"):
        run_async(update, [item("1")], client=client, max_concurrency=wrong)


@pytest.mark.parametrize(("at_once", "said"), [(3, False), (9, True)])
def test_more_batches_at_once_than_connections_are_said(
    client: AuthenticatedClient, caplog: pytest.LogCaptureFixture, at_once: int, said: bool
) -> None:
    """The log names both numbers, so that nobody waits for a speed that cannot come."""
    with caplog.at_level(logging.WARNING, "criteo_retail_media"):
        run_async(update, [], client=client, max_concurrency=at_once)
    assert ("max_concurrency is 9, but the client sends 3 calls at once" in caplog.text) == said


def test_no_concurrency_is_refused(client: AuthenticatedClient) -> None:
    """At least one batch must be on its way."""
    with pytest.raises(ValueError, match="max_concurrency is 0"):
        run_async(update, [item("1")], client=client, max_concurrency=0)


@pytest.mark.parametrize("nothing", [None, UNSET, ""], ids=repr)
def test_an_account_that_is_missing_is_refused(client: AuthenticatedClient, nothing: Any) -> None:
    """An environment variable that was not set is an error before the first item is taken."""
    items = iter([item("1")])
    with pytest.raises(ValueError, match="account_id"):
        bulk.run(update, items, client=client, account_id=nothing)
    with pytest.raises(ValueError, match="account_id"):
        asyncio.run(bulk.run_async(update, items, client=client, account_id=nothing))
    assert len(list(items)) == 1


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (item("1"), "items is a RmAudienceSegmentUpdateEntityV1Resource: give an iterable of RmAudience"),
        (RmAudienceSegmentBulkUpdateInputV1(data=[]), "items is a RmAudienceSegmentBulkUpdateInputV1: give"),
        ("12", "items is a str"),
        (b"12", "items is a bytes"),
        ({"1": item("1")}, "items is a dict"),
        (None, "items is None"),
        (7, "items is an int"),
    ],
)
def test_what_is_no_iterable_of_items_is_refused(client: AuthenticatedClient, run: Run, wrong: Any, text: str) -> None:
    """It says what it is and what to give, and nothing is sent."""
    with pytest.raises(TypeError, match=text):
        run(update, wrong, client=client)


def test_an_async_iterable_needs_asyncio(client: AuthenticatedClient) -> None:
    """The error names the function that takes it."""

    async def items() -> AsyncIterator[Any]:
        yield item("1")

    with pytest.raises(TypeError, match="use run_async"):
        bulk.run(update, items(), client=client, account_id="42")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [None, AuthenticatedClient, "https://api.criteo.com"], ids=["none", "class", "url"])
def test_what_is_no_client_is_refused(wrong: Any) -> None:
    """A client that was forgotten is told before anything is taken."""
    items = iter([item("1")])
    with pytest.raises(TypeError, match=r"client is .*: give an AuthenticatedClient"):
        bulk.run(update, items, client=wrong, account_id="42")
    with pytest.raises(TypeError, match=r"client is .*: give an AuthenticatedClient"):
        asyncio.run(bulk.run_async(update, items, client=wrong, account_id="42"))
    assert len(list(items)) == 1
