"""Keeps token requests from the event hooks of the caller's httpx client: they hold the client secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from ._token import EXTENSION

Hook = Callable[[Any], Any]


def hide_token_requests(http: httpx.Client | httpx.AsyncClient) -> None:
    """Have the hooks that the httpx client has by now see API calls alone. (httpx's own recipe, a hook that calls
    ``raise_for_status``, would raise an error that holds the request, with the secret in its body.)
    """
    hooks = http.event_hooks
    if any(not isinstance(hook, _Hidden) for each in hooks.values() for hook in each):
        kind = _AsyncHidden if isinstance(http, httpx.AsyncClient) else _Hidden
        http.event_hooks = {
            name: [hook if isinstance(hook, _Hidden) else kind(hook) for hook in each] for name, each in hooks.items()
        }


class _Hidden:
    """A hook that is called for API calls alone."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook

    def __call__(self, message: httpx.Request | httpx.Response) -> Any:
        return None if _is_token_request(message) else self.hook(message)


class _AsyncHidden(_Hidden):
    def __call__(self, message: httpx.Request | httpx.Response) -> Awaitable[Any]:
        return _nothing() if _is_token_request(message) else self.hook(message)


async def _nothing() -> None:
    """What is awaited instead of a hook."""


def _is_token_request(message: httpx.Request | httpx.Response) -> bool:
    request = message.request if isinstance(message, httpx.Response) else message
    return EXTENSION in request.extensions
