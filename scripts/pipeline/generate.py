"""Generate the package from the patched document: generator, formatter, runtime modules, provenance, checks, swap."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from openapi_python_client.parser import GeneratorData
from openapi_python_client.strings import snake_case
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from scripts.files import make_beside, replace_directory, sha256, sha256_of_files
from scripts.pipeline import generator
from scripts.pipeline.overlay import Patched
from scripts.pipeline.source import api_version, distribution_version, read_source
from scripts.pipeline.templates import check_forks
from scripts.pipeline.validate import validate_patched
from scripts.project import Project, StageError
from scripts.spec.document import Document, dump
from scripts.spec.walk import operations, schemas

# Given in full, and `--isolated`: else a newer ruff's defaults or a pyproject.toml nearby rewrite every file.
RUFF = ("--isolated", "--no-cache", "--quiet", "--line-length", "120", "--target-version", "py311")
LEFTOVER_NAME = re.compile(r"type_\d")
_RELATIVE_IMPORT = re.compile(r"^[ \t]*from (\.+)([\w.]*) import (.*)$", re.MULTILINE)


class Built(NamedTuple):
    """What a generated package holds."""

    operations: int
    models: int
    files: int


def build_package(project: Project, patched: Patched, package: Path, parsed: GeneratorData | None = None) -> Built:
    """Generate the whole package into the new directory ``package``.

    Args:
        project: has the overlay, the templates and the runtime.
        patched: the document, and what it was before the overlay.
        package: the directory, which must not exist.
        parsed: what `check_document` gave, where the document was checked before.

    Raises:
        StageError: the document is not valid, the generator is another than the templates were forked from, warned or
            failed, or what it wrote is not what the document promises.
    """
    check_forks(project)
    document = patched.document
    parsed = parsed or validate_patched(project, patched)
    generator.write_package(project, parsed, document, package)
    format_code(package)
    for module in sorted(project.runtime.glob("*.py")):
        shutil.copyfile(module, package / module.name)
    (package / "py.typed").touch()
    (package / "_provenance.py").write_text(_provenance(project, patched), encoding="utf-8")
    check_package(package, document)
    files = sorted(path for path in package.rglob("*") if path.is_file())
    sums = (f"{sha256(path.read_bytes())}  {path.relative_to(package).as_posix()}\n" for path in files)
    (package / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return Built(
        operations=len(list(operations(document))),
        models=len(list((package / "models").glob("*.py"))) - 1,
        files=len(files) + 1,
    )


def generate_client(project: Project, patched: Patched, parsed: GeneratorData | None = None) -> Built:
    """Generate the project's package anew and swap it in; arguments and errors are those of `build_package`."""
    project.generated.mkdir(exist_ok=True)
    with make_beside(project.package) as beside:
        built = build_package(project, patched, beside / project.package.name, parsed)
        check_imports(beside / project.package.name)
        replace_directory(project.package, beside / project.package.name)
    return built


def _provenance(project: Project, patched: Patched) -> str:
    """The text of the package's ``_provenance.py``: what it was made from. No date: same inputs, same bytes."""
    document = patched.document
    version = api_version(document["info"]["version"])
    flows = next(s for s in document["components"]["securitySchemes"].values() if s["type"] == "oauth2")["flows"]
    facts: dict[str, str | int] = {
        "__version__": distribution_version(version, read_source(project).release),
        "API_VERSION": version,
        "BASE_URL": str(document["servers"][0]["url"]),
        "TOKEN_URL": str(next(flow["tokenUrl"] for flow in flows.values() if "tokenUrl" in flow)),
        "UPSTREAM_SHA256": sha256(dump(patched.upstream)),
        "OVERLAY_SHA256": sha256(project.overlay.read_bytes()),
        "TEMPLATES_SHA256": sha256_of_files(sorted(project.templates.glob("*.jinja"))),
        "RUNTIME_SHA256": sha256_of_files(sorted(project.runtime.glob("*.py"))),
        "GENERATOR": f"openapi-python-client {metadata.version('openapi-python-client')}",
        "OPERATIONS": len(list(operations(document))),
    }
    lines = [f"{name} = {_write_literal(value)}\n" for name, value in facts.items()]
    return '"""What this package was generated from."""\n\n' + "".join(lines)


