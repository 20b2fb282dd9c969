"""Release: built the same twice, published to a real index on loopback, installed from it, published only once."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import httpx
import pytest
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from pytest_httpserver import HTTPServer
from support.specs import ROOT
from support.workspace import Workspace
from werkzeug import Response

from scripts.release import publish as publish_distribution
from scripts.stage import StageError

USER, PASSWORD = "uploader", "the-index-password"
EXAMPLE = re.search(
    r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class Index:
    """A pypiserver that wants a password to upload."""

    url: str
    packages: Path

    def credentials(self) -> dict[str, str]:
        """As twine takes them."""
        return {"TWINE_USERNAME": USER, "TWINE_PASSWORD": PASSWORD}


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """A real package index on loopback."""
    packages = tmp_path / "packages"
    packages.mkdir()
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (tmp_path / "htpasswd").write_text(f"{USER}:{{SHA}}{digest}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pypiserver", "run", "-i", "127.0.0.1", "-p", str(port), "-a", "update"]
    server = subprocess.Popen(
        [*command, "-P", str(tmp_path / "htpasswd"), "--disable-fallback", str(packages)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(300):
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                assert server.poll() is None, "pypiserver ended"
                time.sleep(0.1)
        yield Index(url, packages)
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """The workspace as a clean git checkout."""
    for name in ("README.md", "CHANGELOG.md", ".gitignore"):
        shutil.copy2(ROOT / name, workspace.root / name)
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"]):
        subprocess.run(["git", *command], cwd=workspace.root, check=True)
    return workspace


def _digests(root: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((root / "dist").iterdir())}


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_two_builds_are_the_same_to_the_bit(repository: Workspace, tmp_path: Path) -> None:
    """In two directories, under two umasks, at two times of file."""
    other = tmp_path / "elsewhere" / "deep"
    shutil.copytree(repository.root, other)
    for path in other.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            os.utime(path, (1, 1))
    digests = []
    for root, umask in ((repository.root, 0o022), (other, 0o077)):
        done = subprocess.run(
            [sys.executable, root / "scripts" / "build_distribution.py"],
            cwd=tmp_path,
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        digests.append(_digests(root))
    assert digests[0] == digests[1]
    assert len(digests[0]) == 2


def test_the_wheel_holds_the_package_and_nothing_of_the_pipeline(repository: Workspace) -> None:
    """With py.typed and the provenance, and exactly the three dependencies."""
    assert repository.run("dist").returncode == 0
    (wheel,) = (repository.root / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = repository.root / "generated"
    assert names == {
        path.relative_to(package).as_posix() for path in (package / "criteo_retail_media").rglob("*") if path.is_file()
    }
    assert {"criteo_retail_media/py.typed", "criteo_retail_media/_provenance.py"} <= names
    metadata = _metadata(wheel)
    wanted = {re.split(r"[<>=!~;\[ ]", line)[0] for line in metadata.get_all("Requires-Dist", [])}
    assert wanted == {"attrs", "httpx", "python-dateutil"}
    assert (metadata["Name"], metadata["Requires-Python"]) == ("criteo-retail-media", ">=3.11")
    (sdist,) = (repository.root / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        tops = {name.split("/")[1] for name in archive.getnames()}
    assert tops == {"generated", "README.md", "CHANGELOG.md", ".gitignore", "pyproject.toml", "PKG-INFO"}


def test_publish_install_use_and_publish_again(
    repository: Workspace, index: Index, tmp_path: Path, httpserver: HTTPServer
) -> None:
    """The whole way of a release, and the refusal of the second one."""
    done = repository.run("publish", index.url, **index.credentials())
    assert (done.returncode, done.stderr) == (0, "")
    assert f"to {index.url}" in done.stdout
    assert PASSWORD not in done.stdout

    # The dependencies come from wherever pip is set up to find them.
    environment = tmp_path / "fresh"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    (version,) = (path.name.split("-")[1] for path in index.packages.glob("*.whl"))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--extra-index-url", f"{index.url}simple/", f"criteo-retail-media=={version}"], check=True)
    site = next((environment / "lib").glob("python*/site-packages"))

    assert EXAMPLE is not None
    criteo = FakeCriteo(httpserver)
    criteo.add_segments(1)
    used = subprocess.run(
        [python, "-c", EXAMPLE[1]],
        env={"CRITEO_CLIENT_ID": CLIENT_ID, "CRITEO_CLIENT_SECRET": CLIENT_SECRET, "CRITEO_BASE_URL": criteo.url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (used.returncode, used.stderr, used.stdout) == (0, "", "1000 Spring None\n")
    verified = subprocess.run(
        [python, "-m", "criteo_retail_media", "--verify"], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, str(site) in verified.stdout) == (0, True)

    again = repository.run("publish", index.url, **index.credentials())
    assert again.returncode == 1
    assert f"version {version} is on {index.url} already" in again.stderr
    assert len(list(index.packages.iterdir())) == 2


def test_credentials_may_stand_in_pypirc(repository: Workspace, index: Index, tmp_path: Path) -> None:
    """In the section of that URL, whatever its name, and with or without a slash at its end."""
    (tmp_path / ".pypirc").write_text(
        "[distutils]\nindex-servers = other internal\n"
        "[other]\nrepository = http://127.0.0.1:9/\nusername = nobody\npassword = another-password\n"
        f"[internal]\nrepository = {index.url.rstrip('/')}\nusername = {USER}\npassword = {PASSWORD}\n"
    )
    done = repository.run("publish", index.url, HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(index.packages.iterdir())) == 2


def test_a_pypirc_that_cannot_be_read_is_not_shown(repository: Workspace, index: Index, tmp_path: Path) -> None:
    """A line of it may be a password."""
    (tmp_path / ".pypirc").write_text(f"[distutils]\nindex-servers = internal\n[internal]\n{PASSWORD}\n")
    done = repository.run("publish", index.url, HOME=str(tmp_path))
    assert (done.returncode, ".pypirc cannot be read" in done.stderr) == (1, True)
    assert PASSWORD not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response("criteo_retail_media-2026.1.99-py3-none-any.whl", 200), None),
        (Response("not here", 404), None),
        (Response("criteo_retail_media-2026.1.9-py3-none-any.whl", 200), "version 2026.1.9 is on"),
        (Response("criteo_retail_media-2026.1.9.tar.gz", 200), "version 2026.1.9 is on"),
        (Response("", 401), "set TWINE_USERNAME"),
        (Response("", 503), "answered 503"),
        (Response("", 302, {"Location": "/simple/criteo-retail-media/"}), "cannot be reached"),
    ],
    ids=["another version", "none", "the wheel", "the sdist", "refused", "unwell", "redirects for ever"],
)
def test_what_the_index_has_is_asked_for(site: HTTPServer, answer: Response, told: str | None) -> None:
    """A version is new only where the index says so."""
    site.expect_request("/simple/criteo-retail-media/").respond_with_response(answer)
    files = [Path(f"criteo_retail_media-2026.1.9{end}") for end in ("-py3-none-any.whl", ".tar.gz")]
    with pytest.raises(StageError, match=told) if told else nullcontext():
        publish_distribution.check_new(site.url_for("/"), files)


def test_a_wrong_password_is_one_line_without_it(repository: Workspace, index: Index) -> None:
    """twine's own words, and nothing uploaded."""
    done = repository.run("publish", index.url, TWINE_USERNAME=USER, TWINE_PASSWORD="wrong-password")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "403" in done.stderr
    assert "wrong-password" not in done.stderr + done.stdout
    assert list(index.packages.iterdir()) == []


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


def test_a_dirty_tree_is_refused(repository: Workspace) -> None:
    """A release is what a commit says."""
    (repository.root / "README.md").write_text("changed")
    done = repository.run("publish", "http://127.0.0.1:9/")
    assert (done.returncode, "uncommitted changes (README.md)" in done.stderr) == (1, True)


def test_a_drifted_client_is_refused(repository: Workspace) -> None:
    """Committed, but not what the inputs give."""
    (repository.root / "generated" / "criteo_retail_media" / "stray.py").touch()
    for command in (["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"]):
        subprocess.run(["git", *command], cwd=repository.root, check=True)
    done = repository.run("publish", "http://127.0.0.1:9/")
    assert (done.returncode, "drifted" in done.stderr) == (1, True)
