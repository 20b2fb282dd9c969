"""What serves the generator alone, prepared in memory right before generation.

The media types that the client takes, the texts that the generator does not pass on to docstrings, and the facts of
each operation that its templates lack. Nothing of it is wrong in Criteo's document, so none of it stands in the overlay
or in ``openapi/patched.json``.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

from scripts.spec.document import Document
from scripts.spec.walk import Location, Site, at, nodes, operations, parameters, resolve, schemas, target_of

# --- texts ---

_LINE_BREAK = re.compile(r"<br ?/?>")
_XML_REFERENCE = re.compile(r'<(?:typeparamref|paramref|see) (?:name|cref)="([^"<>]*)" ?/>')

# Formats that the Python type implies; `str` does not imply an int64, nor `int` 32 bits.
_SAID_BY_TYPE = {"string": ("binary", "date", "date-time", "uuid"), "number": ("double",)}

_WORDS = {
    "minimum": "At least {}.",
    "maximum": "At most {}.",
    "multipleOf": "A multiple of {}.",
    "minLength": "Length at least {}.",
    "maxLength": "Length at most {}.",
    "minItems": "Number of items at least {}.",
    "maxItems": "Number of items at most {}.",
    "pattern": "Pattern: {}",
}
_EXCLUSIVE = {"minimum": "More than {}.", "maximum": "Less than {}."}
_FLAGS = {
    "uniqueItems": "No item twice.",
    "readOnly": "Read-only.",
    "writeOnly": "Write-only.",
    "deprecated": "Deprecated.",
}


def prepare_document(document: Document) -> Document:
    """A copy of the document in which the generator finds each text where it looks for one."""
    prepared = _readable_copy(document)
    sites = list(schemas(prepared))
    for site in sites:
        if "default" in site.schema:  # the generator would make it the argument's: sent, though the caller gave nothing
            append_sentences(site.schema, [f"Default: {_literal(site.schema.pop('default'))}."])
    for _, parameter in parameters(prepared):
        _move_content(parameter)
        _describe_schema(parameter)
    sentences = [_describe_unsaid(site.schema) for site in sites]
    for site, texts in zip(sites, sentences, strict=True):
        append_sentences(site.schema, texts)
    for site in sites:
        _describe_reference(prepared, site)
        if site.schema.get("format") == "uuid":  # .NET's Guid, which Python's UUID would respell
            del site.schema["format"]
    return prepared


def append_sentences(schema: dict[str, Any], sentences: list[str]) -> None:
    """Append the sentences that the description does not already hold."""
    description = str(schema.get("description", "")).rstrip()
    for sentence in sentences:
        if sentence not in description:
            if description and description[-1] not in ".!?:":
                description += "."
            description = f"{description} {sentence}".lstrip()
    if sentences:
        schema["description"] = description


def _literal(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _readable_copy(document: Document) -> Document:
    """A copy of the document with the security, the media types and the texts that hold for each operation."""
    copy = visible_copy(document)
    _require_security(copy)
    for holder, is_answer in _content_holders(copy):
        holder["content"] = choose_media_types(holder["content"], is_answer=is_answer)
    _remove_markup(copy)
    return copy


def _content_holders(document: Document) -> Iterator[tuple[dict[str, Any], bool]]:
    """Each body and answer that has a content, and whether it is an answer."""
    every = [operation for _, operation in operations(document)]
    bodies = [*document["components"].get("requestBodies", {}).values(), *(one.get("requestBody") for one in every)]
    answers = [answer for one in every for answer in one["responses"].values()]
    for holders, is_answer in ((bodies, False), (answers, True)):
        yield from ((holder, is_answer) for holder in holders if isinstance(holder, dict) and "content" in holder)


def count_media_choices(document: Document) -> int:
    """How many bodies and answers come in more media types than the client takes."""
    return sum(
        len(choose_media_types(holder["content"], is_answer=is_answer)) < len(holder["content"])
        for holder, is_answer in _content_holders(document)
    )


def choose_media_types(content: dict[str, Any], *, is_answer: bool) -> dict[str, Any]:
    """A body's or an answer's content, as the client sends or reads it.

    JSON alone where it is offered: the generator makes a function for each type of a body, and takes an answer's first.
    An answer that is a file is bytes: the generator goes by the media type alone, and drops those it does not know.
    """
    if is_answer:
        content = {
            "application/octet-stream" if media.get("schema", {}).get("format") == "binary" else name: media
            for name, media in content.items()
        }
    json_types = filter(is_json, content)
    return {name: content[name] for name in [next(json_types, "")] if name} or content


def is_json(media_type: str) -> bool:
    """Whether a media type, parameters aside, is JSON's."""
    return media_type.partition(";")[0].strip().lower() == "application/json"


