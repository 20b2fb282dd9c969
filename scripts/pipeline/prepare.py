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
from typing import Any, NamedTuple

from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

from scripts.spec.document import Document
from scripts.spec.walk import (
    COMPOSITIONS,
    Location,
    at,
    contents,
    list_types,
    nodes,
    operations,
    parameters,
    resolve,
    schemas,
    target_of,
)

# --- texts ---

# Remains of HTML and of .NET's XML comments, which a docstring would show.
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

FILE = "application/octet-stream"


def prepare_document(document: Document) -> Document:
    """A copy of the document in which the generator finds each text where it looks for one."""
    prepared = _readable_copy(document)
    sites = list(schemas(prepared))
    for site in sites:
        if "default" in site.schema:  # the generator would make it the argument's: sent, though the caller gave nothing
            default = site.schema.pop("default")
            append_sentences(site.schema, [f"Default: {default if isinstance(default, str) else json.dumps(default)}."])
    for _, parameter in parameters(prepared):
        _prepare_parameter(parameter)
    for site in sites:
        append_sentences(site.schema, _describe_unsaid(site.schema))
    for site in sites:
        match site.schema:
            case {"oneOf": [{"$ref": reference}, {"type": "null"}]} if "description" not in site.schema:
                # The generator gives the description of its target to a plain reference only.
                if description := at(prepared, target_of(reference) or ()).get("description"):
                    site.schema["description"] = description
            case {"format": "uuid"}:  # .NET's Guid, which Python's UUID would respell
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


def _readable_copy(document: Document) -> Document:
    """A copy of the document with the security, the media types and the texts that hold for each operation."""
    copy = visible_copy(document)
    for _, operation in operations(copy):
        if needed := copy.get("security"):  # the generator looks into the operation only
            operation.setdefault("security", needed)
    for holder, is_answer in _list_holders(copy):
        holder["content"] = choose_media_types(holder["content"], is_answer=is_answer)
    for _, node in nodes(copy):
        for key in ("summary", "description"):
            if isinstance(node, dict) and isinstance(text := node.get(key), str):
                node[key] = _XML_REFERENCE.sub(r"\1", _LINE_BREAK.sub("\n", text))
    return copy


def _list_holders(document: Document) -> list[tuple[dict[str, Any], bool]]:
    """Each body and answer that has a content, and whether it is an answer."""
    every = [(holder, location[-2] == "responses") for location, _, holder in contents(document)]
    return [(holder, is_answer) for holder, is_answer in every if isinstance(holder, dict) and "content" in holder]


def count_media_choices(document: Document) -> int:
    """How many bodies and answers come in more media types than the client takes."""
    return sum(
        len(choose_media_types(holder["content"], is_answer=is_answer)) < len(holder["content"])
        for holder, is_answer in _list_holders(document)
    )


def choose_media_types(content: dict[str, Any], *, is_answer: bool) -> dict[str, Any]:
    """A body's or an answer's content, as the client sends or reads it.

    JSON alone where it is offered: the generator makes a function for each type of a body, and takes an answer's first.
    An answer that is a file is bytes: the generator goes by the media type alone, and drops those it does not know.
    """
    if is_answer:
        content = {
            FILE if media.get("schema", {}).get("format") == "binary" else name: media
            for name, media in content.items()
        }
    name = next(filter(is_json, content), None)
    return {name: content[name]} if name else content


def base_type(media_type: str) -> str:
    """A media type without its parameters."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON's."""
    return base_type(media_type) == "application/json"


def holds_json(media_type: str) -> bool:
    """Whether a media type is JSON's, or one of those made of JSON."""
    return is_json(media_type) or base_type(media_type).endswith("+json")


def visible_copy(document: Document) -> Document:
    """A copy of the document without what cannot be seen, separators as spaces. Names have none: validation sees to it.

    Bidi controls make source read otherwise than it runs (CVE-2021-42574); some tools take separators for a new line.
    """
    text = json.dumps(document, ensure_ascii=False)
    kinds = {ord(character): unicodedata.category(character) for character in set(text)}
    shown = {c: "" if kind == "Cf" else " " for c, kind in kinds.items() if kind in ("Cf", "Zl", "Zp")}
    copy: Document = json.loads(text.translate(shown))
    return copy


def _prepare_parameter(parameter: dict[str, Any]) -> None:
    """Take a parameter's schema out of its content, and put the description there: the generator looks nowhere else."""
    for media in parameter.pop("content", {}).values():
        parameter.setdefault("schema", media.get("schema", {}))
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
    kind = next(iter(list_types(schema)), "")
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


Key = tuple[str, str]  # the tag and the operation as Python has them: a package and a module below `api`

_PAGINGS = (("page", "page_index", "page_size"), ("offset", "offset", "limit"))
_NO_LIMIT = 2**31 - 1  # the largest int32: .NET writes it where there is no limit
_READS = ("GET", "HEAD", "OPTIONS")
# How a parameter that is no scalar is written, by style and explode, where that is not the usual way.
_STYLES = {
    ("form", False): "comma",
    ("spaceDelimited", False): "space",
    ("pipeDelimited", False): "bar",
    ("deepObject", False): "deep",
    ("deepObject", True): "deep",
}


