"""The one door to the stages: ``python -m scripts fetch …``, which the Makefile calls.

It reads the arguments, prints what a stage returns, and turns an error into one line on stderr and an exit status.
A command imports its stages when it runs: the generator and what the checkers need are slow to import.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.project import Project, StageError, printable

if TYPE_CHECKING:
    from scripts.pipeline.fetch import Fetch
    from scripts.pipeline.overlay import Patched
    from scripts.spec.document import Document

ROOT = Path(__file__).resolve().parent.parent

# What `make` hands over in the environment, under this prefix: so no shell reads it.
VALUES = ("SPEC", "VERSION", "OPERATIONS", "DEST", "INDEX", "FROM", "TO")
SWITCHES = ("CHECK", "DROP", "FORCE", "NEW", "JSON")
PREFIX = "SCRIPTS_"

LISTED = 20  # faults that an error lists at most

Command = Callable[[Project, argparse.Namespace], int | None]  # the exit status, where it is not 0


def main(arguments: Sequence[str] | None = None, project: Project | None = None) -> int:
    """Run the command that the arguments name; return its exit status."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A document's text may hold what the terminal's encoding lacks.
        sys.stdout.reconfigure(errors="backslashreplace")
    project = project or Project(ROOT)
    name, others = "make", tuple[str, ...]()
    try:
        options = _parser(_take_environment(os.environ)).parse_args(arguments)
        name = options.command
        status = options.run(project, options)
        sys.stdout.flush()
        return int(status or 0)
    except StageError as error:
        message, others = str(error), error.others
    except KeyboardInterrupt:
        message = "interrupted; the files on disk are as they were"
    except BrokenPipeError:  # the reader had enough (`| head`); without this, Python complains again as it exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        message = f"{error.filename or 'file system'}: {error.strerror or error}; the files on disk are as they were"
    message = message.replace(f"{project.root}{os.sep}", "")
    if len(others) >= LISTED:
        others = (*others[: LISTED - 1], f"and {len(others) - LISTED + 1} more")
    lines = (printable(" ".join(line.split())) for line in (f"{name}: {message}", *others))
    print("\n  ".join(lines), file=sys.stderr, flush=True)
    return 1


def _take_environment(environment: MutableMapping[str, str]) -> dict[str, str | bool]:
    """Remove the values that `make` was given from the environment, so that no child process inherits them.

    Raises:
        StageError: a value has more than one line, or a switch is not 1.
    """
    given = dict[str, str | bool]()
    for name in (*VALUES, *SWITCHES, "TESTS"):
        value = environment.pop(PREFIX + name, "")
        if len(value.splitlines()) > 1:
            raise StageError(f"{name} holds a line break; give it in one line")
        if name in SWITCHES and value not in ("", "1"):
            raise StageError(f"{name}={value} means nothing; {name}=1 switches it on, leaving it out is off")
        if name == "TESTS" and value not in ("", "0", "all"):
            raise StageError(f"TESTS={value} means nothing; give TESTS=0 or TESTS=all, or leave it out")
        if value:
            given[name.lower()] = name in SWITCHES or value
    return given


