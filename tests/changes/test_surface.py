"""What is said of a package without its code is what the code says."""

from __future__ import annotations

from support.reports import client_of
from support.specs import ROOT
from support.user_of_everything import check_types, use_everything

from scripts.spec.document import parse

EVERY_KIND = ROOT / "tests" / "documents" / "every_kind.yaml"


def test_surface_is_that_of_the_code() -> None:
    """All modules and classes are there, and each argument, answer, field and member has the type that is said."""
    made = client_of(parse(EVERY_KIND.read_bytes(), EVERY_KIND.name))
    package, code = made.client.package, made.folder / "criteo_retail_media"
    modules = {f"api.{path.parent.name}.{path.stem}" for path in code.glob("api/*/[!_]*.py")}
    assert {module.name for module in package.modules.values()} == modules
    assert len(package.classes) == len([*code.glob("models/[!_]*.py")])
    text = "\n".join(line.text for line in use_everything(package))
    assert check_types(made.folder, {"everything": text}) == {"everything": []}
