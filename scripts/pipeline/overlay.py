"""Apply an OpenAPI Overlay 1.1: openapi/upstream.json + overlay/quirks.overlay.yaml -> openapi/patched.json.

Stricter than https://spec.openapis.org/overlay/v1.1.0: an action without a reason, or without an effect, is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError, JSONPathQuery

from scripts.files import replace_file
from scripts.pipeline.rewrites import VERBS
from scripts.pipeline.shape import check_shape
from scripts.project import Project, StageError, naming
from scripts.spec.document import Document, dump, parse
from scripts.spec.walk import Location, at

# What each action says about itself; overlay/README.md explains the words.
REASONS = ("why", "evidence", "since", "remove-when")
EXCUSES = ("may-match-nothing", "may-change-nothing", "may-not-matter")
CHANGES = ("update", "copy", "remove", "x-rewrite")


@dataclass(frozen=True)
class Action:
    """One checked action of an overlay. ``change`` alters the document it is given, at the locations it is given."""

    number: int
    target: str
    query: JSONPathQuery
    change: Callable[[Document, list[Location]], None]
    quirk: dict[str, str]

    def __str__(self) -> str:
        return f"action {self.number} ({self.target})"


@dataclass(frozen=True)
class Outcome:
    """What an action did. ``excuse`` is the overlay's own reason why it may have done nothing."""

    action: Action
    matches: int
    changed: bool
    excuse: str = ""


@dataclass(frozen=True)
class Patched:
    """A document of Criteo's, the same patched, and what each action did to it."""

    upstream: Document
    document: Document
    outcomes: list[Outcome]


_JSONPATH = JSONPathEnvironment()
_JSONPATH.max_recursion_depth = 1000


def read_overlay(loaded: object) -> list[Action]:
    """Check an overlay document and return its actions; StageError if it, or one of them, is not sound."""
    if not isinstance(loaded, dict) or "overlay" not in loaded:
        raise StageError("this is not an overlay document: it has no `overlay` field")
    if not re.fullmatch(r"1\.[01]\.\d+", str(loaded["overlay"])):
        raise StageError(f"overlay version {loaded['overlay']} is not supported; write it as 1.1.0")
    match loaded:
        case {"info": {"title": str(), "version": str()}, "actions": [_, *_] as actions}:
            return [_read_action(number, _copy_data(action)) for number, action in enumerate(actions, start=1)]
    raise StageError("this is not an overlay document: it needs `info` (title, version) and a list of `actions`")


def apply_actions(document: Document, actions: Sequence[Action]) -> tuple[Document, list[Outcome]]:
    """Apply the actions in order to a copy of the document.

    Raises:
        StageError: an action cannot be applied, matches nothing or changes nothing and does not say why it may.
    """
    outcomes = []
    for action in actions:
        document, outcome = _apply_action(document, action)
        outcomes.append(outcome)
    return document, outcomes


def _apply_action(document: Document, action: Action) -> tuple[Document, Outcome]:
    locations = list(dict.fromkeys(node.location for node in _find(action.query, document)))
    if locations:
        before = json.dumps(document)
        changed = json.loads(before)
        with naming(f"{action} cannot be applied"):
            action.change(changed, locations)
        if json.dumps(changed) != before:
            return changed, Outcome(action, len(locations), changed=True)
    does, may = ("changes", "change") if locations else ("matches", "match")
    if excuse := action.quirk.get(f"may-{may}-nothing"):
        return document, Outcome(action, len(locations), changed=False, excuse=excuse)
    raise StageError(f"{action} {does} nothing: remove it, or say in x-quirk.may-{may}-nothing why it stays")


def allow_idle(actions: Sequence[Action]) -> list[Action]:
    """The actions, each allowed to do nothing."""
    excuses = dict.fromkeys(EXCUSES, "it may do nothing")
    return [replace(action, quirk=action.quirk | excuses) for action in actions]


def _read_action(number: int, action: Any) -> Action:
    match action:
        case {"target": str(target)}:
            where = f"action {number} ({target})"
        case _:
            raise StageError(f"action {number} has no `target`")
    unknown = [key for key in action if key not in ("target", "description", *CHANGES) and not key.startswith("x-")]
    if unknown:
        raise StageError(f"{where} has an unknown field `{unknown[0]}`; it knows {', '.join(CHANGES)}")
    query = _parse_query(target, where)
    quirk = action.get("x-quirk")
    for word in REASONS:
        if not isinstance(quirk, dict) or not _is_text(quirk.get(word)):
            raise StageError(f"{where} gives no reason: x-quirk.{word} is missing (see overlay/README.md)")
    for word, text in quirk.items():
        if word not in REASONS + EXCUSES or not _is_text(text):
            raise StageError(f"{where} has an x-quirk.{word} that means nothing (see overlay/README.md)")
    return Action(number, target, query, _read_change(action, where), quirk)


