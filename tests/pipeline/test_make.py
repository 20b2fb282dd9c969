"""What make is given reaches the scripts as it was typed, and nothing else does."""

from __future__ import annotations

import os
import string
import subprocess
from pathlib import Path

import pytest
from support.specs import ROOT
from support.workspace import PROJECT, Workspace

from scripts.__main__ import PREFIX, SWITCHES, VALUES, main

TARGETS = {
    "SPEC": "fetch",
    "VERSION": "operations",
    "OPERATIONS": "fetch",
    "DEST": "vendor",
    "INDEX": "publish",
    "FROM": "report",
    "TO": "report",
}

# In place of Python: print the environment that the recipe gives it.
SHOW = 'PY=sh -c "env -0"'


def make(folder: Path, *arguments: str, **environment: str) -> dict[str, str]:
    """The values that a target's recipe hands over, by name."""
    for name in ("requirements.lock", "installed"):
        (folder / name).touch()
    command = ["make", "-f", ROOT / "Makefile", SHOW, "INSTALLED=installed", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    pairs = (line.partition("=") for line in done.stdout.split("\0"))
    return {name.removeprefix(PREFIX): value for name, _, value in pairs if name.startswith(PREFIX) and value}


@pytest.mark.parametrize("name", VALUES)
def test_value_reaches_the_scripts_as_typed(name: str, tmp_path: Path) -> None:
    """Every printable character, before each other and before a dollar; nothing that looks like a command runs."""
    printable = "".join(char for char in string.printable if char.isprintable())
    hostile = f"x' ; touch {tmp_path}/p ; '$(shell touch {tmp_path}/q)`touch {tmp_path}/r`$$HOME ${{HOME}} $(error e) é"
    for value in (printable, printable[::-1].strip(), hostile, "".join(f"{char}$" for char in string.punctuation)):
        assert make(tmp_path, TARGETS[name], f"{name}={value}") == {name: value}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["installed", "requirements.lock"]


def test_blanks_at_an_end(tmp_path: Path) -> None:
    """Those at the end stay; GNU make drops those at the beginning, so a path with one is given as ``./``."""
    assert make(tmp_path, "fetch", "SPEC=\t  a b  ") == {"SPEC": "a b  "}
    assert make(tmp_path, "fetch", "SPEC=./ a b") == {"SPEC": "./ a b"}
    assert make(tmp_path, "fetch", "CHECK=  ") == {}


def test_inherited_environment_is_not_taken(tmp_path: Path) -> None:
    """A SPEC or VERSION that happens to be in the environment, under its own name or the prefix, is none given."""
    inherited = dict.fromkeys((*VALUES, *SWITCHES, "TESTS"), "1")
    inherited |= {PREFIX + name: "1" for name in inherited}
    for target in ("fetch", "bump", "operations", "publish", "report", "vendor"):
        assert make(tmp_path, target, **inherited) == {}


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("value", ["0", "no", "yes", "true", "on", "TRUE", "01", "11", "1 ", " "])
def test_switch_is_on_as_1_only(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any other value is refused, rather than read as on or as off."""
    monkeypatch.setenv(PREFIX + name, value)
    assert main(["fetch"], PROJECT) == 1
    line = f"{name}={value} means nothing; {name}=1 switches it on, leaving it out is off"
    assert capsys.readouterr().err == f"make: {' '.join(line.split())}\n"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("TESTS", "1", "make: TESTS=1 means nothing; give TESTS=0 or TESTS=all, or leave it out\n"),
        ("SPEC", "a\nb", "make: SPEC holds a line break; give it in one line\n"),
        ("INDEX", "", "publish: INDEX=url is needed, the upload URL of your package index\n"),
        ("DEST", "", "vendor: DEST=directory is needed, such as DEST=../app/src/app/_vendor\n"),
    ],
)
def test_value_that_means_nothing_is_refused(
    name: str, value: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line says what can be given."""
    monkeypatch.setenv(PREFIX + name, value)
    assert main([TARGETS.get(name, "bump")], PROJECT) == 1
    assert capsys.readouterr().err == line


def test_value_with_quotes_works_through_make(workspace: Workspace, tmp_path: Path) -> None:
    """A path with what a shell would take apart is read."""
    folder = tmp_path / 'o\'neil $HOME "x"'
    folder.mkdir()
    path = folder / "doc.json"
    path.write_bytes(workspace.project.upstream.read_bytes())
    (workspace.root / "installed").touch()
    python = f"PY={ROOT / '.venv' / 'bin' / 'python'}"
    command = ["make", python, "INSTALLED=installed", "fetch", "CHECK=1", f"SPEC={path}"]
    done = subprocess.run(command, cwd=workspace.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "doc.json: kept 1 of 1 operations" in done.stdout
