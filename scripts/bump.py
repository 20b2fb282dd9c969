"""Move the client to another API version, or take what changed in place: fetch, overlay, generation, tests, report.

All of it happens in a copy, whose results are swapped in at the end: a bump that fails changes nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scripts import stage
from scripts.changes.carry import Carried, carry
from scripts.changes.changelog import last_release, with_entry
from scripts.changes.documents import compare, renamed
from scripts.changes.quirks import committed_overlay, quirk_changes
from scripts.changes.report import client_of, code, no_python, report
from scripts.changes.surface import Surface, surface
from scripts.changes.weave import Packages
from scripts.files import make_beside
from scripts.pipeline import drift as check_drift
from scripts.pipeline.fetch import load_upstream, record_fetch
from scripts.pipeline.source import Source, read_source, read_text, rewrite_source
from scripts.project import Project
from scripts.spec import document as documents
from scripts.spec.document import Document, dump
from scripts.spec.select import offered, select
from scripts.stage import StageError

PROJECT = Project(stage.ROOT)
CHANGES = stage.UPSTREAM.parent / "CHANGES.md"
CHANGELOG = stage.ROOT / "CHANGELOG.md"
WRITTEN = (stage.SOURCE, stage.UPSTREAM, stage.PATCHED, CHANGES, CHANGELOG)
NOTHING_CHANGED = "nothing was changed"
PARALLEL = ("-n", "logical", "--dist", "loadfile")  # as `make test` has it
# What git ignores, and git itself.
CACHES = shutil.ignore_patterns("__pycache__", ".*_cache", ".coverage*", ".hypothesis", ".new.*")
TOP = shutil.ignore_patterns(".git", ".venv", "dist", "site", "build")


@dataclass(frozen=True)
class Bump:
    """From what to what, with the documents kept."""

    old: Source
    new: Source
    before: Document
    after: Document
    carried: Carried


def plan(spec: str | None, version: str | None, changelog: str, *, drop: bool) -> Bump | None:
    """Fetch, and say what is to become of what; None if the document is the one that is here.

    Raises:
        StageError: the document cannot be had, or operations kept are gone from it and ``drop`` is not said.
    """
    old = read_source(PROJECT)
    wanted = old.at(version or old.version)
    before = documents.parse(stage.UPSTREAM.read_bytes(), stage.relative(stage.UPSTREAM))
    address = spec or wanted.document_url
    upstream = load_upstream(address, wanted.version)
    carried = carry(old.operations, before, upstream.document)
    if carried.gone and not drop:
        raise StageError(_told_gone(carried, len(offered(before)), wanted.version))
    if not carried.wanted:
        raise StageError(f"none of the operations kept is in {wanted.version}; {NOTHING_CHANGED}")
    after = select(upstream.document, carried.wanted)
    if wanted.version == old.version and dump(after) == stage.UPSTREAM.read_bytes():
        return None
    release = old.release + 1 if wanted.version == old.version else last_release(changelog, wanted.version)
    fetched = record_fetch(upstream, address, dump(after))
    new = replace(wanted, operations=carried.wanted, release=release, fetched=fetched)
    return Bump(old, new, before, after, carried)


def _told_gone(carried: Carried, kept: int, version: str) -> str:
    told = (f"{name} (nearest: {', '.join(near)})" if near else name for name, near in carried.gone.items())
    return (
        f"{len(carried.gone)} of the {kept} operations kept are gone from {version}: {'; '.join(told)}. "
        f"{NOTHING_CHANGED.capitalize()}; run it again with DROP=1 to go on without them"
    )


def changes_text(bump: Bump, package: Path) -> str:
    """The report on a bump, whose new client is in the directory ``package``."""
    was, now = bump.old.version, bump.new.version
    first = f"API version {was} → {now}." if was != now else f"The document of API version {now} changed in place."
    packages, notes = None, []
    try:
        packages = Packages(_old_client(bump), surface(package), renamed(bump.before, bump.after))
    except StageError as error:  # the overlay may be for the new document only, and generated/ of neither
        notes = [no_python(error)]
    text = f"# {bump.new.distribution}\n\n{first} {report(compare(bump.before, bump.after), packages, notes)}"
    overlay = documents.parse(stage.OVERLAY.read_bytes(), stage.relative(stage.OVERLAY))
    committed = committed_overlay(PROJECT)
    quirks = quirk_changes(bump.before, bump.after, overlay, committed)
    if committed is None:
        quirks.append("which were added or retired is not known: there is no commit to compare with")
    lines = [
        f"- {word}: {code(name)}" if name else f"- {word}" for word, _, name in (q.partition(": ") for q in quirks)
    ]
    return text + (f"\n## Quirks ({len(lines)})\n\n" + "\n".join(lines) + "\n" if lines else "")


def _old_client(bump: Bump) -> Surface:
    """What generated/ offers, if that is what was made of the old document; else what is made of it now."""
    provenance = stage.PACKAGE / "_provenance.py"
    if provenance.is_file() and bump.old.fetched.sha256_kept in provenance.read_text("utf-8"):
        return surface(stage.PACKAGE)
    return client_of(PROJECT, bump.before, "the old document")


def run(copy: Path, *command: str, told: Callable[[str, str], str]) -> None:
    """Run a script or module in the copy; ``told`` makes the error of its output."""
    done = subprocess.run(
        [sys.executable, *command], cwd=copy, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        raise StageError(f"{told(done.stdout, done.stderr)}; {NOTHING_CHANGED}, run `make bump` again after that")
    said = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    print(*said[-1:], sep="\n", flush=True)


def _stage_told(_: str, stderr: str) -> str:
    lines = stderr.strip().splitlines() or ["it failed without a word"]
    return lines[-1].partition(": ")[2] or lines[-1]


def _audit_told(stdout: str, stderr: str) -> str:
    dead = [line.removeprefix("NOT NEEDED: ") for line in stdout.splitlines() if line.startswith("NOT NEEDED: ")]
    if not dead:
        return _stage_told(stdout, stderr)
    return f"{stage.relative(stage.OVERLAY)}: not needed any more, remove: {'; '.join(dead)}"


def test(copy: Path) -> None:
    """Check what a team writes against the new client, and run all tests, where one can watch them.

    Raises:
        StageError: something fails.
    """
    environment = dict(os.environ)
    specs = stage.ROOT.parent / "shared" / "specs"  # the tests look beside the repository, which the copy is not
    if specs.is_dir():
        environment.setdefault("CRITEO_SPECS", str(specs))
    for command in (("-m", "scripts", "types", "generated", "tests/typing/consumer.py"), ("-m", "pytest", *PARALLEL)):
        if subprocess.run([sys.executable, *command], cwd=copy, env=environment, check=False).returncode:
            raise StageError(
                f"the new client does not pass (see above); {NOTHING_CHANGED}. Where a test or an example must follow "
                "the API, run it again with TESTS=0, which takes the new client untested; then mend that, and run "
                "`make types test`"
            )


def bump_in(copy: Path, bump: Bump, *, tests: bool) -> dict[Path, bytes]:
    """Do the bump in a copy of the repository, and return what is to be written here, by its place here."""
    there = {path: copy / path.relative_to(stage.ROOT) for path in (*WRITTEN, stage.PACKAGE)}
    there[stage.UPSTREAM].write_bytes(dump(bump.after))
    there[stage.SOURCE].write_text(rewrite_source(read_text(PROJECT), bump.new), "utf-8")
    run(copy, "-m", "scripts", "generate", told=_stage_told)
    run(copy, "-m", "scripts", "audit", told=_audit_told)
    last = CHANGES.read_text("utf-8") if CHANGES.is_file() else ""
    changes = changes_text(bump, there[stage.PACKAGE])
    changelog = with_entry(CHANGELOG.read_text("utf-8"), bump.new.distribution, last, changes)
    there[CHANGES].write_text(changes, "utf-8")
    there[CHANGELOG].write_text(changelog, "utf-8")
    results = {path: there[path].read_bytes() for path in WRITTEN}
    results |= {
        stage.PACKAGE / name: content or b"" for name, content in check_drift.read_files(there[stage.PACKAGE]).items()
    }
    if tests:
        test(copy)
    return results


def left_out(folder: str, names: list[str]) -> set[str]:
    """What is not copied of a folder: no tag of the API may be mistaken for a build."""
    return CACHES(folder, names) | (TOP(folder, names) if Path(folder) == stage.ROOT else set())


def swap_in(results: dict[Path, bytes]) -> None:
    """Write all results, or none."""
    package = {path: content for path, content in results.items() if path.is_relative_to(stage.PACKAGE)}
    others = {path: content for path, content in results.items() if path not in package}
    with make_beside(stage.PACKAGE) as beside, contextlib.ExitStack() as rollback:
        fresh = beside / stage.PACKAGE.name
        for path, content in package.items():
            place = fresh / path.relative_to(stage.PACKAGE)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        rollback.callback(_restore, {path: path.read_bytes() if path.is_file() else None for path in others})
        stage.replace_files(others)
        stage.replace_directory(stage.PACKAGE, fresh)
        rollback.pop_all()


def _restore(contents: dict[Path, bytes | None]) -> None:
    stage.replace_files({path: content for path, content in contents.items() if content is not None})
    for path, content in contents.items():
        if content is None:
            path.unlink(missing_ok=True)


def _state() -> dict[str, bytes | None]:
    """What a bump starts from, or writes."""
    here: dict[str, bytes | None] = {path.name: path.read_bytes() for path in WRITTEN if path.is_file()}
    for folder in (stage.OVERLAY.parent, stage.PACKAGE):
        here |= {f"{folder.name}/{name}": content for name, content in check_drift.read_files(folder).items()}
    return here


def main(argv: Sequence[str] | None = None) -> int:
    """Bump."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--version", help="API version, such as 2026-07 (source.toml's where not given)")
    parser.add_argument("--spec", help="URL or path of the document, JSON or YAML (source.toml's URL where not given)")
    parser.add_argument("--drop", action="store_true", help="go on without the operations that are gone")
    parser.add_argument("--no-tests", action="store_true", help="take the new client without testing it")
    arguments = parser.parse_args(argv)

    def work() -> int:
        begun = _state()
        bump = plan(arguments.spec, arguments.version, CHANGELOG.read_text("utf-8"), drop=arguments.drop)
        if bump is None:
            print(f"{stage.relative(stage.UPSTREAM)}: unchanged; there is nothing to bump")
            return 0
        for was, now in bump.carried.renamed.items():
            print(stage.printable(f"renamed: {was} is now {now}"))
        for name in bump.carried.gone:
            print(stage.printable(f"dropped: {name}"))
        with tempfile.TemporaryDirectory(prefix="bump-") as scratch:
            copy = Path(scratch) / stage.ROOT.name
            shutil.copytree(stage.ROOT, copy, ignore=left_out, symlinks=True)
            results = bump_in(copy, bump, tests=not arguments.no_tests)
        if _state() != begun:
            raise StageError(f"files here changed while the bump ran; {NOTHING_CHANGED}, run it again")
        swap_in(results)
        counts = next(line for line in results[CHANGES].decode().splitlines() if "Changes of the document" in line)
        print(f"{bump.old.distribution} → {bump.new.distribution}. {counts}")
        print(f"{stage.relative(CHANGES)} and CHANGELOG.md say what callers do about them; review with git, and commit")
        return 0

    return stage.run(work)
