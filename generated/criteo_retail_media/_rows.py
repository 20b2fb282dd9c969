"""Rows, one at a time, out of text that comes in pieces: of a file of any format of the API, and JSON line by line."""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from . import _json
from .errors import AnswerTooLargeError, DecodeError, one_line
from .types import UNSET

CHUNK = 1 << 18  # characters read at once, some thousand rows
LONGEST_VALUE = 1 << 26  # characters of one row; what is longer is no row
CAREFUL = 500  # rows read one by one where a chunk cannot be read at once
AFTER_VALUE = " \t\r\n,:]}"
CLOSING = {"{": "}", "[": "]"}

_decode = json.JSONDecoder().raw_decode
# How HTML and XML begin, and what only binary files hold.
_NO_NAME = re.compile(r"\s*<(!doctype|html|\?xml)|[^\0-\x08]*[\0-\x08]", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n]*")


def rows(source: str | os.PathLike[str] | BinaryIO) -> Generator[dict[str, Any]]:
    """The rows of a report's file, as dicts by the names of the columns.

    The formats are told apart by how they begin: ``json`` (an array of objects), ``json-compact`` (``columns`` and
    ``data``), ``json-newline`` (an object a line) and ``csv``. The values are as the API wrote them: those of a CSV
    file are all text. Some thousand rows are held at a time, however large the file is.

    Args:
        source: path of the file, which is opened with the first row, or a file that is open for reading.

    Raises:
        TypeError: ``source`` is neither.
        OSError: while iterating: the file cannot be read.
        errors.DecodeError: while iterating: the file breaks off, or is of none of the formats; ``path`` says at which
            row. The rows before it were given out.
    """
    if not isinstance(source, str | os.PathLike) and not hasattr(source, "read"):
        raise TypeError(f"source is a {type(source).__name__}: give a path, or a file that is open for reading")
    return _rows(source)


def _rows(source: str | os.PathLike[str] | BinaryIO) -> Generator[dict[str, Any]]:
    with Path(source).open("rb") if isinstance(source, str | os.PathLike) else nullcontext(source) as file:
        text = _Text(file)
        match text.peek():
            case "":
                return
            case "[":
                text.skip("[")
                yield from text.objects()
                text.end()
            case "{":
                yield from _rows_of_objects(text)
            case _:
                yield from _csv_rows(text)


def _rows_of_objects(text: _Text) -> Iterator[dict[str, Any]]:
    """Those of one object with ``columns`` and ``data``, or of objects that are rows themselves, one a line."""
    members: dict[str, Any] = {}
    is_compact = False
    for name in text.members():
        if name == "data" and text.peek() == "[":
            is_compact = True
            yield from _data_rows(text, members.get("columns"))
        else:
            members[name] = text.value()
    if is_compact or (isinstance(members.get("columns"), list) and members.get("data", UNSET) is None):
        text.end()
        return
    text.row += 1
    yield members
    lines = JsonLines()  # what is left begins with the end of the first line
    for block in text.blocks():
        yield from lines.read(block)


def _data_rows(text: _Text, columns: Any) -> Iterator[dict[str, Any]]:
    text.skip("[")
    if text.peek() == "{":
        return text.objects()
    if columns is None:
        raise text.wrong("has no `columns` before its `data`")
    return text.records(text.names(columns), text.elements())


def _csv_rows(text: _Text) -> Iterator[dict[str, Any]]:
    lines = (line for block in text.blocks() for line in io.StringIO(block, "\n"))
    reader = csv.reader(lines, strict=True)
    try:
        yield from text.records(text.names(next(reader)), filter(None, reader))
    except csv.Error as error:
        raise text.wrong(f"is no CSV ({error})", next_row=True) from error


