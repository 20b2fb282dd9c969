"""What an import and a new client cost, each in a fresh interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from measure import Row, alternate
from packages import Packages

from scripts.stage import StageError

PAIRS = 21

OPERATION = "criteo_retail_media.api.audience.bulk_update_audience_segments"
# httpx imports them for its command line where they are installed, as they are with the generator.
BARE = "import sys; sys.modules['click'] = sys.modules['rich'] = None; "
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

    def importing(module: str, before: str = "") -> Callable[[], float]:
        return lambda: float(_python(packages, before + TIMED.format(module)))

    default = OPERATION.replace("criteo_retail_media", "default_output")
    before, after = (float(number) for number in _python(packages, TLS).split())
    if before:
        raise StageError(f"{before:.0f} TLS contexts are made before the first call")
    what = "import of one operation"
    return [
        Row(
            what,
            "`import httpx`, click and rich at hand",
            "s",
            *alternate(importing(OPERATION), importing("httpx"), PAIRS),
            share=True,
            minimum=1.2,
            could=1.1,
        ),
        Row(
            what,
            "`import httpx`, no other package at hand",
            "s",
            *alternate(importing(OPERATION, BARE), importing("httpx", BARE), PAIRS),
            share=True,
        ),
        Row(
            what,
            "the generator's default output",
            "s",
            *alternate(importing(OPERATION), importing(default), PAIRS),
        ),
        Row(
            "TLS contexts of 5 clients: none before a call, after it", "one", "", [after], [1.0], share=True, minimum=1
        ),
    ]


def _python(packages: Packages, code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(packages.paths)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's second import compiles nothing
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise StageError(f"python -c failed: {done.stderr[-400:]}")
    return done.stdout
