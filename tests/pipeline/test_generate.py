"""Generation: the same bytes each time, every operation of a document, and nothing replaced when it fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.whole_client import client_of
from support.workspace import PROJECT, Workspace

from scripts.__main__ import main
from scripts.pipeline.drift import find_drift
from scripts.pipeline.generate import check_package, format_code
from scripts.project import StageError


def test_two_runs_give_the_same_bytes(workspace: Workspace, tmp_path: Path) -> None:
    """Whatever the hash seed and the working directory; and they are the committed ones."""
    committed = workspace.files("generated") | workspace.files("openapi")
    for seed, cwd in (("1", workspace.root), ("2", tmp_path)):
        done = workspace.start("generate", cwd=cwd, PYTHONHASHSEED=seed)
        assert (done.returncode, done.stderr) == (0, "")
        assert workspace.files("generated") | workspace.files("openapi") == committed


def test_no_generated_file_holds_a_path_or_a_date_of_its_making(workspace: Workspace) -> None:
    """Or two machines would give two packages."""
    assert workspace.run("generate").returncode == 0
    for name, content in workspace.files("generated/criteo_retail_media").items():
        assert str(workspace.root).encode() not in content, name
        assert str(Path.home()).encode() + b"/" not in content, name


def test_a_failure_is_one_line_and_replaces_nothing(workspace: Workspace) -> None:
    """A model that the templates refuse."""
    before = workspace.files("generated")
    overlay = workspace.project.overlay
    overlay.write_text(overlay.read_text().replace(".additionalProperties\n    desc", ".nothing\n    desc"))
    upstream = workspace.project.upstream
    text = upstream.read_text()
    upstream.write_text(text.replace('"NillableString": {', '"NillableString": {"additionalProperties": false,', 1))
    done = workspace.run("generate")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "Traceback" not in done.stderr
    assert workspace.files("generated") == before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda package: (package / "errors.py").write_text("#"), "errors.py differs"),
        (lambda package: (package / "errors.py").unlink(), "errors.py is missing"),
        (lambda package: (package / "stray.py").touch(), "stray.py"),
    ],
    ids=["edited", "missing", "stray"],
)
def test_drift_is_named(workspace: Workspace, damage, message) -> None:  # type: ignore[no-untyped-def]
    """Each file that is not what the inputs give."""
    damage(workspace.root / "generated" / "criteo_retail_media")
    done = workspace.run("drift")
    assert (done.returncode, message in done.stderr) == (1, True)


def test_no_drift() -> None:
    """What is committed is what the inputs give."""
    assert find_drift(PROJECT) == []


@pytest.mark.parametrize(
    ("version", "operations"), [("shipped", 1), ("every-kind", 23), ("2026-01", 108), ("2026-07", 115)]
)
def test_every_operation_is_generated_with_clean_names(version: str, operations: int) -> None:
    """With the one overlay, without a warning."""
    client = client_of(version)
    assert len(client.operations) == operations
    package = Path(client.package.__path__[0])
    assert [path.name for path in package.rglob("*.py") if re.search(r"type_?\d", path.stem)] == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("from .gone import Gone", r"models/thing\.py:1 imports 'gone', which was not generated"),
        ("from . import thing, gone", r"models/thing\.py:1 imports None, which was not generated"),
        ("if True:\n    from ..gone.deeper import Gone", r"models/thing\.py:2 imports 'gone\.deeper', which was not"),
        ("from ...outside import it", r"models/thing\.py:1 imports 'outside', which was not generated"),
    ],
)
def test_import_of_what_is_not_there_is_refused(line: str, message: str, tmp_path: Path) -> None:
    """Without being run."""
    with pytest.raises(StageError, match=message):
        check_package(package_with(line, tmp_path), {})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("def f(a, a): ...", "thing.py:1 is no Python (Duplicate parameter"),
        ("x = '\\d'", "thing.py:1 is no Python (Invalid escape sequence"),
        ("x = 1\n'a text ' cut in two", "thing.py:2 is no Python ("),
        ("x = 1\nx = x is 1", "thing.py:2 is no Python ("),
        ("return", "thing.py:1 is no Python ("),
    ],
)
def test_code_that_is_no_python_is_refused(line: str, message: str, tmp_path: Path) -> None:
    """Nor one of which Python warns."""
    with pytest.raises(StageError, match=f"^models/{re.escape(message)}.*mend the name or text"):
        format_code(package_with(line, tmp_path))


@pytest.mark.parametrize(
    "line",
    [
        '"""A text with a line\nfrom .gone import Gone\n"""',
        "from . import (\n    thing,\n)",
        "from . import thing as other",
        "from .. import models",
        "from ..models import thing",
    ],
)
def test_code_that_works_is_not(line: str, tmp_path: Path) -> None:
    """However it is written."""
    check_package(package_with(line, tmp_path), {})


def package_with(line: str, folder: Path) -> Path:
    """A package that has one module, with the line."""
    package = folder / "package"
    (package / "models").mkdir(parents=True)
    (package / "models" / "thing.py").write_text(line)
    return package


def test_drift_does_not_count_what_a_killed_run_left(workspace: Workspace) -> None:
    """Nor does it stay: the next `make` removes it."""
    left = workspace.project.generated / ".new.abc" / "criteo_retail_media" / "half.py"
    left.parent.mkdir(parents=True)
    left.touch()
    assert find_drift(workspace.project) == []
    assert main(["generate"], workspace.project) == 0
    assert not left.exists()
