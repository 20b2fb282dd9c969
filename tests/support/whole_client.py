"""Clients of whole documents, and of the tests' own, generated for the tests."""

from __future__ import annotations

import atexit
import functools
import inspect
import re
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any, NamedTuple

from support.samples import sample
from support.specs import ROOT, read_document, specs_folder, whole_document
from support.workspace import PROJECT

from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import Patched, apply_actions, read_actions
from scripts.spec.document import Document
from scripts.spec.select import EVERYTHING, select

_AT_HAND = {
    "shipped": ROOT / "tests" / "documents" / "audience_segments.json",
    "every-kind": ROOT / "tests" / "documents" / "every_kind.yaml",
    "selected": ROOT / "openapi" / "upstream.json",
}
_AT_HAND |= {
    name: ROOT / "tests" / "documents" / f"{name.replace('-', '_')}.yaml"
    for name in ("guid", "integer-enum", "parameter-styles", "union-with-discriminator")
}
# The documents that tests go through: the one that the repository shipped with, and the one that is in its place where
# somebody selected another, of which tests know nothing but what it says.
VERSIONS = ("shipped", "every-kind", "2026-01", "2026-07")
if _AT_HAND["selected"].read_bytes() != _AT_HAND["shipped"].read_bytes():
    VERSIONS += ("selected",)


class WholeClient(NamedTuple):
    """A document and what was generated from it."""

    document: Document
    package: ModuleType
    operations: dict[str, Any]  # modules by operationId

    def module(self, name: str) -> Any:
        """A runtime module of this client, such as ``pages``."""
        return import_module(f"{self.package.__name__}.{name}")

    def without_waits(self) -> Any:
        """A retry policy of this client's own class whose waits take no time."""
        waitless = {"sleep": lambda policy, seconds: None}
        return type("NoWait", (self.module("retry").RetryPolicy,), waitless)()


def client_of(version: str) -> WholeClient:
    """The client of one of `VERSIONS`; skips the test where the document is not at hand, as only a whole one may be."""
    return _generated(at_hand(version) or whole_document(version))


def client_of_selection(version: str, *selection: str) -> WholeClient:
    """The client of some operations of one of `VERSIONS`, as `make fetch OPERATIONS=…` chooses them."""
    return _generated(at_hand(version) or whole_document(version), selection)


def at_hand(version: str) -> Path | None:
    """The file of one of `VERSIONS`, where it is here."""
    return _AT_HAND.get(version) or (whole_document(version) if specs_folder() else None)


@functools.cache
def _generated(upstream: Path, selection: tuple[str, ...] = (EVERYTHING,)) -> WholeClient:
    """The client of the document in the file ``upstream``, as a package of another name; made once."""
    folder = tempfile.mkdtemp(prefix="criteo-client-")
    atexit.register(shutil.rmtree, folder)
    document = select(read_document(upstream), selection)
    name = "_".join(("client_of", re.sub(r"\W", "_", upstream.stem), *(re.sub(r"\W", "", one) for one in selection)))
    patched = Patched(document, *apply_actions(document, read_actions(PROJECT)))
    build_package(PROJECT, patched, Path(folder, name))
    sys.path.insert(0, folder)
    package = import_module(name)
    paths = Path(folder, name, "api")
    modules = [import_module(found.name) for found in walk_packages([str(paths)], f"{name}.api.") if not found.ispkg]
    operations = {module.OPERATION.id: module for module in modules}
    return WholeClient(document, package, operations)


def needed(module: Any, described: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The arguments that an operation cannot do without, apart from the client."""
    required = {
        name: "42"
        for name, parameter in inspect.signature(module.sync).parameters.items()
        if parameter.default is inspect.Parameter.empty and name not in ("client", "body")
    }
    if "requestBody" in described:
        content = next(iter(described["requestBody"]["content"].values()))
        required["body"] = module.OPERATION.body().from_dict(sample(content["schema"], schemas))
    return required
