"""Retries: which calls are tried again, after how long, and what becomes of the last error."""

from __future__ import annotations

import asyncio
import logging
import pickle
import signal
import threading
import time
from email.utils import formatdate

import httpx
import pytest
from attrs import evolve
from calling import READ, TOKEN, WRITE, NoWait, Way, client_of, operation, read_kwargs, within, write_kwargs
from criteo_retail_media import ApiError, RetryPolicy
from criteo_retail_media._call import Operation, call, call_async
from criteo_retail_media.errors import RateLimitError, ServerError
from fake_criteo import FakeCriteo, answer, html, problem, rate_limited
from werkzeug import Request, Response

DEFAULT = RetryPolicy()
WRITES = RetryPolicy(retry_writes=True)

Outcome = httpx.Response | httpx.TransportError


def delay(
    outcome: Outcome,
    method: str = "GET",
    attempt: int = 1,
    elapsed: float = 0.0,
    chance: float = 0.0,
    policy: RetryPolicy = DEFAULT,
) -> float | None:
    """The decision for one outcome."""
    return policy.delay_for(outcome, method=method, attempt=attempt, elapsed=elapsed, chance=chance)


def limited(seconds: float | None = None, headers: dict[str, str] | None = None) -> httpx.Response:
    """A 429 with these headers, or with a reset so many seconds after its own date."""
    now = 1_800_000_000
    if seconds is not None:
        headers = {"x-ratelimit-reset": str(now + seconds), "Date": formatdate(now, usegmt=True)}
    return httpx.Response(429, headers=headers)


# --- the decision, without any I/O ---


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_rate_limit_is_always_repeated(method: str) -> None:
    """A 429 is repeated for any method, after 1, 2 and 4 s, then not again."""
    assert [delay(limited(), method, attempt) for attempt in (1, 2, 3, 4)] == [1, 2, 4, None]


def test_a_500_is_repeated_for_reads_alone() -> None:
    """After a 500 a read is repeated, and a write never is, whatever the caller says of other errors."""
    outcome = httpx.Response(500)
    assert [delay(outcome, "GET", attempt) for attempt in (1, 2, 3, 4)] == [10, 20, 40, None]
    assert [delay(outcome, method, policy=WRITES) for method in ("POST", "PUT", "PATCH", "DELETE")] == [None] * 4


@pytest.mark.parametrize(
    ("answered", "wait"),
    [("502 Bad", 1), ("503", 1), ("504 Late", 1), ("403", None), ("407 Who", None), ("500", None), ("5020", None)],
)
def test_a_proxy_that_cannot_connect_is_a_connection_never_made(answered: str, wait: float | None) -> None:
    """502, 503 and 504 to CONNECT are repeated for writes too; that the proxy refuses is final."""
    assert [delay(httpx.ProxyError(answered), method) for method in ("GET", "PATCH")] == [wait, wait]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_server_errors_are_repeated_for_reads(status: int) -> None:
    """A 502, 503 or 504 is repeated for a read, after 10, 20 and 40 s; for a write if the caller says so only."""
    outcome = httpx.Response(status)
    assert [delay(outcome, "GET", attempt) for attempt in (1, 2, 3, 4)] == [10, 20, 40, None]
    assert delay(outcome, "head") == 10
    assert [delay(outcome, method) for method in ("POST", "PUT", "PATCH", "DELETE")] == [None] * 4
    assert [delay(outcome, method, policy=WRITES) for method in ("POST", "PUT", "PATCH", "DELETE")] == [10] * 4


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 408, 409, 410, 501, 520])
def test_other_answers_are_final(status: int) -> None:
    """Any other status is an answer, not an accident."""
    assert delay(httpx.Response(status), "GET", policy=WRITES) is None


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_connection_never_made_is_repeated(error: type[httpx.TransportError]) -> None:
    """Where the connection was never made, nothing was done: any method is repeated."""
    assert [delay(error("x"), method) for method in ("GET", "PATCH")] == [1, 1]


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]
)
def test_broken_connection_is_repeated_for_reads(error: type[httpx.TransportError]) -> None:
    """Where the connection broke, a write may have been carried out: it is not repeated unless the caller says so."""
    assert [delay(error("x"), method) for method in ("GET", "PATCH")] == [1, None]
    assert delay(error("x"), "PATCH", policy=WRITES) == 1


