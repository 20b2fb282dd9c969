"""Reports, from the request to the file: created, waited for, and written to a file.

    report = reports.run(
        create=generate_async_revenue_report,
        status=get_async_export_status,
        output=get_async_export_output,
        body=…,
        to="revenue.csv",
        client=client,
    )

Any three operations of the API that belong together will do: those of reports, of catalogs, of the partner billing
report.

The API makes a report while this waits, and keeps it. Where the waiting ends early (no answer came, the time was over,
Ctrl-C), the error tells the report's id, and `resume` goes on with it: no report need be made twice.
"""

from __future__ import annotations

import base64
import binascii
import inspect
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen
from attrs.validators import ge, gt

from . import downloads
from ._operation import OperationModule, answer_types, check_arguments, operation_id, parameters, problems
from .downloads import FileOperation, NoFileError, OnProgress
from .errors import CriteoError, Problem

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

SUCCESS = "success"
OVER = ("failure", "failed", "expired")  # the billing report says `failed`
PENDING = ("pending", "unknown", "")  # catalogs may be `unknown`; some answers may leave the status out

logger = logging.getLogger("criteo_retail_media")


@frozen
class Polling:
    """How often, and for how long, a report's status is asked for.

    The time is that of the client's `RetryPolicy`: a subclass of it can wait in another way, and tests in none.

    Args:
        first_wait: seconds before the first question.
        growth: by what each wait is longer than the one before.
        max_wait: seconds that a wait lasts at most. The API allows 40 reporting calls a minute (documentation read
            2026-11), which have to do for all reports that are waited for at once.
        limit: seconds until `ReportTimeoutError`, by default two hours: reports take up to one.
    """

    first_wait: float = field(default=2.0, validator=gt(0), kw_only=True)
    growth: float = field(default=1.5, validator=ge(1), kw_only=True)
    max_wait: float = field(default=30.0, validator=gt(0), kw_only=True)
    limit: float = field(default=7200.0, validator=ge(0), kw_only=True)


@frozen
class Report:
    """What an answer said of a report.

    Attributes:
        id: the report's id, whatever the operation calls it.
        status: the status in the API's words, empty where the answer has none.
        message: what the API has to say of it, or None.
        attributes: the answer's model: row count, size and whatever else there is.
    """

    id: str
    status: str
    message: str | None
    attributes: Any = field(repr=False)


OnStatus = Callable[[Report], object]


