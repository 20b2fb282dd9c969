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
        OSError: the list or a file cannot be read.
        ValueError: the list is no list of checksums.
    """
    recorded = read_checksums(package / CHECKSUMS)
    found, differences, caches = set[str](), [], 0
    for path in walk_entries(package):
        name = path.relative_to(package).as_posix()
        mode = path.lstat().st_mode
        if name == CHECKSUMS and stat.S_ISREG(mode):
            continue
        if path.parent.name == CACHE and path.suffix == ".pyc" and stat.S_ISREG(mode):
            caches += 1
            continue
        found.add(name)
        if stat.S_ISLNK(mode):
            differences.append(f"{name} is a symbolic link")
        elif not stat.S_ISREG(mode):
            differences.append(f"{name} is not a plain file")
        elif name not in recorded:
            differences.append(f"{name} was added")
        elif not _has_digest(path.read_bytes(), recorded[name]):
            differences.append(f"{name} was edited")
    differences += [f"{name} is missing" for name in recorded.keys() - found]
    return Findings(sorted(differences), caches)


def walk_entries(package: Path) -> Iterator[Path]:
    """Every entry of a package but its folders; a link to a folder is an entry, and is not followed.

    Raises:
        OSError: the package, or a folder in it, cannot be read.
    """
    with os.scandir(package) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from walk_entries(Path(entry.path))
        else:
            yield Path(entry.path)


def read_checksums(file: Path) -> dict[str, str]:
    """The digests of a list by path.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no list of checksums.
    """
    if not stat.S_ISREG(file.lstat().st_mode):
        raise ValueError(f"{file.name} is not a plain file")
    recorded = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        recorded[name] = digest
    return recorded


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
