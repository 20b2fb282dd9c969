"""Fetch takes what Criteo publishes, says what changed, and leaves everything as it was where it cannot go on."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_criteo import no_authorities
from pytest_httpserver import HTTPServer
from support.small_document import small_document
from support.specs import ROOT, whole_document
from support.workspace import PROJECT, Workspace
from werkzeug import Request, Response

from scripts import files
from scripts.__main__ import main
from scripts.pipeline import download
from scripts.pipeline.source import parse_source, read_source, rewrite_source
from scripts.pipeline.validate import check_document
from scripts.project import Project, StageError
from scripts.spec.document import dump
from scripts.spec.select import select

DOCUMENT = "/2026-01/retailmedia/open-api-specifications.json"
FILES = ("openapi/source.toml", "openapi/upstream.json")
SOURCE = """\
# Ours.
url = "{url}"
version = "2026-01" # the one place

operations = ["getFoo"]
hosts = ["api.criteo.com"]
release = 3
"""


class Repository:
    """A repository's ``openapi`` folder, whose source.toml points at a server on loopback."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.project = Project(root)
        self.project.source.parent.mkdir()
        self.project.source.write_text(SOURCE.format(url=url))
        self.project.upstream.write_bytes(dump(select(small_document(), ["getFoo"])))
        for part in ("overlay", "scripts"):
            (root / part).symlink_to(ROOT / part)

    def fetch(self, *arguments: str) -> int:
        """Run the command in this process."""
        return main(["fetch", *arguments], self.project)

    def files(self) -> dict[str, bytes]:
        """Every file with its content."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted((self.root / "openapi").rglob("*"))
            if path.is_file()
        }

    def source(self) -> dict[str, Any]:
        """What source.toml says."""
        return tomllib.loads(self.project.source.read_text())


@pytest.fixture(scope="module", autouse=True)
def _no_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with no_authorities(tmp_path_factory.mktemp("authorities")):
        yield


@pytest.fixture
def repository(tmp_path: Path, site: HTTPServer) -> Repository:
    """A repository that has fetched ``getFoo`` of the small document, and a server on loopback."""
    return Repository(tmp_path, site.url_for("/{version}/retailmedia/open-api-specifications.json"))


def changed_document() -> dict[str, Any]:
    """The small document with a field less and an enum value more."""
    document = small_document()
    del document["components"]["schemas"]["Foo"]["properties"]["parts"]
    document["components"]["schemas"]["Kind"]["enum"].append("Huge")
    return document


def refused(repository: Repository, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which a fetch is refused, every file being as it was."""
    before = repository.files()
    status = repository.fetch(*arguments)
    printed = capsys.readouterr()

    assert status == 1
    assert repository.files() == before
    assert printed.out == ""
    assert printed.err.startswith("fetch: ")
    assert printed.err.count("\n") == 1
    return printed.err.removeprefix("fetch: ").rstrip("\n")


