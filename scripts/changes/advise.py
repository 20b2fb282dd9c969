"""Say what a caller of the client does about a change of the document that looks breaking."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.changes.documents import Change

# By the kind of change and how its text begins; the first that fits. See describe_changes for the texts.
_ADVICE = (
    ("operation", "renamed", "import the module of the new name, and give it what its signature asks for"),
    ("operation", "removed", "stop calling it; see the operations added for one that does the like"),
    ("operation", "tags", "import its module from the package of the new tag"),
    ("parameter", "removed", "stop giving the argument"),
    ("parameter", "added", "give the argument in every call"),
    ("body", "removed", "stop giving a body"),
    ("body", "added", "give a body in every call"),
    ("body", "content type", "give the body that the new signature asks for"),
    ("answer", "removed", "stop expecting this status"),
    ("answer", "content type", "read the answer as the new signature gives it"),
    ("schema", "renamed", "import the class of the new name"),
    ("schema", "removed", "use the class that stands where it stood; see the types changed"),
    ("field", "removed", "stop setting and reading it"),
    ("field", "added", "set it in every request"),
    ("type", "", "give and read the new type"),
    ("required", "now", "set it in every request"),
    ("required", "no longer", "expect UNSET where you read it"),
    ("nullable", "now", "expect None where you read it"),
    ("nullable", "no longer", "stop sending None"),
    ("enum", "recased", "use the members of the enum's class, or respell the strings you send and compare"),
    ("enum", "removed", "stop sending and comparing these values"),
    ("enum", "now one of", "send one of these values"),
    ("enum", "no longer only", "expect any value"),
    ("limit", "", "keep what you send within the new limit"),
    ("scope", "", "have the application granted the scope"),
)


def advice(change: Change) -> str:
    """What to do in the caller's code, without a full stop."""
    for kind, beginning, what in _ADVICE:
        if change.kind == kind and change.what.startswith(beginning):
            return what
    return "compare what you send and read there with the new document"
