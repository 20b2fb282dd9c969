"""Enums are open: a value that the document does not list is kept, not refused."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from criteo_retail_media.errors import DecodeError
from criteo_retail_media.models import CommonProblem, CommonProblemType
from criteo_retail_media.open_enum import OpenStrEnum
from hypothesis import given
from hypothesis import strategies as st

NEW = "brand-new"


def test_a_listed_value_is_its_member() -> None:
    """Known values are the members themselves."""
    assert CommonProblemType("quota") is CommonProblemType.QUOTA
    assert CommonProblemType.by_value["quota"] is CommonProblemType.QUOTA
    assert CommonProblemType.QUOTA.is_known


def test_an_unknown_value_is_its_string() -> None:
    """It equals its string, hashes as it, formats as it, and says that it is not known."""
    value = CommonProblemType(NEW)
    assert isinstance(value, CommonProblemType)
    assert (value, value.value, value.name, str(value), f"{value}") == (NEW, NEW, NEW, NEW, NEW)
    assert {NEW: 1}[value] == 1
    assert value == CommonProblemType(NEW)
    assert value != CommonProblemType.QUOTA
    assert not value.is_known
    assert repr(value) == "CommonProblemType('brand-new')"
    assert repr(CommonProblemType.QUOTA) == "CommonProblemType.QUOTA"


def test_an_unknown_value_named_as_a_member_is_still_unknown() -> None:
    """Known is a matter of the value, not of the Python name."""
    assert not CommonProblemType("QUOTA").is_known


def test_unknown_values_do_not_join_the_enum() -> None:
    """``list(Enum)`` and membership hold only what the document lists, whatever the server sent."""
    before = list(CommonProblemType)
    _ = CommonProblemType(NEW), CommonProblemType.by_value["another"]
    assert list(CommonProblemType) == before
    assert "another" not in CommonProblemType.by_value
    assert len(CommonProblemType) == 8


@pytest.mark.parametrize("value", [CommonProblemType.QUOTA, CommonProblemType(NEW)])
def test_values_copy_and_pickle(value: CommonProblemType) -> None:
    """In every protocol, and a member as itself."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert (again, again.is_known, type(again)) == (value, value.is_known, CommonProblemType)
    assert copy.copy(value) == copy.deepcopy(value) == value


@given(st.text())
def test_any_string_round_trips(text: str) -> None:
    """Whatever the server sends is what is written back."""
    written = CommonProblem.from_dict({"type": text}).to_dict()
    assert written == {"type": text}
    assert type(written["type"]) is str
    assert json.loads(json.dumps({"type": CommonProblemType(text)})) == {"type": text}


@pytest.mark.parametrize("value", [5, True, 1.5, b"quota"])
def test_what_is_no_string_is_refused(value: object) -> None:
    """By the constructor as by any enum, by a model with the path."""
    with pytest.raises(ValueError, match="not a valid"):
        CommonProblemType(value)
    with pytest.raises(DecodeError) as caught:
        CommonProblem.from_dict({"type": value})
    assert caught.value.path == "type"


def test_an_enum_of_ones_own_works_alike() -> None:
    """The base class is all there is to it."""

    class Pace(OpenStrEnum):
        FAST = "fast"

    assert Pace.by_value["slow"] == "slow"
    assert not Pace("slow").is_known
