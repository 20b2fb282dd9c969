"""Release: built the same twice, published to a real index on loopback, installed from it, published only once."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from packaging.version import Version
from pytest_httpserver import HTTPServer
from readme_renderer import markdown
from support.examples import FIRST
from support.indexes import PASSWORD, USER, Index, devpi, pypiserver
from support.specs import ROOT
from support.workspace import Workspace, copy_to
from werkzeug import Response

from scripts.project import StageError
from scripts.release.publish import check_new, upload

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def devpi_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Index]]:
    """A real devpi on loopback."""
    with devpi(tmp_path_factory.mktemp("devpi")) as make_index:
        yield make_index


@pytest.fixture(scope="module")
def pypi_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, Path]]:
    """A real pypiserver on loopback, and the folder of its files."""
    folder = tmp_path_factory.mktemp("pypiserver")
    with pypiserver(folder) as index:
        yield index, folder / "packages"


@pytest.fixture
def pypi(pypi_server: tuple[Index, Path]) -> Index:
    """It, empty."""
    index, packages = pypi_server
    for path in packages.iterdir():
        path.unlink()
    return index


@pytest.fixture(params=["pypiserver", "devpi"])
def index(request: pytest.FixtureRequest) -> Index:
    """An index of each kind, empty."""
    chosen: Index = (
        request.getfixturevalue("pypi")
        if request.param == "pypiserver"
        else (request.getfixturevalue("devpi_server")())
    )
    return chosen


def commit(root: Path) -> None:
    """Commit all that is there."""
    for command in (["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"]):
        subprocess.run(["git", *command], cwd=root, check=True)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A clean git checkout; tests change nothing in it but dist/."""
    workspace = copy_to(tmp_path_factory.mktemp("clean") / "repository")
    for name in ("README.md", "CHANGELOG.md", ".gitignore"):
        shutil.copy2(ROOT / name, workspace.root / name)
    subprocess.run(["git", "init", "-q"], cwd=workspace.root, check=True)
    commit(workspace.root)
    return workspace


@pytest.fixture
def changed(repository: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it, to be changed."""
    shutil.copytree(repository.root, tmp_path / "changed")
    return Workspace(tmp_path / "changed")


@pytest.fixture(scope="module")
def built(repository: Workspace) -> list[Path]:
    """The wheel and the sdist that `make dist` builds."""
    assert repository.run("dist").returncode == 0
    return sorted((repository.root / "dist").iterdir())


@pytest.fixture(scope="module")
def wheel(built: list[Path]) -> Path:
    """The wheel."""
    return next(path for path in built if path.suffix == ".whl")


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_two_builds_are_the_same_to_the_bit(repository: Workspace, built: list[Path], tmp_path: Path) -> None:
    """In two directories, under two umasks, at two times of file."""
    other = tmp_path / "elsewhere" / "deep"
    shutil.copytree(repository.root, other, ignore=shutil.ignore_patterns("dist"))
    for path in other.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            os.utime(path, (1, 1))
    command = [sys.executable, "-m", "scripts", "dist"]
    done = subprocess.run(command, cwd=other, umask=0o077, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name: path.read_bytes() for path in (other / "dist").iterdir()} == {
        path.name: path.read_bytes() for path in built
    }
    assert len(built) == 2


def test_the_wheel_holds_the_package_and_nothing_of_the_pipeline(
    repository: Workspace, built: list[Path], wheel: Path
) -> None:
    """With py.typed and the provenance, and exactly the three dependencies."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = repository.root / "generated"
    assert names == {
        path.relative_to(package).as_posix() for path in (package / "criteo_retail_media").rglob("*") if path.is_file()
    }
    assert {"criteo_retail_media/py.typed", "criteo_retail_media/_provenance.py"} <= names
    metadata = _metadata(wheel)
    required, extra = set(), set()
    for line in metadata.get_all("Requires-Dist", []):
        (extra if "extra ==" in line else required).add(re.split(r"[<>=!~;\[ ]", line)[0])
    assert required == {"attrs", "httpx", "python-dateutil"}
    assert extra == {"msgspec"}
    assert (metadata["Name"], metadata["Requires-Python"]) == ("criteo-retail-media", ">=3.11")
    (sdist,) = (path for path in built if path != wheel)
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames()}
    assert tops == {"generated", "README.md", "CHANGELOG.md", ".gitignore", "pyproject.toml", "PKG-INFO"}
    with zipfile.ZipFile(wheel) as archive:
        (changelog,) = (name for name in archive.namelist() if name.endswith("CHANGELOG.md"))
        assert archive.read(changelog) == (ROOT / "CHANGELOG.md").read_bytes()


def test_the_links_of_the_index_page_work(wheel: Path) -> None:
    """An index shows README without the files around it: every link leads to a part of it or to another site."""
    metadata = _metadata(wheel)
    assert metadata["Description-Content-Type"] == "text/markdown"
    shown = markdown.render(str(metadata.get_payload()))
    assert shown is not None
    links, anchors = re.findall(r'href="(.*?)"', shown), re.findall(r'id="(.*?)"', shown)
    assert links
    assert [link for link in links if not link.startswith("https://") and link.removeprefix("#") not in anchors] == []
    for text in re.findall(r"\[([^]\n]+)\]\([^)]*\)", README):
        assert html.escape(text.strip("`")) in shown


