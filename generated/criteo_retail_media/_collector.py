"""Rest for the garbage collector while much is read at once.

All that is made from an answer is kept, so the collector's turns meanwhile find nothing: they walk the half-made
answer, and whatever else the program holds, over and over. Of the time to read 10,000 segments they take more than half
(CPython 3.11, 2026-11).
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")

_readers: set[int] = set()  # threads for which it rests


def at_rest(read: Callable[[A], T], given: A) -> T:
    """Call ``read`` with the collector at rest; one that the program itself has switched off stays off."""
    if not gc.isenabled():  # by the program, or while another thread or a list around this one is read
        return read(given)
    thread = threading.get_ident()
    try:
        _readers.add(thread)
        gc.disable()
        return read(given)
    finally:
        gc.enable()
        _readers.discard(thread)


def _after_fork_in_child() -> None:
    """The thread that would switch it on again has stayed behind."""
    if _readers:
        gc.enable()
        _readers.clear()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)
