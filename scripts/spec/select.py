"""Choose operations of a document by name, pattern or tag, and cut it down to them and what they reach."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeVar

from scripts.project import StageError
from scripts.spec.document import Document, canonical
from scripts.spec.walk import METHODS, reachable

EVERYTHING = "*"
TAG = "tag:"

T = TypeVar("T")
_KINDS: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}


@dataclass(frozen=True)
class Offered:
    """An operation of a document. Where the document gives no operationId, ``id`` is made of its method and path."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    scopes: tuple[str, ...]
    is_named: bool = True

    @property
    def place(self) -> str:
        """Its method and path."""
        return f"{self.method.upper()} {self.path}"


def offered(document: Document) -> list[Offered]:
    """The document's operations, in its order; StageError if ``paths`` is not OpenAPI's, or holds a ``$ref``."""
    info = document.get("info")
    version = str(info.get("version")) if isinstance(info, dict) else ""
    found = []
    for path, item in _require(document.get("paths"), dict, "paths").items():
        if "$ref" in _require(item, dict, f"paths.{path}"):
            raise StageError(
                f"paths.{path} is a $ref, which is not followed; give a document that holds its paths itself"
            )
        for method in (key for key in item if key in METHODS):
            place = f"{method.upper()} {path}"
            operation = _require(item[method], dict, place)
            name = _require(operation.get("operationId", ""), str, f"operationId of {place}")
            tags = _require(operation.get("tags", []), list, f"tags of {place}")
            tags = [_require(tag, str, f"a tag of {place}") for tag in tags]
            scopes = _list_scopes(operation.get("security", document.get("security", [])))
            given = name or _name_operation(method, path, version)
            found.append(Offered(given, method, path, tuple(tags), tuple(scopes), is_named=bool(name)))
    return found


def _name_operation(method: str, path: str, version: str) -> str:
    """A name for an operation without operationId, which stays the same from version to version."""
    segments = [segment for segment in path.split("/") if segment.lower() != version.lower()]
    words = re.findall("[A-Za-z0-9]+", "/".join(segments))
    return method + "".join(word[0].upper() + word[1:] for word in words)


def choose(document: Document, selection: Sequence[str]) -> list[Offered]:
    """The operations that a selection names: operationIds, patterns (``get*``) and tags (``tag:Audience``, ``tag:A*``).

    Raises:
        StageError: an entry matches nothing; the text has the nearest names.
    """
    every = offered(document)
    if not selection:
        raise StageError('no operation is wanted: name some in OPERATIONS="…", or OPERATIONS="*" for all')
    chosen: set[Offered] = set()
    for entry in selection:
        matching = {operation for operation in every if matches(operation, entry)}
        if not matching:
            raise StageError(_describe_no_match(entry, every))
        chosen |= matching
    return [operation for operation in every if operation in chosen]


def select(document: Document, selection: Sequence[str]) -> Document:
    """The canonical document with the operations selected and the components they reach; ``*`` keeps it whole.

    An operation without operationId is given the one that `offered` makes. Raises StageError as `choose` does.
    """
    chosen = choose(document, selection)
    document = _name_unnamed(document, chosen)
    if EVERYTHING in selection:
        return canonical(document)
    kept = {(operation.path, operation.method) for operation in chosen}
    selected = {key: value for key, value in document.items() if not key.startswith("x-")}
    selected["paths"] = {
        path: {key: part for key, part in item.items() if key not in METHODS or (path, key) in kept}
        for path, item in document["paths"].items()
        if any(kept_path == path for kept_path, _ in kept)
    }
    if "components" in selected:
        components = _require(selected.pop("components"), dict, "components")
        reached = reachable(components, selected)
        kinds = [(kind, _require(named, dict, f"components.{kind}")) for kind, named in components.items()]
        cut = {kind: {name: named[name] for name in named if (kind, name) in reached} for kind, named in kinds}
        selected["components"] = {kind: named for kind, named in cut.items() if named}
    return canonical(selected)


def _name_unnamed(document: Document, chosen: list[Offered]) -> Document:
    """The document with an operationId for each operation chosen; a copy, where one is added."""
    paths = document["paths"]
    for operation in chosen:
        if not operation.is_named:
            item = paths[operation.path]
            named = item[operation.method] | {"operationId": operation.id}
            paths = paths | {operation.path: item | {operation.method: named}}
    return document | {"paths": paths}


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """The names most like one, at most three; they may be none."""
    folded = {known.casefold(): known for known in names}
    return [folded[near] for near in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]


def matches(operation: Offered, entry: str) -> bool:
    """Whether an entry of a selection names an operation."""
    if entry == EVERYTHING:
        return True
    if entry.startswith(TAG):
        return any(fnmatchcase(tag, entry.removeprefix(TAG)) for tag in operation.tags)
    return fnmatchcase(operation.id, entry)


def _describe_no_match(entry: str, every: list[Offered]) -> str:
    if entry.startswith(TAG):
        words, names = "no operation has", sorted({TAG + tag for operation in every for tag in operation.tags})
    else:
        words, names = "no operation is", [operation.id for operation in every]
    near = nearest(entry, names)
    known = f"did you mean {', '.join(near)}?" if near else "nothing is named like it."
    return f"{words} {entry} among the {len(names)} offered; {known} `make operations` lists all"


def _list_scopes(security: object) -> Iterator[str]:
    for requirement in _require(security, list, "security"):
        for scopes in _require(requirement, dict, "an entry of security").values():
            for scope in _require(scopes, list, "the scopes of a security scheme"):
                yield _require(scope, str, "a scope")


def _require(part: object, kind: type[T], name: str) -> T:
    if not isinstance(part, kind):
        raise StageError(f"{name} is not {_KINDS[kind]}; this is no OpenAPI document")
    return part
