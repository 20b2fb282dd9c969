"""Send any number of items through a bulk operation in batches, with an outcome for each.

    result = bulk.run(bulk_update_audience_segments, items, client=client, account_id="42")
    for outcome in result.outcomes:
        print(outcome.index, outcome.status, outcome.reason)

An item is *failed* if an entry of the answer's ``errors`` or ``warnings`` points at it, if it is missing from the
answer's ``data``, or if it was not sent: a bulk call answers 200 whatever became of each item, and Criteo's pages show
failed items in one list or the other (documentation read 2026-11). It is *unknown* if its batch was sent and may have
been carried out without an answer that says so: the call timed out or broke off, or got a 5xx or an answer that cannot
be read. What was not sent is never unknown.

What to do with ``.unknown``: read the items from the API (search), compare, and send again what is not as it should be.
An update that sets the same values may simply be sent again; a create may not, since it would make the entity twice.
With ``RetryPolicy(retry_writes=True)`` an outcome is that of the last attempt, whatever became of the earlier ones.

A file of the failures takes three lines:

    writer = csv.writer(file)
    writer.writerow(["index", "id", "status", "reason", "trace_id"])
    writer.writerows((o.index, o.item.id, o.status, o.reason, o.trace_id) for o in [*result.failed, *result.unknown])
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import re
from bisect import insort
from collections import defaultdict, deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from itertools import islice
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Literal,
    ParamSpec,
    Protocol,
    TypeVar,
    get_args,
    get_type_hints,
)

import attrs
import httpx
from attrs import define, evolve, field, frozen

from ._operation import (
    CALL_OPTIONS,
    DescribedModule,
    ListAnswer,
    OperationModule,
    check_arguments,
    check_client,
    check_whole,
    operation_id,
    parameters,
    problems,
    request_of,
    typed_as,
)
from .errors import (
    ApiError,
    AuthenticationError,
    CriteoError,
    EncodeError,
    GoneError,
    PermissionDeniedError,
    Problem,
    ServerError,
    TokenError,
    one_line,
    problem_lines,
)
from .types import UNSET, Unset

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = ["BulkError", "BulkResult", "FailedItem", "Outcome", "SucceededItem", "UnknownItem", "run", "run_async"]

logger = logging.getLogger("criteo_retail_media")

Item = TypeVar("Item")
Entity = TypeVar("Entity")
Item_contra = TypeVar("Item_contra", contravariant=True)
Entity_co = TypeVar("Entity_co", covariant=True)
P = ParamSpec("P")

Status = Literal["succeeded", "failed", "unknown"]
OnBatch = Callable[[int, int], object] | Callable[..., object]

# `instance: "@data/3"` and `source` values `data/3/attributes/name`; the number is the position in the request.
POINTER = re.compile(r"[@/]?data/([0-9]{1,9})(?:/.*)?", re.DOTALL)

# What a call raises when it went wrong; anything else is a fault of the program, and is raised at once.
CALL_ERRORS = (CriteoError, httpx.RequestError)
# Where no connection was made, so that nothing was sent.
NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
# Where nothing was carried out: the API refused the whole call (but see ServerError), or was not asked.
NOT_CARRIED_OUT = (ApiError, EncodeError, TokenError, *NOT_REACHED)
# Errors that every further batch would meet.
HOPELESS = (EncodeError, TokenError, AuthenticationError, PermissionDeniedError, GoneError)
# Errors of an item that cannot be written: EncodeError, or those of Python and its JSON writer for foreign values.
WRITE_ERRORS = (TypeError, ValueError, AttributeError, RecursionError)

PROGRESS: tuple[str, ...] = ("done", "total_failed", "total")
LONGEST_REASON = 500


class BulkModule(DescribedModule, Protocol[Item_contra, P, Entity_co]):
    """The module of a bulk operation, as type checkers see it: what an item is, what `run` takes, what an entity is."""

    def _bulk(self, item: Item_contra, /, *args: P.args, **kwargs: P.kwargs) -> Entity_co: ...


class BulkAsyncModule(DescribedModule, Protocol[Item_contra, P, Entity_co]):
    """`BulkModule` for `run_async`."""

    def _bulk_async(self, item: Item_contra, /, *args: P.args, **kwargs: P.kwargs) -> Entity_co: ...


class _RunFunction(Protocol):
    def __call__(
        self,
        operation: BulkModule[Item, P, Entity],
        items: Iterable[Item],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> BulkResult[Item, Entity]: ...


class _RunAsyncFunction(Protocol):
    def __call__(
        self,
        operation: BulkAsyncModule[Item, P, Entity],
        items: Iterable[Item] | AsyncIterable[Item],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Coroutine[Any, Any, BulkResult[Item, Entity]]: ...


@frozen
class Outcome(Generic[Item, Entity]):
    """What became of one item: a `SucceededItem`, a `FailedItem` or an `UnknownItem`.

    Attributes:
        index: its position in the whole input, from 0.
        item: the item as given. None where it succeeded and the input was an iterator: the result keeps the entity, and
            holds no second million of objects that nobody else holds.
        status: ``"succeeded"``, ``"failed"`` or ``"unknown"``.
        entity: the entity that the API answered, or None.
        problems: what the API says is wrong with it; empty where it says nothing.
        error: why its whole batch failed or broke off, or why it was not sent, or None.
    """

    status: ClassVar[Status]

    index: int
    item: Item | None
    problems: tuple[Problem, ...]
    error: BaseException | None
    entity: Entity | None

    @property
    def reason(self) -> str:
        """Why it did not succeed and what to do about it, in one line; empty where it succeeded."""
        return ""

    @property
    def trace_id(self) -> str | None:
        """The id to give to Criteo's support, where the API gave one."""
        of_problems = next((problem.trace_id for problem in self.problems if problem.trace_id), None)
        return of_problems or (self.error.trace_id if isinstance(self.error, ApiError) else None)


