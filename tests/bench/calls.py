"""What a call over loopback costs beyond httpx and json themselves."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
from answers import answer, content, update
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.audience import bulk_update_audience_segments
from criteo_retail_media.models import RmAudienceSegmentBulkUpdateInputV1 as Update
from httpx_aiohttp import HttpxAiohttpClient
from loopback import serving
from measure import Row, alternate, demand_equal, seconds
from variant import has_extra, label

TOKEN = "a-token"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
PATH = "/2026-01/retail-media/accounts/{}/audience-segments"
RAW = "raw httpx and json"
ASYNC_PAIRS = 9
AT_ONCE, CALLS_EACH = 100, 4

Call = Callable[[], Awaitable[object]]

# Segments each way; how often for a sample; pairs; what is demanded without the extra. The samples are short, and many:
# they are measured by the clock on the wall, where whatever else the machine does falls into one of a pair.
SIZES: list[tuple[int, int, int, dict[str, float]]] = [
    (1, 10, 101, {"minimum": 1.12, "could": 1.05}),
    (50, 5, 101, {"minimum": 1.25, "could": 1.1}),
    (1_000, 1, 21, {}),
]


def rows() -> list[Row]:
    """One call with 1, 50 and 1,000 segments; without the extra also 100 at once, which read one segment each."""
    with serving() as url:
        sync = list(_sync(url))
        return sync if has_extra() else [*sync, *asyncio.run(_async(url))]


def _sync(url: str) -> Iterator[Row]:
    with AuthenticatedClient(url, TOKEN) as client, httpx.Client(base_url=url, headers=HEADERS) as raw:
        for count, times, pairs, target in SIZES:
            body = Update.from_dict(update(count))
            data, path = body.to_dict(), PATH.format(count)

            def ours(account: str = str(count), body: Update = body) -> Any:
                return bulk_update_audience_segments.sync(account, client=client, body=body)

            def theirs(path: str = path, data: Any = data) -> Any:
                return json.loads(raw.patch(path, json=data).content)

            expected = answer(count)
            demand_equal(RAW, expected, theirs())
            demand_equal("what raw httpx sent", data, raw.get("/last").json())
            demand_equal("our call", content(expected), content(ours().to_dict()))
            demand_equal("what our call sent", data, raw.get("/last").json())
            measured = alternate(seconds(ours, times=times), seconds(theirs, times=times), pairs)
            what = label(f"one call, {count:,} segment{'s each way' if count > 1 else ''}")
            target = {} if has_extra() else target
            yield Row(what, f"{RAW}, one connection each", "s", *measured, share=True, **target)


async def _async(url: str) -> list[Row]:
    many = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    by_aiohttp = HttpxAiohttpClient(base_url=url, limits=many)
    async with (
        AuthenticatedClient(url, TOKEN) as client,
        AuthenticatedClient(url, TOKEN).set_async_httpx_client(by_aiohttp) as client_by_aiohttp,
        httpx.AsyncClient(base_url=url, headers=HEADERS) as raw,
    ):
        body = Update.from_dict(update(1))
        data, path = body.to_dict(), PATH.format(1)

        async def ours() -> Any:
            return await bulk_update_audience_segments.asyncio("1", client=client, body=body)

        async def ours_by_aiohttp() -> Any:
            return await bulk_update_audience_segments.asyncio("1", client=client_by_aiohttp, body=body)

        async def theirs() -> Any:
            return json.loads((await raw.patch(path, json=data)).content)

        demand_equal(RAW, answer(1), await theirs())
        for call in (ours, ours_by_aiohttp):
            demand_equal("our call", content(answer(1)), content((await call()).to_dict()))
            demand_equal("what our call sent", data, (await raw.get("/last")).json())
        what = f"a call, {AT_ONCE} at once with asyncio"
        against = f"{RAW}, httpx's default limits"
        return [
            Row(what, against, "s", *await _alternate(ours, theirs), minimum=2),
            Row(
                f"{what}, through an aiohttp transport that the caller gives",
                against,
                "s",
                *await _alternate(ours_by_aiohttp, theirs),
                could=8,
            ),
        ]


async def _alternate(ours: Call, theirs: Call) -> tuple[list[float], list[float]]:
    """`measure.alternate` for asyncio."""
    samples: tuple[list[float], list[float]] = ([], [])
    for pair in range(ASYNC_PAIRS + 1):
        for index in (0, 1) if pair % 2 else (1, 0):
            took = await _at_once((ours, theirs)[index])
            if pair:  # the first is to open the connections
                samples[index].append(took)
    return samples


async def _at_once(call: Call) -> float:
    """Seconds for each call of many tasks, each of which makes one after the other."""

    async def calls() -> None:
        for _ in range(CALLS_EACH):
            await call()

    gc.collect()
    began = time.perf_counter()
    await asyncio.gather(*(calls() for _ in range(AT_ONCE)))
    return (time.perf_counter() - began) / AT_ONCE / CALLS_EACH
