"""Keeps what a caller gave, such as a token, out of the variables of a traceback, where it is refused."""

from __future__ import annotations

import functools
from typing import Any, TypeVar

F = TypeVar("F")


def conceal(what: F) -> F:
    """Make a function, or the constructor of a class, raise its errors without the frames below it."""
    function: Any = what.__init__ if isinstance(what, type) else what  # type: ignore[misc]  # the class's own

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 (it is raised again)
            del args, kwargs
            raise error.with_traceback(None)  # noqa: B904 (it is the same)

    if isinstance(what, type):
        what.__init__ = call  # type: ignore[misc]
        return what
    return call  # type: ignore[return-value]  # of the same signature
