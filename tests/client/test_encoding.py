"""What is sent is written as strictly as answers are read: by one encoder for path, query, header and body."""

from __future__ import annotations

import asyncio
import datetime
import json
import math
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any

import pytest
from calling import Unshowable
from criteo_retail_media import UNSET, AuthenticatedClient, EncodeError, _codec
from criteo_retail_media._request import Body, Parameter, Request
from criteo_retail_media.api.audience import bulk_update_audience_segments
from criteo_retail_media.errors import CriteoError
from criteo_retail_media.models import (
    NillableDecimal,
    NillableString,
    RmAudienceSegmentBulkUpdateInputV1,
    RmAudienceSegmentUpdateEntityV1,
    RmAudienceSegmentUpdateEntityV1Resource,
    RmEventsUpdateV1,
    RmEventsUpdateV1LookbackDays,
)
from fake_criteo import FakeCriteo
from hypothesis import given
from hypothesis import strategies as st

UTC = datetime.UTC


class Int64(int):
    """Stands for numpy's int64: an integer of another class."""


class NaT(datetime.datetime):
    """Stands for pandas' NaT: a date-time that does not equal itself."""

    def __eq__(self, other: object) -> bool:
        return False

    def __hash__(self) -> int:
        return 0


class Colour(StrEnum):
    RED = "red"


class Size(IntEnum):
    LARGE = 3


NOT_A_TIME = NaT(2026, 1, 1, tzinfo=UTC)
NAIVE = datetime.datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 (without a time zone, as many give it)
ODD: dict[str, Any] = {
    "None": None,
    "UNSET": UNSET,
    "a float": 42.5,
    "NaN": math.nan,
    "an infinity": math.inf,
    "a boolean": True,
    "a string": "x",
    "an integer": 7,
    "a list": ["42"],
    "a dict": {"a": 1},
    "a date": datetime.date(2026, 1, 2),
    "a date-time": datetime.datetime(2026, 1, 2, tzinfo=UTC),
    "NaT": NOT_A_TIME,
    "a Decimal that is no float": Decimal("0.1"),
    "a signalling NaN": Decimal("sNaN"),
    "a complex number": 1j,
    "bytes": b"x",
    "a set": {1},
    "an object": object(),
    "an object that cannot be shown": Unshowable(),
    "a lone surrogate": "\ud800",
    "a model": NillableString(value="x"),
    "a model's class": NillableString,
}
WRITERS: dict[str, tuple[Any, set[str]]] = {
    "string": (_codec.write_string, {"a string"}),
    "key": (_codec.write_key, {"a string", "an integer"}),
    "integer": (_codec.write_integer, {"an integer"}),
    "number": (_codec.write_number, {"an integer", "a float"}),
    "boolean": (_codec.write_boolean, {"a boolean"}),
    "date-time": (_codec.write_datetime, {"a date", "a date-time"}),
    "date": (_codec.write_date, {"a date"}),
    "model": (_codec.model_writer(lambda: NillableString), {"a model"}),
    "list": (_codec.list_writer(_codec.write_string), {"a list"}),
    "any": (_codec.write_any, {"None", "a float", "a boolean", "a string", "an integer", "a list", "a dict"}),
    "file": (_codec.write_file, set()),
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kind", ODD)
def test_every_kind_of_value_is_written_or_refused(name: str, kind: str) -> None:
    """Where it belongs it is written, and anywhere else it is an EncodeError and nothing else."""
    write, taken = WRITERS[name]
    if kind in taken:
        assert json.dumps(write(ODD[kind]), allow_nan=False)
    else:
        with pytest.raises(EncodeError) as caught:
            write(ODD[kind])
        assert isinstance(caught.value, CriteoError | ValueError)
        assert str(caught.value)


@pytest.mark.parametrize(
    ("write", "value", "written"),
    [
        (_codec.write_string, Colour.RED, "red"),
        (_codec.write_key, Int64(42), "42"),
        (_codec.write_integer, Int64(42), 42),
        (_codec.write_integer, Size.LARGE, 3),
        (_codec.write_integer, 42.0, 42),
        (_codec.write_integer, Decimal(42), 42),
        (_codec.write_number, Int64(42), 42),
        (_codec.write_number, Decimal("1.5"), 1.5),
        (_codec.write_number, Fraction(1, 4), 0.25),
        (_codec.write_datetime, NAIVE, "2026-01-02T03:04:00+00:00"),
        (_codec.write_datetime, datetime.date(2026, 1, 2), "2026-01-02T00:00:00+00:00"),
        (_codec.write_any, {"a": [Colour.RED, (1, None)]}, {"a": ["red", [1, None]]}),
    ],
)
def test_a_value_of_another_class_is_written_as_json_has_it(write: Any, value: Any, written: Any) -> None:
    """Numpy's numbers, a Decimal that a float holds exactly, enums, a date where a date-time belongs."""
    found = write(value)
    assert (found, json.dumps(found)) == (written, json.dumps(written))


# --- places ---

REQUEST = Request(
    "PATCH",
    "/accounts/{account_id}/things",
    in_path=(Parameter("account_id", "account-id", _codec.write_key, is_required=True),),
    in_query=(
        Parameter("limit", "limit", _codec.write_integer),
        Parameter("kinds", "kinds", _codec.list_writer(_codec.write_string)),
        Parameter("since", "since", _codec.write_datetime),
        Parameter("ids", "ids", _codec.list_writer(_codec.write_key), style="comma"),
        Parameter("words", "words", _codec.list_writer(_codec.write_string), style="bar"),
        Parameter("parts", "parts", _codec.list_writer(_codec.write_string), style="space"),
        Parameter("price", "price", _codec.write_any, style="deep"),
        Parameter("filter_", "filter", _codec.write_any, style="json"),
        Parameter("fields", "fields", _codec.write_any),
    ),
    in_header=(Parameter("trace", "X-Trace", _codec.write_key),),
    in_cookie=(Parameter("session", "session", _codec.write_key),),
    body=Body("application/json", _codec.write_any, is_required=False),
)
NOTHING = dict.fromkeys(
    ("limit", "kinds", "since", "ids", "words", "parts", "price", "filter_", "fields", "trace", "session", "body"),
    UNSET,
)


def built(**arguments: Any) -> dict[str, Any]:
    return REQUEST.build({"account_id": "42", **NOTHING, **arguments})


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ({}, ""),
        ({"limit": None}, ""),
        ({"limit": 5}, "?limit=5"),
        ({"kinds": ["a", Colour.RED]}, "?kinds=a&kinds=red"),
        ({"kinds": []}, ""),
        ({"since": NAIVE}, "?since=2026-01-02T03%3A04%3A00%2B00%3A00"),
        ({"ids": ["1", 2, "a,b"]}, "?ids=1,2,a%2Cb"),
        ({"words": ["a", "b"]}, "?words=a%7Cb"),
        ({"parts": ["a", "b c"]}, "?parts=a%20b%20c"),
        ({"price": {"min": 1, "max": [2, 3]}}, "?price%5Bmin%5D=1&price%5Bmax%5D=2&price%5Bmax%5D=3"),
        ({"filter_": {"a": [True]}}, "?filter=%7B%22a%22%3A%5Btrue%5D%7D"),
        ({"fields": {"r": 100, "g": True}}, "?r=100&g=true"),
    ],
)
def test_parameters_are_written_in_their_styles(arguments: dict[str, Any], query: str) -> None:
    """As OpenAPI 3.0 says, Parameter Object; what separates values is not escaped, what is in them is."""
    assert built(**arguments)["url"] == f"/accounts/42/things{query}"