def _read_change(action: dict[str, Any], where: str) -> Callable[[Document, list[Location]], None]:
    remove = action.get("remove", False)
    if not isinstance(remove, bool):
        raise StageError(f"{where} has a `remove` that is neither true nor false")
    verb = action.get("x-rewrite")
    present = [key for key in ("update", "copy", "x-rewrite") if key in action] + ["remove"] * remove
    if remove and verb is None:
        return _apply_remove  # "This field has no impact if the remove field is true", of update and of copy.
    if len(present) > 1:
        raise StageError(f"{where} has both `{present[0]}` and `{present[1]}`; make them two actions")
    if "update" in action:
        return partial(_apply_update, value=action["update"])
    if "copy" in action:
        return partial(_apply_copy, query=_parse_query(action["copy"], where))
    if verb is None:
        return _change_nothing
    if verb not in VERBS:
        raise StageError(f"{where} has an unknown x-rewrite `{verb}`; there are {', '.join(VERBS)}")
    return VERBS[verb]


def _parse_query(expression: object, where: str) -> JSONPathQuery:
    try:
        return _JSONPATH.compile(str(expression))
    except JSONPathError as error:
        raise StageError(f"{where} has a JSONPath that does not parse: {expression} ({error})") from error


def _find(query: JSONPathQuery, document: Document) -> list[Any]:
    try:
        return list(query.find(document))
    except JSONPathError as error:
        raise StageError(f"{query} cannot be evaluated on this document: {error}") from error


def _change_nothing(document: Document, locations: list[Location]) -> None:
    """An action with no change in it, such as ``remove: false``, succeeds and does nothing."""


def _apply_update(document: Document, locations: list[Location], value: Any) -> None:
    for location in locations:
        target = at(document, location)
        if isinstance(target, dict):
            if not isinstance(value, dict):
                raise StageError("the target is an object, so the update must be one")
            _merge(target, value)
        elif isinstance(target, list):
            target.append(_copy_data(value))
        elif isinstance(value, dict | list):
            raise StageError("the target is a primitive value, so the update must be one")
        else:
            at(document, location[:-1])[location[-1]] = value


def _merge(target: dict[str, Any], update: dict[str, Any]) -> None:
    for key, value in update.items():
        old = target.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            old.extend(_copy_data(value))
        else:
            target[key] = _copy_data(value)


def _apply_copy(document: Document, locations: list[Location], query: JSONPathQuery) -> None:
    nodes = _find(query, document)
    if len(nodes) != 1:
        raise StageError(f"`copy` must select a single node, and selects {len(nodes)}")
    _apply_update(document, locations, _copy_data(nodes[0].value))


def _apply_remove(document: Document, locations: list[Location]) -> None:
    if () in locations:
        raise StageError("the root cannot be removed")
    # In reverse, what is inside comes before its container, and a later entry of a list before an earlier one.
    order = sorted(locations, key=lambda location: [(isinstance(key, int), key) for key in location], reverse=True)
    for *parent, key in order:
        del at(document, tuple(parent))[key]


def _copy_data(value: Any) -> Any:
    """A copy that shares nothing with the value, and whose keys are strings as JSON has them."""
    return json.loads(json.dumps(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def read_actions(project: Project) -> list[Action]:
    """The actions of the project's overlay; StageError if it is not sound."""
    name = project.relative(project.overlay)
    loaded = parse(project.overlay.read_bytes(), name)
    with naming(name):
        return read_overlay(loaded)


def read_upstream(project: Project) -> Document:
    """Criteo's document, as fetch keeps it; raises StageError if it cannot be read."""
    return parse(project.upstream.read_bytes(), project.relative(project.upstream))


def patch_upstream(project: Project) -> Patched:
    """The project's document, patched by its overlay; raises StageError as `patch_document` does."""
    return patch_document(project, read_upstream(project), read_actions(project), project.relative(project.upstream))


def patch_document(project: Project, document: Document, actions: Sequence[Action], name: str) -> Patched:
    """A document, called ``name`` in errors, patched by actions of the project's overlay.

    Raises:
        StageError: the overlay cannot be applied to it; if the document is not OpenAPI, that is what the error says.
    """
    try:
        with naming(project.relative(project.overlay)):
            return Patched(document, *apply_actions(document, actions))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, StageError):
        with naming(name):
            check_shape(document)
        raise


def write_patched(project: Project, patched: Patched) -> bool:
    """Write openapi/patched.json; return whether it changed."""
    return replace_file(project.patched, dump(patched.document))
