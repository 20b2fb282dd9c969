from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_boolean,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class RmContactListV1(Model):
    """Settings to target users with your contact lists.

    Attributes:
        identifier_type (None | RmContactListV1IdentifierType | Unset): Indicates contact list identifier's type
        is_read_only (bool | None | Unset): Is the segment read-only
        sharing_status (None | RmContactListV1SharingStatus | Unset): Indicates if the contact list is shared
            with other accounts
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    identifier_type: None | RmContactListV1IdentifierType | Unset = UNSET
    is_read_only: bool | None | Unset = UNSET
    sharing_status: None | RmContactListV1SharingStatus | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.identifier_type
        if v is not UNSET:
            d["identifierType"] = v if v is None else v if type(v) is str else v._value_
        v = self.is_read_only
        if v is not UNSET:
            d["isReadOnly"] = v
        v = self.sharing_status
        if v is not UNSET:
            d["sharingStatus"] = v if v is None else v if type(v) is str else v._value_
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        complete = type(src_dict) is dict and len(src_dict) >= 3
        d = src_dict if complete else completed(src_dict, _FIELDS)
        self = new(cls)
        try:
            self.identifier_type = d["identifierType"]
            self.is_read_only = d["isReadOnly"]
            self.sharing_status = d["sharingStatus"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "identifierType"
            v = self.identifier_type
            if v is not None and v is not UNSET:
                self.identifier_type = _rm_contact_list_v1_identifier_type[v]
            key = "isReadOnly"
            v = self.is_read_only
            if type(v) is not bool and v is not None and v is not UNSET:
                self.is_read_only = as_boolean(v)
            key = "sharingStatus"
            v = self.sharing_status
            if v is not None and v is not UNSET:
                self.sharing_status = _rm_contact_list_v1_sharing_status[v]
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 3 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "identifierType",
        "isReadOnly",
        "sharingStatus",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.rm_contact_list_v1_identifier_type import RmContactListV1IdentifierType  # noqa: E402
from ..models.rm_contact_list_v1_sharing_status import RmContactListV1SharingStatus  # noqa: E402

_rm_contact_list_v1_identifier_type = RmContactListV1IdentifierType.by_value
_rm_contact_list_v1_sharing_status = RmContactListV1SharingStatus.by_value
