"""A server on loopback that costs little: it answers with as many segments as the account's id says.

Run alone it prints its port. `/last` answers with the body it got last, so that what was sent can be compared.
"""

from __future__ import annotations

import asyncio
import json
import re

from answers import answer

_REQUEST = re.compile(rb"(?P<line>[A-Z]+ \S+) HTTP/1\.1\r\n.*?\r\n\r\n", re.DOTALL)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ACCOUNT = re.compile(rb"/accounts/(\d+)/")


def _response(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


ANSWERS = {count: _response(json.dumps(answer(count)).encode()) for count in (1, 1_000)}


class Connection(asyncio.Protocol):
    """One connection; requests come one after the other on it."""

    last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.buffer = transport, bytearray()

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
            return
        Connection.last = body
        account = _ACCOUNT.search(line)
        assert account, line
        self.transport.write(ANSWERS[int(account[1])])


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
