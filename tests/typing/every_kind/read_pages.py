"""Pages in five shapes: the entity's type comes out of each."""

from __future__ import annotations

from typing import assert_type

from criteo_retail_media import AuthenticatedClient, Unset, pages
from criteo_retail_media.api.shelf import fetch_shelf_products, search_shelves
from criteo_retail_media.api.shop import get_categories, get_shops, search_goods
from criteo_retail_media.models import (
    CategoryResource,
    GetShopsLimitToType,
    GoodsKeywords,
    GoodsResource,
    Keyword,
    PageOfShop,
    ProductResource,
    ShelfResource,
    ShelfSearch,
    ShelfSearchRequest,
    ShelfSearchResource,
    ShopResource,
)


def iterate(client: AuthenticatedClient) -> None:
    """All entities of all pages."""
    search = ShelfSearchRequest(data=ShelfSearchResource(attributes=ShelfSearch(names=["Spring"]), type_="Shelf"))
    for shelf in pages.iterate(search_shelves, client=client, page_size=100, account_id="42", body=search):
        assert_type(shelf, ShelfResource)
    for shop in pages.iterate(get_shops, client=client, limit_to_id=["1", "2"]):
        assert_type(shop, ShopResource)
    for goods in pages.iterate(search_goods, client=client):
        assert_type(goods, GoodsResource)
        if goods.attributes and goods.attributes.keywords:
            assert_type(goods.attributes.keywords, GoodsKeywords)
            assert_type(goods.attributes.keywords.additional_properties, dict[str, Keyword])
    for product in pages.iterate(fetch_shelf_products, client=client, shelf_id="7"):
        assert_type(product, ProductResource)
    for category in pages.iterate(get_categories, client=client):
        assert_type(category, CategoryResource)


async def iterate_async(client: AuthenticatedClient) -> None:
    """The same from a coroutine."""
    async for shop in pages.iterate_async(get_shops, client=client, limit_to_type=GetShopsLimitToType.WEB):
        assert_type(shop, ShopResource)


def one(client: AuthenticatedClient) -> None:
    """One page, and where it is among the others."""
    page = get_shops.sync(client=client, limit_to_type=GetShopsLimitToType("Market"), page_index=1, page_size=10)
    assert_type(page, PageOfShop)
    assert_type(page.data, list[ShopResource] | Unset)
    assert_type(page.metadata.total_items_across_all_pages, int | None | Unset)
