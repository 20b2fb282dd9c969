"""Answers that are files, however large: written to a file, or given in pieces or lines, and never held whole.

    downloads.to_file(get_async_export_output, "report.csv", client=client, report_id="7")
    for product in downloads.iter_json_lines(get_catalog_output, client=client, catalog_id="9"):
        …

A body counts only when it is whole. A connection that breaks in mid-body is `httpx.TransportError`, as for any call;
what came whole and cannot be right (a gzip stream without its end, a line that is no JSON) is `errors.DecodeError`.
The call is tried again as the client's policy says until the answer begins, and never after that: nothing is resumed.

Leaving an iteration early closes its connection. An async generator that is left by ``break`` is closed when the event
loop gets to it; ``async with contextlib.aclosing(…)`` closes it at once.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import secrets
import shutil
import zlib
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import httpx
from attrs import define, field, frozen

from ._call import Operation, as_bytes, as_nothing, stream, stream_async
from ._operation import OperationModule, check_arguments, operation_id, request_of
from .errors import CriteoError, DecodeError
from .types import UNSET

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client
    from .types import Timeout, Unset

FileOperation = OperationModule[bytes | None]

OnProgress = Callable[[int, int | None], object]

CHUNK_SIZE = 65536


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
    """Write the operation's answer to a file; its size.

    The file is written beside ``path`` and takes its place when it is whole, with the permissions of the file that was
    there. Whatever goes wrong, what was there stays, and nothing else is left behind.

    Args:
        operation: module of an operation that answers with a file.
        path: where the file goes; its directory must exist.
        client: sends the call.
        md5: the hexadecimal MD5 that the file must have, where it is known.
        size: the bytes that the file must have, where that is known.
        on_progress: called as the answer comes, with how many of its bytes did, and how many there are (None where the
            answer does not say); both are counted as sent, which is compressed where the answer is.
        arguments: the operation's own arguments, such as ``report_id``, and ``timeout``.

    Raises:
        TypeError: the operation does not answer with a file, or an argument is missing or unknown; nothing was sent.
        OSError: the file cannot be written. Where that shows beforehand, nothing was sent.
        NoFileError: the answer is one without a file.
        errors.DecodeError: the body cannot be right: wrongly compressed, of another MD5 or size, of no certain end.
        errors.ApiError: the answer's status is not 2xx; a subclass says which.
        errors.TokenError: no token could be had.
        httpx.TransportError: no answer came, or the connection broke before its end.
    """
    call = _call(operation, arguments)
    with _beside(path) as file:
        with (
            client.connection().gate,  # for as long as the connection is in use
            stream(client, call.operation, call.request, call.timeout) as response,
        ):
            body = _Body(call.operation, response)
            for raw in response.iter_raw():
                for piece in body.take(raw):
                    file.write(piece)
                _report(body, on_progress)
            body.end()
        _check(file, md5, size, call.operation.id)
    return file.size


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
    call = _call(operation, arguments)
    with _beside(path) as file:
        async with (
            client.connection_async().gate,  # for as long as the connection is in use
            stream_async(client, call.operation, call.request, call.timeout) as response,
        ):
            body = _Body(call.operation, response)
            async for raw in response.aiter_raw():
                for piece in body.take(raw):
                    await asyncio.to_thread(file.write, piece)
                _report(body, on_progress)
            body.end()
        _check(file, md5, size, call.operation.id)
        await asyncio.to_thread(file.close)
    return file.size


# --- in pieces ---


def iter_bytes(
    operation: FileOperation,
    *,
    client: AuthenticatedClient | Client,
    chunk_size: int = CHUNK_SIZE,
    **arguments: Any,
) -> Generator[bytes]:
    """The operation's answer in pieces of at most ``chunk_size`` bytes, decompressed, as they come.

    The call is made when the first piece is asked for. Errors are those of `to_file`, raised while iterating: only when
    the last piece was given out is it certain that the body was whole.

    Raises:
        TypeError: as for `to_file`.
        ValueError: ``chunk_size`` is less than 1.
    """
    call = _call(operation, arguments, chunk_size)

    def pieces() -> Generator[bytes]:
        with stream(client, call.operation, call.request, call.timeout) as response:
            body = _Body(call.operation, response, chunk_size)
            for raw in response.iter_raw():
                yield from body.take(raw)
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
        async with stream_async(client, call.operation, call.request, call.timeout) as response:
            body = _Body(call.operation, response, chunk_size)
            async for raw in response.aiter_raw():
                for piece in body.take(raw):
                    yield piece
            body.end()

    return pieces()


# --- line by line ---


def iter_json_lines(
    operation: FileOperation, *, client: AuthenticatedClient | Client, **arguments: Any
) -> Generator[dict[str, Any]]:
    """The objects of an answer of newline-delimited JSON, one for each line; blank lines are passed over.

    Only one line is held at a time, so an answer that is all one line is held whole.

    Raises:
        TypeError: as for `to_file`.
        errors.DecodeError: while iterating: a line is no JSON object. ``path`` says which (``line 3``), ``content`` is
            the line. Other errors are those of `iter_bytes`.
    """
    lines = _Lines(operation_id(operation))
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
    lines = _Lines(operation_id(operation))
    pieces = iter_bytes_async(operation, client=client, **arguments)

    async def objects() -> AsyncGenerator[dict[str, Any]]:
        async with aclosing(pieces):
            async for piece in pieces:
                for line in lines.take(piece):
                    yield line
        for line in lines.end():
            yield line

    return objects()


@define
class _Lines:
    """Puts lines together from pieces that end anywhere, and reads them."""

    operation: str
    number: int = 0
    begun: list[bytes] = field(factory=list)

    def take(self, piece: bytes) -> Iterator[dict[str, Any]]:
        """The objects of the lines that end in the piece."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            yield from self._line(end)
        if rest:
            self.begun.append(rest)

    def end(self) -> Iterator[dict[str, Any]]:
        """The object of a last line that has no end."""
        if self.begun:
            yield from self._line(b"")

    def _line(self, end: bytes) -> Iterator[dict[str, Any]]:
        line = b"".join((*self.begun, end)).strip()
        self.begun.clear()
        self.number += 1
        if line:
            yield self._read(line)

    def _read(self, line: bytes) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"is not JSON ({error})", line) from error
        if not isinstance(value, dict):
            raise self._wrong("is not a JSON object", line)
        return value

    def _wrong(self, reason: str, line: bytes) -> DecodeError:
        return DecodeError(reason, path=f"line {self.number}", content=line, operation=self.operation)


