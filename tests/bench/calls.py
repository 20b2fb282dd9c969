"""What a call over loopback costs beyond httpx and json themselves."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from answers import answer, content, update
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.audience import bulk_update_audience_segments
from criteo_retail_media.models import RmAudienceSegmentBulkUpdateInputV1 as Update
from measure import Row, alternate, demand_equal, seconds

TOKEN = "a-token"
PATH = "/2026-01/retail-media/accounts/{}/audience-segments"
RAW = "raw httpx and json"
PAIRS, ASYNC_PAIRS = 21, 9
AT_ONCE, CALLS_EACH = 100, 4


def rows() -> list[Row]:
    """One call with one segment, one with 1,000 each way, and 100 at once."""
    with _server() as url:
        return [*_sync(url), asyncio.run(_async(url))]


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).parent / "loopback.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def _sync(url: str) -> Iterator[Row]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with AuthenticatedClient(url, TOKEN) as client, httpx.Client(base_url=url, headers=headers) as raw:
        for count, times, target in (
            (1, 50, {"minimum": 1.15, "could": 1.05}),
            (1_000, 1, {"minimum": 1.9, "could": 1.6}),
        ):
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
            measured = alternate(seconds(ours, times=times), seconds(theirs, times=times), PAIRS)
            what = f"one call, {count:,} segment{'s each way' if count > 1 else ''}"
            yield Row(what, f"{RAW}, one connection each", "s", *measured, share=True, **target)


async def _async(url: str) -> Row:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        AuthenticatedClient(url, TOKEN) as client,
        httpx.AsyncClient(base_url=url, headers=headers) as raw,
    ):
        body = Update.from_dict(update(1))
        data, path = body.to_dict(), PATH.format(1)

        async def ours() -> Any:
            return await bulk_update_audience_segments.asyncio("1", client=client, body=body)

        async def theirs() -> Any:
            return json.loads((await raw.patch(path, json=data)).content)

        demand_equal(RAW, answer(1), await theirs())
        demand_equal("our call", content(answer(1)), content((await ours()).to_dict()))
        samples: tuple[list[float], list[float]] = ([], [])
        for pair in range(ASYNC_PAIRS + 1):
            for index, call in enumerate((ours, theirs)):
                took = await _at_once(call)
                if pair:  # the first is to open the connections
                    samples[index].append(took)
    return Row(
        f"a call, {AT_ONCE} at once with asyncio", f"{RAW}, httpx's default limits", "s", *samples, minimum=2, could=8
    )


async def _at_once(call: Callable[[], Awaitable[object]]) -> float:
    """Seconds for each call of many tasks, each of which makes one after the other."""

    async def calls() -> None:
        for _ in range(CALLS_EACH):
            await call()

    began = time.perf_counter()
    await asyncio.gather(*(calls() for _ in range(AT_ONCE)))
    return (time.perf_counter() - began) / AT_ONCE / CALLS_EACH
