"""Answers that are files: as bytes, to a file, in pieces, or as lines of JSON."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any, assert_type

from criteo_retail_media import AuthenticatedClient, downloads
from criteo_retail_media.api.analytics import get_report_output
from criteo_retail_media.api.billing import get_invoice_report_output
from criteo_retail_media.api.shop import get_catalog_output
from criteo_retail_media.types import Response


def held(client: AuthenticatedClient) -> None:
    """A file that is small; a catalog that has expired is none."""
    assert_type(get_report_output.sync("7", client=client), bytes)
    assert_type(get_invoice_report_output.sync("7", client=client), bytes)
    assert_type(get_catalog_output.sync("7", client=client), bytes | None)
    assert_type(get_catalog_output.sync_detailed("7", client=client), Response[bytes | None])


def streamed(client: AuthenticatedClient, path: Path) -> None:
    """A file of any size."""
    assert_type(downloads.to_file(get_report_output, path, client=client, report_id="7"), int)
    pieces = downloads.iter_bytes(get_invoice_report_output, client=client, request_id="7")
    assert_type(pieces, Generator[bytes, None, None])
    for product in downloads.iter_json_lines(get_catalog_output, client=client, catalog_id="7"):
        assert_type(product, dict[str, Any])


async def streamed_async(client: AuthenticatedClient, path: Path) -> None:
    """The same from a coroutine."""
    assert_type(await downloads.to_file_async(get_catalog_output, path, client=client, catalog_id="7", md5="…"), int)
    pieces = downloads.iter_bytes_async(get_report_output, client=client, report_id="7")
    assert_type(pieces, AsyncGenerator[bytes, None])
