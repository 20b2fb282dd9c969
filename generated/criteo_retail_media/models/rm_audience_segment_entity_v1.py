from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmAudienceSegmentEntityV1(_codec.Model):
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

    def __init__(
        self,
        account_id: None | str | Unset = UNSET,
        channels: list[RmAudienceSegmentEntityV1ChannelsItem] | None | Unset = UNSET,
        contact_list: None | RmContactListV1 | Unset = UNSET,
        created_at: datetime.datetime | None | Unset = UNSET,
        created_by_id: None | str | Unset = UNSET,
        description: None | str | Unset = UNSET,
        events: None | RmEventsV1 | Unset = UNSET,
        name: None | str | Unset = UNSET,
        retailer_id: None | str | Unset = UNSET,
        type_: None | RmAudienceSegmentEntityV1Type | Unset = UNSET,
        updated_at: datetime.datetime | None | Unset = UNSET,
    ) -> None:
        self.account_id = account_id
        self.channels = channels
        self.contact_list = contact_list
        self.created_at = created_at
        self.created_by_id = created_by_id
        self.description = description
        self.events = events
        self.name = name
        self.retailer_id = retailer_id
        self.type_ = type_
        self.updated_at = updated_at
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.account_id
            if v is not UNSET:
                d["accountId"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.channels
            if v is not UNSET:
                d["channels"] = v if v is None else _codec.write_strings(v)
            v = self.contact_list
            if v is not UNSET:
                d["contactList"] = (
                    v
                    if v is None
                    else v.to_dict()
                    if type(v) is RmContactListV1
                    else _codec.write_model(RmContactListV1, v)
                )
            v = self.created_at
            if v is not UNSET:
                d["createdAt"] = v if v is None else _codec.write_datetime(v)
            v = self.created_by_id
            if v is not UNSET:
                d["createdById"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.description
            if v is not UNSET:
                d["description"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.events
            if v is not UNSET:
                d["events"] = (
                    v if v is None else v.to_dict() if type(v) is RmEventsV1 else _codec.write_model(RmEventsV1, v)
                )
            v = self.name
            if v is not UNSET:
                d["name"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.retailer_id
            if v is not UNSET:
                d["retailerId"] = v if v is None else v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.type_
            if v is not UNSET:
                d["type"] = (
                    v
                    if v is None
                    else v._value_
                    if type(v) is RmAudienceSegmentEntityV1Type
                    else _codec.write_string(v)
                )
            v = self.updated_at
            if v is not UNSET:
                d["updatedAt"] = v if v is None else _codec.write_datetime(v)
        except _codec.REFUSALS as error:
            raise _codec.refused_field(error, self, _FIELDS, d, v) from error.__cause__
        if self._unknown:
            _codec.write_unknown(d, _FIELDS, _codec.write_any, self._unknown)
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        d = src_dict
        if type(d) is not dict or len(d) < 11:
            d = _codec.completed(d, _FIELDS)
        try:
            v_account_id = d["accountId"]
            v_channels = d["channels"]
            v_contact_list = d["contactList"]
            v_created_at = d["createdAt"]
            v_created_by_id = d["createdById"]
            v_description = d["description"]
            v_events = d["events"]
            v_name = d["name"]
            v_retailer_id = d["retailerId"]
            v_type_ = d["type"]
            v_updated_at = d["updatedAt"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if type(v_account_id) is not str and v_account_id is not None and v_account_id is not UNSET:
                v_account_id = _codec.as_string(v_account_id)
            self.account_id = v_account_id
            if v_channels is not None and v_channels is not UNSET:
                v_channels = _codec.as_list(_each_RmAudienceSegmentEntityV1ChannelsItem, v_channels)
            self.channels = v_channels
            if v_contact_list is not None and v_contact_list is not UNSET:
                v_contact_list = _read_RmContactListV1(v_contact_list)
            self.contact_list = v_contact_list
            if v_created_at is not None and v_created_at is not UNSET:
                v_created_at = _codec.as_datetime(v_created_at)
            self.created_at = v_created_at
            if type(v_created_by_id) is not str and v_created_by_id is not None and v_created_by_id is not UNSET:
                v_created_by_id = _codec.as_string(v_created_by_id)
            self.created_by_id = v_created_by_id
            if type(v_description) is not str and v_description is not None and v_description is not UNSET:
                v_description = _codec.as_string(v_description)
            self.description = v_description
            if v_events is not None and v_events is not UNSET:
                v_events = _read_RmEventsV1(v_events)
            self.events = v_events
            if type(v_name) is not str and v_name is not None and v_name is not UNSET:
                v_name = _codec.as_string(v_name)
            self.name = v_name
            if type(v_retailer_id) is not str and v_retailer_id is not None and v_retailer_id is not UNSET:
                v_retailer_id = _codec.as_string(v_retailer_id)
            self.retailer_id = v_retailer_id
            if v_type_ is not None and v_type_ is not UNSET:
                v_type_ = _member_RmAudienceSegmentEntityV1Type[v_type_]
            self.type_ = v_type_
            if v_updated_at is not None and v_updated_at is not UNSET:
                v_updated_at = _codec.as_datetime(v_updated_at)
            self.updated_at = v_updated_at
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 11 else _codec.leftover(d, _FIELDS)
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

_each_RmAudienceSegmentEntityV1ChannelsItem = RmAudienceSegmentEntityV1ChannelsItem.by_value.__getitem__
_member_RmAudienceSegmentEntityV1Type = RmAudienceSegmentEntityV1Type.by_value
_read_RmContactListV1 = RmContactListV1.from_dict
_read_RmEventsV1 = RmEventsV1.from_dict
