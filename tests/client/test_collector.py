"""The garbage collector rests while an answer is read, and never longer."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from criteo_retail_media._call import as_json
from criteo_retail_media._codec import MANY, as_list
from criteo_retail_media.errors import DecodeError


def seen(_: Any) -> bool:
    """A reader that says whether the collector has its turns."""
    return gc.isenabled()


def refuse(_: Any) -> Any:
    raise DecodeError("is not what it should be")


@contextmanager
def slow_reader() -> Iterator[None]:
    """A thread that reads a long list meanwhile."""
    begun, end = threading.Event(), threading.Event()

    def slowly(_: Any) -> None:
        begun.set()
        assert end.wait(30)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(as_list, slowly, [0] * MANY)
        assert begun.wait(30)
        try:
            yield
        finally:
            end.set()
        slow.result()


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


@pytest.mark.parametrize(
    "read",
    [lambda: as_json(seen)(httpx.Response(200, content=b"[]")), lambda: as_list(seen, [0] * MANY)[0]],
    ids=["an answer", "a long list"],
)
def test_it_rests_while_much_is_read(read: Callable[[], bool]) -> None:
    """Whether it is a call's answer, or a list in data that a program reads itself."""
    assert read() is False
    assert gc.isenabled()


def test_it_does_not_for_a_short_list() -> None:
    """To switch it off and on would take longer than it does."""
    assert as_list(seen, [0] * (MANY - 1)) == [True] * (MANY - 1)


@pytest.mark.parametrize(
    "read",
    [lambda: as_json(refuse)(httpx.Response(200, content=b"[]")), lambda: as_list(refuse, [0] * MANY)],
    ids=["an answer", "a long list"],
)
def test_it_goes_on_after_an_error(read: Callable[[], Any]) -> None:
    """What could not be read is no reason to leave it off."""
    with pytest.raises(DecodeError):
        read()
    assert gc.isenabled()


def test_one_that_the_program_switched_off_stays_off() -> None:
    """It is the program's to decide."""
    gc.disable()
    assert as_list(seen, [0] * MANY)[0] is False
    assert not gc.isenabled()


def test_a_list_within_an_answer_does_not_end_the_rest() -> None:
    """The answer is not read to its end yet."""
    read = as_json(lambda data: (as_list(seen, data), gc.isenabled()))
    assert read(httpx.Response(200, content=b"[%s0]" % (b"0," * MANY)))[1] is False
    assert gc.isenabled()


def test_many_threads_leave_it_on() -> None:
    """Whoever ends last."""
    with ThreadPoolExecutor(8) as pool, slow_reader():
        for one in [pool.submit(as_list, seen, [0] * MANY) for _ in range(99)]:
            one.result()
    assert gc.isenabled()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # from Python 3.12, of a process with threads
def test_a_child_forked_meanwhile_has_it_on() -> None:
    """The thread that would switch it on again is not in the child."""
    with slow_reader():
        child = os.fork()
        if not child:
            os._exit(0 if gc.isenabled() else 1)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
