"""What it costs to read a large report of JSON lines, in time and in memory."""

from __future__ import annotations

import json
import tracemalloc
from collections import deque
from collections.abc import Iterator
from itertools import islice
from time import process_time
from typing import Any

import httpx
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.campaign import get_catalog_output
from criteo_retail_media.downloads import iter_json_lines
from loopback import serving
from measure import Row, alternate, demand_equal, seconds
from variant import has_extra, label

TOKEN = "a-token"
PATH = "/2026-01/retail-media/catalogs/{}/output"
RAW = "`json.loads` over raw `iter_lines`"
MEGABYTES, FEW_MEGABYTES, PAIRS = 200, 2, 3


def rows() -> list[Row]:
    """A report of 200 MB against raw httpx; and the most memory that reading takes, against a small report's."""
    with (
        serving() as url,
        AuthenticatedClient(url, TOKEN) as client,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as raw,
    ):

        def ours(megabytes: int = MEGABYTES) -> Iterator[dict[str, Any]]:
            return iter_json_lines(get_catalog_output, client=client, catalog_id=str(megabytes))

        def theirs(megabytes: int = MEGABYTES) -> Iterator[Any]:
            with raw.stream("GET", PATH.format(megabytes)) as response:
                yield from map(json.loads, response.iter_lines())

        demand_equal(RAW, list(ours(FEW_MEGABYTES)), list(theirs(FEW_MEGABYTES)))
        demand_equal("lines of all", sum(1 for _ in ours()), sum(1 for _ in theirs()))
        what = label(f"a report of {MEGABYTES} MB, JSON lines, read by `iter_json_lines`")
        samplers = (seconds(lambda read=read: deque(read(), maxlen=0), clock=process_time) for read in (ours, theirs))
        target = {"could": 0.6} if has_extra() else {"minimum": 0.9}
        return [
            Row(what, RAW, "s", *alternate(*samplers, PAIRS), share=True, **target),
            Row(
                f"the most memory that it takes{', with `[fast]`' if has_extra() else ''}",
                f"the same of {FEW_MEGABYTES} MB",
                "MB",
                [_most_memory(ours(MEGABYTES))],
                [_most_memory(ours(FEW_MEGABYTES))],
                share=True,
                minimum=1.1,
            ),
        ]


def _most_memory(lines: Iterator[Any]) -> float:
    """Megabytes held at the worst moment of reading."""
    deque(islice(lines, 1), maxlen=0)  # what is made once is no part of it
    tracemalloc.start()
    try:
        deque(lines, maxlen=0)
        _, most = tracemalloc.get_traced_memory()
        return most / 1e6
    finally:
        tracemalloc.stop()
