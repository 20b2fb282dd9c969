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
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import document
import stage
from document import Document
from stage import StageError

SETTINGS = stage.OVERLAY.parent / "generator.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Given in full, and `--isolated`: else a newer ruff's defaults or a pyproject.toml nearby rewrite every file.
RUFF = ("--isolated", "--no-cache", "--quiet", "--line-length", "120", "--target-version", "py311")
LEFTOVER_NAME = re.compile(r"(?:Type|type_)\d")


class Built(NamedTuple):
    """What a generated package holds."""

    operations: int
    models: int
    files: int


def build(patched: Document, package: Path) -> Built:
    """Generate the whole package into the new directory ``package``.

    Raises:
        StageError: the generator warned or failed, or what it wrote is not what the document promises.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "patched.json"
        source.write_bytes(document.dump(patched))
        _generate(source, package)
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


def operations(patched: Document) -> Iterator[tuple[str, str]]:
    """Path and method of each operation of the document."""
    for path, item in patched["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method


def provenance(patched: Document) -> str:
    """The text of the package's ``_provenance.py``: what it was made from. No date: same inputs, same bytes."""
    api_version = str(patched["info"]["version"])
    if not (parts := re.fullmatch(r"(\d{4})-(\d{2})", api_version)):
        raise StageError(f"info.version is {api_version!r:.40}, not a version such as 2026-01; fetch a dated version")
    year, month = parts.groups()
    release = tomllib.loads(stage.SOURCE.read_text(encoding="utf-8"))["release"]
    flows = next(s for s in patched["components"]["securitySchemes"].values() if s["type"] == "oauth2")["flows"]
    facts: dict[str, str | int] = {
        "__version__": f"{int(year)}.{int(month)}.{int(release)}",
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
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_bytes(), filename=path.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                _check_import(package, path, node)
        if path.parent.name == "models" and (name := LEFTOVER_NAME.search(path.stem)):
            raise StageError(
                f"models/{path.name}: {name.group()!r} is the generator's name for a union member, not the document's; "
                "give the schema a title with an action in overlay/quirks.overlay.yaml"
            )


def _check_import(package: Path, path: Path, node: ast.ImportFrom) -> None:
    base = path.parent
    for _ in range(node.level - 1):
        base = base.parent
    target = base.joinpath(*(node.module or "").split("."))
    names = [target, target.with_suffix(".py")]
    if not node.module:
        names = [base / alias.name for alias in node.names]
        names += [name.with_suffix(".py") for name in names]
    if not base.is_relative_to(package) or not any(name.exists() for name in names):
        raise StageError(
            f"{path.relative_to(package)}:{node.lineno} imports {node.module!r}, which was not generated; "
            "a schema was dropped: see the generator's warnings and add a quirk to overlay/quirks.overlay.yaml"
        )


def _generate(source: Path, package: Path) -> None:
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--path", str(source), "--meta", "none"),
        *("--output-path", str(package), "--custom-template-path", str(stage.TEMPLATES)),
        *("--config", str(SETTINGS), "--fail-on-warning"),
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        text = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        told = [line for line in text if not line.startswith(("Generating ", "Warning(s) encountered"))]
        shown = " | ".join(told[:4]) if "Traceback" not in done.stderr else f"it crashed: {text[-1]}"
        raise StageError(f"openapi-python-client refused the patched document: {shown[:600]}; nothing was replaced")


def _ruff(command: str, package: Path, *options: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", command, *RUFF, *options, str(package)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = " ".join((done.stdout + done.stderr).split())[:400]
        raise StageError(f"ruff {command} refused the generated code: {told}; nothing was replaced")


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
        patched = document.parse(stage.PATCHED.read_bytes(), stage.relative(stage.PATCHED))
        with tempfile.TemporaryDirectory(prefix=".new.", dir=stage.GENERATED) as beside:
            built = build(patched, Path(beside) / stage.PACKAGE.name)
            stage.replace_directory(stage.PACKAGE, Path(beside) / stage.PACKAGE.name)
        print(
            f"generated {stage.relative(stage.PACKAGE)}: {built.operations} operations, {built.models} models, "
            f"{built.files} files, no warnings ({time.monotonic() - begun:.1f} s)"
        )
        return 0

    return stage.run(work)


if __name__ == "__main__":
    raise SystemExit(main())
