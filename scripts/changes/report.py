"""Write a report of changes in Markdown, for people who upgrade.

All that comes from a document stands in code spans, where Markdown means nothing, bounded and printable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from scripts.changes.change import UNSEEN, Call, Effect, Fact, Report, Side, Verb, Verdict
from scripts.changes.successors import SUCCESSORS
from scripts.pipeline.source import is_api_version
from scripts.project import printable

_LONGEST = 200  # characters of a code span
_PIPE = r"\|"  # in a table
_FULL = "\n## In full\n"
_MOST = 6  # names in a cell of the table, operations after a fact

_PHRASES = {
    Verb.REMOVED: "{old} is gone",
    Verb.ADDED: "{new} is new: {now}",
    Verb.RENAMED: "{old} is now {new}",
    Verb.MOVED: "{old} is now {new}",
    Verb.RETYPED: "{new} is {now}, was {was}",
    Verb.REQUIRED: "{new} is required",
    Verb.OPTIONAL: "{new} may be UNSET",
    Verb.NULLABLE: "{new} may be None",
    Verb.NOTNULL: "{new} is not None any more",
    Verb.LIMIT: "{new}: {now}, was {was}",
    Verb.SCOPE: "scopes {now}, was {was}",
    Verb.MEDIA: "content type {now}, was {was}",
    Verb.VALUES: "{new}: values {now} come, {was} go",
}


def write_report(report: Report, title: str) -> str:
    """The whole report: the first page, then each operation and fact in full."""
    facts = [fact for fact in report.facts if fact.effects and not _is_host(fact)]
    wide = [fact for fact in facts if fact.is_wide]
    of = {verdict: [call for call in report.calls if call.verdict is verdict] for verdict in Verdict}
    calls = [call for call in report.calls if call.verdict in (Verdict.RENAMED, Verdict.EDIT)]
    pages: tuple[dict[str, list[str]], ...] = (
        {
            "Check first: calls, tokens or secrets go elsewhere": [
                _line(fact, code(fact.path)) for fact in report.facts if _is_host(fact)
            ],
            f"Replace ({_plural(len(report.words), 'word')})": list(_replacements(report)),
            f"Edit, operation by operation ({len(calls)})": list(_table(report, calls)),
            f"Gone ({len(of[Verdict.GONE])})": list(_gone(report, of[Verdict.GONE])),
            f"New ({len(of[Verdict.NEW])})": [f"- {_name(call)}" for call in of[Verdict.NEW]],
        },
        {
            "Each operation": [line for call in calls for line in _entry(report, call)],
            "In several operations, or in errors and warnings": [_line(fact, _where(report, fact)) for fact in wide],
            "Classes that no operation uses": [_line(fact, "") for fact in facts if fact.side is Side.SCHEMA],
            "No edit needed": list(_harmless(report)),
        },
    )
    note = f"What this is in Python cannot be told: {code(report.note)}."
    first, full = (
        [f"{level} {heading}\n\n" + "\n".join(lines).rstrip() for heading, lines in page.items() if lines]
        for level, page in zip(("##", "###"), pages, strict=True)
    )
    head = [f"# {title}", count_calls(report), _count_facts(report), *[note] * bool(report.note), *first]
    return "\n\n".join([*head, *[_FULL.strip()] * bool(full), *full]) + "\n"


def name_change(report: Report) -> str:
    """What the report is about, in words."""
    was, now = (each if is_api_version(each.lower()) else code(each) for each in (report.old, report.new))
    return f"API version {was} → {now}" if was != now else f"The document of API version {now} changed in place"


def summarize(report: Report) -> str:
    """The report in one sentence, for a chat message or a ticket."""
    first = "check first, calls, tokens or secrets go elsewhere; " if any(map(_is_host, report.facts)) else ""
    counts = count_calls(report)
    return printable(f"{name_change(report)}; {first}{counts[0].lower()}{counts[1:]}")


def first_page(text: str) -> str:
    """The first page of a report that `write_report` wrote."""
    return text.partition(_FULL)[0].rstrip("\n") + "\n" if text else ""


def write_words(report: Report) -> str:
    """The replacements as a table, a line for each word: the old name, a tab, the new name."""
    return "".join(f"{old}\t{new}\n" for old, new in report.words)


def count_calls(report: Report) -> str:
    """What an upgrade asks for, in one sentence."""
    found = Counter(call.verdict for call in report.calls)
    silent = sum(
        call.verdict is Verdict.EDIT
        and all(fact.effects <= UNSEEN and not fact.is_pair for fact in report.facts_of(call))
        for call in report.calls
    )
    counts = (
        (found[Verdict.SAME] + found[Verdict.GAINS], "needs no edit", "need no edit"),
        (found[Verdict.RENAMED], "has a new name", "have a new name"),
        (found[Verdict.EDIT] - silent, "other types", "other types"),
        (silent, "changes silently", "change silently"),
        (found[Verdict.GONE], "is gone", "are gone"),
    )
    parts = ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)
    new = found[Verdict.NEW]
    total = _plural(found.total() - new, "operation")
    return f"Your client has {total}: {parts or 'none is left'}" + (
        f"; {new} {'is' if new == 1 else 'are'} new." if new else "."
    )


def _count_facts(report: Report) -> str:
    """Counts that can be checked against the report as JSON."""
    if not report.facts:
        return "Nothing changed."
    found = Counter(
        "text"
        if fact.verb is Verb.TEXT
        else "unseen"
        if fact.effects and fact.effects <= UNSEEN
        else "seen"
        if fact.effects
        else "none"
        for fact in report.facts
    )
    return (
        f"Changes: {_plural(len(report.words), 'word')} to replace, {found['seen']} that a type checker sees, "
        f"{found['unseen']} that none sees (**silent**), {found['none']} that need no edit, "
        f"{_plural(found['text'], 'text')} of the document."
    )


def code(text: str) -> str:
    """Text as a code span of Markdown, in which nothing means anything: one line, bounded, fit for a table."""
    text = printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " * (text[:1] in ("`", " ", "") or text[-1:] in ("`", " "))
    return fence + pad + text + pad + fence


def _replacements(report: Report) -> Iterator[str]:
    calls = {call.old_module.rpartition(".")[2]: call for call in report.calls}
    if report.renames:
        width, wide = (
            max(len(word) for word in words) for words in zip(*((r.old, r.new) for r in report.renames), strict=True)
        )
        yield "```text"
        for rename in sorted(report.renames, key=lambda each: (bool(each.classes), each.is_stem, each.old)):
            call = calls.get(rename.old) if not rename.classes else None
            changes = call and any(
                f.effects and f.verb is not Verb.RENAMED and not f.is_pair for f in report.facts_of(call)
            )
            comment = (
                f"# stem, {len(rename.classes)} classes" if rename.is_stem else "# the call changes too" * bool(changes)
            )
            yield f"{rename.old:{width}}  {rename.new:{wide}}  {comment}".rstrip()
        yield "```"
    by_hand = [
        pair
        for pair in report.pairs
        if any(f.is_pair and Effect.IMPORT in f.effects and f.was == pair.old for f in report.facts)
    ]
    if by_hand:
        yield from ("", "By hand, since what stands there now depends on the place:", "")
        yield from (
            f"- {code(each.old)} is {code(each.new)} in {_join(place.call for place in each.places)}"
            for each in by_hand
        )


def _table(report: Report, calls: Sequence[Call]) -> Iterator[str]:
    if not calls:
        return
    yield "| you call | send | read | silent: no type checker sees it |"
    yield "| --- | --- | --- | --- |"
    for call in calls:
        facts = report.facts_of(call)
        own = [fact for fact in facts if not fact.is_wide]
        sent, read = ((Effect.CALL, Effect.IMPORT), (Effect.READ,))
        cells = [_cell(own, effects) for effects in (sent, read)]
        silent = [_silent(fact) for fact in facts if fact.effects & UNSEEN]
        if any(fact.is_wide and fact.effects for fact in facts):
            cells[1] = ", ".join(filter(None, (cells[1], "see “In several operations”")))
        row = [code(_short(call.old_module) or call.old_id), *cells, _list(silent)]
        yield f"| {' | '.join(cell.replace('|', _PIPE) for cell in row)} |".replace("|  |", "| |").replace(
            "|  |", "| |"
        )


def _cell(facts: Iterable[Fact], effects: tuple[Effect, ...]) -> str:
    """The classes that stand where others stood and differ from them, and the other names."""
    names: dict[str, None] = {}
    for fact in facts:
        if fact.is_pair or not fact.effects & {*effects} or (fact.verb is Verb.RENAMED and fact.side is Side.OPERATION):
            continue
        old, new = (name.partition(".")[2] or name for name in (fact.old, fact.new))
        if fact.holder[0] != fact.holder[1] and fact.verb in (Verb.REMOVED, Verb.RETYPED, Verb.VALUES):
            names[code(fact.holder[1])] = None
        elif fact.verb in (Verb.RENAMED, Verb.MOVED):
            names[f"{code(old)} → {code(new)}"] = None
        else:
            names[code(new or old or fact.path)] = None
    return _list(list(names))


def _silent(fact: Fact) -> str:
    name = code((fact.new or fact.old or fact.path).rpartition(".")[2])
    match fact.verb:
        case Verb.REMOVED if fact.side is Side.OPERATION:
            return f"{code(fact.was)} raises TypeError"
        case Verb.ADDED:
            return f"order of the arguments of {code(fact.holder[1])}"
        case Verb.MOVED:
            return f"order of the arguments of {name}" if fact.new else "order of the arguments"
        case Verb.SCOPE:
            return f"scope {code(fact.now)}"
        case Verb.VALUES:
            return f"values of {name}"
    return f"{fact.verb} of {name}"


def _entry(report: Report, call: Call) -> Iterator[str]:
    """An operation: before and after as code, its classes in one line, then what to send and read otherwise."""
    facts = [fact for fact in report.facts_of(call) if not (fact.verb is Verb.RENAMED and fact.side is Side.OPERATION)]
    old, new = _short(call.old_module) or call.old_id, _short(call.new_module) or call.new_id
    own = [fact for fact in facts if fact.effects and not fact.is_wide and not fact.is_pair]
    pairs = [fact for fact in facts if fact.is_pair and not fact.is_wide]
    if not own and not pairs and call.verdict is Verdict.EDIT:
        return
    yield from (f"#### {code(old)}" + f" → {code(new)}" * (old != new), "")
    if call.old_module.rpartition(".")[0] != call.new_module.rpartition(".")[0]:
        yield from (f"Import it from {code(call.new_module.rpartition('.')[0])}.", "")
    for heading, text in (("Before", call.before), ("After", call.after)):
        if text and call.before != call.after:
            yield from (f"{heading}:", "", "```python", text, "```", "")
    if pairs:
        yield "- classes: " + ", ".join(f"{code(fact.was)} → {code(fact.now)}" for fact in pairs)
    for fact in own:
        place = next(place for place in fact.places if place.call == call.id)
        yield _line(fact, code(place.path or place.new_path) if place.path or place.new_path else "")
    yield ""


def _line(fact: Fact, where: str) -> str:
    """A fact in words, after where it holds."""
    if fact.is_pair:
        phrase = "{was} → {now}"
    elif fact.verb is Verb.MOVED and fact.path.endswith("()"):
        phrase = "the order of the arguments is {now}, was {was}; give them by name"
    elif fact.verb is Verb.REMOVED and fact.side is Side.OPERATION:
        phrase = "{was} raises TypeError"
    elif _is_host(fact) or not (fact.old or fact.new):
        phrase = "{now}, was {was}"
    else:
        phrase = _PHRASES.get(fact.verb, "{verb}: {now}, was {was}")
    named = {"old": fact.old, "new": fact.new or fact.old, "was": fact.was or "nothing", "now": fact.now or "nothing"}
    text = phrase.format(verb=fact.verb, **{key: code(text) for key, text in named.items()})
    marks = " (a guess)" * (not fact.sure) + " (**silent**)" * bool(fact.effects & UNSEEN)
    return f"- {where}{': ' * bool(where)}{text}{marks}"


def _gone(report: Report, calls: Sequence[Call]) -> Iterator[str]:
    new = {call.new_id: call for call in report.calls}
    for call in calls:
        hint = ""
        if call.successor:
            source = next(each.source for each in SUCCESSORS if (each.old, each.new) == (call.old_id, call.successor))
            hint = f": {_name(new[call.successor])} serves its purpose ({source})"
        elif call.nearest:
            hint = f"; the nearest by path, a guess: {_name(new[call.nearest])}"
        yield f"- {_name(call)}{hint}"
    if report.gone:
        count = _plural(len(report.gone), "class", "classes")
        yield f"- {count} without a successor: {', '.join(map(code, report.gone))}"


def _harmless(report: Report) -> Iterator[str]:
    for fact in report.facts:
        if (
            not fact.effects
            and not fact.is_pair
            and fact.verb is not Verb.TEXT
            and not (fact.side is Side.OPERATION and not fact.path)
        ):
            yield _line(fact, _where(report, fact))
    if texts := sum(fact.verb is Verb.TEXT for fact in report.facts):
        yield f"- {_plural(texts, 'text')} of the document: see the report as JSON"


def _where(report: Report, fact: Fact) -> str:
    names = {call.id: _short(call.old_module) or call.id for call in report.calls}
    calls = dict.fromkeys(names.get(place.call, place.call) for place in fact.places if place.call)
    return ", ".join(filter(None, (code(fact.path) if fact.path else "", _join(calls))))


def _is_host(fact: Fact) -> bool:
    return fact.side is Side.DOCUMENT and bool(fact.effects)


def _name(call: Call) -> str:
    """An operation's module and its id."""
    module = call.new_module or call.old_module
    return f"{code(module)} ({code(call.id)})" if module else code(call.id)


def _short(module: str) -> str:
    return module.rpartition(".")[2]


def _list(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:_MOST]) + f" and {len(unique) - _MOST} more" * (len(unique) > _MOST)


def _join(calls: Iterable[str]) -> str:
    return _list([code(call) for call in calls])


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
