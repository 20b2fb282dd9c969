"""A fetched document is untrusted text that becomes Python source: it is refused, or its client runs none of it.

Every text and name of `hostile.unit` is replaced by each hostile one, through overlay, validation and generator.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.parser import GeneratorData
from support.hostile import Unit, document_of, put_texts, unit
from support.workspace import PROJECT

from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import Patched, patch_document, read_actions
from scripts.pipeline.validate import check_document
from scripts.project import StageError
from scripts.spec.document import Document, dump, parse

# Imports every module of the package `client` in the folder given, and says what its names are on the wire.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import client.models
found = [module.name for module in pkgutil.walk_packages(client.__path__, "client.")]
modules = [importlib.import_module(name) for name in found if not name.endswith("__main__")]
models = [getattr(client.models, name) for name in client.models.__all__]
operations = [module.OPERATION for module in modules if hasattr(module, "OPERATION")]
print(json.dumps({
    "property": [key for module in modules for key in getattr(module, "_FIELDS", ())],
    "enum value": [str(value) for model in models if hasattr(model, "by_value") for value in model.by_value],
    "operationId": [operation.id for operation in operations],
    "tag": [operation.tag for operation in operations],
    "scope": [scope for operation in operations for scope in operation.scopes],
    "bodies": len([operation.body() for operation in operations if operation.body]),
}))
"""

Put = Callable[[Unit, str], None]


def code(sentinel: Path) -> list[str]:
    """Texts that write a file if any of them is ever run, whatever string, f-string or template it gets into."""
    call = f"__import__('pathlib').Path('{sentinel}').touch()"
    return [
        call,
        f"'; {call}; '",
        f'"; {call}; "',
        f'"""\n{call}\n"""',
        f'\\"""; {call}; """',
        f'\\\\"""; {call}; """',
        f"x\n{call}\n",
        f"x\r{call}",
        f"{{{call}}}",
        f"{{{{ ''.__class__.__mro__ }}}} {{{{ {call} }}}}",
        f"{{% raw %}}{call}{{% endraw %}} {{% include '{sentinel}' %}} {{# x",
        f"\u2028{call}\u2029{call}\x85{call}\x0c{call}",
        f"# \u202e{call}\u2066 \u2069",
        f"$({call}) `touch {sentinel}` ; touch {sentinel}",
    ]


TEXTS = [
    "",
    " ",
    "\\",
    "\\\\\\",
    '"',
    '""',
    "ends in \\",
    'ends in "',
    'ends in \\"',
    "%s %(x)s {} {0}",
    "\x00\x07",
    "N" * 9_999,
]
TEXTS += ["\\N{DASH} \\x4 \\u12 \\U1 \\8" * 30, "é " + "\U0001f600" * 99, "\\" * 199 + '"', ("a" * 75 + "\\") * 9]

RESERVED = [
    "class",
    "None",
    "self",
    "cls",
    "key",
    "v",
    "d",
    "models",
    "UNSET",
    "Any",
    "Model",
    "datetime",
    "annotations",
]
RESERVED += [
    "_FIELDS",
    "__init__",
    "__class__",
    "client",
    "type_",
    "import",
    "Unset",
    "errors",
    "types",
    "to_dict",
    "str",
]
RESERVED += ["Self", "FAILURES", "additional_properties", "OPERATION", "_codec", "timeout", "__dict__", "json", "field"]


def names(sentinel: Path) -> list[str]:
    """Hostile names: code, ways out of a folder, words of Python and of the templates, names no file system takes."""
    ways_out = [
        f"../../{sentinel.name}",
        str(sentinel),
        f"..\\..\\{sentinel.name}",
        "..",
        ".",
        f"x\0{sentinel}",
        "%2e%2e%2f",
    ]
    return code(sentinel) + ways_out + RESERVED + ["", " ", "1", "\ufb01eld", "x" * 300, "\u202ename", "\\", '"', "é"]


def inputs(one: Unit) -> dict[str, Any]:
    """The properties of the unit's request."""
    properties: dict[str, Any] = next(iter(one["schemas"].values()))["properties"]
    return properties


def put_schema_name(one: Unit, name: str) -> None:
    old = next(iter(one["schemas"]))
    one["schemas"] = {name: one["schemas"].pop(old), **one["schemas"]}
    reference = "#/components/schemas/" + name.replace("~", "~0").replace("/", "~1")
    one["operation"]["requestBody"]["content"]["application/json"]["schema"] = {"$ref": reference}


