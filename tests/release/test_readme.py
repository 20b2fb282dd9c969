"""The examples of README and of the guide run as they stand: against the fake Criteo and against the sandbox.

Those marked ``no-run`` are of operations that the shipped client does not have: they run with the client of those that
the line above them fetches, where the whole document is at hand. The one for Dask needs a cluster: test_at_scale.py
runs it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from pytest_httpserver import HTTPServer
from support.example import EXAMPLE
from support.examples import DOCUMENTS, EXAMPLES, FIRST, Example, find_example
from support.specs import ROOT
from support.type_checkers import mypy
from support.whole_client import client_of_selection

TESTS = [example for example in EXAMPLES if "def test_" in example.source]
OF_MORE = [example for example in EXAMPLES if example.needs_more]
BULK, SERVICE, TELEMETRY = find_example("tqdm"), find_example("FastAPI("), find_example("opentelemetry")
SCRIPTS = [
    example
    for example in EXAMPLES
    if example not in (*TESTS, *OF_MORE, BULK, SERVICE, TELEMETRY) and "dask" not in example.source
]
# What calls the service of the example, as its users do.
CALLS = """
import asyncio
import httpx
from example import app

async def main():
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service")
    async with http, app.router.lifespan_context(app):
        for segment in ("1000", "nobody"):
            answer = await http.patch(f"/accounts/42/segments/{segment}", params={"name": "Spring"})
            print(answer.status_code, answer.text)

asyncio.run(main())
"""


def name_of(example: Example) -> str:
    """The example's name, as the id of a test."""
    return example.name


