"""`testing.FakeApi` over HTTP, on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

# Gives the answer to the request that it reads; one that cannot be read is a ValueError or `httpx.InvalidURL`.
Respond = Callable[[Callable[[], httpx.Request]], httpx.Response]


class _Handler(BaseHTTPRequestHandler):
    """Hands each request to the `Respond` of its class."""

    protocol_version = "HTTP/1.1"
    respond: Respond

    def _request(self) -> httpx.Request:
        url = f"http://{self.headers.get('Host', '127.0.0.1')}{self.path}"
        return httpx.Request(self.command, url, headers=self.headers.items(), content=self._content())

    def _answer(self) -> None:
        response = self.respond(self._request)
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


def serve(respond: Respond, port: int) -> int:
    """Serve until Ctrl-C; the exit status."""
    handler = type("_Handler", (_Handler,), {"respond": staticmethod(respond)})
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
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
