"""Answers without a body, always or sometimes."""

from __future__ import annotations

from typing import assert_type

from criteo_retail_media import AuthenticatedClient
from criteo_retail_media.api.shelf import append_shelf_products, clear_shelf, delete_shelf_products
from criteo_retail_media.models import Product, ProductCollectionInput, ProductOutcome, ProductResource
from criteo_retail_media.types import Response


def never(client: AuthenticatedClient) -> None:
    """There is nothing to look at but the status."""
    clear_shelf.sync("7", client=client)
    response = clear_shelf.sync_detailed("7", client=client)
    assert_type(response, Response[None])
    assert_type(response.status_code, int)
    delete_shelf_products.sync("7", client=client)


async def sometimes(client: AuthenticatedClient) -> None:
    """A 200 has a body, a 204 has none; what is sent may be left out."""
    body = ProductCollectionInput(data=[ProductResource(attributes=Product(id="1"), type_="Product")])
    assert_type(await append_shelf_products.asyncio("7", client=client, body=body), ProductOutcome | None)
    assert_type(append_shelf_products.sync("7", client=client), ProductOutcome | None)
