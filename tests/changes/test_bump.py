"""`make bump` does the whole job or nothing: the new version with its report, or a line that says what to do first."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.edits import GONE, KIND, PATH, SEGMENT, edited, segments
from support.specs import ROOT
from support.workspace import Workspace, copy_to

from scripts import bump as bump_stage
from scripts.project import Project, StageError
from scripts.spec import document as documents

FOLDERS = ("openapi", "overlay", "generated")
CHANGELOG = "# Changelog\n\n## 2026.1.0\n\nThe first release.\n"
# The quirks without which no client can be made of the small document, so that an audit is short.
QUIRKS = ("null-to-type",)
OPERATIONS = ["searchSegments", "updateSegments", "deleteSegment"]

Edit = tuple[str, Any]


def save(path: Path, version: str, *edits: Edit) -> Path:
    """The small document of an API version, with some edits, as a file."""
    moved = ((where.replace("/2026-01/", f"/{version}/"), value) for where, value in edits)
    path.write_bytes(documents.dump(edited(segments(version), *moved)))
    return path


def bump(repository: Workspace, spec: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it without the tests, which have a test of their own."""
    return repository.run("bump", "--spec", spec, "--tests", "0", *arguments)


def state(repository: Workspace) -> dict[str, bytes]:
    """All that a bump may touch, without the date of the fetch."""
    found = {name: content for folder in FOLDERS for name, content in repository.files(folder).items()}
    found["CHANGELOG.md"] = (repository.root / "CHANGELOG.md").read_bytes()
    found["openapi/source.toml"] = re.sub(rb'date = "[^"]*"', b"", found["openapi/source.toml"])
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A repository whose client is of the small document of 2026-01; never changed."""
    folder = tmp_path_factory.mktemp("first")
    repository = copy_to(folder / "repository")
    (repository.root / "openapi" / "CHANGES.md").unlink(missing_ok=True)
    (repository.root / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    overlay = repository.root / "overlay" / "quirks.overlay.yaml"
    loaded = documents.parse(overlay.read_bytes(), overlay.name)
    loaded["actions"] = [action for action in loaded["actions"] if action.get("x-rewrite") in QUIRKS]
    overlay.write_bytes(documents.dump(loaded))
    spec = save(folder / "segments.json", "2026-01")
    source = repository.root / "openapi" / "source.toml"
    source.write_text(re.sub(r"(?m)^release = \d+", "release = 0", source.read_text("utf-8")), "utf-8")
    fetched = repository.run("fetch", "--version", "2026-01", "--spec", spec, "--operations", " ".join(OPERATIONS))
    for done in (fetched, repository.run("generate")):
        assert (done.returncode, done.stderr) == (0, "")
    return repository


@pytest.fixture
def repository(first: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it."""
    shutil.copytree(first.root, tmp_path / "repository")
    return Workspace(tmp_path / "repository")


def test_bump_makes_the_client_of_the_new_version_and_takes_it_back(repository: Workspace, tmp_path: Path) -> None:
    """Version, paths, operations, report and changelog follow; a bump back gives the old bytes, but for the report."""
    before = state(repository)
    edits = ((f"{PATH} get operationId", "findSegments"), (f"{SEGMENT} createdAt", GONE))
    done = bump(repository, save(tmp_path / "new.json", "2026-07", *edits), "--version", "2026-07")
    assert (done.returncode, done.stderr) == (0, "")
    assert "renamed: searchSegments is now findSegments\n" in done.stdout
    message = (
        "2026.1.0 → 2026.7.0: API version 2026-01 → 2026-07; your client has 3 operations: 1 needs no edit, "
        "1 has a new name, 1 other types."
    )
    assert done.stdout.splitlines()[-1] == message

    bumped = state(repository)
    source = tomllib.loads(bumped["openapi/source.toml"].decode())
    assert (source["version"], source["release"]) == ("2026-07", 0)
    assert source["operations"] == ["findSegments", "updateSegments", "deleteSegment"]
    provenance = bumped["generated/criteo_retail_media/_provenance.py"].decode()
    assert '__version__ = "2026.7.0"\nAPI_VERSION = "2026-07"\n' in provenance
    module = bumped["generated/criteo_retail_media/api/audience/find_segments.py"].decode()
    assert 'path="/2026-07/accounts/{account-id}/segments"' in module
    assert "generated/criteo_retail_media/api/audience/search_segments.py" not in bumped
    changes = bumped["openapi/CHANGES.md"].decode()
    assert changes.startswith("# 2026.7.0: API version 2026-01 → 2026-07\n\nYour client has 3 operations: ")
    assert "`Segment.created_at` is gone" in changes
    assert bumped["openapi/RENAMES.tsv"] == b"search_segments\tfind_segments\n"
    entry = re.sub(r"(?m)^#", "##", changes.partition("\n## In full")[0].rstrip())
    assert bumped["CHANGELOG.md"].decode() == CHANGELOG.replace("## 2026.1.0", f"{entry}\n\n## 2026.1.0")
    drift = repository.run("drift")
    assert (drift.returncode, drift.stderr) == (0, "")
    assert {name for name in bumped if name.rpartition("/")[2].startswith(".")} == set()

    back = bump(repository, save(tmp_path / "segments.json", "2026-01"), "--version", "2026-01")
    assert (back.returncode, back.stderr) == (0, "")
    again = state(repository)
    assert again.pop("openapi/CHANGES.md").startswith("# 2026.1.0: API version 2026-07 → 2026-01\n".encode())
    assert again.pop("openapi/RENAMES.tsv") == b"find_segments\tsearch_segments\n"
    assert again == before


