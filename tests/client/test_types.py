"""Types that the generated modules share."""

from __future__ import annotations

from typing import Any

import pytest
from criteo_retail_media.types import UNSET, Unset, value_of


@pytest.mark.parametrize("nothing", [UNSET, None])
def test_a_field_without_a_value(nothing: Unset | None) -> None:
    """Absent and null alike give the default."""
    assert value_of(nothing) is None
    assert value_of(nothing, "none") == "none"


@pytest.mark.parametrize("value", ["", 0, False, [], "text"])
def test_a_field_with_a_value(value: Any) -> None:
    """Empty values are values."""
    assert value_of(value, "default") is value


def test_the_types_are_told() -> None:
    """What is read with a default needs no check for what may be missing."""
    name: str | Unset | None = "Spring"
    length: int = len(value_of(name, ""))
    assert length == 6