def test_first_fetch_writes_document_and_record(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """With no document there yet, a fetch writes it and records where from, when, and both checksums."""
    repository.project.upstream.unlink()
    content = json.dumps(small_document()).encode()
    site.expect_ordered_request(DOCUMENT).respond_with_data(content, headers={"ETag": '"one"'})

    assert repository.fetch() == 0
    assert repository.project.upstream.read_bytes() == dump(select(small_document(), ["getFoo"]))
    fetched = repository.source()["fetched"]
    assert (fetched["origin"], fetched["etag"]) == (site.url_for(DOCUMENT), '"one"')
    assert fetched["sha256_downloaded"] == hashlib.sha256(content).hexdigest()
    assert fetched["sha256_kept"] == hashlib.sha256(repository.project.upstream.read_bytes()).hexdigest()
    assert len(fetched["date"]) == 10
    assert capsys.readouterr().out.splitlines() == [
        f"{site.url_for(DOCUMENT)}: kept 1 of 3 operations, 4 schemas; {len(content)} bytes read, "
        f"{len(repository.project.upstream.read_bytes())} kept",
        "openapi/upstream.json: new",
        "openapi/upstream.json: written; `make` regenerates the client from it",
    ]


def test_changes_are_printed_and_taken(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document that changed in place is taken; what changed is printed, breaking first."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(changed_document())

    assert repository.fetch() == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert lines[:3] == [
        "# The document of API version 2026-01 changed in place",
        "",
        "Your client has 1 operation: 1 has other types.",
    ]
    # No client can be made of the small document; the tests of changes/ have those that tell of Python.
    assert (
        "What this is in Python cannot be told: `the old document: components / schemas / Foo / properties / shape / "
        "oneOf: [] has less than 1 item; mend it with an action in overlay/quirks.overlay.yaml, or leave the operation "
        "out`."
    ) in lines
    assert "- `answer 200.parts`: `Foo.parts` is gone" in lines
    assert "- `answer 200.kind`, `getFoo`: `Kind` gains the values `Huge`" in lines
    assert lines[-2:] == [
        "The document of API version 2026-01 changed in place; your client has 1 operation: 1 has other types.",
        "openapi/upstream.json: written; `make` regenerates the client from it",
    ]
    assert repository.project.upstream.read_bytes() == dump(select(changed_document(), ["getFoo"]))


def test_check_tells_of_changes_and_writes_nothing(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --check a change is status 1, no change is status 0, and the files stay."""
    before = repository.files()
    site.expect_ordered_request(DOCUMENT).respond_with_json(changed_document())
    site.expect_ordered_request(DOCUMENT).respond_with_json(small_document())

    assert repository.fetch("--check") == 1
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.endswith(
        "openapi/upstream.json: `make fetch` takes the changes\n"
        "The document of API version 2026-01 changed in place; your client has 1 operation: 1 has other types.\n"
    )
    assert repository.fetch("--check") == 0
    assert capsys.readouterr().out.endswith("openapi/upstream.json: unchanged\n")
    assert repository.files() == before


def renamed_document() -> dict[str, Any]:
    """The small document with another name for the operation kept."""
    document = small_document()
    document["paths"]["/2026-01/foos/{id}"]["get"]["operationId"] = "readFoo"
    return document


def test_operation_renamed_in_place_is_reported_and_followed(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """--check prints a report rather than a refusal, and a fetch writes the new name into source.toml."""
    before = repository.files()
    site.expect_ordered_request(DOCUMENT).respond_with_json(renamed_document())
    site.expect_ordered_request(DOCUMENT).respond_with_json(renamed_document())

    assert repository.fetch("--check") == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == (
        "The document of API version 2026-01 changed in place; your client has 1 operation: 1 has a new name."
    )
    assert "| `getFoo` |" in out
    assert repository.files() == before
    assert repository.fetch() == 0
    assert repository.source()["operations"] == ["readFoo"]


def test_operation_gone_in_place_is_refused_by_name(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing of the selection is left, there is nothing to keep, whether to check or to take."""
    document = small_document()
    del document["paths"]["/2026-01/foos/{id}"]["get"]
    for arguments in (["--check"], []):
        site.expect_ordered_request(DOCUMENT).respond_with_json(document)
        assert repository.fetch(*arguments) == 1
        assert "no operation is getFoo among the 2 offered" in capsys.readouterr().err


def test_check_fails_differently_where_nothing_was_fetched(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check that could not be made says so on stderr, where a change is told on stdout."""
    site.expect_ordered_request(DOCUMENT).respond_with_data("", status=500)

    assert "answered 500" in refused(repository, capsys, "--check")


def test_unchanged_document_is_not_sent_again(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second fetch sends the ETag of the first, and a 304 is told as unchanged and writes nothing."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(small_document(), headers={"ETag": '"one"'})
    site.expect_ordered_request(DOCUMENT, headers={"If-None-Match": '"one"'}).respond_with_data(status=304)
    assert repository.fetch() == 0
    before = repository.files()
    capsys.readouterr()

    assert repository.fetch() == 0
    assert capsys.readouterr().out == f"openapi/upstream.json: unchanged, says {site.url_for(DOCUMENT)}\n"
    assert repository.files() == before


@pytest.mark.parametrize("changed", ["operations", "document", "spec"])
def test_etag_is_sent_only_for_what_is_on_disk(repository: Repository, site: HTTPServer, changed: str) -> None:
    """With other operations, another URL, or a document on disk that was edited since, all is fetched again."""
    seen: list[str | None] = []

    def answer(request: Request) -> Response:
        seen.append(request.headers.get("If-None-Match"))
        return Response(json.dumps(small_document()), headers={"ETag": '"one"'})

    site.expect_request(DOCUMENT).respond_with_handler(answer)
    repository.fetch()
    if changed == "document":
        repository.project.upstream.write_bytes(repository.project.upstream.read_bytes().replace(b"Big", b"Bag"))
    arguments = {"operations": ["--operations", "getFoo getBar"], "spec": ["--spec", site.url_for(DOCUMENT) + "?x=1"]}
    repository.fetch(*arguments.get(changed, []))
    assert seen == [None, None]
    assert b"Bag" not in repository.project.upstream.read_bytes()

    repository.fetch()
    assert seen[2:] == [None if changed == "spec" else '"one"']


def test_nothing_is_written_where_nothing_changed(
    repository: Repository, site: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes fetched again leave source.toml alone, its date too."""
    site.expect_request(DOCUMENT).respond_with_json(small_document())
    repository.fetch()
    monkeypatch.setattr(files, "replace_files", lambda _: pytest.fail("something was written"))

    assert repository.fetch() == 0


def test_choice_on_the_command_line_sticks(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """VERSION and OPERATIONS go into source.toml, whose comments stay; a new version begins at release 0."""
    site.expect_ordered_request("/2026-07/retailmedia/open-api-specifications.json").respond_with_json(
        small_document("2026-07")
    )

    assert repository.fetch("--version", "2026-07", "--operations", "tag:Bar get[F]*") == 0
    chosen = repository.source()
    assert (chosen["version"], chosen["operations"], chosen["release"]) == ("2026-07", ["tag:Bar", "get[F]*"], 0)
    text = repository.project.source.read_text()
    assert text.startswith("# Ours.\n")
    assert 'version = "2026-07" # the one place\n' in text
    out = capsys.readouterr().out
    assert "## New (1)\n\n- `getBar`\n" in out
    assert "API version 2026-01 → 2026-07; your client has 1 operation: 1 needs no edit; 1 is new.\n" in out


def test_release_stays_within_a_version(repository: Repository, site: HTTPServer) -> None:
    """Fetching the version that is there keeps the release number."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(changed_document())
    repository.fetch("--version", "2026-01")

    assert repository.source()["release"] == 3


def test_star_keeps_the_whole_document(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """OPERATIONS="*" keeps every operation and component; that is no change of the document, and not told as one."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(small_document())
    repository.fetch("--operations", "*")

    out = capsys.readouterr().out
    assert "\n# Another selection of API version 2026-01\n" in out
    assert "Another selection of API version 2026-01; your client has 1 operation: 1 needs no edit; 2 are new.\n" in out
    assert json.loads(repository.project.upstream.read_bytes()) == small_document()
    assert repository.source()["operations"] == ["*"]


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_local_file_is_fetched_like_a_url(repository: Repository, tmp_path: Path, suffix: str) -> None:
    """A file in JSON or YAML gives the same document; its name is recorded, without the folder it lies in."""
    path = tmp_path / f"local{suffix}"
    document = changed_document()
    # JSON is YAML too, but for what starts with a brace the reader takes the stricter way.
    path.write_text(json.dumps(document) if suffix == ".json" else f"# YAML\n{json.dumps(document)}")

    assert repository.fetch("--spec", str(path)) == 0
    assert repository.project.upstream.read_bytes() == dump(select(document, ["getFoo"]))
    assert repository.source()["fetched"]["origin"] == path.name
    assert str(tmp_path) not in repository.project.source.read_text()


def test_document_on_disk_that_cannot_be_read_is_mended(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broken upstream.json is replaced, and the missing comparison is said."""
    repository.project.upstream.write_bytes(b'{"openapi": ')
    site.expect_ordered_request(DOCUMENT).respond_with_json(small_document())

    assert repository.fetch() == 0
    assert "no comparison with what was there: openapi/upstream.json: not valid JSON" in capsys.readouterr().out
    assert repository.project.upstream.read_bytes() == dump(select(small_document(), ["getFoo"]))


def test_other_order_is_a_change_that_is_told(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the bytes differ in order alone, fetch says so rather than nothing."""
    document = small_document()
    foo = document["components"]["schemas"]["Foo"]
    foo["properties"] = dict(reversed(foo["properties"].items()))
    site.expect_ordered_request(DOCUMENT).respond_with_json(document)

    assert repository.fetch("--check") == 1
    assert "changed, but in nothing that the client shows" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["fetch", "check"])
def test_twin_path_that_lacks_its_parameter_is_told(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Two ways to write one path, of which one does not declare its parameter: what changed is told all the same."""
    document = small_document()
    other = {"operationId": "putFoo", "tags": ["Foo"], "responses": {"204": {"description": "d"}}}
    wrong = {"name": "other", "in": "path", "required": True, "schema": {"type": "string"}}
    document["paths"]["/2026-01/foos/{Id}"] = {"put": other | {"parameters": [wrong]}}
    site.expect_ordered_request(DOCUMENT).respond_with_json(document)

    assert repository.fetch("--operations", "getFoo putFoo", *arguments) == len(arguments)
    assert "putFoo" in capsys.readouterr().out


def test_redirects_are_followed(repository: Repository, site: HTTPServer) -> None:
    """The document behind redirects is fetched; the record keeps the URL that was asked for."""
    site.expect_ordered_request(DOCUMENT).respond_with_data(status=302, headers={"Location": "/a"})
    site.expect_ordered_request("/a").respond_with_data(status=308, headers={"Location": site.url_for("/b")})
    site.expect_ordered_request("/b").respond_with_json(changed_document())

    assert repository.fetch() == 0
    assert repository.source()["fetched"]["origin"] == site.url_for(DOCUMENT)


def test_packed_answers_are_unpacked(repository: Repository, site: HTTPServer) -> None:
    """A gzip answer is taken; the checksum is that of the document in it."""
    content = json.dumps(changed_document()).encode()
    site.expect_ordered_request(DOCUMENT).respond_with_data(
        gzip.compress(content), headers={"Content-Encoding": "gzip"}
    )

    assert repository.fetch() == 0
    assert repository.source()["fetched"]["sha256_downloaded"] == hashlib.sha256(content).hexdigest()


def without(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The document without some top-level keys."""
    return {key: value for key, value in document.items() if key not in keys}


GOOD = json.dumps(small_document())


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("", "is empty; fetch it again"),
        ("<html>Sign in</html>", "is HTML or XML, not an OpenAPI document; check the URL"),
        (GOOD[:-200], "not valid JSON"),
        ("openapi: [3.0.1", "not valid YAML"),
        ("null", "holds a NoneType where an OpenAPI document"),
        (json.dumps(small_document("2026-07")), "is version 2026-07, not 2026-01; ask for VERSION=2026-07"),
        (json.dumps(without(small_document(), "info")), "is version None, not 2026-01"),
        (json.dumps(small_document() | {"openapi": "3.1.0"}), "is an OpenAPI 3.1.0 document; the overlay expects"),
        (json.dumps(small_document() | {"openapi": 3.0}), "is an OpenAPI 3.0 document; the overlay expects"),
        (json.dumps(without(small_document(), "openapi") | {"swagger": "2.0"}), "is a Swagger 2.0 document"),
        (json.dumps(without(small_document(), "openapi")), "has no `openapi` key"),
        (json.dumps(without(small_document(), "components")), "has no components"),
        (json.dumps(without(small_document(), "paths")), "has no paths"),
        (json.dumps(small_document() | {"paths": {}}), "has no paths"),
        (GOOD.replace('"3.0.1"', '"3.0.1", "openapi": "3.0.2"'), "has the key 'openapi' twice in one object"),
        ("\ufeff", "is empty"),
    ],
)  # fmt: skip
def test_bad_document_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], body: str, line: str
) -> None:
    """A document that is not the one wanted is refused in one line, by its URL, and changes nothing."""
    site.expect_ordered_request(DOCUMENT).respond_with_data(body)

    assert line in refused(repository, capsys)


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (404, "answered 404 NOT FOUND; is the version published, and the URL right?"),
        (500, "answered 500 INTERNAL SERVER ERROR; check the network and the URL, or give a file with SPEC="),
        (204, "answered 204"),
        (206, "answered 206"),
        (304, "answered 304"),
    ],
)
def test_status_other_than_200_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], status: int, line: str
) -> None:
    """Any other answer is refused by its status, a 304 that was not asked for too."""
    site.expect_ordered_request(DOCUMENT).respond_with_data("" if status in (204, 304) else GOOD, status=status)

    assert refused(repository, capsys).startswith(f"{site.url_for(DOCUMENT)}: {line}")


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ("http://127.0.0.1:{closed}/x", "http://127.0.0.1:{closed}/x: cannot be fetched ("),
        ("https://no-such-host.invalid/x", "https://no-such-host.invalid/x: cannot be fetched ("),
        ("http://example.com/x", "http://example.com/x: only https is fetched"),
        ("ftp://example.com/x", "ftp://example.com/x: only https is fetched"),
        ("file:///etc/passwd", "SPEC is a URL without a host (file)"),
        ("https://me:pass/word@example.com/x", "SPEC is not a URL that can be read; check it"),
        ("no/such/file.json", "no/such/file.json: is not a file here; check SPEC="),
        (".", ".: is not a file here"),
    ],
)
def test_unreachable_source_is_refused(
    repository: Repository, capsys: pytest.CaptureFixture[str], spec: str, line: str
) -> None:
    """No network, no such host, a refused connection, an unsafe or unreadable URL, no such file: one line each."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    printed = refused(repository, capsys, "--spec", spec.format(closed=closed))
    assert printed.startswith(line.format(closed=closed))
    assert "word" not in printed.replace("passwd", "")


@pytest.mark.parametrize("status", [200, 500])
def test_credentials_and_query_are_never_shown(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    """User, password and query of a URL are used, but neither printed nor recorded."""
    site.expect_ordered_request(
        DOCUMENT, query_string="signature=hidden", headers={"Authorization": "Basic bWU6aGlkZGVu"}
    ).respond_with_json(changed_document(), status=status)
    url = site.url_for(DOCUMENT).replace("http://", "http://me:hidden@") + "?signature=hidden"
    repository.fetch("--spec", url)
    printed = capsys.readouterr()

    assert site.url_for(DOCUMENT) in printed.out + printed.err
    assert "hidden" not in printed.out + printed.err + repository.project.source.read_text()


def test_endless_redirects_are_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that redirects for ever is left after five hops."""
    site.expect_request(DOCUMENT).respond_with_data(status=302, headers={"Location": DOCUMENT})

    assert "redirects more than 5 times" in refused(repository, capsys)
    assert len(site.log) == 6


