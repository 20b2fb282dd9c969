"""One core for a function and its asyncio twin: a generator of the calls that the one makes and the other awaits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import closing
from typing import Any, TypeVar

T = TypeVar("T")


class Step:
    """A call that the core leaves to be made: of ``sync``, or of ``asyncio``, which is awaited."""

    __slots__ = ("args", "asyncio", "kwargs", "sync")

    def __init__(self, sync: Callable[..., Any], asyncio: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any):
        self.sync = sync
        self.asyncio = asyncio
        self.args = args
        self.kwargs = kwargs


Steps = Generator[Step, Any, T]


def perform(steps: Steps[T]) -> T:
    """Make each call, hand the core what it returns or raises, and return what the core returns."""
    proceed: Callable[[Any], Step] = steps.send
    outcome: Any = None
    with closing(steps):  # an interruption between two calls ends the core too
        while True:
            try:
                step = proceed(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            try:
                proceed, outcome = steps.send, step.sync(*step.args, **step.kwargs)
            except BaseException as error:  # noqa: BLE001 (it is the core that decides)
                proceed, outcome = steps.throw, error


async def perform_async(steps: Steps[T]) -> T:
    """`perform` for asyncio."""
    proceed: Callable[[Any], Step] = steps.send
    outcome: Any = None
    with closing(steps):  # an interruption between two calls ends the core too
        while True:
            try:
                step = proceed(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            try:
                proceed, outcome = steps.send, await step.asyncio(*step.args, **step.kwargs)
            except BaseException as error:  # noqa: BLE001 (it is the core that decides)
                proceed, outcome = steps.throw, error
