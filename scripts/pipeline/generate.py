"""Generate the package from the patched document: generator, formatter, runtime modules, provenance, checks, swap."""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from openapi_python_client.parser import GeneratorData
from openapi_python_client.strings import snake_case

from scripts import stage
from scripts.pipeline import generator, source, templates
from scripts.pipeline import validate as validate_document
from scripts.spec import document as documents
from scripts.spec.document import Document
from scripts.spec.walk import operations, schemas
from scripts.stage import StageError

# Given in full, and `--isolated`: else a newer ruff's defaults or a pyproject.toml nearby rewrite every file.
RUFF = ("--isolated", "--no-cache", "--quiet", "--line-length", "120", "--target-version", "py311")
LEFTOVER_NAME = re.compile(r"type_\d")
_RELATIVE_IMPORT = re.compile(r"^[ \t]*from (\.+)([\w.]*) import (.*)$", re.MULTILINE)


class Built(NamedTuple):
    """What a generated package holds."""

    operations: int
    models: int
    files: int


def build(patched: Document, package: Path, made: GeneratorData | None = None) -> Built:
    """Generate the whole package into the new directory ``package``.

    ``made`` is what `validate_document.check` gave, where the document was checked before.

    Raises:
        StageError: the document is not valid, the generator is another than the templates were forked from, warned or
            failed, or what it wrote is not what the document promises.
    """
    templates.check()
    try:
        made = made or validate_document.check(patched)
    except StageError as error:
        raise StageError(f"{stage.relative(stage.PATCHED)}: {error}") from error
    generator.write(made, patched, package)
    _ruff("check", package, "--select", "F401,I", "--fix")
    _ruff("format", package)
    for module in sorted(stage.RUNTIME.glob("*.py")):
        shutil.copyfile(module, package / module.name)
    (package / "py.typed").touch()
    (package / "_provenance.py").write_text(provenance(patched), encoding="utf-8")
    check(package, patched)
    (package / "SHA256SUMS").write_text(
        "".join(
            f"{_sha256(path)}  {path.relative_to(package).as_posix()}\n"
            for path in sorted(package.rglob("*"))
            if path.is_file()
        ),
        encoding="utf-8",
    )
    return Built(
        operations=len(list(operations(patched))),
        models=len(list((package / "models").glob("*.py"))) - 1,
        files=sum(path.is_file() for path in package.rglob("*")),
    )


def provenance(patched: Document) -> str:
    """The text of the package's ``_provenance.py``: what it was made from. No date: same inputs, same bytes."""
    api_version = str(patched["info"]["version"])
    flows = next(s for s in patched["components"]["securitySchemes"].values() if s["type"] == "oauth2")["flows"]
    facts: dict[str, str | int] = {
        "__version__": source.distribution_version(api_version, source.read(source.text()).release),
        "API_VERSION": api_version,
        "BASE_URL": str(patched["servers"][0]["url"]),
        "TOKEN_URL": str(next(flow["tokenUrl"] for flow in flows.values() if "tokenUrl" in flow)),
        "UPSTREAM_SHA256": _sha256(stage.UPSTREAM),
        "OVERLAY_SHA256": _sha256(stage.OVERLAY),
        "TEMPLATES_SHA256": _sha256(*sorted(stage.TEMPLATES.glob("*.jinja"))),
        "RUNTIME_SHA256": _sha256(*sorted(stage.RUNTIME.glob("*.py"))),
        "GENERATOR": f"openapi-python-client {version('openapi-python-client')}",
        "OPERATIONS": len(list(operations(patched))),
    }
    lines = [f"{name} = {_literal(value)}\n" for name, value in facts.items()]
    return '"""What this package was generated from."""\n\n' + "".join(lines)


