"""A server on a raw socket that breaks HTTP in ways that an HTTP server cannot."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[["BrokenServer", socket.socket], None]

OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"data":[]}'


class BrokenServer:
    """Serves each connection with the next of ``behaviours``, then closes it; ``requests`` holds what was read."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        for behave in self.behaviours:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return  # the listener was closed: nobody came
            with connection:
                behave(self, connection)
        self.listener.close()  # any further connection is refused

    def read_request(self, connection: socket.socket) -> None:
        """Read one whole request."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
        while len(body) < sum(map(int, lengths)):
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)


def reset(connection: socket.socket) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def wait_for_end(connection: socket.socket) -> None:
    """Wait until the client closes the connection."""
    connection.settimeout(30)
    with suppress(ConnectionError):
        connection.recv(1)


def reset_at_once(_: BrokenServer, connection: socket.socket) -> None:
    """The connection is made and torn down before the request is read."""
    reset(connection)


def reset_after_request(server: BrokenServer, connection: socket.socket) -> None:
    """The request was read, and may have been carried out."""
    server.read_request(connection)
    reset(connection)


def close_after_request(server: BrokenServer, connection: socket.socket) -> None:
    """The same, closed as if all were well."""
    server.read_request(connection)


def cut_body(server: BrokenServer, connection: socket.socket) -> None:
    """The answer ends in the middle of its body."""
    server.read_request(connection)
    connection.sendall(OK[:-5])


def drip(server: BrokenServer, connection: socket.socket) -> None:
    """The answer begins, and then nothing comes until the client is gone."""
    server.read_request(connection)
    connection.sendall(OK[:-5])
    wait_for_end(connection)


def silence(server: BrokenServer, connection: socket.socket) -> None:
    """The request is read, and nothing comes until the client is gone."""
    server.read_request(connection)
    wait_for_end(connection)


def respond(server: BrokenServer, connection: socket.socket) -> None:
    """All is well."""
    server.read_request(connection)
    connection.sendall(OK)


@contextmanager
def broken_server(*behaviours: Behaviour) -> Iterator[BrokenServer]:
    """The server, for the time of the block; connections beyond ``behaviours`` are refused."""
    server = BrokenServer(*behaviours)
    server.thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):  # it has closed itself
            server.listener.shutdown(socket.SHUT_RDWR)  # wakes the thread from its `accept`
        server.listener.close()
        server.thread.join(10)
