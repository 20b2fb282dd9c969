from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmContactListV1(_codec.Model):
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

    def __init__(
        self,
        identifier_type: None | RmContactListV1IdentifierType | Unset = UNSET,
        is_read_only: bool | None | Unset = UNSET,
        sharing_status: None | RmContactListV1SharingStatus | Unset = UNSET,
    ) -> None:
        self.identifier_type = identifier_type
        self.is_read_only = is_read_only
        self.sharing_status = sharing_status
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.identifier_type
            if v is not UNSET:
                d["identifierType"] = (
                    v
                    if v is None
                    else v._value_
                    if type(v) is RmContactListV1IdentifierType
                    else _codec.write_string(v)
                )
            v = self.is_read_only
            if v is not UNSET:
                d["isReadOnly"] = v if v is None else v if type(v) is bool else _codec.write_boolean(v)
            v = self.sharing_status
            if v is not UNSET:
                d["sharingStatus"] = (
                    v if v is None else v._value_ if type(v) is RmContactListV1SharingStatus else _codec.write_string(v)
                )
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
        if type(d) is not dict or len(d) < 3:
            d = _codec.completed(d, _FIELDS)
        try:
            v_identifier_type = d["identifierType"]
            v_is_read_only = d["isReadOnly"]
            v_sharing_status = d["sharingStatus"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if v_identifier_type is not None and v_identifier_type is not UNSET:
                v_identifier_type = _member_RmContactListV1IdentifierType[v_identifier_type]
            self.identifier_type = v_identifier_type
            if type(v_is_read_only) is not bool and v_is_read_only is not None and v_is_read_only is not UNSET:
                v_is_read_only = _codec.as_boolean(v_is_read_only)
            self.is_read_only = v_is_read_only
            if v_sharing_status is not None and v_sharing_status is not UNSET:
                v_sharing_status = _member_RmContactListV1SharingStatus[v_sharing_status]
            self.sharing_status = v_sharing_status
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 3 else _codec.leftover(d, _FIELDS)
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

_member_RmContactListV1IdentifierType = RmContactListV1IdentifierType.by_value
_member_RmContactListV1SharingStatus = RmContactListV1SharingStatus.by_value
