"""Check openapi/patched.json: it is OpenAPI, its references lead somewhere, a client can be generated from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser import GeneratorData

from scripts.pipeline import generator
from scripts.pipeline.features import find_unknown_features
from scripts.pipeline.hosts import NEEDED, find_foreign_hosts
from scripts.pipeline.names import find_collisions, find_enum_collisions, find_repeated, find_unfit_names
from scripts.pipeline.overlay import Patched
from scripts.pipeline.shape import check_shape, refuse
from scripts.pipeline.source import api_version, is_api_version, read_source
from scripts.project import Project, StageError, naming
from scripts.spec.document import Document
from scripts.spec.walk import Fault, Location, at, nodes, operations, resolve

LONGEST_TEXT = 100_000  # characters; the generator takes most of a minute for a text of ten million

# A path of RFC 3986, 3.3, with plain names in braces: the generated code hands it to str.format.
_PATH = re.compile(r"(/(?!/)([A-Za-z0-9._~!$&'()*+,;=:@%-]|\{[A-Za-z_-][A-Za-z0-9_-]*\})*)+")
_STATUS = re.compile(r"[1-5](\d\d|XX)")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


# What the generator says of each part that refers to a schema that it could not build: the schema is told apart.
_CONSEQUENCE = "Could not find reference in parsed models or enums"


def check_document(project: Project, document: Document) -> GeneratorData:
    """Refuse, with StageError, a document that no sound client can be generated from, and return what is made of it.

    The error says all that is wrong. What has not OpenAPI's shape is looked at no further.
    """
    check_shape(document)
    faults = [
        *_find_long_texts(document),
        *_find_server_faults(document),
        *find_foreign_hosts(document, read_source(project).hosts),
        *_find_operation_faults(document),
        *find_unknown_features(document),
        *find_unfit_names(document),
        *find_enum_collisions(project, document),
    ]
    try:
        parsed = generator.read_document(project, document)
        found = [*generator.find_unbuilt(parsed), *find_collisions(project, parsed)]
    except StageError:
        refuse(faults)  # the generator may well fail over one of them
        raise
    faults += [fault for fault in found if not _is_known(fault, faults)]
    causes = [fault for fault in faults if _CONSEQUENCE not in fault.text]
    refuse(causes or faults)
    return parsed


def _is_known(fault: Fault, faults: list[Fault]) -> bool:
    """Whether a fault that the generator found is of an operation or schema of which others are known already."""
    for one in faults:
        match one.location:
            case ("paths", str(path), *_) if path in fault.text:
                return True
            case ("components", "schemas", str(name), *_) if name in fault.text:
                return True
    return False


def validate_patched(project: Project, patched: Patched) -> GeneratorData:
    """Check a patched document as `check_document` does; an error names openapi/patched.json."""
    with naming(project.relative(project.patched)):
        return check_document(project, patched.document)


def _find_long_texts(document: Document) -> Iterator[Fault]:
    for location, text in nodes(document):
        is_text = location[-1:] and location[-1] in ("description", "summary", "title", "example", "pattern")
        if is_text and isinstance(text, str) and len(text) > LONGEST_TEXT:
            yield Fault(location, f"has more than {LONGEST_TEXT} characters; shorten it in the overlay")


def _find_server_faults(document: Document) -> Iterator[Fault]:
    version = document["info"]["version"]
    if not is_api_version(api_version(version)):
        yield Fault(("info", "version"), f"{version!r} is no API version such as 2026-01 or Preview")
    if not document.get("servers"):
        yield Fault(("servers", 0, "url"), NEEDED)
    schemes = document["components"].get("securitySchemes", {}).values()
    flows = [flow for scheme in schemes if scheme.get("type") == "oauth2" for flow in scheme["flows"].values()]
    if not any(isinstance(flow, dict) and "tokenUrl" in flow for flow in flows):
        yield Fault(("components", "securitySchemes"), f"the tokenUrl of an oauth2 flow: {NEEDED}")


def _find_operation_faults(document: Document) -> Iterator[Fault]:
    found = list(operations(document))
    for location, operation in found:
        if "operationId" not in operation:
            yield Fault(location, "has no operationId")
        yield from _find_path_faults(document, location, operation)
        yield from _find_answer_faults(location, operation)
    ids = (operation["operationId"] for _, operation in found if "operationId" in operation)
    for name, count in find_repeated(ids):
        yield Fault((), f"the operationId {name!r} is given {count} times")
    for path, count in find_repeated(_PLACEHOLDER.sub("{}", path) for path in document["paths"]):
        yield Fault((), f"{count} paths differ only in the names in {path!r}")
    for path, item in document["paths"].items():
        if "$ref" in item:
            yield Fault(("paths", path), "is a $ref, which the generator leaves out; write it out")
    if not found:
        yield Fault(("paths",), "has no operation")


def _find_path_faults(document: Document, location: Location, operation: dict[str, Any]) -> Iterator[Fault]:
    path = str(location[1])
    if not _PATH.fullmatch(path):
        yield Fault(location, "the path holds more than path characters and plain names in braces")
    parameters = [*operation.get("parameters", []), *at(document, location[:-1]).get("parameters", [])]
    resolved = [resolve(document, parameter) for parameter in parameters]
    declared = {parameter.get("name") for parameter in resolved if parameter.get("in") == "path"}
    if declared != set(_PLACEHOLDER.findall(path)):
        yield Fault(location, "the names in braces and the path parameters declared are not the same")


def _find_answer_faults(location: Location, operation: dict[str, Any]) -> Iterator[Fault]:
    answers = operation.get("responses", {})
    if not any(status.startswith("2") for status in answers):
        yield Fault(location, "declares no 2xx answer")
    for status, answer in answers.items():
        if not _STATUS.fullmatch(status) or "$ref" in answer:
            yield Fault(location, f"the answer {status!r} has no status or shape of its own; write it out")
