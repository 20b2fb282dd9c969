"""The benchmark's own judgement: a missed minimum and a wrong answer are told."""

from __future__ import annotations

import pytest
from bench.measure import Row, alternate, demand_equal, table

from scripts.stage import StageError


def test_ratios_are_those_of_the_pairs() -> None:
    """The median of the ratios, not the ratio of the medians: both of a pair have the machine's mood."""
    row = Row("x", "y", "s", ours=[1.0, 10.0, 2.0], theirs=[4.0, 40.0, 2.0], minimum=4)
    assert (row.ratio, row.is_reached) == (4.0, True)


@pytest.mark.parametrize(
    ("share", "minimum", "reached"),
    [(False, 2.0, True), (False, 2.1, False), (True, 0.5, True), (True, 0.4, False), (False, None, True)],
)
def test_a_minimum_is_reached_or_missed(share: bool, minimum: float | None, reached: bool) -> None:
    """Times as fast, or the share of the other's time."""
    row = Row("x", "y", "s", ours=[1.0], theirs=[2.0], share=share, minimum=minimum)
    assert row.is_reached is reached
    assert ("missed" in table([row])) is not reached


def test_contenders_are_measured_in_turn() -> None:
    """The first turn of each does not count."""
    told: list[str] = []
    ours, theirs = alternate(lambda: told.append("ours") or 1.0, lambda: told.append("theirs") or 2.0, 3)
    assert (ours, theirs) == ([1.0] * 3, [2.0] * 3)
    assert [set(told[at : at + 2]) for at in range(0, 8, 2)] == [{"ours", "theirs"}] * 4


def test_another_answer_is_refused_and_the_place_named() -> None:
    """A fast wrong answer is no answer."""
    demand_equal("same", {"data": [{"id": "1"}]}, {"data": [{"id": "1"}]})
    with pytest.raises(StageError, match=r"fast: ours has '1', it has 1 at data\[0\]\.id"):
        demand_equal("fast", {"data": [{"id": "1"}]}, {"data": [{"id": 1}]})
