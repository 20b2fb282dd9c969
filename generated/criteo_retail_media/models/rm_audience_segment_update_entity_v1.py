from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_string,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class RmAudienceSegmentUpdateEntityV1(Model):
    """Set of rules that defines specific people to target.

    Attributes:
        contact_list (RmContactListUpdateV1 | Unset): Settings to update the contact list of the segment
        description (NillableString | Unset): Placeholder object for string value  for which "null" is a valid
            business value
        events (RmEventsUpdateV1 | Unset): Settings to target users based on their behavior
        name (str | Unset): Name of the segment
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    contact_list: RmContactListUpdateV1 | Unset = UNSET
    description: NillableString | Unset = UNSET
    events: RmEventsUpdateV1 | Unset = UNSET
    name: str | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.contact_list
        if v is not UNSET:
            d["contactList"] = v.to_dict()
        v = self.description
        if v is not UNSET:
            d["description"] = v.to_dict()
        v = self.events
        if v is not UNSET:
            d["events"] = v.to_dict()
        v = self.name
        if v is not UNSET:
            d["name"] = v
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        complete = type(src_dict) is dict and len(src_dict) >= 4
        d = src_dict if complete else completed(src_dict, _FIELDS)
        self = new(cls)
        try:
            self.contact_list = d["contactList"]
            self.description = d["description"]
            self.events = d["events"]
            self.name = d["name"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "contactList"
            v = self.contact_list
            if v is not UNSET:
                self.contact_list = _rm_contact_list_update_v1(v)
            key = "description"
            v = self.description
            if v is not UNSET:
                self.description = _nillable_string(v)
            key = "events"
            v = self.events
            if v is not UNSET:
                self.events = _rm_events_update_v1(v)
            key = "name"
            v = self.name
            if type(v) is not str and v is not UNSET:
                self.name = as_string(v)
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 4 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "contactList",
        "description",
        "events",
        "name",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.nillable_string import NillableString  # noqa: E402
from ..models.rm_contact_list_update_v1 import RmContactListUpdateV1  # noqa: E402
from ..models.rm_events_update_v1 import RmEventsUpdateV1  # noqa: E402

_nillable_string = NillableString.from_dict
_rm_contact_list_update_v1 = RmContactListUpdateV1.from_dict
_rm_events_update_v1 = RmEventsUpdateV1.from_dict