def _parser(given: Mapping[str, str | bool]) -> argparse.ArgumentParser:
    """The parser of all commands; the values that ``make`` was given are the defaults."""
    parser = argparse.ArgumentParser(prog="python -m scripts", description=__doc__.splitlines()[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    document = argparse.ArgumentParser(add_help=False)
    document.add_argument("--version", help="such as 2026-01; else source.toml's")
    document.add_argument("--spec", help="URL or path, JSON or YAML; else source.toml's")

    def add(run: Command, *parents: argparse.ArgumentParser) -> Callable[..., argparse.Action]:
        text = (run.__doc__ or "").splitlines()[0]
        command = commands.add_parser(run.__name__, help=text, description=text, parents=parents)
        command.set_defaults(run=run, **given)
        return command.add_argument

    argument = add(fetch, document)
    argument("--operations", help='"a b*", "tag:Audience"; "*": all')
    argument("--check", action="store_true", help="write nothing; exit 1 if anything changed")
    add(operations, document)
    for run in (patch, validate, generate, audit, drift):
        add(run)
    argument = add(bump, document)
    argument("--drop", action="store_true", help="go on without the operations that are gone")
    argument("--tests", choices=("0", "all"), help="0: take it untested")
    argument = add(report)
    argument("--from", metavar="OLD", help="URL, path or commit")
    argument("--to", metavar="NEW", help="URL, path or commit")
    argument("--operations", help="as fetch has it; else all")
    argument("--json", action="store_true", help="as data")
    add(types)("roots", nargs="*", help="what to check; all where none is given")
    add(docs)
    add(dist)
    argument = add(publish)
    argument("index", nargs="?", help="upload URL of the index")
    argument("--new", action="store_true", help="upload without asking the index for its versions")
    argument = add(vendor)
    argument("dest", nargs="?", metavar="destination", help="the folder for the copy")
    argument("--force", action="store_true", help="overwrite files that were edited since")
    argument = add(wheel)
    argument("--lowest", action="store_true", help="the lowest versions that pyproject.toml allows")
    argument("arguments", nargs="*", help="more arguments for pytest; the first one after --")
    return parser


def _announce(line: str) -> None:
    print(printable(line), flush=True)


def fetch(project: Project, options: argparse.Namespace) -> int:
    """Fetch the document into openapi/upstream.json: the operations selected, and what they reach."""
    from scripts.changes.carry import carry
    from scripts.pipeline.download import NotModified
    from scripts.pipeline.fetch import PRODUCT, fetch_document, write_fetched
    from scripts.spec.select import offered

    def follow(entries: Sequence[str], kept: Document, new: Document) -> tuple[str, ...]:
        carried = carry(entries, kept, new)
        if carried.gone and not (options.check and carried.selected):
            return tuple(carried.renamed.get(entry, entry) for entry in entries)  # those that are gone are refused
        return carried.selected

    name = project.relative(project.upstream)
    selection = tuple((options.operations or "").split())
    try:
        fetched = fetch_document(project, options.spec, options.version, selection, follow)
    except NotModified as server:
        print(f"{name}: unchanged, says {server}")
        return 0
    upstream, kept = fetched.upstream, fetched.kept
    print(
        f"{upstream.origin}: kept {len(offered(kept))} of {len(offered(upstream.document))} operations, "
        f"{len(kept['components'].get('schemas', {}))} schemas; {len(upstream.content)} bytes read, "
        f"{len(fetched.new)} kept"
    )
    if fetched.product != PRODUCT:
        print(printable(f"{upstream.origin}: a document of {fetched.product}, not of {PRODUCT}; the names stay ours"))
    for operation in fetched.unnamed:
        print(printable(f"{operation.place} has no operationId; it is {operation.id} here"))
    last = f"{name}: unchanged"
    if fetched.is_changed:
        last = f"{name}: new" if not fetched.old else _print_changes(project, fetched)
    if options.check:
        print(*[f"{name}: `make fetch` takes the changes"] * fetched.is_changed, last, sep="\n")
        return int(fetched.is_changed)
    print(last)
    if write_fetched(project, fetched):
        again = f"{name}: written; `make` regenerates the client from it"
        print(again if fetched.is_changed else f"{project.relative(project.source)}: written")
    return 0


def _print_changes(project: Project, fetched: Fetch) -> str:
    """Print what changed between the document on disk and the one fetched; return the sentence that ends it."""
    from scripts.changes.clients import compare_documents
    from scripts.changes.report import name_change, summarize, write_report
    from scripts.spec.document import parse

    name = project.relative(project.upstream)
    try:
        old = parse(fetched.old, name)
    except StageError as error:
        return printable(f"{name}: changed; no comparison with what was there: {error}")
    changes = compare_documents(project, old, fetched.kept)
    if not changes.facts:
        return f"{name}: changed, but in nothing that the client shows"
    selected = fetched.differs_by_selection_alone(old)
    title = f"Another selection of API version {changes.new}" if selected else name_change(changes)
    print(write_report(changes, title))
    return summarize(changes, title)


def operations(project: Project, options: argparse.Namespace) -> None:
    """List what the document offers: operationId, method and path, tags, scopes, and whether upstream.json has it."""
    from scripts.pipeline.operations import list_operations, table
    from scripts.spec.select import offered

    upstream, kept = list_operations(project, options.spec, options.version)
    print(*table(upstream.document, kept), sep="\n")
    every = [operation.id for operation in offered(upstream.document)]
    print(f"{len(every)} operations of {upstream.origin}, {len(kept.intersection(every))} of them kept")


def patch(project: Project, options: argparse.Namespace) -> None:
    """Apply overlay/quirks.overlay.yaml: openapi/upstream.json -> openapi/patched.json."""
    _patch(project)


def _patch(project: Project) -> Patched:
    from scripts.pipeline.overlay import patch_upstream, write_patched

    patched = patch_upstream(project)
    word = "written" if write_patched(project, patched) else "unchanged"
    applied = sum(outcome.changed for outcome in patched.outcomes)
    print(f"{project.relative(project.patched)}: {word}, {applied} of {len(patched.outcomes)} quirks applied")
    for outcome in patched.outcomes:
        if not outcome.changed:
            print(f"  not needed here: {outcome.action} ({outcome.excuse})")
    return patched


def validate(project: Project, options: argparse.Namespace) -> None:
    """Patch the document and check the result."""
    from scripts.pipeline.validate import validate_patched

    patched = _patch(project)
    validate_patched(project, patched)
    _print_valid(project, patched.document)


def _print_valid(project: Project, document: Document) -> None:
    from scripts.pipeline.prepare import count_media_choices
    from scripts.spec.select import offered

    print(f"{project.relative(project.patched)}: valid, {len(offered(document))} operations")
    if count := count_media_choices(document):
        print(f"  {count} bodies and answers come in several media types; the client takes JSON where it is offered")


def generate(project: Project, options: argparse.Namespace) -> None:
    """Patch and check the document, and generate generated/criteo_retail_media from it."""
    from scripts.pipeline.generate import generate_client

    began = time.monotonic()
    patched = _patch(project)
    built = generate_client(project, patched)
    _print_valid(project, patched.document)
    print(
        f"generated {project.relative(project.package)}: {built.operations} operations, {built.models} models, "
        f"{built.files} files, no warnings ({time.monotonic() - began:.1f} s)"
    )


def audit(project: Project, options: argparse.Namespace) -> int:
    """Name the quirks that are no longer needed; exit 1 if there are any."""
    from scripts.pipeline.audit import audit_overlay

    verdicts = audit_overlay(project)
    for verdict in verdicts:
        word = "needed" if verdict.needed else "idle here" if verdict.excuse else "NOT NEEDED"
        print(f"{word}: {verdict.action}: {verdict.excuse or verdict.because}")
    dead = sum(verdict.is_dead for verdict in verdicts)
    print(f"{project.relative(project.overlay)}: {len(verdicts)} actions, {dead} to remove")
    return int(dead > 0)


def drift(project: Project, options: argparse.Namespace) -> None:
    """Fail if patched.json or generated/ is not what upstream.json and overlay/ give."""
    from scripts.pipeline.drift import find_drift

    if lines := find_drift(project):
        print(*map(printable, lines), sep="\n", file=sys.stderr)
        raise StageError(f"{len(lines)} of the files drifted; run `make`, and commit what it writes")
    print("no drift: openapi/patched.json and generated/ are what the inputs give")


def bump(project: Project, options: argparse.Namespace) -> None:
    """Move to an API version, or take what changed in place."""
    from scripts.bump import bump_client
    from scripts.changes.report import summarize

    tests = options.tests or ""
    bumped = bump_client(project, options.spec, options.version, drop=options.drop, tests=tests, announce=_announce)
    if bumped is None:
        print(f"{project.relative(project.upstream)}: unchanged; there is nothing to bump")
        return
    plan, report = bumped
    names = [project.relative(path) for path in (project.changes, project.renames, project.changelog)]
    print(f"{', '.join(names)} say what callers do about it; review with git, and commit")
    print(f"{plan.old.distribution} → {plan.new.distribution}: {summarize(report)}")


def report(project: Project, options: argparse.Namespace) -> None:
    """Tell what changed between two documents, or two commits of this repository, for callers of their clients."""
    from scripts.changes.carry import carry
    from scripts.changes.clients import compare_documents, read_document
    from scripts.changes.report import name_change, write_report
    from scripts.spec.select import select

    first, second = (vars(options)[name] for name in ("from", "to"))
    if not first or not second:
        raise StageError("FROM= and TO= are needed, each the URL or path of a document, or a commit of this repository")
    selection = tuple((options.operations or "*").split())
    new = read_document(project, second)
    old = select(read_document(project, first), selection)
    kept = carry(selection, old, new).selected  # what is renamed is followed; what is gone is for the report to tell
    changes = compare_documents(project, old, select(new, kept) if kept else new | {"paths": {}})
    if options.json:
        print(json.dumps(changes.to_json(), indent=1))
    else:
        print(write_report(changes, name_change(changes)), end="")


def types(project: Project, options: argparse.Namespace) -> None:
    """Check types: mypy --strict and basedpyright."""
    from scripts.release.typecheck import check_types

    check_types(project, options.roots, announce=_announce)


def docs(project: Project, options: argparse.Namespace) -> None:
    """Write a reference of the generated package: site/index.html."""
    from scripts.release.docs import write_reference

    began = time.monotonic()
    written = write_reference(project)
    print(
        f"built {project.relative(written.folder)}/index.html: "
        f"{written.pages} pages, {written.size / 1e6:.1f} MB ({time.monotonic() - began:.1f} s)"
    )


def dist(project: Project, options: argparse.Namespace) -> None:
    """Build and check the sdist and the wheel in dist/."""
    from scripts.release.dist import build_distributions

    print(*(f"built {project.relative(path)}" for path in build_distributions(project)), sep="\n")


def publish(project: Project, options: argparse.Namespace) -> None:
    """Upload the distribution to an index; credentials from TWINE_USERNAME and TWINE_PASSWORD, or .pypirc."""
    from scripts.pipeline.source import read_source
    from scripts.release.publish import publish_distributions

    if not options.index:
        raise StageError("INDEX=url is needed, the upload URL of your package index")
    published = publish_distributions(project, options.index, new=options.new)
    print(f"published {', '.join(path.name for path in published.files)} to {options.index}")
    if published.simple:
        print(f"install it with: pip install --index-url {published.simple} criteo-retail-media")
    if twin := (source := read_source(project)).twin:
        print(f"this is the client of {source.version}; {twin} is numbered 0.0.N too, so give it another index")


def vendor(project: Project, options: argparse.Namespace) -> None:
    """Copy the client into another repository."""
    from scripts.release.vendor import vendor_client

    if not options.dest:
        raise StageError("DEST=directory is needed, such as DEST=../app/src/app/_vendor")
    vendored = vendor_client(project, Path(options.dest), force=options.force)
    if vendored.old is None:
        print(printable(f"vendored {vendored.copy}: {vendored.new}, {vendored.files} files"))
    else:
        counts = f"{vendored.added} added, {vendored.changed} changed, {vendored.removed} removed"
        print(printable(f"updated {vendored.copy} from {vendored.old} to {vendored.new}; files: {counts}"))
    for path in vendored.created:
        print(printable(f"made {path}, which was missing"))


def wheel(project: Project, options: argparse.Namespace) -> None:
    """Run the client's tests on the built and installed wheel."""
    from scripts.release.wheel import run_client_tests

    run_client_tests(project, lowest=options.lowest, arguments=options.arguments)


if __name__ == "__main__":
    sys.exit(main())
