from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmAudienceSegmentEntityV1ListResponse(_codec.Model):
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

    def __init__(
        self,
        data: list[RmAudienceSegmentEntityV1Resource] | None | Unset = UNSET,
        errors: list[CommonProblem] | None | Unset = UNSET,
        warnings: list[CommonProblem] | None | Unset = UNSET,
    ) -> None:
        self.data = data
        self.errors = errors
        self.warnings = warnings
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.data
            if v is not UNSET:
                d["data"] = v if v is None else _codec.write_models(RmAudienceSegmentEntityV1Resource, v)
            v = self.errors
            if v is not UNSET:
                d["errors"] = v if v is None else _codec.write_models(CommonProblem, v)
            v = self.warnings
            if v is not UNSET:
                d["warnings"] = v if v is None else _codec.write_models(CommonProblem, v)
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
            v_data = d["data"]
            v_errors = d["errors"]
            v_warnings = d["warnings"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if v_data is not None and v_data is not UNSET:
                v_data = _codec.as_list(_read_RmAudienceSegmentEntityV1Resource, v_data)
            self.data = v_data
            if v_errors is not None and v_errors is not UNSET:
                v_errors = _codec.as_list(_read_CommonProblem, v_errors)
            self.errors = v_errors
            if v_warnings is not None and v_warnings is not UNSET:
                v_warnings = _codec.as_list(_read_CommonProblem, v_warnings)
            self.warnings = v_warnings
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 3 else _codec.leftover(d, _FIELDS)
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

_read_CommonProblem = CommonProblem.from_dict
_read_RmAudienceSegmentEntityV1Resource = RmAudienceSegmentEntityV1Resource.from_dict
