from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define
from attrs import field as _field

from .._codec import (
    FAILURES,
    Model,
    as_number,
    completed,
    leftover,
    located,
    new,
)
from ..types import UNSET


@_define
class NillableDecimal(Model):
    """Placeholder object for value for which "null" is a valid business value

    Attributes:
        value (float | None): The value. If missing or null the value is set to "null"
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    value: float | None
    additional_properties: dict[str, Any] = _field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out."""
        d: dict[str, Any] = dict(self.additional_properties)
        v: Any
        d["value"] = self.value
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
            self.value = d["value"]
        except KeyError:
            return cls.from_dict(completed(d, _FIELDS))
        key = ""
        v: Any
        try:
            key = "value"
            v = self.value
            if type(v) is not float and type(v) is not int and v is not None:
                self.value = as_number(v)
        except FAILURES as error:
            raise located(error, key) from error.__cause__
        self.additional_properties = {} if len(d) == 1 else leftover(d, _FIELDS)
        return self


_FIELDS: dict[str, Any] = dict.fromkeys(("value",), UNSET)