def visible_copy(document: Document) -> Document:
    """A copy of the document without what cannot be seen, separators as spaces. Names have none: validation sees to it.

    Bidi controls make source read otherwise than it runs (CVE-2021-42574); some tools take separators for a new line.
    """
    text = json.dumps(document, ensure_ascii=False)
    kinds = {ord(character): unicodedata.category(character) for character in set(text)}
    shown = {c: "" if kind == "Cf" else " " for c, kind in kinds.items() if kind in ("Cf", "Zl", "Zp")}
    copy: Document = json.loads(text.translate(shown))
    return copy


def _require_security(document: Document) -> None:
    """Give each operation the document's security, where it has none of its own: the generator looks there only."""
    if needed := document.get("security"):
        for _, operation in operations(document):
            operation.setdefault("security", needed)


def _remove_markup(node: object) -> None:
    """Take the remains of HTML and of .NET's XML comments out of the texts: a docstring would show them."""
    for _, inner in nodes(node):
        for key in ("summary", "description"):
            if isinstance(inner, dict) and isinstance(text := inner.get(key), str):
                inner[key] = _XML_REFERENCE.sub(r"\1", _LINE_BREAK.sub("\n", text))


def _move_content(parameter: dict[str, Any]) -> None:
    """Move the schema of a parameter with a media type to where the generator looks; `_find_style` says the rest."""
    for media in parameter.pop("content", {}).values():
        parameter.setdefault("schema", media.get("schema", {}))


def _describe_schema(parameter: dict[str, Any]) -> None:
    """Copy a parameter's description, and whether it is deprecated, into its schema: the generator looks there only."""
    schema = parameter.get("schema")
    if isinstance(schema, dict) and "$ref" not in schema:
        own = schema.get("description")
        schema |= {key: parameter[key] for key in ("description", "deprecated") if key in parameter}
        append_sentences(schema, [own] if own else [])


def _describe_unsaid(schema: dict[str, Any]) -> list[str]:
    """What the generator does not pass on: the limits of a schema, or of its inline variants."""
    variants = [one for kind in ("oneOf", "anyOf") for one in schema.get(kind, ()) if "$ref" not in one]
    return [sentence for one in variants for sentence in _describe_unsaid(one)] + _describe_limits(schema)


def _describe_limits(schema: dict[str, Any]) -> list[str]:
    """Sentences for the limits of a schema."""
    texts = []
    types = schema.get("type")
    kind = next((one for one in types if one != "null"), "") if isinstance(types, list) else str(types)
    if "format" in schema and schema["format"] not in _SAID_BY_TYPE.get(kind, ()):
        texts.append(f"Format: {schema['format']}.")
    for key, words in _WORDS.items():
        if key in schema:
            exclusive = schema.get(f"exclusive{key.capitalize()}") is True
            texts.append((_EXCLUSIVE.get(key, words) if exclusive else words).format(schema[key]))
    items = schema.get("items")
    if isinstance(items, dict):
        texts += [f"Each item: {sentence[0].lower()}{sentence[1:]}" for sentence in _describe_limits(items)]
    return texts + [words for key, words in _FLAGS.items() if schema.get(key) is True]


def _describe_reference(document: Document, site: Site) -> None:
    """Give a reference that may be null the description of its target: the generator takes it for a plain one only."""
    match site.schema:
        case {"oneOf": [{"$ref": reference}, {"type": "null"}]} if "description" not in site.schema:
            if description := at(document, target_of(reference) or ()).get("description"):
                site.schema["description"] = description


# --- facts ---


class Paging(NamedTuple):
    """How an operation answers page by page: its Python arguments, and the largest page."""

    style: str
    start: str
    size: str
    maximum: int | None


class Report(NamedTuple):
    """Which operations (modules below ``api``) give the state and the output of a kind of report."""

    status: str
    output: str
    id_argument: str


class OperationFacts(NamedTuple):
    """What the document says of an operation, as the templates write it."""

    id: str
    method: str
    path: str
    tag: str
    scopes: list[str]
    is_read: bool
    is_deprecated: bool
    summary: str
    body: str
    body_list: bool
    answer_list: bool
    paging: Paging | None
    report: Report | None
    tells_state: bool
    styles: dict[tuple[str, str], str]


