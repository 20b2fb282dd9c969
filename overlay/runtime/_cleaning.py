"""Errors on their way out of a call: without the request's secrets, and none but the documented ones."""

from __future__ import annotations

import re
from types import TracebackType

import httpx

from ._attempts import Attempts
from ._reasons import causes
from ._redaction import Redaction
from .auth import OriginAuth
from .errors import LONGEST_PATH, CriteoError, DecodeError, one_line, public_url

# What h11 quotes of a request that it refuses to send: a value of the caller's, which may be secret.
_QUOTED = re.compile(r"""b(['"]).*\1""", re.DOTALL)


class cleaned:  # noqa: N801 (used as a function, as `contextlib.suppress`)
    """Keeps requests, with the token and the body, out of all errors that leave the block: they can be pickled.

    A note on httpx's says which operation it was: its own text does not. An address in an answer that is none (a
    redirect to ``mailto:``) is an answer that breaks the protocol. Text of the server's is one bounded line, without
    the secrets that it repeats. ``foreign``: the block is the caller's own, so an address may be one of the caller's.
    """

    __slots__ = ("_attempts", "_auth", "_foreign")

    def __init__(self, attempts: Attempts, auth: OriginAuth, *, foreign: bool = False) -> None:
        self._attempts = attempts
        self._auth = auth
        self._foreign = foreign

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            return
        names, request = self._auth.secret_headers, self._attempts.request
        redaction = Redaction.of_requests([] if request is None else [request], names)
        if isinstance(error, CriteoError):
            if isinstance(error, DecodeError):
                redact_error(error, redaction)
            return
        for each in causes(error):
            _clean(each, names, redaction)
            if isinstance(each, httpx.InvalidURL | UnicodeError) and not self._foreign:
                each.__traceback__ = None  # the frames of httpx hold an address that is half-made and cannot be shown
        if isinstance(error, httpx.RequestError):
            self._note(error)
        if isinstance(error, httpx.DecodingError):
            reason = f"the body cannot be decompressed as its Content-Encoding says ({error})"
            raise DecodeError(reason, operation=self._attempts.operation.id) from None
        of_url = isinstance(error, httpx.InvalidURL | UnicodeError) and not isinstance(error, UnicodeEncodeError)
        if of_url and not self._foreign and _is_of_httpx(traceback):
            fault = httpx.RemoteProtocolError("the answer is a redirect, and its Location is no URL")
            if request is not None:
                fault.request = _public_request(request, redaction)
            self._note(fault)
            raise fault from None

    def _note(self, error: httpx.RequestError) -> None:
        operation = self._attempts.operation
        note = f"{operation.id} ({operation.method} {operation.path})"
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)


def _is_of_httpx(traceback: TracebackType | None) -> bool:
    """Whether it was httpx, and no auth or hook of the caller's, that could not read an address."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    module = "" if traceback is None else str(traceback.tb_frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] in ("anyio", "asyncio", "encodings", "httpx", "idna", "socket")


def redaction_of(response: httpx.Response, auth: OriginAuth) -> Redaction:
    """What takes the secrets out of an answer: those of the request, and of those that were redirected."""
    requests = [*(each.request for each in response.history), response.request]
    return Redaction.of_requests(requests, auth.secret_headers)


def redact_error(error: DecodeError, redaction: Redaction) -> None:
    """Take the secrets out of what an error says of an answer."""
    error.reason = redaction.text(error.reason)
    error.path = redaction.text(one_line(error.path, LONGEST_PATH))
    for each in causes(error):
        _redact_text(each, redaction)


def _clean(error: BaseException, names: frozenset[str], redaction: Redaction) -> None:
    """Take what is secret out of an error, and the frames of httpx, whose variables hold it."""
    members = error.__dict__
    for name, value in list(members.items()):
        if isinstance(value, httpx.Request):
            members[name] = _public_request(value, redaction)
        elif isinstance(value, httpx.Response):
            members[name] = _public_response(value, names)
    of_httpcore = type(error).__module__.startswith(("httpcore", "h11", "h2", "anyio"))
    of_httpx = isinstance(error, httpx.RequestError | httpx.HTTPStatusError)
    if of_httpcore or of_httpx:
        error.__traceback__ = None
    _redact_text(error, redaction, outer=of_httpcore or of_httpx)


def _redact_text(error: BaseException, redaction: Redaction, *, outer: bool = False) -> None:
    """Take the secrets out of an error's text; where that is the server's, it becomes a line."""
    args = [one_line(each, LONGEST_PATH) if outer and isinstance(each, str) else each for each in error.args]
    if type(error).__name__ == "LocalProtocolError":
        args = [_QUOTED.sub("[left out]", each) if isinstance(each, str) else each for each in args]
    error.args = tuple(redaction.text(each) if isinstance(each, str) else each for each in args)


def _public_request(request: httpx.Request, redaction: Redaction) -> httpx.Request:
    url = public_url(request.url)
    return httpx.Request(request.method, "https://left-out.invalid/" if redaction.is_in(url) else url)


def _public_response(response: httpx.Response, names: frozenset[str]) -> httpx.Response:
    """The answer as an error may hold it: its status and headers, and its body where that was read."""
    redaction = Redaction.of_requests([response.request], names)
    headers = redaction.headers(response.headers)
    headers.pop("content-encoding", None)
    content = redaction.content(response.content) if response.is_stream_consumed else b""
    return httpx.Response(
        response.status_code, headers=headers, content=content, request=_public_request(response.request, redaction)
    )
