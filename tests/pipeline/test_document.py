"""The reader takes what JSON can say, in JSON or in YAML, and refuses the rest with one clear line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from support.specs import specs_folder

from scripts.project import StageError
from scripts.spec import document

TEXT = st.text(st.characters(codec="utf-8"))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def parse(text: str) -> document.Document:
    """Parse text under the name ``it``."""
    return document.parse(text.encode(), "it")


@given(st.dictionaries(TEXT, JSON_VALUES))
def test_written_documents_are_read_back_as_they_were(content: document.Document) -> None:
    """What dump writes, parse reads, to the last bit."""
    read = document.parse(document.dump(content), "it")

    assert repr(read) == repr(content)


@pytest.mark.parametrize(
    ("yaml", "twin"),
    [
        ("version: 2026-01\nday: 2026-01-31", {"version": "2026-01", "day": "2026-01-31"}),
        ("at: 2026-01-31T10:00:00Z", {"at": "2026-01-31T10:00:00Z"}),
        ("200: {x: 1}\n1.10: a\ntrue: b\nnull: c", {"200": {"x": 1}, "1.10": "a", "true": "b", "null": "c"}),
        ("on: yes\noff: no\ny: 12:30:45\nn: 1_000", {"on": "yes", "off": "no", "y": "12:30:45", "n": "1_000"}),
        (
            "a: 9223372036854775807\nb: 123456789012345678901234567890",
            {"a": 2**63 - 1, "b": 123456789012345678901234567890},
        ),
        ("a: -7\nb: 0x1F\nc: 0o17\nd: 017", {"a": -7, "b": 31, "c": 15, "d": 17}),
        ("a: 1.10\nb: 1e3\nc: .5\nd: '1.10'\ne: 1.0", {"a": 1.1, "b": 1000.0, "c": 0.5, "d": "1.10", "e": 1.0}),
        ("a:\nb: ~\nc: null\nd: ''\ne: 'null'", {"a": None, "b": None, "c": None, "d": "", "e": "null"}),
        ("a: true\nb: False\nc: 'true'", {"a": True, "b": False, "c": "true"}),
        ("a: >-\n  one\n  two\nb: |\n  one\n  two\n", {"a": "one two", "b": "one\ntwo\n"}),
        ("a: [x, {y: z}, []]\nb: {}", {"a": ["x", {"y": "z"}, []], "b": {}}),
        ('a: "\\u2028\\u202e\\0"', {"a": "\u2028\u202e\0"}),
        ("%YAML 1.2\n---\n# said\na: &x 1 # anchored, but never referred to\n...\n", {"a": 1}),
    ],
)
def test_yaml_equals_its_json_twin(yaml: str, twin: document.Document) -> None:
    """YAML gives the same values and types as the JSON that says the same."""
    assert repr(parse(yaml)) == repr(parse(json.dumps(twin))) == repr(twin)


def test_published_cut_is_read_as_another_reader_reads_it() -> None:
    """The published YAML cut comes out as ruamel's own safe loader gives it."""
    folder = specs_folder()
    if folder is None:
        pytest.skip("the published documents are not here: set CRITEO_SPECS to the folder that holds them")
    cut = folder / "retailmedia_2026-01.bulkUpdateAudienceSegments.yaml"

    assert document.parse(cut.read_bytes(), cut.name) == YAML(typ="safe", pure=True).load(cut)


