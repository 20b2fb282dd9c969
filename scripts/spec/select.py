"""Choose operations of a document by name, pattern or tag, and cut it down to them and what they reach."""

from __future__ import annotations

import difflib
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
    """An operation of a document. ``id`` is empty where the document gives none."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    scopes: tuple[str, ...]

    def __str__(self) -> str:
        return self.id or f"{self.method.upper()} {self.path}"


def offered(document: Document) -> list[Offered]:
    """The document's operations, in its order.

    Raises:
        StageError: a part of ``paths`` is not what OpenAPI says it is, or is a ``$ref`` (which is never followed).
    """
    return [
        Offered(
            id=_text(operation.get("operationId", ""), f"operationId of {method.upper()} {path}"),
            method=method,
            path=path,
            tags=tuple(
                _text(tag, f"a tag of {method.upper()} {path}") for tag in _list(operation.get("tags", []), "tags")
            ),
            scopes=tuple(_scopes(operation.get("security", document.get("security", [])))),
        )
        for path, item in _object(document.get("paths"), "paths").items()
        for method, operation in _operations(path, item)
    ]


def choose(document: Document, wanted: Sequence[str]) -> list[Offered]:
    """The operations that ``wanted`` names: operationIds, patterns (``get*``) and tags (``tag:Audience``, ``tag:A*``).

    Raises:
        StageError: an entry matches nothing (with the nearest names), or an operation chosen has no operationId.
    """
    every = offered(document)
    if not wanted:
        raise StageError('no operation is wanted: name some in OPERATIONS="…", or OPERATIONS="*" for all')
    chosen: set[Offered] = set()
    for entry in wanted:
        matching = {operation for operation in every if matches(operation, entry)}
        if not matching:
            raise StageError(_no_match(entry, every))
        chosen |= matching
    for operation in every:
        if operation in chosen and not operation.id:
            raise StageError(
                f"{operation} has no operationId, so no name to generate it under; leave it out of OPERATIONS"
            )
    return [operation for operation in every if operation in chosen]


def select(document: Document, wanted: Sequence[str]) -> Document:
    """The canonical document with the wanted operations and the components they reach; ``*`` keeps it whole.

    Raises:
        StageError: see ``choose``.
    """
    chosen = choose(document, wanted)
    if EVERYTHING in wanted:
        return canonical(document)
    kept = {(operation.path, operation.method) for operation in chosen}
    selected = {key: value for key, value in document.items() if not key.startswith("x-")}
    selected["paths"] = {
        path: {key: part for key, part in item.items() if key not in METHODS or (path, key) in kept}
        for path, item in document["paths"].items()
        if any(kept_path == path for kept_path, _ in kept)
    }
    if "components" in selected:
        components = _object(selected.pop("components"), "components")
        reached = reachable(components, selected)
        kinds = {kind: _object(named, f"components.{kind}") for kind, named in components.items()}
        cut = {
            kind: {name: part for name, part in named.items() if (kind, name) in reached}
            for kind, named in kinds.items()
        }
        selected["components"] = {kind: named for kind, named in cut.items() if named}
    return canonical(selected)


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """The names most like one, at most three; they may be none."""
    folded = {known.casefold(): known for known in names}
    return [folded[near] for near in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]


def matches(operation: Offered, entry: str) -> bool:
    """Whether an entry of the operations wanted names an operation."""
    if entry == EVERYTHING:
        return True
    if entry.startswith(TAG):
        return any(fnmatchcase(tag, entry.removeprefix(TAG)) for tag in operation.tags)
    return bool(operation.id) and fnmatchcase(operation.id, entry)


def _operations(path: str, item: object) -> Iterator[tuple[str, Document]]:
    known = _object(item, f"paths.{path}")
    if "$ref" in known:
        raise StageError(f"paths.{path} is a $ref, which is not followed; give a document that holds its paths itself")
    for method in known:
        if method in METHODS:
            yield method, _object(known[method], f"{method.upper()} {path}")


def _no_match(entry: str, every: list[Offered]) -> str:
    if entry.startswith(TAG):
        return (
            f"no operation has {_nearest(entry, sorted({TAG + tag for operation in every for tag in operation.tags}))}"
        )
    return f"no operation is {_nearest(entry, [operation.id for operation in every if operation.id])}"


def _nearest(entry: str, names: list[str]) -> str:
    near = nearest(entry, names)
    known = f"did you mean {', '.join(near)}?" if near else "nothing is named like it."
    return f"{entry} among the {len(names)} offered; {known} `make operations` lists all"


def _scopes(security: object) -> Iterator[str]:
    for requirement in _list(security, "security"):
        for scopes in _object(requirement, "an entry of security").values():
            yield from (_text(scope, "a scope") for scope in _list(scopes, "the scopes of a security scheme"))


def _object(part: object, name: str) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise StageError(f"{name} is not an object; this is no OpenAPI document")
    return part


def _list(part: object, name: str) -> list[Any]:
    if not isinstance(part, list):
        raise StageError(f"{name} is not a list; this is no OpenAPI document")
    return part


def _text(part: object, name: str) -> str:
    if not isinstance(part, str):
        raise StageError(f"{name} is not a string; this is no OpenAPI document")
    return part
