"""The benchmark's own judgement: a missed minimum and a wrong answer are told."""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from support.specs import ROOT

from scripts.project import StageError

BENCH = Path(__file__).parent
sys.path.insert(0, str(BENCH))  # its modules import each other by their plain names, as scripts beside each other do

from answers import answer, content, report_lines  # noqa: E402
from figures import find_row, sentences  # noqa: E402
from measure import Row, alternate, amount, demand_equal, seconds, table  # noqa: E402

sys.path.remove(str(BENCH))


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
    order: list[str] = []
    ours, theirs = alternate(lambda: order.append("ours") or 1.0, lambda: order.append("theirs") or 2.0, 3)
    assert (ours, theirs) == ([1.0] * 3, [2.0] * 3)
    assert [set(order[at : at + 2]) for at in range(0, 8, 2)] == [{"ours", "theirs"}] * 4


def test_another_answer_is_refused_and_the_place_named() -> None:
    """A fast wrong answer is no answer."""
    demand_equal("same", {"data": [{"id": "1"}]}, {"data": [{"id": "1"}]})
    with pytest.raises(StageError, match=r"fast: ours has '1', it has 1 at data\[0\]\.id"):
        demand_equal("fast", {"data": [{"id": "1"}]}, {"data": [{"id": 1}]})


def test_the_collector_is_on_while_work_is_measured() -> None:
    """Nothing is gained by work that is done while it is off."""
    enabled: list[bool] = []
    seconds(lambda: enabled.append(gc.isenabled()), times=3)()
    assert enabled == [True] * 4  # the first turn does not count


def test_each_sample_gets_something_new_where_the_work_uses_it_up() -> None:
    """The turn that does not count has its own."""
    given: list[list[int]] = []

    def fresh() -> list[int]:
        given.append([])
        return given[-1]

    measured = seconds(lambda each: each.append(1), given=fresh, clock=iter([0.0, 6.0]).__next__)()
    assert (measured, given) == (6.0, [[1], [1]])


def test_time_is_that_of_one_turn() -> None:
    """However often the work is done for a sample."""
    assert seconds(lambda: None, times=3, clock=iter([1.0, 7.0]).__next__)() == 2.0


def test_rows_pass_between_processes() -> None:
    """Each group is measured in a process of its own, which hands its rows over as JSON."""
    row = Row("x", "y", "MB", [1.0, 2.0], [3.0, 4.0], share=True, minimum=0.5, could=0.4)
    data = json.loads(json.dumps(row.as_json()))
    assert Row.of_json(data) == row
    assert (data["is_reached"], data["medians"]) == (True, [1.5, 3.5])


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1.5, "s", "1.50 s"), (0.0123, "s", "12.3 ms"), (0.0000045, "s", "4.5 µs"), (12.0, "MB", "12 MB"), (1, "", "1")],
)
def test_amounts_are_told_to_three_digits(value: float, unit: Any, text: str) -> None:
    """In the unit that a person would take."""
    assert amount(value, unit) == text


def test_report_lines_are_whole_and_differ() -> None:
    """About as many bytes as asked for, each line an object."""
    lines = report_lines(20_000)
    objects = [json.loads(line) for line in lines.splitlines()]
    assert 20_000 <= len(lines) < 21_000
    assert lines.endswith(b"\n")
    assert len({each["id"] for each in objects}) == len(objects)


def test_contents_are_compared_whatever_the_spelling() -> None:
    """Of a date-time and of an enum's value; never another moment."""
    data = answer(2)
    spelled = json.loads(json.dumps(data).replace("123Z", "123000+00:00"))
    assert content(data) == content(spelled)
    assert content(data) != content(json.loads(json.dumps(data).replace("123Z", "124Z")))


ROWS = [
    Row("bytes to models, 500 segments", "pydantic's `model_validate_json`", "s", [0.002], [0.003]),
    Row("bytes to models, 500 segments, with `[fast]`", "pydantic's `model_validate_json`", "s", [0.0015], [0.003]),
    Row("`from_dict`, 500 segments", "the generator's default output", "s", [0.001], [0.005]),
    Row("100 pages of 500 segments, read from bytes and kept", "the generator's default output", "s", [0.5], [1.5]),
    Row("memory kept by 10,000 segments", "the generator's default output", "MB", [12.0], [20.0], share=True),
    Row("one call, 50 segments each way", "raw httpx and json, one connection each", "s", [1.2], [1.0], share=True),
    Row("import of one operation, nothing else installed", "`import httpx, attrs`", "s", [1.1], [1.0], share=True),
    Row(
        "a report of 200 MB, JSON lines, read by `iter_json_lines`",
        "`json.loads` over raw `iter_lines`",
        "s",
        [0.8],
        [1.0],
        share=True,
    ),
]


def test_readme_tells_figures_of_the_table() -> None:
    """Three sentences, each figure from its row."""
    text = " ".join(sentences(ROWS).split())
    for part in ("1.5 ms from bytes", "2 ms without", "2.00 and 1.50 times", "5.0 times", "3.0 times", "0.60 of its"):
        assert part in text
    for part in ("1.20 times as long as with raw httpx", "1.10 times as long as `import httpx", "0.80 times as long"):
        assert part in text
    assert len(re.findall(r"\.(?: |$)", text)) == 3


@pytest.mark.parametrize("change", [lambda rows: rows[1:], lambda rows: [*rows, *rows]], ids=["missing", "twice"])
def test_a_figure_without_its_row_is_refused(change: Callable[[list[Row]], list[Row]]) -> None:
    """README tells nothing that was not measured."""
    with pytest.raises(StageError, match="bytes to models, 500 segments"):
        sentences(change(ROWS))
    assert find_row(ROWS, "`from_dict`, 500 segments", "the generator's").ratio == 5


@pytest.mark.parametrize("name", ["README.md", "tests/bench/README.md"])
def test_documents_have_one_place_for_figures(name: str) -> None:
    """Which `--readme` renews."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert (text.count("<!-- bench -->\n"), text.count("<!-- /bench -->")) == (1, 1)


def test_the_extra_can_be_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then an import of it fails as where it is not installed; one that came too late is an error."""
    monkeypatch.syspath_prepend(str(BENCH))
    variant = import_module("variant")
    monkeypatch.setattr(variant, "EXTRA", "colorsys_that_is_not_there")
    assert not variant.has_extra()
    monkeypatch.setattr(variant, "EXTRA", "json")
    assert variant.has_extra()
    with pytest.raises(RuntimeError, match="json is imported already"):
        variant.hide_extra()
    monkeypatch.delitem(sys.modules, "json")
    monkeypatch.setitem(sys.modules, "json", None)  # to be put back afterwards
    monkeypatch.delitem(sys.modules, "json")
    variant.hide_extra()
    with pytest.raises(ModuleNotFoundError):
        import_module("json")
    assert not variant.has_extra()
