"""Whatever a document says, every stage answers with success or with one line that says what is wrong.

Seeded mutations of every string and every node of the documents in tests/documents, in this process.
"""

from __future__ import annotations

import copy
import json
import pickle
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.specs import ROOT, read_document
from support.workspace import PROJECT

from scripts.changes.carry import carry
from scripts.changes.compare import Client
from scripts.changes.facts import compare_clients
from scripts.changes.report import name_change, write_report
from scripts.pipeline.fetch import check_kind
from scripts.pipeline.generate import build_package, check_imports
from scripts.pipeline.hosts import find_foreign_hosts
from scripts.pipeline.operations import table
from scripts.pipeline.overlay import Patched, allow_idle, patch_document, read_actions
from scripts.pipeline.shape import refuse
from scripts.pipeline.source import api_version
from scripts.pipeline.validate import check_document
from scripts.project import StageError
from scripts.release.docs import load_package, render_pages
from scripts.spec.document import Document, dump, parse
from scripts.spec.select import offered, select
from scripts.spec.walk import at, exists, nodes

DOCUMENTS = [
    read_document(path)
    for path in sorted((ROOT / "tests" / "documents").rglob("*.yaml"))
    if path.stem not in ("things", "every_kind")  # patched already; large
]
ACTIONS = allow_idle(read_actions(PROJECT))
SCHEMA = "#/components/schemas/Shelf"
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, "", "x", "\u202e", "a/b~", SCHEMA, "#/nowhere", "#/paths", [], {}, [None]),
    *([[]], {"": None}, ["x"], {"$ref": SCHEMA}, {"$ref": 1}, {"type": "string"}, "object", "string", "array", "null"),
    *("2026-01", "200", "default", "file", "binary"),
]
KEYS = [
    *(
        "$ref",
        "type",
        "enum",
        "items",
        "properties",
        "required",
        "oneOf",
        "allOf",
        "discriminator",
        "content",
        "schema",
    ),
    *(
        "parameters",
        "security",
        "nullable",
        "in",
        "name",
        "format",
        "default",
        "",
        "x-a",
        "a/b",
        "additionalProperties",
    ),
    *("responses", "requestBody", "description", "application/json"),
]


def mutate(document: Document, chance: random.Random) -> Document:
    """A copy with one to three parts set, removed, renamed, added, or replaced by another part."""
    document = pickle.loads(pickle.dumps(document))  # quicker than a deep copy
    places = [location for location, _ in nodes(document)][1:]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        *parent, key = chance.choice(places)
        if not exists(document, (*parent, key)) or isinstance(holder := at(document, tuple(parent)), str):
            continue
        other = chance.choice(places)
        match chance.randrange(5):
            case 0:
                holder[key] = copy.deepcopy(chance.choice(VALUES))
            case 1:
                del holder[key]
            case 2 if isinstance(holder, dict):
                holder[chance.choice(KEYS)] = holder.pop(key)
            case 3 if isinstance(holder, dict):
                holder[chance.choice(KEYS)] = copy.deepcopy(chance.choice(VALUES))
            case _ if exists(document, other):
                holder[key] = copy.deepcopy(at(document, other))
    return document


def run_stages(document: Document) -> Patched:
    """What fetch, operations, patch and validate do with a document."""
    document = parse(dump(document), "mutated")
    info = document.get("info")
    check_kind(document, api_version(info.get("version") if isinstance(info, dict) else None), "mutated")
    table(document, set())
    kept = select(document, ["*"])
    refuse(find_foreign_hosts(kept, ["api.criteo.com"]))
    patched = patch_document(PROJECT, kept, ACTIONS, "mutated")
    check_document(PROJECT, patched.document)
    return patched


def compare(old: Document, new: Document) -> None:
    """What fetch CHECK=1, report and bump say of two documents, before clients are made of them."""
    changes = compare_clients(Client(old, None), Client(new, None))
    json.dumps(changes.to_json())
    assert write_report(changes, name_change(changes))
    carry([operation.id for operation in offered(old)], old, new)


# Docstrings' sections, cut off in every way; markup; code of a template.
TEXTS = [
    f"{title}:\n    {entry}"
    for title in ("Args", "Attributes", "Returns", "Raises", "Yields", "Warns", "Examples")
    for entry in (": x", "a (: x", "(int)", "a", "", "a (dict[str, : x", ">>> 1/0", "*: x")
]
TEXTS += [
    "Args:",
    "Returns:\n\n",
    ":param x: y",
    "{{ 1/0 }}",
    "{% raw %}",
    "</script>",
    "```\n",
    "`",
    "\\",
    '"""',
    "\f",
]
TEXTS += ["Parameters\n----------\nx : int", "Deprecated:\n    : x", "!!! note", "x: y\n" * 50, "[x](javascript:1)"]


def with_texts(document: Document, chance: random.Random) -> Document:
    """A copy whose descriptions are odd."""
    document = copy.deepcopy(document)
    for (*parent, key), node in list(nodes(document))[1:]:
        if key in ("description", "summary") and isinstance(node, str) and parent[0] != "info":
            at(document, tuple(parent))[key] = "\n\n".join(chance.choices(TEXTS, k=3))
    return document


def test_reference_of_odd_texts_is_written(tmp_path: Path) -> None:
    """Whatever stands in a description, griffe reads the docstrings, and all operations are in the reference."""
    chance = random.Random(1)
    for index, document in enumerate(chance.sample(DOCUMENTS, 4)):
        package = tmp_path / f"client_{index}"
        build_package(PROJECT, run_stages(with_texts(document, chance)), package)
        assert len(render_pages(load_package(package))) > 10


@pytest.mark.parametrize("seed", range(4))
def test_every_stage_answers_with_success_or_one_line(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No traceback, no template or generator that fails; some of what is taken is generated and imported."""
    chance, outcomes, taken = random.Random(seed), Counter[str](), list[Patched]()
    for number in range(500):
        mutated = mutate(source := chance.choice(DOCUMENTS), chance)
        try:
            if number % 10 == 0:
                compare(select(source, ["*"]), select(parse(dump(mutated), "mutated"), ["*"]))
            taken.append(run_stages(mutated))
            outcomes["taken"] += 1
        except StageError as error:
            assert len(str(error)) > 10
            assert "openapi-python-client failed" not in str(error)
            outcomes["refused"] += 1
    assert min(outcomes["taken"], outcomes["refused"]) > 25
    for patched in chance.sample(taken, 3):
        package = tmp_path_factory.mktemp("mutated") / "client"
        build_package(PROJECT, patched, package)
        check_imports(package)
        render_pages(load_package(package))
