"""A call's deadline: nothing that a server does, however steadily it drips, makes the call longer."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from broken_server import OK, Behaviour, BrokenServer, broken_server, respond, silence
from calling import (
    DOWNLOAD,
    READ,
    TOKEN,
    WRITE,
    NoWait,
    Unshowable,
    Way,
    client_at,
    client_of,
    read_kwargs,
    within,
    write_kwargs,
)
from criteo_retail_media import AuthenticatedClient, ClientCredentials, RetryPolicy, TokenError, downloads
from criteo_retail_media._call import call, call_async, stream
from criteo_retail_media._deadline import _Backend, enforce_deadlines
from criteo_retail_media.errors import EncodeError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, rate_limited
from handmade import operation

PATIENT = 30.0  # seconds of httpx's own timeouts, which no test here should meet
LONG = 15.0  # and what a call must not last


def dripping(data: bytes = OK, pause: float = 0.02) -> Behaviour:
    """A server that sends a byte at a time, from the first of its head on, for longer than any test lasts."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        try:
            for byte in data[:20] + b" " * 3000 + data[20:]:
                connection.sendall(bytes([byte]))
                time.sleep(pause)
        except OSError:
            return  # the client has left

    return behave


def dripping_body(server: BrokenServer, connection: socket.socket) -> None:
    """A head at once, and a body byte by byte."""
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    try:
        for _ in range(3000):
            connection.sendall(b" ")
            time.sleep(0.02)
    except OSError:
        return


@pytest.mark.parametrize("behave", [dripping(), dripping_body, silence], ids=["head", "body", "silence"])
@pytest.mark.parametrize(
    ("target", "kwargs"), [(READ, read_kwargs()), (WRITE, write_kwargs("1"))], ids=["read", "write"]
)
def test_a_drip_ends_at_the_deadline(way: Way, behave: Behaviour, target: Any, kwargs: Any) -> None:
    """A head or a body that drips, or none, is a timeout once the deadline has passed, and is not tried again."""
    with broken_server(behave) as server, client_at(server.url, timeout=PATIENT, retry=RetryPolicy()) as client:

        def run() -> None:
            with pytest.raises(httpx.TimeoutException):
                way.call(client, target, kwargs, deadline=0.3)

        within(LONG, run)
        assert len(server.requests) == 1


def test_waits_and_attempts_count(criteo: FakeCriteo, way: Way) -> None:
    """No wait is begun that would end after the deadline: the last error is raised at once."""
    criteo.answers.append(rate_limited(retry_after="20"))
    policy = NoWait()
    with client_of(criteo, retry=policy) as client, pytest.raises(Exception, match="429"):
        way.call(client, WRITE, write_kwargs(), deadline=5)
    assert policy.waits == []


def test_a_deadline_that_is_far_changes_nothing(criteo: FakeCriteo, way: Way) -> None:
    """A call that is answered in time is answered, after its retries, sync and asyncio alike, detailed or not."""
    criteo.answers.append(rate_limited())
    with client_of(criteo) as client:
        assert way.call(client, WRITE, write_kwargs(), deadline=1000)["data"] == []
        assert way.detailed(client, WRITE, write_kwargs(), deadline=1000).status_code == 200


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), float("inf"), True, "5", None, 10**400, Unshowable()])
def test_a_deadline_that_is_none_is_refused(criteo: FakeCriteo, way: Way, deadline: Any) -> None:
    """Anything but a number of seconds above 0 is refused by name before anything is sent."""
    with client_of(criteo) as client, pytest.raises(EncodeError, match="deadline: must be a number of seconds"):
        way.call(client, WRITE, write_kwargs(), deadline=deadline)
    assert criteo.calls == []


@pytest.mark.parametrize(
    "timeout",
    ["5", -1, float("nan"), float("inf"), 10**400, True, [1], (1,), {}, Decimal(1), httpx.Timeout("5"), Unshowable()],  # type: ignore[arg-type]
)
def test_a_timeout_that_is_none_is_refused(criteo: FakeCriteo, way: Way, timeout: Any) -> None:
    """By name, before anything is sent: a socket would refuse it in its own words, and in the midst of a call."""
    with client_of(criteo) as client, pytest.raises(EncodeError, match="timeout: must be None, seconds"):
        way.call(client, WRITE, write_kwargs(), timeout=timeout)
    with pytest.raises(ValueError, match="timeout must be None, seconds"):
        client_of(criteo, timeout=timeout)
    assert criteo.calls == []


@pytest.mark.parametrize("timeout", [None, 5, 5.5, httpx.Timeout(None), httpx.Timeout(5, read=None), (1, 2, 3, 4)])
def test_timeouts_as_httpx_takes_them(criteo: FakeCriteo, way: Way, timeout: Any) -> None:
    """For a call and for a client."""
    with client_of(criteo, timeout=timeout) as client:
        assert way.call(client, WRITE, write_kwargs(), timeout=timeout)["data"] == []


