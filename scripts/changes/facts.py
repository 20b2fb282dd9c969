"""Turn what differs between two clients into the facts of a report: where each holds, and what it breaks."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from openapi_python_client.strings import ClassName

from scripts.changes.change import Call, Effect, Fact, Pair, Place, Report, Side, Verb, Verdict
from scripts.changes.compare import (
    CALL,
    NONE,
    PREFIX,
    READ,
    SILENT,
    WIRE,
    Client,
    Comparison,
    Difference,
    Effects,
    Link,
    Part,
    Path,
)
from scripts.changes.documents import (
    Operation,
    find_renamed,
    is_same,
    mapping,
    read_hosts,
    read_operations,
    read_rest,
    show,
)
from scripts.changes.example import write_example
from scripts.changes.replacements import Successors, find_renames, order_words
from scripts.changes.successors import find_successor
from scripts.changes.surface import is_assignable
from scripts.spec.walk import reachable

IMPORT: Effects = frozenset({Effect.IMPORT})
_SENT = (Side.OPERATION, Side.PARAMETER, Side.SEND, Side.SCHEMA, Side.DOCUMENT)
_READ = (Side.ANSWER, Side.SCHEMA)

Operations = Mapping[str, Operation]


def compare_clients(old: Client, new: Client, note: str = "") -> Report:
    """Everything that changed from one client to the next; ``note`` says why there is no Python, if so."""
    was, now = read_operations(old.document), read_operations(new.document)
    matched = {name: name for name in was if name in now} | find_renamed(was, now)
    walk = _Walk(Comparison(old, new))
    walk.go("", Side.DOCUMENT, _compare_hosts(old, new))
    for name, other in matched.items():
        before, after, compare = was[name], now[other], walk.comparison
        walk.go(other, Side.OPERATION, _compare_operations(old, new, before, after))
        walk.go(other, Side.PARAMETER, compare.compare_parameters(before, after))
        walk.go(other, Side.SEND, compare.compare_bodies(before, after))
        walk.go(other, Side.ANSWER, compare.compare_answers(before, after))
    for name in (name for name in was if name not in matched):
        names = (_module(old, name), "")
        walk.go(name, Side.OPERATION, Part([Difference(("", ""), Verb.REMOVED, name, "", *names, send=IMPORT)]))
    for name in (name for name in now if name not in matched.values()):
        names = ("", _module(new, name))
        walk.go(name, Side.OPERATION, Part([Difference(("", ""), Verb.ADDED, "", name, *names)]))
    walk.go("", Side.SCHEMA, _compare_schemas(old, new, {name for name, _ in walk.places}))
    walk.go("", Side.DOCUMENT, Part(list(_compare_rest(read_rest(old.document), read_rest(new.document)))))

    had, has = (frozenset(client.package.classes if client.package else ()) for client in (old, new))
    gone, come = sorted(had - has), sorted(has - had)
    successors = Successors(gone, walk.places)
    modules = {_module(old, a): _module(new, b) for a, b in matched.items()}
    renames = find_renames(old.package, successors, modules) if old.package else []
    facts = tuple(walk.facts(successors, {name for rename in renames for name in rename.classes}))
    return Report(
        old=_version(old),
        new=_version(new),
        calls=tuple(_judge_calls(old, new, was, now, matched, facts, had - has)),
        facts=facts,
        pairs=tuple(Pair(*pair, tuple(places)) for pair, places in walk.places.items() if pair[0] != pair[1]),
        renames=tuple(renames),
        words=tuple(order_words(renames)),
        gone=tuple(name for name in gone if not successors.of(name)),
        come=tuple(come),
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
                place = Place(
                    call,
                    side,
                    *(at + end if end or one.path == ("", "") else "" for at, end in zip(path, one.path, strict=True)),
                )
                self._found.setdefault(key, (one, holder, {}))[2][place] = None
            for link in each.links:
                at = (path[0] + link.path[0], path[1] + link.path[1])
                self.places[link[1:3]].append(Place(call, side, *at))
                if link[1:3] not in seen:
                    seen.add(link[1:3])
                    waiting.append((link[1:3], at, self.comparison.compare_pair(link)))

    def facts(self, successors: Successors, replaced: set[str]) -> Iterator[Fact]:
        """The facts; ``replaced`` are the old classes that a script replaces, which ask for no edit."""
        for one, holder, places in self._found.values():
            effects: Effects = NONE
            sides = {place.side for place in places}
            if not sides.isdisjoint(_SENT):
                effects |= one.send
                if one.types and not is_assignable(*one.types, successors.stands_for):
                    effects |= CALL
            if not sides.isdisjoint(_READ):
                effects |= one.read
                fits = one.types and is_assignable(one.types[1], one.types[0], lambda a, b: successors.stands_for(b, a))
                if one.types and not fits and not self._reads_as_before(one):
                    effects |= READ
            if one.is_pair and one.was in successors.gone and one.was not in replaced:
                effects |= IMPORT
            texts = (one.old, one.new, one.was, one.now)
            yield Fact(one.verb, tuple(places), *texts, effects, one.sure, one.is_pair, holder)

    def _reads_as_before(self, one: Difference) -> bool:
        """Whether an enum stands where another one stood that had no other values: members compare as strings."""
        found = self.comparison.old.read_class(one.was), self.comparison.new.read_class(one.now)
        if not one.is_pair or not all(each and each.is_enum for each in found):
            return False
        return not any(
            each.verb is Verb.VALUES and each.was for each in self.comparison.pairs[one.was, one.now].differences
        )


def _compare_operations(old: Client, new: Client, before: Operation, after: Operation) -> Part:
    """What differs in an operation as a whole."""
    part, names = Part(), (_module(old, before.id), _module(new, after.id))

    def add(path: str, verb: Verb, was: object, now: object, send: Effects = NONE) -> None:
        part.add((path, path), verb, (show(was), show(now)), names, send=send)

    if before.id != after.id:
        add("", Verb.RENAMED, before.id, after.id, IMPORT)
    if before.tags != after.tags:
        moves = names[0].rpartition(".")[0] != names[1].rpartition(".")[0]
        add("tags", Verb.MOVED if moves else Verb.TEXT, before.tags, after.tags, IMPORT if moves else NONE)
    if before.place != after.place:
        add("path", Verb.MOVED, f"{before.method} {before.path}", f"{after.method} {after.path}")
    if before.scopes != after.scopes:
        add("security", Verb.SCOPE, before.scopes, after.scopes, NONE if {*after.scopes} <= {*before.scopes} else WIRE)
    if before.is_deprecated != after.is_deprecated:
        add("deprecated", Verb.DEPRECATED, before.is_deprecated, after.is_deprecated)
    had, has = old.helpers.get(before.id, frozenset()), new.helpers.get(after.id, frozenset())
    for helper in sorted(had - has):
        add(helper, Verb.REMOVED, helper, "", SILENT)
    for helper in sorted(has - had):
        add(helper, Verb.ADDED, "", helper)
    part.differences += _compare_rest(before.rest, after.rest)
    return part


def _judge_calls(
    old: Client,
    new: Client,
    was: Operations,
    now: Operations,
    matched: Mapping[str, str],
    facts: tuple[Fact, ...],
    gone: frozenset[str],
) -> Iterator[Call]:
    touched: dict[str, bool] = {}  # by operation, whether callers have to edit
    for fact in facts:
        for place in fact.places:
            breaks = bool(fact.effects) or (fact.is_pair and fact.was in gone)
            touched[place.call] = touched.get(place.call, False) or breaks
    come = [now[name] for name in now if name not in matched.values()]
    for name, before in was.items():
        other = matched.get(name, "")
        modules = _module(old, name), _module(new, other)
        helpers = old.helpers.get(name, frozenset()), new.helpers.get(other, frozenset())
        if other:
            edits = Verdict.EDIT if touched.get(other) else Verdict.GAINS if other in touched else Verdict.SAME
            is_renamed = name != other or modules[0] != modules[1]
            call = Call(name, other, *modules, Verdict.RENAMED if is_renamed else edits, *helpers)
            before_and_after = _write_examples(old, new, call, facts)
            yield replace(call, before=before_and_after[0], after=before_and_after[1])
            continue
        paths = [each.path for each in come if each.method == before.method]
        nearest = [each.id for each in come if [each.path] == difflib.get_close_matches(before.path, paths, 1)]
        yield Call(name, "", *modules, Verdict.GONE, *helpers, find_successor(name, now), "".join(nearest[:1]))
    for after in come:
        helpers = frozenset[str](), new.helpers.get(after.id, frozenset())
        yield Call("", after.id, "", _module(new, after.id), Verdict.NEW, *helpers)


def _write_examples(old: Client, new: Client, call: Call, facts: tuple[Fact, ...]) -> Path:
    """The call as code, before and after, with what differs in it."""
    if call.verdict not in (Verdict.RENAMED, Verdict.EDIT) or not old.package or not new.package:
        return "", ""
    found = [
        (fact, p) for fact in facts for p in fact.places if p.call == call.id and fact.effects and not fact.is_wide
    ]
    given = [pair for fact, place in found if place.side is not Side.ANSWER for pair in [(fact.old, fact.new)]]
    read = [(place.path, place.new_path) for fact, place in found if place.side is Side.ANSWER and not fact.is_pair]
    before, after = (
        write_example(package, package.modules[name], [pair[at] for pair in given], [pair[at] for pair in read])
        for at, (package, name) in enumerate(((old.package, call.old_id), (new.package, call.new_id)))
    )
    return before, after


def _compare_schemas(old: Client, new: Client, met: set[str]) -> Part:
    """The classes of components that met no other one: in both documents, or where no operation uses them."""
    part = Part()
    components = [mapping(client.document.get("components")) for client in (old, new)]
    schemas = [mapping(each.get("schemas")) for each in components]
    # What goes or comes with its operations is told with them, where there are classes.
    covered = [
        reachable(each, client.document.get("paths")) if client.package else set[tuple[str, str]]()
        for each, client in zip(components, (old, new), strict=True)
    ]
    for name in schemas[0] | schemas[1]:
        kind = str(ClassName(name, PREFIX))
        if name in schemas[0] and name in schemas[1]:
            if kind not in met:
                part.links.append(Link((kind, kind), kind, kind, schemas[0][name], schemas[1][name]))
        elif name in schemas[0] and ("schemas", name) not in covered[0]:
            part.add((kind, ""), Verb.REMOVED, names=(kind, ""), send=IMPORT)
        elif name in schemas[1] and ("schemas", name) not in covered[1]:
            part.add(("", kind), Verb.ADDED, names=("", kind))
    return part


def _compare_hosts(old: Client, new: Client) -> Part:
    """Where calls and secrets go."""
    part, was, now = Part(), dict(read_hosts(old.document)), dict(read_hosts(new.document))
    for path in (path for path in was | now if was.get(path) != now.get(path)):
        part.add((path, path), Verb.MOVED, (was.get(path, ""), now.get(path, "")), send=SILENT)
    return part


def _compare_rest(old: object, new: object, path: str = "") -> Iterator[Difference]:
    """What says nothing to the client, key by key."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            yield from _compare_rest(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    elif not is_same(old, new):
        was, now = ("" if each is None else show(each) for each in (old, new))
        yield Difference((path, path), Verb.TEXT, was, now)


def _version(client: Client) -> str:
    return str(mapping(client.document.get("info")).get("version"))


def _module(client: Client, name: str) -> str:
    module = client.package.modules.get(name) if client.package else None
    return module.name if module else ""
