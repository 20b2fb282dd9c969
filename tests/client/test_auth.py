"""The three grants against a token endpoint, through plain httpx clients, sync and async alike."""

from __future__ import annotations

import asyncio
import copy
import io
import logging
import pickle
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import criteo_retail_media
import httpx
import pytest
from auth_calls import Call, Clock, client_credentials, search_url, sync_and_async
from criteo_retail_media.auth import AuthorizationCode, ClientCredentials, RefreshToken, StaticToken, TokenAuth
from criteo_retail_media.errors import TokenError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, answer, html, oauth_error, problem, rate_limited
from werkzeug import Request, Response

PACKAGE = Path(criteo_retail_media.__file__).parent

ESCAPED = b"client_id=the-client-id&client_secret=s3cr3t%2F%2B%3D%26%25%3Athe-client-secret&"


def refresh_token(criteo: FakeCriteo, clock: Clock, **settings: Any) -> RefreshToken:
    auth = RefreshToken(CLIENT_ID, CLIENT_SECRET, "the-refresh-token", token_url=criteo.token_url, **settings)
    clock.drive(auth)
    return auth


def authorization_code(criteo: FakeCriteo, clock: Clock, **settings: Any) -> AuthorizationCode:
    auth = AuthorizationCode(
        CLIENT_ID, CLIENT_SECRET, "the-code", "https://me.example.com/back?a=1", token_url=criteo.token_url, **settings
    )
    clock.drive(auth)
    return auth


def statuses(responses: list[httpx.Response]) -> list[int]:
    return [response.status_code for response in responses]


def forms(criteo: FakeCriteo) -> list[dict[str, str]]:
    return [dict(parse_qsl(call.body.decode())) for call in criteo.token_calls]


# --- what is sent ---


@sync_and_async
@pytest.mark.parametrize(
    ("make", "grant"),
    [
        (client_credentials, b"grant_type=client_credentials"),
        (refresh_token, b"grant_type=refresh_token&refresh_token=the-refresh-token"),
        (
            authorization_code,
            b"grant_type=authorization_code&code=the-code&redirect_uri=https%3A%2F%2Fme.example.com%2Fback%3Fa%3D1",
        ),
    ],
)
def test_token_request_is_exactly_this_form(call: Call, make: Any, grant: bytes, criteo: FakeCriteo) -> None:
    """Id, secret and grant go in the form; the token that comes back goes with the call."""
    assert statuses(call(make(criteo, Clock()), search_url(criteo))) == [200]
    assert [sent.body for sent in criteo.token_calls] == [ESCAPED + grant]
    assert [sent.token for sent in criteo.calls] == ["token-1"]


# --- the life of a token ---


@sync_and_async
def test_token_is_used_again(call: Call, criteo: FakeCriteo) -> None:
    """Five calls, also through another httpx client, need one token request."""
    auth = client_credentials(criteo)
    assert statuses(call(auth, search_url(criteo), times=3) + call(auth, search_url(criteo), times=2)) == [200] * 5
    assert len(criteo.token_calls) == 1


@sync_and_async
@pytest.mark.parametrize(("expires_in", "renewed_after"), [(900, 840), (10, 8), ("2", 1.6)])
def test_token_is_renewed_ahead_of_its_end(
    call: Call, expires_in: Any, renewed_after: float, criteo: FakeCriteo
) -> None:
    """A token is used until a minute, or a fifth of a short life, before its end; no call gets a 401."""
    criteo.expires_in = expires_in
    clock = Clock()
    auth = client_credentials(criteo, clock)
    call(auth, search_url(criteo))
    clock.now += renewed_after - 0.01
    call(auth, search_url(criteo))
    assert len(criteo.token_calls) == 1
    clock.now += 0.02
    call(auth, search_url(criteo), times=2)
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1", "token-2", "token-2"]


@sync_and_async
def test_token_without_a_life_serves_the_call_it_was_fetched_for(call: Call, criteo: FakeCriteo) -> None:
    """``expires_in: 0`` neither loops nor fails: each call fetches its token."""
    criteo.expires_in = 0
    assert statuses(call(client_credentials(criteo), search_url(criteo), times=2)) == [200, 200]
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-2"]


