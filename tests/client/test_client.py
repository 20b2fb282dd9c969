"""Clients: how they are made, what they share, how they end, and that they hold no secret in sight."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import pickle
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from calling import READ, TOKEN, WRITE, Way, client_of, read_kwargs, write_kwargs
from criteo_retail_media import AuthenticatedClient, Client, ClientCredentials, RetryPolicy
from criteo_retail_media._call import call, call_async
from criteo_retail_media.client import USER_AGENT
from criteo_retail_media.errors import ApiError, AuthenticationError, ConfigurationError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from werkzeug import Response

PRODUCTION = "https://api.criteo.com"


def with_credentials(criteo: FakeCriteo, **settings: Any) -> AuthenticatedClient:
    """A client that gets its own tokens."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    return AuthenticatedClient(criteo.url, auth=auth, **settings)


# --- making one ---


def test_defaults() -> None:
    """Without settings: production, 60 s and 5 s to connect, no redirects, retries on."""
    with AuthenticatedClient(token=TOKEN) as client:
        http = client.get_httpx_client()
        assert http.base_url == PRODUCTION
        assert http.timeout == httpx.Timeout(60, connect=5)
        assert http.follow_redirects is False
        assert http.headers["User-Agent"] == USER_AGENT
        assert client.retry == RetryPolicy()


def test_positional_arguments_of_the_generator() -> None:
    """``AuthenticatedClient(base_url, token, prefix, auth_header_name)`` still works, by position and by name."""
    client = AuthenticatedClient("https://x.test", TOKEN, "Token", "X-Auth")
    named = AuthenticatedClient(base_url="https://x.test", token=TOKEN, prefix="Token", auth_header_name="X-Auth")
    for each in (client, named):
        assert (each.token, each.prefix, each.auth_header_name) == (TOKEN, "Token", "X-Auth")


def test_token_goes_into_its_header(criteo: FakeCriteo, way: Way) -> None:
    """Prefix and header of a static token can be chosen; without a prefix the token stands alone."""
    seen: list[tuple[str | None, str | None]] = []

    def note(request: Any) -> Response:
        seen.append((request.headers.get("Authorization"), request.headers.get("X-Auth")))
        return Response('{"data": null}')

    criteo.server.expect_request("/x").respond_with_handler(note)
    for settings in (("Bearer",), ("Token",), ("", "X-Auth")):
        with AuthenticatedClient(criteo.url, TOKEN, *settings) as client:
            way.call(client, READ, {"method": "get", "url": "/x"})
    assert seen == [(f"Bearer {TOKEN}", None), (f"Token {TOKEN}", None), (None, TOKEN)]


