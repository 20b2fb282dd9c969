"""Every link of a call's chain × every fault × read and write: what is repeated, what is final, and no write twice."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from broken_server import (
    Behaviour,
    BrokenServer,
    broken_server,
    close_after_request,
    cut_body,
    drip,
    reset_after_request,
    respond,
    silence,
)
from calling import READ, TOKEN, WRITE, NoWait, Way, client_at, read_kwargs, write_kwargs
from criteo_retail_media import AuthenticatedClient, ClientCredentials, RetryPolicy, TokenError, downloads
from criteo_retail_media._call import Operation, as_json
from criteo_retail_media.errors import CriteoError, DecodeError, ServerError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, html, oauth_error, problem
from handmade import operation as module_of

SEARCH: Operation[Any] = Operation(
    id="searchThings",
    method="POST",
    path="/things",
    tag="T",
    scopes=("T_Read", "U_Read"),
    answers={200: as_json(lambda: dict)},
)
SEARCH_KWARGS = {"method": "post", "url": "/things", "json": {}}

CALLS = {"read": (READ, read_kwargs()), "search": (SEARCH, SEARCH_KWARGS), "write": (WRITE, write_kwargs("1"))}
calls = pytest.mark.parametrize("kind", CALLS)


def status(code: int, body: bytes = b"") -> Behaviour:
    """An answer with this status."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        head = f"HTTP/1.1 {code} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)

    return behave


def status_500(server: BrokenServer, connection: socket.socket) -> None:
    """A server that fails."""
    status(500)(server, connection)


def status_503(server: BrokenServer, connection: socket.socket) -> None:
    """A server that is not there."""
    status(503)(server, connection)


FAULTS = [reset_after_request, close_after_request, silence, drip, cut_body, status_500, status_503]


# --- the answer ---


@calls
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_the_answer(way: Way, kind: str, fault: Behaviour) -> None:
    """A read, also one by POST, is repeated after any of them; a write is sent once."""
    target, kwargs = CALLS[kind]
    with broken_server(fault, respond) as server, client_at(server.url) as client:
        if kind == "write":
            with pytest.raises((httpx.TransportError, ServerError)):
                way.call(client, target, kwargs)
        else:
            assert way.call(client, target, kwargs) == {"data": []}
        assert len(server.requests) == (1 if kind == "write" else 2)


@pytest.mark.parametrize(
    ("method", "scopes", "is_read"),
    [
        ("GET", (), True),
        ("HEAD", (), True),
        ("OPTIONS", ("A_Manage",), True),
        ("POST", ("A_Read",), True),
        ("POST", ("A_Read", "B_Read"), True),
        ("POST", ("A_Read", "B_Manage"), False),
        ("POST", ("A_Reader",), False),
        ("POST", (), False),
        ("PUT", ("A_Manage",), False),
    ],
)
def test_what_a_read_is(method: str, scopes: tuple[str, ...], is_read: bool) -> None:
    """GET, HEAD and OPTIONS are, and what needs only scopes to read; nothing else."""
    described: Operation[Any] = Operation(id="x", method=method, path="/", tag="T", scopes=scopes, answers={})
    assert described.is_read is is_read


@pytest.mark.parametrize("retry_writes", [False, True])
def test_a_write_is_never_repeated_on_500(way: Way, retry_writes: bool) -> None:
    """Not even where the caller lets writes be repeated."""
    with broken_server(status_500, respond) as server:
        with client_at(server.url, retry=NoWait(retry_writes=retry_writes)) as client, pytest.raises(ServerError):
            way.call(client, WRITE, write_kwargs("1"))
        assert len(server.requests) == 1


# --- the token ---


def token(server: BrokenServer, connection: socket.socket) -> None:
    """A token."""
    body = f'{{"access_token": "{TOKEN}", "token_type": "Bearer"}}'.encode()
    status(200, body)(server, connection)


