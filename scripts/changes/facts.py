"""Turn what differs between two clients into the facts of a report: where each holds, and what it breaks."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from openapi_python_client.strings import ClassName

from scripts.changes.change import Call, Fact, Pair, Place, Report, Side, Verb, Verdict
from scripts.changes.compare import CALL, IMPORT, NONE, READ, Comparison, Difference, Link, Part, Path
from scripts.changes.documents import find_renamed, mapping, read_operations
from scripts.changes.example import write_example
from scripts.changes.replacements import find_renames, order_words
from scripts.changes.slots import PREFIX, Client
from scripts.changes.successors import find_successor
from scripts.changes.surface import is_assignable, rename
from scripts.spec.walk import reachable

_SENT = (Side.OPERATION, Side.PARAMETER, Side.SEND, Side.SCHEMA, Side.DOCUMENT)
_READ = (Side.ANSWER, Side.SCHEMA)


def compare_clients(old: Client, new: Client, note: str = "") -> Report:
    """Everything that changed from one client to the next; ``note`` says why there is no Python, if so."""
    was, now = read_operations(old.document), read_operations(new.document)
    matched = {name: name for name in was if name in now} | find_renamed(old.document, new.document)
    walk = _Walk(Comparison(old, new))
    for name, other in matched.items():
        for side, part in walk.comparison.compare_operations(was[name], now[other]):
            walk.go(other, side, part)
    for name in (name for name in was if name not in matched):
        names = (old.module_name(name), "")
        walk.go(name, Side.OPERATION, Part([Difference(("", ""), Verb.REMOVED, name, "", *names, send=IMPORT)]))
    come = [now[name] for name in now if name not in matched.values()]
    for each in come:
        names = ("", new.module_name(each.id))
        walk.go(each.id, Side.OPERATION, Part([Difference(("", ""), Verb.ADDED, "", each.id, *names)]))
    walk.go("", Side.SCHEMA, _compare_schemas(old, new, {name for name, _ in walk.places}))
    walk.go("", Side.DOCUMENT, walk.comparison.compare_rest())

    had, has = (frozenset(client.package.classes if client.package else ()) for client in (old, new))
    met: dict[str, list[str]] = defaultdict(list)
    for one, other in walk.places:
        met[one].append(other)
    successors = {name: met[name][0] for name in sorted(had - has) if len(met[name]) == 1}
    modules = {old.module_name(a): new.module_name(b) for a, b in matched.items()}
    renames = find_renames(old.package, successors, modules) if old.package else []
    facts = tuple(walk.facts(had - has, successors, {name for rename in renames for name in rename.classes}))
    breaking = {
        place.call
        for fact in facts
        if fact.effects or (fact.is_pair and fact.was in had - has)
        for place in fact.places
    }
    touched = {place.call for fact in facts for place in fact.places}
    calls = []
    for name, before in was.items():
        other = matched.get(name, "")
        module, helpers = (old.module_name(name), new.module_name(other)), (old.helpers_of(name), new.helpers_of(other))
        verdict = Verdict.EDIT if other in breaking else Verdict.GAINS if other in touched else Verdict.SAME
        if module[0] != module[1] or (not module[0] and name != other):
            verdict = Verdict.RENAMED if other else Verdict.GONE
        call = Call(name, other, *module, verdict, *helpers)
        if verdict in (Verdict.RENAMED, Verdict.EDIT):
            call = _with_examples(call, old, new, facts)
        elif verdict is Verdict.GONE:
            paths = {each.path: each.id for each in come if each.method == before.method}
            nearest = [paths[path] for path in difflib.get_close_matches(before.path, paths, 1)]
            call = replace(call, successor=find_successor(name, now), nearest="".join(nearest))
        calls.append(call)
    calls += [
        Call("", each.id, "", new.module_name(each.id), Verdict.NEW, frozenset(), new.helpers_of(each.id))
        for each in come
    ]
    return Report(
        old=old.version,
        new=new.version,
        calls=tuple(calls),
        facts=facts,
        pairs=tuple(Pair(*pair, tuple(places)) for pair, places in walk.places.items() if pair[0] != pair[1]),
        renames=tuple(renames),
        words=tuple(order_words(renames)),
        gone=tuple(name for name in sorted(had - has) if not met[name]),
        come=tuple(sorted(has - had)),
        note=note,
    )


class _Walk:
    """Where each difference holds, and where each pair of classes met."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.places: dict[Path, list[Place]] = defaultdict(list)
        self._found: dict[tuple[object, ...], tuple[Difference, Path, dict[Place, None]]] = {}

    def go(self, call: str, side: Side, part: Part) -> None:
        """Note what differs in a part of an operation, and in all classes it reaches, each at its nearest place."""
        waiting: list[tuple[Path, Path, Part]] = [(("", ""), ("", ""), part)]
        seen: set[Path] = set()
        for holder, path, each in waiting:
            for one in each.differences:
                # Which class stands where another one stood is one fact, wherever that is.
                where = holder if any(holder) else (call, side)
                key = (one.was, one.now) if one.is_pair else (*where, one.path, one.verb, one.was, one.now)
                ends = zip(path, one.path, strict=True)
                place = Place(call, side, *(at + end if end or one.path == ("", "") else "" for at, end in ends))
                self._found.setdefault(key, (one, holder, {}))[2][place] = None
            for link in each.links:
                at, pair = (path[0] + link.path[0], path[1] + link.path[1]), link[1:3]
                self.places[pair].append(Place(call, side, *at))
                if pair not in seen:
                    seen.add(pair)
                    waiting.append((pair, at, self.comparison.compare_pair(link)))

    def facts(self, gone: Collection[str], successors: Mapping[str, str], replaced: Collection[str]) -> Iterator[Fact]:
        """The facts; of the classes that are ``gone``, a script replaces some, which ask for no edit."""
        enums = {
            name: kind
            for client in (self.comparison.old, self.comparison.new)
            for name, kind in (client.package.enums.items() if client.package else ())
        }
        for one, holder, places in self._found.values():
            sides = {place.side for place in places}
            sent, read = not sides.isdisjoint(_SENT), not sides.isdisjoint(_READ)
            effects = (one.send if sent else NONE) | (one.read if read else NONE)
            if one.types:
                before, after = rename(one.types[0], successors), one.types[1]
                effects |= CALL if sent and not is_assignable(before, after, enums) else NONE
                if read and not is_assignable(after, before, enums) and not self._reads_as_before(one):
                    effects |= READ
            if one.is_pair and one.was in gone and one.was not in replaced:
                effects |= IMPORT
            texts = (one.old, one.new, one.was, one.now)
            yield Fact(one.verb, tuple(places), *texts, effects, one.sure, one.is_pair, holder)

    def _reads_as_before(self, one: Difference) -> bool:
        """Whether an enum stands where another one stood that had no other values: members compare as strings."""
        found = self.comparison.old.read_class(one.was), self.comparison.new.read_class(one.now)
        if not one.is_pair or not all(each and each.is_enum for each in found):
            return False
        differences = self.comparison.pairs[one.was, one.now].differences
        return not any(each.verb is Verb.VALUES and each.was for each in differences)


