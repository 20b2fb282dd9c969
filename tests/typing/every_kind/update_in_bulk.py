"""Many items, updated or created in batches: the type of the item goes in, that of the entity comes out."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from typing import Any, assert_type

from criteo_retail_media import UNSET, AuthenticatedClient, Unset, bulk
from criteo_retail_media.api.shelf import bulk_update_shelves, create_shelves
from criteo_retail_media.bulk import BulkResult
from criteo_retail_media.errors import Problem
from criteo_retail_media.models import (
    Light,
    LightColour,
    LightUpdate,
    LightUpdateColour,
    NillableAmount,
    NillableText,
    Shelf,
    ShelfBulkUpdateInput,
    ShelfCreate,
    ShelfCreateKindsItem,
    ShelfCreateLabels,
    ShelfCreateResource,
    ShelfKind,
    ShelfListResponse,
    ShelfPlace,
    ShelfResource,
    ShelfSize,
    ShelfStatus,
    ShelfUpdate,
    ShelfUpdateResource,
)


def update(client: AuthenticatedClient, items: list[ShelfUpdateResource]) -> None:
    """An update of any number of items."""
    result = bulk.run(bulk_update_shelves, items, client=client, account_id="42", batch_size=50)
    assert_type(result, BulkResult[ShelfUpdateResource, ShelfResource])
    assert_type(result.succeeded, list[ShelfResource])
    for failed in result.failed:
        assert_type(failed.item, ShelfUpdateResource)
        assert_type(failed.entity, ShelfResource | None)
        assert_type(failed.problems, tuple[Problem, ...])
    for unknown in result.unknown:
        assert_type(unknown.item, ShelfUpdateResource)


async def create(client: AuthenticatedClient, items: AsyncIterator[ShelfCreateResource]) -> None:
    """A create, from a coroutine, of items as they come."""
    result = await bulk.run_async(create_shelves, items, client=client, account_id="42", max_concurrency=4)
    assert_type(result, BulkResult[ShelfCreateResource, ShelfResource])


def requests() -> tuple[ShelfUpdateResource, ShelfCreateResource]:
    """Items, built from models: absent, cleared, and of every type."""
    changes = ShelfUpdate(
        description=NillableText(value=None),
        budget=NillableAmount(value=9.5),
        light=LightUpdate(colour=LightUpdateColour.RED),
    )
    assert_type(changes.name, str | Unset)
    assert_type(NillableText(value="x").value, str | None)
    new = ShelfCreate(
        name="Spring",
        retailer_id="1",
        opens_on=datetime.date(2026, 1, 2),
        closes_at=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        light=Light(colour=LightColour.WHITE, power=UNSET),
        kinds=[ShelfCreateKindsItem.FOOD, ShelfCreateKindsItem("Garden")],
        labels=ShelfCreateLabels(),
    )
    assert_type(new.budget, float | Unset)
    return ShelfUpdateResource(id="1", type_="Shelf", attributes=changes), ShelfCreateResource(attributes=new)


def answer(client: AuthenticatedClient, body: ShelfBulkUpdateInput) -> None:
    """What is in an answer: absent, null, and of every type."""
    answer = bulk_update_shelves.sync("42", client=client, body=body)
    assert_type(answer, ShelfListResponse)
    assert_type(answer.data, list[ShelfResource | None] | None | Unset)
    for resource in answer.data or []:
        if resource and isinstance(shelf := resource.attributes, Shelf):
            assert_type(shelf.created_at, datetime.datetime | None | Unset)
            assert_type(shelf.opens_on, datetime.date | None | Unset)
            assert_type(shelf.sold, int | None | Unset)
            assert_type(shelf.bid, float | None | Unset)
            assert_type(shelf.is_empty, bool | None | Unset)
            assert_type(shelf.kind, ShelfKind | None | Unset)
            assert_type(shelf.size, ShelfSize | Unset)
            assert_type(shelf.status, ShelfStatus | None | Unset)
            assert_type(shelf.visitors, list[ShelfStatus | None] | None | Unset)
            assert_type(shelf.place, ShelfPlace | None | Unset)
            assert_type(shelf.owner, str | Unset)
            assert_type(shelf.additional_properties, dict[str, Any])
