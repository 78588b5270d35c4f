"""Power cuts (T2; P1, P2): what was acknowledged survives, whole batches only, and the log goes on."""

from __future__ import annotations

import dataclasses
import logging
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
_logger = logging.getLogger(__name__)  # figures: -o log_cli=true -o log_cli_level=INFO

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


@dataclasses.dataclass
class Tally:
    """In how many runs the power was cut, something was acknowledged before, and what came of it."""

    cuts: int = 0
    acknowledging: int = 0
    lost: int = 0
    corrupted: int = 0

    def check(self) -> None:
        """Fail, saying how much was lost, unless nothing was."""
        lost, corrupted = f"{self.lost:,} of {self.cuts:,}", f"{self.corrupted:,}"
        said = f"{lost} power cuts lost what was acknowledged, {corrupted} corrupted the file"
        assert self.lost == self.corrupted == 0, said


def cuts(monkeypatch: pytest.MonkeyPatch, folder: Path, *, number: int, synchronous: str = "FULL") -> Tally:
    """Cut the power at random, with one setting of `synchronous`; tell what came of it."""
    chance = random.Random(SEED)
    often = "PRAGMA wal_autocheckpoint = 12"  # or no checkpoint would fall into so short a run
    settings = (*sqlite.WRITER, f"PRAGMA synchronous = {synchronous}", often)
    monkeypatch.setattr(sqlite, "WRITER", settings if synchronous != "FULL" else (*sqlite.WRITER, often))
    _, whole = cut(monkeypatch, folder / "whole.db", seed=0, cut_at=None)
    assert synchronous == "OFF" or stored(folder / "whole.db") == BATCHES  # what is never synced is never safe
    tally = Tally()
    for run in range(number):
        path = folder / f"{run}.db"
        acknowledged, disk = cut(monkeypatch, path, seed=SEED + run, cut_at=chance.randint(1, whole.operations))
        if not disk.dead:  # without syncs a run may have fewer operations than the first
            continue
        tally.cuts += 1
        tally.acknowledging += acknowledged > 0
        try:
            tally.lost += stored(path) < acknowledged
        except (LogError, AssertionError):
            if synchronous == "FULL":
                raise
            tally.corrupted += 1
        for each in folder.glob(f"{run}.db*"):
            each.unlink()
    return tally


@pytest.mark.parametrize("number", [500, pytest.param(10_000, marks=pytest.mark.full)])
def test_nothing_acknowledged_is_lost(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    """After a power cut at any moment every acknowledged batch is there, and none is half there."""
    tally = cuts(monkeypatch, folder, number=number)
    _logger.info("%s", tally)
    assert tally.cuts == number
    assert tally.acknowledging > number // 2
    tally.check()


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
@pytest.mark.parametrize("number", [60, pytest.param(10_000, marks=pytest.mark.full)])
def test_without_full_sync_it_is_lost(
    monkeypatch: pytest.MonkeyPatch, folder: Path, number: int, synchronous: str
) -> None:  # fmt: skip
    """The same with less than `synchronous = FULL` loses acknowledged batches and says so (control of the above)."""
    tally = cuts(monkeypatch, folder, number=number, synchronous=synchronous)
    _logger.info("synchronous=%s: %s", synchronous, tally)
    with pytest.raises(AssertionError, match=r"power cuts lost what was acknowledged"):
        tally.check()
    assert tally.lost + tally.corrupted > number // 10
    assert synchronous != "OFF" or tally.corrupted > 0
