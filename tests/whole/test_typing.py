"""Types: mypy --strict and basedpyright are content with whole clients, and with what is written against them."""

from __future__ import annotations

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


def test_what_is_written_against_a_client_is_typed(tmp_path: Path) -> None:
    """A file for each kind of operation, which asserts the types that a caller sees."""
    shutil.copytree(client_of("every-kind").package.__path__[0], tmp_path / "criteo_retail_media")
    consumers = [Path(shutil.copy(path, tmp_path)).name for path in sorted(CONSUMERS.glob("*.py"))]
    # basedpyright reads the modules of the runtime as far as these ask: `make types` checks all of them.
    assert found(tmp_path, "criteo_retail_media/api", "criteo_retail_media/models", *consumers) == []


WHERE = ("models", "api", "api.things", "api.things.get_things")


def test_a_name_that_does_not_exist_is_an_error_at_its_import(tmp_path: Path) -> None:
    """Of both checkers, where it is imported: a name that a new version of the API took away is found there."""
    shutil.copytree(client_of("guid").package.__path__[0], tmp_path / "criteo_retail_media")
    consumers = [f"consumer_of_{where.replace('.', '_')}" for where in WHERE]
    for consumer, where in zip(consumers, WHERE, strict=True):
        text = f"from criteo_retail_media.{where} import NoSuchName as NoSuchName\n"
        (tmp_path / f"{consumer}.py").write_text(text)
    modules = [part for consumer in consumers for part in ("-m", consumer)]
    errors = {
        'has no attribute "NoSuchName"': mypy([tmp_path], *modules),
        '"NoSuchName" is unknown import symbol': basedpyright(tmp_path, *(f"{consumer}.py" for consumer in consumers)),
    }
    for error, text in errors.items():
        lines = [line for line in text.splitlines() if error in line]
        assert all(any(f"{consumer}.py" in line for line in lines) for consumer in consumers), text
