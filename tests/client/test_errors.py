"""Errors: the class for each status, problems from any envelope, messages to act on, and no secret in any of it."""

from __future__ import annotations

import copy
import json
import pickle
import time
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from calling import READ, TOKEN, WRITE, Way, client_of, read_kwargs, write_kwargs
from criteo_retail_media import API_VERSION, AuthenticatedClient, RetryPolicy
from criteo_retail_media.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CriteoError,
    DecodeError,
    GoneError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    RateLimitError,
    ServerError,
    TokenError,
)
from fake_criteo import FakeCriteo, answer, html, oauth_error, problem, rate_limited, token_expired
from werkzeug import Response


def error_of(status: int, content: bytes = b"", *, headers: dict[str, str] | None = None) -> ApiError:
    """The error of an answer, without a server."""
    request = httpx.Request("PATCH", "https://user:pass@api.criteo.com/2026-01/x?secret=1#part")
    request.headers["Authorization"] = f"Bearer {TOKEN}"
    return ApiError.from_response(httpx.Response(status, content=content, headers=headers, request=request), "doThings")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, ApiError),
        (400, BadRequestError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (410, GoneError),
        (413, ApiError),
        (418, ApiError),
        (429, RateLimitError),
        (499, ApiError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (520, ServerError),
        (599, ServerError),
    ],
)
def test_each_status_has_its_class(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, status: int, kind: type[ApiError]
) -> None:
    """Every answer outside 2xx raises the class of its status, whether IANA lists it or not."""
    criteo.answers.extend([problem(status, "some-code") for _ in range(4)])
    with pytest.raises(ApiError) as caught:
        way.call(client, WRITE, write_kwargs("1"))
    assert type(caught.value) is kind
    assert (caught.value.status_code, caught.value.problems[0].code) == (status, "some-code")
    assert isinstance(caught.value, CriteoError)


