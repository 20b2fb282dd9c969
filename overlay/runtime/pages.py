"""All entities of an operation that answers page by page.

    for segment in pages.iterate(search_audience_segments, client=client, account_id="42", body=…):
        …

The API has two styles of parameters and five shapes of metadata. ``nextPage`` is never followed: it is an absolute URL
on the production host, whatever host the page came from.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar

import httpx
from attrs import define

from ._operation import (
    DescribedModule,
    ListAnswer,
    Operation,
    OperationModule,
    Paging,
    check_arguments,
    check_client,
    check_whole,
    operation_id,
    problems,
    typed_as,
)
from ._steps import Step, Steps, perform, perform_async
from .errors import LONGEST_PATH, CriteoError, DecodeError, Problem, one_line, parse_json, problem_lines

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = ["PageError", "iterate", "iterate_async"]

Entity = TypeVar("Entity")
Entity_co = TypeVar("Entity_co", covariant=True)
P = ParamSpec("P")

OnUnreadable = Callable[[Any, DecodeError], object]

DEFAULT_SIZE = 25  # where the document gives no maximum: the API's own (documentation read 2026-11)
COUNTED = {"page": "pages", "offset": "entities"}
UNREADABLE = re.compile(r"data\[[0-9]+\]")

logger = logging.getLogger("criteo_retail_media")


class PagedModule(DescribedModule, Protocol[P, Entity_co]):
    """The module of a paged operation, as type checkers see it: what `iterate` takes, and what an entity is."""

    def _pages(self, *args: P.args, **kwargs: P.kwargs) -> Entity_co: ...


class _IterateFunction(Protocol):
    def __call__(
        self, operation: PagedModule[P, Entity], *args: P.args, **kwargs: P.kwargs
    ) -> Generator[Entity, None, None]: ...


class _IterateAsyncFunction(Protocol):
    def __call__(
        self, operation: PagedModule[P, Entity], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncGenerator[Entity, None]: ...


class PageError(CriteoError):
    """A page cannot be used; the entities before it were given out.

    Attributes:
        operation: the operation's id.
        reason: what is wrong with the page.
        problems: what the answer says is wrong.
        position: where the page begins, as `iterate` takes it: ``{"offset": 350}`` or ``{"page_index": 7}``.
    """

    def __init__(
        self,
        operation: str,
        reason: str,
        problems: tuple[Problem, ...] = (),
        position: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(operation, reason, problems, position)
        self.operation = operation
        self.reason = reason
        self.problems = problems
        self.position = dict(position or {})

    def __str__(self) -> str:
        texts = "; ".join(problem_lines(self.problems))
        return f"{self.operation}: {self.reason}{': ' if texts else ''}{texts}"


@typed_as(_IterateFunction)  # type: ignore[type-abstract]  # never instantiated
def iterate(
    operation: OperationModule[ListAnswer[Entity]],
    *,
    client: AuthenticatedClient | Client,
    page_size: int | None = None,
    page_index: int | None = None,
    offset: int | None = None,
    on_unreadable: OnUnreadable | None = None,
    **arguments: Any,
) -> Generator[Entity]:
    """The entities of all pages, each page fetched when its first entity is asked for.

    Ends at the total where the answers give one, else after a page that is shorter than asked for. Null entries, which
    the document allows in some lists, are left out; warnings in an answer are logged.

    Any error while iterating has a note that says where the page begins, for `iterate` to go on from there.

    Args:
        operation: module of a paged operation: it takes ``page_index`` and ``page_size``, or ``offset`` and ``limit``.
        client: sends the calls.
        page_size: entities in a page; None for the most that the document allows, and 25 where it does not say.
        page_index: number of the page to begin with, from 0, where the operation counts pages.
        offset: number of the entity to begin with, from 0, where the operation counts entities.
        on_unreadable: called with the JSON of an entity that cannot be read, and the `errors.DecodeError` that says
            why; the entity is left out. Without it, that error ends the iteration.
        arguments: the operation's other arguments, such as ``account_id``, and ``timeout`` for each call.

    Raises:
        TypeError: the operation is not paged, or an argument is missing or unknown; nothing was sent.
        ValueError: ``page_size`` is less than 1 or more than the document allows, or the beginning is less than 0;
            nothing was sent.
        PageError: while iterating: an answer lists errors, or the server gave a page a second time.
        errors.ApiError: while iterating, as any other error of a call.
    """
    begin = {"page_index": page_index, "offset": offset}
    pages = _pages(operation, client, page_size, begin, on_unreadable, arguments)

    def entities() -> Generator[Entity]:
        while not pages.over:
            yield from perform(pages.fetch())

    return entities()


@typed_as(_IterateAsyncFunction)  # type: ignore[type-abstract]  # never instantiated
def iterate_async(
    operation: OperationModule[ListAnswer[Entity]],
    *,
    client: AuthenticatedClient | Client,
    page_size: int | None = None,
    page_index: int | None = None,
    offset: int | None = None,
    on_unreadable: OnUnreadable | None = None,
    **arguments: Any,
) -> AsyncGenerator[Entity]:
    """`iterate` for asyncio: ``async for entity in iterate_async(…)``."""
    begin = {"page_index": page_index, "offset": offset}
    pages = _pages(operation, client, page_size, begin, on_unreadable, arguments)

    async def entities() -> AsyncGenerator[Entity]:
        while not pages.over:
            for entity in await perform_async(pages.fetch()):
                yield entity

    return entities()


def _pages(
    operation: OperationModule[ListAnswer[Entity]],
    client: AuthenticatedClient | Client,
    page_size: int | None,
    begin: Mapping[str, int | None],
    on_unreadable: OnUnreadable | None,
    arguments: dict[str, Any],
) -> _Pages[Entity]:
    check_client(client)
    name = operation_id(operation)
    paging = operation.OPERATION.paging
    if paging is None:
        raise TypeError(f"{name} is not paged: it takes neither page_index and page_size nor offset and limit")
    size = paging.maximum or DEFAULT_SIZE if page_size is None else check_whole("page_size", page_size, 1)
    if paging.maximum is not None and size > paging.maximum:
        raise ValueError(f"{name}: page_size is {size}, but the document allows at most {paging.maximum}")
    mine = "page_index" if paging.style == "page" else "offset"
    for other, given in begin.items():
        if given is not None and other != mine:
            raise TypeError(f"{name} counts {COUNTED[paging.style]}: give {mine} instead of {other}")
    first = check_whole(mine, begin[mine] or 0, 0)
    check_arguments(operation, arguments, ("client", paging.start, paging.size))
    count, offset = (first, first * size) if paging.style == "page" else (0, first)
    step = partial(Step, operation.sync, operation.asyncio, client=client, **arguments)
    return _Pages(operation.OPERATION, step, paging, mine, size, on_unreadable, count, offset)


@define
class _Pages(Generic[Entity]):
    """Where the iteration is: what to ask for, and what an answer means for the next one."""

    operation: Operation[Any]
    step: Callable[..., Step]
    paging: Paging
    name: str  # of the argument of `iterate` for where to begin
    page_size: int
    on_unreadable: OnUnreadable | None
    count: int
    offset: int
    over: bool = False
    seen: int = 0
    last: list[Any] | None = None

    @property
    def place(self) -> int:
        """Where the next page begins."""
        return self.count if self.paging.style == "page" else self.offset

    def fetch(self) -> Steps[list[Entity]]:
        """The entities of the next page."""
        skipped: list[Any] = []
        try:
            try:
                answer: ListAnswer[Entity] = yield self.step(
                    **{self.paging.start: self.place, self.paging.size: self.page_size}
                )
            except DecodeError as error:
                if self.on_unreadable is None:
                    raise
                answer, skipped = self._drop_unreadable(error, self.on_unreadable)
            return self._take(answer, skipped)
        except BaseException as error:
            error.add_note(
                f"{self.operation.id}: the page at {self.name}={self.place}; {self.name}= goes on from there"
            )
            raise

    def _drop_unreadable(self, error: DecodeError, report: OnUnreadable) -> tuple[ListAnswer[Entity], list[Any]]:
        """The answer without the entities that cannot be read, and the JSON of these."""
        body: Any = parse_json(error.content or b"")
        data = body.get("data") if isinstance(body, dict) else None
        if not UNREADABLE.match(error.path) or not isinstance(data, list):
            raise error  # not in an entity
        answer: Any = self._read(body | {"data": []})
        answer.data = []
        # These are read; beside each entity they could take long.
        body |= {key: [] for key in ("errors", "warnings") if body.get(key)}
        skipped = []
        for index, entity in enumerate(data):
            try:
                answer.data += self._read(body | {"data": [entity]}).data or ()
            except DecodeError as fault:
                path = UNREADABLE.sub(f"data[{index}]", fault.path, count=1)
                fault.path, fault.content = one_line(path, LONGEST_PATH), error.content
                report(entity, fault)
                skipped.append(entity)
        return answer, skipped

    def _read(self, body: dict[str, Any]) -> ListAnswer[Entity]:
        read: Callable[[httpx.Response], ListAnswer[Entity]] = next(iter(self.operation.answers.values()))
        try:
            return read(httpx.Response(200, content=json.dumps(body).encode()))
        except DecodeError as error:
            error.operation = self.operation.id
            raise

    def _take(self, answer: ListAnswer[Entity], skipped: Sequence[Any]) -> list[Entity]:
        """The entities of the answer, from which the ``skipped`` entries were taken."""
        page = list(answer.data or ())
        position = {self.name: self.place}
        if listed := tuple(problems(answer, "errors")):
            raise PageError(self.operation.id, f"the answer for page {self.count + 1} lists errors", listed, position)
        for warning in problem_lines(problems(answer, "warnings")):
            logger.warning("%s: %s", self.operation.id, warning)
        if (whole := [*page, *skipped]) and whole == self.last:
            reason = f"the server gave page {self.count} again as page {self.count + 1}"
            raise PageError(self.operation.id, reason, (), position)
        self.last = whole
        metadata = getattr(answer, "metadata", None) or getattr(answer, "meta", None)
        self._advance(len(whole), metadata)
        return [entity for entity in page if entity is not None]

    def _advance(self, length: int, metadata: object) -> None:
        """Go past a page of ``length`` entries, and see whether it was the last."""
        reported = _read_number(metadata, "current_page_size") or _read_number(metadata, "limit")
        # A server may give fewer than asked for, and then says so; a size that it reports beyond that means nothing.
        size = min(reported or self.page_size, self.page_size)
        self.count += 1
        self.seen += length
        total = self._total(length, metadata)
        if length == 0 and total is not None and total > self.offset:
            logger.warning("%s: page %d is empty, although there are %d entities", self.operation.id, self.count, total)
        self.offset += max(size, length) if reported else length
        self.over = length == 0 or (length < size if total is None else self.offset >= total)

    def _total(self, length: int, metadata: object) -> int | None:
        """The number of all entities, where the metadata gives one that can be."""
        total = _read_number(metadata, "total_items_across_all_pages") or _read_number(metadata, "total_items")
        if total is None:
            # The document says for one operation only that `count` is the total and not the length of the page.
            count = _read_number(metadata, "count")
            total = count if count is not None and count > length else None
        return total if total is not None and total >= self.seen else None


def _read_number(metadata: object, name: str) -> int | None:
    value = getattr(metadata, name, None)
    return value if isinstance(value, int) else None
