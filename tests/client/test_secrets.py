"""No secret in what can be seen: what a server repeats, errors and their pickles, rich, tracebacks with variables."""

from __future__ import annotations

import copy
import io
import pickle
import traceback
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from broken_server import BrokenServer, broken_server
from calling import READ, WRITE, NoWait, Way, client_at, client_of, operation, read_kwargs, write_kwargs
from criteo_retail_media import (
    AuthenticatedClient,
    AuthorizationCode,
    Client,
    ClientCredentials,
    DecodeError,
    RefreshToken,
    TokenError,
)
from criteo_retail_media._call import as_json, call
from criteo_retail_media._redaction import Redaction
from criteo_retail_media.auth import StaticToken
from criteo_retail_media.client import _Cookies
from criteo_retail_media.errors import ApiError, ConfigurationError, EncodeError, Problem, one_line, problem_lines
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, answer, problem
from werkzeug import Response

SECRET = "tok/en+with~every&kind-of_sign"
STEM = "every"  # what is in it however it is spelled


def escape_all(text: str) -> str:
    """JSON escapes for every character."""
    return "".join(f"\\u{ord(c):04X}" for c in text)


SPELLINGS = {
    "plain": SECRET,
    "slash": SECRET.replace("/", "\\/"),
    "unicode": escape_all(SECRET),
    "url": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "url twice": quote(quote(SECRET, safe=""), safe=""),
    "form in html": quote_plus(SECRET).replace("%", "&#37;"),
    "html": SECRET.replace("&", "&amp;").replace("/", "&#x2F;"),
    "json in url": quote(escape_all(SECRET), safe=""),
    "json twice": escape_all(SECRET).replace("\\", "\\\\"),
}


def seen_in(error: BaseException) -> str:
    """All that can be seen of an error: text, repr, members, pickle, and its causes'."""
    shown = ""
    for each in (error, error.__cause__, error.__context__):
        if each is not None:
            members = dict(each.__dict__)
            headers = dict(members.get("headers") or {})
            shown += f"{each}{each!r}{members}{headers}{pickle.dumps(each)!r}{pickle.dumps(members)!r}"
    return shown.replace("\\x00", "")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("header", ["Authorization", "X-Token"])
@pytest.mark.parametrize("place", ["error", "page", "utf-16", "header", "2xx", "2xx path"])
def test_a_token_that_is_repeated_is_left_out(
    criteo: FakeCriteo, way: Way, spelling: str, header: str, place: str
) -> None:
    """However a server spells the token, and wherever it puts it: no error holds it."""
    text = SPELLINGS[spelling]
    body = '{"errors": [{"code": "odd", "detail": "you sent ' + text + '"}]}'
    status, headers = 400, {}
    if place == "page":
        body = f"<html>you sent {text}</html>"
    elif place == "header":
        body, headers = "{}", {"X-Echo": f"you sent {text}"}
    elif place == "2xx":
        status, body = 200, '{"data": {"id": "' + text + '"'
    elif place == "2xx path":
        status, body = 200, '{"' + text + '": "' + text + '"}'
    content = body.encode("utf-16" if place == "utf-16" else "utf-8")
    criteo.server.expect_request("/echo").respond_with_data(content, status, headers)

    def read(data: Any) -> Any:
        ((key, value),) = data.items()
        raise DecodeError(f"{value!r:.80} is wrong", path=key)

    target = operation("GET", s200=as_json(lambda: read))
    client = AuthenticatedClient(criteo.url, SECRET, auth_header_name=header, retry=None)
    with client, pytest.raises((ApiError, DecodeError)) as caught:
        way.call(client, target, {"method": "get", "url": "/echo"})
    shown = seen_in(caught.value)
    assert SECRET not in shown
    assert text not in shown
    assert STEM not in shown


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_client_secret_that_is_repeated_is_left_out(criteo: FakeCriteo, way: Way, spelling: str) -> None:
    """So with the client secret and the token endpoint's answer, whatever its status, and in its content type."""
    text = SPELLINGS[spelling]
    for status in (200, 401, 500):
        body = '{"error": "' + text + '", "error_description": "' + text + '"}'
        criteo.token_answers.append(Response(body, status, content_type=f"a/b;{text}"))
        auth = ClientCredentials(CLIENT_ID, SECRET, token_url=criteo.token_url)
        client = AuthenticatedClient(criteo.url, auth=auth, retry=None)
        with client, pytest.raises(TokenError) as caught:
            way.call(client, READ, read_kwargs())
        assert STEM not in seen_in(caught.value)


