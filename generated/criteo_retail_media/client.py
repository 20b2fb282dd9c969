"""The clients that operations are called with: configuration, and the httpx clients made from it."""

from __future__ import annotations

import functools
import os
import ssl
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Self, TypeVar

import attrs
import httpx
from attrs import field, frozen

from ._connections import AsyncConnection, Connection, Connections, SyncConnection, running_loop
from ._provenance import API_VERSION, BASE_URL, TOKEN_URL, __version__
from .auth import ClientCredentials, OriginAuth, StaticToken
from .errors import ConfigurationError, public_url
from .retry import RetryPolicy

USER_AGENT = f"criteo-retail-media/{__version__} (api {API_VERSION})"

DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)

# Few connections: httpcore's pool (1.0.9) gives several calls that begin together the same free one, and all but one of
# them start over, the more often the more there are (100 calls at once over loopback, 2026-11: 1.1 ms a call on 3, 1.3
# on 4, 1.8 on 10, 2.4 on 100). The API allows 250 calls a minute (Criteo's documentation, read 2026-11), which 3
# connections carry as long as a call takes less than 0.7 s.
DEFAULT_LIMITS = httpx.Limits(max_connections=3, max_keepalive_connections=3)

# Arguments of `httpx_args` with which an httpx client needs a TLS context of its own.
TLS_ARGUMENTS = {"cert", "http2", "transport", "trust_env", "verify"}

C = TypeVar("C", bound="Client")
Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)
Gate = TypeVar("Gate")


def _base_url(value: str) -> str:
    url = httpx.URL(value)
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise ValueError(f"base_url must be like {BASE_URL}, not {public_url(url)!r}")
    return value


def _policy(value: RetryPolicy | None) -> RetryPolicy:
    return RetryPolicy.none() if value is None else value


@functools.cache
def _shared_tls() -> ssl.SSLContext:
    """The TLS context of all clients with default settings: making one takes longer than a call."""
    return httpx.create_ssl_context()


@frozen(eq=False, repr=False)
class Client:
    """Calls operations that need no token; the settings of `AuthenticatedClient`, which is the one for the others.

    A client is thread-safe, serves any number of event loops, and makes its connections at the first call: once for
    each process and event loop. ``with`` and ``async with`` close them, as do ``close()`` and ``aclose()``.

    It pickles and copies as its configuration, without connections, and with what the configuration holds: headers,
    ``token``, a client secret.

    Args:
        base_url: where the API is.
        raise_on_unexpected_status: raise an `errors.ApiError` from the ``*_detailed`` functions too.
        cookies: sent with every request.
        headers: sent with every request.
        timeout: seconds, `httpx.Timeout`, or None for no limit; by default 60 s, and 5 s to connect.
        verify_ssl: False checks no certificate; else a TLS context, or the path of a file or directory of CAs.
        follow_redirects: whether redirects are followed; a token goes along within ``base_url``'s origin only.
        httpx_args: further arguments of `httpx.Client` and `httpx.AsyncClient`.
        limits: of connections, for each process and event loop (by default 3); further calls wait for their turn.
        retry: which calls are tried again; None for none.
    """

    _base_url: str = field(default=BASE_URL, alias="base_url", converter=_base_url)
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies")
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers")
    _timeout: httpx.Timeout | float | None = field(default=DEFAULT_TIMEOUT, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias="verify_ssl")
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args")
    _limits: httpx.Limits = field(default=DEFAULT_LIMITS, kw_only=True, alias="limits")
    retry: RetryPolicy = field(factory=RetryPolicy, kw_only=True, converter=_policy)

    _connections: Connections = field(init=False, factory=Connections)
    # Taken by the first answer that says the API version is deprecated, and never given back.
    deprecation_told: threading.Lock = field(init=False, factory=threading.Lock)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={public_url(httpx.URL(self._base_url))!r})"

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[Any, ...]]:
        return _make, (type(self), self._settings())

    def _settings(self) -> dict[str, Any]:
        return {each.alias: getattr(self, each.name) for each in attrs.fields(type(self)) if each.init and each.alias}

    # --- variants: new clients that share the token, with connections of their own ---

    def with_headers(self, headers: dict[str, str]) -> Self:
        """A new client with these headers as well."""
        return attrs.evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """A new client with these cookies as well."""
        return attrs.evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout | float | None) -> Self:
        """A new client with this timeout."""
        return attrs.evolve(self, timeout=timeout)

    # --- httpx clients ---

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client that calls go through, for requests of your own; it adds the token where it may go."""
        return self.connection().http

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Like `get_httpx_client`, for the running event loop."""
        return self.connection_async().http

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Send calls through this httpx client, with its settings instead of this client's, and close it in the end.

        The token and the retries are still this client's; the token goes to this client's ``base_url`` only.
        """
        self._connections.give(self._adopt(client))
        return self

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Like `set_httpx_client`, for asyncio; the httpx client serves every event loop, so use one."""
        self._connections.give_async(self._adopt(async_client))
        return self

    def connection(self) -> SyncConnection:
        """What operations send through; RuntimeError once the client is closed."""
        return self._connections.sync(lambda: self._connect(self._open(httpx.Client), self._gate()))

    def connection_async(self) -> AsyncConnection:
        """Like `connection`, for the running event loop."""
        return self._connections.asyncio(lambda: self._connect(self._open(httpx.AsyncClient), self._gate_async()))

    def _connect(self, http: Http, gate: Gate) -> Connection[Http, Gate]:
        base_url = str(http.base_url).rstrip("/") or self._base_url.rstrip("/")
        return Connection(http, base_url, http.auth, http.follow_redirects, gate)

    def _adopt(self, http: Http) -> Connection[Http, nullcontext[None]]:
        return self._connect(http, nullcontext())

    def _open(self, kind: type[Http]) -> Http:
        headers = httpx.Headers({"User-Agent": USER_AGENT})
        headers.update(self._headers)
        settings: dict[str, Any] = {
            "base_url": self._base_url,
            "cookies": self._cookies,
            "headers": headers,
            "timeout": self._timeout,
            "verify": self._tls(),
            "limits": self._limits,
            "follow_redirects": self._follow_redirects,
        }
        return kind(**{**settings, **self._httpx_args})

    def _gate(self) -> AbstractContextManager[object]:
        most = self._limits.max_connections
        return nullcontext() if most is None else threading.Semaphore(most)

    def _gate_async(self) -> AbstractAsyncContextManager[object]:
        most = self._limits.max_connections
        if most is None or running_loop() is None:
            return nullcontext()
        import asyncio  # here, since httpx does not import it either

        return asyncio.Semaphore(most)

    def _tls(self) -> str | bool | ssl.SSLContext:
        if isinstance(self._verify_ssl, str):  # httpx warns that it will not take a path for long
            if Path(self._verify_ssl).is_dir():
                return ssl.create_default_context(capath=self._verify_ssl)
            return ssl.create_default_context(cafile=self._verify_ssl)
        if self._verify_ssl is True and TLS_ARGUMENTS.isdisjoint(self._httpx_args):
            return _shared_tls()
        return self._verify_ssl

    # --- closing ---

    def close(self) -> None:
        """Close the connections; calls raise RuntimeError from now on. Those of asyncio are closed by `aclose`."""
        self._connections.close()

    async def aclose(self) -> None:
        """Close all connections, those of the running event loop too; calls raise RuntimeError from now on."""
        await self._connections.aclose()

    def __enter__(self) -> Self:
        self._connections.enter()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self._connections.enter()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


