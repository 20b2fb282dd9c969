"""Compare what is committed with what the inputs give: changed bytes, missing files, stray files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from scripts.files import Files, read_files
from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import Patched, patch_upstream
from scripts.project import Project
from scripts.spec.document import dump

WRITTEN_BY_HAND = "README.md"


def generate_files(project: Project, patched: Patched) -> Files:
    """The files of the package that the project makes of a document; raises StageError as `build_package` does."""
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(scratch) / project.package.name
        build_package(project, patched, package)
        return read_files(package)


def find_drift(project: Project) -> list[str]:
    """How openapi/patched.json and generated/ differ from what openapi/upstream.json and overlay/ give, a line each."""
    patched = patch_upstream(project)
    found = {f"generated/{name}": content for name, content in read_files(project.generated).items()}
    if project.patched.is_file():
        found["openapi/patched.json"] = project.patched.read_bytes()
    generated = generate_files(project, patched).items()
    expected = {f"generated/{project.package.name}/{name}": content for name, content in generated}
    by_hand = f"generated/{WRITTEN_BY_HAND}"
    expected |= {"openapi/patched.json": dump(patched.document), by_hand: found.get(by_hand)}
    lines = [f"{name} is missing" for name in expected.keys() - found.keys()]
    lines += [f"{name} is not made by the pipeline" for name in found.keys() - expected.keys()]
    lines += [f"{name} differs" for name in expected.keys() & found.keys() if expected[name] != found[name]]
    return sorted(lines)
