"""The n-th operation of the disk fails (T3; P5, P6): nothing half-written, the error says so, and work resumes.

As SQLite's own anomaly tests do it: n = 1, 2, 3 ... until no fault fires, for every script; then two faults, so that
the second falls into what makes up for the first.
"""

from __future__ import annotations

import random
import sys
import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.errors import LogError
from deskkit.log import guard, open_log, sqlite
from deskkit.log.store import Store
from tests.crash.faults import FaultyDisk, Played, held, script
from tests.crash.power import driver
from tests.crash.test_power_cut import MEMORY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from deskkit.log import MemoryLog
    from tests.crash.faults import Step

pytestmark = pytest.mark.crash

SEED = 20_260_618
OFTEN = "PRAGMA wal_autocheckpoint = 4"  # or no checkpoint would fall into so short a script


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty folder in memory, where the system has one, and checkpoints often."""
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, OFTEN))
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)  # APSW reports there what it cannot raise
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


def play(monkeypatch: pytest.MonkeyPatch, path: Path, steps: list[Step | None], fail_at: Collection[int]) -> FaultyDisk:
    """Play a script on a disk with faults, repeating what was refused; check everything after each refusal."""
    disk = FaultyDisk(fail_at)
    played = Played(f"sqlite:///{path}")
    with monkeypatch.context() as context:
        context.setattr(guard, "library", lambda: driver(disk))
        for step in steps:
            for _ in range(len(fail_at) + 1):
                try:
                    played.step(step)
                except LogError as error:
                    check_refused(played, disk, str(error))
                else:
                    break
            else:
                pytest.fail("the script did not go on")
        played.close()
    check_left(played)
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    return disk


def check_refused(played: Played, disk: FaultyDisk, said: str) -> None:
    """Check that a refusal names the log, and that its handle holds what was acknowledged and nothing of the rest."""
    assert said.startswith(str(guard.path_of(played.url))), said
    quiet, disk.fail_at = disk.fail_at, frozenset()
    counted = disk.operations
    if played.log is not None:
        assert held(played.log) == held(played.expected), "something was half-written, or lost"
    disk.fail_at, disk.operations = quiet, counted


def check_left(played: Played) -> None:
    """Check that the file holds everything in the end, for the driver of every day."""
    with open_log(played.url, create=False) as log:
        report = log.verify()
        assert report.ok, report
        assert held(log) == held(played.expected), "the file is not what was acknowledged"


def every_fault(monkeypatch: pytest.MonkeyPatch, folder: Path, seed: int) -> list[str]:
    """Let the n-th operation of a script fail, for every n there is; return what failed."""
    steps = script(seed)
    fired: list[str] = []
    n = 0
    while True:
        n += 1
        disk = play(monkeypatch, folder / f"{n}.db", steps, [n])
        if not disk.fired:
            assert disk.operations < n
            return fired
        fired += disk.fired


@pytest.mark.parametrize("scripts", [2, pytest.param(50, marks=pytest.mark.full)])
def test_every_single_fault(monkeypatch: pytest.MonkeyPatch, folder: Path, scripts: int) -> None:
    """Whichever opening, write, sync, truncation or deletion fails: nothing acknowledged is lost, work resumes."""
    fired: list[str] = []
    for seed in range(scripts):
        fired += every_fault(monkeypatch, folder, seed)
    assert {"open", "write", "sync"} <= set(fired)
    assert len(fired) > 60 * scripts


def test_a_half_written_batch_is_found(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Were a batch several transactions, a fault in the middle would be found (the control of the test above)."""
    monkeypatch.setattr(Store, "batch", lambda _: nullcontext())
    seed = next(seed for seed in range(9) if any(step is not None and step.__name__ == "step" for step in script(seed)))
    with pytest.raises(AssertionError, match="half-written"):
        every_fault(monkeypatch, folder, seed)


@pytest.mark.parametrize("pairs", [120, pytest.param(5_000, marks=pytest.mark.full)])
def test_a_second_fault(monkeypatch: pytest.MonkeyPatch, folder: Path, pairs: int) -> None:
    """A second fault, mostly soon after the first and so while it is made up for, does no harm either."""
    chance = random.Random(SEED)
    both = 0
    for pair in range(pairs):
        steps = script(pair % 50)
        whole = play(monkeypatch, folder / "whole.db", steps, []).operations
        first = chance.randint(1, whole)
        second = first + (chance.randint(1, 6) if pair % 3 else chance.randint(1, whole))
        both += len(play(monkeypatch, folder / f"{pair}.db", steps, [first, second]).fired) == 2
    assert both > pairs // 2


@pytest.mark.parametrize("pairs", [100, pytest.param(5_000, marks=pytest.mark.full)])
def test_a_fault_in_the_recovery_from_a_kill(monkeypatch: pytest.MonkeyPatch, folder: Path, pairs: int) -> None:
    """A file left in the middle of a fault and never closed is recovered, though a fault cuts that recovery too."""
    chance = random.Random(SEED + 1)
    fired = 0
    for pair in range(pairs):
        steps = [step for step in script(pair % 50) if step is not None]
        path = folder / f"{pair}.db"
        expected = left_by_a_kill(monkeypatch, path, steps, chance.randint(8, 60))
        fired += recover(monkeypatch, path, FaultyDisk([chance.randint(1, 25)]), expected)
        for each in folder.iterdir():
            each.unlink()
    assert fired > pairs // 4


def left_by_a_kill(monkeypatch: pytest.MonkeyPatch, path: Path, steps: list[Step], at: int) -> MemoryLog:
    """Play a script up to a fault, and put the files as they lay then at `path`; return what was acknowledged."""
    source = path.with_name("source.db")
    played = Played(f"sqlite:///{source}")
    with monkeypatch.context() as context:
        context.setattr(guard, "library", lambda: driver(FaultyDisk([at])))
        with suppress(LogError):
            for step in steps:
                played.step(step)
        for suffix in ("", "-wal"):
            left = Path(f"{source}{suffix}")
            if left.exists():
                Path(f"{path}{suffix}").write_bytes(left.read_bytes())
        played.close()
    return played.expected


def recover(monkeypatch: pytest.MonkeyPatch, path: Path, disk: FaultyDisk, expected: MemoryLog) -> int:
    """Open and use what a kill left, with a fault on the way; all that was acknowledged is there at the end."""
    url = f"sqlite:///{path}"
    with monkeypatch.context() as context:
        context.setattr(guard, "library", lambda: driver(disk))
        with suppress(LogError), open_log(url) as log:
            log.set_cursor("inbox again", 1)
    with open_log(url) as log:
        assert log.verify().ok
        rows = [row.body for row in expected.rows()]
        assert [row.body for row in log.rows()][: len(rows)] == rows, "something acknowledged is lost"
        log.set_cursor("inbox again", 2)
        assert log.cursor("inbox again") == 2
    return len(disk.fired)
