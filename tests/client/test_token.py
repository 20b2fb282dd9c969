"""Tokens without I/O: the request, the answer, the life of a token, and when to ask again."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from criteo_retail_media._token import Token, TokenRequest, judge
from criteo_retail_media.errors import TokenError

URL = "https://api.example.com/oauth2/token"
SECRET = "p&q/r+s <t> 'é'"
ASKED = TokenRequest(URL, {"client_id": "id", "client_secret": SECRET, "grant_type": "client_credentials"})
CALL = httpx.Request("GET", "https://api.example.com/", headers={"User-Agent": "us/1"})


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, content=content, headers=headers, request=ASKED.build(CALL))


def granted(**members: Any) -> Token:
    body = {"access_token": "t", "token_type": "Bearer", "expires_in": 900, **members}
    token = judge(ASKED, answer(200, {name: value for name, value in body.items() if value is not ...}), 1, 0.0)
    assert isinstance(token, Token)
    return token


def refused(response: httpx.Response) -> TokenError:
    with pytest.raises(TokenError) as caught:
        judge(ASKED, response, 3, 0.0)
    return caught.value


def test_request_is_a_form_without_http_basic() -> None:
    """The secret is a field of the form, escaped, and no header holds credentials."""
    request = ASKED.build(CALL)
    assert request.content == (
        b"client_id=id&client_secret=p%26q%2Fr%2Bs+%3Ct%3E+%27%C3%A9%27&grant_type=client_credentials"
    )
    assert dict(request.headers) == {
        "host": "api.example.com",
        "accept": "application/json",
        "user-agent": "us/1",
        "content-length": "91",
        "content-type": "application/x-www-form-urlencoded",
    }


@pytest.mark.parametrize(
    ("timeouts", "expected"),
    [
        ({}, {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}),
        (httpx.Timeout(None).as_dict(), {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}),
        (httpx.Timeout(600, connect=1).as_dict(), {"connect": 1, "read": 30.0, "write": 30.0, "pool": 30.0}),
        (httpx.Timeout(2).as_dict(), {"connect": 2, "read": 2, "write": 2, "pool": 2}),
    ],
)
def test_timeouts_are_finite_and_not_longer_than_the_calls(
    timeouts: dict[str, float | None], expected: dict[str, float]
) -> None:
    """A token request never waits without end, nor longer than the call that needs it."""
    call = httpx.Request("GET", "https://api.example.com/", extensions={"timeout": timeouts} if timeouts else {})
    assert ASKED.build(call).extensions["timeout"] == expected


@pytest.mark.parametrize(
    ("expires_in", "renewed_after", "stale_after"),
    [
        (900, 840, 885),
        (900.0, 840, 885),
        ("900", 840, 885),
        (300, 240, 285),
        (10, 8, 9.5),
        ("1", 0.8, 0.95),
        (0, 0, 0),
        (-5, 0, 0),
        (..., 840, 885),
        (None, 840, 885),
        ("soon", 840, 885),
        (True, 840, 885),
        ([900], 840, 885),
        (float("inf"), 840, 885),
        (float("nan"), 840, 885),
        (10**400, 840, 885),
    ],
)
def test_token_is_renewed_a_minute_or_a_fifth_of_its_life_early(
    expires_in: Any, renewed_after: float, stale_after: float
) -> None:
    """Any ``expires_in`` gives a life: what is no number counts as the 900 s that Criteo's tokens live."""
    token = granted(expires_in=expires_in)
    assert (token.renew_at, token.stale_at) == pytest.approx((renewed_after, stale_after))


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", None, ...])
def test_bearer_is_read_in_any_case_or_assumed(kind: Any) -> None:
    """The token type is case-insensitive (RFC 6749 section 7.1); an absent one is taken for Bearer."""
    token = granted(token_type=kind)
    assert token.access_token == "t"


@pytest.mark.parametrize(
    ("refresh_token", "read"), [(None, None), (..., None), ("", None), (7, None), ("new", "new")], ids=str
)
def test_refresh_token_may_be_null_absent_or_a_string(refresh_token: Any, read: str | None) -> None:
    """Only a string that is not empty is a refresh token."""
    token = granted(refresh_token=refresh_token)
    assert token.refresh_token == read


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"access_token": ...}, "without access_token"),
        ({"access_token": None}, "without access_token"),
        ({"access_token": ""}, "without access_token"),
        ({"access_token": 7}, "without access_token"),
        ({"access_token": "hidden-1\r\nX: y"}, "that a header cannot carry"),
        ({"access_token": "hidden-2 é"}, "that a header cannot carry"),
        ({"token_type": "mac"}, "token_type that is not Bearer"),
        ({"token_type": 7}, "token_type that is not Bearer"),
    ],
)
def test_unusable_grant_is_refused_without_showing_it(members: dict[str, Any], why: str) -> None:
    """A 200 that holds no token a header can carry is a TokenError, which does not show the token."""
    with pytest.raises(TokenError, match=why) as caught:
        granted(**members)
    assert caught.value.status_code == 200
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome</html>", b'{"access_token": "hid', b"[]", b'"x"', b"\xff\xfe{", b"[" * 10**5],
    ids=["empty", "HTML", "truncated", "array", "string", "wrong charset", "nested"],
)
def test_garbage_with_status_200_is_a_token_error(body: bytes) -> None:
    """A captive portal's page, truncated JSON, JSON that is no object: each is a TokenError with the status."""
    error = refused(answer(200, body, **{"Content-Type": "text/html"}))
    assert (error.status_code, error.error, error.attempts) == (200, None, 3)
    assert str(error) == (
        f"no token from {URL}: an answer (text/html, {len(body)} bytes) without a JSON object"
        " after 3 attempts: status 200"
    )


