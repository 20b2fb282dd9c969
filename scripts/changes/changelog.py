"""CHANGELOG.md: an entry for each version of the distribution, the newest on top."""

from __future__ import annotations

import re

from scripts.pipeline.source import distribution_version


def last_release(changelog: str, version: str) -> int:
    """The number of the last release of an API version, so that going back gives what was there; 0 for a new one."""
    heading = re.escape(distribution_version(version, 0).removesuffix("0"))
    return max(map(int, re.findall(rf"(?m)^## {heading}(\d+)(?::|$)", changelog)), default=0)


def with_entry(changelog: str, version: str, last: str, changes: str) -> str:
    """The changelog for a version: with ``changes`` as its entry, or, where it has one, without the entry above it.

    That one goes only if it still says what ``last``, the report before, says: then it is of a bump taken back.
    """
    heading = re.compile(rf"(?m)^## {re.escape(version)}(:|$)")
    if heading.search(changelog):
        taken_back = _entry(last) if last else ""
        first = changelog.find("\n## ") + 1
        if taken_back and changelog.startswith(taken_back, first) and not heading.match(taken_back):
            return changelog[:first] + changelog[first + len(taken_back) :]
        return changelog
    first = changelog.find("\n## ") + 1 or len(changelog)
    return changelog[:first] + _entry(changes) + changelog[first:]


def _entry(changes: str) -> str:
    return re.sub(r"(?m)^#", "##", changes) + "\n"
