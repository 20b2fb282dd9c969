"""The segments' models once more, by hand, as msgspec has them: apart, since the client is measured without it too."""

from __future__ import annotations

import datetime

import msgspec
from reference_models import Activity, Channel, Days, Identifier, Kind, Sharing


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
