"""`testing.FakeApi`: what the tests of those who use the client rest on, in memory and over HTTP."""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from criteo_retail_media import AuthenticatedClient, RetryPolicy, bulk, downloads, testing
from criteo_retail_media.api.audience import bulk_update_audience_segments as update
from criteo_retail_media.errors import (
    AuthenticationError,
    BadRequestError,
    EncodeError,
    NotFoundError,
    Problem,
    RateLimitError,
    ServerError,
)
from criteo_retail_media.models import (
    NillableString,
    RmAudienceSegmentBulkUpdateInputV1,
    RmAudienceSegmentEntityV1ListResponse,
    RmAudienceSegmentUpdateEntityV1,
    RmAudienceSegmentUpdateEntityV1Resource,
)
from criteo_retail_media.testing import Call, FakeApi, expired_token, partial, problem, rate_limited
from handmade import Resource, ResourceList, operation

PATH = update.OPERATION.path.replace("{account-id}", "42")
Send = Callable[..., Any]


def item(id_: str, **attributes: Any) -> RmAudienceSegmentUpdateEntityV1Resource:
    """An update of a segment."""
    return RmAudienceSegmentUpdateEntityV1Resource(
        id=id_, type_="RetailMediaAudienceSegment", attributes=RmAudienceSegmentUpdateEntityV1(**attributes)
    )


def body(*ids: str) -> RmAudienceSegmentBulkUpdateInputV1:
    """A body of updates."""
    return RmAudienceSegmentBulkUpdateInputV1(data=[item(id_, name=f"name {id_}") for id_ in ids])


def send_sync(fake: FakeApi, *ids: str, **settings: Any) -> Any:
    """One call of the shipped operation."""
    with fake.client(**settings) as client:
        return update.sync(account_id="42", client=client, body=body(*ids))


def send_async(fake: FakeApi, *ids: str, **settings: Any) -> Any:
    """The same with asyncio."""

    async def main() -> Any:
        async with fake.client(**settings) as client:
            return await update.asyncio(account_id="42", client=client, body=body(*ids))

    return asyncio.run(main())


@pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    """Both ways to call."""
    function: Send = request.param
    return function


@pytest.fixture
def fake() -> FakeApi:
    """An API without any plan."""
    return FakeApi()


# --- calls ---


def test_a_call_is_kept_as_it_was_made(fake: FakeApi, send: Send) -> None:
    """The operation's id, the function's arguments, the body as a model, the headers."""
    send(fake, "1", "2", headers={"X-Correlation-Id": "abc"})
    (call,) = fake.calls
    assert call.operation == "bulkUpdateAudienceSegments"
    assert call.arguments == {"account_id": "42"}
    assert call.body == body("1", "2")
    assert call.headers["x-correlation-id"] == "abc"


def test_no_secret_is_shown(fake: FakeApi, send: Send) -> None:
    """A failing assertion prints the calls: neither the token nor the client's secret is among that."""
    send(fake, "1")
    assert "fake-token" in fake.calls[0].headers["authorization"]
    assert "fake-token" not in repr(fake.calls)
    assert "secret" not in repr(fake.client())


def test_a_bulk_update_is_done_by_default(fake: FakeApi, send: Send) -> None:
    """Each item's entity bears what the item sets, through the wrappers; the rest is an example."""
    answer = send(fake, "7", "8")
    assert isinstance(answer, RmAudienceSegmentEntityV1ListResponse)
    assert [(one.id, one.type_, one.attributes.name) for one in answer.data] == [
        ("7", "RetailMediaAudienceSegment", "name 7"),
        ("8", "RetailMediaAudienceSegment", "name 8"),
    ]


@pytest.mark.parametrize("value", ["spring", None])
def test_a_wrapper_sets_its_value(fake: FakeApi, value: str | None) -> None:
    """Also null, which clears."""
    with fake.client() as client:
        one = item("7", description=NillableString(value=value))
        result = bulk.run(update, [one], client=client, account_id="42")
    assert result.succeeded[0].attributes.description == value  # type: ignore[union-attr]


