"""What a job pays that reads many pages and keeps them: the collector's turns, and memory."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from time import process_time
from typing import Any

import httpx
from answers import answer, content
from criteo_retail_media.api.audience.bulk_update_audience_segments import OPERATION
from criteo_retail_media.models import RmAudienceSegmentEntityV1ListResponse as OurAnswer
from default_output.models import RmAudienceSegmentEntityV1ListResponse as DefaultAnswer
from measure import Row, alternate, demand_equal, seconds
from reference_models import PydanticAnswer
from variant import has_extra, label

DEFAULT = "the generator's default output"
PAGES, SIZE, PAIRS = 100, 500, 5


def rows() -> list[Row]:
    """Pages read and kept; without the extra also what they take of memory, which does not depend on the parser."""
    raw = json.dumps(answer(SIZE)).encode()

    def by_default() -> Any:
        return DefaultAnswer.from_dict(json.loads(raw))

    def ours() -> Any:
        return OPERATION.answers[200](httpx.Response(200, content=raw))

    def by_pydantic() -> Any:
        return PydanticAnswer.model_validate_json(raw)

    expected = content(answer(SIZE))
    demand_equal("ours", expected, content(ours().to_dict()))
    demand_equal(DEFAULT, expected, content(by_default().to_dict()))
    dumped = by_pydantic().model_dump(mode="json", by_alias=True, exclude_unset=True)
    demand_equal("pydantic", expected, content(dumped))

    def compare(against: str, theirs: Callable[[], Any], **target: float) -> Row:
        what = label(f"{PAGES} pages of {SIZE} segments, read from bytes and kept")
        samplers = (seconds(_keeping(read), given=list, clock=process_time) for read in (ours, theirs))
        return Row(what, against, "s", *alternate(*samplers, PAIRS), **({} if has_extra() else target))

    kept = [
        compare(DEFAULT, by_default, minimum=2.5, could=4),
        compare("pydantic's `model_validate_json`", by_pydantic, minimum=2, could=3),
    ]
    return kept if has_extra() else [*kept, _memory()]


def _keeping(read: Callable[[], Any]) -> Callable[[list[Any]], None]:
    """Read as many pages into the list, which whoever gave it holds: letting go of them is not measured."""

    def work(kept: list[Any]) -> None:
        for _ in range(PAGES):
            kept.append(read())

    return work


def _memory() -> Row:
    raw = json.dumps(answer(10_000)).encode()
    ours, theirs = alternate(lambda: _megabytes(OurAnswer, raw), lambda: _megabytes(DefaultAnswer, raw), 3)
    return Row("memory kept by 10,000 segments", DEFAULT, "MB", ours, theirs, share=True, minimum=0.6, could=0.55)


def _megabytes(model: Any, raw: bytes) -> float:
    """Megabytes that the models hold once the JSON they were read from is gone."""
    gc.collect()
    tracemalloc.start()
    try:
        read = model.from_dict(json.loads(raw))
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        assert len(read.data) == 10_000
        return held / 1e6
    finally:
        tracemalloc.stop()
