"""What a caller gives for httpx clients: transports and event hooks.

Transports hold sockets. Two processes that share one read each other's answers; an event loop cannot use another's. So
a client makes its connections anew in each, from functions where the caller has transports of their own.

Event hooks serve sync and asyncio calls, and see no token request, which holds the client secret: httpx's own recipe,
a hook that calls ``raise_for_status``, would raise an error with it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from ._token import EXTENSION

# These hold no socket, so one serves everywhere.
INERT = (httpx.MockTransport, httpx.WSGITransport, httpx.ASGITransport)

# Arguments that say how the connections are made; a variant of a client has those of its parent.
CONNECTION_ARGUMENTS = frozenset(
    {"cert", "event_hooks", "http1", "http2", "limits", "mounts", "proxy", "transport", "trust_env", "verify"}
)


def check_transports(httpx_args: Mapping[str, Any]) -> None:
    """Refuse transports that are alive already.

    Raises:
        TypeError: a function that makes the transport must be given instead.
    """
    mounts = httpx_args.get("mounts") or {}
    named = {"transport": httpx_args.get("transport"), **{f"mounts[{key!r}]": each for key, each in mounts.items()}}
    for name, transport in named.items():
        if transport is None or isinstance(transport, INERT):
            continue
        if isinstance(transport, httpx.BaseTransport | httpx.AsyncBaseTransport):
            raise TypeError(
                f"httpx_args: {name} is one live transport, which processes and event loops must not share: give a"
                f" function that makes one, such as lambda: httpx.{type(transport).__name__}(…)"
            )
        if not callable(transport):
            raise TypeError(f"httpx_args: {name} must be a function that makes a transport")


def make_transports(httpx_args: Mapping[str, Any], kind: type[httpx.Client | httpx.AsyncClient]) -> dict[str, Any]:
    """The arguments with a transport of one's own for each function that makes one.

    Raises:
        TypeError: what a function made is no transport for this kind of client.
    """
    is_async = issubclass(kind, httpx.AsyncClient)
    needed: Any = httpx.AsyncBaseTransport if is_async else httpx.BaseTransport

    def make(name: str, given: Any) -> Any:
        made = given if given is None or isinstance(given, INERT) else given()
        if given is not None and not isinstance(made, needed):
            caller = "asyncio" if is_async else "a sync call"
            text = f"httpx_args: {name} gives a {type(made).__name__}, and {caller} needs an httpx.{needed.__name__}"
            raise TypeError(text)
        return made

    arguments = dict(httpx_args)
    if "transport" in arguments:
        arguments["transport"] = make("transport", arguments["transport"])
    if mounts := arguments.get("mounts"):
        arguments["mounts"] = {pattern: make(f"mounts[{pattern!r}]", each) for pattern, each in mounts.items()}
    return arguments


class Through(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends through another httpx client, whichever is its owner's at the time, and leaves that open."""

    def __init__(self, http: Callable[[], Any]) -> None:
        self._http = http

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return _as_it_came(self._http().send(request, **_AS_IT_IS))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return _as_it_came(await self._http().send(request, **_AS_IT_IS))


# The request was signed where it comes from, and what it is redirected to is sent from there.
_AS_IT_IS: dict[str, Any] = {"auth": httpx.Auth(), "follow_redirects": False, "stream": True}


def _as_it_came(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(
        answer.status_code, headers=answer.headers, stream=answer.stream, extensions=answer.extensions
    )


def adapt_hooks(http: httpx.Client | httpx.AsyncClient) -> None:
    """Wrap the hooks that the httpx client has by now."""
    kind = _AsyncHook if isinstance(http, httpx.AsyncClient) else _Hook
    for hooks in http.event_hooks.values():
        for index, hook in enumerate(hooks):
            if not isinstance(hook, _Hook):
                hooks[index] = kind(hook)


class _Hook:
    """A hook that is called for API calls alone."""

    def __init__(self, hook: Callable[[Any], Any]) -> None:
        self.hook = hook

    def __call__(self, message: httpx.Request | httpx.Response) -> Any:
        result = None if _is_token_request(message) else self.hook(message)
        if inspect.iscoroutine(result):
            result.close()
            raise TypeError(
                f"the event hook {self.hook!r} is async, which a sync call cannot await; one that is not serves both"
            )
        return result


class _AsyncHook(_Hook):
    """The same for asyncio, where a hook may be async or not."""

    async def __call__(self, message: httpx.Request | httpx.Response) -> Any:
        result = None if _is_token_request(message) else self.hook(message)
        return await result if inspect.isawaitable(result) else result


def _is_token_request(message: httpx.Request | httpx.Response) -> bool:
    request = message.request if isinstance(message, httpx.Response) else message
    return EXTENSION in request.extensions
