"""Faults of the network and the load of many callers, on real sockets."""

from __future__ import annotations

import asyncio
import json
import pickle
import re
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from broken_server import (
    Behaviour,
    broken_server,
    close_after_request,
    cut_body,
    drip,
    reset_after_request,
    reset_at_once,
    respond,
    silence,
)
from calling import READ, TOKEN, WRITE, NoWait, Way, client_at, client_of, read_kwargs, write_kwargs
from criteo_retail_media import AuthenticatedClient, ClientCredentials
from criteo_retail_media._call import call, call_async
from criteo_retail_media.api.audience import bulk_update_audience_segments
from criteo_retail_media.errors import RateLimitError
from criteo_retail_media.models import RmAudienceSegmentBulkUpdateInputV1
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, LoopbackServer, answer, oauth_error, rate_limited
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

BROKEN = [reset_at_once, reset_after_request, close_after_request, cut_body, drip, silence]


# --- connections that break ---


@pytest.mark.parametrize("behave", BROKEN)
def test_read_survives(way: Way, behave: Behaviour) -> None:
    """A read whose connection breaks, at whatever moment, is made again and succeeds."""
    with broken_server(behave, respond) as server, client_at(server.url) as client:
        assert way.call(client, READ, read_kwargs()) == {"data": []}
    assert 1 <= len(server.requests) <= 2


@pytest.mark.parametrize("behave", [behave for behave in BROKEN if behave is not reset_at_once])
def test_write_is_not_repeated(way: Way, behave: Behaviour) -> None:
    """A write whose connection breaks after it was sent is not repeated: httpx's own error tells what happened."""
    with broken_server(behave, respond) as server, client_at(server.url) as client:
        with pytest.raises(httpx.TransportError) as caught:
            way.call(client, WRITE, write_kwargs("1"))
        assert len(server.requests) == 1
        assert caught.value.__notes__ == [f"{WRITE.id} ({WRITE.method} {WRITE.path})"]
        way.call(client, WRITE, write_kwargs("1"))  # and the client goes on


def test_write_before_it_was_read(way: Way) -> None:
    """A write whose connection breaks at once is made again only where the system says it never was connected."""
    with broken_server(reset_at_once, respond) as server, client_at(server.url) as client:
        try:
            assert way.call(client, WRITE, write_kwargs("1")) == {"data": []}
        except httpx.TransportError as error:
            assert not isinstance(error, httpx.ConnectError)
            assert server.requests == []


@pytest.mark.parametrize("behave", [reset_after_request, drip])
def test_write_is_repeated_on_request(way: Way, behave: Behaviour) -> None:
    """With ``retry_writes`` it is repeated, with the same body."""
    with broken_server(behave, respond) as server, client_at(server.url, retry=NoWait(retry_writes=True)) as client:
        assert way.call(client, WRITE, write_kwargs("1")) == {"data": []}
    bodies = {request.partition(b"\r\n\r\n")[2] for request in server.requests}
    assert (len(server.requests), len(bodies)) == (2, 1)


def test_refused_connection(way: Way) -> None:
    """A refused connection is tried again for any method, and told as what it is in the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    policy = NoWait(jitter=0)
    with client_at(url, retry=policy) as client, pytest.raises(httpx.ConnectError):
        way.call(client, WRITE, write_kwargs("1"))
    assert policy.waits == [1, 2, 4]


def test_name_that_does_not_resolve(way: Way) -> None:
    """A host that does not exist is a connection that was never made."""
    policy = NoWait(jitter=0)
    settings = {"allow_http": "nowhere.invalid", "retry": policy}
    with client_at("http://nowhere.invalid", **settings) as client, pytest.raises(httpx.ConnectError):
        way.call(client, WRITE, write_kwargs("1"))
    assert policy.waits == [1, 2, 4]


def test_server_comes_back(criteo: FakeCriteo, way: Way) -> None:
    """A write goes through once the server takes connections again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    servers: list[HTTPServer] = []

    class Restart(NoWait):
        def sleep(self, seconds: float) -> None:
            server = LoopbackServer(port)
            server.expect_request(write_kwargs()["url"], method="PATCH").respond_with_json({"data": []})
            server.start()
            servers.append(server)

        async def sleep_async(self, seconds: float) -> None:
            self.sleep(seconds)

    try:
        with client_at(f"http://127.0.0.1:{port}", retry=Restart()) as client:
            assert way.call(client, WRITE, write_kwargs()) == {"data": []}
    finally:
        for server in servers:
            server.stop()
    assert len(servers) == 1


