"""`make docs`: a reference that opens from disk, every link of which leads somewhere, and in which text is but text."""

from __future__ import annotations

import functools
import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import griffe
import pytest
from criteo_retail_media import API_VERSION, models
from markupsafe import escape
from support.example import EXAMPLE
from support.hostile import document_of, put_texts, unit
from support.whole_client import VERSIONS, client_of
from support.workspace import PROJECT, Workspace

from scripts.pipeline.generate import build_package
from scripts.pipeline.overlay import Patched, apply_actions, read_actions
from scripts.release import docs, reference
from scripts.release.calls import write_call
from scripts.release.docs import SCRIPT, render_pages

# Whatever of these is taken for HTML, Markdown or a template, and not for text, makes an element `ran`.
RUN = "document.body.id='ran'"
HOSTILE = [
    f"<script>{RUN}</script>",
    f"</p></pre></style></title></script><script>{RUN}</script>",
    f'<img src="x" onerror="{RUN}">',
    f"<svg/onload={RUN}><b id=ran>bold</b>",
    f"[link](javascript:{RUN}) ![image](x)",
    f'" onmouseover="{RUN}" id="ran',
    "' onfocus=alert(1) autofocus id='ran",
    "`<b id=ran>code</b>` ``</code><b id=ran>``",
    "{{ 7 * 191 }} {% raw %} {# note #} ${7*191}",
    "<!-- <b id=ran> --> <![CDATA[ x ]]> &lt;b&gt; &#60;b&#62;",
    "Args:\n    body (x): <b id=ran>\n\nRaises:\n    <b id=ran>: y\n\n    <b id=ran>indented</b>",
    "<b id=ran>:\n    <b id=ran>\n\n>>> <b id=ran>\n\nExamples:\n    >>> <b id=ran>",
    "https://example.com/<b id=ran> <a href=https://example.com>away</a>",
    "Attributes:\n     : <b id=ran>\n\nExamples: \n    >>>\n\nReturns:\n    (): <b id=ran>",
]
VOID = {"meta", "input", "br", "img"}

load_package = functools.cache(docs.load_package)


class Parsed(HTMLParser):
    """What a page holds: its links, ids and text, and the elements that are still open at its end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.data: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.data.append(data)

    @property
    def text(self) -> str:
        """All text, without line breaks."""
        return " ".join("".join(self.data).split())

    def values(self, attribute: str) -> list[str]:
        """An attribute's values, in order."""
        return [str(attributes[attribute]) for _, attributes in self.elements if attribute in attributes]


