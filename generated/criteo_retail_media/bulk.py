"""Any number of items for a bulk operation: sent in batches, and every item's outcome told.

    result = bulk.run(bulk_update_audience_segments, items, client=client, account_id="42")
    result.succeeded, result.failed, result.unknown

An item is *failed* if an entry of the answer's ``errors`` or ``warnings`` points at it or if it is missing from the
answer's ``data``: a bulk call answers 200 whatever became of each item, and Criteo's pages show failed items in one
list or the other (documentation read 2026-11). It is *unknown* if its batch may have been carried out without an answer
that says so: the call timed out or broke off after it was sent, or got a 5xx or an answer that cannot be read.

What to do with ``.unknown``: read the items from the API (search), compare, and send again what is not as it should be.
An update that sets the same values may simply be sent again; a create may not, since it would make the entity twice.
With ``RetryPolicy(retry_writes=True)`` an outcome is that of the last attempt, whatever became of the earlier ones.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import httpx
from attrs import define, evolve, field, frozen

from ._operation import ListAnswer, OperationModule, check_arguments, operation_id, problems
from .errors import (
    ApiError,
    AuthenticationError,
    CriteoError,
    GoneError,
    PermissionDeniedError,
    Problem,
    ServerError,
    TokenError,
)
from .types import Unset

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = ["BulkError", "BulkResult", "FailedItem", "UnknownItem", "run", "run_async"]

Item = TypeVar("Item")
Entity = TypeVar("Entity")

OnBatch = Callable[[int, int], object]

# `instance: "@data/3"` and `source` values `data/3/attributes/name`; the number is the position in the request.
POINTER = re.compile(r"[@/]?data/([0-9]{1,9})(?:/.*)?", re.DOTALL)

# What a call raises when it went wrong; anything else is a fault of the program, and is raised at once.
CALL_ERRORS = (CriteoError, httpx.RequestError)
# Where nothing was carried out: the API refused the whole call (but see ServerError), or was never reached.
NOT_CARRIED_OUT = (
    ApiError,
    TokenError,
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# What every further batch would meet too.
HOPELESS = (TokenError, AuthenticationError, PermissionDeniedError, GoneError)


@frozen
class FailedItem(Generic[Item, Entity]):
    """An item that was not carried out.

    Attributes:
        index: its position in the whole input, from 0.
        item: the item as given.
        problems: what the API says is wrong with it; empty where it is missing from the answer without a word.
        error: why its whole batch failed or was not sent, or None.
        entity: its entity, where the answer holds one although an entry points at the item; else None.
    """

    index: int
    item: Item
    problems: tuple[Problem, ...] = ()
    error: BaseException | None = None
    entity: Entity | None = None


@frozen
class UnknownItem(Generic[Item]):
    """An item that may have been carried out or not; the module's text says what to do with it.

    Attributes:
        index: its position in the whole input, from 0.
        item: the item as given.
        error: why its outcome is not known.
    """

    index: int
    item: Item
    error: BaseException


@define(repr=False)
class BulkResult(Generic[Item, Entity]):
    """What became of each item; every one is in exactly one of ``succeeded``, ``failed`` and ``unknown``, in order.

    Attributes:
        succeeded: the entities answered.
        succeeded_indexes: for each of ``succeeded``, its item's position in the whole input.
        failed: the items that were not carried out, and why.
        unknown: the items that may have been carried out or not.
        unattributed: problems that point at no item.
        unexpected: entities answered that belong to no item.
    """

    succeeded: list[Entity] = field(factory=list)
    succeeded_indexes: list[int] = field(factory=list)
    failed: list[FailedItem[Item, Entity]] = field(factory=list)
    unknown: list[UnknownItem[Item]] = field(factory=list)
    unattributed: list[Problem] = field(factory=list)
    unexpected: list[Entity] = field(factory=list)

    @classmethod
    def lost(cls, items: Iterable[Item], error: BaseException) -> BulkResult[Item, Entity]:
        """The result of items whose run ended without one, as where a worker died: each one's outcome is unknown."""
        return cls(unknown=[UnknownItem(index, item, error) for index, item in enumerate(items)])

    @property
    def total(self) -> int:
        """How many items were taken."""
        return len(self.succeeded) + len(self.failed) + len(self.unknown)

    def __repr__(self) -> str:
        counts = f"succeeded={len(self.succeeded)}, failed={len(self.failed)}, unknown={len(self.unknown)}"
        return f"<BulkResult {counts}>"

    def merge(self, *others: BulkResult[Item, Entity]) -> BulkResult[Item, Entity]:
        """One result for inputs that were run apart, as if they had been one: ``BulkResult.merge(*parts)``.

        The parts are taken in the order given, so that an item's index counts the items of the parts before its own.
        """
        merged: BulkResult[Item, Entity] = BulkResult()
        for part in (self, *others):
            _extend(merged, part, merged.total)
        return merged

    def raise_for_failures(self) -> None:
        """Do nothing if every item succeeded.

        Raises:
            BulkError: an item failed or is unknown.
        """
        if self.failed or self.unknown:
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
        text = f"{len(failed)} of {self.result.total} items failed, the outcome of {len(unknown)} is unknown"
        if failed:
            first = failed[0]
            said = "; ".join(map(str, first.problems)) or _told(first.error) or "missing from the answer"
            return f"{text}; first failed: item {first.index}: {said}"
        return f"{text}; first unknown: item {unknown[0].index}: {_told(unknown[0].error)}" if unknown else text


