"""Keeps secrets out of what a server says, however it spells those that it repeats, and out of tracebacks."""

from __future__ import annotations

import base64
import binascii
import functools
import json
import re
from collections.abc import Collection, Iterable
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx

F = TypeVar("F")

SHORTEST_SECRET = 8  # what is shorter is no real secret, and may be a part of any text
LEFT_OUT = "[left out: it repeats a secret]"

# Headers of a request that hold secrets; the header of a token of one's own is added to them.
SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
# Headers of an answer that are kept out of every error: they hold credentials or a session.
LEFT_OUT_HEADERS = SECRET_HEADERS | {"set-cookie"}

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_MOST_LAYERS = 16


class Redaction:
    """Takes a call's secrets out of texts, bytes and JSON."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._plain = [_plain(secret) for secret in self._secrets]

    @classmethod
    def of_requests(cls, requests: Iterable[httpx.Request], names: Collection[str] = SECRET_HEADERS) -> Redaction:
        """The secrets in these headers of the requests."""
        secrets: list[str] = []
        for request in requests:
            for name, value in request.headers.items():
                if name in names:
                    secrets += _secrets_in(value)
        return cls(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)

    def is_in(self, text: str) -> bool:
        """Whether the text holds a secret: plain, escaped for JSON, URLs or HTML, or in several of these layers."""
        if not self._secrets:
            return False
        if any(secret in text for secret in self._secrets):
            return True
        plain = _plain(text)
        return any(secret in plain for secret in self._plain)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "[token]")
        return LEFT_OUT if self.is_in(text) else text

    def headers(self, headers: httpx.Headers) -> httpx.Headers:
        """The answer's headers without the secrets, as an error may hold them."""
        public = headers.copy()
        for name, value in headers.items():
            if name in LEFT_OUT_HEADERS:
                del public[name]
            elif self.is_in(value):
                public[name] = self.text(value)
        return public

    def json(self, value: Any) -> Any:
        """The JSON value without the secrets; None where it is nested too deeply to look."""
        try:
            return self._json(value) if self._secrets else value
        except RecursionError:
            return None

    def _json(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._json(item) for item in value]
        if isinstance(value, dict):
            return {self.text(key): self._json(item) for key, item in value.items()}
        return value

    def content(self, content: bytes, parsed: Any = None) -> bytes:
        """The body without the secrets, in whatever encoding; ``parsed`` is the JSON in it, or None."""
        if not self._secrets:
            return content
        for secret in self._secrets:
            for encoding in ENCODINGS:
                content = content.replace(secret.encode(encoding), "[token]".encode(encoding))
        if not self.is_in(content.replace(b"\0", b"").decode("utf-8", "ignore")):  # without the zeros of UTF-16 and 32
            return content
        redacted = self.json(parsed)
        return LEFT_OUT.encode() if redacted is None else json.dumps(redacted).encode()


def _plain(text: str) -> str:
    """The text without its layers of escapes; a plus sign, which is a space in a form, as a space."""
    import html  # here: its table of names takes a while to import, and most programs never need it

    for _ in range(_MOST_LAYERS):
        bare = html.unescape(unquote(_JSON_ESCAPE.sub(_unescape, text)))
        if bare == text:
            break
        text = bare
    return text.replace("+", " ")


def _unescape(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else escape[2]


def _secrets_in(value: str) -> Iterable[str]:
    """What is secret in a header's value: all of it, its credentials, each cookie's value, a Basic password."""
    yield value
    scheme, _, credentials = value.partition(" ")
    if credentials:
        yield credentials
        if scheme.lower() == "basic":
            try:
                yield base64.b64decode(credentials, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return  # no credentials of that kind
    for cookie in value.split(";"):
        yield cookie.partition("=")[2].strip()


def conceal(what: F) -> F:
    """Make a function, or the constructor of a class, raise its errors without the frames below it.

    So what a caller gave, such as a token, is in no variable of a traceback where it is refused.
    """
    function: Any = what.__init__ if isinstance(what, type) else what  # type: ignore[misc]  # the class's own

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 (it is raised again)
            del args, kwargs
            raise error.with_traceback(None)  # noqa: B904 (it is the same)

    if isinstance(what, type):
        what.__init__ = call  # type: ignore[misc]
        return what
    return call  # type: ignore[return-value]  # of the same signature
