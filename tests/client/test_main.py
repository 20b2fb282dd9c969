"""``python -m criteo_retail_media``: what the client was made from, and whether its files are as they were made."""

from __future__ import annotations

import compileall
import os
import re
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import criteo_retail_media
import pytest
from criteo_retail_media import __main__, _provenance

PACKAGE = Path(criteo_retail_media.__file__).parent


def test_it_tells_what_the_client_was_made_from(capsys: pytest.CaptureFixture[str]) -> None:
    """Version, API version, the document's sha256, the generator, and how many operations there are."""
    assert __main__.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    printed = dict(line.split(maxsplit=1) for line in lines if not line.startswith(" "))
    assert printed == {
        "criteo-retail-media": criteo_retail_media.__version__,
        "api": f"version   {_provenance.API_VERSION}",
        "document": f"sha256 {_provenance.UPSTREAM_SHA256}",
        "generator": _provenance.GENERATOR,
        "operations": str(len(list((PACKAGE / "api").glob("*/[!_]*.py")))),
    }
    assert re.fullmatch("[0-9a-f]{64}", _provenance.UPSTREAM_SHA256)


def test_it_lists_the_operations_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """The module to import of each, and its operationId."""
    assert __main__.main([]) == 0
    listed = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    modules = {path.relative_to(PACKAGE).with_suffix("") for path in (PACKAGE / "api").glob("*/[!_]*.py")}
    assert {name for name, _ in listed} == {".".join(module.parts) for module in modules}
    for name, operation in listed:
        assert import_module(f"criteo_retail_media.{name}").OPERATION.id == operation


def test_the_files_are_as_they_were_made(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of the package that is imported, whatever Python cached beside them."""
    assert __main__.main(["--verify"]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{PACKAGE}: every file is as it was made\n"
    assert printed.err == "" or "not vouched for" in printed.err


def test_every_difference_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each file of a copy elsewhere, and the exit status 1."""
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGE, copy)
    (copy / "errors.py").write_text("# mine\n", encoding="utf-8")
    (copy / "api" / "__init__.py").unlink()
    (copy / "models" / "mine.py").touch()
    assert __main__.main(["--verify", str(copy)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "api/__init__.py is missing",
        "errors.py was edited",
        "models/mine.py was added",
        f"{copy}: 3 files are not as they were made",
    ]


def _link_file(copy: Path) -> None:
    (copy / "errors.py").rename(copy.parent / "errors.py")
    (copy / "errors.py").symlink_to(copy.parent / "errors.py")


def _link_folder(copy: Path) -> None:
    (copy / "models").rename(copy.parent / "models")
    (copy / "models").symlink_to(copy.parent / "models", target_is_directory=True)


def _link_cache(copy: Path) -> None:
    (copy.parent / "cache").mkdir()
    (copy / "__pycache__").symlink_to(copy.parent / "cache", target_is_directory=True)


def _link_checksums(copy: Path) -> None:
    (copy / "SHA256SUMS").rename(copy.parent / "sums")
    (copy / "SHA256SUMS").symlink_to(copy.parent / "sums")


def _write(name: str) -> Callable[[Path], None]:
    def damage(copy: Path) -> None:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_bytes(b"")

    return damage


# What must not pass for the package as it was made, though each entry of the list is there with its content.
STRAY = {
    "a link for a file": (_link_file, "errors.py is a symbolic link"),
    "a link for a folder": (_link_folder, "models is a symbolic link"),
    "a link for a cache": (_link_cache, "__pycache__ is a symbolic link"),
    "a link for the list": (_link_checksums, "no checksums to compare with"),
    "a fifo": (lambda copy: os.mkfifo(copy / "pipe"), "pipe is not a plain file"),
    "a list in a folder": (_write("models/SHA256SUMS"), "models/SHA256SUMS was added"),
    "compiled code": (_write("errors.pyc"), "errors.pyc was added"),
    "compiled code in a folder": (_write("models/more.pyc"), "models/more.pyc was added"),
    "source in a cache": (_write("__pycache__/more.py"), "__pycache__/more.py was added"),
    "a native module": (_write("errors.so"), "errors.so was added"),
    "a hidden file": (_write(".hidden"), ".hidden was added"),
    "a name that steers a terminal": (_write("a\x1b[2J.py"), "a\\x1b[2J.py was added"),
}


@pytest.mark.parametrize(("damage", "message"), STRAY.values(), ids=STRAY.keys())
def test_every_entry_that_is_no_plain_file_of_the_list_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None], message: str
) -> None:
    """None of it is read, followed or waited for."""
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    damage(copy)
    assert __main__.main(["--verify", str(copy)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err


def test_cached_code_is_not_vouched_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A cache that has its source's time and size runs in its place, whatever is in it: that is said, with a count."""
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert __main__.main(["--verify", str(copy)]) == 0
    assert capsys.readouterr().err == ""
    assert compileall.compile_file(copy / "errors.py", quiet=2)
    assert __main__.main(["--verify", str(copy)]) == 0
    printed = capsys.readouterr()
    assert printed.out == f"{copy}: every file is as it was made\n"
    assert f"{copy}: not vouched for: 1 files in __pycache__" in printed.err


def test_other_line_ends_are_no_edit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a checkout on Windows may write them, in the list too; anything else that differs is one."""
    copy = tmp_path / "copy"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for path in copy.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert __main__.main(["--verify", str(copy)]) == 0
    (copy / "errors.py").write_bytes((copy / "errors.py").read_bytes() + b"\r\n")
    assert __main__.main(["--verify", str(copy)]) == 1
    assert capsys.readouterr().err.splitlines()[0] == "errors.py was edited"


@pytest.mark.parametrize("checksums", [None, "nonsense\n"])
def test_without_checksums_nothing_is_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], checksums: str | None
) -> None:
    """What cannot be compared is not called unchanged."""
    if checksums is not None:
        (tmp_path / "SHA256SUMS").write_text(checksums)
    assert __main__.main(["--verify", str(tmp_path)]) == 1
    assert "no checksums to compare with" in capsys.readouterr().err
