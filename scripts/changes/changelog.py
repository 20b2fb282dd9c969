"""CHANGELOG.md: an entry for each version of the distribution, the newest on top."""

from __future__ import annotations

import re

from scripts.changes.report import first_page
from scripts.pipeline.source import distribution_version


def last_release(changelog: str, version: str) -> int:
    """The number of the last release of an API version, so that going back gives what was there; 0 for a new one."""
    heading = re.escape(distribution_version(version, 0).removesuffix("0"))
    return max(map(int, re.findall(rf"(?m)^## {heading}(\d+)(?::|$)", changelog)), default=0)


def with_entry(changelog: str, version: str, last: str, changes: str) -> str:
    """The changelog with the report ``changes`` as a version's entry, or, where it has one, without the entry above it.

    That one goes only if it still says what ``last``, the report before, says: then it is of a bump taken back.
    """
    heading = re.compile(rf"(?m)^## {re.escape(version)}(:|$)")
    above, entry = (re.sub(r"(?m)^#", "##", first_page(report)) + "\n" for report in (last, changes))
    first = changelog.find("\n## ") + 1 or len(changelog)
    head, entries = changelog[:first], changelog[first:]
    if not heading.search(changelog):
        return head + entry + entries
    return head + (entries if heading.match(above) else entries.removeprefix(above))
