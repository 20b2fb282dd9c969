from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_datetime,
    as_list,
    as_string,
    completed,
    from_datetime,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class RmAudienceSegmentEntityV1(Model):
    """Set of rules that defines specific people to target.

    Attributes:
        account_id (None | str | Unset): Account associated to the segment
        channels (list[RmAudienceSegmentEntityV1ChannelsItem] | None | Unset): Channels associated to the
            segment (read-only)
        contact_list (None | RmContactListV1 | Unset): Settings to target users with your contact lists.
        created_at (datetime.datetime | None | Unset): ISO-8601 timestamp in UTC of segment creation (read-only)
        created_by_id (None | str | Unset): User that created the segment
        description (None | str | Unset): Description of the segment
        events (None | RmEventsV1 | Unset): Settings to target users based on their behavior
        name (None | str | Unset): Name of the segment
        retailer_id (None | str | Unset): Retailer  associated to the segment
        type_ (None | RmAudienceSegmentEntityV1Type | Unset): Type of segment (read-only)
        updated_at (datetime.datetime | None | Unset): ISO-8601 timestamp in UTC of segment update (read-only)
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    account_id: None | str | Unset = UNSET
    channels: list[RmAudienceSegmentEntityV1ChannelsItem] | None | Unset = UNSET
    contact_list: None | RmContactListV1 | Unset = UNSET
    created_at: datetime.datetime | None | Unset = UNSET
    created_by_id: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    events: None | RmEventsV1 | Unset = UNSET
    name: None | str | Unset = UNSET
    retailer_id: None | str | Unset = UNSET
    type_: None | RmAudienceSegmentEntityV1Type | Unset = UNSET
    updated_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.account_id
        if v is not UNSET:
            d["accountId"] = v
        v = self.channels
        if v is not UNSET:
            d["channels"] = v if v is None else [v if type(v) is str else v._value_ for v in v]
        v = self.contact_list
        if v is not UNSET:
            d["contactList"] = v if v is None else v.to_dict()
        v = self.created_at
        if v is not UNSET:
            d["createdAt"] = v if v is None else from_datetime(v)
        v = self.created_by_id
        if v is not UNSET:
            d["createdById"] = v
        v = self.description
        if v is not UNSET:
            d["description"] = v
        v = self.events
        if v is not UNSET:
            d["events"] = v if v is None else v.to_dict()
        v = self.name
        if v is not UNSET:
            d["name"] = v
        v = self.retailer_id
        if v is not UNSET:
            d["retailerId"] = v
        v = self.type_
        if v is not UNSET:
            d["type"] = v if v is None else v if type(v) is str else v._value_
        v = self.updated_at
        if v is not UNSET:
            d["updatedAt"] = v if v is None else from_datetime(v)
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        complete = type(src_dict) is dict and len(src_dict) >= 11
        d = src_dict if complete else completed(src_dict, _FIELDS)
        self = new(cls)
        try:
            self.account_id = d["accountId"]
            self.channels = d["channels"]
            self.contact_list = d["contactList"]
            self.created_at = d["createdAt"]
            self.created_by_id = d["createdById"]
            self.description = d["description"]
            self.events = d["events"]
            self.name = d["name"]
            self.retailer_id = d["retailerId"]
            self.type_ = d["type"]
            self.updated_at = d["updatedAt"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "accountId"
            v = self.account_id
            if type(v) is not str and v is not None and v is not UNSET:
                self.account_id = as_string(v)
            key = "channels"
            v = self.channels
            if v is not None and v is not UNSET:
                self.channels = as_list(_rm_audience_segment_entity_v1_channels_item.__getitem__, v)
            key = "contactList"
            v = self.contact_list
            if v is not None and v is not UNSET:
                self.contact_list = _rm_contact_list_v1(v)
            key = "createdAt"
            v = self.created_at
            if v is not None and v is not UNSET:
                self.created_at = as_datetime(v)
            key = "createdById"
            v = self.created_by_id
            if type(v) is not str and v is not None and v is not UNSET:
                self.created_by_id = as_string(v)
            key = "description"
            v = self.description
            if type(v) is not str and v is not None and v is not UNSET:
                self.description = as_string(v)
            key = "events"
            v = self.events
            if v is not None and v is not UNSET:
                self.events = _rm_events_v1(v)
            key = "name"
            v = self.name
            if type(v) is not str and v is not None and v is not UNSET:
                self.name = as_string(v)
            key = "retailerId"
            v = self.retailer_id
            if type(v) is not str and v is not None and v is not UNSET:
                self.retailer_id = as_string(v)
            key = "type"
            v = self.type_
            if v is not None and v is not UNSET:
                self.type_ = _rm_audience_segment_entity_v1_type[v]
            key = "updatedAt"
            v = self.updated_at
            if v is not None and v is not UNSET:
                self.updated_at = as_datetime(v)
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 11 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "accountId",
        "channels",
        "contactList",
        "createdAt",
        "createdById",
        "description",
        "events",
        "name",
        "retailerId",
        "type",
        "updatedAt",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.rm_audience_segment_entity_v1_channels_item import RmAudienceSegmentEntityV1ChannelsItem  # noqa: E402
from ..models.rm_audience_segment_entity_v1_type import RmAudienceSegmentEntityV1Type  # noqa: E402
from ..models.rm_contact_list_v1 import RmContactListV1  # noqa: E402
from ..models.rm_events_v1 import RmEventsV1  # noqa: E402

_rm_audience_segment_entity_v1_channels_item = RmAudienceSegmentEntityV1ChannelsItem.by_value
_rm_audience_segment_entity_v1_type = RmAudienceSegmentEntityV1Type.by_value
_rm_contact_list_v1 = RmContactListV1.from_dict
_rm_events_v1 = RmEventsV1.from_dict