ECHOES = {
    "status line": "HTTP/1.1 200{} OK\r\n\r\n",
    "no HTTP": "{}\r\n\r\n",
    "chunk": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\n",
    "coding": "HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: 1\r\n\r\nx",
    "port": "HTTP/1.1 302 Found\r\nLocation: http://x:{}/\r\nContent-Length: 0\r\n\r\n",
    "scheme": "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/{}\r\nContent-Length: 0\r\n\r\n",
    "path": "HTTP/1.1 302 Found\r\nLocation: /{}\r\nContent-Length: 0\r\n\r\n",
    "no URL": "HTTP/1.1 302 Found\r\nLocation: mailto:{}\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("spelling", ["plain", "slash", "url", "url twice"])
@pytest.mark.parametrize("place", ECHOES)
def test_a_token_in_what_is_no_answer_is_left_out(way: Way, spelling: str, place: str) -> None:
    """HTTP's own errors quote what came, and a redirect's address goes into an error: neither holds the token."""
    answer = ECHOES[place].format(SPELLINGS[spelling]).encode()

    def echo(server: BrokenServer, connection: Any) -> None:
        server.read_request(connection)
        connection.sendall(answer)

    with broken_server(*[echo] * 2) as server:
        client = AuthenticatedClient(server.url, SECRET, retry=None, follow_redirects=True, timeout=5)
        with client, pytest.raises((DecodeError, httpx.TransportError)) as caught:
            way.call(client, WRITE, write_kwargs())
    error: BaseException | None = caught.value
    assert STEM not in str(getattr(error, "request", httpx.Request("GET", "https://x.test")).url)
    while error is not None:
        assert STEM not in f"{error}{error.args}{error.__dict__}"
        error = error.__cause__ or error.__context__
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)  # can be made at all
    assert "".join(frames.format())


def test_what_cannot_be_sent_is_not_quoted(criteo: FakeCriteo, way: Way) -> None:
    """A header of the caller's own httpx client may be secret under any name."""
    client = client_of(criteo, retry=None)
    client.set_httpx_client(httpx.Client(headers={"X-Key": f"{SECRET}\n"}))
    client.set_async_httpx_client(httpx.AsyncClient(headers={"X-Key": f"{SECRET}\n"}))
    with pytest.raises(httpx.LocalProtocolError, match="Illegal header value") as caught:
        way.call(client, WRITE, write_kwargs())
    way.close(client)
    assert STEM not in seen_in(caught.value)


def test_text_without_a_secret_stays_as_it_is(criteo: FakeCriteo, way: Way) -> None:
    """An error's body and headers are left alone where they repeat nothing."""
    content = b'{"errors": [{"code": "odd", "detail": "50%25 of \\u00e9 &amp; + more"}]}'
    criteo.answers.append(Response(content, 400, {"X-Trace": "a%2Fb"}))
    with client_of(criteo) as client, pytest.raises(ApiError) as caught:
        way.call(client, READ, read_kwargs())
    assert caught.value.content == content
    assert caught.value.headers["x-trace"] == "a%2Fb"
    assert caught.value.problems[0].detail == "50%25 of é &amp; + more"


def test_redaction_survives_what_is_nested_deeply() -> None:
    """A body that is nested beyond what can be walked is left out as a whole."""
    redaction = Redaction([SECRET])
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    assert redaction.json(deep) is None
    assert SECRET.encode() not in redaction.content(b"[" * 5000 + SECRET.encode(), deep)


# --- the caller's hooks ---


