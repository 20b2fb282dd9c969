"""One auth for many threads, tasks, event loops and processes: one token request, and nobody harms another."""

from __future__ import annotations

import asyncio
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from auth_calls import TLS, Clock, client_credentials, search_url
from criteo_retail_media import auth as auth_module
from criteo_retail_media.auth import ClientCredentials, OriginAuth, TokenAuth, _Flight, _TokenCache
from criteo_retail_media.errors import TokenError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, answer, html, oauth_error, problem
from werkzeug import Request, Response

MANY = 100
LIMITS = httpx.Limits(max_connections=10)
BODY: dict[str, object] = {"data": {}}


class CountingClock(Clock):
    """Counts who asks for the time: each caller does when it asks for a token, its leader once more."""

    def __init__(self) -> None:
        super().__init__()
        self._callers = threading.Semaphore(0)

    def clock(self) -> float:
        self._callers.release()
        return self.now

    def wait_for(self, callers: int) -> None:
        """Return once it was asked so often since the last time."""
        for _ in range(callers):
            assert self._callers.acquire(timeout=30), "fewer callers than expected asked for a token"


class Gate:
    """A token endpoint that keeps its callers waiting until the test opens it."""

    def __init__(self, answered: Callable[[], Response] = lambda: granted()) -> None:
        self.reached = threading.Semaphore(0)
        self.opened = threading.Event()
        self.answered = answered

    def __call__(self, request: Request) -> Response:
        self.reached.release()
        assert self.opened.wait(30), "the test did not open the gate"
        return self.answered()

    def wait(self) -> None:
        """Return once a request is at the gate."""
        assert self.reached.acquire(timeout=30), "no token request came"


def granted(token: str = "token-1") -> Response:
    return answer({"access_token": token, "token_type": "Bearer", "expires_in": 900})


@pytest.fixture
def gate(criteo: FakeCriteo) -> Iterator[Gate]:
    """The first token request waits at this gate; its token is valid."""
    gate = Gate()
    criteo.valid_tokens.add("token-1")
    criteo.token_answers.append(gate)
    yield gate
    gate.opened.set()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread for each caller."""
    with ThreadPoolExecutor(MANY) as pool:
        yield pool


async def calls(auth: httpx.Auth, url: str, count: int) -> list[Any]:
    async with httpx.AsyncClient(auth=auth, limits=LIMITS, verify=TLS, timeout=60) as http:
        return await asyncio.gather(*(http.post(url, json=BODY) for _ in range(count)), return_exceptions=True)


def open_when_all_wait(gate: Gate, clock: CountingClock, callers: int) -> None:
    """Open the gate when every caller asked for a token, and the leader for the time of its request."""
    clock.wait_for(callers + 1)
    gate.opened.set()


# --- one token request ---


def test_many_threads_make_one_token_request(criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """All threads that need a token wait for one request and get its token."""
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    with httpx.Client(auth=auth, limits=LIMITS, verify=TLS, timeout=60) as http:
        responses = [pool.submit(http.post, search_url(criteo), json=BODY) for _ in range(MANY)]
        open_when_all_wait(gate, clock, MANY)
        assert {response.result().status_code for response in responses} == {200}
    assert (len(criteo.token_calls), len(criteo.calls)) == (1, MANY)


def test_many_tasks_make_one_token_request(criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """All tasks that need a token wait for one request and get its token."""
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    opener = pool.submit(open_when_all_wait, gate, clock, MANY)
    assert {response.status_code for response in asyncio.run(calls(auth, search_url(criteo), MANY))} == {200}
    opener.result()
    assert (len(criteo.token_calls), len(criteo.calls)) == (1, MANY)


def test_callers_of_the_same_moment_have_one_leader(monkeypatch: pytest.MonkeyPatch, pool: ThreadPoolExecutor) -> None:
    """Wherever threads are switched, one of them leads: here each that is to lead pauses in the middle."""

    class Slow(_Flight):
        def __init__(self, spare: auth_module.Token | None) -> None:
            time.sleep(0.05)
            super().__init__(spare)

    monkeypatch.setattr(auth_module, "_Flight", Slow)
    cache, together = _TokenCache(), threading.Barrier(8)

    def leads(_: int) -> bool:
        together.wait()
        seat = cache.board(0, blocking=True)
        return isinstance(seat, tuple) and seat[1]

    assert sum(pool.map(leads, range(8))) == 1


@pytest.mark.parametrize("leader", ["thread", "task"])
def test_threads_and_tasks_share_one_token_request(
    leader: str, criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor
) -> None:
    """One instance serves 30 threads and two event loops of 30 tasks at once, whoever came first."""
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    url = search_url(criteo)
    with httpx.Client(auth=auth, limits=LIMITS, verify=TLS, timeout=60) as http:

        def threads() -> list[Any]:
            return [pool.submit(http.post, url, json=BODY) for _ in range(30)]

        def loops() -> list[Any]:
            return [pool.submit(asyncio.run, calls(auth, url, 30)) for _ in range(2)]

        first, second = (threads, loops) if leader == "thread" else (loops, threads)
        begun = first()
        gate.wait()
        begun += second()
        open_when_all_wait(gate, clock, 90)
        results = [future.result() for future in begun]
    flat = [each for result in results for each in (result if isinstance(result, list) else [result])]
    assert [each.status_code for each in flat] == [200] * 90
    assert len(criteo.token_calls) == 1


def test_others_use_the_old_token_while_one_renews_it(criteo: FakeCriteo, pool: ThreadPoolExecutor) -> None:
    """In the last minute of a token's life one caller renews it, and no other waits for that."""
    clock = Clock()
    auth = client_credentials(criteo, clock)
    with httpx.Client(auth=auth, verify=TLS) as http:
        http.post(search_url(criteo), json=BODY)
        clock.now += 850
        gate = Gate(lambda: granted("token-2"))
        criteo.valid_tokens.add("token-2")
        criteo.token_answers.append(gate)
        renewing = pool.submit(http.post, search_url(criteo), json=BODY)
        gate.wait()
        assert http.post(search_url(criteo), json=BODY).status_code == 200
        gate.opened.set()
        assert renewing.result().status_code == 200
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1", "token-2"]


