"""An end in time for a whole call, beside httpx's timeout for each of its steps.

httpx bounds each read and write, so an answer that drips holds a call without end. Here every step that begins within
`until` is given at most the time that is left: connecting, TLS, proxies, each read and write, sync and async alike.
"""

from __future__ import annotations

import logging
import math
import time
import weakref
from contextvars import ContextVar, Token
from typing import Any

import httpx

_ends_at: ContextVar[float] = ContextVar("criteo_retail_media_ends_at", default=math.inf)

now = time.monotonic

logger = logging.getLogger("criteo_retail_media")


class until:  # noqa: N801 (used as a function, as `contextlib.suppress`)
    """Within the block nothing waits beyond this moment of `now`; of several blocks the earliest moment counts."""

    __slots__ = ("_ends_at", "_token")

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at
        self._token: Token[float] | None = None

    def __enter__(self) -> None:
        if self._ends_at < _ends_at.get():
            self._token = _ends_at.set(self._ends_at)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _ends_at.reset(self._token)


def remaining() -> float:
    """Seconds left, infinite where there is no end; 0 or less where it has passed."""
    return _ends_at.get() - now()


def shorten(timeout: float | None) -> float | None:
    """The step's timeout, or what is left where that is less; never 0, which means "do not wait" to a socket."""
    left = remaining()
    if left == math.inf or (timeout is not None and timeout <= left):
        return timeout
    return max(left, 0.001)


def enforce_deadlines(http: httpx.Client | httpx.AsyncClient) -> None:
    """Have the httpx client's connections mind `until`.

    httpx offers no way to give httpcore a network backend (0.28), which is the one place where every read passes; the
    test of this function fails with a version that keeps it elsewhere. There, and through a transport of another kind,
    a call's deadline ends its waits and begins no attempt, while each step has its own timeout only.
    """
    transports = [getattr(http, "_transport", None), *getattr(http, "_mounts", {}).values()]
    wrap = _AsyncBackend if isinstance(http, httpx.AsyncClient) else _Backend
    for transport in transports:
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if pool is not None and backend is not None and not isinstance(backend, _Backend | _AsyncBackend):
            pool._network_backend = wrap(backend, weakref.ref(pool))  # noqa: SLF001 (see above)
        elif backend is None and isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
            logger.warning("httpx %s: a deadline= cannot end a step of a call, whose timeout= does", httpx.__version__)


def _check(step: str) -> None:
    """Raise the step's timeout where no time is left: data that is there already must not prolong the call."""
    if remaining() <= 0:
        import httpcore  # here, since httpx does not import it before the first client is made

        raise {"connect": httpcore.ConnectTimeout, "read": httpcore.ReadTimeout, "write": httpcore.WriteTimeout}[step](
            "the call's deadline has passed"
        )


def _tunnels_through(stream: object, pool: Any) -> list[Any]:
    """The pool's connection to a proxy by this stream, if any.

    httpcore (1.0.9) keeps it in the pool for ever where TLS behind the proxy fails: after three, no call gets one.
    """
    return [each for each in (pool.connections if pool else ()) if _is_by(each, stream)]


def _is_by(connection: Any, stream: object) -> bool:
    while connection is not None and getattr(connection, "_network_stream", None) is not stream:
        connection = getattr(connection, "_connection", None)
    return connection is not None


class _Backend:
    """httpcore's network backend, whose streams mind `until`."""

    def __init__(self, backend: Any, pool: Any) -> None:
        self._backend = backend
        self._pool = pool

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> _Stream:
        _check("connect")
        return _Stream(self._backend.connect_tcp(host, port, timeout=shorten(timeout), **options), self._pool)

    def connect_unix_socket(self, path: str, timeout: float | None = None, **options: Any) -> _Stream:
        _check("connect")
        return _Stream(self._backend.connect_unix_socket(path, timeout=shorten(timeout), **options), self._pool)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _Stream:
    def __init__(self, stream: Any, pool: Any) -> None:
        self._stream = stream
        self._pool = pool
        self.get_extra_info = stream.get_extra_info
        self.close = stream.close

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        _check("read")
        data: bytes = self._stream.read(max_bytes, shorten(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _check("write")
        self._stream.write(buffer, shorten(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        _check("connect")
        try:
            return _Stream(self._stream.start_tls(ssl_context, server_hostname, shorten(timeout)), self._pool)
        except BaseException:
            for connection in _tunnels_through(self, self._pool()):
                connection.close()
            raise


class _AsyncBackend:
    """The same for the asynchronous one."""

    def __init__(self, backend: Any, pool: Any) -> None:
        self._backend = backend
        self._pool = pool

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature, as below)
        **options: Any,
    ) -> _AsyncStream:
        _check("connect")
        return _AsyncStream(
            await self._backend.connect_tcp(host, port, timeout=shorten(timeout), **options), self._pool
        )

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        **options: Any,
    ) -> _AsyncStream:
        _check("connect")
        return _AsyncStream(
            await self._backend.connect_unix_socket(path, timeout=shorten(timeout), **options), self._pool
        )

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class _AsyncStream:
    def __init__(self, stream: Any, pool: Any) -> None:
        self._stream = stream
        self._pool = pool
        self.get_extra_info = stream.get_extra_info
        self.aclose = stream.aclose

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        _check("read")
        data: bytes = await self._stream.read(max_bytes, shorten(timeout))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        _check("write")
        await self._stream.write(buffer, shorten(timeout))

    async def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> _AsyncStream:
        _check("connect")
        try:
            return _AsyncStream(
                await self._stream.start_tls(ssl_context, server_hostname, shorten(timeout)), self._pool
            )
        except BaseException:
            for connection in _tunnels_through(self, self._pool()):
                await connection.aclose()
            raise