def _told(error: BaseException | None) -> str:
    return "" if error is None else str(error) or type(error).__name__


# --- one batch ---


def match(items: Sequence[Item], answer: ListAnswer[Entity]) -> BulkResult[Item, Entity]:
    """What became of a batch's items; the indexes are positions in the batch.

    Entities are matched to items by id, since ``data`` holds the successes only; where an id was sent more than once,
    in the order sent. Items without an id (of a create) are matched in order where the numbers agree, and are unknown
    where they do not.
    """
    pointed, unattributed = _attribute(problems(answer, "errors", "warnings"), len(items))
    answered = [entity for entity in answer.data or () if entity is not None]
    entities, unexpected = _pair(items, answered, set(pointed))
    result: BulkResult[Item, Entity] = BulkResult(unattributed=unattributed, unexpected=unexpected)
    unsettled = CriteoError(f"the answer does not say which of the items made its {len(unexpected)} entities")
    for position, item in enumerate(items):
        if position in pointed:
            said = tuple(pointed[position])
            result.failed.append(FailedItem(position, item, said, entity=entities.get(position)))
        elif position in entities:
            result.succeeded.append(entities[position])
            result.succeeded_indexes.append(position)
        elif _id(item) is None and unexpected:
            result.unknown.append(UnknownItem(position, item, unsettled))
        else:
            result.failed.append(FailedItem(position, item))
    return result


def broken(items: Sequence[Item], error: BaseException) -> BulkResult[Item, Any]:
    """What became of a batch whose call raised ``error``; the indexes are positions in the batch."""
    if not isinstance(error, NOT_CARRIED_OUT) or isinstance(error, ServerError):
        return BulkResult.lost(items, error)
    said = error.problems if isinstance(error, ApiError) else ()
    pointed, general = _attribute(said, len(items))
    return not_sent(items, error, [(*pointed.get(position, ()), *general) for position in range(len(items))])


def not_sent(
    items: Sequence[Item], error: BaseException, told: Sequence[tuple[Problem, ...]] = ()
) -> BulkResult[Item, Any]:
    """The items of a batch as failed for ``error``."""
    said = told or [()] * len(items)
    return BulkResult(failed=[FailedItem(position, item, said[position], error) for position, item in enumerate(items)])


