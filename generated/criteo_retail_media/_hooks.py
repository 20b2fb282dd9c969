"""The event hooks of the caller's httpx client: they serve sync and asyncio calls, and see no token request.

A token request holds the client secret; httpx's own recipe, a hook that calls ``raise_for_status``, would raise an
error with it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import httpx

from ._token import EXTENSION


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
