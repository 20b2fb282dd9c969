"""Write a reference of the generated package into site/: a page for each tag and runtime module, one for the models."""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import logging
import tempfile
import time
from pathlib import Path

import griffe
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scripts import stage
from scripts.release import reference
from scripts.stage import StageError

SITE = stage.ROOT / "site"
TEMPLATE = "reference.html.jinja"
# The one script that a page's Content-Security-Policy lets run.
SCRIPT = """
document.querySelector("nav input").addEventListener("input", event => {
  for (const entry of document.querySelectorAll("nav li"))
    entry.hidden = !entry.textContent.toLowerCase().includes(event.target.value.toLowerCase());
});
"""


def load(package: Path) -> griffe.Module:
    """The package, as its source says it.

    Raises:
        StageError: it is missing, or is not what the generator writes.
    """
    logging.getLogger("griffe").setLevel(logging.CRITICAL)  # a docstring holds the document's text, whatever it is
    loaded = None
    if package.is_dir():
        loaded = griffe.load(package.name, search_paths=[package.parent], allow_inspection=False)
    if not isinstance(loaded, griffe.Module) or not {"api", "models", "_provenance"} <= loaded.members.keys():
        raise StageError(f"{stage.relative(package)}: is no generated client; run `make`")
    return loaded


def render(package: griffe.Module) -> dict[str, str]:
    """The reference: HTML by file name. All text of the package is escaped."""
    pages = reference.pages(package)
    facts = reference.facts(package)
    if (found := sum(len(page.subject.modules) for page in pages if page.kind == "tag")) != facts["OPERATIONS"]:
        raise StageError(
            f"{package.name}: has {found} operations that can be read of {facts['OPERATIONS']}; run `make`"
        )
    links = reference.links(pages)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        name: getattr(reference, name)
        for name in ("contents", "functions", "members", "operation", "paragraphs", "sections")
    }
    environment.filters |= {
        "expression": functools.partial(reference.expression, known=links),
        "inline": functools.partial(reference.inline, known=links),
    }
    environment.globals |= {
        "pages": pages,
        "package": package,
        "facts": facts,
        "script": Markup(SCRIPT),  # noqa: S704 - a constant
        "script_sha256": base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode(),
    }
    template = environment.get_template(TEMPLATE)
    return {f"{page.name}.html": template.render(page=page) for page in pages}


def main(argv: list[str] | None = None) -> int:
    """Write a reference of generated/criteo_retail_media into site/."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        begun = time.monotonic()
        pages = {name: html.encode() for name, html in render(load(stage.PACKAGE)).items()}
        with tempfile.TemporaryDirectory(prefix=".new.", dir=stage.ROOT) as beside:
            fresh = Path(beside) / SITE.name
            fresh.mkdir()
            for name, html in pages.items():
                (fresh / name).write_bytes(html)
            stage.replace_directory(SITE, fresh)
        size, seconds = sum(map(len, pages.values())) / 1e6, time.monotonic() - begun
        print(f"built {stage.relative(SITE)}/index.html: {len(pages)} pages, {size:.1f} MB ({seconds:.1f} s)")
        return 0

    return stage.run(work)
