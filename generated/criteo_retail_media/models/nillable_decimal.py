from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class NillableDecimal(_codec.Model):
    """Placeholder object for value for which "null" is a valid business value

    Attributes:
        value (float | None): The value. If missing or null the value is set to "null"
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    value: float | None

    def __init__(
        self,
        value: float | None,
    ) -> None:
        self.value = value
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        v: Any = UNSET
        try:
            v = self.value
            d["value"] = v if v is None else v if type(v) is float and v - v == 0 else _codec.write_number(v)
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
            v_value = d["value"]
        except KeyError:  # before anything is decoded, which would be done twice at each depth
            return cls.from_dict(_codec.completed(d, _FIELDS))
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        try:
            if type(v_value) is not float and type(v_value) is not int and v_value is not None:
                v_value = _codec.as_number(v_value)
            self.value = v_value
        except _codec.FAILURES as error:
            raise _codec.located_field(error, self, _FIELDS) from error.__cause__
        unchecked._unknown = None if len(d) == 1 else _codec.leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(("value",), UNSET)
