"""The report on 2026-01 and 2026-07 tells what a type checker finds, and nothing that is not so."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import pytest
from support.reports import client_of, compare, selected
from support.user_of_everything import check_types, replace_words, use_everything

from scripts.changes.carry import carry
from scripts.changes.change import Effect, Fact, Report, Side, Verb, Verdict

# Operations of five tags: renamed, with other types, gone, and as they were.
TEN = (
    *("GetBalancesByAccountId", "AppendCampaignsByBalanceId", "GetBalanceHistory", "CreateBalanceByAccountId"),
    *("SearchAccountRetailers", "GenerateAsyncCampaignsReportV2", "GetAsyncExportStatus", "bulkUpdateAudienceSegments"),
    *("ModifyBalanceByAccountAndBalanceId", "AddFundsByAccountAndBalanceId"),
)
PAIRS = [
    ("2026-01", "2026-07", ("*",)),
    ("2026-07", "2026-01", ("*",)),
    ("2026-01", "2026-07", TEN),
    ("2026-07", "2026-01", TEN),
]
SEEN = {Effect.IMPORT, Effect.CALL, Effect.READ}


class Checked(NamedTuple):
    """A report, and what mypy says of a file that uses every old name, as it is and with the words replaced."""

    report: Report
    uses: list[str]
    imports: set[str]
    errors: list[tuple[int, str, str]]


@functools.cache
def documents(old: str, new: str, operations: tuple[str, ...]) -> tuple[dict[str, object], dict[str, object]]:
    """Both documents, with the same operations kept."""
    if operations == ("*",):
        return selected(old), selected(new)
    first, second = selected("2026-01", operations), selected("2026-07")
    both = {"2026-01": first, "2026-07": selected("2026-07", carry(operations, first, second).selected)}
    return both[old], both[new]


@functools.cache
def report_of(old: str, new: str, operations: tuple[str, ...]) -> Report:
    """The report on one of the pairs."""
    return compare(*documents(old, new, operations))


class Found(NamedTuple):
    """An error of mypy: the line's text, what the line uses, the message."""

    text: str
    uses: str
    message: str

    def is_told_by(self, fact: Fact, report: Report) -> bool:
        """Whether a fact is about what the line uses."""
        if fact.is_pair and re.search(rf"\b{fact.was}\b", self.text + self.message):
            return True
        if self.uses.startswith("api."):
            calls = {call.id for call in report.calls if call.old_module == self.uses}
            return bool(fact.effects) and any(place.call in calls for place in fact.places)
        return (
            self.uses in (fact.old, fact.holder[0])
            or f"{fact.old}.".startswith(f"{self.uses}.")
            or (bool(fact.old) and self.uses.startswith(f"{fact.old}."))
        )


@functools.cache
def errors_of(old: str, new: str, operations: tuple[str, ...]) -> tuple[list[Found], list[Found], list[str]]:
    """What mypy says of a user of everything, before the replacements and after them, and of the report's code."""
    before, after = map(client_of, documents(old, new, operations))
    report = report_of(old, new, operations)
    package = before.client.package
    assert package is not None
    gone = frozenset(report.gone) | {call.old_module for call in report.calls if call.verdict is Verdict.GONE}
    users = {"everything": use_everything(package), "replaced": use_everything(package, gone)}
    texts = {name: "\n".join(line.text for line in lines) for name, lines in users.items()}
    texts["replaced"] = replace_words(texts["replaced"], report.words)
    code = {
        f"{side}_{index}": text
        for index, call in enumerate(report.calls)
        for side in ("before", "after")
        if (text := getattr(call, side))
    }
    of_old = check_types(
        before.folder, {"everything": texts["everything"]} | {k: t for k, t in code.items() if k[0] == "b"}
    )
    of_new = check_types(after.folder, texts | {k: t for k, t in code.items() if k[0] == "a"})
    assert of_old["everything"] == []
    wrong = [f"{name}: {error}" for found in (of_old, of_new) for name in code for error in found.get(name, ())]
    found = [
        [Found(*users[name][line - 1], message) for line, message in of_new[name] if users[name][line - 1].uses]
        for name in users
    ]
    return found[0], found[1], wrong


