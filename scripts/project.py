"""Where a repository's files lie, and the error that a stage raises."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class StageError(Exception):
    """A stage cannot go on. The text is one line: what is wrong, and what to do next.

    Attributes:
        others: more that is wrong in the same way, each in one line; the text says how many.
    """

    def __init__(self, text: str, *, others: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.others = others

    def __str__(self) -> str:
        return f"{self.args[0]} (and {len(self.others)} more)" if self.others else str(self.args[0])


@contextlib.contextmanager
def naming(what: str) -> Iterator[None]:
    """Put what it is about in front of the text of a StageError."""
    try:
        yield
    except StageError as error:
        raise StageError(f"{what}: {error.args[0]}", others=error.others) from error


def printable(text: str) -> str:
    """The text with whatever could steer a terminal (controls, bidi marks, line separators) spelled as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True)
class Project:
    """A checkout of this repository, or a copy of one: every path that a stage reads or writes."""

    root: Path

    @property
    def source(self) -> Path:
        """What a person chose to fetch, and what was fetched last."""
        return self.root / "openapi" / "source.toml"

    @property
    def upstream(self) -> Path:
        """Criteo's document, cut down to the operations kept."""
        return self.root / "openapi" / "upstream.json"

    @property
    def patched(self) -> Path:
        """The document that the client is generated from."""
        return self.root / "openapi" / "patched.json"

    @property
    def changes(self) -> Path:
        """The report of the last version bump."""
        return self.root / "openapi" / "CHANGES.md"

    @property
    def renames(self) -> Path:
        """The names that the last version bump replaces, as a table for a script."""
        return self.root / "openapi" / "RENAMES.tsv"

    @property
    def changelog(self) -> Path:
        """The changelog of the distribution."""
        return self.root / "CHANGELOG.md"

    @property
    def overlay(self) -> Path:
        """The quirks."""
        return self.root / "overlay" / "quirks.overlay.yaml"

    @property
    def generator_settings(self) -> Path:
        """The generator's settings."""
        return self.root / "overlay" / "generator.yaml"

    @property
    def templates(self) -> Path:
        """The forks of the generator's templates."""
        return self.root / "overlay" / "templates"

    @property
    def runtime(self) -> Path:
        """The hand-written modules of the package."""
        return self.root / "overlay" / "runtime"

    @property
    def generated(self) -> Path:
        """The folder of the generated package."""
        return self.root / "generated"

    @property
    def package(self) -> Path:
        """The generated package."""
        return self.generated / "criteo_retail_media"

    def relative(self, path: Path) -> str:
        """The path as a person in the repository would type it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
