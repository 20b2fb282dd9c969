"""All entities of an operation that answers page by page.

    for segment in pages.iterate(search_audience_segments, client=client, account_id="42", body=…):
        …

The API has two styles of parameters and five shapes of metadata. ``nextPage`` is never followed: it is an absolute URL
on the production host, whatever host the page came from.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define

from ._operation import ListAnswer, OperationModule, Paging, check_arguments, operation_id, problems
from .errors import CriteoError, Problem

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = ["PageError", "iterate", "iterate_async"]

Entity = TypeVar("Entity")

logger = logging.getLogger("criteo_retail_media")


class PageError(CriteoError):
    """A page cannot be used; the entities before it were given out.

    Attributes:
        operation: the operation's id.
        reason: what is wrong with the page.
        problems: what the answer says is wrong.
    """

    def __init__(self, operation: str, reason: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(operation, reason, problems)
        self.operation = operation
        self.reason = reason
        self.problems = problems

    def __str__(self) -> str:
        said = "; ".join(map(str, self.problems[:5]))
        return f"{self.operation}: {self.reason}{': ' if said else ''}{said}"


def iterate(
    operation: OperationModule[ListAnswer[Entity]],
    *,
    client: AuthenticatedClient | Client,
    page_size: int | None = None,
    **arguments: Any,
) -> Generator[Entity]:
    """The entities of all pages, each page fetched when its first entity is asked for.

    Ends at the total where the answers give one, else after a page that is shorter than asked for. Null entries, which
    the document allows in some lists, are left out; warnings in an answer are logged.

    Args:
        operation: module of a paged operation: it takes ``page_index`` and ``page_size``, or ``offset`` and ``limit``.
        client: sends the calls.
        page_size: entities in a page; None for the API's default, which the operation's text gives with the maximum.
        arguments: the operation's other arguments, such as ``account_id``, and ``timeout`` for each call.

    Raises:
        TypeError: the operation is not paged, or an argument is missing or unknown; nothing was sent.
        ValueError: ``page_size`` is less than 1.
        PageError: while iterating: an answer lists errors, or the server gave a page a second time.
        errors.ApiError: while iterating, as any other error of a call.
    """
    pages = _pages(operation, page_size, arguments)

    def entities() -> Generator[Entity]:
        while not pages.over:
            yield from pages.take(operation.sync(client=client, **pages.position, **arguments))

    return entities()


def iterate_async(
    operation: OperationModule[ListAnswer[Entity]],
    *,
    client: AuthenticatedClient | Client,
    page_size: int | None = None,
    **arguments: Any,
) -> AsyncGenerator[Entity]:
    """`iterate` for asyncio: ``async for entity in iterate_async(…)``."""
    pages = _pages(operation, page_size, arguments)

    async def entities() -> AsyncGenerator[Entity]:
        while not pages.over:
            for entity in pages.take(await operation.asyncio(client=client, **pages.position, **arguments)):
                yield entity

    return entities()


def _pages(operation: OperationModule[ListAnswer[Entity]], page_size: int | None, arguments: dict[str, Any]) -> _Pages:
    name = operation_id(operation)
    paging = operation.OPERATION.paging
    if paging is None:
        raise TypeError(f"{name} is not paged: it takes neither page_index and page_size nor offset and limit")
    if page_size is not None and page_size < 1:
        raise ValueError(f"page_size is {page_size}, but must be at least 1")
    check_arguments(operation, arguments, ("client", paging.start, paging.size))
    return _Pages(name, paging, page_size)


@define
class _Pages:
    """Where the iteration is: what to ask for, and what an answer means for the next one."""

    operation: str
    paging: Paging
    page_size: int | None
    over: bool = False
    count: int = 0
    offset: int = 0
    seen: int = 0
    longest: int = 0
    last: list[Any] | None = None

    @property
    def position(self) -> dict[str, int]:
        """The next call's arguments."""
        paging = self.paging
        position = {paging.start: self.count if paging.style == "page" else self.offset}
        return position if self.page_size is None else {**position, paging.size: self.page_size}

    def take(self, answer: ListAnswer[Entity]) -> list[Entity]:
        """The entities of the answer."""
        page = list(answer.data or ())
        if told := tuple(problems(answer, "errors")):
            raise PageError(self.operation, f"the answer for page {self.count + 1} lists errors", told)
        for warning in problems(answer, "warnings"):
            logger.warning("%s: %s", self.operation, warning)
        if page and page == self.last:
            raise PageError(self.operation, f"the server gave page {self.count} again as page {self.count + 1}")
        self.last = page
        self._step(len(page), getattr(answer, "metadata", None) or getattr(answer, "meta", None))
        return [entity for entity in page if entity is not None]

    def _step(self, length: int, metadata: object) -> None:
        """Go past a page of ``length`` entries, and see whether it was the last."""
        self.longest = max(self.longest, length)
        reported = _number(metadata, "current_page_size") or _number(metadata, "limit")
        # A server may give fewer than asked for, and then says so; a size that it reports beyond that means nothing.
        size = min((known for known in (reported, self.page_size) if known), default=self.longest)
        self.count += 1
        self.seen += length
        total = self._total(length, metadata)
        if length == 0 and total is not None and total > self.offset:
            logger.warning("%s: page %d is empty, although there are %d entities", self.operation, self.count, total)
        self.offset += max(size, length) if reported else length
        self.over = length == 0 or (length < size if total is None else self.offset >= total)

    def _total(self, length: int, metadata: object) -> int | None:
        """The number of all entities, where the metadata gives one that can be."""
        total = _number(metadata, "total_items_across_all_pages") or _number(metadata, "total_items")
        if total is None:
            # The document says for one operation only that `count` is the total and not the length of the page.
            count = _number(metadata, "count")
            total = count if count is not None and count > length else None
        return total if total is not None and total >= self.seen else None


def _number(metadata: object, name: str) -> int | None:
    value = getattr(metadata, name, None)
    return value if isinstance(value, int) else None