@sync_and_async
def test_life_counts_from_the_request(call: Call, criteo: FakeCriteo) -> None:
    """A token that took 850 of its 900 s to arrive is renewed at once: its life began before it was sent."""
    clock = Clock()
    auth = client_credentials(criteo, clock)

    def slow(request: Request) -> Response:
        clock.now += 850
        criteo.valid_tokens.add("slow")
        return answer({"access_token": "slow", "expires_in": 900})

    criteo.token_answers.append(slow)
    call(auth, search_url(criteo), times=2)
    assert [sent.token for sent in criteo.calls] == ["slow", "token-2"]


@sync_and_async
def test_failed_early_renewal_costs_no_call(call: Call, criteo: FakeCriteo) -> None:
    """While the old token is good, a token endpoint that is down is asked once more, not for each call."""
    clock = Clock()
    auth = client_credentials(criteo, clock)
    call(auth, search_url(criteo))
    criteo.token_answers.extend([oauth_error("temporarily_unavailable", 400)] * 2)
    clock.now += 850
    assert statuses(call(auth, search_url(criteo), times=3)) == [200] * 3
    assert len(criteo.token_calls) == 2
    clock.now += 36
    with pytest.raises(TokenError, match="temporarily_unavailable"):
        call(auth, search_url(criteo))
    assert statuses(call(auth, search_url(criteo))) == [200]
    assert [sent.token for sent in criteo.calls] == ["token-1"] * 4 + ["token-2"]


@sync_and_async
def test_early_renewal_that_outlasts_the_token_fails(call: Call, criteo: FakeCriteo) -> None:
    """Where the old token ended while its renewal failed, the renewal is tried once more, then the call fails."""
    clock = Clock()
    auth = client_credentials(criteo, clock)
    call(auth, search_url(criteo))

    def slow(request: Request) -> Response:
        clock.now += 100
        return oauth_error("temporarily_unavailable", 400)

    criteo.token_answers.extend([slow, slow])
    clock.now += 850
    with pytest.raises(TokenError, match="temporarily_unavailable"):
        call(auth, search_url(criteo))
    assert not criteo.token_answers


# --- 401 ---


@sync_and_async
def test_401_drops_the_token_and_repeats_the_call_once(call: Call, criteo: FakeCriteo) -> None:
    """An expired token costs one more token request and one more call; the body is sent again."""
    auth = client_credentials(criteo)
    call(auth, search_url(criteo))
    criteo.expire_tokens()
    assert statuses(call(auth, search_url(criteo), times=2)) == [200, 200]
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1", "token-2", "token-2"]
    assert {sent.body for sent in criteo.calls} == {b'{"data":{}}'}


@sync_and_async
def test_second_401_is_given_back(call: Call, criteo: FakeCriteo) -> None:
    """Where the new token is refused too, the caller gets the 401, and the next call begins with that token."""
    auth = client_credentials(criteo)
    criteo.answers.extend([problem(401, "authorization-token-invalid")] * 2)
    assert statuses(call(auth, search_url(criteo), times=2)) == [401, 200]
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-2", "token-2"]


@sync_and_async
@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_other_statuses_leave_the_token_alone(call: Call, status: int, criteo: FakeCriteo) -> None:
    """Only a 401 speaks of the token; Criteo answers 403 where consent was revoked."""
    criteo.answers.append(problem(status, "authorization-token-expired"))
    assert statuses(call(client_credentials(criteo), search_url(criteo), times=2)) == [status, 200]
    assert len(criteo.token_calls) == 1


@sync_and_async
def test_token_error_after_a_401_reaches_the_caller(call: Call, criteo: FakeCriteo) -> None:
    """Credentials that were withdrawn while a token lived show as the TokenError, not as the 401."""
    auth = client_credentials(criteo)
    call(auth, search_url(criteo))
    criteo.expire_tokens()
    criteo.token_answers.append(oauth_error("invalid_client"))
    with pytest.raises(TokenError, match="invalid_client") as caught:
        call(auth, search_url(criteo))
    assert (caught.value.status_code, caught.value.error) == (401, "invalid_client")


def test_one_shot_body_is_not_sent_twice(criteo: FakeCriteo) -> None:
    """A body from a generator or a file cannot be sent again: its 401 is given back."""
    for body in (iter([b'{"data":{}}']), io.BytesIO(b'{"data":{}}')):
        criteo.answers.append(problem(401, "authorization-token-expired"))
        with httpx.Client(auth=client_credentials(criteo)) as http:
            assert http.post(search_url(criteo), content=body).status_code == 401
    assert len(criteo.calls) == 2


