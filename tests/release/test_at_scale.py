"""The guide's "At scale" on a real Dask cluster: a shared rate limit, and a worker killed in the middle."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from criteo_retail_media.bulk import BulkResult
from criteo_retail_media.models import RmAudienceSegmentUpdateEntityV1 as Update
from criteo_retail_media.models import RmAudienceSegmentUpdateEntityV1Resource as Segment
from fake_criteo import CLIENT_ID, CLIENT_SECRET, Call, FakeCriteo, rate_limited
from pytest_httpserver import HTTPServer
from support.example import EXAMPLE
from support.examples import find_example
from werkzeug import Request, Response

if TYPE_CHECKING:  # it takes half a second, which a process that runs none of these tests is spared
    from distributed import Client

WINDOW = 4  # calls that are answered before the limit is reached
PART, PARTS = 120, 4  # three calls for each partition


@dataclass
class LimitedCriteo(FakeCriteo):
    """One rate limit for all who call: after every `WINDOW` calls, none is answered until the reset a second later."""

    before_answering: Callable[[Request], None] = lambda request: None
    reset: int = 0
    answered: int = 0  # since the last reset
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)  # by the reset told and the token
    _limit: threading.Lock = field(default_factory=threading.Lock)

    def _api(self, operation: Callable[[Call], Response]) -> Callable[[Request], Response]:
        handle = super()._api(operation)

        def limited(request: Request) -> Response:
            with self._limit:
                if self.answered == WINDOW:
                    self.answered, self.reset = 0, int(time.time()) + 1  # in whole seconds, as Criteo tells it
                if time.time() < self.reset:
                    self.refused[self.reset, request.headers["Authorization"]] += 1
                    return rate_limited(reset_in=self.reset - time.time())
                self.answered += 1
            response = handle(request)
            self.before_answering(request)
            return response

        return limited


@pytest.fixture(scope="module")
def criteo_server() -> Iterator[HTTPServer]:
    """A server that answers each connection in a thread of its own."""
    with HTTPServer(host="127.0.0.1", threaded=True) as server:
        yield server


@pytest.fixture
def criteo(criteo_server: HTTPServer) -> Iterator[LimitedCriteo]:
    """A fake with the segments to update and a limit that all workers share."""
    criteo_server.clear()
    criteo = LimitedCriteo(criteo_server)
    criteo.add_segments(PART * PARTS)
    yield criteo
    criteo_server.check()


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The guide's example as a file."""
    (tmp_path / "example.py").write_text(find_example("dask").source, encoding="utf-8")
    return tmp_path / "example.py"


@pytest.fixture(scope="module")
def dask(criteo_server: HTTPServer) -> Iterator[Client]:
    """A cluster of two processes."""
    from distributed import Client, LocalCluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRITEO_CLIENT_ID", CLIENT_ID)
        patch.setenv("CRITEO_CLIENT_SECRET", CLIENT_SECRET)
        patch.setenv("CRITEO_BASE_URL", criteo_server.url_for("").rstrip("/"))
        patch.setenv("PYTHONPATH", str(EXAMPLE.generated))
        settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
        with LocalCluster(**settings) as cluster, Client(cluster) as client:
            yield client


def partitions() -> list[list[Segment]]:
    """The segments with new names, in partitions."""
    segments = [
        Segment(id=str(1000 + n), type_="RetailMediaAudienceSegment", attributes=Update(name=f"New {n}"))
        for n in range(PART * PARTS)
    ]
    return [segments[first : first + PART] for first in range(0, len(segments), PART)]


def kill_sender(pids: Iterable[int], item: str) -> Callable[[Request], None]:
    """Kills, once, the worker that sends a certain item: after the update was made, and before it is answered."""
    left = {item}

    def before_answering(request: Request) -> None:
        sent = {each["id"] for each in request.get_json()["data"]}
        if sent & left:
            left.clear()
            (sender,) = (pid for pid in pids if request.environ["REMOTE_PORT"] in ports(pid))
            os.kill(sender, signal.SIGKILL)

    return before_answering


def ports(pid: int) -> set[int]:
    """The local ports of a process's connections."""
    return {each.laddr.port for each in psutil.Process(pid).net_connections("tcp")}


@pytest.mark.parametrize("allowed_failures", [3, 0], ids=["dask runs it again", "dask gives up"])
def test_every_item_has_one_outcome_though_a_worker_is_killed(
    criteo: LimitedCriteo, example: Path, dask: Client, allowed_failures: int
) -> None:
    """By default Dask runs the partition again, and all succeed; where it gives up, its items are unknown."""
    from distributed import KilledWorker

    dask.wait_for_workers(2)
    dask.cluster.scheduler.allowed_failures = allowed_failures  # deaths of its worker after which a task is run again
    parts = partitions()
    killed = range(PART, 2 * PART)  # the items of the second partition
    criteo.before_answering = kill_sender(dask.run(os.getpid).values(), str(1000 + killed[60]))
    result: BulkResult[Segment, Any] = runpy.run_path(str(example), run_name="example")["update_all"](dask, parts)

    unknown = [item.index for item in result.unknown]
    assert sorted([*result.succeeded_indexes, *unknown]) == list(range(PART * PARTS))
    assert (result.total, result.failed, result.unattributed) == (PART * PARTS, [], [])
    for index, entity in zip(result.succeeded_indexes, result.succeeded, strict=True):
        assert entity.id == str(1000 + index)
        assert criteo.segments[entity.id]["name"] == f"New {index}"
    if allowed_failures:
        assert unknown == []
    else:
        assert set(killed) <= set(unknown)
        assert len(result.succeeded) >= PART
        assert all(isinstance(item.error, KilledWorker) for item in result.unknown)

    assert criteo.refused, "the limit was reached"
    assert set(criteo.refused.values()) == {1}, "nobody who was told of the reset came back before it"


def test_the_example_runs_as_it_stands(criteo: LimitedCriteo, example: Path, dask: Client) -> None:
    """On the cluster that the environment names."""
    address = dask.scheduler_info()["address"]
    command = [sys.executable, "-W", "error", example]
    environment = os.environ | {"DASK_SCHEDULER_ADDRESS": address}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("<BulkResult succeeded=120, failed=0, unknown=0>\n", "")
