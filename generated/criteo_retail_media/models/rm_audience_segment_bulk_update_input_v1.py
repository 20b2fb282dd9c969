from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmAudienceSegmentBulkUpdateInputV1(_codec.Model):
    """A top-level object that encapsulates a Criteo API request for several entities.

    Attributes:
        data (list[RmAudienceSegmentUpdateEntityV1Resource] | Unset):
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    data: list[RmAudienceSegmentUpdateEntityV1Resource] | Unset = UNSET

    def __init__(
        self,
        data: list[RmAudienceSegmentUpdateEntityV1Resource] | Unset = UNSET,
    ) -> None:
        self.data = data
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
                d["data"] = _codec.write_models(RmAudienceSegmentUpdateEntityV1Resource, v)
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
        if type(d) is not dict or len(d) < 1:
            d = _codec.completed(d, _FIELDS)
        try:
            v_data = d["data"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if v_data is not UNSET:
                v_data = _codec.as_list(_read_RmAudienceSegmentUpdateEntityV1Resource, v_data)
            self.data = v_data
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 1 else _codec.leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(("data",), UNSET)

# Imported last, so that models that refer to each other can.
from ..models.rm_audience_segment_update_entity_v1_resource import RmAudienceSegmentUpdateEntityV1Resource  # noqa: E402

_read_RmAudienceSegmentUpdateEntityV1Resource = RmAudienceSegmentUpdateEntityV1Resource.from_dict
