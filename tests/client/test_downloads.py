"""Downloads: a file is there whole or not at all, however its body comes, and is never held in memory."""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import os
import pickle
import socket
import stat
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from broken_server import Behaviour, BrokenServer, broken_server, reset, reset_after_request, wait_for_end
from calling import TOKEN, NoWait, client_at, client_of
from criteo_retail_media import AuthenticatedClient, ClientCredentials, downloads
from criteo_retail_media.api.audience import bulk_update_audience_segments as update
from criteo_retail_media.downloads import NoFileError
from criteo_retail_media.errors import DecodeError, NotFoundError, ServerError
from fake_criteo import CLIENT_ID, CLIENT_SECRET, SEGMENTS, FakeCriteo, problem, rate_limited, token_expired
from handmade import operation
from werkzeug import Response

# A path that the fake knows, so that its queue of answers serves it.
FILE = operation(
    "GetFile", "GET", SEGMENTS.format(account="42") + "/{file_id}/contact-list", answer=bytes, parameters=("file_id",)
)
TEXT = b"".join(b"line %d\r\n" % n for n in range(40_000))  # more than one piece


# --- both ways to download ---


@dataclass(frozen=True)
class Way:
    """Sync and asyncio alike, for the file 7."""

    to_file: Callable[..., int]
    pieces: Callable[..., list[bytes]]
    lines: Callable[..., list[Any]]


def all_of(iterate: Callable[..., Iterator[Any]]) -> Callable[..., list[Any]]:
    """What the iteration gives."""

    def run(client: AuthenticatedClient, **arguments: Any) -> list[Any]:
        return list(iterate(FILE, client=client, file_id="7", **arguments))

    return run


def all_of_async(iterate: Callable[..., Any]) -> Callable[..., list[Any]]:
    """The same in an event loop."""

    def run(client: AuthenticatedClient, **arguments: Any) -> list[Any]:
        async def main() -> list[Any]:
            return [each async for each in iterate(FILE, client=client, file_id="7", **arguments)]

        return asyncio.run(main())

    return run


def to_file(client: AuthenticatedClient, path: Path, **arguments: Any) -> int:
    """`downloads.to_file`."""
    return downloads.to_file(FILE, path, client=client, file_id="7", **arguments)


def to_file_async(client: AuthenticatedClient, path: Path, **arguments: Any) -> int:
    """`downloads.to_file_async`."""

    async def main() -> int:
        return await downloads.to_file_async(FILE, path, client=client, file_id="7", **arguments)

    return asyncio.run(main())


SYNC = Way(to_file, all_of(downloads.iter_bytes), all_of(downloads.iter_json_lines))
ASYNC = Way(to_file_async, all_of_async(downloads.iter_bytes_async), all_of_async(downloads.iter_json_lines_async))


@pytest.fixture(params=[SYNC, ASYNC], ids=["sync", "async"])
def way(request: pytest.FixtureRequest) -> Way:
    """Both ways to download."""
    way: Way = request.param
    return way


def names(folder: Path) -> list[str]:
    """What is in the folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


# --- bodies on the wire ---


def sends(*wire: bytes) -> Behaviour:
    """A server that answers with these bytes, and closes the connection."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        for piece in wire:
            connection.sendall(piece)

    return behave


def head(*lines: str, status: str = "200 OK") -> bytes:
    """The head of an answer."""
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode()