class ReportError(CriteoError):
    """There will be no report: it failed, it has expired, or it was never begun.

    Attributes:
        operation: id of the operation that said so.
        reason: what happened, in a few words.
        report_id: the report's id, or None where it was never begun.
        status: the status in the API's words, or None.
        message: what the API said of it, or None.
        problems: the errors that the answer lists.
    """

    def __init__(
        self,
        operation: str,
        reason: str,
        *,
        report_id: str | None = None,
        status: str | None = None,
        message: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(operation, reason)
        self.operation = operation
        self.reason = reason
        self.report_id = report_id
        self.status = status
        self.message = message
        self.problems = problems

    def __str__(self) -> str:
        told = [Problem(title=self.message)] if self.message else []
        said = "; ".join(map(str, (*told, *self.problems[:5])))
        which = f" {self.report_id}" if self.report_id is not None else ""
        return f"{self.operation}: report{which} {self.reason}{': ' if said else ''}{said}"


class ReportTimeoutError(ReportError):
    """The report was not there in time. It is still being made: `resume` waits for it again."""


# --- waiting ---


def run(
    *,
    create: OperationModule[object],
    status: OperationModule[object],
    output: FileOperation,
    body: object,
    to: str | os.PathLike[str],
    client: AuthenticatedClient | Client,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """Create a report, wait for it, and write it to a file; what was last said of it.

    A status that the document does not know counts as pending, and is logged: it may be a step on the way, and a report
    that is given up is one that was made for nothing. Where it is an end after all, ``polling.limit`` ends the waiting.

    A catalog is checked against the MD5 that its status gives; the document says that it is there for this.

    Args:
        create: module of the operation that asks for the report.
        status: module of the operation that tells how far it is.
        output: module of the operation that answers with it.
        body: the body for ``create``.
        to: the file, as for `downloads.to_file`; whether it can be written is tried first.
        client: sends the calls, and renews the token on the way.
        polling: how often and for how long to ask.
        on_status: called with each `Report` that is told, the first one included. It may raise, which ends the waiting.
        on_progress: called as the file comes, as for `downloads.to_file`.
        arguments: the other arguments of ``create``, such as ``account_id``, and ``timeout`` for each call.

    Raises:
        TypeError: the three do not belong together, or an argument is missing or unknown; nothing was sent.
        OSError: the file cannot be written. Where that shows beforehand, nothing was sent.
        ReportError: the report failed, has expired, or was never begun.
        ReportTimeoutError: it was not there in time.
        errors.CriteoError: as any other error of a call, with the report's id in a note.
        httpx.TransportError: no answer came, with the same note.
    """
    watch = _Watch(status, output, client, polling or Polling(), on_status, arguments)
    _check_create(create, status, body, arguments)
    downloads.check_target(to)
    report = watch.read(create, create.sync(client=client, body=body, **arguments))
    return _follow(watch, report, to, on_progress)


async def run_async(
    *,
    create: OperationModule[object],
    status: OperationModule[object],
    output: FileOperation,
    body: object,
    to: str | os.PathLike[str],
    client: AuthenticatedClient | Client,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """`run` for asyncio; cancelling the task ends the waiting."""
    watch = _Watch(status, output, client, polling or Polling(), on_status, arguments)
    _check_create(create, status, body, arguments)
    downloads.check_target(to)
    report = watch.read(create, await create.asyncio(client=client, body=body, **arguments))
    return await _follow_async(watch, report, to, on_progress)


def resume(
    report_id: str,
    *,
    status: OperationModule[object],
    output: FileOperation,
    to: str | os.PathLike[str],
    client: AuthenticatedClient | Client,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """`run` for a report that was begun before. ``arguments`` may hold ``timeout``."""
    watch = _Watch(status, output, client, polling or Polling(), on_status, arguments)
    check_arguments(status, arguments, ("client", watch.parameter))
    downloads.check_target(to)
    report = watch.read(status, status.sync(client=client, **watch.arguments(report_id)))
    return _follow(watch, report, to, on_progress)


async def resume_async(
    report_id: str,
    *,
    status: OperationModule[object],
    output: FileOperation,
    to: str | os.PathLike[str],
    client: AuthenticatedClient | Client,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """`resume` for asyncio."""
    watch = _Watch(status, output, client, polling or Polling(), on_status, arguments)
    check_arguments(status, arguments, ("client", watch.parameter))
    downloads.check_target(to)
    report = watch.read(status, await status.asyncio(client=client, **watch.arguments(report_id)))
    return await _follow_async(watch, report, to, on_progress)


def _follow(watch: _Watch, report: Report, to: str | os.PathLike[str], on_progress: OnProgress | None) -> Report:
    with _named(report.id):
        while (wait := watch.wait_after(report)) is not None:
            watch.client.retry.sleep(wait)
            answer = watch.status.sync(client=watch.client, **watch.arguments(report.id))
            report = watch.read(watch.status, answer, report.id)
        with watch.output_of(report) as arguments:
            downloads.to_file(watch.output, to, client=watch.client, on_progress=on_progress, **arguments)
    return report


async def _follow_async(
    watch: _Watch, report: Report, to: str | os.PathLike[str], on_progress: OnProgress | None
) -> Report:
    with _named(report.id):
        while (wait := watch.wait_after(report)) is not None:
            await watch.client.retry.sleep_async(wait)
            answer = await watch.status.asyncio(client=watch.client, **watch.arguments(report.id))
            report = watch.read(watch.status, answer, report.id)
        with watch.output_of(report) as arguments:
            await downloads.to_file_async(watch.output, to, client=watch.client, on_progress=on_progress, **arguments)
    return report


@contextmanager
def _named(report_id: str) -> Iterator[None]:
    """Has every error tell which report it was about, for `resume`."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, ReportError):
            error.add_note(f"report id: {report_id}")
        raise


@define
class _Watch:
    """A report that is waited for: what to ask, and what the answers mean."""

    status: OperationModule[object]
    output: FileOperation
    client: AuthenticatedClient | Client
    polling: Polling
    on_status: OnStatus | None
    given: dict[str, Any]
    parameter: str = field(init=False)
    began: float = field(init=False)
    wait: float = field(init=False)
    strange: set[str] = field(init=False, factory=set)

    def __attrs_post_init__(self) -> None:
        self.parameter = _parameter(self.status, self.output)
        self.began = self.client.retry.clock()
        self.wait = self.polling.first_wait

    def arguments(self, report_id: str) -> dict[str, Any]:
        """Those of the status and output operations."""
        timeout = {"timeout": self.given["timeout"]} if "timeout" in self.given else {}
        return {self.parameter: report_id, **timeout}

    def read(self, operation: OperationModule[object], answer: object, known: str | None = None) -> Report:
        """What the answer says of the report."""
        name = operation_id(operation)
        for warning in problems(answer, "warnings"):
            logger.warning("%s: %s", name, warning)
        data = getattr(answer, "data", None)
        attributes = getattr(data, "attributes", None)
        report_id = known or _text(data, "id") or _text(attributes, "id")
        status = _text(attributes, "status") or ""
        told = tuple(problems(answer, "errors"))
        if report_id is None or (told and not status):
            reason = "was not told of: the answer lists errors" if told else "has no id in the answer"
            raise ReportError(name, reason, report_id=report_id, problems=told)
        for error in told:
            logger.warning("%s: report %s is %s, with an error: %s", name, report_id, status, error)
        logger.info("%s: report %s is %s", name, report_id, status or "without a status")
        return Report(report_id, status, _text(attributes, "message", "error_message"), attributes)

    def wait_after(self, report: Report) -> float | None:
        """Seconds until the next question, or None once the report is there."""
        if self.on_status is not None:
            self.on_status(report)
        status, name = report.status.lower(), operation_id(self.status)
        if status == SUCCESS:
            return None
        about: dict[str, Any] = {"report_id": report.id, "status": report.status, "message": report.message}
        if status in OVER:
            raise ReportError(name, f"is {report.status}", **about)
        if status not in (*PENDING, *self.strange):
            self.strange.add(status)
            logger.warning("%s: report %s has a status that is taken for pending: %.80r", name, report.id, status)
        left = self.began + self.polling.limit - self.client.retry.clock()
        if left <= 0:
            reason = f"is still {report.status or 'without a status'} after {self.polling.limit:.0f} s"
            raise ReportTimeoutError(name, reason, **about)
        wait = min(self.wait, self.polling.max_wait, left)
        self.wait *= self.polling.growth
        return wait

    @contextmanager
    def output_of(self, report: Report) -> Iterator[dict[str, Any]]:
        """The arguments for the output operation; that it has no file is an error of the report."""
        try:
            yield {**self.arguments(report.id), "md5": _md5(report)}
        except NoFileError as error:
            name, reason = operation_id(self.output), "has no file (any more)"
            raise ReportError(name, reason, report_id=report.id, status=report.status) from error


def _text(model: object, *names: str) -> str | None:
    """The first of the fields that holds a text."""
    values = (getattr(model, name, None) for name in names)
    return next((str(value) for value in values if isinstance(value, str) and value), None)


def _md5(report: Report) -> str | None:
    """The file's MD5 in hexadecimal, where the answer gives one.

    Only `md5Checksum`, of catalogs: the document says that it is for confirming that the file is whole. Of the
    `md5CheckSum` of the other reports it does not say what it is about.
    """
    text = _text(report.attributes, "md5_checksum")
    if text is None:
        return None
    plain = text.replace("-", "").lower()  # .NET may write it AA-BB-…
    if re.fullmatch("[0-9a-f]{32}", plain):
        return plain
    try:
        value = base64.b64decode(text, validate=True)
    except binascii.Error:
        value = b""
    if len(value) != 16:
        logger.warning("report %s: the file is not checked, since %.80r is no MD5", report.id, text)
        return None
    return value.hex()


# --- whether three operations belong together ---


def _parameter(status: OperationModule[object], output: FileOperation) -> str:
    """The parameter for the report's id, of a status and an output operation that belong together."""
    name, other = operation_id(status), operation_id(output)
    if not downloads.answers_with_file(output):
        raise TypeError(f"{other} does not answer with a file")
    if not _tells_status(status):
        raise TypeError(f"{name} does not tell a report's status")
    wanted, same = (
        [each.name for each in parameters(operation).values() if each.default is inspect.Parameter.empty]
        for operation in (status, output)
    )
    siblings = status.OPERATION.path.rpartition("/")[0] == output.OPERATION.path.rpartition("/")[0]
    if not siblings or wanted != same or len(wanted) != 2:  # the id, and the client
        raise TypeError(f"{name} and {other} are not about the same reports")
    return next(parameter for parameter in wanted if parameter != "client")


def _check_create(
    create: OperationModule[object], status: OperationModule[object], body: object, arguments: dict[str, Any]
) -> None:
    """Refuse what does not begin a report of those that ``status`` tells of, and a call that cannot be made."""
    name, other = operation_id(create), operation_id(status)
    kind = create.OPERATION.body() if create.OPERATION.body is not None else None
    if kind is None or not _tells_status(create):
        raise TypeError(f"{name} does not begin a report")
    if create.OPERATION.tag != status.OPERATION.tag:
        raise TypeError(f"{name} and {other} are not about the same reports")
    if not isinstance(body, kind):
        raise TypeError(f"{name}: body is a {type(body).__name__}, and not a {kind.__name__}")
    check_arguments(create, arguments, ("client", "body"))


def _tells_status(operation: OperationModule[object]) -> bool:
    """Whether the answer has a status that can be `success`."""
    kinds = answer_types(operation, "data", "attributes")
    values = [kind for kind in answer_types(operation, "data", "attributes", "status") if issubclass(kind, Enum)]
    has_status = any(hasattr(kind, "status") for kind in kinds)
    return has_status and all(SUCCESS in {str(member.value).lower() for member in kind} for kind in values)
