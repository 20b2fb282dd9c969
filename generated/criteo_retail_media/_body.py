"""The body of an answer: decoded from at most one content coding, and counted while it is.

269 bytes that were compressed three times are 2 GB (tried 2026-11), so what comes out is what is bounded.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from ._deadline import until
from .errors import AnswerTooLargeError, DecodeError, one_line

CHUNK_SIZE = 65536

# Of an answer that is an error no more than this is kept: its status says what happened.
MAX_ERROR = 2**20

CODINGS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


class Decoder:
    """Undoes the answer's Content-Encoding piece by piece.

    Raises:
        errors.DecodeError: the answer has more than one content coding, or one that is not read.
    """

    def __init__(self, headers: httpx.Headers, operation: str = "", chunk_size: int = CHUNK_SIZE) -> None:
        self._operation = operation
        self._chunk_size = chunk_size
        self._window: int | None = None
        self._begun = False
        text = headers.get("content-encoding", "")
        codings = [coding for part in text.lower().split(",") if (coding := part.strip()) not in ("", "identity")]
        if len(codings) > 1:
            raise self._fault(f"the body has {len(codings)} content codings, and not one: {one_line(text, 60)}")
        if codings:
            self._window = CODINGS.get(codings[0])
            if self._window is None:
                raise self._fault(f"the body's Content-Encoding is {one_line(text, 60)!r}, which was not asked for")
        self._inflate = None if self._window is None else zlib.decompressobj(self._window)

    @property
    def is_coded(self) -> bool:
        """Whether there is a coding to undo."""
        return self._inflate is not None

    def decode(self, raw: bytes) -> Iterator[bytes]:
        """What the bytes say, in pieces of at most ``chunk_size``.

        Raises:
            errors.DecodeError: they cannot be decompressed.
        """
        if self._inflate is None:
            for begin in range(0, len(raw), self._chunk_size):
                yield raw[begin : begin + self._chunk_size]
            return
        try:
            yield from self._decompress(raw)
        except zlib.error as error:
            reason = f"the body cannot be decompressed as its Content-Encoding says ({error})"
            raise self._fault(reason) from error

    def end(self) -> None:
        """Make sure that the compressed body is whole.

        Raises:
            errors.DecodeError: it is not.
        """
        if self._inflate is not None and self._begun and not self._inflate.eof:
            raise self._fault("the compressed body breaks off before its end")

    def _decompress(self, raw: bytes) -> Iterator[bytes]:
        while raw and self._inflate is not None and self._window is not None:
            if self._inflate.eof:  # a gzip file may be several, one after the other (RFC 1952 section 2.2)
                self._inflate = zlib.decompressobj(self._window)
            try:
                piece = self._inflate.decompress(raw, self._chunk_size)
            except zlib.error:
                if self._begun or self._window != zlib.MAX_WBITS:
                    raise
                self._window = -zlib.MAX_WBITS  # "deflate" without zlib's header, as some servers send it
                self._inflate = zlib.decompressobj(self._window)
                continue
            self._begun = True
            if piece:
                yield piece
            raw = self._inflate.unused_data if self._inflate.eof else self._inflate.unconsumed_tail
            # What the last byte says beyond a full piece comes with the next one; a stream ends with eight.

    def _fault(self, reason: str) -> DecodeError:
        return DecodeError(reason, operation=self._operation)


class _BoundedStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """An answer's stream, decoded, within the deadline, and no longer than the limit."""

    def __init__(
        self, response: httpx.Response, decoder: Decoder, limit: float, ends_at: float, operation: str
    ) -> None:
        self._stream = response.stream
        self._decoder = decoder
        self._limit = limit
        self._ends_at = ends_at
        self._operation = operation
        self._lenient = not response.is_success
        self._size = 0

    def _take(self, raw: bytes) -> Iterator[bytes]:
        for piece in self._decoder.decode(raw):
            self._size += len(piece)
            if self._size > self._limit:
                raise AnswerTooLargeError(int(self._limit), operation=self._operation)
            yield piece

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._stream, httpx.SyncByteStream)  # noqa: S101 (for the type checker)
        try:
            for raw in _in_time(iter(self._stream), self._ends_at):
                yield from self._take(raw)
            self._decoder.end()
        except (httpx.TransportError, DecodeError):
            if not self._lenient:
                raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._stream, httpx.AsyncByteStream)  # noqa: S101 (for the type checker)
        pieces = aiter(self._stream)
        try:
            while True:
                with until(self._ends_at):
                    raw = await anext(pieces, None)
                if raw is None:
                    break
                for piece in self._take(raw):
                    yield piece
            self._decoder.end()
        except (httpx.TransportError, DecodeError):
            if not self._lenient:
                raise

    def close(self) -> None:
        assert isinstance(self._stream, httpx.SyncByteStream)  # noqa: S101
        self._stream.close()

    async def aclose(self) -> None:
        assert isinstance(self._stream, httpx.AsyncByteStream)  # noqa: S101
        await self._stream.aclose()


