"""Our forks of the generator's templates: what each says in its header, and whether its original has changed since."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import openapi_python_client

from scripts.files import sha256
from scripts.project import Project, StageError

ORIGINALS = Path(openapi_python_client.__file__).parent / "templates"
HEADER = re.compile(
    r"\{#\nforked-from: openapi-python-client (?P<version>\S+) (?P<name>\S+)\n"
    r"sha256: (?P<sha256>[0-9a-f]{64})\nwhy: .+?\nremove-when: .+?\n#\}",
    re.DOTALL,
)


class Fork(NamedTuple):
    """A template of ours in place of the generator's of that name."""

    path: Path
    original: Path
    version: str
    sha256: str
    body: str


def read_forks(project: Project) -> list[Fork]:
    """Every fork; StageError if one lacks its header."""
    forks = []
    for path in sorted(project.templates.rglob("*.py.jinja")):
        name, text = path.relative_to(project.templates), path.read_text(encoding="utf-8")
        header = HEADER.match(text)
        if not header or header["name"] != name.as_posix():
            raise StageError(f"{project.relative(path)} lacks its header: forked-from, sha256, why, remove-when")
        body = text[header.end() :].strip()
        forks.append(Fork(path, ORIGINALS / name, header["version"], header["sha256"], body))
    return forks


def check_forks(project: Project) -> None:
    """Refuse, with StageError, forks of other templates than the generator's: what it does anew would be lost."""
    installed = version("openapi-python-client")
    changed = [
        fork
        for fork in read_forks(project)
        if not fork.original.is_file() or sha256(fork.original.read_bytes()) != fork.sha256
    ]
    if changed:
        names = ", ".join(f"{project.relative(fork.path)} (of {fork.version})" for fork in changed)
        raise StageError(
            f"the originals of {names} are others in openapi-python-client {installed}: compare them with those in "
            f"{ORIGINALS}, take over what changed, then renew version and sha256 in the header; nothing was replaced"
        )
