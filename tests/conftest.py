"""What tests of several stages share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from support.example import EXAMPLE
from support.workspace import Workspace, copy_to

# The tests of the client, and those of what uses it, are of one operation, which another selection may lack.
sys.path.insert(0, str(EXAMPLE.generated))

# The make that runs the tests hands its own state, and the variables it was given, to every make below it.
VARIABLES = (
    *(
        "ARGS",
        "CHECK",
        "DEST",
        "DROP",
        "FORCE",
        "FROM",
        "INDEX",
        "JSON",
        "OPERATIONS",
        "SPEC",
        "TESTS",
        "TO",
        "VERSION",
    ),
)
for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", *VARIABLES):
    os.environ.pop(name, None)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The repository's working parts in a temporary folder."""
    return copy_to(tmp_path / "repository")


@pytest.fixture
def site(httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """A web server on loopback; the test fails on a request that it was not told to expect."""
    yield httpserver
    httpserver.check()
