"""What is alive: transports, httpx clients, connections, event loops; each belongs to one process and one loop."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from calling import READ, TOKEN, WRITE, NoWait, Way, client_of, operation, write_kwargs
from criteo_retail_media import AuthenticatedClient, Client, ClientCredentials
from criteo_retail_media._call import as_json, call, call_async
from criteo_retail_media.errors import ConfigurationError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from werkzeug import Response

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform has no fork")
fork_warns = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # Python 3.12, where threads run


def in_child(work: Callable[[], bool]) -> bool:
    """What the work gives in a forked process; nothing of pytest runs there."""
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if work() else 3)
        finally:
            os._exit(4)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def raises(error: type[Exception], text: str, work: Callable[[], object]) -> bool:
    """Whether the work raises that."""
    try:
        work()
    except error as caught:
        return text in str(caught)
    return False


# --- what the caller hands over ---


@forks
@fork_warns
def test_an_httpx_client_that_was_set_is_refused_in_a_fork(criteo: FakeCriteo, way: Way) -> None:
    """A child would read its parent's answers; it is told so, may set a client of its own, and leaves the parent's."""
    with client_of(criteo) as client:
        client.set_httpx_client(httpx.Client()).set_async_httpx_client(httpx.AsyncClient())
        variant = client.with_headers({"X": "1"})

        def child() -> bool:
            text = "belongs to another process"
            refused = raises(RuntimeError, text, lambda: way.call(client, WRITE, write_kwargs()))
            refused &= raises(RuntimeError, text, lambda: way.call(variant, WRITE, write_kwargs()))
            client.set_httpx_client(httpx.Client()).set_async_httpx_client(httpx.AsyncClient())
            way.call(client, WRITE, write_kwargs())
            client.close()
            return refused

        assert in_child(child)
        way.call(client, WRITE, write_kwargs())
    assert len(criteo.calls) == 2
    asyncio.run(client.aclose())


def test_an_async_client_that_was_set_is_refused_in_another_loop(criteo: FakeCriteo) -> None:
    """Its sockets belong to the first loop that called."""
    client = client_of(criteo).set_async_httpx_client(httpx.AsyncClient())

    async def first() -> None:
        await call_async(client, WRITE, write_kwargs())
        await client.get_async_httpx_client().aclose()

    asyncio.run(first())
    with pytest.raises(RuntimeError, match="belongs to another event loop"):
        asyncio.run(call_async(client, WRITE, write_kwargs()))
    assert len(criteo.calls) == 1


@pytest.mark.parametrize("name", ["transport", "mounts"])
@pytest.mark.parametrize("make", [httpx.HTTPTransport, httpx.AsyncHTTPTransport])
def test_a_live_transport_is_refused(name: str, make: Callable[[], Any]) -> None:
    """With what to give instead."""
    live = make()
    given = live if name == "transport" else {"https://": live}
    with pytest.raises(TypeError, match=rf"{name}.*function that makes one, such as lambda: httpx\.{make.__name__}"):
        AuthenticatedClient(token=TOKEN, httpx_args={name: given})
    with pytest.raises(TypeError, match="must be a function"):
        AuthenticatedClient(token=TOKEN, httpx_args={name: "x" if name == "transport" else {"https://": "x"}})


@pytest.mark.parametrize("name", ["transport", "mounts"])
def test_transports_are_made_for_each_loop(criteo: FakeCriteo, way: Way, name: str) -> None:
    """A function that makes the transport is called once for each event loop, and once for all threads."""
    created: list[object] = []

    def make() -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            created.append(httpx.HTTPTransport())
        else:
            created.append(httpx.AsyncHTTPTransport())
        return created[-1]

    given = make if name == "transport" else {"http://": make, "https://": None}
    with client_of(criteo, httpx_args={name: given}) as client:
        for _ in range(3):
            way.call(client, WRITE, write_kwargs())
    assert len(set(map(id, created))) == (1 if len(created) == 1 else 3)
    assert len(criteo.calls) == 3


@forks
@fork_warns
def test_transports_are_made_for_each_process(criteo: FakeCriteo) -> None:
    """A child makes its own."""
    created: list[int] = []

    def make() -> httpx.HTTPTransport:
        created.append(os.getpid())
        return httpx.HTTPTransport()

    with client_of(criteo, httpx_args={"transport": make}) as client:
        call(client, WRITE, write_kwargs())
        assert in_child(lambda: bool(call(client, WRITE, write_kwargs())) and created == [os.getppid(), os.getpid()])
        call(client, WRITE, write_kwargs())
    assert created == [os.getpid()]


def test_a_transport_of_the_wrong_kind_is_told(way: Way) -> None:
    """A sync transport for asyncio, or the other way round, is a TypeError that says what is needed."""
    for make, needed in ((httpx.HTTPTransport, "AsyncBaseTransport"), (httpx.AsyncHTTPTransport, "BaseTransport")):
        client = AuthenticatedClient(token=TOKEN, httpx_args={"transport": make})
        is_sync = way.call is call
        if (make is httpx.AsyncHTTPTransport) is is_sync:
            with pytest.raises(TypeError, match=f"needs an httpx.{needed}"):
                way.call(client, WRITE, write_kwargs())


def test_transports_without_sockets_serve_everywhere(way: Way) -> None:
    """httpx's mock transport is taken as it is."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"path": request.url.path}))
    with AuthenticatedClient(token=TOKEN, httpx_args={"transport": transport}) as client:
        for _ in range(2):
            assert way.call(client, READ, {"method": "get", "url": "/x"}) == {"path": "/x"}