def put_path_parameter(one: Unit, name: str) -> None:
    one["operation"]["parameters"][0]["name"] = name
    one["path"] = one["path"].replace("account-id", name)


def put_media_type(one: Unit, name: str) -> None:
    for content in (one["operation"]["requestBody"]["content"], one["operation"]["responses"]["200"]["content"]):
        content[name] = content.pop("application/json")


NAMES: dict[str, Put] = {
    "operationId": lambda one, name: one["operation"].update(operationId=name),
    "tag": lambda one, name: one["operation"].update(tags=[name]),
    "parameter": lambda one, name: one["operation"]["parameters"][1].update(name=name),
    "path": lambda one, name: one.update(path=f"/2026-01/{name}/{{account-id}}"),
    "path parameter": put_path_parameter,
    "header": lambda one, name: one["operation"]["parameters"].append(
        {"name": name, "in": "header", "schema": {"type": "string"}}
    ),
    "property": lambda one, name: inputs(one).update({name: {"type": "string"}}),
    "property with a class": lambda one, name: inputs(one).update({name: {"type": "object", "properties": {}}}),
    "enum value": lambda one, name: inputs(one)["kind"].update(enum=["Big", name]),
    "enum name": lambda one, name: inputs(one)["kind"].update({"x-enum-varnames": ["BIG", name]}),
    "title": lambda one, name: inputs(one)["part"].update(title=name),
    "schema": put_schema_name,
    "required": lambda one, name: next(iter(one["schemas"].values())).update(required=[name]),
    "scope": lambda one, name: one["operation"].update(security=[{"oauth": [name]}]),
    "security scheme": lambda one, name: one["operation"].update(security=[{name: ["A"]}]),
    "media type": put_media_type,
    "status": lambda one, name: one["operation"]["responses"].update({name: {"description": "x"}}),
    "type": lambda one, name: inputs(one).update(x={"type": name}),
    "reference": lambda one, name: inputs(one).update(x={"$ref": name}),
}

# The fields of the request that a name is put into or beside: each field with a class is a module to write and import.
FIELDS = {"enum value": {"kind"}, "enum name": {"kind"}, "title": {"part"}, "schema": {"name", "kind", "part"}}

DOCUMENT: dict[str, Callable[[Document, str], None]] = {
    "server": lambda document, text: document["servers"][0].update(url=text),
    "server path": lambda document, text: document["servers"][0].update(url=f"https://api.example.com/{text}"),
    "token URL": lambda document, text: flow(document).update(tokenUrl=text),
    "token URL path": lambda document, text: flow(document).update(tokenUrl=f"https://api.example.com/{text}"),
    "authorization URL": lambda document, text: flow(document).update(authorizationUrl=text),
    "scopes": lambda document, text: flow(document).update(scopes={text: text}),
    "API version": lambda document, text: document["info"].update(version=text),
    "OpenAPI version": lambda document, text: document.update(openapi=text),
    "info": lambda document, text: document["info"].update(title=text, description=text, termsOfService=text),
    "tags": lambda document, text: document.update(tags=[{"name": text, "description": text}]),
    "extension": lambda document, text: document.update({f"x-{text}": text, "x-samples-languages": [text]}),
}


def flow(document: Document) -> dict[str, Any]:
    flows = document["components"]["securitySchemes"]["oauth"]["flows"]
    first: dict[str, Any] = next(iter(flows.values()))
    return first


ACTIONS = read_actions(PROJECT)


def patch(upstream: Document) -> tuple[Patched, GeneratorData]:
    """What `make validate` gives: the document, and what the generator makes of it, or a StageError."""
    patched = patch_document(PROJECT, parse(dump(upstream), "hostile"), ACTIONS, "hostile")
    return patched, check_document(PROJECT, patched.document)


def refusal(upstream: Document) -> str | None:
    """How overlay or validation refuse the document, if they do: a sentence that says where or what."""
    try:
        patch(upstream)
    except StageError as error:
        assert len(str(error)) > 20
        return str(error)
    return None


