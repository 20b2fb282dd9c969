"""Upload dist/ to a package index with twine, if it is what the repository says and not there yet."""

from __future__ import annotations

import argparse
import configparser
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
from twine.exceptions import TwineException
from twine.utils import DEFAULT_CONFIG_FILE, get_config

from scripts import stage
from scripts.release import dist as build_distribution
from scripts.stage import StageError

NAME = "criteo-retail-media"
TIMEOUT = 30.0  # seconds


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


def check_no_drift() -> None:
    """Refuse a client that is not what its inputs give."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts", "drift"], cwd=stage.ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StageError(f"the client has drifted: {done.stderr.strip()}")


def section(index: str) -> tuple[str | None, Mapping[str, str | None]]:
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


def credentials(index: str) -> tuple[str, str] | None:
    """User and password as twine takes them: from its environment, else from .pypirc."""
    _, settings = section(index)
    user = os.environ.get("TWINE_USERNAME") or settings.get("username")
    password = os.environ.get("TWINE_PASSWORD") or settings.get("password")
    return (user, password) if user and password else None


def check_new(index: str, files: list[Path]) -> None:
    """Refuse a version that the index has: what is published does not change."""
    page = f"{index.rstrip('/')}/simple/{NAME}/"
    try:
        answer = httpx.get(page, auth=credentials(index), timeout=TIMEOUT, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StageError(f"{index} cannot be reached: {error}; check INDEX and the network") from error
    if answer.status_code in (401, 403):
        raise StageError(
            f"{index} answered {answer.status_code}: set TWINE_USERNAME and TWINE_PASSWORD, or use a .pypirc"
        )
    if answer.status_code not in (200, 404):  # 404: the index has no version yet
        raise StageError(f"{index} answered {answer.status_code}, so what it has is not known; try again later")
    if any(path.name in answer.text for path in files):
        version = files[0].name.split("-")[1]
        raise StageError(f"version {version} is on {index} already; raise `release` in openapi/source.toml")


def upload(index: str, files: list[Path]) -> None:
    """Have twine upload the files; it takes credentials from its environment or .pypirc."""
    name, _ = section(index)
    where = ["--repository", name] if name else ["--repository-url", index]
    command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar", *where]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        _, _, told = (done.stdout + done.stderr).partition("ERROR")
        raise StageError(f"twine could not upload to {index}: {told.strip() or done.stderr.strip()}")


def main(argv: list[str] | None = None) -> int:
    """Build, check and upload the distribution to an index."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", help="upload URL of the index; credentials: TWINE_USERNAME, TWINE_PASSWORD or .pypirc")
    index = parser.parse_args(argv).index

    def work() -> int:
        if "@" in index:
            raise StageError(
                "INDEX holds credentials, which show in process lists; use TWINE_USERNAME and TWINE_PASSWORD"
            )
        check_clean(stage.ROOT)
        check_no_drift()
        if build_distribution.main([]):
            return 1
        files = sorted(build_distribution.DIST.iterdir())
        check_new(index, files)
        upload(index, files)
        print(f"published {', '.join(path.name for path in files)} to {index}")
        return 0

    return stage.run(work)
