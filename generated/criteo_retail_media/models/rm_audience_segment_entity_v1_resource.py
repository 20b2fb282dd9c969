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
class RmAudienceSegmentEntityV1Resource(Model):
    """A class that represents a domain entity exposed by an API

    Attributes:
        attributes (None | RmAudienceSegmentEntityV1 | Unset): Set of rules that defines specific people to
            target.
        id (None | str | Unset): Id of the entity
        type_ (None | str | Unset):
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    attributes: None | RmAudienceSegmentEntityV1 | Unset = UNSET
    id: None | str | Unset = UNSET
    type_: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.attributes
        if v is not UNSET:
            d["attributes"] = v if v is None else v.to_dict()
        v = self.id
        if v is not UNSET:
            d["id"] = v
        v = self.type_
        if v is not UNSET:
            d["type"] = v
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
            self.attributes = d["attributes"]
            self.id = d["id"]
            self.type_ = d["type"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "attributes"
            v = self.attributes
            if v is not None and v is not UNSET:
                self.attributes = _rm_audience_segment_entity_v1(v)
            key = "id"
            v = self.id
            if type(v) is not str and v is not None and v is not UNSET:
                self.id = as_string(v)
            key = "type"
            v = self.type_
            if type(v) is not str and v is not None and v is not UNSET:
                self.type_ = as_string(v)
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 3 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "attributes",
        "id",
        "type",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.rm_audience_segment_entity_v1 import RmAudienceSegmentEntityV1  # noqa: E402

_rm_audience_segment_entity_v1 = RmAudienceSegmentEntityV1.from_dict
