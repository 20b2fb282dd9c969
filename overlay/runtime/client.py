"""The clients that operations are called with: configuration, and the httpx clients made from it."""

from __future__ import annotations

import errno
import functools
import math
import os
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Self, TypeVar

import attrs
import httpx
from attrs import field, frozen

from ._checks import find_cookie_fault, find_header_fault, find_secret_fault, find_timeout_fault, find_url_fault
from ._connections import AsyncConnection, Connection, Connections, SyncConnection
from ._deadline import enforce_deadlines
from ._gate import AsyncGate, Gate
from ._provenance import API_VERSION, BASE_URL, __version__
from ._redaction import conceal
from ._transports import CONNECTION_ARGUMENTS, Through, adapt_hooks, check_transports, make_transports
from .auth import FOLLOW, ClientCredentials, OriginAuth, StaticToken, TokenAuth
from .errors import ConfigurationError, public_url
from .retry import RetryPolicy

USER_AGENT = f"criteo-retail-media/{__version__} (api {API_VERSION})"

DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)

# Three: httpcore's pool (1.0.9) makes calls that begin together slower the more connections there are, and three carry
# the 250 calls a minute that the API allows. CONTRIBUTING.md has the figures, under "Decisions".
DEFAULT_LIMITS = httpx.Limits(max_connections=3, max_keepalive_connections=3)

MAX_ANSWER = 64 * 2**20  # bytes of an answer that are read into memory

# Gzip alone, whose streams say where they end, and of which what comes out can be counted.
ACCEPT_ENCODING = {"Accept-Encoding": "gzip"}

# Arguments of `httpx_args` with which an httpx client needs a TLS context of its own.
TLS_ARGUMENTS = {"cert", "http2", "transport", "trust_env", "verify"}

C = TypeVar("C", bound="Client")
Http = TypeVar("Http", httpx.Client, httpx.AsyncClient)
G = TypeVar("G", Gate, AsyncGate)


def _check_base_url(value: str) -> str:
    fault = find_url_fault(value, sends_secrets=False)
    if not fault and (httpx.URL(value).query or httpx.URL(value).fragment):
        fault = "must have no query and no fragment"
    if fault:
        raise ValueError(f"base_url must be like {BASE_URL}: it {fault}")
    return value


def _check_headers(value: Mapping[str, str]) -> dict[str, str]:
    return _check_pairs("headers", value, find_header_fault)


def _check_cookies(value: Mapping[str, str]) -> dict[str, str]:
    return _check_pairs("cookies", value, find_cookie_fault)


def _check_pairs(kind: str, value: Mapping[str, str], find_fault: Callable[..., str | None]) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{kind} must be a mapping of names and values, and is a {type(value).__name__}")
    for name, text in value.items():
        if fault := find_fault(name, text):
            raise ValueError(f"{kind}: {str(name)[:60]!r} {fault}")
    return dict(value)


def _check_httpx_args(value: Mapping[str, Any]) -> dict[str, Any]:
    check_transports(value)
    if unknown := value.keys() - (httpx.Client.__init__.__kwdefaults__ or {}).keys():
        raise TypeError(f"httpx_args: {', '.join(sorted(map(str, unknown)))[:60]!r} is no argument of httpx.Client")
    if not _is_proxy(value.get("proxy")):
        raise ValueError("httpx_args: proxy is no URL of a proxy, such as http://proxy.example:3128")
    hooks = value.get("event_hooks") or {}
    if not (isinstance(hooks, Mapping) and hooks.keys() <= {"request", "response"} and _are_lists(hooks.values())):
        raise TypeError('httpx_args: event_hooks must be {"request": [function, …], "response": [function, …]}')
    args: dict[str, Any] = {
        name: each for name, each in value.items() if each is not None or name not in ("cookies", "headers")
    }
    if "headers" in args:
        _check_pairs("httpx_args: headers", dict(args["headers"]), find_header_fault)
    if "cookies" in args:
        args["cookies"] = _check_pairs("httpx_args: cookies", dict(httpx.Cookies(args["cookies"])), find_cookie_fault)
    return args


