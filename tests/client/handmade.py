"""Operations that the shipped client does not have, made by hand in the shape of the generated modules."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Self

from attrs import define
from criteo_retail_media._call import as_bytes, as_json, as_nothing, call, call_async
from criteo_retail_media._operation import Operation, Paging, Report
from criteo_retail_media.models import CommonProblem
from criteo_retail_media.types import UNSET, Unset


@define
class Resource:
    """An entity, or an item where it has no id yet."""

    id: str | Unset | None = UNSET
    name: str = ""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read it as the API writes it."""
        return cls(data.get("id", UNSET), data.get("attributes", {}).get("name", ""))

    def to_dict(self) -> dict[str, Any]:
        """Write it as the API reads it."""
        known = {} if isinstance(self.id, Unset) else {"id": self.id}
        return known | {"type": "RetailMediaAudienceSegment", "attributes": {"name": self.name}}


@define
class ResourceList:
    """A body, or an answer: with whichever lists and metadata the JSON has."""

    data: list[Resource | None] | Unset | None = UNSET
    errors: list[CommonProblem] | Unset | None = UNSET
    warnings: list[CommonProblem] | Unset | None = UNSET
    meta: SimpleNamespace | Unset | None = UNSET
    metadata: SimpleNamespace | Unset | None = UNSET

    @classmethod
    def from_dict(cls, src: Mapping[str, Any]) -> Self:
        """Read it as the API writes it; `METADATA` names the metadata's fields in Python."""
        lists: dict[str, Any] = {}
        for name, read in (("data", Resource), ("errors", CommonProblem), ("warnings", CommonProblem)):
            if name in src:
                entries = src[name]
                lists[name] = entries and [entry and read.from_dict(entry) for entry in entries]
        for name in ("meta", "metadata"):
            if name in src:
                lists[name] = src[name] and SimpleNamespace(**{METADATA[key]: src[name][key] for key in src[name]})
        return cls(**lists)

    def to_dict(self) -> dict[str, Any]:
        """Write it as a body."""
        return {"data": [item.to_dict() for item in self.data or () if item]}


@define
class Entity:
    """An answer, or a body, that holds one resource."""

    data: Resource

    from_dict = None


METADATA = {
    "count": "count",
    "currentPageIndex": "current_page_index",
    "currentPageSize": "current_page_size",
    "limit": "limit",
    "nextPage": "next_page",
    "offset": "offset",
    "responseCount": "response_count",
    "totalItems": "total_items",
    "totalItemsAcrossAllPages": "total_items_across_all_pages",
    "totalPages": "total_pages",
}


PAGINGS = (Paging("page", "page_index", "page_size"), Paging("offset", "offset", "limit"))


def operation(
    id_: str,
    method: str,
    path: str,
    *,
    answer: type[Any] | None = ResourceList,
    body: type[Any] | None = None,
    query: Mapping[str, str] | None = None,
    parameters: tuple[str, ...] = ("account_id",),
    tag: str = "Test",
    report: Report | None = None,
    tells_state: bool = False,
) -> Any:
    """A module of an operation; ``query`` gives the document's name of each optional query parameter.

    One that answers with ``bytes`` gives a file, and may answer 204, without one.
    """
    query = query or {}
    read: Any = as_nothing if answer is None else as_bytes if answer is bytes else as_json(lambda: answer.from_dict)
    answers = {200: read, 204: as_nothing} if answer is bytes else {200: read}
    described: Operation[Any] = Operation(
        id=id_,
        method=method,
        path=path,
        tag=tag,
        scopes=(),
        answers=answers,
        body=body and (lambda: body),
        body_list=body is ResourceList,
        answer_list=answer is ResourceList,
        paging=next((one for one in PAGINGS if answer is ResourceList and {one.start, one.size} <= query.keys()), None),
        report=report,
        tells_state=tells_state,
    )

    def kwargs(**arguments: Any) -> dict[str, Any]:
        params = {query[name]: value for name, value in arguments.items() if name in query and value is not UNSET}
        sent = {"json": arguments["body"].to_dict()} if body else {}
        url = path.format(**{name: arguments[name] for name in parameters})
        return {"method": method, "url": url, "params": params, **sent}

    def sync(*, client: Any, timeout: Any = UNSET, **arguments: Any) -> Any:
        return call(client, described, kwargs(**arguments), timeout=timeout)

    async def asyncio(*, client: Any, timeout: Any = UNSET, **arguments: Any) -> Any:  # noqa: ASYNC109
        return await call_async(client, described, kwargs(**arguments), timeout=timeout)

    keyword = inspect.Parameter.KEYWORD_ONLY
    signature = inspect.Signature(
        [
            *(inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in parameters),
            inspect.Parameter("client", keyword),
            *([inspect.Parameter("body", keyword)] if body else []),
            *(inspect.Parameter(name, keyword, default=UNSET) for name in query),
            inspect.Parameter("timeout", keyword, default=UNSET),
        ],
        return_annotation=answer,
    )
    for function in (sync, asyncio):
        vars(function)["__signature__"] = signature
    return SimpleNamespace(OPERATION=described, sync=sync, asyncio=asyncio, _get_kwargs=kwargs)
