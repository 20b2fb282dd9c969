"""What an import and a new client cost, each in a fresh interpreter that has the dependencies and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from measure import Row, alternate
from packages import Packages
from packaging.requirements import Requirement

from scripts.project import StageError

PAIRS = 21

DEPENDENCIES = ("attrs", "httpx", "python-dateutil")
OPERATION = "criteo_retail_media.api.audience.bulk_update_audience_segments"
TIMED = "import time; began = time.process_time(); import {}; print(time.process_time() - began)"
TLS = """
import gc, ssl
from criteo_retail_media import AuthenticatedClient, ClientCredentials
def contexts():
    return sum(isinstance(each, ssl.SSLContext) for each in gc.get_objects())
clients = [AuthenticatedClient(auth=ClientCredentials("id", "secret")) for _ in range(5)]
print(contexts())
for client in clients:
    client.get_httpx_client(), client.get_async_httpx_client()
print(contexts())
"""


def rows(packages: Packages) -> list[Row]:
    """The import of one operation, and the TLS contexts of five clients."""
    bare = packages.scratch / "bare"
    python = _environment(bare, DEPENDENCIES)
    extra, command_line = packages.scratch / "extra", packages.scratch / "command-line"
    _install(extra, ("msgspec",))
    _install(command_line, ("click", "rich"))

    def importing(module: str, *more: Path) -> Callable[[], float]:
        return lambda: float(_run(python, [*packages.paths, *map(str, more)], TIMED.format(module)))

    def compare(what: str, against: str, theirs: str, *more: Path, **target: float) -> Row:
        measured = alternate(importing(OPERATION, *more), importing(theirs, *more), PAIRS)
        return Row(what, against, "s", *measured, share="import" in against, **target)

    default = OPERATION.replace("criteo_retail_media", "default_output")
    before, after = (float(number) for number in _run(python, packages.paths, TLS).split())
    if before:
        raise StageError(f"{before:.0f} TLS contexts are made before the first call")
    what, httpx = "import of one operation", "httpx, attrs"
    return [
        compare(f"{what}, nothing else installed", f"`import {httpx}`", httpx, minimum=1.2, could=1.1),
        compare(f"{what}, with `[fast]`", f"`import {httpx}`", httpx, extra),
        compare(f"{what}, click and rich installed, which httpx imports", f"`import {httpx}`", httpx, command_line),
        compare(f"{what}, nothing else installed", "the generator's default output", default),
        Row(
            "TLS contexts of 5 clients: none before a call, after it", "one", "", [after], [1.0], share=True, minimum=1
        ),
    ]


def closure(names: tuple[str, ...]) -> Iterator[Distribution]:
    """The distributions, and those that they need."""
    seen: set[str] = set()
    left = list(names)
    while left:
        found = distribution(left.pop())
        if found.name in seen:
            continue
        seen.add(found.name)
        yield found
        requirements = (Requirement(each) for each in found.requires or ())
        left += [each.name for each in requirements if each.marker is None or each.marker.evaluate({"extra": ""})]


def _install(folder: Path, names: tuple[str, ...]) -> None:
    """Copy the distributions, with what they need, from those of this interpreter."""
    for each in closure(names):
        for file in each.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:  # no scripts
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(str(each.locate_file(file)), target)


def _environment(folder: Path, names: tuple[str, ...]) -> Path:
    """A virtual environment with the distributions, what they need, and nothing else; its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    _install(Path(_run(python, [], "import sysconfig; print(sysconfig.get_path('purelib'))").strip()), names)
    return python


def _run(python: Path, paths: list[str], code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's second import compiles nothing
    done = subprocess.run([str(python), "-c", code], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise StageError(f"python -c failed: {done.stderr[-400:]}")
    return done.stdout