def test_redirect_to_plain_http_elsewhere_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A redirect leads nowhere that SPEC itself could not name."""
    site.expect_ordered_request(DOCUMENT).respond_with_data(status=302, headers={"Location": "http://example.com/x"})

    assert refused(repository, capsys).startswith("http://example.com/x: only https is fetched")


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_too_large_an_answer_is_cut_off(
    repository: Repository,
    site: HTTPServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,
) -> None:
    """The limit holds while the answer comes in, and for what it unpacks to."""
    monkeypatch.setattr(download, "LARGEST", 100_000)
    body = b" " * 100_001
    headers = {"Content-Encoding": "gzip"} if packed else {}
    site.expect_ordered_request(DOCUMENT).respond_with_data(gzip.compress(body) if packed else body, headers=headers)

    assert "is larger than 100000 bytes" in refused(repository, capsys)


def test_broken_packing_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer that claims to be gzip and is not is one line."""
    site.expect_ordered_request(DOCUMENT).respond_with_data(GOOD, headers={"Content-Encoding": "gzip"})

    assert "is no gzip, though it says so" in refused(repository, capsys)


@pytest.mark.parametrize(
    ("layers", "line"),
    [
        ("gzip, gzip", "comes in the content coding gzip, gzip, not asked for"),
        ("gzip, gzip, gzip", "comes in the content coding gzip, gzip, gzip, not asked for"),
        ("br", "comes in the content coding br, not asked for"),
        ("deflate", "comes in the content coding deflate, not asked for"),
        ("x\x1b[2J" + "y" * 99, r"comes in the content coding x\x1b[2jyyyy"),
    ],
)
def test_other_content_coding_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], layers: str, line: str
) -> None:
    """gzip once is what was asked for: layers of it unpack a few bytes to gigabytes."""
    body = gzip.compress(gzip.compress(gzip.compress(b" " * 10_000_000)))
    site.expect_ordered_request(DOCUMENT).respond_with_data(body, headers={"Content-Encoding": layers})

    assert line in refused(repository, capsys)


