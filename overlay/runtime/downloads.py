"""Answers that are files, however large: written to a file, or given in pieces or lines, and never held whole.

    downloads.to_file(get_async_export_output, "report.csv", client=client, report_id="7")
    for product in downloads.iter_json_lines(get_catalog_output, client=client, catalog_id="9"):
        …

A body counts only when it is whole. A connection that breaks in mid-body is `httpx.TransportError`, as for any call;
what came whole and cannot be right (a gzip stream without its end, a line that is no JSON) is `errors.DecodeError`.
`to_file` retries as the client's policy says, a body that broke off too: from its beginning, since nothing was given
out. What iterates is retried until the answer begins, and never after that: its pieces are with the caller.

An iteration holds one of the client's connections until it ends. Leaving it early closes the connection. An async
generator that is left by ``break`` is closed when the event loop gets to it; ``async with contextlib.aclosing(…)``
closes it at once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from ._attempts import Attempts
from ._body import CHUNK_SIZE, Decoder
from ._call import Options, as_bytes, as_nothing, begin, stream, stream_async
from ._deadline import until
from ._operation import CALL_OPTIONS, Operation, OperationModule, check_arguments, operation_id, request_of
from ._part import PartFile, check_target, written_beside
from ._rows import JsonLines
from ._steps import Step, Steps, perform, perform_async
from .errors import CriteoError, DecodeError, one_line

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = [
    "NoFileError",
    "check_target",
    "iter_bytes",
    "iter_bytes_async",
    "iter_json_lines",
    "iter_json_lines_async",
    "to_file",
    "to_file_async",
]

FileOperation = OperationModule[bytes | None]

OnProgress = Callable[[int, int | None], object]


class NoFileError(CriteoError):
    """The answer is one that the document declares to be without a file: a 204 for a catalog that has expired, say.

    Attributes:
        operation: the operation's id.
        status_code: the answer's status.
    """

    def __init__(self, operation: str, status_code: int) -> None:
        super().__init__(operation, status_code)
        self.operation = operation
        self.status_code = status_code

    def __str__(self) -> str:
        return f"{self.operation}: there is no file (status {self.status_code})"


# --- to a file ---


def to_file(
    operation: FileOperation,
    path: str | os.PathLike[str],
    *,
    client: AuthenticatedClient | Client,
    md5: str | None = None,
    size: int | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> int:
    """Write the operation's answer to a file, decompressed, and return how many bytes it has.

    The file takes its place when it is whole; until then ``path`` is what it was. What came is in a hidden file beside
    it, ``.name.part``, which a run that was killed may leave, and the next one takes over.

    Args:
        operation: module of an operation that answers with a file.
        path: where the file goes; its directory must exist.
        client: sends the call.
        md5: the hexadecimal MD5 that the file must have, where it is known.
        size: the bytes that the file must have, where that is known.
        on_progress: called as the answer comes, with how many of its bytes did, and how many there are (None where the
            answer does not say); both are counted as sent, which is compressed where the answer is. After a connection
            that broke the count begins again.
        arguments: the operation's own arguments, such as ``report_id``, and ``timeout``, ``headers``, ``deadline``.

    Raises:
        TypeError: the operation does not answer with a file, or an argument is missing or unknown; nothing was sent.
        OSError: the file cannot be written. Where that shows beforehand, nothing was sent. BlockingIOError: another run
            is writing it.
        NoFileError: the answer is one without a file.
        errors.DecodeError: the body cannot be right: wrongly compressed, of another MD5 or size, of no certain end.
        errors.ApiError: the answer's status is not 2xx; a subclass says which.
        errors.TokenError: no token could be had.
        httpx.TransportError: no answer came, or the connection broke before its end.
    """
    return perform(_to_file(_call(operation, arguments), path, client, md5, size, on_progress))


async def to_file_async(
    operation: FileOperation,
    path: str | os.PathLike[str],
    *,
    client: AuthenticatedClient | Client,
    md5: str | None = None,
    size: int | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> int:
    """`to_file` for asyncio; the file is written in threads. A task that is cancelled leaves no file."""
    return await perform_async(_to_file(_call(operation, arguments), path, client, md5, size, on_progress))


def _to_file(
    call: _Call,
    path: str | os.PathLike[str],
    client: Client,
    md5: str | None,
    size: int | None,
    on_progress: OnProgress | None,
) -> Steps[int]:
    attempts = begin(client, call.operation, call.options)
    with written_beside(path) as file:
        write = Step(_write_answer, _write_answer_async, client, call, attempts, file, on_progress)
        while (wait := (yield write)) is not None:
            yield Step(client.retry.sleep, client.retry.sleep_async, wait)
            yield in_thread(file.restart)
        if size is not None and file.size != size:
            raise DecodeError(f"the body has {file.size} bytes, and not {size}", operation=call.operation.id)
        if md5 is not None and (came := file.md5.hexdigest()) != md5.lower():
            reason = f"the body's MD5 is {came}, and not {one_line(md5.lower(), 40)}"
            raise DecodeError(reason, operation=call.operation.id)
        yield in_thread(file.flush)
    return file.size


def _write_answer(
    client: Client, call: _Call, attempts: Attempts, file: PartFile, on_progress: OnProgress | None
) -> float | None:
    """Write the answer; seconds until the next attempt where the connection broke."""
    with stream(client, call.operation, call.request, attempts, **call.options) as response:
        return perform(_write_body(_Body(call, response, attempts), file, on_progress))


async def _write_answer_async(
    client: Client, call: _Call, attempts: Attempts, file: PartFile, on_progress: OnProgress | None
) -> float | None:
    async with stream_async(client, call.operation, call.request, attempts, **call.options) as response:
        return await perform_async(_write_body(_Body(call, response, attempts), file, on_progress))


def _write_body(body: _Body, file: PartFile, on_progress: OnProgress | None) -> Steps[float | None]:
    try:
        while (raw := (yield Step(body.next, body.next_async))) is not None:
            for piece in body.decoder.decode(raw):
                yield in_thread(file.write, piece)
            if on_progress is not None:
                on_progress(body.received, body.length)
        body.end()
    except httpx.TransportError as error:
        if (wait := body.attempts.wait_after(error)) is None:
            raise
        return wait
    return None


def in_thread(function: Callable[..., None], *args: object) -> Step:
    """A step that makes an event loop wait in a thread."""
    return Step(function, partial(asyncio.to_thread, function), *args)


# --- in pieces ---


def iter_bytes(
    operation: FileOperation,
    *,
    client: AuthenticatedClient | Client,
    chunk_size: int = CHUNK_SIZE,
    **arguments: Any,
) -> Generator[bytes]:
    """The operation's answer in pieces of at most ``chunk_size`` bytes, decompressed, as they come.

    The call is made when the iteration begins. Errors are those of `to_file`, raised while iterating: only when
    the last piece was given out is it certain that the body was whole.

    Raises:
        TypeError: as for `to_file`.
        ValueError: ``chunk_size`` is less than 1.
    """
    call = _call(operation, arguments, chunk_size)

    def pieces() -> Generator[bytes]:
        attempts = begin(client, call.operation, call.options)
        with stream(client, call.operation, call.request, attempts, **call.options) as response:
            body = _Body(call, response, attempts, chunk_size)
            while (raw := body.next()) is not None:
                yield from body.decoder.decode(raw)
            body.end()

    return pieces()


def iter_bytes_async(
    operation: FileOperation,
    *,
    client: AuthenticatedClient | Client,
    chunk_size: int = CHUNK_SIZE,
    **arguments: Any,
) -> AsyncGenerator[bytes]:
    """`iter_bytes` for asyncio: ``async for piece in iter_bytes_async(…)``."""
    call = _call(operation, arguments, chunk_size)

    async def pieces() -> AsyncGenerator[bytes]:
        attempts = begin(client, call.operation, call.options)
        async with stream_async(client, call.operation, call.request, attempts, **call.options) as response:
            body = _Body(call, response, attempts, chunk_size)
            while (raw := await body.next_async()) is not None:
                for piece in body.decoder.decode(raw):
                    yield piece
            body.end()

    return pieces()


# --- line by line ---


def iter_json_lines(
    operation: FileOperation, *, client: AuthenticatedClient | Client, **arguments: Any
) -> Generator[dict[str, Any]]:
    """The objects of an answer of newline-delimited JSON, one for each line; blank lines are passed over.

    Only one line is held at a time, of at most the client's ``max_answer``.

    Raises:
        TypeError: as for `to_file`.
        errors.AnswerTooLargeError: while iterating: a line is longer.
        errors.DecodeError: while iterating: a line is no JSON object. ``path`` says which (``line 3``), ``content`` is
            the line. Other errors are those of `iter_bytes`.
    """
    lines = JsonLines(operation_id(operation), client.answer_limit)
    pieces = iter_bytes(operation, client=client, **arguments)

    def objects() -> Generator[dict[str, Any]]:
        with closing(pieces):
            for piece in pieces:
                yield from lines.take(piece)
        yield from lines.end()

    return objects()


def iter_json_lines_async(
    operation: FileOperation, *, client: AuthenticatedClient | Client, **arguments: Any
) -> AsyncGenerator[dict[str, Any]]:
    """`iter_json_lines` for asyncio."""
    lines = JsonLines(operation_id(operation), client.answer_limit)
    pieces = iter_bytes_async(operation, client=client, **arguments)

    async def objects() -> AsyncGenerator[dict[str, Any]]:
        async with aclosing(pieces):
            async for piece in pieces:
                for line in lines.take(piece):
                    yield line
        for line in lines.end():
            yield line

    return objects()


# --- the call, and its answer's body ---


class _Call(NamedTuple):
    """What `stream` takes, once it is clear that the call can be made."""

    operation: Operation[Any]
    request: dict[str, Any]
    options: Options


def _call(operation: FileOperation, arguments: dict[str, Any], chunk_size: int = CHUNK_SIZE) -> _Call:
    name = operation_id(operation)
    if not answers_with_file(operation):
        raise TypeError(f"{name} does not answer with a file")
    if chunk_size < 1:
        raise ValueError(f"chunk_size is {chunk_size}, but must be at least 1")
    options: Any = {option: arguments.pop(option) for option in CALL_OPTIONS if option in arguments}
    check_arguments(operation, arguments, ("client",))
    return _Call(operation.OPERATION, request_of(operation, arguments), options)


def answers_with_file(operation: OperationModule[object]) -> bool:
    """Whether the operation answers with a file."""
    return as_bytes in operation.OPERATION.answers.values()


class _Body:
    """The body of an answer that is a file: decompressed piece by piece, and found to be whole or not in the end."""

    def __init__(self, call: _Call, response: httpx.Response, attempts: Attempts, chunk_size: int = CHUNK_SIZE) -> None:
        self.operation = call.operation.id
        self.response = response
        self.attempts = attempts
        answer = call.operation.answers.get(response.status_code)
        if answer is as_nothing:
            raise NoFileError(self.operation, response.status_code)
        if answer is not as_bytes:  # 206, say: a part of the file, which was not requested
            reason = f"status {response.status_code} is not one of those that the document gives a file"
            raise DecodeError(reason, operation=self.operation)
        length, coding = response.headers.get("content-length", ""), response.headers.get("transfer-encoding")
        # RFC 9112 section 6.3: where the body comes in chunks the length, as sent, means nothing.
        self.length = int(length) if coding is None and length.isdecimal() and len(length) < 19 else None
        self.decoder = Decoder(response.headers, self.operation, chunk_size)
        # In HTTP/2, and where a transport of another kind does not say which HTTP it speaks, a broken connection shows.
        http_1 = response.extensions.get("http_version", b"").startswith(b"HTTP/1")
        has_end = self.decoder.is_coded or self.length is not None or "chunked" in (coding or "").lower()
        if http_1 and not has_end:
            reason = "the answer has neither Content-Length nor chunks: where its body ends cannot be told"
            raise DecodeError(reason, operation=self.operation)
        self._raw, self._raw_async = response.iter_raw(), response.aiter_raw()  # one of them is used

    @property
    def received(self) -> int:
        """Bytes that came, as they were sent."""
        return self.response.num_bytes_downloaded

    def next(self) -> bytes | None:
        """The next bytes, as they were sent; None at the end."""
        with until(self.attempts.ends_at):
            return next(self._raw, None)

    async def next_async(self) -> bytes | None:
        """`next` for asyncio."""
        with until(self.attempts.ends_at):
            return await anext(self._raw_async, None)

    def end(self) -> None:
        """Check that the body is whole.

        Raises:
            httpx.RemoteProtocolError: fewer or more bytes came than the answer's Content-Length says, and the transport
                did not see it; httpcore's own does, and raises the same.
            errors.DecodeError: the compressed body has no end.
        """
        if self.length is not None and self.received != self.length:
            text = f"the body ended after {self.received} bytes, and not after {self.length}"
            raise httpx.RemoteProtocolError(text, request=self.response.request)
        self.decoder.end()
