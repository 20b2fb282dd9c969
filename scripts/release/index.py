"""Ask a package index which versions of the client it has, over its simple pages (PEP 503 and PEP 691)."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import httpx
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from scripts.project import StageError

NAME = "criteo-retail-media"
TIMEOUT = 30.0  # seconds
# Where clients install from, seen from the upload URL: of pypiserver, Nexus, Artifactory and GitLab; of devpi.
LAYOUTS = ("simple/", "+simple/")
HTML = ("text/html", "application/vnd.pypi.simple.v1+html")
JSON = "application/vnd.pypi.simple.v1+json"
ACCEPT = f"{JSON}, {HTML[1]};q=0.5, {HTML[0]};q=0.1"
CREDENTIALS = "set TWINE_USERNAME and TWINE_PASSWORD, or write them into .pypirc"


class UnknownOfferError(StageError):
    """The index can be reached, and does not tell what it has."""


def find_offer(index: str, credentials: tuple[str, str] | None) -> tuple[str, frozenset[Version]]:
    """The simple index, where clients install from, behind an upload URL, and the client's versions there.

    Raises:
        UnknownOfferError: no page of it tells.
        StageError: it cannot be reached.
    """
    base = index.rstrip("/") + "/"
    places = [base + layout for layout in (("",) if base.endswith(LAYOUTS) else LAYOUTS)]
    refused = None
    with httpx.Client(auth=credentials, headers={"Accept": ACCEPT}, timeout=TIMEOUT, follow_redirects=True) as http:
        for simple in places:
            try:
                answer = http.get(f"{simple}{NAME}/")
                versions = read_versions(answer)
                if versions is None and answer.status_code == 404 and _is_page(http.get(simple)):
                    versions = frozenset()  # the index is there, and has nothing of this name yet
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise StageError(f"{index} cannot be reached: {error}; check INDEX and the network") from error
            if versions is not None:
                return simple, versions
            if answer.status_code in (401, 403) or answer.status_code >= 500:
                refused = refused or answer.status_code
    if refused is None:
        raise UnknownOfferError(f"no simple index is at {' or '.join(places)} to tell what {index} has")
    is_login = refused in (401, 403)
    what = f": {CREDENTIALS}" if is_login else ", so it is not known what it has; try again later"
    raise UnknownOfferError(f"{index} answered {refused}{what}")


def read_versions(answer: httpx.Response) -> frozenset[Version] | None:
    """The client's versions on its simple page; None if the answer is no such page."""
    if not _is_page(answer):
        return None
    if _kind(answer) == JSON:
        try:
            names, is_sure = [str(file["filename"]) for file in json.loads(answer.content)["files"]], True
        except (ValueError, KeyError, TypeError):
            return None
    else:
        page = _Links()
        page.feed(answer.text)
        names, is_sure = page.names, page.is_marked
    versions = frozenset(version for name in names if (version := _version(name)))
    # A portal that answers every address with a page of its own is no index that has nothing.
    return versions if versions or is_sure else None


class _Links(HTMLParser):
    """The file names that a page links to, and whether it says that it is a page of PEP 503."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.is_marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a" and (link := attributes.get("href")):
            self.names.append(unquote(urlsplit(link).path.rpartition("/")[2]))
        self.is_marked |= tag == "meta" and attributes.get("name") == "pypi:repository-version"


def _is_page(answer: httpx.Response) -> bool:
    return answer.status_code == 200 and _kind(answer) in (JSON, *HTML)


def _kind(answer: httpx.Response) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _version(name: str) -> Version | None:
    """The version that a distribution's file name tells, if it is the client's."""
    try:
        project, version, *_ = parse_wheel_filename(name) if name.endswith(".whl") else parse_sdist_filename(name)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return None
    return version if project == NAME else None
