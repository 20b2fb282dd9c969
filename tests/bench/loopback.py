"""A server on loopback that costs little.

It answers a bulk update with as many segments as the account's id says, and the catalog N with N megabytes of JSON
lines. `/last` answers with the body it got last, so that what was sent can be compared.
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from answers import answer, report_lines

_REQUEST = re.compile(rb"(?P<line>[A-Z]+ \S+) HTTP/1\.1\r\n.*?\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ACCOUNT = re.compile(rb"/accounts/(\d+)/")
_CATALOG = re.compile(rb"/catalogs/(\d+)/output")


@contextmanager
def serving() -> Iterator[str]:
    """The URL of the server, which runs in a process of its own meanwhile."""
    with subprocess.Popen([sys.executable, str(Path(__file__))], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def _head(kind: bytes, length: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, length)


def _response(body: bytes) -> bytes:
    return _head(b"application/json", len(body)) + body


@functools.cache
def _segments(count: int) -> bytes:
    return _response(json.dumps(answer(count)).encode())


@functools.cache
def _megabyte() -> bytes:
    return report_lines(1_000_000)


class Connection(asyncio.Protocol):
    """One connection; requests come one after the other on it."""

    last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, bytearray()
        self.megabytes_left, self.is_paused = 0, False

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = _REQUEST.match(self.buffer)
        if not head:
            return
        length = _LENGTH.search(head[0])
        end = head.end() + (int(length[1]) if length else 0)
        if len(self.buffer) < end:
            return
        line, body = bytes(head["line"]), bytes(self.buffer[head.end() : end])
        del head
        self.buffer.clear()
        if line == b"GET /last":
            self.transport.write(_response(Connection.last))
        elif catalog := _CATALOG.search(line):
            self.megabytes_left = int(catalog[1])
            self.transport.write(_head(b"application/x-json-stream", self.megabytes_left * len(_megabyte())))
            self._send()
        else:
            Connection.last = body
            account = _ACCOUNT.search(line)
            assert account, line
            self.transport.write(_segments(int(account[1])))

    def pause_writing(self) -> None:
        self.is_paused = True

    def resume_writing(self) -> None:
        self.is_paused = False
        self._send()

    def _send(self) -> None:
        """Send what is left of a catalog, as far as its reader takes it."""
        while self.megabytes_left and not self.is_paused:
            self.megabytes_left -= 1
            self.transport.write(_megabyte())


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
