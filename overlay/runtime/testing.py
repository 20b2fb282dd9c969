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
import copy
import datetime
import difflib
import enum
import io
import json
import re
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from email.message import Message
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import NoneType
from typing import Any, get_args
from urllib.parse import unquote

import attrs
import httpx
from attrs import field, frozen

from ._call import as_bytes, as_nothing
from ._catalog import operation_modules
from ._codec import as_date, as_datetime
from ._examples import ID, example_of, hints_of, models_in, options_of
from ._operation import Operation, OperationModule, operation_id, parameters
from ._provenance import TOKEN_URL
from .auth import ClientCredentials
from .client import AuthenticatedClient
from .errors import DecodeError, Problem
from .retry import RetryPolicy
from .types import File

__all__ = ["Answer", "Call", "FakeApi", "expired_token", "partial", "problem", "rate_limited"]

TOKEN_PATH = httpx.URL(TOKEN_URL).path
TRACE_ID = "fake-trace-id"
NO_PARAMETERS = ("client", "body", "timeout", "headers", "deadline")
BOOLEANS = {"true": True, "false": False}
READERS: dict[Any, Callable[[str], Any]] = {
    bool: BOOLEANS.__getitem__,
    datetime.date: as_date,
    datetime.datetime: as_datetime,
}


@frozen
class Call:
    """A call as the API got it.

    Attributes:
        operation: the operation's id.
        arguments: what was given to the operation's function, by its Python names, without ``body``.
        body: the body as a model, or None.
        headers: the request's headers.
    """

    operation: str
    arguments: dict[str, Any]
    body: Any = None
    headers: httpx.Headers = field(factory=httpx.Headers, repr=False)
    _module: Any = field(default=None, repr=False, eq=False)


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
    told = Problem(code, title or _title(code), detail, type, instance, dict(source or {}), trace_id)
    return _Reply(status, {"errors": [_entry(told)]}, headers or {})


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
            raise _failure(f"partial() answers bulk operations, but {call.operation} was called with no list of items")
        if beyond := [position for position in problems if not 0 <= position < len(items)]:
            raise _failure(
                f"partial() has a problem for item {beyond[0]}, but the call to {call.operation} has {len(items)} items"
            )
        return _echo(call, items, problems)

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
            return _echo(call, items, {})
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
            raise _failure(f"the token endpoint takes POST, not {request.method}")
        with self._lock:
            self._tokens += 1
            token = {"access_token": f"fake-token-{self._tokens}", "token_type": "Bearer", "expires_in": 900}
        if b"grant_type=client_credentials" not in request.content:
            token["refresh_token"] = "fake-refresh-token"  # noqa: S105 (of nobody)
        return _json_response(200, token)

    def _read(self, request: httpx.Request) -> Call:
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        by_literals = sorted(self._modules.values(), key=lambda module: module.OPERATION.path.count("{"))
        for module in by_literals:
            if module.OPERATION.method == request.method and (found := _pattern(module.OPERATION.path).fullmatch(path)):
                return _call_of(module, request, [unquote(value) for value in found.groups()])
        asked = f"{request.method} {path}"
        known = {f"{each.OPERATION.method} {each.OPERATION.path}": each.OPERATION.id for each in by_literals}
        (nearest,) = difflib.get_close_matches(asked, known, n=1, cutoff=0.0) or [""]
        raise _failure(f"no operation of this client is {asked[:200]}; the nearest is {known.get(nearest)} ({nearest})")


def _failure(text: str) -> AssertionError:
    """What fails the test that made the request."""
    return AssertionError(f"FakeApi: {text}")


# --- from a request to a call ---


def _pattern(path: str) -> re.Pattern[str]:
    """What a path of the document matches; a group for each parameter."""
    return re.compile("([^/]+)".join(map(re.escape, re.split(r"\{[^}]*\}", path))))


