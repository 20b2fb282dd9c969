"""The gate: as many calls and open streams as connections, and no wait without end or without a word."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import httpx
import pytest
from broken_server import BrokenServer, broken_server, respond
from calling import DOWNLOAD, READ, WRITE, NoWait, client_at, client_of, read_kwargs, write_kwargs
from criteo_retail_media import AuthenticatedClient, RetryPolicy
from criteo_retail_media._call import call, call_async, stream, stream_async
from fake_criteo import FakeCriteo, answer
from werkzeug import Request, Response

SHORT = httpx.Timeout(30, pool=0.05)


class Hold:
    """Answers whose bodies begin at once, and end when they are let go."""

    def __init__(self) -> None:
        self.end = threading.Event()

    def __call__(self, _: Request) -> Response:
        def body() -> Iterator[bytes]:
            yield b"begun"
            self.end.wait(30)
            yield b" and ended"

        return Response(body(), headers={"Content-Length": "15"})


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Streams that last."""
    held = Hold()
    yield held
    held.end.set()


@pytest.mark.parametrize("retry", [None, RetryPolicy()], ids=["once", "default policy"])
def test_open_streams_end_a_wait_in_a_pool_timeout(
    criteo: FakeCriteo, hold: Hold, retry: RetryPolicy | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Three open streams hold the three connections: a further call says so, and ends within the pool timeout."""
    criteo.answers.extend([hold] * 3)
    with client_of(criteo, retry=retry) as client, ExitStack() as streams:
        for _ in range(3):
            streams.enter_context(stream(client, DOWNLOAD, read_kwargs()))
        with pytest.raises(httpx.PoolTimeout, match="all 3 are in use, 3 of them by open streams"):
            call(client, WRITE, write_kwargs(), timeout=SHORT)
        assert "all 3 are in use by open streams" in caplog.text
        hold.end.set()
        streams.close()
        assert call(client, WRITE, write_kwargs(), timeout=SHORT) is not None
    assert len(criteo.calls) == 4


def test_open_streams_end_a_wait_in_a_pool_timeout_async(
    criteo: FakeCriteo, hold: Hold, caplog: pytest.LogCaptureFixture
) -> None:
    """The same for asyncio, and a task that is cancelled while it waits leaves no trace."""
    criteo.answers.extend([hold] * 3)

    async def main() -> None:
        async with client_of(criteo) as client, AsyncExitStack() as streams:
            for _ in range(3):
                await streams.enter_async_context(stream_async(client, DOWNLOAD, read_kwargs()))
            with pytest.raises(httpx.PoolTimeout, match="3 of them by open streams"):
                await call_async(client, WRITE, write_kwargs(), timeout=SHORT)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await call_async(client, WRITE, write_kwargs())
            hold.end.set()
            await streams.aclose()
            assert await asyncio.gather(*(call_async(client, WRITE, write_kwargs()) for _ in range(6)))

    asyncio.run(main())
    assert "all 3 are in use by open streams" in caplog.text


def break_off(client: AuthenticatedClient) -> None:
    """A call whose server is silent until it closes the connection."""
    with pytest.raises(httpx.RemoteProtocolError):
        call(client, READ, read_kwargs())


def test_calls_that_last_end_a_wait_too() -> None:
    """The pool timeout bounds a wait for calls as well; the call that waited was not sent."""
    end = threading.Event()

    def silence(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        end.wait(30)

    settings = {"timeout": 30, "retry": None, "limits": httpx.Limits(max_connections=1)}
    with broken_server(silence) as server, client_at(server.url, **settings) as client:
        thread = threading.Thread(target=break_off, args=(client,))
        thread.start()
        while not server.requests:
            thread.join(0.005)
        with pytest.raises(httpx.PoolTimeout, match="all 1 are in use; close") as caught:
            call(client, WRITE, write_kwargs(), timeout=httpx.Timeout(30, pool=0.01))
        assert caught.value.__notes__ == [f"{WRITE.id} ({WRITE.method} {WRITE.path})"]
        end.set()
        thread.join(30)
        assert len(server.requests) == 1


MANY = 50


def test_fifty_threads_with_streams_open(criteo: FakeCriteo, hold: Hold) -> None:
    """50 threads share the connection that two open streams leave; each is answered, none more than once."""
    criteo.answers.extend([hold] * 2)
    results: list[Any] = []
    with client_of(criteo) as client, ExitStack() as streams:
        for _ in range(2):
            streams.enter_context(stream(client, DOWNLOAD, read_kwargs()))
        threads = [
            threading.Thread(target=lambda: results.append(call(client, WRITE, write_kwargs()))) for _ in range(MANY)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        hold.end.set()
    assert len(results) == MANY
    assert len(criteo.calls) == MANY + 2


def test_fifty_tasks_with_streams_open(criteo: FakeCriteo, hold: Hold) -> None:
    """The same with 50 tasks."""
    criteo.answers.extend([hold] * 2)

    async def main() -> list[Any]:
        async with client_of(criteo) as client, AsyncExitStack() as streams:
            for _ in range(2):
                await streams.enter_async_context(stream_async(client, DOWNLOAD, read_kwargs()))
            results = await asyncio.gather(*(call_async(client, WRITE, write_kwargs()) for _ in range(MANY)))
            hold.end.set()
            return results

    assert len(asyncio.run(main())) == MANY
    assert len(criteo.calls) == MANY + 2


def test_a_stream_that_fails_gives_its_place_back(criteo: FakeCriteo) -> None:
    """Neither an error's answer nor an error in the block keeps a connection."""
    criteo.answers.extend([answer({}, 404)] * 4)
    criteo.add_segments(1)
    with client_of(criteo, limits=httpx.Limits(max_connections=1), timeout=SHORT) as client:
        for _ in range(4):
            with pytest.raises(Exception, match="404"), stream(client, DOWNLOAD, read_kwargs()):
                raise AssertionError
        for _ in range(4):
            with pytest.raises(ZeroDivisionError), stream(client, DOWNLOAD, read_kwargs()):
                raise ZeroDivisionError
        assert call(client, READ, read_kwargs())


def test_limits_of_httpx_args_count(criteo: FakeCriteo) -> None:
    """``httpx_args={"limits": …}`` is what the gate goes by too."""
    barrier = threading.Barrier(8)

    def all_at_once(_: Request) -> Response:
        barrier.wait(30)
        return answer({"data": []})

    criteo.answers.extend([all_at_once] * 8)
    with client_of(criteo, httpx_args={"limits": httpx.Limits(max_connections=8)}) as client:
        assert client.max_connections == 8
        threads = [threading.Thread(target=call, args=(client, WRITE, write_kwargs())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(criteo.calls) == 8


def test_connections_can_be_asked_for() -> None:
    """Who plans calls at once learns how many there can be."""
    assert AuthenticatedClient(token="a-token").max_connections == 3
    assert AuthenticatedClient(token="a-token", limits=httpx.Limits()).max_connections is None


@pytest.mark.parametrize("keep_alive", [True, False])
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_keep_alive_can_be_switched_off(keep_alive: bool, is_async: bool) -> None:
    """Without it each call makes a connection of its own, as the server counts them."""
    calls = 3

    def serve(server: Any, connection: Any) -> None:
        for _ in range(calls):
            try:
                respond(server, connection)
            except (ConnectionError, IndexError, OSError):
                return

    settings: dict[str, Any] = {"keep_alive": keep_alive, "retry": NoWait(), "timeout": 10}
    behaviours = [serve] if keep_alive else [respond] * calls
    with broken_server(*behaviours) as server:

        async def work() -> None:
            async with client_at(server.url, **settings) as client:
                for _ in range(calls):
                    await call_async(client, READ, read_kwargs())

        if is_async:
            asyncio.run(work())
        else:
            with client_at(server.url, **settings) as client:
                for _ in range(calls):
                    call(client, READ, read_kwargs())
    assert len(server.requests) == calls


def test_a_wait_is_not_told_where_none_is(criteo: FakeCriteo, caplog: pytest.LogCaptureFixture) -> None:
    """A call that finds a connection free says nothing of it."""
    caplog.set_level(logging.INFO, logger="criteo_retail_media")
    with client_of(criteo) as client:
        call(client, WRITE, write_kwargs())
    gc.collect()
    assert "connection" not in caplog.text
