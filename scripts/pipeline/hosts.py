"""Which URLs a document sends secrets and tokens to, and which of them openapi/source.toml does not trust."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from scripts.project import printable
from scripts.spec.document import Document
from scripts.spec.walk import Fault, Location, is_data, nodes

NEEDED = "an https URL is needed, without a user, a password or a variable, its host in small letters"

_HTTPS = re.compile(r"https://([a-z0-9.-]+(?::\d+)?)(/[A-Za-z0-9._~-]*)*")


def find_foreign_hosts(document: Document, hosts: Sequence[str]) -> Iterator[Fault]:
    """Say which servers and token endpoints are not https URLs of a host that is trusted."""
    trusted = ", ".join(hosts) or "no host"
    for location, url in _urls(document):
        if not isinstance(url, str) or ((match := _HTTPS.fullmatch(url)) and match[1] in hosts):
            continue  # what is no string is for validation to refuse
        try:
            scheme, host = urlsplit(url)[:2]
        except ValueError:
            scheme, host = "", url
        if not host or host.lower().rpartition("@")[2] in hosts:
            what = f"the {location[-1]} of an oauth2 flow: " if "flows" in location else ""
            named = printable(f"{scheme}://{host}"[:100] if host else url[:100])
            yield Fault(location, f"{what}{NEEDED}; this is {named!r}, and openapi/source.toml trusts {trusted}")
        else:
            named = printable(host.lower()[:100])
            yield Fault(
                location,
                f"{named} would get secrets and tokens, and openapi/source.toml trusts {trusted}; "
                f"if {named} is Criteo's, add it to `hosts` there",
            )


def _urls(document: Document) -> Iterator[tuple[Location, object]]:
    """The addresses that credentials may be sent to: servers at any level, also of links, and token endpoints."""
    for location, url in nodes(document):
        match location:
            case (*_, "servers", int(), "url") | (*_, "links", _, "server", "url") if not is_data(location):
                yield location, url
            case ("components", "securitySchemes", _, "flows", _, "tokenUrl" | "refreshUrl"):
                yield location, url