def _plain(name: str) -> str:
    """The name without what its spellings differ in: ``account-id``, ``accountId``, ``account_id``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _call_of(module: Any, request: httpx.Request, in_path: list[str]) -> Call:
    operation: Operation[Any] = module.OPERATION
    hints = hints_of(module)
    python_names = {_plain(name): name for name in parameters(module) if name not in NO_PARAMETERS}
    texts: dict[str, list[str]] = {}
    in_query = request.url.params.multi_items()
    for name, value in [*zip(re.findall(r"\{([^}]*)\}", operation.path), in_path, strict=True), *in_query]:
        if _plain(name) not in python_names:
            raise _failure(
                f"{operation.id} has no parameter {name[:100]!r}; it has {', '.join(python_names.values()) or 'none'}"
            )
        texts.setdefault(python_names[_plain(name)], []).append(value)
    arguments = {}
    for name, values in texts.items():
        try:
            arguments[name] = _typed(hints.get(name, str), values)
        except (ValueError, DecodeError) as error:
            raise _failure(f"{operation.id}: {name} cannot be read: {error}") from error
    return Call(operation.id, arguments, _body_of(module, hints, request), request.headers.copy(), module)


def _typed(hint: Any, texts: Sequence[str]) -> Any:
    """The value of a parameter, as the operation's function takes it."""
    (kind, *_) = options_of(hint)
    if getattr(kind, "__origin__", None) is list:
        return [_typed(kind.__args__[0], [text]) for text in texts]
    text = texts[0]
    if not isinstance(kind, type) or kind is str:
        return text
    if issubclass(kind, enum.Enum):
        return kind(int(text) if issubclass(kind, int) else text)
    if kind is bool and text not in BOOLEANS:
        raise ValueError(f"{text[:50]!r} is not a boolean")
    return READERS.get(kind, kind)(text)


def _body_of(module: Any, hints: dict[str, Any], request: httpx.Request) -> Any:
    operation: Operation[Any] = module.OPERATION
    content = request.content
    if "body" not in parameters(module):
        if content:
            raise _failure(f"{operation.id} takes no body")
        return None
    if not content:
        return None
    (kind, *_) = [operation.body()] if operation.body else models_in(hints["body"]) or [File]
    try:
        if request.headers.get("content-type", "").startswith("multipart/"):
            return _multipart(kind, request)
        if kind is File:
            return File(io.BytesIO(content))
        return kind.from_dict(json.loads(content))
    except (ValueError, TypeError, DecodeError) as error:
        raise _failure(f"{operation.id}: the body is no {kind.__name__}: {error}") from error


def _multipart(kind: type[Any], request: httpx.Request) -> Any:
    """The model of a multipart body (RFC 7578)."""
    fields = {_plain(each.name): each for each in attrs.fields(kind) if each.init}
    hints = {name: each.type for name, each in attrs.fields_dict(attrs.resolve_types(kind)).items()}
    made: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, value in _parts(request.headers["content-type"], request.content):
        if (known := fields.get(_plain(name))) is None:
            others[name] = value
        elif isinstance(value, File):
            made[known.alias] = value
        else:
            made[known.alias] = _typed(hints[known.name], [value])
    model = kind(**made)
    model.additional_properties.update(others)
    return model


def _parts(content_type: str, content: bytes) -> Iterator[tuple[str, str | File]]:
    boundary = str(_headers(f"Content-Type: {content_type}").get_param("boundary"))
    for part in content.split(b"--" + boundary.encode())[1:-1]:
        head, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers, value = _headers(head.decode()), body.removesuffix(b"\r\n")
        name = _unescaped(str(headers.get_param("name", header="content-disposition")))
        file_name = headers.get_filename()
        if file_name is None and "content-type" not in headers:
            yield name, value.decode()
        else:
            yield name, File(io.BytesIO(value), file_name and _unescaped(file_name), headers.get("content-type"))