def test_one_shot_async_body_is_not_sent_twice(criteo: FakeCriteo) -> None:
    """A body from an async generator cannot be sent again: its 401 is given back."""

    async def body() -> AsyncIterator[bytes]:
        yield b'{"data":{}}'

    async def main() -> int:
        criteo.answers.append(problem(401, "authorization-token-expired"))
        async with httpx.AsyncClient(auth=client_credentials(criteo)) as http:
            return (await http.post(search_url(criteo), content=body())).status_code

    assert asyncio.run(main()) == 401
    assert len(criteo.calls) == 1


def test_multipart_body_is_sent_twice(criteo: FakeCriteo) -> None:
    """httpx rewinds the files of a multipart body, so the call is repeated, byte for byte."""
    criteo.answers.extend([problem(401, "authorization-token-expired"), answer({})])
    with httpx.Client(auth=client_credentials(criteo)) as http:
        assert http.post(search_url(criteo), files={"f": io.BytesIO(b"12345")}).status_code == 200
    first, second = criteo.calls
    assert b"12345" in first.body
    assert second.body == first.body


# --- a token endpoint in trouble ---


@sync_and_async
@pytest.mark.parametrize(
    ("troubles", "slept"),
    [
        ([html(502), problem(503, "unavailable")], [0.25, 0.25]),
        ([rate_limited(), rate_limited()], [1, 2]),
        ([rate_limited(retry_after="3")], [3]),
        ([rate_limited(retry_after="3"), answer({}, 500)], [3, 0.25]),
    ],
)
def test_third_attempt_may_succeed(
    call: Call, troubles: list[Response], slept: list[float], criteo: FakeCriteo
) -> None:
    """5xx and 429 are asked again, up to three times in all, and the call goes through."""
    clock = Clock()
    criteo.token_answers.extend(troubles)
    assert statuses(call(client_credentials(criteo, clock), search_url(criteo))) == [200]
    assert clock.slept == slept


@sync_and_async
def test_pause_before_the_next_attempt_is_real(call: Call, criteo: FakeCriteo) -> None:
    """Without a clock of a test's own, 250 ms pass between two attempts."""
    criteo.token_answers.append(html(503))
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    began = time.monotonic()
    assert statuses(call(auth, search_url(criteo))) == [200]
    assert time.monotonic() - began >= 0.25


@sync_and_async
def test_endpoint_down_and_back(call: Call, criteo: FakeCriteo) -> None:
    """Three failures end a call with TokenError; the failure is not kept, and the next call finds the endpoint back."""
    auth = client_credentials(criteo)
    criteo.token_answers.extend([html(503)] * 3)
    with pytest.raises(TokenError, match="status 503") as caught:
        call(auth, search_url(criteo))
    assert (caught.value.status_code, caught.value.attempts, criteo.calls) == (503, 3, [])
    assert statuses(call(auth, search_url(criteo))) == [200]


@sync_and_async
@pytest.mark.parametrize("response", [oauth_error("invalid_client"), problem(403, "consent-revoked"), html(404)])
def test_refusal_is_not_repeated(call: Call, response: Response, criteo: FakeCriteo) -> None:
    """A 4xx is final: one request, and an error that has its status."""
    criteo.token_answers.append(response)
    with pytest.raises(TokenError) as caught:
        call(client_credentials(criteo), search_url(criteo))
    assert (caught.value.status_code, len(criteo.token_calls)) == (response.status_code, 1)


@sync_and_async
def test_timeouts_are_tried_three_times(call: Call, criteo: FakeCriteo) -> None:
    """A token endpoint that does not answer is asked three times, each within the call's own timeout."""
    done = threading.Event()

    def silent(request: Request) -> Response:
        done.wait(10)
        return answer({})

    criteo.token_answers.extend([silent] * 3)
    try:
        with pytest.raises(TokenError, match=r"ReadTimeout\) after 3 attempts") as caught:
            call(client_credentials(criteo), search_url(criteo), timeout=httpx.Timeout(5, read=0.2))
    finally:
        done.set()
    assert (caught.value.status_code, caught.value.attempts) == (None, 3)
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert criteo.calls == []


