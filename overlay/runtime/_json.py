"""JSON text to Python, by msgspec where it is installed (the extra ``fast``), with the results and errors of `json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

__all__ = ["Drained", "call", "find_decoder", "loads", "scan"]

_decoder: Any = json.JSONDecoder()  # type checkers do not know of its scanner
scan: Callable[[str, int], tuple[Any, int]] = _decoder.scan_once  # what `json.loads` calls once it knows the encoding


def _decode_first(content: bytes) -> Any:
    """Import msgspec with the first text: a program that reads none is spared that."""
    global _decode
    try:
        _decode = import_module("msgspec").json.Decoder().decode  # by its name: type checkers need not have it
    except ImportError:
        _decode = None
    return _parse_plainly(content)


_decode: Callable[[bytes], Any] | None = _decode_first


def loads(content: bytes) -> Any:
    """What `json.loads` gives.

    Msgspec and the scanner agree with it on each text that they accept. What they refuse and it takes (UTF-16, bytes of
    lone surrogates) `json.loads` decides, and it words the error.
    """
    try:
        return _parse(content)
    except (ValueError, StopIteration, RecursionError):  # StopIteration: no value begins at the text's beginning
        return json.loads(content)


# The scanner runs as deep in Python's stack here as in `json.loads`, and msgspec, which counts one level less, a frame
# deeper: so each takes a text that is nested as deeply as Python recurses, and none that is nested more deeply.


def _parse(content: bytes) -> Any:
    if _decode is not None:
        try:
            return _parse_fast(content, _decode)
        except (ValueError, RecursionError):
            return _parse_plainly(content)
    return _parse_plainly(content)


def _parse_plainly(content: bytes) -> Any:
    text = content.decode().strip(" \t\n\r")
    value, end = scan(text, 0)
    if end != len(text):
        raise ValueError
    return value


def _parse_fast(content: bytes, decode: Callable[[bytes], Any]) -> Any:
    return call(decode, content)


def call(decode: Callable[[bytes], Any], content: bytes) -> Any:
    """What msgspec makes of the text, from a frame deeper."""
    return decode(content)


def find_decoder() -> Callable[[bytes], Any] | None:
    """Msgspec's, or None where it is not installed; for `call`."""
    if _decode is _decode_first:
        _decode_first(b"0")
    return _decode


_END = object()


class Drained(list[Any]):
    """An array that nothing else holds, to be gone through once: each item is let go of as soon as it has been read.

    While a long one is made into models, its JSON is freed at the pace at which they are made: the garbage collector
    has fewer turns, and fewer objects in each.
    """

    def __iter__(self) -> Iterator[Any]:
        self.append(_END)
        self.reverse()
        return iter(self.pop, _END)