def test_gzip_that_breaks_off_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was unpacked so far may look like a whole document."""
    body = gzip.compress(GOOD.encode())[:-4]
    site.expect_ordered_request(DOCUMENT).respond_with_data(body, headers={"Content-Encoding": "gzip"})

    assert "breaks off in the middle of gzip" in refused(repository, capsys)


@pytest.mark.parametrize(
    "location",
    [
        "mailto:a@b.example",
        "https://",
        "https://\xad/",
        "https://xn--a/",
        "https://a.example:99999/",
        "//[",
        "http:x",
        "data:,x",
    ],
)
def test_redirect_to_an_odd_place_is_one_line(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], location: str
) -> None:
    """Whatever a server says in Location, the fetch ends with a line."""
    site.expect_request(DOCUMENT).respond_with_data(status=302, headers={"Location": location})

    assert len(refused(repository, capsys)) > 20


def with_hosts(server: str, token: str, *, refresh: str = "") -> dict[str, Any]:
    """The small document with a server and a token endpoint."""
    document = small_document() | {"servers": [{"url": server}]}
    flow = {"tokenUrl": token, "scopes": {}} | ({"refreshUrl": refresh} if refresh else {})
    document["components"]["securitySchemes"]["oauth"]["flows"] = {"clientCredentials": flow}
    return document


GOOD_URL, TOKEN_URL = "https://api.criteo.com", "https://api.criteo.com/oauth2/token"


@pytest.mark.parametrize(
    ("document", "place", "host"),
    [
        (with_hosts("https://api.crite0.com", TOKEN_URL), "servers / 0 / url", "api.crite0.com"),
        (
            with_hosts("https://API.criteo.com.evil.example/x", TOKEN_URL),
            "servers / 0 / url",
            "api.criteo.com.evil.example",
        ),
        (with_hosts("https://api.criteo.com:8443", TOKEN_URL), "servers / 0 / url", "api.criteo.com:8443"),
        (
            with_hosts("https://api.criteo.com@evil.example", TOKEN_URL),
            "servers / 0 / url",
            "api.criteo.com@evil.example",
        ),
        (with_hosts("https://[", TOKEN_URL), "servers / 0 / url", "https://["),
        (with_hosts(GOOD_URL, "https://evil.example/token"), "clientCredentials / tokenUrl", "evil.example"),
        (with_hosts(GOOD_URL, TOKEN_URL, refresh="https://evil.example"), "refreshUrl", "evil.example"),
    ],
    ids=["server", "longer", "port", "user", "no URL", "token", "refresh"],
)
def test_document_that_names_another_host_is_refused(
    repository: Repository,
    site: HTTPServer,
    capsys: pytest.CaptureFixture[str],
    document: dict[str, Any],
    place: str,
    host: str,
) -> None:
    """A document does not decide where secrets and tokens go; the line names its host and the one trusted."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(document)

    line = refused(repository, capsys)
    assert place in line
    assert f"{host} would get secrets and tokens, and openapi/source.toml trusts api.criteo.com" in line