def test_hooks_do_not_see_token_requests(criteo: FakeCriteo) -> None:
    """A hook that calls ``raise_for_status`` meets API calls alone; its error holds neither token nor body."""
    criteo.token_answers.append(answer({}, 500))
    seen: list[str] = []

    def note(request: httpx.Request) -> None:
        seen.append(request.url.path)

    def refuse_404(response: httpx.Response) -> None:
        if response.status_code in (404, 500):
            response.raise_for_status()

    hooks = {"request": [note], "response": [httpx.Response.raise_for_status]}
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    with AuthenticatedClient(criteo.url, auth=auth, retry=NoWait(), httpx_args={"event_hooks": hooks}) as client:
        assert call(client, WRITE, write_kwargs()) is not None
        client.get_httpx_client().event_hooks = {"response": [refuse_404]}
        criteo.expire_tokens()
        criteo.token_answers.extend([answer({}, 500), answer({"access_token": "the-second-token"})])
        criteo.answers.append(problem(401, "authorization-token-expired"))
        criteo.answers.append(answer({"token": "the-second-token"}, 404, {"X-Echo": "the-second-token"}))
        with pytest.raises(httpx.HTTPStatusError) as caught:
            call(client, WRITE, write_kwargs(name="a-name-in-a-body"))
    assert seen == [write_kwargs()["url"]]
    error = caught.value
    shown = f"{error.__dict__}{error.request.headers}{error.request.content!r}{error.response.headers}"
    shown += repr(pickle.dumps(error.__dict__))
    assert error.response.status_code == 404
    for secret in (CLIENT_SECRET, "the-client-secret", "the-second-token", "a-name-in-a-body"):
        assert secret not in shown


# --- rich, and tracebacks with variables ---

SETTINGS: dict[str, Any] = {
    "headers": {"X-Key": "hidden-header"},
    "cookies": {"c": "hidden-cookie"},
    "httpx_args": {"proxy": "http://u:hidden-proxy@p.test"},
}


def rich_text(*values: object) -> str:
    """What rich prints."""
    rich = pytest.importorskip("rich.console", reason="rich is a development dependency of the repository alone")
    console = rich.Console(file=io.StringIO(), width=4000)
    from rich.pretty import pprint

    for value in values:
        console.print(value)
        pprint(value, console=console)
    text: str = console.file.getvalue()
    return text


def test_rich_shows_no_secret(criteo: FakeCriteo) -> None:
    """`rich.print` takes the fields of attrs classes, whatever their repr says."""
    clients = [
        AuthenticatedClient(token="hidden-token", **SETTINGS),
        AuthenticatedClient(auth=ClientCredentials("id", "hidden-secret"), **SETTINGS),
        AuthenticatedClient(auth=RefreshToken("id", "hidden-secret", "hidden-refresh")),
        Client(**SETTINGS),
    ]
    clients.append(clients[0].with_headers({"X": "hidden-2"}))
    assert "hidden" not in rich_text(*clients)
    with client_of(criteo) as client:
        call(client, WRITE, write_kwargs())
        assert "a-token-that" not in rich_text(client, client.connection(), vars(client.connection().auth))


def refused_clients() -> list[dict[str, Any]]:
    """Settings that cannot be, each with secrets beside them."""
    secrets = {**SETTINGS, "token": "hidden-token"}
    return [
        {**secrets, "base_url": "https://u:hidden-password@x.test"},
        {**secrets, "base_url": "http://api.example.com"},
        {**secrets, "base_url": "no url"},
        {**secrets, "auth": httpx.Auth()},
        {**secrets, "token": "hidden\n"},
        {**secrets, "prefix": "hidden\nX: y"},
        {**secrets, "auth_header_name": "hidden: x"},
        {**secrets, "headers": {"X": "hidden\r\nY: z"}},
        {**secrets, "headers": {"X": "hidd\u00e9n-hidden"}},
        {**secrets, "cookies": {"X": "hidden; y=z"}},
        {**secrets, "cookies": {"X": "hidden\n"}},
        {**secrets, "verify_ssl": "/no/such/file.pem"},
        {**secrets, "headers": [("X", "hidden")]},
        {**secrets, "retry": "hidden"},
        {**secrets, "limits": "hidden"},
        {**secrets, "timeout": "hidden"},
        {**secrets, "httpx_args": {"headers": {"X": "hidden\n"}}},
        {**secrets, "httpx_args": {"headers": {"X": "hidd\u00e9n-hidden"}}},
        {**secrets, "httpx_args": {"cookies": {"X": "hidden\n"}}},
        {**secrets, "httpx_args": {"proxy": "htp://u:hidden@x.test"}},
        {**secrets, "httpx_args": {"proxy": "http://u:hidden@x.test:1hidden"}},
        {**secrets, "httpx_args": {"no_such": "hidden"}},
        {**secrets, "max_answer": 0},
        {**secrets, "httpx_args": {**SETTINGS["httpx_args"], "transport": httpx.HTTPTransport()}},
    ]