def check(package: Path, patched: Document) -> None:
    """Refuse a package that lacks an operation, has an invented name, or imports what is not there."""
    wanted, written = len(list(operations(patched))), len(list((package / "api").glob("*/[!_]*.py")))
    if written != wanted:
        raise StageError(f"the document has {wanted} operations, the generator wrote {written}; nothing was replaced")
    own = {snake_case(name) for site in schemas(patched) for name in (site.name, str(site.schema.get("title", "")))}
    for path in sorted(package.rglob("*.py")):
        _check_code(package, path)
        if path.parent.name == "models" and (leftover := _leftover(path.stem, own)):
            raise StageError(
                f"models/{path.name}: {leftover!r} is the generator's name for a union member, not the document's; "
                "give the schema a title with an action in overlay/quirks.overlay.yaml"
            )


def _check_code(package: Path, path: Path) -> None:
    code = path.read_bytes()
    try:
        with warnings.catch_warnings(action="error"):  # An escape that means nothing is a text that was cut in two.
            compile(code, path.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise StageError(
            f"{path.relative_to(package)}:{error.lineno} is no Python ({error.msg}); nothing was replaced, "
            "mend the name or text with an action in overlay/quirks.overlay.yaml"
        ) from error
    # To parse every module takes long, so that is done only where a line, or one of a text, may be a broken import.
    found = (match.groups() for match in _RELATIVE_IMPORT.finditer(code.decode()))
    if all(_exists(package, path, len(dots), module, re.split(r",\s*", names)) for dots, module, names in found):
        return
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.level:
            names = [alias.name for alias in node.names]
            if not _exists(package, path, node.level, node.module or "", names):
                raise StageError(
                    f"{path.relative_to(package)}:{node.lineno} imports {node.module!r}, which was not generated; "
                    "a schema was dropped: see the generator's warnings and add a quirk to overlay/quirks.overlay.yaml"
                )


def _exists(package: Path, path: Path, level: int, module: str, names: Sequence[str]) -> bool:
    """Whether the module of a relative import is in the package, or of an import without one, all the names."""
    base = path.parents[level - 1]
    wanted = [base.joinpath(*module.split("."))] if module else [base / name for name in names]
    return base.is_relative_to(package) and all(one.is_dir() or one.with_suffix(".py").is_file() for one in wanted)


def _leftover(module: str, own: set[str]) -> str:
    """What the generator made up of a module's name for a union member; empty if a name of the document says it."""
    found = LEFTOVER_NAME.search(module)
    if not found or any(found[0] in name and name in module for name in own):
        return ""
    return found[0]


def _ruff(command: str, package: Path, *options: str) -> None:
    done = _run("ruff", command, *RUFF, *options, str(package))
    if done.returncode:
        told = " ".join((done.stdout + done.stderr).split())[:400] or f"status {done.returncode}"
        raise StageError(f"ruff {command} failed on the generated code: {told}; nothing was replaced, try `make setup`")


def _run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an installed tool; ``-P``: whatever of that name lies in the working directory is not it."""
    fixed = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "COLUMNS": "9999", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(
        [sys.executable, "-P", "-m", module, *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | fixed,
        check=False,
    )


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else ascii(value) if '"' in value else f'"{ascii(value)[1:-1]}"'


def _sha256(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes() if len(paths) == 1 else f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def main(argv: list[str] | None = None) -> int:
    """Generate ``generated/criteo_retail_media`` from ``openapi/patched.json``."""
    argparse.ArgumentParser(description=main.__doc__).parse_args(argv)

    def work() -> int:
        begun = time.monotonic()
        name = stage.relative(stage.PATCHED)
        if not stage.PATCHED.is_file():
            raise StageError(f"{name}: is missing; `make patch` writes it from openapi/upstream.json")
        patched = documents.parse(stage.PATCHED.read_bytes(), name)
        stage.GENERATED.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new.", dir=stage.GENERATED) as beside:
            built = build(patched, Path(beside) / stage.PACKAGE.name)
            stage.replace_directory(stage.PACKAGE, Path(beside) / stage.PACKAGE.name)
        print(
            f"generated {stage.relative(stage.PACKAGE)}: {built.operations} operations, {built.models} models, "
            f"{built.files} files, no warnings ({time.monotonic() - begun:.1f} s)"
        )
        return 0

    return stage.run(work)