ENVELOPES: dict[str, tuple[bytes | dict[str, Any] | list[Any], list[Problem]]] = {
    "traceId": (
        {
            "errors": [
                {"traceId": "t1", "type": "validation", "code": "c", "instance": "/x", "title": "T", "detail": "D"}
            ]
        },
        [Problem(code="c", title="T", detail="D", type="validation", instance="/x", trace_id="t1")],
    ),
    "traceIdentifier": ({"errors": [{"traceIdentifier": "t2", "code": "c"}]}, [Problem(code="c", trace_id="t2")]),
    "both trace ids": ({"errors": [{"traceId": None, "traceIdentifier": "t2"}]}, [Problem(trace_id="t2")]),
    "source map": (
        {"errors": [{"code": "c", "source": {"ids": "data/attributes/ids"}}]},
        [Problem(code="c", source={"ids": "data/attributes/ids"})],
    ),
    "source of odd types": (
        {"errors": [{"code": "c", "source": {"ids": None, "n": 3}}, {"code": "d", "source": "data/0"}]},
        [Problem(code="c", source={"ids": "", "n": "3"}), Problem(code="d")],
    ),
    "stack trace string": ({"errors": [{"code": "c", "stackTrace": "at X"}]}, [Problem(code="c")]),
    "stack trace list": ({"errors": [{"code": "c", "stackTrace": ["at X", "at Y"]}]}, [Problem(code="c")]),
    "members of odd types": (
        {"errors": [{"code": 7, "title": ["a"], "detail": {"b": 1}}]},
        [Problem(code="7", title='["a"]', detail='{"b": 1}')],
    ),
    "entries of odd types": (
        {"errors": ["no", None, {"code": "c"}, 5]},
        [Problem(title="no"), Problem(code="c"), Problem(title="5")],
    ),
    "several": ({"errors": [{"code": "a"}, {"code": "b"}], "warnings": None}, [Problem(code="a"), Problem(code="b")]),
    "no errors": ({"errors": [], "data": None}, []),
    "null errors": ({"errors": None}, []),
    "a bare list": ([{"code": "a"}], [Problem(code="a")]),
    "a bare problem": (
        {"type": "about:blank", "title": "Bad", "status": 400, "traceId": "00-1"},
        [Problem(title="Bad", type="about:blank", trace_id="00-1")],
    ),
    "ASP.NET's validation problem": (
        {"title": "Invalid", "errors": {"Name": ["is required"]}},
        [Problem(title="Invalid"), Problem(detail='["is required"]', source={"Name": "Name"})],
    ),
    "OAuth's": (
        {"error": "invalid_client", "error_description": "no such client"},
        [Problem(code="invalid_client", detail="no such client")],
    ),
    "an error object": ({"error": {"code": "c", "message": "m"}}, [Problem(code="c")]),
    "a gateway's message": ({"message": "no Route matched"}, [Problem(title="no Route matched")]),
    "a string": (b'"no"', []),
    "a number": (b"1", []),
    "empty": (b"", []),
    "HTML": (b"<html><title>502 Bad Gateway</title></html>", []),
    "truncated JSON": (b'{"errors": [{"code": "c', []),
    "nested too deeply": (b"[" * 100_000, []),
    "a byte order mark": (b'\xef\xbb\xbf{"errors": [{"code": "c"}]}', [Problem(code="c")]),
    "latin-1": ('{"errors": [{"title": "Schön"}]}'.encode("latin-1"), [Problem(title="Schön")]),
    "UTF-16": ('{"errors": [{"title": "Schön"}]}'.encode("utf-16"), [Problem(title="Schön")]),
    "not text": (bytes(range(256)), []),
}


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/html; charset=utf-7", "x", "text/plain; charset=klingon"]
)
@pytest.mark.parametrize(("body", "problems"), ENVELOPES.values(), ids=ENVELOPES)
def test_problems_are_read_by_content(
    body: bytes | dict[str, Any] | list[Any], problems: list[Problem], content_type: str
) -> None:
    """Any envelope gives its problems, whatever its content type says, and what is no envelope gives none."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    error = error_of(400, content, headers={"Content-Type": content_type})
    assert list(error.problems) == problems
    assert error.content == content
    assert len(str(error).splitlines()) == 1


def test_the_declared_charset_is_tried() -> None:
    """A body that is not UTF-8 is read in the charset that its header names."""
    content = '{"errors": [{"title": "Ж"}]}'.encode("cp1251")
    assert error_of(400, content, headers={"Content-Type": "text/plain; charset=cp1251"}).problems == (
        Problem(title="Ж"),
    )


def test_message_says_what_to_do(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """The message names operation, method, status, code, title, detail, place and trace id, in one line."""
    members = {"title": "Names\nmust differ", "detail": "Two are alike", "instance": "@data/3", "traceId": "80a1"}
    criteo.answers.append(problem(400, "name-must-be-unique", **members))
    with pytest.raises(BadRequestError) as caught:
        way.call(client, WRITE, write_kwargs("1"))
    assert str(caught.value) == (
        f"patchThings: PATCH {criteo.url}/{API_VERSION}/retail-media/accounts/42/audience-segments"
        " answered 400 Bad Request | name-must-be-unique: Names must differ: Two are alike (at @data/3) | trace id 80a1"
    )
    assert caught.value.trace_id == "80a1"


def test_message_is_bounded() -> None:
    """Thousands of problems of any length make a message that a log can hold, without control characters."""
    body = {"errors": [{"code": "c" * 10_000, "title": "\x1b[31m\r\n\0"}] * 5000}
    error = error_of(400, json.dumps(body).encode())
    assert len(error.problems) == 5000
    assert len(str(error)) < 2000
    assert str(error).isprintable()
    assert "4995 more problems" in str(error)


def test_message_shows_a_page_without_tags() -> None:
    """Where a proxy answers, the message shows the text of its page; an empty body is called that."""
    assert "| 502 Bad Gateway" in str(error_of(502, html(502).data))
    assert "without a body" in str(error_of(413))


def test_answer_is_kept(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """The error keeps status, headers, content, operation, method and URL of the answer."""
    criteo.answers.append(token_expired())
    with pytest.raises(AuthenticationError) as caught:
        way.call(client, READ, read_kwargs())
    error = caught.value
    assert error.problems[0].code == "authorization-token-expired"
    assert error.headers["CONTENT-TYPE"] == "application/json; charset=utf-8"
    assert json.loads(error.content)["errors"]
    assert (error.operation, error.method) == ("getThings", "GET")
    assert error.url == criteo.url + read_kwargs()["url"]


def test_url_is_bare() -> None:
    """The URL of an error has no query, no user information and no fragment."""
    assert error_of(400).url == "https://api.criteo.com/2026-01/x"


SHARED = {"Set-Cookie": "session=hidden", "X-Other": "seen"}


@pytest.mark.parametrize("copied", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
@pytest.mark.parametrize(
    "error",
    [
        error_of(400, b'{"errors": [{"code": "c", "traceId": "t", "source": {"a": "b"}}]}', headers=SHARED),
        error_of(429, headers={"Retry-After": "7"}),
        error_of(520, b"<html>"),
        TokenError("no token", status_code=401, error="invalid_client", error_description="unknown", attempts=3),
        DecodeError("is null, not a string", path="data[3].id", content=b"{}", operation="doThings"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_pickle_and_copy(error: CriteoError, copied: Any) -> None:
    """A copy of an error is of the same class, with the same attributes and the same message."""
    twin = copied(error)
    assert type(twin) is type(error)
    assert vars(twin) == vars(error)
    assert str(twin) == str(error)


def test_no_secret_in_an_error(criteo: FakeCriteo, way: Way) -> None:
    """Neither token nor cookie is in an error, its text or its pickle, even where the server repeats them."""

    def repeat(request: Any) -> Response:
        response = problem(403, "no-access", detail=f"you sent {request.headers['Authorization']}")
        response.headers["Set-Cookie"] = "session=hidden"
        return response

    criteo.answers.append(repeat)
    with client_of(criteo, cookies={"a": "a-cookie-of-mine"}) as client, pytest.raises(PermissionDeniedError) as caught:
        way.call(client, WRITE, write_kwargs("1"))
    all_text = str(caught.value) + repr(caught.value) + repr(vars(caught.value)) + repr(pickle.dumps(caught.value))
    assert "no-access" in all_text
    for secret in (TOKEN, "hidden", "a-cookie-of-mine"):
        assert secret not in all_text


def test_short_tokens_leave_the_content_alone() -> None:
    """A token of a letter or two, as tests have, is not cut out of every word."""
    request = httpx.Request("GET", "https://x/", headers={"Authorization": "Bearer t"})
    assert ApiError.from_response(httpx.Response(400, content=b"text", request=request)).content == b"text"


NOW = 1_800_000_000
DATE = formatdate(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"x-ratelimit-reset": str(NOW + 30), "Date": DATE}, 30),
        ({"x-ratelimit-reset": str(NOW - 30), "Date": DATE}, 0),
        ({"x-ratelimit-reset": str(NOW + 30), "Retry-After": "9", "Date": DATE}, 30),
        ({"x-ratelimit-reset": "soon", "Retry-After": "9", "Date": DATE}, 9),
        ({"x-ratelimit-reset": "nan", "Date": DATE}, None),
        ({"x-ratelimit-reset": "", "Retry-After": ""}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "-7"}, 0),
        ({"Retry-After": formatdate(NOW + 12, usegmt=True), "Date": DATE}, 12),
        ({"Retry-After": formatdate(NOW - 12, usegmt=True), "Date": DATE}, 0),
        ({"Retry-After": formatdate(NOW + 12), "Date": DATE}, 12),
        ({"Retry-After": "tomorrow"}, None),
        ({"Retry-After": "Mon, 99 Foo 2026 00:00:00 GMT"}, None),
    ],
)
def test_rate_limit_says_when(headers: dict[str, str], expected: float | None) -> None:
    """``retry_after`` is in seconds of the server's clock; what cannot be read counts as not said."""
    error = error_of(429, headers=headers)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == expected
    assert ("retry after" in str(error)) == (expected is not None)


