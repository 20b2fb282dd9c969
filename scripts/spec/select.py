"""Choose operations of a document by name, pattern or tag, and cut it down to them and what they reach."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from scripts.project import StageError
from scripts.spec.document import Document, canonical
from scripts.spec.walk import METHODS, reachable

EVERYTHING = "*"
TAG = "tag:"


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
    """The document's operations, in its order.

    Raises:
        StageError: a part of ``paths`` is not what OpenAPI says it is, or is a ``$ref`` (which is never followed).
    """
    info = document.get("info")
    version = str(info.get("version")) if isinstance(info, dict) else ""
    found = []
    for path, item in _require_object(document.get("paths"), "paths").items():
        for method, operation in _list_operations(path, item):
            place = f"{method.upper()} {path}"
            name = _require_text(operation.get("operationId", ""), f"operationId of {place}")
            tags = (
                _require_text(tag, f"a tag of {place}")
                for tag in _require_list(operation.get("tags", []), f"tags of {place}")
            )
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

    An operation without operationId is given the one that `offered` makes.

    Raises:
        StageError: see ``choose``.
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
        components = _require_object(selected.pop("components"), "components")
        reached = reachable(components, selected)
        kinds = {kind: _require_object(named, f"components.{kind}") for kind, named in components.items()}
        cut = {
            kind: {name: part for name, part in named.items() if (kind, name) in reached}
            for kind, named in kinds.items()
        }
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


def _list_operations(path: str, item: object) -> Iterator[tuple[str, Document]]:
    known = _require_object(item, f"paths.{path}")
    if "$ref" in known:
        raise StageError(f"paths.{path} is a $ref, which is not followed; give a document that holds its paths itself")
    for method in known:
        if method in METHODS:
            yield method, _require_object(known[method], f"{method.upper()} {path}")


def _describe_no_match(entry: str, every: list[Offered]) -> str:
    if entry.startswith(TAG):
        tags = sorted({TAG + tag for operation in every for tag in operation.tags})
        return f"no operation has {_suggest_names(entry, tags)}"
    return f"no operation is {_suggest_names(entry, [operation.id for operation in every])}"


def _suggest_names(entry: str, names: list[str]) -> str:
    near = nearest(entry, names)
    known = f"did you mean {', '.join(near)}?" if near else "nothing is named like it."
    return f"{entry} among the {len(names)} offered; {known} `make operations` lists all"


def _list_scopes(security: object) -> Iterator[str]:
    for requirement in _require_list(security, "security"):
        for scopes in _require_object(requirement, "an entry of security").values():
            yield from (
                _require_text(scope, "a scope") for scope in _require_list(scopes, "the scopes of a security scheme")
            )


def _require_object(part: object, name: str) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise StageError(f"{name} is not an object; this is no OpenAPI document")
    return part


def _require_list(part: object, name: str) -> list[Any]:
    if not isinstance(part, list):
        raise StageError(f"{name} is not a list; this is no OpenAPI document")
    return part


def _require_text(part: object, name: str) -> str:
    if not isinstance(part, str):
        raise StageError(f"{name} is not a string; this is no OpenAPI document")
    return part
