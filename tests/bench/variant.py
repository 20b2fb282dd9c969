"""Whether what the extra `[fast]` installs is at hand: the benchmark measures the client with it and without it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

EXTRA = "msgspec"
NOT_USED = " (this client does not use it)"


def hide_extra() -> None:
    """Make the extra's package as good as not installed; only before anything has imported it."""
    if EXTRA in sys.modules:
        raise RuntimeError(f"{EXTRA} is imported already")
    sys.modules[EXTRA] = None  # type: ignore[assignment]  # an import of it raises ModuleNotFoundError


def has_extra() -> bool:
    """Whether the package can be imported here."""
    return find_spec(EXTRA) is not None


def label(what: str) -> str:
    """The name of a row in which the parser of JSON has a part."""
    if not has_extra():
        return what
    uses_extra = find_spec("criteo_retail_media._json") is not None
    return f"{what}, with `[fast]`" + ("" if uses_extra else NOT_USED)
