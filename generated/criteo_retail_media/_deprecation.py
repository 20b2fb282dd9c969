"""Warns that the API version comes to its end, as its answers say in the last months (Criteo's documentation)."""

from __future__ import annotations

import contextlib
import sys
import warnings
from pathlib import Path

import httpx

from ._cleaning import redaction_of
from ._provenance import API_VERSION
from .auth import OriginAuth
from .client import Client
from .errors import one_line

# Files whose frames are none of the caller's: this package's, and those of the context managers in it.
OWN = (str(Path(__file__).parent), contextlib.__file__)


def warn_if_deprecated(client: Client, response: httpx.Response, auth: OriginAuth) -> None:
    """Warn once for each client; the warning points at the caller's line, outside of this package."""
    headers = response.headers
    if not any(name.lower() in (b"sunset", b"deprecation") for name, _ in headers.raw):
        return
    if client.deprecation_told.acquire(blocking=False):
        since, end = one_line(headers.get("deprecation", "true"), 60), one_line(headers.get("sunset"), 60)
        text = f"Criteo's API version {API_VERSION} is deprecated"
        text += "" if since.lower() in ("true", "?1", "1") else f" (since {since})"
        text += f" and ends on {end}" if end else ""
        text = redaction_of(response, auth).text(f"{text}: move to a newer release of criteo-retail-media")
        warnings.warn(text, DeprecationWarning, stacklevel=_callers_level())


def _callers_level() -> int:
    """The ``stacklevel``, seen from this function's caller, of the first frame outside of this package."""
    level, frame = 1, sys._getframe(1)  # noqa: SLF001 (`skip_file_prefixes` of `warnings.warn` is Python 3.12's)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(OWN):
        level, frame = level + 1, frame.f_back
    return level
