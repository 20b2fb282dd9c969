"""The report on two clients: their facts, what became of each operation, and what a script can replace."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace

from scripts.changes.change import Call, Fact, Pair, Report, Side, Verdict
from scripts.changes.compare import Comparison
from scripts.changes.documents import find_renamed
from scripts.changes.example import write_example
from scripts.changes.replacements import find_renames, order_words
from scripts.changes.slots import Client
from scripts.changes.successors import find_successor


def compare_clients(old: Client, new: Client, note: str = "") -> Report:
    """Everything that changed from one client to the next; ``note`` says why there is no Python, if so."""
    matched = {name: name for name in old.operations if name in new.operations}
    matched |= find_renamed(old.document, new.document)
    comparison = Comparison(old, new, matched)  # which classes meet decides which types fit
    gone = [name for name in sorted(old.package.classes) if name not in new.package.classes]
    met = {name: [b for a, b in comparison.met if a == name] for name in gone}
    successors = {name: others[0] for name, others in met.items() if len(others) == 1}
    modules = {old.package.find_module(a).name: new.package.find_module(b).name for a, b in matched.items()}
    renames = find_renames(old.package, successors, modules)
    by_hand = {*gone}.difference(*(rename.classes for rename in renames))
    facts = (Comparison(old, new, matched, successors, by_hand) if gone else comparison).facts
    breaking = [fact for fact in facts if fact.effects or (fact.is_pair and fact.was in gone)]
    edited, touched = ({place.call for fact in some for place in fact.places} for some in (breaking, facts))
    come = [name for name in new.operations if name not in matched.values()]
    calls = []
    for name, other in [*((name, matched.get(name, "")) for name in old.operations), *(("", name) for name in come)]:
        was, now = old.package.find_module(name), new.package.find_module(other)
        verdict = Verdict.EDIT if other in edited else Verdict.GAINS if other in touched else Verdict.SAME
        if was.name != now.name or (not was.name and name != other):
            verdict = Verdict.GONE if not other else Verdict.RENAMED if name else Verdict.NEW
        call = Call(name, other, was.name, now.name, verdict, was.helpers, now.helpers)
        if verdict in (Verdict.RENAMED, Verdict.EDIT):
            call = _with_examples(call, old, new, facts)
        elif verdict is Verdict.GONE:
            before, offered = old.operations[name], [new.operations[each] for each in come]
            paths = {each.path: each.id for each in offered if each.method == before.method}
            nearest = [paths[path] for path in difflib.get_close_matches(before.path, paths, 1)]
            call = replace(call, successor=find_successor(name, new.operations), nearest="".join(nearest))
        calls.append(call)
    return Report(
        old=old.version,
        new=new.version,
        calls=tuple(calls),
        facts=facts,
        pairs=tuple(Pair(*pair, tuple(places)) for pair, places in comparison.met.items() if pair[0] != pair[1]),
        renames=tuple(renames),
        words=tuple(order_words(renames)),
        gone=tuple(name for name in gone if not met[name]),
        come=tuple(name for name in sorted(new.package.classes) if name not in old.package.classes),
        note=note,
    )


def _with_examples(call: Call, old: Client, new: Client, facts: Iterable[Fact]) -> Call:
    """The call with code, before and after, that has what differs in it."""
    if not call.old_module or not call.new_module:
        return call
    found = [
        (fact, place)
        for fact in facts
        for place in fact.places
        if place.call == call.id and fact.effects and not fact.is_wide
    ]
    codes = []
    for at, (client, name) in enumerate(((old, call.old_id), (new, call.new_id))):
        given = [(fact.old, fact.new)[at] for fact, place in found if place.side is not Side.ANSWER]
        answered = [place for fact, place in found if place.side is Side.ANSWER and not fact.is_pair]
        read = [(place.path, place.new_path)[at] for place in answered]
        codes.append(write_example(client.package, client.package.find_module(name), given, read))
    return replace(call, before=codes[0], after=codes[1])
