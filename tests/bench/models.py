"""What it costs to read and write models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

import httpx
from answers import answer, content, update
from criteo_api_retailmedia_v2026_01 import ApiClient, Configuration  # type: ignore[import-untyped]
from criteo_api_retailmedia_v2026_01.model.rm_audience_segment_entity_v1_list_response import (  # type: ignore[import-untyped]
    RmAudienceSegmentEntityV1ListResponse as SdkAnswer,
)
from criteo_api_retailmedia_v2026_01.model_utils import validate_and_convert_types  # type: ignore[import-untyped]
from criteo_retail_media.api.audience.bulk_update_audience_segments import OPERATION
from criteo_retail_media.models import RmAudienceSegmentBulkUpdateInputV1 as OurUpdate
from criteo_retail_media.models import RmAudienceSegmentEntityV1ListResponse as OurAnswer
from default_output.models import RmAudienceSegmentBulkUpdateInputV1 as DefaultUpdate
from default_output.models import RmAudienceSegmentEntityV1ListResponse as DefaultAnswer
from measure import Row, alternate, demand_equal, seconds
from reference_models import PydanticAnswer, make_answer, make_struct
from variant import has_extra, label

DEFAULT = "the generator's default output"
SDK = "the official SDK"
PYDANTIC = "pydantic"
PARSER = "`json.loads` alone"
PAIRS = 21
SDK_PAIRS = {50: 21, 500: 15, 1_000: 9, 10_000: 3}

# What is demanded at each size; the sizes that the API does not send have no minimum.
FROM_DICT = {50: {"minimum": 4.5, "could": 5.5}, 500: {"minimum": 4.5, "could": 5.5}, 1_000: {}, 10_000: {}}
AGAINST_SDK = {50: {"minimum": 70, "could": 85}, 500: {"minimum": 70, "could": 85}, 1_000: {}, 10_000: {}}
AGAINST_PYDANTIC: dict[bool, dict[int, dict[str, float]]] = {
    True: {count: {"minimum": 1.15, "could": 1.5} for count in (1, 50, 500)} | {1_000: {}, 10_000: {}},
    False: {1: {}, 50: {"minimum": 0.95, "could": 1.1}, 500: {}, 1_000: {}, 10_000: {}},
}
AGAINST_PARSER: dict[bool, dict[int, dict[str, float]]] = {
    True: {1: {}, **{count: {"minimum": 1.6, "could": 1.4} for count in (50, 500)}, 1_000: {}, 10_000: {}},
    False: {1: {}, **{count: {"minimum": 2.0, "could": 1.8} for count in (50, 500)}, 1_000: {}, 10_000: {}},
}

Work = Callable[[], object]

_sdk = ApiClient(Configuration())


def read_by_sdk(data: Any) -> Any:
    """What the SDK does with an answer's JSON, which it replaces in place: it is good for one reading."""
    return validate_and_convert_types(data, (SdkAnswer,), ["data"], True, True, configuration=_sdk.configuration)


def read_answer(response: httpx.Response) -> Any:
    """What a call does with the answer's body."""
    return OPERATION.answers[200](response)


def demand_equal_contents() -> None:
    """Every contender reads and writes the same content."""
    data = answer(50)
    expected = content(data)
    raw = json.dumps(data).encode()
    demand_equal("ours", expected, content(OurAnswer.from_dict(data).to_dict()))
    demand_equal("ours, from bytes", expected, content(read_answer(httpx.Response(200, content=raw)).to_dict()))
    demand_equal(DEFAULT, expected, content(DefaultAnswer.from_dict(data).to_dict()))
    demand_equal(SDK, expected, content(_sdk.sanitize_for_serialization(read_by_sdk(answer(50)))))
    for read in (PydanticAnswer.model_validate(data), PydanticAnswer.model_validate_json(raw)):
        demand_equal(PYDANTIC, expected, content(read.model_dump(mode="json", by_alias=True, exclude_unset=True)))
    sent = update(50)
    demand_equal("ours, an update", sent, OurUpdate.from_dict(sent).to_dict())
    demand_equal(f"{DEFAULT}, an update", sent, DefaultUpdate.from_dict(sent).to_dict())


