"""What the document says of an operation, and the shape of the generated modules that call one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, Protocol, TypeVar, cast

from attrs import field, frozen

from .errors import Problem

if TYPE_CHECKING:
    import httpx

    from ._request import Request
    from .types import Unset

T = TypeVar("T")
Answer_co = TypeVar("Answer_co", covariant=True)
Entity_co = TypeVar("Entity_co", covariant=True)

# The arguments of every operation's functions that are of the call, and no parameters of the operation.
CALL_OPTIONS = ("timeout", "headers", "deadline")

_READS = ("GET", "HEAD", "OPTIONS")


class Paging(NamedTuple):
    """How an operation answers page by page.

    Attributes:
        style: whether ``start`` is the number of a page, or of the entity that a page begins with; both count from 0.
        start: Python name of the argument that says where a page begins.
        size: Python name of the argument that says how many entities a page has.
        maximum: the most entities that a page may have, or None where the document does not say.
    """

    style: Literal["page", "offset"]
    start: str
    size: str
    maximum: int | None = None


class Report(NamedTuple):
    """Which operations give the state and the output of a kind of report, catalog or bill.

    Attributes:
        status: module below ``api`` of the operation that tells the state: ``"analytics.get_async_export_status"``.
        output: module below ``api`` of the operation that answers with the file.
        id_argument: Python name of the argument, of both, that takes the report's id.
    """

    status: str
    output: str
    id_argument: str


@frozen(eq=False, kw_only=True, getstate_setstate=False)  # it holds functions, which do not pickle
class Operation(Generic[T]):
    """What the OpenAPI document says of an operation.

    Attributes:
        id: its operationId.
        method: its HTTP method.
        path: its path, with its parameters in braces.
        tag: the group it belongs to.
        scopes: the OAuth scopes it needs.
        answers: for each 2xx status that the document declares, what reads the answer.
        body: gives the class of its JSON body (a function, so that models are imported when they are needed), or None.
        body_list: whether the body's ``data`` is a list.
        answer_list: whether the answer's ``data`` is a list.
        paging: how it answers page by page, or None where it does not.
        report: the kind of report that the operation creates, or gives the state or the output of; None where it does
            none of that, or the document leaves open what a created report's kind is.
        tells_state: whether the answer's ``data`` tells a status that can be ``success``.
        request: how its requests are built; its parameters.
    """

    id: str
    method: str
    path: str
    tag: str
    scopes: tuple[str, ...]
    answers: Mapping[int, Callable[[httpx.Response], T]] = field(repr=False)
    body: Callable[[], type[Any]] | None = field(default=None, repr=False)
    body_list: bool = False
    answer_list: bool = False
    paging: Paging | None = None
    report: Report | None = None
    tells_state: bool = False
    request: Request | None = field(default=None, repr=False)

    def kwargs(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The request with these arguments, as `_call` takes it.

        Raises:
            errors.EncodeError: an argument cannot be sent; ``path`` begins with its name.
        """
        if self.request is None:
            raise NotImplementedError(f"{self.id}: made by hand, without `request`")
        return self.request.build(arguments)

    @property
    def is_read(self) -> bool:
        """Whether a call changes nothing: by its method, or because each scope that it needs is one for reading."""
        only_read = bool(self.scopes) and all(scope.endswith("_Read") for scope in self.scopes)
        return self.method in _READS or only_read


class ListAnswer(Protocol[Entity_co]):
    """A model of an answer whose ``data`` is a list."""

    @property
    def data(self) -> Sequence[Entity_co | None] | Unset | None:
        """The entities; missing, null and empty mean the same. Some of the API's lists may hold null."""


class DescribedModule(Protocol):
    """What the document says of a generated module of `api`, such as ``api.audience.bulk_update_audience_segments``."""

    @property
    def OPERATION(self) -> Operation[Any]: ...  # noqa: N802 (the generated name)


class OperationModule(DescribedModule, Protocol[Answer_co]):
    """The same, with the functions that call the operation."""

    @property
    def sync(self) -> Callable[..., Answer_co]: ...

    @property
    def asyncio(self) -> Callable[..., Coroutine[Any, Any, Answer_co]]: ...


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
    module: Any = operation  # whose private names are none of what type checkers see of it
    request: dict[str, Any] = module._get_kwargs(**arguments)  # noqa: SLF001 (the generator's name)
    return request


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


def check_client(client: object) -> None:
    """Refuse what is no client, before anything is sent.

    Raises:
        TypeError: it is none: one that was forgotten, or the class.
    """
    if isinstance(client, type) or not hasattr(client, "connection"):
        raise TypeError(f"client is {client!r:.100}: give an AuthenticatedClient")


def check_whole(name: str, value: object, least: int) -> int:
    """The value, if it is a whole number of at least ``least``.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is less.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r:.50}, but must be a whole number")
    if value < least:
        raise ValueError(f"{name} is {value}, but must be at least {least}")
    return value


def typed_as(_: type[T]) -> Callable[[Callable[..., object]], T]:
    """Have type checkers take a function for one of another signature, a protocol.

    The template writes what each operation's module takes beside its functions; a function that works with any of them
    cannot say so by itself, since no keyword may stand beside a ParamSpec.
    """

    def give(function: Callable[..., object]) -> T:
        return cast("T", function)

    return give
