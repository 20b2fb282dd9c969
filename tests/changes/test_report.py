"""The report says in Markdown what callers do, first page first; nothing of a document is taken for Markdown."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.edits import GONE, PATH, SEGMENT, put, segments
from support.reports import PROJECT, compare

from scripts.__main__ import main
from scripts.changes.change import Report, Verb
from scripts.changes.clients import compare_documents
from scripts.changes.facts import compare_clients
from scripts.changes.report import code, first_page, name_change, summarize, write_report, write_words
from scripts.changes.slots import Client
from scripts.spec.document import Document


def edited(*edits: tuple[str, Any]) -> Document:
    """The small document with some parts set or taken out."""
    document = segments()
    for path, value in edits:
        put(document, path, value)
    return document


def without_package(document: Document) -> Report:
    """The report on the small document and another one, of which no clients are made."""
    return compare_clients(Client(segments(), None), Client(document, None))


def text_of(report: Report) -> str:
    """The report in Markdown."""
    return write_report(report, name_change(report))


def test_first_page_and_entries() -> None:
    """Counts, words, the table, then an entry with code before and after, each fact with its path and Python name."""
    document = edited((f"{PATH} get operationId", "findSegments"), (f"{SEGMENT} createdAt", GONE))
    assert (
        text_of(compare(segments(), document))
        == """\
# The document of API version 2026-01 changed in place

Your client has 3 operations: 1 needs no edit, 1 has a new name, 1 other types.

Changes: 1 word to replace, 2 that a type checker sees, 0 that none sees (**silent**), 0 that need no edit, 0 texts of \
the document.

## Replace (1 word)

```text
search_segments  find_segments  # the call changes too
```

## Edit, operation by operation (2)

| you call | send | read | silent: no type checker sees it |
| --- | --- | --- | --- |
| `search_segments` | | `created_at` | |
| `update_segments` | | `created_at` | |

## In full

### Each operation

#### `search_segments` → `find_segments`

Before:

```python
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.audience import search_segments


def example(client: AuthenticatedClient) -> None:
    answer = search_segments.sync(account_id="account_id", client=client)
    for item1 in answer.data or []:
        print(item1.created_at)
```

After:

```python
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.audience import find_segments


def example(client: AuthenticatedClient) -> None:
    find_segments.sync(account_id="account_id", client=client)
```

- `answer 200.data[].createdAt`: `Segment.created_at` is gone

#### `update_segments`

Before:

```python
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.audience import update_segments


def example(client: AuthenticatedClient) -> None:
    answer = update_segments.sync(account_id="account_id", client=client)
    for item1 in answer.data or []:
        print(item1.created_at)
```

After:

```python
from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.audience import update_segments


def example(client: AuthenticatedClient) -> None:
    update_segments.sync(account_id="account_id", client=client)
```

