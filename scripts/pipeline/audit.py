"""Name the actions of the overlay that are no longer needed: drop each in turn and see whether anything gets worse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.files import Files
from scripts.pipeline.drift import generate_files
from scripts.pipeline.overlay import Action, Patched, allow_idle, apply_actions, read_actions, read_upstream
from scripts.project import Project, StageError
from scripts.spec.document import Document

Generate = Callable[[Document], Files]


@dataclass(frozen=True)
class Verdict:
    """What dropping an action comes to. ``excuse`` is the overlay's reason to keep one that does nothing here."""

    action: Action
    needed: bool
    because: str
    excuse: str = ""

    @property
    def is_dead(self) -> bool:
        """Whether the action is to be removed."""
        return not self.needed and not self.excuse


def judge_actions(document: Document, actions: Sequence[Action], generate: Generate) -> list[Verdict]:
    """Judge each action by what becomes of the document, and of the generated files, without it.

    An action is needed if, without it, validation or the generator refuses the document, or a generated file differs.

    Raises:
        StageError: the document cannot be patched, validated or generated even with all actions.
    """
    allowed = allow_idle(actions)
    patched, outcomes = apply_actions(document, allowed)
    generated = generate(patched)
    verdicts = []
    for index, (action, outcome) in enumerate(zip(actions, outcomes, strict=True)):
        if outcome.changed:
            without, _ = apply_actions(document, allowed[:index] + allowed[index + 1 :])
            verdicts.append(_judge_change(action, without, generated, generate))
        else:
            does, may = ("changes", "change") if outcome.matches else ("matches", "match")
            excuse = action.quirk.get(f"may-{may}-nothing", "")
            verdicts.append(Verdict(action, needed=False, because=f"it {does} nothing", excuse=excuse))
    return verdicts


def _judge_change(action: Action, without: Document, generated: Files, generate: Generate) -> Verdict:
    try:
        other = generate(without)
    except StageError as error:
        return Verdict(action, needed=True, because=f"without it: {error}")
    changed = sum(generated.get(name) != other.get(name) for name in generated.keys() | other.keys())
    if changed:
        return Verdict(action, needed=True, because=f"without it {changed} generated files differ")
    excuse = action.quirk.get("may-not-matter", "")
    return Verdict(action, needed=False, because="without it the generated files are the same", excuse=excuse)


def audit_overlay(project: Project) -> list[Verdict]:
    """A verdict for each action of the project's overlay; raises StageError as `judge_actions` does."""
    upstream = read_upstream(project)
    return judge_actions(
        upstream, read_actions(project), lambda patched: generate_files(project, Patched(upstream, patched, []))
    )
