"""Copy the client into another repository, and update it there without losing what was edited."""

from __future__ import annotations

import re
import runpy
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scripts.files import make_beside, read_files, replace_directory
from scripts.project import Project, StageError

SHOWN = 20  # files that an error names at most
INIT = "__init__.py"
SETTINGS = {
    # Git leaves the copy's bytes alone, whatever the repository around it says about line ends.
    ".gitattributes": "# The checksums in SHA256SUMS are of these bytes.\n* -text\n",
    # ruff takes the settings nearest to a file. It has rules against the comments that would do instead.
    "ruff.toml": '# Not to be linted or formatted here.\nexclude = ["*"]\n\n[lint]\nignore = ["ALL"]\n',
}
# What keeps the tools of the repository around it off, where a file can say so. It names no version, so that
# an update changes the files that changed.
HEADER = """\
# Part of the package criteo-retail-media, copied by `make vendor`. Do not edit: the next update replaces this file.
# ruff: noqa
# flake8: noqa
# fmt: off
# isort: skip_file
# yapf: disable
# pylint: skip-file
# mypy: ignore-errors
# pyright: basic
"""


@dataclass(frozen=True)
class Vendored:
    """What vendoring did: the copy, the versions it had (None where it is new) and has, and its files."""

    copy: Path
    old: str | None
    new: str
    files: int
    added: int
    changed: int
    removed: int
    created: tuple[Path, ...]  # the ``__init__.py`` files that were missing, and were made


def vendor_client(project: Project, destination: Path, *, force: bool = False) -> Vendored:
    """Put the package into the directory ``destination`` of another repository, or update the copy that is there.

    ``force`` overwrites what was edited.

    Raises:
        StageError: there is no package, the destination is no place for a copy, or the copy there was edited.
    """
    if not project.package.is_dir():
        raise StageError(f"{project.relative(project.package)} does not exist; run make")
    copy = destination / project.package.name
    _check_place(project, destination, copy)
    old = read_version(copy)
    if copy.exists() and not force:
        check_unedited(project, copy)
    before = _contents(copy)
    try:
        destination.mkdir(parents=True, exist_ok=True)
        with make_beside(copy) as beside:
            write_copy(project, beside / copy.name)
            replace_directory(copy, beside / copy.name)
        for path in (created := _missing_inits(destination)):
            path.touch()
    except OSError as error:
        raise StageError(f"{error.filename or destination}: cannot be written ({error.strerror})") from error
    after = _contents(copy)
    return Vendored(
        copy=copy,
        old=old,
        new=str(read_version(copy)),
        files=len(after),
        added=len(after.keys() - before.keys()),
        changed=sum(before[name] != after[name] for name in before.keys() & after.keys()),
        removed=len(before.keys() - after.keys()),
        created=tuple(created),
    )


def write_copy(project: Project, folder: Path) -> None:
    """Write the package as it is vendored, with headers, the last report of changes and checksums, into ``folder``."""
    shutil.copytree(project.package, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for module in folder.rglob("*.py"):
        module.write_bytes(HEADER.encode() + module.read_bytes())
    for name, text in SETTINGS.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    if project.changes.is_file():
        shutil.copyfile(project.changes, folder / project.changes.name)
    _checksums(project).write_checksums(folder)


def check_unedited(project: Project, copy: Path) -> None:
    """Refuse, with StageError that names the edits, a copy that is no longer what was vendored."""
    try:
        edited = _checksums(project).compare_checksums(copy).differences
    except (OSError, ValueError) as error:
        edited = [f"no checksums to compare with ({error})"]
    if edited:
        more = f", and {len(edited) - SHOWN} more" if len(edited) > SHOWN else ""
        raise StageError(
            f"{copy} was changed since it was vendored: {', '.join(edited[:SHOWN])}{more}; "
            "move the changes elsewhere, or run again with FORCE=1 to lose them"
        )


def read_version(package: Path) -> str | None:
    """The distribution's version that a package's provenance tells; None where it tells none. No code of it runs."""
    path = package / "_provenance.py"
    found = re.search(rb'^__version__ = "(.+)"', path.read_bytes(), re.MULTILINE) if path.is_file() else None
    return found[1].decode(errors="replace") if found else None


def _check_place(project: Project, destination: Path, copy: Path) -> None:
    place = destination.resolve()
    if project.package.resolve().is_relative_to(place):
        raise StageError(f"{destination} holds the client that is to be copied; give a directory of another repository")
    if place.exists() and not place.is_dir():
        raise StageError(f"{destination} is no directory; give the one that is to hold {copy.name}")
    for above in (place, *place.parents):
        if (above / "SHA256SUMS").is_file() and (above / "_provenance.py").is_file():
            raise StageError(
                f"{destination} lies inside a copy of the client; give the directory that holds it: {above.parent}"
            )
    if copy.is_symlink() or (copy.exists() and not copy.is_dir()):
        raise StageError(f"{copy} is no directory of its own; remove it, or give another directory")


def _missing_inits(destination: Path) -> list[Path]:
    """The ``__init__.py`` files that lack between a directory and the nearest package around it."""
    missing: list[Path] = []
    for folder in (place := destination.resolve(), *place.parents):
        if (folder / INIT).exists():
            return missing
        missing.append(folder / INIT)
    return []  # it lies in no package: it is a directory of the import path, or namespace packages are meant


def _contents(folder: Path) -> dict[str, bytes]:
    """The plain files of a copy by name, less its list of checksums."""
    found = {name: content for name, content in read_files(folder).items() if name != "SHA256SUMS"}
    return {name: content.replace(b"\r\n", b"\n") for name, content in found.items() if content is not None}


def _checksums(project: Project) -> Any:
    """The client's own module that judges a copy; it imports nothing of the client."""
    return SimpleNamespace(**runpy.run_path(str(project.runtime / "_checksums.py")))
