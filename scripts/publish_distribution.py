"""Upload dist/ to a package index with twine, if it is what the repository says and not there yet."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import build_distribution
import httpx
import stage
from stage import StageError
from twine.exceptions import TwineException
from twine.settings import Settings

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
        [sys.executable, Path(__file__).with_name("check_drift.py")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StageError(f"the client has drifted: {done.stderr.strip()}")


def credentials(index: str) -> tuple[str, str] | None:
    """User and password as twine would take them without asking: from its environment, else from a .pypirc."""
    try:
        configured = Settings(repository_url=index, non_interactive=True).repository_config
    except TwineException as error:
        raise StageError(str(error)) from error
    user = os.environ.get("TWINE_USERNAME") or configured.get("username")
    password = os.environ.get("TWINE_PASSWORD") or configured.get("password")
    return (user, password) if user and password else None


def check_new(index: str, version: str) -> None:
    """Refuse a version that the index has: what is published does not change."""
    page = f"{index.rstrip('/')}/simple/{NAME}/"
    auth = credentials(index)
    try:
        answer = httpx.get(page, auth=auth, timeout=TIMEOUT, follow_redirects=True)
    except httpx.TransportError as error:
        raise StageError(f"{shown(index)} cannot be reached: {error}; check INDEX and the network") from error
    if answer.status_code in (401, 403):
        raise StageError(
            f"{shown(index)} answered {answer.status_code}: set TWINE_USERNAME and TWINE_PASSWORD, or use a .pypirc"
        )
    if f"{NAME.replace('-', '_')}-{version}" in answer.text:
        raise StageError(f"version {version} is on {shown(index)} already; raise `release` in openapi/source.toml")


def shown(index: str) -> str:
    """The index's URL without credentials."""
    parts = urlsplit(index)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def upload(index: str) -> None:
    """Have twine upload what is in dist/; it takes credentials from its environment or a .pypirc."""
    files = sorted(map(str, build_distribution.DIST.iterdir()))
    command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"]
    done = subprocess.run(
        [*command, "--repository-url", index, *files],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        _, _, told = (done.stdout + done.stderr).partition("ERROR")
        raise StageError(f"twine could not upload to {shown(index)}: {told.strip() or done.stderr.strip()}")


def main(argv: list[str] | None = None) -> int:
    """Build, check and upload the distribution to an index."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("index", help="upload URL of the index; credentials: TWINE_USERNAME, TWINE_PASSWORD or .pypirc")
    index = parser.parse_args(argv).index

    def work() -> int:
        if "@" in urlsplit(index).netloc:
            raise StageError(
                "INDEX holds credentials, which show in process lists; use TWINE_USERNAME and TWINE_PASSWORD"
            )
        check_clean(stage.ROOT)
        check_no_drift()
        if build_distribution.main([]):
            return 1
        version = next(build_distribution.DIST.glob("*.whl")).name.split("-")[1]
        check_new(index, version)
        upload(index)
        print(f"published {NAME} {version} to {shown(index)}")
        return 0

    return stage.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
