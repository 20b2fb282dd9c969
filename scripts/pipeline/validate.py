"""Check openapi/patched.json: it is OpenAPI, its references lead somewhere, a client can be generated from it."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from openapi_python_client.parser import GeneratorData

from scripts import stage
from scripts.pipeline import generator
from scripts.pipeline.names import collisions, enum_collisions, unprintable_names, where
from scripts.pipeline.shape import misshapen
from scripts.spec import document as documents
from scripts.spec.document import Document
from scripts.spec.walk import Location, at, operations, target_of
from scripts.stage import StageError

T = TypeVar("T")

LONGEST_TEXT = 100_000  # characters; the generator takes most of a minute for a text of ten million

# A path of RFC 3986, 3.3, with plain names in braces: the generated code hands it to str.format.
_PATH = re.compile(r"(/(?!/)([A-Za-z0-9._~!$&'()*+,;=:@%-]|\{[A-Za-z_-][A-Za-z0-9_-]*\})*)+")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~-]*)*")
_API_VERSION = re.compile(r"\d{4}-\d{2}")


def check(document: Document) -> GeneratorData:
    """Refuse a document that no sound client can be generated from.

    Returns:
        What the generator makes of it.

    Raises:
        StageError: says what is wrong. Later checks take for granted what earlier ones found.
    """
    _refuse(document, _frame, _references, misshapen, _texts, _servers, _operations, unprintable_names, enum_collisions)
    made = generator.read(document)
    _refuse(made, generator.unbuilt, collisions)
    return made


def check_upstream(document: Document) -> None:
    """Refuse a document that is not OpenAPI at all, so that the overlay can rely on its shape; raises StageError."""
    _refuse(document, _frame, _references, misshapen)


def _refuse(it: T, *checks: Callable[[T], Iterator[str]]) -> None:
    for one in checks:
        if problems := list(one(it)):
            more = f" (and {len(problems) - 1} more like it)" if len(problems) > 1 else ""
            raise StageError(f"{problems[0]}{more}")


def _frame(document: Document) -> Iterator[str]:
    version = document.get("openapi")
    if "swagger" in document:
        yield f"this is Swagger {document['swagger']}; an OpenAPI 3.0 or 3.1 document is needed"
    elif not isinstance(version, str) or not re.fullmatch(r"3\.[01]\.\d+", version):
        yield f"openapi is {version!r}; an OpenAPI 3.0 or 3.1 document is needed"
    for key in ("info", "paths", "components"):
        if not isinstance(document.get(key), dict):
            yield f"{key} is missing or not an object; is this the whole document?"


def _references(document: Document) -> Iterator[str]:
    for location, reference in _found(document, "$ref"):
        target = target_of(reference)
        if target is None:
            yield f"{where(location)}: $ref {reference!r} leads out of the document; only #/… is followed"
        elif not _exists(document, target):
            yield f"{where(location)}: $ref {reference!r} leads nowhere"
        elif location[-1:] == ("$ref",) and _is_circular(document, target):
            yield f"{where(location)}: $ref {reference!r} leads back to itself, so nothing can be built from it"


def _texts(document: Document) -> Iterator[str]:
    for key in ("description", "summary", "title", "example", "pattern"):
        for location, text in _found(document, key):
            if len(str(text)) > LONGEST_TEXT:
                yield f"{where(location)}: has more than {LONGEST_TEXT} characters; shorten it in the overlay"


def _servers(document: Document) -> Iterator[str]:
    version = document["info"]["version"]
    if not _API_VERSION.fullmatch(version):
        yield f"info / version: {version!r} is no API version such as 2026-01"
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
            yield f"{where(location)}: has no operationId"
        ids[operation.get("operationId", where(location))] += 1
        yield from _path_problems(document, location, operation)
        yield from _answer_problems(location, operation)
        if len(operation.get("requestBody", {}).get("content", {})) > 1:
            yield f"{where(location)}: takes several media types; keep one with an action of the overlay"
    yield from (f"the operationId {name!r} is given {count} times" for name, count in ids.items() if count > 1)
    templates = Counter(_PLACEHOLDER.sub("{}", path) for path in document["paths"])
    yield from (f"{count} paths differ only in the names in {path!r}" for path, count in templates.items() if count > 1)
    for path, item in document["paths"].items():
        if "$ref" in item:
            yield f"{where(('paths', path))}: is a $ref, which the generator leaves out; write it out"
    if not ids:
        yield "paths: has no operation"


def _path_problems(document: Document, location: Location, operation: dict[str, Any]) -> Iterator[str]:
    path = str(location[1])
    if not _PATH.fullmatch(path):
        yield f"{where(location)}: the path holds more than path characters and plain names in braces"
    parameters = [*operation.get("parameters", []), *at(document, location[:-1]).get("parameters", [])]
    resolved = [at(document, target_of(one["$ref"]) or ()) if "$ref" in one else one for one in parameters]
    declared = {parameter.get("name") for parameter in resolved if parameter.get("in") == "path"}
    if declared != set(_PLACEHOLDER.findall(path)):
        yield f"{where(location)}: the names in braces and the path parameters declared are not the same"


def _answer_problems(location: Location, operation: dict[str, Any]) -> Iterator[str]:
    answers = operation.get("responses", {})
    if not any(status.startswith("2") for status in answers):
        yield f"{where(location)}: declares no 2xx answer"
    for status, answer in answers.items():
        if status == "default" or "$ref" in answer:
            yield f"{where(location)}: the answer {status!r} has no status or shape of its own; write it out"


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


def _exists(document: Document, location: Location) -> bool:
    try:
        at(document, location)
    except (KeyError, TypeError):
        return False
    return True


def _is_circular(document: Document, start: Location) -> bool:
    """Whether a schema is made of itself, through references and compositions only (through properties it may be)."""
    seen: set[Location] = set()
    waiting = [start]
    while waiting:
        for target in _made_of(at(document, waiting.pop())):
            if target == start:
                return True
            if target not in seen and _exists(document, target):
                seen.add(target)
                waiting.append(target)
    return False


def _made_of(schema: object) -> Iterator[Location]:
    if isinstance(schema, dict):
        if target := target_of(schema.get("$ref")):
            yield target
        for kind in ("allOf", "anyOf", "oneOf"):
            if isinstance(members := schema.get(kind), list):
                yield from (target for member in members for target in _made_of(member))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("document", nargs="?", type=Path, default=stage.PATCHED, help="the document to check")
    arguments = parser.parse_args(argv)

    def work() -> int:
        name = stage.relative(arguments.document)
        document = documents.parse(arguments.document.read_bytes(), name)
        try:
            check(document)
        except StageError as error:
            raise StageError(f"{name}: {error}") from error
        print(f"{name}: valid, {len(list(operations(document)))} operations")
        return 0

    return stage.run(work)
