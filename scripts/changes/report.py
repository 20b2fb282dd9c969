"""Write a report of changes in Markdown, for people who upgrade.

All that comes from a document stands in code spans, where Markdown means nothing, bounded and printable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scripts.changes.change import UNSEEN, Call, Effect, Fact, Report, Side, Verb, Verdict
from scripts.changes.successors import SUCCESSORS
from scripts.pipeline.source import is_api_version
from scripts.project import printable

_LONGEST = 200  # characters of a code span
_MOST = 6  # names in a cell of the table, operations after a fact
_FULL = "## In full"
_ELSEWHERE = "calls, tokens or secrets go elsewhere"

# What is said of a name, by what is known: what was and what is now, what is now alone, what was alone.
_CHANGED = ("{now}, was {was}", "{now} is new", "{was} is gone")
_PREDICATES: dict[Verb, tuple[str, ...]] = {
    Verb.REMOVED: ("is gone",) * 3,
    Verb.ADDED: ("is new: {now}", "is new: {now}", "is new"),
    Verb.RETYPED: ("is {now}, was {was}",) * 3,
    Verb.MEDIA: ("is {now}, was {was}",) * 3,
    Verb.REQUIRED: ("is required",) * 3,
    Verb.OPTIONAL: ("may be UNSET",) * 3,
    Verb.NULLABLE: ("may be None",) * 3,
    Verb.NOTNULL: ("is not None any more",) * 3,
    Verb.VALUES: ("gains the values {now} and loses {was}", "gains the values {now}", "loses the values {was}"),
    Verb.LIMIT: ("has the limit {now}, had {was}", "gains the limit {now}", "loses the limit {was}"),
    Verb.SCOPE: ("needs {now}, needed {was}", "needs {now}, needed no scope", "needs no scope, needed {was}"),
}


def write_report(report: Report, title: str) -> str:
    """The whole report: the first page, then each operation and fact in full."""
    facts = [fact for fact in report.facts if fact.effects]
    wide = [fact for fact in facts if fact.is_wide]
    edited = [call for call in report.calls if call.verdict in (Verdict.RENAMED, Verdict.EDIT)]
    gone, new = ([call for call in report.calls if call.verdict is each] for each in (Verdict.GONE, Verdict.NEW))
    first = {
        f"Check first: {_ELSEWHERE}": [_describe(fact, code(fact.path)) for fact in facts if _is_host(fact)],
        f"Replace ({_plural(len(report.words), 'word')})": _write_replacements(report),
        f"Edit, operation by operation ({len(edited)})": _write_table(report, edited),
        f"Gone ({len(gone)})": _write_gone(report, gone),
        f"New ({len(new)})": [f"- {_name(call)}" for call in new],
    }
    full = {
        "Each operation": (line for call in edited for line in _write_entry(report, call)),
        "In several operations, or in errors and warnings": [_describe(fact, _locate(report, fact)) for fact in wide],
        "Classes that no operation uses": [_describe(fact) for fact in facts if fact.side is Side.SCHEMA],
        "No edit needed": _write_harmless(report),
    }
    note = f"What this is in Python cannot be told: {code(report.note)}." if report.note else ""
    head = [f"# {title}", count_calls(report), _count_facts(report), note, *_write_sections("##", first)]
    rest = [*_write_sections("###", full)]
    return "\n\n".join(filter(None, [*head, _FULL * bool(rest), *rest])) + "\n"


def _write_sections(level: str, sections: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for heading, lines in sections.items():
        if text := "\n".join(lines).rstrip():
            yield f"{level} {heading}\n\n{text}"


def name_change(report: Report) -> str:
    """What the report is about, in words."""
    was, now = (each if is_api_version(each.lower()) else code(each) for each in (report.old, report.new))
    return f"API version {was} → {now}" if was != now else f"The document of API version {now} changed in place"


def summarize(report: Report, title: str = "") -> str:
    """The report in one sentence, for a chat message or a ticket."""
    first = f"check first, {_ELSEWHERE}; " * any(map(_is_host, report.facts))
    counts = count_calls(report)
    return printable(f"{title or name_change(report)}; {first}{counts[0].lower()}{counts[1:]}")


def first_page(text: str) -> str:
    """The first page of a report that `write_report` wrote."""
    return text.partition(f"\n{_FULL}\n")[0].rstrip("\n") + "\n"


def write_words(report: Report) -> str:
    """The replacements as a table, a line for each word: the old name, a tab, the new name."""
    return "".join(f"{old}\t{new}\n" for old, new in report.words)


def count_calls(report: Report) -> str:
    """What an upgrade asks for, in one sentence."""
    found = Counter(call.verdict for call in report.calls)
    edits = [report.facts_of(call) for call in report.calls if call.verdict is Verdict.EDIT]
    silent = sum(all(fact.effects <= UNSEEN and not fact.is_pair for fact in facts) for facts in edits)
    parts, verb = [], ""
    for count, verbs, rest in (
        (found[Verdict.SAME] + found[Verdict.GAINS], ("needs", "need"), "no edit"),
        (found[Verdict.RENAMED], ("has", "have"), "a new name"),
        (found[Verdict.EDIT] - silent, ("has", "have"), "other types"),
        (silent, ("changes", "change"), "silently"),
        (found[Verdict.GONE], ("is", "are"), "gone"),
    ):
        if count:
            last, verb = verb, verbs[count != 1]
            parts.append(f"{count} {rest}" if verb == last else f"{count} {verb} {rest}")  # 5 have one, 3 another
    new = found[Verdict.NEW]
    more = f"; {new} {'is' if new == 1 else 'are'} new" if new else ""
    return f"Your client has {_plural(found.total() - new, 'operation')}: {', '.join(parts) or 'none is left'}{more}."


def _count_facts(report: Report) -> str:
    """Counts that can be checked against the report as JSON."""
    if not report.facts:
        return "Nothing changed."
    seen = sum(bool(fact.effects - UNSEEN) for fact in report.facts)
    unseen = sum(bool(fact.effects) for fact in report.facts) - seen
    texts = sum(_is_text(fact) for fact in report.facts)
    return (
        f"Changes: {_plural(len(report.words), 'word')} to replace, {seen} that a type checker sees, "
        f"{unseen} that none sees (**silent**), {len(report.facts) - seen - unseen - texts} that need no edit, "
        f"{_plural(texts, 'text')} of the document."
    )


def code(text: str) -> str:
    """Text as a code span of Markdown, in which nothing means anything: one line, bounded, fit for a table."""
    text = printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " * (text[:1] in ("`", " ", "") or text[-1:] in ("`", " "))
    return fence + pad + text + pad + fence


def _write_replacements(report: Report) -> Iterator[str]:
    calls = {_short(call.old_module): call for call in report.calls}
    rows = []
    for rename in sorted(report.renames, key=lambda each: (bool(each.classes), each.is_stem, each.old)):
        facts = [] if rename.classes else report.facts_of(calls[rename.old])
        changes = any(fact.effects and fact.verb is not Verb.RENAMED and not fact.is_pair for fact in facts)
        stem = f"# stem, {len(rename.classes)} classes" * rename.is_stem
        rows.append((rename.old, rename.new, "# the call changes too" * changes + stem))
    if rows:
        wide, wider, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
        yield from ("```text", *(f"{old:{wide}}  {new:{wider}}  {text}".rstrip() for old, new, text in rows), "```")
    several = {fact.was for fact in report.facts if fact.is_pair and Effect.IMPORT in fact.effects}
    if by_hand := [pair for pair in report.pairs if pair.old in several]:
        yield from ("", "By hand, since what stands there now depends on the place:", "")
    for pair in by_hand:
        yield f"- {code(pair.old)} is {code(pair.new)} in {_list(code(place.call) for place in pair.places)}"


def _write_table(report: Report, calls: Sequence[Call]) -> Iterator[str]:
    if calls:
        yield "| you call | send | read | silent: no type checker sees it |"
        yield "| --- | --- | --- | --- |"
    for call in calls:
        facts = report.facts_of(call)
        own = [fact for fact in facts if not fact.is_pair and _is_own(fact)]
        send = _list(_name_edit(fact) for fact in own if fact.effects & {Effect.CALL, Effect.IMPORT})
        read = _list(_name_edit(fact) for fact in own if Effect.READ in fact.effects)
        wide = "see “In several operations”" * any(fact.is_wide and fact.effects for fact in facts)
        silent = _list(_name_silent(fact) for fact in facts if fact.effects & UNSEEN)
        cells = (code(_short(call.old_module) or call.old_id), send, ", ".join(filter(None, (read, wide))), silent)
        yield "|".join(("", *(f" {cell} ".replace("|", r"\|") if cell else " " for cell in cells), ""))


def _name_edit(fact: Fact) -> str:
    """The name to edit: a class that stands where another stood and differs from it, or a field, or its new name."""
    if fact.holder[0] != fact.holder[1] and fact.verb in (Verb.REMOVED, Verb.RETYPED, Verb.VALUES):
        return code(fact.holder[1])
    old, new = (name.partition(".")[2] or name for name in (fact.old, fact.new))
    if fact.verb in (Verb.RENAMED, Verb.MOVED):
        return f"{code(old)} → {code(new)}"
    return code(new or old or fact.path)


def _name_silent(fact: Fact) -> str:
    match fact.verb:
        case Verb.REMOVED if fact.side is Side.OPERATION:
            return f"{code(fact.was)} raises TypeError"
        case Verb.ADDED | Verb.MOVED:
            return "order of the arguments" + f" of {code(fact.holder[1])}" * bool(fact.holder[1])
        case Verb.SCOPE:
            return f"scope {code(fact.now)}"
        case Verb.TEXT:
            return code(fact.path)
    return f"{fact.verb} of {code(_short(fact.new or fact.old or fact.path))}"


def _write_entry(report: Report, call: Call) -> Iterator[str]:
    """An operation: before and after as code, its classes in one line, then what to send and read otherwise."""
    facts = list(filter(_is_own, report.facts_of(call)))
    own = [fact for fact in facts if fact.effects and not fact.is_pair]
    pairs = [f"{code(fact.was)} → {code(fact.now)}" for fact in facts if fact.is_pair]
    if not own and not pairs and call.verdict is Verdict.EDIT:
        return
    old, new = _short(call.old_module) or call.old_id, _short(call.new_module) or call.new_id
    yield from (f"#### {code(old)}" + f" → {code(new)}" * (old != new), "")
    package = call.new_module.rpartition(".")[0]
    if call.old_module.rpartition(".")[0] != package:
        yield from (f"Import it from {code(package)}.", "")
    for heading, text in (("Before", call.before), ("After", call.after)):
        if text and call.before != call.after:
            yield from (f"{heading}:", "", "```python", text, "```", "")
    if pairs:
        yield f"- classes: {', '.join(pairs)}"
    for fact in own:
        place = next(place for place in fact.places if place.call == call.id)
        path = place.path or place.new_path
        yield _describe(fact, code(path) if path else "")
    yield ""


def _describe(fact: Fact, where: str = "") -> str:
    """A fact in words, after where it holds."""
    was, now, name = code(fact.was), code(fact.now), fact.new or fact.old
    known = 0 if fact.was and fact.now else 1 if fact.now else 2
    predicate = _PREDICATES.get(fact.verb, _CHANGED)[known]
    if fact.is_pair:
        name, predicate = "", "{was} → {now}"
    elif fact.verb is Verb.MOVED and fact.path.endswith("()"):
        name, predicate = "", "the order of the arguments is {now}, was {was}; give them by name"
    elif fact.verb in (Verb.RENAMED, Verb.MOVED) and fact.was and fact.now:
        stays = fact.old == fact.new
        name, now = (fact.was, now) if stays else (fact.old, code(fact.new))
        predicate = "is now {now}" + "; its name in Python stays" * (stays and bool(fact.old))
    elif fact.verb is Verb.REQUIRED and fact.side is Side.ANSWER:
        predicate = "is always there"
    elif fact.side is Side.OPERATION and fact.path:
        helper = {Verb.REMOVED: "{was} raises TypeError", Verb.ADDED: "{now} works with it"}
        name, predicate = "", helper.get(fact.verb, predicate)
    text = f"{code(name)} " * bool(name) + predicate.format(was=was, now=now)
    marks = " (a guess)" * (not fact.sure) + " (**silent**)" * bool(fact.effects & UNSEEN)
    return f"- {where}{': ' * bool(where)}{text}{marks}"


def _write_gone(report: Report, calls: Sequence[Call]) -> Iterator[str]:
    new = {call.new_id: call for call in report.calls}
    for call in calls:
        hint = f"; the nearest by path, a guess: {_name(new[call.nearest])}" if call.nearest else ""
        if call.successor:
            source = next(each.source for each in SUCCESSORS if (each.old, each.new) == (call.old_id, call.successor))
            hint = f": {_name(new[call.successor])} serves its purpose ({source})"
        yield f"- {_name(call)}{hint}"
    if report.gone:
        count = _plural(len(report.gone), "class", "classes")
        yield f"- {count} without a successor: {', '.join(map(code, report.gone))}"


def _write_harmless(report: Report) -> Iterator[str]:
    for fact in report.facts:
        is_call = fact.side is Side.OPERATION and not fact.path and fact.verb is Verb.ADDED
        if not (fact.effects or fact.is_pair or fact.verb is Verb.TEXT or is_call):
            yield _describe(fact, _locate(report, fact))
    if texts := sum(map(_is_text, report.facts)):
        yield f"- {_plural(texts, 'text')} of the document: see the report as JSON"


def _locate(report: Report, fact: Fact) -> str:
    names = {call.id: _short(call.old_module) or call.id for call in report.calls}
    calls = _list(code(names.get(place.call, place.call)) for place in fact.places if place.call)
    return ", ".join(filter(None, (code(fact.path) if fact.path else "", calls)))


def _is_host(fact: Fact) -> bool:
    return fact.side is Side.DOCUMENT and bool(fact.effects)


def _is_text(fact: Fact) -> bool:
    return fact.verb is Verb.TEXT and not fact.effects


def _is_own(fact: Fact) -> bool:
    """Whether it is told with its operation: not its new name, nor what is told once for many."""
    return not fact.is_wide and (fact.verb, fact.side) != (Verb.RENAMED, Side.OPERATION)


def _name(call: Call) -> str:
    """An operation's module and its id."""
    module = call.new_module or call.old_module
    return f"{code(module)} ({code(call.id)})" if module else code(call.id)


def _short(module: str) -> str:
    return module.rpartition(".")[2]


def _list(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:_MOST]) + f" and {len(unique) - _MOST} more" * (len(unique) > _MOST)


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
