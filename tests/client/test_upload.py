"""Uploads: every byte of a file arrives once, whatever it holds, however large it is, and however often it is sent."""

from __future__ import annotations

import hashlib
import io
import re
import socket
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from broken_server import BrokenServer, broken_server
from calling import NoWait, Way, client_at, client_of, operation
from criteo_retail_media import AuthenticatedClient, ClientCredentials, EncodeError, File, _codec
from criteo_retail_media.types import UNSET
from fake_criteo import CLIENT_ID, CLIENT_SECRET, Call, FakeCriteo, answer, rate_limited, token_expired
from multipart_bodies import body_of, boundary_of

UPLOAD = operation("POST")
IMAGE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000


def kwargs_of(*files: File) -> dict[str, Any]:
    """The request of an upload, as the generated modules make it."""
    return {"method": "post", "url": "/upload", "files": [("AssetFile", file.to_tuple()) for file in files]}


@pytest.fixture
def uploads(criteo: FakeCriteo) -> list[Call]:
    """The uploads that the server receives; it answers as it is told to."""
    criteo.server.expect_request("/upload", method="POST").respond_with_handler(
        criteo._api(lambda _: answer({"data": None}, 201))
    )
    return criteo.calls


ASSET_HEAD = b'name="AssetFile"; filename="logo.png"\r\nContent-Type: image/png'


@pytest.fixture(params=["memory", "disk"])
def image(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IO[bytes]]:
    """The image as an open file."""
    path = tmp_path / "image"
    path.write_bytes(IMAGE)
    with io.BytesIO(IMAGE) if request.param == "memory" else path.open("rb") as file:
        yield file


def test_the_bytes_arrive(criteo: FakeCriteo, uploads: list[Call], way: Way, image: Any) -> None:
    """Name and content type as given, the length told, and the file from its beginning, wherever it was."""
    image.read(100)
    with client_of(criteo) as client:
        way.call(client, UPLOAD, kwargs_of(File(image, "logo.png", "image/png")))
    (call,) = uploads
    assert call.body == body_of(call, (ASSET_HEAD, IMAGE))
    assert call.headers["content-length"] == str(len(call.body))


def test_boundaries_are_random(criteo: FakeCriteo, uploads: list[Call], way: Way) -> None:
    """Content that holds what an earlier boundary was, or the generator's fixed one, arrives whole."""
    with client_of(criteo) as client:
        way.call(client, UPLOAD, kwargs_of(File(io.BytesIO(IMAGE), "logo.png", "image/png")))
        earlier = boundary_of(uploads[0])
        crafted = (
            b'x\r\n--+++\r\nContent-Disposition: form-data; name="role"\r\n\r\nadmin\r\n--+++--\r\n--%s--\r\n' % earlier
        )
        way.call(client, UPLOAD, kwargs_of(File(io.BytesIO(crafted), "logo.png", "image/png")))
    assert uploads[1].body == body_of(uploads[1], (ASSET_HEAD, crafted))
    assert boundary_of(uploads[1]) != earlier
    assert boundary_of(uploads[1]) not in crafted


@pytest.mark.parametrize(
    ("name", "kind", "head"),
    [
        ("logo.gif", None, b'filename="logo.gif"\r\nContent-Type: image/gif'),
        ("logo", None, b'filename="logo"\r\nContent-Type: application/octet-stream'),
        ("größe 😀.png", "image/x", 'filename="größe 😀.png"\r\nContent-Type: image/x'.encode()),
        ('a"; X: y;.png', "image/png", b'filename="a%22; X: y;.png"\r\nContent-Type: image/png'),
    ],
)
def test_names_and_types(
    criteo: FakeCriteo, uploads: list[Call], way: Way, name: str, kind: str | None, head: bytes
) -> None:
    """A type that is not given is that of the name; a name cannot end the line that it stands in."""
    with client_of(criteo) as client:
        way.call(client, UPLOAD, kwargs_of(File(io.BytesIO(b"x"), name, kind)))
    assert uploads[0].body == body_of(uploads[0], (b'name="AssetFile"; ' + head, b"x"))


CONTROLS = [*map(chr, [*range(32), *range(127, 160)]), "\u2028", "\u2029", "\ud800", "\udfff"]


