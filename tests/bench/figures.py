"""README's three sentences, with the figures of the table."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Sequence

from measure import Row, amount
from variant import NOT_USED

from scripts.project import StageError


def find_row(rows: Sequence[Row], what: str, against: str) -> Row:
    """The one row of these texts, of which the second may go on.

    Raises:
        StageError: there is none, or there are several.
    """
    found = [row for row in rows if row.what in (what, what + NOT_USED) and row.against.startswith(against)]
    if len(found) != 1:
        raise StageError(f"README tells of {what} against {against}, of which there are {len(found)} rows")
    return found[0]


def sentences(rows: Sequence[Row]) -> str:
    """What README says of the speed."""
    default, parsing = "the generator's default output", "pydantic"
    page, fast_page = "bytes to models, 500 segments", "bytes to models, 500 segments, with `[fast]`"
    plain, fast = find_row(rows, page, parsing), find_row(rows, fast_page, parsing)
    from_dict = find_row(rows, "`from_dict`, 500 segments", default)
    kept = find_row(rows, "100 pages of 500 segments, read from bytes and kept", default)
    memory = find_row(rows, "memory kept by 10,000 segments", default)
    call = find_row(rows, "one call, 50 segments each way", "raw httpx")
    imported = find_row(rows, "import of one operation, nothing else installed", "`import httpx, attrs`")
    report = find_row(rows, "a report of 200 MB, JSON lines, read by `iter_json_lines`", "`json.loads`")
    with_fast, without = (amount(statistics.median(row.ours), "s") for row in (fast, plain))
    text = [
        f"A page of 500 segments takes {with_fast} from bytes to models with `[fast]`, {without} without, for which "
        f"pydantic's `model_validate_json` takes {fast.ratio:.2f} and {plain.ratio:.2f} times as long; from parsed "
        f"JSON, the generator's default output takes {from_dict.ratio:.1f} times as long.",
        f"100 such pages, read and kept, are read {kept.ratio:.1f} times as fast as by the default output, and take "
        f"{memory.ratio:.2f} of its memory.",
        f"A bulk call of 50 segments takes {call.ratio:.2f} times as long as with raw httpx and json, the import of an "
        f"operation {imported.ratio:.2f} times as long as `import httpx, attrs`, and a report of 200 MB "
        f"{report.ratio:.2f} times as long as `json.loads` over httpx's lines, in memory that does not grow with it.",
    ]
    return textwrap.fill(" ".join(text), 120, break_long_words=False, break_on_hyphens=False) + "\n"
