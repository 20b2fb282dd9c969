"""README's commands run as they stand: in a copy of the repository, or where a list says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.environment import link_environment
from support.example import EXAMPLE
from support.examples import FIRST
from support.specs import ROOT, whole_document
from support.workspace import Workspace

from scripts.pipeline.source import read_source

README = (ROOT / "README.md").read_text(encoding="utf-8")

# A command is a line of an indented block, but for the drawing of the pipeline, or a piece of code in the text.
COMMAND = re.compile(r"^ {4}(?!.*[─(])(\S.*?)(?: +#.*)?$|`((?:make|pip|python) ?[^`]*)`", re.MULTILINE)
BUMP = "changes/test_bump.py::"
RELEASE = "release/test_publish.py::test_publish_install_use_and_publish_again"
# What cannot run in a copy as it stands, and what runs it with all it needs.
SANDBOX = "release/test_readme_commands.py::test_the_sandbox_tells_its_url"
ELSEWHERE = {
    "make test": ".ci/run",
    "make sandbox": SANDBOX,
    "make bump VERSION=2026-07": f"{BUMP}test_bump_makes_the_client_of_the_new_version_and_takes_it_back",
    "make bump": f"{BUMP}test_change_in_place_is_the_next_release",
    "TWINE_USERNAME=… TWINE_PASSWORD=… make publish INDEX=https://pypi.example.com/": RELEASE,
    "make publish": RELEASE,
    "pip install --index-url https://pypi.example.com/simple/ criteo-retail-media": RELEASE,
}


def commands() -> dict[str, list[str]]:
    """The commands of README's sections that are left to run in a copy."""
    text = "## Head\n" + re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
    found = {}
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE):
        named = [block or inline for block, inline in COMMAND.findall(body)]
        found[title] = [command for command in named if command not in ELSEWHERE]
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
        "PYTHONPATH": "generated",
    }
    if any(command.startswith("make fetch") for command in commands()[title]):
        # As if SPEC= stood on each command line.
        environment["MAKEFLAGS"] = f"-- SPEC={whole_document(read_source(EXAMPLE).version)}"
    for command in commands()[title]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=workspace.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_the_sandbox_tells_its_url(workspace: Workspace) -> None:
    """On its first line, and the client of README's first example finds it there."""
    link_environment(workspace.root)
    command = ["make", "sandbox", "ARGS=--port 0"]
    with subprocess.Popen(
        command, cwd=workspace.root, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            environment = {
                "PYTHONPATH": str(workspace.root / "generated"),
                "CRITEO_BASE_URL": url,
                "CRITEO_CLIENT_ID": "any",
                "CRITEO_CLIENT_SECRET": "any",
            }
            done = subprocess.run(
                [sys.executable, "-c", FIRST.source], env=environment, capture_output=True, text=True, check=False
            )
        finally:
            os.killpg(process.pid, signal.SIGTERM)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1000 succeeded")


def test_the_replacements_are_made_in_callers_code(tmp_path: Path) -> None:
    """By README's line: whole words, in the order of the table, in every module and nowhere else."""
    (command,) = re.findall(r"^ {4}(.*RENAMES\.tsv.*)$", README, re.MULTILINE)
    app, openapi = tmp_path / "app" / "src" / "deep", tmp_path / "client" / "openapi"
    for folder in (app, openapi):
        folder.mkdir(parents=True)
    (openapi / "RENAMES.tsv").write_text("ShelfV2\tShelfV3\nShelfV1\tShelfV2\nget_shelf\tget_shelf_v1\n", "utf-8")
    (app / "a.py").write_text("from m import ShelfV1, ShelfV2, ShelfV22\nget_shelf(ShelfV1, ShelfV2)\n", "utf-8")
    (app / "b.txt").write_text("ShelfV1\n", "utf-8")
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path / "client", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (app / "a.py").read_text() == "from m import ShelfV2, ShelfV3, ShelfV22\nget_shelf_v1(ShelfV2, ShelfV3)\n"
    assert (app / "b.txt").read_text() == "ShelfV1\n"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "overlay/README.md", "overlay/GUIDE.md"])
def test_every_target_that_is_named_exists(document: str) -> None:
    """In text and in blocks: a reader never meets "No rule to make target"."""
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4}(?:[A-Z_]+=\S+ )*)make(?: -C \S+)? ([a-z-]+)", text, re.MULTILINE))
    assert named
    assert named <= targets


@pytest.mark.parametrize("command", ELSEWHERE)
def test_a_command_that_runs_elsewhere_does_run_there(command: str) -> None:
    """It is still in README, and the step of .ci/run or the test exists."""
    assert command in README
    place, _, name = ELSEWHERE[command].partition("::")
    path, line = (ROOT / "tests" / place, f"def {name}(") if name else (ROOT / place, f"step {command}\n")
    assert re.search(f"^{re.escape(line)}", path.read_text(encoding="utf-8"), re.MULTILINE)