def _are_lists(hooks: Iterable[Any]) -> bool:
    return all(isinstance(each, list | tuple) and all(map(callable, each)) for each in hooks)


def _is_proxy(value: Any) -> bool:
    try:
        return value is None or httpx.Proxy(getattr(value, "url", value)) is not None
    except (ValueError, TypeError, httpx.InvalidURL):
        return False  # httpx's own error may show a password


def _check_timeout(value: httpx.Timeout | float | None) -> httpx.Timeout | float | None:
    if fault := find_timeout_fault(value):
        raise ValueError(f"timeout {fault}")
    return value


def _check_limits(value: httpx.Limits) -> httpx.Limits:
    if not isinstance(value, httpx.Limits):
        raise TypeError(f"limits must be httpx.Limits(…), not {type(value).__name__}")
    return value


def _check_verify_ssl(value: str | Path | bool | ssl.SSLContext) -> Path | bool | ssl.SSLContext:
    if isinstance(value, bool | ssl.SSLContext):
        return value
    path = Path(value)
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "verify_ssl: there is no such file or directory of CAs", str(path))
    return path


def _check_max_answer(value: int | None) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ValueError("max_answer must be a number of bytes of at least 1, or None for no limit")
    return value


def _check_retry(value: RetryPolicy | None) -> RetryPolicy:
    if not isinstance(value, RetryPolicy | None):
        raise TypeError(f"retry must be a RetryPolicy(…) or None, not {type(value).__name__}")
    return RetryPolicy.none() if value is None else value


class _KeepNoCookies(DefaultCookiePolicy):
    """Sends the caller's cookies, and keeps none of a server's: calls have no session, and each would cost time."""

    def set_ok(self, *_: Any, **__: Any) -> bool:
        return False


class _Cookies(httpx.Cookies):
    """Looks for no cookie in an answer: httpx makes a request of `urllib.request` for it, a twentieth of a call."""

    def extract_cookies(self, response: httpx.Response) -> None: ...


class _SyncHttp(httpx.Client):
    """The client's own httpx client: its auth follows the redirects, also for a request that sets them itself.

    So the token does not go to another origin.
    """

    def send(self, request: httpx.Request, *, auth: Any = httpx.USE_CLIENT_DEFAULT, **options: Any) -> httpx.Response:
        return super().send(request, auth=auth, **_followed_by_auth(request, auth, options))


class _AsyncHttp(httpx.AsyncClient):
    """The same for asyncio."""

    async def send(
        self, request: httpx.Request, *, auth: Any = httpx.USE_CLIENT_DEFAULT, **options: Any
    ) -> httpx.Response:
        return await super().send(request, auth=auth, **_followed_by_auth(request, auth, options))


def _followed_by_auth(request: httpx.Request, auth: Any, options: dict[str, Any]) -> dict[str, Any]:
    follow = options.get("follow_redirects", httpx.USE_CLIENT_DEFAULT)
    if auth is not httpx.USE_CLIENT_DEFAULT or not isinstance(follow, bool):
        return options
    request.extensions[FOLLOW] = follow
    return {**options, "follow_redirects": False}


@functools.cache
def _shared_tls() -> ssl.SSLContext:
    """The TLS context of all clients with default settings: making one takes longer than a call."""
    return httpx.create_ssl_context()