@pytest.mark.parametrize("settings", refused_clients())
def test_a_client_that_is_refused_can_be_shown(settings: dict[str, Any]) -> None:
    """A traceback with variables, rich's too, can be made of a client that is half-made, and shows no secret of it."""
    given = copy.copy(settings)
    del settings  # this function's own variables are the test's
    with pytest.raises((TypeError, ValueError, OSError)) as caught:
        AuthenticatedClient(**given)
    own = caught.value.__traceback__
    assert own is not None
    frames = traceback.TracebackException(type(caught.value), caught.value, own.tb_next, capture_locals=True)
    assert "hidden" not in "".join(frames.format())
    assert "hidden" not in str(caught.value)
    rich_traceback = pytest.importorskip("rich.traceback", reason="rich is a development dependency of the repository")
    shown = rich_traceback.Traceback.from_exception(type(caught.value), caught.value, own.tb_next, show_locals=True)
    assert "hidden" not in rich_text(shown)


@pytest.mark.parametrize(
    ("grant", "arguments", "settings"),
    [
        (ClientCredentials, ("id", "hidden-secret"), {"token_url": "http://api.example.com"}),
        (ClientCredentials, ("id", "hidden-secret\n"), {}),
        (ClientCredentials, ("", "hidden-secret"), {}),
        (RefreshToken, ("id", "hidden-secret", "hidden-token "), {}),
        (AuthorizationCode, ("id", "hidden-secret", "hidden-code", ""), {}),
        (AuthorizationCode, ("id", None, "hidden-code", "https://x.test"), {"code_verifier": "hidden"}),
        (StaticToken, ("hidden-token\n",), {}),
    ],
)
def test_a_grant_that_is_refused_can_be_shown(grant: Any, arguments: tuple[Any, ...], settings: dict[str, Any]) -> None:
    """Its secrets are in no variable of a traceback."""
    given, arguments, settings = (arguments, settings), (), {}
    with pytest.raises(ValueError, match=r"\w") as caught:
        grant(*given[0], **given[1])
    own = caught.value.__traceback__
    assert own is not None
    frames = traceback.TracebackException(type(caught.value), caught.value, own.tb_next, capture_locals=True)
    assert "hidden" not in "".join(frames.format())


def test_cookies_of_a_server_are_not_kept_beside_those_of_httpx_args(criteo: FakeCriteo, way: Way) -> None:
    """The caller's cookies are sent, however they were given; a server's are not."""
    criteo.extra_headers["Set-Cookie"] = "theirs=1"
    with client_of(criteo, cookies={"mine": "1"}, httpx_args={"cookies": {"other": "2"}}) as client:
        for _ in range(2):
            way.call(client, WRITE, write_kwargs())
    assert [call.headers["cookie"] for call in criteo.calls] == ["mine=1; other=2"] * 2


def test_no_answer_is_searched_for_cookies() -> None:
    """Which httpx, in the lowest version and in the newest, would do for each, in a twentieth of a call."""
    with AuthenticatedClient(token="a-token") as client:
        for each in (client, client.with_headers({"X": "1"})):
            assert isinstance(each.get_httpx_client().cookies, _Cookies)
            assert isinstance(each.get_async_httpx_client().cookies, _Cookies)


