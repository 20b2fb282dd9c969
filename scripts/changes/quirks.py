"""Say which quirks came or went with a bump, and which of those that stay took or lost their effect."""

from __future__ import annotations

from typing import Any

from scripts.changes.clients import read_committed
from scripts.changes.report import code
from scripts.pipeline.overlay import allow_idle, apply_actions, read_overlay
from scripts.project import Project, StageError
from scripts.spec.document import Document, parse


def write_quirks(project: Project, old: Document, new: Document) -> str:
    """The section of a bump's report on quirks that were added, retired, take effect now or do so no longer."""
    name = project.relative(project.overlay)
    overlay = parse(project.overlay.read_bytes(), name)
    try:
        committed = parse(read_committed(project, "HEAD", name), name)
    except StageError:
        committed = None
    now = [_name(action) for action in overlay["actions"]]
    was = [_name(action) for action in committed["actions"]] if committed else now
    actions = allow_idle(read_overlay(overlay))
    effects = [[outcome.changed for outcome in apply_actions(document, actions)[1]] for document in (old, new)]
    pairs = list(zip(now, *effects, strict=True))
    lines = [
        *(f"added: {code(each)}" for each in now if each not in was),
        *(f"retired: {code(each)}" for each in was if each not in now),
        *(f"applies now: {code(each)}" for each, before, after in pairs if after > before),
        *(f"no longer needed here: {code(each)}" for each, before, after in pairs if before > after),
    ]
    if committed is None:
        lines.append("which were added or retired is not known: there is no commit to compare with")
    return f"\n## Quirks ({len(lines)})\n\n" + "".join(f"- {line}\n" for line in lines) if lines else ""


def _name(action: dict[str, Any]) -> str:
    return str(action.get("description") or action["target"])
