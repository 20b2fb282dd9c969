"""Models: absent, null and value are three things; nothing is lost and nothing is swallowed."""

from __future__ import annotations

import copy
import datetime
import functools
import json
import math
import os
import pickle
from pathlib import Path
from typing import Any

import criteo_retail_media.models as models
import pytest
from criteo_retail_media.errors import DecodeError
from criteo_retail_media.models import (
    CommonProblem,
    NillableDecimal,
    NillableString,
    RmAudienceSegmentEntityV1,
    RmAudienceSegmentEntityV1ListResponse,
    RmAudienceSegmentEntityV1Resource,
    RmAudienceSegmentEntityV1Type,
    RmAudienceSegmentUpdateEntityV1,
    RmEventsUpdateV1,
    RmEventsV1,
)
from criteo_retail_media.types import UNSET, Unset
from hypothesis import given, note, settings
from hypothesis import strategies as st
from support.json_values import ANY, matching, replaced, typed_sites, written, wrong_values

# Of the client that is imported: tests/support/example.py says where that is not the one beside it.
PROJECT = Path(os.environ.get("CRITEO_EXAMPLE_PROJECT") or Path(__file__).parents[2])
DOCUMENT = json.loads((PROJECT / "openapi" / "patched.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
MODELS = sorted(name for name in SCHEMAS if "enum" not in SCHEMAS[name])
SEGMENT = {
    "id": "1",
    "type": "RetailMediaAudienceSegment",
    "attributes": {"name": "Spring", "createdAt": "2026-01-02T03:04:05Z", "channels": ["Onsite"], "events": None},
}
UTC = datetime.UTC


def test_absent_null_and_value_are_three_things_when_read() -> None:
    """A field that is not there reads as UNSET, null as None."""
    read = RmAudienceSegmentEntityV1.from_dict({"name": "Spring", "description": None})
    assert (read.name, read.description, read.retailer_id) == ("Spring", None, UNSET)


def test_absent_null_and_value_are_three_things_when_written() -> None:
    """UNSET is left out and None is written as null."""
    assert RmAudienceSegmentEntityV1(name="Spring", description=None).to_dict() == {
        "name": "Spring",
        "description": None,
    }


@pytest.mark.parametrize("wrapper", [NillableString, NillableDecimal])
def test_a_wrapper_without_a_value_is_a_type_error(wrapper: Any) -> None:
    """A forgotten value would serialize to ``{}``, which clears the field on the server."""
    with pytest.raises(TypeError, match="value"):
        wrapper()


def test_a_wrapper_with_none_clears() -> None:
    """The clearing null is written out."""
    update = RmAudienceSegmentUpdateEntityV1(description=NillableString(value=None))
    assert update.to_dict() == {"description": {"value": None}}


def test_an_unknown_field_is_kept_and_written_back() -> None:
    """A field the API adds survives a round trip."""
    read = RmEventsV1.from_dict({"minPrice": 1, "addedLater": {"a": [1]}})
    assert read.additional_properties == {"addedLater": {"a": [1]}}
    assert read["addedLater"] == {"a": [1]}
    assert "addedLater" in read
    assert read.additional_keys == ["addedLater"]
    assert read.to_dict() == {"minPrice": 1, "addedLater": {"a": [1]}}


def test_unknown_fields_can_be_set_and_deleted() -> None:
    """A field that the document does not know yet can be sent."""
    events = RmEventsV1()
    events["a"] = 1
    events["b"] = 2
    del events["a"]
    assert events.to_dict() == {"b": 2}


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        (
            {"data": [SEGMENT] * 3 + [{"attributes": {"createdAt": "soon"}}]},
            "data[3].attributes.createdAt",
            "date-time",
        ),
        ({"data": {}}, "data", "array"),
        ({"data": [None]}, "data[0]", "null"),
        ({"data": [{"attributes": {"channels": ["Onsite", 5]}}]}, "data[0].attributes.channels[1]", "5"),
        ({"data": [{"attributes": {"type": ["x"]}}]}, "data[0].attributes.type", "unhashable"),
        (
            {"data": [{"attributes": {"events": {"brandIds": ["1", 2]}}}]},
            "data[0].attributes.events.brandIds[1]",
            "string",
        ),
        ({"errors": [{"source": {"ids": 7}}]}, "errors[0].source.ids", "7 is not a string"),
        ({"errors": [{"source": []}]}, "errors[0].source", "object"),
    ],
)
def test_a_decode_error_has_the_path_of_the_offending_value(data: Any, path: str, reason: str) -> None:
    """One can find the value in the answer."""
    with pytest.raises(DecodeError) as caught:
        RmAudienceSegmentEntityV1ListResponse.from_dict(data)
    assert caught.value.path == path
    assert reason in str(caught.value)