@pytest.mark.parametrize("odd", [*CONTROLS, None], ids=ascii)
def test_control_in_a_name_or_type_is_refused(odd: str | None) -> None:
    """When the file is made and when it was changed since; so are bytes, and a type beyond ASCII."""
    text: Any = b"logo.png" if odd is None else f"image/{odd}png"
    for attribute in ("file_name", "mime_type"):
        with pytest.raises(EncodeError, match=attribute):
            File(io.BytesIO(), **{attribute: text})
        file = File(io.BytesIO())
        setattr(file, attribute, text)
        with pytest.raises(EncodeError, match=attribute):
            file.to_tuple()
    with pytest.raises(EncodeError, match="mime_type"):
        File(io.BytesIO(), mime_type="image/größe")


@pytest.mark.parametrize("name", [*CONTROLS, None, 1, b"x", "AssetFile"], ids=ascii)
def test_odd_name_of_a_part_is_refused(name: Any) -> None:
    """A part that the document does not name is held to the same, and cannot stand in for one that it names."""
    with pytest.raises(EncodeError, match=r"string of one line|a field of the model"):
        _codec.write_part_name(name, {"AssetFile": UNSET})


def test_payload_that_is_no_binary_file_is_refused(tmp_path: Path) -> None:
    """Text, a path, nothing, a closed file, one that is open for writing: before anything is sent."""
    path = tmp_path / "file"
    with path.open("w") as text, path.open("rb") as closed, path.open("ab") as written:
        closed.close()
        temporary = tempfile.NamedTemporaryFile("w+")  # noqa: SIM115
        payloads: list[Any] = [io.StringIO("x"), text, path, None, 1, ["x"], closed, written, temporary]
        for payload in payloads:
            with pytest.raises(EncodeError, match="payload: is"):
                File(payload).to_tuple()
        temporary.close()
    assert File(io.BytesIO(b"x")).to_tuple()[1].read() == b"x"  # type: ignore[union-attr]


def test_an_empty_file(criteo: FakeCriteo, uploads: list[Call], way: Way) -> None:
    """Is a part without content."""
    with client_of(criteo) as client:
        way.call(client, UPLOAD, kwargs_of(File(io.BytesIO(), "logo.png", "image/png")))
    assert uploads[0].body == body_of(uploads[0], (ASSET_HEAD, b""))


class Reader:
    """What can be read once, and says no more of itself."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        return self._file.read(size)


@pytest.mark.parametrize("make", [io.BytesIO, Reader], ids=["file", "reader"])
def test_an_upload_that_is_sent_again_is_whole(
    criteo: FakeCriteo, uploads: list[Call], way: Way, tmp_path: Path, make: Any
) -> None:
    """After a 401, with a new token, and after a 429."""
    criteo.answers.extend([token_expired(), rate_limited()])
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    with AuthenticatedClient(criteo.url, auth=auth, retry=NoWait()) as client:
        way.call(client, UPLOAD, kwargs_of(File(make(IMAGE), "logo.png", "image/png")))
    assert [call.body for call in uploads] == [body_of(call, (ASSET_HEAD, IMAGE)) for call in uploads]
    assert [call.token for call in uploads] == ["token-1", "token-2", "token-2"]


LARGE = 64 * 1024 * 1024


class Sum:
    """A server that reads an upload without keeping it."""

    def __init__(self) -> None:
        self.received = hashlib.sha256()
        self.length = 0

    def __call__(self, _: BrokenServer, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head.lower())
        assert found is not None
        self.length = left = int(found[1])
        while True:
            self.received.update(body)
            left -= len(body)
            if left <= 0:
                break
            body = connection.recv(65536)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")


def test_a_large_file_is_not_held(way: Way, tmp_path: Path) -> None:
    """It is read while it is sent."""
    path = tmp_path / "video"
    with path.open("wb") as file:
        for n in range(64):
            file.write(bytes([n]) * 1024 * 1024)
    server_sum = Sum()
    with broken_server(server_sum) as server, client_at(server.url, timeout=30) as client, path.open("rb") as file:
        tracemalloc.start()
        try:
            way.call(client, operation("POST"), kwargs_of(File(file, "video", "video/mp4")))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert server_sum.length > LARGE
    assert peak < LARGE / 16