def with_server_of(place: str, url: str) -> dict[str, Any]:
    """The small document with a further server, where a document may have one."""
    document = with_hosts(GOOD_URL, TOKEN_URL)
    item = next(iter(document["paths"].values()))
    operation = item["get"]
    servers = [{"url": url}]
    match place:
        case "second":
            document["servers"] += servers
        case "path":
            item["servers"] = servers
        case "operation":
            operation["servers"] = servers
        case "link":
            operation["responses"]["200"]["links"] = {"next": {"operationId": "x", "server": servers[0]}}
        case "callback":
            operation["callbacks"] = {"done": {"{$request.body#/url}": {"post": {"servers": servers}}}}
    return document


NO_PLAIN_URLS = [
    "http://api.criteo.com",
    "HTTPS://api.criteo.com",
    "https://API.criteo.com",
    "https://user:pw@api.criteo.com",
    "https://api.criteo.com/{basePath}",
    "https://api.criteo.com?x=y",
    "https://api.criteo.com\n",
    "//api.criteo.com",
    "https:api.criteo.com",
    "/2026-01",
    "",
]
FOREIGN_URLS = [
    "https://api.criteo.com.",
    "https://api.criteo.com:443",
    "https://{host}/x",
    "https://api.criteo.com\\@evil.example",
    "https://api.criteo.com%2eevil.example",
    "wss://evil.example",
    "http://evil.example",
]