@sync_and_async
def test_refused_connections_are_tried_three_times(call: Call, criteo: FakeCriteo) -> None:
    """A port where nobody listens gives a TokenError after three attempts."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=f"http://127.0.0.1:{port}/oauth2/token")
    clock = Clock()
    clock.drive(auth)
    with pytest.raises(TokenError, match=r"ConnectError\) after 3 attempts"):
        call(auth, search_url(criteo))
    assert clock.slept == [0.25, 0.25]


@sync_and_async
def test_dropped_connections_are_tried_three_times(call: Call, criteo: FakeCriteo) -> None:
    """An endpoint that hangs up without an answer gives a TokenError after three attempts."""
    accepted = 0
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            nonlocal accepted
            for _ in range(3):
                connection, _ = server.accept()
                accepted += 1
                connection.recv(65536)
                connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=f"http://127.0.0.1:{server.getsockname()[1]}/")
        Clock().drive(auth)
        with pytest.raises(TokenError, match=r"(ReadError|RemoteProtocolError)\) after 3 attempts"):
            call(auth, search_url(criteo))
        thread.join()
    assert accepted == 3


@sync_and_async
def test_redirect_of_the_token_endpoint_is_not_followed(call: Call, criteo: FakeCriteo) -> None:
    """A redirect would take the secret elsewhere: TokenError, even where the client follows redirects."""
    criteo.token_answers.append(Response(status=307, headers={"Location": criteo.url + "/elsewhere"}))
    with pytest.raises(TokenError, match="redirect") as caught:
        call(client_credentials(criteo), search_url(criteo), follow_redirects=True)
    assert caught.value.status_code == 307
    assert len(criteo.token_calls) == 1


@sync_and_async
def test_other_errors_are_not_hidden(call: Call, criteo: FakeCriteo) -> None:
    """What is neither an answer nor a broken connection reaches the caller as it is, and nobody waits for ever."""
    auth = client_credentials(criteo)
    auth.__dict__["_grant"] = lambda: 1 / 0
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            call(auth, search_url(criteo))


# --- refresh tokens ---


@sync_and_async
def test_newest_refresh_token_is_kept(call: Call, criteo: FakeCriteo) -> None:
    """Each new refresh token is used for the next renewal, shown, and handed to the callback."""
    clock = Clock()
    stored: list[str] = []
    auth = refresh_token(criteo, clock, on_refresh_token=stored.append)
    for _ in range(3):
        call(auth, search_url(criteo))
        clock.now += 900
    assert [form["refresh_token"] for form in forms(criteo)] == ["the-refresh-token", "refresh-1", "refresh-2"]
    assert stored == ["refresh-1", "refresh-2", "refresh-3"]
    assert auth.refresh_token == "refresh-3"


@sync_and_async
@pytest.mark.parametrize("given", [{}, {"refresh_token": None}, {"refresh_token": "the-refresh-token"}])
def test_refresh_token_stays_where_no_new_one_is_given(call: Call, given: dict[str, Any], criteo: FakeCriteo) -> None:
    """Null, absent, or the same again: the refresh token stays, and the callback is not called."""
    stored: list[str] = []
    auth = refresh_token(criteo, Clock(), on_refresh_token=stored.append)
    criteo.valid_tokens.add("t")
    criteo.token_answers.append(answer({"access_token": "t", "token_type": "Bearer", "expires_in": 900} | given))
    assert statuses(call(auth, search_url(criteo))) == [200]
    assert (auth.refresh_token, stored) == ("the-refresh-token", [])


@sync_and_async
def test_code_is_exchanged_once(call: Call, criteo: FakeCriteo) -> None:
    """The code is used for the first token, its refresh token for those that follow."""
    clock = Clock()
    stored: list[str] = []
    auth = authorization_code(criteo, clock, on_refresh_token=stored.append)
    assert auth.refresh_token is None
    for _ in range(3):
        assert statuses(call(auth, search_url(criteo))) == [200]
        clock.now += 900
    grants = [(form["grant_type"], form.get("code") or form["refresh_token"]) for form in forms(criteo)]
    assert grants == [
        ("authorization_code", "the-code"),
        ("refresh_token", "refresh-1"),
        ("refresh_token", "refresh-2"),
    ]
    assert auth.refresh_token == stored[-1] == "refresh-3"


@sync_and_async
def test_code_without_a_refresh_token_ends_with_its_token(call: Call, criteo: FakeCriteo) -> None:
    """Where no refresh token came, the end of the token is a TokenError that says what to do, without any request."""
    clock = Clock()
    auth = authorization_code(criteo, clock)
    criteo.valid_tokens.add("t")
    criteo.token_answers.append(answer({"access_token": "t", "token_type": "Bearer", "expires_in": 900}))
    call(auth, search_url(criteo))
    clock.now += 900
    with pytest.raises(TokenError, match="no refresh token: ask for consent again"):
        call(auth, search_url(criteo))
    assert len(criteo.token_calls) == 1


@sync_and_async
def test_code_is_kept_until_it_was_exchanged(call: Call, criteo: FakeCriteo) -> None:
    """A token endpoint that is down does not use up the code."""
    auth = authorization_code(criteo, Clock())
    criteo.token_answers.extend([html(503)] * 3)
    with pytest.raises(TokenError):
        call(auth, search_url(criteo))
    assert statuses(call(auth, search_url(criteo))) == [200]


@sync_and_async
def test_error_of_the_callback_reaches_its_caller_only(call: Call, criteo: FakeCriteo) -> None:
    """Where storing the refresh token fails, the call that fetched it fails, and the token serves the next."""

    def store(token: str) -> None:
        raise OSError("disk full")

    auth = refresh_token(criteo, Clock(), on_refresh_token=store)
    with pytest.raises(OSError, match="disk full"):
        call(auth, search_url(criteo))
    assert statuses(call(auth, search_url(criteo))) == [200]
    assert len(criteo.token_calls) == 1


# --- configuration ---


def make_all(token_url: str = "https://auth.example.com/token") -> list[TokenAuth]:
    return [
        ClientCredentials("id", "hidden-secret", token_url=token_url),
        RefreshToken("id", "hidden-secret", "hidden-refresh", token_url=token_url),
        AuthorizationCode("id", "hidden-secret", "hidden-code", "https://me.example.com", token_url=token_url),
    ]


def test_token_url_is_the_documents_by_default() -> None:
    """Without ``token_url`` the URL of the document's security scheme is asked."""
    assert ClientCredentials("id", "secret").token_url == "https://api.criteo.com/oauth2/token"


