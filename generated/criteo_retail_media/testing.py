"""A stand-in for the API and its token endpoint, in memory, for the tests of code that uses this client.

    from criteo_retail_media.testing import FakeApi, partial, problem, rate_limited

    fake = FakeApi()
    fake.on(bulk_update_audience_segments, partial({1: "name-must-be-unique"}))
    with fake.client() as client:
        result = bulk.run(bulk_update_audience_segments, items, client=client, account_id="42")
    assert fake.calls[0].arguments == {"account_id": "42"}

There are no sockets, and waits take no time. The client is a real one, sync and asyncio alike: it encodes requests,
fetches and renews its token, retries, and decodes answers as ever.

``python -m criteo_retail_media.testing`` serves the same over HTTP on this machine.
"""

from __future__ import annotations

import copy
import difflib
import json
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from email.utils import formatdate
from types import NoneType
from typing import Any, get_args
from urllib.parse import unquote

import attrs
import httpx
from attrs import field, frozen

from ._call import as_bytes, as_nothing
from ._catalog import operation_modules
from ._examples import ID, example_of, hints_of, models_in
from ._fake_calls import Call, call_of, failure, pattern_of
from ._operation import Operation, OperationModule, operation_id
from ._provenance import TOKEN_URL
from .auth import ClientCredentials
from .client import AuthenticatedClient
from .errors import DecodeError, Problem
from .retry import RetryPolicy

__all__ = ["Answer", "Call", "FakeApi", "expired_token", "partial", "problem", "rate_limited"]

TOKEN_PATH = httpx.URL(TOKEN_URL).path
TRACE_ID = "fake-trace-id"


@frozen
class _Reply:
    """An answer of any status."""

    status: int
    json: Any
    headers: Mapping[str, str] = field(factory=dict)
    expires_token: bool = False


# What `FakeApi.on` takes; it says what each of them means.
Answer = Any


# --- answers in one line ---