def _attribute(told: Iterable[Problem], count: int) -> tuple[dict[int, list[Problem]], list[Problem]]:
    """What was told, by the position they point at, and what points at none of the ``count`` items."""
    pointed: defaultdict[int, list[Problem]] = defaultdict(list)
    unattributed = []
    for problem in told:
        pointers = (problem.instance or "", *problem.source.values(), *problem.source)
        matches = filter(None, map(POINTER.fullmatch, pointers))
        positions = {position for found in matches if (position := int(found[1])) < count}
        for position in positions:
            pointed[position].append(problem)
        if not positions:
            unattributed.append(problem)
    return pointed, unattributed


def _pair(
    items: Sequence[object], entities: Iterable[Entity], pointed: set[int]
) -> tuple[dict[int, Entity], list[Entity]]:
    """The entities by the position of their item, and those that belong to none. An item at which no problem points
    comes before one at which one does."""
    by_id: defaultdict[object, deque[int]] = defaultdict(deque)
    for position in sorted(range(len(items)), key=lambda position: (position in pointed, position)):
        by_id[_id(items[position])].append(position)
    without_id = sorted(by_id.pop(None, ()))
    paired: dict[int, Entity] = {}
    rest: list[Entity] = []
    for entity in entities:
        positions = by_id.get(_id(entity))
        if positions:
            paired[positions.popleft()] = entity
        else:
            rest.append(entity)
    for candidates in (without_id, [position for position in without_id if position not in pointed]):
        if rest and len(candidates) == len(rest):
            return paired | dict(zip(candidates, rest, strict=True)), []
    return paired, rest


def _id(model: object) -> object:
    """The id, or None: a create's items have none, and any model may leave it out."""
    value = getattr(model, "id", None)
    return None if isinstance(value, Unset) else value


def _extend(result: BulkResult[Item, Entity], part: BulkResult[Item, Entity], first: int) -> None:
    """Add the part whose first item has the index ``first``."""
    result.succeeded += part.succeeded
    result.succeeded_indexes += [first + index for index in part.succeeded_indexes]
    result.failed += [evolve(failed, index=first + failed.index) for failed in part.failed]
    result.unknown += [evolve(unknown, index=first + unknown.index) for unknown in part.unknown]
    result.unattributed += part.unattributed
    result.unexpected += part.unexpected


def _sort(result: BulkResult[Any, Any]) -> None:
    """Bring the outcomes of batches that ran at once into the input's order."""
    order = sorted(range(len(result.succeeded)), key=result.succeeded_indexes.__getitem__)
    result.succeeded[:] = [result.succeeded[place] for place in order]
    result.succeeded_indexes.sort()
    result.failed.sort(key=lambda failed: failed.index)
    result.unknown.sort(key=lambda unknown: unknown.index)


