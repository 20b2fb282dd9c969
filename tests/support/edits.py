"""A small document that a client can be made of, and a way to edit a part of it, for tests of what changed."""

from __future__ import annotations

import copy
import json
from typing import Any

from support.specs import ROOT, read_document

from scripts.spec.document import Document

GONE = object()

SEGMENTS = ROOT / "tests" / "documents" / "segments.yaml"
PATH = "paths /2026-01/accounts/{account-id}/segments"
LIMIT = f"{PATH} get parameters 1"
SEGMENT = "components schemas Segment properties"
KIND = "components schemas Kind"


def segments(version: str = "2026-01") -> Document:
    """The small document, as of an API version."""
    document: Document = json.loads(json.dumps(read_document(SEGMENTS)).replace("2026-01", version))
    return document


def put(document: Any, path: str, value: Any) -> None:
    """Set the part of a document that ``path``, keys with spaces between them, leads to; or take it out."""
    *above, last = path.split()
    parent = document
    for key in above:
        parent = parent[int(key) if isinstance(parent, list) else key]
    key = int(last) if isinstance(parent, list) else last
    if value is GONE:
        del parent[key]
    else:
        parent[key] = value


def edited(document: Document, *edits: tuple[str, Any]) -> Document:
    """A copy of a document, with some parts set or taken out."""
    result = copy.deepcopy(document)
    for path, value in edits:
        put(result, path, value)
    return result
