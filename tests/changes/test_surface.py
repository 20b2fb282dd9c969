"""What a package offers is read from its code; what differs between two is found, and more than griffe finds."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import attrs
import criteo_retail_media
import griffe
import pytest
from criteo_retail_media import models
from criteo_retail_media.open_enum import OpenStrEnum
from support.edits import KIND, LIMIT, SEGMENT, put, segments

from scripts.changes.report import client_of
from scripts.changes.surface import Surface, differences, surface
from scripts.pipeline import generate as generate_client
from scripts.pipeline import overlay as apply_overlay
from scripts.spec import document as documents
from scripts.spec.document import Document


def test_surface_is_what_the_imported_package_has() -> None:
    """Every operation with its arguments, every class with its attributes and members, as Python itself tells."""
    package = Path(criteo_retail_media.__path__[0])
    found = surface(package)
    expected = set()
    for name, module in found.operations.items():
        imported = importlib.import_module(f"criteo_retail_media.{module}")
        assert imported.OPERATION.id == name
        arguments = inspect.signature(imported.sync).parameters.keys() - {"client", "timeout"}
        expected |= {module, *(f"{module}({argument})" for argument in arguments)}
    for name in models.__all__:
        kind = getattr(models, name)
        if issubclass(kind, OpenStrEnum):
            inner = {member.name for member in kind}
            assert {found.names[f"models.{name}.{each}"] for each in inner} == {repr(m.value) for m in kind}
        else:
            inner = {field.name for field in attrs.fields(kind) if field.type != "dict[str, Any]"}
        expected |= {f"models.{name}", *(f"models.{name}.{each}" for each in inner)}
    assert found.names.keys() == expected


def test_class_in_a_type_is_found() -> None:
    """Whatever stands around it."""
    names = {"models.Foo": "class", "models.A.b": "dict[str, list[Foo]] | None | Unset = UNSET", "api.t.op": "Foo"}
    known = Surface(names | {"models.A.c": "str"}, {})
    assert [known.class_in(name) for name in names] == ["models.Foo"] * 3
    assert [known.class_in(name) for name in ("models.A.c", "models.A.d", "")] == [""] * 3


def edited(*edits: tuple[str, object]) -> Document:
    """The small document with some edits."""
    document = segments()
    for path, value in edits:
        put(document, path, value)
    return document


def test_differences_are_names_with_what_they_were_and_are() -> None:
    """What came has no before, what went no after; what stayed as it was is not there."""
    new = edited((f"{SEGMENT} more", {"type": "string"}), (f"{SEGMENT} id", {"type": "integer"}))
    del new["components"]["schemas"]["Segment"]["properties"]["createdAt"]
    assert differences(client_of(segments(), "old"), client_of(new, "new")) == {
        "models.Segment.id": ("str", "int"),
        "models.Segment.created_at": ("datetime.datetime | Unset = UNSET", None),
        "models.Segment.more": (None, "str | Unset = UNSET"),
    }


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        (f"{LIMIT} schema", {"type": "string"}, "api.audience.search_segments(limit)"),
        (f"{SEGMENT} createdAt", {"type": "string"}, "models.Segment.created_at"),
        (f"{KIND} enum", ["big", "Small", "Unknown"], "models.Kind.BIG"),
    ],
)
def test_griffe_misses_what_is_found_here(path: str, value: object, name: str, tmp_path: Path) -> None:
    """The day it does not, the comparison may be left to it: a retyped argument, a retyped field, an enum value."""
    sides = []
    for side, made in (("old", segments()), ("new", edited((path, value)))):
        folder = tmp_path / side
        folder.mkdir()
        (folder / "upstream.json").write_bytes(documents.dump(made))
        patched, _ = apply_overlay.patch(folder / "upstream.json")
        generate_client.build(patched, folder / "package")
        sides.append(folder)
    old, new = (surface(side / "package") for side in sides)
    assert name in differences(old, new)
    loaded = [griffe.load("package", search_paths=[side]) for side in sides]
    assert [breakage.obj.path for breakage in griffe.find_breaking_changes(*loaded)] == []
