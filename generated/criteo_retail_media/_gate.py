"""The gate before a client's connections: as many calls and open streams at once as there are connections.

Without it, httpcore's pool (1.0.9) does work for each waiting request whenever one ends, and gives several of them the
same free connection: with 100 calls at once, the time of a call triples. A wait is bounded by the pool timeout.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import httpx

from ._deadline import shorten

if TYPE_CHECKING:
    import asyncio

logger = logging.getLogger("criteo_retail_media")


class _Places:
    """How many calls may be under way, None for any number, and how many of those that are, are streams."""

    def __init__(self, size: int | None, semaphore: Any) -> None:
        self.size = size
        self.streams = 0
        self._semaphore = semaphore
        self._lock = threading.Lock()

    def leave(self, *, stream: bool = False) -> None:
        """Give the place back."""
        self._count_stream(-stream)
        if self._semaphore is not None:
            self._semaphore.release()

    def _count_stream(self, change: int) -> None:
        if change:
            with self._lock:
                self.streams += change

    def _warn_of_streams(self) -> None:
        """Say so where a call must wait for the caller's own streams."""
        if self.size is not None and self.streams >= self.size:
            logger.warning("a call waits for a connection: all %d are in use by open streams", self.size)

    def _timed_out(self, timeout: float | None) -> httpx.PoolTimeout:
        streams = f", {self.streams} of them by open streams" if self.streams else ""
        within = "in time" if timeout is None else f"within {timeout:.3g} s"
        return httpx.PoolTimeout(
            f"no connection became free {within}: all {self.size} are in use{streams};"
            " close streams, call less at once, or give the client higher limits"
        )


class Gate(_Places):
    """For threads."""

    def __init__(self, size: int | None) -> None:
        super().__init__(size, None if size is None else threading.Semaphore(size))

    def enter(self, timeout: float | None, *, stream: bool = False) -> None:
        """Take a place; `leave` gives it back.

        Raises:
            httpx.PoolTimeout: none became free in time.
        """
        if self._semaphore is not None and not self._semaphore.acquire(blocking=False):
            self._warn_of_streams()
            timeout = shorten(timeout)
            if not self._semaphore.acquire(timeout=timeout):
                raise self._timed_out(timeout)
        self._count_stream(stream)


class AsyncGate(_Places):
    """For the tasks of one event loop."""

    def __init__(self, size: int | None) -> None:
        import asyncio

        super().__init__(size, None if size is None or running_loop() is None else asyncio.Semaphore(size))

    async def enter(self, timeout: float | None, *, stream: bool = False) -> None:  # noqa: ASYNC109
        """As `Gate.enter`."""
        if self._semaphore is not None and self._semaphore.locked():
            import asyncio

            self._warn_of_streams()
            timeout = shorten(timeout)
            try:
                async with asyncio.timeout(timeout):
                    await self._semaphore.acquire()
            except TimeoutError:
                raise self._timed_out(timeout) from None
        elif self._semaphore is not None:
            await self._semaphore.acquire()
        self._count_stream(stream)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that this runs in; None in another async library, or before any runs."""
    import asyncio  # here, since httpx does not import it either and it is half as large as httpx

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
