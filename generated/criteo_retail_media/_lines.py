"""Newline-delimited JSON, put together from pieces that end anywhere."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from . import _json
from .errors import AnswerTooLargeError, DecodeError, one_line


class JsonLines:
    """Reads the objects of the lines; blank lines are passed over. Only lines without an end are held."""

    def __init__(self, operation: str = "", limit: float = math.inf) -> None:
        self.operation = operation
        self.limit = limit  # bytes of a line
        self.number = 0  # lines that were read
        self.begun: list[bytes] = []

    def take(self, piece: bytes) -> Iterator[dict[str, Any]]:
        """The objects of the lines that end in the piece.

        Raises:
            errors.DecodeError: a line is no JSON object; the objects before it were given out.
        """
        end = piece.rfind(b"\n") + 1
        if not end:
            self.begun.append(piece)
            if sum(map(len, self.begun)) > self.limit:
                raise self._too_large()
            return iter(())
        block = b"".join((*self.begun, piece[:end]))
        self.begun = [piece[end:]] if end < len(piece) else []
        return self._decode(block)

    def end(self) -> Iterator[dict[str, Any]]:
        """The object of a last line that has no end."""
        block, self.begun = b"".join(self.begun), []
        return self._decode(block)

    def _decode(self, block: bytes) -> Iterator[dict[str, Any]]:
        if decode := _json.find_decoder():
            return self._read(block.removesuffix(b"\n").split(b"\n"), partial(_json.call, decode))
        try:
            return self.read(block.decode())
        except UnicodeDecodeError:  # another encoding, or a line that is broken
            return self._read(block.removesuffix(b"\n").split(b"\n"), json.loads)

    def read(self, text: str) -> Iterator[dict[str, Any]]:
        """The objects of the lines of a text; its last line may have no end."""
        return self._read(text.removesuffix("\n").split("\n"), _scan)

    def _read(self, lines: list[Any], decode: Callable[[Any], Any]) -> Iterator[dict[str, Any]]:
        for line in lines:
            if len(line) > self.limit:
                raise self._too_large()
            self.number += 1
            try:
                value = decode(line)
            except (ValueError, StopIteration, RecursionError):
                value = None
            if type(value) is dict:
                yield value
            elif content := (line if isinstance(line, bytes) else line.encode()).strip():
                yield self._read_one(content)

    def _read_one(self, line: bytes) -> dict[str, Any]:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"is not JSON ({one_line(str(error))})", line) from error
        if not isinstance(value, dict):
            raise self._wrong("is not a JSON object", line)
        return value

    def _too_large(self) -> AnswerTooLargeError:
        return AnswerTooLargeError(int(self.limit), operation=self.operation)

    def _wrong(self, reason: str, line: bytes) -> DecodeError:
        return DecodeError(reason, path=f"line {self.number}", content=line, operation=self.operation)


def _scan(line: str) -> Any:
    value, end = _json.scan(line, 0)
    return value if end == len(line) else None
