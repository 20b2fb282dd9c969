"""Vendoring: a copy that works under another name, is updated in place, and never loses what was edited there."""

from __future__ import annotations

import os
import re
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
    message = _python("-m", "app._vendor.criteo_retail_media", path=downstream / "src")
    assert message.returncode == 0
    first_words = [line.split()[0] for line in message.stdout.splitlines()]
    assert first_words[:5] == ["criteo-retail-media", "api", "document", "generator", "operations"]
    assert "api.audience.bulk_update_audience_segments" in first_words[5:]
    verified = _python("-m", "app._vendor.criteo_retail_media", "--verify", path=downstream / "src")
    assert (verified.returncode, "every file is as it was made" in verified.stdout) == (0, True)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda copy: (copy / "errors.py").write_text("# mine\n"), "errors.py was edited"),
        (lambda copy: (copy / "retry.py").unlink(), "retry.py is missing"),
        (lambda copy: (copy / "extra.py").touch(), "extra.py was added"),
        (lambda copy: (copy / "SHA256SUMS").unlink(), "no checksums"),
        (lambda copy: (copy / "SHA256SUMS").write_text("nonsense\n"), "no checksums"),
    ],
    ids=["edited", "removed", "added", "no checksums", "broken checksums"],
)
def test_an_edited_copy_is_named_and_kept(downstream: Path, workspace: Workspace, damage, message) -> None:  # type: ignore[no-untyped-def]
    """An update refuses to lose what somebody changed, and FORCE=1 takes it away."""
    copy = downstream / COPY

    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}

    vendored = files()
    damage(copy)
    before = files()
    refused = workspace.run("vendor", copy.parent)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert message in refused.stderr
    assert "FORCE=1" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert files() == before
    forced = workspace.run("vendor", copy.parent, "--force")
    assert (forced.returncode, "updated" in forced.stdout) == (0, True)
    assert files() == vendored  # which verifies itself, as the test above shows


def test_the_copy_survives_a_checkout_with_other_line_ends(downstream: Path, tmp_path: Path) -> None:
    """A repository that turns every text into CRLF leaves the copy's bytes alone."""
    (downstream / ".gitattributes").write_text("* text eol=crlf\n")
    (downstream / "other.py").write_text("a = 1\n")
    checkout = tmp_path / "checkout"
    settings = ("-c", "core.autocrlf=true", "-c", "user.name=t", "-c", "user.email=t@t")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "t"], ["clone", "-q", ".", str(checkout)]):
        subprocess.run(["git", *settings, *command], cwd=downstream, check=True, stderr=subprocess.DEVNULL)
    assert (checkout / "other.py").read_bytes() == b"a = 1\r\n"
    for path in (downstream / COPY).rglob("*"):
        if path.is_file():
            assert (checkout / path.relative_to(downstream)).read_bytes() == path.read_bytes()
    verified = _python("-m", "app._vendor.criteo_retail_media", "--verify", path=checkout / "src")
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_tools_of_the_repository_leave_the_copy_alone(downstream: Path) -> None:
    """ruff finds nothing with every rule on, and does not change a file; other tools read the header."""
    copy = downstream / "src" / "app" / "_vendor" / "criteo_retail_media"
    (downstream / "pyproject.toml").write_text(
        "[tool.ruff]\nline-length = 79\npreview = true\n[tool.ruff.lint]\nselect = ['ALL']\n"
        "[tool.ruff.format]\nquote-style = 'single'\nindent-style = 'tab'\n"
    )
    before = {path: path.read_bytes() for path in copy.rglob("*.py")}
    assert all(
        text.startswith(b"# Part of the package criteo-retail-media") and b"Do not edit" in text
        for text in before.values()
    )
    for command in (["check", "--fix", "--unsafe-fixes"], ["format"]):
        for named in ([copy], [*before]):  # as `ruff check` finds them, and as pre-commit gives them
            done = subprocess.run(
                [sys.executable, "-m", "ruff", *command, "--quiet", "--no-cache", *named],
                cwd=downstream,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stdout) == (0, "")
    assert {path: path.read_bytes() for path in copy.rglob("*.py")} == before


@pytest.mark.parametrize("place", ["", "models", "api/new/deep"])
def test_a_place_inside_a_copy_is_refused(downstream: Path, workspace: Workspace, place: str) -> None:
    """It would be a copy in a copy, which the next update takes away."""
    copy = downstream / COPY
    done = workspace.run("vendor", copy / place)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"lies inside a copy of the client; give the directory that holds it: {copy.parent}" in done.stderr
    assert not (copy / place / "criteo_retail_media").exists()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_directory_is_refused(tmp_path: Path, workspace: Workspace, kind: str) -> None:
    """Neither a file nor a link is replaced by the copy."""
    if kind == "file":
        (tmp_path / "there").touch()
    else:
        (tmp_path / "there").mkdir()
        (tmp_path / "there" / "criteo_retail_media").symlink_to(tmp_path / "elsewhere")
    done = workspace.run("vendor", tmp_path / "there")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is no directory" in done.stderr


def test_missing_init_files_are_made_within_a_package(downstream: Path, workspace: Workspace, tmp_path: Path) -> None:
    """So that tools which look for packages find the copy; a directory outside of packages stays as it is."""
    assert (downstream / "src" / "app" / "_vendor" / "__init__.py").read_bytes() == b""
    assert not (downstream / "src" / "__init__.py").exists()
    done = workspace.run("vendor", downstream / "src" / "app" / "deep" / "er")
    created = [downstream / "src" / "app" / "deep" / "er" / "__init__.py", downstream / "src/app/deep/__init__.py"]
    assert done.stdout.splitlines()[1:] == [f"made {path}, which was missing" for path in created]
    again = workspace.run("vendor", downstream / "src" / "app" / "deep" / "er")
    assert "made" not in again.stdout
    outside = workspace.run("vendor", tmp_path / "lib")
    assert len(outside.stdout.splitlines()) == 1
    assert sorted(path.name for path in (tmp_path / "lib").iterdir()) == ["criteo_retail_media"]


def test_an_update_says_what_it_did_and_brings_the_report(downstream: Path, workspace: Workspace) -> None:
    """From which version to which, how many files; CHANGES.md comes along and is verified like the rest."""
    package, old = workspace.project.package, workspace.project.package / "_provenance.py"
    version = re.search(r'__version__ = "(.*)"', old.read_text())
    assert version is not None
    same = workspace.run("vendor", (downstream / COPY).parent)
    assert f"from {version[1]} to {version[1]}; files: 0 added, 0 changed, 0 removed" in same.stdout
    old.write_text(old.read_text().replace(version[0], '__version__ = "2099.7.3"'))
    (package / "new.py").touch()
    (package / "errors.py").write_bytes((package / "errors.py").read_bytes() + b"# more\n")
    (package / "bulk.py").unlink()
    workspace.project.changes.write_text("# 2099.7.3\n")
    for path in (downstream / COPY).rglob("*.py"):  # a checkout of a copy without .gitattributes
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done = workspace.run("vendor", (downstream / COPY).parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"from {version[1]} to 2099.7.3; files: 2 added, 2 changed, 1 removed" in done.stdout
    assert (downstream / COPY / "CHANGES.md").read_text() == "# 2099.7.3\n"
    sums = (downstream / COPY / "SHA256SUMS").read_text()
    assert {"CHANGES.md", ".gitattributes"} <= {line.split("  ")[1] for line in sums.splitlines()}


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