@conceal
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
        cookies: sent with every request; those of the server are not kept.
        headers: sent with every request.
        timeout: seconds for each step, `httpx.Timeout`, or None for no limit; by default 60 s, and 5 s to connect. Its
            pool timeout is how long a call waits for a free connection.
        verify_ssl: False checks no certificate; else a TLS context, or the path of a file or directory of CAs.
        follow_redirects: whether redirects are followed; a token goes along within ``base_url``'s origin only. More
            than 20 are an `httpx.TooManyRedirects`.
        httpx_args: further arguments of `httpx.Client` and `httpx.AsyncClient`. Instead of transports it takes
            functions that make them: one is made for each process and event loop.
        limits: of connections, for each process and event loop (by default 3); further calls wait for their turn. An
            open stream holds one.
        retry: which calls are tried again; None for none.
        keep_alive: False makes a connection for each call: Criteo's advice where connections hang.
        max_answer: bytes of an answer that are read into memory, decompressed, or None for no limit; 64 MiB by default.
            Downloads to a file are not bounded.
        allow_http: name of the one host, other than this machine, to which a token may go over http.
    """

    _base_url: str = field(default=BASE_URL, alias="base_url", converter=_check_base_url)
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    # What may be secret is hidden from those who print fields and not the repr, as rich does.
    _cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies", repr=False, converter=_check_cookies)
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers", repr=False, converter=_check_headers)
    _timeout: httpx.Timeout | float | None = field(
        default=DEFAULT_TIMEOUT, kw_only=True, alias="timeout", converter=_check_timeout
    )
    _verify_ssl: Path | bool | ssl.SSLContext = field(
        default=True, kw_only=True, alias="verify_ssl", converter=_check_verify_ssl
    )
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(
        factory=dict, kw_only=True, alias="httpx_args", repr=False, converter=_check_httpx_args
    )
    _limits: httpx.Limits = field(default=DEFAULT_LIMITS, kw_only=True, alias="limits", converter=_check_limits)
    retry: RetryPolicy = field(factory=RetryPolicy, kw_only=True, converter=_check_retry)
    _keep_alive: bool = field(default=True, kw_only=True, alias="keep_alive")
    max_answer: int | None = field(default=MAX_ANSWER, kw_only=True, converter=_check_max_answer)
    allow_http: str | None = field(default=None, kw_only=True)

    _connections: Connections = field(init=False, factory=Connections, repr=False)
    _parent: Client | None = field(init=False, default=None, repr=False)
    _token_auth: httpx.Auth | None = field(init=False, default=None, repr=False)
    # Taken by the first answer that says the API version is deprecated, and never given back.
    deprecation_told: threading.Lock = field(init=False, factory=threading.Lock, repr=False)

    def __repr__(self) -> str:
        base_url = getattr(self, "_base_url", None)  # it may be half-made
        return f"{type(self).__name__}(base_url={None if base_url is None else public_url(httpx.URL(base_url))!r})"

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[Any, ...]]:
        return _make, (type(self), self._settings())

    def _settings(self) -> dict[str, Any]:
        return {str(each.alias): getattr(self, each.name) for each in attrs.fields(type(self)) if each.init}

    # --- variants: new clients that share the token and the connections, and close nothing of them ---

    @conceal
    def with_headers(self, headers: dict[str, str]) -> Self:
        """A new client with these headers as well, that sends through this one's connections."""
        return self._variant(headers={**self._headers, **headers})

    @conceal
    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """A new client with these cookies as well, that sends through this one's connections."""
        return self._variant(cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout | float | None) -> Self:
        """A new client with this timeout, that sends through this one's connections."""
        return self._variant(timeout=timeout)

    def _variant(self, **changes: Any) -> Self:
        variant = attrs.evolve(self, **changes)
        parent = self if self._parent is None else self._parent
        shared = {
            "_parent": parent,
            "_connections": Connections(parent._connections),  # noqa: SLF001 (another client)
            "deprecation_told": self.deprecation_told,
        }
        for name, value in shared.items():
            object.__setattr__(variant, name, value)
        return variant

    # --- what calls go by ---

    @property
    def max_connections(self) -> int | None:
        """How many calls can be under way at once, for each process and event loop; None for any number."""
        return self._limits_of_connections().max_connections

    @property
    def answer_limit(self) -> float:
        """Bytes of an answer that are read into memory."""
        return math.inf if self.max_answer is None else self.max_answer

    @property
    def reserved_headers(self) -> frozenset[str]:
        """Names, in lower case, of the headers that a call must not set: the auth does."""
        return frozenset()

    # --- httpx clients ---

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client that calls go through, for requests of your own; it adds the token where it may go."""
        return self.connection().http

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """Like `get_httpx_client`, for the running event loop."""
        return self.connection_async().http

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Send calls through this httpx client, with its settings instead of this client's, and close it in the end.

        The token and the retries are still this client's; the token goes to this client's ``base_url`` only. An httpx
        client lives in one process: in a forked one calls raise RuntimeError until another is set.
        """
        self._connections.given = self._adopt(client, Gate(None))
        return self

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Like `set_httpx_client`, for asyncio. It lives in one event loop too: the first that calls."""
        self._connections.given_async = self._adopt(async_client, AsyncGate(None))
        return self

    def connection(self) -> SyncConnection:
        """What operations send through; RuntimeError once the client is closed."""
        return self._connections.sync(self._connect_sync)

    def connection_async(self) -> AsyncConnection:
        """Like `connection`, for the running event loop."""
        return self._connections.asyncio(self._connect_async)

    def _connect_sync(self) -> SyncConnection:
        return self._connect(_SyncHttp, Gate, None if self._parent is None else self._parent.connection)

    def _connect_async(self) -> AsyncConnection:
        return self._connect(_AsyncHttp, AsyncGate, None if self._parent is None else self._parent.connection_async)

    def _connect(
        self, kind: type[Http], places: type[G], parent: Callable[[], Connection[Http, G]] | None
    ) -> Connection[Http, G]:
        """The connection through an httpx client of our own, which signs the caller's own requests too."""
        if parent is None:
            http, gate = self._open(kind), places(self.max_connections)
        else:
            http, gate = self._open(kind, Through(lambda: parent().http), parent().base_url), parent().gate
        enforce_deadlines(http)
        http.auth = auth = self._auth_for(http)
        http.follow_redirects = False
        return Connection(http, str(http.base_url).rstrip("/"), auth, gate, {})

    def _adopt(self, http: Http, gate: G) -> Connection[Http, G]:
        """The connection through an httpx client of the caller's, which stays as it is."""
        enforce_deadlines(http)
        base_url = str(http.base_url).rstrip("/") or self._base_url.rstrip("/")
        return Connection(http, base_url, self._auth_for(http), gate, ACCEPT_ENCODING)

    def _auth_for(self, http: httpx.Client | httpx.AsyncClient) -> OriginAuth:
        """Follows redirects itself, where they are to be followed: it knows where the token may go."""
        auth = (http.auth or httpx.Auth()) if self._token_auth is None else self._token_auth
        return OriginAuth(auth, self._base_url, http, follow_redirects=http.follow_redirects)

    def _open(self, kind: type[Http], transport: Through | None = None, base_url: str | None = None) -> Http:
        """A new httpx client with this client's settings; through ``transport``, with connections of another's."""
        headers = httpx.Headers({"User-Agent": USER_AGENT, **ACCEPT_ENCODING})
        headers.update(self._headers)
        cookies = httpx.Cookies(CookieJar(_KeepNoCookies()))
        for name, value in {**self._cookies, **self._httpx_args.get("cookies", {})}.items():
            cookies.set(name, value)
        settings: dict[str, Any] = {
            "base_url": base_url or self._base_url,
            "cookies": cookies.jar,
            "headers": headers,
            "timeout": self._timeout,
            "follow_redirects": self._follow_redirects,
        }
        own = {name: value for name, value in self._httpx_args.items() if name != "cookies"}
        if transport is not None:
            own = {name: value for name, value in own.items() if name not in CONNECTION_ARGUMENTS}
            http = kind(**{**settings, **own, "transport": transport})
        else:
            settings |= {"verify": self._tls(), **make_transports(own, kind)}
            http = kind(**{**settings, "limits": self._limits_of_connections()})
            adapt_hooks(http)
        http._cookies = _Cookies(cookies.jar)  # noqa: SLF001 (named otherwise, it saves nothing; the jar keeps none)
        return http

    def _limits_of_connections(self) -> httpx.Limits:
        limits: httpx.Limits = self._httpx_args.get("limits", self._limits)
        if self._keep_alive:
            return limits
        return httpx.Limits(max_connections=limits.max_connections, max_keepalive_connections=0)

    def _tls(self) -> bool | ssl.SSLContext:
        verify = self._verify_ssl
        if isinstance(verify, Path):  # httpx warns that it will not take a path for long
            where = "capath" if verify.is_dir() else "cafile"
            try:
                return ssl.create_default_context(**{where: verify})  # type: ignore[arg-type]
            except OSError as error:  # ssl's errors are some of them
                raise ConfigurationError(f"verify_ssl: {verify} holds no CAs that can be read") from error
        return _shared_tls() if verify is True and TLS_ARGUMENTS.isdisjoint(self._httpx_args) else verify

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


