"""What every pipeline stage shares: where things lie, how it fails, how it writes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from scripts.files import replace_directory, replace_file, replace_files
from scripts.project import Project, StageError

__all__ = ["Project", "StageError", "replace_directory", "replace_file", "replace_files"]

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
    problem = problem.replace(f"{ROOT}{os.sep}", "")
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
