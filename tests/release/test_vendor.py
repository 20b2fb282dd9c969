"""Vendoring: a copy that works under another name, is updated in place, and never loses what was edited there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.workspace import Workspace

COPY = "src/app/_vendor/criteo_retail_media"


def _python(*arguments: str | Path, path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=path, capture_output=True, text=True, check=False
    )


@pytest.fixture
def downstream(tmp_path: Path, workspace: Workspace) -> Path:
    """Another repository with a vendored copy."""
    root = tmp_path / "downstream"
    (root / "src" / "app").mkdir(parents=True)
    (root / "src" / "app" / "__init__.py").touch()
    done = workspace.run("vendor", root / "src" / "app" / "_vendor")
    assert (done.returncode, done.stderr) == (0, "")
    assert "vendored" in done.stdout
    return root


def test_the_copy_works_under_its_name(downstream: Path) -> None:
    """Every module imports as app._vendor.criteo_retail_media, and nothing reaches for another copy."""
    code = (
        "import importlib, pkgutil, sys; import app._vendor.criteo_retail_media as package\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(package.__path__, package.__name__ + '.')"
        " if not m.name.endswith('__main__')]\n"
        "assert not [name for name in sys.modules if name.startswith('criteo_retail_media')]"
    )
    done = _python("-c", code, path=downstream / "src")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_copy_works_beside_another_version(downstream: Path, workspace: Workspace) -> None:
    """A vendored copy and an installed one of another version live in one process."""
    provenance = workspace.root / "generated" / "criteo_retail_media" / "_provenance.py"
    other = provenance.read_text().replace('__version__ = "', '__version__ = "1')
    provenance.write_text(other)
    code = (
        "import criteo_retail_media as a, app._vendor.criteo_retail_media as b\n"
        "assert a.__version__ == '1' + b.__version__ and a.UNSET is not b.UNSET\n"
        "assert b.errors.ApiError is not a.errors.ApiError"
    )
    environment = {**os.environ, "PYTHONPATH": f"{workspace.root / 'generated'}{os.pathsep}{downstream / 'src'}"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_copy_tells_its_provenance_and_verifies_itself(downstream: Path) -> None:
    """``python -m`` works under the vendored name."""
    told = _python("-m", "app._vendor.criteo_retail_media", path=downstream / "src")
    assert told.returncode == 0
    assert [line.split()[0] for line in told.stdout.splitlines()] == [
        *("criteo-retail-media", "api", "document", "generator", "operations")
    ]
    verified = _python("-m", "app._vendor.criteo_retail_media", "--verify", path=downstream / "src")
    assert (verified.returncode, "every file is as it was made" in verified.stdout) == (0, True)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda copy: (copy / "errors.py").write_text("# mine\n"), "errors.py was edited"),
        (lambda copy: (copy / "retry.py").unlink(), "retry.py is missing"),
        (lambda copy: (copy / "extra.py").touch(), "extra.py was added"),
        (lambda copy: (copy / "SHA256SUMS").unlink(), "no checksums"),
        (lambda copy: (copy / "SHA256SUMS").write_text("nonsense\n"), "no checksums"),
    ],
    ids=["edited", "removed", "added", "no checksums", "broken checksums"],
)
def test_an_edited_copy_is_named_and_kept(downstream: Path, workspace: Workspace, damage, told) -> None:  # type: ignore[no-untyped-def]
    """An update refuses to lose what somebody changed, and FORCE=1 takes it away."""
    copy = downstream / COPY
    damage(copy)
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    refused = workspace.run("vendor", copy.parent)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert told in refused.stderr
    assert "FORCE=1" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
    forced = workspace.run("vendor", copy.parent, "--force")
    assert (forced.returncode, "updated" in forced.stdout) == (0, True)
    verified = _python("-m", "app._vendor.criteo_retail_media", "--verify", path=downstream / "src")
    assert verified.returncode == 0


def test_of_many_edited_files_the_first_are_named(downstream: Path, workspace: Workspace) -> None:
    """And the others counted, as when somebody's formatter went over the copy."""
    models = sorted((downstream / COPY / "models").glob("*.py"))
    for path in models:
        path.write_text(path.read_text() + "\n")
    refused = workspace.run("vendor", (downstream / COPY).parent)
    assert (refused.returncode, refused.stderr.count("was edited")) == (1, 20)
    assert f", and {len(models) - 20} more; move the changes elsewhere" in refused.stderr


def test_an_update_removes_what_is_gone(downstream: Path, workspace: Workspace) -> None:
    """A file that the new client no longer has leaves the copy; Python's caches are no edit."""
    copy = downstream / COPY
    subprocess.run([sys.executable, "-m", "compileall", "-q", copy], check=True)
    new = workspace.root / "generated" / "criteo_retail_media"
    (new / "bulk.py").unlink()
    (new / "SHA256SUMS").write_text(
        "".join(line for line in (new / "SHA256SUMS").read_text().splitlines(keepends=True) if "bulk.py" not in line)
    )
    done = workspace.run("vendor", copy.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (copy / "bulk.py").exists()
    assert (copy / "pages.py").exists()


def test_the_place_of_the_original_is_refused(workspace: Workspace) -> None:
    """The client is not copied over itself."""
    done = workspace.run("vendor", workspace.root / "generated")
    assert done.returncode == 1
    assert "another repository" in done.stderr
    assert (workspace.root / "generated" / "criteo_retail_media" / "errors.py").exists()


def test_a_client_that_was_not_generated_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    """The line says to run make."""
    import shutil

    shutil.rmtree(workspace.root / "generated" / "criteo_retail_media")
    done = workspace.run("vendor", tmp_path / "elsewhere")
    assert (done.returncode, "run make" in done.stderr) == (1, True)
    assert not (tmp_path / "elsewhere").exists()
