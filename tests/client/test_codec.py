"""What reads JSON values: exactly what the document promises, also of types that the shipped operation lacks."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from criteo_retail_media import _codec
from criteo_retail_media.errors import DecodeError
from criteo_retail_media.types import UNSET

INTEGER_OR_DATE = _codec.first_of(_codec.as_integer, _codec.as_date)


@pytest.mark.parametrize(
    ("decode", "value", "read"),
    [
        (_codec.as_integer, 2**63 - 1, 2**63 - 1),
        (_codec.as_integer, 1.0, 1),
        (_codec.as_number, 2**63 - 1, 2**63 - 1),
        (_codec.as_date, "2026-01-02", datetime.date(2026, 1, 2)),
        (_codec.as_any, None, None),
        (_codec.as_any, {"a": [1]}, {"a": [1]}),
        (_codec.or_null(_codec.as_date), None, None),
        (_codec.or_null(_codec.as_date), "2026-01-02", datetime.date(2026, 1, 2)),
        (_codec.list_of(_codec.as_integer), [1, 2], [1, 2]),
        (INTEGER_OR_DATE, 7, 7),
        (INTEGER_OR_DATE, "2026-01-02", datetime.date(2026, 1, 2)),
    ],
)
def test_a_value_is_read(decode: Any, value: Any, read: Any) -> None:
    """As the type that the document says, and no other that compares equal."""
    found = decode(value)
    assert (found, type(found)) == (read, type(read))


@pytest.mark.parametrize(
    ("decode", "value", "reason"),
    [
        (_codec.as_integer, 1.5, "1.5 is not an integer"),
        (_codec.as_integer, True, "True is not an integer"),
        (_codec.as_integer, "1", "'1' is not an integer"),
        (_codec.as_integer, float("inf"), "inf is not an integer"),
        (_codec.as_number, False, "False is not a number"),
        (_codec.as_boolean, 1, "1 is not a boolean"),
        (_codec.as_date, "2026-02-30", "'2026-02-30' is not a date"),
        (_codec.as_date, 5, "5 is not a string"),
        (_codec.as_any, UNSET, "missing"),
        (_codec.or_null(_codec.as_date), UNSET, "missing"),
        (INTEGER_OR_DATE, "soon", "'soon' is not a date"),
        (_codec.first_of(), 1, "of no type that the document allows"),
    ],
)
def test_a_value_of_another_type_is_refused(decode: Any, value: Any, reason: str) -> None:
    """Nothing is cast, and the error says what was there."""
    with pytest.raises(DecodeError) as caught:
        decode(value)
    assert reason in str(caught.value)


def test_an_item_that_cannot_be_read_is_named_by_its_place() -> None:
    """In lists of lists too."""
    with pytest.raises(DecodeError) as caught:
        _codec.list_of(_codec.list_of(_codec.as_integer))([[1], [2, "x"]])
    assert caught.value.path == "[1][1]"