@conceal
@frozen(eq=False, repr=False)
class AuthenticatedClient(Client):
    """Calls operations with a token.

    Args:
        base_url: where the API is; the token goes to this origin only, on redirects too.
        token: an access token you got elsewhere, instead of ``auth``; it is not renewed.
        prefix: what stands before ``token`` in its header.
        auth_header_name: the header that carries ``token``.
        auth: how to get a token, such as `auth.ClientCredentials`; any `httpx.Auth`. Where it names no ``token_url``,
            the token is requested below ``base_url``.

    The other settings are those of `Client`.

    Raises:
        TypeError: neither or both of ``auth`` and ``token`` are given, or ``auth`` is no `httpx.Auth`.
        ValueError: ``base_url``, ``token`` or another setting cannot be one; or a token would go over http to another
            machine, which ``allow_http`` does not name.
    """

    token: str | None = field(default=None, repr=False)
    prefix: str = field(default="Bearer", repr=False)
    auth_header_name: str = field(default="Authorization", repr=False)
    _auth: httpx.Auth | None = field(default=None, kw_only=True, alias="auth", repr=False)

    def _make_auth(self) -> httpx.Auth:
        if fault := find_url_fault(self._base_url, sends_secrets=True, allow_http=self.allow_http):
            raise ValueError(f"base_url {fault}")
        if (self.token is None) == (self._auth is None):
            raise TypeError("AuthenticatedClient needs auth=…, such as ClientCredentials(…), or else token=…")
        if self.token is not None:
            return StaticToken(self.token, self.prefix, self.auth_header_name)
        if not isinstance(self._auth, httpx.Auth):
            name = type(self._auth).__name__
            raise TypeError(f"auth must be an httpx.Auth, such as ClientCredentials(…), not {name}")
        if isinstance(self._auth, TokenAuth):
            self._auth.use_base_url(self._base_url)
        return self._auth

    _token_auth: httpx.Auth | None = field(init=False, default=attrs.Factory(_make_auth, takes_self=True), repr=False)

    @property
    def reserved_headers(self) -> frozenset[str]:
        """Names, in lower case, of the headers that a call must not set: the auth does."""
        return frozenset({self.auth_header_name.lower()})

    @classmethod
    @conceal
    def from_env(cls, **settings: Any) -> Self:
        """A client with client credentials from ``CRITEO_CLIENT_ID`` and ``CRITEO_CLIENT_SECRET``.

        ``CRITEO_BASE_URL``, where set, is where the API and its token endpoint are; ``CRITEO_ALLOW_HTTP`` is
        ``allow_http``. ``settings`` are the keyword arguments of the class.

        Raises:
            errors.ConfigurationError: a variable is missing, empty or cannot be what it should; the text names it.
        """
        names = ("CRITEO_CLIENT_ID", "CRITEO_CLIENT_SECRET")
        if missing := [name for name in names if not os.environ.get(name)]:
            raise ConfigurationError(f"set the environment variable {' and '.join(missing)}, or pass auth=…")
        for name in names:
            if fault := find_secret_fault(os.environ[name]):
                raise ConfigurationError(f"the environment variable {name} {fault}")
        settings = {"allow_http": os.environ.get("CRITEO_ALLOW_HTTP") or None, **settings}
        base_url = settings.pop("base_url", None)
        if base_url is None:
            base_url = os.environ.get("CRITEO_BASE_URL") or BASE_URL
            if fault := find_url_fault(base_url, sends_secrets=True, allow_http=settings["allow_http"]):
                raise ConfigurationError(f"the environment variable CRITEO_BASE_URL {fault}")
        return cls(base_url, auth=ClientCredentials(*(os.environ[name] for name in names)), **settings)


def _make(kind: type[C], settings: dict[str, Any]) -> C:
    return kind(**settings)
