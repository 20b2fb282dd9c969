"""Enums that a new value on the server cannot break."""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum
from typing import Any, ClassVar

from .errors import DecodeError


class _ByValue(dict[Any, Any]):
    """The members by value. A miss makes an unknown value, not stored: the server chooses how many there are."""

    def __init__(self, enum: type[Enum]) -> None:
        super().__init__({member._value_: member for member in enum})
        self.enum = enum
        self.kind: type = str if issubclass(enum, str) else int
        self.name = "a string" if self.kind is str else "an integer"

    def __missing__(self, value: object) -> Enum:
        if isinstance(value, self.kind):
            return self.enum(value)
        raise DecodeError(f"{value!r:.80} is not {self.name}")


class _OpenEnum(Enum):
    """What the two kinds share: a value that is not listed is an instance that is no member."""

    by_value: ClassVar[_ByValue]
    """Decodes a JSON value: the member, or an unknown value kept as it is."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.by_value = _ByValue(cls)

    @classmethod
    def _missing_(cls, value: object) -> Any:
        kind: Any = cls.by_value.kind
        if not isinstance(value, kind) or isinstance(value, bool):
            return None
        unknown = kind.__new__(cls, value)
        unknown._value_ = kind(value)
        unknown._name_ = str(unknown._value_)
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether the OpenAPI document lists this value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self._name_}" if self.is_known else f"{type(self).__name__}({self._value_!r})"

    # The text and the hash are those of the value. It is pickled by its value: an unknown one is not found by a name.
    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return type(self), (self._value_,)


class OpenStrEnum(_OpenEnum, StrEnum):
    """A string enum that takes values the OpenAPI document does not list.

    A listed value is a member as usual. Any other string becomes an instance that is no member: it keeps and equals
    its string, hashes as it, round-trips, pickles, and says ``is_known == False``. Iteration yields members only.
    """


class OpenIntEnum(_OpenEnum, IntEnum):
    """An integer enum that takes values the OpenAPI document does not list, as `OpenStrEnum` does."""