def _unescaped(name: str) -> str:
    """A name as it was before it was put in quotes (the HTML standard's way, which httpx follows)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _headers(text: str) -> Message:
    message = Message()
    for line in text.split("\r\n"):
        name, _, value = line.partition(":")
        message[name] = value.strip()
    return message


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
        return _json_response(answer.status, answer.json, answer.headers)
    if isinstance(answer, httpx.Response):
        return _raw_response(answer.status_code, answer.content, answer.headers)
    full = next((status for status, read in answers.items() if read is not as_nothing), 200)
    if answer is None:
        empty = next((status for status, read in answers.items() if read is as_nothing), None)
        may_be_null = empty is None and NoneType in get_args(hints_of(call._module)["return"])  # noqa: SLF001
        return _json_response(full, None) if may_be_null else _raw_response(empty or 204, b"", {})
    if isinstance(answer, bytes):
        return _raw_response(full, answer, {"Content-Type": "application/octet-stream"})
    if isinstance(answer, Mapping | list) or hasattr(answer, "to_dict"):
        return _json_response(full, answer)
    if callable(answer):
        return _response(fake, call, answer(call))
    raise TypeError(f"the answer to {call.operation} is a {type(answer).__name__}, which is no answer")


def _json_response(status: int, data: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
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


def _echo(call: Call, items: Sequence[Any], failed: Mapping[int, str | Problem]) -> dict[str, Any]:
    """The answer to a bulk call: an entity for each item, but those that failed."""
    (model, *_) = models_in(hints_of(call._module)["return"])  # noqa: SLF001 (of this module)
    answer = example_of(model).to_dict()
    (example,) = answer.get("data") or [{}]
    done = [position for position in range(len(items)) if position not in failed]
    entities = [_overlaid({**example, "id": str(int(ID) + n)}, items[n].to_dict()) for n in done]
    entries = [_entry(told, position) for position, told in sorted(failed.items(), key=lambda one: one[0])]
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


def _entry(told: str | Problem, position: int | None = None) -> dict[str, Any]:
    """A problem as the API writes it; ``position`` is that of its item."""
    said = told if isinstance(told, Problem) else Problem(told, _title(told), type="validation", trace_id=TRACE_ID)
    instance = said.instance if said.instance is not None or position is None else f"@data/{position}"
    members = {
        "traceId": said.trace_id,
        "type": said.type,
        "code": said.code,
        "instance": instance,
        "title": said.title,
        "detail": said.detail,
        "source": said.source or None,
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


# --- the same over HTTP ---


class _Sandbox(FakeApi):
    """The API that the command serves: it knows the items whose id is a number."""

    def default(self, call: Call) -> Answer:
        operation: Operation[Any] = call._module.OPERATION  # noqa: SLF001 (of this module)
        items = getattr(call.body, "data", None)
        if operation.body_list and operation.answer_list and isinstance(items, list):
            ids = [getattr(item, "id", None) for item in items]
            unknown = [n for n, id_ in enumerate(ids) if isinstance(id_, str) and not id_.isdecimal()]
            return _echo(call, items, dict.fromkeys(unknown, "not-found"))
        return super().default(call)


class _Handler(BaseHTTPRequestHandler):
    """Hands each request to the fake of its class."""

    protocol_version = "HTTP/1.1"
    fake: FakeApi

    def _answer(self) -> None:
        url = f"http://{self.headers.get('Host', '127.0.0.1')}{self.path}"
        try:
            request = httpx.Request(self.command, url, headers=self.headers.items(), content=self._content())
            response = self.fake.handle(request)
        except (AssertionError, httpx.InvalidURL, ValueError) as error:
            told = problem(404, "not-a-request-of-this-client", detail=str(error))
            response = _json_response(told.status, told.json)
        self.send_response(response.status_code)
        content = response.read()
        for name, value in response.headers.items():
            if not (response.status_code == HTTPStatus.NO_CONTENT and name == "content-length"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_DELETE = do_GET = do_PATCH = do_POST = do_PUT = _answer  # noqa: N815 (http.server's names)

    def _content(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        """Say nothing: a request's line may hold what is private."""


def main(argv: list[str] | None = None) -> int:
    """Serve the API and its token endpoint over HTTP on this machine, until Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__spec__.name if __spec__ else __name__}", description=main.__doc__
    )
    parser.add_argument("--port", type=int, default=8080, help="where to listen; 0 takes any free port")
    port = parser.parse_args(argv).port
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), type("_Handler", (_Handler,), {"fake": _Sandbox()}))
    except (OSError, OverflowError) as error:
        print(f"port {port} cannot be listened on ({error}): give another with --port", file=sys.stderr)
        return 1
    with server:
        url = f"http://127.0.0.1:{server.server_port}"
        print(url)
        print(f"Set CRITEO_BASE_URL={url}, and CRITEO_CLIENT_ID and CRITEO_CLIENT_SECRET to any text. Ctrl-C ends it.")
        print("In a bulk call, an item whose id is no number is answered as not found; all else is done.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
