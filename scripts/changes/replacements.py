"""Find what a script can replace in callers' code, word by word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from scripts.changes.change import Rename
from scripts.changes.surface import Surface


def find_renames(package: Surface, successors: Mapping[str, str], modules: Mapping[str, str]) -> list[Rename]:
    """The words to replace: classes that are gone and have one successor, modules with another name where they were.

    None of a word that the old package uses for something else, too, and none of a circle (A → B → A).
    """
    words = Counter(package.words())
    pairs = [(a.rpartition("."), b.rpartition(".")) for a, b in modules.items()]
    found = {a[2]: b[2] for a, b in pairs if a[0] == b[0]} | dict(successors)
    found = {old: new for old, new in found.items() if old != new and words[old] == 1}
    found = {old: new for old, new in found.items() if found[_follow(found, old)[-1]] not in found}
    renames, covered = [], set[str]()
    for old in sorted(found, key=len):
        if old in covered:
            continue
        holding = [name for name in package.classes if old in name]
        is_stem = len(holding) > 1 and all(found.get(name) == name.replace(old, found[old]) for name in holding)
        covered |= set(holding) if is_stem else {old}
        renames.append(Rename(old, found[old], is_stem, tuple(holding) if is_stem else (old,) * (old in successors)))
    return renames


def order_words(renames: Iterable[Rename]) -> list[tuple[str, str]]:
    """Every word with what replaces it, in an order in which no line hits what another one wrote."""
    found = {name: name.replace(each.old, each.new) for each in renames for name in each.classes or (each.old,)}
    ordered = dict.fromkeys(name for old in sorted(found) for name in reversed(_follow(found, old)))
    return [(name, found[name]) for name in ordered]


def _follow(found: Mapping[str, str], name: str) -> list[str]:
    """The words that replace one another, from one on; a circle ends where it began."""
    chain = [name]
    while (after := found[chain[-1]]) in found and after not in chain:
        chain.append(after)
    return chain
