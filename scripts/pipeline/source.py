"""openapi/source.toml: what a person chose to fetch, and what was fetched last."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from scripts import stage
from scripts.stage import StageError

_FETCHED = "\n# What `make fetch` found: written by it, never by hand.\n[fetched]\n"
_VERSION = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_TOML_ARRAY = r"""\[(?:"(?:[^"\\]|\\.)*"|'[^']*'|\#[^\n]*|[^\]"'\#])*\]"""


@dataclass(frozen=True)
class Fetched:
    """What the last fetch found. ``origin`` is a URL, or a local file's name (no path of anyone's machine)."""

    origin: str = ""
    date: str = ""
    etag: str = ""
    sha256_downloaded: str = ""
    sha256_kept: str = ""


@dataclass(frozen=True)
class Source:
    """What a person wrote: the URL with ``{version}`` in it, the API version, the operations kept, the release."""

    url: str
    version: str
    operations: tuple[str, ...]
    release: int
    fetched: Fetched = Fetched()

    def __post_init__(self) -> None:
        # It becomes part of a URL and of the distribution's version.
        if not _VERSION.fullmatch(self.version):
            raise StageError(f"{self.version} is no API version; one looks like 2026-01")

    @property
    def document_url(self) -> str:
        """Where the document of this version is published."""
        return self.url.replace("{version}", self.version)

    @property
    def distribution(self) -> str:
        """The version of the distribution."""
        return distribution_version(self.version, self.release)

    def at(self, version: str) -> Source:
        """The same choices for an API version; another version begins at release 0."""
        return self if version == self.version else replace(self, version=version, release=0)


def distribution_version(api_version: str, release: int) -> str:
    """The distribution's version: that of the API, then the number of the release."""
    year, month = api_version.split("-")
    return f"{int(year)}.{int(month)}.{release}"


def text() -> str:
    """The text of source.toml.

    Raises:
        StageError: it is missing or not UTF-8.
    """
    try:
        return stage.SOURCE.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StageError(f"{stage.relative(stage.SOURCE)}: cannot be read ({error}); restore it from git") from error


def read(text: str) -> Source:
    """Read source.toml.

    Raises:
        StageError: it is not TOML, or a key is missing or of the wrong type.
    """
    name = stage.relative(stage.SOURCE)
    try:
        table = tomllib.loads(text)
        operations = _typed(table, "operations", list)
        fetched = table.get("fetched", {})
        return Source(
            url=_typed(table, "url", str),
            version=_typed(table, "version", str),
            operations=tuple(_typed({"operations": entry}, "operations", str) for entry in operations),
            release=_typed(table, "release", int),
            fetched=Fetched(
                **{key: _typed(fetched, key, str) for key in Fetched.__dataclass_fields__ if key in fetched}
            ),
        )
    except tomllib.TOMLDecodeError as error:
        raise StageError(f"{name}: not valid TOML ({error})") from error
    except StageError as error:
        raise StageError(f"{name}: {error}") from error


def rewrite(text: str, source: Source) -> str:
    """``text`` with the values of ``source``; a person's comments and order stay.

    Raises:
        StageError: the text is written in a way this cannot edit.
    """
    head = text.split(_FETCHED)[0]
    for key, pattern, value in (
        ("version", r'"[^"\n]*"', _quoted(source.version)),
        ("operations", _TOML_ARRAY, _array(source.operations)),
        ("release", r"\d+", str(source.release)),
    ):
        if found := re.search(rf"(?m)^{key} = {pattern}", head):
            head = f"{head[: found.start()]}{key} = {value}{head[found.end() :]}"
    facts = "".join(f"{key} = {_quoted(value)}\n" for key, value in vars(source.fetched).items())
    rewritten = head + _FETCHED + facts
    if read(rewritten) != source:
        raise StageError(
            f"{stage.relative(stage.SOURCE)}: cannot be edited by this script; "
            'write it as `version = "…"`, `operations = ["…"]`, `release = 0`, each at the start of its line'
        )
    return rewritten


def _typed(table: dict[str, Any], key: str, kind: type) -> Any:
    value = table.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise StageError(f"{key} must be given, as a {'string' if kind is str else kind.__name__}")
    return value


def _array(entries: Sequence[str]) -> str:
    if len(entries) == 1:
        return f"[{_quoted(entries[0])}]"
    return "[\n" + "".join(f"    {_quoted(entry)},\n" for entry in entries) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a TOML basic string, but for U+007F, which `rewrite` would notice
