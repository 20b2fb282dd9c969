"""The wheel's tests: run on what is installed, in the versions asked for, and never silently passed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support.specs import ROOT
from support.workspace import Workspace

from scripts.release import wheel as try_wheel
from scripts.stage import StageError


def test_the_lowest_versions_are_the_lower_bounds() -> None:
    """Upper bounds and exclusions are no lower ones; an exact version is its own bound."""
    dependencies = ["attrs>=23.2,<27", "Httpx<0.29,>=0.28", "a~=1.4", "b==2.0", "c>=1,>=1.10,!=1.11"]
    assert try_wheel.lowest(dependencies) == {"attrs": "23.2", "httpx": "0.28", "a": "1.4", "b": "2.0", "c": "1.10"}


@pytest.mark.parametrize("dependency", ["attrs", "attrs<27", "attrs!=24.1"])
def test_a_dependency_without_a_lower_bound_is_refused(dependency: str) -> None:
    """What cannot be tested is not declared."""
    with pytest.raises(StageError, match=r"attrs.* has no lower bound"):
        try_wheel.lowest([dependency])


def test_every_dependency_is_tried_at_its_lowest() -> None:
    """The three that pyproject.toml declares."""
    assert try_wheel.lowest(try_wheel.requirements()).keys() == {"attrs", "httpx", "python-dateutil"}


def test_nothing_of_the_repositorys_package_is_copied(tmp_path: Path) -> None:
    """The tests find their data, and no other package than the installed one."""
    try_wheel.copy_parts(tmp_path)
    copied = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"conftest.py", "openapi/patched.json", "tests/client/conftest.py"} <= copied
    assert [name for name in copied if "criteo_retail_media" in name] == []


def test_tests_that_fail_on_the_wheel_fail_the_run(workspace: Workspace) -> None:
    """The test sees the wheel, of the lowest dependencies, in an environment of its own."""
    shutil.copy2(ROOT / "README.md", workspace.root)
    (workspace.root / "tests" / "client").mkdir(parents=True)
    (workspace.root / "tests" / "json_values.py").touch()
    (workspace.root / "tests" / "client" / "test_it.py").write_text(
        "import criteo_retail_media\n"
        "from importlib.metadata import version\n"
        "def test_it():\n"
        "    print('seen:', criteo_retail_media.__file__, version('attrs'))\n"
        "    assert False\n"
    )
    done = workspace.run("wheel", "--lowest", "--", "-q")
    assert done.returncode == 1
    assert re.search(
        r"seen: \S+/environment/lib/\S+/site-packages/criteo_retail_media/__init__.py 23\.2\.0\n", done.stdout
    )
    assert "1 failed" in done.stdout
    assert "wheel: the tests fail on the installed criteo_retail_media" in done.stderr
    assert len(done.stderr.splitlines()) == 1
