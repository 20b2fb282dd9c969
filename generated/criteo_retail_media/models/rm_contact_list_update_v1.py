from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    Model,
    as_is,
    as_map,
    as_object,
    new,
)


@_define
class RmContactListUpdateV1(Model):
    """Settings to update the contact list of the segment

    Attributes:
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        self = new(cls)
        self.additional_properties = as_map(as_is, as_object(src_dict))
        return self