# --- failures ---


def test_failure_reaches_every_waiter_as_an_error_of_its_own(criteo: FakeCriteo, pool: ThreadPoolExecutor) -> None:
    """50 threads and 50 tasks get the one refusal, each its own instance; the next call asks again."""
    gate = Gate(lambda: oauth_error("invalid_client"))
    criteo.token_answers.append(gate)
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    with httpx.Client(auth=auth, verify=TLS, timeout=60) as http:
        threads = [pool.submit(http.post, search_url(criteo), json=BODY) for _ in range(50)]
        tasks = pool.submit(asyncio.run, calls(auth, search_url(criteo), 50))
        open_when_all_wait(gate, clock, 100)
        errors = [future.exception() for future in threads] + tasks.result()
        assert {error.error for error in errors if isinstance(error, TokenError)} == {"invalid_client"}
        assert {type(error) for error in errors} == {TokenError}
        assert len({id(error) for error in errors}) == 100
        assert len(criteo.token_calls) == 1
        assert http.post(search_url(criteo), json=BODY).status_code == 200


class Breaking(httpx.HTTPTransport):
    """Sends the request, and breaks when its answer comes."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it."""
        super().handle_request(request).close()
        raise ZeroDivisionError


def test_leader_that_breaks_leaves_the_others_to_lead(criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """Where the leading caller fails for a reason of its own, another waiter asks for the token."""
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    own = httpx.Client(transport=Breaking(verify=TLS))
    with httpx.Client(auth=auth, verify=TLS, timeout=60) as http, own:
        broken = pool.submit(own.post, search_url(criteo), json=BODY, auth=OriginAuth(auth, criteo.url, own))
        gate.wait()
        others = [pool.submit(http.post, search_url(criteo), json=BODY) for _ in range(10)]
        open_when_all_wait(gate, clock, 11)
        assert isinstance(broken.exception(), ZeroDivisionError)
        assert [other.result().status_code for other in others] == [200] * 10
    assert len(criteo.token_calls) == 2


# --- cancellation ---


def test_cancelled_leader_leaves_the_others_to_lead(criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """Cancelling the task that fetches the token costs one more request, and no other task or thread its call."""
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    url = search_url(criteo)

    async def main() -> None:
        async with httpx.AsyncClient(auth=auth, verify=TLS, timeout=60) as http:
            leader = asyncio.create_task(http.post(url, json=BODY))
            await asyncio.to_thread(gate.wait)
            tasks = [asyncio.create_task(http.post(url, json=BODY)) for _ in range(20)]
            with httpx.Client(auth=auth, verify=TLS, timeout=60) as blocking:
                threads = [pool.submit(blocking.post, url, json=BODY) for _ in range(20)]
                await asyncio.to_thread(clock.wait_for, 42)
                leader.cancel()
                responses = await asyncio.gather(*tasks, *map(asyncio.wrap_future, threads))
            with pytest.raises(asyncio.CancelledError):
                await leader
            assert {response.status_code for response in responses} == {200}

    asyncio.run(main())
    assert len(criteo.token_calls) == 2


def test_cancelled_waiters_harm_no_other(criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """Cancelling waiting tasks stops neither the token request nor the tasks and threads that wait for it."""
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    url = search_url(criteo)

    async def main() -> None:
        async with httpx.AsyncClient(auth=auth, verify=TLS, timeout=60) as http:
            leader = asyncio.create_task(http.post(url, json=BODY))
            await asyncio.to_thread(gate.wait)
            waiters = [asyncio.create_task(http.post(url, json=BODY)) for _ in range(20)]
            with httpx.Client(auth=auth, verify=TLS, timeout=60) as blocking:
                thread = pool.submit(blocking.post, url, json=BODY)
                await asyncio.to_thread(clock.wait_for, 23)
                for waiter in waiters[::2]:
                    waiter.cancel()
                await asyncio.wait(waiters[::2])
                assert all(waiter.cancelled() for waiter in waiters[::2])
                gate.opened.set()
                responses = await asyncio.gather(leader, *waiters[1::2], asyncio.wrap_future(thread))
            assert {response.status_code for response in responses} == {200}

    asyncio.run(main())
    assert len(criteo.token_calls) == 1


def test_waiter_that_times_out_harms_no_other(criteo: FakeCriteo, gate: Gate) -> None:
    """``asyncio.timeout`` around a waiting call ends that call only."""
    auth = client_credentials(criteo)
    url = search_url(criteo)

    async def main() -> None:
        async with httpx.AsyncClient(auth=auth, verify=TLS, timeout=60) as http:
            leader = asyncio.create_task(http.post(url, json=BODY))
            await asyncio.to_thread(gate.wait)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await http.post(url, json=BODY)
            gate.opened.set()
            assert (await leader).status_code == 200

    asyncio.run(main())
    assert len(criteo.token_calls) == 1


# --- 401 ---


def test_401_drops_no_newer_token(criteo: FakeCriteo, pool: ThreadPoolExecutor) -> None:
    """A late 401 for an old token finds the newer one that another caller got, and fetches none."""
    auth = client_credentials(criteo)
    late = Gate(lambda: problem(401, "authorization-token-expired"))
    criteo.answers.append(late)
    with httpx.Client(auth=auth, verify=TLS, timeout=60) as http:
        slow = pool.submit(http.post, search_url(criteo), json=BODY)
        late.wait()
        criteo.expire_tokens()
        assert http.post(search_url(criteo), json=BODY).status_code == 200
        late.opened.set()
        assert slow.result().status_code == 200
    assert [sent.token for sent in criteo.calls] == ["token-1", "token-1", "token-2", "token-2"]
    assert len(criteo.token_calls) == 2


def test_many_401s_at_once_make_one_token_request(criteo: FakeCriteo, pool: ThreadPoolExecutor) -> None:
    """When a token is revoked under 50 threads and 50 tasks, they share the request for the next."""
    auth = client_credentials(criteo)
    url = search_url(criteo)
    with httpx.Client(auth=auth, limits=LIMITS, verify=TLS, timeout=60) as http:
        http.post(url, json=BODY)
        criteo.expire_tokens()
        threads = [pool.submit(http.post, url, json=BODY) for _ in range(50)]
        tasks = pool.submit(asyncio.run, calls(auth, url, 50))
        assert {each.status_code for each in [future.result() for future in threads] + tasks.result()} == {200}
    assert len(criteo.token_calls) == 2


def test_401_gives_its_connection_to_the_token_request(criteo: FakeCriteo, pool: ThreadPoolExecutor) -> None:
    """With a single connection for calls and token requests alike, ten 401s at once are no deadlock."""
    auth = client_credentials(criteo)
    limits = httpx.Limits(max_connections=1)
    with httpx.Client(limits=limits, verify=TLS, timeout=10) as http:
        http.auth = OriginAuth(auth, criteo.url, http)
        for _ in range(2):
            responses = [pool.submit(http.post, search_url(criteo), json=BODY) for _ in range(10)]
            assert {response.result().status_code for response in responses} == {200}
            criteo.expire_tokens()

    async def main() -> None:
        async with httpx.AsyncClient(limits=limits, verify=TLS, timeout=10) as http:
            http.auth = OriginAuth(auth, criteo.url, http)
            responses = await asyncio.gather(*(http.post(search_url(criteo), json=BODY) for _ in range(10)))
            assert {response.status_code for response in responses} == {200}

    asyncio.run(main())


# --- event loops, blocking calls in them, and leaders that are gone ---


@pytest.mark.parametrize("expire", [False, True], ids=["token kept", "token renewed"])
def test_one_auth_serves_event_loops_one_after_the_other(expire: bool, criteo: FakeCriteo) -> None:
    """``asyncio.run`` twice with one instance works, whether or not the second needs a new token."""
    auth = client_credentials(criteo)
    for _ in range(2):
        assert [each.status_code for each in asyncio.run(calls(auth, search_url(criteo), 3))] == [200] * 3
        if expire:
            criteo.expire_tokens()
    assert len(criteo.token_calls) == 1 + expire


def test_loop_that_ends_amid_a_token_request_harms_no_later_one(criteo: FakeCriteo, gate: Gate) -> None:
    """``asyncio.run`` cancels its tasks at its end; the next event loop leads a request of its own."""
    auth = client_credentials(criteo)

    async def leave() -> None:
        task = asyncio.create_task(calls(auth, search_url(criteo), 1))
        await asyncio.to_thread(gate.wait)
        del task

    asyncio.run(leave())
    assert [each.status_code for each in asyncio.run(calls(auth, search_url(criteo), 1))] == [200]


def test_blocking_call_in_an_event_loop_does_not_wait_for_its_own_task(criteo: FakeCriteo, gate: Gate) -> None:
    """A sync call made in a coroutine cannot wait for a task that cannot run: it fetches a token itself."""
    auth = client_credentials(criteo)

    async def main() -> None:
        task = asyncio.create_task(calls(auth, search_url(criteo), 1))
        await asyncio.to_thread(gate.wait)
        with httpx.Client(auth=auth, verify=TLS) as http:
            assert http.post(search_url(criteo), json=BODY).status_code == 200  # noqa: ASYNC212  # the mistake meant
        gate.opened.set()
        (response,) = await task
        assert response.status_code == 200

    asyncio.run(main())
    assert len(criteo.token_calls) == 2


@pytest.mark.parametrize("waiter", ["thread", "task"])
def test_leader_that_never_comes_back_is_replaced(
    waiter: str, criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the leader's event loop stopped for good, a waiter loses patience and leads."""
    auth = client_credentials(criteo)
    loop = asyncio.new_event_loop()
    stuck = loop.create_task(calls(auth, search_url(criteo), 1))
    while not gate.reached.acquire(blocking=False):
        loop.run_until_complete(asyncio.sleep(0))
    monkeypatch.setattr(auth_module, "PATIENCE", 0.01)
    # In another thread: in this one a blocking call would not wait at all.
    if waiter == "thread":
        with httpx.Client(auth=auth, verify=TLS) as http:
            assert pool.submit(http.post, search_url(criteo), json=BODY).result().status_code == 200
    else:
        assert [each.status_code for each in asyncio.run(calls(auth, search_url(criteo), 1))] == [200]
    gate.opened.set()
    assert [each.status_code for each in loop.run_until_complete(stuck)] == [200]
    loop.close()
    assert [each.status_code for each in asyncio.run(calls(auth, search_url(criteo), 1))] == [200]
    # The one that came back uses its own token, and does not put it in place of the newer one.
    assert [sent.token for sent in criteo.calls] == ["token-2", "token-1", "token-2"]
    assert len(criteo.token_calls) == 2


def test_waiter_without_patience_leaves_a_newer_leader_alone() -> None:
    """Of many waiters that give up the same leader, only the first makes room for another."""
    cache = _TokenCache()
    lost, _ = took_off(cache)
    cache.abandon(lost)
    newer, leads = took_off(cache)
    assert leads
    cache.abandon(lost)
    assert took_off(cache) == (newer, False)


def took_off(cache: _TokenCache) -> tuple[_Flight, bool]:
    seat = cache.board(0.0, blocking=False)
    assert isinstance(seat, tuple)
    return seat


# --- forks and pickles ---


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("held", ["lock", "flight"])
def test_forked_child_does_not_wait_for_its_parents_threads(
    held: str, criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor
) -> None:
    """A child forked while another thread holds the lock, or fetches the token, gets its own token."""
    auth = client_credentials(criteo)
    url = search_url(criteo)
    with httpx.Client(auth=auth, verify=TLS, timeout=60) as http:
        leading = pool.submit(http.post, url, json=BODY)
        gate.wait()
        if held == "lock":
            auth._cache._lock.acquire()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                with httpx.Client(auth=auth, verify=TLS, timeout=10) as own:
                    status = own.post(url, json=BODY).status_code
            finally:
                os._exit(0 if status == 200 else 1)
        if held == "lock":
            auth._cache._lock.release()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        gate.opened.set()
        assert leading.result().status_code == 200
    assert len(criteo.token_calls) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_forked_child_keeps_the_token(criteo: FakeCriteo) -> None:
    """A token fetched before the fork serves parent and child."""
    auth = client_credentials(criteo)
    asyncio.run(calls(auth, search_url(criteo), 1))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with httpx.Client(auth=auth, verify=TLS, timeout=10) as own:
                status = own.post(search_url(criteo), json=BODY).status_code
        finally:
            os._exit(0 if status == 200 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(criteo.token_calls) == 1


def test_auth_pickles_amid_a_token_request(criteo: FakeCriteo, gate: Gate, pool: ThreadPoolExecutor) -> None:
    """A pickle made while a request is under way does not wait for it, and fetches a token of its own."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    with httpx.Client(auth=auth, verify=TLS, timeout=60) as http:
        leading = pool.submit(http.post, search_url(criteo), json=BODY)
        gate.wait()
        copied: TokenAuth = pickle.loads(pickle.dumps(auth))
        assert http.post(search_url(criteo), json=BODY, auth=copied).status_code == 200
        gate.opened.set()
        assert leading.result().status_code == 200
    assert len(criteo.token_calls) == 2


def test_endpoint_down_and_back_under_load(criteo: FakeCriteo, pool: ThreadPoolExecutor) -> None:
    """While the endpoint is down 100 threads share three attempts; once it is back, they share one."""
    gate = Gate(lambda: html(503))
    criteo.token_answers.extend([gate, html(503), html(503)])
    clock = CountingClock()
    auth = client_credentials(criteo, clock)
    with httpx.Client(auth=auth, limits=LIMITS, verify=TLS, timeout=60) as http:

        def call_all() -> list[Any]:
            return [pool.submit(http.post, search_url(criteo), json=BODY) for _ in range(100)]

        down = call_all()
        open_when_all_wait(gate, clock, 100)
        assert {type(future.exception()) for future in down} == {TokenError}
        assert len(criteo.token_calls) == 3
        assert {future.result().status_code for future in call_all()} == {200}
    assert len(criteo.token_calls) == 4
