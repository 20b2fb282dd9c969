"""Rest for the garbage collector while much is read at once.

All that is made from an answer is kept, so the collector's turns meanwhile find nothing: they walk the half-made
answer, and whatever else the program holds, over and over. Of the time to read 10,000 segments they take more than half
(CPython 3.11, 2026-11).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")

_is_resting = False


def at_rest(read: Callable[[A], T], given: A) -> T:
    """Call ``read`` with the collector at rest; one that the program itself has switched off stays off."""
    global _is_resting
    if not gc.isenabled():  # by the program, or while another thread or a list around this one is read
        return read(given)
    try:
        _is_resting = True
        gc.disable()
        return read(given)
    finally:
        gc.enable()
        _is_resting = False


def _after_fork_in_child() -> None:
    """The thread that would switch it on again has stayed behind."""
    if _is_resting:
        gc.enable()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