Key = tuple[str, str]  # the tag and the operation as Python has them: a package and a module below `api`

_PAGINGS = (("page", "page_index", "page_size"), ("offset", "offset", "limit"))
_NO_LIMIT = 2**31 - 1  # the largest int32: .NET writes it where there is no limit
_READS = ("GET", "HEAD", "OPTIONS")


def describe_operations(document: Document) -> dict[Key, OperationFacts]:
    """The facts of each operation, from the whole document."""
    document = _readable_copy(document)
    found = [_Found(document, location, operation) for location, operation in operations(document)]
    families = list(_find_families(found))
    return {one.key: _describe_operation(one, families) for one in found}


class _Found:
    """An operation of the document, and what several of its facts are read from."""

    def __init__(self, document: Document, location: Location, operation: dict[str, Any]) -> None:
        self.document = document
        self.path, self.method = str(location[1]), str(location[2]).upper()
        self.operation = operation
        self.id = str(operation["operationId"])
        self.tag = str(next(iter(operation.get("tags", [])), "default"))
        self.key = (str(PythonIdentifier(self.tag, prefix="tag")), str(PythonIdentifier(self.id, prefix="field_")))
        self.body = _json_schema(resolve(document, operation.get("requestBody", {})))
        answers = (resolve(document, answer) for answer in operation["responses"].values())
        self.answers = [schema for answer in answers if (schema := _json_schema(answer)) is not None]
        shared = at(document, location[:-1]).get("parameters", [])
        own = [resolve(document, one) for one in (*operation.get("parameters", []), *shared)]
        self.parameters = {snake_case(str(one["name"])): one for one in own}

    @property
    def module(self) -> str:
        """The operation's module below ``api``."""
        return ".".join(self.key)

    @property
    def required(self) -> set[str]:
        """The names of the parameters that must be given."""
        return {name for name, parameter in self.parameters.items() if parameter.get("required")}

    def answers_with_file(self) -> bool:
        """Whether an answer is a file."""
        contents = (media for one in self.operation["responses"].values() for media in one.get("content", {}).values())
        return any(media.get("schema", {}).get("format") == "binary" for media in contents)

    def statuses(self) -> list[set[str]]:
        """The values of the status in the answer's entity, a set for each schema of it; empty for any text."""
        found = _find_field(self.document, self.answers, "data", "attributes", "status")
        return [{str(value).lower() for value in schema.get("enum", ()) if value is not None} for schema in found]


def _describe_operation(one: _Found, families: list[_Family]) -> OperationFacts:
    operation = one.operation
    summary = str(operation.get("summary", ""))
    scopes = {scope for need in operation.get("security", []) for all_of in need.values() for scope in all_of}
    answer_list = _has_list(one.document, one.answers)
    return OperationFacts(
        id=one.id,
        method=one.method,
        path=one.path,
        tag=one.tag,
        scopes=sorted(scopes),
        is_read=one.method in _READS or (bool(scopes) and all(scope.endswith("_Read") for scope in scopes)),
        is_deprecated=operation.get("deprecated") is True,
        summary="" if summary.startswith("/") else summary,  # Criteo writes the path there
        body=str(operation.get("requestBody", {}).get("description", "")),
        body_list=one.body is not None and _has_list(one.document, [one.body]),
        answer_list=answer_list,
        paging=_find_paging(one) if answer_list else None,
        report=_find_report(one, families),
        tells_state=_is_state(one),
        styles=dict(filter(itemgetter(1), map(_find_style, one.parameters.values()))),
    )


def _find_paging(one: _Found) -> Paging | None:
    for style, start, size in _PAGINGS:
        both = [one.parameters.get(name) for name in (start, size)]
        if all(parameter is not None and parameter.get("in") == "query" for parameter in both):
            maximum = both[1]["schema"].get("maximum") if both[1] else None
            known = isinstance(maximum, int) and maximum < _NO_LIMIT
            return Paging(style, start, size, maximum if known else None)
    return None


def _find_style(parameter: dict[str, Any]) -> tuple[tuple[str, str], str]:
    """Where a parameter is and its name, and how its value is written if it is no scalar; empty for the usual way."""
    place = f"in_{parameter['in']}", str(parameter["name"])
    style = parameter.get("style", "form")
    if "content" in parameter:
        return place, "json"
    if style == "form" and not parameter.get("explode", True):
        return place, "comma"
    if not parameter.get("explode", False):
        return place, {"spaceDelimited": "space", "pipeDelimited": "bar", "deepObject": "deep"}.get(style, "")
    return place, "deep" if style == "deepObject" else ""


