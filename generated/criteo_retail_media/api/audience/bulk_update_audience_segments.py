from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ... import _call, _codec, models
from ..._operation import Operation
from ..._request import Body, Parameter, Request
from ...client import AuthenticatedClient
from ...types import UNSET, Response, Timeout, Unset

__all__ = [
    "sync",
    "asyncio",
    "sync_detailed",
    "asyncio_detailed",
    "OPERATION",
    "_get_kwargs",
]  # or mypy takes it for private

OPERATION: Operation[models.RmAudienceSegmentEntityV1ListResponse] = Operation(
    id="bulkUpdateAudienceSegments",
    method="PATCH",
    path="/2026-01/retail-media/accounts/{account-id}/audience-segments",
    tag="Audience",
    scopes=("RetailMedia_Audience_Manage",),
    body=lambda: models.RmAudienceSegmentBulkUpdateInputV1,
    body_list=True,
    answer_list=True,
    answers={200: _call.as_json(lambda: models.RmAudienceSegmentEntityV1ListResponse.from_dict, data_is_list=True)},
    request=Request(
        "PATCH",
        "/2026-01/retail-media/accounts/{account_id}/audience-segments",
        in_path=(Parameter("account_id", "account-id", _codec.write_key, is_required=True),),
        body=Body("application/json", _codec.model_writer(lambda: models.RmAudienceSegmentBulkUpdateInputV1)),
    ),
)
_operation = OPERATION


def _get_kwargs(
    account_id: str,
    *,
    body: models.RmAudienceSegmentBulkUpdateInputV1,
) -> dict[str, Any]:
    return _operation.kwargs(
        {
            "account_id": account_id,
            "body": body,
        }
    )


def sync(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: models.RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> models.RmAudienceSegmentEntityV1ListResponse:
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
        timeout: seconds (or an `httpx.Timeout`) for each step of this call instead of the client's; None for no limit.
        headers: further headers for this call.
        deadline: seconds that the whole call may take, with its retries and waits; no limit by default.

    Returns:
        RmAudienceSegmentEntityV1ListResponse: Success or partial success (200)

    Raises:
        errors.EncodeError: an argument cannot be sent; ``path`` says where. Nothing was sent.
        errors.ApiError: the answer's status is not 2xx; a subclass says which.
        errors.TokenError: no token could be had.
        errors.DecodeError: the answer is not what the API's document promises.
        httpx.TransportError: no answer came (`httpx.TimeoutException`: not in time).
    """
    return _call.call(
        client,
        _operation,
        _get_kwargs(
            account_id,
            body=body,
        ),
        timeout=timeout,
        headers=headers,
        deadline=deadline,
    )


async def asyncio(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: models.RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> models.RmAudienceSegmentEntityV1ListResponse:
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
        timeout: seconds (or an `httpx.Timeout`) for each step of this call instead of the client's; None for no limit.
        headers: further headers for this call.
        deadline: seconds that the whole call may take, with its retries and waits; no limit by default.

    Returns:
        RmAudienceSegmentEntityV1ListResponse: Success or partial success (200)

    Raises:
        errors.EncodeError: an argument cannot be sent; ``path`` says where. Nothing was sent.
        errors.ApiError: the answer's status is not 2xx; a subclass says which.
        errors.TokenError: no token could be had.
        errors.DecodeError: the answer is not what the API's document promises.
        httpx.TransportError: no answer came (`httpx.TimeoutException`: not in time).
    """
    return await _call.call_async(
        client,
        _operation,
        _get_kwargs(
            account_id,
            body=body,
        ),
        timeout=timeout,
        headers=headers,
        deadline=deadline,
    )


def sync_detailed(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: models.RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> Response[models.RmAudienceSegmentEntityV1ListResponse]:
    """Like `sync`, but answers with status, headers and content, and raises no `errors.ApiError` whatever the status."""
    return _call.call_detailed(
        client,
        _operation,
        _get_kwargs(
            account_id,
            body=body,
        ),
        timeout=timeout,
        headers=headers,
        deadline=deadline,
    )


async def asyncio_detailed(
    account_id: str,
    *,
    client: AuthenticatedClient,
    body: models.RmAudienceSegmentBulkUpdateInputV1,
    timeout: Timeout | Unset = UNSET,
    headers: Mapping[str, str] | Unset = UNSET,
    deadline: float | Unset = UNSET,
) -> Response[models.RmAudienceSegmentEntityV1ListResponse]:
    """Like `asyncio`, but answers with status, headers and content, and raises no `errors.ApiError` whatever the status."""
    return await _call.call_detailed_async(
        client,
        _operation,
        _get_kwargs(
            account_id,
            body=body,
        ),
        timeout=timeout,
        headers=headers,
        deadline=deadline,
    )


if TYPE_CHECKING:
    __all__ += [
        "_bulk",
        "_bulk_async",
    ]  # or mypy takes them for private
    from ...bulk import BulkResult as _BulkResult
    from ...bulk import OnBatch as _OnBatch

    def _bulk(
        item: models.RmAudienceSegmentUpdateEntityV1Resource,
        /,
        *,
        client: AuthenticatedClient,
        batch_size: int = 50,
        on_batch: _OnBatch | None = None,
        result: _BulkResult[models.RmAudienceSegmentUpdateEntityV1Resource, models.RmAudienceSegmentEntityV1Resource]
        | None = None,
        account_id: str,
        timeout: Timeout | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
        deadline: float | Unset = UNSET,
    ) -> models.RmAudienceSegmentEntityV1Resource: ...

    def _bulk_async(
        item: models.RmAudienceSegmentUpdateEntityV1Resource,
        /,
        *,
        client: AuthenticatedClient,
        batch_size: int = 50,
        max_concurrency: int = 3,
        on_batch: _OnBatch | None = None,
        result: _BulkResult[models.RmAudienceSegmentUpdateEntityV1Resource, models.RmAudienceSegmentEntityV1Resource]
        | None = None,
        account_id: str,
        timeout: Timeout | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
        deadline: float | Unset = UNSET,
    ) -> models.RmAudienceSegmentEntityV1Resource: ...


def __dir__() -> list[str]:
    return ["sync", "asyncio", "sync_detailed", "asyncio_detailed"]
