"""Reports: waited for as long as it takes, never made twice, and never lost without a word."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import logging
import pickle
import re
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from attrs import define
from calling import NoWait
from criteo_retail_media import AuthenticatedClient, ClientCredentials, RetryPolicy, _operation, reports
from criteo_retail_media.api.audience import bulk_update_audience_segments as update
from criteo_retail_media.errors import (
    BadRequestError,
    CriteoError,
    DecodeError,
    GoneError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
)
from criteo_retail_media.models import CommonProblem
from criteo_retail_media.open_enum import OpenStrEnum
from criteo_retail_media.reports import Polling, Report, ReportError, ReportTimeoutError, ReportTruncatedWarning
from criteo_retail_media.types import UNSET
from fake_criteo import CLIENT_ID, CLIENT_SECRET, Call, FakeCriteo, answer, hang_up, problem
from handmade import Entity as Other
from handmade import Resource, operation
from werkzeug import Response


class Status(OpenStrEnum):
    """The document's statuses; there may be others."""

    PENDING = "pending"
    SUCCESS = "success"


@define
class Attributes:
    """What is said of a report, in the words of all of the API's reports."""

    status: Status | None
    id: Any = UNSET
    message: Any = UNSET
    error_message: Any = UNSET
    md5_checksum: Any = UNSET
    md_5_check_sum: Any = UNSET
    md5CheckSum: Any = UNSET  # noqa: N815 (a field that the model does not know)
    file_size_bytes: Any = UNSET
    row_count: Any = UNSET


@define
class Told:
    """The entity of a report."""

    id: Any
    attributes: Attributes | None


@define
class StatusAnswer:
    """The answer of a create or a status operation."""

    data: Told | None
    errors: Any
    warnings: Any

    @classmethod
    def from_dict(cls, src: Mapping[str, Any]) -> Self:
        """Read it as the API writes it."""
        data, attributes = src.get("data"), (src.get("data") or {}).get("attributes")
        if attributes is not None:
            status = attributes.get("status")
            known = {key: value for key, value in attributes.items() if key != "status"}
            attributes = Attributes(status and Status(status), **known)
        lists = ([CommonProblem.from_dict(each) for each in src.get(name) or ()] for name in ("errors", "warnings"))
        return cls(data and Told(data.get("id"), attributes), *lists)


REPORT = _operation.Report("get_status", "get_output", "report_id")
OTHER_REPORT = _operation.Report("other_status", "other_output", "report_id")


def reporting(*args: Any, **kwargs: Any) -> Any:
    """An operation on reports."""
    usual = {"parameters": ("report_id",), "tag": "Analytics", "answer": StatusAnswer} | kwargs
    return operation(*args, **{"tells_state": usual["answer"] is StatusAnswer} | usual)


CREATE = reporting("CreateReport", "POST", "/{account_id}/reports/sales", body=Resource, parameters=("account_id",))
STATUS = reporting("GetReportStatus", "GET", "/reports/{report_id}/status", report=REPORT)
OUTPUT = reporting("GetReportOutput", "GET", "/reports/{report_id}/output", answer=bytes, report=REPORT)
BODY = Resource(name="sales")
CONTENT = b"day,sales\r\n2026-01-01,3\r\n"


class Reports:
    """A server that makes one report, whose status it tells as often as ``told`` has one; the last one stays."""

    def __init__(self, criteo: FakeCriteo, *states: Any) -> None:
        self.states = deque(states)
        self.created: Any = {"data": {"id": "7", "attributes": {"status": "pending"}}}
        self.output = Response(CONTENT, content_type="application/csv")
        self.criteo = criteo
        api, expect = criteo._api, criteo.server.expect_request
        expect("/42/reports/sales", method="POST").respond_with_handler(api(lambda _: answer(self.created, 201)))
        expect("/reports/7/status", method="GET").respond_with_handler(api(self.status))
        expect("/reports/7/output", method="GET").respond_with_handler(api(lambda _: self.output))

    def status(self, _: Call) -> Response:
        """The next status."""
        states = self.states.popleft() if len(self.states) > 1 else self.states[0]
        return answer({"data": {"id": "7", "attributes": {"status": states} if isinstance(states, str) else states}})

    @property
    def requested(self) -> list[str]:
        """What was called, in order."""
        return [call.path.rpartition("/")[2] for call in self.criteo.calls]