def test_change_in_place_is_the_next_release(repository: Workspace, tmp_path: Path) -> None:
    """Without a version it is the document's own; the number of the release grows, and the entry says in place."""
    spec = save(tmp_path / "segments.json", "2026-01", (f"{KIND} enum", ["Big", "Small", "Unknown", "Huge"]))
    done = bump(repository, spec)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2026.1.0 → 2026.1.1: The document of API version 2026-01 changed in place; your client" in done.stdout
    changed = state(repository)
    assert b'__version__ = "2026.1.1"' in changed["generated/criteo_retail_media/_provenance.py"]
    changelog = changed["CHANGELOG.md"].decode()
    assert changelog.startswith("# Changelog\n\n## 2026.1.1: The document of API version 2026-01 changed in place\n\n")
    assert "`Kind` gains the values `Huge`\n" in changed["openapi/CHANGES.md"].decode()
    assert changed["openapi/RENAMES.tsv"] == b""


def test_document_that_did_not_change_is_no_bump(repository: Workspace, tmp_path: Path) -> None:
    """Nothing is written, and that is no failure."""
    before = state(repository)
    done = bump(repository, save(tmp_path / "segments.json", "2026-01"))
    message = "openapi/upstream.json: unchanged; there is nothing to bump\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, message, "")
    assert state(repository) == before


def test_gone_operation_stops_it_with_the_nearest_unless_dropped(repository: Workspace, tmp_path: Path) -> None:
    """It is not lost without a word: DROP=1 is the word."""
    before = state(repository)
    edits = (("paths /2026-01/segments/{segment-id}", GONE), (f"{PATH} put", segments_put("deleteSegmentsV2")))
    spec = save(tmp_path / "new.json", "2026-07", *edits)
    stopped = bump(repository, spec, "--version", "2026-07")
    assert (stopped.returncode, stopped.stderr) == (
        1,
        "bump: 1 of the 3 operations kept are gone from 2026-07: deleteSegment (nearest: deleteSegmentsV2). "
        "Nothing was changed; run it again with DROP=1 to go on without them\n",
    )
    assert state(repository) == before

    dropped = bump(repository, spec, "--version", "2026-07", "--drop")
    assert (dropped.returncode, dropped.stderr) == (0, "")
    assert "dropped: deleteSegment\n" in dropped.stdout
    after = state(repository)
    assert tomllib.loads(after["openapi/source.toml"].decode())["operations"] == ["searchSegments", "updateSegments"]
    assert b"## Gone (1)\n\n- `api.audience.delete_segment` (`deleteSegment`)" in after["openapi/CHANGES.md"]


def segments_put(name: str) -> dict[str, Any]:
    """Another operation on the segments' path."""
    parameter = {"name": "account-id", "in": "path", "required": True, "schema": {"type": "string"}}
    answers = {"204": {"description": "Done."}}
    return {"operationId": name, "tags": ["Audience"], "parameters": [parameter], "responses": answers, "security": []}


def quirk(repository: Workspace, action: dict[str, Any], excuses: dict[str, str] | None = None) -> None:
    """Put an action at the end of the overlay."""
    overlay = repository.root / "overlay" / "quirks.overlay.yaml"
    loaded = json.loads(overlay.read_bytes())
    reasons = {"why": "w", "evidence": "e", "since": "2026-01", "remove-when": "r"}
    loaded["actions"].append(action | {"x-quirk": reasons | (excuses or {})})
    overlay.write_bytes(documents.dump(loaded))


AGAIN = "nothing was changed, run `make bump` again after that\n"


