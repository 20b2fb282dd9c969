from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmAudienceSegmentUpdateEntityV1(_codec.Model):
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

    def __init__(
        self,
        contact_list: RmContactListUpdateV1 | Unset = UNSET,
        description: NillableString | Unset = UNSET,
        events: RmEventsUpdateV1 | Unset = UNSET,
        name: str | Unset = UNSET,
    ) -> None:
        self.contact_list = contact_list
        self.description = description
        self.events = events
        self.name = name
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.contact_list
            if v is not UNSET:
                d["contactList"] = (
                    v.to_dict() if type(v) is RmContactListUpdateV1 else _codec.write_model(RmContactListUpdateV1, v)
                )
            v = self.description
            if v is not UNSET:
                d["description"] = v.to_dict() if type(v) is NillableString else _codec.write_model(NillableString, v)
            v = self.events
            if v is not UNSET:
                d["events"] = v.to_dict() if type(v) is RmEventsUpdateV1 else _codec.write_model(RmEventsUpdateV1, v)
            v = self.name
            if v is not UNSET:
                d["name"] = v if type(v) is str and v.isascii() else _codec.write_string(v)
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
        if type(d) is not dict or len(d) < 4:
            d = _codec.completed(d, _FIELDS)
        try:
            v_contact_list = d["contactList"]
            v_description = d["description"]
            v_events = d["events"]
            v_name = d["name"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if v_contact_list is not UNSET:
                v_contact_list = _read_RmContactListUpdateV1(v_contact_list)
            self.contact_list = v_contact_list
            if v_description is not UNSET:
                v_description = _read_NillableString(v_description)
            self.description = v_description
            if v_events is not UNSET:
                v_events = _read_RmEventsUpdateV1(v_events)
            self.events = v_events
            if type(v_name) is not str and v_name is not UNSET:
                v_name = _codec.as_string(v_name)
            self.name = v_name
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 4 else _codec.leftover(d, _FIELDS)
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

_read_NillableString = NillableString.from_dict
_read_RmContactListUpdateV1 = RmContactListUpdateV1.from_dict
_read_RmEventsUpdateV1 = RmEventsUpdateV1.from_dict
