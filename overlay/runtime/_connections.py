"""The httpx clients behind one client: made at first use, one for each process and event loop, closed together."""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar
from weakref import WeakKeyDictionary

import httpx

from ._gate import AsyncGate, Gate, running_loop
from ._transports import INERT
from .auth import OriginAuth

if TYPE_CHECKING:
    import asyncio

Http = TypeVar("Http", bound=httpx.Client | httpx.AsyncClient)
AnyGate = TypeVar("AnyGate")


class Connection(Generic[Http, AnyGate]):
    """An httpx client and how calls are sent through it; the gate lets in as many at once as it has connections."""

    def __init__(self, http: Http, base_url: str, auth: OriginAuth, gate: AnyGate, headers: Mapping[str, str]) -> None:
        self.http = http
        self.base_url = base_url  # without a slash at its end; a whole URL spares httpx parsing it three times
        self.auth = auth  # also follows redirects
        self.gate = gate
        self.headers = headers  # of each call, beside those of the httpx client
        self.process = os.getpid()
        self.loop: weakref.ref[asyncio.AbstractEventLoop] | None = None  # of an httpx client that was handed over
        self.anchor: asyncio.TimerHandle | None = None  # by which the event loop keeps it alive

    @property
    def is_here(self) -> bool:
        """Whether this is its process."""
        return os.getpid() == self.process

    def here(self) -> Self:
        """The connection, through an httpx client that the caller handed over: it lives in one process and event loop.

        Raises:
            RuntimeError: this is another process than the one it was given in, or another event loop than the one it
                was first used in.
        """
        if not self.is_here:
            raise RuntimeError(
                "the httpx client that was set belongs to another process, and processes that share its sockets read"
                " each other's answers: set a new one in this process, or let this client make its own"
            )
        http: httpx.Client | httpx.AsyncClient = self.http
        if isinstance(http, httpx.AsyncClient) and not isinstance(getattr(http, "_transport", None), INERT):
            loop = running_loop()
            if loop is not None and self.loop is None:
                self.loop = weakref.ref(loop)
            if loop is not None and self.loop is not None and self.loop() is not loop:
                raise RuntimeError(
                    "the httpx client that was set belongs to another event loop, which alone can use its sockets: set"
                    " a new one in this loop, or let this client make its own"
                )
        return self

    def untie(self) -> None:
        """Be kept by the event loop no longer."""
        if self.anchor is not None:
            self.anchor.cancel()


SyncConnection = Connection[httpx.Client, Gate]
AsyncConnection = Connection[httpx.AsyncClient, AsyncGate]


def _tie(connection: AsyncConnection, loop: asyncio.AbstractEventLoop, owner: object) -> None:
    """Have the event loop alone keep the connection alive, as long as its owner lives, and close it when it ends.

    So a loop that nobody closes takes its sockets along when it is collected.
    """
    connection.anchor = loop.call_later(_NEVER, connection.untie)
    weakref.finalize(owner, _untie, weakref.ref(connection)).atexit = False
    # `asyncio.run` closes the loop's open async generators before the loop itself: `aclose` is all it asks of them.
    notice: Any = sys.get_asyncgen_hooks().firstiter
    if notice is not None:
        notice(connection.http)


_NEVER = 10 * 365 * 86400.0  # seconds


def _untie(reference: weakref.ref[AsyncConnection]) -> None:
    if (connection := reference()) is not None:
        connection.untie()


class _Process:
    """What was made in one process: a fork's child must not share its parent's sockets."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sync: SyncConnection | None = None
        self.loops: WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[AsyncConnection]] = WeakKeyDictionary()
        self.without_loop: AsyncConnection | None = None

    def find(self, loop: asyncio.AbstractEventLoop | None) -> AsyncConnection | None:
        """The loop's connection, if it has one that is open."""
        connection = self.without_loop
        if loop is not None:
            reference = self.loops.get(loop)
            connection = None if reference is None else reference()
        return None if connection is None or connection.http.is_closed else connection


class Connections:
    """The live part of a client. Safe to use from many threads, event loops and forked processes.

    A variant of a client (`client.Client.with_headers`) sends through the connections of its ``parent``.
    """

    def __init__(self, parent: Connections | None = None) -> None:
        self._parent = parent
        self._processes: dict[int, _Process] = {}
        self.given: SyncConnection | None = None  # used instead of one of our own
        self.given_async: AsyncConnection | None = None
        self._entered = False
        self._closed = False

    def _process(self) -> _Process:
        # Keyed by process rather than replaced in the child: the lock may be held at the moment of the fork.
        pid = os.getpid()
        return self._processes.get(pid) or self._processes.setdefault(pid, _Process())

    def sync(self, make: Callable[[], SyncConnection]) -> SyncConnection:
        """This process's connection, made once however many threads ask."""
        self._check_open()
        if self.given is not None:
            return self.given.here()
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
        if self.given_async is not None:
            return self.given_async.here()
        loop = running_loop()
        process = self._process()
        connection = process.find(loop)
        if connection is None:
            with process.lock:
                self._check_open()
                for other in list(process.loops):  # a loop that ends takes itself out meanwhile
                    if other.is_closed():
                        process.loops.pop(other, None)
                connection = make()
                if loop is None:
                    process.without_loop = connection
                else:
                    process.loops[loop] = weakref.ref(connection)
                    _tie(connection, loop, self)
        return connection

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
            if process.sync is not None:
                process.sync.http.close()
        if self.given is not None and self.given.is_here:
            self.given.http.close()

    async def aclose(self) -> None:
        """Close everything of this process and event loop."""
        self.close()
        connection = self._process().find(running_loop())
        if connection is not None:
            connection.untie()
            await connection.http.aclose()
        if self.given_async is not None and self.given_async.is_here:
            await self.given_async.http.aclose()

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("This client is closed: make a new one, or keep the `with` block open longer")
        if self._parent is not None:
            self._parent._check_open()  # noqa: SLF001 (another of this class)
