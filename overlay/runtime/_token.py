"""OAuth 2.0 tokens (RFC 6749) without I/O: build the request, read the answer, decide on the next attempt."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

import httpx

from ._attempts import Attempts
from ._reasons import is_certificate_error, is_gateway_failure, proxy_status, reason
from ._redaction import LEFT_OUT, Redaction
from .errors import AnswerTooLargeError, ApiError, DecodeError, TokenError, charset_of, one_line, parse_json, public_url
from .retry import AFTER_RATE_LIMIT, retry_after

logger = logging.getLogger("criteo_retail_media")

# Criteo's Java SDK asks three times, 250 ms apart (read in its source, 2026-11).
ATTEMPTS = 3
PAUSE = 0.25
# A 429 that asks for a longer wait than this, in seconds, fails at once.
LONGEST_PAUSE = 30.0

# Seconds. A call's own timeouts lower these for the token request it makes, never raise them.
TIMEOUTS = {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 30.0}

MAX_ANSWER = 2**20  # bytes; Criteo's answers have some hundred

# Marks a token request among an httpx client's requests: the caller's event hooks do not see it.
EXTENSION = "criteo_retail_media.token_request"

LIFETIME = 900.0  # seconds Criteo's tokens live, for an answer that does not say
# A token is renewed a minute before its end, or for the last fifth of a short life ...
EARLY, EARLY_SHARE = 60.0, 0.2
# ... and the last quarter of that is too close to the end to begin a call with it.
LATE_SHARE = 0.25

# Grants that rest on a user's consent, and what of it is sent.
CONSENTED = {"refresh_token": "refresh token", "authorization_code": "code"}

SECRET_FIELDS = ("client_secret", "refresh_token", "code", "code_verifier")


class Token:
    """An access token and its life, in seconds of the clock that its request was timed by."""

    def __init__(self, access_token: str, refresh_token: str | None, renew_at: float, stale_at: float) -> None:
        self.access_token = access_token
        self.refresh_token = refresh_token
        self.renew_at = renew_at
        self.stale_at = stale_at


class TokenRequest:
    """What to ask the token endpoint. It keeps the secrets out of the locals of any traceback."""

    def __init__(self, url: str, form: Mapping[str, str]) -> None:
        self.url = url
        self.public_url = public_url(httpx.URL(url))  # as an error may show it
        self.form = form

    @property
    def redaction(self) -> Redaction:
        """What takes the form's secrets out of the server's words."""
        return Redaction(self.form[name] for name in SECRET_FIELDS if name in self.form)

    def build(self, call: httpx.Request) -> httpx.Request:
        """The request, for a call that needs the token: all in the form, no HTTP Basic, as Criteo documents it."""
        headers = {"Accept": "application/json"}
        if "user-agent" in call.headers:
            headers["User-Agent"] = call.headers["user-agent"]
        extensions = {"timeout": timeouts_for(call), EXTENSION: True}
        return httpx.Request("POST", self.url, data=self.form, headers=headers, extensions=extensions)


def timeouts_for(call: httpx.Request) -> dict[str, float]:
    """The timeouts of a token request that this call needs."""
    given = call.extensions.get("timeout", {})
    return {name: most if given.get(name) is None else min(most, given[name]) for name, most in TIMEOUTS.items()}


class QuickPlan:
    """The attempts of a grant that is used without one of our clients, whose policy would say."""

    most_token_requests = ATTEMPTS

    def wait_for_token(self, outcome: httpx.Response | httpx.RequestError, attempt: int) -> float | None:
        """As `Attempts.wait_for_token`."""
        pause = PAUSE
        if isinstance(outcome, httpx.Response) and outcome.status_code == httpx.codes.TOO_MANY_REQUESTS:
            pause = retry_after(outcome.headers) or AFTER_RATE_LIMIT[min(attempt, len(AFTER_RATE_LIMIT)) - 1]
        return None if pause > LONGEST_PAUSE or attempt >= ATTEMPTS else pause


QUICK_PLAN = QuickPlan()


def judge(
    token_request: TokenRequest,
    outcome: httpx.Response | httpx.RequestError | DecodeError,
    attempt: int,
    requested_at: float,
    plan: Attempts | QuickPlan = QUICK_PLAN,
) -> Token | float:
    """The token, or the seconds to wait before the next attempt.

    Raises:
        TokenError: no token, and no use in asking again.
    """
    if isinstance(outcome, DecodeError):
        why = token_request.redaction.text(outcome.reason)
        if isinstance(outcome, AnswerTooLargeError):
            why = f"the answer is larger than {MAX_ANSWER} bytes"
        raise TokenError(f"no token from {token_request.public_url}: {why}", attempts=attempt)
    if isinstance(outcome, httpx.Response):
        if outcome.is_success:
            return _read_token(token_request, outcome, attempt, requested_at)
        why = ", a redirect, which would take the client secret elsewhere" if outcome.is_redirect else ""
        error = _no_token(token_request, outcome, attempt, why)
        error.is_transient = outcome.is_server_error or outcome.status_code == httpx.codes.TOO_MANY_REQUESTS
        grant = token_request.form.get("grant_type")
        if grant in CONSENTED and (error.error == "invalid_grant" or error.status_code == httpx.codes.FORBIDDEN):
            error.reason += f" (the {CONSENTED[grant]} is no longer good: ask for consent again)"
    else:
        # Not the error itself: it holds the request, with the secret in its body.
        why, kind = reason(outcome), type(outcome).__name__
        text = f"no answer from {token_request.public_url}{': ' if why else ''}{why} ({kind})"
        error = TokenError(text, attempts=attempt, is_transient=_is_transient(outcome))
    wait = plan.wait_for_token(outcome, attempt) if error.is_transient else None
    if wait is None:
        raise error
    logger.info("token request %d of %d failed, next in %.2f s: %s", attempt, plan.most_token_requests, wait, error)
    return wait


def _is_transient(error: httpx.RequestError) -> bool:
    if is_certificate_error(error):
        return False
    if isinstance(error, httpx.ProxyError):
        return is_gateway_failure(error) or proxy_status(error) is None
    return isinstance(error, httpx.TransportError | httpx.DecodingError)


def _read_token(token_request: TokenRequest, response: httpx.Response, attempt: int, requested_at: float) -> Token:
    body = parse_json(response.content, charset_of(response))
    if not isinstance(body, dict):
        raise _no_token(token_request, response, attempt, " without a JSON object")
    token, kind, refresh = body.get("access_token"), body.get("token_type"), body.get("refresh_token")
    if not isinstance(token, str) or not token:
        raise _no_token(token_request, response, attempt, " without access_token")
    if not is_header_safe(token):
        raise _no_token(token_request, response, attempt, " with an access_token that a header cannot carry")
    # RFC 6749 section 7.1: a client must not use a token whose type it does not know.
    if kind is not None and not (isinstance(kind, str) and kind.lower() == "bearer"):
        raise _no_token(token_request, response, attempt, " with a token_type that is not Bearer")
    lifetime = _lifetime(body.get("expires_in"))
    early, end = min(EARLY, lifetime * EARLY_SHARE), requested_at + lifetime
    newest = refresh if isinstance(refresh, str) and refresh else None
    return Token(token, newest, renew_at=end - early, stale_at=end - early * LATE_SHARE)


def is_header_safe(token: str) -> bool:
    """Whether a header can carry the token; httpx and h11 would put one that it cannot into the error's text."""
    return all("!" <= character <= "~" for character in token)


