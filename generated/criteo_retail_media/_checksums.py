"""Compare a package with its list of checksums, and name every entry that is not a plain file of the list.

It imports nothing of the package, so that a copy can be judged without running its code.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# Written with the package, in the format of sha256sum(1).
CHECKSUMS = "SHA256SUMS"
CACHE = "__pycache__"


class Findings(NamedTuple):
    """How a package differs from its checksums, a line for each entry, and how many cached files were passed over."""

    differences: list[str]
    caches: int


def compare_checksums(package: Path) -> Findings:
    """Compare the entries of a package with its list.

    A text whose line ends became CRLF on the way, as a checkout may do, is the same.

    Raises:
        OSError: the list, a file or a folder cannot be read.
        ValueError: the list is no list of checksums.
    """
    listed = package / CHECKSUMS
    if not stat.S_ISREG(listed.lstat().st_mode):
        raise ValueError(f"{listed.name} is not a plain file")
    lines = (line.split("  ", 1) for line in listed.read_text(encoding="utf-8").splitlines())
    missing = {name: digest for digest, name in lines}
    differences, caches = [], 0
    for path in _walk_entries(package):
        name = path.relative_to(package).as_posix()
        mode = path.lstat().st_mode
        if path == listed:
            continue
        if path.parent.name == CACHE and path.suffix == ".pyc" and stat.S_ISREG(mode):
            caches += 1
            continue
        digest = missing.pop(name, None)
        if stat.S_ISLNK(mode):
            differences.append(f"{name} is a symbolic link")
        elif not stat.S_ISREG(mode):
            differences.append(f"{name} is not a plain file")
        elif digest is None:
            differences.append(f"{name} was added")
        elif not _has_digest(path.read_bytes(), digest):
            differences.append(f"{name} was edited")
    differences += [f"{name} is missing" for name in missing]
    return Findings(sorted(differences), caches)


def _walk_entries(folder: Path) -> Iterator[Path]:
    """Every entry of a folder but its folders; a link to a folder is an entry, and is not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _walk_entries(Path(entry.path))
            else:
                yield Path(entry.path)


def write_checksums(package: Path) -> None:
    """Write the list of a package's files."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(package).as_posix()}\n"
        for path in sorted(package.rglob("*"))
        if path.is_file() and path != package / CHECKSUMS
    ]
    (package / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def _has_digest(content: bytes, digest: str) -> bool:
    return digest in (hashlib.sha256(text).hexdigest() for text in (content, content.replace(b"\r\n", b"\n")))