@pytest.fixture(scope="module")
def shipped() -> dict[str, str]:
    """The reference of the client of one operation."""
    return render_pages(load_package(EXAMPLE.package))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The reference of a client whose document has each hostile text wherever there is text."""
    units = [unit(f"Unit{number}") for number in range(len(HOSTILE))]
    for one, text in zip(units, HOSTILE, strict=True):
        put_texts(one, text)
        for schema in one["schemas"].values():  # a title names a class, and has tests of its own
            del schema["properties"]["name"]["title"]
        one["operation"]["tags"] = ["Tag"]
    document = document_of(*units)
    patched = Patched(document, *apply_actions(document, read_actions(PROJECT)))
    package = tmp_path_factory.mktemp("hostile") / "client"
    build_package(PROJECT, patched, package)
    return render_pages(load_package(package))


@pytest.fixture(scope="module", params=["hostile", *VERSIONS])
def pages(request: pytest.FixtureRequest) -> dict[str, str]:
    """The reference of each client."""
    if request.param in ("shipped", "hostile"):
        written: dict[str, str] = request.getfixturevalue(request.param)
        return written
    return render_pages(load_package(Path(str(client_of(request.param).package.__file__)).parent))


def test_every_link_leads_somewhere(pages: dict[str, str]) -> None:
    """Each link is to a page and an anchor that are there; no id stands twice in a page; every element is closed."""
    parsed = {name: Parsed(html) for name, html in pages.items()}
    anchors = {name: page.values("id") for name, page in parsed.items()}
    for name, page in parsed.items():
        assert page.open == []
        assert len(set(anchors[name])) == len(anchors[name])
        for link in page.values("href"):
            file, _, anchor = link.partition("#")
            assert (file or name) in pages, link
            assert not anchor or anchor in anchors[file or name], link


def test_every_page_can_be_reached(pages: dict[str, str]) -> None:
    """The first page leads to all others."""
    assert pages.keys() <= {link.partition("#")[0] for link in Parsed(pages["index.html"]).values("href")}


def test_nothing_is_loaded_or_run_but_the_page(pages: dict[str, str]) -> None:
    """A page refers to nothing outside, has no handler, and its policy lets one script run: its own."""
    for html in pages.values():
        page = Parsed(html)
        names = {attribute for _, attributes in page.elements for attribute in attributes}
        assert not {"src", "srcset", "style", "action"} & names
        assert not [name for name in names if name.startswith("on")]
        assert [tag for tag, _ in page.elements if tag in ("script", "link", "iframe", "object", "base")] == ["script"]
        assert f"<script>{SCRIPT}</script>" in html
        assert "default-src 'none'" in str(page.values("content"))


def test_every_operation_is_told(pages: dict[str, str]) -> None:
    """The first page lists each operation by the API's name, and its tag's page tells it."""
    index = Parsed(pages["index.html"])
    text = {name: Parsed(html).text for name, html in pages.items()}
    operations = {link for link in index.values("href") if link.startswith("api.") and "#" in link}
    assert operations
    assert f"{len(operations)} operation" in index.text
    for link in operations:
        name, _, anchor = link.partition("#")
        assert f"{anchor}.sync(" in text[name]


def test_operation_has_the_name_the_api_gives_it(shipped: dict[str, str]) -> None:
    """Operation and tag are called as the API calls them."""
    assert f"bulkUpdateAudienceSegmentsPATCH /{API_VERSION}/" in Parsed(shipped["index.html"]).text
    page = Parsed(shipped["api.audience.html"]).text
    assert page.startswith("Audience · criteo_retail_media ")
    assert "bulkUpdateAudienceSegments from criteo_retail_media.api.audience import" in page


def test_every_model_is_told(shipped: dict[str, str]) -> None:
    """A model's fields have types that lead on; an enum shows its values, and nothing else."""
    page = Parsed(shipped["models.html"])
    assert sorted(page.values("id")) == sorted(models.__all__)
    assert "description NillableString | Unset" in page.text
    assert "models.html#NillableString" in page.values("href")
    assert "UNKNOWN = 'Unknown'" in page.text
    assert "by_value" not in page.text


