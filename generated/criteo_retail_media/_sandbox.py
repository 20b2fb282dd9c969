"""`testing.FakeApi` over HTTP, on this machine: ``python -m criteo_retail_media.testing``."""

from __future__ import annotations

import argparse
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from ._fake_calls import Call
from .testing import Answer, FakeApi, echo, items_of, problem


class _Sandbox(FakeApi):
    """The API that the command serves: it knows the items whose id is a number."""

    def default(self, call: Call) -> Answer:
        items = items_of(call)
        if items is None:
            return super().default(call)
        ids = [getattr(item, "id", None) for item in items]
        unknown = [n for n, id_ in enumerate(ids) if isinstance(id_, str) and not id_.isdecimal()]
        return echo(call, items, dict.fromkeys(unknown, "not-found"))


class _Handler(BaseHTTPRequestHandler):
    """Hands each request to the fake of its class."""

    protocol_version = "HTTP/1.1"
    fake: FakeApi

    def _answer(self) -> None:
        url = f"http://{self.headers.get('Host', '127.0.0.1')}{self.path}"
        try:
            request = httpx.Request(self.command, url, headers=self.headers.items(), content=self._content())
            response = self.fake.handle(request)
        except (AssertionError, httpx.InvalidURL, ValueError) as error:
            response = problem(404, "not-a-request-of-this-client", detail=str(error))
        self.send_response(response.status_code)
        content = response.read()
        for name, value in response.headers.items():
            if not (response.status_code == HTTPStatus.NO_CONTENT and name == "content-length"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_DELETE = do_GET = do_PATCH = do_POST = do_PUT = _answer  # noqa: N815 (http.server's names)

    def _content(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(chunks)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (http.server's name)
        """Say nothing: a request's line may hold what is private."""


def main(argv: list[str] | None = None) -> int:
    """Serve the API and its token endpoint over HTTP on this machine, until Ctrl-C."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}.testing", description=main.__doc__)
    parser.add_argument("--port", type=int, default=8080, help="where to listen; 0 takes any free port")
    port = parser.parse_args(argv).port
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), type("_Handler", (_Handler,), {"fake": _Sandbox()}))
    except (OSError, OverflowError) as error:
        print(f"port {port} cannot be listened on ({error}): give another with --port", file=sys.stderr)
        return 1
    with server:
        url = f"http://127.0.0.1:{server.server_port}"
        print(url)
        print(f"Set CRITEO_BASE_URL={url}, and CRITEO_CLIENT_ID and CRITEO_CLIENT_SECRET to any text. Ctrl-C ends it.")
        print("In a bulk call, an item whose id is no number is answered as not found; all else is done.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0