@frozen
class SucceededItem(Outcome[Item, Entity]):
    """An item that was carried out; ``entity`` is what the API answered."""

    status: ClassVar[Status] = "succeeded"

    index: int
    item: Item | None
    entity: Entity
    problems: tuple[Problem, ...] = field(init=False, default=())
    error: None = field(init=False, default=None)


@frozen
class FailedItem(Outcome[Item, Entity]):
    """An item that was not carried out.

    ``error`` is set where its whole batch failed or was not sent, and is an `errors.EncodeError` with the path of the
    value where the item itself cannot be sent. ``entity`` is set where the answer holds its entity although an entry
    points at the item.
    """

    status: ClassVar[Status] = "failed"

    index: int
    item: Item
    problems: tuple[Problem, ...] = ()
    error: BaseException | None = None
    entity: Entity | None = None

    @property
    def reason(self) -> str:
        """Why it failed and what to do about it, in one line."""
        if self.problems:
            advice = self.error.advice if isinstance(self.error, ApiError) else ""
            return _line("; ".join(filter(None, (*problem_lines(self.problems), advice))))
        if self.error is None:
            return "missing from the answer: check its id, and that the account gave its consent"
        if isinstance(self.error, EncodeError):
            return _line(f"cannot be sent: {self.error}")
        if isinstance(self.error, ApiError):
            return _line(str(self.error))
        return f"{_describe(self.error)}; not sent, so it can be sent again"


@frozen
class UnknownItem(Outcome[Item, Any]):
    """An item that may have been carried out or not; the module's text says what to do with it.

    ``error`` says why its outcome is not known.
    """

    status: ClassVar[Status] = "unknown"

    index: int
    item: Item
    error: BaseException
    problems: tuple[Problem, ...] = field(init=False, default=())
    entity: None = field(init=False, default=None)

    @property
    def reason(self) -> str:
        """Why its outcome is not known and what to do about it, in one line."""
        return f"{_describe(self.error)}; it may have been carried out: read it from the API before sending it again"


def _describe(error: BaseException) -> str:
    """The error in one line; those of this package say by themselves what happened."""
    text, name = str(error), type(error).__name__
    return _line(text if text and isinstance(error, CriteoError) else f"{name}: {text}" if text else name)


def _line(text: str) -> str:
    return one_line(text, LONGEST_REASON)


