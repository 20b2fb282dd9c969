"""What a reference of the generated package shows: its pages, what each describes, and the parts of a docstring.

The package is read, not imported.
"""

from __future__ import annotations

import ast
import re
import textwrap
from typing import Any, NamedTuple

import griffe

from scripts.project import StageError

CODE = re.compile(r"(``.+?``|`[^`\n]+`)", re.DOTALL)

Links = dict[str, str]  # where each thing is described: `criteo_retail_media.errors.ApiError`: `errors.html#ApiError`
Linked = list[tuple[str, str | None]]  # the pieces of a text, each with where it leads


class Page(NamedTuple):
    """A file to be: an ``index``, a ``tag`` with its operations, the ``models``, or a runtime ``module``."""

    kind: str
    name: str
    title: str
    subject: griffe.Module


def list_pages(package: griffe.Module) -> list[Page]:
    """All pages, in the order in which they are listed."""
    tags = [
        Page("tag", f"api.{module.name}", str(read_operation(module.modules[min(module.modules)])["tag"]), module)
        for module in package["api"].modules.values()
        if module.modules
    ]
    tags.sort(key=lambda page: page.title.lower())
    modules = [
        Page("module", name, name, module)
        for name, module in sorted(package.modules.items())
        if not name.startswith("_") and name not in ("api", "models")
    ]
    models = Page("models", "models", "Models", package["models"])
    return [Page("index", "index", package.name, package), *tags, models, *modules]


def list_contents(page: Page) -> list[tuple[str, griffe.Object]]:
    """What a page describes, by its name there: an operation's is the API's."""
    match page.kind:
        case "tag":
            named = ((str(read_operation(module)["id"]), module) for module in page.subject.modules.values())
            return sorted(named, key=lambda entry: entry[0].lower())
        case "models":
            exported = [page.subject.members[name] for name in sorted(map(str, page.subject.exports or ()))]
            return [(alias.name, alias.final_target) for alias in exported if isinstance(alias, griffe.Alias)]
        case "module":
            return [(member.name, member) for member in list_members(page.subject)]
        case _:
            return []


def find_links(all_pages: list[Page]) -> Links:
    """Where everything is described, by its full path; a class's bare name and a member's short path lead there too."""
    found: Links = {}
    for page in all_pages:
        found[page.subject.path] = f"{page.name}.html"
        for _, described in list_contents(page):
            anchors = {described.path: described.name}
            if page.kind == "module" and isinstance(described, griffe.Class):
                anchors |= {inner.path: f"{described.name}.{inner.name}" for inner in list_members(described)}
            for path, anchor in anchors.items():
                found[path] = found[path.partition(".")[2]] = f"{page.name}.html#{anchor}"
                if anchor[0].isupper():
                    found[anchor] = found[path]
    return found


def list_members(holder: griffe.Module | griffe.Class) -> list[griffe.Object]:
    """What a user is meant to see of a module or class: whatever is public and has a docstring."""
    return [
        member
        for name, member in holder.members.items()
        if isinstance(member, griffe.Object) and member.is_public and member.has_docstring and not name.startswith("_")
    ]


def read_operation(module: griffe.Module) -> dict[str, Any]:
    """A generated module's ``OPERATION``: id, method, path, tag; StageError if it has none."""
    try:
        written = {part.name: str(part.value) for part in module["OPERATION"].value.arguments}
        return {name: ast.literal_eval(written[name]) for name in ("id", "method", "path", "tag")}
    except (KeyError, AttributeError, ValueError) as error:
        raise StageError(f"{module.path}: is no operation that the generator wrote; run `make`") from error


def group_functions(module: griffe.Module) -> list[list[griffe.Function]]:
    """The functions of an operation; those with one docstring stand together."""
    alike: dict[str, list[griffe.Function]] = {}
    for name in ("sync", "asyncio", "sync_detailed", "asyncio_detailed"):
        alike.setdefault(module[name].docstring.value, []).append(module[name])
    return list(alike.values())


def read_facts(package: griffe.Module) -> dict[str, Any]:
    """The package's provenance."""
    return {name: ast.literal_eval(str(fact.value)) for name, fact in package["_provenance"].attributes.items()}


def split_sections(documented: griffe.Object, heading: str = "") -> list[tuple[str, Any]]:
    """A docstring's parts, less the heading: title and text, or title and entries (name, annotation, description)."""
    if documented.docstring is None:
        return []
    parts: list[tuple[str, Any]] = []
    for section in _parse(documented.docstring):
        title = (section.title or section.kind.value).capitalize()
        match section.value:
            case str(text):
                parts.append(("", text.removeprefix(f"{heading}\n\n")))
            case [(_, _), *_] as examples:
                parts += [(title, text) for _, text in examples]
            case list(entries):
                parts.append((title, [_entry(entry, documented) for entry in entries]))
            case admonition:
                parts.append((title, admonition.description))
    return parts


def _parse(docstring: griffe.Docstring) -> list[griffe.DocstringSection]:
    """A docstring's sections; all of it as one text where a document's text is none that griffe takes."""
    try:
        return docstring.parse("google", returns_named_value=False, warnings=False)
    except ValueError:  # "Attributes:" above a line " : ", an entry without a name
        return [griffe.DocstringSectionText(docstring.value)]


def _entry(entry: Any, documented: griffe.Object) -> tuple[str, Any, str]:
    """An entry of a list; an attrs class annotates its constructor's arguments as fields."""
    name = getattr(entry, "name", "")
    field = documented.members.get(name) or documented.members.get(f"_{name}")
    return name, entry.annotation or getattr(field, "annotation", None), entry.description


def split_paragraphs(text: str) -> list[tuple[str, bool]]:
    """A text's paragraphs, and whether each is to be shown as it is written."""
    split = re.split(r"\n\s*\n", text.strip("\n"))
    return [(textwrap.dedent(paragraph), paragraph.startswith("    ")) for paragraph in split]


def split_code(text: str, known: Links) -> list[tuple[str, bool, str | None]]:
    """A text's pieces: whether each is code, and where it leads."""
    return [
        (code := piece.strip("`"), True, known.get(code.removesuffix("()"))) if index % 2 else (piece, False, None)
        for index, piece in enumerate(CODE.split(text))
    ]


def link_expression(value: Any, known: Links) -> Linked:
    """An annotation or default; its names lead to what they mean."""
    if value is None or isinstance(value, str) or str(value) in known:
        return [(str(value or ""), known.get(str(value)))]
    return [
        (part, None) if isinstance(part, str) else (str(part), known.get(part.canonical_path))
        for part in value.iterate(flat=True)
    ]
