"""How a generated operation is called: build the request, send it with retries, read the answer or raise."""
# ruff: noqa: ASYNC109 (`timeout` is httpx's: one for each step, not for the whole)

from __future__ import annotations

import json
import logging
import random
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from ._deprecation import warn_if_deprecated
from ._operation import Operation
from ._request import path_segment as path_segment
from .errors import STATUSES, ApiError, DecodeError, public_url
from .types import UNSET, Response, Unset

if TYPE_CHECKING:
    from ._connections import AsyncConnection, SyncConnection
    from .client import Client
    from .types import Timeout

T = TypeVar("T")

Answer = Callable[[httpx.Response], T]

logger = logging.getLogger("criteo_retail_media")
logger.addHandler(logging.NullHandler())


# --- reading a 2xx answer ---


def as_json(from_dict: Callable[[Any], T]) -> Answer[T]:
    """Reads JSON, as bytes: what its content type says is of no interest."""

    def read(content: bytes) -> T:
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise DecodeError(f"the body is not JSON ({error})" if content else "the body is empty") from error
        return from_dict(data)

    return lambda response: read(response.content)


def as_bytes(response: httpx.Response) -> bytes:
    """The body as it is."""
    return response.content


def as_nothing(_: httpx.Response) -> None:
    """For an answer without a body."""


# --- building a request ---


def _arguments(
    via: SyncConnection | AsyncConnection, kwargs: dict[str, Any], timeout: Timeout | Unset
) -> dict[str, Any]:
    """What `httpx.Client.build_request` takes, any number of times."""
    kwargs = {**kwargs, "url": via.base_url + kwargs["url"]}
    if not isinstance(timeout, Unset):
        kwargs["timeout"] = timeout
    if "files" in kwargs:
        kwargs["files"] = [(name, _repeatable(part)) for name, part in kwargs["files"]]
    return kwargs


def _with(kwargs: dict[str, Any], headers: Mapping[str, str] | Unset, deadline: float | Unset) -> dict[str, Any]:
    if not isinstance(deadline, Unset):
        raise NotImplementedError("deadline")
    return kwargs if isinstance(headers, Unset) else {**kwargs, "headers": {**kwargs.get("headers", {}), **headers}}


def _repeatable(part: tuple[Any, ...]) -> tuple[Any, ...]:
    """A part of a multipart body that can be sent again: httpx rewinds files, and sends the others as empty."""
    name, content, *rest = part
    if hasattr(content, "read") and not (hasattr(content, "seekable") and content.seekable()):
        content = content.read()
    return name, content, *rest


# --- sending it ---


class _Attempts:
    """The attempts of one call: which came to what, and whether there is another."""

    def __init__(self, client: Client, operation: Operation[Any]) -> None:
        self.policy = client.retry
        self.operation = operation
        self.made = 0
        self.began = self.policy.clock()

    def wait_after(self, outcome: httpx.Response | httpx.TransportError) -> float | None:
        """Seconds until the next attempt, or None where this was the last."""
        self.made += 1
        wait = None
        if not isinstance(outcome, httpx.Response) or outcome.status_code >= 400:
            elapsed = self.policy.clock() - self.began
            wait = self.policy.delay_for(
                outcome,
                method=self.operation.method,
                attempt=self.made,
                elapsed=elapsed,
                chance=random.random(),  # noqa: S311 (no secret)
            )
        if wait is not None:
            logger.info("%s: attempt %d: %s; next in %.1f s", self.operation.id, self.made, _told(outcome), wait)
        elif logger.isEnabledFor(logging.DEBUG):
            logger.debug("%s: attempt %d: %s", self.operation.id, self.made, _told(outcome))
        return wait


def _told(outcome: httpx.Response | httpx.TransportError) -> str:
    return f"status {outcome.status_code}" if isinstance(outcome, httpx.Response) else type(outcome).__name__


def _send(
    client: Client, operation: Operation[Any], kwargs: dict[str, Any], timeout: Timeout | Unset, *, stream: bool = False
) -> httpx.Response:
    """The answer, whatever its status, after the attempts that the client's policy allows."""
    via = client.connection()
    attempts, arguments = _Attempts(client, operation), _arguments(via, kwargs, timeout)
    while True:
        request = via.http.build_request(**arguments)  # anew for each attempt: the auth changes it
        try:
            with _without_secrets(operation), nullcontext() if stream else via.gate:
                outcome = via.http.send(request, auth=via.auth, follow_redirects=via.follow_redirects, stream=stream)
        except httpx.TransportError as error:
            if (wait := attempts.wait_after(error)) is None:
                raise
        else:
            if (wait := attempts.wait_after(outcome)) is None:
                warn_if_deprecated(client, outcome.headers)
                return outcome
            outcome.close()
        client.retry.sleep(wait)


