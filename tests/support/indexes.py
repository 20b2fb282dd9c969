"""Real package indexes on loopback: pypiserver and devpi."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

USER, PASSWORD = "uploader", "the-index-password"


@dataclass(frozen=True)
class Index:
    """An index that wants a password to upload: where to upload, where to install from, its list of files."""

    url: str
    simple: str

    @property
    def credentials(self) -> dict[str, str]:
        """As twine takes them."""
        return {"TWINE_USERNAME": USER, "TWINE_PASSWORD": PASSWORD}

    def files(self) -> list[str]:
        """The names of the client's files on it, as a client that installs sees them."""
        answer = httpx.get(f"{self.simple}criteo-retail-media/", headers={"Accept": "text/html"})
        return [] if answer.status_code == 404 else sorted(set(_names(answer.text)))


def _names(page: str) -> list[str]:
    return [text.partition("<")[0] for text in page.split(">") if text.startswith("criteo_retail_media-")]


@contextlib.contextmanager
def pypiserver(folder: Path) -> Iterator[Index]:
    """A pypiserver with its files in ``folder``."""
    (folder / "packages").mkdir(parents=True)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (folder / "htpasswd").write_text(f"{USER}:{{SHA}}{digest}\n")
    port = _free_port()
    command = ["pypiserver", "run", "-i", "127.0.0.1", "-p", str(port), "-a", "update", "--disable-fallback"]
    url = f"http://127.0.0.1:{port}/"
    with _running([*command, "-P", str(folder / "htpasswd"), str(folder / "packages")], url):
        yield Index(url, f"{url}simple/")


@contextlib.contextmanager
def devpi(folder: Path) -> Iterator[Callable[[], Index]]:
    """A devpi, which takes seconds to start, and a way to make a new index on it.

    Files of the index can be overwritten, as is devpi's default, and there is no other index below it.
    """
    state = ["--serverdir", str(folder / "devpi")]
    init = [sys.executable, "-c", "import devpi_server.init as init; init.init()", *state]
    subprocess.run([*init, "--no-root-pypi", "--root-passwd", PASSWORD], capture_output=True, check=True)
    port = _free_port()
    server = f"http://127.0.0.1:{port}"
    # A key derived as slowly as for production takes ten seconds of the processor.
    quick = ["--argon2-memory-cost", "16", "--argon2-parallelism", "1", "--argon2-time-cost", "1", "--threads", "4"]
    command = ["devpi_server", *state, *quick, "--host", "127.0.0.1", "--port", str(port), "--offline-mode"]
    with _running(command, f"{server}/+api"), httpx.Client(base_url=server) as http:
        token = http.post("/+login", json={"user": "root", "password": PASSWORD}).json()["result"]["password"]
        http.headers["X-Devpi-Auth"] = base64.b64encode(f"root:{token}".encode()).decode()
        http.put(f"/{USER}", json={"password": PASSWORD}).raise_for_status()
        numbers = itertools.count()

        def make_index() -> Index:
            path = f"/{USER}/internal{next(numbers)}"
            http.put(path, json={"bases": []}).raise_for_status()
            return Index(f"{server}{path}/", f"{server}{path}/+simple/")

        yield make_index


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def _running(command: list[str], url: str) -> Iterator[None]:
    """A server of a module, from when it answers at the URL."""
    server = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                assert server.poll() is None, f"{command[0]} ended"
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)
