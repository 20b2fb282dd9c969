"""What it costs to read and write models."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

import httpx
import msgspec
from answers import answer, content, update
from criteo_api_retailmedia_v2026_01 import ApiClient, Configuration  # type: ignore[import-untyped]
from criteo_api_retailmedia_v2026_01.model.rm_audience_segment_entity_v1_list_response import (  # type: ignore[import-untyped]
    RmAudienceSegmentEntityV1ListResponse as SdkAnswer,
)
from criteo_api_retailmedia_v2026_01.model_utils import validate_and_convert_types  # type: ignore[import-untyped]
from criteo_retail_media._call import as_json
from criteo_retail_media.models import RmAudienceSegmentBulkUpdateInputV1 as OurUpdate
from criteo_retail_media.models import RmAudienceSegmentEntityV1ListResponse as OurAnswer
from default_output.models import RmAudienceSegmentBulkUpdateInputV1 as DefaultUpdate
from default_output.models import RmAudienceSegmentEntityV1ListResponse as DefaultAnswer
from measure import Row, alternate, demand_equal, seconds
from reference_models import Answer as PydanticAnswer
from reference_models import AnswerStruct

DEFAULT = "the generator's default output"
SDK = "the official SDK"
PAIRS, TIMES = 21, 3
SDK_PAIRS = {1_000: 15, 10_000: 5}

Work = Callable[[], object]

_sdk = ApiClient(Configuration())


def read_by_sdk(data: Any) -> Any:
    """What the SDK does with an answer's JSON, which it replaces in place: it is good for one reading."""
    return validate_and_convert_types(data, (SdkAnswer,), ["data"], True, True, configuration=_sdk.configuration)


def demand_equal_contents() -> None:
    """Every contender reads and writes the same content."""
    data = answer(50)
    expected = content(data)
    raw = json.dumps(data).encode()
    demand_equal("ours", expected, content(OurAnswer.from_dict(data).to_dict()))
    demand_equal(DEFAULT, expected, content(DefaultAnswer.from_dict(data).to_dict()))
    demand_equal(SDK, expected, content(_sdk.sanitize_for_serialization(read_by_sdk(answer(50)))))
    dumped = PydanticAnswer.model_validate(data).model_dump(mode="json", by_alias=True, exclude_unset=True)
    demand_equal("pydantic", expected, content(dumped))
    demand_equal("msgspec", expected, content(msgspec.to_builtins(msgspec.json.decode(raw, type=AnswerStruct))))
    sent = update(50)
    demand_equal("ours, an update", sent, OurUpdate.from_dict(sent).to_dict())
    demand_equal(f"{DEFAULT}, an update", sent, DefaultUpdate.from_dict(sent).to_dict())


def rows() -> list[Row]:
    """All rows about models."""
    demand_equal_contents()
    writing = [
        _writing(
            "`to_dict`, 1,000 segments", OurAnswer.from_dict(answer(1_000)), DefaultAnswer.from_dict(answer(1_000))
        ),
        _writing(
            "`to_dict`, 1,000 updates", OurUpdate.from_dict(update(1_000)), DefaultUpdate.from_dict(update(1_000))
        ),
    ]
    return [*_reading(1_000, PAIRS), *_reading(10_000, PAIRS // 2), *writing, _memory()]


def _compare(what: str, against: str, ours: Work, theirs: Work, pairs: int = PAIRS, **target: Any) -> Row:
    measured = alternate(*(seconds(work, times=TIMES, clock=process_time) for work in (ours, theirs)), pairs)
    return Row(what, against, "s", *measured, **target)


def _reading(count: int, pairs: int) -> Iterator[Row]:
    data = answer(count)
    raw = json.dumps(data).encode()
    decode = msgspec.json.Decoder(AnswerStruct).decode
    read, response = as_json(OurAnswer.from_dict), httpx.Response(200, content=raw)  # what a call does

    def ours() -> object:
        return OurAnswer.from_dict(data)

    def from_bytes() -> object:
        return read(response)

    what = f"`from_dict`, {count:,} segments"
    yield _compare(what, DEFAULT, ours, lambda: DefaultAnswer.from_dict(data), pairs, minimum=3.5, could=5)
    by_sdk = seconds(read_by_sdk, given=lambda: json.loads(raw), clock=process_time)
    samples = alternate(seconds(ours, times=TIMES, clock=process_time), by_sdk, SDK_PAIRS[count])
    yield Row(what, SDK, "s", *samples, minimum=70)
    yield _compare(what, "pydantic", ours, lambda: PydanticAnswer.model_validate(data), pairs, minimum=1.7)
    what = f"bytes to models, {count:,} segments"
    yield _compare(
        what, "`json.loads` alone", from_bytes, lambda: json.loads(raw), pairs, share=True, minimum=1.6, could=1.4
    )
    yield _compare(what, "msgspec", from_bytes, lambda: decode(raw), pairs)


def _writing(what: str, ours: Any, theirs: Any) -> Row:
    return _compare(what, DEFAULT, ours.to_dict, theirs.to_dict, minimum=2)


def _memory() -> Row:
    raw = json.dumps(answer(10_000)).encode()
    ours, theirs = alternate(lambda: _kept(OurAnswer, raw), lambda: _kept(DefaultAnswer, raw), 3)
    return Row("memory kept by 10,000 segments", DEFAULT, "MB", ours, theirs, share=True, minimum=0.7)


def _kept(model: Any, raw: bytes) -> float:
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
