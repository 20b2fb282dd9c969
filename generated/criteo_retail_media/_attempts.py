"""The attempts of one call: which came to what, and whether there is another."""

from __future__ import annotations

import logging
import math
import random
from typing import Any

import httpx

from ._deadline import now, remaining, until
from ._operation import Operation
from .retry import RetryPolicy

logger = logging.getLogger("criteo_retail_media")

# The request extension with the call's attempts, so that its token request follows the same policy.
EXTENSION = "criteo_retail_media.attempts"


class Attempts:
    """The attempts of one call, its token requests included, under the client's policy and the call's deadline."""

    def __init__(self, policy: RetryPolicy, operation: Operation[Any], deadline: float | None = None) -> None:
        self.policy = policy
        self.operation = operation
        self.most_token_requests = policy.max_attempts
        self.number = 0
        self.request: httpx.Request | None = None  # the last one sent, whose secrets no error may hold
        self.began = policy.clock()
        self.ends_at = math.inf if deadline is None else now() + deadline

    def wait_after(self, outcome: httpx.Response | httpx.TransportError) -> float | None:
        """Seconds until the next attempt, or None where this was the last."""
        wait = None
        if not isinstance(outcome, httpx.Response) or outcome.status_code >= 400:
            wait = self._delay(outcome, self.number)
        if wait is not None:
            logger.info("%s: attempt %d: %s; next in %.1f s", self.operation.id, self.number, _describe(outcome), wait)
        elif logger.isEnabledFor(logging.DEBUG):
            logger.debug("%s: attempt %d: %s", self.operation.id, self.number, _describe(outcome))
        return wait

    def wait_for_token(self, outcome: httpx.Response | httpx.RequestError, attempt: int) -> float | None:
        """Seconds until the next token request: a failed one counts as a connection that was never made."""
        if isinstance(outcome, httpx.Response) and outcome.status_code == 429:
            return self._delay(outcome, attempt)
        return self._delay(httpx.ConnectError("no token"), attempt)

    def _delay(self, outcome: httpx.Response | httpx.TransportError, attempt: int) -> float | None:
        wait = self.policy.delay_for(
            outcome,
            method="GET" if self.operation.is_read else self.operation.method,
            attempt=attempt,
            elapsed=self.policy.clock() - self.began,
            chance=random.random(),  # noqa: S311 (no secret)
        )
        with until(self.ends_at):
            return None if wait is not None and wait >= remaining() else wait


def _describe(outcome: httpx.Response | httpx.TransportError) -> str:
    return f"status {outcome.status_code}" if isinstance(outcome, httpx.Response) else type(outcome).__name__