# --- the call, and its answer's body ---


@frozen
class _Call:
    """What `stream` takes, once it is clear that the call can be made."""

    operation: Operation[Any]
    request: dict[str, Any]
    timeout: Timeout | Unset


def _call(operation: FileOperation, arguments: dict[str, Any], chunk_size: int = CHUNK_SIZE) -> _Call:
    name = operation_id(operation)
    if not answers_with_file(operation):
        raise TypeError(f"{name} does not answer with a file")
    if chunk_size < 1:
        raise ValueError(f"chunk_size is {chunk_size}, but must be at least 1")
    check_arguments(operation, arguments, ("client",))
    arguments = dict(arguments)
    timeout = arguments.pop("timeout", UNSET)
    request = request_of(operation, arguments)
    # Nothing but gzip, whose streams say where they end; httpx takes one that does not for whole (0.28).
    headers = {**request.get("headers", {}), "Accept-Encoding": "gzip"}
    return _Call(operation.OPERATION, {**request, "headers": headers}, timeout)


def answers_with_file(operation: OperationModule[object]) -> bool:
    """Whether the operation answers with a file."""
    return as_bytes in operation.OPERATION.answers.values()


class _Body:
    """The body of an answer that is a file: decompressed piece by piece, and found to be whole or not in the end."""

    def __init__(self, operation: Operation[Any], response: httpx.Response, chunk_size: int = CHUNK_SIZE) -> None:
        self.operation = operation.id
        self.response = response
        self.chunk_size = chunk_size
        answer = operation.answers.get(response.status_code)
        if answer is as_nothing:
            raise NoFileError(operation.id, response.status_code)
        if answer is not as_bytes:  # 206, say: a part of the file, which nobody asked for
            raise self._wrong(f"status {response.status_code} is not one of those that the document gives a file")
        self.length = _length(response)
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip"):
            raise self._wrong(f"the body's Content-Encoding is {coding!r:.80}, which was not asked for")
        self.gzip = _gzip() if "gzip" in coding else None
        if self.gzip is None and self.length is None and _ends_with_connection(response):
            raise self._wrong("the answer has neither Content-Length nor chunks: where its body ends cannot be told")

    @property
    def received(self) -> int:
        """Bytes that came, as they were sent."""
        return self.response.num_bytes_downloaded

    def take(self, raw: bytes) -> Iterator[bytes]:
        """What the bytes say, in pieces of at most ``chunk_size``."""
        if self.gzip is not None:
            try:
                yield from self._decompress(raw)
            except zlib.error as error:
                raise self._wrong(f"the body cannot be decompressed as its Content-Encoding says ({error})") from error
        else:
            for begin in range(0, len(raw), self.chunk_size):
                yield raw[begin : begin + self.chunk_size]

    def end(self) -> None:
        """Make sure that all came.

        Raises:
            httpx.RemoteProtocolError: fewer or more bytes came than the answer's Content-Length says, and the transport
                did not see it; httpcore's own does, and raises the same.
            errors.DecodeError: the compressed body has no end.
        """
        if self.length is not None and self.received != self.length:
            text = f"the body ended after {self.received} bytes, and not after {self.length}"
            raise httpx.RemoteProtocolError(text, request=self.response.request)
        if self.gzip is not None and self.received and not self.gzip.eof:
            raise self._wrong("the compressed body breaks off before its end")

    def _decompress(self, raw: bytes) -> Iterator[bytes]:
        while self.gzip is not None:
            if self.gzip.eof:  # a gzip file may be several, one after the other (RFC 1952 section 2.2)
                self.gzip = _gzip()
            piece = self.gzip.decompress(raw, self.chunk_size)
            if piece:
                yield piece
            raw = self.gzip.unused_data if self.gzip.eof else self.gzip.unconsumed_tail
            if not raw:  # what the last byte says beyond a full piece comes with the next one; a stream ends with eight
                return

    def _wrong(self, reason: str) -> DecodeError:
        return DecodeError(reason, operation=self.operation)