def test_headers_cookies_and_body_are_written() -> None:
    """A body is the bytes of its JSON, with its media type."""
    assert built(trace=7, session="s", body={"é": 1}) == {
        "method": "PATCH",
        "url": "/accounts/42/things",
        "cookies": {"session": "s"},
        "headers": {"X-Trace": "7", "Content-Type": "application/json"},
        "content": '{"é":1}'.encode(),
    }


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"account_id": None}, "account_id"),
        ({"account_id": UNSET}, "account_id"),
        ({"account_id": 42.0}, "account_id"),
        ({"account_id": math.nan}, "account_id"),
        ({"account_id": True}, "account_id"),
        ({"account_id": ["42"]}, "account_id"),
        ({"account_id": ".."}, "account_id"),
        ({"limit": "5"}, "limit"),
        ({"limit": True}, "limit"),
        ({"kinds": ["a", 1]}, "kinds[1]"),
        ({"kinds": "ab"}, "kinds"),
        ({"since": "2026-01-02"}, "since"),
        ({"ids": [["1"]]}, "ids[0]"),
        ({"price": {"min": math.inf}}, "price.min"),
        ({"price": {"min": {"a": 1}}}, "price"),
        ({"fields": {"r": [[1]]}}, "fields"),
        ({"filter_": {"a": {1}}}, "filter_.a"),
        ({"trace": "a\r\nX-Other: b"}, "trace"),
        ({"trace": 1.5}, "trace"),
        ({"session": "a; b=c"}, "session"),
        ({"body": {"a": [1, math.nan]}}, "body.a[1]"),
        ({"body": {"a": {2: 1}}}, "body.a"),
        ({"body": {"a": 10**5000}}, "body.a"),
        ({"body": {"a": "\udfff"}}, "body.a"),
    ],
)
def test_a_value_that_cannot_be_sent_is_named_by_its_place(arguments: dict[str, Any], path: str) -> None:
    """The name of the argument, and the way from there."""
    with pytest.raises(EncodeError) as caught:
        built(**arguments)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")


