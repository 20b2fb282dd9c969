"""Requests, read back as the calls that made them."""

from __future__ import annotations

import datetime
import enum
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from email.parser import HeaderParser
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

import attrs
import httpx
from attrs import field, frozen

from ._codec import as_boolean, as_date, as_datetime
from ._examples import hints_of, options_of
from ._operation import CALL_OPTIONS, Operation, parameters
from ._request import Request
from .errors import DecodeError
from .types import File

BETWEEN = {"comma": ",", "space": " ", "bar": "|"}
READERS: dict[Any, Callable[[str], Any]] = {
    bool: lambda text: as_boolean(json.loads(text)),
    int: int,
    float: float,
    datetime.date: as_date,
    datetime.datetime: as_datetime,
}
read_headers = HeaderParser().parsestr
UNREADABLE = (ValueError, TypeError, DecodeError)


@frozen
class Call:
    """A call as the API got it.

    Attributes:
        operation: the operation's id.
        arguments: what was given to the operation's function, by its Python names, without ``body``.
        body: the body as a model, or None.
        headers: the request's headers.
        module: the operation's module.
    """

    operation: str
    arguments: dict[str, Any]
    body: Any = None
    headers: httpx.Headers = field(factory=httpx.Headers, repr=False)
    module: Any = field(default=None, repr=False, eq=False)


def failure(text: str) -> AssertionError:
    """What fails the test that made the request."""
    return AssertionError(f"FakeApi: {text}")


def items_of(call: Call) -> list[Any] | None:
    """The items of a bulk call; None for another call."""
    operation: Operation[Any] = call.module.OPERATION
    items = getattr(call.body, "data", None)
    return items if operation.body_list and operation.answer_list and isinstance(items, list) else None


def call_of(module: Any, request: httpx.Request, in_path: list[str]) -> Call:
    """The call of the operation that made the request; ``in_path`` has the values of the path's parameters.

    Raises:
        AssertionError: the request has what the operation has not, or what cannot be read.
    """
    operation: Operation[Any] = module.OPERATION
    hints = hints_of(module)
    described = operation.request or Request(operation.method, operation.path)
    styles: dict[str, str] = {each.argument: each.style for each in (*described.in_query, *described.in_cookie)}
    styles |= {each.argument: "comma" for each in described.in_header}
    names = {_plain(name): name for name in parameters(module) if name not in ("client", "body", *CALL_OPTIONS)}
    given: dict[str, list[tuple[str, str]]] = {}
    path_names = re.findall(r"\{([^}]*)\}", operation.path)
    for name, text in (*zip(path_names, in_path, strict=True), *_texts(described, request)):
        whole, _, inner = name.partition("[")  # name[field]=…, of an object
        argument = names.get(_plain(name)) or names.get(_plain(whole))
        if argument is None:
            has = ", ".join(names.values()) or "none"
            raise failure(f"{operation.id} has no parameter {name[:100]!r}; it has {has}")
        given.setdefault(argument, []).append((inner.removesuffix("]"), text))
    arguments = {}
    for name, texts in given.items():
        try:
            arguments[name] = _argument(hints.get(name, str), styles.get(name, ""), texts)
        except UNREADABLE as error:
            raise failure(f"{operation.id}: {name} cannot be read: {error}") from error
    return Call(operation.id, arguments, _body_of(module, hints, request), request.headers.copy(), module)


def _plain(name: str) -> str:
    """The name without what its spellings differ in: ``account-id``, ``accountId``, ``account_id``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _texts(described: Request, request: httpx.Request) -> Iterator[tuple[str, str]]:
    """The parameters beside the path's, by their names in the request."""
    yield from request.url.params.multi_items()
    cookies = dict(pair.partition("=")[::2] for pair in request.headers.get("cookie", "").split("; "))
    for sent, there in ((request.headers, described.in_header), (cookies, described.in_cookie)):
        yield from ((each.name, sent[each.name]) for each in there if each.name in sent)


def _argument(hint: Any, style: str, given: Sequence[tuple[str, str]]) -> Any:
    """The value of a parameter, as the operation's function takes it; ``given`` has each part's inner name and text."""
    (kind, *_) = options_of(hint)
    is_model = hasattr(kind, "from_dict")
    texts = [text for _, text in given]
    if style == "json":
        return _typed(kind, texts) if is_model else json.loads(texts[0])
    if style in BETWEEN and (is_model or get_origin(kind) is list):
        texts = texts[0].split(BETWEEN[style])
        given = list(zip(texts[::2], texts[1::2], strict=False))
    return _model(kind, given) if is_model else _typed(kind, texts)


def _typed(hint: Any, texts: Sequence[str | File]) -> Any:
    """The value of a type: of one text, or of one for each item of a list."""
    (kind, *_) = options_of(hint)
    if get_origin(kind) is list:
        return [_typed(get_args(kind)[0], [text]) for text in texts]
    text = texts[0]
    if kind is File:
        return text
    if isinstance(text, File):
        text = text.payload.read().decode()
    if hasattr(kind, "from_dict"):
        return kind.from_dict(json.loads(text))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(int(text) if issubclass(kind, int) else text)
    return READERS.get(kind, str)(text)


def _model(kind: type[Any], given: Iterable[tuple[str, str | File]]) -> Any:
    """The model of fields that are texts or files, by their names."""
    fields = {_plain(each.name): each for each in attrs.fields(kind) if each.init}
    hints = get_type_hints(kind)
    known: dict[str, list[str | File]] = {}
    others: dict[str, str | File] = {}
    for name, value in given:
        if _plain(name) in fields:
            known.setdefault(_plain(name), []).append(value)
        else:
            is_text = isinstance(value, File) and value.file_name is None
            others[name] = _typed(str, [value]) if is_text else value
    model = kind(**{fields[name].alias: _typed(hints[fields[name].name], values) for name, values in known.items()})
    model.additional_properties.update(others)
    return model


def _body_of(module: Any, hints: dict[str, Any], request: httpx.Request) -> Any:
    operation: Operation[Any] = module.OPERATION
    content, content_type = request.content, request.headers.get("content-type", "")
    if not content:
        return None
    if "body" not in parameters(module):
        raise failure(f"{operation.id} takes no body")
    kind = operation.body() if operation.body else options_of(hints["body"])[0]
    try:
        if content_type.startswith("multipart/"):
            return _model(kind, _parts(content_type, content))
        if content_type.startswith("application/x-www-form-urlencoded"):
            return _model(kind, parse_qsl(content.decode(), keep_blank_values=True, strict_parsing=True))
        if kind is File:
            return File(io.BytesIO(content))
        return kind.from_dict(json.loads(content)) if hasattr(kind, "from_dict") else json.loads(content)
    except UNREADABLE as error:
        raise failure(f"{operation.id}: the body is no {getattr(kind, '__name__', kind)}: {error}") from error


def _parts(content_type: str, content: bytes) -> Iterator[tuple[str, File]]:
    """The parts of a multipart body (RFC 7578), by their names."""
    boundary = str(read_headers(f"Content-Type: {content_type}").get_param("boundary"))
    for part in content.split(b"--" + boundary.encode())[1:-1]:
        head, _, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers, payload = read_headers(head.decode()), io.BytesIO(body.removesuffix(b"\r\n"))
        name = _unescaped(str(headers.get_param("name", header="content-disposition")))
        file_name = headers.get_filename()
        yield name, File(payload, file_name and _unescaped(file_name), headers.get("content-type"))


def _unescaped(name: str) -> str:
    """A name as it was before it was put in quotes (the HTML standard's way, which httpx follows)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
