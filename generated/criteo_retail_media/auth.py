"""How calls get their token: OAuth 2.0 grants as ``httpx.Auth``, one token request however many callers wait.

``ClientCredentials``, ``RefreshToken`` and ``AuthorizationCode`` work with any httpx client, from any number of
threads, tasks and event loops at once. A token is renewed ahead of its end, by one caller while the others still use
it; on a 401 the token that failed is dropped, not a newer one, and the call is made once more. Where no token can be
had, the call raises ``TokenError``.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import os
import re
import threading
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing, closing, contextmanager
from typing import Any

import httpx

from . import _body
from ._attempts import EXTENSION as ATTEMPTS
from ._attempts import Attempts
from ._checks import find_header_fault, find_secret_fault, find_url_fault
from ._deadline import enforce_deadlines, now, remaining, until
from ._provenance import BASE_URL, TOKEN_URL
from ._redaction import SECRET_HEADERS, conceal
from ._steps import Step, Steps, perform, perform_async
from ._token import MAX_ANSWER, QUICK_PLAN, Token, TokenRequest, is_header_safe, judge, timeouts_for
from ._transports import adapt_hooks
from .errors import DecodeError, TokenError
from .retry import RetryPolicy

__all__ = [
    "AuthorizationCode",
    "ClientCredentials",
    "OriginAuth",
    "RefreshToken",
    "StaticToken",
    "TokenAuth",
    "create_pkce_pair",
]

Http = httpx.Client | httpx.AsyncClient

# The request extension that overrides whether `OriginAuth` follows redirects.
FOLLOW = "criteo_retail_media.follow_redirects"

# Seconds a caller waits for another's token request, before it takes that caller for lost (as when its event loop was
# stopped for good). Longer than three attempts that all time out.
PATIENCE = 300.0


class _Flight:
    """One token request under way: who leads it, and what its waiters will get."""

    def __init__(self, spare: Token | None) -> None:
        from concurrent.futures import Future  # here, since httpx does not import it either

        self.spare = spare  # a token that is still good meanwhile
        self.leader = threading.get_ident()
        self.outcome: Token | TokenError | None = None  # None: the leader is gone, a waiter takes over
        self.future: Future[Token | TokenError | None] = Future()
        self.future.set_running_or_notify_cancel()  # from here on no waiter's cancellation reaches it

    async def wait_async(self, seconds: float) -> Token | TokenError | None:
        """`future.result` for asyncio."""
        import asyncio

        async with asyncio.timeout(seconds):
            return await asyncio.wrap_future(self.future)


class _TokenCache:
    """The token and the flight that renews it. The lock is held for a few assignments, never during I/O."""

    def __init__(self) -> None:
        self._token: Token | None = None
        self.after_fork()
        _caches.add(self)

    def after_fork(self) -> None:
        """In a forked child the lock's holder and the flight's leader do not exist; the token is still good."""
        self._lock = threading.Lock()
        self._flight: _Flight | None = None

    def board(self, now: float, *, blocking: bool) -> Token | tuple[_Flight, bool]:
        """A token to use, or the flight that will bring one and whether the caller leads it."""
        with self._lock:
            token, flight = self._token, self._flight
            if token is not None and now < token.renew_at:
                return token
            token = token if token is not None and now < token.stale_at else None
            # A blocking caller cannot wait for a task of its own thread: the task would wait for the caller.
            if flight is None or (blocking and flight.leader == threading.get_ident()):
                self._flight = flight = _Flight(spare=token)
                return flight, True
            return (flight, False) if token is None else token

    @contextmanager
    def leading(self, flight: _Flight) -> Iterator[None]:
        """End the flight with the outcome that its leader sets in the block, also where the block raises."""
        try:
            yield
        except TokenError as error:
            if remaining() > 0:  # else it is the leader's deadline that has passed, and none of the others'
                flight.outcome = error.with_traceback(None)  # whose frames refer to the flight
        finally:
            with self._lock:
                if self._flight is flight:
                    self._flight = None
                    if isinstance(flight.outcome, Token):
                        self._token = flight.outcome
                    elif isinstance(flight.outcome, TokenError) and self._token is not None:
                        # Not again for each call: the old token serves until it must be replaced.
                        self._token.renew_at = self._token.stale_at
            flight.future.set_result(flight.outcome)

    def abandon(self, flight: _Flight) -> None:
        """Let the next caller lead, where this flight does not land."""
        with self._lock:
            if self._flight is flight:
                self._flight = None

    def drop(self, access_token: str) -> None:
        """Forget this token, and no newer one."""
        with self._lock:
            if self._token is not None and self._token.access_token == access_token:
                self._token = None


_caches: weakref.WeakSet[_TokenCache] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for cache in _caches:
        cache.after_fork()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork_in_child)


class TokenAuth(httpx.Auth):
    """What the three grants share. Pickles and copies as its configuration: no access token, no lock.

    On its own it signs every request of the httpx client it is given to, and makes a short-lived httpx client for each
    token request; ``OriginAuth`` keeps it to one origin and lends it a client.
    """

    _policy = RetryPolicy()  # whose clock and waits are used; tests replace it on an instance

    def __init__(
        self,
        client_id: str,
        client_secret: str | None,
        token_url: str | None,
        allow_http: str | None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        self._on_refresh_token = on_refresh_token
        self.client_id = _check_secret("client_id", client_id)
        self._client_secret = None if client_secret is None else _check_secret("client_secret", client_secret)
        self._has_token_url = token_url is not None
        self._base_url: str | None = None  # of the client that uses it
        token_url = TOKEN_URL if token_url is None else token_url
        fault = find_secret_fault(token_url) or find_url_fault(token_url, sends_secrets=True, allow_http=allow_http)
        if fault:
            raise ValueError(f"token_url {fault}")
        self.token_url = str(httpx.URL(token_url))
        self._cache = _TokenCache()

    def __repr__(self) -> str:
        client_id, token_url = self.__dict__.get("client_id"), self.__dict__.get("token_url")  # it may be half-made
        return f"{type(self).__name__}(client_id={client_id!r}, token_url={token_url!r})"

    def use_base_url(self, base_url: str) -> None:
        """Ask for tokens below this client's ``base_url``, where no ``token_url`` was given.

        Raises:
            ValueError: another client's ``base_url`` is in use: the secret would go to one of the two by mistake.
        """
        if self._has_token_url:
            return
        base_url = base_url.rstrip("/")
        token_url = TOKEN_URL if base_url == BASE_URL else base_url + httpx.URL(TOKEN_URL).path
        if self._base_url not in (None, base_url):
            raise ValueError(
                f"auth gets its tokens below {self._base_url}, the base_url of its first client: make one auth for each"
                " base_url, or give token_url=…"
            )
        self._base_url, self.token_url = base_url, token_url

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_cache"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._cache = _TokenCache()

    def _grant(self) -> dict[str, str]:
        """The form fields of the grant."""
        raise NotImplementedError

    def _store_token(self, token: Token) -> None:
        """Store what a new token brings; the leader calls it before the others get the token."""

    def _token_request(self) -> TokenRequest:
        secret = {} if self._client_secret is None else {"client_secret": self._client_secret}
        return TokenRequest(self.token_url, {"client_id": self.client_id, **secret, **self._grant()})

    def sync_auth_flow(
        self, request: httpx.Request, http: httpx.Client | None = None
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token; ``http`` sends the token request."""
        token = perform(self._get_token(request, http, blocking=True))
        response = yield _with_token(request, token)
        if response.status_code == httpx.codes.UNAUTHORIZED and _is_repeatable(request):
            _body.read(response, _body.MAX_ERROR)  # gives back its connection, which the token request may need
            self._cache.drop(token)
            yield _with_token(request, perform(self._get_token(request, http, blocking=True)))

    async def async_auth_flow(
        self, request: httpx.Request, http: httpx.AsyncClient | None = None
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request with a token; ``http`` sends the token request."""
        token = await perform_async(self._get_token(request, http, blocking=False))
        response = yield _with_token(request, token)
        if response.status_code == httpx.codes.UNAUTHORIZED and _is_repeatable(request):
            await _body.read_async(response, _body.MAX_ERROR)
            self._cache.drop(token)
            yield _with_token(request, await perform_async(self._get_token(request, http, blocking=False)))

    def _get_token(self, request: httpx.Request, http: Http | None, *, blocking: bool) -> Steps[str]:
        failures = 0
        attempts: Attempts | None = request.extensions.get(ATTEMPTS)
        while True:
            _check_deadline()
            seat = self._cache.board(self._policy.clock(), blocking=blocking)
            if isinstance(seat, Token):
                return seat.access_token
            flight, leads = seat
            if leads:
                with self._cache.leading(flight):
                    flight.outcome = yield from self._request_token(request, http, blocking=blocking)
                    self._store_token(flight.outcome)
            try:
                outcome = yield Step(flight.future.result, flight.wait_async, min(PATIENCE, remaining()))
            except TimeoutError:
                _check_deadline()
                self._cache.abandon(flight)
                continue
            if isinstance(outcome, Token):
                return outcome.access_token
            if outcome is not None and flight.spare is None:
                failures += outcome.attempts
                wait = None
                if attempts is not None and outcome.is_transient and not leads:  # its policy may allow more attempts
                    wait = attempts.wait_for_token(httpx.ConnectError("no token"), failures)
                if attempts is None or wait is None:
                    raise copy.copy(outcome)
                yield Step(attempts.policy.sleep, attempts.policy.sleep_async, wait)

    def _request_token(self, request: httpx.Request, http: Http | None, *, blocking: bool) -> Steps[Token]:
        if http is None:
            own = httpx.Client() if blocking else httpx.AsyncClient()
            enforce_deadlines(own)
            try:
                return (yield from self._request_token(request, own, blocking=blocking))
            finally:
                yield Step(httpx.Client.close, httpx.AsyncClient.aclose, own)
        adapt_hooks(http)
        token_request, attempt = self._token_request(), 0
        attempts: Attempts | None = request.extensions.get(ATTEMPTS)
        policy = self._policy if attempts is None else attempts.policy
        while True:
            attempt, requested_at = attempt + 1, self._policy.clock()
            outcome: httpx.Response | httpx.RequestError | DecodeError
            try:
                with until(now() + timeouts_for(request)["read"]):  # however steadily the answer drips
                    outcome = yield Step(_send, _send_async, http, token_request.build(request))
            except (httpx.RequestError, DecodeError) as error:
                outcome = error
            except (httpx.InvalidURL, UnicodeError):
                outcome = httpx.RemoteProtocolError("a redirect whose Location is no URL")
            verdict = judge(token_request, outcome, attempt, requested_at, attempts or QUICK_PLAN)
            if isinstance(verdict, Token):
                return verdict
            yield Step(policy.sleep, policy.sleep_async, verdict)


def _send(http: httpx.Client, request: httpx.Request) -> httpx.Response:
    response = http.send(request, auth=None, follow_redirects=False, stream=True)
    _body.read(response, MAX_ANSWER)
    return response


async def _send_async(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    response = await http.send(request, auth=None, follow_redirects=False, stream=True)
    await _body.read_async(response, MAX_ANSWER)
    return response


@conceal
class ClientCredentials(TokenAuth):
    """The application's own access, with its id and secret.

    Args:
        client_id: the application's id.
        client_secret: its secret.
        token_url: the token endpoint. By default the one that belongs to the ``base_url`` of the client that this is
            given to; where the two are on different hosts, as for a regional API, name each.
        allow_http: name of the one host, other than this machine, to which the secret may go over http.

    Raises:
        ValueError: an argument cannot be one, or ``token_url`` would carry the secret in the clear.
    """

    def __init__(
        self, client_id: str, client_secret: str, *, token_url: str | None = None, allow_http: str | None = None
    ) -> None:
        super().__init__(client_id, _check_secret("client_secret", client_secret), token_url, allow_http)

    def _grant(self) -> dict[str, str]:
        return {"grant_type": "client_credentials"}


class _Consented(TokenAuth):
    """Access to which a user consented; it lives on by refresh tokens, of which the newest given is kept."""

    _refresh_token: str | None = None

    @property
    def refresh_token(self) -> str | None:
        """The newest refresh token. Criteo's live 6 months; whether each use gives a new one is not documented."""
        return self._refresh_token

    def _grant(self) -> dict[str, str]:
        if self._refresh_token is None:
            raise TokenError("The token has ended and the token endpoint gave no refresh token: ask for consent again")
        return {"grant_type": "refresh_token", "refresh_token": self._refresh_token}

    def _store_token(self, token: Token) -> None:
        if token.refresh_token is not None and token.refresh_token != self._refresh_token:
            self._refresh_token = token.refresh_token
            if self._on_refresh_token is not None:
                self._on_refresh_token(token.refresh_token)


@conceal
class RefreshToken(_Consented):
    """A user's access, from the refresh token of an earlier consent.

    ``on_refresh_token`` is called with each new refresh token, so that it can be stored: by the caller that fetched
    it, while others wait, so it should be quick. What it raises reaches that caller. ``client_secret`` is None for an
    application without one, which says so with ``public_client=True``. The other arguments are those of
    `ClientCredentials`.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None,
        refresh_token: str,
        *,
        public_client: bool = False,
        token_url: str | None = None,
        allow_http: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        if client_secret is None and not public_client:
            raise ValueError("client_secret must be a string that is not empty (or give public_client=True)")
        super().__init__(client_id, client_secret, token_url, allow_http, on_refresh_token)
        self._refresh_token = _check_secret("refresh_token", refresh_token)


@conceal
class AuthorizationCode(_Consented):
    """A user's access, from the code that the consent page gave; the code is exchanged once.

    After that the refresh token that came with it is used; ``TokenError`` where none came and the token has ended.
    ``on_refresh_token`` is as in ``RefreshToken``.

    With PKCE (RFC 7636) give the ``code_verifier`` of `create_pkce_pair`, whose challenge the consent page was opened
    with; ``client_secret`` may then be None.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str | None,
        code: str,
        redirect_uri: str,
        *,
        code_verifier: str | None = None,
        token_url: str | None = None,
        allow_http: str | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        if client_secret is None and code_verifier is None:
            raise ValueError("client_secret must be a string that is not empty (or give code_verifier=…)")
        if code_verifier is not None and not _CODE_VERIFIER.fullmatch(code_verifier):
            raise ValueError("code_verifier must be 43 to 128 letters, digits and -._~ (RFC 7636 section 4.1)")
        super().__init__(client_id, client_secret, token_url, allow_http, on_refresh_token)
        self._code: str | None = _check_secret("code", code)
        self._code_verifier = code_verifier
        self.redirect_uri = _check_secret("redirect_uri", redirect_uri)

    def _grant(self) -> dict[str, str]:
        if self._code is None:
            return super()._grant()
        form = {"grant_type": "authorization_code", "code": self._code, "redirect_uri": self.redirect_uri}
        return form if self._code_verifier is None else {**form, "code_verifier": self._code_verifier}

    def _store_token(self, token: Token) -> None:
        self._code = self._code_verifier = None
        super()._store_token(token)


_CODE_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def create_pkce_pair() -> tuple[str, str]:
    """A new code verifier, for `AuthorizationCode`, and its S256 challenge, for the consent page (RFC 7636).

    Open the page with ``code_challenge=<challenge>&code_challenge_method=S256``, and keep the verifier meanwhile.
    """
    import secrets  # here: few programs ask a user for consent

    verifier = secrets.token_urlsafe(64)  # 86 characters
    return verifier, code_challenge(verifier)


def code_challenge(verifier: str) -> str:
    """The S256 challenge of a code verifier (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@conceal
class StaticToken(httpx.Auth):
    """A token that the caller got elsewhere; a 401 is given back as it is."""

    def __init__(self, token: str, prefix: str = "Bearer", header: str = "Authorization") -> None:
        if not is_header_safe(_check_secret("token", token)):
            raise ValueError("token has characters that a header cannot carry")
        if fault := find_header_fault(header, prefix):
            raise ValueError(f"prefix or auth_header_name: {fault}")
        self._value = f"{prefix} {token}" if prefix else token
        self._header = header

    def __repr__(self) -> str:
        return f"{type(self).__name__}(header={self.__dict__.get('_header')!r})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the token."""
        request.headers[self._header] = self._value
        yield request


class OriginAuth(httpx.Auth):
    """Any ``httpx.Auth``, kept to one origin (scheme, host and port): requests elsewhere go out without a token.

    Send with ``follow_redirects=False`` and say here whether redirects are followed: httpx itself would keep the token
    from ``http`` to ``https`` of a host, and any header but ``Authorization`` everywhere. A request can also say so
    itself, by the extension `FOLLOW`. ``http`` is the client that sends the calls; it sends the token requests too, so
    that they share its proxies and certificates.
    """

    def __init__(self, auth: httpx.Auth, base_url: str, http: Http, *, follow_redirects: bool = False) -> None:
        self._auth = auth
        self._lent = (http,) if isinstance(auth, TokenAuth) else ()
        self._origin = _origin(httpx.URL(base_url))
        self._follow_redirects = follow_redirects
        # All headers the auth was ever seen to set: a request that is sent again has them before the auth sees it.
        self._signed: set[str] = set()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request, and where its redirects lead."""
        hop: httpx.Request | None = request
        while hop is not None:
            unsigned = _pairs(hop)
            auth, lent = self._auth_for(hop)
            with closing(auth.sync_auth_flow(hop, *lent)) as flow:
                step = next(flow)
                while True:
                    self._note_signed_headers(hop, unsigned)
                    response = yield step
                    try:
                        step = flow.send(response)
                    except StopIteration:
                        break
                    if not response.is_closed:  # httpx reads it, whatever its size
                        _body.read(response, _body.MAX_ERROR)
            if response.request is not hop:  # the auth made its own
                self._note_signed_headers(response.request, unsigned)
            hop = self._follow_redirect(response)
            if hop is not None:
                _body.read(response, _body.MAX_ERROR)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request, and where its redirects lead."""
        hop: httpx.Request | None = request
        while hop is not None:
            unsigned = _pairs(hop)
            auth, lent = self._auth_for(hop)
            async with aclosing(auth.async_auth_flow(hop, *lent)) as flow:
                step = await anext(flow)
                while True:
                    self._note_signed_headers(hop, unsigned)
                    response = yield step
                    try:
                        step = await flow.asend(response)
                    except StopAsyncIteration:
                        break
                    if not response.is_closed:  # httpx reads it, whatever its size
                        await _body.read_async(response, _body.MAX_ERROR)
            if response.request is not hop:  # the auth made its own
                self._note_signed_headers(response.request, unsigned)
            hop = self._follow_redirect(response)
            if hop is not None:
                await _body.read_async(response, _body.MAX_ERROR)

    def _auth_for(self, request: httpx.Request) -> tuple[Any, tuple[Any, ...]]:
        """The auth, and what its flow takes beside the request; to another origin, one that does nothing."""
        return (self._auth, self._lent) if _origin(request.url) == self._origin else (httpx.Auth(), ())

    def _note_signed_headers(self, sent: httpx.Request, unsigned: set[tuple[bytes, bytes]]) -> None:
        self._signed.update(name.decode("latin-1") for name, _ in _pairs(sent) - unsigned)

    @property
    def secret_headers(self) -> frozenset[str]:
        """Names of the headers that hold secrets: the usual ones, and those that were ever seen to carry a token."""
        return SECRET_HEADERS.union(self._signed.copy())

    def _follow_redirect(self, response: httpx.Response) -> httpx.Request | None:
        """The request a redirect leads to, without the headers that the auth sets: the caller may send it, too."""
        if response.next_request is None:
            return None
        for name in tuple(self._signed):  # another thread may add to it
            response.next_request.headers.pop(name, None)
        follow = response.request.extensions.get(FOLLOW, self._follow_redirects)
        return response.next_request if follow else None


def _with_token(request: httpx.Request, access_token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {access_token}"
    return request


def _is_repeatable(request: httpx.Request) -> bool:
    """Whether the body can be sent again: it is in memory, or files of known length that httpx rewinds (0.28)."""
    kinds = (httpx.SyncByteStream, httpx.AsyncByteStream)
    return all(isinstance(request.stream, kind) for kind in kinds) and "transfer-encoding" not in request.headers


def _pairs(request: httpx.Request) -> set[tuple[bytes, bytes]]:
    """Names, in lower case, and values of the headers. As bytes: httpx decodes all of them to look up one."""
    return {(name.lower(), value) for name, value in request.headers.raw}


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    # httpx writes scheme and host in lower case, and a port that is the scheme's default as None.
    return url.scheme, url.raw_host, url.port


def _check_secret(name: str, value: str) -> str:
    if fault := find_secret_fault(value):
        raise ValueError(f"{name} {fault}")
    return value


def _check_deadline() -> None:
    if remaining() <= 0:
        raise TokenError("no token within the call's deadline", is_transient=True)
