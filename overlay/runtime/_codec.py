"""What the generated models call to read JSON values and to write them, where straight-line code does not do.

Both ways are strict: a value of a wrong type is a `DecodeError` or an `EncodeError` that says where it stands.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .errors import DecodeError, EncodeError
from .types import UNSET, File, FileTypes, RequestFiles, is_one_line

T = TypeVar("T")

# What a `from_dict` turns into a DecodeError that says where; TypeError: an unhashable value where an enum belongs.
FAILURES = (DecodeError, TypeError, RecursionError)
# What a `to_dict` turns into an EncodeError that says where.
REFUSALS = (EncodeError, RecursionError)

_UTC = datetime.UTC
_fromisoformat = datetime.datetime.fromisoformat
# RFC 3339 with what the API is known to do differently: a colon before the milliseconds, no offset, small letters.
_LENIENT = r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:[:.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?"


if TYPE_CHECKING:

    def new(cls: type[T]) -> T: ...
else:
    new = object.__new__  # a model whose fields are yet to be set


class Model:
    """Base of the generated models: what they share, and access to the fields that the document does not name.

    These are kept in ``_unknown``, which is none of attrs' fields, and None where there are none: most models need no
    dict for them.
    """

    __slots__ = ("_unknown",)
    if TYPE_CHECKING:
        _unknown: dict[str, Any] | None

    def __init__(self) -> None:
        self._unknown = None

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The fields that the document does not name."""
        return self._get_unknown()

    @additional_properties.setter
    def additional_properties(self, value: dict[str, Any]) -> None:
        self._set_unknown(value)

    def _get_unknown(self) -> dict[str, Any]:
        if self._unknown is None:
            self._unknown = {}
        return self._unknown

    def _set_unknown(self, value: dict[str, Any]) -> None:
        self._unknown = value

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not name."""
        return list(self._unknown or ())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in (self._unknown or ())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Model) or type(other) is not type(self):
            return NotImplemented
        known = all(getattr(self, name) == getattr(other, name) for name in _field_names(self))
        return known and (self._unknown or None) == (other._unknown or None)

    @recursive_repr()
    def __repr__(self) -> str:
        # A debugger shows models that are half made: a field that is not there yet is as one that is not set.
        fields = [(name, getattr(self, name, UNSET)) for name in _field_names(self)]
        shown = [f"{name}={value!r}" for name, value in fields if value is not UNSET]
        if unknown := getattr(self, "_unknown", None):
            shown.append(f"additional_properties={unknown!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _field_names(model: Model) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(model, "__match_args__", ())  # attrs' fields, in order
    return names


# So that `typing.get_type_hints` tells of it as of the fields.
Model.__annotations__["additional_properties"] = "dict[str, Any]"


# --- errors ---


class TooDeepError(EncodeError, RecursionError):
    """A value is nested more deeply than Python recurses."""


def located(error: Exception, key: str | int) -> DecodeError:
    """The error as a DecodeError whose path begins with ``key``."""
    if isinstance(error, RecursionError):
        error = DecodeError("is nested too deeply")
    elif not isinstance(error, DecodeError):
        error = DecodeError(f"is of a wrong type ({error})")
    error.path = _joined(key, error.path)
    return error


def refused(error: Exception, key: str | int) -> EncodeError:
    """The error as an EncodeError whose path begins with ``key``."""
    if not isinstance(error, EncodeError):
        error = TooDeepError("is nested too deeply")
    error.path = _joined(key, error.path)
    return error


def located_field(error: Exception, model: Model, fields: Mapping[str, Any]) -> DecodeError:
    """`located`, at the field that ``from_dict`` was at, which is the first that the model lacks."""
    names = zip(fields, _field_names(model), strict=False)
    return located(error, next(key for key, name in names if not hasattr(model, name)))


def refused_field(
    error: Exception, model: Model, fields: Mapping[str, Any], written: Mapping[str, Any], value: object
) -> EncodeError:
    """`refused`, at the field that ``to_dict`` was at: the first that holds ``value`` and is not written."""
    names = zip(fields, _field_names(model), strict=False)
    return refused(error, next(key for key, name in names if key not in written and getattr(model, name) is value))


def _joined(key: str | int, path: str) -> str:
    head = f"[{key}]" if isinstance(key, int) else key or "['']"
    return f"{head}{'.' if path and path[0] != '[' else ''}{path}"


def wrong_type(value: object, expected: str) -> NoReturn:
    """Raise the DecodeError for a value of a wrong type."""
    if value is UNSET:
        raise DecodeError("is missing")
    if value is None:
        raise DecodeError(f"is null, not {expected}")
    raise DecodeError(f"{value!r:.80} is not {expected}")


def refuse(value: object, expected: str) -> NoReturn:
    """Raise the EncodeError for a value that cannot be written."""
    if value is UNSET:
        raise EncodeError(f"is missing: {expected} is needed")
    if value is None:
        raise EncodeError(f"is None, not {expected}; leave out what is not to be sent")
    kind = type(value).__name__
    try:
        shown = f"{value!r:.80} ({kind})"
    except Exception:  # noqa: BLE001 (its class may do anything)
        shown = f"a {kind}"
    raise EncodeError(f"{shown} is not {expected}")


# --- reading ---


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


def as_any(value: T) -> T:
    """Any JSON value."""
    return value if value is not UNSET else wrong_type(value, "a value")


def as_datetime(value: Any) -> datetime.datetime:
    """A date-time with an offset; one written without an offset is in UTC (api: ISO 8601 timestamps in UTC)."""
    try:
        parsed = _fromisoformat(value)
    except (OverflowError, TypeError, ValueError):
        parsed = _lenient_datetime(value)
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=_UTC)


def _lenient_datetime(value: object) -> datetime.datetime:
    if not isinstance(value, str):
        wrong_type(value, "a date-time string")
    if match := re.fullmatch(_LENIENT, value, re.ASCII):
        from dateutil.parser import isoparse  # only for what `fromisoformat` rejects: its import is slow

        moment, fraction, offset = match.groups()
        try:
            return isoparse(f"{moment.upper()}.{fraction or '0':.6}{(offset or '').upper()}")
        except (OverflowError, ValueError) as error:
            raise DecodeError(f"{value!r:.80} is not a date-time ({error})") from error
    raise DecodeError(f"{value!r:.80} is not a date-time")


def as_date(value: object) -> datetime.date:
    """A calendar date."""
    try:
        return datetime.date.fromisoformat(as_string(value))
    except ValueError as error:
        raise DecodeError(f"{value!r:.80} is not a date") from error


def or_null(convert: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """A decoder or an encoder that lets null through."""
    return lambda value: None if value is None else convert(value)


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
    if not value:
        return []
    read: list[T] = []
    try:
        for item in value:
            read.append(decode(item))
    except FAILURES as error:
        raise located(error, len(read)) from error.__cause__
    return read


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


def as_int_enum(members: Mapping[Any, T]) -> Callable[[Any], T]:
    """A decoder for an enum of integers, given its `by_value`. To Python true is 1; here it is none."""
    return lambda value: members[value if type(value) is int else as_integer(value)]


def by_discriminator(name: str, decoders: Mapping[str, Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """A decoder for a union whose field ``name`` tells the model; an object of an unknown kind is kept as it is."""

    def decode(value: Any) -> Any:
        kind = as_object(value).get(name)
        decoder = decoders.get(kind) if isinstance(kind, str) else None
        return dict(value) if decoder is None else decoder(value)

    return decode


def completed(value: object, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The object with all of the model's fields: those that are absent are `UNSET`."""
    return {**fields, **as_object(value)}