@pytest.mark.parametrize("error", [httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.ProxyError])
def test_errors_that_stay_are_final(error: type[httpx.TransportError]) -> None:
    """What the next attempt would meet again is not repeated."""
    assert delay(error("x"), policy=WRITES) is None


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (limited(30), 30),
        (limited(0), 1),
        (limited(-5), 1),
        (limited(-1_000_000), 1),
        (limited(10**9), 60),
        (limited(headers={"Retry-After": "7"}), 7),
        (limited(headers={"Retry-After": "0"}), 1),
        (limited(headers={"Retry-After": "never"}), 1),
        (limited(headers={"x-ratelimit-reset": "1e400"}), 1),
        (httpx.Response(503, headers={"Retry-After": "3"}), 3),
    ],
)
def test_server_says_when(outcome: httpx.Response, expected: float) -> None:
    """The server's word counts, up to a minute; a moment that is past or cannot be read does not."""
    assert delay(outcome) == expected


def test_clock_that_is_wrong_is_survived() -> None:
    """The reset is compared with the answer's own date, so a clock that is years off here changes nothing."""
    year = 365 * 86400
    now = time.time() + 3 * year
    skewed = {"x-ratelimit-reset": str(int(now) + 5), "Date": formatdate(now, usegmt=True)}
    assert delay(limited(headers=skewed)) == 5


def test_jitter_spreads_workers() -> None:
    """Chance makes a wait up to a quarter longer, never shorter than asked."""
    assert [delay(limited(40), chance=chance) for chance in (0, 0.5, 1)] == [40, 45, 50]
    assert delay(limited(40), chance=1, policy=RetryPolicy(jitter=0)) == 40


def test_budget_ends_the_attempts() -> None:
    """No wait is begun that would end after the budget."""
    policy = RetryPolicy(budget=15)
    assert delay(httpx.Response(503), elapsed=5, policy=policy) == 10
    assert delay(httpx.Response(503), elapsed=5.1, policy=policy) is None
    assert delay(limited(16), policy=policy) is None


