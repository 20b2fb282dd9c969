"""What a multipart body must be, to the byte (RFC 7578)."""

from __future__ import annotations

import re

from fake_criteo import Call


def boundary_of(call: Call) -> bytes:
    """The boundary that the upload's head tells."""
    found = re.fullmatch("multipart/form-data; boundary=([0-9a-f]{32})", call.headers["content-type"])
    assert found is not None
    return found[1].encode()


def body_of(call: Call, *parts: tuple[bytes, bytes]) -> bytes:
    """The one body that holds these parts, of a head and a content each."""
    boundary = boundary_of(call)
    sent = (b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (boundary, *part) for part in parts)
    return b"".join((*sent, b"--%s--\r\n" % boundary))
