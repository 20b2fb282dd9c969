"""Write the report of a change of the document, for people who upgrade: what changed there and in Python, what to do.

One list: each change of the document is told with the Python names it concerns; what changed in the package alone
follows. All that is the document's stands in code spans, where Markdown means nothing.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.changes.advise import advice
from scripts.changes.documents import compare, renamed
from scripts.changes.schemas import Change
from scripts.changes.surface import Surface, surface
from scripts.changes.weave import Packages, Step, Woven, local, weave
from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import allow_idle, patch_document, read_actions
from scripts.pipeline.validate import check_document
from scripts.project import Project, StageError, naming, printable
from scripts.spec.document import Document

# How the text of a change begins, in words of ours; what follows is the document's.
_WORDS = re.compile(
    r"(removed|added|moved|recased|renamed to|content type|(?:now|no longer) (?:required|nullable)|now one of|"
    r"no longer only|tags, of which the first names the module)(?=:| |$):?"
)


def report(changes: Sequence[Change], packages: Packages | None, notes: Sequence[str] = ()) -> str:
    """The report in Markdown, without a title; ``notes`` are paragraphs under the counts."""
    if packages:
        lines, alone = weave(changes, packages)
    else:
        lines, alone = [Woven(change.where, "", change) for change in changes], []
    groups: dict[str, list[Woven]] = {"What looks breaking": [], "What is new": [], "What else changed": []}
    breaking, new, other = groups.values()
    for line in lines:
        added = line.change.what.startswith("added")
        (breaking if line.change.breaking else new if added else other).append(line)
    parts = [" ".join(_counts(len(breaking), len(new), len(other), packages)), *notes]
    for heading, group in groups.items():
        if group:
            parts += [f"## {heading} ({len(group)})", "\n".join(_grouped(group, packages))]
    if packages and alone:
        told = [f"- {_differs((name, name), packages, whole=True)}." for name in alone]
        parts += [f"## What changed in the package alone ({len(alone)})", "\n".join(told)]
    return "\n\n".join(parts) + "\n"


def between(project: Project, old: Document, new: Document) -> str:
    """The report on two documents and the clients made of them with the overlay as it is; empty where nothing changed.

    A document of which no client can be made is no reason to be silent: the report says so, and goes without Python.
    """
    changes = compare(old, new)
    if not changes:
        return ""
    try:
        packages = Packages(
            client_of(project, old, "the old document"), client_of(project, new, "the new document"), renamed(old, new)
        )
    except (OSError, StageError) as error:
        return report(changes, None, [no_python(error)])
    return report(changes, packages)


def no_python(error: Exception) -> str:
    """The note of a report without Python."""
    return f"What this is in Python cannot be told: {code(str(error))}."


def client_of(project: Project, document: Document, name: str) -> Surface:
    """What the client of a document offers, whatever the quirks that do nothing to it.

    Raises:
        StageError: no client can be made of it.
    """
    patched = patch_document(project, document, allow_idle(read_actions(project)), name)
    with naming(name), tempfile.TemporaryDirectory() as scratch:
        parsed = check_document(project, patched.document)
        package = Path(scratch) / project.package.name
        build_package(project, patched, package, parsed)
        return surface(package)


def code(text: str) -> str:
    """Text as a code span of Markdown, in which nothing means anything, in one line."""
    text = printable(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " * (text[:1] in ("`", " ", "") or text[-1:] in ("`", " "))
    return fence + pad + text + pad + fence


def _counts(breaking: int, new: int, other: int, packages: Packages | None) -> Iterator[str]:
    yield f"Changes of the document: {breaking} look breaking, {new} add something, {other} do neither."
    if packages:
        pairs = packages.differences.values()
        went, came = sum(now is None for _, now in pairs), sum(was is None for was, _ in pairs)
        yield f"Names in Python: {went} go, {len(pairs) - went - came} change, {came} come."


def _grouped(lines: list[Woven], packages: Packages | None) -> Iterator[str]:
    """Each line under its subject; a subject with one line takes one."""
    for subject in dict.fromkeys(line.subject for line in lines):
        group = [line for line in lines if line.subject == subject]
        head = f"- {code(subject)}"
        if group[0].name:
            head += f" ({code(group[0].name)})"
        if len(group) == 1:
            yield f"{head}: {_told(group[0], packages)}"
        else:
            yield f"{head}:"
            yield from (f"  - {_told(line, packages)}" for line in group)


def _told(line: Woven, packages: Packages | None) -> str:
    text = f"{code(line.place)}: " * bool(line.place) + _what(line.change)
    steps = _steps(line, packages) if packages else ""
    text += f"; {steps}" * bool(steps) + "."
    if line.change.breaking:
        todo = advice(line.change)
        text += f" {todo[0].upper()}{todo[1:]}."
    return text


def _what(change: Change) -> str:
    match = _WORDS.match(change.what)
    words, rest = (match[0], change.what[match.end() :].strip()) if match else ("", change.what)
    kind = "" if change.kind in ("required", "nullable") and words else change.kind
    return " ".join(part for part in (kind, words, code(rest) if rest else "") if part)


def _steps(line: Woven, packages: Packages) -> str:
    kind, what = line.change.kind, line.change.what
    if kind in ("text", "other", "limit", "scope") or (kind == "operation" and what.startswith("moved")):
        return ""
    if kind == "operation" and line.steps and all(line.steps[0]):
        old, new = line.steps[0]
        return f"{code(old)} is now {code(new)}" if old != new else ""
    if kind == "enum" and line.steps and packages.is_member(line.steps[0]):
        return _enum(line.steps)
    whole = not line.place  # the names are of other subjects, or the subject's own
    shown = [
        _differs(step, packages, whole=whole)
        for step in line.steps
        if not (whole and line.name in step and ("" in step or kind == "nullable"))  # as the change says
    ]
    return "; ".join(each for each in shown if each)


def _enum(steps: Sequence[Step]) -> str:
    kind = (steps[0][1] or steps[0][0]).rpartition(".")[0]
    respelled = [f"{code(local(a))} is now {code(local(b))}" for a, b in steps if a and b and local(a) != local(b)]
    names = [code(local(old or new)) for old, new in steps if not (old and new) or local(old) == local(new)]
    members, several = ", ".join(names), len(names) > 1
    if all(all(step) for step in steps):
        same = [f"the value{'s' * several} of {members} change{'s' * (not several)}"] if names else []
        return f"in {code(kind)} {', '.join(same + respelled)}"
    return f"in {code(kind)} {members} {'are' if several else 'is'} {'new' if steps[0][1] else 'gone'}"


def _differs(step: Step, packages: Packages, *, whole: bool = False) -> str:
    """A step in words; names within the line's subject are shown without it."""
    was, now = packages.old.names.get(step[0]), packages.new.names.get(step[1])
    old, new = step if whole else (local(step[0]), local(step[1]))
    if was is None or now is None:
        return f"{code(_typed(old or new, was or now or ''))} is {'gone' if now is None else 'new'}"
    if old != new and was == now:
        return f"{code(old)} is now {code(new)}"
    if packages.same(step):
        return f"{code(_typed(new, now))} as before" if new else ""
    return f"{code(_typed(old, was))} is now {code(_typed(new, now) if old != new else now)}"


def _typed(name: str, what: str) -> str:
    return name if what == "class" else f"{name}: {what}" if name else what
