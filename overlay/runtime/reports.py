"""Reports, from the request to the rows: created, waited for, written to a file, read.

    report = reports.run(generate_async_revenue_report, body=…, to="revenue.json", client=client)
    for row in reports.rows("revenue.json"):
        …

Reports, catalogs and the partner billing report are all made so. Which operations tell the state and give the output
follows from the one that creates the report.

The API makes a report while this waits, and keeps it. If the waiting ends early (a timeout, Ctrl-C), the error has the
report's id, and `resume` goes on with it: no report need be made twice.
"""

from __future__ import annotations

import base64
import binascii
import io
import logging
import os
import re
import shutil
import warnings
from collections.abc import Callable
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO

import attrs
import httpx
from attrs import field, frozen
from attrs.validators import ge, gt

from . import downloads
from ._operation import CALL_OPTIONS, OperationModule, check_arguments, check_client, operation_id, problems
from ._provenance import API_VERSION
from ._rows import rows
from ._steps import Step, Steps, perform, perform_async
from .downloads import FileOperation, NoFileError, OnProgress
from .errors import (
    BadRequestError,
    CriteoError,
    GoneError,
    NotFoundError,
    Problem,
    RateLimitError,
    ServerError,
    TokenError,
    one_line,
    problem_lines,
)
from .types import UNSET

if TYPE_CHECKING:
    from .client import AuthenticatedClient, Client

__all__ = [
    "Polling",
    "Report",
    "ReportError",
    "ReportTimeoutError",
    "ReportTruncatedWarning",
    "resume",
    "resume_async",
    "rows",
    "run",
    "run_async",
]

To = str | os.PathLike[str] | BinaryIO

SUCCESS = "success"
OVER = ("failure", "failed", "expired")  # the billing report says `failed`
PENDING = ("pending", "unknown", "")  # catalogs may be `unknown`; some answers may leave the status out

# Rows at which the API cuts a report without a word, since which version (Criteo's documentation, read 2026-11-25).
ROW_CAPS = (("2026-01", 100_000), ("2027-01", 10_000_000))

# What an answer that there is no report means for it.
GONE: dict[type[CriteoError], str] = {
    NotFoundError: "is not there: ask for it anew",
    GoneError: "has expired: ask for it anew",
    NoFileError: "has no file (any more)",
}

# Attempts to download an output that answers 400: it may do so at first (seen by others, 2026-11).
OUTPUT_ATTEMPTS = 3

logger = logging.getLogger("criteo_retail_media")


