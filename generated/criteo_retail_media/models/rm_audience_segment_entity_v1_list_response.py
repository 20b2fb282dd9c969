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
class RmAudienceSegmentEntityV1ListResponse(Model):
    """A top-level object that encapsulates a Criteo API response for several entities

    Attributes:
        data (list[RmAudienceSegmentEntityV1Resource] | None | Unset):
        errors (list[CommonProblem] | None | Unset): Read-only.
        warnings (list[CommonProblem] | None | Unset): Read-only.
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    data: list[RmAudienceSegmentEntityV1Resource] | None | Unset = UNSET
    errors: list[CommonProblem] | None | Unset = UNSET
    warnings: list[CommonProblem] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        v = self.data
        if v is not UNSET:
            d["data"] = v if v is None else [v.to_dict() for v in v]
        v = self.errors
        if v is not UNSET:
            d["errors"] = v if v is None else [v.to_dict() for v in v]
        v = self.warnings
        if v is not UNSET:
            d["warnings"] = v if v is None else [v.to_dict() for v in v]
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
            self.data = d["data"]
            self.errors = d["errors"]
            self.warnings = d["warnings"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "data"
            v = self.data
            if v is not None and v is not UNSET:
                self.data = as_list(_rm_audience_segment_entity_v1_resource, v)
            key = "errors"
            v = self.errors
            if v is not None and v is not UNSET:
                self.errors = as_list(_common_problem, v)
            key = "warnings"
            v = self.warnings
            if v is not None and v is not UNSET:
                self.warnings = as_list(_common_problem, v)
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 3 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(
    (
        "data",
        "errors",
        "warnings",
    ),
    UNSET,
)

# Imported last, so that models that refer to each other can.
from ..models.common_problem import CommonProblem  # noqa: E402
from ..models.rm_audience_segment_entity_v1_resource import RmAudienceSegmentEntityV1Resource  # noqa: E402

_common_problem = CommonProblem.from_dict
_rm_audience_segment_entity_v1_resource = RmAudienceSegmentEntityV1Resource.from_dict