def test_publish_install_use_and_publish_again(
    repository: Workspace, index: Index, tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way of a release, and the refusal of the second one: whole or in part, of this choice or another."""
    done = repository.run("publish", index.url, **index.credentials)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"to {index.url}" in done.stdout
    assert PASSWORD not in done.stdout

    # The dependencies come from wherever pip is set up to find them.
    files = index.files()
    assert len(files) == 2
    environment = tmp_path / "fresh"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    version = index.files()[0].split("-")[1]
    assert f"pip install --index-url {index.simple} criteo-retail-media" in done.stdout
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
    ]
    subprocess.run([*pip, "--extra-index-url", index.simple, f"criteo-retail-media=={version}"], check=True)
    site = next((environment / "lib").glob("python*/site-packages"))

    criteo = FakeCriteo(httpserver)
    criteo.add_segments(1)
    used = subprocess.run(
        [python, "-c", FIRST.source],
        env={"CRITEO_CLIENT_ID": CLIENT_ID, "CRITEO_CLIENT_SECRET": CLIENT_SECRET, "CRITEO_BASE_URL": criteo.url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (used.returncode, used.stderr) == (0, "")
    assert [line.split()[:2] for line in used.stdout.splitlines()] == [
        ["1000", "succeeded"],
        ["no-such-segment", "failed"],
    ]
    verified = subprocess.run(
        [python, "-m", "criteo_retail_media", "--verify"], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, str(site) in verified.stdout) == (0, True)

    again = repository.run("publish", index.url, "--new", **index.credentials)
    assert again.returncode == 1
    assert f"version {version} is on {index.url} already" in again.stderr
    assert again.stderr.count("\n") == 1
    for name, value in index.credentials.items():
        monkeypatch.setenv(name, value)
    for url in (index.url, index.simple):
        with pytest.raises(StageError, match="already"):
            check_new(url, Version(version))
    assert check_new(index.url, Version("1999.1.0")) == index.simple
    assert index.files() == files


def test_preview_and_experimental_are_not_mistaken_for_each_other(changed: Workspace, pypi: Index) -> None:
    """Both are 0.0.N, which is no stable version: the first one published says so, and the other is refused."""
    published = []
    for version in ("preview", "experimental"):
        spec = ROOT / "tests" / "documents" / "habits" / f"version_{version}.yaml"
        assert changed.run("fetch", "--spec", spec, "--version", version, "--operations", "*").returncode == 0
        assert changed.run("generate").returncode == 0
        commit(changed.root)
        published.append(changed.run("publish", pypi.url, **pypi.credentials))
    first, second = published
    assert (first.returncode, first.stderr) == (0, "")
    assert "this is the client of preview; experimental is numbered 0.0.N too" in first.stdout
    assert (second.returncode, "version 0.0.0 is on" in second.stderr) == (1, True)
    assert "preview and experimental are both 0.0.N: one index for each" in second.stderr
    assert [name.split("-")[1].removesuffix(".tar.gz") for name in pypi.files()] == ["0.0.0", "0.0.0"]


def test_credentials_may_stand_in_pypirc(
    built: list[Path], index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the section of that URL, whatever its name, and with or without a slash at its end."""
    (tmp_path / ".pypirc").write_text(
        "[distutils]\nindex-servers = other internal\n"
        "[other]\nrepository = http://127.0.0.1:9/\nusername = nobody\npassword = another-password\n"
        f"[internal]\nrepository = {index.url.rstrip('/')}\nusername = {USER}\npassword = {PASSWORD}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    assert check_new(index.url, Version("1999.1.0")) == index.simple
    upload(index.url, built)
    assert len(index.files()) == 2


def test_a_pypirc_that_cannot_be_read_is_not_shown(repository: Workspace, pypi: Index, tmp_path: Path) -> None:
    """A line of it may be a password."""
    (tmp_path / ".pypirc").write_text(f"[distutils]\nindex-servers = internal\n[internal]\n{PASSWORD}\n")
    done = repository.run("publish", pypi.url, HOME=str(tmp_path))
    assert (done.returncode, ".pypirc cannot be read" in done.stderr) == (1, True)
    assert PASSWORD not in done.stderr + done.stdout


def page(*names: str, head: str = "") -> Response:
    """A simple page of PEP 503."""
    links = "".join(f"<a href='../../packages/{name}#sha256=0'>{name}</a><br>" for name in names)
    return Response(f"<!DOCTYPE html><html><head>{head}</head><body>{links}</body></html>", content_type="text/html")


def listing(*names: str) -> Response:
    """A simple page of PEP 691."""
    text = json.dumps({"meta": {"api-version": "1.0"}, "files": [{"filename": name} for name in names]})
    return Response(text, content_type="application/vnd.pypi.simple.v1+json")


WHEEL, SDIST = "criteo_retail_media-2026.1.9-py3-none-any.whl", "criteo_retail_media-2026.1.9.tar.gz"
NOTHING = Response("", 404)
MARK = '<meta name="pypi:repository-version" content="1.0">'
# What the index answers for the client's page and for its root, and what is made of it; None: the version is new.
ANSWERS = {
    "another version": (page("criteo_retail_media-2026.1.99-py3-none-any.whl"), NOTHING, None),
    "another version in JSON": (listing("criteo_retail_media-2026.1.99-py3-none-any.whl"), NOTHING, None),
    "nothing yet": (NOTHING, page("other"), None),
    "nothing yet, in JSON": (NOTHING, listing(), None),
    "nothing any more": (page(head=MARK), NOTHING, None),
    "the wheel": (page(WHEEL), NOTHING, "version 2026.1.9 is on"),
    "the sdist": (page(SDIST), NOTHING, "version 2026.1.9 is on"),
    "the wheel in JSON": (listing(WHEEL), NOTHING, "version 2026.1.9 is on"),
    "the version in other words": (page("Criteo.Retail_Media-2026.01.9.zip"), NOTHING, "version 2026.1.9 is on"),
    "another layout": (NOTHING, NOTHING, "no simple index is at .*; if you know .*2026.1.9 is not there, .*NEW=1"),
    "a portal": (page(), page(), "no simple index is at .* NEW=1"),
    "no page": (Response("hello", content_type="text/plain"), NOTHING, "no simple index is at .* NEW=1"),
    "broken JSON": (Response("{", content_type="application/vnd.pypi.simple.v1+json"), NOTHING, "no simple index"),
    "refused": (Response("", 401), NOTHING, "set TWINE_USERNAME and TWINE_PASSWORD.* NEW=1"),
    "unwell": (Response("", 503), NOTHING, "answered 503.* NEW=1"),
    "redirects for ever": (Response("", 302, {"Location": "."}), NOTHING, "cannot be reached"),
}


@pytest.mark.parametrize("simple", ["/simple/", "/+simple/"])
@pytest.mark.parametrize(("client", "root", "message"), ANSWERS.values(), ids=ANSWERS.keys())
def test_version_is_new_only_where_the_index_says_so(
    httpserver: HTTPServer, simple: str, client: Response, root: Response, message: str | None
) -> None:
    """Its simple page is read where clients would install from; NEW=1 stands in for an index that cannot tell."""
    httpserver.expect_request(f"{simple}criteo-retail-media/").respond_with_response(client)
    httpserver.expect_request(simple).respond_with_response(root)
    httpserver.expect_request(re.compile("/.*")).respond_with_response(NOTHING)
    url, version = httpserver.url_for("/"), Version("2026.1.9")
    with pytest.raises(StageError, match=message) if message else nullcontext():
        assert check_new(url, version) == f"{url.rstrip('/')}{simple}"
    if message and "NEW=1" in message:
        assert check_new(url, version, new=True) is None


def test_a_wrong_password_is_one_line_without_it(
    built: list[Path], index: Index, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """twine's own words without its colours, and nothing uploaded."""
    for name, value in {"TWINE_USERNAME": USER, "TWINE_PASSWORD": "wrong-password", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(StageError, match=r"40[13]") as refused:
        upload(index.url, built)
    assert not re.search(r"\n|\x1b|\\x1b|wrong-password", str(refused.value))
    assert capfd.readouterr() == ("", "")
    assert index.files() == []


def test_missing_credentials_are_named(
    built: list[Path], pypi: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variables to set."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(StageError, match="set TWINE_USERNAME and TWINE_PASSWORD") as refused:
        upload(pypi.url, built)
    assert "\n" not in str(refused.value)


def test_an_index_that_cannot_be_reached_is_one_line(repository: Workspace) -> None:
    """With what to check."""
    done = repository.run("publish", "http://127.0.0.1:9/", TWINE_USERNAME=USER, TWINE_PASSWORD=PASSWORD)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "cannot be reached" in done.stderr


def test_credentials_in_the_url_are_refused(repository: Workspace) -> None:
    """They would show in process lists and in shell histories."""
    done = repository.run("publish", f"http://{USER}:{PASSWORD}@127.0.0.1:9/")
    assert (done.returncode, "TWINE_PASSWORD" in done.stderr) == (1, True)
    assert PASSWORD not in done.stderr + done.stdout


def test_a_dirty_tree_is_refused(changed: Workspace) -> None:
    """A release is what a commit says."""
    (changed.root / "README.md").write_text("changed")
    done = changed.run("publish", "http://127.0.0.1:9/")
    assert (done.returncode, "uncommitted changes (README.md)" in done.stderr) == (1, True)


def test_a_drifted_client_is_refused(changed: Workspace) -> None:
    """Committed, but not what the inputs give."""
    (changed.root / "generated" / "criteo_retail_media" / "stray.py").touch()
    commit(changed.root)
    done = changed.run("publish", "http://127.0.0.1:9/")
    assert (done.returncode, "drifted" in done.stderr) == (1, True)