@frozen
class Polling:
    """How often, and for how long, a report's status is requested.

    The client's `RetryPolicy` waits and tells the time; tests override it to skip waiting.

    Args:
        first_wait: seconds before the first question.
        growth: factor applied to each wait.
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
    """The state of a report, as an answer gives it.

    Attributes:
        id: the report's id, whatever the operation calls it.
        status: the status in the API's words, empty where the answer has none.
        message: what the API has to say of it, or None.
        attributes: the answer's model: size, end of life and whatever else there is.
        row_count: how many rows it has, or None where the API does not say.
    """

    id: str
    status: str
    message: str | None
    attributes: Any = field(repr=False)
    row_count: int | None = None


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
        listed = [Problem(title=self.message)] if self.message else []
        texts = "; ".join(problem_lines((*listed, *self.problems)))
        which = f" {_shorten(self.report_id)}" if self.report_id is not None else ""
        return f"{self.operation}: report{which} {one_line(self.reason)}{': ' if texts else ''}{texts}"


class ReportTimeoutError(ReportError):
    """The report was not there in time. It is still being made: `resume` waits for it again."""


class ReportTruncatedWarning(UserWarning):
    """A report has as many rows as the API gives at most: there may have been more, which are not in it."""


# --- making reports ---


def run(
    create: OperationModule[object],
    *,
    body: object,
    to: To,
    client: AuthenticatedClient | Client,
    status: OperationModule[object] | None = None,
    output: FileOperation | None = None,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """Create a report, wait for it, and write it to a file; its last state.

    A state that the document does not know counts as pending, and is logged: it may be a step on the way. Failures that
    pass (5xx, 429, a broken connection) do not end the waiting: ``polling.limit`` does. The file must have the MD5 and
    the size that the state gives.

    Args:
        create: module of the operation that creates the report.
        body: the body for ``create``.
        to: path of the file, as for `downloads.to_file`; whether it can be written is tried first. Or a binary file
            that is open for writing, which gets the report once it is there and whole.
        client: sends the calls, and renews the token on the way.
        status: module of the operation that gives the report's state, where that does not follow from ``create``.
        output: module of the operation that answers with the report, where that does not follow from ``create``.
        polling: how often and for how long to ask.
        on_status: called with each state of the report, the first one included. It may raise, which ends the waiting.
        on_progress: called as the file comes, as for `downloads.to_file`.
        arguments: the other arguments of ``create``, such as ``account_id``, and ``timeout`` for each call.

    Raises:
        TypeError: the operations do not belong together, ``body`` is another model, or an argument is missing or
            unknown; nothing was sent.
        OSError: the file cannot be written. Where that shows beforehand, nothing was sent.
        ReportError: the report failed, has expired, or was never begun.
        ReportTimeoutError: it was not there in time.
        errors.DecodeError: the file has not the MD5 or size that the state gives, and is not kept.
        errors.CriteoError: as any other error of a call, with the report's id in a note.
        httpx.TransportError: no answer came to ``create``.

    Warns:
        ReportTruncatedWarning: it has as many rows as the API version gives at most.
    """
    watch = _Watch(create, status, output, client, polling, on_status, on_progress, to, arguments)
    return _check_rows(perform(watch.create(create, body)))


async def run_async(
    create: OperationModule[object],
    *,
    body: object,
    to: To,
    client: AuthenticatedClient | Client,
    status: OperationModule[object] | None = None,
    output: FileOperation | None = None,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """`run` for asyncio; cancelling the task ends the waiting."""
    watch = _Watch(create, status, output, client, polling, on_status, on_progress, to, arguments)
    return _check_rows(await perform_async(watch.create(create, body)))


def resume(
    report_id: str,
    *,
    to: To,
    client: AuthenticatedClient | Client,
    create: OperationModule[object] | None = None,
    status: OperationModule[object] | None = None,
    output: FileOperation | None = None,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """`run` for a report that was begun before.

    Give ``create``, the operation that began it and is not called again, or else ``status`` and ``output``.
    ``arguments`` may hold ``timeout``.
    """
    watch = _Watch(create, status, output, client, polling, on_status, on_progress, to, arguments)
    return _check_rows(perform(watch.resume(report_id)))


async def resume_async(
    report_id: str,
    *,
    to: To,
    client: AuthenticatedClient | Client,
    create: OperationModule[object] | None = None,
    status: OperationModule[object] | None = None,
    output: FileOperation | None = None,
    polling: Polling | None = None,
    on_status: OnStatus | None = None,
    on_progress: OnProgress | None = None,
    **arguments: Any,
) -> Report:
    """`resume` for asyncio."""
    watch = _Watch(create, status, output, client, polling, on_status, on_progress, to, arguments)
    return _check_rows(await perform_async(watch.resume(report_id)))


def _check_rows(report: Report) -> Report:
    """The report; warns the caller of `run` or `resume` where it may have been cut."""
    cap = next((rows for since, rows in reversed(ROW_CAPS) if since <= API_VERSION), None)
    if report.row_count is not None and report.row_count == cap:
        text = (
            f"report {_shorten(report.id)} has {cap:,} rows, at which the API cuts reports: there may be more. "
            "Ask for fewer days, or for one account, in each report"
        )
        warnings.warn(text, ReportTruncatedWarning, stacklevel=3)
    return report


# --- waiting ---


class _Watch:
    """A report that is waited for: what to ask, and what the answers mean."""

    def __init__(
        self,
        create: OperationModule[object] | None,
        status: OperationModule[object] | None,
        output: FileOperation | None,
        client: AuthenticatedClient | Client,
        polling: Polling | None,
        on_status: OnStatus | None,
        on_progress: OnProgress | None,
        to: To,
        arguments: dict[str, Any],
    ) -> None:
        check_client(client)
        self.status, self.output, self.parameter = _find_operations(create, status, output)
        _check_target(to)
        self.client = client
        self.polling = polling or Polling()
        self.on_status = on_status
        self.on_progress = on_progress
        self.to = to
        self.arguments = arguments
        self.began = client.retry.clock()
        self.wait = self.polling.first_wait
        self.unknown_statuses: set[str] = set()

    def create(self, create: OperationModule[object], body: object) -> Steps[Report]:
        """Create a report and wait for it.

        Raises:
            TypeError: ``create`` and ``status`` are not about the same reports, or ``create`` cannot be called so.
        """
        name, described = operation_id(create), create.OPERATION
        kind = described.body() if described.body is not None else None
        if kind is None or not described.tells_state:
            raise TypeError(f"{name} does not begin a report")
        if self.status.OPERATION.report != described.report and self.status.OPERATION.tag != described.tag:
            raise TypeError(f"{name} and {operation_id(self.status)} are not about the same reports")
        if not isinstance(body, kind):
            raise TypeError(f"{name}: body is a {type(body).__name__}, and not a {kind.__name__}")
        check_arguments(create, self.arguments, ("client", "body"))
        ask = Step(create.sync, create.asyncio, client=self.client, body=body, **self.arguments)
        return (yield from self.wait_for(self.read(create, (yield ask))))

    def resume(self, report_id: str) -> Steps[Report]:
        """Wait for a report that was created before; raises TypeError for an argument that ``status`` does not take."""
        check_arguments(self.status, self.arguments, ("client", self.parameter))
        return (yield from self.wait_for((yield from self.ask(report_id, ""))))

    def wait_for(self, report: Report) -> Steps[Report]:
        """Ask until the report is there, then download it."""
        try:
            while (wait := self.wait_after(report)) is not None:
                yield Step(self.client.retry.sleep, self.client.retry.sleep_async, wait)
                report = yield from self.ask(report.id, report.status)
            with ExitStack() as stack:
                path = self.to
                if not isinstance(path, str | os.PathLike):  # gets it when it is whole: what was written there stays
                    path = Path(stack.enter_context(TemporaryDirectory(prefix="criteo-report-")), "report")
                facts = {"md5": _find_md5(report), "size": _find_integer(report.attributes, "filesizebytes") or None}
                options = {**self.arguments_of(report.id), **facts, "on_progress": self.on_progress}
                step = Step(downloads.to_file, downloads.to_file_async, self.output, path, **options)
                yield from self.retry(report.id, report.status, step, self.output)
                if path is not self.to:
                    yield downloads.in_thread(_copy, path, self.to)
        except ReportError:
            raise
        except BaseException as error:
            error.add_note(f"report id: {_shorten(report.id)}")  # for `resume`
            raise
        return report

    def ask(self, report_id: str, status: str) -> Steps[Report]:
        """Request the report's state; ``status`` is the last one known."""
        step = Step(self.status.sync, self.status.asyncio, **self.arguments_of(report_id))
        return self.read(self.status, (yield from self.retry(report_id, status, step, self.status)), report_id)

    def arguments_of(self, report_id: str) -> dict[str, Any]:
        """The arguments of the status and output operations."""
        options = {name: self.arguments[name] for name in CALL_OPTIONS if name in self.arguments}
        return {"client": self.client, self.parameter: report_id, **options}

    def retry(self, report_id: str, status: str, step: Step, operation: OperationModule[Any]) -> Steps[Any]:
        """The step, again where it fails in a way that passes; that the report is gone is an error of the report."""
        about: dict[str, Any] = {"report_id": report_id, "status": status or None}
        refusals = 0
        while True:
            try:
                return (yield step)
            except (NotFoundError, GoneError, NoFileError) as error:
                name, listed = error.operation or operation_id(self.status), getattr(error, "problems", ())
                raise ReportError(name, GONE[type(error)], problems=listed, **about) from error
            except (CriteoError, httpx.TransportError) as error:
                refusals += operation is self.output and isinstance(error, BadRequestError)
                if not (_is_passing(error) or (isinstance(error, BadRequestError) and 0 < refusals < OUTPUT_ATTEMPTS)):
                    raise
                wait, name = self.next_wait(), operation_id(operation)
                if wait is None:
                    reason = f"could not be asked for within {self.polling.limit:.0f} s"
                    raise ReportTimeoutError(name, reason, **about) from error
                logger.info("%s: report %s: %s; next in %.1f s", name, _shorten(report_id), type(error).__name__, wait)
            yield Step(self.client.retry.sleep, self.client.retry.sleep_async, wait)

    def read(self, operation: OperationModule[object], answer: object, known: str | None = None) -> Report:
        """What the answer says of the report."""
        name = operation_id(operation)
        for warning in problem_lines(problems(answer, "warnings")):
            logger.warning("%s: %s", name, warning)
        data = getattr(answer, "data", None)
        attributes = getattr(data, "attributes", None)
        report_id = known or _find_text(data, "id") or _find_text(attributes, "id")
        status = _find_text(attributes, "status") or ""
        listed = tuple(problems(answer, "errors"))
        if report_id is None or (listed and not status):
            reason = "was not told of: the answer lists errors" if listed else "has no id in the answer"
            raise ReportError(name, reason, report_id=report_id, problems=listed)
        shown = _shorten(report_id), _shorten(status) or "without a status"
        for error in problem_lines(listed):
            logger.warning("%s: report %s is %s, with an error: %s", name, *shown, error)
        logger.info("%s: report %s is %s", name, *shown)
        message = _find_text(attributes, "message", "error_message")
        return Report(report_id, status, message, attributes, _find_integer(attributes, "rowcount"))

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
        if status not in (*PENDING, *self.unknown_statuses):
            self.unknown_statuses.add(status)
            logger.warning(
                "%s: report %s has a status that is taken for pending: %r", name, *map(_shorten, (report.id, status))
            )
        wait = self.next_wait()
        if wait is None:
            reason = f"is still {report.status or 'without a status'} after {self.polling.limit:.0f} s"
            raise ReportTimeoutError(name, reason, **about)
        return wait

    def next_wait(self) -> float | None:
        """Seconds to wait before the next question, or None where the time is over."""
        left = self.began + self.polling.limit - self.client.retry.clock()
        if left <= 0:
            return None
        wait = min(self.wait, self.polling.max_wait, left)
        self.wait *= self.polling.growth
        return wait


