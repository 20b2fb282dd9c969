"""What holds for one operation holds for all: selections of one tag and of many go out on every way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.indexes import Index, pypiserver
from support.specs import ROOT, read_document, whole_document
from support.workspace import Workspace

from scripts.spec.walk import operations

EVERY_KIND = ROOT / "tests" / "documents" / "every_kind.yaml"
TWO = ("GetShops", "bulkUpdateShelves")
TWELVE = (
    *("bulkUpdateShelves", "createShelves", "searchShelves", "GetShops", "SearchGoods", "ClearShelf", "UploadImage"),
    *("GenerateShelfReport", "GetReportStatus", "GetReportOutput", "CreateCatalog", "GetInvoiceReportOutput"),
)
# The API version of a document, and what is selected of it.
SELECTIONS = {
    "two operations of two tags": ("every-kind", TWO),
    "twelve operations": ("every-kind", TWELVE),
    "all of 2026-01": ("2026-01", ("*",)),
    "all of 2026-07": ("2026-07", ("*",)),
}
IMPORT_AND_VERIFY = (
    "import importlib, pkgutil, runpy, sys; package = importlib.import_module(sys.argv[1])\n"
    "names = [each.name for each in pkgutil.walk_packages(package.__path__, package.__name__ + '.')]\n"
    "modules = [importlib.import_module(name) for name in names if not name.endswith('__main__')]\n"
    "print(len([module for module in modules if hasattr(module, 'OPERATION')]))\n"
    "sys.argv[1:] = ['--verify']; runpy.run_module(package.__name__, run_name='__main__')\n"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A real pypiserver on loopback, of which each selection has another version."""
    with pypiserver(tmp_path_factory.mktemp("index")) as index:
        yield index


@pytest.mark.parametrize(("of", "selection"), SELECTIONS.values(), ids=SELECTIONS.keys())
def test_a_selection_goes_out_on_every_way(
    workspace: Workspace,
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    of: str,
    selection: tuple[str, ...],
) -> None:
    """Fetched, generated, documented, built and published, installed, vendored, verified, and bumped in place."""
    spec = EVERY_KIND if of == "every-kind" else whole_document(of)
    document = read_document(spec)
    count = len(list(operations(document))) if selection == ("*",) else len(selection)
    _make_repository(workspace)
    _number_release(workspace, list(SELECTIONS.values()).index((of, selection)))

    version = str(document["info"]["version"])
    _run(workspace, "fetch", "--spec", spec, "--version", version, "--operations", " ".join(selection))
    assert f"{count} operations, " in _run(workspace, "generate")
    _run(workspace, "docs")
    pages = "".join(path.read_text() for path in (workspace.root / "site").glob("api.*.html"))
    assert pages.count('<pre class="example">') == count
    _commit(workspace)

    for name, value in index.credentials.items():
        monkeypatch.setenv(name, value)
    published = _run(workspace, "publish", index.url)  # of what has not drifted; it builds and checks
    wheel = next(name for name in published.split() if name.removesuffix(",").endswith(".whl")).removesuffix(",")
    release = wheel.split("-")[1]
    assert wheel in index.files()
    installed = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    options = ["--no-compile", "--index-url", index.simple, "--target", str(installed)]
    subprocess.run([*pip, *options, f"criteo-retail-media=={release}"], check=True, cwd=tmp_path)
    imported, verified = _python(installed, "-c", IMPORT_AND_VERIFY, "criteo_retail_media").splitlines()
    assert (imported, "every file is as it was made" in verified) == (str(count), True)

    app = tmp_path / "downstream" / "app"
    app.mkdir(parents=True)
    (app / "__init__.py").touch()
    _run(workspace, "vendor", app / "_vendor")
    imported, verified = _python(app.parent, "-c", IMPORT_AND_VERIFY, "app._vendor.criteo_retail_media").splitlines()
    assert (imported, "as it was made" in verified) == (str(count), True)

    for _, operation in operations(document):
        operation["description"] = "Another text."
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    major, minor, number = release.split(".")
    assert f"→ {major}.{minor}.{int(number) + 1}" in _run(workspace, "bump", "--spec", changed, "--tests", "0")
    updated = _run(workspace, "vendor", app / "_vendor")
    assert f"from {release} to {major}.{minor}.{int(number) + 1}; files: 1 added, " in updated  # CHANGES.md
    assert "as it was made" in _python(app.parent, "-m", "app._vendor.criteo_retail_media", "--verify")


def _make_repository(workspace: Workspace) -> None:
    for name in ("README.md", "CHANGELOG.md", ".gitignore"):
        shutil.copy2(ROOT / name, workspace.root / name)
    subprocess.run(["git", "init", "-q"], cwd=workspace.root, check=True)


def _commit(workspace: Workspace) -> None:
    for command in (["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"]):
        subprocess.run(["git", *command], cwd=workspace.root, check=True)


def _number_release(workspace: Workspace, number: int) -> None:
    """Begin at another release for each selection, since they share an index."""
    source = workspace.project.source
    lines = source.read_text().splitlines()
    source.write_text(
        "".join(f"release = {10 * number}\n" if line.startswith("release =") else f"{line}\n" for line in lines)
    )


def _run(workspace: Workspace, command: str, *arguments: Any) -> str:
    """What a command prints."""
    done = workspace.run(command, *arguments)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def _python(path: Path, *arguments: str) -> str:
    """What another program prints that has the folder on its path, and leaves no caches there."""
    environment = {"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(command, cwd=path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
