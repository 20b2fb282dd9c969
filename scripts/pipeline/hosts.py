"""Which hosts a document sends secrets and tokens to, and which of them openapi/source.toml does not trust."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from scripts.project import printable
from scripts.spec.document import Document
from scripts.spec.walk import Fault, Location, entries, members


def find_foreign_hosts(document: Document, hosts: Sequence[str]) -> Iterator[Fault]:
    """Say which servers and token endpoints are on a host that is not among those trusted."""
    for location, url in _urls(document):
        if not isinstance(url, str):
            continue  # for validation to refuse
        try:
            host = urlsplit(url).netloc.lower()
        except ValueError:
            host = url
        if host and host not in hosts:
            named = printable(host[:100])
            yield Fault(
                location,
                f"{named} would get secrets and tokens, and openapi/source.toml trusts "
                f"{', '.join(hosts) or 'no host'}; if {named} is Criteo's, add it to `hosts` there",
            )


def _urls(document: Document) -> Iterator[tuple[Location, object]]:
    """The addresses that the client may send credentials to."""
    for index, server in entries(document.get("servers")):
        yield ("servers", index, "url"), server.get("url") if isinstance(server, dict) else None
    components = document.get("components")
    for name, scheme in members(components.get("securitySchemes") if isinstance(components, dict) else None):
        for flow, values in members(scheme.get("flows") if isinstance(scheme, dict) else None):
            for key, url in members(values):
                if key in ("tokenUrl", "refreshUrl"):
                    yield ("components", "securitySchemes", name, "flows", flow, key), url
