"""Check that a document is OpenAPI 3.0 or 3.1: its frame, its references, the JSON Schemas of the specification."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft4Validator, Draft202012Validator, Registry, Validator

from scripts.project import StageError
from scripts.spec.document import Document
from scripts.spec.walk import COMPOSITIONS, Fault, Location, at, entries, exists, is_data, references, target_of

MEND = "mend it with an action in overlay/quirks.overlay.yaml, or leave the operation out"


def check_shape(document: Document) -> None:
    """Refuse, with StageError, what is not OpenAPI at all, so that what reads a document can rely on its shape."""
    refuse(_find_frame_faults(document))
    refuse([*_find_reference_faults(document), *find_misshapen(document)])


def refuse(faults: Iterable[Fault]) -> None:
    """Raise StageError if there are any faults."""
    if found := list(dict.fromkeys(map(str, faults))):
        raise StageError(found[0], others=tuple(found[1:]))


def _find_frame_faults(document: Document) -> Iterator[Fault]:
    version = document.get("openapi")
    if "swagger" in document:
        yield Fault((), f"this is Swagger {document['swagger']}; an OpenAPI 3.0 or 3.1 document is needed")
    elif not isinstance(version, str) or not re.fullmatch(r"3\.[01]\.\d+", version):
        yield Fault((), f"openapi is {version!r}; an OpenAPI 3.0 or 3.1 document is needed")
    for key in ("info", "paths", "components"):
        if not isinstance(document.get(key), dict):
            yield Fault((key,), "is missing or not an object; is this the whole document?")


def _find_reference_faults(document: Document) -> Iterator[Fault]:
    for location, text, target in references(document):
        named = f"{'$ref ' * (location[-1] == '$ref')}{text!r}"
        if target is None:
            yield Fault(location, f"{named} leads out of the document; only #/… is followed")
        elif not exists(document, target):
            yield Fault(location, f"{named} leads nowhere")
        elif (kind := _find_kind(location)) and (len(target) != 3 or target[:2] != ("components", kind)):
            yield Fault(location, f"{named} is none of components / {kind}; refer to one of these, or write it out")
        elif location[-1] == "$ref" and _is_circular(document, target):
            yield Fault(location, f"{named} leads back to itself, so nothing can be built from it")


def _find_kind(location: Location) -> str:
    """The kind of component that a reference at the location must lead to; empty in data, where nothing follows it."""
    if is_data(location):
        return ""
    match location:
        case (*_, "properties", _, _, "$ref"):  # of a property with the name of one of the keys below
            return "schemas"
        case (
            ("components", str(kind), _, "$ref")
            | ("paths", *_, "parameters" as kind, int(), "$ref")
            | ("paths", _, _, "responses" as kind, _, "$ref")
            | (*_, "headers" | "links" | "callbacks" as kind, _, "$ref")
        ):
            return str(kind)
        case ("paths", _, "$ref"):
            return "pathItems"
        case ("paths", _, _, "requestBody", "$ref"):
            return "requestBodies"
        case (*_, "security", int(), _):
            return "securitySchemes"
        case _:
            return "schemas"


def find_misshapen(document: Document) -> Iterator[Fault]:
    """Say where the document has not the shape that OpenAPI gives it."""
    validator = _read_schema(is_3_0=document["openapi"].startswith("3.0"))
    for error in validator.iter_errors(document):
        location = tuple(error.instance_path)
        yield Fault(location, f"{'' if location else 'the document: '}{error.message[:200]}; {MEND}")


@functools.cache
def _read_schema(*, is_3_0: bool) -> Validator:
    """The schema of 3.1 leaves open what a schema object holds; this fills in OpenAPI's dialect, and no other."""
    if is_3_0:
        return Draft4Validator(_read_published("openapi_spec_validator", "resources/schemas/v3.0/schema.json"))
    whole = _read_published("openapi_spec_validator", "resources/schemas/v3.1/schema.json")
    dialect = _read_published("openapi_schema_validator", "schemas/oas3.1/metaschema.json")
    vocabulary = _read_published("openapi_schema_validator", "schemas/oas3.1/vocabularies/base")
    only = {"const": dialect["$id"]}
    whole["properties"]["jsonSchemaDialect"] = only
    whole["$defs"]["schema"] = {"$dynamicAnchor": "meta", "$ref": dialect["$id"], "properties": {"$schema": only}}
    registry = Registry([(one["$id"], one) for one in (dialect, vocabulary)])
    return Draft202012Validator(whole, registry=registry)


def _read_published(package: str, path: str) -> Any:
    """A schema of the OpenAPI Initiative, from a package that ships it; to import the package would take longer."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StageError(f"the package {package} is not installed; run `make setup`")
    return json.loads((Path(spec.origin).parent / path).read_bytes())


def _is_circular(document: Document, start: Location) -> bool:
    """Whether a schema is made of itself, through references and compositions only (through properties it may be)."""
    seen: set[Location] = set()
    waiting = [start]
    while waiting:
        for target in _parts_of(at(document, waiting.pop())):
            if target == start:
                return True
            if target not in seen and exists(document, target):
                seen.add(target)
                waiting.append(target)
    return False


def _parts_of(schema: object) -> Iterator[Location]:
    if isinstance(schema, dict):
        if target := target_of(schema.get("$ref")):
            yield target
        for kind in COMPOSITIONS:
            yield from (target for _, member in entries(schema.get(kind)) for target in _parts_of(member))
