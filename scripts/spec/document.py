"""Read an OpenAPI document (JSON or YAML) as plain data, and write it as canonical JSON."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import YAMLError

from scripts.project import StageError

Document = dict[str, Any]

# Canonical order of the top-level keys: the Fixed Fields table of OpenAPI 3.1, extensions last.
TOP_LEVEL = (
    *("openapi", "info", "jsonSchemaDialect", "servers", "paths", "webhooks", "components"),
    *("security", "tags", "externalDocs"),
)

# Far above what documents nest (Criteo's: 17 levels), far below where recursive readers of the data give up.
DEEPEST = 200
_TOO_DEEP = f"is nested more than {DEEPEST} levels deep"

# A JSON escape can spell one; UTF-8 cannot.
_SURROGATE = re.compile("[\\ud800-\\udfff]")

# Plain scalars of the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#1032-tag-resolution); all else is a string.
_NULL = re.compile(r"null|Null|NULL|~|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class _UnfitError(ValueError):
    """The content can be read, but says something that an OpenAPI document cannot."""


def parse(content: bytes, name: str) -> Document:
    """Return the document in ``content``, JSON or YAML 1.2; a YAML document equals its JSON twin.

    Integers are exact; other numbers are doubles. Refused, because JSON cannot say it or readers disagree on it: a key
    twice in an object, NaN, infinity, numbers beyond a double, YAML tags and aliases, text that is not Unicode.

    Raises:
        StageError: the bytes are empty, HTML, not UTF-8, neither JSON nor YAML, no object, or hold one of the above.
    """
    text = _decode_text(content, name)
    try:
        loaded = _parse_json(text) if text.lstrip().startswith(("{", "[")) else _parse_yaml(text)
        _check_writable(loaded)
    except json.JSONDecodeError as error:
        raise StageError(
            f"{name}: not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}); fetch it again"
        ) from error
    except YAMLError as error:
        raise StageError(f"{name}: not valid YAML ({' '.join(str(error).split())[:200]})") from error
    except _UnfitError as error:
        raise StageError(f"{name}: {error}; this is no document to generate from") from error
    if not isinstance(loaded, dict):
        raise StageError(f"{name}: holds a {type(loaded).__name__} where an OpenAPI document (an object) belongs")
    return loaded


def dump(document: Document) -> bytes:
    """The document as JSON in its own order: two-space indent, UTF-8, final newline."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def canonical(document: Document) -> Document:
    """The document with top-level keys in a fixed order and components by name; all else as it stands."""
    keys = sorted(document, key=lambda key: (TOP_LEVEL.index(key) if key in TOP_LEVEL else len(TOP_LEVEL), key))
    ordered = {key: document[key] for key in keys}
    if isinstance(components := ordered.get("components"), dict):
        ordered["components"] = {
            kind: dict(sorted(named.items())) if isinstance(named, dict) else named
            for kind, named in sorted(components.items())
        }
    return ordered


def _decode_text(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StageError(f"{name}: is not UTF-8 (byte {error.start}); is it an OpenAPI document?") from error
    if not text.strip():
        raise StageError(f"{name}: is empty; fetch it again")
    if text.lstrip()[:1] == "<":
        raise StageError(f"{name}: is HTML or XML, not an OpenAPI document; check the URL")
    return text


def _parse_json(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_build_object,
            parse_int=_parse_integer,
            parse_float=_parse_double,
            parse_constant=_parse_double,
        )
    except RecursionError as error:
        raise _UnfitError(_TOO_DEEP) from error


def _parse_yaml(text: str) -> object:
    # From the parser's events rather than its constructor: no type but JSON's can come of it, whatever the text says.
    parsed: Iterator[events.Event] = YAML(typ="safe", pure=True).parse(text)
    stream = (one for one in parsed if not isinstance(one, (events.StreamStartEvent, events.StreamEndEvent)))
    if next(stream, None) is None:
        raise _UnfitError("holds no YAML document")
    loaded = _read_value(next(stream), stream)
    next(stream)  # the end of this document
    if next(stream, None) is not None:
        raise _UnfitError("holds more than one YAML document")
    return loaded


def _read_value(event: events.Event, stream: Iterator[events.Event], depth: int = 1) -> object:
    if (tag := getattr(event, "tag", None)) is not None:
        raise _UnfitError(f"uses the YAML tag {tag}, which JSON has not")
    if depth > DEEPEST:  # here too, since the scanner grows slower with each level
        raise _UnfitError(_TOO_DEEP)
    if isinstance(event, events.MappingStartEvent):
        keys = _read_until(events.MappingEndEvent, stream)
        return _build_object([(_read_key(key), _read_value(next(stream), stream, depth + 1)) for key in keys])
    if isinstance(event, events.SequenceStartEvent):
        return [_read_value(item, stream, depth + 1) for item in _read_until(events.SequenceEndEvent, stream)]
    if isinstance(event, events.ScalarEvent):
        plain, _ = event.implicit
        return _read_scalar(event.value) if plain else event.value
    raise _UnfitError("uses a YAML alias (*), which JSON has not")


def _read_until(end: type[events.Event], stream: Iterator[events.Event]) -> Iterator[events.Event]:
    return itertools.takewhile(lambda event: not isinstance(event, end), stream)


def _read_key(event: events.Event) -> str:
    """A key is the text it is written as: ``200:`` and ``"200":`` are one."""
    if not isinstance(event, events.ScalarEvent) or event.tag is not None:
        raise _UnfitError("has a YAML key that is not plain text")
    if event.value == "<<":
        raise _UnfitError("uses a YAML merge key (<<), which JSON has not")
    key: str = event.value
    return key


def _read_scalar(text: str) -> object:
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return _parse_integer(text)
    return _parse_double(text) if _FLOAT.fullmatch(text) else text


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise _UnfitError(f"has the key {twice!r} twice in one object")
    return members


def _parse_integer(text: str) -> int:
    try:
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
    except ValueError as error:  # beyond the interpreter's limit of 4300 digits
        raise _UnfitError(f"holds a number of {len(text)} digits") from error


def _parse_double(text: str) -> float:
    if not math.isfinite(number := float(text.replace(".inf", "inf").replace(".nan", "nan"))):
        raise _UnfitError(f"holds {text[:40]}, which is no JSON number or too large for a double")
    return number


def _check_writable(loaded: object) -> None:
    """Refuse what could be read but not written again."""
    level: list[object] = [loaded]
    for _ in range(DEEPEST):
        if not level:
            return
        below: list[object] = []
        for node in level:
            if isinstance(node, dict):
                below += node.keys()
                below += node.values()
            elif isinstance(node, list):
                below += node
            elif isinstance(node, str) and _SURROGATE.search(node):
                raise _UnfitError("holds half of a surrogate pair, which is not Unicode text")
        level = below
    raise _UnfitError(_TOO_DEEP)
