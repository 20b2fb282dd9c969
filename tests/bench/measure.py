"""Rows of the benchmark: two contenders measured in turn, and how they are told."""

from __future__ import annotations

import dataclasses
import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scripts.project import StageError


@dataclass(frozen=True)
class Row:
    """What was measured of ours and of another, pair by pair.

    The ratio says how many times as fast ours is, or, of ``share`` rows, what share of the other's cost ours is.
    """

    what: str
    against: str
    unit: Literal["s", "MB", ""]
    ours: Sequence[float]
    theirs: Sequence[float]
    share: bool = False
    minimum: float | None = None
    could: float | None = None

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair: whatever else the machine does, it does to both."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return sorted(ours / theirs if self.share else theirs / ours for ours, theirs in pairs)

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return statistics.median(self.ratios)

    @property
    def is_reached(self) -> bool:
        """Whether the minimum is, where there is one."""
        if self.minimum is None:
            return True
        return self.ratio <= self.minimum if self.share else self.ratio >= self.minimum

    def as_json(self) -> dict[str, Any]:
        """The row as JSON data, with what follows from it."""
        derived = {"ratio": self.ratio, "is_reached": self.is_reached}
        medians = [statistics.median(self.ours), statistics.median(self.theirs)]
        return {**dataclasses.asdict(self), **derived, "medians": medians}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> Row:
        """The row in such JSON data."""
        return cls(**{field.name: data[field.name] for field in dataclasses.fields(cls)})


def alternate(ours: Callable[[], float], theirs: Callable[[], float], pairs: int) -> tuple[list[float], list[float]]:
    """Measure both in turn, after one turn that does not count; every other pair begins with the other."""
    ours(), theirs()
    samples: tuple[list[float], list[float]] = ([], [])
    for pair in range(pairs):
        for index in (0, 1) if pair % 2 else (1, 0):
            samples[index].append((ours, theirs)[index]())
    return samples


def seconds(
    work: Callable[..., object],
    *,
    given: Callable[[], object] | None = None,
    times: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Callable[[], float]:
    """What measures how long the work takes, on something new where ``given`` gives it.

    The garbage collector has its turns, as in any program, and one that is put off until the work is done counts too.
    A full one comes before, and then a turn of the work that does not count: the other's has filled the caches.
    """

    def arguments() -> tuple[object, ...]:
        return (given(),) if given else ()

    def measure() -> float:
        gc.collect()
        work(*arguments())
        given_now = arguments()
        began = clock()
        for _ in range(times):
            work(*given_now)
        gc.collect(0)
        return (clock() - began) / times

    return measure


def demand_equal(what: str, ours: object, theirs: object) -> None:
    """Refuse a contender that answers something else: a fast wrong answer is no answer."""
    if ours != theirs:
        raise StageError(f"{what}: {_difference(ours, theirs)}")


def _difference(ours: Any, theirs: Any, path: str = "") -> str:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in (*ours, *theirs):
            if ours.get(key, _difference) != theirs.get(key, _difference):
                return _difference(ours.get(key, "nothing"), theirs.get(key, "nothing"), f"{path}.{key}")
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            if one != other:
                return _difference(one, other, f"{path}[{index}]")
    return f"ours has {ours!r:.200}, it has {theirs!r:.200} at {path.lstrip('.') or 'the top'}"


def table(rows: Sequence[Row]) -> str:
    """The rows in Markdown."""
    lines = ["| what | against | ours | other | ratio | spread | minimum | could go |", "| --- " * 8 + "|"]
    for row in rows:
        sign = "≤" if row.share else "≥"
        cells = [
            row.what,
            row.against,
            amount(statistics.median(row.ours), row.unit),
            amount(statistics.median(row.theirs), row.unit),
            f"**{row.ratio:.2f}**" + ("" if row.is_reached else " missed"),
            f"{row.ratios[len(row.ratios) // 4]:.2f} to {row.ratios[-1 - len(row.ratios) // 4]:.2f}",
            f"{sign} {row.minimum:g}" if row.minimum else "",
            f"{sign} {row.could:g}" if row.could else "",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def amount(value: float, unit: str) -> str:
    """The value with its unit, to three digits."""
    if unit == "s":
        if value < 1e-3:
            return f"{value * 1e6:.3g} µs"
        return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.3g} ms"
    return f"{value:.3g} {unit}".rstrip()


def say(text: str) -> None:
    """Tell what goes on, beside the table."""
    print(text, file=sys.stderr, flush=True)
