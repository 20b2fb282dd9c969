"""Newline-delimited JSON, put together from pieces that end anywhere."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
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
            self._bound(sum(map(len, self.begun)))
            return iter(())
        block = b"".join((*self.begun, piece[:end]))
        self.begun = [piece[end:]] if end < len(piece) else []
        return self._decode(block)

    def end(self) -> Iterator[dict[str, Any]]:
        """The object of a last line that has no end."""
        block, self.begun = b"".join(self.begun), []
        return self._decode(block)

    def read(self, text: str) -> Iterator[dict[str, Any]]:
        """The objects of the lines of a text; its last line may have no end."""
        begin, length = 0, len(text)
        while begin < length:
            stop = text.find("\n", begin)
            stop = stop if stop >= 0 else length
            self._bound(stop - begin)
            try:
                value, end = _json.scan(text, begin)
            except (ValueError, StopIteration, RecursionError):
                value, end = None, -1
            if end == stop and type(value) is dict:
                self.number += 1
                yield value
            else:
                yield from self._one(text[begin:stop].encode())
            begin = stop + 1

    def _decode(self, block: bytes) -> Iterator[dict[str, Any]]:
        if decode := _json.find_decoder():
            yield from self._decode_fast(block, decode)
            return
        try:
            text = block.decode()
        except UnicodeDecodeError:  # another encoding, or a line that is broken
            for line in block.removesuffix(b"\n").split(b"\n"):
                self._bound(len(line))
                yield from self._one(line)
        else:
            yield from self.read(text)

    def _decode_fast(self, block: bytes, decode: Callable[[bytes], Any]) -> Iterator[dict[str, Any]]:
        for line in block.removesuffix(b"\n").split(b"\n"):
            if len(line) > self.limit:
                self._bound(len(line))
            try:
                value = _json.call(decode, line)
            except (ValueError, RecursionError):
                value = None
            if type(value) is dict:
                self.number += 1
                yield value
            else:
                yield from self._one(line)

    def _one(self, line: bytes) -> list[dict[str, Any]]:
        """The object of one line, or none where it is blank."""
        self.number += 1
        line = line.strip()
        if not line:
            return []
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"is not JSON ({one_line(str(error))})", line) from error
        if not isinstance(value, dict):
            raise self._wrong("is not a JSON object", line)
        return [value]

    def _bound(self, size: int) -> None:
        if size > self.limit:
            raise AnswerTooLargeError(int(self.limit), operation=self.operation)

    def _wrong(self, reason: str, line: bytes) -> DecodeError:
        return DecodeError(reason, path=f"line {self.number}", content=line, operation=self.operation)