def test_auth_is_any_httpx_auth(criteo: FakeCriteo, way: Way) -> None:
    """``auth`` takes what httpx takes: a user's own scheme, with the same retries and errors."""

    class Own(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            request.headers["Authorization"] = f"Bearer {TOKEN}"
            yield request

    criteo.valid_tokens.add(TOKEN)
    with AuthenticatedClient(criteo.url, auth=Own()) as client:
        assert way.call(client, WRITE, write_kwargs()) is not None


@pytest.mark.parametrize(
    ("settings", "error", "text"),
    [
        ({}, TypeError, "auth=.* or else token="),
        ({"token": TOKEN, "auth": httpx.Auth()}, TypeError, "auth=.* or else token="),
        ({"auth": ("id", TOKEN)}, TypeError, "must be an httpx.Auth.* not tuple"),
        ({"token": ""}, ValueError, "token"),
        ({"token": f"{TOKEN}\n"}, ValueError, "token"),
        ({"token": TOKEN, "base_url": "api.criteo.com"}, ValueError, "base_url must be like"),
        ({"token": TOKEN, "base_url": "ftp://user:hidden@x/"}, ValueError, "base_url must be like"),
        ({"token": TOKEN, "base_url": "https://x/?a=b"}, ValueError, "base_url must be like"),
    ],
)
def test_mistakes_are_told(settings: dict[str, Any], error: type[Exception], text: str) -> None:
    """What cannot work is refused when the client is made, in words that hold no secret."""
    with pytest.raises(error, match=text) as caught:
        AuthenticatedClient(**settings)
    assert TOKEN not in str(caught.value)
    assert "hidden" not in str(caught.value)


def test_from_env(criteo: FakeCriteo, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """``from_env`` reads id, secret and base URL, and asks that host for the token."""
    monkeypatch.setenv("CRITEO_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("CRITEO_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("CRITEO_BASE_URL", criteo.url + "/")
    with AuthenticatedClient.from_env(timeout=7, retry=None) as client:
        assert way.call(client, WRITE, write_kwargs())["data"] == []
        assert client.get_httpx_client().timeout == httpx.Timeout(7)
    assert len(criteo.token_calls) == 1


def test_from_env_without_base_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``CRITEO_BASE_URL`` the API is the document's server; an argument counts before the variable."""
    monkeypatch.setenv("CRITEO_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("CRITEO_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.delenv("CRITEO_BASE_URL", raising=False)
    assert repr(AuthenticatedClient.from_env()) == f"AuthenticatedClient(base_url='{PRODUCTION}')"
    monkeypatch.setenv("CRITEO_BASE_URL", "https://one.test")
    assert "two.test" in repr(AuthenticatedClient.from_env(base_url="https://two.test"))


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "CRITEO_CLIENT_ID and CRITEO_CLIENT_SECRET"),
        ({"CRITEO_CLIENT_ID": "x"}, "variable CRITEO_CLIENT_SECRET,"),
        ({"CRITEO_CLIENT_SECRET": TOKEN}, "variable CRITEO_CLIENT_ID,"),
        ({"CRITEO_CLIENT_ID": "", "CRITEO_CLIENT_SECRET": TOKEN}, "variable CRITEO_CLIENT_ID,"),
    ],
)
def test_from_env_names_what_is_missing(
    environment: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is missing or empty is named, and no value is told."""
    for name in ("CRITEO_CLIENT_ID", "CRITEO_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=named) as caught:
        AuthenticatedClient.from_env()
    assert TOKEN not in str(caught.value)


def test_client_without_a_token(criteo: FakeCriteo, way: Way) -> None:
    """A plain `Client` sends no token, and keeps what httpx does with its arguments."""
    with Client(criteo.url) as client, pytest.raises(AuthenticationError):
        way.call(client, WRITE, write_kwargs())
    criteo.valid_tokens.add(TOKEN)
    with Client(criteo.url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        assert way.call(client, WRITE, write_kwargs())["data"] == []
    assert criteo.calls[0].token == ""


# --- settings reach the wire ---


def test_headers_cookies_and_arguments_are_sent(criteo: FakeCriteo, way: Way) -> None:
    """Headers, cookies and ``httpx_args`` are those of each request; a header of one's own replaces the default."""
    settings: dict[str, Any] = {
        "headers": {"X-One": "1", "user-agent": "mine"},
        "cookies": {"a": "b"},
        "httpx_args": {"params": {"page": "2"}},
    }
    with client_of(criteo, **settings) as client:
        way.call(client, WRITE, write_kwargs())
    (sent,) = criteo.calls
    assert (sent.headers["x-one"], sent.headers["user-agent"]) == ("1", "mine")
    assert (sent.headers["cookie"], sent.query) == ("a=b", "page=2")


def test_event_hooks_run(criteo: FakeCriteo) -> None:
    """``httpx_args`` takes httpx's event hooks."""
    seen: list[int] = []
    hooks = {"response": [lambda response: seen.append(response.status_code)]}
    with client_of(criteo, httpx_args={"event_hooks": hooks}) as client:
        call(client, WRITE, write_kwargs())
    assert seen == [200]


def test_one_hook_serves_both_kinds_of_calls(criteo: FakeCriteo) -> None:
    """A function that is not async is called by asyncio, too."""
    seen: list[int] = []
    hooks = {"response": [lambda response: seen.append(response.status_code)]}
    client = client_of(criteo, httpx_args={"event_hooks": hooks})
    call(client, WRITE, write_kwargs())
    asyncio.run(call_async(client, WRITE, write_kwargs()))
    assert seen == [200, 200]


def test_an_async_hook_serves_asyncio_alone(criteo: FakeCriteo) -> None:
    """A sync call says that it cannot await it, and nothing is sent."""
    seen: list[str] = []

    async def note(request: httpx.Request) -> None:
        seen.append(request.method)

    client = client_of(criteo, httpx_args={"event_hooks": {"request": [note]}})
    with pytest.raises(TypeError, match=r"note.* is async, which a sync call cannot await"):
        call(client, WRITE, write_kwargs())
    assert (seen, criteo.calls) == ([], [])
    asyncio.run(call_async(client, WRITE, write_kwargs()))
    assert seen == ["PATCH"]


def test_variants_leave_the_original_alone(criteo: FakeCriteo, way: Way) -> None:
    """``with_headers``, ``with_cookies`` and ``with_timeout`` change neither the original nor its live connections."""
    with client_of(criteo, headers={"X-One": "1"}) as client:
        http = client.get_httpx_client()
        with (
            client.with_headers({"X-Two": "2"}) as headed,
            client.with_cookies({"a": "b"}) as cooked,
            client.with_timeout(httpx.Timeout(3)) as timed,
        ):
            for each in (headed, cooked, timed, client):
                way.call(each, WRITE, write_kwargs())
            assert timed.get_httpx_client().timeout == httpx.Timeout(3)
            assert headed.get_httpx_client() is not http
        assert client.get_httpx_client() is http
        assert http.timeout == httpx.Timeout(60, connect=5)
        way.call(client, WRITE, write_kwargs())  # still open
    sent = [(c.headers.get("x-one"), c.headers.get("x-two"), c.headers.get("cookie")) for c in criteo.calls]
    assert sent == [("1", "2", None), ("1", None, "a=b"), ("1", None, None), ("1", None, None), ("1", None, None)]


def test_variants_share_the_token(criteo: FakeCriteo, way: Way) -> None:
    """A client and its variants get one token between them."""
    with with_credentials(criteo) as client, client.with_headers({"X": "1"}) as variant:
        way.call(client, WRITE, write_kwargs())
        way.call(variant, WRITE, write_kwargs())
    assert len(criteo.token_calls) == 1


# --- redirects ---


@pytest.mark.parametrize("follow", [False, True])
def test_redirects(criteo: FakeCriteo, way: Way, follow: bool) -> None:
    """A redirect is an error by default; where it is to be followed, it is, with the token on the same origin."""
    target = f"{criteo.url}{read_kwargs()['url']}"
    criteo.server.expect_request("/old").respond_with_data("", 302, {"Location": target})
    criteo.add_segments(1)
    with client_of(criteo, follow_redirects=follow) as client:
        if follow:
            assert way.call(client, READ, {"method": "get", "url": "/old"})["data"]["id"] == "1000"
        else:
            with pytest.raises(ApiError) as caught:
                way.call(client, READ, {"method": "get", "url": "/old"})
            assert (caught.value.status_code, criteo.calls) == (302, [])


@pytest.mark.parametrize("header", ["Authorization", "X-Auth"])
def test_redirect_elsewhere_goes_without_the_token(criteo: FakeCriteo, way: Way, header: str) -> None:
    """The token does not follow a redirect to another origin, whatever header carries it, raw requests included."""
    elsewhere = criteo.url.replace("127.0.0.1", "localhost")
    seen: list[str | None] = []

    def note(request: Any) -> Response:
        seen.append(request.headers.get(header))
        return Response('{"data": null}')

    criteo.server.expect_request("/old").respond_with_data("", 307, {"Location": f"{elsewhere}/new"})
    criteo.server.expect_request("/new").respond_with_handler(note)
    with AuthenticatedClient(criteo.url, TOKEN, auth_header_name=header, follow_redirects=True) as client:
        way.call(client, READ, {"method": "get", "url": "/old"})
        client.get_httpx_client().get("/old")
        client.get_httpx_client().get(f"{elsewhere}/new")
        client.get_httpx_client().get("/new")
    assert seen == [None, None, None, f"Bearer {TOKEN}"]


# --- httpx clients ---


def test_raw_requests_carry_the_token(criteo: FakeCriteo) -> None:
    """The httpx client that is handed out sends one's own requests with a token, which is renewed as for calls."""
    with with_credentials(criteo) as client:
        url = write_kwargs()["url"]
        assert client.get_httpx_client().patch(url, json={"data": []}).status_code == 200
        criteo.expire_tokens()
        assert client.get_httpx_client().patch(url, json={"data": []}).status_code == 200

        async def raw() -> int:
            return (await client.get_async_httpx_client().patch(url, json={"data": []})).status_code

        assert asyncio.run(raw()) == 200
    assert len(criteo.token_calls) == 2


@pytest.mark.parametrize("with_base_url", [True, False])
def test_httpx_client_of_ones_own(criteo: FakeCriteo, way: Way, with_base_url: bool) -> None:
    """A httpx client that is set is used, with its own settings and this client's token, and closed in the end."""
    settings: dict[str, Any] = {"headers": {"X-Own": "1"}} | ({"base_url": criteo.url} if with_base_url else {})
    http, http_async = httpx.Client(**settings), httpx.AsyncClient(**settings)
    with client_of(criteo) as client:
        assert client.set_httpx_client(http) is client
        assert client.set_async_httpx_client(http_async) is client
        assert client.get_httpx_client() is http
        assert client.get_async_httpx_client() is http_async
        way.call(client, WRITE, write_kwargs())
    assert criteo.calls[0].headers["x-own"] == "1"
    assert (criteo.calls[0].token, http.auth) == (TOKEN, None)
    assert http.is_closed
    asyncio.run(client.aclose())
    assert http_async.is_closed


def test_no_tls_context_before_the_first_call() -> None:
    """Making a client makes no TLS context; clients with default settings share one, which takes a process to see."""
    script = """
import gc, ssl
from criteo_retail_media import AuthenticatedClient

def contexts():
    return sum(isinstance(each, ssl.SSLContext) for each in gc.get_objects())

clients = [AuthenticatedClient(token="a-token") for _ in range(5)]
print(contexts())
for client in clients:
    client.get_httpx_client(), client.get_async_httpx_client()
print(contexts())
own = AuthenticatedClient(token="a-token", httpx_args={"trust_env": False})
own.get_httpx_client()
print(contexts())
"""
    assert run_python(script).split() == ["0", "1", "2"]


def run_python(script: str, *arguments: str, stdin: bytes = b"") -> str:
    """What a fresh interpreter prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    done = subprocess.run(command, input=stdin, env=environment, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_ca_paths_are_taken(tmp_path: Path) -> None:
    """``verify_ssl`` takes a file or a directory of CAs, a context, or False, without a warning."""
    context = ssl.create_default_context()
    for verify in (certifi.where(), str(tmp_path), context, False):
        with AuthenticatedClient(token=TOKEN, verify_ssl=verify) as client:
            client.get_httpx_client()


def test_one_httpx_client_however_many_threads(criteo: FakeCriteo) -> None:
    """Threads that call first at the same moment get the same httpx client."""
    client = client_of(criteo)
    barrier = threading.Barrier(32)
    created: list[httpx.Client] = []

    def first() -> None:
        barrier.wait()
        created.append(client.get_httpx_client())

    threads = [threading.Thread(target=first) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, created))) == 1
    client.close()


# --- event loops and processes ---


def test_event_loops_one_after_the_other(criteo: FakeCriteo) -> None:
    """A client serves several ``asyncio.run``, with an httpx client for each, closed when its loop ends."""
    created: list[httpx.AsyncClient] = []

    async def work(client: AuthenticatedClient) -> None:
        await call_async(client, WRITE, write_kwargs())
        await call_async(client, WRITE, write_kwargs())
        created.append(client.get_async_httpx_client())
        assert not created[-1].is_closed

    with with_credentials(criteo) as client:
        for _ in range(3):
            asyncio.run(work(client))
    assert [http.is_closed for http in created] == [True] * 3
    assert len(set(map(id, created))) == 3
    assert len(criteo.token_calls) == 1


def test_event_loops_at_the_same_time(criteo: FakeCriteo) -> None:
    """Loops in several threads each have their own httpx client."""
    created: list[httpx.AsyncClient] = []

    async def work(client: AuthenticatedClient) -> None:
        await call_async(client, WRITE, write_kwargs())
        created.append(client.get_async_httpx_client())

    with client_of(criteo) as client:
        threads = [threading.Thread(target=asyncio.run, args=(work(client),)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(map(id, created))) == 8


def test_loop_that_was_only_closed_is_dropped(criteo: FakeCriteo) -> None:
    """A loop that was closed without ``asyncio.run`` leaves nothing behind once another one calls."""
    with client_of(criteo) as client:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(call_async(client, WRITE, write_kwargs()))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio.run(call_async(client, WRITE, write_kwargs()))
        assert loop not in client._connections._process().loops


def test_httpx_client_outside_of_a_loop(criteo: FakeCriteo) -> None:
    """Outside of an event loop the async httpx client can be looked at too."""
    with client_of(criteo) as client:
        assert client.get_async_httpx_client() is client.get_async_httpx_client()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
@pytest.mark.filterwarnings(
    "ignore:.*fork.*:DeprecationWarning"
)  # Python 3.12 warns where threads run, as the server's
def test_fork_makes_its_own(criteo: FakeCriteo) -> None:
    """A forked child makes httpx clients of its own, even if the parent was about to make one, and its calls work."""
    with client_of(criteo) as client:
        call(client, WRITE, write_kwargs())
        parent = client.get_httpx_client()
        with client._connections._process().lock:
            pid = os.fork()
            if pid == 0:  # nothing of pytest may run in the child
                try:
                    call(client, WRITE, write_kwargs())
                    os._exit(0 if client.get_httpx_client() is not parent else 3)
                finally:
                    os._exit(4)
            assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert client.get_httpx_client() is parent
    assert len(criteo.calls) == 2


# --- closing ---


def test_closed_client_says_so(criteo: FakeCriteo, way: Way) -> None:
    """A closed client refuses calls, blocks and httpx clients, sync and asyncio alike, in clear words."""
    client = client_of(criteo)
    way.call(client, WRITE, write_kwargs())
    way.close(client)
    way.close(client)
    uses: list[Callable[[], object]] = [
        lambda: way.call(client, WRITE, write_kwargs()),
        client.get_httpx_client,
        client.get_async_httpx_client,
        client.__enter__,
    ]
    for use in uses:
        with pytest.raises(RuntimeError, match="client is closed: make a new one"):
            use()


def test_closing_closes_connections(criteo: FakeCriteo) -> None:
    """``close`` and ``aclose`` close the httpx clients."""
    client = client_of(criteo)
    http = client.get_httpx_client()
    client.close()
    assert http.is_closed

    async def work() -> tuple[httpx.Client, httpx.AsyncClient]:
        async with client_of(criteo) as client:
            await call_async(client, WRITE, write_kwargs())
            return client.get_httpx_client(), client.get_async_httpx_client()

    assert [each.is_closed for each in asyncio.run(work())] == [True, True]


def test_entering_twice_is_refused(criteo: FakeCriteo) -> None:
    """One client, one ``with`` block; a call before it does no harm."""
    client = client_of(criteo)
    call(client, WRITE, write_kwargs())
    with client, pytest.raises(RuntimeError, match="entered before"), client:
        pass
    with pytest.raises(RuntimeError, match="closed"), client:
        pass


def test_client_that_was_never_used_closes(criteo: FakeCriteo) -> None:
    """A block without a call opens nothing."""
    with client_of(criteo) as client:
        pass
    assert client._connections._process().sync is None


def test_sync_block_with_asyncio_inside(criteo: FakeCriteo) -> None:
    """A sync block can run asyncio inside; its connections are closed with the loop."""
    with client_of(criteo) as client:
        asyncio.run(call_async(client, WRITE, write_kwargs()))
        call(client, WRITE, write_kwargs())
    gc.collect()  # a socket left open would warn here, and warnings are errors
    assert len(criteo.calls) == 2


# --- what can be seen, and what is taken along ---


def test_repr_shows_no_secret() -> None:
    """The repr of a client shows where it calls, and nothing that is secret."""
    settings: dict[str, Any] = {
        "base_url": "https://x.test/api",
        "headers": {"X": "hidden"},
        "cookies": {"X": "hidden"},
        "httpx_args": {"proxy": "http://u:hidden@p.test"},
    }
    client = AuthenticatedClient(token=f"{TOKEN}-hidden", **settings)
    assert repr(client) == str(client) == "AuthenticatedClient(base_url='https://x.test/api')"
    assert repr(Client("https://x.test")) == "Client(base_url='https://x.test')"
    client = AuthenticatedClient(auth=ClientCredentials("id", "hidden"))
    assert "hidden" not in repr(client)
    with client:
        assert "hidden" not in repr(client.connection()) + repr(client.get_httpx_client())


@pytest.mark.parametrize("copied", [lambda c: pickle.loads(pickle.dumps(c)), copy.copy, copy.deepcopy])
def test_copies_are_the_configuration(criteo: FakeCriteo, way: Way, copied: Callable[[Client], Client]) -> None:
    """A copy or pickle has the settings, no connection and no token that was got, and is open and usable."""
    client = with_credentials(criteo, headers={"X-One": "1"}, timeout=7.0, limits=httpx.Limits(max_connections=2))
    way.call(client, WRITE, write_kwargs())
    assert b"token-1" not in pickle.dumps(client)
    client.close()
    with copied(client) as twin:
        assert twin._connections._process().sync is None
        assert twin._settings().keys() == client._settings().keys()
        assert way.call(twin, WRITE, write_kwargs())["data"] == []
        assert twin.get_httpx_client().timeout == httpx.Timeout(7)
    assert criteo.calls[1].headers["x-one"] == "1"


def test_pickled_client_works_in_another_process(criteo: FakeCriteo) -> None:
    """A client that is sent to a worker process makes its calls there."""
    script = """
import pickle, sys
client, operation_path = pickle.loads(sys.stdin.buffer.read())
from criteo_retail_media._call import Operation, as_json, call
operation = Operation(id="x", method="PATCH", path="", tag="", scopes=(), answers={200: as_json(lambda: dict)})
with client:
    print(call(client, operation, {"method": "patch", "url": operation_path, "json": {"data": []}})["data"])
"""
    pickled = pickle.dumps((with_credentials(criteo), write_kwargs()["url"]))
    assert run_python(script, stdin=pickled).strip() == "[]"
    assert len(criteo.token_calls) == 1


def test_settings_are_fixed() -> None:
    """A client's settings cannot be changed behind its connections' back."""
    client = AuthenticatedClient(token=TOKEN)
    with pytest.raises(AttributeError):
        client.token = "another"  # type: ignore[misc]  # frozen is what is tested
