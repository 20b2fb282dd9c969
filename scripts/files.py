"""Write beside, then swap: a file, a set of files, a directory. A run that fails leaves what was there."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from scripts.project import StageError

# How the directories begin in which new files and directories are made, beside those that they replace.
BESIDE = ".new."


Files = Mapping[str, bytes | None]


def sha256(content: bytes) -> str:
    """The checksum of a file's content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_files(paths: Iterable[Path]) -> str:
    """The checksum of several files: of their names and contents, in the order given."""
    return sha256(b"".join(path.name.encode() + b"\0" + path.read_bytes() for path in paths))


def read_files(root: Path) -> dict[str, bytes | None]:
    """What lies under a directory, but for Python's caches and what a run makes beside; a link has no content."""
    return {
        name.as_posix(): None if path.is_symlink() else path.read_bytes()
        for path in root.rglob("*")
        if not (parts := (name := path.relative_to(root)).parts)[0].startswith(BESIDE)
        and "__pycache__" not in parts
        and (path.is_symlink() or path.is_file())
    }


def copy_below(root: Path, folder: Path, parts: Iterable[str]) -> None:
    """Copy the files and directories below ``root`` that are there, less Python's caches, into ``folder``."""
    for part in parts:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        if (root / part).is_dir():
            shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif (root / part).is_file():
            shutil.copyfile(root / part, folder / part)


@contextlib.contextmanager
def make_beside(path: Path) -> Iterator[Path]:
    """Make a directory beside ``path`` for what is to replace it; remove it at the end, and what killed runs left."""
    with contextlib.ExitStack() as cleanup:
        for left in path.parent.glob(f"{BESIDE}*"):
            _remove_if_dead(left)
        beside = Path(tempfile.mkdtemp(prefix=BESIDE, dir=path.parent))
        cleanup.callback(shutil.rmtree, beside)
        # The lock shows other runs that this one lives; the system releases it, however the run ends.
        handle = os.open(beside, os.O_RDONLY)
        cleanup.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield beside


def _remove_if_dead(left: Path) -> None:
    try:
        handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:  # its own run, or another one, was quicker
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(left)
    finally:
        os.close(handle)


def replace_file(path: Path, content: bytes) -> bool:
    """Write beside, then swap; return whether the file's content changed."""
    if path.is_file() and path.read_bytes() == content:
        return False
    replace_files({path: content})
    return True


def replace_files(contents: dict[Path, bytes]) -> None:
    """Write each file beside its place, then swap all; StageError if one cannot be, and every one is as it was."""
    with contextlib.ExitStack() as cleanup:
        # All that needs room on the disk (the way back too) comes first: a full one is met before anything is swapped.
        swaps = []
        for path, content in contents.items():
            with _naming(path):
                beside = cleanup.enter_context(make_beside(path))
                old = _write(beside / "old", path.read_bytes()) if path.is_file() else None
                swaps.append((path, _write(beside / "new", content), old))
        with contextlib.ExitStack() as rollback:
            for path, new, old in swaps:
                rollback.callback(_put_back, path, new, old)
                with _naming(path):
                    new.replace(path)
            rollback.pop_all()


def _put_back(path: Path, new: Path, old: Path | None) -> None:
    if new.exists():  # it was never swapped in
        return
    if old:
        old.replace(path)
    else:
        path.unlink()


def _write(path: Path, content: bytes) -> Path:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)
    return path


@contextlib.contextmanager
def _naming(path: Path) -> Iterator[None]:
    """An error of the file system names the file that was to be written, not the one beside it."""
    try:
        yield
    except OSError as error:
        raise StageError(
            f"{path}: cannot be written ({error.strerror}); the files on disk are as they were, "
            "make room or give permission and run this again"
        ) from error


def replace_directory(path: Path, new: Path) -> None:
    """Swap a directory (on the same file system) in for ``path``; StageError if that fails, with ``path`` as it was."""
    with _naming(path), make_beside(path) as beside:
        old = beside / "old"
        try:
            if path.exists():
                path.rename(old)
            new.rename(path)
        finally:
            if old.exists() and not path.exists():
                old.rename(path)
