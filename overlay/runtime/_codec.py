"""What the generated models' ``from_dict`` and ``to_dict`` call where straight-line code does not do."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from operator import length_hint
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .errors import DecodeError
from .types import UNSET

T = TypeVar("T")

# What a `from_dict` turns into a DecodeError that says where; TypeError: an unhashable value where an enum belongs.
FAILURES = (DecodeError, TypeError, RecursionError)

_UTC = datetime.UTC
_fromisoformat = datetime.datetime.fromisoformat
# RFC 3339 with what the API is known to do differently: a colon before the milliseconds, no offset, small letters.
_LENIENT = re.compile(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:[:.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII)


if TYPE_CHECKING:

    def new(cls: type[T]) -> T: ...
else:
    new = object.__new__  # a model whose fields are yet to be set


class Model:
    """Base of the generated models: access to the fields that the OpenAPI document does not name."""

    __slots__ = ()
    additional_properties: dict[str, Any]

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not name."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


def located(error: Exception, key: str | int) -> DecodeError:
    """The error as a DecodeError whose path begins with ``key``."""
    if isinstance(error, RecursionError):
        error = DecodeError("is nested too deeply")
    elif not isinstance(error, DecodeError):
        error = DecodeError(f"is of a wrong type ({error})")
    head = f"[{key}]" if isinstance(key, int) else key
    error.path = f"{head}{'.' if error.path and error.path[0] != '[' else ''}{error.path}"
    return error


def wrong_type(value: object, expected: str) -> NoReturn:
    """Raise the DecodeError for a value of a wrong type."""
    if value is UNSET:
        raise DecodeError("is missing")
    if value is None:
        raise DecodeError(f"is null, not {expected}")
    raise DecodeError(f"{value!r:.80} is not {expected}")


def as_object(value: object) -> Mapping[str, Any]:
    """The value as a mapping."""
    return value if isinstance(value, Mapping) else wrong_type(value, "an object")


def as_string(value: object) -> str:
    """The value as a string."""
    return value if isinstance(value, str) else wrong_type(value, "a string")


def as_boolean(value: object) -> bool:
    """The value as a boolean."""
    return value if isinstance(value, bool) else wrong_type(value, "a boolean")


def as_number(value: object) -> float:
    """The value as a number (an int stays one: it may not fit a float)."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else wrong_type(value, "a number")


def as_integer(value: object) -> int:
    """The value as an integer; 1.0 is one in JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else wrong_type(value, "an integer")


def as_is(value: T) -> T:
    """Any JSON value."""
    return value if value is not UNSET else wrong_type(value, "a value")


def as_datetime(value: Any) -> datetime.datetime:
    """A date-time with an offset; one written without an offset is in UTC (api: ISO 8601 timestamps in UTC)."""
    try:
        parsed = _fromisoformat(value)
    except (TypeError, ValueError):
        parsed = _lenient_datetime(value)
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=_UTC)


def _lenient_datetime(value: object) -> datetime.datetime:
    if not isinstance(value, str):
        wrong_type(value, "a date-time string")
    if match := _LENIENT.fullmatch(value):
        from dateutil.parser import isoparse  # only for what `fromisoformat` rejects: its import is slow

        moment, fraction, offset = match.groups()
        try:
            return isoparse(f"{moment.upper()}.{fraction or '0':.6}{(offset or '').upper()}")
        except ValueError as error:
            raise DecodeError(f"{value!r:.80} is not a date-time ({error})") from error
    raise DecodeError(f"{value!r:.80} is not a date-time")


def from_datetime(value: datetime.datetime) -> str:
    """ISO 8601 with an offset; a value without a time zone is taken as UTC, as it is on reading."""
    return (value if value.tzinfo is not None else value.replace(tzinfo=_UTC)).isoformat()


def as_date(value: object) -> datetime.date:
    """A calendar date."""
    try:
        return datetime.date.fromisoformat(as_string(value))
    except ValueError as error:
        raise DecodeError(f"{value!r:.80} is not a date") from error


def or_null(decode: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """A decoder that lets null through."""
    return lambda value: None if value is None else decode(value)


def first_of(*decoders: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A decoder for a union: the first that takes the value."""

    def decode(value: Any) -> Any:
        failure: Exception = DecodeError("is of no type that the document allows")
        for decoder in decoders:
            try:
                return decoder(value)
            except FAILURES as error:
                failure = error
        raise failure

    return decode


def list_of(decode: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """A decoder for arrays."""
    return lambda value: as_list(decode, value)


def as_list(decode: Callable[[Any], T], value: object) -> list[T]:
    """The array's items, decoded."""
    if not isinstance(value, list):
        wrong_type(value, "an array")
    left = iter(value)
    try:
        return list(map(decode, left))
    except FAILURES as error:
        raise located(error, len(value) - 1 - length_hint(left)) from error.__cause__


def as_strings(value: object) -> list[str]:
    """`as_list` for strings."""
    if type(value) is list:
        for item in value:
            if type(item) is not str:
                break
        else:
            return value.copy()
    return as_list(as_string, value)


def as_map(decode: Callable[[Any], T], value: Mapping[str, Any]) -> dict[str, T]:
    """The object's values, decoded."""
    items: dict[str, T] = {}
    key = ""
    try:
        for key, item in value.items():
            items[key] = decode(item)
    except FAILURES as error:
        raise located(error, key) from error.__cause__
    return items


def completed(value: object, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The object with all of the model's fields: those that are absent are `UNSET`."""
    return {**fields, **as_object(value)}


def leftover(value: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The object's fields that are none of the model's."""
    return {key: item for key, item in value.items() if key not in fields}
