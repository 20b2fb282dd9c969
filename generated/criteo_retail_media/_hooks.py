"""The event hooks of the caller's httpx client: they serve sync and asyncio calls, and see no token request.

A token request holds the client secret.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import httpx

from ._token import EXTENSION

Hook = Callable[[Any], Any]


def adapt_hooks(http: httpx.Client | httpx.AsyncClient) -> None:
    """Wrap the hooks that the httpx client has by now. (httpx's own recipe, a hook that calls ``raise_for_status``,
    would raise an error that holds a token request, with the secret in its body.)
    """
    hooks = http.event_hooks
    if any(not isinstance(hook, _SyncHook) for each in hooks.values() for hook in each):
        kind = _AsyncHook if isinstance(http, httpx.AsyncClient) else _SyncHook
        http.event_hooks = {
            name: [hook if isinstance(hook, _SyncHook) else kind(hook) for hook in each] for name, each in hooks.items()
        }


class _SyncHook:
    """A hook that is called for API calls alone."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook

    def __call__(self, message: httpx.Request | httpx.Response) -> Any:
        result = None if _is_token_request(message) else self.hook(message)
        if inspect.iscoroutine(result):
            result.close()
            raise TypeError(
                f"the event hook {self.hook!r} is async, which a sync call cannot await; one that is not serves both"
            )
        return result


class _AsyncHook(_SyncHook):
    """The same for asyncio, where a hook may be async or not."""

    async def __call__(self, message: httpx.Request | httpx.Response) -> Any:
        result = None if _is_token_request(message) else self.hook(message)
        return await result if inspect.isawaitable(result) else result


def _is_token_request(message: httpx.Request | httpx.Response) -> bool:
    request = message.request if isinstance(message, httpx.Response) else message
    return EXTENSION in request.extensions