@pytest.mark.parametrize("data", [None, [], "x", 5, UNSET])
def test_what_is_no_object_is_a_decode_error(data: Any) -> None:
    """A model is never made of anything but an object."""
    with pytest.raises(DecodeError):
        CommonProblem.from_dict(data)


def test_a_missing_required_field_is_a_decode_error() -> None:
    """What the document requires is there, or the read fails."""
    with pytest.raises(DecodeError) as caught:
        NillableString.from_dict({})
    assert (caught.value.path, "missing" in str(caught.value)) == ("value", True)


def test_the_source_mapping_is_left_alone_and_not_shared() -> None:
    """Reading changes nothing in the data, and changing the model does not either."""
    data = {"brandIds": ["1"], "x": 1}
    read = RmEventsV1.from_dict(data)
    assert isinstance(read.brand_ids, list)
    read.brand_ids.append("2")
    read["x"] = 2
    assert data == {"brandIds": ["1"], "x": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02t03:04:05z", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02 03:04:05Z", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T05:04:05+02:00", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05:678Z", datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        ("2026-01-02T03:04:05:678", datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        *(
            (
                f"2026-01-02T03:04:05.{'123456789'[:digits]}Z",
                datetime.datetime(2026, 1, 2, 3, 4, 5, int(f"{'123456789'[:digits]:0<6}"[:6]), tzinfo=UTC),
            )
            for digits in range(1, 10)
        ),
    ],
)
def test_date_times_are_read_leniently(text: str, expected: datetime.datetime) -> None:
    """Every form the API is known to write gives an aware datetime."""
    read = RmAudienceSegmentEntityV1.from_dict({"createdAt": text})
    assert read.created_at == expected
    assert isinstance(read.created_at, datetime.datetime)
    assert read.created_at.tzinfo is not None


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05+99:00", "2026-01-02T03:04:65:678Z", "10", 5, True, {}],
)
def test_what_is_no_date_time_is_a_decode_error(text: Any) -> None:
    """The field is named."""
    with pytest.raises(DecodeError) as caught:
        RmAudienceSegmentEntityV1.from_dict({"createdAt": text})
    assert caught.value.path == "createdAt"


def test_date_times_are_written_as_iso_8601_with_an_offset() -> None:
    """A value without a time zone is taken as UTC, as on reading."""
    naive = datetime.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001
    other = datetime.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    written = RmAudienceSegmentEntityV1(created_at=naive, updated_at=other).to_dict()
    assert written == {"createdAt": "2026-01-02T03:04:05+00:00", "updatedAt": "2026-01-02T03:04:05.000006+02:00"}


def test_int64_and_floats_survive() -> None:
    """No number passes through a float that it does not fit."""
    assert RmEventsV1.from_dict({"minPrice": 2**63 - 1}).to_dict() == {"minPrice": 2**63 - 1}
    assert json.dumps(RmEventsV1.from_dict(json.loads('{"minPrice": 0.1}')).to_dict()) == '{"minPrice": 0.1}'


