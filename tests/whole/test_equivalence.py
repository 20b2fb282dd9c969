"""The models read and write what the generator's default output does, but for what that does wrong, listed here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_python_client.strings import ClassName
from support.default_client import default_models
from support.json_values import alternatives, matching, replaced, typed_sites, wrong_values
from support.specs import read_document, whole_document
from support.whole_client import at_hand, client_of
from support.workspace import PROJECT

from scripts.pipeline.overlay import apply_actions, read_actions

Json = Any
Schema = dict[str, Any]

NULL_ENUM = "raises at null where an enum belongs, or loses the type of the object around it"
CLOSED = "drops unknown fields where the document says additionalProperties: false"
DROPPED = "has no module for a schema that it cannot read, or for one that refers to it"
LEFT_OUT = "raises where an answer leaves out a list of data, errors or warnings that the document requires"
SWALLOWED = "takes a value of a wrong type without a word"

# What each document shows; one that it does not show any more is to be deleted.
DIFFERENCES = {
    "shipped": {NULL_ENUM, SWALLOWED},
    "every-kind": {NULL_ENUM, CLOSED, DROPPED, LEFT_OUT, SWALLOWED},
    "2026-01": {NULL_ENUM, CLOSED, DROPPED, LEFT_OUT, SWALLOWED},
    "2026-07": {NULL_ENUM, CLOSED, DROPPED, LEFT_OUT, SWALLOWED},
}


@pytest.mark.parametrize("version", DIFFERENCES)
def test_models_are_equivalent_to_the_default_output_but_for_what_is_listed(version: str) -> None:
    """For every model of the document, on JSON that its schema allows and on JSON with one wrong value."""
    upstream = at_hand(version) or whole_document(version)
    document, _ = apply_actions(read_document(upstream), read_actions(PROJECT))
    seen = set()
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object":
            class_name = ClassName(name, "")
            ours = getattr(client_of(version).module("models"), class_name)
            theirs = getattr(default_models(upstream), class_name, None)
            theirs = theirs or getattr(default_models(upstream), f"{class_name}Type0", None)
            seen |= {DROPPED} if theirs is None else _differences(ours, theirs, schema, document)
    assert seen == DIFFERENCES[version]


def _differences(ours: Any, theirs: Any, schema: Schema, document: Schema) -> set[str]:
    """Which of the listed differences some JSON shows; fails on any other."""
    seen = set()
    described = matching(schema, document)

    @settings(
        max_examples=5,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(data=st.data())
    def compare(data: st.DataObject) -> None:
        value = data.draw(described)
        assert _round_trip(ours, value) == _text(value)
        seen.update(_explained(theirs, value, schema, document))
        sites = [site for site in typed_sites(value, schema, document) if wrong_values(site[1])]
        path, types = data.draw(st.sampled_from(sites))
        wrong = replaced(value, path, data.draw(st.sampled_from(wrong_values(types))))
        assert _round_trip(ours, wrong) == "DecodeError"
        if not _round_trip(theirs, wrong).endswith("Error"):
            seen.add(SWALLOWED)

    compare()
    return seen


def _explained(theirs: Any, value: Json, schema: Schema, document: Schema) -> set[str]:
    """The differences without which the default output gives the value back."""
    needed = set()
    repairs = {NULL_ENUM: _without_null_enums, CLOSED: _without_unknown, LEFT_OUT: _with_lists}
    for difference, repair in repairs.items():
        found = _round_trip(theirs, value)
        if found == _text(value):
            return needed
        if found == "ModuleNotFoundError":
            return {DROPPED}
        repaired = repair(value, schema, document)
        if repaired != value:
            needed.add(difference)
        value = repaired
    assert _round_trip(theirs, value) == _text(value)
    return needed


def _round_trip(model: Any, value: Json) -> str:
    """The JSON that comes out of the model, or the name of the exception."""
    try:
        return _text(model.from_dict(value).to_dict())
    except Exception as error:  # noqa: BLE001 (the default output raises whatever Python does)
        return type(error).__name__


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)  # unlike ==, it tells 1 from 1.0 and True


def _without_null_enums(value: Json, schema: Schema, document: Schema) -> Json:
    enums = [one["enum"][0] for one in alternatives(schema, document) if one.get("enum")]
    if value is None and enums:
        return enums[0]
    return _mapped(_without_null_enums, value, schema, document)


def _without_unknown(value: Json, schema: Schema, document: Schema) -> Json:
    known = [one["properties"] for one in alternatives(schema, document) if one.get("properties")]
    if isinstance(value, dict) and known:
        value = {key: item for key, item in value.items() if key in known[0]}
    return _mapped(_without_unknown, value, schema, document)


def _with_lists(value: Json, schema: Schema, document: Schema) -> Json:
    known = [one["properties"] for one in alternatives(schema, document) if one.get("properties")]
    if isinstance(value, dict) and known and {"errors", "warnings"} & known[0].keys():
        lists = [name for name in ("data", "errors", "warnings") if _may_be_list(known[0].get(name, {}), document)]
        return {name: [] for name in lists} | value
    return value


def _may_be_list(schema: Schema, document: Schema) -> bool:
    return any(one.get("type") == "array" for one in alternatives(schema, document))


def _mapped(repair: Callable[[Json, Schema, Schema], Json], value: Json, schema: Schema, document: Schema) -> Json:
    """The value with each of its parts repaired."""
    for one in alternatives(schema, document):
        if one["type"] == "object" and isinstance(value, dict):
            inner = one.get("properties", {})
            rest = one.get("additionalProperties") or {}
            return {key: repair(item, inner.get(key, rest), document) for key, item in value.items()}
        if one["type"] == "array" and isinstance(value, list):
            return [repair(item, one["items"], document) for item in value]
    return value
