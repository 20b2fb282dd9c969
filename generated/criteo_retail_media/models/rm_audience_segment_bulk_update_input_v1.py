from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_list,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET, Unset


@_define
class RmAudienceSegmentBulkUpdateInputV1(Model):
    """A top-level object that encapsulates a Criteo API request for several entities.

    Attributes:
        data (list[RmAudienceSegmentUpdateEntityV1Resource] | Unset):
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    data: list[RmAudienceSegmentUpdateEntityV1Resource] | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.data
        if v is not UNSET:
            d["data"] = [v.to_dict() for v in v]
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        complete = type(src_dict) is dict and len(src_dict) >= 1
        d = src_dict if complete else completed(src_dict, _FIELDS)
        self = new(cls)
        try:
            self.data = d["data"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "data"
            v = self.data
            if v is not UNSET:
                self.data = as_list(_rm_audience_segment_update_entity_v1_resource, v)
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 1 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(("data",), UNSET)

# Imported last, so that models that refer to each other can.
from ..models.rm_audience_segment_update_entity_v1_resource import RmAudienceSegmentUpdateEntityV1Resource  # noqa: E402

_rm_audience_segment_update_entity_v1_resource = RmAudienceSegmentUpdateEntityV1Resource.from_dict