# --- all batches ---


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

    A batch that fails as a whole leaves the others' outcomes in hand, and the next one is sent, except after an error
    that every batch would meet (no token, 401, 403, 410): the remaining items are then failed with that error.

    Args:
        operation: module of a bulk operation, one whose body and answer hold a list ``data``.
        items: the resources for the body's ``data``; taken batch by batch, never all at once.
        client: sends the calls.
        batch_size: items in a call. The API documents no maximum for segments; 50 is its cap elsewhere.
        on_batch: called after each batch with the items done so far, and with how many of them are not known to have
            succeeded.
        result: filled batch by batch, and returned. Give one to have the outcomes so far when the run is interrupted
            (Ctrl-C, an error of ``items`` or ``on_batch``): items of the batch being sent are then unknown, those taken
            but not sent are failed. Indexes go on from its ``total``.
        arguments: the operation's other arguments, such as ``account_id``, and ``timeout`` for each call.

    Raises:
        TypeError: the operation is no bulk operation, or an argument is missing or unknown; nothing was sent.
        ValueError: ``batch_size`` is less than 1.
    """
    body = _body(operation, batch_size, arguments)
    result = BulkResult() if result is None else result
    source = iter(items)
    hopeless: BaseException | None = None
    while True:
        first = result.total
        batch: list[Item] = []
        try:
            for item in islice(source, batch_size):
                batch.append(item)  # one by one: an iterator that raises leaves what it gave
        except BaseException as error:
            _extend(result, not_sent(batch, error), first)
            raise
        if not batch:
            return result
        if hopeless is not None:
            part = not_sent(batch, hopeless)
        else:
            try:
                part = match(batch, operation.sync(client=client, body=body(data=batch), **arguments))
            except CALL_ERRORS as error:
                part = broken(batch, error)
                hopeless = error if isinstance(error, HOPELESS) else None
            except BaseException as error:
                _extend(result, broken(batch, error), first)
                raise
        _extend(result, part, first)
        _report(result, on_batch)


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

    Batches may be carried out in another order than given, which matters where an id is given more than once. When the
    task is cancelled, the batches on their way are unknown; an error of ``items`` or ``on_batch`` is raised after
    they have been answered.

    Raises:
        TypeError: as for `run`.
        ValueError: ``batch_size`` or ``max_concurrency`` is less than 1.
    """
    body = _body(operation, batch_size, arguments)
    if max_concurrency < 1:
        raise ValueError(f"max_concurrency is {max_concurrency}, but must be at least 1")
    result = BulkResult() if result is None else result
    source = items.__aiter__() if isinstance(items, AsyncIterable) else _in_async(items)
    turn = asyncio.Lock()  # an async generator cannot be asked for two items at once
    taken = result.total
    over = False
    hopeless: BaseException | None = None

    async def take() -> tuple[int, list[Item]]:
        nonlocal taken, over
        async with turn:
            first = taken
            batch: list[Item] = []
            try:
                while not over and len(batch) < batch_size:
                    batch.append(await anext(source))
            except StopAsyncIteration:
                over = True
            except BaseException as error:
                _extend(result, not_sent(batch, error), first)
                raise
            taken += len(batch)
            return first, batch

    async def send(batch: list[Item]) -> BulkResult[Item, Entity]:
        nonlocal hopeless
        if hopeless is not None:
            await asyncio.sleep(0)  # leave the event loop its turn
            return not_sent(batch, hopeless)
        try:
            return match(batch, await operation.asyncio(client=client, body=body(data=batch), **arguments))
        except CALL_ERRORS as error:
            hopeless = error if isinstance(error, HOPELESS) else hopeless
            return broken(batch, error)

    async def work() -> None:
        nonlocal over
        try:
            while True:
                first, batch = await take()
                if not batch:
                    return
                try:
                    part = await send(batch)
                except BaseException as error:
                    _extend(result, broken(batch, error), first)
                    raise
                _extend(result, part, first)
                _report(result, on_batch)
        except BaseException:
            over = True
            raise

    try:
        ends = await asyncio.gather(*(work() for _ in range(max_concurrency)), return_exceptions=True)
    finally:
        _sort(result)
    for end in ends:
        if end is not None:
            raise end
    return result


def _body(operation: OperationModule[object], batch_size: int, arguments: dict[str, Any]) -> Callable[..., Any]:
    """The class of the operation's body, once it is clear that the calls can be made."""
    name = operation_id(operation)
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}, but must be at least 1")
    body = operation.OPERATION.body() if operation.OPERATION.body is not None else None
    if body is None or not (operation.OPERATION.body_list and operation.OPERATION.answer_list):
        raise TypeError(f"{name} is no bulk operation: its body and its answer do not both hold a list `data`")
    if operation.OPERATION.method == "PUT":
        raise TypeError(f"{name} replaces a whole list, so it cannot be sent in batches: each would undo the last")
    check_arguments(operation, arguments, ("client", "body"))
    return body


def _report(result: BulkResult[Any, Any], on_batch: OnBatch | None) -> None:
    if on_batch is not None:
        on_batch(result.total, result.total - len(result.succeeded))


async def _in_async(items: Iterable[Item]) -> AsyncIterator[Item]:
    for item in items:
        yield item
