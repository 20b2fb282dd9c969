"""JSON text to Python, by msgspec where it is installed (the extra ``fast``), with the results and errors of `json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["loads"]


def _find_decoder() -> tuple[Callable[[bytes], Any] | None, type[Exception]]:
    """Msgspec's decoder, or None, and the error with which it refuses a text."""
    try:
        msgspec = import_module("msgspec")  # by its name: type checkers need not have it
    except ImportError:
        return None, Exception
    return msgspec.json.Decoder().decode, msgspec.MsgspecError


_decode, _Refusal = _find_decoder()


def loads(content: bytes) -> Any:
    """What `json.loads` gives.

    Msgspec agrees with it on each text that it accepts. What it refuses and `json` takes (NaN, lone surrogates, UTF-16)
    `json` decides, as it does without msgspec.
    """
    if _decode is not None:
        try:
            return _decode(content)
        except (_Refusal, RecursionError, UnicodeError):
            return json.loads(content)
    return json.loads(content)
