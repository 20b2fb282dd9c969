"""Errors on their way out of a call: without the request's secrets, and none but the documented ones."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

import httpx

from ._reasons import causes
from ._redaction import SECRET_HEADERS, Redaction
from .errors import LEFT_OUT_HEADERS, CriteoError, DecodeError, public_url

if TYPE_CHECKING:
    from ._operation import Operation
    from .auth import OriginAuth


class cleaned:  # noqa: N801 (used as a function, as `contextlib.suppress`)
    """Keeps requests, with the token and the body, out of all errors that leave the block: they can be pickled.

    A note on httpx's says which operation it was: its own text does not. An address in an answer that is none (a
    redirect to ``mailto:``) is an answer that breaks the protocol. ``foreign``: the block is the caller's own, so an
    address may be one of the caller's.
    """

    __slots__ = ("_auth", "_foreign", "_operation")

    def __init__(self, operation: Operation[Any], auth: OriginAuth, *, foreign: bool = False) -> None:
        self._operation = operation
        self._auth = auth
        self._foreign = foreign

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, CriteoError):
            return
        names = signed_headers(self._auth)
        for each in causes(error):
            _clean(each, names)
        if isinstance(error, httpx.RequestError):
            self._note(error)
        if isinstance(error, httpx.DecodingError):
            reason = f"the body cannot be decompressed as its Content-Encoding says ({error})"
            raise DecodeError(reason, operation=self._operation.id) from None
        of_url = isinstance(error, httpx.InvalidURL | UnicodeError) and not isinstance(error, UnicodeEncodeError)
        if of_url and not self._foreign and _is_of_httpx(traceback):
            fault = httpx.RemoteProtocolError("the answer is a redirect, and its Location is no URL")
            self._note(fault)
            raise fault from None

    def _note(self, error: httpx.RequestError) -> None:
        note = f"{self._operation.id} ({self._operation.method} {self._operation.path})"
        if note not in getattr(error, "__notes__", ()):
            error.add_note(note)


def _is_of_httpx(traceback: TracebackType | None) -> bool:
    """Whether it was httpx, and no auth or hook of the caller's, that could not read an address."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    module = "" if traceback is None else str(traceback.tb_frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] in ("anyio", "asyncio", "encodings", "httpx", "idna", "socket")


def signed_headers(auth: OriginAuth) -> frozenset[str]:
    """Names of the headers that carry a token."""
    return SECRET_HEADERS | auth.signed


def redaction_of(response: httpx.Response, auth: OriginAuth) -> Redaction:
    """What takes the secrets out of an answer: those of the request, and of those that were redirected."""
    requests = [*(each.request for each in response.history), response.request]
    return Redaction.of_requests(requests, signed_headers(auth))


def _clean(error: BaseException, names: frozenset[str]) -> None:
    """Take what is secret out of an error, and the frames of httpx, whose variables hold it."""
    members = error.__dict__
    for name, value in list(members.items()):
        if isinstance(value, httpx.Request):
            members[name] = _public_request(value)
        elif isinstance(value, httpx.Response):
            members[name] = _public_response(value, names)
    if isinstance(error, httpx.RequestError | httpx.HTTPStatusError) or type(error).__module__.startswith(
        ("httpcore", "h11", "h2", "anyio")
    ):
        error.__traceback__ = None


def _public_request(request: httpx.Request) -> httpx.Request:
    return httpx.Request(request.method, public_url(request.url))


def _public_response(response: httpx.Response, names: frozenset[str]) -> httpx.Response:
    """The answer as an error may hold it: its status and headers, and its body where that was read."""
    redaction = Redaction.of_requests([response.request], names)
    headers = {name: redaction.text(value) for name, value in response.headers.items() if name not in LEFT_OUT_HEADERS}
    headers.pop("content-encoding", None)
    content = redaction.content(response.content) if response.is_stream_consumed else b""
    return httpx.Response(
        response.status_code, headers=headers, content=content, request=_public_request(response.request)
    )
