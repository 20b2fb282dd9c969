from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _define

from .. import _codec
from ..types import UNSET


@_define(init=False, repr=False, eq=False, getstate_setstate=False)
class RmContactListUpdateV1(_codec.Model):
    """Settings to update the contact list of the segment

    Attributes:
        additional_properties (dict[str, Any]): fields that the document does not name.
    """

    def __init__(
        self,
    ) -> None:
        super().__init__()

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON data; absent fields (`UNSET`) are left out.

        Raises:
            errors.EncodeError: a field cannot be written; ``path`` says which.
        """
        d: dict[str, Any] = {}
        if self._unknown:
            _codec.write_unknown(d, _FIELDS, _codec.write_any, self._unknown)
        return d

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The object in JSON data.

        Raises:
            errors.DecodeError: the data is not what the API's document promises; ``path`` says where.
        """
        self = _codec.new(cls)
        unchecked: Any = self  # mypy takes attrs' slots for all that there are
        unchecked._unknown = _codec.as_map(_codec.as_any, _codec.as_object(src_dict))
        return self


_FIELDS: dict[str, Any] = dict.fromkeys((), UNSET)