async def _send_async(
    client: Client, operation: Operation[Any], kwargs: dict[str, Any], timeout: Timeout | Unset, *, stream: bool = False
) -> httpx.Response:
    via = client.connection_async()
    attempts, arguments = _Attempts(client, operation), _arguments(via, kwargs, timeout)
    while True:
        request = via.http.build_request(**arguments)  # anew for each attempt: the auth changes it
        try:
            async with nullcontext() if stream else via.gate:
                with _without_secrets(operation):
                    outcome = await via.http.send(
                        request, auth=via.auth, follow_redirects=via.follow_redirects, stream=stream
                    )
        except httpx.TransportError as error:
            if (wait := attempts.wait_after(error)) is None:
                raise
        else:
            if (wait := attempts.wait_after(outcome)) is None:
                warn_if_deprecated(client, outcome.headers)
                return outcome
            await outcome.aclose()
        await client.retry.sleep_async(wait)


@contextmanager
def _without_secrets(operation: Operation[Any]) -> Iterator[None]:
    """Keeps the request's headers (the token) and body out of httpx's errors, which hold it and can be pickled.

    A note on them says which operation it was: httpx's own text does not.
    """
    try:
        yield
    except httpx.RequestError as error:
        note = f"{operation.id} ({operation.method} {operation.path})"
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)
        with suppress(RuntimeError):  # it holds no request
            error.request = httpx.Request(error.request.method, public_url(error.request.url))
        if isinstance(error, httpx.DecodingError):
            reason = f"the body cannot be decompressed as its Content-Encoding says ({error})"
            raise DecodeError(reason, operation=operation.id) from error
        raise


# --- the four functions of an operation ---


def call(
    client: Client,
    operation: Operation[T],
    kwargs: dict[str, Any],
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> T:
    """Call the operation; what its document promises, or an error."""
    return _result(operation, _send(client, operation, _with(kwargs, headers, deadline), timeout))


async def call_async(
    client: Client,
    operation: Operation[T],
    kwargs: dict[str, Any],
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> T:
    """`call` for asyncio."""
    return _result(operation, await _send_async(client, operation, _with(kwargs, headers, deadline), timeout))


def call_detailed(
    client: Client,
    operation: Operation[T],
    kwargs: dict[str, Any],
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> Response[T]:
    """Call the operation; the answer with its status and headers, whatever the status is."""
    return _detailed(client, operation, _send(client, operation, _with(kwargs, headers, deadline), timeout))


async def call_detailed_async(
    client: Client,
    operation: Operation[T],
    kwargs: dict[str, Any],
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> Response[T]:
    """`call_detailed` for asyncio."""
    return _detailed(client, operation, await _send_async(client, operation, _with(kwargs, headers, deadline), timeout))


# --- answers too large to hold ---


@contextmanager
def stream(
    client: Client, operation: Operation[Any], kwargs: dict[str, Any], timeout: Timeout | Unset = UNSET
) -> Iterator[httpx.Response]:
    """Call the operation; its answer to be read in pieces (`httpx.Response.iter_bytes`). Its status is 2xx."""
    with _without_secrets(operation):
        response = _send(client, operation, kwargs, timeout, stream=True)
        try:
            if not response.is_success:
                response.read()
                raise ApiError.from_response(response, operation.id)
            yield response
        finally:
            response.close()


@asynccontextmanager
async def stream_async(
    client: Client, operation: Operation[Any], kwargs: dict[str, Any], timeout: Timeout | Unset = UNSET
) -> AsyncIterator[httpx.Response]:
    """`stream` for asyncio (`httpx.Response.aiter_bytes`)."""
    with _without_secrets(operation):
        response = await _send_async(client, operation, kwargs, timeout, stream=True)
        try:
            if not response.is_success:
                await response.aread()
                raise ApiError.from_response(response, operation.id)
            yield response
        finally:
            await response.aclose()


# --- from an answer to a result ---


def _result(operation: Operation[T], response: httpx.Response) -> T:
    if not response.is_success:
        raise ApiError.from_response(response, operation.id)
    read = _reader(operation, response)
    if read is None:
        reason = f"status {response.status_code} is not in the document, and what the body is cannot be told"
        raise DecodeError(reason, content=response.content, operation=operation.id)
    return _read(operation, read, response)


def _detailed(client: Client, operation: Operation[T], response: httpx.Response) -> Response[T]:
    if client.raise_on_unexpected_status and not response.is_success:
        raise ApiError.from_response(response, operation.id)
    read = _reader(operation, response) if response.is_success else None
    return Response(
        status_code=STATUSES.get(response.status_code, response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=None if read is None else _read(operation, read, response),
    )


def _reader(operation: Operation[T], response: httpx.Response) -> Answer[T] | None:
    """What reads the answer: for a 2xx status that is not in the document, the only reader there is, if any."""
    read = operation.answers.get(response.status_code)
    if read is None and response.content and len(operation.answers) == 1:
        (read,) = operation.answers.values()
    return read


def _read(operation: Operation[T], read: Answer[T], response: httpx.Response) -> T:
    try:
        return read(response)
    except DecodeError as error:
        error.operation, error.content = operation.id, response.content
        raise
