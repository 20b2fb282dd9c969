"""The segments' models once more, by hand: as pydantic and as msgspec have them."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

import msgspec
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


class Struct(msgspec.Struct, rename="camel", omit_defaults=True):
    """Drops unknown fields, which it cannot keep."""


U = msgspec.UNSET
Absent = msgspec.UnsetType | None


class ContactListStruct(Struct):
    identifier_type: Identifier | Absent = U
    is_read_only: bool | Absent = U
    sharing_status: Sharing | Absent = U


class EventsStruct(Struct):
    brand_ids: list[str] | Absent = U
    category_ids: list[str] | Absent = U
    lookback_days: Days | Absent = U
    max_price: float | Absent = U
    min_price: float | Absent = U
    shopper_activity: Activity | Absent = U


class SegmentStruct(Struct):
    account_id: str | Absent = U
    channels: list[Channel] | Absent = U
    contact_list: ContactListStruct | Absent = U
    created_at: datetime.datetime | Absent = U
    created_by_id: str | Absent = U
    description: str | Absent = U
    events: EventsStruct | Absent = U
    name: str | Absent = U
    retailer_id: str | Absent = U
    type: Kind | Absent = U
    updated_at: datetime.datetime | Absent = U


class ProblemStruct(Struct):
    code: str | Absent = U
    detail: str | Absent = U


class ResourceStruct(Struct):
    attributes: SegmentStruct | Absent = U
    id: str | Absent = U
    type: str | Absent = U


class AnswerStruct(Struct):
    data: list[ResourceStruct] | Absent = U
    errors: list[ProblemStruct] | Absent = U
    warnings: list[ProblemStruct] | Absent = U
