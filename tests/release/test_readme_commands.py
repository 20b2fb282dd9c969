"""README's commands run as they stand: in a copy of the repository, or where a list says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.environment import link_environment
from support.example import EXAMPLE
from support.specs import ROOT, whole_document
from support.workspace import Workspace

from scripts.pipeline.source import read_source

README = (ROOT / "README.md").read_text(encoding="utf-8")

# A command is a line of an indented block, but for the drawing of the pipeline, or a piece of code in the text.
COMMAND = re.compile(r"^ {4}(?!.*[─(])(\S.*?)(?: +#.*)?$|`((?:make|pip|python) ?[^`]*)`", re.MULTILINE)
BUMP = "changes/test_bump.py::"
RELEASE = "release/test_publish.py::test_publish_install_use_and_publish_again"
# What cannot run in a copy as it stands, and what runs it with all it needs.
ELSEWHERE = {
    "make test": ".ci/run",
    "make bump VERSION=2026-07": f"{BUMP}test_bump_makes_the_client_of_the_new_version_and_takes_it_back",
    "make bump": f"{BUMP}test_change_in_place_is_the_next_release",
    "TWINE_USERNAME=… TWINE_PASSWORD=… make publish INDEX=https://pypi.example.com/": RELEASE,
    "make publish": RELEASE,
    "pip install --index-url https://pypi.example.com/simple/ criteo-retail-media": RELEASE,
    "python -m app._vendor.criteo_retail_media": (
        "release/test_vendor.py::test_the_copy_tells_its_provenance_and_verifies_itself"
    ),
}


def commands() -> dict[str, list[str]]:
    """The commands of README's sections that are left to run in a copy."""
    text = "## Head\n" + re.sub(r"^```python.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
    assert "```" not in text, "commands stand in indented blocks"
    found = {}
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE):
        told = [block or inline for block, inline in COMMAND.findall(body)]
        found[title] = [command for command in told if command not in ELSEWHERE]
    return {title: left for title, left in found.items() if left}


@pytest.mark.parametrize("title", commands())
def test_the_commands_of_a_section_run_as_they_stand(title: str, workspace: Workspace, tmp_path: Path) -> None:
    """One after the other in a copy of the repository; a whole document stands in for the network."""
    shutil.copy2(ROOT / "README.md", workspace.root)
    link_environment(workspace.root)
    environment = {
        **os.environ,
        "PATH": f"{workspace.root / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PIP_TARGET": str(tmp_path / "installed"),
    }
    if any(command.startswith("make fetch") for command in commands()[title]):
        # As if SPEC= stood on each command line.
        environment["MAKEFLAGS"] = f"-- SPEC={whole_document(read_source(EXAMPLE).version)}"
    for command in commands()[title]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=workspace.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@pytest.mark.parametrize("command", ELSEWHERE)
def test_a_command_that_runs_elsewhere_does_run_there(command: str) -> None:
    """It is still in README, and the step of .ci/run or the test exists."""
    assert command in README
    place, _, name = ELSEWHERE[command].partition("::")
    path, line = (ROOT / "tests" / place, f"def {name}(") if name else (ROOT / place, f"step {command}\n")
    assert re.search(f"^{re.escape(line)}", path.read_text(encoding="utf-8"), re.MULTILINE)