def _gzip() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def _length(response: httpx.Response) -> int | None:
    """How many bytes the body has, as sent; RFC 9112 section 6.3: where it comes in chunks the header means nothing."""
    text = response.headers.get("content-length", "")
    return int(text) if text.isdecimal() and "transfer-encoding" not in response.headers else None


def _ends_with_connection(response: httpx.Response) -> bool:
    """Whether only the connection's end shows that of the body, so that a broken one looks the same.

    Not so in HTTP/2, and where a transport of another kind does not say which HTTP it speaks.
    """
    http_1 = response.extensions.get("http_version", b"").startswith(b"HTTP/1")
    return http_1 and "chunked" not in response.headers.get("transfer-encoding", "").lower()


def _report(body: _Body, on_progress: OnProgress | None) -> None:
    if on_progress is not None:
        on_progress(body.received, body.length)


# --- the file ---


class _File:
    """A file under way, with its size and MD5."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.md5 = hashlib.md5(usedforsecurity=False)

    def write(self, piece: bytes) -> None:
        self._file.write(piece)
        self.md5.update(piece)
        self.size += len(piece)

    def close(self) -> None:
        # A thread that is still writing, of a task that was cancelled, holds the file's lock: this waits for it.
        self._file.close()


@contextmanager
def _beside(path: str | os.PathLike[str]) -> Iterator[_File]:
    """A new file, which takes the place of ``path`` at the end of the block and is removed where that raises."""
    target = Path(path).resolve()  # what a link leads to is replaced, and not the link
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    file = _File(_open(part, target))
    try:
        if target.exists():
            shutil.copymode(target, part)
        yield file
        file.close()
        part.replace(target)
    except BaseException:
        try:
            file.close()
        finally:
            part.unlink(missing_ok=True)
        raise


def _open(part: Path, target: Path) -> BinaryIO:
    if target.exists() and not target.is_file():
        raise FileExistsError(errno.EEXIST, "exists, and is no file that can be replaced", str(target))
    try:
        return part.open("xb")
    except OSError as error:
        error.filename = str(target.parent)  # the name of the part would mean nothing to the caller
        raise


def check_target(path: str | os.PathLike[str]) -> None:
    """Make sure that `to_file` can write there, without doing it.

    Raises:
        OSError: it cannot.
    """
    target = Path(path).resolve()
    part = target.with_name(f".{secrets.token_hex(8)}.part")
    _open(part, target).close()
    part.unlink()


def _check(file: _File, md5: str | None, size: int | None, operation: str) -> None:
    if size is not None and file.size != size:
        raise DecodeError(f"the body has {file.size} bytes, and not {size}", operation=operation)
    if md5 is not None and file.md5.hexdigest() != md5.lower():
        raise DecodeError(f"the body's MD5 is {file.md5.hexdigest()}, and not {md5.lower():.40}", operation=operation)
