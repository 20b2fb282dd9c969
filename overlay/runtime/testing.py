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

import argparse
import asyncio
import copy
import difflib
import inspect
import json
import re
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from email.utils import formatdate
from types import NoneType
from typing import Any, get_args
from urllib.parse import unquote
from weakref import WeakValueDictionary

import attrs
import httpx
from attrs import field, frozen

from ._call import as_bytes, as_nothing
from ._catalog import operation_modules
from ._examples import ID, example_of, hints_of, models_in, options_of
from ._fake_calls import Call, call_of, failure, items_of
from ._operation import Operation, OperationModule, check_whole, operation_id
from ._provenance import TOKEN_URL
from ._sandbox import serve
from .auth import ClientCredentials
from .client import AuthenticatedClient
from .errors import DecodeError, Problem
from .retry import RetryPolicy

__all__ = ["Answer", "Call", "FakeApi", "expired_token", "partial", "problem", "rate_limited"]

TOKEN_PATH = httpx.URL(TOKEN_URL).path
TRACE_ID = "fake-trace-id"
EXPIRES = "criteo_retail_media.expires_token"  # extension of an answer after which its request's token is no good
OF_THE_CONTENT = ("content-length", "content-encoding", "transfer-encoding")

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
) -> httpx.Response:
    """An answer of an error's status, with one problem in the API's envelope."""
    given = Problem(code, title or _title(code), detail, type, instance, dict(source or {}), trace_id)
    return httpx.Response(check_whole("status", status, 400), json={"errors": [_entry(given)]}, headers=headers)


def rate_limited(seconds: float = 1.0) -> httpx.Response:
    """A 429 whose limit is lifted after ``seconds``."""
    now = int(time.time())
    headers = {
        "x-ratelimit-limit": "250",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": str(now + seconds),
        "Date": formatdate(now, usegmt=True),
    }
    return problem(429, "too-many-requests", type="quota", headers=headers)


def expired_token() -> httpx.Response:
    """A 401 for the token that was sent. It is given once, also as the last answer, so that another token serves."""
    answer = problem(401, "authorization-token-expired", type="authorization")
    answer.extensions[EXPIRES] = True
    return answer


def partial(problems: Mapping[int, str | Problem]) -> Answer:
    """A bulk answer in which the items at these positions of the call failed, for the code or problem given; the other
    items are done."""

    def answer(call: Call) -> Any:
        items = items_of(call)
        if items is None:
            raise failure(f"partial() answers bulk operations, but {call.operation} was called with no list of items")
        if beyond := [position for position in problems if not 0 <= position < len(items)]:
            raise failure(
                f"partial() has a problem for item {beyond[0]}, but the call to {call.operation} has {len(items)} items"
            )
        return _echo(call, items, problems)

    return answer


# --- the fake ---