@pytest.mark.parametrize(
    ("arrange", "edits", "message"),
    [
        pytest.param(
            lambda repository: None,
            [("info version", "2025-01")],
            r"new\.json: is version 2025-01, not 2026-07; ask for VERSION=2025-01 or check the URL\n",
            id="fetch",
        ),
        pytest.param(
            lambda repository: quirk(repository, {"target": "$.components.schemas.Nothing", "remove": True}),
            [],
            r"overlay/quirks\.overlay\.yaml: action 2 \(\$\.components\.schemas\.Nothing\) matches nothing: remove it, "
            rf"or say in x-quirk\.may-match-nothing why it stays; {AGAIN}",
            id="dead quirk",
        ),
        pytest.param(
            lambda repository: quirk(repository, {"target": "$.info", "update": {"title": "Segments"}}),
            [],
            r"overlay/quirks\.overlay\.yaml: action 2 \(\$\.info\) changes nothing: remove it, "
            rf"or say in x-quirk\.may-change-nothing why it stays; {AGAIN}",
            id="no-op quirk",
        ),
        pytest.param(
            lambda repository: quirk(repository, {"target": "$.info", "update": {"x-note": "nobody reads it"}}),
            [],
            r"overlay/quirks\.overlay\.yaml: not needed any more, remove: action 2 \(\$\.info\): "
            rf"without it the generated files are the same; {AGAIN}",
            id="quirk not needed",
        ),
        pytest.param(
            lambda repository: None,
            [(f"{SEGMENT} owner", {"$ref": "#/components/schemas/Nobody"})],
            rf"openapi/.*Nobody' leads nowhere; {AGAIN}",
            id="validate",
        ),
        pytest.param(
            lambda repository: None,
            [(f"{PATH} patch responses 200 content", {"application/xml": {"schema": {"type": "object"}}})],
            rf"openapi/.*; {AGAIN}",
            id="generate",
        ),
        pytest.param(
            lambda repository: (repository.root / "openapi" / "source.toml").write_text("version = 1"),
            [],
            r"openapi/source\.toml: url must be given, as a string\n",
            id="source.toml",
        ),
    ],
)
def test_failure_is_one_line_and_changes_nothing(
    repository: Workspace, tmp_path: Path, arrange: Callable[[Workspace], object], edits: list[Edit], message: str
) -> None:
    """Whichever stage stops it says what is wrong and what to do, a quirk by its name; every byte stays."""
    arrange(repository)
    before = state(repository)
    done = bump(repository, save(tmp_path / "new.json", "2026-07", *edits), "--version", "2026-07")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert re.fullmatch(f"bump: (?:{message})", done.stderr), done.stderr
    assert state(repository) == before