@pytest.mark.parametrize("auth", make_all(), ids=lambda auth: type(auth).__name__)
def test_repr_shows_no_secret(auth: TokenAuth) -> None:
    """The repr has the client id and the token URL, and nothing else."""
    assert repr(auth) == f"{type(auth).__name__}(client_id='id', token_url='https://auth.example.com/token')"


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
@pytest.mark.parametrize("value", [None, "", " \n", 7, b"bytes", "hidden\n", " hidden"])
def test_argument_that_cannot_be_one_is_named(name: str, value: Any) -> None:
    """An empty argument, one that is no text, or one with a line end from a file is refused by name, not by value."""
    arguments: dict[str, Any] = {"client_id": "id", "client_secret": "s", "refresh_token": "r", name: value}
    with pytest.raises(ValueError, match=name) as caught:
        RefreshToken(**arguments)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("name", ["code", "redirect_uri", "token_url"])
def test_arguments_of_the_code_are_checked_too(name: str) -> None:
    """Each grant checks its own arguments."""
    arguments: dict[str, Any] = {
        "client_id": "id",
        "client_secret": "s",
        "code": "c",
        "redirect_uri": "https://x.example.com",
        name: "",
    }
    with pytest.raises(ValueError, match=name):
        AuthorizationCode(**arguments)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.criteo.com/oauth2/token",
        "http://127.0.0.1.example.com/token",
        "http://127.example.com/token",
        "http://localhost.example.com/token",
        "http://localhost@example.com/token",
        "ftp://localhost/token",
        "/oauth2/token",
        "api.criteo.com/oauth2/token",
        "https:///token",
        "https://user:hidden@api.criteo.com/oauth2/token",
        "https://[::1/token",
        "http://[::2]/token",
    ],
)
def test_token_url_that_would_show_the_secret_is_refused(url: str) -> None:
    """The secret goes over https, or over http to this machine only."""
    with pytest.raises(ValueError, match="token_url") as caught:
        ClientCredentials("id", "s", token_url=url)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example.com/t",
        "http://localhost:1/t",
        "http://127.0.0.1:1/t",
        "http://127.8.9.1/t",
        "http://[::1]:1/t",
    ],
)
def test_token_url_may_be_https_or_local(url: str) -> None:
    """A fake on this machine may speak http."""
    assert ClientCredentials("id", "s", token_url=url).token_url == url


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda auth: pickle.loads(pickle.dumps(auth))])
def test_copies_and_pickles_are_configuration(duplicate: Any, criteo: FakeCriteo) -> None:
    """A copy has ids and secret, no token, and works on its own."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    with httpx.Client(auth=auth) as http:
        http.post(search_url(criteo), json={"data": {}})
    assert b"token-1" not in pickle.dumps(auth)
    with httpx.Client(auth=duplicate(auth)) as http:
        assert http.post(search_url(criteo), json={"data": {}}).status_code == 200
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-2"]


@pytest.mark.parametrize("make", [refresh_token, authorization_code])
def test_pickle_has_the_newest_refresh_token(make: Any, criteo: FakeCriteo) -> None:
    """A copy made after the first token goes on with the refresh token that came with it."""
    auth = make(criteo, Clock())
    with httpx.Client(auth=auth) as http:
        http.post(search_url(criteo), json={"data": {}})
    copied = pickle.loads(pickle.dumps(auth))
    assert copied.refresh_token == "refresh-1"
    with httpx.Client(auth=copied) as http:
        assert http.post(search_url(criteo), json={"data": {}}).status_code == 200
    assert forms(criteo)[-1]["refresh_token"] == "refresh-1"


# --- secrets ---


@sync_and_async
def test_no_log_shows_a_secret(call: Call, criteo: FakeCriteo, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, httpx's and httpcore's too, neither secret nor token is logged; retries are."""
    caplog.set_level(logging.DEBUG)
    criteo.token_answers.append(html(503))
    auth = refresh_token(criteo, Clock())
    call(auth, search_url(criteo))
    criteo.expire_tokens()
    criteo.token_answers.append(oauth_error("invalid_client", 401, f"{CLIENT_SECRET} is wrong"))
    with pytest.raises(TokenError):
        call(auth, search_url(criteo))
    assert "token request 1 of 3 failed, next in 0.25 s" in caplog.text
    for secret in (CLIENT_SECRET, "the-client-secret", "the-refresh-token", "token-1", "refresh-1"):
        assert secret not in caplog.text


