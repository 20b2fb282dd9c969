"""What goes wrong, as exceptions. All of them pickle, and none holds a token, a client secret or a cookie.

`CriteoError` is the root. Where no answer came at all, httpx's own `httpx.TransportError` (`httpx.TimeoutException`,
`httpx.ConnectError`, …) passes through unchanged, without the headers of the request it belongs to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any, ClassVar, Self

import httpx
from attrs import field, frozen

from ._redaction import Redaction
from .retry import retry_after

__all__ = [
    "AnswerTooLargeError",
    "ApiError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "CriteoError",
    "DecodeError",
    "EncodeError",
    "GoneError",
    "NotFoundError",
    "PermissionDeniedError",
    "Problem",
    "RateLimitError",
    "ServerError",
    "TokenError",
]

# Bounds of a message, in characters and problems: a bulk answer can hold thousands of problems, each of any length.
LONGEST_TEXT = 200
LONGEST_PATH = 500
MOST_PROBLEMS = 5

STATUSES: dict[int, HTTPStatus] = {status.value: status for status in HTTPStatus}


class CriteoError(Exception):
    """Root of this package's exceptions."""


class ConfigurationError(CriteoError, ValueError):
    """A client cannot be made from the environment: the text names what is missing."""


class TokenError(CriteoError):
    """No access token could be had.

    Attributes:
        reason: what happened, in a few words.
        status_code: status of the token endpoint's last answer, or None where none came.
        error: OAuth error code (RFC 6749 section 5.2) such as ``invalid_client``, or None.
        error_description: the token endpoint's own words, or None.
        attempts: how many requests were made.
        is_transient: whether a later request may succeed: no answer came, or a 429 or 5xx.
    """

    def __init__(
        self,
        reason: str,
        *,
        status_code: int | None = None,
        error: str | None = None,
        error_description: str | None = None,
        attempts: int = 1,
        is_transient: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_code = status_code
        self.error = error
        self.error_description = error_description
        self.attempts = attempts
        self.is_transient = is_transient

    def __str__(self) -> str:
        status = f"status {self.status_code}" if self.status_code is not None else ""
        times = f" after {self.attempts} attempts" if self.attempts > 1 else ""
        details = _join(", ", status, one_line(self.error), one_line(self.error_description))
        return _join(": ", one_line(self.reason, LONGEST_PATH) + times, details)


class DecodeError(CriteoError):
    """A 2xx answer is not what the API's document promises.

    Attributes:
        reason: what is wrong with the value at ``path``.
        path: where, such as ``data[3].attributes.createdAt``; empty for the body as a whole.
        content: the raw body, or None where a model was read from data of another origin.
        operation: the operation's id, empty as for ``content``.
    """

    def __init__(self, reason: str, *, path: str = "", content: bytes | None = None, operation: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.content = content
        self.operation = operation

    def __str__(self) -> str:
        return _join(": ", self.operation, one_line(self.path, LONGEST_PATH), one_line(self.reason))


class AnswerTooLargeError(DecodeError):
    """A 2xx answer is larger than the client reads into memory; nothing of it is kept.

    Attributes:
        limit: the bound, in bytes, counted after decompression.
    """

    def __init__(self, limit: int, *, operation: str = "") -> None:
        super().__init__(
            f"the answer is larger than {limit} bytes: raise the client's max_answer, or use downloads.to_file",
            operation=operation,
        )
        self.limit = limit

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.limit,), self.__dict__


class EncodeError(CriteoError, ValueError):
    """A value cannot be sent: the document does not allow it there, or JSON or HTTP cannot say it. Nothing was sent.

    Attributes:
        reason: what is wrong with the value at ``path``.
        path: where, such as ``body.data[4].attributes.name`` or ``account_id``.
    """

    def __init__(self, reason: str, *, path: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return _join(": ", one_line(self.path, LONGEST_PATH), one_line(self.reason))


@frozen
class Problem:
    """One entry of an answer's ``errors`` or ``warnings``. Only ``type`` and ``code`` are in every known sample.

    Attributes:
        code: the kind of problem, for programs.
        title: the kind of problem, for people.
        detail: what is wrong in this case.
        type: the class of problem, such as ``validation`` or ``authorization``.
        instance: where: an address, or a pointer into the request such as ``@data/3``.
        source: further pointers into the request.
        trace_id: what to tell Criteo's support.
    """

    code: str | None = None
    title: str | None = None
    detail: str | None = None
    type: str | None = None
    instance: str | None = None
    source: dict[str, str] = field(factory=dict, hash=False)
    trace_id: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read an entry of any of the document's seven problem schemas; what is no text becomes its JSON text."""
        source = data.get("source")
        names = ("code", "title", "detail", "type", "instance")
        texts: dict[str, Any] = {name: _text(data.get(name)) for name in names}
        return cls(
            **texts,
            source={str(key): _text(each) or "" for key, each in source.items()} if isinstance(source, Mapping) else {},
            trace_id=_text(data.get("traceId")) or _text(data.get("traceIdentifier")),
        )

    def __str__(self) -> str:
        text = _join(": ", self.code or self.type, self.title, self.detail)
        where = self.instance or ", ".join(self.source.values())
        return one_line(text or "problem without a code") + (f" (at {one_line(where)})" if where else "")


class ApiError(CriteoError):
    """An answer whose status is not 2xx; the subclasses tell the common ones apart.

    Attributes:
        status_code: the HTTP status, whether IANA lists it or not.
        problems: what the body says is wrong; empty where it says nothing that can be read.
        trace_id: id to give to Criteo's support, or None.
        headers: the answer's headers without cookies (`httpx.Headers`).
        content: the raw body.
        operation: the operation's id, such as ``bulkUpdateAudienceSegments``.
        method: the request's method.
        url: the request's URL without query and user information.
    """

    advice: ClassVar[str] = ""

    def __init__(
        self,
        status_code: int,
        *,
        problems: tuple[Problem, ...] = (),
        trace_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        operation: str = "",
        method: str = "",
        url: str = "",
    ) -> None:
        super().__init__(status_code)
        self.status_code = status_code
        self.problems = problems
        self.trace_id = trace_id
        self.headers: Mapping[str, str] = {} if headers is None else headers
        self.content = content
        self.operation = operation
        self.method = method
        self.url = url

    @staticmethod
    def from_response(response: httpx.Response, operation: str = "", redaction: Redaction | None = None) -> ApiError:
        """The error of the right class for an answer that has been read. The body counts, not its content type.

        A server that repeats the request's secrets must not make the error carry them: ``redaction`` takes them out, by
        default those of the request's usual headers.
        """
        status = response.status_code
        redaction = redaction or Redaction.of_requests([response.request])
        parsed = parse_json(response.content, charset_of(response))
        content, body = redaction.content(response.content, parsed), redaction.json(parsed)
        try:
            problems = tuple(_problems(body))
        except RecursionError:  # what is nested that deeply is no problem of Criteo's
            problems = ()
        kind = _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
        return kind(
            status,
            problems=problems,
            trace_id=next((problem.trace_id for problem in problems if problem.trace_id), None),
            headers=redaction.headers(response.headers),
            content=content,
            operation=operation,
            method=response.request.method,
            url=redaction.text(public_url(response.request.url)),
        )

    def __str__(self) -> str:
        known = STATUSES.get(self.status_code)
        status = f"{self.status_code} {known.phrase}" if known else str(self.status_code)
        return _join(
            " | ",
            f"{self.operation or 'request'}: {self.method} {one_line(self.url, LONGEST_PATH)} answered {status}",
            "; ".join(problem_lines(self.problems)) or _excerpt(self.content),
            self.advice,
            f"trace id {one_line(self.trace_id)}" if self.trace_id else "",
        )


class BadRequestError(ApiError):
    """400: the body or a business rule; the problems say which field."""


class AuthenticationError(ApiError):
    """401, also with a new token."""

    advice = "the token was refused: check the credentials and that the application is active"


class PermissionDeniedError(ApiError):
    """403: the application lacks the permission or the account's consent, or the consent has ended."""

    advice = (
        "the application needs this operation's scope and the account's consent;"
        " where a consent has ended, ask for consent again"
    )


class NotFoundError(ApiError):
    """404: no such account, entity or path."""


class GoneError(ApiError):
    """410: the API version was retired."""

    advice = "this version of the API was retired: move to a newer release of the client"


class RateLimitError(ApiError):
    """429, after the client's retries.

    Attributes:
        retry_after: seconds from the answer until calls are taken again, or None where the answer does not say.
    """

    advice = "too many calls: call less often, or raise the retry budget"

    def __init__(self, status_code: int = 429, **members: Any) -> None:
        super().__init__(status_code, **members)
        self.retry_after: float | None = retry_after(self.headers)

    def __str__(self) -> str:
        return super().__str__() + (f" | retry after {self.retry_after:.0f} s" if self.retry_after is not None else "")


class ServerError(ApiError):
    """5xx: the service, or a proxy before it, failed. A write may have been carried out all the same."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    410: GoneError,
    429: RateLimitError,
}


def public_url(url: httpx.URL) -> str:
    """The URL without what may be private: user information, query, fragment."""
    return str(url.copy_with(userinfo=b"", query=None, fragment=None))


def parse_json(content: bytes, charset: str | None = None) -> object:
    """The JSON in a body, whatever its encoding says it is; None where there is none."""
    for encoding in (None, charset, "latin-1"):
        try:
            return json.loads(content.decode(encoding) if encoding else content)
        except (UnicodeDecodeError, LookupError):
            continue  # not in this encoding, or none that Python knows
        except (ValueError, RecursionError):
            return None
    return None


def _problems(body: object) -> Iterator[Problem]:
    """The problems in an error's body: Criteo's envelope, a bare list or problem, OAuth's and gateways' errors."""
    if isinstance(body, list):
        for entry in body:
            if isinstance(entry, Mapping):
                yield Problem.from_dict(entry)
            elif entry is not None:
                yield Problem(title=_text(entry))
        return
    if not isinstance(body, Mapping):
        return
    errors = body.get("errors")
    if isinstance(errors, list) and errors:
        yield from _problems(errors)
    elif isinstance(body.get("error"), str):
        yield Problem(code=body["error"], detail=_text(body.get("error_description")))
    elif isinstance(body.get("error"), Mapping):
        yield from _problems(body["error"])
    elif any(body.get(name) for name in ("code", "title", "detail")):
        yield Problem.from_dict(body)
        if isinstance(errors, Mapping):  # ASP.NET's validation problem: field -> messages
            yield from (Problem(detail=_text(text), source={str(name): str(name)}) for name, text in errors.items())
    elif body.get("message"):
        yield Problem(title=_text(body["message"]))


def _join(separator: str, *parts: str | None) -> str:
    return separator.join(filter(None, parts))


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def one_line(text: str | None, longest: int = LONGEST_TEXT) -> str:
    """Text from outside as it may stand in a message or a log: one line of printable characters, of bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in (text or "")[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[:longest]}…"


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """A line for each of the first problems, and one that counts the rest: an answer may hold 100,000 of them."""
    rest = iter(problems)
    for problem in islice(rest, MOST_PROBLEMS):
        yield str(problem)
    if more := sum(1 for _ in rest):
        yield f"and {more} more problems"


def _excerpt(content: bytes) -> str:
    """What a body that holds no problem looks like to a person: its text without HTML tags."""
    text = content[: 16 * LONGEST_TEXT].decode("utf-8", "replace")
    return one_line(re.sub(r"<[^>]*>", " ", text)) or "without a body"


def charset_of(response: httpx.Response) -> str | None:
    """The charset that the answer names; httpx reads the header with `email`, which an odd one can break."""
    try:
        return response.charset_encoding
    except (ValueError, LookupError, TypeError, IndexError):
        return None
