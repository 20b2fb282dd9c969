"""What mypy and basedpyright say of packages outside of the repository, as strict as `make types`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from support.specs import ROOT

# With the settings of the repository, under which mypy remembers what it learned.
MYPY = (sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml"))


def mypy(folders: list[Path], *targets: str) -> str:
    """What `mypy --strict` finds in targets (``-p package``, ``-m module``) in the folders; empty if nothing."""
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(map(str, folders))}
    command = [*MYPY, *targets]
    return _complaints(command, folders[0], environment)


def basedpyright(folder: Path, *targets: str) -> str:
    """What basedpyright finds in targets within the folder, with the repository's settings; empty if nothing."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["basedpyright"] | {"extraPaths": ["."]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "basedpyright", "--warnings", "--pythonpath", sys.executable]
    return _complaints([*command, *targets], folder, {**os.environ})


def _complaints(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