def test_quirks_that_came_went_or_took_effect_are_told(repository: Workspace, tmp_path: Path) -> None:
    """Against the overlay last committed; and what the quirks that stay do to the old and the new document."""
    overlay = repository.root / "overlay" / "quirks.overlay.yaml"
    quirk_fields = {"description": "A date says what it is.", "target": f"$.{SEGMENT.replace(' ', '.')}.createdAt"}
    quirk(repository, quirk_fields | {"update": {"description": "When."}}, {"may-match-nothing": "It may not be kept."})
    git = ["git", "-C", str(repository.root), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    for command in (["init", "--quiet"], ["add", "overlay"], ["commit", "--quiet", "--message", "All of it"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    loaded = json.loads(overlay.read_bytes())
    loaded["actions"][0]["description"] = "Null is said otherwise."
    overlay.write_bytes(documents.dump(loaded))
    spec = save(tmp_path / "new.json", "2026-07", (f"{SEGMENT} createdAt", GONE))
    done = bump(repository, spec, "--version", "2026-07")
    assert (done.returncode, done.stderr) == (0, "")
    changes = (repository.root / "openapi" / "CHANGES.md").read_text("utf-8")
    assert changes.endswith(
        "\n\n## Quirks (3)\n\n"
        "- added: `Null is said otherwise.`\n"
        "- retired: `Null is a type, and the document OpenAPI 3.1.`\n"
        "- no longer needed here: `A date says what it is.`\n"
    )


@pytest.mark.parametrize(("version", "status"), [("2026-07", 0), ("2026-01", 1)], ids=["green", "red"])
def test_tests_decide(repository: Workspace, tmp_path: Path, version: str, status: int) -> None:
    """Types and tests of the new tree are run before anything is swapped in; red ones change nothing."""
    tests = repository.root / "tests"
    (tests / "typing").mkdir(parents=True)
    (tests / "typing" / "consumer.py").write_text("from criteo_retail_media.api.audience import delete_segment\n")
    (tests / "test_version.py").write_text(
        "from criteo_retail_media import API_VERSION\n\n\n"
        f"def test_version() -> None:\n    assert API_VERSION == {version!r}\n"
    )
    shutil.copy(ROOT / "README.md", repository.root)  # the distribution holds it
    before = state(repository)
    spec = save(tmp_path / "new.json", "2026-07")
    # One test needs no workers; it fails before the slower of the type checkers begins.
    done = repository.start("bump", "--spec", spec, "--version", "2026-07", PYTEST_XDIST_AUTO_NUM_WORKERS="0")
    assert done.returncode == status, done.stderr
    if status:
        assert "the new client does not pass: tests fail (see above); nothing was changed. Where a test" in done.stderr
        assert "1 failed" in done.stdout
        assert state(repository) == before
    else:
        assert "1 passed" in done.stdout
        assert b"2026-07" in state(repository)["openapi/source.toml"]


def test_interrupt_in_the_middle_changes_nothing(repository: Workspace, tmp_path: Path) -> None:
    """Ctrl-C while the stages run in the copy: one line, every byte as it was, and the copy is gone."""
    before, scratch = state(repository), tmp_path / "scratch"
    scratch.mkdir()
    spec = save(tmp_path / "new.json", "2026-07")
    with subprocess.Popen(
        [sys.executable, "-m", "scripts", "bump", "--spec", spec, "--version", "2026-07", "--tests", "0"],
        cwd=repository.root,
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + 120
        while not any("2026-07" in each.read_text("utf-8") for each in scratch.glob("*/*/openapi/patched.json")):
            assert running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the stage that runs, too
        _, message = running.communicate(timeout=60)
    assert (running.returncode, message) == (1, "bump: interrupted; the files on disk are as they were\n")
    assert state(repository) == before
    assert list(scratch.iterdir()) == []


# --- the swap, in this process ---


@pytest.fixture
def done(tmp_path: Path) -> Project:
    """A copy in which a bump may have been done: each file another, one module alone, and a report, which is new."""
    copy = Project(tmp_path / "copy")
    written = (copy.source, copy.upstream, copy.patched, copy.changes, copy.renames, copy.changelog)
    for path in (*written, copy.package / "models" / "new.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"new")
    return copy


def test_swap_takes_all(repository: Workspace, done: Project) -> None:
    """The files are those of the copy, and the package has no other."""
    bump_stage.swap_in(repository.project, done)
    after = state(repository)
    assert {name: content for name, content in after.items() if name.startswith("generated/criteo")} == {
        "generated/criteo_retail_media/models/new.py": b"new",
    }
    assert {after[name] for name in after if (done.root / name).exists()} == {b"new"}


@pytest.mark.parametrize("error", [StageError("no room"), KeyboardInterrupt()], ids=["failure", "Ctrl-C"])
def test_swap_that_breaks_off_puts_all_back(
    repository: Workspace, done: Project, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """With the files swapped and the package not, the files go back, and the report that was not there goes."""
    before = state(repository)

    def broken(path: Path, new: Path) -> None:
        assert repository.project.source.read_bytes() == b"new"
        raise error

    monkeypatch.setattr(bump_stage, "replace_directory", broken)
    with pytest.raises(type(error)):
        bump_stage.swap_in(repository.project, done)
    assert state(repository) == before


def test_edit_made_while_it_ran_is_not_lost(
    repository: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person wrote in the meantime is neither overwritten nor left out of the new client."""
    changelog = repository.project.changelog
    monkeypatch.setattr(bump_stage, "check_client", lambda *_, **__: changelog.write_text("Mine.", "utf-8"))
    done = repository.run("bump", "--spec", save(tmp_path / "new.json", "2026-07"), "--version", "2026-07")
    message = "bump: files here changed while the bump ran; nothing was changed, run it again\n"
    assert (done.returncode, done.stderr) == (1, message)
    assert changelog.read_text("utf-8") == "Mine."
    assert b"2026-01" in repository.project.source.read_bytes()


@pytest.mark.parametrize(
    ("tests", "targets", "roots"),
    [
        (
            "",
            ["tests/client/test_models.py", "tests/whole/test_contract.py"],
            ("generated", "tests/typing/consumer.py"),
        ),
        ("all", [], ()),
    ],
    ids=["what a document decides", "all"],
)
def test_tests_are_those_of_what_a_document_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tests: str, targets: list[str], roots: tuple[str, ...]
) -> None:
    """Types of the client and of a consumer, the build, and tests that are there; TESTS=all checks everything."""
    project = Project(tmp_path)
    for name in ("whole/test_contract.py", "client/test_models.py", "client/test_retry.py"):
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / name).touch()
    performed: list[object] = []
    monkeypatch.setattr(bump_stage, "check_types", lambda copy, roots, *, announce: performed.append(roots))
    monkeypatch.setattr(bump_stage, "build_into", lambda copy, folder: performed.append(folder.name))

    def started(command: list[str], **_: object) -> subprocess.Popen[bytes]:
        performed.append([part for part in command if part.startswith("tests")])
        return popen([sys.executable, "-c", ""])

    popen = subprocess.Popen
    monkeypatch.setattr(bump_stage.subprocess, "Popen", started)
    bump_stage.check_client(project, project, everything=tests == "all", announce=print)
    assert performed == [targets, "dist", roots]
