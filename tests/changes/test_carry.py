"""A choice of operations is carried over by operationId, else by method and path without the version."""

from __future__ import annotations

import pytest
from support.edits import GONE, edited, put
from support.small_document import small_document

from scripts.changes.carry import Carried, carry
from scripts.spec.document import Document
from scripts.spec.select import select

FOOS = "paths /2026-07/foos/{id}"
BARS = "paths /2026-07/bars"


def carried(selected: list[str], *edits: tuple[str, object]) -> Carried:
    """The choice ``wanted`` of the small document, carried over to its next version with some edits."""
    return carry(selected, kept(selected), edited(small_document("2026-07"), *edits))


def kept(selected: list[str]) -> Document:
    """What is kept of the small document."""
    return select(small_document(), selected)


@pytest.mark.parametrize("selected", [["getFoo", "getBar"], ["get*"], ["tag:Foo", "getBar"], ["*"]], ids=" ".join)
def test_what_keeps_its_id_stays(selected: list[str]) -> None:
    """Names, patterns and tags stay as they are written."""
    assert carried(selected) == Carried(tuple(selected), {}, {})


@pytest.mark.parametrize(
    ("selected", "becomes"),
    [
        (["getFoo", "getBar"], ["fetchFoo", "getBar"]),
        (["get*"], ["get*", "fetchFoo"]),
        (["get[F]*", "getBar"], ["getBar", "fetchFoo"]),
        (["tag:Foo"], ["tag:Foo"]),
        (["*"], ["*"]),
    ],
)
def test_renamed_operation_is_found_by_its_method_and_path(selected: list[str], becomes: list[str]) -> None:
    """Its name is replaced; a pattern that no longer matches it is joined by it, and one that matches nothing goes."""
    result = carried(selected, (f"{FOOS} get operationId", "fetchFoo"))
    assert result == Carried(tuple(becomes), {"getFoo": "fetchFoo"}, {})


def test_path_parameters_may_be_spelled_otherwise() -> None:
    """What a parameter is called does not tell one path from another."""
    new = small_document("2026-07")
    new["paths"]["/2026-07/foos/{fooId}"] = new["paths"].pop("/2026-07/foos/{id}")
    put(new, "paths /2026-07/foos/{fooId} get operationId", "fetchFoo")
    assert carry(["getFoo"], kept(["getFoo"]), new).renamed == {"getFoo": "fetchFoo"}


def test_gone_operation_is_told_with_the_nearest() -> None:
    """Those that the new version adds or that are not kept are nearest; entries that name nothing go."""
    result = carried(
        ["getFoo", "getBar"],
        (f"{FOOS} get", GONE),
        (f"{BARS} put", {"operationId": "getFooV2", "responses": {}}),
    )
    assert result == Carried(("getBar",), {}, {"getFoo": ["getFooV2", "updateFoo"]})


def test_entry_that_never_matched_stays() -> None:
    """Whoever wrote it gets the refusal that names it."""
    assert carry(["getFoo", "nothing"], kept(["getFoo"]), small_document("2026-07")).selected == ("getFoo", "nothing")
