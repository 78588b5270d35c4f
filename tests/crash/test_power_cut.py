"""Power cuts (T2; P1, P2): what was acknowledged survives, whole batches only, and the log goes on."""

from __future__ import annotations

import random
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.errors import LogError
from deskkit.log import guard, open_log, sqlite
from tests.contract.samples import AT, wrote
from tests.crash.power import Disk, driver

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.crash

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- the disk is simulated; be quick

BATCH = 3
BATCHES = 12
SEED = 20_260_618


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give an empty folder in memory, where the system has one."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as name:
        yield Path(name)


def deliver(url: str) -> int:
    """Append batches until the power goes; return how many were acknowledged."""
    acknowledged = 0
    with suppress(LogError):
        log = open_log(url)
        try:
            for number in range(BATCHES):
                start = number * BATCH
                if number % 2:
                    with log.batch():
                        log.append([wrote(start)], received_at=AT)
                        log.append([wrote(start + n, text="x" * 700) for n in range(1, BATCH)], received_at=AT)
                        log.set_cursor("inbox", start + BATCH)
                else:
                    log.append([wrote(start + n) for n in range(BATCH)], received_at=AT)
                acknowledged += 1
        finally:
            log.close()
    return acknowledged


def cut(monkeypatch: pytest.MonkeyPatch, path: Path, *, seed: int, cut_at: int | None) -> tuple[int, Disk]:
    """Run until the power goes, then reboot; return how many batches were acknowledged."""
    disk = Disk(cut_at=cut_at)
    with monkeypatch.context() as context:
        context.setattr(guard, "library", lambda: driver(disk))
        context.setattr(sys, "unraisablehook", lambda _: None)  # APSW reports there what it cannot raise
        acknowledged = deliver(f"sqlite:///{path}")
    disk.reboot(random.Random(seed))
    return acknowledged, disk


def stored(path: Path) -> int:
    """Open what the cut left with the driver of every day; return how many whole batches are there."""
    with open_log(f"sqlite:///{path}") as log:
        report = log.verify()
        assert report.ok, report
        batches, rest = divmod(log.last_seq(), BATCH)
        assert rest == 0, "half a batch"
        assert log.cursor("inbox") == (batches // 2) * 2 * BATCH, "a cursor apart from its events"
        log.append([wrote(n) for n in range(BATCHES * BATCH)], received_at=AT)  # it goes on, nothing twice
        assert [each.event.source_id for each in log.read()] == [f"message:{n}" for n in range(BATCHES * BATCH)]
        assert log.verify().ok
    return batches


def cuts(monkeypatch: pytest.MonkeyPatch, folder: Path, *, number: int) -> tuple[int, int]:
    """Cut the power at random; return in how many runs something was lost, and something acknowledged."""
    chance = random.Random(SEED)
    often = "PRAGMA wal_autocheckpoint = 12"  # or no checkpoint would fall into so short a run
    monkeypatch.setattr(sqlite, "WRITER", (*sqlite.WRITER, often))
    _, whole = cut(monkeypatch, folder / "whole.db", seed=0, cut_at=None)
    assert stored(folder / "whole.db") == BATCHES
    lost = acknowledging = 0
    for run in range(number):
        path = folder / f"{run}.db"
        cut_at = chance.randint(1, whole.operations)
        acknowledged, disk = cut(monkeypatch, path, seed=SEED + run, cut_at=cut_at)
        assert disk.dead, f"run {run} of seed {SEED} was not cut"
        lost += stored(path) < acknowledged
        acknowledging += acknowledged > 0
        for each in folder.glob(f"{run}.db*"):
            each.unlink()
    return lost, acknowledging


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.full)])
def test_nothing_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    """After a power cut at any moment every acknowledged batch is there, and none is half there."""
    lost, acknowledging = cuts(monkeypatch, folder, number=number)
    assert acknowledging > number // 2
    assert lost == 0


@pytest.mark.parametrize("number", [100, pytest.param(1_000, marks=pytest.mark.full)])
def test_without_full_sync_it_is_lost(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    """The same with `synchronous = NORMAL` loses acknowledged batches (the control of the test above)."""
    weaker = tuple(setting.replace("synchronous = FULL", "synchronous = NORMAL") for setting in sqlite.WRITER)
    assert weaker != sqlite.WRITER
    monkeypatch.setattr(sqlite, "WRITER", weaker)
    lost, _ = cuts(monkeypatch, folder, number=number)
    assert lost > number // 10