class _Family(NamedTuple):
    """Where the state and the output of one kind of report are: ``prefix/{id}/status`` and ``prefix/{id}/output``."""

    prefix: str
    tag: str
    report: Report


def _find_families(found: list[_Found]) -> Iterator[_Family]:
    by_path = {one.path: one for one in found if one.method == "GET"}
    for path, status in by_path.items():
        output = by_path.get(path.removesuffix("/status") + "/output")
        match = re.fullmatch(r"([^{}]*)/\{([^{}]+)\}/status", path)
        if match is None or output is None or not output.answers_with_file() or not _is_state(status):
            continue
        if status.required == output.required == {snake_case(match[2])}:
            yield _Family(match[1], status.tag, Report(status.module, output.module, snake_case(match[2])))


def _find_report(one: _Found, families: list[_Family]) -> Report | None:
    """The family that the operation belongs to; one that creates: the one at its path, else the only one of its tag."""
    for family in families:
        if one.module in family.report[:2]:
            return family.report
    if one.body is None or one.method != "POST" or not _is_state(one):
        return None
    at_path = [family for family in families if f"{one.path}/".startswith(f"{family.prefix}/")]
    if at_path:
        return max(at_path, key=lambda family: len(family.prefix)).report
    of_tag = [family for family in families if family.tag == one.tag]
    is_sure = all(one.statuses()) and len(of_tag) == 1  # any entity may have a status that is a plain text
    return of_tag[0].report if is_sure else None


def _is_state(one: _Found) -> bool:
    """Whether the answer has a status that may be success."""
    statuses = one.statuses()
    return bool(statuses) and all("success" in values for values in statuses if values)


def _json_schema(holder: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of a body or an answer that is JSON, where it has one."""
    content = holder.get("content", {})
    kinds = (kind for kind in content if kind.split(";")[0] == "application/json" or kind.endswith("+json"))
    return next((schema for kind in kinds if (schema := content[kind].get("schema"))), None)


def _has_list(document: Document, values: list[dict[str, Any]]) -> bool:
    """Whether one of the schemas has a ``data`` that is a list."""
    return any(schema.get("type") in ("array", ["array", "null"]) for schema in _find_field(document, values, "data"))


def _find_field(document: Document, values: list[dict[str, Any]], *path: str) -> list[dict[str, Any]]:
    """The schemas of a field deep inside the values."""
    found = [one for schema in values for one in _list_variants(document, schema)]
    for name in path:
        inner = [one["properties"][name] for one in found if name in one.get("properties", {})]
        found = [one for schema in inner for one in _list_variants(document, schema)]
    return [one for one in found if "$ref" not in one and ("type" in one or "enum" in one)]


def _list_variants(document: Document, schema: dict[str, Any], seen: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """A schema and those that it is made of, less null."""
    reference = schema.get("$ref")
    if reference in seen:
        return
    if isinstance(reference, str):
        yield from _list_variants(document, resolve(document, schema), (*seen, reference))
    elif schema.get("type") != "null":
        yield schema
    for kind in ("allOf", "anyOf", "oneOf"):
        for one in schema.get(kind, ()):
            yield from _list_variants(document, one, seen)


# --- unions ---


class Discriminator(NamedTuple):
    """The field that distinguishes a union's members, and for each of its values the model's class."""

    name: str
    models: list[tuple[str, str]]


def find_discriminators(document: Document) -> dict[str, Discriminator]:
    """The discriminators, by the names of the classes of their unions' members with a space after each."""
    found = {}
    for site in schemas(visible_copy(document)):
        discriminator = site.schema.get("discriminator")
        references = [one["$ref"] for kind in ("anyOf", "oneOf") for one in site.schema.get(kind, ()) if "$ref" in one]
        if isinstance(discriminator, dict) and references:
            names = {_component_name(reference): reference for reference in references}
            mapping = discriminator.get("mapping") or names
            models = [(value, _name_class(document, names.get(to, to))) for value, to in mapping.items()]
            members = dict.fromkeys(_name_class(document, reference) for reference in references)
            found["".join(f"{name} " for name in members)] = Discriminator(discriminator["propertyName"], models)
    return found


def _component_name(reference: str) -> str:
    return str((target_of(reference) or (reference,))[-1])


def _name_class(document: Document, reference: str) -> str:
    """The class of a component schema."""
    schema = resolve(document, {"$ref": reference})
    return str(ClassName(str(schema.get("title", _component_name(reference))), ""))