def test_a_deadline_ends_with_its_call() -> None:
    """The next call of the same thread, and one made while a stream with a deadline is open, has none of it."""
    settings: dict[str, Any] = {"timeout": PATIENT, "retry": None}
    with broken_server(silence, respond, respond) as server, client_at(server.url, **settings) as client:
        with pytest.raises(httpx.TimeoutException):
            call(client, READ, read_kwargs(), deadline=0.1)
        with stream(client, DOWNLOAD, read_kwargs(), deadline=0.2):
            time.sleep(0.25)
            assert call(client, READ, read_kwargs()) == {"data": []}


def test_a_wait_for_a_connection_counts(criteo: FakeCriteo) -> None:
    """Waiting at the gate ends at the deadline too, in a pool timeout."""
    criteo.add_segments(1)
    with (
        client_of(criteo, limits=httpx.Limits(max_connections=1)) as client,
        stream(client, DOWNLOAD, read_kwargs()),
        pytest.raises(httpx.PoolTimeout),
    ):
        call(client, READ, read_kwargs(), deadline=0.1)


FILE = operation("GetFile", "GET", "/files/{file_id}", answer=bytes, parameters=("file_id",))


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_a_download_ends_at_its_deadline(tmp_path: Path, is_async: bool) -> None:
    """A file whose body drips is given up at the deadline, and nothing of it stays."""
    arguments: dict[str, Any] = {"file_id": "7", "deadline": 0.3}
    with broken_server(dripping_body) as server, client_at(server.url, timeout=PATIENT) as client:

        def run() -> None:
            with pytest.raises(httpx.TimeoutException):
                if is_async:
                    asyncio.run(downloads.to_file_async(FILE, tmp_path / "file", client=client, **arguments))
                else:
                    downloads.to_file(FILE, tmp_path / "file", client=client, **arguments)

        within(LONG, run)
    assert list(tmp_path.iterdir()) == []


# --- token requests ---


def credentials(server: BrokenServer) -> ClientCredentials:
    """Credentials for a token endpoint that misbehaves."""
    return ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=f"{server.url}/oauth2/token")


def test_a_token_that_drips_ends_at_the_deadline(way: Way) -> None:
    """The token request is a part of the call: a token endpoint that drips is a TokenError at the deadline."""
    with broken_server(dripping()) as server:
        client = AuthenticatedClient(server.url, auth=credentials(server), timeout=PATIENT, retry=RetryPolicy())

        def run() -> None:
            with client, pytest.raises(TokenError) as caught:
                way.call(client, READ, read_kwargs(), deadline=0.3)
            assert caught.value.is_transient

        within(LONG, run)


def test_a_token_request_has_a_total(way: Way) -> None:
    """Without a deadline a token request lasts no longer in all than the call's own read timeout."""
    with broken_server(dripping()) as server:
        client = AuthenticatedClient(server.url, auth=credentials(server), timeout=0.4, retry=None)

        def run() -> None:
            with client, pytest.raises(TokenError, match="ReadTimeout"):
                way.call(client, READ, read_kwargs())

        within(LONG, run)


def test_eight_callers_behind_a_dripping_token_endpoint() -> None:
    """All of them are told, after one request for the token, in the time of one."""
    failures: list[Exception] = []
    with broken_server(dripping()) as server:
        settings: dict[str, Any] = {"timeout": 0.5, "retry": None, "limits": httpx.Limits(max_connections=8)}
        client = AuthenticatedClient(server.url, auth=credentials(server), **settings)

        def work() -> None:
            try:
                call(client, READ, read_kwargs())
            except TokenError as error:
                failures.append(error)

        def run() -> None:
            threads = [threading.Thread(target=work) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        within(LONG, run)
    assert len(failures) == 8


def test_one_callers_deadline_is_not_the_others(criteo: FakeCriteo) -> None:
    """A caller without a deadline gets the token though the one who asked for it has given up."""
    requested, release = threading.Event(), threading.Event()

    def slow(_: Any) -> Any:
        requested.set()
        release.wait(10)
        return rate_limited(retry_after="1")

    criteo.token_answers.append(slow)
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)

    async def main() -> Any:
        async with AuthenticatedClient(criteo.url, auth=auth, retry=NoWait()) as client:
            first = asyncio.create_task(call_async(client, WRITE, write_kwargs(), deadline=0.3))
            await asyncio.to_thread(requested.wait)
            second = asyncio.create_task(call_async(client, WRITE, write_kwargs()))
            with pytest.raises(TokenError):
                await first
            return await second

    try:
        assert asyncio.run(main())["data"] == []
    finally:
        release.set()
    assert TOKEN not in str(criteo.calls)


@pytest.mark.parametrize("kind", [httpx.Client, httpx.AsyncClient])
def test_httpx_keeps_its_network_backend_where_it_is_wrapped(kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    """In the lowest version and in the newest, of proxies too; with one that does not, the log says what is lost."""

    def logged() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.name == "criteo_retail_media"]

    http = kind(proxy="http://127.0.0.1:9")
    assert len(http._mounts) == 1
    enforce_deadlines(http)
    for transport in (http._transport, *http._mounts.values()):
        assert isinstance(transport._pool._network_backend, _Backend)
    assert logged() == []

    del http._transport._pool._network_backend
    enforce_deadlines(http)
    assert logged() == [f"httpx {httpx.__version__}: a deadline= cannot end a step of a call, whose timeout= does"]