def with_credentials(url: str, **settings: Any) -> AuthenticatedClient:
    """A client that gets its own tokens, impatiently."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=f"{url}/oauth2/token")
    timeout = httpx.Timeout(10, read=0.2)
    return AuthenticatedClient(url, auth=auth, **{"retry": NoWait(), "timeout": timeout, **settings})


@calls
@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_the_token_request(way: Way, kind: str, fault: Behaviour) -> None:
    """Each is a connection never made: the token is asked for again for any call, which is sent once."""
    target, kwargs = CALLS[kind]
    with broken_server(fault, fault, token, respond) as server, with_credentials(server.url) as client:
        assert way.call(client, target, kwargs) == {"data": []}
        assert [request.split()[1] for request in server.requests][:3] == [b"/oauth2/token"] * 3
        assert len(server.requests) == 4


def test_the_policy_covers_the_token_request(way: Way) -> None:
    """With 20 attempts an endpoint that is late comes in time, after the policy's waits; with none it is asked once."""
    policy = NoWait(max_attempts=20, jitter=0, budget=1000)
    late = [*[status_503] * 12, token, respond]
    with broken_server(*late) as server, with_credentials(server.url, retry=policy) as client:
        assert way.call(client, WRITE, write_kwargs()) == {"data": []}
    assert policy.waits == [1, 2, *[4] * 10]
    with broken_server(status_503, token) as server, with_credentials(server.url, retry=RetryPolicy.none()) as client:
        with pytest.raises(TokenError, match="status 503") as caught:
            way.call(client, WRITE, write_kwargs())
        assert (caught.value.attempts, caught.value.is_transient, len(server.requests)) == (1, True, 1)


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "invalid_scope"])
def test_a_refusal_is_final_at_once(criteo: FakeCriteo, way: Way, error: str) -> None:
    """What the token endpoint refuses is asked once, and the call is not made."""
    criteo.token_answers.append(oauth_error(error))
    client = with_credentials(criteo.url)
    with client, pytest.raises(TokenError, match=error) as caught:
        way.call(client, WRITE, write_kwargs())
    assert (caught.value.is_transient, len(criteo.token_calls), criteo.calls) == (False, 1, [])


def refused_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_token_error_says_why_no_answer_came(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection, a name that does not resolve, a proxy's refusal: each is told, without the secret."""
    policy = NoWait(jitter=0)
    errors_by_name: dict[str, TokenError] = {}

    def ask(name: str, token_url: str, **settings: Any) -> None:
        auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=token_url)
        client = AuthenticatedClient("http://localhost", auth=auth, retry=policy, **settings)
        with client, pytest.raises(TokenError) as caught:
            way.call(client, WRITE, write_kwargs())
        errors_by_name[name] = caught.value

    ask("refused", f"http://127.0.0.1:{refused_port()}/")
    ask("dns", "https://nowhere.invalid/token")
    for code in (403, 407):
        with broken_server(status(code)) as proxy:
            args = {"proxy": proxy.url.replace("//", "//u:hidden@")}
            ask(f"proxy {code}", "https://api.invalid/token", httpx_args=args)
            assert len(proxy.requests) == 1
    assert "the connection was refused (ConnectError)" in str(errors_by_name["refused"])
    assert "the host's name cannot be resolved (ConnectError)" in str(errors_by_name["dns"])
    for code in (403, 407):
        assert f"the proxy answered {code} (ProxyError)" in str(errors_by_name[f"proxy {code}"])
    for error in errors_by_name.values():
        assert CLIENT_SECRET not in f"{error}{error.__dict__}"
        assert "hidden" not in f"{error}{error.__dict__}"


# --- the proxy ---


@contextmanager
def connecting_proxy(*codes: int) -> Iterator[BrokenServer]:
    """A proxy that answers CONNECT with these statuses, one after the other."""
    with broken_server(*map(status, codes)) as proxy:
        yield proxy


@calls
@pytest.mark.parametrize("code", [502, 503, 504])
def test_a_proxy_that_cannot_connect(way: Way, kind: str, code: int) -> None:
    """The connection was never made: every call is repeated, and the proxy's last answer is raised."""
    target, kwargs = CALLS[kind]
    with connecting_proxy(*[code] * 4) as proxy:
        client = AuthenticatedClient("https://api.invalid", TOKEN, retry=NoWait(), httpx_args={"proxy": proxy.url})
        with client, pytest.raises(httpx.ProxyError, match=str(code)):
            way.call(client, target, kwargs)
        assert len(proxy.requests) == 4
    assert all(TOKEN.encode() not in request for request in proxy.requests)


@calls
def test_a_failed_handshake_behind_a_proxy_keeps_no_connection(way: Way, kind: str) -> None:
    """However often TLS fails in the tunnel, the next call still gets a connection."""
    target, kwargs = CALLS[kind]
    with connecting_proxy(*[200] * 12) as proxy:
        client = AuthenticatedClient("https://api.invalid", TOKEN, retry=NoWait(), httpx_args={"proxy": proxy.url})
        with client:

            def call() -> None:
                with pytest.raises(httpx.TransportError) as caught:
                    way.call(client, target, kwargs)
                assert not isinstance(caught.value, httpx.PoolTimeout)

            for _ in range(3):
                call()
        assert len(proxy.requests) == 12