def test_an_operation_by_hand_can_be_answered(fake: FakeApi) -> None:
    """`on` makes an operation known, whether it is generated or not."""
    create = operation("create", "POST", "/x/{account_id}", body=ResourceList, query={"limit": "limit"})
    fake.on(create, {"data": [{"id": "1"}]})
    with fake.client() as client:
        answer = create.sync(account_id="42", client=client, body=ResourceList(data=[Resource(name="n")]), limit=3)
    assert answer.data == [Resource("1")]
    assert fake.calls[0].arguments["account_id"] == "42"


# --- answers ---


def test_answers_come_in_turn_and_the_last_stays(fake: FakeApi, send: Send) -> None:
    """A model, a dict, a function of the call; another `on` begins anew, and one without answers is the default."""
    fake.on(
        update,
        RmAudienceSegmentEntityV1ListResponse(data=[]),
        {"data": [{"id": "9"}]},
        lambda call: {"data": [{"id": call.body.data[0].id}]},
    )
    answers = [[one.id for one in send(fake, "5").data] for _ in range(4)]
    assert answers == [[], ["9"], ["5"], ["5"]]
    fake.on(update, {"data": None})
    assert send(fake, "5").data is None
    fake.on(update)
    assert send(fake, "5").data[0].id == "5"


def test_a_partial_success(fake: FakeApi) -> None:
    """The items at these positions failed for the code or problem given; positions count in each call."""
    fake.on(update, partial({1: "name-must-be-unique", 2: Problem(code="own", title="Own", trace_id="t")}))
    with fake.client() as client:
        result = bulk.run(update, [item(str(n)) for n in range(4)], client=client, account_id="42")
    assert [(one.index, one.reason, one.trace_id) for one in result.failed] == [
        (1, "name-must-be-unique: Name must be unique (at @data/1)", testing.TRACE_ID),
        (2, "own: Own (at @data/2)", "t"),
    ]
    assert result.succeeded_indexes == [0, 3]


def test_a_partial_success_of_items_that_are_not_there(fake: FakeApi) -> None:
    """Is a fault of the test."""
    fake.on(update, partial({3: "x"}))
    with pytest.raises(AssertionError, match="a problem for item 3, but the call to bulkUpdateAudienceSegments has 1"):
        send_sync(fake, "1")


def test_a_problem_is_the_error_of_its_status(fake: FakeApi, send: Send) -> None:
    """With everything that a problem can tell."""
    fake.on(update, problem(400, "bad", title="Bad", detail="worse", source={"name": "data/0"}, headers={"X-A": "b"}))
    with pytest.raises(BadRequestError) as caught:
        send(fake, "1")
    (found,) = caught.value.problems
    assert (found.code, found.title, found.detail, found.source) == ("bad", "Bad", "worse", {"name": "data/0"})
    assert (caught.value.trace_id, caught.value.headers["x-a"]) == (testing.TRACE_ID, "b")


def test_a_rate_limit_is_waited_for_in_no_time(fake: FakeApi, send: Send) -> None:
    """As often as the policy says; without one it is the error, with its seconds."""
    fake.on(update, rate_limited(30), {"data": []})
    assert send(fake, "1").data == []
    assert len(fake.calls) == 2
    fake.on(update, rate_limited(30))
    with pytest.raises(RateLimitError) as caught:
        send(fake, "1", retry=None)
    assert caught.value.retry_after == 30
    fake.on(update, rate_limited(0.5))
    with pytest.raises(RateLimitError) as caught:
        send(fake, "1", retry=None)
    assert caught.value.retry_after == pytest.approx(0.5)


def test_waits_count_for_the_budget(fake: FakeApi, send: Send) -> None:
    """Time goes on as if the waits had taken it; the caller's policy holds but for its waits."""
    fake.on(update, rate_limited(40))
    with pytest.raises(RateLimitError):
        send(fake, "1", retry=RetryPolicy(max_attempts=100, budget=100, jitter=0))
    assert len(fake.calls) == 3


