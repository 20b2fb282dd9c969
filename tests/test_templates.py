"""Forked templates: few, each with its reason, and each from the generator that is installed."""

from __future__ import annotations

import hashlib
import re
from importlib.metadata import version
from pathlib import Path

import openapi_python_client
import pytest
import stage

ORIGINALS = Path(openapi_python_client.__file__).parent / "templates"
FORKS = sorted(stage.TEMPLATES.rglob("*.py.jinja"))
HEADER = re.compile(
    r"\{#\nforked-from: openapi-python-client (?P<version>\S+) (?P<name>\S+)\n"
    r"sha256: (?P<sha256>[0-9a-f]{64})\nwhy: (?P<why>.+?)\nremove-when: (?P<until>.+?)\n#\}",
    re.DOTALL,
)


@pytest.mark.parametrize("fork", FORKS, ids=lambda path: path.name)
def test_a_fork_says_what_it_was_forked_from_and_the_original_has_not_changed(fork: Path) -> None:
    """When the generator is renewed, this names the forks whose originals changed: merge, then renew the header."""
    header = HEADER.match(fork.read_text(encoding="utf-8"))
    assert header, f"{fork.name} lacks its header: forked-from, sha256, why, remove-when"
    original = ORIGINALS / fork.relative_to(stage.TEMPLATES)
    assert header["name"] == fork.relative_to(stage.TEMPLATES).as_posix()
    assert hashlib.sha256(original.read_bytes()).hexdigest() == header["sha256"], (
        f"{fork.name} was forked from another original, {header['version']}'s: merge what changed, renew the header"
    )
    assert header["version"] == version("openapi-python-client")


@pytest.mark.parametrize("fork", FORKS, ids=lambda path: path.name)
def test_a_fork_differs_from_its_original(fork: Path) -> None:
    """A fork that says what the original says is to be deleted."""
    body = HEADER.sub("", fork.read_text(encoding="utf-8")).strip()
    assert body != (ORIGINALS / fork.relative_to(stage.TEMPLATES)).read_text(encoding="utf-8").strip()


def test_every_other_template_is_named_by_a_fork() -> None:
    """No template lies here that nothing includes."""
    text = "".join(fork.read_text(encoding="utf-8") for fork in FORKS)
    others = {path.name for path in stage.TEMPLATES.iterdir()} - {fork.name for fork in FORKS}
    assert {name for name in others if f'"{name}"' not in text} == set()
