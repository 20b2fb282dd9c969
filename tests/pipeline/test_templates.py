"""Forked templates: few, each with its reason, and each from the generator that is installed."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path

import pytest
from support.workspace import PROJECT, Workspace

from scripts.pipeline.templates import Fork, read_forks

FORKS = read_forks(PROJECT)
GENERATOR = version("openapi-python-client")


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.path.name)
def test_a_fork_is_of_the_installed_generator(fork: Fork) -> None:
    """Its header was renewed with the generator."""
    assert fork.version == GENERATOR


@pytest.mark.parametrize("fork", FORKS, ids=lambda fork: fork.path.name)
def test_a_fork_differs_from_its_original(fork: Fork) -> None:
    """A fork that says what the original says is to be deleted."""
    assert fork.body != fork.original.read_text(encoding="utf-8").strip()


def test_every_other_template_is_named_by_a_fork() -> None:
    """No template lies here that nothing includes."""
    others = {path.name for path in PROJECT.templates.iterdir()} - {fork.path.name for fork in FORKS}
    assert {name for name in others if not any(f'"{name}"' in fork.body for fork in FORKS)} == set()


@pytest.mark.parametrize("change", ["edit", "remove"])
def test_a_new_generator_names_the_forks_whose_originals_changed(workspace: Workspace, change: str) -> None:
    """``make`` says which they are and what to do, and replaces nothing: what is new in them would be lost."""
    import openapi_python_client

    newer = workspace.root / "newer" / "openapi_python_client"
    shutil.copytree(Path(openapi_python_client.__file__).parent, newer)
    original = newer / "templates" / "model.py.jinja"
    original.write_text(original.read_text() + "{# new #}") if change == "edit" else original.unlink()
    before = workspace.files("generated")
    done = workspace.start("generate", PYTHONPATH=str(newer.parent))
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert f"the originals of overlay/templates/model.py.jinja (of {GENERATOR}) are others" in done.stderr
    assert all(fork.path.name not in done.stderr for fork in FORKS if fork.path.name != "model.py.jinja")
    assert "newer/openapi_python_client/templates" in done.stderr
    assert workspace.files("generated") == before


@pytest.mark.parametrize(
    ("old", "new"),
    [("sha256: ", "sha1: "), (f"forked-from: openapi-python-client {GENERATOR} ", "forked-from: "), ("{#", "#")],
    ids=["no sha256", "no version", "no header"],
)
def test_a_fork_without_its_header_is_refused(workspace: Workspace, old: str, new: str) -> None:
    """Nobody could tell later what it was forked from."""
    fork = workspace.root / "overlay" / "templates" / "model.py.jinja"
    fork.write_text(fork.read_text().replace(old, new, 1))
    done = workspace.run("generate")
    assert (done.returncode, "model.py.jinja lacks its header" in done.stderr) == (1, True)
