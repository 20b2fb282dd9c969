"""Rows of a report's file, one at a time, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def rows(source: Any) -> Iterator[dict[str, Any]]:
    """TBD"""
    raise NotImplementedError
