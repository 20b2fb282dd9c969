"""What the modules that work with any operation must know of one: its module's shape, its body, its answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import attrs

from .errors import Problem

if TYPE_CHECKING:
    from ._call import Operation
    from .types import Unset

Answer_co = TypeVar("Answer_co", covariant=True)
Entity_co = TypeVar("Entity_co", covariant=True)


class ListAnswer(Protocol[Entity_co]):
    """A model of an answer whose ``data`` is a list."""

    @property
    def data(self) -> Sequence[Entity_co | None] | Unset | None:
        """The entities; missing, null and empty mean the same. Some of the API's lists may hold null."""


class OperationModule(Protocol[Answer_co]):
    """A generated module of `api`, such as ``api.audience.bulk_update_audience_segments``: what the document says of
    the operation, and the functions that call it."""

    @property
    def OPERATION(self) -> Operation[Any]: ...  # noqa: N802 (the generated name)

    @property
    def sync(self) -> Callable[..., Answer_co]: ...

    @property
    def asyncio(self) -> Callable[..., Coroutine[Any, Any, Answer_co]]: ...

    @property
    def _get_kwargs(self) -> Callable[..., dict[str, Any]]: ...


def parameters(operation: OperationModule[object]) -> Mapping[str, inspect.Parameter]:
    """The arguments that the operation's functions take."""
    return inspect.signature(operation.sync).parameters


def check_arguments(operation: OperationModule[object], arguments: Mapping[str, Any], own: Collection[str]) -> None:
    """Refuse arguments that the operation's functions would refuse, before anything is sent.

    Args:
        operation: the operation.
        arguments: those the caller gave.
        own: names of those that are added to each call.

    Raises:
        TypeError: an argument is missing, is none of the operation's, or is one of ``own``.
    """
    taken = sorted(arguments.keys() & set(own))
    if taken:
        raise TypeError(f"{operation.OPERATION.id}: {', '.join(taken)} cannot be given here")
    try:
        inspect.signature(operation.sync).bind(**arguments, **dict.fromkeys(own))
    except TypeError as error:
        raise TypeError(f"{operation.OPERATION.id}: {error}") from None


def request_of(operation: OperationModule[object], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The request that the operation's functions would send, as `_call` takes it."""
    return operation._get_kwargs(**arguments)  # noqa: SLF001 (the generator's name)


def answers_with_list(operation: OperationModule[object]) -> bool:
    """Whether the operation answers with a model whose ``data`` is a list."""
    return any(has_list(kind) for kind in answer_types(operation))


def answer_types(operation: OperationModule[object], *path: str) -> list[Any]:
    """The types that the operation may answer with, or those of a field deep inside: ``"data", "attributes"``.

    Only models and enums are told where the generated code names types in strings.
    """
    models = getattr(operation, "models", None)

    def named(annotation: object) -> list[Any]:
        names = annotation.split(" | ") if isinstance(annotation, str) else ()
        return [kind for name in names if (kind := getattr(models, name, None))] if names else [annotation]

    kinds = named(inspect.signature(operation.sync).return_annotation)
    for name in path:
        fields = [attrs.fields_dict(kind).get(name) for kind in kinds if isinstance(kind, type) and attrs.has(kind)]
        kinds = [kind for field in fields if field is not None for kind in named(field.type)]
    return kinds


def operation_id(operation: OperationModule[object]) -> str:
    """The operation's id.

    Raises:
        TypeError: it is no operation's module; one of its functions, say.
    """
    described = getattr(operation, "OPERATION", None)
    if described is None:
        raise TypeError(f"{operation!r:.100} is no operation: give a module of `api`")
    return str(described.id)


def problems(answer: object, *lists: str) -> Iterator[Problem]:
    """The entries of the answer's ``errors`` or ``warnings``; a model may lack either."""
    for name in lists:
        for entry in getattr(answer, name, None) or ():
            yield Problem.from_dict(entry.to_dict())


def has_list(model: object) -> bool:
    """Whether a generated model has a ``data`` that is a list."""
    if not (isinstance(model, type) and attrs.has(model)):
        return False
    data = attrs.fields_dict(model).get("data")
    return data is not None and "list[" in str(data.type)
