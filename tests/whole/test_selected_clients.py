"""Clients of a single operation: all that they need, nothing that they do not, and every runtime module at work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from support.contract import Contract, Described, operations_of
from support.specs import read_document
from support.type_checkers import mypy
from support.whole_client import VERSIONS, at_hand, client_of, client_of_selection

RUNTIME = Path(__file__).resolve().parents[2] / "overlay" / "runtime"


def kind(operation: Described) -> str:
    """What an operation asks of the generator and the runtime, in a word."""
    parameters = {parameter["name"] for parameter in operation.parameters}
    contents = [media for one in operation.responses.values() for media in one.get("content", {}).values()]
    if "multipart/form-data" in operation.body.get("content", {}):
        return "upload"
    if any(media.get("schema", {}).get("format") == "binary" for media in contents):
        return "file"
    if not any("schema" in media for media in contents):
        return "no-content"
    if parameters & {"pageIndex", "offset"}:
        return "pages"
    return "with-body" if operation.body else "without-body"


def one_of_each_kind() -> Iterator[Any]:
    """An operation of each kind of each document; of a document that is not at hand any, which client_of skips."""
    for version in VERSIONS:
        file = at_hand(version)
        known = operations_of(read_document(file)) if file else []
        for of, name in {kind(operation): operation.id for operation in known}.items():
            yield pytest.param(version, name, id=f"{version}-{of}-{name}")
        if not known:
            yield pytest.param(version, "any", id=f"{version}-any")


ONE_OF_EACH_KIND = list(one_of_each_kind())


@pytest.mark.parametrize(("version", "name"), ONE_OF_EACH_KIND)
def test_one_operation_has_its_models_and_no_others(version: str, name: str) -> None:
    """Each is met in what the operation takes or gives; and whatever was chosen, every module can be imported."""
    client = client_of_selection(version, name)
    assert client.operations.keys() == {name}
    models = client.module("models")
    assert {kind.__name__ for kind in Contract(client).kinds_met()} == set(models.__all__)
    files = {path.stem for path in Path(models.__path__[0]).glob("[!_]*.py")}
    assert files == {getattr(models, one).__module__.rpartition(".")[2] for one in models.__all__}
    for found in walk_packages(client.package.__path__, f"{client.package.__name__}."):
        import_module(found.name)


REPORT = re.compile(r"    report=Report\([^()]*\),\n|, Report(?=\n)|(?<=import )Report, ")


@pytest.mark.parametrize(("version", "name"), ONE_OF_EACH_KIND)
def test_an_operation_is_the_same_alone_and_among_all(version: str, name: str) -> None:
    """Its module is byte for byte that of the whole client, and so are the runtime modules: they work alike.

    Its models may not be: null is dropped from what only requests use, and an answer may use it among all operations.
    Nor is the fact which other operations tell of a report, where the client has none of them.
    """
    alone, whole = (Path(one.package.__path__[0]) for one in (client_of_selection(version, name), client_of(version)))
    for path in [*alone.glob("api/*/*.py"), *(alone / module.name for module in RUNTIME.glob("*.py"))]:
        among_all = REPORT.sub("", (whole / path.relative_to(alone)).read_text())
        assert path.read_text() == among_all, path.name


def test_clients_of_one_operation_are_typed() -> None:
    """Strictly, by mypy: each kind of operation of `every_kind`."""
    chosen = [one.values for one in ONE_OF_EACH_KIND if one.values[0] == "every-kind"]
    packages = [Path(client_of_selection(*one).package.__path__[0]) for one in chosen]
    names = [part for package in packages for part in ("-p", package.name)]
    assert mypy([package.parent for package in packages], *names) == ""
