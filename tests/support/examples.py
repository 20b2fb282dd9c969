"""The examples of README and of the guide."""

from __future__ import annotations

import re
from typing import NamedTuple

from support.specs import ROOT

DOCUMENTS = ("README.md", "overlay/GUIDE.md")


class Example(NamedTuple):
    """One example; ``needs_more`` where the shipped client lacks operations that it uses, with the ``operations`` that
    the line above it fetches."""

    name: str
    source: str
    needs_more: bool
    operations: tuple[str, ...]


def _read(document: str) -> list[Example]:
    text = (ROOT / document).read_text(encoding="utf-8")
    command = r'(?:^    make fetch OPERATIONS="([^"\n]*)" && make\n\n)?'
    found = re.findall(command + r"^```python( no-run)?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [
        Example(f"{document} {number}", source, bool(more), tuple(operations.split()))
        for number, (operations, more, source) in enumerate(found)
    ]


EXAMPLES = [example for document in DOCUMENTS for example in _read(document)]
# The first one: what a newcomer runs.
FIRST = EXAMPLES[0]


def find_example(word: str) -> Example:
    """The one example with this word in it."""
    (found,) = (example for example in EXAMPLES if word in example.source)
    return found
