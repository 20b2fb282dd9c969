"""When a call is tried again, and after how long."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

import httpx
from attrs import field, frozen
from attrs.validators import ge, gt

from ._reasons import is_certificate_error, is_gateway_failure

# Seconds before each further attempt, as Criteo's documentation asks for (read 2026-11); the last one repeats.
AFTER_RATE_LIMIT = AFTER_BROKEN_CONNECTION = (1.0, 2.0, 4.0)
AFTER_SERVER_ERROR = (10.0, 20.0, 40.0)

UNAVAILABLE = (502, 503, 504)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # RFC 9110 section 9.2.1: cannot do any work twice


@frozen
class RetryPolicy:
    """Which calls are tried again. ``AuthenticatedClient(retry=RetryPolicy(…))``, or ``RetryPolicy.none()`` for none.

    A 429 is always retried, since the call was not carried out. 500, 502, 503, 504 and broken connections are retried
    for reads: GET, and operations whose scopes all end in ``_Read``, such as a search by POST. A connection that was
    never made is retried for every operation; so are a proxy that could not make it (502, 503, 504 to CONNECT) and a
    token that could not be had for such a reason. Other writes are retried with ``retry_writes`` only, since the API
    has no idempotency key, and never after a 500. An untrusted certificate is final.

    The policy covers the whole call: the token request, the answer, and the body of a download to a file.

    Args:
        max_attempts: attempts in all, the first included.
        budget: seconds for the whole call, attempts and waits; no wait is begun that would not end within it, and the
            last error is raised instead.
        max_wait: seconds that one wait lasts at most, whatever the server asks for.
        jitter: share of a wait that is added at random, so that many workers do not come back at the same moment.
        retry_writes: repeat any call, also one that may have been carried out.
    """

    max_attempts: int = field(default=4, validator=ge(1), kw_only=True)
    budget: float = field(default=120.0, validator=ge(0), kw_only=True)
    max_wait: float = field(default=60.0, validator=gt(0), kw_only=True)
    jitter: float = field(default=0.25, validator=ge(0), kw_only=True)
    retry_writes: bool = field(default=False, kw_only=True)

    @classmethod
    def none(cls) -> Self:
        """The policy that tries nothing again."""
        return cls(max_attempts=1)

    def delay_for(
        self,
        outcome: httpx.Response | httpx.TransportError,
        *,
        method: str,
        attempt: int,
        elapsed: float,
        chance: float,
    ) -> float | None:
        """Seconds to wait before the next attempt, or None where there is none.

        Args:
            outcome: the answer, or why none came.
            method: the operation's method; GET for every operation that is a read, whatever its own.
            attempt: how many attempts were made, this one included.
            elapsed: seconds since the first attempt began.
            chance: random number from 0 to 1, for the jitter.
        """
        if attempt >= self.max_attempts:
            return None
        requested, schedule = self._wait(outcome, method.upper() in SAFE_METHODS)
        if not schedule:
            return None
        # A moment that is past (a clock that is wrong, a limit just lifted) is no reason to hurry.
        wait = requested if requested else schedule[min(attempt, len(schedule)) - 1]
        wait = min(wait, self.max_wait) * (1 + self.jitter * chance)
        return wait if elapsed + wait <= self.budget else None

    def _wait(
        self, outcome: httpx.Response | httpx.TransportError, is_read: bool
    ) -> tuple[float | None, tuple[float, ...]]:
        """What the server asks for, and the schedule where it does not; no schedule where nothing may be repeated."""
        repeatable = is_read or self.retry_writes
        if isinstance(outcome, httpx.Response):
            if outcome.status_code == 429:
                return retry_after(outcome.headers), AFTER_RATE_LIMIT
            if (outcome.status_code in UNAVAILABLE and repeatable) or (outcome.status_code == 500 and is_read):
                return retry_after(outcome.headers), AFTER_SERVER_ERROR
            return None, ()
        if is_certificate_error(outcome):
            return None, ()
        never_made = isinstance(outcome, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        never_made = never_made or (isinstance(outcome, httpx.ProxyError) and is_gateway_failure(outcome))
        broken = isinstance(outcome, httpx.NetworkError | httpx.TimeoutException | httpx.RemoteProtocolError)
        return None, AFTER_BROKEN_CONNECTION if never_made or (broken and repeatable) else ()

    # The policy's clock and waits. Tests override them to skip waiting.

    def clock(self) -> float:
        """Seconds of a clock that never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; Ctrl-C ends it."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait; cancelling the task ends it."""
        import asyncio  # here, since httpx does not import it either

        await asyncio.sleep(seconds)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds until calls are taken again, 0 for a moment that is past, None where the answer does not say.

    ``x-ratelimit-reset`` is epoch seconds (Criteo's documentation, read 2026-11), compared with the answer's own
    ``Date``: the clock here may be wrong. ``Retry-After`` (RFC 9110 section 10.2.3: seconds or a date) is not
    documented; it counts where the former is missing.
    """
    after = headers.get("retry-after")
    moment, seconds = _seconds(headers.get("x-ratelimit-reset")), _seconds(after)
    if moment is None and seconds is None:
        moment = _timestamp(after)
    if moment is not None:
        now = _timestamp(headers.get("date"))
        seconds = moment - (time.time() if now is None else now)
    return None if seconds is None else max(0.0, seconds)


def _seconds(value: str | None) -> float | None:
    try:
        number = float(value) if value else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e12 else None  # neither NaN nor infinite


def _timestamp(value: str | None) -> float | None:
    """Epoch seconds of an HTTP date; one that names no time zone is in UTC."""
    try:
        moment = parsedate_to_datetime(value or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):  # `email` meets odd dates with any of these
        return None
