"""Name the actions of the overlay that are no longer needed: drop each in turn and see whether anything gets worse."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import stage
from scripts.pipeline import generate as generate_client
from scripts.pipeline.overlay import Action, apply, lenient, read_overlay
from scripts.pipeline.validate import check
from scripts.spec import document as documents
from scripts.spec.document import Document
from scripts.stage import StageError

Generate = Callable[[Document], Mapping[str, bytes]]


@dataclass(frozen=True)
class Verdict:
    """What dropping an action comes to. ``excuse`` is the overlay's reason to keep one that does nothing here."""

    action: Action
    needed: bool
    because: str
    excuse: str = ""


def audit(document: Document, actions: Sequence[Action], generate: Generate) -> list[Verdict]:
    """Judge each action by what becomes of the document, and of the generated files, without it.

    An action is needed if, without it, validation or the generator refuses the document, or a generated file differs.

    Raises:
        StageError: the document cannot be patched, validated or generated even with all actions.
    """
    allowed = lenient(actions)
    patched, outcomes = apply(document, allowed)
    check(patched)
    generated = generate(patched)
    verdicts = []
    for index, (action, outcome) in enumerate(zip(actions, outcomes, strict=True)):
        if outcome.changed:
            without, _ = apply(document, allowed[:index] + allowed[index + 1 :])
            verdicts.append(_compare(action, without, generated, generate))
        else:
            does, may = ("changes", "change") if outcome.matches else ("matches", "match")
            excuse = action.quirk.get(f"may-{may}-nothing", "")
            verdicts.append(Verdict(action, needed=False, because=f"it {does} nothing", excuse=excuse))
    return verdicts


def _compare(action: Action, without: Document, generated: Mapping[str, bytes], generate: Generate) -> Verdict:
    try:
        check(without)
        other = generate(without)
    except StageError as error:
        return Verdict(action, needed=True, because=f"without it: {error}")
    changed = sum(generated.get(name) != other.get(name) for name in generated.keys() | other.keys())
    if changed:
        return Verdict(action, needed=True, because=f"without it {changed} generated files differ")
    excuse = action.quirk.get("may-not-matter", "")
    return Verdict(action, needed=False, because="without it the generated files are the same", excuse=excuse)


def generate_files(patched: Document) -> dict[str, bytes]:
    """The files that the generate stage makes of a patched document, by name."""
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(scratch) / "package"
        generate_client.build(patched, package)
        files = (path for path in package.rglob("*") if path.is_file())
        return {str(path.relative_to(package)): path.read_bytes() for path in files}


def main(argv: Sequence[str] | None = None) -> int:
    """Print a verdict for each action; status 1 if one is not needed and gives no reason to stay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upstream", type=Path, default=stage.UPSTREAM, help="the document the overlay is for")
    parser.add_argument("--overlay", type=Path, default=stage.OVERLAY, help="the overlay to audit")
    arguments = parser.parse_args(argv)

    def work() -> int:
        document = documents.parse(arguments.upstream.read_bytes(), stage.relative(arguments.upstream))
        overlay = documents.parse(arguments.overlay.read_bytes(), stage.relative(arguments.overlay))
        verdicts = audit(document, read_overlay(overlay), generate_files)
        for verdict in verdicts:
            word = "needed" if verdict.needed else "idle here" if verdict.excuse else "NOT NEEDED"
            print(f"{word}: {verdict.action}: {verdict.excuse or verdict.because}")
        dead = sum(not verdict.needed and not verdict.excuse for verdict in verdicts)
        print(f"{stage.relative(arguments.overlay)}: {len(verdicts)} actions, {dead} to remove")
        return 1 if dead else 0

    return stage.run(work)