@define(repr=False)
class BulkResult(Generic[Item, Entity]):
    """What became of each item, in order.

    Attributes:
        outcomes: one for each item. ``succeeded``, ``failed`` and ``unknown`` are made from it, and every item is in
            exactly one of them.
        unattributed: problems that point at no item.
        unexpected: entities answered that belong to no item.
    """

    outcomes: list[Outcome[Item, Entity]] = field(factory=list)
    unattributed: list[Problem] = field(factory=list)
    unexpected: list[Entity] = field(factory=list)

    @classmethod
    def lost(cls, items: Iterable[Item], error: BaseException) -> BulkResult[Item, Entity]:
        """The result of items whose run ended without one, as where a worker died: each one's outcome is unknown."""
        return cls([UnknownItem(index, item, error) for index, item in enumerate(items)])

    @property
    def succeeded(self) -> list[Entity]:
        """The entities answered for the items that succeeded."""
        return [outcome.entity for outcome in self.outcomes if isinstance(outcome, SucceededItem)]

    @property
    def succeeded_indexes(self) -> list[int]:
        """For each of ``succeeded``, its item's position in the whole input."""
        return [outcome.index for outcome in self.outcomes if isinstance(outcome, SucceededItem)]

    @property
    def failed(self) -> list[FailedItem[Item, Entity]]:
        """The items that were not carried out, and why."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, FailedItem)]

    @property
    def unknown(self) -> list[UnknownItem[Item]]:
        """The items that may have been carried out or not."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, UnknownItem)]

    @property
    def total(self) -> int:
        """How many items were taken."""
        return len(self.outcomes)

    def __repr__(self) -> str:
        counts = f"succeeded={len(self.succeeded)}, failed={len(self.failed)}, unknown={len(self.unknown)}"
        return f"<BulkResult {counts}>"

    def merge(self, *others: BulkResult[Item, Entity]) -> BulkResult[Item, Entity]:
        """One result for inputs that were run apart, as if they had been one: ``BulkResult.merge(*parts)``.

        The parts are taken in the order given, so that an item's index counts the items of the parts before its own.
        """
        merged: BulkResult[Item, Entity] = BulkResult()
        for part in (self, *others):
            first = merged.total
            merged.outcomes += [evolve(outcome, index=first + outcome.index) for outcome in part.outcomes]
            merged.unattributed += part.unattributed
            merged.unexpected += part.unexpected
        return merged

    def raise_for_failures(self) -> None:
        """Do nothing if every item succeeded.

        Raises:
            BulkError: an item failed or is unknown.
        """
        if any(outcome.status != "succeeded" for outcome in self.outcomes):
            raise BulkError(self)


class BulkError(CriteoError):
    """Not every item of a bulk run is known to have succeeded.

    Attributes:
        result: what became of each item.
    """

    def __init__(self, result: BulkResult[Any, Any]) -> None:
        super().__init__(result)
        self.result = result

    def __str__(self) -> str:
        failed, unknown = self.result.failed, self.result.unknown
        counts = f"{len(failed)} of {self.result.total} items failed, the outcome of {len(unknown)} is unknown"
        first = [f"first {one.status}: item {one.index}: {one.reason}" for one in (failed or unknown)[:1]]
        return "; ".join([counts, *first])


# --- one batch ---


def match(
    items: Sequence[Item] | Mapping[int, Item], answer: ListAnswer[Entity], *, holds_items: bool = True
) -> BulkResult[Item, Entity]:
    """What became of a batch's items, which are given by their positions where these are not those in the batch.

    Entities are matched to items by id, since ``data`` holds the successes only; where an id was sent more than once,
    in the order sent. Items without an id (of a create) are matched in order where the numbers agree, and are unknown
    where they do not.
    """
    numbered = items if isinstance(items, Mapping) else dict(enumerate(items))
    pointed, unattributed = _attribute_problems(problems(answer, "errors", "warnings"), len(items))
    answered = [entity for entity in answer.data or () if entity is not None]
    entities, unexpected = _pair_entities([*numbered.values()], answered, set(pointed))
    unsettled = CriteoError(f"the answer does not say which of the items made its {len(unexpected)} entities")
    outcomes: list[Outcome[Item, Entity]] = []
    for position, (index, item) in enumerate(numbered.items()):
        if position in pointed:
            outcomes.append(FailedItem(index, item, tuple(pointed[position]), entity=entities.get(position)))
        elif position in entities:
            outcomes.append(SucceededItem(index, item if holds_items else None, entities[position]))
        elif _id_of(item) is None and unexpected:
            outcomes.append(UnknownItem(index, item, unsettled))
        else:
            outcomes.append(FailedItem(index, item))
    return BulkResult(outcomes, unattributed, unexpected)