class OperationFacts:
    """What the document says of an operation, as the templates write it; ``report`` is known from the others."""

    report: Report | None = None

    def __init__(self, document: Document, location: Location, operation: dict[str, Any]) -> None:
        self.path, self.method = str(location[1]), str(location[2]).upper()
        self.id = str(operation["operationId"])
        self.tag = str(next(iter(operation.get("tags", [])), "default"))
        self.key: Key = str(PythonIdentifier(self.tag, "tag")), str(PythonIdentifier(self.id, "field_"))
        needed = (scopes for one in operation.get("security", []) for scopes in one.values())
        self.scopes = sorted({scope for scopes in needed for scope in scopes})
        is_scope_to_read = bool(self.scopes) and all(scope.endswith("_Read") for scope in self.scopes)
        self.is_read = self.method in _READS or is_scope_to_read
        self.is_deprecated = operation.get("deprecated") is True
        summary = str(operation.get("summary", ""))
        self.summary = "" if summary.startswith("/") else summary  # Criteo writes the path there

        self.body = str(operation.get("requestBody", {}).get("description", ""))
        sent = _list_json([resolve(document, operation.get("requestBody", {}))])
        self.has_body = bool(sent)
        self.body_list = _has_list(document, sent)
        answers = [resolve(document, answer) for answer in operation["responses"].values()]
        self.answers_with_file = any(FILE in answer.get("content", {}) for answer in answers)
        answered = _list_json(answers)
        self.answer_list = _has_list(document, answered)
        # The values of the status in the answer's entity, a set for each schema of it; empty for any text.
        found = _find_field(document, answered, "data", "attributes", "status")
        self.statuses = [{str(value).lower() for value in one.get("enum", ()) if value is not None} for one in found]
        self.tells_state = bool(found) and all("success" in values for values in self.statuses if values)

        shared = at(document, location[:-1]).get("parameters", [])
        own = [resolve(document, one) for one in (*operation.get("parameters", []), *shared)]
        parameters = {snake_case(str(one["name"])): one for one in own}
        self.required = {name for name, one in parameters.items() if one.get("required")}
        self.paging = _find_paging(parameters) if self.answer_list else None
        styles = {(f"in_{one['in']}", str(one["name"])): _find_style(one) for one in parameters.values()}
        self.styles = {place: style for place, style in styles.items() if style}

    @property
    def module(self) -> str:
        """The operation's module below ``api``."""
        return ".".join(self.key)


def describe_operations(document: Document) -> dict[Key, OperationFacts]:
    """The facts of each operation, from the whole document."""
    document = _readable_copy(document)
    found = [OperationFacts(document, location, operation) for location, operation in operations(document)]
    families = list(_find_families(found))
    for one in found:
        one.report = _find_report(one, families)
    return {one.key: one for one in found}


def _find_paging(parameters: dict[str, dict[str, Any]]) -> Paging | None:
    for style, start, size in _PAGINGS:
        first, limited = parameters.get(start, {}), parameters.get(size, {})
        if first.get("in") == limited.get("in") == "query":
            maximum = limited["schema"].get("maximum")
            return Paging(style, start, size, maximum if isinstance(maximum, int) and maximum < _NO_LIMIT else None)
    return None


def _find_style(parameter: dict[str, Any]) -> str:
    style = parameter.get("style", "form")
    return "json" if "content" in parameter else _STYLES.get((style, parameter.get("explode", style == "form")), "")


class _Family(NamedTuple):
    """Where the state and the output of one kind of report are: ``prefix/{id}/status`` and ``prefix/{id}/output``."""

    prefix: str
    tag: str
    report: Report


def _find_families(found: list[OperationFacts]) -> Iterator[_Family]:
    by_path = {one.path: one for one in found if one.method == "GET"}
    for path, status in by_path.items():
        output = by_path.get(path.removesuffix("/status") + "/output")
        match = re.fullmatch(r"([^{}]*)/\{([^{}]+)\}/status", path)
        if match and output and output.answers_with_file and status.tells_state:
            argument = snake_case(match[2])
            if status.required == output.required == {argument}:
                yield _Family(match[1], status.tag, Report(status.module, output.module, argument))


def _find_report(one: OperationFacts, families: list[_Family]) -> Report | None:
    """The family that the operation belongs to; one that creates: the one at its path, else the only one of its tag."""
    for family in families:
        if one.module in family.report[:2]:
            return family.report
    if not one.has_body or one.method != "POST" or not one.tells_state:
        return None
    at_path = [family for family in families if f"{one.path}/".startswith(f"{family.prefix}/")]
    if at_path:
        return max(at_path, key=lambda family: len(family.prefix)).report
    of_tag = [family for family in families if family.tag == one.tag]
    is_sure = all(one.statuses) and len(of_tag) == 1  # any entity may have a status that is a plain text
    return of_tag[0].report if is_sure else None


def _list_json(holders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The schemas of bodies or answers that are JSON."""
    media = (media for holder in holders for media in holder.get("content", {}).items())
    return [one["schema"] for kind, one in media if holds_json(kind) and one.get("schema")]


def _has_list(document: Document, values: list[dict[str, Any]]) -> bool:
    """Whether one of the schemas has a ``data`` that is a list."""
    return any(schema.get("type") in ("array", ["array", "null"]) for schema in _find_field(document, values, "data"))


def _find_field(document: Document, values: list[dict[str, Any]], *path: str) -> list[dict[str, Any]]:
    """The schemas of a field deep inside the values."""
    found = [one for schema in values for one in _list_variants(document, schema)]
    for name in path:
        inner = [one["properties"][name] for one in found if name in one.get("properties", {})]
        found = [one for schema in inner for one in _list_variants(document, schema)]
    return [one for one in found if "type" in one or "enum" in one]


def _list_variants(document: Document, schema: dict[str, Any], seen: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """A schema and those that it is made of, less null."""
    reference = schema.get("$ref")
    if reference in seen:
        return
    if isinstance(reference, str):
        yield from _list_variants(document, resolve(document, schema), (*seen, reference))
    elif schema.get("type") != "null":
        yield schema
    for kind in COMPOSITIONS:
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
