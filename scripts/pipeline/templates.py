"""Our forks of the generator's templates: what each says in its header, and whether its original has changed since."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import openapi_python_client

from scripts import stage
from scripts.stage import StageError

ORIGINALS = Path(openapi_python_client.__file__).parent / "templates"
HEADER = re.compile(
    r"\{#\nforked-from: openapi-python-client (?P<version>\S+) (?P<name>\S+)\n"
    r"sha256: (?P<sha256>[0-9a-f]{64})\nwhy: (?P<why>.+?)\nremove-when: (?P<until>.+?)\n#\}",
    re.DOTALL,
)


class Fork(NamedTuple):
    """A template of ours in place of the generator's."""

    path: Path
    version: str
    sha256: str
    body: str

    @property
    def original(self) -> Path:
        """The installed generator's template of that name."""
        return ORIGINALS / self.path.relative_to(stage.TEMPLATES)


def forks() -> list[Fork]:
    """Every fork.

    Raises:
        StageError: one lacks its header.
    """
    return [_read(path) for path in sorted(stage.TEMPLATES.rglob("*.py.jinja"))]


def _read(path: Path) -> Fork:
    text = path.read_text(encoding="utf-8")
    header = HEADER.match(text)
    if not header or header["name"] != path.relative_to(stage.TEMPLATES).as_posix():
        raise StageError(f"{stage.relative(path)} lacks its header: forked-from, sha256, why, remove-when")
    return Fork(path, header["version"], header["sha256"], text[header.end() :].strip())


def check() -> None:
    """Refuse forks of another generator's templates: what it does anew would be lost.

    Raises:
        StageError: names the forks whose originals changed.
    """
    installed = version("openapi-python-client")
    changed = [fork for fork in forks() if _sha256(fork.original) != fork.sha256]
    if changed:
        names = ", ".join(f"{stage.relative(fork.path)} (of {fork.version})" for fork in changed)
        raise StageError(
            f"the originals of {names} are others in openapi-python-client {installed}: compare them with those in "
            f"{ORIGINALS}, take over what changed, then renew version and sha256 in the header; nothing was replaced"
        )


def _sha256(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
