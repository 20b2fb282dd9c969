"""An end in time for a whole call, beside httpx's timeout for each of its steps.

httpx bounds each read and write, so an answer that drips holds a call without end. Here every step that begins within
`until` is given at most the time that is left: connecting, TLS, proxies, each read and write, sync and async alike.
"""

from __future__ import annotations

import logging
import math
import time
import weakref
from collections.abc import Awaitable, Callable, Iterator
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
    kind = _AsyncBackend if isinstance(http, httpx.AsyncClient) else _Backend
    for transport in (getattr(http, "_transport", None), *getattr(http, "_mounts", {}).values()):
        pool: Any = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if backend is not None and not isinstance(backend, _Backend):
            pool._network_backend = kind(backend, weakref.ref(pool))  # noqa: SLF001 (see above)
        elif backend is None and isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
            logger.warning("httpx %s: a deadline= cannot end a step of a call, whose timeout= does", httpx.__version__)


def _bound(timeout: float | None, step: str) -> float | None:
    """The step's timeout, shortened; its error where no time is left: data that is there must not prolong the call."""
    if remaining() <= 0:
        import httpcore  # here, since httpx does not import it before the first client is made

        raise getattr(httpcore, f"{step}Timeout")("the call's deadline has passed")
    return shorten(timeout)


class _Timed:
    """A network backend or stream of httpcore's, sync or for asyncio, whose steps mind `until`."""

    def __init__(self, timed: Any, pool: Callable[[], Any]) -> None:
        self._timed = timed
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._timed, name)


class _Backend(_Timed):
    def connect_tcp(self, *, timeout: float | None = None, **options: Any) -> Any:
        return self._wrap(self._timed.connect_tcp(timeout=_bound(timeout, "Connect"), **options))

    def connect_unix_socket(self, *, timeout: float | None = None, **options: Any) -> Any:
        return self._wrap(self._timed.connect_unix_socket(timeout=_bound(timeout, "Connect"), **options))

    def _wrap(self, stream: Any) -> Any:
        return _Stream(stream, self._pool)


class _AsyncBackend(_Backend):
    async def _wrap(self, stream: Awaitable[Any]) -> _AsyncStream:
        return _AsyncStream(await stream, self._pool)


class _Stream(_Timed):
    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self._timed.read(max_bytes, _bound(timeout, "Read"))

    def write(self, buffer: bytes, timeout: float | None = None) -> Any:
        return self._timed.write(buffer, _bound(timeout, "Write"))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        try:
            stream = self._timed.start_tls(ssl_context, server_hostname, _bound(timeout, "Connect"))
        except BaseException:
            for connection in self._tunnels():
                connection.close()
            raise
        return _Stream(stream, self._pool)

    def _tunnels(self) -> Iterator[Any]:
        """The pool's connection to a proxy by this stream, if any.

        httpcore (1.0.9) keeps it in the pool for ever where TLS behind the proxy fails: after three, no call gets one.
        """
        pool = self._pool()
        for connection in [] if pool is None else pool.connections:
            inner = connection
            while inner is not None and getattr(inner, "_network_stream", None) is not self:
                inner = getattr(inner, "_connection", None)
            if inner is not None:
                yield connection


class _AsyncStream(_Stream):
    async def start_tls(
        self,
        ssl_context: Any,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
    ) -> _AsyncStream:
        try:
            stream = await self._timed.start_tls(ssl_context, server_hostname, _bound(timeout, "Connect"))
        except BaseException:
            for connection in self._tunnels():
                await connection.aclose()
            raise
        return _AsyncStream(stream, self._pool)
