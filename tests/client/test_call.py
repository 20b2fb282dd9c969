"""Calls: the request as it is sent, the answer as it is read, time limits, uploads and downloads."""

from __future__ import annotations

import gzip
import io
import json
import logging
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from broken_server import broken_server, silence
from calling import (
    DOWNLOAD,
    NOTHING,
    PATH,
    READ,
    TOKEN,
    WRITE,
    NoWait,
    Way,
    client_at,
    client_of,
    operation,
    read_kwargs,
    write_kwargs,
)
from criteo_retail_media import API_VERSION, AuthenticatedClient, DecodeError, EncodeError
from criteo_retail_media._call import as_json, call, path_segment, stream
from criteo_retail_media._provenance import __version__
from criteo_retail_media.api.audience import bulk_update_audience_segments
from criteo_retail_media.errors import BadRequestError, ServerError
from criteo_retail_media.models import (
    NillableString,
    RmAudienceSegmentBulkUpdateInputV1,
    RmAudienceSegmentUpdateEntityV1,
    RmAudienceSegmentUpdateEntityV1Resource,
)
from fake_criteo import FakeCriteo, answer, html, problem, rate_limited
from werkzeug import Request, Response

# --- the request ---


def test_request_is_sent_to_the_byte(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """A bulk update sends method, path, token, User-Agent and the body's bytes as the API takes them."""
    criteo.add_segments(1)
    attributes = RmAudienceSegmentUpdateEntityV1(name="Frühling", description=NillableString(value=None))
    segment = RmAudienceSegmentUpdateEntityV1Resource(
        id="1000", type_="RetailMediaAudienceSegment", attributes=attributes
    )
    answered = bulk_update_audience_segments.sync(
        "42", client=client, body=RmAudienceSegmentBulkUpdateInputV1(data=[segment])
    )
    assert answered.data
    (call,) = criteo.calls
    assert (call.method, call.path, call.query, call.token) == ("PATCH", PATH, "", TOKEN)
    assert call.headers["user-agent"] == f"criteo-retail-media/{__version__} (api {API_VERSION})"
    assert call.headers["content-type"] == "application/json"
    assert json.loads(call.body) == {
        "data": [
            {
                "id": "1000",
                "type": "RetailMediaAudienceSegment",
                "attributes": {"name": "Frühling", "description": {"value": None}},
            }
        ]
    }
    assert b" " not in call.body.replace("Frühling".encode(), b"")
    assert criteo.segments["1000"] == {"name": "Frühling", "description": None}


@pytest.mark.parametrize("suffix", ["", "/", "/gateway/criteo", "/gateway/criteo/"])
def test_base_url_may_have_a_path(criteo: FakeCriteo, way: Way, suffix: str) -> None:
    """The operation's path is put after the base URL's, with one slash between."""
    path = suffix.rstrip("/") + PATH
    criteo.server.expect_request(path, method="GET").respond_with_json({"data": []})
    with AuthenticatedClient(criteo.url + suffix, TOKEN) as client:
        assert way.call(client, READ, {"method": "get", "url": PATH}) == {"data": []}


def test_path_segments_are_escaped() -> None:
    """A path parameter stays one segment of the path, whatever is in it."""
    assert path_segment("account-id", "a/b?c#d e%é") == "a%2Fb%3Fc%23d%20e%25%C3%A9"
    assert path_segment("account-id", 42) == "42"
    assert path_segment("account-id", "...") == "..."


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_path_segments_that_change_the_path_are_refused(value: str) -> None:
    """An empty or dot segment would call another operation: it is refused by the parameter's name."""
    with pytest.raises(ValueError, match="account-id: must not be"):
        path_segment("account-id", value)


def test_a_url_that_is_too_long_is_refused(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """Before anything is sent, and not as a redirect that leads nowhere."""
    with pytest.raises(EncodeError, match=r"url: has \d+ characters, and 65536 at most") as caught:
        way.call(client, READ, read_kwargs() | {"url": "/" + "x" * 65_536})
    assert caught.value.path == "url"
    assert criteo.calls == []


def test_escaped_segments_arrive(criteo: FakeCriteo, way: Way) -> None:
    """What was escaped once is not escaped again on its way."""
    seen: list[str] = []

    def note(request: Request) -> Response:
        seen.append(request.environ["REQUEST_URI"])
        return answer({"data": None})

    criteo.server.expect_request("/a/b?c/x").respond_with_handler(note)
    with client_of(criteo) as client:
        way.call(client, READ, {"method": "get", "url": f"/{path_segment('id', 'a/b?c')}/x"})
    assert seen == ["/a%2Fb%3Fc/x"]


def test_arguments_are_left_alone(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A call does not change the arguments it was given, so that they can be used again."""
    kwargs = write_kwargs()
    way.call(client, WRITE, kwargs, timeout=5.0)
    assert kwargs == write_kwargs()


# --- the answer ---


def test_both_kinds_of_call(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A call gives the parsed body; a detailed one gives status, headers and content with it."""
    criteo.add_segments(1)
    parsed = way.call(client, READ, read_kwargs())
    response = way.detailed(client, READ, read_kwargs())
    assert response.parsed == parsed == json.loads(response.content)
    assert response.status_code is HTTPStatus.OK
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("status", [302, 400, 404, 500, 520])
def test_detailed_keeps_errors(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, status: int) -> None:
    """Outside 2xx a detailed call tells status, headers and content and parses nothing, also for a status like 520."""
    criteo.answers.append(problem(status, "c"))
    response = way.detailed(client, WRITE, write_kwargs("1"))
    assert (response.status_code, response.parsed) == (status, None)
    assert json.loads(response.content)["errors"][0]["code"] == "c"


def test_detailed_can_raise(criteo: FakeCriteo, way: Way) -> None:
    """With ``raise_on_unexpected_status`` a detailed call raises as a plain one does."""
    criteo.answers.append(problem(400, "c"))
    with client_of(criteo, raise_on_unexpected_status=True) as client, pytest.raises(BadRequestError):
        way.detailed(client, WRITE, write_kwargs("1"))


GARBAGE = {
    "empty": (b"", "the body is empty"),
    "HTML": (html(200).data, "is not JSON"),
    "truncated": (b'{"data": [{"id": "1', "is not JSON"),
    "not UTF-8": ('{"data": "Schön"}'.encode("latin-1"), "is not JSON"),
    "nested too deeply": (b'{"a":' * 100_000, "is not JSON"),
    "an endless number": (b"1" * 5000, "is not JSON"),
}


@pytest.mark.parametrize("detailed", [False, True])
@pytest.mark.parametrize(("content", "reason"), GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_a_decode_error(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, content: bytes, reason: str, detailed: bool
) -> None:
    """A 200 whose body is no JSON raises DecodeError with operation and content, in every kind of call."""
    criteo.answers.append(Response(content, 200, content_type="application/json"))
    with pytest.raises(DecodeError, match=reason) as caught:
        (way.detailed if detailed else way.call)(client, WRITE, write_kwargs("1"))
    assert (caught.value.content, caught.value.operation, caught.value.path) == (content, "patchThings", "")
    assert str(caught.value).startswith("patchThings: ")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'\xef\xbb\xbf{"data": []}', "application/json"),
        ('{"data": []}'.encode("utf-16"), "application/json"),
        (b'{"data": []}', "text/html; charset=latin-1"),
        (b'{"data": []}', ""),
    ],
)
def test_json_is_read_by_content(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, content: bytes, content_type: str
) -> None:
    """JSON is JSON whatever its header says, with a byte order mark or without."""
    criteo.answers.append(Response(content, 200, content_type=content_type))
    assert way.call(client, WRITE, write_kwargs("1")) == {"data": []}


def test_decode_error_says_where(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """What a model's ``from_dict`` raises goes out with its path, the operation and the content."""

    def refuse(_: object) -> object:
        raise DecodeError("is null, not a string", path="data[3].id")

    criteo.answers.append(answer({"data": []}))
    with pytest.raises(DecodeError) as caught:
        way.call(client, operation("PATCH", s200=as_json(lambda: refuse)), write_kwargs())
    assert str(caught.value) == "patchThings: data[3].id: is null, not a string"
    assert caught.value.content == b'{"data": []}'


@pytest.mark.parametrize("index", [0, 999], ids=["short", "long"])
def test_generated_operation_says_where(criteo: FakeCriteo, client: AuthenticatedClient, index: int) -> None:
    """The same for a generated operation: the path leads through its models."""
    good = [{"id": str(number), "attributes": {"name": f"Spring {number}"}} for number in range(index)]
    body = {"data": [*good, {"id": "1", "attributes": {"createdAt": "yesterday"}}]}
    criteo.answers.append(answer(body))
    with pytest.raises(DecodeError) as caught:
        bulk_update_audience_segments.sync("42", client=client, body=RmAudienceSegmentBulkUpdateInputV1(data=[]))
    assert caught.value.path == f"data[{index}].attributes.createdAt"
    assert json.loads(caught.value.content or b"") == body


def test_long_answer_is_read_whole(criteo: FakeCriteo, client: AuthenticatedClient) -> None:
    """One whose items are let go of one by one."""
    body = {"data": [{"id": str(number), "more": "x" * 100} for number in range(999)], "more": [1, 2]}
    criteo.answers.append(answer(body))
    read = bulk_update_audience_segments.sync("42", client=client, body=RmAudienceSegmentBulkUpdateInputV1(data=[]))
    assert read.to_dict() == body


def test_other_success_is_read_as_the_declared_one(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A 2xx that the document does not declare is read by the only reader there is."""
    criteo.answers.extend([answer({"data": []}, 202), answer({"data": []}, 299)])
    assert way.call(client, WRITE, write_kwargs()) == {"data": []}
    assert way.detailed(client, WRITE, write_kwargs()).parsed == {"data": []}


def test_other_success_without_a_body(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A 2xx that the document does not declare, without a body, is told as it is and never becomes a None result."""
    criteo.answers.extend([Response(b"", 204), Response(b"", 204)])
    response = way.detailed(client, WRITE, write_kwargs())
    assert (response.status_code, response.parsed) == (204, None)
    with pytest.raises(DecodeError, match="status 204 is not in the document"):
        way.call(client, WRITE, write_kwargs())


def test_other_success_of_many(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """Where the document declares several, a further one cannot be read."""
    criteo.answers.append(answer({}, 202))
    with pytest.raises(DecodeError, match="status 202 is not in the document"):
        way.call(client, operation("PATCH", s200=as_json(lambda: dict), s201=as_json(lambda: dict)), write_kwargs())


def test_nothing_and_bytes(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A 204 gives None, and a file gives its bytes."""
    criteo.server.expect_request("/clear", method="POST").respond_with_data("", 204)
    criteo.server.expect_request("/file").respond_with_data(b"a,b\r\n\xff", content_type="application/csv")
    assert way.call(client, NOTHING, {"method": "post", "url": "/clear"}) is None
    assert way.call(client, DOWNLOAD, {"method": "get", "url": "/file"}) == b"a,b\r\n\xff"


def test_compressed_answers(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A compressed body is read; one that is not what its Content-Encoding says raises DecodeError."""
    zipped = {"Content-Encoding": "gzip"}
    criteo.answers.append(Response(gzip.compress(b'{"data": []}'), 200, zipped))
    assert way.call(client, WRITE, write_kwargs()) == {"data": []}
    criteo.answers.append(Response(b'{"data": []}', 200, zipped))
    with pytest.raises(DecodeError, match="cannot be decompressed") as caught:
        way.call(client, WRITE, write_kwargs())
    assert caught.value.operation == "patchThings"


@pytest.mark.parametrize("lists", ["missing", "null", "empty"])
def test_lists_may_be_missing(criteo: FakeCriteo, client: AuthenticatedClient, lists: Any) -> None:
    """``data``, ``errors`` and ``warnings`` may each be missing, null or empty."""
    criteo.empty_lists = lists
    answered = bulk_update_audience_segments.sync("42", client=client, body=RmAudienceSegmentBulkUpdateInputV1(data=[]))
    assert not answered.data
    assert not answered.errors


# --- time limits ---


@pytest.mark.parametrize("limit", [0.1, httpx.Timeout(30, read=0.1)])
def test_timeout_of_a_call(way: Way, limit: Any) -> None:
    """A call's ``timeout`` counts instead of the client's, as seconds or as httpx's four limits."""
    with (
        broken_server(silence) as server,
        AuthenticatedClient(server.url, TOKEN, retry=None) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        way.call(client, READ, read_kwargs(), timeout=limit)


def test_timeout_of_the_client(way: Way) -> None:
    """The client's ``timeout`` counts where a call has none."""
    with (
        broken_server(silence) as server,
        AuthenticatedClient(server.url, TOKEN, retry=None, timeout=0.1) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        way.call(client, READ, read_kwargs())


def test_no_timeout(criteo: FakeCriteo, way: Way) -> None:
    """None is no limit, for a call and for a client."""
    criteo.add_segments(1)
    with client_of(criteo, timeout=0.000001) as client:
        assert way.call(client, READ, read_kwargs(), timeout=None)["data"]
    with client_of(criteo, timeout=None) as client:
        assert way.call(client, READ, read_kwargs())["data"]


# --- uploads ---


class Pipe(io.RawIOBase):
    """A file that can be read once."""

    def __init__(self, content: bytes) -> None:
        self.content = io.BytesIO(content)

    def readable(self) -> bool:
        """It can be read, and not rewound."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes."""
        return self.content.readinto(buffer)


@pytest.mark.parametrize("make", [io.BytesIO, Pipe, bytes], ids=["seekable", "pipe", "bytes"])
def test_upload_is_repeated_whole(criteo: FakeCriteo, way: Way, make: Any) -> None:
    """An upload that is tried again sends the whole file again, also one that can be read once only."""
    content = b"--+++--\r\n" * 1000
    uploads: list[bytes] = []
    answers = [rate_limited(), rate_limited(), answer({"data": None})]

    def receive(request: Request) -> Response:
        uploads.append(request.files["file"].read())
        return answers[len(uploads) - 1]

    criteo.server.expect_request("/upload", method="POST").respond_with_handler(receive)
    files = [("file", ("f.csv", make(content), "text/csv")), ("name", (None, b"x", "text/plain"))]
    with client_of(criteo) as client:
        way.call(client, operation("POST"), {"method": "post", "url": "/upload", "files": files})
    assert uploads == [content] * 3


# --- downloads ---


def test_stream_is_read_in_pieces(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A download can be read in pieces, after its status was checked."""
    content = bytes(200_000)
    criteo.server.expect_request("/file").respond_with_data(content)
    pieces = way.read_stream(client, DOWNLOAD, {"method": "get", "url": "/file"})
    assert b"".join(pieces) == content
    assert len(pieces) > 1


def test_stream_raises_errors(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A download that fails raises as a call does, with the body, after the same retries."""
    criteo.answers.extend(problem(503, "down") for _ in range(4))
    with pytest.raises(ServerError) as caught:
        way.read_stream(client, READ, read_kwargs())
    assert (caught.value.problems[0].code, len(criteo.calls)) == ("down", 4)


def test_open_streams_do_not_block_calls(criteo: FakeCriteo) -> None:
    """A call inside of the block of a download gets through, without waiting for it to end."""
    criteo.add_segments(1)
    criteo.server.expect_request("/file").respond_with_data(b"x" * 10)
    with (
        client_of(criteo, limits=httpx.Limits(max_connections=2)) as client,
        stream(client, DOWNLOAD, {"method": "get", "url": "/file"}) as response,
    ):
        assert call(client, READ, read_kwargs())["data"]
        assert response.read() == b"x" * 10


# --- what is logged ---


def test_no_secret_is_logged(criteo: FakeCriteo, way: Way, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, neither the token nor a body is logged by this package or by httpx."""
    caplog.set_level(logging.DEBUG)
    criteo.add_segments(1)
    with client_of(criteo) as client:
        way.call(client, WRITE, write_kwargs("1000", name="a-name-in-a-body"))
    assert "patchThings" in caplog.text
    assert TOKEN not in caplog.text
    assert "a-name-in-a-body" not in caplog.text


def test_transport_error_holds_no_secret(way: Way) -> None:
    """What httpx raises passes through as it is, but for the headers and body of the request it holds."""
    with (
        broken_server(silence) as server,
        client_at(server.url, retry=NoWait(max_attempts=1)) as client,
        pytest.raises(httpx.ReadTimeout) as caught,
    ):
        way.call(client, WRITE, {**write_kwargs("1"), "params": {"q": "hidden"}})
    assert (caught.value.request.method, str(caught.value.request.url)) == ("PATCH", server.url + PATH)
    assert "authorization" not in caught.value.request.headers
    assert caught.value.request.content == b""
