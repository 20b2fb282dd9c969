"""A file under way: written beside its target under one name, by one run at a time, and put in place when whole."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

LONGEST_NAME = 200  # bytes of a target's name in that of its part; file systems take 255 in all


class PartFile:
    """A file under way, with its size and MD5."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.md5 = hashlib.md5(usedforsecurity=False)

    def write(self, piece: bytes) -> None:
        """Add a piece."""
        self._file.write(piece)
        self.md5.update(piece)
        self.size += len(piece)

    def restart(self) -> None:
        """Forget what was written."""
        self._file.seek(0)
        self._file.truncate()
        self.size = 0
        self.md5 = hashlib.md5(usedforsecurity=False)

    def flush(self) -> None:
        """Write what is in memory."""
        # A thread that is still writing, of a task that was cancelled, holds the file's lock: this waits for it.
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@contextmanager
def written_beside(path: str | os.PathLike[str]) -> Iterator[PartFile]:
    """A new file, which takes the place of ``path`` at the end of the block and is removed where that raises.

    Its name belongs to the target. What a run that was killed has left under it is taken over.

    Raises:
        OSError: it cannot be written. BlockingIOError: another run is writing it.
    """
    target = Path(path).resolve()  # what a link leads to is replaced, and not the link
    part = part_of(target)
    file = _open(part, target)
    under_way = PartFile(file)
    try:
        if target.exists():
            shutil.copymode(target, part)
        under_way.restart()
        yield under_way
        under_way.flush()
        if sys.platform == "win32":  # an open file cannot be renamed there
            under_way.close()
        part.replace(target)
    except BaseException:
        try:
            with contextlib.suppress(OSError):  # as on a disk that is full; the first error is what counts
                under_way.flush()
        finally:
            _remove(part, under_way)
        raise
    under_way.close()


def check_target(path: str | os.PathLike[str]) -> None:
    """Make sure that a file can be written there, without doing it.

    Raises:
        OSError: it cannot.
    """
    target = Path(path).resolve()
    part = part_of(target)
    _remove(part, PartFile(_open(part, target)))


def part_of(target: Path) -> Path:
    """Where a target's file is while it is written."""
    name = os.fsencode(target.name)
    if len(name) > LONGEST_NAME:
        short = os.fsdecode(name[: LONGEST_NAME // 2]).encode("utf-8", "replace").decode("utf-8", "replace")
        return target.with_name(f".{short}-{hashlib.sha256(name).hexdigest()[:16]}.part")
    return target.with_name(f".{target.name}.part")


def _remove(part: Path, file: PartFile) -> None:
    """Remove the part while it is still locked, so that no other run's is removed."""
    if sys.platform == "win32":
        file.close()
    part.unlink(missing_ok=True)
    file.close()


def _open(part: Path, target: Path) -> BinaryIO:
    """The part, locked by this run."""
    if target.exists() and not target.is_file():
        raise FileExistsError(errno.EEXIST, "exists, and is no file that can be replaced", str(target))
    while True:
        try:
            descriptor = os.open(part, os.O_RDWR | os.O_CREAT | _FLAGS, 0o666)
        except OSError as error:
            if not part.is_symlink():  # which somebody has put there, and is not followed
                error.filename = str(target.parent)  # the name of the part would mean nothing to the caller
            raise
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise FileExistsError(errno.EEXIST, "exists, and is no file that can be taken over", str(part))
            if not _lock(descriptor):
                raise BlockingIOError(errno.EWOULDBLOCK, "another run is writing this file", str(target))
            if _is_at(descriptor, part):
                return os.fdopen(descriptor, "r+b")
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the run that had it was done with it meanwhile


# Never through a link that somebody has put there, and never waiting for a fifo's other end.
_FLAGS = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)


def _is_at(descriptor: int, part: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), part.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        """Take the file for this run, for as long as it is open."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Take the file for this run, for as long as it is open."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
