"""Models of the whole documents: what deep answers cost, where recursion ends, and what an import loads."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from support.example import EXAMPLE
from support.whole_client import client_of

FILLED = {"audienceSegmentId": "1", "and": None, "or": None}
NODES = {
    "complete": lambda inner: FILLED | {"not": inner},
    "sparse": lambda inner: {"not": inner},
    "with unknown fields": lambda inner: FILLED | {"not": inner, "x": 1},
    "with unknown fields for absent ones": lambda inner: {"w": 1, "x": 2, "y": 3, "z": 4, "not": inner},
    "in lists": lambda inner: {"and": [inner]},
    "in lists, with unknown fields for absent ones": lambda inner: {"and": [inner], "x": 2, "y": 3, "z": 4},
    "in two lists": lambda inner: {"and": [inner, {}], "or": [{}]},
}


@pytest.fixture(scope="module")
def node() -> Any:
    """The recursive model of the audience algebra."""
    return client_of("2026-01").module("models").RmAlgebraNodeV1


def nested(kind: str, depth: int, innermost: Any) -> Any:
    """An algebra as deep as that."""
    for _ in range(depth):
        innermost = NODES[kind](innermost)
    return innermost


def calls(work: Any, *arguments: Any) -> int:
    """How many calls of Python's functions the work makes (of C's, an interpreter that has warmed up tells fewer)."""
    call_count = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal call_count
        call_count += event == "call"

    gc.disable()  # what listens to it, such as hypothesis, is called now and then
    sys.setprofile(count)
    try:
        with suppress(client_of("2026-01").module("errors").DecodeError):
            work(*arguments)
    finally:
        sys.setprofile(None)
        gc.enable()
    return call_count


@pytest.mark.parametrize("kind", NODES)
@pytest.mark.parametrize("innermost", [{}, {"audienceSegmentId": 5}], ids=["good", "bad"])
def test_what_a_deep_answer_costs_grows_in_step_with_its_size(node: Any, kind: str, innermost: Any) -> None:
    """Each level costs the same number of calls, whether all is well or the innermost value is wrong."""
    at = {depth: calls(node.from_dict, nested(kind, depth, innermost)) for depth in (20, 40, 80)}
    assert at[80] - at[40] == 2 * (at[40] - at[20])


@pytest.mark.parametrize("kind", NODES)
def test_writing_a_deep_model_grows_in_step_with_its_size(node: Any, kind: str) -> None:
    """As reading does."""
    at = {depth: calls(node.from_dict(nested(kind, depth, {})).to_dict) for depth in (20, 40, 80)}
    assert at[80] - at[40] == 2 * (at[40] - at[20])


@pytest.mark.parametrize("kind", NODES)
def test_recursion_has_an_end_and_says_so(node: Any, kind: str) -> None:
    """A hundred levels are read and written; an answer deeper than Python recurses is a DecodeError with its path."""
    good = nested(kind, 100, {})
    assert node.from_dict(good).to_dict() == good
    with pytest.raises(client_of("2026-01").module("errors").DecodeError, match="nested too deeply") as caught:
        node.from_dict(nested(kind, 100_000, {}))
    assert caught.value.path.startswith(("not.not.", "and[0].and[0]."))


@pytest.mark.parametrize("kind", NODES)
def test_what_was_read_can_be_written(node: Any, kind: str) -> None:
    """Writing recurses no deeper than reading did: the deepest answer that is read is written too."""
    depth, read = 0, node()
    with pytest.raises(client_of("2026-01").module("errors").DecodeError):
        while True:
            read = node.from_dict(nested(kind, depth + 10, {}))
            depth += 10
    assert read.to_dict() == nested(kind, depth, {})
    assert depth >= 100


def test_a_model_made_deeper_than_python_recurses_is_a_recursion_error(node: Any) -> None:
    """Python's own error, not a crash."""
    deep = node()
    for _ in range(100_000):
        deep = node(not_=deep)
    with pytest.raises(RecursionError):
        deep.to_dict()
    while deep:  # taken apart from the top: to free it in one go is deep recursion too
        deep = deep.not_


def test_importing_an_operation_loads_no_model_and_using_it_loads_its_own() -> None:
    """Of the 556 modules of the whole client only those that this operation's own client has."""
    client = client_of("2026-01")
    script = f"""
import sys
from {client.package.__name__}.api.audience import bulk_update_audience_segments as operation
prefix = "{client.package.__name__}.models."
loaded = lambda: [name.removeprefix(prefix) for name in sys.modules if name.startswith(prefix)]
print(*loaded())
operation.models.RmAudienceSegmentEntityV1ListResponse, operation.OPERATION.body()
print(*loaded())
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(client.package.__path__[0]).parent)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    before, after = (line.split() for line in done.stdout.splitlines())
    own = {path.stem for path in (EXAMPLE.package / "models").glob("[!_]*.py")}
    assert (before, set(after)) == ([], own)