def problem(
    status: int,
    code: str = "error",
    *,
    title: str | None = None,
    detail: str | None = None,
    type: str = "validation",  # noqa: A002 (the API's name)
    instance: str | None = None,
    source: Mapping[str, str] | None = None,
    trace_id: str | None = TRACE_ID,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An answer of an error's status, with one problem in the API's envelope."""
    given = Problem(code, title or _title(code), detail, type, instance, dict(source or {}), trace_id)
    return _Reply(status, {"errors": [_entry(given)]}, headers or {})


def rate_limited(seconds: float = 1.0) -> Answer:
    """A 429 whose limit is lifted after ``seconds``."""
    now = time.time()
    headers = {
        "x-ratelimit-limit": "250",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": f"{int(now) + seconds:.0f}",
        "Date": formatdate(int(now), usegmt=True),
    }
    return _Reply(429, problem(429, "too-many-requests", type="quota").json, headers)


def expired_token() -> Answer:
    """A 401 for the token that was sent. It is given once, also as the last answer, so that another token serves."""
    return _Reply(401, problem(401, "authorization-token-expired", type="authorization").json, expires_token=True)


def partial(problems: Mapping[int, str | Problem]) -> Answer:
    """A bulk answer in which the items at these positions of the call failed, for the code or problem given; the other
    items are done."""

    def answer(call: Call) -> Any:
        items = getattr(call.body, "data", None)
        if not isinstance(items, list):
            raise failure(f"partial() answers bulk operations, but {call.operation} was called with no list of items")
        if beyond := [position for position in problems if not 0 <= position < len(items)]:
            raise failure(
                f"partial() has a problem for item {beyond[0]}, but the call to {call.operation} has {len(items)} items"
            )
        return echo(call, items, problems)

    return answer


# --- the fake ---


class FakeApi:
    """The API, in memory. Safe to use from many threads and event loops.

    Attributes:
        url: where it is, a host that does not exist.
        calls: the calls so far, in the order they came; requests for a token are none of them.
        transport: for an httpx client of your own.
    """

    url = "https://api.criteo.invalid"

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.transport = httpx.MockTransport(self.handle)
        self._modules = operation_modules()
        self._answers: dict[str, deque[Answer]] = {}
        self._expired: set[str] = set()
        self._tokens = 0
        self._lock = threading.Lock()

    def client(self, **settings: Any) -> AuthenticatedClient:
        """A client of this API. Its retries, and the waits of `reports.run`, take no time.

        Args:
            settings: keyword arguments of `AuthenticatedClient`.
        """
        settings = {"base_url": self.url, "retry": RetryPolicy(), **settings}
        if "auth" not in settings and "token" not in settings:
            token_url = settings["base_url"].rstrip("/") + TOKEN_PATH
            settings["auth"] = ClientCredentials("fake-client-id", "fake-client-secret", token_url=token_url)
        settings["retry"] = _without_waits(settings["retry"])
        settings["httpx_args"] = {**settings.get("httpx_args", {}), "transport": self.transport}
        return AuthenticatedClient(**settings)

    def on(self, operation: OperationModule[Any], *answers: Answer) -> None:
        """Have the next calls of the operation answered so, in turn; the last one stays. Without answers, by `default`.

        Args:
            operation: module of the operation.
            answers: each a model; a dict or list, as the API writes it; the bytes of a file; None for an answer without
                a body; what `problem`, `rate_limited`, `expired_token` and `partial` make; an `httpx.Response`; an
                exception, which the call raises; or a function that is given the `Call` and returns one of these.

        Raises:
            TypeError: ``operation`` is no operation's module, or an answer is none of these.
        """
        name = operation_id(operation)
        for answer in answers:
            _check_answer(operation, answer)
        with self._lock:
            self._modules[name] = operation
            self._answers[name] = deque(answers)

    def default(self, call: Call) -> Answer:
        """The answer where `on` gives none: a bulk call's items are done, else an example made from the models."""
        operation: Operation[Any] = call._module.OPERATION  # noqa: SLF001 (of this module)
        items = getattr(call.body, "data", None)
        if operation.body_list and operation.answer_list and isinstance(items, list):
            return echo(call, items, {})
        return _example(call)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer a request, as `transport` does.

        Raises:
            AssertionError: it is no request of a known operation, or what it holds is none of the operation's.
        """
        if request.url.path == TOKEN_PATH:
            return self._grant(request)
        call = self._read(request)
        token = request.headers.get("authorization", "").partition(" ")[2]
        with self._lock:
            self.calls.append(call)
            if not token or token in self._expired:
                answer = expired_token()
            else:
                answer = self._next_answer(call.operation)
                if isinstance(answer, _Reply) and answer.expires_token:
                    self._expired.add(token)
        return _response(self, call, answer)

    def _next_answer(self, operation: str) -> Answer:
        answers = self._answers.get(operation)
        if not answers:
            return self.default
        stays = len(answers) == 1 and not (isinstance(answers[0], _Reply) and answers[0].expires_token)
        return answers[0] if stays else answers.popleft()

    def _grant(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            raise failure(f"the token endpoint takes POST, not {request.method}")
        with self._lock:
            self._tokens += 1
            token = {"access_token": f"fake-token-{self._tokens}", "token_type": "Bearer", "expires_in": 900}
        if b"grant_type=client_credentials" not in request.content:
            token["refresh_token"] = "fake-refresh-token"  # noqa: S105 (of nobody)
        return json_response(200, token)

    def _read(self, request: httpx.Request) -> Call:
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        by_literals = sorted(self._modules.values(), key=lambda module: module.OPERATION.path.count("{"))
        for module in by_literals:
            if module.OPERATION.method == request.method and (
                found := pattern_of(module.OPERATION.path).fullmatch(path)
            ):
                return call_of(module, request, [unquote(value) for value in found.groups()])
        requested = f"{request.method} {path}"
        known = {f"{each.OPERATION.method} {each.OPERATION.path}": each.OPERATION.id for each in by_literals}
        (nearest,) = difflib.get_close_matches(requested, known, n=1, cutoff=0.0) or [""]
        raise failure(
            f"no operation of this client is {requested[:200]}; the nearest is {known.get(nearest)} ({nearest})"
        )


# --- from an answer to a response ---


def _check_answer(operation: OperationModule[Any], answer: Answer) -> None:
    if attrs.has(type(answer)) and hasattr(answer, "to_dict"):
        kinds = models_in(hints_of(operation).get("return"))
        if kinds and not isinstance(answer, tuple(kinds)):
            raise TypeError(f"{operation.OPERATION.id} answers {kinds[0].__name__}, not {type(answer).__name__}")
    elif not isinstance(answer, _Reply | Mapping | list | bytes | httpx.Response | Exception | None) and not callable(
        answer
    ):
        raise TypeError(f"a {type(answer).__name__} is no answer: give a model, a dict, problem(…) or another of those")


def _response(fake: FakeApi, call: Call, answer: Answer) -> httpx.Response:
    answers = call._module.OPERATION.answers  # noqa: SLF001 (of this module)
    if isinstance(answer, Exception):
        raise copy.copy(answer)  # for a traceback of its own
    if isinstance(answer, _Reply):
        return json_response(answer.status, answer.json, answer.headers)
    if isinstance(answer, httpx.Response):
        return _raw_response(answer.status_code, answer.content, answer.headers)
    full = next((status for status, read in answers.items() if read is not as_nothing), 200)
    if answer is None:
        empty = next((status for status, read in answers.items() if read is as_nothing), None)
        may_be_null = empty is None and NoneType in get_args(hints_of(call._module)["return"])  # noqa: SLF001
        return json_response(full, None) if may_be_null else _raw_response(empty or 204, b"", {})
    if isinstance(answer, bytes):
        return _raw_response(full, answer, {"Content-Type": "application/octet-stream"})
    if isinstance(answer, Mapping | list) or hasattr(answer, "to_dict"):
        return json_response(full, answer)
    if callable(answer):
        return _response(fake, call, answer(call))
    raise TypeError(f"the answer to {call.operation} is a {type(answer).__name__}, which is no answer")


def json_response(status: int, data: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
    content = json.dumps(data, default=lambda model: model.to_dict()).encode()
    return _raw_response(status, content, {"Content-Type": "application/json", **(headers or {})})


def _raw_response(status: int, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
    """A response that can be read in pieces, as one from a socket."""
    kept = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    return httpx.Response(status, headers={**kept, "Content-Length": str(len(content))}, stream=_Stream(content))


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


# --- answers made from models ---


def _example(call: Call) -> Answer:
    operation: Operation[Any] = call._module.OPERATION  # noqa: SLF001 (of this module)
    if as_bytes in operation.answers.values():
        return json.dumps({"id": ID}).encode() + b"\n"
    models = models_in(hints_of(call._module)["return"])  # noqa: SLF001 (of this module)
    if not models:
        return None
    answer = example_of(models[0]).to_dict()
    data = answer.get("data")
    paging = operation.paging
    if paging is not None and call.arguments.get(paging.start):
        answer["data"] = []  # the first page holds all
    elif isinstance(data, dict) and "id" in data and operation.path.rstrip("/").endswith("}"):
        data["id"] = list(call.arguments.values())[operation.path.count("{") - 1]  # the entity that was asked for
    return answer


def echo(call: Call, items: Sequence[Any], failed: Mapping[int, str | Problem]) -> dict[str, Any]:
    """The answer to a bulk call: an entity for each item, but those that failed."""
    (model, *_) = models_in(hints_of(call._module)["return"])  # noqa: SLF001 (of this module)
    answer = example_of(model).to_dict()
    (example,) = answer.get("data") or [{}]
    done = [position for position in range(len(items)) if position not in failed]
    entities = [_overlaid({**example, "id": str(int(ID) + n)}, items[n].to_dict()) for n in done]
    entries = [_entry(given, position) for position, given in sorted(failed.items(), key=lambda one: one[0])]
    answer = {**answer, "data": entities, "errors": entries}
    try:
        model.from_dict(answer)
    except DecodeError:  # items and entities differ in more than wrappers: the entities are examples
        answer["data"] = [{**example, "id": entity["id"]} for entity in entities]
    return answer


def _overlaid(example: dict[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """The example, with what the item sets; a wrapper (``{"value": …}``) sets its value."""
    entity = dict(example)
    for name, value in item.items():
        before = example.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            entity[name] = _overlaid(before, value)
        elif isinstance(value, dict) and value.keys() <= {"value"}:
            entity[name] = value.get("value")
        else:
            entity[name] = value
    return entity


def _entry(given: str | Problem, position: int | None = None) -> dict[str, Any]:
    """A problem as the API writes it; ``position`` is that of its item."""
    entry = given if isinstance(given, Problem) else Problem(given, _title(given), type="validation", trace_id=TRACE_ID)
    instance = entry.instance if entry.instance is not None or position is None else f"@data/{position}"
    members = {
        "traceId": entry.trace_id,
        "type": entry.type,
        "code": entry.code,
        "instance": instance,
        "title": entry.title,
        "detail": entry.detail,
        "source": entry.source or None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _title(code: str) -> str:
    return code.replace("-", " ").capitalize()


# --- time ---


@frozen
class _NoWaits(RetryPolicy):
    """Waits in no time; its clock goes on as if it had waited."""

    _waited: list[float] = field(factory=list, eq=False, repr=False, kw_only=True)

    def clock(self) -> float:
        return time.monotonic() + sum(self._waited)

    def sleep(self, seconds: float) -> None:
        self._waited.append(seconds)

    async def sleep_async(self, seconds: float) -> None:
        import asyncio

        self._waited.append(seconds)
        await asyncio.sleep(0)


def _without_waits(policy: RetryPolicy | None) -> RetryPolicy:
    """The policy, without its waits; one of another class decides for itself."""
    policy = RetryPolicy.none() if policy is None else policy
    if type(policy) is not RetryPolicy:
        return policy
    settings: dict[str, Any] = {each.name: getattr(policy, each.name) for each in attrs.fields(RetryPolicy)}
    return _NoWaits(**settings)


if __name__ == "__main__":
    from ._sandbox import main

    raise SystemExit(main())
