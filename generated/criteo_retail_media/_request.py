"""From the arguments of an operation to what httpx is told: one encoder for path, query, headers, cookies and body.

Parameters are written as OpenAPI 3.0 says (Parameter Object, `style` and `explode`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from ._checks import find_cookie_fault, find_header_fault
from ._codec import REFUSALS, refuse, refused, to_json, to_text, write_key
from .errors import EncodeError
from .types import UNSET, File

Write = Callable[[Any], Any]
FindFault = Callable[[object, object], str | None]

# How a value that is no scalar is written: "repeat" gives name=a&name=b, and of an object each field by itself;
# the words of a list between commas, spaces or bars; name[field]=a; or its JSON.
Style = Literal["repeat", "comma", "space", "bar", "deep", "json"]

_BETWEEN = {"comma": ",", "space": "%20", "bar": "%7C"}


class Parameter(NamedTuple):
    """A parameter of an operation.

    Attributes:
        argument: its name in Python.
        name: its name in the request.
        write: encodes a value of it.
        is_required: whether it cannot be left out.
        style: how a value that is no scalar is written.
    """

    argument: str
    name: str
    write: Write
    is_required: bool = False
    style: Style = "repeat"


class Body(NamedTuple):
    """The body of an operation's requests.

    Attributes:
        media_type: its media type.
        write: encodes it: JSON data, the fields of a form, the parts of a multipart body.
        is_required: whether it cannot be left out.
    """

    media_type: str
    write: Write
    is_required: bool = True


class Request(NamedTuple):
    """How the requests of an operation are built.

    Attributes:
        method: the HTTP method.
        path: the path, with the names of its arguments in braces.
        in_path, in_query, in_header, in_cookie: the parameters.
        body: the body, or None where there is none.
    """

    method: str
    path: str
    in_path: tuple[Parameter, ...] = ()
    in_query: tuple[Parameter, ...] = ()
    in_header: tuple[Parameter, ...] = ()
    in_cookie: tuple[Parameter, ...] = ()
    body: Body | None = None

    def build(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What `httpx.Client.build_request` takes, with the path as URL.

        Raises:
            errors.EncodeError: an argument cannot be sent; ``path`` begins with its name.
        """
        url = self.path
        if self.in_path:
            segments = {
                one.argument: path_segment(one.argument, arguments[one.argument], one.write) for one in self.in_path
            }
            url = url.format(**segments)
        if query := "&".join(pair for one in self.in_query for pair in _pairs(one, arguments)):
            url = f"{url}?{query}"
        request: dict[str, Any] = {"method": self.method, "url": url}
        headers = _texts(self.in_header, arguments, find_header_fault)
        if cookies := _texts(self.in_cookie, arguments, find_cookie_fault):
            request["cookies"] = cookies
        if self.body is not None and not (arguments["body"] is UNSET and not self.body.is_required):
            try:
                _add_body(request, headers, self.body, arguments["body"])
            except REFUSALS as error:
                raise refused(error, "body") from error.__cause__
        if headers:
            request["headers"] = headers
        return request


def _written(parameter: Parameter, arguments: Mapping[str, Any]) -> Any:
    """The argument's value, encoded; `UNSET` for one that is left out."""
    value = arguments[parameter.argument]
    if not parameter.is_required and (value is UNSET or value is None):
        return UNSET
    try:
        return parameter.write(value)
    except REFUSALS as error:
        raise refused(error, parameter.argument) from error.__cause__


def path_segment(name: str, value: object, write: Write = write_key) -> str:
    """The value of a path parameter, escaped.

    Raises:
        errors.EncodeError: the value is neither a string nor an integer, or would make another path: it is empty, or a
            dot segment (RFC 3986 section 5.2.4).
    """
    try:
        text = to_text(write(value))
    except REFUSALS as error:
        raise refused(error, name) from error.__cause__
    if text in ("", ".", ".."):
        raise EncodeError(f"must not be {text!r}: it is a part of the URL's path", path=name)
    return quote(text, safe="")


def _pairs(parameter: Parameter, arguments: Mapping[str, Any]) -> Iterator[str]:
    """The ``name=value`` of a query parameter, escaped."""
    value, name, style = _written(parameter, arguments), quote(parameter.name, safe=""), parameter.style
    if value is UNSET:
        return
    try:
        if style == "json":
            yield f"{name}={quote(to_json(value), safe='')}"
        elif style in _BETWEEN and isinstance(value, list | dict):
            words = value if isinstance(value, list) else [word for pair in value.items() for word in pair]
            if words:
                yield f"{name}={_BETWEEN[style].join(map(_quoted, words))}"
        elif isinstance(value, list):
            yield from (f"{name}={_quoted(item)}" for item in value)
        elif isinstance(value, dict):
            for key, item in value.items():
                inner = quote(f"{parameter.name}[{key}]" if style == "deep" else key, safe="")
                yield from (f"{inner}={_quoted(one)}" for one in (item if isinstance(item, list) else [item]))
        else:
            yield f"{name}={_quoted(value)}"
    except EncodeError as error:
        raise refused(error, parameter.argument) from error.__cause__


def _quoted(value: Any) -> str:
    return quote(_scalar(value), safe="")


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, list | dict):
        refuse(value, "a single value: a list or an object in it cannot be written in a parameter")
    return to_text(value)


def _texts(parameters: tuple[Parameter, ...], arguments: Mapping[str, Any], find_fault: FindFault) -> dict[str, str]:
    """The headers or cookies that are given, by name."""
    texts = {}
    for one in parameters:
        value = _written(one, arguments)
        if value is not UNSET:
            text = ",".join(map(_scalar, value)) if isinstance(value, list) else _scalar(value)
            if fault := find_fault(one.name, text):
                raise EncodeError(fault, path=one.argument)
            texts[one.name] = text
    return texts


def _add_body(request: dict[str, Any], headers: dict[str, str], body: Body, value: object) -> None:
    written = body.write(value)
    if body.media_type == "multipart/form-data":  # httpx names the boundary
        request["files"] = written
    elif body.media_type == "application/x-www-form-urlencoded":
        request["data"] = {name: _form_field(name, field) for name, field in written.items()}
    elif isinstance(value, File):
        request["content"] = value.to_tuple()[1]
        headers["Content-Type"] = body.media_type
    else:
        request["content"] = to_json(written)
        headers["Content-Type"] = body.media_type


def _form_field(name: str, value: Any) -> str | list[str]:
    try:
        return [_scalar(item) for item in value] if isinstance(value, list) else _scalar(value)
    except EncodeError as error:
        raise refused(error, name) from error.__cause__
