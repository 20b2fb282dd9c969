"""Types shared by the generated modules: absent values, uploads, and the answer of a ``*_detailed`` call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, BinaryIO, Final, Generic, Literal, TypeVar, final, overload

import httpx

from .errors import EncodeError

# What an operation's ``timeout`` argument takes: seconds, httpx's four timeouts, or None for no limit.
Timeout = httpx.Timeout | float | None

T = TypeVar("T")
D = TypeVar("D")


@final
class Unset:
    """The type of `UNSET`: the field is absent, which is neither null (`None`) nor a value."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"  # copies and unpickles as the one instance, so that `is UNSET` holds everywhere


UNSET: Final = Unset()


@overload
def value_of(value: T | Unset | None) -> T | None: ...


@overload
def value_of(value: T | Unset | None, default: D) -> T | D: ...


def value_of(value: object, default: object = None) -> object:
    """The field's value, or ``default`` where the field is absent (`UNSET`) or null."""
    return default if value is None or value is UNSET else value


# What httpx takes for a part of a multipart body.
FileContent = IO[bytes] | bytes | str
FileTypes = tuple[str | None, FileContent, str | None] | tuple[str | None, FileContent, str | None, Mapping[str, str]]
RequestFiles = list[tuple[str, FileTypes]]


class File:
    """A file to upload.

    Args:
        payload: open binary file. It is read piece by piece while the request is sent, from its beginning, and again
            where the call is tried again; one that cannot be rewound is read into memory first. With asyncio the event
            loop waits for each piece of 64 KiB, which is of no account on a local disk.
        file_name: name the server is told, or None.
        mime_type: content type the server is told, or None to let httpx guess it from the name.

    Raises:
        errors.EncodeError: the name or the type has a line end or another control character, which would add headers.
    """

    __slots__ = ("file_name", "mime_type", "payload")

    def __init__(self, payload: BinaryIO, file_name: str | None = None, mime_type: str | None = None) -> None:
        self.payload = payload
        self.file_name = file_name
        self.mime_type = mime_type
        self._check()

    def _check(self) -> None:
        if self.file_name is not None and not is_one_line(self.file_name):
            raise EncodeError("has a line end or another control character, or is no string", path="file_name")
        if self.mime_type is not None and not (isinstance(self.mime_type, str) and _HEADER.fullmatch(self.mime_type)):
            raise EncodeError("has characters that a header cannot carry, or is no string", path="mime_type")

    def __repr__(self) -> str:
        return f"File(file_name={self.file_name!r}, mime_type={self.mime_type!r})"

    def to_tuple(self) -> FileTypes:
        """The part as httpx takes it in ``files``.

        Raises:
            errors.EncodeError: its name or type cannot be sent, or its payload is no binary file that can be read.
        """
        self._check()  # it can be changed
        self._check_payload()
        return self.file_name, self.payload, self.mime_type

    def _check_payload(self) -> None:
        payload: object = self.payload
        if isinstance(payload, bytes | str):
            return
        if not hasattr(payload, "read") or hasattr(payload, "encoding"):  # text has one
            raise EncodeError("is no binary file: give open(path, 'rb')", path="payload")
        if getattr(payload, "closed", False) or not getattr(payload, "readable", lambda: True)():
            raise EncodeError("is closed, or not open for reading", path="payload")


_ONE_LINE = "[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*"  # compiled when it is needed: that takes long
_HEADER = re.compile("[ -~]+")


def is_one_line(text: object) -> bool:
    """Whether it is a text that can be written in UTF-8, without anything that ends a line or controls a terminal."""
    return isinstance(text, str) and re.fullmatch(_ONE_LINE, text) is not None


class Response(Generic[T]):
    """The answer of a ``*_detailed`` call, whatever its status.

    Attributes:
        status_code: an `http.HTTPStatus` where IANA lists it, else a plain int (520).
        content: the raw body.
        headers: the answer's headers.
        parsed: the body as the document describes it; None outside 2xx and for a body without a schema.
    """

    __slots__ = ("content", "headers", "parsed", "status_code")

    def __init__(self, status_code: int, content: bytes, headers: httpx.Headers, parsed: T | None) -> None:
        self.status_code = status_code
        self.content = content
        self.headers = headers
        self.parsed = parsed

    def __repr__(self) -> str:
        body = f"<{len(self.content)} bytes>"
        return f"Response(status_code={int(self.status_code)}, content={body}, parsed={self.parsed!r})"


__all__ = ["UNSET", "File", "FileTypes", "RequestFiles", "Response", "Timeout", "Unset", "value_of"]
