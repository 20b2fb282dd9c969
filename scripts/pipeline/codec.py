"""The code of one value in the generated package: its type, and how it is read from JSON and written to it.

The templates call a `Codec` as ``codec``. Its ``decode`` gives statements over a local variable, its ``encode`` an
expression over the local variable ``v``; ``decoder`` and ``encoder`` give functions, for items, bodies and parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol as Property
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import in_double_quote_literal, safe_for_docstring

from scripts.pipeline.prepare import Discriminator


class _Scalar(NamedTuple):
    """What the functions of a type are called in `_codec`, and which values ``v`` need none of them."""

    name: str
    read_as_is: tuple[str, ...] = ()
    written_as_is: str = ""


_SCALARS = {
    "str": _Scalar("string", ("str",), "type(v) is str and v.isascii()"),
    "int": _Scalar("integer", ("int",), "type(v) is int"),
    "float": _Scalar("number", ("float", "int"), "type(v) is float and v - v == 0"),
    "bool": _Scalar("boolean", ("bool",), "type(v) is bool"),
    "datetime.datetime": _Scalar("datetime"),
    "datetime.date": _Scalar("date"),
    "Any": _Scalar("any"),
}
_OTHER = _Scalar("")


class _Way(NamedTuple):
    """The functions of `_codec` for unions, and what hands over the models that a discriminator tells apart."""

    union: str
    by_kind: str
    kinds: str


_READ = _Way("first_of", "by_discriminator", "{{{}}}")
_WRITE = _Way("any_of", "write_by_discriminator", "lambda: {{{}}}")

# A model's own names for what reads enums and other models: to look these up on a class takes longer than much of what
# they do.
_OWN = {"read": "from_dict", "member": "by_value", "each": "by_value.__getitem__"}
_OWN_NAME = re.compile(rf"\b_({'|'.join(_OWN)})_(\w+)")


def _name_type(value: Property) -> str:
    return value.get_type_string(no_optional=True).as_unembedded_code()


def _split(value: Property) -> tuple[list[Property], bool]:
    """What a value may be other than null, and whether it may be null."""
    if not isinstance(value, UnionProperty):
        return [value], False
    rest = [one for one in value.inner_properties if _name_type(one) != "None"]
    return rest, len(rest) < len(value.inner_properties)


def _fields(model: ModelProperty) -> list[Property]:
    return [*(model.required_properties or ()), *(model.optional_properties or ())]


def _data_of(value: Property) -> Iterator[list[Property]]:
    """What the field ``data`` of a body or an answer may hold, other than null; for each model that it may be."""
    models = (one for one in _split(value)[0] if isinstance(one, ModelProperty))
    yield from (_split(field)[0] for model in models for field in _fields(model) if field.name == "data")


def is_list_answer(value: Property) -> bool:
    """Whether an answer is a model whose ``data`` is a list, and nothing else."""
    data = next(_data_of(value), []) if isinstance(value, ModelProperty) else []
    return len(data) == 1 and isinstance(data[0], ListProperty)


def name_entity(value: Property) -> str:
    """The class of what a body's or an answer's ``data`` lists, as operations name it."""
    items = (_split(one.inner_property)[0] for data in _data_of(value) for one in data if isinstance(one, ListProperty))
    return next((f"models.{one.class_info.name}" for one in next(items, []) if isinstance(one, ModelProperty)), "Any")


class Codec:
    """Writes the code; ``scope`` stands before the names of models, which operations reach through the lazy ``models``.

    Args:
        discriminators: by the names of the classes of their unions' members, with a space after each.
    """

    def __init__(self, discriminators: Mapping[str, Discriminator]) -> None:
        self._discriminators = discriminators

    def _find_discriminator(self, value: Property) -> Discriminator | None:
        models = [one for one in _split(value)[0] if isinstance(one, ModelProperty)]
        return self._discriminators.get("".join(f"{one.class_info.name} " for one in models))

    # --- types ---

    def annotation(self, value: Property, scope: str = "", *, sent: bool = False) -> str:
        """The type of a field or an argument; ``sent``: only requests hold it, and take a date for a date-time."""
        optional = [] if value.required else ["Unset"]
        match value:
            case UnionProperty(inner_properties=inner):
                types = {self.annotation(one, scope, sent=sent) for one in inner} | set(optional)
                further = {"dict[str, Any]"} if self._find_discriminator(value) else set()
                return " | ".join(sorted(types | further, key=str.lower))
            case EnumProperty(class_info=info) | ModelProperty(class_info=info):
                kind = f"{scope}{info.name}"
            case ListProperty(inner_property=item):
                kind = f"list[{self.annotation(item, scope, sent=sent)}]"
            case _:
                kind = _name_type(value)
        if sent and kind == "datetime.datetime":
            kind = "datetime.datetime | datetime.date"
        return " | ".join([kind, *optional])

    def entry(self, value: Property, *, sent: bool = False) -> str:
        """An entry of a docstring's "Args" or "Attributes", as the generator writes it, with the type annotated."""
        kind, text = (safe_for_docstring(one) for one in (self.annotation(value, sent=sent), value.description or ""))
        example = f" Example: {safe_for_docstring(value.example)}." if value.example else ""
        return f"{value.python_name} ({kind}): {text}{example}"

    # --- functions ---

    def decoder(self, value: Property, scope: str = "") -> str:
        """A function that reads a value."""
        match value:
            case EnumProperty(class_info=info, value_type=kind):
                members = f"{scope}{info.name}.by_value" if scope else f"_member_{info.name}"
                if kind is not str:
                    return f"_codec.as_int_enum({members})"
                return f"{members}.__getitem__" if scope else f"_each_{info.name}"
            case ModelProperty(class_info=info):
                return f"{scope}{info.name}.from_dict" if scope else f"_read_{info.name}"
            case ListProperty(inner_property=item):
                return f"_codec.list_of({self.decoder(item, scope)})"
            case UnionProperty():
                parts = [self.decoder(one, scope) for one in _split(value)[0]]
                return self._decide(value, _READ, parts, f"{scope}{{}}.from_dict" if scope else "_read_{}")
        return _name_function(value, "as")

    def encoder(self, value: Property, scope: str = "", *, parameter: bool = False) -> str:
        """A function that writes a value."""
        match value:
            case _ if _name_type(value) == "File":
                return "_codec.write_file"
            case _ if _name_type(value) == "str" and parameter:
                return "_codec.write_key"
            case EnumProperty(value_type=kind):
                return "_codec.write_string" if kind is str else "_codec.write_integer"
            case ModelProperty(class_info=info):
                return f"_codec.model_writer(lambda: {scope}{info.name})"
            case ListProperty(inner_property=item):
                return f"_codec.list_writer({self.encoder(item, scope, parameter=parameter)})"
            case UnionProperty():
                parts = [self.encoder(one, scope, parameter=parameter) for one in _split(value)[0]]
                return self._decide(value, _WRITE, parts, f"{scope}{{}}")
        return _name_function(value, "write")

    def _decide(self, value: UnionProperty, way: _Way, parts: list[str], model: str) -> str:
        """A function for a union, of those for its parts."""
        one = parts[0] if len(parts) == 1 else f"_codec.{way.union}({', '.join(parts)})"
        if found := self._find_discriminator(value):
            kinds = (f'"{in_double_quote_literal(kind)}": {model.format(name)}' for kind, name in found.models)
            by_kind = way.kinds.format(", ".join(kinds))
            one = f'_codec.{way.by_kind}("{in_double_quote_literal(found.name)}", {by_kind})'
        return f"_codec.or_null({one})" if _split(value)[1] else one

    # --- the fields of a model ---

    def decode(self, value: Property, v: str) -> str:
        """Statements that check the value, which the local variable ``v`` holds, or decode it."""
        rest, null = _split(value)
        inner = rest[0] if len(rest) == 1 else value
        conditions = [f"type({v}) is not {kind}" for kind in _SCALARS.get(_name_type(inner), _OTHER).read_as_is]
        conditions += [f"{v} is not None"] * null + [f"{v} is not UNSET"] * (not value.required)
        match inner:
            case EnumProperty(class_info=info, value_type=kind) if kind is str:
                read = f"_member_{info.name}[{v}]"
            case ListProperty(inner_property=item):
                items = self.decoder(item)
                read = f"_codec.as_strings({v})" if items == "_codec.as_string" else f"_codec.as_list({items}, {v})"
            case _:
                read = f"{self.decoder(inner)}({v})"
        return f"if {' and '.join(conditions)}:\n    {v} = {read}" if conditions else f"{v} = {read}"

    def readers(self, model: ModelProperty) -> list[str]:
        """Statements that define the model's own names for what reads enums and other models."""
        code = [self.decode(one, "v") for one in _fields(model)]
        code += [self.decoder(model.additional_properties)] if model.additional_properties else []
        used = sorted(set(_OWN_NAME.findall(" ".join(code))))
        return [f"_{prefix}_{name} = {name}.{_OWN[prefix]}" for prefix, name in used]

    def encode(self, value: Property) -> str:
        """An expression for the value ``v``, written."""
        rest, null = _split(value)
        if isinstance(value, UnionProperty) and len(rest) == 1:
            return f"v if v is None else {self.encode(rest[0])}" if null else self.encode(rest[0])
        match value:
            case EnumProperty(class_info=info):
                return f"v._value_ if type(v) is {info.name} else {self.encoder(value)}(v)"
            case ModelProperty(class_info=info):
                return f"v.to_dict() if type(v) is {info.name} else _codec.write_model({info.name}, v)"
            case ListProperty(inner_property=item):
                (one, *others), null = _split(item)
                if isinstance(one, ModelProperty) and not others:
                    return f"_codec.write_models({one.class_info.name}, v{', null=True' if null else ''})"
                items = self.encoder(item)
                return "_codec.write_strings(v)" if items == "_codec.write_string" else f"_codec.write_list({items}, v)"
        as_is = _SCALARS.get(_name_type(value), _OTHER).written_as_is
        return f"v if {as_is} else {self.encoder(value)}(v)" if as_is else f"{self.encoder(value)}(v)"


def _name_function(value: Property, verb: str) -> str:
    """The function of `_codec` that reads a scalar ("as") or writes it ("write")."""
    kind = _name_type(value)
    if kind not in _SCALARS:
        raise ValueError(f"no value of the type {kind} can be {'read' if verb == 'as' else 'written'}")
    return f"_codec.{verb}_{_SCALARS[kind].name}"
