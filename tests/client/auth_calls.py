"""What the tests of auth share: calls through plain httpx clients, and a clock that only moves when told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from criteo_retail_media.auth import ClientCredentials, TokenAuth
from fake_criteo import CLIENT_ID, CLIENT_SECRET, SEGMENTS, FakeCriteo

Call = Callable[..., list[httpx.Response]]


TLS = httpx.create_ssl_context()  # once: it takes longer than any of these calls


def search_url(criteo: FakeCriteo) -> str:
    """The URL of a call that any valid token may make, with ``{"data": {}}`` as its body."""
    return criteo.url + SEGMENTS.format(account="42") + "/search"


def call_sync(auth: httpx.Auth, url: str, *, times: int = 1, **settings: Any) -> list[httpx.Response]:
    """Make the calls one after the other, through an httpx client of their own."""
    with httpx.Client(auth=auth, verify=TLS, **settings) as http:
        return [http.post(url, json={"data": {}}) for _ in range(times)]


def call_async(auth: httpx.Auth, url: str, *, times: int = 1, **settings: Any) -> list[httpx.Response]:
    """The same in an event loop of their own."""

    async def calls() -> list[httpx.Response]:
        async with httpx.AsyncClient(auth=auth, verify=TLS, **settings) as http:
            return [await http.post(url, json={"data": {}}) for _ in range(times)]

    return asyncio.run(calls())


sync_and_async = pytest.mark.parametrize("call", [call_sync, call_async], ids=["sync", "async"])


class Clock:
    """Seconds that pass when somebody sleeps, or when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def drive(self, auth: TokenAuth) -> None:
        """Make this the clock of an auth."""
        auth.__dict__["_policy"] = self


def client_credentials(criteo: FakeCriteo, clock: Clock | None = None) -> ClientCredentials:
    """Credentials that the fake takes; on a clock of their own if none is given."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    (clock or Clock()).drive(auth)
    return auth