class FakeApi:
    """The API, in memory. Safe to use from many threads and event loops; its clients pickle within the process.

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
        self._key = uuid.uuid4().hex
        _FAKES[self._key] = self

    def __reduce__(self) -> tuple[Any, ...]:
        return _find_fake, (self._key,)

    def client(self, **settings: Any) -> AuthenticatedClient:
        """A client of this API. Its retries, and the waits of `reports.run`, take no time.

        For code that makes its client by itself: ``monkeypatch.setattr(AuthenticatedClient, "from_env", fake.client)``.

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
        items = items_of(call)
        return _example(call) if items is None else _echo(call, items, {})

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
            answer = self._next_answer(call.operation) if token and token not in self._expired else expired_token()
            if _expires_token(answer):
                self._expired.add(token)
        while callable(answer):
            answer = answer(call)
            _check_answer(call.module, answer)
        return _response(call, answer)

    def _next_answer(self, operation: str) -> Answer:
        answers = self._answers.get(operation)
        if not answers:
            return self.default
        return answers[0] if len(answers) == 1 and not _expires_token(answers[0]) else answers.popleft()

    def _grant(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            raise failure(f"the token endpoint takes POST, not {request.method}")
        with self._lock:
            self._tokens += 1
            token = {"access_token": f"fake-token-{self._tokens}", "token_type": "Bearer", "expires_in": 900}
        if b"grant_type=client_credentials" not in request.content:
            token["refresh_token"] = "fake-refresh-token"  # noqa: S105 (of nobody)
        return streamed(httpx.Response(200, json=token))

    def _read(self, request: httpx.Request) -> Call:
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        known = {}
        for module in sorted(self._modules.values(), key=lambda module: module.OPERATION.path.count("{")):
            operation = module.OPERATION
            known[f"{operation.method} {operation.path}"] = operation.id
            pattern = "([^/]+)".join(map(re.escape, re.split(r"\{[^}]*\}", operation.path)))
            if operation.method == request.method and (found := re.fullmatch(pattern, path)):
                return call_of(module, request, [unquote(value) for value in found.groups()])
        requested = f"{request.method} {path}"
        (nearest,) = difflib.get_close_matches(requested, known, n=1, cutoff=0.0) or [""]
        raise failure(
            f"no operation of this client is {requested[:200]}; the nearest is {known.get(nearest)} ({nearest})"
        )


_FAKES: WeakValueDictionary[str, FakeApi] = WeakValueDictionary()


def _find_fake(key: str) -> FakeApi:
    """The fake of a client that was pickled."""
    try:
        return _FAKES[key]
    except KeyError:
        raise RuntimeError("a FakeApi serves one process: for others, serve it (python -m …testing)") from None


# --- from an answer to a response ---


def _check_answer(operation: OperationModule[Any], answer: Answer) -> None:
    """Refuse what is no answer of the operation."""
    options = options_of(hints_of(operation).get("return"))
    kinds = tuple(kind for kind in options if isinstance(kind, type) and kind is not Any)
    if isinstance(answer, kinds):
        return
    if attrs.has(type(answer)) and hasattr(answer, "to_dict"):
        if kinds:
            raise TypeError(f"{operation.OPERATION.id} answers {kinds[0].__name__}, not {type(answer).__name__}")
    elif isinstance(answer, Mapping | list):
        _json(answer)
    elif isinstance(answer, type) or inspect.iscoroutinefunction(answer):
        raise TypeError(f"{answer!r} is no answer: give an instance, or a function that is not async")
    elif not (isinstance(answer, bytes | httpx.Response | BaseException | None) or callable(answer)):
        raise TypeError(f"a {type(answer).__name__} is no answer: give a model, a dict, problem(…) or another of those")


def _expires_token(answer: Answer) -> bool:
    return isinstance(answer, httpx.Response) and EXPIRES in answer.extensions


def _response(call: Call, answer: Answer) -> httpx.Response:
    answers, hint = call.module.OPERATION.answers, hints_of(call.module)["return"]
    may_be_null = as_nothing not in answers.values() and NoneType in get_args(hint)
    full = next((status for status, read in answers.items() if read is not as_nothing), 200)
    if isinstance(answer, BaseException):
        raise copy.copy(answer)  # for a traceback of its own
    if isinstance(answer, bytes):
        answer = httpx.Response(full, content=answer, headers={"Content-Type": "application/octet-stream"})
    elif answer is None and not may_be_null:
        empty = next((status for status, read in answers.items() if read is as_nothing), 204)
        answer = httpx.Response(empty)
    elif not isinstance(answer, httpx.Response):
        answer = httpx.Response(full, content=_json(answer), headers={"Content-Type": "application/json"})
    return streamed(answer)


def _json(data: Any) -> bytes:
    def write(value: Any) -> Any:
        if not hasattr(value, "to_dict"):
            raise TypeError(f"a {type(value).__name__} is no JSON and no model, so it cannot be in an answer")
        return value.to_dict()

    return json.dumps(data, default=write).encode()


def streamed(response: httpx.Response) -> httpx.Response:
    """A new response of the same content, that can be read in pieces, as one from a socket."""
    content = response.read()
    kept = {name: value for name, value in response.headers.items() if name not in OF_THE_CONTENT}
    kept["Content-Length"] = str(len(content))
    return httpx.Response(response.status_code, headers=kept, stream=httpx.ByteStream(content))


# --- answers made from models ---


def _example(call: Call) -> Answer:
    operation: Operation[Any] = call.module.OPERATION
    if as_bytes in operation.answers.values():
        return json.dumps({"id": ID}).encode() + b"\n"
    hint = hints_of(call.module)["return"]
    kinds = models_in(hint) or options_of(hint)
    answer = json.loads(_json(example_of(kinds[0]))) if kinds else None
    if not isinstance(answer, dict):
        return answer
    data = answer.get("data")
    if operation.paging is not None and call.arguments.get(operation.paging.start):
        answer["data"] = []  # the first page holds all
    if isinstance(data, dict):
        if "id" in data and operation.path.rstrip("/").endswith("}"):
            data["id"] = list(call.arguments.values())[operation.path.count("{") - 1]  # the entity that was asked for
        is_begun = operation.report is not None and operation.body is not None
        if is_begun and "status" in (data.get("attributes") or {}):
            data["attributes"]["status"] = "pending"  # a report, whose state is to be asked for
    return answer


def _echo(call: Call, items: Sequence[Any], failed: Mapping[int, str | Problem]) -> dict[str, Any]:
    """The answer to a bulk call: an entity for each item, but those that failed."""
    (model, *_) = models_in(hints_of(call.module)["return"])
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
    members = {**attrs.asdict(entry), "instance": instance, "traceId": entry.trace_id, "trace_id": None}
    return {name: value for name, value in members.items() if value not in (None, {})}


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
        self._waited.append(seconds)
        await asyncio.sleep(0)


def _without_waits(policy: RetryPolicy | None) -> RetryPolicy:
    """The policy, without its waits; one of another class decides for itself."""
    policy = RetryPolicy.none() if policy is None else policy
    return _NoWaits(**attrs.asdict(policy, recurse=False)) if type(policy) is RetryPolicy else policy


# --- over HTTP ---


class _Sandbox(FakeApi):
    """What the command serves: it knows the items whose id is a number."""

    def default(self, call: Call) -> Answer:
        items = items_of(call)
        if items is None:
            return super().default(call)
        ids = [getattr(item, "id", None) for item in items]
        unknown = [n for n, id_ in enumerate(ids) if isinstance(id_, str) and not id_.isdecimal()]
        return _echo(call, items, dict.fromkeys(unknown, "not-found"))

    def answer(self, read: Callable[[], httpx.Request]) -> httpx.Response:
        """The answer to a request, also where it cannot be read or is none of this client."""
        try:
            return self.handle(read())
        except (AssertionError, httpx.InvalidURL, ValueError) as error:
            return problem(404, "not-a-request-of-this-client", detail=str(error))


def main(argv: list[str] | None = None) -> int:
    """Serve the API and its token endpoint over HTTP on this machine, until Ctrl-C."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.testing", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8080, help="where to listen; 0 takes any free port")
    return serve(_Sandbox().answer, parser.parse_args(argv).port)


if __name__ == "__main__":
    raise SystemExit(main())