def check_package(package: Path, patched: Document) -> None:
    """Refuse a package that lacks an operation, has an invented name, or imports what is not there."""
    expected, written = len(list(operations(patched))), len(list((package / "api").glob("*/[!_]*.py")))
    if written != expected:
        raise StageError(f"the document has {expected} operations, the generator wrote {written}; nothing was replaced")
    own = {snake_case(name) for site in schemas(patched) for name in (site.name, str(site.schema.get("title", "")))}
    paths = {path.relative_to(package).with_suffix("").parts: path for path in sorted(package.rglob("*.py"))}
    importable = {*paths, *(module[:-1] for module in paths)}
    for module, path in paths.items():
        _check_relative_imports(importable, module, path)
        if path.parent.name == "models" and (leftover := _find_leftover(path.stem, own)):
            raise StageError(
                f"models/{path.name}: {leftover!r} is the generator's name for a union member, not the document's; "
                "give the schema a title with an action in overlay/quirks.overlay.yaml"
            )


def check_imports(package: Path) -> None:
    """Import every module of a package in a fresh interpreter; refuse the package if one fails or warns.

    Raises:
        StageError: names the module and says what it raised.
    """
    command = [sys.executable, "-I", "-B", "-c", _IMPORT_ALL, str(package.parent), package.name]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        last = [*done.stdout.splitlines()[-1:], *done.stderr.splitlines()[-1:]]
        raise StageError(
            f"the generated {': '.join(last)[:400]}; this is a defect of the pipeline, nothing was replaced"
        )


# The package's own warnings are errors; those of what it depends on are not ours.
_IMPORT_ALL = """
import importlib, os, pkgutil, sys, warnings
sys.modules["click"] = None  # httpx imports its command line where it can, which takes longer than itself
import attrs, httpx
sys.path.insert(0, sys.argv[1])
warnings.simplefilter("error")
package = importlib.import_module(sys.argv[2])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith(".__main__"):
        print(module.name)
        importlib.import_module(module.name)
sys.stdout.flush()
os._exit(0)  # to take apart what was imported takes time
"""


Module = tuple[str, ...]  # a module's names, below the package


def _check_relative_imports(importable: Collection[Module], module: Module, path: Path) -> None:
    code = path.read_bytes()
    # To parse every module takes long, so that is done only where a line, or one of a text, may be a broken import.
    found = (match.groups() for match in _RELATIVE_IMPORT.finditer(code.decode()))
    if all(_has_target(importable, module, len(dots), held, re.split(r",\s*", names)) for dots, held, names in found):
        return
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [alias.name for alias in node.names]
            if not _has_target(importable, module, node.level, node.module or "", names):
                raise StageError(
                    f"{'/'.join(module)}.py:{node.lineno} imports {node.module!r}, which was not generated; "
                    "a schema was dropped: see the generator's warnings and add a quirk to overlay/quirks.overlay.yaml"
                )


def _has_target(importable: Collection[Module], module: Module, level: int, held: str, names: Sequence[str]) -> bool:
    """Whether the package has the module of a relative import, or of an import without one, all the names."""
    targets = ((*module[:-level], *name.split(".")) for name in ([held] if held else names))
    return level <= len(module) and all(target in importable for target in targets)


def _find_leftover(module: str, own: set[str]) -> str:
    """The part of a module's name that the generator invented for a union member; empty if the document has it."""
    found = LEFTOVER_NAME.search(module)
    if not found or any(found[0] in name and name in module for name in own):
        return ""
    return found[0]


def format_code(package: Path) -> None:
    """Remove unused imports, sort the others, and format every module.

    Raises:
        StageError: a module is no Python, or has an escape that means nothing: a text was cut in two. Or ruff failed.
    """
    ruff = find_ruff_bin()
    for command, *options in (("check", "--fix", "--fixable=F401,I", "--select=F401,I,F63,F7,W605"), ("format",)):
        done = subprocess.run(
            [ruff, command, *RUFF, *options, "."],
            cwd=package,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"RUFF_OUTPUT_FORMAT": "concise", "NO_COLOR": "1"},
            check=False,
        )
        output = done.stdout + done.stderr
        if done.returncode and (found := _REFUSAL.search(output)):
            raise StageError(
                f"{found['place']} is no Python ({found['reason']}); nothing was replaced, "
                "mend the name or text with an action in overlay/quirks.overlay.yaml"
            )
        if done.returncode:
            output = " ".join(output.split())[:400] or f"status {done.returncode}"
            raise StageError(
                f"ruff {command} failed on the generated code: {output}; nothing was replaced, try `make setup`"
            )


_REFUSAL = re.compile(r"^(?P<place>\S+\.py:\d+):\d+: \S+ (?P<reason>.+)$", re.MULTILINE)


def _write_literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else ascii(value) if '"' in value else f'"{ascii(value)[1:-1]}"'
