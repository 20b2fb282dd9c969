"""Odd answers that the API was seen to give: each is read, or is the error that it is, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from criteo_retail_media import bulk
from criteo_retail_media.api.audience import bulk_update_audience_segments as update
from criteo_retail_media.errors import ApiError, GoneError, NotFoundError, RateLimitError
from criteo_retail_media.models import RmAudienceSegmentBulkUpdateInputV1, RmAudienceSegmentUpdateEntityV1Resource
from criteo_retail_media.testing import FakeApi
from criteo_retail_media.types import UNSET

Send = Callable[[FakeApi], Any]
BODY = RmAudienceSegmentBulkUpdateInputV1(data=[])


def send_sync(fake: FakeApi) -> Any:
    """One call."""
    with fake.client(retry=None) as client:
        return update.sync(account_id="42", client=client, body=BODY)


def send_async(fake: FakeApi) -> Any:
    """One call with asyncio."""

    async def main() -> Any:
        async with fake.client(retry=None) as client:
            return await update.asyncio(account_id="42", client=client, body=BODY)

    return asyncio.run(main())


@pytest.fixture(params=[send_sync, send_async], ids=["sync", "async"])
def send(request: pytest.FixtureRequest) -> Send:
    """Both ways to call."""
    function: Send = request.param
    return function


def answered(response: httpx.Response) -> FakeApi:
    """An API that answers so."""
    fake = FakeApi()
    fake.on(update, response)
    return fake


def test_an_error_without_trace_id_and_with_an_empty_detail(send: Send) -> None:
    """What there is is told, and an internal path as instance is no position."""
    entry = {"type": "validation", "code": "invalid", "instance": "/internal/v1/segments", "detail": "", "title": None}
    with pytest.raises(ApiError) as caught:
        send(answered(httpx.Response(400, json={"errors": [entry]})))
    assert (caught.value.trace_id, caught.value.problems[0].code) == (None, "invalid")
    assert str(caught.value).endswith("400 Bad Request | invalid (at /internal/v1/segments)")


@pytest.mark.parametrize(("status", "error"), [(429, RateLimitError), (410, GoneError)])
@pytest.mark.parametrize(
    ("body", "titles"), [({}, []), ({"message": "Too much of it"}, ["Too much of it"])], ids=["nothing", "message"]
)
def test_an_error_whose_body_is_no_envelope(
    send: Send, status: int, error: type[ApiError], body: Any, titles: list[str]
) -> None:
    """It is the error of its status, with the message where there is one."""
    with pytest.raises(error) as caught:
        send(answered(httpx.Response(status, json=body)))
    assert [problem.title for problem in caught.value.problems] == titles
    assert all(text in str(caught.value) for text in titles)


@pytest.mark.parametrize(("status", "error"), [(413, ApiError), (404, NotFoundError)])
def test_an_error_without_a_body(send: Send, status: int, error: type[ApiError]) -> None:
    """Says so."""
    with pytest.raises(error, match="without a body") as caught:
        send(answered(httpx.Response(status)))
    assert (caught.value.status_code, caught.value.problems) == (status, ())


@pytest.mark.parametrize("body", [{}, {"data": []}, {"data": None}, {"warnings": None}])
def test_an_envelope_without_lists(send: Send, body: Any) -> None:
    """Each list may be missing, null or empty."""
    answer = send(answered(httpx.Response(200, json=body)))
    assert not answer.data
    assert not answer.errors
    assert not answer.warnings


@pytest.mark.parametrize("attributes", [{}, {"attributes": None}])
def test_a_resource_without_attributes(send: Send, attributes: Any) -> None:
    """It is there, with its id."""
    (segment,) = send(answered(httpx.Response(200, json={"data": [{"id": "7", "type": "T", **attributes}]}))).data
    assert (segment.id, segment.attributes) == ("7", None if attributes else UNSET)


def test_consent_that_is_missing_is_no_error() -> None:
    """The API answers 200 with an empty ``data``: each item failed, and its reason says what to check."""
    fake = answered(httpx.Response(200, json={"data": []}))
    items = [RmAudienceSegmentUpdateEntityV1Resource(id="7", type_="T")]
    with fake.client() as client:
        result = bulk.run(update, items, client=client, account_id="42")
    assert [(one.status, one.error) for one in result.outcomes] == [("failed", None)]
    assert "consent" in result.failed[0].reason
