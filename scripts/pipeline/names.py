"""What the generator makes of a document's names, and where two of them, or a name and the package's own code, collide.

The generator (0.29.1) overwrites the file of the first of two operations or classes without a word.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from keyword import iskeyword
from pathlib import Path

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties import Class, EnumProperty
from openapi_python_client.strings import sanitize

from scripts.pipeline import generator
from scripts.project import Project
from scripts.spec.document import Document
from scripts.spec.walk import Fault, Location, operations, schemas

_SCALARS = ("boolean", "integer", "number", "string")

# Characters. Criteo's longest has 105, a whole path; a file's name may have 255, and `.py` is among them.
LONGEST_NAME = 150
LONGEST_MODULE = 250


def find_repeated(names: Iterable[str]) -> list[tuple[str, int]]:
    """The names that are given more than once, and how often."""
    return [(name, count) for name, count in Counter(names).items() if count > 1]


def find_unfit_names(document: Document) -> Iterator[Fault]:
    """Say which names are too long, or hold a control, a bidi mark, a line separator or the like: names reach code."""
    for location, name in _list_names(document):
        if len(name) > LONGEST_NAME:
            yield Fault(location, f"the name {name[:40]!a}… has more than {LONGEST_NAME} characters")
        elif any(unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp") for character in name):
            yield Fault(location, f"the name {name!a} holds a character that cannot be seen")
        elif not unicodedata.is_normalized("NFKC", sanitize(name)):  # Python reads it as another name; files do not
            yield Fault(location, f"the name {name!a} holds a letter that Python takes for another one")


def find_enum_collisions(project: Project, document: Document) -> Iterator[Fault]:
    """Say which values of an enum become no Python name, or one that another has; the generator raises for most."""
    config = generator.read_settings(project)
    for site in schemas(document):
        values = [value for value in site.schema.get("enum") or () if value is not None]
        names = site.schema.get("x-enum-varnames", [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            yield Fault(site.location, "x-enum-varnames is not a list of names")
            continue
        if not all(isinstance(value, str) for value in values):
            # Numbers keep their digits where they have no names, and a mixture is refused by the generator itself.
            if len(set(names)) < len(names) or not all(name.isidentifier() and not iskeyword(name) for name in names):
                yield Fault(site.location, "x-enum-varnames holds a name twice, or one that is no Python name")
            continue
        try:
            members = EnumProperty.values_from_list(values, Class.from_string(string=site.name, config=config), names)
        except ValueError:
            members = {}
        if len(members) < len(values):
            yield Fault(site.location, "two of its values become one Python name; name them in x-enum-varnames")
        elif not all(name.isidentifier() for name in members):
            yield Fault(site.location, "one of its values becomes no Python name; name it in x-enum-varnames")


def _read_names(pattern: str, *files: Path) -> set[str]:
    """The names that a pattern finds in our templates and modules; each match may hold several, with commas between."""
    lists = (match for path in files for match in re.findall(pattern, path.read_text(encoding="utf-8"), re.MULTILINE))
    return {name.split(" as ")[-1].strip() for names in lists for name in names.split(",")}


@functools.cache
def _read_taken_names(project: Project) -> tuple[set[str], set[str], set[str]]:
    """The names of arguments, classes and attributes that the generated code has for itself.

    Every other name in an operation module begins with an underscore, or is used where no argument can hide it.
    """
    model = project.templates / "model.py.jinja"
    enums = (project.templates / "str_enum.py.jinja", project.templates / "int_enum.py.jinja")
    arguments = _read_names(r"^    (\w+): .* = UNSET,$", project.templates / "endpoint_module.py.jinja")
    classes = _read_names(r"^(?:from \S+ )?import (.+)$", model, *enums)
    attributes = _read_names(r"^    def ([a-z]\w*)\((?:self|cls)[,)]", model, project.runtime / "_codec.py")
    return arguments | {"body", "client"}, classes, attributes


def find_collisions(project: Project, parsed: GeneratorData) -> Iterator[Fault]:
    """Say which names collide in what the generator makes of a document."""
    arguments, taken_classes, attributes = _read_taken_names(project)
    collections = parsed.endpoint_collections_by_tag.values()
    for collection in collections:
        for name, count in find_repeated(str(endpoint.name) for endpoint in collection.endpoints):
            yield Fault((), f"tag {collection.tag}: {count} operationIds become the one Python name {name}")
        for endpoint in collection.endpoints:
            for _, parameter in endpoint.iter_all_parameters():
                name = str(parameter.python_name)
                if name in arguments or name.startswith("_"):
                    yield Fault((), f"{endpoint.name}: a parameter becomes {name}, which the call has for itself")
    classes = [*parsed.models, *parsed.enums]
    modules = [str(one.class_info.module_name) for one in classes]
    endpoints = (str(endpoint.name) for collection in collections for endpoint in collection.endpoints)
    for name in (*dict.fromkeys(modules), *endpoints):
        if len(name) > LONGEST_MODULE:
            yield Fault((), f"the module {name[:60]}… has a name of {len(name)} characters; shorten it in the overlay")
    for name, count in find_repeated(modules):
        yield Fault((), f"{count} schemas become the one module models/{name}.py")
    for one in classes:
        if one.class_info.name in taken_classes:
            yield Fault((), f"a schema becomes the class {one.class_info.name}, which the package has for itself")
    for model in parsed.models:
        for prop in [*(model.required_properties or ()), *(model.optional_properties or ())]:
            if (name := str(prop.python_name)) in attributes:
                yield Fault((), f"{model.class_info.name}: a property becomes {name}, which every model has")


def _list_names(document: Document) -> Iterator[tuple[Location, str]]:
    for location, name, schema in schemas(document):
        names = [name]
        if "enum" in schema or schema.get("type") not in _SCALARS:  # of a scalar's title no name is made
            names.append(str(schema.get("title", "")))
        names += [value for key in ("enum", "required") for value in schema.get(key) or () if isinstance(value, str)]
        yield from ((location, each) for each in names)
    for location, operation in operations(document):
        names = [*map(str, location), operation.get("operationId", ""), *operation.get("tags", ())]
        names += [parameter.get("name", "") for parameter in operation.get("parameters", ())]
        names += [scope for one in operation.get("security", ()) for scopes in one.values() for scope in scopes]
        yield from ((location, each) for each in names)
