"""What is read is bounded: one content coding, counted while it is decoded, and an error that says so."""

from __future__ import annotations

import asyncio
import functools
import gzip
import pickle
import socket
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from broken_server import Behaviour, BrokenServer, broken_server
from calling import READ, WRITE, Way, client_at, client_of, operation, read_kwargs, write_kwargs
from criteo_retail_media import AuthenticatedClient, ClientCredentials, DecodeError, TokenError, downloads
from criteo_retail_media._call import as_bytes
from criteo_retail_media.errors import AnswerTooLargeError, ServerError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, FakeCriteo
from handmade import operation as module_of
from werkzeug import Response

PLAIN = 64 * 2**20  # zeros, which compress well
LIMIT = 100_000


@functools.cache
def packed(coding: str) -> bytes:
    """`PLAIN` zeros in a content coding."""
    raw = zlib.compressobj(
        wbits={"gzip": 16, "deflate": 0, "raw deflate": -2 * zlib.MAX_WBITS}[coding] + zlib.MAX_WBITS
    )
    return raw.compress(bytes(PLAIN)) + raw.flush()


def sends(head: str, body: bytes = b"", *, endless: bool = False) -> Behaviour:
    """A server that answers with this head and body, the body again and again where it is endless."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        try:
            connection.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
            while endless:
                connection.sendall(body)
        except OSError:
            return  # the client has left

    return behave


def sized(body: bytes, *lines: str, status: str = "200 OK") -> Behaviour:
    """An answer with its length; it says that the connection ends, as each of this server does."""
    return sends("\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *lines)), body)


def peak_of(function: Any) -> int:
    """Bytes that Python held at most while the function ran."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_three_layers_of_gzip_are_refused(way: Way) -> None:
    """An answer of some hundred bytes that says to be gzip three times is a DecodeError, and nothing of it is made."""
    behave = sized(gzip.compress(gzip.compress(packed("gzip"))), "Content-Encoding: gzip, gzip, gzip")
    with broken_server(behave) as server, client_at(server.url) as client:

        def run() -> None:
            with pytest.raises(DecodeError, match="3 content codings"):
                way.call(client, WRITE, write_kwargs())

        assert peak_of(run) < 10 * 2**20


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate"])
def test_what_comes_out_is_counted(way: Way, coding: str) -> None:
    """A body that is small until it is decompressed ends at the limit, with an error that tells it and pickles."""
    behave = sized(packed(coding), f"Content-Encoding: {coding.split()[-1]}")
    with broken_server(behave) as server, client_at(server.url, max_answer=LIMIT) as client:

        def run() -> None:
            with pytest.raises(AnswerTooLargeError, match=r"larger than 100000 bytes.*max_answer.*to_file") as caught:
                way.call(client, WRITE, write_kwargs())
            copied = pickle.loads(pickle.dumps(caught.value))
            assert (copied.limit, copied.operation, str(copied)) == (LIMIT, WRITE.id, str(caught.value))

        assert peak_of(run) < 10 * 2**20


@pytest.mark.parametrize("kind", ["connection", "chunks"])
def test_an_endless_body_ends_at_the_limit(way: Way, kind: str) -> None:
    """A body without end is given up at the limit, and the connection with it."""
    head = "HTTP/1.1 200 OK" + ("\nTransfer-Encoding: chunked" if kind == "chunks" else "")
    body = b"1000\r\n" + bytes(4096) + b"\r\n" if kind == "chunks" else bytes(4096)
    behave = sends(head, body, endless=True)
    with broken_server(behave) as server, client_at(server.url, max_answer=LIMIT) as client:
        with pytest.raises(AnswerTooLargeError):
            way.call(client, operation("GET", s200=as_bytes), read_kwargs())
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"x" * LIMIT, ()),
        (gzip.compress(b"x" * LIMIT), ("Content-Encoding: gzip",)),
        (b"", ("Content-Encoding: gzip",)),
    ],
    ids=["plain", "gzip", "empty gzip"],
)
def test_an_answer_of_the_limit_is_read(way: Way, body: bytes, lines: tuple[str, ...]) -> None:
    """The limit itself is allowed; the answer's headers stay as they came."""
    expected = b"x" * LIMIT if body else b""
    behave = sized(body, *lines)
    with broken_server(behave, behave) as server, client_at(server.url, max_answer=LIMIT) as client:
        target = operation("GET", s200=as_bytes)
        assert way.call(client, target, read_kwargs()) == expected
        detailed = way.detailed(client, target, read_kwargs())
        assert detailed.content == expected
        assert detailed.headers.get("content-encoding") == ("gzip" if lines else None)


def test_limit_can_be_lifted_or_is_refused(way: Way) -> None:
    """None is no limit; what is no number of bytes is refused when the client is made."""
    with broken_server(sized(b"[]" + b" " * LIMIT)) as server, client_at(server.url, max_answer=None) as client:
        assert way.call(client, operation("GET", s200=as_bytes), read_kwargs()).startswith(b"[]")
    for wrong in (0, -1, True, 1.5, "1"):
        with pytest.raises(ValueError, match="max_answer"):
            client_at("https://x.test", max_answer=wrong)


