from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import models
from ..._call import as_json, call, call_async, call_detailed, call_detailed_async, path_segment
from ..._operation import Operation
from ...client import AuthenticatedClient
from ...types import UNSET, Response, Unset

if TYPE_CHECKING:
    from ...models.rm_audience_segment_bulk_update_input_v1 import RmAudienceSegmentBulkUpdateInputV1
    from ...models.rm_audience_segment_entity_v1_list_response import RmAudienceSegmentEntityV1ListResponse
    from ...types import Timeout

OPERATION: Operation[RmAudienceSegmentEntityV1ListResponse] = Operation(
    id="bulkUpdateAudienceSegments",
    method="PATCH",
    path="/2026-01/retail-media/accounts/{account-id}/audience-segments",
    tag="Audience",
    scopes=("RetailMedia_Audience_Manage",),
    body=lambda: models.RmAudienceSegmentBulkUpdateInputV1,
    body_list=True,
    answer_list=True,
    answers={200: as_json(lambda data: models.RmAudienceSegmentEntityV1ListResponse.from_dict(data))},
)


def _get_kwargs(
    account_id: str,
    *,
    body: RmAudienceSegmentBulkUpdateInputV1,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/2026-01/retail-media/accounts/{account_id}/audience-segments".format(
            account_id=path_segment("account_id", account_id),
        ),
    }
    _kwargs["json"] = body.to_dict()

    return _kwargs


def sync_detailed(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
) -> Response[RmAudienceSegmentEntityV1ListResponse]:
    """Like `sync`, but answers with status, headers and content, and raises no `errors.ApiError` whatever the status."""
    kwargs = _get_kwargs(
        account_id=account_id,
        body=body,
    )
    return call_detailed(client, OPERATION, kwargs, timeout)


def sync(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
) -> RmAudienceSegmentEntityV1ListResponse:
    """bulkUpdateAudienceSegments

    Updates the properties of all segments with a valid configuration, and returns the full segments.
    For those that cannot be updated, one or multiple errors are returned.

    ``PATCH /2026-01/retail-media/accounts/{account-id}/audience-segments``

    Writes: it is repeated only where it cannot have been carried out.

    Needs the scope RetailMedia_Audience_Manage.

    Args:
        account_id (str): Account id
        body (RmAudienceSegmentBulkUpdateInputV1): Segment Update request
        client: sends the call, with its token, retries and connections.
        timeout: seconds (or an `httpx.Timeout`) for this call instead of the client's; None for no limit.

    Returns:
        RmAudienceSegmentEntityV1ListResponse: Success or partial success (200)

    Raises:
        errors.ApiError: the answer's status is not 2xx; a subclass says which.
        errors.TokenError: no token could be had.
        errors.DecodeError: the answer is not what the API's document promises.
        httpx.TransportError: no answer came (`httpx.TimeoutException`: not in time).
    """
    kwargs = _get_kwargs(
        account_id=account_id,
        body=body,
    )
    return call(client, OPERATION, kwargs, timeout)


async def asyncio_detailed(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
) -> Response[RmAudienceSegmentEntityV1ListResponse]:
    """Like `asyncio`, but answers with status, headers and content, and raises no `errors.ApiError` whatever the status."""
    kwargs = _get_kwargs(
        account_id=account_id,
        body=body,
    )
    return await call_detailed_async(client, OPERATION, kwargs, timeout)


async def asyncio(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
) -> RmAudienceSegmentEntityV1ListResponse:
    """bulkUpdateAudienceSegments

    Updates the properties of all segments with a valid configuration, and returns the full segments.
    For those that cannot be updated, one or multiple errors are returned.

    ``PATCH /2026-01/retail-media/accounts/{account-id}/audience-segments``

    Writes: it is repeated only where it cannot have been carried out.

    Needs the scope RetailMedia_Audience_Manage.

    Args:
        account_id (str): Account id
        body (RmAudienceSegmentBulkUpdateInputV1): Segment Update request
        client: sends the call, with its token, retries and connections.
        timeout: seconds (or an `httpx.Timeout`) for this call instead of the client's; None for no limit.

    Returns:
        RmAudienceSegmentEntityV1ListResponse: Success or partial success (200)

    Raises:
        errors.ApiError: the answer's status is not 2xx; a subclass says which.
        errors.TokenError: no token could be had.
        errors.DecodeError: the answer is not what the API's document promises.
        httpx.TransportError: no answer came (`httpx.TimeoutException`: not in time).
    """
    kwargs = _get_kwargs(
        account_id=account_id,
        body=body,
    )
    return await call_async(client, OPERATION, kwargs, timeout)
