"""What the caller gives that ends up in a header or decides where secrets go: refused where it could do harm.

Each function gives what is wrong in words that hold no value, or None; who calls it raises.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

import httpx

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")  # section 5.5, without what is obsolete
_COOKIE_VALUE = re.compile(r"[!-:<-~]*(?: [!-:<-~]+)*")  # no semicolon, which would begin another cookie
_SECRET = re.compile(r"[^\x00-\x1f\x7f]+")

LONGEST_URL = 65_536  # characters: httpx sends no more
LONGEST_WAIT = 10.0**8  # seconds, three years: more than that is too much for some clocks

# These frame the message: another value would make another request of it.
FRAMING = frozenset({"connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"})


def find_header_fault(name: object, value: object) -> str | None:
    """What is wrong with a header."""
    if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
        return "is no name of a header"
    if not isinstance(value, str):
        return f"must be a string, and is a {type(value).__name__}"
    if not _HEADER_VALUE.fullmatch(value):
        return "has characters that a header cannot carry, or white space at an end"
    return None


def find_cookie_fault(name: object, value: object) -> str | None:
    """What is wrong with a cookie."""
    if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
        return "is no name of a cookie"
    if not isinstance(value, str):
        return f"must be a string, and is a {type(value).__name__}"
    return None if _COOKIE_VALUE.fullmatch(value) else "has characters that a cookie cannot carry"


def find_secret_fault(value: object) -> str | None:
    """What is wrong with a secret, an id or a code."""
    if not isinstance(value, str) or not value.strip():
        return "must be a string that is not empty"
    if value != value.strip():
        return "begins or ends with white space, such as a line end"
    return None if _SECRET.fullmatch(value) else "has a line end or another control character"


def find_url_fault(text: object, *, sends_secrets: bool, allow_http: str | None = None) -> str | None:
    """What is wrong with the URL of an API or a token endpoint; its text may hold a password, and is not shown."""
    try:
        url = httpx.URL(text) if isinstance(text, str) else None
    except (httpx.InvalidURL, UnicodeError):
        url = None
    if url is None or url.scheme not in ("http", "https") or not url.host:
        return "is not a URL that begins with https:// and has a host"
    if url.userinfo:
        return "must have no user name or password"
    may_be_plain = not sends_secrets or _is_loopback(url.host) or url.host == (allow_http or "").lower()
    if url.scheme == "http" and not may_be_plain:
        return (
            f"must begin with https://, since secrets are sent there; http:// is for this machine and *.localhost,"
            f" or for the one host that allow_http={url.host!r} names"
        )
    return None


def find_timeout_fault(value: object) -> str | None:
    """What is wrong with a timeout: sockets and event loops each refuse others, in the midst of a call."""
    steps: list[object] = [value]
    if isinstance(value, httpx.Timeout):
        steps = [value.connect, value.read, value.write, value.pool]
    elif isinstance(value, tuple) and len(value) == 4:  # as httpx takes it
        steps = [*value]
    return None if all(map(_is_wait, steps)) else "must be None, seconds of at least 0, or an httpx.Timeout of these"


def _is_wait(seconds: object) -> bool:
    if seconds is None:
        return True
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST_WAIT


def _is_loopback(host: str) -> bool:
    """Whether the host is this machine (RFC 6761 section 6.3: so is all below localhost)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
