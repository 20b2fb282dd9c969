"""The answer that is read: audience segments, as the API gives them; and what a contender made of it, to compare."""

from __future__ import annotations

import datetime
import enum
import json
import re
from collections.abc import Mapping
from typing import Any

Json = Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


def answer(count: int) -> dict[str, Json]:
    """Segments, half of them by contact list, half by events."""
    return {"data": [_segment(number) for number in range(count)], "errors": [], "warnings": []}


def _segment(number: int) -> dict[str, Json]:
    by_list = number % 2 == 0
    contact_list = {"identifierType": "Email", "isReadOnly": False, "sharingStatus": "NotShared"}
    events = {
        "brandIds": [str(9000 + n) for n in range(3)],
        "categoryIds": [str(700 + n) for n in range(3)],
        "lookbackDays": "Last30Days",
        "maxPrice": 99.5,
        "minPrice": 5.25,
        "shopperActivity": "View",
    }
    attributes = {
        "accountId": "1234567890",
        "channels": ["Onsite", "Offsite"],
        "contactList": contact_list if by_list else None,
        "createdAt": f"2026-01-02T03:04:{number % 60:02}.123Z",
        "createdById": "5678",
        "description": None if number % 5 == 0 else f"Shoppers of spring, part {number}",
        "events": None if by_list else events,
        "name": f"Spring {number}",
        "retailerId": "3141",
        "type": "ContactList" if by_list else "Events",
        "updatedAt": f"2026-02-03T04:05:{number % 60:02}.456Z",
    }
    return {"attributes": attributes, "id": str(7_000_000_000 + number), "type": "RetailMediaAudienceSegment"}


def update(count: int) -> dict[str, Json]:
    """Updates of as many segments."""
    return {"data": [_update(number) for number in range(count)]}


def _update(number: int) -> dict[str, Json]:
    events = {
        "brandIds": ["9000", "9001", "9002"],
        "lookbackDays": "Last30Days",
        "maxPrice": {"value": 99.5},
        "shopperActivity": "View",
    }
    attributes = {"description": {"value": None}, "events": events, "name": f"Spring {number}"}
    return {"attributes": attributes, "id": str(7_000_000_000 + number), "type": "RetailMediaAudienceSegment"}


def report_lines(size: int) -> bytes:
    """Whole lines of JSON, as a catalog has them, of about ``size`` bytes together."""
    lines: list[bytes] = []
    left = size
    while left > 0:
        lines.append(json.dumps(_product(len(lines))).encode() + b"\n")
        left -= len(lines[-1])
    return b"".join(lines)


def _product(number: int) -> dict[str, Json]:
    return {
        "id": f"SKU-{number:07}",
        "name": f"Running shoes of spring, pair {number}, in blue – and grün",
        "category": "Shoes > Running",
        "categoryId": str(700 + number % 40),
        "brandName": f"Brand {number % 90}",
        "brandId": str(9000 + number % 90),
        "retailerId": "3141",
        "retailerName": "A Retailer",
        "price": 5.25 + number % 1_000 / 100,
        "isInStock": number % 3 > 0,
        "minBid": 0.3 if number % 2 else None,
        "gtin": f"{4_006_381_000_000 + number}",
        "mpn": None,
        "imageUrl": f"https://images.example.com/products/{number:07}/front.jpg",
        "updatedAt": f"2026-02-03T04:05:{number % 60:02}.456Z",
    }


def content(value: Json) -> Json:
    """The value with every way to write a date-time or an enum's value made one, so that contents can be compared."""
    if isinstance(value, Mapping):
        return {key: content(item) for key, item in value.items()}
    if isinstance(value, list):
        return [content(item) for item in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        value = datetime.datetime.fromisoformat(value)
    return value.astimezone(datetime.UTC) if isinstance(value, datetime.datetime) else value
