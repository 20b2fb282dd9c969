"""Get a document's bytes from a URL or a file, with limits on everything that somebody else decides."""

from __future__ import annotations

import asyncio
import ipaddress
import zlib
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.project import StageError, printable

LARGEST = 64 * 2**20  # bytes, unpacked; the whole 2026-07 document has 0.5 MiB
CONNECT_SECONDS = 10
READ_SECONDS = 30
TOTAL_SECONDS = 120
REDIRECTS = 5


@dataclass(frozen=True)
class Download:
    """The bytes, and the ETag under which the server knows them ("" where it gave none)."""

    content: bytes
    etag: str = ""


class NotModified(Exception):  # noqa: N818 (the HTTP status's name, and no error)
    """The server, which the text names, still has what the ETag names."""


def is_url(spec: str) -> bool:
    """Whether ``spec`` is a URL rather than the path of a file."""
    return "://" in spec


def shown(spec: str) -> str:
    """What may be printed and recorded of ``spec``: a URL without credentials, query and fragment; a file's name."""
    if not is_url(spec):
        return Path(spec).name
    url = _parsed(spec)
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))


def load(spec: str, *, etag: str = "") -> Download:
    """The bytes of a URL or a file; ``etag`` makes the request conditional.

    Raises:
        NotModified: the server still has what ``etag`` names.
        StageError: they cannot be had within the limits of this module; the text is fit to print.
    """
    if not is_url(spec):
        return Download(_file(Path(spec)))
    name = shown(spec)
    try:
        return asyncio.run(_get(_parsed(spec), name, etag))
    except TimeoutError as error:
        raise StageError(f"{name}: gave no whole answer within {TOTAL_SECONDS} s; {_NEXT}") from error
    except httpx.TimeoutException as error:
        raise StageError(f"{name}: no answer in time ({type(error).__name__}); {_NEXT}") from error
    except httpx.HTTPError as error:
        reason = printable(str(error)[:200]) or type(error).__name__
        raise StageError(f"{name}: cannot be fetched ({reason}); {_NEXT}") from error
    except (httpx.InvalidURL, UnicodeError) as error:  # the latter of a host that IDNA does not know
        raise StageError(f"{name}: redirects to an address that cannot be read; {_NEXT}") from error


_NEXT = "check the network and the URL, or give a file with SPEC="


async def _get(url: httpx.URL, name: str, etag: str) -> Download:
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": etag} if etag else {})
    async with asyncio.timeout(TOTAL_SECONDS), httpx.AsyncClient(timeout=timeout) as client:
        request = client.build_request("GET", url, headers=headers)
        for _ in range(REDIRECTS + 1):
            _refuse_plain_http(request.url)
            response = await client.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await _read(response, name, etag)
            finally:
                await response.aclose()
            if request.url.scheme == "https" != response.next_request.url.scheme:
                raise StageError(f"{name}: redirects from https to {response.next_request.url.scheme}; check the URL")
            request = response.next_request
    raise StageError(f"{name}: redirects more than {REDIRECTS} times; check the URL")


async def _read(response: httpx.Response, name: str, etag: str) -> Download:
    if response.status_code == 304 and etag:
        raise NotModified(name)
    if response.status_code != 200:
        hint = "is the version published, and the URL right?" if response.status_code in (404, 410) else _NEXT
        raise StageError(f"{name}: answered {response.status_code} {response.reason_phrase}; {hint}")
    content = await _content(response, name)
    found = response.headers.get("etag", "")
    return Download(content, found if found.isascii() and found.isprintable() else "")


async def _content(response: httpx.Response, name: str) -> bytes:
    """The body, of which no more is unpacked than `LARGEST`; of the content codings gzip is known, and once."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise StageError(f"{name}: comes in the content coding {printable(coding[:40])}, not asked for; {_NEXT}")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if coding == "gzip" else None
    content = bytearray()
    async for packed in response.aiter_raw():
        room = LARGEST + 1 - len(content)
        try:
            content += unpacker.decompress(packed, room) if unpacker else packed
        except zlib.error as error:
            raise StageError(f"{name}: is no gzip, though it says so; {_NEXT}") from error
        if len(content) > LARGEST:
            raise StageError(f"{name}: is larger than {LARGEST} bytes; check the URL")
    if unpacker and not unpacker.eof:
        raise StageError(f"{name}: breaks off in the middle of gzip; fetch it again")
    return bytes(content)


def _refuse_plain_http(url: httpx.URL) -> None:
    if url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.host)):
        return
    raise StageError(
        f"{shown(str(url))}: only https is fetched (http from this machine alone), since what comes becomes code; "
        "use https, or download the document and give the file with SPEC="
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parsed(spec: str) -> httpx.URL:
    try:
        url = httpx.URL(spec)
    except httpx.InvalidURL as error:
        # Without the error's text, which may quote a password.
        raise StageError("SPEC is not a URL that can be read; check it") from error
    if not url.host:
        raise StageError(f"SPEC is a URL without a host ({url.scheme}); give https://…, or the path of a file")
    return url


def _file(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise StageError(f"{path}: is not a file here; check SPEC=")
        if path.stat().st_size > LARGEST:
            raise StageError(f"{path}: is larger than {LARGEST} bytes; check SPEC=")
        return path.read_bytes()
    except OSError as error:
        raise StageError(f"{path}: cannot be read ({error.strerror}); check SPEC=") from error