def test_models_compare_copy_and_pickle() -> None:
    """Equal content is equal; copies and pickles are equal and UNSET stays the one UNSET."""
    one = RmAudienceSegmentEntityV1Resource.from_dict({**SEGMENT, "x": 1})
    assert one == RmAudienceSegmentEntityV1Resource.from_dict({**SEGMENT, "x": 1})
    assert one != RmAudienceSegmentEntityV1Resource.from_dict({**SEGMENT, "x": 2})
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert isinstance(other.attributes, RmAudienceSegmentEntityV1)
        assert other.attributes.retailer_id is UNSET
    assert "Spring" in repr(one)


def test_unset_is_one_falsy_value() -> None:
    """`if not field` and `field is UNSET` both work, after a pickle too."""
    assert not UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert copy.deepcopy([UNSET]) == [UNSET]
    assert copy.deepcopy(UNSET) is UNSET
    assert repr(UNSET) == "UNSET"
    assert isinstance(UNSET, Unset)


def test_an_enum_may_be_given_as_its_string() -> None:
    """A plain string is written as it is; an enum member as its value."""
    update = RmEventsUpdateV1(shopper_activity="View")  # type: ignore[arg-type]  # what untyped callers do
    assert update.to_dict() == {"shopperActivity": "View"}
    written = RmAudienceSegmentEntityV1(type_=RmAudienceSegmentEntityV1Type.EVENTS).to_dict()
    assert type(written["type"]) is str


def test_the_models_package_is_lazy_and_lists_its_names() -> None:
    """A name that does not exist is an AttributeError; ``dir`` and ``__all__`` list the models."""
    assert "NillableString" in dir(models)
    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="NoSuchModel"):
        _ = models.NoSuchModel  # type: ignore[attr-defined]


def test_deep_recursion_is_a_decode_error() -> None:
    """An answer nested deeper than Python recurses is refused, not a crash."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(DecodeError):
        RmAudienceSegmentEntityV1ListResponse.from_dict({"data": deep})


@functools.cache
def described(name: str) -> st.SearchStrategy[Any]:
    """JSON that a model's schema describes."""
    return matching(SCHEMAS[name], DOCUMENT)


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=40)
@given(data=st.data())
def test_json_that_matches_the_schema_round_trips(name: str, data: st.DataObject) -> None:
    """Whatever the document allows is read and written back value for value."""
    value = data.draw(described(name))
    model = getattr(models, name)
    read = model.from_dict(json.loads(json.dumps(value)))
    assert read.to_dict() == value
    assert model.from_dict(read.to_dict()) == read


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_value_of_a_wrong_type_is_a_decode_error_that_says_where(name: str, data: st.DataObject) -> None:
    """One wrong value anywhere in a good document is found."""
    value = data.draw(described(name))
    sites = [site for site in typed_sites(value, SCHEMAS[name], DOCUMENT) if wrong_values(site[1])]
    path, types = data.draw(st.sampled_from(sites))
    bad = replaced(value, path, data.draw(st.sampled_from(wrong_values(types))))
    with pytest.raises(DecodeError) as caught:
        getattr(models, name).from_dict(bad)
    assert caught.value.path.startswith(written(path))


@given(value=st.dictionaries(st.sampled_from(["data", "id", "attributes", "type", "value", "source", "x"]), ANY) | ANY)
def test_any_json_is_read_or_is_a_decode_error(value: Any) -> None:
    """No other exception comes out of a model."""
    for name in MODELS:
        note(name)
        try:
            read = getattr(models, name).from_dict(value)
        except DecodeError:
            continue
        assert isinstance(value, dict)
        assert read.to_dict() == value


def test_numbers_json_cannot_say_are_kept_apart() -> None:
    """Python's own NaN is a number; it is the writer of the request that refuses it."""
    assert math.isnan(RmEventsV1.from_dict({"minPrice": math.nan}).min_price or 0.0)
