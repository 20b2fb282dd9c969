"""openapi/source.toml: what a person chose to fetch, and what was fetched last."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any

import tomlkit

from scripts.project import Project, StageError, naming

_FETCHED = "What `make fetch` found: written by it, never by hand."
_STABLE = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
# Versions whose name is a word. Their documents spell it with a capital, their paths without.
_TIERS = ("preview", "experimental")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")


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
    """What a person wrote: the URL with ``{version}`` in it, API version, operations kept, hosts trusted, release."""

    url: str
    version: str
    operations: tuple[str, ...]
    hosts: tuple[str, ...]
    release: int
    fetched: Fetched = Fetched()

    def __post_init__(self) -> None:
        # It becomes part of a URL and of the distribution's version.
        if not is_api_version(self.version):
            raise StageError(f"{self.version} is no API version; one looks like 2026-01, or is {' or '.join(_TIERS)}")
        if odd := [host for host in self.hosts if not _HOST.fullmatch(host)]:
            raise StageError(f"hosts: {odd[0]!r} is no host; one looks like api.criteo.com")
        if self.release < 0:
            raise StageError("release must be 0 or more")

    @property
    def document_url(self) -> str:
        """Where the document of this version is published."""
        return self.url.replace("{version}", self.version)

    @property
    def distribution(self) -> str:
        """The version of the distribution."""
        return distribution_version(self.version, self.release)

    @property
    def twin(self) -> str:
        """The API version whose distributions are numbered like this one's, 0.0.N; empty where none is."""
        return next((tier for tier in _TIERS if self.version in _TIERS and tier != self.version), "")

    def at(self, version: str) -> Source:
        """The same choices for an API version; another version begins at release 0."""
        return self if version == self.version else replace(self, version=version, release=0)


def is_api_version(text: str) -> bool:
    """Whether a text names an API version: ``2026-01``, ``preview``, ``experimental``."""
    return text in _TIERS or bool(_STABLE.fullmatch(text))


def api_version(stated: object) -> str:
    """The API version that a document states in ``info.version``, as URLs and ``VERSION=`` write it."""
    return str(stated).lower() if str(stated).lower() in _TIERS else str(stated)


def distribution_version(version: str, release: int) -> str:
    """The distribution's version: the API version, then the release; 0.0 for a version that is not stable."""
    if version in _TIERS:
        return f"0.0.{release}"
    year, month = version.split("-")
    return f"{int(year)}.{int(month)}.{release}"


def read_text(project: Project) -> str:
    """The text of source.toml; StageError if it is missing or not UTF-8."""
    try:
        return project.source.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        name = project.relative(project.source)
        raise StageError(f"{name}: cannot be read ({error}); restore it from git") from error


def read_source(project: Project) -> Source:
    """Read source.toml; StageError if it is missing, not TOML, or a key is missing or of the wrong type."""
    text = read_text(project)
    with naming(project.relative(project.source)):
        return parse_source(text)


def parse_source(text: str) -> Source:
    """The choices in the text of source.toml; raises StageError as `read_source` does."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StageError(f"not valid TOML ({error})") from error
    fetched = _read_key(table, "fetched", dict) if "fetched" in table else {}
    return Source(
        url=_read_key(table, "url", str),
        version=_read_key(table, "version", str),
        operations=_read_texts(table, "operations"),
        hosts=_read_texts(table, "hosts"),
        release=_read_key(table, "release", int),
        fetched=Fetched(**{key: _read_key(fetched, key, str) for key in vars(Fetched()) if key in fetched}),
    )


def rewrite_source(text: str, source: Source) -> str:
    """``text`` with the values of ``source``; a person's comments and order stay."""
    old, table = parse_source(text), tomlkit.parse(text)
    if old.operations != source.operations:
        array = tomlkit.array()
        array.extend(source.operations)
        table["operations"] = array.multiline(len(source.operations) > 1)
    for key in ("version", "release"):
        table[key] = getattr(source, key)
    if "fetched" not in table:
        table.add(tomlkit.nl())
        table.add(tomlkit.comment(_FETCHED))
        table["fetched"] = tomlkit.table()
    for key, value in vars(source.fetched).items():
        table["fetched"][key] = value
    return tomlkit.dumps(table)


def _read_key(table: dict[str, Any], key: str, kind: type) -> Any:
    value = table.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise StageError(f"{key} must be given, as a {'string' if kind is str else kind.__name__}")
    return value


def _read_texts(table: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(_read_key({key: entry}, key, str) for entry in _read_key(table, key, list))
