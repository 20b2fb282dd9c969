"""Upload dist/ to a package index with twine, if it is what the repository says and not there yet."""

from __future__ import annotations

import configparser
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version
from twine.exceptions import TwineException
from twine.utils import DEFAULT_CONFIG_FILE, get_config

from scripts.pipeline.drift import find_drift
from scripts.pipeline.source import read_source
from scripts.project import Project, StageError
from scripts.release.dist import build_distributions, run_tool
from scripts.release.index import CREDENTIALS, UnknownOfferError, find_offer


@dataclass(frozen=True)
class Published:
    """The files uploaded, and the simple index to install from, where it is known."""

    files: list[Path]
    simple: str | None


def publish_distributions(project: Project, index: str, *, new: bool = False) -> Published:
    """Build, check and upload the distribution to the index with this upload URL.

    ``new`` says that the version is not there, of an index that cannot be asked.

    Raises:
        StageError: the tree is not committed or has drifted, the index has the version, or cannot be asked or written.
    """
    if "@" in index:
        raise StageError("INDEX holds credentials, which show in process lists; use TWINE_USERNAME and TWINE_PASSWORD")
    check_clean(project.root)
    if drifted := find_drift(project):
        raise StageError(f"the client has drifted ({', '.join(drifted[:5])}); run `make`, and commit what it writes")
    simple = check_new(index, Version(read_source(project).distribution), new=new)
    files = build_distributions(project)
    upload(index, files)
    return Published(files, simple)


def check_clean(root: Path) -> None:
    """Refuse a tree that is not what its last commit says: nobody could make this release again."""
    done = subprocess.run(
        ["git", "status", "--porcelain"],  # noqa: S607 (git is found on the PATH, as for a person)
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StageError(f"git does not know this tree: {done.stderr.strip()}; publish from a clone")
    if changed := [line[3:] for line in done.stdout.splitlines()]:
        raise StageError(f"the tree has uncommitted changes ({', '.join(changed[:5])}); commit or remove them first")


def find_section(index: str) -> tuple[str | None, Mapping[str, str | None]]:
    """The section of .pypirc that is about the index: its name, None where there is none, and its settings.

    twine looks into .pypirc for a section's name only, not for a URL.
    """
    try:
        sections = get_config(DEFAULT_CONFIG_FILE)
    except (OSError, configparser.Error, TwineException):  # whose texts can hold lines of the file
        raise StageError(f"{DEFAULT_CONFIG_FILE} cannot be read; write it as twine's documentation says") from None
    for name, settings in sections.items():
        if (settings.get("repository") or "").rstrip("/") == index.rstrip("/"):
            return name, settings
    return None, {}


def find_credentials(index: str) -> tuple[str, str] | None:
    """User and password as twine takes them: from its environment, else from .pypirc."""
    _, settings = find_section(index)
    user = os.environ.get("TWINE_USERNAME") or settings.get("username")
    password = os.environ.get("TWINE_PASSWORD") or settings.get("password")
    return (user, password) if user and password else None


def check_new(index: str, version: Version, *, new: bool = False) -> str | None:
    """Refuse a version that the index has: what is published does not change. Return its simple index, if known."""
    try:
        simple, versions = find_offer(index, find_credentials(index))
    except UnknownOfferError as error:
        if new:
            return None
        raise StageError(f"{error}; if you know that {version} is not there, run again with NEW=1") from error
    if version in versions:
        twins = "" if any(version.release[:2]) else " (preview and experimental are both 0.0.N: one index for each)"
        raise StageError(f"version {version} is on {index} already{twins}; raise `release` in openapi/source.toml")
    return simple


def upload(index: str, files: list[Path]) -> None:
    """Have twine upload the files; it takes credentials from its environment, .pypirc or a keyring."""
    name, _ = find_section(index)
    where = ["--repository", name] if name else ["--repository-url", index]
    options = ("--non-interactive", "--disable-progress-bar")
    try:
        run_tool("twine", "--no-color", "upload", *options, *where, *map(str, files))
    except StageError as error:
        advice = "" if find_credentials(index) else f"; {CREDENTIALS} (anything, where the index asks for none)"
        _, _, reason = str(error).rpartition("ERROR")
        raise StageError(f"twine could not upload to {index}: {reason.strip()}{advice}") from error