- `answer 200.data[].createdAt`: `Segment.created_at` is gone
"""
    )


def test_words_are_a_table_for_a_script() -> None:
    """A line for each word, old and new with a tab between them."""
    report = compare(segments(), edited((f"{PATH} get operationId", "findSegments")))
    assert write_words(report) == "search_segments\tfind_segments\n"


def test_host_that_gets_secrets_ranks_first() -> None:
    """Another server or token endpoint is the first thing on the page, and in the sentence for a chat."""
    document = edited(("servers", [{"url": "https://api.crite0.com"}]))
    report = without_package(document)
    text = text_of(report)
    first = text.index("## Check first: calls, tokens or secrets go elsewhere")
    assert text.index("\n## ") + 1 == first
    assert "- `servers[0].url`: `https://api.criteo.com` is now `https://api.crite0.com` (**silent**)" in text
    assert "; check first, calls, tokens or secrets go elsewhere; " in summarize(report)


def test_sentence_for_a_chat_is_one_line() -> None:
    """What changed, and what it asks for."""
    report = compare(segments(), edited((f"{SEGMENT} createdAt", GONE)))
    assert summarize(report) == (
        "The document of API version 2026-01 changed in place; "
        "your client has 3 operations: 1 needs no edit, 2 have other types."
    )


def test_counts_are_those_of_the_data() -> None:
    """The numbers of the head can be counted in the report as JSON."""
    document = edited((f"{PATH} get operationId", "findSegments"), (f"{SEGMENT} createdAt", GONE), ("info title", "x"))
    report = compare(segments(), document)
    data = json.loads(json.dumps(report.to_json()))
    found = re.search(
        r"Changes: (\d+) words? to replace, (\d+) that a type checker sees, .* (\d+) text", text_of(report)
    )
    assert found
    assert [int(count) for count in found.groups()] == [
        len(data["words"]),
        sum(bool({*fact["effects"]} - {"wire", "silent"}) for fact in data["facts"]),
        sum(fact["verb"] == "text" for fact in data["facts"]),
    ]
    assert {call["verdict"] for call in data["calls"]} == {"renamed", "edit", "same"}
    (removed,) = (fact for fact in data["facts"] if fact["verb"] == "removed")
    assert (removed["path"], removed["side"], removed["old"]) == (
        "answer 200.data[].createdAt",
        "answer",
        "Segment.created_at",
    )


def test_text_of_the_document_is_no_markdown() -> None:
    """Whatever a document says stays in a code span on its own line: no heading, link, tag, mention or bidi mark."""
    evil = "A ```fence``` <b> https://evil.example @all [x](y)\n# Head\n- item \u202e|"
    document = segments()
    document["components"]["schemas"]["Segment"]["properties"]["`x`\n# y"] = {"type": "string"}
    document["components"]["schemas"]["Segment"]["properties"]["kind"] = {"type": "string", "enum": [evil]}
    document["paths"]["/2026-01/accounts/{account-id}/segments"]["get"]["operationId"] = evil
    document["info"]["version"] = evil
    text = text_of(without_package(document))
    assert "# Head" not in [line.strip() for line in text.splitlines()]
    assert not re.search(r"(?m)^(#+ Head|- item|# y)", text)
    assert "\u202e" not in text
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "evil.example" not in outside
    assert "<b>" not in outside


def test_long_texts_are_cut() -> None:
    """A name or a value of a megabyte gives a line that can be read."""
    document = segments()
    document["components"]["schemas"]["Segment"]["properties"]["x" * 10**6] = {"type": "string"}
    document["components"]["schemas"]["Segment"]["properties"]["id"]["pattern"] = "y" * 10**6
    assert max(map(len, text_of(without_package(document)).splitlines())) < 2000


@pytest.mark.parametrize(
    ("text", "span"), [("a", "`a`"), ("`", "`` ` ``"), ("a``b", "```a``b```"), (" a", "`  a `"), ("", "`  `")]
)
def test_code_span_holds_any_text(text: str, span: str) -> None:
    """The fence is longer than any run of backticks within; a space apart from a backtick or a space at an end."""
    assert code(text) == span


def test_document_without_a_client_is_reported_without_python() -> None:
    """The changes are told whatever the state of the document, and why there are no Python names."""
    document = edited((f"{SEGMENT} owner", {"$ref": "#/components/schemas/Nobody"}))
    report = compare_documents(PROJECT, segments(), document)
    assert "What this is in Python cannot be told: `the new document: " in text_of(report)
    assert any(fact.verb is Verb.RETYPED and fact.path.endswith(".owner") for fact in report.facts)


def test_no_change_is_said() -> None:
    """Two equal documents have a report that says so."""
    report = compare(segments(), copy.deepcopy(segments()))
    assert text_of(report).endswith("Your client has 3 operations: 3 need no edit.\n\nNothing changed.\n")
    assert first_page(text_of(report)) == text_of(report)


def test_selection_follows_what_is_renamed_and_tells_what_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operation that the old document offers need not be in the new one under its name."""
    gone = "paths /2026-01/segments/{segment-id}"
    for name, edits in (("old", ()), ("new", ((f"{PATH} get operationId", "findSegments"), (gone, GONE)))):
        (tmp_path / f"{name}.json").write_text(json.dumps(edited(*edits)), "utf-8")
    spec = ["report", "--from", str(tmp_path / "old.json"), "--to", str(tmp_path / "new.json")]
    assert main([*spec, "--operations", "searchSegments deleteSegment", "--json"], PROJECT) == 0
    calls = json.loads(capsys.readouterr().out)["calls"]
    assert {call["old_id"]: call["verdict"] for call in calls} == {"searchSegments": "renamed", "deleteSegment": "gone"}
