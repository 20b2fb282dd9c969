"""Why no connection was made, from the errors beneath httpx's: their classes, and no text that may hold a secret."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

# What httpcore (1.0) writes of a proxy's answer to CONNECT: its status, and its reason.
_PROXY_STATUS = re.compile(r"(\d{3})\b", re.ASCII)
_GATEWAY_FAILURES = ("502", "503", "504")

_REASONS = {
    ssl.SSLError: "TLS could not be agreed on",
    socket.gaierror: "the host's name cannot be resolved",
    ConnectionRefusedError: "the connection was refused",
    ConnectionResetError: "the connection was reset",
}


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it came from."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__context__, each.__cause__]
        if isinstance(each, BaseExceptionGroup):  # anyio's, of all the addresses that it tried
            waiting += each.exceptions


def is_certificate_error(error: BaseException) -> bool:
    """Whether the server's certificate is not trusted: the next attempt would meet it too."""
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in causes(error))


def proxy_status(error: BaseException) -> str | None:
    """The status a proxy answered to CONNECT, of an `httpx.ProxyError`."""
    found = _PROXY_STATUS.match(str(error))
    return found[1] if found else None


def is_gateway_failure(error: BaseException) -> bool:
    """Whether a proxy could not make the connection, of an `httpx.ProxyError`; 403 and 407 are refusals."""
    return proxy_status(error) in _GATEWAY_FAILURES


def reason(error: BaseException) -> str:
    """What kept the connection from being made, in a few words of our own; empty where that cannot be told."""
    if type(error).__name__ == "ProxyError":
        status = proxy_status(error)
        return f"the proxy answered {status}" if status else ""
    for each in causes(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            detail = each.verify_message if re.fullmatch(r"[\w .,'*-]{1,150}", each.verify_message) else ""
            return f"the server's certificate is not trusted{': ' if detail else ''}{detail}"
        for kind, text in _REASONS.items():
            if isinstance(each, kind):
                return text
    return ""