def broken(items: Sequence[Item] | Mapping[int, Item], error: BaseException) -> BulkResult[Item, Any]:
    """What became of a batch whose call raised ``error``; ``items`` as for `match`."""
    numbered = items if isinstance(items, Mapping) else dict(enumerate(items))
    if not isinstance(error, NOT_CARRIED_OUT) or isinstance(error, ServerError):
        return BulkResult([UnknownItem(index, item, error) for index, item in numbered.items()])
    pointed, general = _attribute_problems(error.problems if isinstance(error, ApiError) else (), len(items))
    own = [(*pointed.get(position, ()), *general) for position in range(len(items))]
    return BulkResult([FailedItem(*one, own[position], error) for position, one in enumerate(numbered.items())])


def _attribute_problems(entries: Iterable[Problem], count: int) -> tuple[dict[int, list[Problem]], list[Problem]]:
    """The problems by the position of the item that they point at, and those that point at none of the items."""
    pointed: defaultdict[int, list[Problem]] = defaultdict(list)
    unattributed = []
    for problem in entries:
        pointers = (problem.instance or "", *problem.source.values(), *problem.source)
        matches = filter(None, map(POINTER.fullmatch, pointers))
        positions = {position for found in matches if (position := int(found[1])) < count}
        for position in positions:
            pointed[position].append(problem)
        if not positions:
            unattributed.append(problem)
    return pointed, unattributed


def _pair_entities(
    items: Sequence[object], entities: Iterable[Entity], pointed: set[int]
) -> tuple[dict[int, Entity], list[Entity]]:
    """The entities by the position of their item, and those that belong to none. An item at which no problem points
    comes before one at which one does."""
    by_id: defaultdict[object, deque[int]] = defaultdict(deque)
    for position in sorted(range(len(items)), key=lambda position: (position in pointed, position)):
        by_id[_id_of(items[position])].append(position)
    without_id = sorted(by_id.pop(None, ()))
    paired: dict[int, Entity] = {}
    rest: list[Entity] = []
    for entity in entities:
        positions = by_id.get(_id_of(entity))
        if positions:
            paired[positions.popleft()] = entity
        else:
            rest.append(entity)
    for candidates in (without_id, [position for position in without_id if position not in pointed]):
        if rest and len(candidates) == len(rest):
            return paired | dict(zip(candidates, rest, strict=True)), []
    return paired, rest


def _id_of(model: object) -> object:
    """The id, or None: a create's items have none, and any model may leave it out."""
    value = getattr(model, "id", None)
    return None if isinstance(value, Unset) else value


def _find_write_error(item: object) -> EncodeError | None:
    """Why the item alone cannot be written as a part of a body; None where it can."""
    try:
        json.dumps(item.to_dict(), ensure_ascii=False, allow_nan=False).encode()  # type: ignore[attr-defined]
    except EncodeError as error:
        return error
    except WRITE_ERRORS as error:
        refused = EncodeError(str(error) or type(error).__name__)
        refused.__cause__ = error
        return refused
    return None


# --- all batches ---


Batch = dict[int, Item]  # the items of a call that are left to be sent, by their positions in the whole input