def _with_examples(call: Call, old: Client, new: Client, facts: Iterable[Fact]) -> Call:
    """The call with code, before and after, that has what differs in it."""
    if not old.package or not new.package:
        return call
    found = [
        (fact, place)
        for fact in facts
        for place in fact.places
        if place.call == call.id and fact.effects and not fact.is_wide
    ]
    given = [(fact.old, fact.new) for fact, place in found if place.side is not Side.ANSWER]
    read = [(place.path, place.new_path) for fact, place in found if place.side is Side.ANSWER and not fact.is_pair]
    before, after = (
        write_example(package, package.modules[name], [pair[at] for pair in given], [pair[at] for pair in read])
        for at, (package, name) in enumerate(((old.package, call.old_id), (new.package, call.new_id)))
    )
    return replace(call, before=before, after=after)


def _compare_schemas(old: Client, new: Client, met: set[str]) -> Part:
    """The classes of components that met no other one: in both documents, or where no operation uses them."""
    part = Part()
    components = [mapping(client.document.get("components")) for client in (old, new)]
    schemas = [mapping(each.get("schemas")) for each in components]
    used = [
        {name for _, name in reachable(each, client.document.get("paths"))} if client.package else set[str]()
        for each, client in zip(components, (old, new), strict=True)
    ]
    for name in schemas[0] | schemas[1]:
        kind = str(ClassName(name, PREFIX))
        is_old, is_new = name in schemas[0], name in schemas[1]
        if is_old and is_new and kind not in met and (name in used[0]) == (name in used[1]):
            part.links.append(Link((kind, kind), kind, kind, schemas[0][name], schemas[1][name]))
        elif is_old and not is_new and name not in used[0]:  # one that goes with its operations is told with them
            part.add((kind, ""), Verb.REMOVED, names=(kind, ""), send=IMPORT)
        elif is_new and not is_old and name not in used[1]:
            part.add(("", kind), Verb.ADDED, names=("", kind))
    return part