class Folder:
    """Where a hostile client is generated: deep, so that a way out of it leads to a folder that is watched."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sentinel = root / "sentinel"
        self.home = root / "a" / "b" / "c"
        self.home.mkdir(parents=True)
        self.accepted: dict[str, list[str]] = {}  # the names and texts that were not refused, by their place

    def strays(self) -> list[Path]:
        """Files outside the package."""
        return [path for path in self.root.rglob("*") if path.is_file() and self.home / "client" not in path.parents]

    def accept(self, place: str) -> list[str]:
        """The names, or the texts of the whole document, that are taken at a place, each in a document of its own."""
        if place not in self.accepted:
            hostile = names(self.sentinel) if place in NAMES else code(self.sentinel) + TEXTS
            self.accepted[place] = [text for text in hostile if not refusal(with_one(place, text))]
        return self.accepted[place]

    def generate(self, upstream: Document) -> dict[str, Any]:
        """Generate the package, import all of it in a process of its own, and return its names on the wire."""
        shutil.rmtree(self.home / "client", ignore_errors=True)
        patched, parsed = patch(upstream)
        build_package(PROJECT, patched, self.home / "client", parsed)
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-W", "error", "-c", IMPORT_ALL, self.home],
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert self.strays() == []
        wire: dict[str, Any] = json.loads(done.stdout)
        return wire


@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Folder]:
    """A folder for all tests: to judge a text takes long, and two of them do so."""
    # Its path is short, as pytest's need not be: texts that hold it are tried as names too, which have a limit.
    with tempfile.TemporaryDirectory() as root:
        yield Folder(Path(root))


@pytest.fixture
def folder(shared_folder: Folder) -> Iterator[Folder]:
    """A folder to generate in; no hostile text may have run, nor a file be written beside the package."""
    yield shared_folder
    assert shared_folder.strays() == []


def test_text_is_never_code(folder: Folder) -> None:
    """Whatever stands in descriptions, examples and defaults, the client is generated, imports, and runs none of it.

    Nor does a bidi control or line separator get into the source, which reads as it runs.
    """
    controls = "".join(map(chr, [0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0x85, 0x0B]))
    texts = [*code(folder.sentinel), *TEXTS, f"before{controls}after"]
    units = [unit(f"Unit{number}") for number in range(len(texts))]
    for one, text in zip(units, texts, strict=True):
        put_texts(one, text)
    wire = folder.generate(document_of(*units))

    assert wire["bodies"] == len(texts)
    assert set(wire["operationId"]) == {f"changeUnit{number}" for number in range(len(texts))}
    source = "".join(path.read_text("utf-8") for path in folder.home.rglob("*.py"))
    assert source.count("before") >= 5
    assert not set(controls) & set(source)


def with_one(place: str, text: str) -> Document:
    """A document with one hostile name or text."""
    one = unit("Unit")
    if place in NAMES:
        one["schemas"]["UnitOutput"] = {"type": "object"}
        for field in inputs(one).keys() - FIELDS.get(place, set()):
            del inputs(one)[field]
        NAMES[place](one, text)
    document = document_of(one)
    if place in DOCUMENT:
        DOCUMENT[place](document, text)
    return document


@pytest.mark.parametrize("place", [*NAMES, *DOCUMENT], ids=str)
def test_text_is_refused_or_taken(folder: Folder, place: str) -> None:
    """A hostile name, URL, version, tag or title is refused with a sentence, or the next test has it in a client."""
    folder.accept(place)


@pytest.mark.parametrize("half", [0, 1])
def test_what_is_taken_is_harmless(folder: Folder, half: int) -> None:
    """It is generated and imports, runs nothing, and names stay as the document writes them.

    Each operation has a name of every other place, as a tag and an operationId, or two classes, can become one name;
    places of the whole document have the last text that is taken.
    """
    places = [place for place in [*NAMES][half::2] if place != "schema" and folder.accept(place)]
    taken = {place: folder.accept(place) for place in places}
    units = [unit(f"Unit{number}") for number in range(max(map(len, taken.values())))]
    for index, place in enumerate(places):
        for number, name in enumerate(taken[place], start=index):
            NAMES[place](units[number % len(units)], name)
    document = document_of(*units)
    for place in [*DOCUMENT][half::2]:
        for text in folder.accept(place)[-1:]:
            DOCUMENT[place](document, text)
    wire = folder.generate(document)

    for place in taken:
        assert set(taken[place]) <= set(wire.get(place, taken[place])), place