@pytest.mark.parametrize("version", VERSIONS)
def test_every_example_call_runs_as_it_stands(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of each operation shows a call that the API takes, with a body that its model can read."""
    whole = client_of(version)
    package = load_package(Path(str(whole.package.__file__)).parent)
    fake = whole.module("testing").FakeApi()
    monkeypatch.setattr(whole.package.AuthenticatedClient, "from_env", fake.client)
    for id_, module in whole.operations.items():
        _, tag, name = module.__name__.rsplit(".", 2)
        exec(compile(write_call(package, package["api"].modules[tag].modules[name]), id_, "exec"), {})
    assert [call.operation for call in fake.calls] == list(whole.operations)


def test_an_example_call_stands_on_the_page(shipped: dict[str, str]) -> None:
    """As a program, with the operation's own models."""
    package = load_package(EXAMPLE.package)
    example = write_call(package, package["api.audience.bulk_update_audience_segments"])
    assert f'<pre class="example">{escape(example)}</pre>' in shipped["api.audience.html"]
    assert "body=models.RmAudienceSegmentBulkUpdateInputV1(" in example


def test_no_text_of_a_document_stops_the_reference() -> None:
    """Whatever is taken for a section of a docstring, by griffe's rules or nearly, is shown."""
    draw = random.Random(20260101)
    headings = "Args|Raises|Warns|Yields|Receives|Returns|Examples|Attributes|Functions|Classes|Modules|Deprecated|Note"
    headings += "|Keyword Args|Other Parameters|Type Parameters|Type Aliases|Any words"
    ends = [":", ": ", "::", ": text", ""]
    entries = (
        "|a|a:|a: b|a (b): c|(a): b|: b|()| : |a (, optional): b|0.1: b|```|~~~|>>>|... a|*a: b|a[b]: c|a.b: c|.a: b"
    )
    for _ in range(3000):
        lines = ["Title", ""]
        for _ in range(draw.randint(1, 4)):
            lines.append(f"{draw.choice(['', '', ' '])}{draw.choice(headings.split('|'))}{draw.choice(ends)}")
            lines += [" " * draw.choice([0, 2, 4, 4, 8]) + draw.choice(entries.split("|")) for _ in range(3)]
        holder = draw.choice([griffe.Function("f"), griffe.Class("C"), griffe.Module("m")])
        holder.docstring = griffe.Docstring("\n".join(lines), parent=holder)
        assert reference.split_sections(holder)[0][1]


def test_names_of_others_lead_nowhere(shipped: dict[str, str]) -> None:
    """`httpx.Client` is not this package's `Client`; what an error or a model is called is."""
    package = load_package(EXAMPLE.package)
    links = reference.find_links(reference.list_pages(package))
    returned = package["client.Client"].members["get_httpx_client"].returns
    assert reference.link_expression(returned, links) == [("httpx", None), (".", None), ("Client", None)]
    assert reference.split_code("see `errors.ApiError`.", links) == [
        ("see ", False, None), ("errors.ApiError", True, "errors.html#ApiError"), (".", False, None),
    ]  # fmt: skip


def test_hostile_text_shows_as_text(hostile: dict[str, str]) -> None:
    """What a document says is shown as it is written, wherever it stands, but for code's marks and line breaks."""
    text = "".join(Parsed(hostile[name]).text for name in ("api.tag.html", "models.html")).replace("`", "")
    for text_of_document in HOSTILE[:9]:
        assert " ".join(text_of_document.replace("`", "").split()) in text, text_of_document
    assert not [name for name, html in hostile.items() if "ran" in Parsed(html).values("id")]


def test_docs_are_written(workspace: Workspace) -> None:
    """One line says where they are; a page that is no longer made is gone."""
    (workspace.root / "site").mkdir()
    (workspace.root / "site" / "old.html").touch()
    done = workspace.run("docs")
    assert (done.returncode, done.stderr) == (0, "")
    written = workspace.files("site")
    assert done.stdout.startswith(f"built site/index.html: {len(written)} pages, ")
    assert {"site/index.html", "site/models.html", "site/errors.html"} < written.keys()
    assert "site/old.html" not in written
    workspace.run("docs")
    assert workspace.files("site") == written


OPERATIONS = len([*EXAMPLE.package.glob("api/*/[!_]*.py")])
FAULTS = {
    "no package": ("criteo_retail_media", "generated/criteo_retail_media: is no generated client; run `make`"),
    "no models": ("criteo_retail_media/models", "generated/criteo_retail_media: is no generated client; run `make`"),
    "no operations": (
        "criteo_retail_media/api/*/",
        f"criteo_retail_media: has 0 operations that can be read of {OPERATIONS}; run `make`",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_failure_is_one_line_and_leaves_the_docs(workspace: Workspace, fault: tuple[str, str]) -> None:
    """What was there stays."""
    missing, text_of_document = fault
    (workspace.root / "site").mkdir()
    (workspace.root / "site" / "old.html").touch()
    for folder in workspace.project.generated.glob(missing):
        shutil.rmtree(folder)
    done = workspace.run("docs")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"docs: {text_of_document}\n")
    assert list(workspace.files("site")) == ["site/old.html"]


@pytest.mark.parametrize("text", ["def :", "OPERATION = 1\n", ""], ids=["no Python", "no operation", "empty"])
def test_damaged_operation_is_named(workspace: Workspace, text: str) -> None:
    """An operation that cannot be told is never left out."""
    min(workspace.project.package.glob("api/*/[!_]*.py")).write_text(text)
    done = workspace.run("docs")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("run `make`\n")
    assert done.stderr.count("\n") == 1
    assert not (workspace.root / "site").exists()


# in a browser


class Browser:
    """Chromium, started once: it takes commands of its DevTools protocol from fd 3, and answers on fd 4."""

    def __init__(self, path: str, profile: Path) -> None:
        switches = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
        switches += f" disable-component-update disable-sync disable-dev-shm-usage user-data-dir={profile}"
        command = [path, "--remote-debugging-pipe", *(f"--{switch}" for switch in switches.split())]
        self.process = subprocess.Popen(
            ["bash", "-c", 'exec "$@" 3<&0 4>&1 >/dev/null 2>&1', "chromium", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.events: list[dict[str, Any]] = []
        self.sent = 0

    def receive(self) -> dict[str, Any]:
        """The next message."""
        assert self.process.stdout
        message = b"".join(iter(lambda: self.process.stdout.read(1), b"\0"))  # type: ignore[union-attr]
        received: dict[str, Any] = json.loads(message)
        return received

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Do a command and return its result; what happens meanwhile is kept as events."""
        assert self.process.stdin
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": parameters} | (
            {"sessionId": session} if session else {}
        )
        self.process.stdin.write(json.dumps(message).encode() + b"\0")
        self.process.stdin.flush()
        while (received := self.receive()).get("id") != self.sent:
            self.events.append(received)
        result: dict[str, Any] = received["result"]
        return result

    def show(self, path: Path) -> tuple[Parsed, list[str]]:
        """A page as the browser has it after its scripts ran, opened from disk, and what its console says."""
        self.events.clear()
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable", session)
        self.send("Page.navigate", session, url=path.as_uri())
        while "Page.loadEventFired" not in [event["method"] for event in self.events]:
            self.events.append(self.receive())
        shown = self.send("Runtime.evaluate", session, expression="document.documentElement.outerHTML")["result"]
        told = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        console = [json.dumps(event) for event in self.events if event["method"] in told]
        self.send("Target.closeTarget", targetId=target)
        return Parsed(shown["value"]), console


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, which `BROWSER_REQUIRED` says must be there."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("BROWSER_REQUIRED"):
        pytest.fail("no chromium here, though BROWSER_REQUIRED is set: install it")
    if found is None:
        pytest.skip("no chromium here: the reference is not tried in a browser")
    browser = Browser(found, tmp_path_factory.mktemp("browser"))
    with browser.process:
        yield browser
        browser.send("Browser.close")


def shown(browser: Browser, folder: Path, html: str) -> tuple[Parsed, list[str]]:
    """What `Browser.show` gives for some HTML."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    return browser.show(folder / "page.html")


@pytest.mark.parametrize("name", ["index", "api.audience", "models", "errors"])
def test_page_renders_from_disk(browser: Browser, shipped: dict[str, str], name: str, tmp_path: Path) -> None:
    """The browser shows what the page says, its console nothing."""
    html = shipped[f"{name}.html"]
    page, console = shown(browser, tmp_path, html)
    assert console == []
    assert page.text == Parsed(html).text
    assert len(page.values("id")) == len(Parsed(html).values("id"))


@pytest.mark.parametrize("name", ["index", "api.tag", "models"])
def test_hostile_text_does_not_run(browser: Browser, hostile: dict[str, str], name: str, tmp_path: Path) -> None:
    """No hostile text becomes an element or a script."""
    html = hostile[f"{name}.html"]
    page, console = shown(browser, tmp_path, html)
    assert console == []
    assert page.text == Parsed(html).text
    assert "ran" not in page.values("id")


def test_policy_stops_what_escaping_would_miss(browser: Browser, shipped: dict[str, str], tmp_path: Path) -> None:
    """Were a text not escaped, its script would still not run, and the console would say so."""
    html = shipped["index.html"].replace("<main>", f"<main>{HOSTILE[0]}{HOSTILE[2]}")
    page, console = shown(browser, tmp_path, html)
    assert "ran" not in page.values("id")
    assert "Content Security Policy" in "".join(console)


def test_filter_hides_other_names(browser: Browser, shipped: dict[str, str], tmp_path: Path) -> None:
    """Typing into the navigation leaves the names that hold what is typed."""
    type_ = """document.querySelector("nav input").value = "BULKUPDATE";
               document.querySelector("nav input").dispatchEvent(new Event("input"));"""
    html = shipped["index.html"].replace("</body>", f"<script>{type_}</script></body>")
    start, end = html.index('<meta http-equiv="Content-Security'), html.index('<meta name="viewport"')
    page, console = shown(browser, tmp_path, html[:start] + html[end:])
    assert console == []
    entries = [attributes for tag, attributes in page.elements if tag == "li"]
    assert sum("hidden" not in attributes for attributes in entries) == 1
    assert len(entries) > 5
