"""What every pipeline stage shares: where things lie, how it fails, how it writes."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "openapi" / "source.toml"
UPSTREAM = ROOT / "openapi" / "upstream.json"
PATCHED = ROOT / "openapi" / "patched.json"
OVERLAY = ROOT / "overlay" / "quirks.overlay.yaml"
TEMPLATES = ROOT / "overlay" / "templates"
RUNTIME = ROOT / "overlay" / "runtime"
GENERATED = ROOT / "generated"
PACKAGE = GENERATED / "criteo_retail_media"


INTERRUPTED = "interrupted; the files on disk are as they were"


class StageError(Exception):
    """A stage cannot go on. The text is one line: what is wrong, and what to do next."""


def run(stage: Callable[[], int]) -> int:
    """Run a stage's work and return its exit status; a failure is one line on stderr and status 1."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # a document's text may hold what the terminal's encoding lacks
    try:
        status = stage()
        sys.stdout.flush()
        return status
    except StageError as error:
        problem = str(error)
    except KeyboardInterrupt:
        problem = INTERRUPTED
    except BrokenPipeError:  # the reader had enough (`| head`); without this, Python complains again as it exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        problem = f"{error.filename or 'file system'}: {error.strerror or error}; the files on disk are as they were"
    _say(problem)
    return 1


def _say(problem: str) -> None:
    print(f"{Path(sys.argv[0]).stem}: {printable(' '.join(problem.split()))}", file=sys.stderr, flush=True)


def _on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C while a script still imports, which takes seconds on a cold disk, is one line too."""
    if not issubclass(kind, KeyboardInterrupt):
        return sys.__excepthook__(kind, error, trace)
    _say(INTERRUPTED)
    os._exit(1)  # Python would die of the signal


sys.excepthook = _on_error


def printable(text: str) -> str:
    """The text with whatever could steer a terminal (controls, bidi marks, line separators) spelled as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def relative(path: Path) -> str:
    """The path as a person in the repository would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


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
            f"{relative(path)}: cannot be written ({error.strerror}); the files on disk are as they were, "
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