# --- variants ---


def test_variants_share_connections(criteo: FakeCriteo, way: Way) -> None:
    """``with_headers`` and its siblings send through their parent's connections, each with its own settings."""
    created: list[int] = []

    def make() -> Any:
        created.append(1)
        return httpx.HTTPTransport() if way.call is call else httpx.AsyncHTTPTransport()

    loops = 5 if way.call is not call else 1
    with client_of(criteo, httpx_args={"transport": make}, limits=httpx.Limits(max_connections=2)) as client:
        for n in range(5):
            variant = client.with_headers({"X-N": str(n)}).with_cookies({"n": str(n)}).with_timeout(7 + n)
            way.call(variant, WRITE, write_kwargs())
            assert way.call is not call or variant.get_httpx_client().timeout == httpx.Timeout(7 + n)
            assert variant.max_connections == 2
            variant.close()
        assert len(created) == loops
        way.call(client, WRITE, write_kwargs())
    assert [(sent.headers.get("x-n"), sent.headers.get("cookie")) for sent in criteo.calls] == [
        *((str(n), f"n={n}") for n in range(5)),
        (None, None),
    ]


def test_variants_share_the_gate(criteo: FakeCriteo) -> None:
    """Calls of a client and of its variants wait for one another."""
    with client_of(criteo) as client:
        variant = client.with_headers({"X": "1"}).with_timeout(5)
        assert variant.connection().gate is client.connection().gate
    with pytest.raises(RuntimeError, match="client is closed"):
        call(variant, WRITE, write_kwargs())


def test_variants_go_through_an_httpx_client_that_was_set(criteo: FakeCriteo, way: Way) -> None:
    """Whichever is set at the time; it stays open when the variant is closed."""
    with client_of(criteo) as client:
        variant = client.with_headers({"X-One": "1"})
        way.call(variant, WRITE, write_kwargs())
        client.set_httpx_client(httpx.Client(headers={"X-Own": "1"}))
        client.set_async_httpx_client(httpx.AsyncClient(headers={"X-Own": "1"}))
        with variant:
            way.call(variant, WRITE, write_kwargs())
        assert not client.get_httpx_client().is_closed
        asyncio.run(client.get_async_httpx_client().aclose())
    assert [sent.token for sent in criteo.calls] == [TOKEN] * 2
    assert [sent.headers["x-one"] for sent in criteo.calls] == ["1"] * 2