@sync_and_async
@pytest.mark.parametrize("trouble", [oauth_error("invalid_client", 401, f"{CLIENT_SECRET}?"), html(400), "unreachable"])
def test_no_error_holds_a_secret(call: Call, trouble: Any, criteo: FakeCriteo) -> None:
    """Neither the error, its pickle, nor any local variable's repr on the way has the secret."""
    auth = client_credentials(criteo)
    if trouble == "unreachable":
        auth.token_url = "http://127.0.0.1:1/token"
    else:
        criteo.token_answers.append(trouble)
    with pytest.raises(TokenError) as caught:
        call(auth, search_url(criteo))
    error, shown = caught.value, deque([str(caught.value), repr(caught.value), repr(pickle.dumps(caught.value))])
    assert error.__cause__ is error.__context__ is None
    traceback = error.__traceback__
    while traceback is not None:
        ours = Path(traceback.tb_frame.f_code.co_filename).is_relative_to(PACKAGE)
        shown.append(repr(traceback.tb_frame.f_locals) if ours else "")
        traceback = traceback.tb_next
    assert "the-client-secret" not in "".join(shown)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


# --- a token from elsewhere ---


@sync_and_async
def test_static_token_is_sent_and_never_renewed(call: Call, criteo: FakeCriteo) -> None:
    """A static token goes as it is, and its 401 is given back after one call."""
    criteo.valid_tokens.add("mine")
    assert statuses(call(StaticToken("mine"), search_url(criteo))) == [200]
    assert statuses(call(StaticToken("other"), search_url(criteo))) == [401]
    assert [sent.headers["authorization"] for sent in criteo.calls] == ["Bearer mine", "Bearer other"]


@pytest.mark.parametrize(("prefix", "value"), [("Bearer", "Bearer mine"), ("Token", "Token mine"), ("", "mine")])
def test_static_token_takes_prefix_and_header(prefix: str, value: str) -> None:
    """Prefix and header can be chosen; the repr shows no token."""
    auth = StaticToken("mine", prefix=prefix, header="X-Token")
    request = next(auth.sync_auth_flow(httpx.Request("GET", "https://x.example.com")))
    assert request.headers["x-token"] == value
    assert repr(auth) == "StaticToken(header='X-Token')"


@pytest.mark.parametrize("token", ["", " ", None, "hid den", "hidden\n", "hidden\x7f", "hiddén"])
def test_static_token_that_no_header_can_carry_is_refused(token: Any) -> None:
    """A ValueError that names the argument; later, httpx would put the token into its error."""
    with pytest.raises(ValueError, match="token") as caught:
        StaticToken(token)
    assert "hidd" not in str(caught.value)
