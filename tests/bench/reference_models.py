"""The segments' models once more, by hand, as pydantic has them."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

import pydantic
from pydantic.alias_generators import to_camel


def _enum(name: str, *values: str) -> Any:
    return StrEnum(name, {value.upper(): value for value in values})


Channel = _enum("Channel", "Unknown", "Onsite", "Offsite")
Kind = _enum("Kind", "Unknown", "ContactList", "Events")
Identifier = _enum("Identifier", "Unknown", "Email", "UserIdentifier", "IdentityLink", "CustomerId", "PhoneNumber")
Sharing = _enum("Sharing", "Unknown", "NotShared", "SharedWithAll", "SharedWithDemandAccounts")
Days = _enum("Days", "Unknown", *(f"Last{days}Days" for days in (7, 14, 30, 45, 60, 90, 120, 150, 180)))
Activity = _enum("Activity", "Unknown", "View", "Buy", "AddToCart")


class Model(pydantic.BaseModel):
    """Keeps unknown fields, as ours do; its enums are closed, which spares it work that ours do."""

    model_config = pydantic.ConfigDict(extra="allow", alias_generator=to_camel, populate_by_name=True)


class ContactList(Model):
    identifier_type: Identifier | None = None
    is_read_only: bool | None = None
    sharing_status: Sharing | None = None


class Events(Model):
    brand_ids: list[str] | None = None
    category_ids: list[str] | None = None
    lookback_days: Days | None = None
    max_price: float | None = None
    min_price: float | None = None
    shopper_activity: Activity | None = None


class Segment(Model):
    account_id: str | None = None
    channels: list[Channel] | None = None
    contact_list: ContactList | None = None
    created_at: datetime.datetime | None = None
    created_by_id: str | None = None
    description: str | None = None
    events: Events | None = None
    name: str | None = None
    retailer_id: str | None = None
    type: Kind | None = None
    updated_at: datetime.datetime | None = None


class Problem(Model):
    code: str | None = None
    detail: str | None = None


class Resource(Model):
    attributes: Segment | None = None
    id: str | None = None
    type: str | None = None


class Answer(Model):
    data: list[Resource] | None = None
    errors: list[Problem] | None = None
    warnings: list[Problem] | None = None
