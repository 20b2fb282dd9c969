"""How a generated operation is called: build the request, send it with retries, read the answer or raise."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

import httpx

from . import _body, _json
from ._attempts import EXTENSION as ATTEMPTS
from ._attempts import Attempts
from ._checks import FRAMING, LONGEST_URL, LONGEST_WAIT, find_header_fault, find_timeout_fault
from ._cleaning import cleaned, redact_error, redaction_of
from ._deadline import until
from ._deprecation import warn_if_deprecated
from ._operation import Operation, check_client
from ._request import path_segment as path_segment
from .errors import STATUSES, ApiError, DecodeError, EncodeError, one_line, parse_json
from .types import UNSET, Response, Unset

if TYPE_CHECKING:
    from ._connections import AsyncConnection, SyncConnection
    from .auth import OriginAuth
    from .client import Client
    from .types import Timeout

T = TypeVar("T")

Answer = Callable[[httpx.Response], T]


class Options(TypedDict, total=False):
    """What may be given for one call.

    Attributes:
        timeout: seconds, or `httpx.Timeout`, for each step instead of the client's.
        headers: further headers.
        deadline: seconds for the whole call: waits, attempts, its token, its answer.
    """

    timeout: Timeout | Unset
    headers: Mapping[str, str] | Unset
    deadline: float | Unset


logger = logging.getLogger("criteo_retail_media")
logger.addHandler(logging.NullHandler())


# --- reading a 2xx answer ---


def as_json(find_reader: Callable[[], Callable[[Any], T]], *, data_is_list: bool = False) -> Answer[T]:
    """Reads JSON, as bytes: what its content type says is of no interest.

    Args:
        find_reader: gives what reads the data, so that models are imported when they are needed.
        data_is_list: whether the field ``data`` is a list, which is read item by item.
    """
    from_dict: Callable[[Any], T] | None = None

    def read(response: httpx.Response) -> T:
        nonlocal from_dict
        content = response.content
        try:
            data = _json.loads(content)
        except (ValueError, RecursionError) as error:
            reason = f"the body is not JSON ({one_line(str(error))})" if content else "the body is empty"
        else:
            if from_dict is None:
                from_dict = find_reader()
            if data_is_list and len(content) > _LONG and type(data) is dict and type(data.get("data")) is list:
                data["data"] = _json.Drained(data["data"])
            return from_dict(data)
        raise DecodeError(reason)  # not from json's error, which holds the body

    return read


_LONG = 50_000  # bytes of an answer whose items are let go of one by one; that pays from about 100 segments on


def as_bytes(response: httpx.Response) -> bytes:
    """The body as it is."""
    return response.content


def as_nothing(_: httpx.Response) -> None:
    """For an answer without a body."""


# --- building a request ---


def _arguments(
    client: Client,
    via: SyncConnection | AsyncConnection,
    kwargs: dict[str, Any],
    options: Options,
) -> dict[str, Any]:
    """What `httpx.Client.build_request` takes, any number of times."""
    timeout, headers = options.get("timeout", UNSET), options.get("headers", UNSET)
    kwargs = {**kwargs, "url": _url(via.base_url + kwargs["url"])}
    if not isinstance(timeout, Unset):
        if fault := find_timeout_fault(timeout):
            raise EncodeError(fault, path="timeout")
        kwargs["timeout"] = timeout
    if via.headers or not isinstance(headers, Unset):
        given = {} if isinstance(headers, Unset) else _checked(headers, client.reserved_headers)
        kwargs["headers"] = httpx.Headers({**via.headers, **kwargs.get("headers", {})})
        kwargs["headers"].update(given)
    if "files" in kwargs:
        kwargs["files"] = [(name, _repeatable(part)) for name, part in kwargs["files"]]
    return kwargs


@lru_cache(maxsize=64)  # a job calls few operations again and again, and httpx takes long to parse a URL
def _url(text: str) -> httpx.URL:
    if len(text) > LONGEST_URL:
        reason = f"has {len(text)} characters, and {LONGEST_URL} at most can be sent: give fewer values in one call"
        raise EncodeError(reason, path="url")
    return httpx.URL(text)


def _checked(headers: Mapping[str, str], reserved: frozenset[str]) -> dict[str, str]:
    """The headers of one call, which must not change what the request is.

    Raises:
        EncodeError: one of them would.
    """
    if not isinstance(headers, Mapping):
        raise EncodeError(f"must be a mapping of names and values, and is a {type(headers).__name__}", path="headers")
    for name, value in headers.items():
        fault = find_header_fault(name, value)
        if fault is None and name.lower() in FRAMING:
            fault = "is set by the HTTP client"
        if fault is None and name.lower() in reserved:
            fault = "is set by the client's auth"
        if fault is not None:
            raise EncodeError(fault, path=f"headers[{one_line(str(name), 60)!r}]")
    return dict(headers)


def _repeatable(part: tuple[Any, ...]) -> tuple[Any, ...]:
    """A part of a multipart body that can be sent again: httpx rewinds files, and sends the others as empty."""
    name, content, *rest = part
    if hasattr(content, "read") and not (hasattr(content, "seekable") and content.seekable()):
        content = content.read()
    return name, content, *rest


def begin(client: Client, operation: Operation[Any], options: Options) -> Attempts:
    """The attempts of a call that begins now.

    Raises:
        EncodeError: the deadline is no number of seconds greater than 0.
        TypeError: ``client`` is no client.
    """
    check_client(client)
    deadline = options.get("deadline", UNSET)
    if isinstance(deadline, Unset):
        return Attempts(client.retry, operation)
    if isinstance(deadline, bool) or not isinstance(deadline, int | float) or not 0 < deadline <= LONGEST_WAIT:
        raise EncodeError("must be a number of seconds greater than 0, of at most three years", path="deadline")
    return Attempts(client.retry, operation, deadline)


# --- sending it ---


def _begin_attempt(attempts: Attempts, request: httpx.Request) -> httpx.Request:
    """The request, which is built anew for each attempt, since the auth changes it."""
    request.extensions[ATTEMPTS] = attempts
    attempts.request = request
    attempts.number += 1
    return request


def _send(
    client: Client, attempts: Attempts, arguments: dict[str, Any], via: SyncConnection, *, stream: bool = False
) -> httpx.Response:
    """The answer, whatever its status, after the attempts that the client's policy allows.

    Its body has been read; that of a 2xx only where it is no ``stream``, whose place at the gate is still taken.
    """
    operation, ends_at = attempts.operation, attempts.ends_at
    while True:
        request = _begin_attempt(attempts, via.http.build_request(**arguments))
        with until(ends_at):
            via.gate.enter(request.extensions["timeout"]["pool"], stream=stream)
        leave = True
        outcome: httpx.Response | httpx.TransportError
        try:
            with until(ends_at):
                outcome = via.http.send(request, auth=via.auth, follow_redirects=False, stream=True)
            if stream and outcome.is_success:
                leave = False
            else:
                _body.read(outcome, client.answer_limit, operation=operation.id, ends_at=ends_at)
        except httpx.TransportError as error:
            outcome = error
        finally:
            if leave:
                via.gate.leave(stream=stream)
        wait = attempts.wait_after(outcome)
        if wait is None:
            if isinstance(outcome, httpx.TransportError):
                raise outcome
            return outcome
        client.retry.sleep(wait)


async def _send_async(
    client: Client, attempts: Attempts, arguments: dict[str, Any], via: AsyncConnection, *, stream: bool = False
) -> httpx.Response:
    operation, ends_at = attempts.operation, attempts.ends_at
    while True:
        request = _begin_attempt(attempts, via.http.build_request(**arguments))
        with until(ends_at):
            await via.gate.enter(request.extensions["timeout"]["pool"], stream=stream)
        leave = True
        outcome: httpx.Response | httpx.TransportError
        try:
            with until(ends_at):
                outcome = await via.http.send(request, auth=via.auth, follow_redirects=False, stream=True)
            if stream and outcome.is_success:
                leave = False
            else:
                await _body.read_async(outcome, client.answer_limit, operation=operation.id, ends_at=ends_at)
        except httpx.TransportError as error:
            outcome = error
        finally:
            if leave:
                via.gate.leave(stream=stream)
        wait = attempts.wait_after(outcome)
        if wait is None:
            if isinstance(outcome, httpx.TransportError):
                raise outcome
            return outcome
        await client.retry.sleep_async(wait)


# --- the four functions of an operation ---


def call(client: Client, operation: Operation[T], kwargs: dict[str, Any], **options: Unpack[Options]) -> T:
    """Call the operation; what its document promises, or an error.

    Args:
        client: sends the call.
        operation: what is called.
        kwargs: its request, as `httpx.Client.build_request` takes it; its URL is the path.
        options: those of this call.
    """
    attempts, via = begin(client, operation, options), client.connection()
    return _result(operation, _exchange(client, via, attempts, kwargs, options), via.auth)


async def call_async(client: Client, operation: Operation[T], kwargs: dict[str, Any], **options: Unpack[Options]) -> T:
    """`call` for asyncio."""
    attempts, via = begin(client, operation, options), client.connection_async()
    return _result(operation, await _exchange_async(client, via, attempts, kwargs, options), via.auth)


def call_detailed(
    client: Client, operation: Operation[T], kwargs: dict[str, Any], **options: Unpack[Options]
) -> Response[T]:
    """Call the operation; the answer with its status and headers, whatever the status is."""
    attempts, via = begin(client, operation, options), client.connection()
    return _detailed(client, operation, _exchange(client, via, attempts, kwargs, options), via.auth)


async def call_detailed_async(
    client: Client, operation: Operation[T], kwargs: dict[str, Any], **options: Unpack[Options]
) -> Response[T]:
    """`call_detailed` for asyncio."""
    attempts, via = begin(client, operation, options), client.connection_async()
    return _detailed(client, operation, await _exchange_async(client, via, attempts, kwargs, options), via.auth)


def _exchange(
    client: Client, via: SyncConnection, attempts: Attempts, kwargs: dict[str, Any], options: Options
) -> httpx.Response:
    with cleaned(attempts, via.auth):
        response = _send(client, attempts, _arguments(client, via, kwargs, options), via)
    warn_if_deprecated(client, response, via.auth)
    return response


async def _exchange_async(
    client: Client, via: AsyncConnection, attempts: Attempts, kwargs: dict[str, Any], options: Options
) -> httpx.Response:
    with cleaned(attempts, via.auth):
        response = await _send_async(client, attempts, _arguments(client, via, kwargs, options), via)
    warn_if_deprecated(client, response, via.auth)
    return response


# --- answers too large to hold ---


@contextmanager
def stream(
    client: Client,
    operation: Operation[Any],
    kwargs: dict[str, Any],
    attempts: Attempts | None = None,
    **options: Unpack[Options],
) -> Iterator[httpx.Response]:
    """Call the operation; its answer to be read in pieces (`httpx.Response.iter_raw`). Its status is 2xx.

    It holds one of the client's connections until the end of the block. ``attempts`` are those of a call that goes on.
    """
    attempts = attempts or begin(client, operation, options)
    via = client.connection()
    with cleaned(attempts, via.auth):
        response = _send(client, attempts, _arguments(client, via, kwargs, options), via, stream=True)
    if not response.is_success:
        warn_if_deprecated(client, response, via.auth)
        raise ApiError.from_response(response, operation.id, redaction_of(response, via.auth))
    try:
        warn_if_deprecated(client, response, via.auth)
        with cleaned(attempts, via.auth, foreign=True):
            yield response
    finally:
        response.close()
        via.gate.leave(stream=True)


@asynccontextmanager
async def stream_async(
    client: Client,
    operation: Operation[Any],
    kwargs: dict[str, Any],
    attempts: Attempts | None = None,
    **options: Unpack[Options],
) -> AsyncIterator[httpx.Response]:
    """`stream` for asyncio (`httpx.Response.aiter_raw`)."""
    attempts = attempts or begin(client, operation, options)
    via = client.connection_async()
    with cleaned(attempts, via.auth):
        response = await _send_async(client, attempts, _arguments(client, via, kwargs, options), via, stream=True)
    if not response.is_success:
        warn_if_deprecated(client, response, via.auth)
        raise ApiError.from_response(response, operation.id, redaction_of(response, via.auth))
    try:
        warn_if_deprecated(client, response, via.auth)
        with cleaned(attempts, via.auth, foreign=True):
            yield response
    finally:
        try:
            await response.aclose()
        finally:
            via.gate.leave(stream=True)


# --- from an answer to a result ---


def _result(operation: Operation[T], response: httpx.Response, auth: OriginAuth) -> T:
    if not response.is_success:
        raise ApiError.from_response(response, operation.id, redaction_of(response, auth))
    read = _reader(operation, response)
    if read is None:
        reason = f"status {response.status_code} is not in the document, and what the body is cannot be told"
        content = redaction_of(response, auth).content(response.content, parse_json(response.content))
        raise DecodeError(reason, content=content, operation=operation.id)
    return _read(operation, read, response, auth)


def _detailed(client: Client, operation: Operation[T], response: httpx.Response, auth: OriginAuth) -> Response[T]:
    if client.raise_on_unexpected_status and not response.is_success:
        raise ApiError.from_response(response, operation.id, redaction_of(response, auth))
    read = _reader(operation, response) if response.is_success else None
    return Response(
        status_code=STATUSES.get(response.status_code, response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=None if read is None else _read(operation, read, response, auth),
    )


def _reader(operation: Operation[T], response: httpx.Response) -> Answer[T] | None:
    """What reads the answer: for a 2xx status that is not in the document, the only reader there is, if any."""
    read = operation.answers.get(response.status_code)
    if read is None and response.content and len(operation.answers) == 1:
        (read,) = operation.answers.values()
    return read


def _read(operation: Operation[T], read: Answer[T], response: httpx.Response, auth: OriginAuth) -> T:
    try:
        return read(response)
    except DecodeError as error:
        redaction = redaction_of(response, auth)
        error.operation = operation.id
        error.content = redaction.content(response.content, parse_json(response.content))
        redact_error(error, redaction)
        raise
