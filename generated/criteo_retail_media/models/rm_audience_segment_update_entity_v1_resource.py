from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET, Unset


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmAudienceSegmentUpdateEntityV1Resource(_codec.Model):
    """A class that represents a domain entity exposed by an API

    Attributes:
        attributes (RmAudienceSegmentUpdateEntityV1 | Unset): Set of rules that defines specific people to
            target.
        id (str | Unset): Id of the entity
        type_ (str | Unset):
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    attributes: RmAudienceSegmentUpdateEntityV1 | Unset = UNSET
    id: str | Unset = UNSET
    type_: str | Unset = UNSET

    def __init__(
        self,
        attributes: RmAudienceSegmentUpdateEntityV1 | Unset = UNSET,
        id: str | Unset = UNSET,
        type_: str | Unset = UNSET,
    ) -> None:
        self.attributes = attributes
        self.id = id
        self.type_ = type_
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.attributes
            if v is not UNSET:
                d["attributes"] = (
                    v.to_dict()
                    if type(v) is RmAudienceSegmentUpdateEntityV1
                    else _codec.write_model(RmAudienceSegmentUpdateEntityV1, v)
                )
            v = self.id
            if v is not UNSET:
                d["id"] = v if type(v) is str and v.isascii() else _codec.write_string(v)
            v = self.type_
            if v is not UNSET:
                d["type"] = v if type(v) is str and v.isascii() else _codec.write_string(v)
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
            v_attributes = d["attributes"]
            v_id = d["id"]
            v_type_ = d["type"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if v_attributes is not UNSET:
                v_attributes = _read_RmAudienceSegmentUpdateEntityV1(v_attributes)
            self.attributes = v_attributes
            if type(v_id) is not str and v_id is not UNSET:
                v_id = _codec.as_string(v_id)
            self.id = v_id
            if type(v_type_) is not str and v_type_ is not UNSET:
                v_type_ = _codec.as_string(v_type_)
            self.type_ = v_type_
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 3 else _codec.leftover(d, _FIELDS)
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
from ..models.rm_audience_segment_update_entity_v1 import RmAudienceSegmentUpdateEntityV1  # noqa: E402

_read_RmAudienceSegmentUpdateEntityV1 = RmAudienceSegmentUpdateEntityV1.from_dict
