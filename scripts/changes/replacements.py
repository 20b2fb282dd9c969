"""Find what a script can replace in callers' code, word by word."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from scripts.changes.change import Rename
from scripts.changes.surface import Surface


class Successors:
    """The classes that stand where those that are gone stood."""

    def __init__(self, gone: Iterable[str], pairs: Iterable[tuple[str, str]]) -> None:
        self.gone = frozenset(gone)
        self._found: dict[str, dict[str, None]] = defaultdict(dict)
        for old, new in pairs:
            self._found[old][new] = None

    def of(self, name: str) -> list[str]:
        """The successors of a class at all of its places."""
        return list(self._found.get(name, ()))

    def only(self, name: str) -> str:
        """The one successor of a class that is gone, or nothing."""
        found = self.of(name)
        return found[0] if name in self.gone and len(found) == 1 else ""

    def stands_for(self, old: str, new: str) -> bool:
        """Whether code that names the old class means the new one, once the replacements are made."""
        return old == new or self.only(old) == new


def find_renames(package: Surface, successors: Successors, modules: Mapping[str, str]) -> list[Rename]:
    """The words to replace: classes that are gone and have one successor, modules with another name where they were.

    None of a word that the old package uses for something else, too, and none of a circle (A → B → A).
    """
    words = Counter(package.words())
    classes = {name: new for name in sorted(successors.gone) if (new := successors.only(name))}
    pairs = [(a.rpartition("."), b.rpartition(".")) for a, b in modules.items()]
    named = {a[2]: b[2] for a, b in pairs if a[0] == b[0]}
    found = {old: new for old, new in {**named, **classes}.items() if old != new and words[old] == 1}
    found = {old: new for old, new in found.items() if not _is_circular(found, old)}
    renames, covered = [], set[str]()
    for old in sorted(found, key=len):
        if old in covered:
            continue
        holding = [name for name in package.classes if old in name]
        is_stem = len(holding) > 1 and all(found.get(name) == name.replace(old, found[old]) for name in holding)
        covered |= set(holding) if is_stem else {old}
        renames.append(Rename(old, found[old], is_stem, tuple(holding) if is_stem else (old,) * (old in classes)))
    return renames


def order_words(renames: Iterable[Rename]) -> list[tuple[str, str]]:
    """Every word with what replaces it, in an order in which no line hits what another one wrote."""
    found = {name: name.replace(each.old, each.new) for each in renames for name in each.classes or (each.old,)}
    ordered: dict[str, str] = {}
    for old in sorted(found):
        chain = [old]
        while (after := found[chain[-1]]) in found:
            chain.append(after)
        ordered |= {name: found[name] for name in reversed(chain) if name not in ordered}
    return list(ordered.items())


def _is_circular(found: Mapping[str, str], name: str) -> bool:
    seen = {name}
    while (name := found.get(name, "")) and name not in seen:
        seen.add(name)
    return name in seen
