"""README's examples and commands run as they stand: against the fake Criteo, in a copy, or in .ci/run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from pytest_httpserver import HTTPServer
from specs import ROOT, whole_document
from workspace import Workspace

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)

# A command is a line of an indented block, but for the drawing of the pipeline, or a piece of code in the text.
COMMAND = re.compile(r"^ {4}(?!.*[─(])(\S.*?)(?: +#.*)?$|`((?:make|pip|python) ?[^`]*)`", re.MULTILINE)
RELEASE = "test_publish_distribution.py::test_publish_install_use_and_publish_again"
# What cannot run in a copy as it stands, and what runs it with all it needs.
ELSEWHERE = {
    "make test": ".ci/run",
    "TWINE_USERNAME=… TWINE_PASSWORD=… make publish INDEX=https://pypi.example.com/": RELEASE,
    "make publish": RELEASE,
    "pip install --index-url https://pypi.example.com/simple/ criteo-retail-media": RELEASE,
    "python -m app._vendor.criteo_retail_media": (
        "test_vendor_package.py::test_the_copy_tells_its_provenance_and_verifies_itself"
    ),
}


def commands() -> dict[str, list[str]]:
    """The commands of README's sections that are left to run in a copy."""
    text = "## Head\n" + re.sub(r"^```python\n.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
    assert "```" not in text, "commands stand in indented blocks"
    found = {}
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE):
        told = [block or inline for block, inline in COMMAND.findall(body)]
        found[title] = [command for command in told if command not in ELSEWHERE]
    return {title: left for title, left in found.items() if left}


@pytest.fixture
def criteo(httpserver: HTTPServer) -> FakeCriteo:
    """A fake with the segments that the examples update."""
    criteo = FakeCriteo(httpserver)
    criteo.add_segments(120)
    return criteo


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs_as_it_stands(number: int, criteo: FakeCriteo, tmp_path: Path) -> None:
    """A newcomer copies it, sets the two variables, and it works."""
    script = tmp_path / "example.py"
    script.write_text(EXAMPLES[number], encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "generated"),
        "CRITEO_CLIENT_ID": CLIENT_ID,
        "CRITEO_CLIENT_SECRET": CLIENT_SECRET,
        "CRITEO_BASE_URL": criteo.url,
    }
    # Dask warns where the port of its dashboard is taken by another cluster of this machine.
    command = [sys.executable, "-W", "error", "-W", "ignore:Port ", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    criteo.server.check()


@pytest.mark.parametrize("title", commands())
def test_the_commands_of_a_section_run_as_they_stand(title: str, workspace: Workspace, tmp_path: Path) -> None:
    """One after the other in a copy of the repository; a whole document stands in for the network."""
    shutil.copy2(ROOT / "README.md", workspace.root)
    _link_environment(workspace.root)
    environment = {
        **os.environ,
        "PATH": f"{workspace.root / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PIP_TARGET": str(tmp_path / "installed"),
    }
    if "make fetch" in commands()[title]:
        environment["SPEC"] = str(whole_document("2026-01"))
    if "make fetch VERSION=2026-07" in commands()[title]:
        environment["SPEC"] = str(whole_document("2026-07"))
    for command in commands()[title]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=workspace.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _link_environment(root: Path) -> None:
    """Let ``make`` find this environment as its own, set up already."""
    (root / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name != ".installed":
            (root / ".venv" / path.name).symlink_to(path)
    (root / ".venv" / ".installed").touch()


@pytest.mark.parametrize("command", ELSEWHERE)
def test_a_command_that_runs_elsewhere_does_run_there(command: str) -> None:
    """It is still in README, and the step of .ci/run or the test exists."""
    assert command in README
    place, _, name = ELSEWHERE[command].partition("::")
    path, line = (ROOT / "tests" / place, f"def {name}(") if name else (ROOT / place, f"step {command} ")
    assert re.search(f"^{re.escape(line)}", path.read_text(encoding="utf-8"), re.MULTILINE)
