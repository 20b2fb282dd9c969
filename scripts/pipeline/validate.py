"""Check openapi/patched.json: it is OpenAPI, its references lead somewhere, a client can be generated from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser import GeneratorData

from scripts.pipeline import generator
from scripts.pipeline.hosts import find_foreign_hosts
from scripts.pipeline.names import find_collisions, find_enum_collisions, find_unfit_names
from scripts.pipeline.overlay import Patched
from scripts.pipeline.shape import check_shape, refuse
from scripts.pipeline.source import api_version, is_api_version, read_source
from scripts.project import Project, naming
from scripts.spec.document import Document
from scripts.spec.walk import Location, at, describe, operations, target_of

LONGEST_TEXT = 100_000  # characters; the generator takes most of a minute for a text of ten million

# A path of RFC 3986, 3.3, with plain names in braces: the generated code hands it to str.format.
_PATH = re.compile(r"(/(?!/)([A-Za-z0-9._~!$&'()*+,;=:@%-]|\{[A-Za-z_-][A-Za-z0-9_-]*\})*)+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~-]*)*")


def check_document(project: Project, document: Document) -> GeneratorData:
    """Refuse a document that no sound client can be generated from.

    Returns:
        What the generator makes of it.

    Raises:
        StageError: says what is wrong. Later checks take for granted what earlier ones found.
    """
    check_shape(document)
    refuse(_texts(document))
    refuse(_servers(document))
    refuse(find_foreign_hosts(document, read_source(project).hosts))
    refuse(_operations(document))
    refuse(find_unfit_names(document))
    refuse(find_enum_collisions(project, document))
    parsed = generator.read_document(project, document)
    refuse(generator.find_unbuilt(parsed))
    refuse(find_collisions(parsed))
    return parsed


def validate_patched(project: Project, patched: Patched) -> GeneratorData:
    """Check a patched document as `check_document` does; an error names openapi/patched.json."""
    with naming(project.relative(project.patched)):
        return check_document(project, patched.document)


def _texts(document: Document) -> Iterator[str]:
    for key in ("description", "summary", "title", "example", "pattern"):
        for location, text in _found(document, key):
            if len(str(text)) > LONGEST_TEXT:
                yield f"{describe(location)}: has more than {LONGEST_TEXT} characters; shorten it in the overlay"


def _servers(document: Document) -> Iterator[str]:
    version = document["info"]["version"]
    if not is_api_version(api_version(version)):
        yield f"info / version: {version!r} is no API version such as 2026-01 or Preview"
    servers = document.get("servers") or [{"url": None}]
    yield from _not_https("servers / 0 / url", servers[0]["url"])
    schemes = document["components"].get("securitySchemes", {}).values()
    flows = [flow for scheme in schemes if scheme.get("type") == "oauth2" for flow in scheme["flows"].values()]
    token_urls = [flow["tokenUrl"] for flow in flows if isinstance(flow, dict) and "tokenUrl" in flow]
    for token_url in token_urls or [None]:
        yield from _not_https("components / securitySchemes: the tokenUrl of an oauth2 flow", token_url)


def _operations(document: Document) -> Iterator[str]:
    ids: Counter[str] = Counter()
    for location, operation in operations(document):
        if "operationId" not in operation:
            yield f"{describe(location)}: has no operationId"
        ids[operation.get("operationId", describe(location))] += 1
        yield from _path_problems(document, location, operation)
        yield from _answer_problems(location, operation)
        if len(operation.get("requestBody", {}).get("content", {})) > 1:
            yield f"{describe(location)}: takes several media types; keep one with an action of the overlay"
    yield from (f"the operationId {name!r} is given {count} times" for name, count in ids.items() if count > 1)
    templates = Counter(_PLACEHOLDER.sub("{}", path) for path in document["paths"])
    yield from (f"{count} paths differ only in the names in {path!r}" for path, count in templates.items() if count > 1)
    for path, item in document["paths"].items():
        if "$ref" in item:
            yield f"{describe(('paths', path))}: is a $ref, which the generator leaves out; write it out"
    if not ids:
        yield "paths: has no operation"


def _path_problems(document: Document, location: Location, operation: dict[str, Any]) -> Iterator[str]:
    path = str(location[1])
    if not _PATH.fullmatch(path):
        yield f"{describe(location)}: the path holds more than path characters and plain names in braces"
    parameters = [*operation.get("parameters", []), *at(document, location[:-1]).get("parameters", [])]
    resolved = [at(document, target_of(one["$ref"]) or ()) if "$ref" in one else one for one in parameters]
    declared = {parameter.get("name") for parameter in resolved if parameter.get("in") == "path"}
    if declared != set(_PLACEHOLDER.findall(path)):
        yield f"{describe(location)}: the names in braces and the path parameters declared are not the same"


def _answer_problems(location: Location, operation: dict[str, Any]) -> Iterator[str]:
    answers = operation.get("responses", {})
    if not any(status.startswith("2") for status in answers):
        yield f"{describe(location)}: declares no 2xx answer"
    for status, answer in answers.items():
        if status == "default" or "$ref" in answer:
            yield f"{describe(location)}: the answer {status!r} has no status or shape of its own; write it out"


def _not_https(place: str, url: object) -> Iterator[str]:
    if not isinstance(url, str) or not _HTTPS.fullmatch(url):
        yield f"{place}: an https URL is needed, without a user, a password or a variable"


def _found(node: object, key: str, location: Location = ()) -> Iterator[tuple[Location, Any]]:
    """Each text under a key, at any depth; a property of that name is an object and so is passed over."""
    if isinstance(node, dict):
        if isinstance(node.get(key), str):
            yield (*location, key), node[key]
        for name, inner in node.items():
            yield from _found(inner, key, (*location, name))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _found(inner, key, (*location, index))