def sized(body: bytes, *lines: str, length: int | None = None, status: str = "200 OK") -> bytes:
    """An answer whose head tells its length, or another."""
    return head(f"Content-Length: {len(body) if length is None else length}", *lines, status=status) + body


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n", lines: tuple[str, ...] = ()) -> bytes:
    """An answer in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return head("Transfer-Encoding: chunked", *lines) + body + end


GZIP = "Content-Encoding: gzip"
ZIPPED = gzip.compress(TEXT)
HALVES = gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])

WHOLE = {
    "sized": (sized(TEXT), TEXT),
    "chunked": (chunked(TEXT[:10], TEXT[10:]), TEXT),
    "empty": (sized(b""), b""),
    "empty chunked": (chunked(), b""),
    "identity": (sized(TEXT, "Content-Encoding: identity"), TEXT),
    "gzip": (sized(ZIPPED, GZIP), TEXT),
    "gzip in chunks": (chunked(*(ZIPPED[n : n + 99] for n in range(0, len(ZIPPED), 99)), lines=(GZIP,)), TEXT),
    "gzip of nothing": (sized(gzip.compress(b""), GZIP), b""),
    "nothing as gzip": (sized(b"", GZIP), b""),
    "gzip of two members": (sized(HALVES, GZIP), TEXT),
    "gzip that ends with the connection": (head(GZIP) + ZIPPED, TEXT),
}

TRANSPORT = httpx.RemoteProtocolError
BROKEN: dict[str, tuple[bytes, type[Exception], str]] = {
    "cut": (sized(TEXT[:-1], length=len(TEXT)), TRANSPORT, "without sending complete message body"),
    "cut to nothing": (sized(b"", length=1), TRANSPORT, "without sending complete message body"),
    "unfinished chunks": (chunked(TEXT, end=b""), TRANSPORT, "without sending complete message body"),
    "unfinished chunk": (chunked(TEXT, end=b"10\r\nabc"), TRANSPORT, "without sending complete message body"),
    "gzip, cut": (sized(ZIPPED[:-1], GZIP, length=len(ZIPPED)), TRANSPORT, "without sending complete message body"),
    "gzip, with the length of what it holds": (
        sized(ZIPPED, GZIP, length=len(TEXT)),
        TRANSPORT,
        "without sending complete message body",
    ),
    "gzip without its end": (sized(ZIPPED[:-9], GZIP), DecodeError, "breaks off"),
    "gzip without its end, in chunks": (chunked(ZIPPED[:-1], lines=(GZIP,)), DecodeError, "breaks off"),
    "gzip, with a length that cuts it": (sized(ZIPPED, GZIP, length=len(ZIPPED) - 8), DecodeError, "breaks off"),
    "gzip that is none": (sized(TEXT, GZIP), DecodeError, "cannot be decompressed"),
    "gzip with a wrong sum": (sized(ZIPPED[:-8] + bytes(8), GZIP), DecodeError, "cannot be decompressed"),
    "gzip and more": (sized(ZIPPED + b"more", GZIP), DecodeError, "cannot be decompressed"),
    "another coding": (sized(TEXT, "Content-Encoding: br"), DecodeError, "'br', which was not asked for"),
    "ends with the connection": (head() + TEXT, DecodeError, "where its body ends cannot be told"),
    "a part": (sized(TEXT, status="206 Partial Content"), DecodeError, "status 206"),
    "no file": (head(status="204 No Content"), NoFileError, r"there is no file \(status 204\)"),
    "not found": (sized(b'{"errors": [{"code": "gone"}]}', status="404 Not Found"), NotFoundError, "gone"),
    "unavailable": (sized(b"", status="500 Oh"), ServerError, "500"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_body_is_written(way: Way, tmp_path: Path, name: str) -> None:
    """Byte for byte, however it comes; its size is told, and nothing lies beside it."""
    wire, content = WHOLE[name]
    path = tmp_path / "file"
    with broken_server(sends(wire)) as server, client_at(server.url) as client:
        assert way.to_file(client, path) == len(content)
    assert path.read_bytes() == content
    assert names(tmp_path) == ["file"]
    assert b"\r\naccept-encoding: gzip\r\n" in server.requests[0].lower()


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("chunk_size", [1000, 65536, 10_000_000])
def test_a_whole_body_comes_in_pieces(way: Way, name: str, chunk_size: int) -> None:
    """None is longer than asked for, and none is empty."""
    wire, content = WHOLE[name]
    with broken_server(sends(wire)) as server, client_at(server.url) as client:
        pieces = way.pieces(client, chunk_size=chunk_size)
    assert b"".join(pieces) == content
    assert all(0 < len(piece) <= chunk_size for piece in pieces)


def test_a_byte_may_decompress_to_many_pieces(way: Way) -> None:
    """None of them is lost, however small the pieces and the chunks."""
    zipped = gzip.compress(bytes(3000))
    wire = chunked(*(bytes([byte]) for byte in zipped), lines=(GZIP,))
    with broken_server(sends(wire)) as server, client_at(server.url) as client:
        assert way.pieces(client, chunk_size=1) == [b"\0"] * 3000


@pytest.mark.parametrize("there", [True, False], ids=["replaced", "new"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_body_leaves_no_file(way: Way, tmp_path: Path, name: str, there: bool) -> None:
    """It raises, what was there before stays, and nothing else is left."""
    wire, error, text = BROKEN[name]
    path = tmp_path / "file"
    if there:
        path.write_bytes(b"before")
    with (
        broken_server(sends(wire)) as server,
        client_at(server.url, retry=None) as client,
        pytest.raises(error, match=text),
    ):
        way.to_file(client, path)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == ({"file": b"before"} if there else {})


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_body_does_not_end_as_if_whole(way: Way, name: str) -> None:
    """Pieces raise the same, and so do lines, unless one of them was no JSON before."""
    wire, error, text = BROKEN[name]
    for read, errors in ((way.pieces, error), (way.lines, (error, DecodeError))):
        with (
            broken_server(sends(wire)) as server,
            client_at(server.url, retry=None) as client,
            pytest.raises(errors, match=text if read is way.pieces else None),
        ):
            read(client)


def test_a_connection_that_is_reset(way: Way, tmp_path: Path) -> None:
    """It is httpx's error, without the token, and pickles."""

    def behave(server: BrokenServer, connection: socket.socket) -> None:
        sends(sized(TEXT[:-1], length=len(TEXT)))(server, connection)
        reset(connection)

    with (
        broken_server(behave) as server,
        client_at(server.url) as client,
        pytest.raises(httpx.TransportError) as caught,
    ):
        way.to_file(client, tmp_path / "file")
    assert TOKEN.encode() in server.requests[0]
    assert "authorization" not in caught.value.request.headers
    assert TOKEN.encode() not in pickle.dumps(caught.value)
    assert not names(tmp_path)