def test_an_expired_token_is_renewed(fake: FakeApi, send: Send) -> None:
    """The call is made again with another token, in one line of the test."""
    fake.on(update, expired_token())
    assert send(fake, "1").data[0].id == "1"
    first, second = (call.headers["authorization"] for call in fake.calls)
    assert first != second


def test_a_token_that_is_refused(fake: FakeApi, send: Send) -> None:
    """Any problem of 401 stays, as others do."""
    fake.on(update, problem(401, "authorization-token-invalid"))
    with pytest.raises(AuthenticationError):
        send(fake, "1")


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ReadError("dropped"), ValueError("mine")])
def test_an_exception_is_raised(fake: FakeApi, send: Send, error: Exception) -> None:
    """A timeout, a dropped connection: the work may have been done, so a write is not repeated."""
    fake.on(update, error)
    for _ in range(2):
        with pytest.raises(type(error), match=str(error)):
            send(fake, "1")
    assert len(fake.calls) == 2


def test_httpx_responses_and_server_errors(fake: FakeApi, send: Send) -> None:
    """An answer that is no JSON at all: a proxy's page."""
    fake.on(update, httpx.Response(502, html="<h1>Bad gateway</h1>"))
    for _ in range(2):
        with pytest.raises(ServerError, match="Bad gateway"):
            send(fake, "1")


async def answer_later(_: Call) -> Any:
    """No answer, but the promise of one."""


WRONG = {
    "object": object(),
    "int": 3,
    "str": "text",
    "another-model": body("1"),
    "class": RmAudienceSegmentEntityV1ListResponse,
    "class-of-exceptions": httpx.ReadTimeout,
    "async": answer_later,
    "no-json": [problem(404)],
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_no_answer_is_refused(fake: FakeApi, wrong: Any) -> None:
    """Where the test says it, not in the call; in the call, where a function gives it."""
    text = "is no answer|answers RmAudienceSegmentEntityV1ListResponse|is no JSON and no model"
    with pytest.raises(TypeError, match=text):
        fake.on(update, wrong)
    if not callable(wrong):
        fake.on(update, lambda _: wrong)
        with pytest.raises(TypeError, match=text):
            send_sync(fake, "1")


@pytest.mark.parametrize(("status", "error"), [(200, ValueError), ("404", TypeError)])
def test_a_problem_has_the_status_of_an_error(status: Any, error: type[Exception]) -> None:
    """One of success would hide it."""
    with pytest.raises(error, match=r"^status is "):
        problem(status)


def test_an_interruption_is_raised(fake: FakeApi) -> None:
    """As by Ctrl-C: the outcomes so far are in hand."""
    fake.on(update, partial({}), KeyboardInterrupt())
    result: bulk.BulkResult[Any, Any] = bulk.BulkResult()
    with fake.client() as client, pytest.raises(KeyboardInterrupt):
        bulk.run(update, [item("1"), item("2")], client=client, account_id="42", batch_size=1, result=result)
    assert [one.status for one in result.outcomes] == ["succeeded", "unknown"]


def test_an_answer_in_a_content_coding(fake: FakeApi, send: Send) -> None:
    """Is given decoded, as its content is."""
    content = gzip.compress(b'{"data": [{"id": "9"}]}')
    fake.on(update, httpx.Response(200, content=content, headers={"Content-Encoding": "gzip"}))
    assert send(fake, "1").data[0].id == "9"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda client: pickle.loads(pickle.dumps(client))])
def test_a_copied_client_is_of_the_same_api(fake: FakeApi, copied: Callable[[Any], Any]) -> None:
    """Code that sends its client to workers can be tested with workers of this process."""
    client = copied(fake.client())
    update.sync(account_id="42", client=client, body=body("7"))
    assert [call.body for call in fake.calls] == [body("7")]


def test_a_pickled_client_outlives_no_fake(fake: FakeApi) -> None:
    """Nor does another process have the fake: it says what serves there."""
    pickled = pickle.dumps(fake).replace(fake._key.encode(), b"0" * len(fake._key))
    with pytest.raises(RuntimeError, match="a FakeApi serves one process"):
        pickle.loads(pickled)


