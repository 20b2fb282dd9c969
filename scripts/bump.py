"""Move the client to another API version, or take what changed in place: fetch, overlay, generation, report, tests.

All of it happens in a copy, whose results are swapped in at the end: a bump that fails changes nothing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.changes.carry import Carried, carry
from scripts.changes.change import Report
from scripts.changes.changelog import last_release, with_entry
from scripts.changes.clients import compare_documents, read_client, read_committed
from scripts.changes.facts import compare_clients
from scripts.changes.report import code, name_change, write_report, write_words
from scripts.files import make_beside, read_files, replace_directory, replace_files
from scripts.pipeline.audit import audit_overlay
from scripts.pipeline.fetch import load_upstream, record_fetch
from scripts.pipeline.generate import generate_client
from scripts.pipeline.overlay import allow_idle, apply_actions, patch_upstream, read_overlay, write_patched
from scripts.pipeline.source import Source, read_source, read_text, rewrite_source
from scripts.project import Project, StageError
from scripts.release.dist import build_into
from scripts.release.typecheck import check_types
from scripts.spec.document import Document, dump, parse
from scripts.spec.select import offered, select

NOTHING_CHANGED = "nothing was changed"
PARALLEL = ("-n", "logical", "--dist", "loadfile")  # as `make test` has it
# The tests of what a document decides: of the client's, those that call its operation or read its models. The others
# are of the pipeline, which a bump cannot change, and of the runtime, which it only copies.
TESTS = (
    *(f"tests/client/test_{name}.py" for name in ("bulk", "call", "encoding", "models", "odd_answers", "open_enum")),
    "tests/client/test_testing.py",
    "tests/whole/test_contract.py",
    "tests/whole/test_equivalence.py",
    "tests/release/test_readme.py",
)
TYPED = ("generated", "tests/typing/consumer.py")
# What git ignores, and git itself.
CACHES = shutil.ignore_patterns("__pycache__", ".*_cache", ".coverage*", ".hypothesis", ".new.*")
TOP = shutil.ignore_patterns(".git", ".venv", "dist", "site", "build")

Announce = Callable[[str], object]


@dataclass(frozen=True)
class Plan:
    """From what to what, with the documents kept."""

    old: Source
    new: Source
    before: Document
    after: Document
    carried: Carried


def bump_client(
    project: Project, spec: str | None, version: str | None, *, drop: bool, tests: str, announce: Announce
) -> tuple[Plan, Report] | None:
    """Bump the project's client; None if the document is the one that is here.

    Args:
        project: is left as it was until all is done.
        spec: URL or path of the document; else source.toml's URL.
        version: the API version; else source.toml's.
        drop: go on without operations that are gone.
        tests: ``"0"`` for none, ``"all"`` for all, ``""`` for those of what a document decides.
        announce: is told of each step.

    Raises:
        StageError: a step fails; what is wrong, and what to do first.
    """
    began = _read_state(project)
    plan = plan_bump(project, spec, version, drop=drop)
    if plan is None:
        return None
    for was, now in plan.carried.renamed.items():
        announce(f"renamed: {was} is now {now}")
    for name in plan.carried.gone:
        announce(f"dropped: {name}")
    with tempfile.TemporaryDirectory(prefix="bump-") as scratch:
        copy = Project(Path(scratch) / project.root.name)
        shutil.copytree(project.root, copy.root, ignore=lambda *names: _leave_out(project, *names), symlinks=True)
        try:
            report = _bump_copy(project, copy, plan, announce)
        except StageError as error:
            raise StageError(f"{error}; {NOTHING_CHANGED}, run `make bump` again after that") from error
        if tests != "0":
            check_client(project, copy, everything=tests == "all", announce=announce)
        if _read_state(project) != began:
            raise StageError(f"files here changed while the bump ran; {NOTHING_CHANGED}, run it again")
        swap_in(project, copy)
    return plan, report


def plan_bump(project: Project, spec: str | None, version: str | None, *, drop: bool) -> Plan | None:
    """Fetch, and say what is to become of what; None if the document is the one that is here.

    Raises:
        StageError: the document cannot be had, or operations kept are gone from it and ``drop`` is not said.
    """
    old = read_source(project)
    source = old.at(version or old.version)
    before = parse(project.upstream.read_bytes(), project.relative(project.upstream))
    address = spec or source.document_url
    upstream = load_upstream(address, source.version)
    carried = carry(old.operations, before, upstream.document)
    if carried.gone and not drop:
        names = (f"{name} (nearest: {', '.join(near)})" if near else name for name, near in carried.gone.items())
        raise StageError(
            f"{len(carried.gone)} of the {len(offered(before))} operations kept are gone from {source.version}: "
            f"{'; '.join(names)}. {NOTHING_CHANGED.capitalize()}; run it again with DROP=1 to go on without them"
        )
    if not carried.selected:
        raise StageError(f"none of the operations kept is in {source.version}; {NOTHING_CHANGED}")
    after = select(upstream.document, carried.selected)
    if source.version == old.version and dump(after) == project.upstream.read_bytes():
        return None
    changelog = project.changelog.read_text("utf-8")
    release = old.release + 1 if source.version == old.version else last_release(changelog, source.version)
    fetched = record_fetch(upstream, address, dump(after))
    new = replace(source, operations=carried.selected, release=release, fetched=fetched)
    return Plan(old, new, before, after, carried)


def _bump_copy(project: Project, copy: Project, plan: Plan, announce: Announce) -> Report:
    """Do the bump in a copy of the project: every file that it writes, and the package."""
    copy.upstream.write_bytes(dump(plan.after))
    copy.source.write_text(rewrite_source(read_text(project), plan.new), "utf-8")
    patched = patch_upstream(copy)
    write_patched(copy, patched)
    built = generate_client(copy, patched)
    announce(f"generated: {built.operations} operations, {built.models} models")
    if dead := [f"{verdict.action}: {verdict.because}" for verdict in audit_overlay(copy) if verdict.is_dead]:
        raise StageError(f"{copy.relative(copy.overlay)}: not needed any more, remove: {'; '.join(dead)}")
    report = _compare(project, copy, plan)
    changes = write_report(report, f"{plan.new.distribution}: {name_change(report)}") + _write_quirks(project, plan)
    last = project.changes.read_text("utf-8") if project.changes.is_file() else ""
    changelog = with_entry(project.changelog.read_text("utf-8"), plan.new.distribution, last, changes)
    copy.changes.write_text(changes, "utf-8")
    copy.renames.write_text(write_words(report), "utf-8")
    copy.changelog.write_text(changelog, "utf-8")
    return report


def _compare(project: Project, copy: Project, plan: Plan) -> Report:
    """Compare with what generated/ holds, if it was made of the old document; else with what is made of it now."""
    provenance = project.package / "_provenance.py"
    if provenance.is_file() and plan.old.fetched.sha256_kept in provenance.read_text("utf-8"):
        return compare_clients(read_client(project), read_client(copy))
    return compare_documents(project, plan.before, plan.after)


def _write_quirks(project: Project, plan: Plan) -> str:
    """The section of the report on quirks that were added, retired, take effect now or do so no longer."""
    name = project.relative(project.overlay)
    overlay = parse(project.overlay.read_bytes(), name)
    now = was = [action.get("description") or action["target"] for action in overlay["actions"]]
    unknown = ""
    try:
        committed = parse(read_committed(project, "HEAD", name), name)
        was = [action.get("description") or action["target"] for action in committed["actions"]]
    except StageError:
        unknown = "which were added or retired is not known: there is no commit to compare with"
    actions = allow_idle(read_overlay(overlay))
    before, after = (apply_actions(document, actions)[1] for document in (plan.before, plan.after))
    effects = [(each, a.changed, b.changed) for each, a, b in zip(now, before, after, strict=True)]
    lines = [
        *(f"added: {code(each)}" for each in now if each not in was),
        *(f"retired: {code(each)}" for each in was if each not in now),
        *(f"applies now: {code(each)}" for each, had, has in effects if has and not had),
        *(f"no longer needed here: {code(each)}" for each, had, has in effects if had and not has),
        *[unknown] * bool(unknown),
    ]
    return f"\n## Quirks ({len(lines)})\n\n" + "".join(f"- {line}\n" for line in lines) if lines else ""


def check_client(project: Project, copy: Project, *, everything: bool, announce: Announce) -> None:
    """Build the new client, check its types and those of what a team writes, and run tests, where one can watch them.

    Raises:
        StageError: something fails.
    """
    environment = dict(os.environ)
    specs = project.root.parent / "shared" / "specs"  # the tests look beside the repository, which the copy is not
    if everything and specs.is_dir():
        environment.setdefault("CRITEO_SPECS", str(specs))
    targets = () if everything else [name for name in TESTS if (copy.root / name).exists()]
    command = [sys.executable, "-m", "pytest", *PARALLEL, *targets]
    try:
        # At the same time: a type checker uses one core, and so do the last of the tests.
        with subprocess.Popen(command, cwd=copy.root, env=environment) as tests, contextlib.ExitStack() as end:
            end.callback(tests.terminate)

            def go_on(line: str) -> None:
                if tests.poll():
                    raise StageError("tests fail (see above)")
                announce(line)

            build_into(copy, copy.root / "dist")  # first: it is quick, and tests that fail at once fail meanwhile
            check_types(copy, () if everything else TYPED, announce=go_on)
            end.pop_all()
            if tests.wait():
                raise StageError("tests fail (see above)")
    except StageError as error:
        raise StageError(
            f"the new client does not pass: {error}; {NOTHING_CHANGED}. Where a test or an example must follow the "
            "API, run it again with TESTS=0, which takes the new client untested; then mend that, and run "
            "`make types test`"
        ) from error


def _written(project: Project) -> tuple[Path, ...]:
    return project.source, project.upstream, project.patched, project.changes, project.renames, project.changelog


def _leave_out(project: Project, folder: str, names: list[str]) -> set[str]:
    """What is not copied of a folder: no tag of the API may be mistaken for a build."""
    return CACHES(folder, names) | (TOP(folder, names) if Path(folder) == project.root else set())


def swap_in(project: Project, copy: Project) -> None:
    """Take the files and the package of a copy, or none of them."""
    before = {path: path.read_bytes() for path in _written(project) if path.is_file()}
    after = {path: other.read_bytes() for path, other in zip(_written(project), _written(copy), strict=True)}
    with make_beside(project.package) as beside, contextlib.ExitStack() as undo:
        fresh = shutil.copytree(copy.package, beside / copy.package.name, ignore=CACHES)
        for path in after.keys() - before.keys():
            undo.callback(path.unlink, missing_ok=True)
        undo.callback(replace_files, before)
        replace_files(after)
        replace_directory(project.package, fresh)
        undo.pop_all()


def _read_state(project: Project) -> list[object]:
    """What a bump starts from, or writes."""
    folders = (project.source.parent, project.overlay.parent, project.package)
    return [project.changelog.read_bytes(), *map(read_files, folders)]
