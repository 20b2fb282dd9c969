"""What a team writes against the client, with the types that mypy and pyright must give it.

Checked by `make types`, never run.
"""

from __future__ import annotations

import datetime
from typing import assert_type

import httpx
from criteo_retail_media import (
    UNSET,
    AuthenticatedClient,
    AuthorizationCode,
    Client,
    ClientCredentials,
    RefreshToken,
    RetryPolicy,
    Unset,
    bulk,
)
from criteo_retail_media.api.audience import bulk_update_audience_segments
from criteo_retail_media.errors import ApiError, DecodeError, Problem, RateLimitError, TokenError
from criteo_retail_media.models import (
    CommonProblem,
    NillableDecimal,
    NillableString,
    RmAudienceSegmentBulkUpdateInputV1,
    RmAudienceSegmentEntityV1,
    RmAudienceSegmentEntityV1ListResponse,
    RmAudienceSegmentEntityV1Resource,
    RmAudienceSegmentEntityV1Type,
    RmAudienceSegmentUpdateEntityV1,
    RmAudienceSegmentUpdateEntityV1Resource,
    RmEventsUpdateV1,
    RmEventsUpdateV1ShopperActivity,
    RmEventsV1,
)
from criteo_retail_media.types import Response


def clients() -> AuthenticatedClient:
    """Every way to a client."""
    assert_type(AuthenticatedClient.from_env(), AuthenticatedClient)
    assert_type(AuthenticatedClient(base_url="https://api.criteo.com", token="t"), AuthenticatedClient)
    _ = AuthenticatedClient(auth=RefreshToken("id", "secret", "refresh")), Client()
    _ = AuthenticatedClient(auth=AuthorizationCode("id", "secret", "code", "https://example.com/back"))
    client = AuthenticatedClient(
        auth=ClientCredentials("id", "secret"),
        timeout=httpx.Timeout(10.0),
        retry=RetryPolicy(retry_writes=True),
        limits=httpx.Limits(max_connections=4),
        headers={"X-Team": "media"},
    )
    assert_type(client.with_headers({"X-Job": "1"}).with_timeout(5.0).with_cookies({}), AuthenticatedClient)
    assert_type(client.get_httpx_client(), httpx.Client)
    assert_type(client.get_async_httpx_client(), httpx.AsyncClient)
    return client


def body() -> RmAudienceSegmentBulkUpdateInputV1:
    """A request, built from models."""
    update = RmAudienceSegmentUpdateEntityV1(
        name="Spring",
        description=NillableString(value=None),
        events=RmEventsUpdateV1(
            max_price=NillableDecimal(value=99.5),
            brand_ids=["1"],
            shopper_activity=RmEventsUpdateV1ShopperActivity.VIEW,
        ),
    )
    assert_type(update.name, str | Unset)
    return RmAudienceSegmentBulkUpdateInputV1(
        data=[RmAudienceSegmentUpdateEntityV1Resource(id="1", type_="RetailMediaAudienceSegment", attributes=update)]
    )


def answer(client: AuthenticatedClient) -> None:
    """A sync call, and what is in its answer."""
    answer = bulk_update_audience_segments.sync(account_id="42", client=client, body=body(), timeout=5)
    assert_type(answer, RmAudienceSegmentEntityV1ListResponse)
    assert_type(answer.data, list[RmAudienceSegmentEntityV1Resource] | None | Unset)
    assert_type(answer.errors, list[CommonProblem] | None | Unset)
    for segment in answer.data or []:
        assert_type(segment.id, str | None | Unset)
        if attributes := segment.attributes:
            assert_type(attributes, RmAudienceSegmentEntityV1)
            assert_type(attributes.created_at, datetime.datetime | None | Unset)
            assert_type(attributes.type_, RmAudienceSegmentEntityV1Type | None | Unset)
            assert_type(attributes.events, RmEventsV1 | None | Unset)
            if isinstance(attributes.type_, RmAudienceSegmentEntityV1Type):
                assert_type(attributes.type_.is_known, bool)
            if attributes.retailer_id is not UNSET and attributes.retailer_id is not None:
                print(attributes.retailer_id)


def detailed(client: AuthenticatedClient) -> None:
    """An answer of any status."""
    response = bulk_update_audience_segments.sync_detailed("42", client=client, body=body(), timeout=None)
    assert_type(response, Response[RmAudienceSegmentEntityV1ListResponse])
    assert_type(response.parsed, RmAudienceSegmentEntityV1ListResponse | None)
    assert_type(response.status_code, int)
    assert_type(response.content, bytes)
    assert_type(response.headers, httpx.Headers)


async def concurrently(client: AuthenticatedClient) -> None:
    """The same from a coroutine."""
    answer = await bulk_update_audience_segments.asyncio("42", client=client, body=body())
    assert_type(answer, RmAudienceSegmentEntityV1ListResponse)
    response = await bulk_update_audience_segments.asyncio_detailed("42", client=client, body=body())
    assert_type(response, Response[RmAudienceSegmentEntityV1ListResponse])


def in_bulk(client: AuthenticatedClient, items: list[RmAudienceSegmentUpdateEntityV1Resource]) -> None:
    """Any number of items."""
    result = bulk.run(bulk_update_audience_segments, items, client=client, account_id="42", batch_size=50)
    assert_type(result.succeeded, list[RmAudienceSegmentEntityV1Resource])
    for failed in result.failed:
        assert_type(failed.index, int)
        assert_type(failed.item, RmAudienceSegmentUpdateEntityV1Resource)
        assert_type(failed.problems, tuple[Problem, ...])
    for unknown in result.unknown:
        assert_type(unknown.item, RmAudienceSegmentUpdateEntityV1Resource)
    result.raise_for_failures()


def errors(client: AuthenticatedClient) -> None:
    """What can go wrong, and what is known of it."""
    try:
        bulk_update_audience_segments.sync("42", client=client, body=body())
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except ApiError as error:
        assert_type(error.status_code, int)
        assert_type(error.problems, tuple[Problem, ...])
        assert_type(error.trace_id, str | None)
        assert_type(error.content, bytes)
    except DecodeError as error:
        assert_type(error.path, str)
        assert_type(error.content, bytes | None)
    except TokenError as error:
        assert_type(error.status_code, int | None)