def test_policy_is_a_value() -> None:
    """A policy compares, pickles, and refuses numbers that make no sense."""
    assert pickle.loads(pickle.dumps(WRITES)) == WRITES != DEFAULT
    assert evolve(DEFAULT, max_attempts=1) == RetryPolicy.none()
    for wrong in ({"max_attempts": 0}, {"budget": -1}, {"max_wait": 0}, {"jitter": -0.1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            RetryPolicy(**wrong)


def test_schedule_repeats_its_last_wait() -> None:
    """With more attempts than the schedule has waits, the last one repeats."""
    policy = RetryPolicy(max_attempts=9, budget=1000)
    assert [delay(limited(), attempt=attempt, policy=policy) for attempt in (3, 4, 8, 9)] == [4, 4, 4, None]


# --- the loop ---


def test_rate_limited_write_succeeds(criteo: FakeCriteo, way: Way) -> None:
    """A rate-limited write is repeated, with the same body and a token, after the wait that the server asks for."""
    ids = criteo.add_segments(1)
    criteo.answers.extend([rate_limited(reset_in=30), rate_limited(retry_after="7"), rate_limited()])
    policy = NoWait(jitter=0)
    with client_of(criteo, retry=policy) as client:
        assert way.call(client, WRITE, write_kwargs(*ids, name="new"))["data"][0]["attributes"]["name"] == "new"
    assert policy.waits == pytest.approx([30, 7, 4], abs=2)  # the reset is in whole seconds
    assert {(call.method, call.path, call.body, call.token) for call in criteo.calls} == {
        ("PATCH", criteo.calls[0].path, criteo.calls[0].body, TOKEN)
    }
    assert len(criteo.calls) == 4


def test_storm_ends_with_the_last_error(criteo: FakeCriteo, way: Way) -> None:
    """When 429 follows on 429, the call ends after its attempts with the last one."""
    criteo.answers.extend(rate_limited(reset_in=20 + 2 * n) for n in range(9))
    policy = NoWait(jitter=0)
    with client_of(criteo, retry=policy) as client, pytest.raises(RateLimitError) as caught:
        way.call(client, WRITE, write_kwargs("1"))
    assert policy.waits == pytest.approx([20, 22, 24], abs=1.5)
    assert caught.value.retry_after == pytest.approx(26, abs=1.5)
    assert len(criteo.calls) == 4


def test_wait_beyond_the_budget_is_not_begun(criteo: FakeCriteo, way: Way) -> None:
    """Where the reset is later than the budget allows, the call ends at once and says when to come back."""
    criteo.answers.append(rate_limited(reset_in=50))
    policy = NoWait(budget=40)
    with client_of(criteo, retry=policy) as client, pytest.raises(RateLimitError) as caught:
        way.call(client, WRITE, write_kwargs("1"))
    assert caught.value.retry_after == pytest.approx(50, abs=2)
    assert policy.waits == []


@pytest.mark.parametrize(
    ("target", "kwargs", "attempts"), [(READ, read_kwargs("1000"), 4), (WRITE, write_kwargs("1000"), 1)]
)
def test_unavailable(
    criteo: FakeCriteo, way: Way, target: Operation[object], kwargs: dict[str, object], attempts: int
) -> None:
    """A proxy's 502 page is tried again for a read, and is the caller's to judge for a write."""
    criteo.answers.extend(html(502) for _ in range(9))
    with client_of(criteo) as client, pytest.raises(ServerError):
        way.call(client, target, kwargs)
    assert len(criteo.calls) == attempts


def test_writes_are_repeated_on_request(criteo: FakeCriteo, way: Way) -> None:
    """With ``retry_writes`` a write is repeated after a 503."""
    ids = criteo.add_segments(1)
    criteo.answers.append(problem(503, "unavailable"))
    with client_of(criteo, retry=NoWait(retry_writes=True)) as client:
        assert way.call(client, WRITE, write_kwargs(*ids))["data"]
    assert len(criteo.calls) == 2


def test_detailed_calls_are_repeated_too(criteo: FakeCriteo, way: Way) -> None:
    """``*_detailed`` tells the last answer, after the same attempts."""
    criteo.answers.extend(html(503) for _ in range(4))
    with client_of(criteo) as client:
        assert way.detailed(client, READ, read_kwargs()).status_code == 503
    assert len(criteo.calls) == 4


@pytest.mark.parametrize("off", [None, RetryPolicy.none()])
def test_retries_can_be_turned_off(criteo: FakeCriteo, way: Way, off: RetryPolicy | None) -> None:
    """Without a policy every answer is the last."""
    criteo.answers.append(rate_limited(retry_after="1"))
    with client_of(criteo, retry=off) as client, pytest.raises(RateLimitError):
        way.call(client, READ, read_kwargs())
    assert len(criteo.calls) == 1


def test_policy_can_be_replaced(criteo: FakeCriteo, way: Way) -> None:
    """A subclass decides as it likes."""

    class Patient(NoWait):
        def delay_for(
            self, outcome: Outcome, *, method: str, attempt: int, elapsed: float, chance: float
        ) -> float | None:
            return 0.5 if attempt < 3 else None

    criteo.answers.extend(problem(400, "odd") for _ in range(9))
    policy = Patient()
    with client_of(criteo, retry=policy) as client, pytest.raises(ApiError):
        way.call(client, WRITE, write_kwargs("1"))
    assert policy.waits == [0.5, 0.5]


def test_expired_token_and_rate_limit_together(criteo: FakeCriteo, way: Way) -> None:
    """A 401 after a retry is still answered with the caller's own error, and no further attempt."""
    criteo.answers.extend([rate_limited(), problem(401, "authorization-token-invalid")])
    with client_of(criteo) as client, pytest.raises(ApiError) as caught:
        way.call(client, READ, read_kwargs())
    assert (caught.value.status_code, len(criteo.calls)) == (401, 2)


def test_retries_are_logged(criteo: FakeCriteo, way: Way, caplog: pytest.LogCaptureFixture) -> None:
    """Each retry is logged with operation, reason and wait, without token, body or query."""
    criteo.answers.extend([rate_limited(retry_after="3"), html(503)])
    criteo.add_segments(1)
    caplog.set_level(logging.DEBUG, logger="criteo_retail_media")
    with client_of(criteo, retry=NoWait(jitter=0)) as client:
        way.call(client, READ, {**read_kwargs(), "params": {"q": "the-query"}})
    delays = [
        (record.levelname, record.getMessage()) for record in caplog.records if record.name == "criteo_retail_media"
    ]
    assert delays == [
        ("INFO", "getThings: attempt 1: status 429; next in 3.0 s"),
        ("INFO", "getThings: attempt 2: status 503; next in 20.0 s"),
        ("DEBUG", "getThings: attempt 3: status 200"),
    ]


def test_nothing_is_logged_by_default(criteo: FakeCriteo, way: Way, capfd: pytest.CaptureFixture[str]) -> None:
    """Without a logging configuration a retry prints nothing."""
    criteo.answers.append(rate_limited())
    criteo.add_segments(1)
    with client_of(criteo) as client:
        way.call(client, READ, read_kwargs())
    assert "getThings" not in "".join(capfd.readouterr())


# --- waiting for real ---


def test_ctrl_c_ends_a_wait(criteo: FakeCriteo) -> None:
    """A wait ends with the KeyboardInterrupt that Ctrl-C raises."""

    def interrupt(_: Request) -> Response:
        threading.Timer(0.05, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT]).start()
        return rate_limited(retry_after="50")

    criteo.answers.append(interrupt)

    def interrupted() -> None:
        with client_of(criteo, retry=RetryPolicy()) as client, pytest.raises(KeyboardInterrupt):
            call(client, READ, read_kwargs())

    within(20, interrupted)


def test_cancelling_ends_a_wait(criteo: FakeCriteo) -> None:
    """A wait ends when its task is cancelled."""
    criteo.answers.append(rate_limited(retry_after="50"))

    async def cancelled() -> None:
        async with client_of(criteo, retry=RetryPolicy()) as client:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await call_async(client, READ, read_kwargs())

    within(20, lambda: asyncio.run(cancelled()))


def test_waits_are_real(criteo: FakeCriteo, way: Way) -> None:
    """The policy as it comes waits as long as it says, by a clock that goes on."""
    criteo.answers.append(rate_limited())
    criteo.add_segments(1)

    class Brief(RetryPolicy):
        def delay_for(
            self, outcome: Outcome, *, method: str, attempt: int, elapsed: float, chance: float
        ) -> float | None:
            return 0.05 if attempt == 1 else None

    began = time.monotonic()
    with client_of(criteo, retry=Brief()) as client:
        way.call(client, READ, read_kwargs())
    assert time.monotonic() - began >= 0.05


def test_success_asks_nothing(criteo: FakeCriteo, way: Way) -> None:
    """A call that succeeds, whatever its 2xx status, is made once."""
    criteo.answers.append(answer({"data": []}, 201))
    with client_of(criteo) as client:
        way.call(client, operation("POST"), {"method": "post", "url": f"{write_kwargs()['url']}/create", "json": {}})
    assert len(criteo.calls) == 1
