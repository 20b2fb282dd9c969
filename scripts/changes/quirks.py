"""Say which quirks came or went with a bump, and which of those that stay took or lost their effect."""

from __future__ import annotations

import subprocess
from typing import Any

from scripts.pipeline.overlay import allow_idle, apply_actions, read_overlay
from scripts.project import Project, StageError
from scripts.spec.document import Document, parse


def quirk_changes(old: Document, new: Document, overlay: Document, committed: Document | None) -> list[str]:
    """A line for each quirk added, retired, in effect for the first time, or idle now; it may be told more than once.

    ``committed`` is the overlay as it was before the bump, where that is known.
    """
    now = [_name(action) for action in overlay["actions"]]
    was = [_name(action) for action in committed["actions"]] if committed else now
    actions = allow_idle(read_overlay(overlay))
    effects = [[outcome.changed for outcome in apply_actions(document, actions)[1]] for document in (old, new)]
    return [
        *(f"added: {name}" for name in now if name not in was),
        *(f"retired: {name}" for name in was if name not in now),
        *(f"applies now: {name}" for name, before, after in zip(now, *effects, strict=True) if after > before),
        *(
            f"no longer needed here: {name}"
            for name, before, after in zip(now, *effects, strict=True)
            if before > after
        ),
    ]


def committed_overlay(project: Project) -> Document | None:
    """The overlay last committed; None where git cannot tell."""
    name = project.relative(project.overlay)
    try:
        done = subprocess.run(
            ["git", "show", f"HEAD:./{name}"],  # noqa: S607 (whichever git the person has)
            cwd=project.root,
            capture_output=True,
            check=True,
        )
        return parse(done.stdout, f"HEAD:{name}")
    except (OSError, subprocess.CalledProcessError, StageError):
        return None


def _name(action: dict[str, Any]) -> str:
    return str(action.get("description") or action["target"])