def test_rate_limit_without_a_date() -> None:
    """Without a ``Date`` the clock here has to do."""
    error = error_of(429, headers={"x-ratelimit-reset": str(time.time() + 1000)})
    assert isinstance(error, RateLimitError)
    assert error.retry_after == pytest.approx(1000, abs=60)


def test_rate_limit_made_by_hand() -> None:
    """A user's test can make the error without an answer."""
    assert (RateLimitError().status_code, RateLimitError().retry_after) == (429, None)
    assert NotFoundError(404).headers == {}


def test_never_none_for_an_error(criteo: FakeCriteo, way: Way) -> None:
    """An empty 429 raises too, once no attempt is left."""
    criteo.answers.append(rate_limited(reset_in=20))
    with client_of(criteo, retry=RetryPolicy.none()) as client, pytest.raises(RateLimitError) as caught:
        way.call(client, READ, read_kwargs())
    assert caught.value.retry_after == pytest.approx(20, abs=2)
    assert caught.value.content == b""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (TokenError("no token"), "no token"),
        (TokenError("no token", status_code=503, attempts=3), "no token after 3 attempts: status 503"),
        (
            TokenError("no token", status_code=400, error="invalid_grant", error_description="used\nup"),
            "no token: status 400, invalid_grant, used up",
        ),
        (DecodeError("is missing"), "is missing"),
        (DecodeError("is missing", path="data[0].id", operation="doThings"), "doThings: data[0].id: is missing"),
    ],
)
def test_other_messages(error: CriteoError, text: str) -> None:
    """Token and decode errors say in one line what happened and where."""
    assert str(error) == text


def test_decode_error_is_told_by_its_attributes() -> None:
    """The text follows the attributes, which are completed on the way out."""
    error = DecodeError("is null")
    error.path, error.operation = "data", "doThings"
    assert str(error) == "doThings: data: is null"


def test_problem_reads_and_shows_itself() -> None:
    """A problem without a code shows its type, and where it points."""
    shown = Problem.from_dict({"type": "validation", "source": {"a": "data/1/x", "b": "data/2"}})
    assert str(shown) == "validation (at data/1/x, data/2)"
    assert str(Problem()) == "problem without a code"
    assert len({Problem(code="a", source={"x": "y"}), Problem(code="a", source={"x": "y"})}) == 1


def test_oauth_answer_on_the_api(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """An API call that gets an OAuth error body is an authentication error with its code."""
    criteo.answers.append(oauth_error("invalid_token"))
    with pytest.raises(AuthenticationError, match="invalid_token"):
        way.call(client, READ, read_kwargs())


def test_error_envelope_in_a_success_is_no_error(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A 200 with ``errors`` is partial success: it is for the caller to read."""
    criteo.answers.append(answer({"data": [], "errors": [{"code": "segment-not-found"}]}))
    assert way.call(client, WRITE, write_kwargs("1"))["errors"]
