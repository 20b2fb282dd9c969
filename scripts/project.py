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


class _Below:
    """A path below a project's root."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __get__(self, project: Project, owner: object) -> Path:
        return project.root / self.path


@dataclass(frozen=True)
class Project:
    """A checkout of this repository, or a copy of one: every path that a stage reads or writes."""

    root: Path

    source = _Below("openapi/source.toml")  # what a person chose to fetch, and what was fetched last
    upstream = _Below("openapi/upstream.json")  # Criteo's document, cut down to the operations kept
    patched = _Below("openapi/patched.json")  # the document that the client is generated from
    changes = _Below("openapi/CHANGES.md")  # the report of the last version bump
    renames = _Below("openapi/RENAMES.tsv")  # the names that the last version bump replaces, as a table for a script
    changelog = _Below("CHANGELOG.md")  # of the distribution
    overlay = _Below("overlay/quirks.overlay.yaml")
    generator_settings = _Below("overlay/generator.yaml")
    templates = _Below("overlay/templates")  # the forks of the generator's templates
    runtime = _Below("overlay/runtime")  # the hand-written modules of the package
    generated = _Below("generated")
    package = _Below("generated/criteo_retail_media")

    def relative(self, path: Path) -> str:
        """The path as a person in the repository would type it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