def test_variants_follow_redirects_and_keep_the_token_at_home(criteo: FakeCriteo, way: Way) -> None:
    """As their parent does."""
    elsewhere = criteo.url.replace("127.0.0.1", "localhost")
    seen: list[str | None] = []

    def note(request: Any) -> Any:
        seen.append(request.headers.get("X-Auth"))
        return Response('{"data": null}')

    criteo.server.expect_request("/old").respond_with_data("", 307, {"Location": f"{elsewhere}/new"})
    criteo.server.expect_request("/new").respond_with_handler(note)
    with AuthenticatedClient(criteo.url, TOKEN, "", "X-Auth", follow_redirects=True) as client:
        way.call(client.with_headers({"X": "1"}), READ, {"method": "get", "url": "/old"})
        way.call(client.with_headers({"X": "1"}), READ, {"method": "get", "url": "/new"})
    assert seen == [None, TOKEN]


# --- redirects by hand ---


@pytest.mark.parametrize("header", ["Authorization", "X-Auth"])
def test_redirects_by_hand_keep_the_token_at_home(criteo: FakeCriteo, header: str) -> None:
    """Through the httpx client that is handed out, by its own argument or request by request, sync and asyncio."""
    elsewhere = criteo.url.replace("127.0.0.1", "localhost")
    seen: list[str | None] = []

    def note(request: Any) -> Any:
        seen.append(request.headers.get(header))
        return Response('{"data": null}')

    criteo.server.expect_request("/old").respond_with_data("", 307, {"Location": f"{elsewhere}/new"})
    criteo.server.expect_request("/new").respond_with_handler(note)
    with AuthenticatedClient(criteo.url, TOKEN, auth_header_name=header) as client:
        http = client.get_httpx_client()
        assert http.get("/old", follow_redirects=True).status_code == 200
        redirect = http.get("/old")
        assert redirect.next_request is not None
        assert http.send(redirect.next_request).status_code == 200
        assert http.send(redirect.next_request, auth=None).status_code == 200

        async def by_hand() -> None:
            http = client.get_async_httpx_client()
            assert (await http.get("/old", follow_redirects=True)).status_code == 200
            redirect = await http.get("/old")
            assert redirect.next_request is not None
            assert (await http.send(redirect.next_request, auth=None)).status_code == 200

        asyncio.run(by_hand())
        assert http.get("/new").status_code == 200
    assert seen == [None] * 5 + [f"Bearer {TOKEN}"]


# --- where secrets go ---


def test_the_token_endpoint_is_where_the_calls_go(criteo: FakeCriteo, way: Way) -> None:
    """Credentials without ``token_url`` ask below the client's ``base_url``, and never production."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET)
    with AuthenticatedClient(criteo.url + "/", auth=auth, retry=NoWait()) as client:
        assert way.call(client, WRITE, write_kwargs()) is not None
        assert way.call(client.with_headers({"X": "1"}), WRITE, write_kwargs()) is not None
    assert auth.token_url == criteo.token_url
    assert len(criteo.token_calls) == 1
    AuthenticatedClient(criteo.url, auth=auth)  # the same again
    for other in ({"base_url": "https://other.test"}, {}):
        with pytest.raises(ValueError, match="make one auth for each base_url, or give token_url"):
            AuthenticatedClient(auth=auth, **other)


def test_base_url_and_token_host_may_differ(criteo: FakeCriteo, way: Way) -> None:
    """Each named explicitly; the token goes to the origin of ``base_url`` only."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url.replace("127.0.0.1", "localhost"))
    with AuthenticatedClient(criteo.url, auth=auth) as client:
        assert way.call(client, WRITE, write_kwargs()) is not None
        assert (
            "authorization"
            not in client.get_httpx_client()
            .get(criteo.url.replace("127.0.0.1", "localhost") + write_kwargs()["url"] + "/1/contact-list")
            .request.headers
        )
    assert AuthenticatedClient("https://api.eu.example.com", auth=auth)
    assert auth.token_url == criteo.token_url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "a.b.LOCALHOST", "127.0.0.1", "127.8.8.8", "[::1]"])