class _Run(Generic[Item, Entity]):
    """What both runs share: the batches, and what became of them. Making the calls is left to the two."""

    def __init__(
        self,
        operation: OperationModule[ListAnswer[Entity]],
        items: Iterable[Item] | AsyncIterable[Item],
        client: AuthenticatedClient | Client,
        batch_size: int,
        on_batch: OnBatch | None,
        result: BulkResult[Item, Entity] | None,
        arguments: dict[str, Any],
    ) -> None:
        check_client(client)
        self.body = _find_body_class(operation, batch_size, arguments)
        self.arguments = {"client": client, **arguments}
        self.item_types = _find_item_types(self.body)
        _check_items(items, self.item_types)
        self.result: BulkResult[Item, Entity] = BulkResult() if result is None else result
        self.taken = self.result.total
        self.not_succeeded = sum(outcome.status != "succeeded" for outcome in self.result.outcomes)
        length = _length_of(items)
        self.total = None if length is None else self.taken + length
        self.holds_items = length is not None  # a collection's items are held by the caller anyway
        self.on_batch = _adapt_callback(on_batch)
        self.hopeless: BaseException | None = None

    @contextmanager
    def collect(self) -> Iterator[Batch[Item]]:
        """A batch, for the block to `add` items to. Those that cannot be sent are settled at its end; where the input
        raises, all are failed with that error."""
        batch: Batch[Item] = {}
        try:
            yield batch
        except BaseException as error:
            reason = error
            self._fail_where(batch, lambda _: reason)
            raise
        self._fail_where(batch, self._find_refusal)

    def add(self, batch: Batch[Item], item: Item) -> None:
        """Add the next item of the input."""
        batch[self.taken] = item
        self.taken += 1

    def arguments_of(self, batch: Batch[Item]) -> dict[str, Any]:
        """What the operation's functions take."""
        return {**self.arguments, "body": self.body(data=list(batch.values()))}

    @contextmanager
    def attempt(self, batch: Batch[Item]) -> Iterator[None]:
        """Settle the items where the call in the block fails. Where that is because some of them cannot be written,
        those are settled alone, and the others are left to be sent: nothing was sent so far."""
        try:
            yield
        except BaseException as error:
            if isinstance(error, WRITE_ERRORS) and self._fail_where(batch, _find_write_error):
                return
            self._settle(batch, broken(batch, error))
            if not isinstance(error, CALL_ERRORS):
                raise
            if isinstance(error, HOPELESS):
                self.hopeless = error

    def settle(self, batch: Batch[Item], answer: ListAnswer[Entity]) -> None:
        """Settle the items by the answer."""
        self._settle(batch, match(batch, answer, holds_items=self.holds_items))

    def report(self) -> None:
        """Tell the caller how far the run is."""
        if self.on_batch is not None:
            self.on_batch(self.result.total, self.not_succeeded, self.total)

    def _find_refusal(self, item: Item) -> BaseException | None:
        if self.hopeless is not None:
            return self.hopeless
        if not self.item_types or isinstance(item, self.item_types):
            return None
        return EncodeError(f"the item is {_name_kind(item)}, but the operation takes {_name_kinds(self.item_types)}")

    def _fail_where(self, batch: Batch[Item], find_error: Callable[[Item], BaseException | None]) -> bool:
        """Settle the items that have an error as failed, and leave the others; whether there are any."""
        found = ((index, item, find_error(item)) for index, item in batch.items())
        failed: list[Outcome[Item, Entity]] = [
            FailedItem(index, item, (), error) for index, item, error in found if error is not None
        ]
        self._settle(batch, BulkResult(failed))
        return bool(failed)

    def _settle(self, batch: Batch[Item], part: BulkResult[Item, Entity]) -> None:
        """Put outcomes in their place: batches that run at once end in any order."""
        for outcome in part.outcomes:
            insort(self.result.outcomes, outcome, key=lambda outcome: outcome.index)
            del batch[outcome.index]
            self.not_succeeded += outcome.status != "succeeded"
        self.result.unattributed += part.unattributed
        self.result.unexpected += part.unexpected