def test_byte_order_mark_is_no_part_of_the_document() -> None:
    """A UTF-8 byte order mark is passed over, in JSON and in YAML."""
    assert document.parse(b'\xef\xbb\xbf{"a": 1}', "it") == document.parse(b"\xef\xbb\xbfa: 1", "it") == {"a": 1}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it: is empty"),
        (b" \n\t", "it: is empty"),
        (b"\xef\xbb\xbf", "it: is empty"),
        (b"# only a comment", "it: holds no YAML document"),
        (b"<!doctype html><html>", "it: is HTML or XML"),
        (b'\n <?xml version="1.0"?>', "it: is HTML or XML"),
        (b'{"a": 1', r"it: not valid JSON \(line 1, column 8"),
        (b'{"a": "\0"}', r"it: not valid JSON"),
        (b"{'a': 1}", r"it: not valid JSON"),
        (b"a: [1", "it: not valid YAML"),
        (b"a: b: c", "it: not valid YAML"),
        (b"a: \0", "it: not valid YAML"),
        (b"a: 1\n\tb: 2", "it: not valid YAML"),
        (b"\xff\xfe{\0}\0", r"it: is not UTF-8 \(byte 0\)"),
        (b'{"a": "\xe9"}', r"it: is not UTF-8 \(byte 7\)"),
        (b"[1, 2]", "it: holds a list where"),
        (b"just text", "it: holds a str where"),
        (b"17", "it: holds a int where"),
        (b'{"a": 1, "b": {"c": 1, "c": 1}}', "it: has the key 'c' twice"),
        (b"b:\n  200: 1\n  '200': 2", "it: has the key '200' twice"),
        (b'{"a": NaN}', "it: holds NaN"),
        (b'{"a": -Infinity}', "it: holds -Infinity"),
        (b'{"a": 1e400}', "it: holds 1e400"),
        (b"a: .nan", "it: holds .nan"),
        (b"a: -.inf", "it: holds -.inf"),
        (b"a: 1e400", "it: holds 1e400"),
        (b'{"a": ' + b"9" * 5000 + b"}", "it: holds a number of 5000 digits"),
        (b"a: " + b"9" * 5000, "it: holds a number of 5000 digits"),
        (b'{"a": "\\ud800"}', "it: holds half of a surrogate pair"),
        (b'{"\\udfff": 1}', "it: holds half of a surrogate pair"),
        (b"a: &x [1]\nb: *x", "it: uses a YAML alias"),
        (b"a: &x [*x]", "it: uses a YAML alias"),
        (b"a: &x {b: 1}\nc:\n  <<: *x", "it: uses a YAML merge key"),
        (b"a: !!python/object/apply:os.system [id]", "it: uses the YAML tag"),
        (b"a: !!str 1", "it: uses the YAML tag"),
        (b"!!set {a, b}", "it: uses the YAML tag"),
        (b"!!str a: 1", "it: has a YAML key that is not plain text"),
        (b"? [a]\n: 1", "it: has a YAML key that is not plain text"),
        (b"a: 1\n---\nb: 2", "it: holds more than one YAML document"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "it: is nested more than 200 levels"),
        (b'{"a":' * 100_000, "it: is nested more than 200 levels"),
        (b"a: " + b"[" * 300 + b"]" * 300, "it: is nested more than 200 levels"),
        (b"a: " + b"[" * 5_000, "it: is nested more than 200 levels"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else "",
)
def test_unfit_content_is_refused_in_one_line(content: bytes, why: str) -> None:
    """What is no OpenAPI document, or means different things to different readers, is refused by name."""
    with pytest.raises(StageError, match=rf"^{why}") as caught:
        document.parse(content, "it")
    assert "\n" not in str(caught.value)


def test_alias_bomb_is_refused_before_it_grows() -> None:
    """A document of aliases to aliases is refused at its first alias."""
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{this}: &{this} [{', '.join([f'*{last}'] * 9)}]\n" for last, this in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(StageError, match="alias"):
        parse(bomb)


def test_canonical_form_fixes_the_order_of_top_level_keys_and_components_alone() -> None:
    """Top-level keys stand in OpenAPI's order, extensions last, components by name; all else stays in its order."""
    shuffled = {
        "x-b": 1,
        "tags": [],
        "components": {"securitySchemes": {}, "schemas": {"B": {"z": 1, "a": 2}, "A": {}}},
        "x-a": 1,
        "paths": {"/z": {}, "/a": {}},
        "openapi": "3.0.1",
    }
    assert document.dump(document.canonical(shuffled)) == document.dump(
        {
            "openapi": "3.0.1",
            "paths": {"/z": {}, "/a": {}},
            "components": {"schemas": {"A": {}, "B": {"z": 1, "a": 2}}, "securitySchemes": {}},
            "tags": [],
            "x-a": 1,
            "x-b": 1,
        }
    )


def test_files_in_the_repository_are_canonical() -> None:
    """openapi/upstream.json stands in the form that dump and canonical give."""
    upstream = Path(__file__).parents[2] / "openapi" / "upstream.json"

    assert document.dump(document.canonical(document.parse(upstream.read_bytes(), "it"))) == upstream.read_bytes()