def test_code_that_makes_its_client_by_itself(fake: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gets one of the fake, with its own settings."""
    monkeypatch.setattr(AuthenticatedClient, "from_env", fake.client)
    with AuthenticatedClient.from_env(headers={"X-Correlation-Id": "abc"}) as client:
        update.sync(account_id="42", client=client, body=body("1"))
    assert fake.calls[0].headers["x-correlation-id"] == "abc"


def test_what_is_no_operation_is_refused(fake: FakeApi) -> None:
    """One of its functions, say."""
    with pytest.raises(TypeError, match="is no operation"):
        fake.on(update.sync, {})  # type: ignore[arg-type]


# --- what calls refuse ---


@pytest.mark.parametrize("wrong", [None, AuthenticatedClient, httpx.Client, "client"])
def test_what_is_no_client_is_refused_by_name(wrong: Any) -> None:
    """By each of the four functions, and by what is read in pieces."""
    for function in (update.sync, update.sync_detailed):
        with pytest.raises(TypeError, match=r"^client is .*: give an AuthenticatedClient$"):
            function(account_id="42", client=wrong, body=body("1"))
    for call in (update.asyncio, update.asyncio_detailed):
        with pytest.raises(TypeError, match=r"^client is .*: give an AuthenticatedClient$"):
            asyncio.run(call(account_id="42", client=wrong, body=body("1")))
    output = operation("output", "GET", "/x/{account_id}", answer=bytes)
    with pytest.raises(TypeError, match=r"^client is .*: give an AuthenticatedClient$"):
        list(downloads.iter_bytes(output, client=wrong, account_id="42"))


@pytest.mark.parametrize("value", ["text", 3])
def test_a_missing_wrapper_is_named(value: Any) -> None:
    """With its place, and how to give one."""
    with pytest.raises(EncodeError, match=r"description: .* is not a NillableString; give NillableString\(value=…\)$"):
        item("1", description=value).to_dict()


def test_a_callback_that_is_none_is_refused_before_anything_is_sent(fake: FakeApi) -> None:
    """By name."""
    on_batch: Any = 3
    with fake.client() as client, pytest.raises(TypeError, match=r"^on_batch is 3: give a function"):
        bulk.run(update, [item("1")], client=client, account_id="42", on_batch=on_batch)
    assert fake.calls == []


@pytest.mark.parametrize("hooks", [[print], {"request": print}, {"requests": [print]}, {"request": [None]}])
def test_event_hooks_of_another_form_are_refused(fake: FakeApi, hooks: Any) -> None:
    """Of which httpx would say little, or nothing."""
    with pytest.raises(TypeError, match=r"^httpx_args: event_hooks must be "):
        fake.client(httpx_args={"event_hooks": hooks})


# --- what fails the test ---


@pytest.mark.parametrize(
    ("method", "path", "content", "text"),
    [
        (
            "PATCH",
            PATH + "z",
            b"{}",
            r"the nearest is bulkUpdateAudienceSegments \(PATCH /20\d\d-\d\d/retail-media/accounts",
        ),
        ("DELETE", PATH, b"", "no operation of this client is DELETE .* the nearest is bulkUpdateAudienceSegments"),
        ("PATCH", PATH, b"{", "bulkUpdateAudienceSegments: the body is no RmAudienceSegmentBulkUpdateInputV1"),
        ("PATCH", PATH, b"[]", "the body is no RmAudienceSegmentBulkUpdateInputV1: .* is not an object"),
        ("PATCH", PATH, b'{"data": 3}', "the body is no RmAudienceSegmentBulkUpdateInputV1: data: 3 is not an array"),
        ("PATCH", PATH + "?limit=3", b"{}", "bulkUpdateAudienceSegments has no parameter 'limit'; it has account_id"),
    ],
)
def test_a_request_of_no_operation_fails(fake: FakeApi, method: str, path: str, content: bytes, text: str) -> None:
    """With the nearest one; so does one that the operation cannot read."""
    with fake.client() as client, pytest.raises(AssertionError, match=text):
        client.get_httpx_client().request(method, path, content=content)


def test_a_failure_ends_a_bulk_run(fake: FakeApi) -> None:
    """It is no outcome of the items."""

    def fail(_: Any) -> Any:
        raise AssertionError("not expected")

    fake.on(update, fail)
    with fake.client() as client, pytest.raises(AssertionError, match="not expected"):
        bulk.run(update, [item("1")], client=client, account_id="42")


def test_it_serves_many_threads_and_tasks(fake: FakeApi) -> None:
    """Each call is kept once, and each answer is given once."""
    fake.on(update, *({"data": [{"id": str(n)}]} for n in range(50)), {"data": []})

    async def main() -> list[str]:
        async with fake.client() as client:
            calls = (update.asyncio(account_id="42", client=client, body=body("1")) for _ in range(50))
            return [one.id for answer in await asyncio.gather(*calls) for one in answer.data or []]  # type: ignore[misc]

    assert sorted(asyncio.run(main()), key=int) == [str(n) for n in range(50)]
    assert len(fake.calls) == 50


# --- over HTTP ---


@pytest.fixture
def sandbox() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as it is run, on any free port, and the URL that its first line tells."""
    command = [sys.executable, "-W", "error", "-m", "criteo_retail_media.testing", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_the_sandbox_needs_no_credentials(
    sandbox: tuple[subprocess.Popen[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``CRITEO_BASE_URL`` and any credentials: a token is had, items are done, one whose id is no number fails."""
    process, url = sandbox
    assert url.startswith("http://127.0.0.1:")
    monkeypatch.setenv("CRITEO_BASE_URL", url)
    monkeypatch.setenv("CRITEO_CLIENT_ID", "anyone")
    monkeypatch.setenv("CRITEO_CLIENT_SECRET", "something-secret")
    with AuthenticatedClient.from_env() as client:
        result = bulk.run(update, [item("1"), item("unknown"), item("2")], client=client, account_id="42", batch_size=2)
        assert [one.status for one in result.outcomes] == ["succeeded", "failed", "succeeded"]
        assert result.failed[0].reason == "not-found: Not found (at @data/1)"
        with pytest.raises(httpx.HTTPStatusError) as caught:
            client.get_httpx_client().patch(f"{PATH}z", json={}).raise_for_status()
        assert "the nearest is bulkUpdateAudienceSegments" in caught.value.response.json()["errors"][0]["detail"]
    assert process.stdout is not None
    found = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert f"CRITEO_BASE_URL={url}" in found
    assert "something-secret" not in found + output


def test_the_sandbox_takes_chunks(sandbox: tuple[subprocess.Popen[str], str]) -> None:
    """A body without a length, such as a file's that cannot be rewound."""
    _, url = sandbox

    def chunks() -> Iterator[bytes]:
        yield json.dumps(body("1").to_dict()).encode()[:10]
        yield json.dumps(body("1").to_dict()).encode()[10:]

    answer = httpx.patch(url + PATH, content=chunks(), headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["data"][0]["id"]) == (200, "1")


def test_the_sandbox_wants_a_token(sandbox: tuple[subprocess.Popen[str], str]) -> None:
    """As the API does."""
    _, url = sandbox
    assert httpx.patch(url + PATH, json=body("1").to_dict()).status_code == 401


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert testing.main(["--port", str(taken.getsockname()[1])]) == 1
    assert "give another with --port" in capsys.readouterr().err


def test_an_unknown_path_is_not_found_over_http(sandbox: tuple[subprocess.Popen[str], str]) -> None:
    """The client raises what it raises for a 404."""
    _, url = sandbox
    nowhere = operation("nowhere", "GET", "/nowhere/{account_id}")
    with AuthenticatedClient(url, "token") as client, pytest.raises(NotFoundError, match="no operation of this client"):
        nowhere.sync(account_id="42", client=client)