@contextmanager
def sandbox(package: str, path: Path) -> Iterator[str]:
    """The URL of the stand-in of a client that lies in the folder ``path``."""
    command = [sys.executable, "-m", f"{package}.testing", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(path)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    """The URL that `make sandbox` prints."""
    with sandbox("criteo_retail_media", EXAMPLE.generated) as url:
        yield url


@pytest.fixture
def criteo(httpserver: HTTPServer) -> FakeCriteo:
    """A fake with the segments that the examples update."""
    criteo = FakeCriteo(httpserver)
    criteo.add_segments(120)
    return criteo


@pytest.fixture(params=["fake Criteo", "sandbox"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the API is."""
    if request.param == "sandbox":
        yield request.getfixturevalue("sandbox_url")
    else:
        criteo: FakeCriteo = request.getfixturevalue("criteo")
        yield criteo.url
        criteo.server.check()


def run(
    source: str, folder: Path, url: str, package: Path = EXAMPLE.generated, *command: str
) -> subprocess.CompletedProcess[str]:
    """Run an example as a newcomer does, who has set the variables; it ends well."""
    (folder / "example.py").write_text(source, encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(package), str(folder))),
        "CRITEO_CLIENT_ID": CLIENT_ID,
        "CRITEO_CLIENT_SECRET": CLIENT_SECRET,
        "CRITEO_BASE_URL": url,
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", *(command or ("example.py",))],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("example", SCRIPTS, ids=name_of)
def test_an_example_runs_as_it_stands(example: Example, url: str, tmp_path: Path) -> None:
    """A newcomer copies it, sets the variables, and it works."""
    assert run(example.source, tmp_path, url).stderr == ""


def test_the_first_example_shows_what_failed(url: str, tmp_path: Path) -> None:
    """With an id that is not there, it says so."""
    done, failed = run(FIRST.source, tmp_path, url).stdout.splitlines()
    assert done.split() == ["1000", "succeeded"]
    assert re.match("no-such-segment failed (segment-)?not-found: ", failed)


def test_the_bulk_example_shows_progress_and_writes_failures(url: str, tmp_path: Path) -> None:
    """The bar of tqdm comes to its end, and the row of the frame without a name is the one failure."""
    done = run(BULK.source, tmp_path, url)
    assert done.stderr.splitlines()[-1].count("120/120") == 1
    head, failed = (tmp_path / "failures.csv").read_text().splitlines()
    assert head == "index,id,status,reason,trace_id"
    assert failed.startswith("7,1007,failed,cannot be sent: attributes.name: ")


@pytest.mark.parametrize("example", TESTS, ids=name_of)
def test_an_example_of_tests_passes(example: Example, tmp_path: Path) -> None:
    """Under pytest, as a user's own."""
    done = run(
        example.source,
        tmp_path,
        "http://127.0.0.1:9",
        EXAMPLE.generated,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "example.py"),
    )
    assert f"{example.source.count('def test_')} passed" in done.stdout


def test_the_service_answers(url: str, tmp_path: Path) -> None:
    """With what was updated, and with the reason where nothing was."""
    (tmp_path / "calls.py").write_text(CALLS, encoding="utf-8")
    done = run(SERVICE.source, tmp_path, url, EXAMPLE.generated, "calls.py")
    updated, failed = done.stdout.splitlines()
    assert updated == '200 {"id":"1000","status":"succeeded"}'
    assert re.match(r'502 \{"detail":"(segment-)?not-found: ', failed)
    assert done.stderr == ""


def test_telemetry_has_a_span_for_each_request(url: str, tmp_path: Path) -> None:
    """For that of the token, and for the call; and none holds the secret."""
    done = run(TELEMETRY.source, tmp_path, url)
    assert re.findall(r'"http.method": "(\w+)"|"http.request.method": "(\w+)"', done.stdout) in (
        [("POST", ""), ("PATCH", "")],
        [("", "POST"), ("", "PATCH")],
    )
    assert CLIENT_SECRET not in done.stdout


def test_the_examples_are_typed(tmp_path: Path) -> None:
    """Under mypy --strict, but for libraries that have no types: a newcomer's type checker has nothing to say."""
    names = []
    for number, example in enumerate(EXAMPLES):
        if not example.needs_more and "dask" not in example.source:
            names.append(f"example_{number}.py")
            (tmp_path / names[-1]).write_text(example.source, encoding="utf-8")
    complaints = mypy([tmp_path, EXAMPLE.generated], "--no-error-summary", *names).splitlines()
    # Filtered here: mypy uses what it remembers of earlier runs only under the same options.
    assert [line for line in complaints if "[import-untyped]" not in line and ": note: " not in line] == []


@pytest.mark.parametrize("example", OF_MORE, ids=name_of)
def test_an_example_of_more_operations_is_python(example: Example) -> None:
    """Which can be told without the operations."""
    compile(example.source, example.name, "exec")


@pytest.mark.parametrize("example", OF_MORE, ids=name_of)
def test_an_example_of_more_operations_runs(example: Example, tmp_path: Path) -> None:
    """With a client of the operations that the line above it fetches."""
    package = client_of_selection("2026-01", *example.operations).package
    path, name = Path(package.__path__[0]).parent, package.__name__
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    with sandbox(name, path) as url:
        done = run(re.sub(r"\bcriteo_retail_media\b", name, example.source), tmp_path, url, path)
    assert done.stderr == ""
    assert bool(done.stdout) == ("print(" in example.source)


@pytest.mark.parametrize("document", [*DOCUMENTS, "CONTRIBUTING.md", "overlay/README.md"])
def test_every_link_leads_somewhere(document: str) -> None:
    """To a file of the repository, and to a heading of it where it names one."""
    path = ROOT / document
    links = re.findall(r"\]\((?!https?://)([^)\s#]*)(?:#([^)\s]*))?\)", path.read_text(encoding="utf-8"))
    for file, anchor in links:
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), file
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_is_of_a_kind_that_is_tested(document: str) -> None:
    """Python, or settings that are TOML; commands stand in indented blocks."""
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```(.*?)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert {kind for kind, _ in blocks} <= {"python", "python no-run", "toml"}
    for kind, source in blocks:
        if kind == "toml":
            tomllib.loads(source)
