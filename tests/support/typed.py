"""JSON as the typed values that a generated client promises: built by its constructors, compared with what it gives."""

from __future__ import annotations

import datetime
import functools
import io
import types
import typing
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from typing import Any

import attrs
from openapi_python_client.strings import PythonIdentifier
from support.samples import Schema, resolved


def python_name(name: str) -> str:
    """The name of a field or a parameter in Python."""
    return PythonIdentifier(name, prefix="field_")


@functools.cache
def hints(of: Any) -> dict[str, Any]:
    """The annotations of a generated function or model, resolved: the modules import models for type checkers only."""
    package = of.__module__.partition(".")[0]
    models = import_module(f"{package}.models")
    names = {name: getattr(models, name) for name in models.__all__}
    return typing.get_type_hints(of, localns={**names, "Timeout": Any})


def built(hint: Any, value: Any, file: tuple[bytes, str, str] | None = None) -> Any:
    """JSON as a value of the annotated type, made by the constructors that a person would call."""
    if value is None:
        return None
    hint = _given(hint)
    if typing.get_origin(hint) is list:
        return [built(typing.get_args(hint)[0], item, file) for item in value]
    if attrs.has(hint):
        fields = {python_name(name): name for name in value if python_name(name) in hints(hint)}
        model = hint(**{name: built(hints(hint)[name], value[key], file) for name, key in fields.items()})
        _, other = typing.get_args(hints(hint)["additional_properties"])
        for name in value.keys() - fields.values():
            model[name] = built(other, value[name], file)
        return model
    if hint is datetime.datetime or hint is datetime.date:
        return hint.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if getattr(hint, "__name__", "") == "File":
        content, name, media_type = file
        return hint(io.BytesIO(content), name, media_type)
    return value


def field_names(model: Any) -> list[str]:
    """The names of a model's fields, and of what holds those that the document does not name."""
    return [*(field.name for field in attrs.fields(model)), "additional_properties"]


def misfits(value: Any, hint: Any, path: str = "") -> Iterator[str]:
    """Where a value is not of the annotated type."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        tried = [list(misfits(value, one, path)) for one in typing.get_args(hint)]
        yield from min(tried, key=lambda found: (len(found), -max(map(len, found), default=0)))
    elif typing.get_origin(hint) in (list, dict):
        kind = typing.get_origin(hint)
        if type(value) is not kind:
            yield f"{path} is {value!r:.60}, not a {kind.__name__}"
            return
        for key, item in value.items() if kind is dict else enumerate(value):
            yield from misfits(item, typing.get_args(hint)[-1], f"{path}[{key!r}]")
    elif hint is Any:
        return
    elif type(value) is not (type(None) if hint is None else hint) and not (hint is float and type(value) is int):
        yield f"{path} is {value!r:.60}, not {hint}"
    elif attrs.has(hint):
        for name in field_names(hint):
            yield from misfits(getattr(value, name), hints(hint)[name], f"{path}.{name}")


def kinds(value: Any) -> set[type]:
    """The models and enums that a value is made of."""
    inner: Any = ()
    if attrs.has(type(value)):
        inner = (getattr(value, name) for name in field_names(type(value)))
    elif isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
    own = {type(value)} if attrs.has(type(value)) or isinstance(value, Enum) else set()
    return own.union(*map(kinds, inner))


def unlike(value: Any, schema: Schema, schemas: dict[str, Schema], source: Any, path: str = "") -> Iterator[str]:
    """Where a value that was read from JSON is not what the upstream schema promises."""
    schema = resolved(schema, schemas)
    if source is None:
        right = value is None
    elif "enum" in schema:
        right = isinstance(value, Enum) and value == source
    else:
        match schema.get("type"), schema.get("format"):
            case "object", _:
                yield from _unlike_object(value, schema, schemas, source, path)
                return
            case "array", _:
                right = type(value) is list and len(value) == len(source)
                for index, item in enumerate(value) if right else ():
                    yield from unlike(item, schema["items"], schemas, source[index], f"{path}[{index}]")
            case "string", "date-time":
                right = isinstance(value, datetime.datetime) and value == datetime.datetime.fromisoformat(source)
            case "string", "date":
                right = type(value) is datetime.date and value.isoformat() == source
            case _:
                right = type(value) is type(source) and value == source
    if not right:
        yield f"{path} is {value!r:.60}, not {source!r:.60} as {schema}"


def _unlike_object(value: Any, schema: Schema, schemas: dict[str, Schema], source: Any, path: str) -> Iterator[str]:
    if not attrs.has(type(value)):
        yield f"{path} is a {type(value).__name__}, not a model"
        return
    properties = schema.get("properties", {})
    for name, inner in properties.items():
        found = getattr(value, python_name(name))
        if name in source:
            yield from unlike(found, inner, schemas, source[name], f"{path}.{name}")
        elif repr(found) != "UNSET":
            yield f"{path}.{name} is {found!r:.60}, though it is absent"
    others = {name: item for name, item in source.items() if name not in properties}
    if value.additional_properties.keys() != others.keys():
        yield f"{path} holds {sorted(value.additional_properties)} besides, not {sorted(others)}"
        return
    for name, item in others.items():
        extra = schema.get("additionalProperties")
        yield from unlike(value[name], extra if isinstance(extra, dict) else {}, schemas, item, f"{path}[{name!r}]")


def _given(hint: Any) -> Any:
    """The type of a value that is neither absent nor null; of a date-time, for which a date may be given, its own."""
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint
    members = [one for one in typing.get_args(hint) if getattr(one, "__name__", "") not in ("NoneType", "Unset")]
    if set(members) == {datetime.datetime, datetime.date}:
        return datetime.datetime
    (one,) = members
    return one