@pytest.mark.parametrize(
    ("body", "error", "description"),
    [
        ({"error": "invalid_client"}, "invalid_client", None),
        ({"error": "invalid_grant", "error_description": "expired"}, "invalid_grant", "expired"),
        ({"errors": [{"code": "client-unknown", "title": "No", "detail": "None such"}]}, "client-unknown", "None such"),
        ({"errors": [{"code": "client-unknown", "title": "No"}]}, "client-unknown", "No"),
        ({"errors": []}, None, None),
        ({"error": None}, None, None),
        ([], None, None),
        (b"<html><h1>Bad gateway</h1></html>", None, None),
        (b"", None, None),
        (b'{"error": "inv', None, None),
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 520])
def test_refusal_says_status_and_code(status: int, body: object, error: str | None, description: str | None) -> None:
    """RFC 6749's error, Criteo's envelope, a page or nothing: the status is told, and the code where there is one."""
    refusal = refused(answer(status, body))
    assert (refusal.status_code, refusal.error, refusal.error_description) == (status, error, description)
    assert f"status {status}" in str(refusal)
    assert all(text in str(refusal) for text in (error, description) if text)


@pytest.mark.parametrize(
    "echo",
    [
        SECRET,
        "p%26q%2Fr%2Bs+%3Ct%3E+%27%C3%A9%27",
        "p%26q/r%2Bs%20%3ct%3e%20'%c3%a9'",
        "p&amp;q/r+s &lt;t&gt; &#x27;é&#39;",
    ],
    ids=["plain", "form", "URL", "HTML"],
)
def test_echo_of_the_secret_is_not_repeated(echo: str) -> None:
    """A server's text that holds the secret, plain or escaped, is left out of the error."""
    description_of_it = f"bad secret {echo}!"
    for body in (
        {"error": echo, "error_description": description_of_it},
        {"errors": [{"code": echo, "title": description_of_it}]},
        f"<html>{description_of_it}</html>".encode(),
        {"access_token": None, "error": echo},
    ):
        for status in (200, 401, 500):
            error = refused(answer(status, body))
            assert (error.error, error.error_description) == (None, None)
            assert echo not in f"{error} {error!r} {error.__dict__}"
            assert error.status_code == status


def test_code_and_refresh_token_are_secrets_too() -> None:
    """An echo of the authorization code or of the refresh token is left out as well."""
    for name in ("code", "refresh_token"):
        timeouts = TokenRequest(URL, {"client_id": "id", "client_secret": "s", name: "c-0-d-e"})
        with pytest.raises(TokenError) as caught:
            judge(timeouts, answer(400, {"error": "invalid_grant", "error_description": "c-0-d-e is spent"}), 1, 0.0)
        assert "c-0-d-e" not in f"{caught.value} {caught.value.__dict__}"
        assert caught.value.error == "invalid_grant"


@pytest.mark.parametrize(
    ("status", "headers", "pauses"),
    [
        (500, {}, [0.25, 0.25]),
        (503, {"Retry-After": "7"}, [0.25, 0.25]),
        (520, {}, [0.25, 0.25]),
        (429, {}, [1.0, 2.0]),
        (429, {"Retry-After": "7"}, [7.0, 7.0]),
        (429, {"Retry-After": "31"}, []),
        (429, {"Date": "Mon, 23 Nov 2026 10:00:00 GMT", "x-ratelimit-reset": "1795428009"}, [9.0, 9.0]),
        (429, {"Date": "Mon, 23 Nov 2026 10:00:00 GMT", "x-ratelimit-reset": "1795428000"}, [1.0, 2.0]),
        (307, {"Location": "https://elsewhere.example.com"}, []),
        (400, {}, []),
        (401, {}, []),
        (408, {}, []),
    ],
)
def test_pauses_before_the_next_attempt(status: int, headers: dict[str, str], pauses: list[float]) -> None:
    """5xx is asked again after 250 ms, 429 when it says or after 1 and 2 s, all else not; three attempts in all."""
    for attempt, pause in enumerate(pauses, start=1):
        assert judge(ASKED, answer(status, {}, **headers), attempt, 0.0) == pause
    with pytest.raises(TokenError) as caught:
        judge(ASKED, answer(status, {}, **headers), len(pauses) + 1, 0.0)
    assert caught.value.attempts == len(pauses) + 1


@pytest.mark.parametrize(
    ("error", "repeated"),
    [
        (httpx.ConnectError, True),
        (httpx.ConnectTimeout, True),
        (httpx.ReadTimeout, True),
        (httpx.PoolTimeout, True),
        (httpx.RemoteProtocolError, True),
        (httpx.ProxyError, True),
        (httpx.DecodingError, True),
        (httpx.TooManyRedirects, False),
    ],
)
def test_broken_connections_are_tried_again(error: type[httpx.RequestError], repeated: bool) -> None:
    """Timeouts and broken connections are repeated; the error names their kind, as their text may hold a password."""
    outcome = error("via http://user:hidden@proxy", request=ASKED.build(CALL))
    if repeated:
        assert judge(ASKED, outcome, 1, 0.0) == judge(ASKED, outcome, 2, 0.0) == 0.25
    with pytest.raises(TokenError, match=f"no answer from {URL} .{error.__name__}") as caught:
        judge(ASKED, outcome, 3, 0.0)
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "hidden" not in str(caught.value)


def test_nothing_here_shows_a_secret() -> None:
    """Neither the question nor the token has a secret in its repr, nor the URL's query in an error."""
    token = granted(access_token="hidden-token", refresh_token="hidden-refresh")
    assert SECRET not in repr(ASKED)
    assert "hidden" not in repr(token)
    assert TokenRequest(f"{URL}?key=hidden", {}).public_url == URL
