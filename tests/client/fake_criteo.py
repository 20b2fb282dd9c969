"""A fake Criteo on real sockets: how the Retail Media API behaves, as far as Criteo's documents and documentation say.

``FakeCriteo`` serves the token endpoint and the audience segments of the client's API version. It behaves unless a test
says otherwise: ``token_answers`` and ``answers`` hold what the next requests get instead (a response, or a function of
the request), first in, first out. A request that no rule of the API covers fails the test, through ``server.check()``
in the fixture.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs

import pytest
from criteo_retail_media import API_VERSION
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Json = dict[str, Any]
Answer = Response | Callable[[Request], Response]

CLIENT_ID = "the-client-id"
CLIENT_SECRET = "s3cr3t/+=&%:the-client-secret"  # every character that a form or a URL must escape
SEGMENTS = f"/{API_VERSION}/retail-media/accounts/{{account}}/audience-segments"
SEGMENT_TYPE = "RetailMediaAudienceSegment"
SEARCH_LIMIT, SEARCH_LIMIT_MAX = 50, 500

UPDATABLE = {"name", "description", "events", "contactList"}
UPDATABLE_EVENTS = {"brandIds", "categoryIds", "lookbackDays", "maxPrice", "minPrice", "shopperActivity"}
NILLABLE = {"description", "maxPrice", "minPrice"}


# --- answers a test can put in a queue ---


def answer(body: object = None, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(json.dumps(body), status, headers, content_type="application/json; charset=utf-8")


def problem(status: int, code: str, **members: Any) -> Response:
    """The envelope every 4xx and 5xx carries; the document declares none of them."""
    kind = {400: "validation", 401: "authorization", 403: "access-control", 429: "quota", 503: "availability"}
    entry = {"traceId": "aa47d1c0", "type": kind.get(status, "unknown"), "code": code} | members
    return answer({"errors": [entry]}, status)


def token_expired() -> Response:
    """What an expired token gets (Criteo documents this body, with the older ``traceIdentifier``)."""
    entry = {
        "traceIdentifier": "80a1e7f0",
        "type": "authorization",
        "code": "authorization-token-expired",
        "instance": "/2022-10/audiences/123/contactlist",
        "title": "The authorization token has expired",
    }
    return answer({"errors": [entry]}, 401)


def rate_limited(*, reset_in: float | None = None, retry_after: str | None = None) -> Response:
    """A 429: ``x-ratelimit-reset`` is epoch seconds, ``Retry-After`` is not documented, the body may be empty."""
    response = Response(b"", 429)
    if reset_in is not None:
        response.headers["x-ratelimit-limit"] = "250"
        response.headers["x-ratelimit-remaining"] = "0"
        response.headers["x-ratelimit-reset"] = str(round(time.time() + reset_in))
    if retry_after is not None:
        response.headers["Retry-After"] = retry_after
    return response


def hang_up(request: Request) -> Response:
    """Read the request and close the connection without an answer."""
    request.get_data()
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response()


def html(status: int = 502) -> Response:
    """A proxy's page in front of the API."""
    return Response(f"<html><body><h1>{status} Bad Gateway</h1></body></html>", status, content_type="text/html")


def oauth_error(error: str, status: int = 401, description: str | None = None) -> Response:
    """A failed token request as RFC 6749 section 5.2 has it (Criteo documents none)."""
    return answer({"error": error} | ({} if description is None else {"error_description": description}), status)


# --- the server ---


class LoopbackServer(HTTPServer):
    """A server that answers each connection in a thread of its own, and stops without delay."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(host="127.0.0.1", port=port, threaded=True)

    def thread_target(self) -> None:
        """Ask often whether to stop; it would be twice a second."""
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.01)


@contextmanager
def no_authorities(folder: Path) -> Iterator[None]:
    """Trust those in the folder alone, which is empty: to load all that there are takes longer than a call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", str(folder))
        yield


