"""The hidden part of a download: its name belongs to the target, and one run at a time writes it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from criteo_retail_media._part import check_target, part_of, written_beside


def names(folder: Path) -> list[str]:
    """What is in the folder, hidden files included."""
    return sorted(path.name for path in folder.iterdir())


def test_the_part_has_the_targets_name(tmp_path: Path) -> None:
    """It stands beside the target while it is written, and is gone afterwards."""
    with written_beside(tmp_path / "report.csv") as file:
        file.write(b"whole")
        assert names(tmp_path) == [".report.csv.part"]
    assert names(tmp_path) == ["report.csv"]
    assert (tmp_path / "report.csv").read_bytes() == b"whole"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform has no signals that kill")
@pytest.mark.parametrize("number", ["SIGTERM", "SIGKILL"])
def test_what_a_killed_run_left_is_taken_over(tmp_path: Path, number: str) -> None:
    """The next run writes the same part from its beginning; nothing else is left, however often that happens."""
    target = tmp_path / "report.csv"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from criteo_retail_media._part import written_beside\n"
        "with written_beside(Path(sys.argv[1])) as file:\n"
        "    file.write(b'x' * 100_000)\n"
        "    file.flush()\n"
        "    print('written', flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(2):
        command = [sys.executable, "-c", script, str(target)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == "written\n"
            with pytest.raises(BlockingIOError, match="another run"), written_beside(target):
                raise AssertionError
            run.send_signal(signal.Signals[number])
        assert names(tmp_path) == [".report.csv.part"]
    with written_beside(target) as file:
        file.write(b"short")
    assert names(tmp_path) == ["report.csv"]
    assert target.read_bytes() == b"short"


def test_two_runs_do_not_write_one_part(tmp_path: Path) -> None:
    """The second is refused by name, and the first is not disturbed; so with threads of one process."""
    target = tmp_path / "report.csv"
    outcomes: list[str] = []
    barrier = threading.Barrier(8)

    def run(number: int) -> None:
        barrier.wait()
        try:
            with written_beside(target) as file:
                for _ in range(100):
                    file.write(b"%d" % number)
            outcomes.append("written")
        except BlockingIOError as error:
            outcomes.append("refused" if "report.csv" in str(error) else str(error))

    for _ in range(20):
        threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        content = target.read_bytes()
        assert (len(content), len(set(content))) == (100, 1)
        assert names(tmp_path) == ["report.csv"]
    assert set(outcomes) <= {"written", "refused"}
    assert outcomes.count("written") >= 20


def test_a_target_that_is_being_written_is_refused_beforehand(tmp_path: Path) -> None:
    """Looking whether a file could be written leaves another run's part alone, and nothing of its own."""
    target = tmp_path / "report.csv"
    check_target(target)
    assert names(tmp_path) == []
    with written_beside(target) as file:
        file.write(b"whole")
        with pytest.raises(BlockingIOError, match="another run is writing this file"):
            check_target(target)
    assert target.read_bytes() == b"whole"


def test_an_error_removes_the_part(tmp_path: Path) -> None:
    """And leaves what was there."""
    target = tmp_path / "report.csv"
    target.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), written_beside(target) as file:
        file.write(b"x")
        raise ZeroDivisionError
    assert names(tmp_path) == ["report.csv"]
    assert target.read_bytes() == b"before"


def test_a_link_in_the_parts_place_is_not_followed(tmp_path: Path) -> None:
    """Nor is a fifo or a folder written to: whoever put it there decides nothing."""
    target, victim = tmp_path / "report.csv", tmp_path / "victim"
    victim.write_bytes(b"precious")
    part = part_of(target)
    part.symlink_to(victim)
    with pytest.raises(OSError, match=r"report\.csv\.part"), written_beside(target):
        raise AssertionError
    assert victim.read_bytes() == b"precious"
    part.unlink()
    os.mkfifo(part)
    with pytest.raises(OSError, match="no file that can be taken over"), written_beside(target):
        raise AssertionError
    part.unlink()
    part.mkdir()
    with pytest.raises(OSError, match="directory"), written_beside(target):
        raise AssertionError


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "a" * 99 + "é" * 70])
def test_long_names_have_a_part_too(tmp_path: Path, name: str) -> None:
    """A target's name may be as long as the file system lets it."""
    with written_beside(tmp_path / name) as file:
        file.write(b"x")
        (part,) = names(tmp_path)
        assert part.startswith(".")
        assert part.endswith(".part")
    assert names(tmp_path) == [name]


def test_parts_of_long_names_differ() -> None:
    """Names that begin alike have parts of their own."""
    assert part_of(Path("x" * 254 + "1")) != part_of(Path("x" * 254 + "2"))


def test_a_cancelled_task_leaves_nothing(tmp_path: Path) -> None:
    """A part that a thread still writes is closed and removed."""

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                with written_beside(tmp_path / "f") as file:
                    while True:
                        await asyncio.to_thread(file.write, b"x" * 100_000)

    asyncio.run(main())
    assert names(tmp_path) == []
