"""Types: mypy --strict and basedpyright are content with whole clients, and with what is written against them."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.example import EXAMPLE
from support.specs import ROOT
from support.type_checkers import basedpyright, mypy
from support.whole_client import VERSIONS, client_of
from support.workspace import PROJECT

from scripts.release.example import has_example

CONSUMERS = ROOT / "tests" / "typing" / "every_kind"


def found(folder: Path, *names: str) -> list[str]:
    """What each of the checkers finds in packages and files of the folder."""
    modules = [
        part
        for name in names
        for part in (("-m", name[:-3]) if name.endswith(".py") else ("-p", name.replace("/", ".")))
    ]
    with ThreadPoolExecutor() as pool:
        checks = pool.submit(mypy, [folder], *modules), pool.submit(basedpyright, folder, *names)
        return [text for check in checks if (text := check.result())]


@pytest.mark.parametrize(
    "version", [version for version in VERSIONS if version not in ("shipped", "every-kind", "selected")]
)
def test_whole_clients_are_typed(version: str) -> None:
    """The one in generated/ is checked by `make types`, and that of `every_kind` below."""
    package = Path(client_of(version).package.__path__[0])
    assert found(package.parent, package.name) == []


@pytest.mark.parametrize("consumer", [] if has_example(PROJECT) else ["consumer.py"])
def test_what_is_written_against_the_example_is_typed(consumer: str, tmp_path: Path) -> None:
    """Where generated/ lacks the operation of this file, so that `make types` cannot check it."""
    shutil.copytree(EXAMPLE.package, tmp_path / "criteo_retail_media")
    shutil.copy(CONSUMERS.parent / consumer, tmp_path)
    assert found(tmp_path, consumer) == []


WHERE = ("models", "api", "api.shelf", "api.shelf.clear_shelf")


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each checker says, in lines, of a client and of what is written against it, with names that it lacks too."""
    folder = tmp_path_factory.mktemp("every_kind")
    shutil.copytree(client_of("every-kind").package.__path__[0], folder / "criteo_retail_media")
    for where in WHERE:
        text = f"from criteo_retail_media.{where} import NoSuchName as NoSuchName\n"
        (folder / f"lacks_{where.replace('.', '_')}.py").write_text(text)
    for path in CONSUMERS.glob("*.py"):
        shutil.copy(path, folder)
    consumers = sorted(path.name for path in folder.glob("*.py"))
    # basedpyright reads the modules of the runtime as far as these ask: `make types` checks all of them.
    found_by_each = found(folder, "criteo_retail_media/api", "criteo_retail_media/models", *consumers)
    return {name: text.splitlines() for name, text in zip(("mypy", "basedpyright"), found_by_each, strict=True)}


def test_what_is_written_against_a_client_is_typed(complaints: dict[str, list[str]]) -> None:
    """A file for each kind of operation, which asserts the types that a caller sees."""
    count = len(WHERE)
    summaries = (
        rf"Found {count} errors in {count} files \(checked \d+ source files\)",
        rf"{count} errors, 0 warnings, 0 notes",
    )
    for (*lines, last), summary in zip(complaints.values(), summaries, strict=True):
        assert re.fullmatch(summary, last)
        assert [line for line in lines if "lacks_" not in line] == []


def test_a_name_that_does_not_exist_is_an_error_at_its_import(complaints: dict[str, list[str]]) -> None:
    """Of both checkers, where it is imported: a name that a new version of the API took away is found there."""
    errors = ('has no attribute "NoSuchName"', '"NoSuchName" is unknown import symbol')
    for lines, error in zip(complaints.values(), errors, strict=True):
        for where in WHERE:
            name = f"lacks_{where.replace('.', '_')}.py"
            assert [line for line in lines if error in line and name in line] != [], (name, lines)
