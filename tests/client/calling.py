"""What the tests of the transport share: ways to call, operations by hand, a policy that takes no time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from attrs import field, frozen
from criteo_retail_media import AuthenticatedClient, Client, RetryPolicy
from criteo_retail_media._call import (
    Operation,
    as_bytes,
    as_json,
    as_nothing,
    call,
    call_async,
    call_detailed,
    call_detailed_async,
    stream,
    stream_async,
)
from criteo_retail_media.types import Response
from fake_criteo import SEGMENTS, FakeCriteo

TOKEN = "a-token-that-nobody-may-see"

PATH = SEGMENTS.format(account="42")


def operation(method: str = "GET", **answers: Any) -> Operation[Any]:
    """An operation whose answer is plain JSON, or what ``answers`` says: ``s201=as_bytes``."""
    decoders = {int(status[1:]): decode for status, decode in answers.items()} or {200: as_json(lambda: dict)}
    return Operation(
        id=f"{method.lower()}Things", method=method, path=PATH, tag="Audience", scopes=(), answers=decoders
    )


READ = operation("GET")
WRITE = operation("PATCH")
DOWNLOAD = operation("GET", s200=as_bytes)
NOTHING = operation("POST", s204=as_nothing)


def read_kwargs(id_: str = "1000") -> dict[str, Any]:
    """The request of a read that the fake knows, where it has that segment."""
    return {"method": "get", "url": f"{PATH}/{id_}/contact-list"}


def write_kwargs(*ids: str, name: str | None = None) -> dict[str, Any]:
    """The request of a bulk update."""
    items = [{"id": id_, "type": "T", "attributes": {} if name is None else {"name": name}} for id_ in ids]
    return {"method": "patch", "url": PATH, "json": {"data": items}}


def within(seconds: float, function: Callable[[], object]) -> None:
    """The function ends long before what it waits for would."""
    began = time.monotonic()
    function()
    assert time.monotonic() - began < seconds


class Unshowable:
    """A value whose repr fails."""

    def __repr__(self) -> str:
        raise RuntimeError


@frozen
class NoWait(RetryPolicy):
    """Waits in no time, and remembers for how long it would have."""

    waits: list[float] = field(factory=list)

    def clock(self) -> float:
        """The waits are all the time that passes."""
        return sum(self.waits)

    def sleep(self, seconds: float) -> None:
        """Remember."""
        self.waits.append(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Remember, and let others run."""
        self.waits.append(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Way:
    """A way to call: every test of the transport goes both."""

    call: Callable[..., Any]
    detailed: Callable[..., Response[Any]]
    read_stream: Callable[..., list[bytes]]
    close: Callable[[Client], None]


def _read_stream(client: Client, operation: Operation[Any], kwargs: dict[str, Any]) -> list[bytes]:
    with stream(client, operation, kwargs) as response:
        return list(response.iter_bytes())


async def _read_stream_async(client: Client, operation: Operation[Any], kwargs: dict[str, Any]) -> list[bytes]:
    async with stream_async(client, operation, kwargs) as response:
        return [piece async for piece in response.aiter_bytes()]


def _run(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: asyncio.run(function(*args, **kwargs))


SYNC = Way(call, call_detailed, _read_stream, lambda client: client.close())
ASYNC = Way(_run(call_async), _run(call_detailed_async), _run(_read_stream_async), _run(lambda client: client.aclose()))


def client_of(criteo: FakeCriteo, **settings: Any) -> AuthenticatedClient:
    """A client with a token that the fake takes, and retries that take no time."""
    criteo.valid_tokens.add(TOKEN)
    return AuthenticatedClient(criteo.url, TOKEN, **{"retry": NoWait(), **settings})


def client_at(url: str, **settings: Any) -> AuthenticatedClient:
    """The same for another server; impatient."""
    settings = {"retry": NoWait(), "timeout": httpx.Timeout(10.0, read=0.2), **settings}
    return AuthenticatedClient(url, TOKEN, **settings)