@typed_as(_RunFunction)  # type: ignore[type-abstract]  # never instantiated
def run(
    operation: OperationModule[ListAnswer[Entity]],
    items: Iterable[Item],
    *,
    client: AuthenticatedClient | Client,
    batch_size: int = 50,
    on_batch: OnBatch | None = None,
    result: BulkResult[Item, Entity] | None = None,
    **arguments: Any,
) -> BulkResult[Item, Entity]:
    """Send the items in batches, one after the other.

    An item that cannot be sent (a value that JSON or the document has no place for, an object of another class than the
    operation takes) fails alone, with its path; the others of its batch are sent. A batch that fails as a whole leaves
    the others' outcomes in hand, and the next one is sent, except after an error that every batch would meet (no token,
    401, 403, 410): the remaining items are then failed with that error, and not sent.

    Args:
        operation: module of a bulk operation, one whose body and answer hold a list ``data``.
        items: the resources for the body's ``data``; taken batch by batch, never all at once.
        client: sends the calls.
        batch_size: items in a call. The API documents no maximum for segments; 50 is its cap elsewhere.
        on_batch: called after each batch with ``done``, the items done so far, and ``total_failed``, how many of them
            are not known to have succeeded. A parameter named ``total`` is given the number of all items, None where
            ``items`` has no length. Parameters with these names are given by name, in any order and as many of them as
            there are (``lambda done, total: …``); a callback with other names gets the first two by position.
        result: filled batch by batch, and returned. Give one to have the outcomes so far when the run is interrupted
            (Ctrl-C, an error of ``items`` or ``on_batch``): items of the batch being sent are then unknown, those taken
            but not sent are failed. Indexes go on from its ``total``.
        arguments: the operation's other arguments, such as ``account_id``, and ``timeout`` for each call.

    Raises:
        TypeError: the operation is no bulk operation, ``items`` is no iterable of items (one model, a string, a
            mapping), or an argument is missing or unknown; nothing was sent.
        ValueError: ``batch_size`` is less than 1; nothing was sent.
        errors.EncodeError: an argument such as ``account_id`` cannot be sent (None, say); nothing was sent.
    """
    if isinstance(items, AsyncIterable) and not isinstance(items, Iterable):
        raise TypeError(f"items is {_name_kind(items)}, which only asyncio can iterate over: use run_async")
    state = _Run(operation, items, client, batch_size, on_batch, result, arguments)
    source = iter(items)
    while True:
        taken_before = state.taken
        with state.collect() as batch:
            for item in islice(source, batch_size):
                state.add(batch, item)  # one by one: an iterator that raises leaves what it gave
        if state.taken == taken_before:
            return state.result
        while batch:  # a second time where some cannot be written
            with state.attempt(batch):
                state.settle(batch, operation.sync(**state.arguments_of(batch)))
        state.report()


@typed_as(_RunAsyncFunction)  # type: ignore[type-abstract]  # never instantiated
async def run_async(
    operation: OperationModule[ListAnswer[Entity]],
    items: Iterable[Item] | AsyncIterable[Item],
    *,
    client: AuthenticatedClient | Client,
    batch_size: int = 50,
    max_concurrency: int = 3,
    on_batch: OnBatch | None = None,
    result: BulkResult[Item, Entity] | None = None,
    **arguments: Any,
) -> BulkResult[Item, Entity]:
    """Like `run`, with up to ``max_concurrency`` batches on their way at once.

    More of them than the client has connections gain nothing, and are logged. Batches may be carried out in another
    order than given, which matters where an id is given more than once. When the task is cancelled, the
    batches on their way are unknown; an error of ``items`` or ``on_batch`` is raised after they have been answered.

    Raises:
        TypeError: as for `run`.
        ValueError: ``batch_size`` or ``max_concurrency`` is less than 1; nothing was sent.
        errors.EncodeError: as for `run`.
    """
    check_whole("max_concurrency", max_concurrency, 1)
    state = _Run(operation, items, client, batch_size, on_batch, result, arguments)
    places = client.connection_async().gate.size
    if places is not None and max_concurrency > places:
        text = "max_concurrency is %d, but the client sends %d calls at once: give it higher limits"
        logger.warning(text, max_concurrency, places)
    source = items.__aiter__() if isinstance(items, AsyncIterable) else _iterate_async(items)
    turn = asyncio.Lock()  # an async generator gives one item at a time
    over = False

    async def take() -> Batch[Item] | None:
        nonlocal over
        async with turn:
            taken_before = state.taken
            with state.collect() as batch:
                try:
                    while not over and len(batch) < batch_size:
                        state.add(batch, await anext(source))
                except StopAsyncIteration:
                    over = True
            return batch if state.taken > taken_before else None

    async def work() -> None:
        nonlocal over
        try:
            while (batch := await take()) is not None:
                if not batch:
                    await asyncio.sleep(0)  # leave the event loop its turn
                while batch:  # a second time where some cannot be written
                    with state.attempt(batch):
                        state.settle(batch, await operation.asyncio(**state.arguments_of(batch)))
                state.report()
        except BaseException:
            over = True
            raise

    for end in await asyncio.gather(*(work() for _ in range(max_concurrency)), return_exceptions=True):
        if end is not None:
            raise end
    return state.result


