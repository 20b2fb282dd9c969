"""Where the whole published documents are; a fresh clone does not have them."""

from __future__ import annotations

import functools
import os
import pickle
from pathlib import Path

import pytest

from scripts.spec.document import Document, parse

ROOT = Path(__file__).resolve().parents[2]


def specs_folder() -> Path | None:
    """The folder that ``CRITEO_SPECS`` names, else ``../shared/specs``; None when it does not exist."""
    folder = Path(os.environ.get("CRITEO_SPECS") or ROOT.parent / "shared" / "specs")
    return folder if folder.is_dir() else None


def whole_document(version: str) -> Path:
    """The whole document of an API version; skips the test where it is not at hand."""
    folder = specs_folder()
    if folder is None:
        pytest.skip("the whole documents are not here: set CRITEO_SPECS to the folder that holds them")
    path = folder / f"retailmedia_{version}.json"
    if not path.is_file():
        pytest.skip(f"the whole document of {version} is not in the folder of the others")
    return path


def read_document(path: Path) -> Document:
    """The document in a file, parsed once in a process; each call gives one of its own."""
    document: Document = pickle.loads(_parsed(path))
    return document


@functools.cache
def _parsed(path: Path) -> bytes:
    return pickle.dumps(parse(path.read_bytes(), path.name))
