"""What tests of several stages share."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from support.example import EXAMPLE
from support.workspace import Workspace, copy_to

from scripts.__main__ import SWITCHES, VALUES

# The tests of the client, and those of what uses it, are of one operation, which another selection may lack.
sys.path.insert(0, str(EXAMPLE.generated))

# The make that runs the tests hands its own state, and the variables it was given, to every make below it.
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ARGS", *VALUES, *SWITCHES, "TESTS"):
    os.environ.pop(name, None)

# What tests start again and again is compiled once.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What mypy learns of the packages that clients depend on serves all processes of a run.
if "MYPY_CACHE_DIR" not in os.environ:
    os.environ["MYPY_CACHE_DIR"] = tempfile.mkdtemp(prefix="criteo-mypy-")
    atexit.register(shutil.rmtree, os.environ["MYPY_CACHE_DIR"])

# The folders whose files have the longest tests, so that no process waits for one at the end.
FIRST = ("release", "changes", "whole", "pipeline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long."""
    items.sort(key=lambda item: FIRST.index(folder) if (folder := item.path.parent.name) in FIRST else len(FIRST))


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not look at it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The repository's working parts in a temporary folder."""
    return copy_to(tmp_path / "repository")


@pytest.fixture
def site(httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """A web server on loopback; the test fails on a request that it was not told to expect."""
    yield httpserver
    httpserver.check()