@pytest.mark.parametrize("url", [*NO_PLAIN_URLS, *FOREIGN_URLS])
@pytest.mark.parametrize("kind", ["server", "token"])
def test_url_other_than_https_on_a_trusted_host_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], kind: str, url: str
) -> None:
    """The host alone does not do: the line names the document's URL and the host trusted; generation agrees."""
    document = with_hosts(url, TOKEN_URL) if kind == "server" else with_hosts(GOOD_URL, url)
    site.expect_ordered_request(DOCUMENT).respond_with_json(document)

    line = refused(repository, capsys)
    assert ("an https URL is needed" if url in NO_PLAIN_URLS else "would get secrets and tokens") in line
    assert "openapi/source.toml trusts api.criteo.com" in line
    with pytest.raises(StageError, match=r"an https URL is needed|would get secrets and tokens"):
        check_document(repository.project, document)


@pytest.mark.parametrize("place", ["second", "path", "operation", "link", "callback"])
@pytest.mark.parametrize("url", ["https://evil.example/x", "http://api.criteo.com"])
def test_server_anywhere_is_held_to_the_hosts(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], place: str, url: str
) -> None:
    """Also one that this generator passes over, as another one may not."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(with_server_of(place, url))

    line = refused(repository, capsys)
    assert ("evil.example" if "evil" in url else url) in line
    assert "openapi/source.toml trusts api.criteo.com" in line


def test_host_that_a_person_trusts_is_taken(repository: Repository, site: HTTPServer) -> None:
    """Once it stands in source.toml."""
    source = repository.project.source
    source.write_text(source.read_text().replace('"api.criteo.com"', '"api.us.criteo.com", "api.criteo.com"'))
    site.expect_ordered_request(DOCUMENT).respond_with_json(with_hosts("https://api.us.criteo.com", TOKEN_URL))

    assert repository.fetch() == 0


def test_generation_refuses_another_host_too(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """However the document got there, and nothing is replaced."""
    before = workspace.files("generated")
    upstream = workspace.project.upstream
    upstream.write_text(upstream.read_text().replace("https://api.criteo.com/oauth2", "https://api.crite0.com/oauth2"))

    assert main(["generate"], workspace.project) == 1
    assert "api.crite0.com would get secrets and tokens" in capsys.readouterr().err
    assert workspace.files("generated") == before


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Starts a server that treats its one connection as told, and gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threads: list[threading.Thread] = []

        def serve(behave: Callable[[socket.socket], None]) -> str:
            def once() -> None:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    behave(connection)

            threads.append(threading.Thread(target=once))
            threads[0].start()
            return f"http://127.0.0.1:{listening.getsockname()[1]}/x"

        yield serve
        threads[0].join(timeout=10)
        assert not threads[0].is_alive()


def until_left(connection: socket.socket) -> None:
    """Wait until the other side closes, which resets the connection where bytes were under way."""
    with contextlib.suppress(ConnectionError):
        while connection.recv(65536):
            continue


def drip(connection: socket.socket) -> None:
    """Send a byte of an endless header at a time, until the other side has gone."""
    with contextlib.suppress(ConnectionError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.send(b"x")
            time.sleep(0.01)


def truncate(connection: socket.socket) -> None:
    """Promise more than is sent."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{}")