def rows() -> list[Row]:
    """All rows about models; with the extra, those of reading bytes."""
    demand_equal_contents()
    from_bytes = [row for count in (1, 50, 500, 1_000, 10_000) for row in _from_bytes(count)]
    if has_extra():
        return [*from_bytes, _against_structs(50), _against_structs(500)]
    from_dict = [row for count in (50, 500, 1_000, 10_000) for row in _from_dict(count)]
    return [*from_bytes, *from_dict, *_writing()]


def _turns(count: int) -> int:
    """How often to read as many segments for one sample of some milliseconds."""
    return max(1_500 // count, 3)


def _pairs(count: int) -> int:
    return PAIRS if count <= 1_000 else PAIRS // 3


def _compare(what: str, against: str, count: int, ours: Work, theirs: Work, **target: Any) -> Row:
    samplers = (seconds(work, times=_turns(count), clock=process_time) for work in (ours, theirs))
    return Row(what, against, "s", *alternate(*samplers, _pairs(count)), **target)


def segments(count: int) -> str:
    return f"{count:,} segment{'s' if count > 1 else ''}"


def _from_bytes(count: int) -> Iterator[Row]:
    raw = json.dumps(answer(count)).encode()
    response = httpx.Response(200, content=raw)
    what = label(f"bytes to models, {segments(count)}")

    def ours() -> object:
        return read_answer(response)

    def by_pydantic() -> object:
        return PydanticAnswer.model_validate_json(raw)

    fast = has_extra()
    pydantic = f"{PYDANTIC}'s `model_validate_json`"
    yield _compare(what, pydantic, count, ours, by_pydantic, **AGAINST_PYDANTIC[fast][count])
    yield _compare(what, PARSER, count, ours, lambda: json.loads(raw), share=True, **AGAINST_PARSER[fast][count])


def _against_structs(count: int) -> Row:
    """msgspec knows the models here, drops unknown fields, and says of a wrong value what this client says."""
    import msgspec  # here: hidden where the client is measured without it

    raw = json.dumps(answer(count)).encode()
    response = httpx.Response(200, content=raw)
    decode = msgspec.json.Decoder(make_answer(make_struct)).decode
    demand_equal("msgspec", content(answer(count)), content(msgspec.to_builtins(decode(raw))))
    what = label(f"bytes to models, {segments(count)}")
    return _compare(what, "msgspec's structs", count, lambda: read_answer(response), lambda: decode(raw))


def _from_dict(count: int) -> Iterator[Row]:
    data = answer(count)
    raw = json.dumps(data).encode()
    what = f"`from_dict`, {segments(count)}"

    def ours() -> object:
        return OurAnswer.from_dict(data)

    yield _compare(what, DEFAULT, count, ours, lambda: DefaultAnswer.from_dict(data), **FROM_DICT[count])
    by_sdk = seconds(read_by_sdk, given=lambda: json.loads(raw), clock=process_time)
    samples = alternate(seconds(ours, times=_turns(count), clock=process_time), by_sdk, SDK_PAIRS[count])
    yield Row(what, SDK, "s", *samples, **AGAINST_SDK[count])
    yield _compare(what, PYDANTIC, count, ours, lambda: PydanticAnswer.model_validate(data))


def _writing() -> Iterator[Row]:
    for count, target in ((50, {"minimum": 3.5, "could": 4.5}), (1_000, {})):
        ours, theirs = OurUpdate.from_dict(update(count)), DefaultUpdate.from_dict(update(count))
        yield _compare(f"`to_dict`, {count:,} updates", DEFAULT, count, ours.to_dict, theirs.to_dict, **target)
    read, by_default = OurAnswer.from_dict(answer(1_000)), DefaultAnswer.from_dict(answer(1_000))
    yield _compare("`to_dict`, 1,000 segments", DEFAULT, 1_000, read.to_dict, by_default.to_dict)