@dataclass(frozen=True)
class Way:
    """Sync and asyncio alike; the report goes to the file ``to`` and is of account 42."""

    run: Callable[..., Report]
    resume: Callable[..., Report]


def _in_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: asyncio.run(function(*args, **kwargs))


SYNC = Way(reports.run, reports.resume)
ASYNC = Way(_in_loop(reports.run_async), _in_loop(reports.resume_async))


@pytest.fixture(params=[SYNC, ASYNC], ids=["sync", "async"])
def way(request: pytest.FixtureRequest) -> Way:
    """Both ways to wait."""
    way: Way = request.param
    return way


@pytest.fixture
def policy() -> NoWait:
    """Waits in no time."""
    return NoWait()


@pytest.fixture
def client(criteo: FakeCriteo, policy: NoWait) -> Iterator[AuthenticatedClient]:
    """A client that gets its own tokens."""
    auth = ClientCredentials(CLIENT_ID, CLIENT_SECRET, token_url=criteo.token_url)
    with AuthenticatedClient(criteo.url, auth=auth, retry=policy) as client:
        yield client


def usual(client: AuthenticatedClient, to: Any, **changed: Any) -> dict[str, Any]:
    """The arguments of `reports.run`."""
    three = {"create": CREATE, "status": STATUS, "output": OUTPUT}
    return {**three, "body": BODY, "account_id": "42", "to": to, "client": client, **changed}


def later(client: AuthenticatedClient, to: Path, **changed: Any) -> dict[str, Any]:
    """The arguments of `reports.resume`."""
    return {"report_id": "7", "status": STATUS, "output": OUTPUT, "to": to, "client": client, **changed}


# --- the report that comes ---


def test_a_report_is_created_awaited_and_written(
    criteo: FakeCriteo, client: AuthenticatedClient, policy: NoWait, way: Way, tmp_path: Path
) -> None:
    """Each status is told, the waits grow, and the file is what the server sent."""
    server = Reports(criteo, "pending", "pending", {"status": "success", "message": "done"})
    states: list[Report] = []
    sizes: list[Any] = []
    to = tmp_path / "report.csv"
    arguments = usual(client, to, on_status=states.append, on_progress=lambda *numbers: sizes.append(numbers))
    report = way.run(**arguments)
    assert server.requested == ["sales", "status", "status", "status", "output"]
    assert criteo.calls[0].json() == BODY.to_dict()
    assert to.read_bytes() == CONTENT
    assert policy.waits == [2, 3, 4.5]
    assert [each.status for each in states] == ["pending", "pending", "pending", "success"]
    assert report is states[-1]
    assert (report.id, report.message, type(report.attributes)) == ("7", "done", Attributes)
    assert sizes == [(len(CONTENT), len(CONTENT))]


def test_a_report_that_is_there_at_once(
    criteo: FakeCriteo, client: AuthenticatedClient, policy: NoWait, way: Way, tmp_path: Path
) -> None:
    """Is not waited for."""
    server = Reports(criteo)
    server.created["data"]["attributes"]["status"] = "success"
    way.run(**usual(client, tmp_path / "file"))
    assert (server.requested, policy.waits) == (["sales", "output"], [])


