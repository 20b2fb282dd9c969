"""``python -m criteo_retail_media``: what the client was made from, and whether its files are as they were made."""

from __future__ import annotations

import re
import shutil
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
    told = dict(line.split(maxsplit=1) for line in lines if not line.startswith(" "))
    assert told == {
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
    assert capsys.readouterr().out == f"{PACKAGE}: every file is as it was made\n"


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


@pytest.mark.parametrize("checksums", [None, "nonsense\n"])
def test_without_checksums_nothing_is_verified(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], checksums: str | None
) -> None:
    """What cannot be compared is not called unchanged."""
    if checksums is not None:
        (tmp_path / "SHA256SUMS").write_text(checksums)
    assert __main__.main(["--verify", str(tmp_path)]) == 1
    assert "no checksums to compare with" in capsys.readouterr().err
