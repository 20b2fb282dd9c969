"""`reports.rows`: every row of every format, from pieces that end anywhere, in flat memory."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from criteo_retail_media import reports
from criteo_retail_media.errors import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

Table = tuple[list[str], list[list[Any]]]


def as_json(columns: list[str], values: list[list[Any]], **how: Any) -> str:
    """An array of objects."""
    return json.dumps([dict(zip(columns, row, strict=True)) for row in values], **how)


def as_compact(columns: list[str], values: list[list[Any]], **how: Any) -> str:
    """One object, with more about the report around its data."""
    return json.dumps({"report": {"data": 1}, "columns": columns, "data": values, "rows": [len(values)]}, **how)


def as_lines(columns: list[str], values: list[list[Any]], **how: Any) -> str:
    """An object a line."""
    return "".join(json.dumps(dict(zip(columns, row, strict=True)), **how) + "\n" for row in values)


def as_csv(columns: list[str], values: list[list[Any]], **how: Any) -> str:
    """Comma-separated, the lines ended as RFC 4180 has it."""
    file = io.StringIO()
    csv.writer(file).writerows([columns, *values])
    return file.getvalue()


class Pieces(io.RawIOBase):
    """A file that gives a few bytes at a time."""

    def __init__(self, content: bytes, most: int) -> None:
        self.file = io.BytesIO(content)
        self.most = most

    def read(self, size: int = -1) -> bytes:
        """The next bytes, and fewer than asked for."""
        return self.file.read(min(size, self.most))


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=5).filter(
    lambda name: name not in ("columns", "data") and not name.startswith(("{", "["))
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8))
values = st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(st.text(max_size=3), scalars, max_size=2))


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[Any] = values) -> Table:
    """Some columns, and rows of them."""
    columns = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    return columns, draw(st.lists(st.lists(cells, min_size=len(columns), max_size=len(columns)), max_size=8))


def dicts(table: Table) -> list[dict[str, Any]]:
    """The rows as they should come."""
    columns, rows = table
    return [dict(zip(columns, row, strict=True)) for row in rows]


@settings(max_examples=50)
@given(
    tables(),
    st.sampled_from([as_json, as_compact, as_lines]),
    st.integers(1, 60),
    st.booleans(),
    st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_json_comes_as_it_was_written(
    table: Table, write: Callable[..., str], most: int, ascii_only: bool, mark: bytes
) -> None:
    """Any JSON values in any of the three formats, with and without a byte order mark, cut anywhere."""
    content = write(*table, ensure_ascii=ascii_only)
    encoded = mark + content.encode("utf-8", "surrogatepass")
    assert list(reports.rows(Pieces(encoded, most))) == dicts(table)  # type: ignore[arg-type]
    assert list(reports.rows(io.BytesIO(encoded))) == dicts(table)


@settings(max_examples=50)
@given(tables(), st.sampled_from([as_json, as_compact]), st.integers(1, 60))
def test_json_may_be_indented(table: Table, write: Callable[..., str], most: int) -> None:
    """Spaces and line ends between values mean nothing."""
    content = write(*table, indent=2).encode()
    assert list(reports.rows(Pieces(content, most))) == dicts(table)  # type: ignore[arg-type]


csv_texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(max_examples=50)
@given(tables(csv_texts), st.integers(1, 60))
def test_csv_comes_as_text(table: Table, most: int) -> None:
    """Quoted separators, quotes and line ends included; a line that is blank is no row."""
    columns, rows = table
    content = as_csv(columns, rows).encode()
    assert list(reports.rows(Pieces(content, most))) == dicts(table)  # type: ignore[arg-type]


@pytest.mark.parametrize("write", [as_json, as_compact, as_lines, as_csv])
def test_many_rows_are_read_from_a_path(tmp_path: Path, write: Callable[..., str]) -> None:
    """More than are read at once; the file is closed at the end and where the iteration is left."""
    table = (["day", "spend"], [[f"2026-01-{n % 28 + 1:02}", str(n / 7)] for n in range(10_000)])
    path = tmp_path / "report"
    path.write_text(write(*table), encoding="utf-8", newline="")
    assert list(reports.rows(path)) == dicts(table)
    some = reports.rows(str(path))
    assert next(some) == dicts(table)[0]
    some.close()


@pytest.mark.parametrize("write", [as_json, as_compact, as_lines, as_csv])
def test_memory_is_flat(write: Callable[..., str]) -> None:
    """Three times the rows take no more of it."""

    def peak(count: int) -> int:
        columns, rows = ["day", "clicks", "spend"], [["2026-01-01", n, n / 7] for n in range(count)]
        file = io.BytesIO(write(columns, rows).encode())
        tracemalloc.start()
        for _ in reports.rows(file):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(45_000) < 1.5 * peak(15_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"\xef\xbb\xbf",
        b"[]",
        b'{"columns": [], "data": []}',
        b'{"columns": ["a"], "data": []}',
        b'{"columns": ["a"], "data": null}',
        b"a,b\r\n",
    ],
)
def test_a_report_without_rows(content: bytes) -> None:
    """Is none, in any format."""
    assert list(reports.rows(io.BytesIO(content))) == []


def test_text_files_will_do() -> None:
    """They are decoded already."""
    assert list(reports.rows(io.StringIO('[{"a": 1}]'))) == [{"a": 1}]  # type: ignore[arg-type]


def test_an_object_whose_columns_are_called_so() -> None:
    """A row may have a column of any name, as long as it holds no list."""
    rows = [{"columns": 3, "data": None}, {"data": "x"}]
    assert list(reports.rows(io.BytesIO(as_rows(rows)))) == rows
    wrapped = {"data": rows}
    assert list(reports.rows(io.BytesIO(json.dumps(wrapped).encode()))) == rows


def as_rows(rows: list[dict[str, Any]]) -> bytes:
    """An object a line."""
    return b"\n".join(json.dumps(row).encode() for row in rows)


@pytest.mark.parametrize(
    ("content", "given_out", "text"),
    [
        (b'[{"a": 1}, {"a": 2}, {"a', 2, "row 3: is not JSON, or breaks off"),
        (b'[{"a": 1}, {"a": 2}', 2, "row 3: breaks off"),
        (b'[{"a": 1} {"a": 2}]', 1, "row 2: has '{' where ',' belongs"),
        (b'[{"a": 1}, 3]', 1, "row 2: is no JSON object"),
        (b'[{"a": 1}, [3]]', 1, "row 2: is no JSON object"),
        (b"[1, 2]", 0, "row 1: is no JSON object"),
        (b'[{"a": 1},]', 1, "row 2: is not JSON"),
        (b'{"columns": ["a"], "data": [[1], [2, 3]]}', 1, "row 2: is not of 1 values, as there are columns"),
        (b'{"columns": ["a"], "data": [[1], 2]}', 1, "row 2: is not of 1 values"),
        (b'{"columns": ["a"], "data": [[1], [2]', 2, "row 3: breaks off"),
        (b'{"columns": ["a"], "data": [[1]]', 1, "row 2: breaks off"),
        (b'{"columns": ["a", "a"], "data": [[1, 2]]}', 0, "names a column twice"),
        (b'{"columns": [1], "data": [[1]]}', 0, "has no list of names as its columns"),
        (b'{"data": [[1]], "columns": ["a"]}', 0, "has no `columns` before its `data`"),
        (b'{"columns": ["a"], "data": [[1]]} x', 1, "row 1: goes on after its end"),
        (b'{"a": 1}\n{"a": 2}\n{"a": ', 2, "line 3: is not JSON"),
        (b'{"a": 1}\n[1]', 1, "line 2: is not a JSON object"),
        (b"a,b\r\n1,2\r\n3\r\n", 1, "row 2: is not of 2 values, as there are columns"),
        (b'a,b\r\n1,2\r\n3,"4', 1, "row 2: is no CSV"),
        (b"a,a\r\n1,2\r\n", 0, "names a column twice"),
        (b"a,b\r\n1,\xff\r\n", 0, "row 1: is no UTF-8"),
        (b'[{"a": "\xff"}]', 0, "row 1: is no UTF-8"),
    ],
)
def test_a_file_that_is_broken(content: bytes, given_out: int, text: str) -> None:
    """The rows before the fault are given out, and the error tells the row."""
    found: list[Any] = []
    with pytest.raises(DecodeError, match="^" + text.replace("[", r"\[")):
        found.extend(collect(found, reports.rows(io.BytesIO(content))))
    assert len(found) == given_out


def collect(found: list[Any], rows: Iterator[Any]) -> list[Any]:
    """Keep what comes before an error."""
    for row in rows:
        found.append(row)
    return []


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """At once; a file that is missing is one when it is opened."""
    with pytest.raises(TypeError, match="source is a int: give a path, or a file that is open for reading"):
        reports.rows(7)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        next(reports.rows(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'[{"a": 1}] x', "goes on after its end"),
        (b"[][]", "goes on after its end"),
        (b"<!DOCTYPE html>\n<html>\n", "is a page"),
        (b"<?xml version='1.0'?>\n<a/>", "is a page"),
        (b"PK\x03\x04\x00\x00", "is a page or an archive"),
    ],
)
def test_file_that_is_no_report_is_not_one_without_rows(content: bytes, reason: str) -> None:
    """A page, an archive or what comes after the array's end is never passed over."""
    with pytest.raises(DecodeError, match=reason):
        list(reports.rows(io.BytesIO(content)))