async def _iterate_async(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item


# --- what is given ---


def _find_body_class(
    operation: OperationModule[object], batch_size: int, arguments: dict[str, Any]
) -> Callable[..., Any]:
    """The class of the operation's body, once it is clear that the calls can be made."""
    name = operation_id(operation)
    check_whole("batch_size", batch_size, 1)
    body = operation.OPERATION.body() if operation.OPERATION.body is not None else None
    if body is None or not (operation.OPERATION.body_list and operation.OPERATION.answer_list):
        raise TypeError(f"{name} is no bulk operation: its body and its answer do not both hold a list `data`")
    if operation.OPERATION.method == "PUT":
        raise TypeError(f"{name} replaces a whole list, so it cannot be sent in batches: each would undo the last")
    check_arguments(operation, arguments, ("client", "body"))
    for parameter in parameters(operation).values():
        value = arguments.get(parameter.name)
        if parameter.name in arguments and parameter.default is parameter.empty and (value is None or value is UNSET):
            raise EncodeError(f"is {value}, but the operation needs it", path=parameter.name)
    own = {name: value for name, value in arguments.items() if name not in CALL_OPTIONS}
    request_of(operation, {**own, "body": body(data=[])})
    return body


def _find_item_types(body: Callable[..., Any]) -> tuple[type, ...]:
    """The classes of the items that the body's ``data`` takes."""
    hints = [get_type_hints(body)["data"]]
    for hint in hints:  # which grows on the way
        hints.extend(get_args(hint))
    return tuple(hint for hint in hints if isinstance(hint, type) and hasattr(hint, "to_dict"))


def _check_items(items: object, kinds: tuple[type, ...]) -> None:
    """Refuse what is no iterable of items."""
    advice = f"give an iterable of {_name_kinds(kinds) or 'items'}"
    if isinstance(items, str | bytes | Mapping) or attrs.has(type(items)):
        raise TypeError(f"items is {_name_kind(items)}: {advice}")
    if hasattr(items, "itertuples"):
        raise TypeError(f"items is {_name_kind(items)}, whose items are its columns: {advice}, one made from each row")
    if not isinstance(items, AsyncIterable):
        try:
            iter(items)  # type: ignore[call-overload]
        except TypeError:
            raise TypeError(f"items is {_name_kind(items)}: {advice}") from None


def _name_kind(value: object) -> str:
    if value is None or isinstance(value, Unset):
        return repr(value)
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _name_kinds(kinds: tuple[type, ...]) -> str:
    return " or ".join(kind.__name__ for kind in kinds)


def _length_of(items: object) -> int | None:
    try:
        return len(items)  # type: ignore[arg-type]
    except TypeError:  # also of a wrapper (tqdm, say) of something without a length
        return None


def _adapt_callback(on_batch: Callable[..., object] | None) -> Callable[[int, int, int | None], object] | None:
    """The callback as it is called: what it names of `PROGRESS` by name, else the first two by position."""
    if on_batch is None:
        return None
    if not callable(on_batch):
        raise TypeError(f"on_batch is {on_batch!r:.50}: give a function of `done` and `total_failed`")
    try:
        signature = inspect.signature(on_batch)
    except (TypeError, ValueError):  # written in C
        return lambda done, failed, _: on_batch(done, failed)
    taken = signature.parameters.values()
    kinds = {p.kind for p in taken}
    named = [p.name for p in taken if p.name in PROGRESS and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    takes_all = inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds
    names = PROGRESS if takes_all else named
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError:  # it has other parameters too
        names = ()

    def call(done: int, failed: int, total: int | None) -> object:
        known = dict(zip(PROGRESS, (done, failed, total), strict=True))
        if names:
            return on_batch(**{name: known[name] for name in names})
        return on_batch(done, failed, **({"total": total} if "total" in named else {}))

    return call