def test_http_to_this_machine_is_fine(host: str) -> None:
    """Names below localhost are this machine's (RFC 6761)."""
    assert AuthenticatedClient(f"http://{host}:8080", auth=ClientCredentials("id", "secret"))
    assert ClientCredentials("id", "secret", token_url=f"http://{host}:8080/token")


@pytest.mark.parametrize("host", ["mock", "localhost.example.com", "example.com", "10.0.0.1", "notlocalhost"])
def test_http_elsewhere_needs_its_name(host: str) -> None:
    """A token goes over http to another machine only where ``allow_http`` names exactly that one."""
    url = f"http://{host}:8080"
    for allowed in (None, "", "*", "other", f"x{host}", url):
        with pytest.raises(ValueError, match="https"):
            AuthenticatedClient(url, TOKEN, allow_http=allowed)
        with pytest.raises(ValueError, match="https"):
            ClientCredentials("id", "secret", token_url=f"{url}/token", allow_http=allowed)
    assert AuthenticatedClient(url, auth=ClientCredentials("id", "secret"), allow_http=host)
    assert ClientCredentials("id", "secret", token_url=f"{url}/token", allow_http=host.upper())
    assert Client(url)  # without a token there is nothing to protect


def test_from_env_takes_a_host_of_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """``CRITEO_ALLOW_HTTP`` names the mock in the neighbouring container."""
    for name, value in {"CLIENT_ID": "id", "CLIENT_SECRET": "s", "BASE_URL": "http://mock:8080"}.items():
        monkeypatch.setenv(f"CRITEO_{name}", value)
    with pytest.raises(ConfigurationError, match="CRITEO_BASE_URL must begin with https"):
        AuthenticatedClient.from_env()
    monkeypatch.setenv("CRITEO_ALLOW_HTTP", "mock")
    assert "mock:8080" in repr(AuthenticatedClient.from_env())


# --- certificates ---


def test_verify_ssl_takes_a_path(tmp_path: Path) -> None:
    """A `Path`, as a string; one that is missing is named at once, one that holds no CAs at the first call."""
    with AuthenticatedClient(token=TOKEN, verify_ssl=Path(certifi.where())) as client:
        client.get_httpx_client()
    for missing in (tmp_path / "no.pem", str(tmp_path / "no.pem")):
        with pytest.raises(FileNotFoundError, match=r"verify_ssl.*no\.pem"):
            AuthenticatedClient(token=TOKEN, verify_ssl=missing)
    (tmp_path / "odd.pem").write_text("nothing")
    client = AuthenticatedClient(token=TOKEN, verify_ssl=tmp_path / "odd.pem")
    with pytest.raises(ConfigurationError, match=r"odd\.pem holds no CAs"):
        client.get_httpx_client()
    assert isinstance(ssl.create_default_context(), ssl.SSLContext)


# --- event loops that are dropped ---


def descriptors() -> int:
    """How many this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this platform does not list its descriptors")
def test_loops_that_are_dropped_leave_no_sockets(criteo: FakeCriteo) -> None:
    """Event loops that nobody closed take their connections along."""
    with client_of(criteo) as client:
        for n in range(30):
            if n == 5:
                gc.collect()
                before = descriptors()
            loop = asyncio.new_event_loop()
            loop.run_until_complete(call_async(client, WRITE, write_kwargs()))
            del loop
        deadline = time.monotonic() + 10
        while descriptors() > before + 8 and time.monotonic() < deadline:
            gc.collect()
            threading.Event().wait(0.01)
        assert descriptors() <= before + 8
        assert call(client, WRITE, write_kwargs()) is not None


# --- the process ---


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_is_left_alone(criteo: FakeCriteo, way: Way, enabled: bool) -> None:
    """Neither while an answer is read nor afterwards is it switched on or off."""
    seen: list[bool] = []

    def read(data: Any) -> Any:
        seen.append(gc.isenabled())
        return data

    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with client_of(criteo) as client:
            way.call(client, operation("PATCH", s200=as_json(lambda: read)), write_kwargs())
        assert [*seen, gc.isenabled()] == [enabled] * 2
    finally:
        (gc.enable if was else gc.disable)()