def _in_time(pieces: Iterator[bytes], ends_at: float) -> Iterator[bytes]:
    while True:
        with until(ends_at):
            raw = next(pieces, None)
        if raw is None:
            return
        yield raw


def bound(response: httpx.Response, limit: float, *, operation: str = "", ends_at: float = math.inf) -> None:
    """Have the answer's body decoded and counted as it is read: by `httpx.Response.read`, `iter_bytes`, and so on.

    An answer that is no success is read leniently: what breaks off or is too long is cut, since its status counts.

    Raises:
        errors.DecodeError: its Content-Encoding is none that is read.
    """
    lenient = not response.is_success
    limit = min(limit, MAX_ERROR) if lenient else limit
    try:
        decoder = Decoder(response.headers, operation)
    except DecodeError:
        if not lenient:
            raise
        decoder, limit = Decoder(httpx.Headers()), 0  # nothing of it is kept
    response.stream = _BoundedStream(response, decoder, limit, ends_at, operation)
    # httpx must not decode once more.
    response.headers.pop("content-encoding", None)


def read(response: httpx.Response, limit: float, *, operation: str = "", ends_at: float = math.inf) -> None:
    """Read the answer, of at most ``limit`` bytes, and close it; its headers stay as they came.

    Raises:
        errors.AnswerTooLargeError: it is longer.
        errors.DecodeError: it cannot be decoded.
        httpx.TransportError: it broke off.
    """
    coding = None
    try:
        if not _is_bounded(response, limit, ends_at):
            coding = response.headers.get("content-encoding")
            bound(response, limit, operation=operation, ends_at=ends_at)
        response.read()
        _check_size(response, limit, operation)
    finally:
        response.close()
        _restore(response, coding)


async def read_async(response: httpx.Response, limit: float, *, operation: str = "", ends_at: float = math.inf) -> None:
    """`read` for asyncio."""
    coding = None
    try:
        if not _is_bounded(response, limit, ends_at):
            coding = response.headers.get("content-encoding")
            bound(response, limit, operation=operation, ends_at=ends_at)
        await response.aread()
        _check_size(response, limit, operation)
    finally:
        await response.aclose()
        _restore(response, coding)


def _is_bounded(response: httpx.Response, limit: float, ends_at: float) -> bool:
    """Whether the answer's head bounds its body, which saves counting: HTTP lets no more come than it says."""
    if not response.is_success or ends_at < math.inf:
        return False
    headers = [(name.lower(), value) for name, value in response.headers.raw]  # as bytes: httpx is slow to look one up
    lengths = [value for name, value in headers if name == b"content-length"]
    return (
        len(lengths) == 1
        and lengths[0].isdigit()
        and len(lengths[0]) < 19
        and int(lengths[0]) <= limit
        and not any(name in (b"content-encoding", b"transfer-encoding") for name, _ in headers)
    )


def _check_size(response: httpx.Response, limit: float, operation: str) -> None:
    """Refuse a body that was there at once, from a transport without a socket."""
    if response.is_success and len(response.content) > limit:
        raise AnswerTooLargeError(int(limit), operation=operation)


def _restore(response: httpx.Response, coding: str | None) -> None:
    if coding is not None:
        response.headers["content-encoding"] = coding
