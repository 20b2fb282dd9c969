"""JSON text is read alike by `json` and by msgspec, where that is installed: the same results, the same errors."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from criteo_retail_media import _json
from hypothesis import given
from hypothesis import strategies as st

ODD = {
    "an empty text": b"",
    "an integer of 30 digits": b"123456789012345678901234567890",
    "an integer of too many digits": b"9" * 5000,
    "the largest of 64 bits and one more": b"[18446744073709551615, 18446744073709551616, -9223372036854775809]",
    "minus zero": b"[-0, -0.0]",
    "a number beyond floats": b"1e400",
    "the smallest floats": b"[5e-324, 2.2250738585072011e-308, 1e-400]",
    "a float of many digits": b"12345678901234567890.123456789012345678901234567890e-20",
    "no number of JSON": b"[NaN, Infinity, -Infinity]",
    "a lone surrogate": b'"\\ud800"',
    "a pair of surrogates": b'"\\ud83d\\ude00"',
    "a surrogate as bytes": b'"\xed\xa0\x80"',
    "a control character": b'"\x01"',
    "a zero": b'"\\u0000"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"é": 1}'.encode("utf-16"),
    "UTF-32 without a mark": '{"é": 1}'.encode("utf-32-le"),
    "Latin-1": '"é"'.encode("latin-1"),
    "a key twice": b'{"a": 1, "a": 2}',
    "a hundred levels": b"[" * 100 + b"]" * 100,
    "a hundred thousand levels": b"[" * 100_000,
    "a comma too many": b"[1,]",
    "white space around": b" \r\n\t[1] \r\n\t",
    "space that is none of JSON": b"[1]\x0b\xc2\xa0",
    "two values": b"1 2",
    "a number that begins with zero": b"01",
    "no line separator of JSON": b"1\xe2\x80\xa8",
}


def read(loads: Any, content: bytes) -> tuple[str, str]:
    """What came out, told so that 1 is not 1.0, and NaN is itself; or the error."""
    try:
        return "value", repr(loads(content))
    except (ValueError, RecursionError) as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("content", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("is_fast", [True, False], ids=["fast", "plain"])
def test_odd_texts_are_read_alike(content: bytes, is_fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With msgspec and without it, as `json` reads them."""
    if is_fast:
        pytest.importorskip("msgspec", reason="the extra `fast` is not installed")
    else:
        monkeypatch.setattr(_json, "_decode", None)
    assert read(_json.loads, content) == read(json.loads, content)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["arrays", "objects"])
@pytest.mark.parametrize("inner", [b"1", b"NaN"], ids=["plain", "refused by msgspec"])
def test_the_depth_that_is_read_is_the_same(opening: bytes, inner: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """How deeply a text may be nested depends neither on msgspec nor on what is in it."""

    closing = b"]" if opening == b"[" else b"}"
    texts = [opening * depth + inner + closing * depth for depth in range(500, sys.getrecursionlimit() + 1)]

    def deepest(loads: Any) -> int:
        count = 0
        for text in texts:
            try:
                loads(text)
            except RecursionError:
                break
            count += 1
        return count

    found = [deepest(json.loads), deepest(_json.loads)]
    monkeypatch.setattr(_json, "_decode", None)
    found.append(deepest(_json.loads))
    assert 0 < found[0] < len(texts)
    assert found == [found[0]] * 3


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=VALUES, ascii_only=st.booleans())
def test_any_value_is_read_alike(value: Any, ascii_only: bool) -> None:
    """Floats to the last bit, integers of any size, any text."""
    content = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert read(_json.loads, content) == read(json.loads, content)


@given(content=st.binary(max_size=30) | st.from_regex(rb"[\[\]{}\",:0-9eE+.tfn\\u\- ]{0,20}", fullmatch=True))
def test_any_bytes_are_read_alike(content: bytes) -> None:
    """What is no JSON is the same error."""
    assert read(_json.loads, content) == read(json.loads, content)
