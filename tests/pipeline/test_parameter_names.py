"""No name that a document gives a parameter or field meets one of the generated code's own: each is sent as itself."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import re
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
from openapi_python_client.strings import PythonIdentifier
from support.hostile import Unit, document_of, unit
from support.workspace import PROJECT

from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import Patched
from scripts.pipeline.validate import check_document
from scripts.project import StageError
from scripts.spec.document import Document

PARAMETERS = ("path", "query", "header", "cookie")
BODIES = {"json": "application/json", "form": "application/x-www-form-urlencoded", "multipart": "multipart/form-data"}
MODULES = [
    *PROJECT.package.glob("api/*/[!_]*.py"),
    *PROJECT.package.glob("models/*.py"),
    *(PROJECT.package / name for name in ("_call.py", "_codec.py", "_request.py")),
]

# What the call and the models have for themselves.
CALL = ("body", "client", "deadline", "headers", "timeout")
METHODS = ("additional_keys", "additional_properties", "from_dict", "to_dict", "to_multipart")
# What the generator's own templates use, and spellings of one Python name.
ODD = ["start", "json_start", "json-start", "url", "params", "method", "files", "data", "content", "cookies", "_kwargs"]
ODD += ["UNSET", "unset", "Unset", "src_dict", "prop", "prop_name", "field_dict", "_new", "__init__", "d", "v", "key"]
ODD += [
    "a.b",
    "a[b]",
    "x y",
    "1st",
    "é",
    "$top",
    "@type",
    "self_",
    "class_",
    "Limit",
    "HTTPStatus",
    "id",
    "ID2",
    "i_d2",
]


def names_in(module: Path) -> Iterator[str]:
    """Every name in a module: globals, locals, arguments, imports, attributes, keywords of calls."""
    for node in ast.walk(ast.parse(module.read_text())):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.rpartition(".")[2]


def names_for(place: str) -> list[str]:
    """Names of the generated code, of Python and of the runtime, and odd ones, as far as the place can hold them."""
    found = {name for module in MODULES for name in names_in(module)}
    found |= {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *ODD}
    fit = re.compile(
        {"path": r"[A-Za-z_][\w-]{,30}", "header": r"(?!(?i:authorization)$)[\w$-]+", "cookie": r"[\w$-]+"}.get(
            place, ".+"
        )
    )
    own = CALL if place in PARAMETERS else METHODS
    return sorted(
        name
        for name in found
        if fit.fullmatch(name) and (name.isascii() or place not in PARAMETERS) and name.casefold() not in own
    )


def unit_with(place: str, names: list[str], title: str) -> Unit:
    """An operation whose parameters, or the fields of whose body, are these."""
    one = unit(title)
    operation, text = one["operation"], {"type": "string"}
    operation["tags"] = ["Things"]
    one["path"] = f"/2026-01/{title}" + "".join(f"/{{{name}}}" for name in names if place == "path")
    operation["parameters"] = []
    if place in PARAMETERS:
        del operation["requestBody"], one["schemas"][f"{title}Input"]
        for name in names:
            operation["parameters"].append({"name": name, "in": place, "required": place == "path", "schema": text})
    else:
        schema = {"$ref": f"#/components/schemas/{title}Input"}
        operation["requestBody"]["content"] = {BODIES[place]: {"schema": schema}}
        one["schemas"][f"{title}Input"] = {"type": "object", "properties": dict.fromkeys(names, text)}
    one["schemas"][f"{title}Output"] = {"type": "object"}
    return one


def document_with(*units: Unit) -> Document:
    return document_of(*units) | {"openapi": "3.1.0"}


def is_refused(one: Unit) -> bool:
    try:
        check_document(PROJECT, document_with(one))
    except StageError:
        return True
    return False


def sent_by(place: str, request: httpx.Request, names: list[str]) -> dict[str, str]:
    """What a request holds, by its name there."""
    content = request.read().decode()
    match place:
        case "path":
            return dict(zip(names, map(unquote, urlsplit(str(request.url)).path.split("/")[3:]), strict=True))
        case "query":
            return dict(parse_qsl(urlsplit(str(request.url)).query, strict_parsing=True))
        case "header":
            return {name.decode(): value.decode() for name, value in request.headers.raw}
        case "cookie":
            return dict(pair.split("=", 1) for pair in request.headers["cookie"].split("; "))
        case "form":
            return dict(parse_qsl(content, strict_parsing=True))
        case "json":
            return dict(json.loads(content))
    boundary = request.headers["content-type"].partition("boundary=")[2]
    parts = (part.split("\r\n\r\n") for part in content.split(f"--{boundary}")[1:-1])
    return {unquote(head.split('name="')[1].split('"')[0]): value.strip() for head, value in parts}


@pytest.mark.parametrize("place", [*PARAMETERS, *BODIES])
def test_each_name_is_sent_with_its_own_value(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds in one operation; of those that become one Python name, all are sent or their operation is refused."""
    groups: dict[str, list[str]] = {}
    for name in names_for(place):
        groups.setdefault(PythonIdentifier(name, "field_"), []).append(name)
    alone = [group[0] for group in groups.values()]
    assert len(alone) > 500
    most = {"path": 4, "query": 500}.get(place, len(alone))  # a path and a URL have their limits
    lists = [alone[begin : begin + most] for begin in range(0, len(alone), most)]
    apart = len(lists)
    lists += [group for group in groups.values() if len(group) > 1]
    units = {f"Unit{index}": unit_with(place, names, f"Unit{index}") for index, names in enumerate(lists)}
    refused = {title for title in list(units)[apart:] if is_refused(units[title])}

    package = f"client_of_names_in_{place}"
    document = document_with(*(one for title, one in units.items() if title not in refused))
    build_package(PROJECT, Patched(document, document, []), tmp_path / package)
    monkeypatch.syspath_prepend(tmp_path)
    client, models = import_module(package), import_module(f"{package}.models")
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={})

    with client.AuthenticatedClient(token="x" * 20, httpx_args={"transport": httpx.MockTransport(answer)}) as caller:
        for index, names in enumerate(lists):
            if (title := f"Unit{index}") in refused:
                continue
            values = [f"value-{number}" for number in range(len(names))]
            module = import_module(f"{package}.api.things.change_unit_{index}")
            if place in PARAMETERS:
                own = [name for name in signature(module.sync).parameters if name not in CALL]
                arguments = dict(zip(own, values, strict=True))
            else:
                model = getattr(models, f"{title}Input")
                arguments = {"body": model(*values)}
            module.sync(client=caller, **arguments)
            sent = sent_by(place, requests.pop(), names)
            assert {name: sent.get(name) for name in names} == dict(zip(names, values, strict=True))


@pytest.mark.parametrize("place", [*PARAMETERS, *BODIES])
def test_name_that_the_call_or_every_model_has_is_refused(place: str) -> None:
    """In each of its spellings, and with the name that it would become."""
    for name in ("Body", "Deadline", "headers", "TIMEOUT", "body") if place in PARAMETERS else METHODS:
        with pytest.raises(StageError, match=f"becomes {name.lower()}, which (the call|every model) has"):
            check_document(PROJECT, document_with(unit_with(place, [name], "Unit")))