@frozen(eq=False, repr=False)
class AuthenticatedClient(Client):
    """Calls operations with a token.

    Args:
        base_url: where the API is; the token goes to this origin only, on redirects too.
        token: an access token you got elsewhere, instead of ``auth``; it is not renewed.
        prefix: what stands before ``token`` in its header.
        auth_header_name: the header that carries ``token``.
        auth: how to get a token, such as `auth.ClientCredentials`; any `httpx.Auth`.

    The other settings are those of `Client`.

    Raises:
        TypeError: neither or both of ``auth`` and ``token`` are given, or ``auth`` is no `httpx.Auth`.
        ValueError: ``base_url`` or ``token`` cannot be one.
    """

    token: str | None = field(default=None)
    prefix: str = field(default="Bearer")
    auth_header_name: str = field(default="Authorization")
    _auth: httpx.Auth | None = field(default=None, kw_only=True, alias="auth")

    _token_auth: httpx.Auth = field(init=False, default=attrs.Factory(lambda self: self._make_auth(), takes_self=True))

    def _make_auth(self) -> httpx.Auth:
        if (self.token is None) == (self._auth is None):
            raise TypeError("AuthenticatedClient needs auth=…, such as ClientCredentials(…), or else token=…")
        if self.token is not None:
            return StaticToken(self.token, self.prefix, self.auth_header_name)
        if not isinstance(self._auth, httpx.Auth):
            raise TypeError(
                f"auth must be an httpx.Auth, such as ClientCredentials(…), not {type(self._auth).__name__}"
            )
        return self._auth

    @classmethod
    def from_env(cls, **settings: Any) -> Self:
        """A client with client credentials from ``CRITEO_CLIENT_ID`` and ``CRITEO_CLIENT_SECRET``.

        ``CRITEO_BASE_URL``, where set, is where the API and its token endpoint are. ``settings`` are the keyword
        arguments of the class.

        Raises:
            errors.ConfigurationError: a variable is missing or empty; the text names it.
        """
        names = ("CRITEO_CLIENT_ID", "CRITEO_CLIENT_SECRET")
        missing = [name for name in names if not os.environ.get(name)]
        if missing:
            raise ConfigurationError(f"set the environment variable {' and '.join(missing)}, or pass auth=…")
        base_url = settings.pop("base_url", None) or os.environ.get("CRITEO_BASE_URL") or BASE_URL
        token_url = base_url.rstrip("/") + TOKEN_URL.removeprefix(BASE_URL) if base_url != BASE_URL else TOKEN_URL
        client_id, client_secret = (os.environ[name] for name in names)
        return cls(base_url, auth=ClientCredentials(client_id, client_secret, token_url=token_url), **settings)

    def _open(self, kind: type[Http]) -> Http:
        http = super()._open(kind)
        http.auth, http.follow_redirects = self._auth_for(http), False
        return http

    def _adopt(self, http: Http) -> Connection[Http, nullcontext[None]]:
        adopted = super()._adopt(http)
        adopted.auth, adopted.follow_redirects = self._auth_for(http), False
        return adopted

    def _auth_for(self, http: Http) -> httpx.Auth:
        """Follows redirects itself, where they are to be followed: it knows where the token may go."""
        return OriginAuth(self._token_auth, self._base_url, http, follow_redirects=http.follow_redirects)


def _make(kind: type[C], settings: dict[str, Any]) -> C:
    return kind(**settings)
