"""A file, a set of files, a directory is replaced whole, or left as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.specs import ROOT

from scripts import files
from scripts.project import StageError


def names(folder: Path) -> list[str]:
    """The names in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def test_file_is_replaced_and_says_whether_it_changed(tmp_path: Path) -> None:
    """replace_file returns whether the content differs, and leaves nothing beside it."""
    path = tmp_path / "file"
    assert [files.replace_file(path, content) for content in (b"a", b"a", b"b")] == [True, False, True]
    assert (path.read_bytes(), names(tmp_path)) == (b"b", ["file"])
    assert path.stat().st_mode & 0o777 == 0o644


def test_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    """Writing what is there leaves the very same file, so that make sees no change."""
    path = tmp_path / "file"
    path.write_bytes(b"a")
    before = path.stat()
    files.replace_file(path, b"a")

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()], ids=["fault", "interrupt"])
@pytest.mark.parametrize("at", [0, 1])
def test_files_are_replaced_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, at: int
) -> None:
    """Whichever swap fails, by whatever, an old file is back and a new one is gone."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"before")
    targets, replace = [old, new], Path.replace

    def failing(self: Path, target: Path) -> Path:
        if targets and target == targets[at]:
            targets.clear()
            raise error
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises((StageError, KeyboardInterrupt)):
        files.replace_files({old: b"after", new: b"after"})
    assert (old.read_bytes(), names(tmp_path)) == (b"before", ["old"])


def test_full_disk_is_met_before_anything_is_swapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last of several files finds no room, none is replaced, and the error names the file wanted."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(b"before")
    synced: list[int] = []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StageError, match=r"second: cannot be written \(No space left on device\)"):
        files.replace_files({first: b"after", second: b"after"})
    assert (first.read_bytes(), names(tmp_path)) == (b"before", ["first"])


def test_missing_folder_is_a_clear_line(tmp_path: Path) -> None:
    """A file in a folder that is not there is refused by its own name."""
    with pytest.raises(StageError, match=r"gone/file: cannot be written \(No such file or directory\)"):
        files.replace_file(tmp_path / "gone" / "file", b"a")


def test_directory_is_swapped_whole(tmp_path: Path) -> None:
    """The new directory takes the old one's place, with nothing of the old one left."""
    path, new = tmp_path / "package", tmp_path / "new"
    for folder, name in ((path, "old.py"), (new, "new.py")):
        folder.mkdir()
        (folder / name).touch()
    files.replace_directory(path, new)

    assert (names(tmp_path), names(path)) == (["package"], ["new.py"])


@pytest.mark.parametrize(
    ("moved", "error"),
    [
        ([], OSError(5, "Input/output error")),
        (["old"], KeyboardInterrupt()),
        (["old"], OSError(5, "Input/output error")),
    ],
    ids=["first fails", "interrupted between", "second fails"],
)
def test_directory_comes_back_when_the_swap_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: list[str], error: BaseException
) -> None:
    """Wherever the swap breaks off, the old directory is in its place."""
    path, new = tmp_path / "package", tmp_path / "new"
    for folder, name in ((path, "old.py"), (new, "new.py")):
        folder.mkdir()
        (folder / name).touch()
    rename, left = Path.rename, len(moved)

    def failing(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == -1:
            raise error
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises((StageError, KeyboardInterrupt)):
        files.replace_directory(path, new)
    assert names(path) == ["old.py"]
    assert "package" in names(tmp_path)
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def test_next_run_clears_what_a_killed_one_left(tmp_path: Path) -> None:
    """What a run makes beside goes with the next run once its own is dead, and stays while that lives."""
    code = """
import os, signal, sys
from pathlib import Path
from scripts.files import make_beside
with make_beside(Path(sys.argv[1])) as beside:
    (beside / "half").write_text("made")
    print(beside.name, flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", code, tmp_path / "package"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        left = other.stdout.readline().strip()
        files.replace_file(tmp_path / "file", b"a")
        assert names(tmp_path) == [left, "file"]
        other.kill()
        other.wait()
    assert names(tmp_path) == [left, "file"]
    files.replace_file(tmp_path / "file", b"b")
    assert names(tmp_path) == ["file"]