def _is_passing(error: Exception) -> bool:
    """Whether the failure may be over at the next question."""
    if isinstance(error, TokenError):
        return error.error is None and (error.status_code is None or error.status_code in (429, *range(500, 600)))
    final = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
    return isinstance(error, ServerError | RateLimitError | httpx.TransportError) and not isinstance(error, final)


# --- the file ---


def _check_target(to: To) -> None:
    """Refuse what cannot be written to."""
    if isinstance(to, str | os.PathLike):
        downloads.check_target(to)
        return
    file: Any = to
    if isinstance(file, io.TextIOBase) or not hasattr(file, "write"):
        raise TypeError(f"to is a {type(to).__name__}: give a path, or a file opened in binary mode ('wb')")
    if hasattr(file, "writable") and not file.writable():
        raise io.UnsupportedOperation("to is a file that is not open for writing")


def _copy(path: str | os.PathLike[str], to: BinaryIO) -> None:
    with Path(path).open("rb") as file:
        shutil.copyfileobj(file, to)


# --- what the state says ---


def _shorten(text: str) -> str:
    """An id or a state, which come from outside, as a message may hold them."""
    return one_line(text, 80)


def _find_text(model: object, *names: str) -> str | None:
    """The first of the fields that holds a text."""
    values = (getattr(model, name, None) for name in names)
    return next((str(value) for value in values if isinstance(value, str) and value), None)


