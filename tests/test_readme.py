"""README's examples run as they stand, against the fake Criteo."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from pytest_httpserver import HTTPServer
from specs import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    text
    for text in re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    if "dask" not in text  # that one needs a cluster: test_at_scale.py
]


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
    command = [sys.executable, "-W", "error", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    criteo.server.check()
