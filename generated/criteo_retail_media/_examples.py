"""Examples of what the API takes and answers, made from the generated models alone."""

from __future__ import annotations

import datetime
import enum
import io
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from ._operation import OperationModule
from .types import UNSET, File, Unset

M = TypeVar("M")

ID = "1000"
MOMENT = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
EXAMPLES: dict[type[Any], Any] = {bool: True, datetime.datetime: MOMENT, datetime.date: MOMENT.date()}
# An example is of a thing that is done and well: nothing went wrong, and it promises no content that is not there.
LEFT_OUT = ("errors", "warnings", "message", "error_message")
LEFT_OUT_PREFIXES = ("md_5", "md5", "file_size", "row_count", "next_page", "previous_page")
DONE, NO_EXAMPLE = "success", ("unknown", "")


def example_of(kind: type[M]) -> M:
    """A value of the type; of a model, with every field filled in, down to where it would hold itself again."""
    example: M = _value(kind, "value", ())
    return example


def hints_of(operation: OperationModule[object]) -> dict[str, Any]:
    """The types of an operation's arguments, and of its answer as ``return``."""
    return get_type_hints(operation.sync)


def models_in(hint: Any) -> list[type[Any]]:
    """The models among the types that a hint allows."""
    return [option for option in options_of(hint) if isinstance(option, type) and attrs.has(option)]


def options_of(hint: Any) -> list[Any]:
    """What a hint allows besides null and absence."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return [option for option in options if option not in (NoneType, Unset)]


def _value(hint: Any, name: str, within: tuple[type[Any], ...]) -> Any:
    """An example of a field; UNSET or None where it may be left out and had better be."""
    optional = Unset in get_args(hint) or NoneType in get_args(hint)
    left_out = name in LEFT_OUT or name.startswith(LEFT_OUT_PREFIXES) or any(one in within for one in options_of(hint))
    if optional and left_out:
        return UNSET if Unset in get_args(hint) else None
    (kind, *_) = options_of(hint)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        if name in LEFT_OUT or any(one in within for one in options_of(item)):
            return []
        return [_value(item, name, within)]
    if get_origin(kind) is dict:
        return {}
    if not isinstance(kind, type):
        return name
    if attrs.has(kind):
        hints, fields = get_type_hints(kind), [field for field in attrs.fields(kind) if field.init]
        return kind(**{field.alias: _value(hints[field.name], field.name, (*within, kind)) for field in fields})
    if issubclass(kind, enum.Enum):
        return min(kind, key=_rank)
    return _scalar(kind, name)


def _rank(member: enum.Enum) -> tuple[bool, bool]:
    """What puts the member that is the best example first."""
    text = str(member.value).lower()
    return text != DONE, text in NO_EXAMPLE


def _scalar(kind: type[Any], name: str) -> Any:
    if kind in EXAMPLES:
        return EXAMPLES[kind]
    if kind in (int, float):
        return kind(0 if "offset" in name or "index" in name else 1)
    if kind is File:
        return File(io.BytesIO(b"example"), "example.txt", "text/plain")
    if name == "id" or name.endswith(("_id", "_ids")):
        return ID
    if name == "status":
        return DONE
    return MOMENT.isoformat() if name.endswith("_at") else name.rstrip("_")