@calls
@pytest.mark.parametrize("code", [403, 407, 500])
def test_a_proxy_that_refuses(way: Way, kind: str, code: int) -> None:
    """A refusal is final."""
    target, kwargs = CALLS[kind]
    with connecting_proxy(code, code) as proxy:
        client = AuthenticatedClient("https://api.invalid", TOKEN, retry=NoWait(), httpx_args={"proxy": proxy.url})
        with client, pytest.raises(httpx.ProxyError, match=str(code)):
            way.call(client, target, kwargs)
        assert len(proxy.requests) == 1


# --- the certificate ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that signs itself, and a server's context with it."""
    folder = tmp_path_factory.mktemp("tls")
    key, path = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        openssl = subprocess.run([*command, "-keyout", key, "-out", path], capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    assert openssl.returncode == 0, openssl.stderr.decode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return path, context


@pytest.fixture
def untrusted(certificate: tuple[Path, ssl.SSLContext]) -> Iterator[tuple[str, list[int]]]:
    """A TLS server whose certificate nobody trusts, and how often it was met."""
    met: list[int] = []

    def shake(_: BrokenServer, connection: socket.socket) -> None:
        met.append(1)
        try:
            with certificate[1].wrap_socket(connection, server_side=True) as secured:
                secured.recv(1)
        except OSError:
            return  # the client has left, as it should

    with broken_server(*[shake] * 5) as server:
        yield server.url.replace("http://", "https://"), met


def test_a_certificate_that_is_trusted(way: Way, certificate: tuple[Path, ssl.SSLContext]) -> None:
    """A call goes over TLS, with a deadline too, where ``verify_ssl`` names the certificate."""
    path, context = certificate

    def serve(server: BrokenServer, connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            respond(server, secured)

    with broken_server(serve, serve) as server:
        url = server.url.replace("http://", "https://")
        with client_at(url, verify_ssl=path, timeout=10, keep_alive=False) as client:
            assert way.call(client, READ, read_kwargs()) == {"data": []}
            assert way.call(client, WRITE, write_kwargs("1"), deadline=10) == {"data": []}
        assert len(server.requests) == 2


@calls
def test_a_certificate_that_is_not_trusted_is_final(way: Way, kind: str, untrusted: tuple[str, list[int]]) -> None:
    """The next attempt would meet it too."""
    url, met = untrusted
    target, kwargs = CALLS[kind]
    with client_at(url, timeout=10) as client, pytest.raises(httpx.ConnectError):
        way.call(client, target, kwargs)
    assert len(met) == 1


def test_a_token_endpoint_whose_certificate_is_not_trusted(way: Way, untrusted: tuple[str, list[int]]) -> None:
    """The TokenError says so, after one attempt."""
    url, met = untrusted
    client = with_credentials(url, timeout=10)
    with client, pytest.raises(TokenError, match="certificate is not trusted") as caught:
        way.call(client, WRITE, write_kwargs())
    assert (len(met), caught.value.is_transient) == (1, False)


# --- a download's body ---

FILE = module_of("GetFile", "GET", "/files/{file_id}", answer=bytes, parameters=("file_id",))


def cut(body: bytes, at: int) -> Behaviour:
    """An answer that breaks off."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:at])

    return behave


def to_file(is_async: bool) -> Callable[..., int]:
    """Both ways to write a file."""

    def run(path: Path, **arguments: Any) -> int:
        if is_async:
            return asyncio.run(downloads.to_file_async(FILE, path, file_id="7", **arguments))
        return downloads.to_file(FILE, path, file_id="7", **arguments)

    return run


both = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
BODY = bytes(range(256)) * 1000


@both
def test_a_download_that_broke_begins_again(tmp_path: Path, is_async: bool) -> None:
    """Twice cut, in the end whole: no byte of the earlier attempts is in the file, and the count begins again."""
    counted: list[int] = []
    with (
        broken_server(cut(BODY, 200_000), cut(BODY, 10), cut(BODY, len(BODY))) as server,
        client_at(server.url) as client,
    ):
        size = to_file(is_async)(tmp_path / "f", client=client, on_progress=lambda came, _: counted.append(came))
        assert len(server.requests) == 3
    assert (tmp_path / "f").read_bytes() == BODY
    assert size == len(BODY)
    assert counted != sorted(counted)


@both
def test_a_download_is_given_up_with_its_policy(tmp_path: Path, is_async: bool) -> None:
    """The attempts are those of the call, answers and bodies together; nothing stays."""
    with broken_server(status_503, *[cut(BODY, 10)] * 3) as server, client_at(server.url) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            to_file(is_async)(tmp_path / "f", client=client)
        assert len(server.requests) == 4
    assert list(tmp_path.iterdir()) == []


@both
def test_what_came_can_be_verified(tmp_path: Path, is_async: bool) -> None:
    """Size and MD5 are compared before the file takes its place; where one differs, nothing stays."""
    md5 = "900150983cd24fb0d6963f7d28e17f72"
    with broken_server(cut(b"abc", 3), cut(b"abc", 3), cut(b"abc", 3)) as server, client_at(server.url) as client:
        for wrong in ({"size": 4}, {"md5": "0" * 32}):
            with pytest.raises(DecodeError, match="the body"):
                to_file(is_async)(tmp_path / "f", client=client, **wrong)
            assert list(tmp_path.iterdir()) == []
        assert to_file(is_async)(tmp_path / "f", client=client, size=3, md5=md5.upper()) == 3


# --- what leaves a call ---

ODD = [
    "mailto:someone@example.com",
    "http://xn--\u00fc.example/",
    "http://xn--a.example/",
    "http://[::1",
    "http://a b/",
    "http://\u00ad.example/",
    "//",
    "http://" + "a" * 70 + ".example/",
    "http://example.com:99999999/",
    "ftp://example.com/",
    "\x01",
    "",
    "javascript:alert(1)",
    "data:,x",
    "http://user:pass@/",
]


@pytest.mark.parametrize("location", ODD)
@pytest.mark.parametrize("follow", [False, True])
def test_an_odd_redirect_is_a_documented_error(way: Way, location: str, follow: bool) -> None:
    """Whatever address an answer redirects to, the call ends in one of the errors that it documents."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        head = b"HTTP/1.1 302 There\r\nContent-Length: 0\r\nLocation: " + location.encode() + b"\r\n\r\n"
        connection.sendall(head)

    with broken_server(*[behave] * 4) as server, client_at(server.url, follow_redirects=follow) as client:
        with pytest.raises((CriteoError, httpx.TransportError)) as caught:
            way.call(client, WRITE, write_kwargs())
        assert len(str(caught.value)) < 1000


@pytest.mark.filterwarnings("ignore:Criteo's API version:DeprecationWarning")
def test_odd_heads_leave_documented_errors_only(way: Way) -> None:
    """Headers that make no sense are survived, or end in a documented error."""
    lines = [
        'Content-Type: application/json; charset="\x7f',
        "Content-Type: application/json; charset*=x'y'z",
        "Content-Type: application/json; charset*0*=utf-9''%ff; charset*1=x",
        "Content-Type: ;;;=;",
        "Date: Mon, 99 Foo 99999 99:99:99 +9999999",
        "Retry-After: Mon, 99",
        "Retry-After: " + "9" * 400,
        "x-ratelimit-reset: -inf",
        "Sunset: \x1b[31m" + "x" * 5000,
        "Deprecation: " + "\u2028" * 10,
        "Set-Cookie: \x7f=;;;=",
        "Content-Encoding: ,,,",
        "Location: /x",
    ]

    def answers(code: int, line: str) -> Behaviour:
        def behave(server: BrokenServer, connection: socket.socket) -> None:
            server.read_request(connection)
            head = f"HTTP/1.1 {code} X\r\n{line}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
            connection.sendall(head.encode())

        return behave

    for line in lines:
        for code in (200, 429, 503):
            with broken_server(*[answers(code, line)] * 4) as server, client_at(server.url) as client:
                try:
                    way.call(client, READ, read_kwargs())
                except (CriteoError, httpx.TransportError) as error:
                    assert len(str(error)) < 2000
                    assert re.search(r"[\x00-\x1f]", str(error)) is None


def test_the_first_refusal_of_the_api_is_told(criteo: FakeCriteo, way: Way) -> None:
    """A 400 after a transient failure of the token is the caller's own."""
    criteo.token_answers.append(html(502))
    criteo.answers.append(problem(400, "odd"))
    with with_credentials(criteo.url) as client, pytest.raises(Exception, match="400"):
        way.call(client, WRITE, write_kwargs())
    assert (len(criteo.token_calls), len(criteo.calls)) == (2, 1)
