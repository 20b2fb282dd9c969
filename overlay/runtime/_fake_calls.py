"""Requests, read back as the calls that made them."""

from __future__ import annotations

import datetime
import enum
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from email.message import Message
from typing import Any

import attrs
import httpx
from attrs import field, frozen

from ._codec import as_date, as_datetime
from ._examples import hints_of, models_in, options_of
from ._operation import Operation, parameters
from .errors import DecodeError
from .types import File

NO_PARAMETERS = ("client", "body", "timeout", "headers", "deadline")
BOOLEANS = {"true": True, "false": False}
READERS: dict[Any, Callable[[str], Any]] = {
    bool: BOOLEANS.__getitem__,
    datetime.date: as_date,
    datetime.datetime: as_datetime,
}


@frozen
class Call:
    """A call as the API got it.

    Attributes:
        operation: the operation's id.
        arguments: what was given to the operation's function, by its Python names, without ``body``.
        body: the body as a model, or None.
        headers: the request's headers.
    """

    operation: str
    arguments: dict[str, Any]
    body: Any = None
    headers: httpx.Headers = field(factory=httpx.Headers, repr=False)
    _module: Any = field(default=None, repr=False, eq=False)


def failure(text: str) -> AssertionError:
    """What fails the test that made the request."""
    return AssertionError(f"FakeApi: {text}")


def pattern_of(path: str) -> re.Pattern[str]:
    """What a path of the document matches; a group for each parameter."""
    return re.compile("([^/]+)".join(map(re.escape, re.split(r"\{[^}]*\}", path))))


def _plain(name: str) -> str:
    """The name without what its spellings differ in: ``account-id``, ``accountId``, ``account_id``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def call_of(module: Any, request: httpx.Request, in_path: list[str]) -> Call:
    operation: Operation[Any] = module.OPERATION
    hints = hints_of(module)
    python_names = {_plain(name): name for name in parameters(module) if name not in NO_PARAMETERS}
    texts: dict[str, list[str]] = {}
    in_query = request.url.params.multi_items()
    for name, value in [*zip(re.findall(r"\{([^}]*)\}", operation.path), in_path, strict=True), *in_query]:
        if _plain(name) not in python_names:
            raise failure(
                f"{operation.id} has no parameter {name[:100]!r}; it has {', '.join(python_names.values()) or 'none'}"
            )
        texts.setdefault(python_names[_plain(name)], []).append(value)
    arguments = {}
    for name, values in texts.items():
        try:
            arguments[name] = _typed(hints.get(name, str), values)
        except (ValueError, DecodeError) as error:
            raise failure(f"{operation.id}: {name} cannot be read: {error}") from error
    return Call(operation.id, arguments, _body_of(module, hints, request), request.headers.copy(), module)


def _typed(hint: Any, texts: Sequence[str]) -> Any:
    """The value of a parameter, as the operation's function takes it."""
    (kind, *_) = options_of(hint)
    if getattr(kind, "__origin__", None) is list:
        return [_typed(kind.__args__[0], [text]) for text in texts]
    text = texts[0]
    if not isinstance(kind, type) or kind is str:
        return text
    if issubclass(kind, enum.Enum):
        return kind(int(text) if issubclass(kind, int) else text)
    if kind is bool and text not in BOOLEANS:
        raise ValueError(f"{text[:50]!r} is not a boolean")
    return READERS.get(kind, kind)(text)


def _body_of(module: Any, hints: dict[str, Any], request: httpx.Request) -> Any:
    operation: Operation[Any] = module.OPERATION
    content = request.content
    if "body" not in parameters(module):
        if content:
            raise failure(f"{operation.id} takes no body")
        return None
    if not content:
        return None
    (kind, *_) = [operation.body()] if operation.body else models_in(hints["body"]) or [File]
    try:
        if request.headers.get("content-type", "").startswith("multipart/"):
            return _multipart(kind, request)
        if kind is File:
            return File(io.BytesIO(content))
        return kind.from_dict(json.loads(content))
    except (ValueError, TypeError, DecodeError) as error:
        raise failure(f"{operation.id}: the body is no {kind.__name__}: {error}") from error


def _multipart(kind: type[Any], request: httpx.Request) -> Any:
    """The model of a multipart body (RFC 7578)."""
    fields = {_plain(each.name): each for each in attrs.fields(kind) if each.init}
    hints = {name: each.type for name, each in attrs.fields_dict(attrs.resolve_types(kind)).items()}
    arguments: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, value in _parts(request.headers["content-type"], request.content):
        if (known := fields.get(_plain(name))) is None:
            others[name] = value
        elif isinstance(value, File):
            arguments[known.alias] = value
        else:
            arguments[known.alias] = _typed(hints[known.name], [value])
    model = kind(**arguments)
    model.additional_properties.update(others)
    return model


def _parts(content_type: str, content: bytes) -> Iterator[tuple[str, str | File]]:
    boundary = str(_headers(f"Content-Type: {content_type}").get_param("boundary"))
    for part in content.split(b"--" + boundary.encode())[1:-1]:
        head, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers, value = _headers(head.decode()), body.removesuffix(b"\r\n")
        name = _unescaped(str(headers.get_param("name", header="content-disposition")))
        file_name = headers.get_filename()
        if file_name is None and "content-type" not in headers:
            yield name, value.decode()
        else:
            yield name, File(io.BytesIO(value), file_name and _unescaped(file_name), headers.get("content-type"))


def _unescaped(name: str) -> str:
    """A name as it was before it was put in quotes (the HTML standard's way, which httpx follows)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _headers(text: str) -> Message:
    message = Message()
    for line in text.split("\r\n"):
        name, _, value = line.partition(":")
        message[name] = value.strip()
    return message
