"""Write beside, then swap: a file, a set of files, a directory. A run that fails leaves what was there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.project import StageError


def sha256(content: bytes) -> str:
    """The checksum of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_files(paths: Iterable[Path]) -> str:
    """The checksum of several files: of their names and contents, in the order given."""
    return sha256(b"".join(path.name.encode() + b"\0" + path.read_bytes() for path in paths))


def replace_file(path: Path, content: bytes) -> bool:
    """Write beside, then swap; return whether the file's content changed."""
    if path.is_file() and path.read_bytes() == content:
        return False
    replace_files({path: content})
    return True


def replace_files(contents: dict[Path, bytes]) -> None:
    """Write each file beside its place, then swap all; on failure every one is as it was.

    Raises:
        StageError: a file cannot be written.
    """
    with contextlib.ExitStack() as cleanup:
        # All that needs room on the disk (the way back too) comes first: a full one is met before anything is swapped.
        swaps = [
            (
                path,
                _beside(path, content, cleanup),
                _beside(path, path.read_bytes(), cleanup) if path.is_file() else None,
            )
            for path, content in contents.items()
        ]
        with contextlib.ExitStack() as rollback:
            for path, new, old in swaps:
                rollback.callback(_put_back, path, new, old)
                with _named(path):
                    new.replace(path)
            rollback.pop_all()


def _put_back(path: Path, new: Path, old: Path | None) -> None:
    if new.exists():  # it was never swapped in
        return
    if old:
        old.replace(path)
    else:
        path.unlink()


def _beside(path: Path, content: bytes, cleanup: contextlib.ExitStack) -> Path:
    with _named(path):
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        beside = Path(name)
        cleanup.callback(beside.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o644)
    return beside


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """An error of the file system names the file that was wanted, not the one beside it."""
    try:
        yield
    except OSError as error:
        raise StageError(
            f"{path}: cannot be written ({error.strerror}); the files on disk are as they were, "
            "make room or give permission and run this again"
        ) from error


def replace_directory(path: Path, new: Path) -> None:
    """Swap a finished directory (on the same file system) in for ``path``; on failure ``path`` is as it was.

    Raises:
        StageError: the directory cannot be written.
    """
    with _named(path):
        old = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent)) / "old"
        try:
            if path.exists():
                path.rename(old)
            new.rename(path)
        finally:
            if old.exists() and not path.exists():
                old.rename(path)
            shutil.rmtree(old.parent)