def leftover(value: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The object's fields that are none of the model's."""
    return {key: item for key, item in value.items() if key not in fields}


# --- writing ---
#
# The generated code calls these only where a value is not of the exact type that it should be, or must be converted.


def write_string(value: object) -> str:
    """A string; one of a subclass, such as an enum's, as a plain one."""
    if not isinstance(value, str):
        refuse(value, "a string")
    text = value if type(value) is str else str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        refuse(text, "text: it holds a lone surrogate, which UTF-8 has no bytes for")
    return text


def write_key(value: object) -> str:
    """A string or an integer as text, for a parameter: ids are both."""
    if isinstance(value, str):
        return write_string(value)
    if type(value) is not int:
        from numbers import Integral  # rarely needed, like that of `_exact`

        if isinstance(value, bool) or not isinstance(value, Integral):
            refuse(value, "a string or an integer")
        value = int(value)
    return str(write_any(value))


def write_boolean(value: object) -> bool:
    """A boolean."""
    return value if isinstance(value, bool) else refuse(value, "a boolean")


def write_integer(value: object) -> int:
    """An integer, also one of numpy's, or a float or Decimal that is one."""
    if type(value) is int:
        return value
    number = _exact(value)
    return int(number) if number is not None and number == int(number) else refuse(value, "an integer")


def write_number(value: object) -> float:
    """A finite number, also one of numpy's, or a Decimal that a float holds exactly. An integer stays one."""
    if type(value) is int:
        return value
    number = _exact(value)
    return refuse(value, "a number, finite and exactly a float") if number is None else number


def _exact(value: Any) -> float | None:
    """The int or float that is exactly the value; None where there is none, or it is not finite."""
    from numbers import Integral, Number

    if isinstance(value, bool) or not isinstance(value, Number):
        return None
    if isinstance(value, Integral):
        return int(value)
    exact: Any = value
    try:
        number = float(exact)
    except (ArithmeticError, TypeError, ValueError):  # too large, a complex number, a signalling NaN
        return None
    return number if number - number == 0 and number == exact else None


def write_datetime(value: object) -> str:
    """ISO 8601 with an offset. A date is its midnight; what has no time zone is in UTC, as it is on reading."""
    if type(value) is datetime.datetime and value.tzinfo is _UTC:
        return value.isoformat()
    if isinstance(value, datetime.datetime) and value == value:  # pandas' NaT is not itself
        if value.utcoffset() is None:
            value = value.replace(tzinfo=_UTC)
        return datetime.datetime.isoformat(value)
    if type(value) is datetime.date:
        return f"{value.isoformat()}T00:00:00+00:00"
    refuse(value, "a date-time or a date")


def write_date(value: object) -> str:
    """A calendar date."""
    return value.isoformat() if type(value) is datetime.date else refuse(value, "a date")


def write_model(model: type[Any], value: Any) -> Any:
    """What the model's ``to_dict`` gives; nothing but that model will do."""
    if isinstance(value, model):
        return value.to_dict()
    name, hint = model.__name__, ""
    if isinstance(value, Mapping):
        hint = f"; {name}.from_dict makes one"
    elif getattr(model, "__match_args__", ()) == ("value",):  # a wrapper of a value that may be null
        hint = f"; give {name}(value=…)"
    refuse(value, f"a {name}{hint}")


def model_writer(model: Callable[[], type[Any]]) -> Callable[[Any], Any]:
    """An encoder for a model, which is given by a function so that it is imported when it is needed."""
    return lambda value: write_model(model(), value)


def write_models(model: type[Any], value: object, *, null: bool = False) -> list[Any]:
    """`write_list` for one model, and for null if that may stand among them."""
    if not isinstance(value, list | tuple):
        refuse(value, "a list")
    written: list[Any] = []
    try:
        for item in value:
            if type(item) is model:
                written.append(item.to_dict())
            else:
                written.append(None if null and item is None else write_model(model, item))
    except REFUSALS as error:
        raise refused(error, len(written)) from error.__cause__
    return written


def write_list(write: Callable[[Any], T], value: object) -> list[T]:
    """The items, encoded."""
    if not isinstance(value, list | tuple):
        refuse(value, "a list")
    written: list[T] = []
    try:
        for item in value:
            written.append(write(item))
    except REFUSALS as error:
        raise refused(error, len(written)) from error.__cause__
    return written


def list_writer(write: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """An encoder for lists."""
    return lambda value: write_list(write, value)


def write_map(write: Callable[[Any], T], value: Mapping[Any, Any]) -> dict[str, T]:
    """The mapping's values, encoded."""
    items: dict[str, T] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            refuse(key, "a name: those of JSON's objects are strings")
        try:
            items[write_string(key)] = write(item)
        except REFUSALS as error:
            raise refused(error, key) from error.__cause__
    return items


def any_of(*writers: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An encoder for a union: the first that takes the value."""

    def write(value: Any) -> Any:
        failures = []
        for writer in writers:
            try:
                return writer(value)
            except EncodeError as error:
                failures.append(error)
        if deep := next((error for error in failures if error.path), None):
            raise deep  # it is of that type, and a part of it is not
        refuse(value, "of a type that the document allows")

    return write


def write_by_discriminator(
    name: str, models: Callable[[], Mapping[str, type[Any]]]
) -> Callable[[Any], Mapping[str, Any]]:
    """An encoder for a union whose field ``name`` tells the model; an object of an unknown kind is written as it is."""

    def write(value: Any) -> Any:
        kinds = models()
        model = next((model for model in kinds.values() if isinstance(value, model)), None)
        if model is not None:
            written = write_model(model, value)
            kind = written.get(name)
            if kinds.get(kind) is not model:
                known = ", ".join(repr(kind) for kind, one in kinds.items() if one is model)
                raise EncodeError(f"{kind!r:.80} does not stand for a {model.__name__}: give {known}", path=name)
            return written
        if isinstance(value, Mapping) and value.get(name) not in kinds:
            return write_map(write_any, value)
        refuse(value, f"a {' or a '.join(sorted({model.__name__ for model in kinds.values()}))}")

    return write


def write_any(value: Any) -> Any:
    """Any JSON value."""
    kind = type(value)
    if value is None or kind is bool or (kind is float and value - value == 0):
        return value
    if kind is str:
        return value if value.isascii() else write_string(value)
    if kind is list:
        return write_list(write_any, value)
    if kind is dict:
        return write_map(write_any, value)
    return _write_integer_digits(value) if kind is int else _write_other(value)


def _write_integer_digits(value: int) -> int:
    try:
        if value.bit_length() > 10_000:
            str(value)  # CPython writes no integer of more than some 4,300 digits
    except ValueError:
        raise EncodeError("is an integer of too many digits") from None
    return value


def _write_other(value: Any) -> Any:
    """A JSON value of a type that is not JSON's own."""
    if isinstance(value, str):
        return write_string(value)
    if isinstance(value, list | tuple):
        return write_list(write_any, value)
    if isinstance(value, Mapping):
        return write_map(write_any, value)
    number = _exact(value)
    return refuse(value, "a JSON value") if number is None else number


def write_strings(value: Any) -> list[str]:
    """`write_list` for strings."""
    if type(value) is list:
        for item in value:
            if type(item) is not str or not item.isascii():
                break
        else:
            return value.copy()
    return write_list(write_string, value)


_OF_THE_MODEL = "is a field of the model: set it there, not in additional_properties"


def write_unknown(
    written: dict[str, Any], fields: Mapping[str, Any], write: Callable[[Any], Any], unknown: Mapping[str, Any]
) -> None:
    """Add the fields that the document does not name to what a model wrote."""
    for key, value in write_map(write, unknown).items():
        if key in fields:
            raise EncodeError(_OF_THE_MODEL, path=key)
        written[key] = value


def write_file(value: object) -> FileTypes:
    """A file of a multipart body."""
    return value.to_tuple() if isinstance(value, File) else refuse(value, "a File")


def multipart_writer(model: Callable[[], type[Any]]) -> Callable[[Any], RequestFiles]:
    """An encoder for a multipart body, given the function that gives its model."""

    def write(value: Any) -> RequestFiles:
        kind = model()
        parts: RequestFiles = value.to_multipart() if isinstance(value, kind) else refuse(value, f"a {kind.__name__}")
        return parts

    return write


def write_part_name(value: object, fields: Mapping[str, Any]) -> str:
    """The name of a part of a multipart body that the document does not name."""
    if value in fields:
        raise EncodeError(_OF_THE_MODEL)
    return value if isinstance(value, str) and is_one_line(value) else refuse(value, "a name: a string of one line")


def write_part(value: object) -> FileTypes:
    """A part of a multipart body that the document does not name."""
    return value.to_tuple() if isinstance(value, File) else (None, to_text(write_any(value)), None)


def add_parts(parts: RequestFiles, name: str, value: Any) -> None:
    """Add a field to a multipart body: a file as it is, an object as JSON, a list item by item, all else as text."""
    if isinstance(value, list):
        for item in value:
            add_parts(parts, name, item)
    elif isinstance(value, tuple):
        parts.append((name, value))
    elif isinstance(value, dict):
        parts.append((name, (None, to_json(value), "application/json")))
    else:
        parts.append((name, (None, to_text(value).encode(), "text/plain")))


# --- what was written, as bytes and text ---

_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def to_json(value: Any) -> bytes:
    """JSON of what an encoder gave."""
    try:
        return _to_json(value).encode()
    except (TypeError, ValueError, RecursionError) as error:
        try:
            write_any(value)  # says where it is
        except RecursionError:
            raise TooDeepError("is nested too deeply") from None
        raise EncodeError(f"JSON cannot say it ({error})") from error


def to_text(value: Any) -> str:
    """The text of a scalar that an encoder gave, as JSON has it; a string as it is."""
    return value if isinstance(value, str) else to_json(value).decode()