def test_gzip_alone_is_asked_for(criteo: FakeCriteo, way: Way) -> None:
    """Neither brotli nor zstandard, which httpx asks for where it has them; also through a client of one's own."""
    with client_of(criteo) as client:
        way.call(client, WRITE, write_kwargs())
    with client_of(criteo) as client:
        client.set_httpx_client(httpx.Client()).set_async_httpx_client(httpx.AsyncClient())
        way.call(client, WRITE, write_kwargs())
        asyncio.run(client.aclose())
    assert [sent.headers["accept-encoding"] for sent in criteo.calls] == ["gzip"] * 2


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "x" * 1000, "gzip\x7f"])
def test_a_coding_that_was_not_asked_for_is_refused(way: Way, coding: str) -> None:
    """It is named in one line, however long it is."""
    with broken_server(sized(b"{}", f"Content-Encoding: {coding}")) as server, client_at(server.url) as client:
        with pytest.raises((DecodeError, httpx.RemoteProtocolError)) as caught:
            way.call(client, WRITE, write_kwargs())
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize("coding", ["gzip, br", "gzip", "zstd"])
def test_an_error_counts_by_its_status_whatever_its_body(way: Way, coding: str) -> None:
    """A 503 whose body cannot be decoded is a 503: a read is retried, and the error tells the status."""
    behave = sized(b"no gzip", f"Content-Encoding: {coding}", status="503 Busy")
    with broken_server(*[behave] * 4) as server, client_at(server.url) as client:
        with pytest.raises(ServerError) as caught:
            way.call(client, READ, read_kwargs())
        assert (caught.value.content, len(server.requests)) == (b"", 4)


def test_an_endless_error_is_cut(way: Way) -> None:
    """Of an error's body the first MiB is kept."""
    behave = sends("HTTP/1.1 404 No", bytes(4096), endless=True)
    with broken_server(behave) as server, client_at(server.url) as client:
        with pytest.raises(Exception, match="404") as caught:
            way.call(client, READ, read_kwargs())
        assert len(caught.value.content) <= 2**20


@pytest.mark.parametrize("status", ["401 No", "302 There"])
def test_answers_on_the_way_are_bounded(way: Way, status: str) -> None:
    """So are those that are only passed through: a 401 before the token is renewed, a redirect that is followed."""
    head = f"HTTP/1.1 {status}\nLocation: /next\nTransfer-Encoding: chunked"
    endless = sends(head, b"10000\r\n" + bytes(65536) + b"\r\n", endless=True)
    token, last = sized(b'{"access_token": "t-o-k-e-n"}'), sized(b"{}")
    with broken_server(token, endless, *([token] if status[0] == "4" else []), last) as server:
        auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=server.url)
        with AuthenticatedClient(server.url, auth=auth, follow_redirects=True, timeout=10, retry=None) as client:
            assert way.call(client, READ, read_kwargs()) == {}


@pytest.mark.parametrize("coding", [None, "gzip"])
def test_a_token_answer_is_bounded(way: Way, coding: str | None) -> None:
    """One of more than 1 MiB is a TokenError that says so."""
    body = b'{"access_token": "t", "x": "' + b"x" * 2**20 + b'"}'
    lines = (f"Content-Encoding: {coding}",) if coding else ()
    with broken_server(sized(gzip.compress(body) if coding else body, *lines)) as server:
        auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=server.url)
        client = AuthenticatedClient(server.url, auth=auth, retry=None)
        with client, pytest.raises(TokenError, match="larger than 1048576 bytes"):
            way.call(client, READ, read_kwargs())


FILE = module_of("GetFile", "GET", "/files/{file_id}", answer=bytes, parameters=("file_id",))


def test_downloads_to_a_file_are_not_bounded(tmp_path: Path) -> None:
    """A file may be larger than an answer that is held in memory; a line of one may not."""
    body = b'{"a": 1}\n' + b'{"b": "' + b"x" * LIMIT + b'"}\n'
    with broken_server(sized(body), sized(body)) as server, client_at(server.url, max_answer=LIMIT) as client:
        assert downloads.to_file(FILE, tmp_path / "file", client=client, file_id="7") == len(body)
        lines = downloads.iter_json_lines(FILE, client=client, file_id="7")
        assert next(lines) == {"a": 1}
        with pytest.raises(AnswerTooLargeError):
            next(lines)


def test_no_cookie_of_the_server_is_kept(criteo: FakeCriteo, way: Way) -> None:
    """1,500 cookies of a server leave nothing; those of the caller are sent."""
    for n in range(3):
        cookies = Response('{"data": null}')
        for each in range(500):
            cookies.set_cookie(f"c{n}-{each}", "x")
        criteo.answers.append(cookies)
    with client_of(criteo, cookies={"mine": "1"}) as client:
        for _ in range(4):
            way.call(client, WRITE, write_kwargs())
        assert len(client.get_httpx_client().cookies) == len(client.get_async_httpx_client().cookies) == 1
    assert [sent.headers["cookie"] for sent in criteo.calls] == ["mine=1"] * 4


def test_a_mocked_answer_is_bounded_too(way: Way) -> None:
    """What a transport of one's own gives at once counts as well."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=bytes(LIMIT + 1)))
    client = AuthenticatedClient(token="a-token", httpx_args={"transport": transport}, max_answer=LIMIT)
    with client, pytest.raises(AnswerTooLargeError):
        way.call(client, READ, read_kwargs())
