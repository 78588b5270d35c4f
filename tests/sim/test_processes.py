"""Work in processes: in order, the same for any number, and nothing left behind whatever ends it."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.errors import ScenarioError
from deskkit.sim.processes import in_order
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_POSIX = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
SCRIPT = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.sim.test_processes import linger
from deskkit.sim.processes import in_order

if __name__ == "__main__":
    from functools import partial
    import polars as pl

    pl.LazyFrame({{"a": [1]}}).select(pl.col("a") + 1).collect()  # from now on its handler of Ctrl-C is there
    for _ in in_order(partial(linger, {folder!r}), range(8), workers=2):
        pass
"""


def squared(job: int) -> int:
    """Work for a while, the earlier the longer."""
    time.sleep(0.02 * (5 - job) if job < 5 else 0)
    return job * job


def stumbling(job: int) -> int:
    """Fail at one job, with an error of our own."""
    if job == 3:
        raise ScenarioError("It failed.", place="replication 3", value="seed 9", example="seed=9")
    return job


def gone(job: int) -> int:
    """End the process itself, as a lack of memory does."""
    os._exit(job)


def linger(folder: str, job: int) -> int:
    """Say who works, and work for an hour."""
    (Path(folder) / f"{os.getpid()}").touch()
    time.sleep(3_600)
    return job


def threads(_job: int) -> int:
    """Return how many threads polars has in this process."""
    import polars as pl  # noqa: PLC0415 - loaded in the process that is asked

    return pl.thread_pool_size()


def test_each_process_has_one_thread_for_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are as many as work at once; whoever named a number keeps it, and this process's own is left alone."""
    monkeypatch.delenv("POLARS_MAX_THREADS", raising=False)
    assert {found for _, found in in_order(threads, range(2), workers=2)} == {1}
    assert "POLARS_MAX_THREADS" not in os.environ
    monkeypatch.setenv("POLARS_MAX_THREADS", "3")
    assert {found for _, found in in_order(threads, range(2), workers=2)} == {3}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_order(workers: int) -> None:
    """Though the first jobs take longest."""
    assert list(in_order(squared, range(9), workers=workers)) == [(n, n * n) for n in range(9)]


def test_jobs_may_have_no_end() -> None:
    """Few are taken ahead; closing ends the work and its processes."""
    taken: list[int] = []

    def endless() -> Iterator[int]:
        for job in itertools.count():
            taken.append(job)
            yield job

    with closing(in_order(squared, endless(), workers=2)) as found:
        assert [next(found)[1] for _ in range(4)] == [0, 1, 4, 9]
    assert 4 <= len(taken) <= 12


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_arrives_whole(workers: int) -> None:
    """Place, value and hint of an error in another process are those it was raised with; results before it came."""
    found = in_order(stumbling, range(20), workers=workers)
    assert [next(found)[1] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ScenarioError) as caught:
        next(found)
    assert (caught.value.place, caught.value.value, caught.value.example) == ("replication 3", "seed 9", "seed=9")


def test_a_process_that_is_gone_is_said() -> None:
    """With what to do about it."""
    with pytest.raises(ScenarioError, match="ended before its work"):
        list(in_order(gone, range(2), workers=2))


def started(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a script that works in two processes, and wait until both do."""
    script = folder / "script.py"
    marks = folder / "marks"
    marks.mkdir()
    root = str(Path(__file__).parents[2])
    script.write_text(SCRIPT.format(root=root, folder=str(marks)), encoding="utf-8")
    run = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, text=True)
    wait_until(lambda: run.poll() is not None or len(list(marks.iterdir())) == 2)
    assert run.poll() is None
    return run, [int(path.name) for path in marks.iterdir()]


def is_alive(process: int) -> bool:
    """Say whether a process still runs; one that only waits to be collected does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    about = Path(f"/proc/{process}/stat")
    try:
        return not about.exists() or about.read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@ON_POSIX
@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_no_process_is_left_behind(ends: signal.Signals, tmp_path: Path) -> None:
    """Interrupted or killed outright, two workers in the midst of an hour's work are gone."""
    run, workers = started(tmp_path)
    try:
        assert len(workers) == 2
        assert all(map(is_alive, workers))  # the control: they were there
        run.send_signal(ends)
        _, said = run.communicate(timeout=PATIENCE_S)
        wait_until(lambda: not any(map(is_alive, workers)))
        assert run.returncode != 0
        if ends == signal.SIGINT:
            assert "KeyboardInterrupt" in said
            assert said.count("Traceback") == 1  # of the script alone, none of its workers
    finally:
        run.kill()
        for one in workers:
            if is_alive(one):
                os.kill(one, signal.SIGKILL)


def test_work_with_what_it_needs_is_handed_over() -> None:
    """A `partial` carries what all jobs share."""
    assert list(in_order(partial(pow, 2), [3, 4], workers=2)) == [(3, 8), (4, 16)]
