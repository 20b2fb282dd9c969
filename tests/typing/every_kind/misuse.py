"""What type checkers must find: an ignore that nothing needs is an error of its own (mypy --strict)."""

from __future__ import annotations

from criteo_retail_media import AuthenticatedClient, Unset, bulk, pages
from criteo_retail_media.api.shelf import bulk_update_shelves, create_shelves, search_shelves
from criteo_retail_media.api.shop import get_shops, search_goods
from criteo_retail_media.models import ShelfSearchRequest, ShelfUpdate, ShelfUpdateResource
from criteo_retail_media.types import value_of


async def bulk_calls(client: AuthenticatedClient, items: list[ShelfUpdateResource], wrong: list[ShelfUpdate]) -> None:
    """Items of another model, arguments that are misspelt, of another type, missing or of another function."""
    bulk.run(bulk_update_shelves, wrong, client=client, account_id="42")  # type: ignore[misc]  # pyright: ignore[reportArgumentType]
    bulk.run(create_shelves, items, client=client, account_id="42")  # type: ignore[misc]  # pyright: ignore[reportArgumentType]
    bulk.run(bulk_update_shelves, items, client=client, acount_id="42")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    bulk.run(bulk_update_shelves, items, client=client, account_id=42)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    bulk.run(bulk_update_shelves, items, account_id="42")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    bulk.run(bulk_update_shelves, items, client=client, account_id="42", max_concurrency=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    bulk.run(search_shelves, items, client=client, account_id="42")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await bulk.run_async(bulk_update_shelves, wrong, client=client, account_id="42")  # type: ignore[misc]  # pyright: ignore[reportArgumentType]


def page_calls(client: AuthenticatedClient, search: ShelfSearchRequest) -> None:
    """The same for pages."""
    pages.iterate(search_shelves, client=client, acount_id="42", body=search)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pages.iterate(search_shelves, client=client, account_id="42")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pages.iterate(search_shelves, client=client, account_id="42", body=search, page_index=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pages.iterate(get_shops, client=client, offset=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pages.iterate(search_goods, client=client, page_size="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    pages.iterate(bulk_update_shelves, client=client)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


def values(name: str | Unset | None) -> int:
    """A field that may be absent or null has no length; its value with a default has one."""
    len(name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    return len(value_of(name, ""))
