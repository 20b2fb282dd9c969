"""README's examples run as they stand, against the fake Criteo.

Those marked ``no-run`` are of operations that the shipped client does not have: they run with the client of the whole
document, where it is at hand.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo, answer
from pytest_httpserver import HTTPServer
from support.example import EXAMPLE
from support.specs import ROOT
from support.whole_client import client_of
from werkzeug import Request, Response

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    text
    for text in re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    if "dask" not in text  # that one needs a cluster: test_at_scale.py
]
OF_MORE = re.findall(r"^```python no-run\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.fixture
def criteo(httpserver: HTTPServer) -> FakeCriteo:
    """A fake with the segments that the examples update."""
    criteo = FakeCriteo(httpserver)
    criteo.add_segments(120)
    return criteo


def run(source: str, folder: Path, criteo: FakeCriteo, package: Path) -> str:
    """Run an example as a newcomer does, who has set the two variables; what it prints."""
    (folder / "example.py").write_text(source, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(package),
        "CRITEO_CLIENT_ID": CLIENT_ID,
        "CRITEO_CLIENT_SECRET": CLIENT_SECRET,
        "CRITEO_BASE_URL": criteo.url,
    }
    command = [sys.executable, "-W", "error", "example.py"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    criteo.server.check()
    return done.stdout


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs_as_it_stands(number: int, criteo: FakeCriteo, tmp_path: Path) -> None:
    """A newcomer copies it, sets the two variables, and it works."""
    run(EXAMPLES[number], tmp_path, criteo, EXAMPLE.generated)


@pytest.mark.parametrize("number", range(len(OF_MORE)))
def test_an_example_of_more_operations_is_python(number: int) -> None:
    """Which can be told without the operations."""
    compile(OF_MORE[number], "README.md", "exec")


@pytest.mark.parametrize("number", range(len(OF_MORE)))
def test_an_example_of_more_operations_runs(number: int, criteo: FakeCriteo, tmp_path: Path) -> None:
    """With a client that has them, it works too."""
    whole = client_of("2026-01")

    def respond(request: Request) -> Response:
        if request.path.endswith("/output"):
            return Response('{"id": "1"}\n')
        status = {"id": "7", "attributes": {"status": "success", "fileExtension": "png"}}
        return answer({"data": status}, 201 if request.path.endswith("/assets") else 200)

    criteo.server.expect_request(re.compile("/2026-01/.*")).respond_with_handler(respond)
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    source = OF_MORE[number].replace("criteo_retail_media", whole.package.__name__)
    assert run(source, tmp_path, criteo, Path(whole.package.__path__[0]).parent) in ("1\n", "7 success\n")