def test_a_report_can_be_taken_up_again(
    criteo: FakeCriteo, client: AuthenticatedClient, policy: NoWait, way: Way, tmp_path: Path
) -> None:
    """With its id alone, and without making it twice."""
    server = Reports(criteo, "pending", "success")
    assert way.resume(**later(client, tmp_path / "file")).status == "success"
    assert (server.requested, policy.waits) == (["status", "status", "output"], [2])
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_the_token_is_renewed_on_the_way(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path
) -> None:
    """A report may take longer than a token lives."""
    Reports(criteo, "pending", "success")
    way.run(**usual(client, tmp_path / "file", on_status=lambda _: criteo.expire_tokens()))
    assert [call.token.removeprefix("token-") for call in criteo.calls] == ["1", "1", "2", "2", "3", "3", "4"]
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("status", ["running", "Cancelled", "", None, "unknown"])
def test_a_status_that_is_neither_end_counts_as_pending(
    criteo: FakeCriteo,
    client: AuthenticatedClient,
    way: Way,
    tmp_path: Path,
    status: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A report is not given up for a word; one that is new is logged, once."""
    Reports(criteo, {"status": status}, {"status": status}, "SUCCESS")
    with caplog.at_level(logging.WARNING, "criteo_retail_media"):
        assert way.run(**usual(client, tmp_path / "file")).status == "SUCCESS"
    new = [] if status in ("", None, "unknown") else [f"taken for pending: {status.lower()!r}"]
    assert [message.rpartition("that is ")[2] for message in caplog.messages] == new


def test_warnings_are_logged(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And so are errors beside a status, which is what counts."""
    server = Reports(criteo, "success")
    server.created |= {"warnings": [{"code": "slow"}], "errors": [{"code": "odd"}]}
    with caplog.at_level(logging.WARNING, "criteo_retail_media"):
        way.run(**usual(client, tmp_path / "file"))
    assert caplog.messages == ["CreateReport: slow", "CreateReport: report 7 is pending, with an error: odd"]


def test_text_from_outside_is_bounded_lines(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An id, a state and 100,000 warnings cannot forge lines of a log or steer a terminal, nor fill a disk."""
    hostile = "7\x1b[31m\nINFO forged" + "x" * 2000
    server = Reports(criteo)
    server.created = {"data": {"id": hostile, "attributes": {"status": "failure", "message": hostile}}}
    server.created["warnings"] = server.created["errors"] = [{"code": f"{hostile}{number}"} for number in range(1000)]
    with caplog.at_level(logging.INFO, "criteo_retail_media"), pytest.raises(ReportError) as caught:
        way.run(**usual(client, tmp_path / "file"))
    assert caught.value.report_id == hostile
    assert caplog.text.count("and 995 more problems") == 2
    logged = [record.getMessage() for record in caplog.records if record.name == "criteo_retail_media"]
    assert 0 < len(logged) < 20
    assert all(text.isprintable() and len(text) < 1000 for text in [str(caught.value), *logged])


# --- the report that does not ---


@pytest.mark.parametrize("status", ["failure", "failed", "expired", "Expired"])
@pytest.mark.parametrize("field", ["message", "error_message"])
def test_a_report_that_fails_is_an_error(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, status: str, field: str
) -> None:
    """With the server's words and the report's id; it pickles, and there is no file."""
    server = Reports(criteo, "pending", {"status": status, field: "too many\nrows"})
    states: list[Report] = []
    with pytest.raises(ReportError) as caught:
        way.run(**usual(client, tmp_path / "file", on_status=states.append))
    error: ReportError = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(error, CriteoError)
    assert not isinstance(error, ReportTimeoutError)
    assert str(error) == f"GetReportStatus: report 7 is {status}: too many rows"
    assert (error.report_id, error.status, error.message) == ("7", status, "too many\nrows")
    assert states[-1].status == status
    assert "output" not in server.requested
    assert not list(tmp_path.iterdir())


def test_waiting_ends_at_the_limit(
    criteo: FakeCriteo, client: AuthenticatedClient, policy: NoWait, way: Way, tmp_path: Path
) -> None:
    """The waits grow up to a maximum, the last question is asked at the limit, and the id is told for later."""
    server = Reports(criteo, "pending")
    polling = Polling(first_wait=4, growth=2, max_wait=10, limit=30)
    with pytest.raises(ReportTimeoutError, match="report 7 is still pending after 30 s") as caught:
        way.run(**usual(client, tmp_path / "file", polling=polling))
    assert policy.waits == [4, 8, 10, 8]
    assert len(server.requested) == 5
    assert pickle.loads(pickle.dumps(caught.value)).report_id == "7"
    server.states = deque(["success"])
    way.resume(**later(client, tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("wrong", [{"first_wait": 0}, {"growth": 0.5}, {"max_wait": 0}, {"limit": -1}])
def test_polling_that_cannot_be(wrong: dict[str, float]) -> None:
    """Is refused where it is written."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Polling(**wrong)


@pytest.mark.parametrize(
    ("created", "text"),
    [
        ({}, "CreateReport: report has no id in the answer"),
        ({"data": None}, "CreateReport: report has no id in the answer"),
        ({"data": {"id": None}}, "CreateReport: report has no id in the answer"),
        ({"errors": [{"code": "busy"}]}, "CreateReport: report was not told of: the answer lists errors: busy"),
    ],
)
def test_a_report_that_was_never_begun(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, created: Any, text: str
) -> None:
    """Is an error, with what the answer lists."""
    server = Reports(criteo)
    server.created = created
    with pytest.raises(ReportError) as caught:
        way.run(**usual(client, tmp_path / "file"))
    assert (str(caught.value), caught.value.report_id) == (text, None)
    assert [each.code for each in caught.value.problems] == [each["code"] for each in created.get("errors", [])]
    assert server.requested == ["sales"]


def test_an_id_among_the_attributes(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """Will do: some answers have it there as well, and either may be null."""
    server = Reports(criteo, "success")
    server.created = {"data": {"id": None, "attributes": {"id": "7", "status": "pending"}}}
    assert way.run(**usual(client, tmp_path / "file")).id == "7"


def test_errors_instead_of_a_status(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """Are no reason to wait on; the report's id is told."""
    Reports(criteo, "success")

    def plan(_: Report) -> None:
        criteo.answers.append(answer({"errors": [{"code": "no-access"}]}))

    with pytest.raises(ReportError, match="report 7 was not told of: the answer lists errors: no-access") as caught:
        way.run(**usual(client, tmp_path / "file", on_status=plan))
    assert caught.value.report_id == "7"


def test_an_error_of_create_is_raised(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path
) -> None:
    """As the operation itself raises it."""
    Reports(criteo)
    criteo.answers.append(problem(400, "too-many-days"))
    with pytest.raises(BadRequestError, match="too-many-days"):
        way.run(**usual(client, tmp_path / "file"))


def test_a_file_that_is_gone(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """204 where the document declares it: the report has expired meanwhile."""
    server = Reports(criteo, "success")
    server.output = Response(status=204)
    with pytest.raises(ReportError, match=r"GetReportOutput: report 7 has no file \(any more\)"):
        way.run(**usual(client, tmp_path / "file"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("calls_before", [1, 2])
def test_an_error_on_the_way_tells_the_id(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, calls_before: int
) -> None:
    """Whatever it is: of the status, or of the output."""
    server = Reports(criteo, "success")

    def plan(report: Report) -> None:
        if len(server.requested) == calls_before:
            criteo.answers.append(problem(403, "no-access"))

    with pytest.raises(PermissionDeniedError) as caught:
        way.run(**usual(client, tmp_path / "file", on_status=plan))
    assert caught.value.__notes__ == ["report id: 7"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("calls_before", [1, 2], ids=["status", "output"])
@pytest.mark.parametrize(
    ("status", "error", "text"), [(404, NotFoundError, "is not there: ask"), (410, GoneError, "has expired: ask")]
)
def test_a_report_that_is_gone(
    criteo: FakeCriteo,
    client: AuthenticatedClient,
    way: Way,
    tmp_path: Path,
    calls_before: int,
    status: int,
    error: type[Exception],
    text: str,
) -> None:
    """404 and 410 on a report's path are about the report, not about the version; the error tells its id."""
    server = Reports(criteo, "success")

    def plan(_: Report) -> None:
        if len(server.requested) == calls_before:
            criteo.answers.append(problem(status, "report-expired"))

    with pytest.raises(ReportError, match=f"report 7 {text} for it anew: report-expired") as caught:
        way.run(**usual(client, tmp_path / "file", on_status=plan))
    assert (caught.value.report_id, type(caught.value.__cause__)) == ("7", error)
    assert not list(tmp_path.iterdir())


PASSING = {
    "500": problem(500, "internal"),
    "503": problem(503, "busy"),
    "429": problem(429, "too-many"),
    "hang-up": hang_up,
}


@pytest.mark.parametrize("calls_before", [1, 2], ids=["status", "output"])
@pytest.mark.parametrize("failure", PASSING)
@pytest.mark.parametrize("retry", [None, RetryPolicy(max_attempts=2)], ids=["no-retry", "retry"])
def test_a_failure_that_passes_does_not_end_the_waiting(
    criteo: FakeCriteo, way: Way, tmp_path: Path, calls_before: int, failure: str, retry: RetryPolicy | None
) -> None:
    """Whatever the client's policy gives up on: a report of two hours is asked for again."""
    server = Reports(criteo, "success")
    policy = NoWait(max_attempts=1 if retry is None else retry.max_attempts)
    criteo.valid_tokens.add("token")

    def plan(_: Report) -> None:
        if len(server.requested) == calls_before and not criteo.answers:
            criteo.answers.extend([PASSING[failure]] * 5)

    with AuthenticatedClient(criteo.url, "token", retry=policy) as client:
        way.run(**usual(client, tmp_path / "file", on_status=plan))
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_failures_that_do_not_pass_end_at_the_limit(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """With the last one as the cause, and the id for later."""
    Reports(criteo, "success")
    criteo.valid_tokens.add("token")

    def plan(_: Report) -> None:
        criteo.answers.extend([problem(503, "busy")] * 50)

    with (
        AuthenticatedClient(criteo.url, "token", retry=NoWait(max_attempts=1)) as client,
        pytest.raises(ReportTimeoutError, match="report 7 could not be asked for within 30 s") as caught,
    ):
        way.run(**usual(client, tmp_path / "file", on_status=plan, polling=Polling(limit=30)))
    assert caught.value.report_id == "7"
    assert isinstance(caught.value.__cause__, ServerError)


@pytest.mark.parametrize(("refusals", "works"), [(2, True), (3, False)])
def test_an_output_that_is_refused_at_first(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, refusals: int, works: bool
) -> None:
    """A report that is done may be refused as a bad request for a moment; it is asked for three times."""
    server = Reports(criteo, "success")

    def plan(_: Report) -> None:
        if len(server.requested) == 2:
            criteo.answers.extend([problem(400, "not-yet")] * refusals)

    arguments = usual(client, tmp_path / "file", on_status=plan)
    if works:
        way.run(**arguments)
        assert (tmp_path / "file").read_bytes() == CONTENT
    else:
        with pytest.raises(BadRequestError, match="not-yet"):
            way.run(**arguments)


def test_an_interruption_of_a_wait_tells_the_id(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """Ctrl-C while it waits; the report can be taken up again."""
    Reports(criteo, "pending")

    class Interrupted(NoWait):
        def sleep(self, seconds: float) -> None:
            raise KeyboardInterrupt

        async def sleep_async(self, seconds: float) -> None:
            raise KeyboardInterrupt

    criteo.valid_tokens.add("token")
    with (
        AuthenticatedClient(criteo.url, "token", retry=Interrupted()) as client,
        pytest.raises(KeyboardInterrupt) as caught,
    ):
        way.run(**usual(client, tmp_path / "file"))
    # `asyncio.run` raises a KeyboardInterrupt of its own where a task ended with one.
    states = [note for error in (caught.value, caught.value.__context__) for note in getattr(error, "__notes__", ())]
    assert states == ["report id: 7"]


def test_cancelling_ends_the_waiting(criteo: FakeCriteo, client: AuthenticatedClient, tmp_path: Path) -> None:
    """At once, however long the wait is."""
    Reports(criteo, "pending")
    criteo.valid_tokens.add("token")

    async def main() -> None:
        async with AuthenticatedClient(criteo.url, "token") as client:  # with a policy that does wait
            begun = asyncio.Event()
            polling = Polling(first_wait=600, max_wait=600)
            run = reports.run_async(
                **usual(client, tmp_path / "file", polling=polling, on_status=lambda _: begun.set())
            )
            task = asyncio.create_task(run)
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert not list(tmp_path.iterdir())


class Done:
    """What an event hook of httpx may return: awaited in one kind of client, ignored in the other."""

    def __await__(self) -> Iterator[None]:
        return iter(())


def test_a_timeout_is_that_of_each_call(criteo: FakeCriteo, way: Way, tmp_path: Path) -> None:
    """Of the status and the output too, and not of the whole."""
    server = Reports(criteo, "success")
    criteo.valid_tokens.add("token")
    timeouts: list[float] = []

    def note(request: httpx.Request) -> Done:
        timeouts.append(request.extensions["timeout"]["read"])
        return Done()

    hooks = {"event_hooks": {"request": [note]}}
    with AuthenticatedClient(criteo.url, "token", httpx_args=hooks, retry=NoWait()) as client:
        way.run(**usual(client, tmp_path / "file", timeout=123))
    assert server.requested == ["sales", "status", "output"]
    assert timeouts == [123] * 3


# --- the file's MD5 ---

MD5 = hashlib.md5(CONTENT)
HEX = MD5.hexdigest()


@pytest.mark.parametrize(
    "states",
    [HEX, HEX.upper(), "-".join(re.findall("..", HEX.upper())), base64.b64encode(MD5.digest()).decode(), "", None],
)
def test_the_md5_of_a_catalog_is_checked(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, states: str | None
) -> None:
    """However it is spelled; a file that is another is not kept."""
    server = Reports(criteo, {"status": "success", "md5_checksum": states})
    way.run(**usual(client, tmp_path / "file"))
    server.output = Response(CONTENT + b"x")
    again = usual(client, tmp_path / "other")
    if not states:
        way.run(**again)
        return
    with pytest.raises(DecodeError, match=f"GetReportOutput: the body's MD5 is .*, and not {HEX}") as caught:
        way.run(**again)
    assert caught.value.__notes__ == ["report id: 7"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["md5_checksum", "md_5_check_sum", "md5CheckSum"])
def test_the_md5_is_known_by_any_spelling(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, name: str
) -> None:
    """The document and the API spell it in two ways, and the generator in a third."""
    Reports(criteo, {"status": "success", name: "0" * 32})
    with pytest.raises(DecodeError, match="MD5"):
        way.run(**usual(client, tmp_path / "file"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [len(CONTENT), len(CONTENT) + 1, 0, None])
def test_the_size_is_checked(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, size: int | None
) -> None:
    """Where the state gives one; a file of another size is not kept, and what was there stays."""
    Reports(criteo, {"status": "success", "file_size_bytes": size})
    (tmp_path / "file").write_text("before")
    arguments = usual(client, tmp_path / "file")
    if size == len(CONTENT) + 1:
        with pytest.raises(DecodeError, match=f"the body has {len(CONTENT)} bytes, and not {size}"):
            way.run(**arguments)
        assert (tmp_path / "file").read_text() == "before"
    else:
        way.run(**arguments)
        assert (tmp_path / "file").read_bytes() == CONTENT
    assert len(list(tmp_path.iterdir())) == 1


# --- rows that may be missing ---


@pytest.mark.parametrize("count", [100_000, 99_999, None])
def test_a_report_at_the_cap_warns(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, count: int | None
) -> None:
    """The file is there, the count is told, and the warning points at the line that asked for the report."""
    Reports(criteo, {"status": "success", "row_count": count})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = way.run(**usual(client, tmp_path / "file"))
    assert report.row_count == count
    assert (tmp_path / "file").read_bytes() == CONTENT
    states = [(each.category, str(each.message)) for each in caught]
    text = "report 7 has 100,000 rows, at which the API cuts reports: there may be more. "
    advice = "Ask for fewer days, or for one account, in each report"
    assert states == ([(ReportTruncatedWarning, text + advice)] if count == 100_000 else [])


# --- to an open file ---


def test_a_report_goes_to_an_open_file(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """Where it stands in the file; nothing else is left behind."""
    Reports(criteo, "pending", "success")
    file = io.BytesIO(b"before ")
    file.seek(0, io.SEEK_END)
    assert way.run(**usual(client, file)).status == "success"
    assert file.getvalue() == b"before " + CONTENT


def test_an_open_file_gets_nothing_that_is_not_whole(criteo: FakeCriteo, client: AuthenticatedClient, way: Way) -> None:
    """A report of another MD5 is not written to it."""
    Reports(criteo, {"status": "success", "md5_checksum": "0" * 32})
    file = io.BytesIO()
    with pytest.raises(DecodeError):
        way.run(**usual(client, file))
    assert file.getvalue() == b""


def test_a_file_that_takes_no_bytes(criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """Is refused before the report is made."""
    server = Reports(criteo, "success")
    (tmp_path / "file").touch()
    with (tmp_path / "file").open("rb") as reading, (tmp_path / "text").open("w") as text:
        for wrong, error in ((io.StringIO(), TypeError), (text, TypeError), (7, TypeError), (reading, OSError)):
            with pytest.raises(error, match="to is a"):
                way.run(**usual(client, wrong))
    assert server.requested == []


# --- operations that follow from the one that creates the report ---


def test_operations_that_do_not_follow(client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """The document leaves them open: the error says what to give."""
    text = "CreateReport: which operations tell .* does not follow: give status=… and output=…"
    with pytest.raises(TypeError, match=text):
        way.run(create=CREATE, body=BODY, to=tmp_path / "file", client=client, account_id="42")
    with pytest.raises(TypeError, match=r"resume: .* give status=… and output=…, or create=…"):
        way.resume("7", to=tmp_path / "file", client=client)


def test_an_md5_that_is_none_checks_nothing(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And is logged."""
    Reports(criteo, {"status": "success", "md5_checksum": "crc32:123"})
    with caplog.at_level(logging.WARNING, "criteo_retail_media"):
        way.run(**usual(client, tmp_path / "file"))
    assert caplog.messages == ["report 7: the file is not checked, since 'crc32:123' is no MD5"]


# --- wrong calls ---

TWO = ("report_id", "x")


def test_a_file_that_cannot_be_written(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path
) -> None:
    """Is an error before the report is made, and not after it was waited for."""
    server = Reports(criteo, "success")
    with pytest.raises(FileNotFoundError, match="missing"):
        way.run(**usual(client, tmp_path / "missing" / "file"))
    assert server.requested == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"create": update}, "bulkUpdateAudienceSegments does not begin a report"),
        ({"create": STATUS}, "GetReportStatus does not begin a report"),
        ({"create": STATUS.sync}, "is no operation"),
        ({"create": reporting("Else", "POST", "/x", body=Resource, tag="Else", parameters=())}, "not about the same"),
        ({"create": reporting("One", "POST", "/x", body=Resource, answer=Other)}, "One does not begin a report"),
        ({"status": update}, "bulkUpdateAudienceSegments does not tell a report's status"),
        ({"status": OUTPUT}, "GetReportOutput does not tell a report's status"),
        (
            {"status": reporting("S", "GET", "/other/{report_id}/status", report=OTHER_REPORT)},
            "S and GetReportOutput are not about the same",
        ),
        ({"status": reporting("S", "GET", "/reports/status", parameters=())}, "are not about the same"),
        ({"output": reporting("O", "GET", "/o/{report_id}", answer=bytes, report=OTHER_REPORT)}, "the same"),
        (
            {
                "status": reporting("S", "GET", "/{x}/reports/{report_id}/status", parameters=TWO),
                "output": reporting("O", "GET", "/{x}/reports/{report_id}/output", parameters=TWO, answer=bytes),
            },
            "S and O are not about the same",
        ),
        ({"output": STATUS}, "GetReportStatus does not answer with a file"),
        ({"body": Other(Resource())}, "CreateReport: body is a Entity, and not a Resource"),
        ({"body": None}, "CreateReport: body is a NoneType"),
        ({"colour": "red"}, "CreateReport: .*colour"),
        ({"report_id": "7"}, "CreateReport: .*report_id"),
    ],
)
def test_operations_that_do_not_belong_together(
    criteo: FakeCriteo, client: AuthenticatedClient, way: Way, tmp_path: Path, changed: dict[str, Any], text: str
) -> None:
    """Are refused before anything is sent."""
    server = Reports(criteo, "success")
    with pytest.raises(TypeError, match=text):
        way.run(**usual(client, tmp_path / "file", **changed))
    assert server.requested == []


def test_what_resume_does_not_take(client: AuthenticatedClient, way: Way, tmp_path: Path) -> None:
    """The arguments of create are none of its own."""
    with pytest.raises(TypeError, match=r"GetReportStatus: .*account_id"):
        way.resume(**later(client, tmp_path / "file", account_id="42"))