@pytest.mark.parametrize(
    "environment",
    [
        {"CRITEO_BASE_URL": "http://api.example.com"},
        {"CRITEO_BASE_URL": "https://u:hidden@x.test"},
        {"CRITEO_CLIENT_SECRET": "hidden-secret\n"},
        {"CRITEO_CLIENT_SECRET": "hidden\nsecret"},
        {"CRITEO_CLIENT_ID": "hidden-id "},
        {"CRITEO_BASE_URL": "no url"},
    ],
)
def test_from_env_holds_no_secret_where_it_raises(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named; no variable of any frame holds a value."""
    values = {"CRITEO_CLIENT_ID": "an-id", "CRITEO_CLIENT_SECRET": "hidden-secret", **environment}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (named,) = environment
    environment, values = {}, {}
    with pytest.raises(ConfigurationError, match=f"variable {named}") as caught:
        AuthenticatedClient.from_env()
    own = caught.value.__traceback__
    assert own is not None
    frames = traceback.TracebackException(type(caught.value), caught.value, own.tb_next, capture_locals=True)
    assert "hidden" not in "".join(frames.format())


def test_network_errors_show_no_secret_with_variables(way: Way) -> None:
    """Nor do the frames beneath a call that broke."""
    client = client_at("http://127.0.0.1:1", headers={"X-Key": "hidden-header"}, retry=None)
    with client, pytest.raises(httpx.ConnectError) as caught:
        way.call(client, WRITE, write_kwargs("1", name="a-name-in-a-body"))
    error: BaseException | None = caught.value
    while error is not None:
        frames = error.__traceback__
        while frames is not None:
            module = frames.tb_frame.f_globals["__name__"]
            assert not module.startswith(("h11", "httpcore._"))
            frames = frames.tb_next
        error = error.__cause__


# --- text from outside ---


def test_text_from_outside_is_one_line() -> None:
    """Bounded and printable, whatever it holds: no escape of a terminal, no forged line of a log."""
    evil = "a\x1b[31m\r\n\u2028ERROR forged\u202e\x00" + "x" * 100_000
    line = one_line(evil)
    assert line.isprintable()
    assert len(line) <= 201
    for error in (
        DecodeError(evil, path=evil),
        TokenError(evil, error=evil, error_description=evil),
        ApiError(400, problems=(Problem(code=evil, detail=evil, instance=evil),), url=f"https://x/{evil}"),
    ):
        assert str(error).isprintable()
        assert len(str(error)) < 2500


def test_many_problems_are_five_lines_and_a_count() -> None:
    """100,000 warnings of an answer are not 100,000 lines."""
    lines = list(problem_lines(Problem(code=f"c{n}") for n in range(100_000)))
    assert lines == [*(f"c{n}" for n in range(5)), "and 99995 more problems"]
    assert list(problem_lines([])) == []


# --- headers for one call ---


def test_headers_for_one_call(criteo: FakeCriteo, way: Way) -> None:
    """``headers=`` are sent with one call, beside and before the client's; detailed calls and streams take them too."""
    criteo.add_segments(1)
    with client_of(criteo, headers={"X-One": "1", "X-Two": "2"}) as client:
        way.call(client, WRITE, write_kwargs(), headers={"X-Correlation-Id": "c-1", "x-two": "3"})
        way.detailed(client, WRITE, write_kwargs(), headers={"X-Correlation-Id": "c-2"})
        way.call(client, WRITE, write_kwargs())
    sent = [(c.headers.get("x-one"), c.headers.get("x-two"), c.headers.get("x-correlation-id")) for c in criteo.calls]
    assert sent == [("1", "3", "c-1"), ("1", "2", "c-2"), ("1", "2", None)]


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "a\r\nY: b"},
        {"X": "a\nb"},
        {"X": "a\x00"},
        {"X": " a"},
        {"X": "a "},
        {"X": "é"},
        {"X": 1},
        {"X": None},
        {"X y": "a"},
        {"X:": "a"},
        {"": "a"},
        {1: "a"},
        {"Authorization": "Bearer other"},
        {"Content-Length": "1"},
        {"transfer-encoding": "chunked"},
        {"Host": "elsewhere"},
        [("X", "a")],
        "X: a",
    ],
)
def test_headers_that_could_do_harm_are_refused(criteo: FakeCriteo, way: Way, headers: Any) -> None:
    """What could break the header, frame another message, or replace the token is refused by name; nothing is sent."""
    with client_of(criteo) as client, pytest.raises(EncodeError, match=r"^headers") as caught:
        way.call(client, WRITE, write_kwargs(), headers=headers)
    assert "\n" not in str(caught.value)
    assert criteo.calls == []