@pytest.mark.parametrize("behave", [silence, drip, reset_after_request])
def test_network_errors_hold_no_secret(way: Way, behave: Behaviour) -> None:
    """Neither the traceback nor the pickle of a network error holds the token or the body."""
    name = "-".join(("a", "name", "in", "a", "body"))  # in pieces: a traceback shows the source
    with (
        broken_server(behave) as server,
        client_at(server.url) as client,
        pytest.raises(httpx.TransportError) as caught,
    ):
        way.call(client, WRITE, write_kwargs("1", name=name))
    all_text = "".join(traceback.format_exception(caught.value)) + repr(pickle.dumps(caught.value))
    assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)
    assert TOKEN not in all_text
    assert name not in all_text


# --- many callers ---

MANY = 100


def own_tokens(criteo: FakeCriteo, **settings: Any) -> AuthenticatedClient:
    """A client that gets its own tokens, with retries that take no time."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    return AuthenticatedClient(criteo.url, auth=auth, **{"retry": NoWait(), **settings})


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    """What the threads give, all begun together."""
    results: list[object] = []
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_threads(criteo: FakeCriteo) -> None:
    """100 threads on one new client: one httpx client, one token request, every call answered."""
    with own_tokens(criteo) as client:
        results = in_threads(MANY, lambda: (call(client, WRITE, write_kwargs())["data"], id(client.get_httpx_client())))
        assert set(map(repr, results)) == {repr(([], id(client.get_httpx_client())))}
    assert (len(criteo.token_calls), len(criteo.calls)) == (1, MANY)


def test_threads_of_the_same_moment_make_one_httpx_client() -> None:
    """Wherever threads are switched: here each that is to make it pauses in the middle."""

    def transport() -> httpx.BaseTransport:
        time.sleep(0.05)
        return httpx.MockTransport(lambda _: httpx.Response(200))

    client = AuthenticatedClient("https://api.criteo.com", "a-token", httpx_args={"transport": transport})
    assert len(set(in_threads(8, client.get_httpx_client))) == 1
    client.close()


def test_many_tasks(criteo: FakeCriteo) -> None:
    """100 tasks on one new client: one httpx client, one token request, every call answered."""

    async def work() -> list[Any]:
        async with own_tokens(criteo) as client:
            return await asyncio.gather(*(call_async(client, WRITE, write_kwargs()) for _ in range(MANY)))

    assert [body["data"] for body in asyncio.run(work())] == [[]] * MANY
    assert (len(criteo.token_calls), len(criteo.calls)) == (1, MANY)


def test_no_more_connections_than_allowed(criteo: FakeCriteo, way: Way) -> None:
    """However many call at once, no more calls are under way than there may be connections."""
    lock, busy, most = threading.Lock(), 0, 0

    def count(_: Request) -> Response:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        threading.Event().wait(0.005)
        with lock:
            busy -= 1
        return answer({"data": []})

    criteo.answers.extend([count] * 40)

    async def tasks(client: AuthenticatedClient) -> None:
        await asyncio.gather(*(call_async(client, WRITE, write_kwargs()) for _ in range(20)))

    with client_of(criteo, limits=httpx.Limits(max_connections=2)) as client:
        in_threads(20, lambda: call(client, WRITE, write_kwargs()))
        assert most == 2
        asyncio.run(tasks(client))
    assert (most, len(criteo.calls)) == (2, 40)


def test_limits_can_be_lifted(criteo: FakeCriteo) -> None:
    """Without a limit of connections no call waits for another."""
    barrier = threading.Barrier(12)

    def all_at_once(_: Request) -> Response:
        barrier.wait(30)
        return answer({"data": []})

    criteo.answers.extend([all_at_once] * 12)

    async def tasks(client: AuthenticatedClient) -> list[Any]:
        return await asyncio.gather(*(call_async(client, WRITE, write_kwargs()) for _ in range(12)))

    with client_of(criteo, limits=httpx.Limits(max_connections=None)) as client:
        assert asyncio.run(tasks(client)) == [{"data": []}] * 12
        barrier.reset()
        criteo.answers.extend([all_at_once] * 12)
        assert in_threads(12, lambda: call(client, WRITE, write_kwargs())) == [{"data": []}] * 12


def test_cancelled_calls_give_their_place_back(criteo: FakeCriteo) -> None:
    """Tasks that are cancelled, under way or waiting for their turn, do not keep the others waiting."""
    begun, release = threading.Semaphore(0), threading.Event()

    def hold(_: Request) -> Response:
        begun.release()
        release.wait(30)
        return answer({"data": []})

    criteo.answers.extend([hold] * 2)

    async def work() -> None:
        async with client_of(criteo, limits=httpx.Limits(max_connections=2)) as client:
            tasks = [asyncio.create_task(call_async(client, WRITE, write_kwargs())) for _ in range(6)]
            for _ in range(2):
                await asyncio.to_thread(begun.acquire)
            for task in tasks[:4]:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(result) for result in results] == [asyncio.CancelledError] * 4 + [dict] * 2

    try:
        asyncio.run(work())
    finally:
        release.set()


def test_storm_over_many_threads(criteo: FakeCriteo) -> None:
    """A storm of 429 over many threads ends with every call answered or told, and no thread left over."""
    criteo.answers.extend(rate_limited(reset_in=1) for _ in range(150))
    with own_tokens(criteo, retry=NoWait(budget=1e9)) as client:
        results = in_threads(50, lambda: call(client, WRITE, write_kwargs()))
    failed = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(error, RateLimitError) for error in failed)
    assert len(results) == 50
    assert len(criteo.calls) == 150 + 50 - len(failed)


def test_token_endpoint_down_and_back(criteo: FakeCriteo, way: Way) -> None:
    """While no token can be had calls fail; once it can, they go on, with the same client."""
    criteo.token_answers.append(oauth_error("invalid_client"))
    with own_tokens(criteo) as client:
        with pytest.raises(Exception, match="invalid_client") as caught:
            way.call(client, WRITE, write_kwargs())
        assert CLIENT_SECRET not in str(caught.value)
        assert way.call(client, WRITE, write_kwargs())["data"] == []
    assert len(criteo.calls) == 1


# --- answers of any size ---


def test_large_answer(criteo: FakeCriteo) -> None:
    """50,000 segments in one answer become 50,000 models, in order."""
    entities = [{"id": str(n), "type": "T", "attributes": {"name": f"Segment {n}"}} for n in range(50_000)]
    criteo.answers.append(Response(json.dumps({"data": entities}), content_type="application/json"))
    with client_of(criteo) as client:
        answered = bulk_update_audience_segments.sync(
            "42", client=client, body=RmAudienceSegmentBulkUpdateInputV1(data=[])
        )
    assert [segment.id for segment in answered.data or []] == [str(n) for n in range(50_000)]


# --- proxies ---


@contextmanager
def proxy_for(criteo: FakeCriteo) -> Iterator[tuple[str, list[str]]]:
    """An HTTP proxy that answers for any host with what the fake Criteo says; the hosts it was asked for."""
    hosts: list[str] = []

    def forward(request: Request) -> Response:
        hosts.append(request.environ["HTTP_HOST"])
        url = criteo.url + request.environ["REQUEST_URI"].partition("criteo.test")[2]
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "connection")}
        with httpx.Client(trust_env=False, verify=False) as http:
            answered = http.request(request.method, url, content=request.get_data(), headers=headers)
        return Response(answered.content, answered.status_code, content_type=answered.headers.get("content-type"))

    with LoopbackServer() as proxy:
        proxy.expect_request(re.compile(".*")).respond_with_handler(forward)
        yield proxy.url_for(""), hosts


def test_environment_proxies_work(criteo: FakeCriteo, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """With retries on, calls and token requests go through the proxy that the environment names."""
    criteo.answers.append(rate_limited())
    with proxy_for(criteo) as (url, hosts):
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        criteo.valid_tokens.add(TOKEN)
        with client_at("http://criteo.test", allow_http="criteo.test", timeout=30) as client:
            assert way.call(client, WRITE, write_kwargs())["data"] == []
    assert hosts == ["criteo.test", "criteo.test"]
    assert [call.token for call in criteo.calls] == [TOKEN, TOKEN]


def test_proxy_that_is_gone(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that refuses the connection is a connection that was never made."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, url)
    policy = NoWait(jitter=0)
    settings = {"allow_http": "criteo.test", "retry": policy}
    with client_at("http://criteo.test", **settings) as client, pytest.raises(httpx.ConnectError):
        way.call(client, WRITE, write_kwargs())
    assert policy.waits == [1, 2, 4]
