"""This environment as that of a copy of the repository, so that ``make`` there installs nothing."""

from __future__ import annotations

import sys
from pathlib import Path


def link_environment(root: Path) -> None:
    """Let ``make`` find this environment as its own, set up already."""
    (root / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name != ".installed":
            (root / ".venv" / path.name).symlink_to(path)
    (root / ".venv" / ".installed").touch()