def _find_md5(report: Report) -> str | None:
    """The file's MD5 in hexadecimal, where the state gives one: as `md5CheckSum` or as `md5Checksum`."""
    text = _attributes_by_name(report.attributes).get("md5checksum")
    if not isinstance(text, str) or not text:
        return None
    plain = text.replace("-", "").lower()  # .NET may write it AA-BB-…
    if re.fullmatch("[0-9a-f]{32}", plain):
        return plain
    with suppress(binascii.Error):
        if len(value := base64.b64decode(text, validate=True)) == 16:
            return value.hex()
    logger.warning("report %s: the file is not checked, since %r is no MD5", *map(_shorten, (report.id, text)))
    return None


def _find_integer(attributes: object, name: str) -> int | None:
    value = _attributes_by_name(attributes).get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _attributes_by_name(attributes: object) -> dict[str, Any]:
    """The attributes by their names in small letters: the API spells some in two ways, whatever the document says."""
    to_dict = getattr(attributes, "to_dict", None)
    if to_dict is not None:
        fields: dict[str, Any] = to_dict()
    else:
        fields = attrs.asdict(attributes) if attrs.has(type(attributes)) else {}  # type: ignore[arg-type]
    return {name.replace("_", "").lower(): value for name, value in fields.items() if value not in (None, UNSET)}


# --- which operations belong together ---


def _find_operations(
    create: OperationModule[object] | None, status: OperationModule[object] | None, output: FileOperation | None
) -> tuple[OperationModule[object], FileOperation, str]:
    """The operations for the state and the output, and the parameter of both that takes the report's id."""
    name = operation_id(create) if create is not None else "resume"
    if create is not None and (report := create.OPERATION.report) is not None:
        status = status or _import_operation(report.status)
        output = output or _import_operation(report.output)
    if status is None or output is None:
        which = "give status=… and output=…" + ("" if create is not None else ", or create=…")
        which += "; an operation that this client does not have is added by `make fetch`"
        raise TypeError(f"{name}: which operations tell the report's state and give it does not follow: {which}")
    name, other = operation_id(status), operation_id(output)
    if not downloads.answers_with_file(output):
        raise TypeError(f"{other} does not answer with a file")
    if status.OPERATION.body is not None or not status.OPERATION.tells_state:
        raise TypeError(f"{name} does not tell a report's status")
    report = status.OPERATION.report
    if report is None or report != output.OPERATION.report:
        raise TypeError(f"{name} and {other} are not about the same reports")
    return status, output, report.id_argument


def _import_operation(name: str) -> Any:
    return import_module(f".api.{name}", __package__)
