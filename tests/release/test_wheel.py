"""The wheel's tests: run on what is installed, in the versions locked for it, and never silently passed."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from support.specs import ROOT
from support.workspace import PROJECT, Workspace

from scripts.release.wheel import LOWEST, TOOLS, copy_parts

METADATA = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DEPENDENCIES = [Requirement(each) for each in METADATA["dependencies"]]
FAST = [Requirement(each) for each in METADATA["optional-dependencies"]["fast"]]


def locked(lock: str) -> dict[str, Version]:
    """The versions of a lock by name."""
    return {
        name: Version(version) for name, version in re.findall(r"(?m)^(\S+?)==([^\s;]+)", (ROOT / lock).read_text())
    }


def test_the_dependencies_are_the_three() -> None:
    """And nothing else reaches those who install the client."""
    assert {each.name for each in DEPENDENCIES} == {"attrs", "httpx", "python-dateutil"}


@pytest.mark.parametrize("dependency", [*DEPENDENCIES, *FAST], ids=str)
def test_the_lowest_versions_are_the_lower_bounds(dependency: Requirement) -> None:
    """What is declared to work is what `make test-lowest` runs on; `make lock` follows a change of the bounds."""
    (bound,) = [Version(each.version) for each in dependency.specifier if each.operator == ">="]
    assert locked(LOWEST)[dependency.name] == bound


def test_the_client_is_tested_with_the_extra_and_without() -> None:
    """With it where the lowest versions are installed; the other two runs lack it."""
    (extra,) = FAST
    assert [extra.name in locked(lock) for lock in ("requirements.lock", TOOLS, LOWEST)] == [False, False, True]


def test_no_cap_ages() -> None:
    """attrs and dateutil count by years, so no version of theirs is known to break anything; httpx may at its 1.0."""
    caps = {each.name: [bound.version for bound in each.specifier if bound.operator == "<"] for each in DEPENDENCIES}
    assert caps == {"attrs": [], "httpx": ["1"], "python-dateutil": []}


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/bench/requirements.lock", TOOLS, LOWEST])
def test_all_that_is_installed_has_hashes(lock: str) -> None:
    """Of every entry of every lock, and none has an address."""
    text = (ROOT / lock).read_text()
    entries = re.split(r"(?m)^(?=\S)", text)[1:]
    assert {entry.partition("==")[0] for entry in entries} == locked(lock).keys()  # two versions: for two Pythons
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


@pytest.mark.parametrize("lock", [TOOLS, LOWEST])
def test_a_safe_h11_comes_along(lock: str) -> None:
    """From 0.16 on it does not take malformed chunks for the end of a message; httpx brings it."""
    assert locked(lock)["h11"] >= Version("0.16")


def test_the_tools_are_those_of_the_repository() -> None:
    """In the versions of requirements.lock."""
    assert locked(TOOLS).items() <= locked("requirements.lock").items()


def test_nothing_of_the_repositorys_package_is_copied(tmp_path: Path) -> None:
    """The tests find their data, and no other package than the installed one."""
    copy_parts(PROJECT, tmp_path)
    copied = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"conftest.py", "openapi/patched.json", "tests/client/conftest.py"} <= copied
    assert [name for name in copied if "criteo_retail_media" in name] == []


def test_tests_that_fail_on_the_wheel_fail_the_run(workspace: Workspace) -> None:
    """The test sees the wheel, of the lowest dependencies, in an environment of its own without setuptools."""
    for name in ("README.md", "CHANGELOG.md"):
        shutil.copy2(ROOT / name, workspace.root)
    for part in (TOOLS, LOWEST, "tests/support/json_values.py", "tests/documents/audience_segments.json"):
        (workspace.root / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / part, workspace.root / part)
    (workspace.root / "tests" / "client" / "test_it.py").write_text(
        "import criteo_retail_media\n"
        "from importlib.metadata import version\n"
        "from importlib.util import find_spec\n"
        "def test_it():\n"
        "    print('seen:', criteo_retail_media.__file__, version('attrs'), find_spec('setuptools'))\n"
        "    assert False\n"
    )
    done = workspace.start("wheel", "--lowest", "--", "-p", "no:xdist")
    assert done.returncode == 1
    assert re.search(
        r"seen: \S+/environment/lib/\S+/site-packages/criteo_retail_media/__init__.py 23\.2\.0 None\n", done.stdout
    )
    assert re.search(r"installed: criteo-retail-media \S+, attrs 23\.2\.0, httpx 0\.28\.0, ", done.stdout)
    assert "1 failed" in done.stdout
    assert "wheel: the tests fail on the installed criteo_retail_media" in done.stderr
    assert len(done.stderr.splitlines()) == 1
