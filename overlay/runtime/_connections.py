"""The httpx clients behind one client: made at first use, one for each process and event loop, closed together.

Plain classes: each one that attrs makes takes as long to import as a module.
"""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

Http_co = TypeVar("Http_co", bound="httpx.Client | httpx.AsyncClient", covariant=True)
Gate_co = TypeVar("Gate_co", covariant=True)


class Connection(Generic[Http_co, Gate_co]):
    """An httpx client and how calls are sent through it.

    The gate lets as many calls in as there are connections. Without it, httpcore's pool (1.0.9) does work for each
    waiting request whenever one ends, and gives several of them the same free connection: with 100 calls at once, the
    time of a call triples.
    """

    def __init__(
        self, http: Http_co, base_url: str, auth: httpx.Auth | None, follow_redirects: bool, gate: Gate_co
    ) -> None:
        self.http = http
        self.base_url = base_url  # without a slash at its end; a whole URL spares httpx parsing it three times
        self.auth = auth
        self.follow_redirects = follow_redirects
        self.gate = gate


SyncConnection = Connection[httpx.Client, AbstractContextManager[object]]
AsyncConnection = Connection[httpx.AsyncClient, AbstractAsyncContextManager[object]]


class _LoopConnection:
    """An asyncio connection, and the generator that closes it with its event loop (None without one)."""

    def __init__(self, connection: AsyncConnection, closer: AsyncGenerator[None] | None) -> None:
        self.connection = connection
        self.closer = closer


class _Process:
    """What was made in one process: a fork's child must not share its parent's sockets."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sync: SyncConnection | None = None
        self.loops: dict[AbstractEventLoop | None, _LoopConnection] = {}


class Connections:
    """The live part of a client. Safe to use from many threads, event loops and forked processes."""

    def __init__(self) -> None:
        self._processes: dict[int, _Process] = {}
        self._given: SyncConnection | None = None
        self._given_async: AsyncConnection | None = None
        self._entered = False
        self._closed = False

    def _process(self) -> _Process:
        # Keyed by process rather than replaced in the child: the lock may be held at the moment of the fork.
        pid = os.getpid()
        return self._processes.get(pid) or self._processes.setdefault(pid, _Process())

    def sync(self, make: Callable[[], SyncConnection]) -> SyncConnection:
        """This process's connection, made once however many threads ask."""
        self._check_open()
        if self._given is not None:
            return self._given
        process = self._process()
        if process.sync is None:
            with process.lock:
                self._check_open()
                if process.sync is None:
                    process.sync = make()
        return process.sync

    def asyncio(self, make: Callable[[], AsyncConnection]) -> AsyncConnection:
        """The running event loop's connection: sockets belong to the loop they were opened in."""
        self._check_open()
        if self._given_async is not None:
            return self._given_async
        loop = running_loop()
        process = self._process()
        live = process.loops.get(loop)
        if live is None or live.connection.http.is_closed:
            with process.lock:
                self._check_open()
                for other in list(process.loops):  # a loop that ends takes itself out meanwhile
                    if other is not None and other.is_closed():
                        process.loops.pop(other, None)
                connection = make()
                live = _LoopConnection(connection, None if loop is None else _close_with_loop(connection.http))
                process.loops[loop] = live
        return live.connection

    def give(self, connection: SyncConnection) -> None:
        """Use this connection instead of one of our own."""
        self._given = connection

    def give_async(self, connection: AsyncConnection) -> None:
        """Use this connection instead of one of our own, in every event loop."""
        self._given_async = connection

    def enter(self) -> None:
        """Begin a ``with`` block, of which there can be one."""
        self._check_open()
        if self._entered:
            raise RuntimeError("This client was entered before: use one `with` block for it")
        self._entered = True

    def close(self) -> None:
        """Close what can be closed without an event loop; the rest is closed with its loop."""
        self._closed = True
        process = self._process()
        with process.lock:
            for connection in (process.sync, self._given):
                if connection is not None:
                    connection.http.close()

    async def aclose(self) -> None:
        """Close everything of this process and event loop."""
        self.close()
        live = self._process().loops.pop(running_loop(), None)
        if live is not None:
            await live.connection.http.aclose()
            if live.closer is not None:
                await live.closer.aclose()
        if self._given_async is not None:
            await self._given_async.http.aclose()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("This client is closed: make a new one, or keep the `with` block open longer")


def running_loop() -> AbstractEventLoop | None:
    import asyncio  # here, since httpx does not import it either and it is half as large as httpx

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # another async library, or none yet


def _close_with_loop(http: httpx.AsyncClient) -> AsyncGenerator[None]:
    """Have the event loop close the connections when it ends.

    ``asyncio.run`` closes the loop's open async generators before the loop itself (`loop.shutdown_asyncgens`), so a
    client that serves several ``asyncio.run`` one after the other leaves no socket behind.
    """

    async def close_at_end() -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await http.aclose()

    closer = close_at_end()
    first: Any = closer.asend(None)
    try:
        first.send(None)  # runs to the `yield`, which makes the generator known to the loop
    except StopIteration:
        return closer
    raise AssertionError("the generator awaits nothing before its yield")
