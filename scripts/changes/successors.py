"""Operations that another one replaces in purpose, which no comparison of documents finds; each with its source."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple


class Successor(NamedTuple):
    """What ``old`` of a version did, ``new`` of another does; ``source`` says who says so, and when it was read."""

    old_version: str
    old: str
    new_version: str
    new: str
    source: str


_REPORTS = "Criteo's documentation, read 2026-11-25: its filters hold exactly one of accounts, campaigns, line items"
SUCCESSORS = tuple(
    Successor("2026-01", old, "2026-07", "GenerateAsyncPerformanceReport", _REPORTS)
    for old in ("GenerateAsyncAccountsReportV2", "GenerateAsyncCampaignsReportV2", "GenerateAsyncLineItemsReportV2")
)


def find_successor(old: str, offered: Collection[str]) -> str:
    """The operation that serves the purpose of one that is gone, if the new document offers it, or nothing."""
    return next((each.new for each in SUCCESSORS if each.old == old and each.new in offered), "")
