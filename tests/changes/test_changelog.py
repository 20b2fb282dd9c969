"""The changelog gets an entry with each bump, and loses it when the bump is taken back."""

from __future__ import annotations

import pytest

from scripts.changes.changelog import last_release, with_entry

CHANGELOG = "# Changelog\n\nVersions follow.\n\n## 2026.1.0\n\nThe first release.\n"
CHANGES = "# 2026.7.0: API version 2026-01 → 2026-07\n\n3 operations.\n\n## What is new (1)\n\n- `a`: b.\n"
ENTRY = "## 2026.7.0: API version 2026-01 → 2026-07\n\n3 operations.\n\n### What is new (1)\n\n- `a`: b.\n\n"
BUMPED = CHANGELOG.replace("## 2026.1.0", f"{ENTRY}## 2026.1.0")


def test_entry_goes_on_top() -> None:
    """It is the report, a level lower."""
    assert with_entry(CHANGELOG, "2026.7.0", "", CHANGES) == BUMPED


def test_first_entry_of_all() -> None:
    """A changelog without entries gets one at its end."""
    assert with_entry("# Changelog\n", "2026.7.0", "", CHANGES) == f"# Changelog\n{ENTRY}"


def test_bump_taken_back_takes_its_entry_along() -> None:
    """Going back to a version that has its entry gives the old changelog."""
    assert with_entry(BUMPED, "2026.1.0", CHANGES, "# 2026.1.0\n\nBack.\n") == CHANGELOG


@pytest.mark.parametrize(
    ("changelog", "last"),
    [(BUMPED.replace("`a`: b", "`a`: b, as people say"), CHANGES), (BUMPED, ""), (CHANGELOG, CHANGES)],
    ids=["edited", "no report", "no entry"],
)
def test_entry_that_a_person_edited_stays(changelog: str, last: str) -> None:
    """Only what the bump itself wrote is taken out."""
    assert with_entry(changelog, "2026.1.0", last, "# 2026.1.0\n\nBack.\n") == changelog


@pytest.mark.parametrize(
    ("version", "release"), [("2026-01", 12), ("2026-07", 0), ("2027-01", 0), ("2026-10", 0)], ids=str
)
def test_last_release_of_an_api_version(version: str, release: int) -> None:
    """The highest number in the headings; 0 for a version that has none."""
    assert last_release(f"{CHANGELOG}\n## 2026.1.12\n\n## 2026.1.3\n\n## 2026.10.0\n", version) == release
