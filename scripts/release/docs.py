"""Write a reference of the generated package into site/: a page for each tag and runtime module, one for the models."""

from __future__ import annotations

import base64
import hashlib
import inspect
import logging
from pathlib import Path
from typing import NamedTuple

import griffe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scripts.files import make_beside, replace_directory
from scripts.project import Project, StageError
from scripts.release import reference
from scripts.release.calls import write_call

TEMPLATE = "reference.html.jinja"
# The one script that a page's Content-Security-Policy lets run.
SCRIPT = """
document.querySelector("nav input").addEventListener("input", event => {
  for (const entry of document.querySelectorAll("nav li"))
    entry.hidden = !entry.textContent.toLowerCase().includes(event.target.value.toLowerCase());
});
"""


class Reference(NamedTuple):
    """What was written: the folder, how many pages, and their size in bytes."""

    folder: Path
    pages: int
    size: int


def write_reference(project: Project) -> Reference:
    """Write a reference of the generated package into site/, in place of the one before.

    Raises:
        StageError: the package is missing, or is not what the generator writes; site/ is as it was.
    """
    pages = {name: html.encode() for name, html in render_pages(load_package(project.package)).items()}
    site = project.root / "site"
    with make_beside(site) as beside:
        fresh = beside / site.name
        fresh.mkdir()
        for name, html in pages.items():
            (fresh / name).write_bytes(html)
        replace_directory(site, fresh)
    return Reference(site, len(pages), sum(map(len, pages.values())))


def load_package(package: Path) -> griffe.Module:
    """Read the source of a generated package, and import nothing; StageError if it is none."""
    logging.getLogger("griffe").setLevel(logging.CRITICAL)  # a docstring holds the document's text, whatever it is
    loaded = None
    if package.is_dir():
        loaded = griffe.load(package.name, search_paths=[package.parent], allow_inspection=False)
    if not isinstance(loaded, griffe.Module) or not {"api", "models", "_provenance"} <= loaded.members.keys():
        raise StageError(f"{package}: is no generated client; run `make`")
    return loaded


def render_pages(package: griffe.Module) -> dict[str, str]:
    """Render the reference: HTML by file name. All text of the package is escaped."""
    pages = reference.list_pages(package)
    facts = reference.read_facts(package)
    if (found := sum(len(page.subject.modules) for page in pages if page.kind == "tag")) != facts["OPERATIONS"]:
        raise StageError(
            f"{package.name}: has {found} operations that can be read of {facts['OPERATIONS']}; run `make`"
        )
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= dict(inspect.getmembers(reference, inspect.isfunction))
    environment.globals |= {
        "pages": pages,
        "package": package,
        "facts": facts,
        "links": reference.find_links(pages),
        "write_call": write_call,
        "script": Markup(SCRIPT),  # noqa: S704 - a constant
        "script_sha256": base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode(),
    }
    template = environment.get_template(TEMPLATE)
    return {f"{page.name}.html": template.render(page=page) for page in pages}