def test_a_body_that_holds_itself_is_refused() -> None:
    """It has no end."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(EncodeError, match="nested too deeply") as caught:
        built(body={"a": endless})
    assert caught.value.path.startswith("body")


# --- models ---


def segments(*attributes: Any) -> RmAudienceSegmentBulkUpdateInputV1:
    kind = "RetailMediaAudienceSegment"
    data = [RmAudienceSegmentUpdateEntityV1Resource(id="7", type_=kind, attributes=one) for one in attributes]
    return RmAudienceSegmentBulkUpdateInputV1(data=data)


Entity: Any = RmAudienceSegmentUpdateEntityV1  # whatever is given to it
ATTRIBUTES = "body.data[0].attributes"
COSTLY = Entity(events=RmEventsUpdateV1(max_price=NillableDecimal(value=math.nan)))
BAD: dict[str, tuple[Any, str]] = {
    "NaN": (segments(Entity(name="Spring"), COSTLY), "body.data[1].attributes.events.maxPrice.value"),
    "a number for a name": (segments(Entity(name=7)), f"{ATTRIBUTES}.name"),
    "None for a wrapper": (segments(Entity(description=None)), f"{ATTRIBUTES}.description"),
    "a string for a wrapper": (segments(Entity(description="x")), f"{ATTRIBUTES}.description"),
    "a dict for a model": (segments({"name": "x"}), ATTRIBUTES),
    "a set among unknown fields": (segments(Entity.from_dict({"new": {"a": {1}}})), f"{ATTRIBUTES}.new.a"),
    "a field among unknown fields": (segments(Entity()), f"{ATTRIBUTES}.name"),
    "an item for the body": (RmAudienceSegmentUpdateEntityV1Resource(type_="a"), "body"),
    "a dict for the body": ({"data": []}, "body"),
    "no body": (None, "body"),
}
BAD["a field among unknown fields"][0].data[0].attributes["name"] = "x"


@pytest.mark.parametrize(("body", "path"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "asyncio"])
def test_a_model_that_cannot_be_written_is_named_by_its_place(
    body: Any, path: str, is_async: bool, criteo: FakeCriteo, client: AuthenticatedClient
) -> None:
    """Nothing is sent, not even for a token."""
    criteo.add_segments(1)
    with pytest.raises(EncodeError) as caught:
        if is_async:
            asyncio.run(bulk_update_audience_segments.asyncio("42", client=client, body=body))
        else:
            bulk_update_audience_segments.sync("42", client=client, body=body)
    assert caught.value.path == path
    assert criteo.server.log == []


def test_enums_may_be_given_as_their_strings() -> None:
    """They are the same on the wire, and read back equal."""
    events: Any = RmEventsUpdateV1  # its hints want the enum
    written = events(lookback_days="Last7Days", brand_ids=[Colour.RED]).to_dict()
    assert written == {"lookbackDays": "Last7Days", "brandIds": ["red"]}
    assert RmEventsUpdateV1.from_dict(written).lookback_days is RmEventsUpdateV1LookbackDays.LAST7DAYS


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
OTHERS = st.dates() | st.datetimes() | st.decimals()
OBJECTS = st.sampled_from([value for value in ODD.values() if not isinstance(value, Unshowable)])
JUNK = st.recursive(
    SCALARS | OTHERS | OBJECTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=6,
)
MAYBE = JUNK | st.just(UNSET)
EVENTS = st.builds(
    RmEventsUpdateV1,
    brand_ids=MAYBE | st.lists(st.text()),
    lookback_days=MAYBE | st.sampled_from(RmEventsUpdateV1LookbackDays),
    max_price=MAYBE | st.builds(NillableDecimal, value=MAYBE),
)
ENTITIES = st.builds(
    RmAudienceSegmentUpdateEntityV1,
    name=MAYBE,
    description=MAYBE | st.builds(NillableString, value=MAYBE),
    events=MAYBE | EVENTS,
)


@given(entity=ENTITIES, unknown=st.dictionaries(st.text(max_size=4), JUNK, max_size=2))
def test_what_is_written_can_be_read_back_and_all_else_is_refused(entity: Any, unknown: dict[str, Any]) -> None:
    """Any model gives JSON that reads back as an equal model, or an EncodeError with a path."""
    entity.additional_properties = unknown
    try:
        written = _codec.to_json(entity.to_dict())
    except EncodeError as error:
        assert error.path
    else:
        assert RmAudienceSegmentUpdateEntityV1.from_dict(json.loads(written)) == entity