def test_a_length_that_the_transport_does_not_check(way: Way, tmp_path: Path) -> None:
    """What httpcore sees on a socket is seen on other transports too."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers={"Content-Length": "9"}, stream=Short()))
    client = AuthenticatedClient("https://criteo.test", "token", retry=None, httpx_args={"transport": transport})
    with client, pytest.raises(httpx.RemoteProtocolError, match="after 5 bytes, and not after 9"):
        way.to_file(client, tmp_path / "file")
    assert not names(tmp_path)


class Short(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of five bytes."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"five!"

    async def __aiter__(self) -> Any:
        yield b"five!"


# --- the call ---


def test_a_token_that_has_expired_is_renewed(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """As for any call."""
    criteo.answers.extend([token_expired(), Response(TEXT)])
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    with AuthenticatedClient(criteo.url, auth=auth) as client:
        way.to_file(client, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == TEXT
    assert [call.token for call in criteo.calls] == ["token-1", "token-2"]


def test_a_call_is_tried_again_until_its_answer_begins(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """429 and 503, as the policy says."""
    criteo.answers.extend([rate_limited(), problem(503, "down"), Response(TEXT)])
    policy = NoWait(jitter=0)
    with client_of(criteo, retry=policy) as client:
        way.to_file(client, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == TEXT
    assert policy.waits == [1, 20]


def test_a_connection_that_breaks_before_the_answer(way: Way) -> None:
    """Is tried again; one that breaks in the answer is not."""
    behaviours = reset_after_request, sends(sized(TEXT[:-1], length=len(TEXT))), sends(sized(TEXT))
    with broken_server(*behaviours) as server, client_at(server.url) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            way.pieces(client)
        assert len(server.requests) == 2
        assert b"".join(way.pieces(client)) == TEXT  # and the client goes on


def test_a_call_has_its_own_timeout(way: Way, tmp_path: Path) -> None:
    """It holds for the body too."""

    def stall(server: BrokenServer, connection: socket.socket) -> None:
        sends(sized(b"begun", length=9))(server, connection)
        wait_for_end(connection)

    with broken_server(stall, stall) as server, client_at(server.url, timeout=30, retry=None) as client:
        with pytest.raises(httpx.ReadTimeout):
            way.to_file(client, tmp_path / "file", timeout=httpx.Timeout(30, read=0.05))
        with pytest.raises(httpx.ReadTimeout):
            way.pieces(client, timeout=httpx.Timeout(30, read=0.05))
    assert not names(tmp_path)


@pytest.mark.parametrize("read", ["to_file", "pieces", "lines"])
def test_a_deprecated_version_is_told_of(criteo: FakeCriteo, way: Way, read: str, tmp_path: Path) -> None:
    """Once, at the caller's line and not in a context manager's."""
    criteo.deprecated()
    criteo.answers.append(Response(b"{}"))
    with client_of(criteo) as client, pytest.warns(DeprecationWarning, match="is deprecated") as caught:
        getattr(way, read)(client, *([tmp_path / "file"] if read == "to_file" else []))
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    "start",
    [
        lambda *args, **kwargs: downloads.to_file(*args, "file", **kwargs),
        lambda *args, **kwargs: asyncio.run(downloads.to_file_async(*args, "file", **kwargs)),
        downloads.iter_bytes,
        downloads.iter_bytes_async,
        downloads.iter_json_lines,
        downloads.iter_json_lines_async,
    ],
)
@pytest.mark.parametrize(
    ("wrong", "arguments", "text"),
    [
        (update, {"account_id": "42"}, "bulkUpdateAudienceSegments does not answer with a file"),
        (FILE.sync, {}, "is no operation"),
        (FILE, {}, "GetFile: missing a required argument: 'file_id'"),
        (FILE, {"file_id": "7", "colour": "red"}, "GetFile: .*colour"),
    ],
)
def test_wrong_calls_are_refused(
    client: AuthenticatedClient,
    start: Any,
    wrong: Any,
    arguments: dict[str, Any],
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once, before anything is sent or written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=text):
        start(wrong, client=client, **arguments)
    assert not names(tmp_path)


@pytest.mark.parametrize("iterate", [downloads.iter_bytes, downloads.iter_bytes_async])
def test_a_chunk_has_a_size(client: AuthenticatedClient, iterate: Any) -> None:
    """Of at least one byte."""
    with pytest.raises(ValueError, match="chunk_size is 0"):
        iterate(FILE, client=client, file_id="7", chunk_size=0)


def test_no_file_pickles() -> None:
    """As every error does."""
    error = pickle.loads(pickle.dumps(NoFileError("GetFile", 204)))
    assert (error.operation, error.status_code, str(error)) == (
        "GetFile",
        204,
        "GetFile: there is no file (status 204)",
    )


def test_many_downloads_wait_for_their_turn(criteo: FakeCriteo, tmp_path: Path) -> None:
    """No connection is asked for that is not free: each waits at the gate until one is."""
    count, busy, most = 6, 0, 0
    lock = threading.Lock()

    def slow(_: Any) -> Response:
        def body() -> Iterator[bytes]:
            nonlocal busy, most
            with lock:
                busy += 1
                most = max(most, busy)
            yield b"begun"
            threading.Event().wait(0.1)
            with lock:
                busy -= 1
            yield b" and ended"

        return Response(body(), headers={"Content-Length": "15"})

    criteo.answers.extend([slow] * 2 * count)
    paths = [tmp_path / str(n) for n in range(2 * count)]

    async def main() -> None:
        tasks = (downloads.to_file_async(FILE, path, client=client, file_id="7") for path in paths[:count])
        await asyncio.gather(*tasks)

    limits = httpx.Limits(max_connections=2)
    with client_of(criteo, limits=limits, timeout=30, retry=None) as client:
        asyncio.run(main())
        threads = [threading.Thread(target=SYNC.to_file, args=(client, path)) for path in paths[count:]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {path.read_bytes() for path in paths} == {b"begun and ended"}
    assert most <= 2


# --- the file ---


def test_a_file_is_replaced_with_its_permissions(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """What only its owner could read stays so; a new file has those that any new file gets."""
    criteo.answers.extend([Response(b"new")] * 2)
    old, new, other = tmp_path / "old", tmp_path / "new", tmp_path / "other"
    old.write_bytes(b"old and longer")
    old.chmod(0o640)
    other.touch()
    with client_of(criteo) as client:
        for path in (old, new):
            way.to_file(client, path)
            assert path.read_bytes() == b"new"
    assert [stat.S_IMODE(path.stat().st_mode) for path in (old, new)] == [0o640, stat.S_IMODE(other.stat().st_mode)]


def test_a_link_stays_a_link(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """The file that it leads to is replaced, as if it were opened and written."""
    criteo.answers.append(Response(b"new"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "file")
    with client_of(criteo) as client:
        way.to_file(client, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "file").read_bytes() == b"new"


@pytest.mark.parametrize(
    ("path", "error", "named"),
    [
        ("missing/file", FileNotFoundError, "missing"),
        ("plain/file", NotADirectoryError, "plain"),
        ("folder", FileExistsError, "folder"),
    ],
)
def test_a_path_that_cannot_be_written(
    criteo: FakeCriteo,
    client: AuthenticatedClient,
    way: Way,
    tmp_path: Path,
    path: str,
    error: type[OSError],
    named: str,
) -> None:
    """The error names what is wrong, and nothing is sent."""
    (tmp_path / "plain").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(error) as caught:
        way.to_file(client, tmp_path / path)
    assert caught.value.filename == str(tmp_path / named)
    assert (criteo.calls, names(tmp_path)) == ([], ["folder", "plain"])


def test_a_device_is_not_replaced(client: AuthenticatedClient, way: Way) -> None:
    """A file in the place of /dev/null would be the end of many programs."""
    with pytest.raises(FileExistsError, match="no file that can be replaced"):
        way.to_file(client, Path(os.devnull))


def test_a_directory_that_goes_away(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """A file that cannot take its place is an error, and not a file that is silently missing."""
    criteo.answers.append(Response(TEXT))
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(FileNotFoundError):
        way.to_file(
            client,
            folder / "file",
            on_progress=lambda *_: folder.rename(tmp_path / "renamed") if folder.exists() else None,
        )
    assert not folder.exists()


def test_a_full_disk(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """A write that fails is the system's error; nothing is left."""
    resource = pytest.importorskip("resource", reason="this system has no limit of a file's size")
    criteo.answers.append(Response(bytes(1_000_000)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            way.to_file(client, tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not names(tmp_path)


@pytest.mark.parametrize("spelled", [str.lower, str.upper])
def test_a_known_md5_is_checked(criteo: FakeCriteo, way: Way, tmp_path: Path, spelled: Callable[[str], str]) -> None:
    """In either spelling."""
    criteo.answers.extend([Response(TEXT), Response(TEXT[:-1])])
    md5 = spelled(hashlib.md5(TEXT).hexdigest())
    with client_of(criteo) as client:
        way.to_file(client, tmp_path / "right", md5=md5)
        with pytest.raises(DecodeError, match=f"MD5 is [0-9a-f]{{32}}, and not {md5.lower()}"):
            way.to_file(client, tmp_path / "wrong", md5=md5)
    assert names(tmp_path) == ["right"]


@pytest.mark.parametrize(
    ("wire", "total"), [(sized(TEXT), len(TEXT)), (sized(ZIPPED, GZIP), len(ZIPPED)), (chunked(TEXT), None)]
)
def test_progress_is_told(way: Way, tmp_path: Path, wire: bytes, total: int | None) -> None:
    """It grows, in bytes as sent, up to the answer's length."""
    reported: list[tuple[int, int | None]] = []
    with broken_server(sends(wire)) as server, client_at(server.url) as client:
        way.to_file(client, tmp_path / "file", on_progress=lambda *numbers: reported.append(numbers))
    assert reported == sorted(reported)
    assert reported[-1] == (total or len(TEXT), total)
    assert {total for _, total in reported} == {total}


# --- leaving early ---


class Ends:
    """A server that sends the beginning of an answer, and sees the client close the connection."""

    def __init__(self, begin: bytes) -> None:
        self.begin = begin
        self.seen = threading.Event()

    def __call__(self, server: BrokenServer, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(sized(self.begin, length=10_000_000))
        connection.settimeout(30)
        try:
            ended = connection.recv(1) == b""
        except ConnectionError:
            ended = True
        if ended:
            self.seen.set()


@pytest.mark.parametrize("iterate", [downloads.iter_bytes, downloads.iter_json_lines])
@pytest.mark.parametrize("leave", ["break", "close", "raise"])
def test_leaving_an_iteration_closes_its_connection(iterate: Any, leave: str) -> None:
    """At once, while the client is still open."""
    ends = Ends(b'{"n": 1}\n{"n": 2}\n')
    with broken_server(ends) as server, client_at(server.url, timeout=30) as client:
        if leave == "close":
            pieces = iterate(FILE, client=client, file_id="7")
            next(pieces)
            pieces.close()
        elif leave == "break":
            for _ in iterate(FILE, client=client, file_id="7"):
                break
        else:
            with pytest.raises(ZeroDivisionError):
                for _ in iterate(FILE, client=client, file_id="7"):
                    1 / 0  # noqa: B018
        assert ends.seen.wait(30)


@pytest.mark.parametrize("iterate", [downloads.iter_bytes_async, downloads.iter_json_lines_async])
@pytest.mark.parametrize("leave", ["break", "aclosing", "cancel"])
def test_leaving_an_async_iteration_closes_its_connection(iterate: Any, leave: str) -> None:
    """By ``break`` once the event loop gets to it, else at once."""
    ends = Ends(b'{"n": 1}\n{"n": 2}\n')

    async def read(client: AuthenticatedClient, begun: asyncio.Event) -> None:
        async with aclosing(iterate(FILE, client=client, file_id="7")) as pieces:
            async for _ in pieces:
                begun.set()
                if leave == "aclosing":
                    break

    async def main() -> None:
        async with client_at(server.url, timeout=30) as client:
            begun = asyncio.Event()
            if leave == "break":
                async for _ in iterate(FILE, client=client, file_id="7"):
                    break
            else:
                task = asyncio.create_task(read(client, begun))
                await begun.wait()
                if leave == "cancel":
                    task.cancel()
                await asyncio.wait([task])
            assert await asyncio.to_thread(ends.seen.wait, 30)

    with broken_server(ends) as server:
        asyncio.run(main())


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_leaves_no_file(way: Way, tmp_path: Path, error: type[BaseException]) -> None:
    """Whatever ends the download in the middle; the connection is closed."""
    ends = Ends(b"begun")

    def interrupt(*_: object) -> None:
        raise error

    with broken_server(ends) as server, client_at(server.url, timeout=30) as client:
        with pytest.raises(error):
            way.to_file(client, tmp_path / "file", on_progress=interrupt)
        assert ends.seen.wait(30)
    assert not names(tmp_path)


def test_cancelling_leaves_no_file(tmp_path: Path) -> None:
    """The task that is cancelled in the middle has closed the connection and removed what it wrote."""
    ends = Ends(TEXT)

    async def main() -> None:
        async with client_at(server.url, timeout=30) as client:
            begun = asyncio.Event()
            download = downloads.to_file_async(
                FILE, tmp_path / "file", client=client, file_id="7", on_progress=lambda *_: begun.set()
            )
            task = asyncio.create_task(download)
            await begun.wait()
            assert len(names(tmp_path)) == 1
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert not names(tmp_path)
            assert await asyncio.to_thread(ends.seen.wait, 30)

    with broken_server(ends) as server:
        asyncio.run(main())


def test_pieces_are_fetched_when_they_are_needed(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """Nothing is sent before the first is asked for."""
    pieces = downloads.iter_bytes(FILE, client=client, file_id="7")
    lines = downloads.iter_json_lines(FILE, client=client, file_id="7")
    assert criteo.calls == []
    pieces.close()
    lines.close()


# --- lines ---


@pytest.mark.parametrize(
    ("body", "objects"),
    [
        (b"", []),
        (b"\n\r\n \n", []),
        (b'{"n": 1}', [{"n": 1}]),
        (b'{"n": 1}\n{"n": 2}\n', [{"n": 1}, {"n": 2}]),
        (b'{"n": 1}\r\n\r\n\n {"n": 2} \r\n', [{"n": 1}, {"n": 2}]),
        ('{"s": "ä€😀\u2028"}\n{"s": "é"}'.encode(), [{"s": "ä€😀\u2028"}, {"s": "é"}]),
        (b'\xef\xbb\xbf{"n": 1}\n{}', [{"n": 1}, {}]),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_lines_are_objects(way: Way, body: bytes, objects: list[Any], step: int) -> None:
    """Wherever the body is cut into chunks: in a line's end, in a character."""
    wire = chunked(*(body[n : n + step] for n in range(0, len(body), step)))
    with broken_server(sends(wire)) as server, client_at(server.url) as client:
        assert way.lines(client) == objects


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b'{"n": 2', "line 4: is not JSON"),
        (b'{"n": "\xff"}', "line 4: is not JSON"),
        (b"[" * 200_000, "line 4: is not JSON"),
        (b"[1]", "line 4: is not a JSON object"),
        (b"null", "line 4: is not a JSON object"),
    ],
)
def test_a_line_that_is_no_object(criteo: FakeCriteo, client: AuthenticatedClient, line: bytes, text: str) -> None:
    """The error tells which, blank lines counted, and holds it; the lines before were given."""
    criteo.answers.append(Response(b'{"n": 0}\n\n{"n": 1}\n' + line + b"\n{}"))
    found: list[Any] = []
    with pytest.raises(DecodeError, match=f"GetFile: {text}") as caught:
        for each in downloads.iter_json_lines(FILE, client=client, file_id="7"):
            found.append(each)
    assert found == [{"n": 0}, {"n": 1}]
    assert (caught.value.path, caught.value.content, caught.value.operation) == ("line 4", line, "GetFile")


def test_a_line_that_was_cut_is_not_given(client: AuthenticatedClient) -> None:
    """Even where its beginning is JSON."""
    found: list[Any] = []
    with (
        broken_server(sends(sized(b'{"n": 1}\n{"n": 2}', length=99))) as server,
        client_at(server.url) as own,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        for each in downloads.iter_json_lines(FILE, client=own, file_id="7"):
            found.append(each)
    assert found == [{"n": 1}]


# --- memory ---

LARGE = 64 * 1024 * 1024
LINE = b'{"s": "%s"}\n' % (b"x" * (64 * 1024 - len('{"s": ""}\n')))


def large(server: BrokenServer, connection: socket.socket) -> None:
    """64 MiB of lines, the same one over and over."""
    server.read_request(connection)
    connection.sendall(head(f"Content-Length: {LARGE}"))
    for _ in range(LARGE // len(LINE)):
        connection.sendall(LINE)


@functools.cache
def bomb() -> bytes:
    """The answer that is 64 MiB when it is decompressed."""
    return sized(gzip.compress(bytes(LARGE)), GZIP)


@pytest.mark.parametrize("make", [lambda: large, lambda: sends(bomb())], ids=["plain", "compressed"])
def test_a_large_file_is_not_held(way: Way, tmp_path: Path, make: Callable[[], Behaviour]) -> None:
    """Nor is what a small body decompresses to."""
    with broken_server(make()) as server, client_at(server.url, timeout=30) as client:
        tracemalloc.start()
        try:
            assert way.to_file(client, tmp_path / "file") == LARGE
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < LARGE / 16


def test_many_lines_are_not_held() -> None:
    """Each is given before the next is read."""
    with broken_server(large) as server, client_at(server.url, timeout=30) as client:
        tracemalloc.start()
        try:
            count = sum(1 for _ in downloads.iter_json_lines(FILE, client=client, file_id="7"))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert count == LARGE // len(LINE)
    assert peak < LARGE / 16