@dataclass(frozen=True)
class Call:
    """One request the fake received."""

    method: str
    path: str
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def token(self) -> str:
        """The bearer token, empty where there is none."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class FakeCriteo:
    """The state of the fake, and what tests switch. Safe to use from many threads."""

    server: HTTPServer

    # The token endpoint.
    token_answers: deque[Answer] = field(default_factory=deque)
    token_calls: list[Call] = field(default_factory=list)
    expires_in: Any = 900
    refresh_token: Any = None  # what client credentials get; ABSENT leaves the member out
    rotate_refresh_token: bool = True  # whether the refresh token grant gives a new one; unknown of the real service
    codes: set[str] = field(default_factory=lambda: {"the-code"})
    refresh_tokens: set[str] = field(default_factory=lambda: {"the-refresh-token"})
    valid_tokens: set[str] = field(default_factory=set)
    expired_tokens: set[str] = field(default_factory=set)

    # The API.
    answers: deque[Answer] = field(default_factory=deque)
    calls: list[Call] = field(default_factory=list)
    segments: dict[str, Json] = field(default_factory=dict)  # id -> attributes
    report_in: Literal["errors", "warnings"] = "errors"  # Criteo's pages show failed items in one or in the other
    point_by: Literal["instance", "source", "both", "nothing"] = "both"
    empty_lists: Literal["missing", "null", "empty"] = "empty"  # data, errors and warnings may each be any of these
    extra_headers: dict[str, str] = field(default_factory=dict)  # on every answer of the API, e.g. deprecated()

    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    ABSENT = object()

    def __post_init__(self) -> None:
        expect = self.server.expect_request
        path = SEGMENTS.format(account="[^/]+")
        expect("/oauth2/token", method="POST").respond_with_handler(self._token)
        expect(re.compile(f"{path}$"), method="PATCH").respond_with_handler(self._api(self._update))
        expect(re.compile(f"{path}/create$"), method="POST").respond_with_handler(self._api(self._create))
        expect(re.compile(f"{path}/search$"), method="POST").respond_with_handler(self._api(self._search))
        expect(re.compile(f"{path}/[^/]+/contact-list$"), method="GET").respond_with_handler(
            self._api(self._statistics)
        )

    @property
    def url(self) -> str:
        """The base URL, as a client takes it."""
        return self.server.url_for("").rstrip("/")

    @property
    def token_url(self) -> str:
        """The token endpoint's URL."""
        return self.server.url_for("/oauth2/token")

    def add_segments(self, count: int, prefix: str = "Segment") -> list[str]:
        """Make segments and return their ids: strings that hold int64."""
        with self._lock:
            ids = [str(1000 + len(self.segments) + n) for n in range(count)]
            self.segments |= {id_: {"name": f"{prefix} {id_}", "description": "as made"} for id_ in ids}
        return ids

    def expire_tokens(self) -> None:
        """From now on every token given out so far is answered with 401."""
        with self._lock:
            self.expired_tokens |= self.valid_tokens
            self.valid_tokens.clear()

    def deprecated(self, sunset: str = "Wed, 27 Jan 2027 00:00:00 GMT") -> None:
        """Announce the end of the version, as answers do in its last three months."""
        self.extra_headers |= {"Deprecation": "true", "Sunset": sunset}

    # --- POST /oauth2/token ---

    def _token(self, request: Request) -> Response:
        call = _call(request)
        with self._lock:
            self.token_calls.append(call)
            planned = self.token_answers.popleft() if self.token_answers else None
        if planned is not None:
            return planned if isinstance(planned, Response) else planned(request)
        assert request.mimetype == "application/x-www-form-urlencoded", "the token endpoint takes a form"
        assert "authorization" not in call.headers, "client id and secret go in the body, not in HTTP Basic"
        fields = parse_qs(call.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert all(len(values) == 1 for values in fields.values()), f"repeated form fields: {sorted(fields)}"
        return self._grant({name: values[0] for name, values in fields.items()})

    def _grant(self, form: dict[str, str]) -> Response:
        if (form.pop("client_id", None), form.pop("client_secret", None)) != (CLIENT_ID, CLIENT_SECRET):
            return oauth_error("invalid_client")
        grant = form.pop("grant_type", None)
        with self._lock:
            refresh: object = None
            match grant:
                case "client_credentials":
                    assert not form, f"unexpected form fields {sorted(form)}"
                    refresh = self.refresh_token
                case "authorization_code":
                    assert set(form) == {"code", "redirect_uri"}, f"unexpected form fields {sorted(form)}"
                    if form["code"] not in self.codes:
                        return oauth_error("invalid_grant", 400)
                    self.codes.remove(form["code"])  # a code is good for one use
                    refresh = self._new_refresh_token()
                case "refresh_token":
                    assert set(form) == {"refresh_token"}, f"unexpected form fields {sorted(form)}"
                    if form["refresh_token"] not in self.refresh_tokens:
                        return oauth_error("invalid_grant", 400)
                    refresh = self._new_refresh_token() if self.rotate_refresh_token else self.ABSENT
                case _:
                    return oauth_error("unsupported_grant_type", 400)
            token = f"token-{len(self.valid_tokens) + len(self.expired_tokens) + 1}"
            self.valid_tokens.add(token)  # several tokens may be valid at once
            body = {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self.expires_in,
                "refresh_token": refresh,
            }
        return answer({name: value for name, value in body.items() if value is not self.ABSENT})

    def _new_refresh_token(self) -> str:
        token = f"refresh-{len(self.refresh_tokens)}"
        self.refresh_tokens.add(token)
        return token

    # --- what all operations share ---

    def _api(self, operation: Callable[[Call], Response]) -> Callable[[Request], Response]:
        def handle(request: Request) -> Response:
            call = _call(request)
            with self._lock:
                self.calls.append(call)
                planned = self.answers.popleft() if self.answers else None
            if planned is not None:
                response = planned if isinstance(planned, Response) else planned(request)
            else:
                with self._lock:
                    response = self._unauthorized(call) or operation(call)
            response.headers.update(self.extra_headers)
            return response

        return handle

    def _unauthorized(self, call: Call) -> Response | None:
        """401 for an expired or unknown token: clients branch on the status, not on the code."""
        if call.token in self.valid_tokens:
            return None
        return token_expired() if call.token in self.expired_tokens else problem(401, "authorization-token-invalid")

    # --- PATCH …/audience-segments ---

    def _update(self, call: Call) -> Response:
        """Partial success: 200 whatever became of each item; ``data`` holds the successes only."""
        assert call.headers["content-type"] == "application/json", call.headers["content-type"]
        updated, problems = [], []
        for position, item in enumerate(call.json()["data"]):
            code = self._apply(item)
            if code is None:
                updated.append(self._entity(item["id"]))
            else:
                problems.append(self._item_problem(position, code))
        return answer(self._envelope(updated, problems))

    def _apply(self, item: Json) -> str | None:
        """Change one segment; the code of the problem where that cannot be."""
        assert set(item) <= {"id", "type", "attributes"}, f"unexpected members {sorted(item)}"
        assert isinstance(item["id"], str), "ids are strings holding int64"
        attributes = item.get("attributes", {})
        assert set(attributes) <= UPDATABLE, f"unexpected attributes {sorted(attributes)}"
        assert set(attributes.get("events", {})) <= UPDATABLE_EVENTS, (
            f"unexpected events {sorted(attributes['events'])}"
        )
        segment = self.segments.get(item["id"])
        if segment is None:
            return "segment-not-found"
        if "name" in attributes:
            if not attributes["name"]:
                return "name-must-not-be-empty"
            if any(s["name"] == attributes["name"] for id_, s in self.segments.items() if id_ != item["id"]):
                return "name-must-be-unique"
        _merge(segment, attributes)
        return None

    def _item_problem(self, position: int, code: str) -> Json:
        """An entry points at its item by ``instance``, by ``source``, or by both; N counts from zero."""
        entry: Json = {
            "traceId": "aa47d1c0",
            "type": "validation",
            "code": code,
            "title": code.replace("-", " ").capitalize(),
        }
        if self.point_by in ("instance", "both"):
            entry["instance"] = f"@data/{position}"
        if self.point_by in ("source", "both"):
            entry["source"] = {"name": f"data/{position}/attributes/name"}
        return entry

    def _entity(self, id_: str) -> Json:
        return {"id": id_, "type": SEGMENT_TYPE, "attributes": {"accountId": "42", **self.segments[id_]}}

    def _envelope(self, data: Iterable[Json], problems: Iterable[Json] = ()) -> Json:
        body: Json = {"data": list(data), "errors": [], "warnings": []}
        body[self.report_in] = list(problems)
        if self.empty_lists == "missing":
            return {name: value for name, value in body.items() if value}
        return {name: value or None for name, value in body.items()} if self.empty_lists == "null" else body

    # --- POST …/audience-segments/create, POST …/audience-segments/search ---

    def _create(self, call: Call) -> Response:
        """Create is a POST that answers 200."""
        created, problems = [], []
        for position, item in enumerate(call.json()["data"]):
            attributes = item["attributes"]
            if any(s["name"] == attributes["name"] for s in self.segments.values()):
                problems.append(self._item_problem(position, "name-must-be-unique"))
                continue
            (id_,) = self.add_segments(1)
            self.segments[id_] = dict(attributes)
            created.append(self._entity(id_))
        return answer(self._envelope(created, problems))

    def _search(self, call: Call) -> Response:
        """One page: ``limit`` (50 by default, at most 500) and ``offset``; the total is in ``meta.totalItems``."""
        query = {name: int(values[0]) for name, values in parse_qs(call.query).items()}
        limit, offset = query.get("limit", SEARCH_LIMIT), query.get("offset", 0)
        if not 0 < limit <= SEARCH_LIMIT_MAX:
            return problem(400, "invalid-limit", source={"limit": "limit"})
        requested_ids = call.json().get("data", {}).get("attributes", {}).get("audienceSegmentIds")
        found = [id_ for id_ in self.segments if requested_ids is None or id_ in requested_ids]
        page = [self._entity(id_) for id_ in found[offset : offset + limit]]
        return answer(self._envelope(page) | {"meta": {"totalItems": len(found), "limit": limit, "offset": offset}})

    # --- GET …/audience-segments/{audience-segment-id}/contact-list ---

    def _statistics(self, call: Call) -> Response:
        """A read: the size of a segment's contact list."""
        id_ = call.path.split("/")[-2]
        if id_ not in self.segments:
            return problem(404, "segment-not-found", instance=call.path)
        attributes = {"numberOfIdentifiers": 100, "numberOfMatches": 62, "matchRate": 0.62}
        return answer({"data": {"id": id_, "type": "ContactListStatistics", "attributes": attributes}})


def _merge(segment: Json, attributes: Json) -> None:
    """PATCH: an absent member stays as it is; a wrapper sets its value, and clears where that is null *or absent*."""
    for name, value in attributes.items():
        assert value is not None, f"{name}: null where the effect is unknown must never be sent"
        if name in NILLABLE:
            assert set(value) <= {"value"}, f"{name}: unexpected members {sorted(value)}"
            segment[name] = value.get("value")
        elif isinstance(value, dict):
            _merge(segment.setdefault(name, {}), value)
        else:
            segment[name] = value


def _call(request: Request) -> Call:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(request.method, request.path, request.query_string.decode(), headers, request.get_data())
