"""The door turns what a stage returns into text, and what it raises into one line on stderr."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.specs import ROOT
from support.workspace import PROJECT

from scripts import __main__ as door
from scripts.pipeline import operations
from scripts.project import Project, StageError


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    """The status of a command whose stage ends with an error."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(operations, "list_operations", fail)
    return door.main(["operations"], PROJECT)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (StageError("wrong;\n do\tthis"), "wrong; do this"),
        (StageError("evil \x1b[2J\u202e\u2028 name"), r"evil \x1b[2J\u202e name"),
        (StageError(f"{ROOT}/openapi/upstream.json: is wrong"), "openapi/upstream.json: is wrong"),
        (KeyboardInterrupt(), "interrupted; the files on disk are as they were"),
        (OSError(28, "Full"), "file system: Full; the files on disk are as they were"),
        (PermissionError(13, "Denied", "some/file"), "some/file: Denied; the files on disk are as they were"),
    ],
    ids=["stage", "hostile", "path", "interrupt", "disk", "permission"],
)
def test_failure_is_one_line_and_status_1(
    error: BaseException, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure of any expected kind is one printable line on stderr, headed by the command's name."""
    assert raising(error, monkeypatch) == 1
    assert capsys.readouterr() == ("", f"operations: {line}\n")


def test_defect_is_not_dressed_up_as_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw keeps its traceback."""
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError(), monkeypatch)


def test_path_outside_the_project_is_shown_whole(tmp_path: Path) -> None:
    """Paths in the project are shown from its root, others in full."""
    project = Project(tmp_path / "project")
    assert project.relative(project.upstream) == "openapi/upstream.json"
    assert project.relative(tmp_path / "x") == str(tmp_path / "x")


def test_import_changes_nothing_in_the_process() -> None:
    """To import every module of scripts leaves the hooks, the signals, the umask and the environment as they are."""
    code = """
import os, pkgutil, signal, sys, importlib
def state():
    os.umask(mask := os.umask(0))
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)]
    return mask, handlers, sys.excepthook, dict(os.environ), os.getcwd(), sys.argv
import scripts
before = state()
for module in pkgutil.walk_packages(scripts.__path__, "scripts."):
    importlib.import_module(module.name)
assert state() == before, (state(), before)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