class _Text:
    """The file's text: what was read and not yet used, and JSON out of it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.buffer = ""
        self.place = 0
        self.over = False
        self.row = 0  # rows that were read

    # --- reading ---

    def more(self) -> bool:
        """Read on; False where the file is over."""
        piece = ""
        while not piece and not self.over:
            read: bytes | str = self.file.read(max(CHUNK, len(self.buffer) - self.place))
            self.over = not read
            try:
                piece = read if isinstance(read, str) else self.decoder.decode(read, final=self.over)
            except UnicodeDecodeError as error:
                raise self.wrong(f"is no UTF-8 ({error.reason})", next_row=True) from error
        self.buffer = self.buffer[self.place :] + piece
        self.place = 0
        return bool(piece)

    def peek(self) -> str:
        """The next character that is no space, or nothing at the end."""
        while True:
            self.place = _SPACES.match(self.buffer, self.place).end()  # type: ignore[union-attr] # matches anything
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            if not self.more():
                return ""

    def skip(self, expected: str) -> None:
        """Go past the character."""
        if (found := self.peek()) != expected:
            raise self.wrong(f"has {found!r} where {expected!r} belongs" if found else "breaks off", next_row=True)
        self.place += 1

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self.peek():
            raise self.wrong("goes on after its end")

    def blocks(self) -> Iterator[str]:
        """What is left, in blocks of whole lines."""
        while self.place < len(self.buffer) or self.more():
            end = self.buffer.rfind("\n", self.place) + 1
            if not end:
                if self.more():
                    continue
                end = len(self.buffer)
            block, self.place = self.buffer[self.place : end], end
            yield block

    # --- JSON ---

    def value(self) -> Any:
        """The next value."""
        self.peek()
        while True:
            try:
                value, end = _decode(self.buffer, self.place)
            except (ValueError, RecursionError) as error:
                if len(self.buffer) - self.place < LONGEST_VALUE and self.more():
                    continue  # it may have been cut
                raise self.wrong(f"is not JSON, or breaks off ({error})", next_row=True) from error
            if (end == len(self.buffer) or self.buffer[end] not in AFTER_VALUE) and self.more():
                continue  # a number may have been cut: "0." begins with one
            self.place = end
            return value

    def values_before(self, closing: str) -> Iterator[None]:
        """Once for each value, or pair of them, up to the closing bracket; the caller reads it."""
        is_first = True
        while self.peek() != closing:
            if not is_first:
                self.skip(",")
            is_first = False
            yield
        self.place += 1

    def members(self) -> Iterator[str]:
        """The names of an object's members; the caller reads the value before it takes the next name."""
        self.skip("{")
        for _ in self.values_before("}"):
            name = self.value()
            self.skip(":")
            if not isinstance(name, str):
                raise self.wrong("has a name that is no text", next_row=True)
            yield name

    def elements(self) -> Iterator[Any]:
        """The elements of an array that was begun."""
        careful = 0
        for _ in self.values_before("]"):
            if not careful and (found := self._many()):
                yield from found
            else:
                careful = (careful or CAREFUL) - 1
                yield self.value()

    def _many(self) -> list[Any]:
        """As many elements as are in the buffer, read at once; none where that cannot be.

        What is between the beginning of an element and any closing bracket is a sequence of whole elements if, and only
        if, it can be read as one.
        """
        if len(self.buffer) - self.place < CHUNK // 2:
            self.more()
        closing = CLOSING.get(self.peek())
        end = len(self.buffer)
        for _ in range(3 if closing else 0):  # the last may close the array itself
            end = self.buffer.rfind(closing or "", self.place, end)
            if end < 0:
                break
            try:
                found: list[Any] = json.loads(f"[{self.buffer[self.place : end + 1]}]")
            except (ValueError, RecursionError):
                continue
            self.place = end + 1
            return found
        return []

    # --- rows ---

    def objects(self) -> Iterator[dict[str, Any]]:
        """The rows of an array of objects that was begun."""
        for row in self.elements():
            self.row += 1
            if type(row) is not dict:
                raise self.wrong("is no JSON object")
            yield row

    def records(self, names: Sequence[str], rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
        """The rows, which are lists, by the names of their columns."""
        for row in rows:
            self.row += 1
            if type(row) is not list or len(row) != len(names):
                raise self.wrong(f"is not of {len(names)} values, as there are columns")
            yield dict(zip(names, row, strict=True))

    def names(self, columns: Any) -> list[str]:
        """The names of the columns."""
        if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
            raise self.wrong("has no list of names as its columns")
        if any(map(_NO_NAME.match, columns)):
            raise self.wrong("is a page or an archive, and no report")
        if len(set(columns)) < len(columns):
            raise self.wrong("names a column twice")
        return columns

    def wrong(self, reason: str, *, next_row: bool = False) -> DecodeError:
        """The error for the row that was read last, or for the next one."""
        number = self.row + next_row
        return DecodeError(reason, path=f"row {number}" if number else "")


# --- lines ---


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