@pytest.mark.parametrize(("old", "new", "operations"), PAIRS, ids=["all", "all back", "ten", "ten back"])
class TestPairs:
    """Both directions, the whole API and ten operations of it."""

    def test_every_error_is_told(self, old: str, new: str, operations: tuple[str, ...]) -> None:
        """Each error that is left once the words are replaced and what is gone is left out belongs to a fact."""
        report = report_of(old, new, operations)
        _, left, _ = errors_of(old, new, operations)
        facts = [fact for fact in report.facts if fact.verb is not Verb.TEXT]
        several = {fact.was for fact in report.facts if fact.is_pair and Effect.IMPORT in fact.effects}
        lost = re.compile(rf"\b({'|'.join(several.union(report.gone)) or 'nothing'})\b")
        left = [found for found in left if not lost.search(found.text)]  # what uses it cannot be right
        assert [found for found in left if not any(found.is_told_by(fact, report) for fact in facts)] == []
        assert left

    def test_errors_of_imports_are_replaced_or_gone_or_told(
        self, old: str, new: str, operations: tuple[str, ...]
    ) -> None:
        """Each name that cannot be imported any more is replaced by a word, or gone, or has several successors."""
        report = report_of(old, new, operations)
        errors, _, _ = errors_of(old, new, operations)
        lost = {found.uses.rpartition(".")[2] for found in errors if found.text.startswith("from ")}
        replaced = {word for word, _ in report.words}
        gone = {
            *report.gone,
            *(call.old_module.rpartition(".")[2] for call in report.calls if call.verdict is Verdict.GONE),
        }
        by_hand = {fact.was for fact in report.facts if fact.is_pair and Effect.IMPORT in fact.effects}
        assert lost <= replaced | gone | by_hand

    def test_what_breaks_gives_an_error(self, old: str, new: str, operations: tuple[str, ...]) -> None:
        """Each fact that says that an import, a call or a read breaks is what an error is about."""
        report = report_of(old, new, operations)
        errors, left, _ = errors_of(old, new, operations)
        found = [*errors, *left]
        known = {fact for fact in report.facts if any(each.is_told_by(fact, report) for each in found)}
        pairs = {(fact.was, fact.now) for fact in known if fact.is_pair}
        broken = [fact for fact in report.facts if fact.effects & SEEN]
        # A field of a class that stands where another stood, which is there still: the class is what is told.
        assert [fact for fact in broken if fact not in known and fact.holder not in pairs] == []
        assert broken

    def test_code_is_right(self, old: str, new: str, operations: tuple[str, ...]) -> None:
        """Every block of code passes mypy --strict: before with the old package, after with the new one."""
        report = report_of(old, new, operations)
        assert errors_of(old, new, operations)[2] == []
        assert all(
            call.before and call.after for call in report.calls if call.verdict in (Verdict.EDIT, Verdict.RENAMED)
        )


def keys(report: Report, calls: set[str]) -> set[tuple[str, ...]]:
    """The facts of some operations, place by place."""
    return {
        (place.call, place.side, place.path, place.new_path, fact.verb, fact.old, fact.new, fact.was, fact.now)
        for fact in report.facts
        for place in fact.places
        if place.call in calls
    }


@pytest.mark.parametrize(("old", "new"), [("2026-01", "2026-07"), ("2026-07", "2026-01")])
def test_report_of_a_selection_is_the_whole_one_filtered(old: str, new: str) -> None:
    """What is told of an operation does not depend on which others are kept."""
    part, whole = report_of(old, new, TEN), report_of(old, new, ("*",))
    calls = {call.id for call in part.calls}
    assert keys(part, calls) == keys(whole, calls)
    assert len(calls) == 10


INVERSE = {
    Verb.REMOVED: Verb.ADDED,
    Verb.ADDED: Verb.REMOVED,
    Verb.REQUIRED: Verb.OPTIONAL,
    Verb.OPTIONAL: Verb.REQUIRED,
    Verb.NULLABLE: Verb.NOTNULL,
    Verb.NOTNULL: Verb.NULLABLE,
}


def places(report: Report, *, back: bool) -> set[tuple[str, ...]]:
    """Where each verb holds, or, ``back``, its inverse."""
    ids = {call.id: (call.old_id or call.new_id if back else call.id) for call in report.calls}
    return {
        (ids.get(place.call, ""), place.side, *paths, INVERSE.get(fact.verb, fact.verb) if back else fact.verb)
        for fact in report.facts
        for place in fact.places
        for paths in [(place.new_path, place.path) if back else (place.path, place.new_path)]
        if place.side is not Side.SCHEMA
    }


@pytest.mark.parametrize("operations", [("*",), TEN], ids=["all", "ten"])
def test_report_back_has_each_verbs_inverse(operations: tuple[str, ...]) -> None:
    """Every fact of 2026-01 → 2026-07 is one of 2026-07 → 2026-01, seen from the other side."""
    there, back = report_of("2026-01", "2026-07", operations), report_of("2026-07", "2026-01", operations)
    assert places(there, back=False)
    assert places(there, back=False) == places(back, back=True)
