"""What an editor shows of the generated code: every fact that the document tells of an operation and of a model."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import attrs
import pytest
from openapi_python_client.strings import ClassName, snake_case
from support.typed import field_names
from support.whole_client import VERSIONS, WholeClient, client_of

from scripts.spec.walk import operations

LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "default")
FLAGS = {"readOnly": "Read-only.", "deprecated": "Deprecated.", "uniqueItems": "No item twice."}
SAID_BY_TYPE = {("string", "date-time"), ("string", "date"), ("string", "binary"), ("number", "double")}


@pytest.fixture(scope="module", params=VERSIONS)
def client(request: pytest.FixtureRequest) -> WholeClient:
    """The client of each document."""
    return client_of(request.param)


def flat(text: str | None) -> str:
    """A text without its line breaks and tags."""
    return " ".join(re.sub(r'<\w+ name="(\w+)" />', r"\1", (text or "").replace("<br />", "")).split())


def entries(docstring: str) -> dict[str, str]:
    """What a docstring says of each argument or field, by name."""
    _, _, listed = re.split(r"^(Args|Attributes):\n", docstring, maxsplit=1, flags=re.MULTILINE)
    listed = re.split(r"^\S", listed, maxsplit=1, flags=re.MULTILINE)[0]
    found = re.split(r"^    (\w+)(?: \(|: )", listed, flags=re.MULTILINE)
    return {name: flat(text) for name, text in zip(found[1::2], found[2::2], strict=True)}


def facts(schema: dict[str, Any], described: str) -> list[str]:
    """Patterns of what must be said of a value with this upstream schema."""
    expected = [re.escape(flat(described))]
    for part in (schema, schema.get("items", {})):
        values = [part[key] for key in LIMITS if key in part]
        values = [value if isinstance(value, str) else json.dumps(value) for value in values]
        expected += [rf"(?<!\w){re.escape(value)}(?!\w)" for value in values]
        if "format" in part and (part.get("type"), part["format"]) not in SAID_BY_TYPE:
            expected.append(rf"[Ff]ormat: {re.escape(part['format'])}\.")
        expected += [re.escape(words) for flag, words in FLAGS.items() if part.get(flag) is True]
    return expected


def unsaid(where: str, doc: str, expected: list[str]) -> list[str]:
    """What is wanted and not said, for a message that shows it."""
    return [f"{where} does not say {pattern}: {doc}" for pattern in expected if not re.search(pattern, doc)]


def test_operation_says_what_it_does_and_needs(client: WholeClient) -> None:
    """Operation id, description, method, path, scopes, deprecation, each answer and each error are said."""
    missing = []
    for (_, path, method), operation in operations(client.document):
        module = client.operations[operation["operationId"]]
        doc = flat(inspect.getdoc(module.sync))
        scopes = [scope for need in operation["security"] for all_of in need.values() for scope in all_of]
        answers = [
            f"{flat(answer['description'])} ({status})"
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        ]
        expected = [operation["operationId"], flat(operation["description"]), f"``{method.upper()} {path}``", *scopes]
        expected += ["Deprecated."] * operation.get("deprecated", False) + answers
        expected += ["errors.ApiError", "errors.TokenError", "errors.DecodeError", "httpx.TransportError"]
        # Of paths that differ only in how a parameter is written, one is used: see merge-twin-paths.
        expected = [text for text in expected if module.OPERATION.path == path or not text.startswith("``")]
        missing += unsaid(operation["operationId"], doc, [re.escape(text) for text in expected])
    assert missing == []


def test_operation_says_what_each_argument_is(client: WholeClient) -> None:
    """Every parameter has its description, limits, default and format; the body says what it is; no other is listed."""
    missing = []
    for _, operation in operations(client.document):
        module = client.operations[operation["operationId"]]
        doc = entries(str(inspect.getdoc(module.sync)))
        assert doc.keys() == inspect.signature(module.sync).parameters.keys()
        for parameter in operation.get("parameters", []):
            name = snake_case(parameter["name"])
            argument = doc.get(name) or doc[f"{name}_"]  # a name of Python's own gets an underscore
            expected = facts(parameter["schema"], parameter["description"])
            missing += unsaid(f"{operation['operationId']} {name}", argument, expected)
        if described := operation.get("requestBody", {}).get("description"):
            missing += unsaid(f"{operation['operationId']} body", doc["body"], [re.escape(flat(described))])
    assert missing == []


def test_asyncio_says_the_same(client: WholeClient) -> None:
    """Whoever calls the asyncio function reads as much; the detailed ones say what they do otherwise."""
    for module in client.operations.values():
        assert inspect.getdoc(module.asyncio) == inspect.getdoc(module.sync)
        for name in ("sync", "asyncio"):
            text = str(inspect.getdoc(getattr(module, f"{name}_detailed")))
            assert text.startswith(f"Like `{name}`, ")
            assert "`errors.ApiError`" in text


def test_model_says_what_each_field_is(client: WholeClient) -> None:
    """Every field of every schema has its description, limits, default, format and whether it is read-only."""
    missing = []
    models = client.package.models
    for name, schema in client.document["components"]["schemas"].items():
        if not schema.get("properties"):
            continue
        model = getattr(models, ClassName(name, "field_"))
        docstring = str(inspect.getdoc(model))
        missing += unsaid(name, flat(docstring), [re.escape(flat(schema.get("description")))])
        doc = entries(docstring)
        assert list(doc) == field_names(model)
        for written, field in zip(inspect.getmodule(model)._FIELDS, doc, strict=False):  # type: ignore[union-attr]
            described = schema["properties"][written]
            missing += unsaid(f"{name}.{field}", doc[field], facts(described, described.get("description", "")))
    assert missing == []


def test_every_class_has_a_docstring_that_lists_its_fields(client: WholeClient) -> None:
    """Inline models too; an enum says that other values are kept."""
    for name in client.package.models.__all__:
        model = getattr(client.package.models, name)
        if attrs.has(model):
            assert list(entries(str(inspect.getdoc(model)))) == field_names(model)
        else:
            assert "others are kept" in str(inspect.getdoc(model))