def babble(connection: socket.socket) -> None:
    """Speak something else than HTTP."""
    connection.sendall(b"220 mail.example.com ESMTP\r\n\r\n")


@pytest.mark.parametrize(
    ("behave", "line"),
    [
        (drip, "gave no whole answer within 0.3 s"),
        (until_left, "gave no whole answer within 0.3 s"),
        (truncate, "cannot be fetched (peer closed connection"),
        (babble, "cannot be fetched ("),
    ],
    ids=["drip", "silence", "truncated", "no HTTP"],
)
def test_misbehaving_server_is_left(
    repository: Repository,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    raw_server: Callable[[Callable[[socket.socket], None]], str],
    behave: Callable[[socket.socket], None],
    line: str,
) -> None:
    """A slow drip, silence, an answer cut short and what is no HTTP end in one line and in finite time."""
    monkeypatch.setattr(download, "TOTAL_SECONDS", 0.3)

    assert line in refused(repository, capsys, "--spec", raw_server(behave))


def test_failed_write_leaves_both_files_as_they_were(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where source.toml cannot be swapped in, the document that was swapped before it is put back."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(changed_document())
    before, replace = repository.files(), Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target == repository.project.source:
            assert repository.project.upstream.read_bytes() != before["openapi/upstream.json"]
            monkeypatch.setattr(Path, "replace", replace)
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    assert repository.fetch() == 1
    assert repository.files() == before
    assert capsys.readouterr().err == (
        "fetch: openapi/source.toml: cannot be written (No space left on device); "
        "the files on disk are as they were, make room or give permission and run this again\n"
    )


def test_full_disk_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    """Where the system takes no more bytes, both files stay, and nothing is left beside them."""
    path, before = tmp_path / "small.json", workspace.files("openapi")
    path.write_text(json.dumps(small_document()))
    limited = (
        "trap '' XFSZ; ulimit -f 1; exec \"$@\""  # files of at most one block: what a full disk does, for root too
    )
    arguments = ("fetch", "--version", "2026-01", "--spec", path, "--operations", "*")
    ran = subprocess.run(
        ["/bin/sh", "-c", limited, "sh", sys.executable, "-B", "-m", "scripts", *arguments],
        cwd=workspace.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (
        1,
        "fetch: openapi/upstream.json: cannot be written (File too large); "
        "the files on disk are as they were, make room or give permission and run this again\n",
    )
    assert workspace.files("openapi") == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder_is_refused(
    repository: Repository, site: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that may not be written to is named."""
    site.expect_ordered_request(DOCUMENT).respond_with_json(changed_document())
    repository.project.source.parent.chmod(0o555)
    try:
        assert repository.fetch() == 1
    finally:
        repository.project.source.parent.chmod(0o755)
    assert "openapi/upstream.json: cannot be written (Permission denied)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"2026-01"', '"2026-1"', "2026-1 is no API version; one looks like 2026-01"),
        ('"2026-01"', '"../../x"', "../../x is no API version"),
        ('["getFoo"]', '"getFoo"', "operations must be given, as a list"),
        ('hosts = ["api.criteo.com"]', "", "hosts must be given, as a list"),
        ('"api.criteo.com"', '"https://api.criteo.com"', "hosts: 'https://api.criteo.com' is no host; one looks like"),
        ('["getFoo"]', "[1]", "operations must be given, as a string"),
        ("release = 3", "", "release must be given, as a int"),
        ("release = 3", "release = true", "release must be given, as a int"),
        ("release = 3", "release 3", "not valid TOML"),
    ],
)
def test_faulty_source_toml_is_refused(
    repository: Repository, capsys: pytest.CaptureFixture[str], old: str, new: str, line: str
) -> None:
    """A fault in source.toml is named, and nothing is fetched."""
    repository.project.source.write_text(repository.project.source.read_text().replace(old, new))

    assert refused(repository, capsys).startswith(f"openapi/source.toml: {line}")


def test_missing_source_toml_is_refused(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    """Without source.toml there is nothing to go by."""
    repository.project.source.unlink()

    assert refused(repository, capsys).startswith("openapi/source.toml: cannot be read")


@pytest.mark.parametrize("version", ["2026", "2026-13", "2026-01/../x", "latest"])
def test_version_that_is_none_is_refused(
    repository: Repository, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    """A version goes into a URL, so it must look like one."""
    line = refused(repository, capsys, "--version", version)
    assert line == f"{version} is no API version; one looks like 2026-01, or is preview or experimental"


@pytest.mark.parametrize(
    "operations",
    ['operations = [\n  \'a[]#\',  # why, and a ] too\n  "b\\"]",\n]', "operations = []"],
    ids=["several lines", "none"],
)
def test_operations_written_by_a_person_are_replaced(operations: str) -> None:
    """However a person wrote the array, its new value is read back, and what stands around it stays."""
    text = SOURCE.format(url="https://example.com").replace('operations = ["getFoo"]', operations)
    parsed = parse_source(text).at("2026-07")
    for chosen in (("one",), ("get[A-Z]*", 'quo"te\\', "tag:Ünï", "*")):
        rewritten = rewrite_source(text, replace(parsed, operations=chosen))
        assert tomllib.loads(rewritten)["operations"] == list(chosen)
        assert rewritten.startswith('# Ours.\nurl = "https://example.com"\nversion = "2026-07" # the one place\n\n')
        assert rewrite_source(rewritten, parse_source(rewritten)) == rewritten


def test_shipped_choice_from_the_whole_document_gives_the_shipped_bytes(workspace: Workspace, site: HTTPServer) -> None:
    """Fetching the whole document over HTTP, in a copy of this repository, changes no byte of upstream.json."""
    content = whole_document(read_source(workspace.project).version).read_bytes()
    site.expect_request("/spec").respond_with_data(content)
    before = workspace.files("openapi")["openapi/upstream.json"]
    ran = workspace.start("fetch", "--spec", site.url_for("/spec"), cwd=workspace.root.parent)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert f"; {len(content)} bytes read" in ran.stdout
    assert "openapi/upstream.json: unchanged" in ran.stdout
    assert workspace.files("openapi")["openapi/upstream.json"] == before
    fetched = tomllib.loads((workspace.root / "openapi" / "source.toml").read_text())["fetched"]
    assert fetched["sha256_downloaded"] == hashlib.sha256(content).hexdigest()


def test_shipped_record_is_of_the_shipped_document() -> None:
    """source.toml's checksum is that of upstream.json, and the operations in it are those it names."""
    recorded = read_source(PROJECT)

    assert recorded.fetched.sha256_kept == hashlib.sha256(PROJECT.upstream.read_bytes()).hexdigest()
    document = json.loads(PROJECT.upstream.read_bytes())
    assert dump(select(document, recorded.operations)) == PROJECT.upstream.read_bytes()


def test_interrupt_in_the_middle_is_one_line(
    workspace: Workspace, raw_server: Callable[[Callable[[socket.socket], None]], str]
) -> None:
    """Ctrl-C while the server is silent ends the script at once, with one line and nothing changed."""
    before, requested = workspace.files("openapi"), threading.Event()

    def silence(connection: socket.socket) -> None:
        requested.set()
        until_left(connection)

    url = raw_server(silence)
    command = [sys.executable, "-m", "scripts", "fetch", "--spec", url]
    with subprocess.Popen(command, cwd=workspace.root, stderr=subprocess.PIPE, text=True) as running:
        assert requested.wait(60)
        running.send_signal(signal.SIGINT)
        _, printed = running.communicate(timeout=60)

    assert (running.returncode, printed) == (1, "fetch: interrupted; the files on disk are as they were\n")
    assert workspace.files("openapi") == before


def test_reader_that_has_enough_sees_no_traceback(workspace: Workspace, tmp_path: Path) -> None:
    """Output into a closed pipe (`| head`) ends quietly."""
    path = tmp_path / "whole.json"
    path.write_text(json.dumps(small_document()))
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [sys.executable, "-m", "scripts", "operations", "--version", "2026-01", "--spec", path],
        cwd=workspace.root,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(write)

    assert (ran.returncode, ran.stderr) == (1, "")