def _lifetime(expires_in: Any) -> float:
    """Seconds from ``expires_in``: a number, though some servers send a string, and RFC 6749 lets it be absent."""
    try:
        seconds = math.nan if isinstance(expires_in, bool) else float(expires_in)
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    return max(seconds, 0.0) if math.isfinite(seconds) else LIFETIME


def _no_token(token_request: TokenRequest, response: httpx.Response, attempt: int, why: str) -> TokenError:
    """The error of an answer: RFC 6749's, Criteo's envelope, or a proxy's page; Criteo documents none of them."""
    problems = ApiError.from_response(response, redaction=token_request.redaction).problems
    code, words = (problems[0].code, problems[0].detail or problems[0].title) if problems else (None, None)
    kind = response.headers.get("content-type", "")
    kind = "" if token_request.redaction.is_in(kind) else one_line(kind, 80)
    answer = f"{kind or 'no content type'}, {len(response.content)} bytes"
    return TokenError(
        f"no token from {token_request.public_url}: an answer ({answer}){why}",
        status_code=response.status_code,
        error=_quote(code),
        error_description=_quote(words),
        attempts=attempt,
    )


def _quote(text: str | None) -> str | None:
    """The server's words, in a line, but nothing of those that held a secret."""
    return None if not text or LEFT_OUT in text or "[token]" in text else one_line(text)
