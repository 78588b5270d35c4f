"""A disk on which chosen operations fail, once each, and scripts of work to try on it."""
# ruff: noqa: N802, FBT001 -- the names and signatures are APSW's

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from deskkit.log import MemoryLog, Snapshot, open_log
from tests.contract.samples import AT, wrote

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from deskkit.log import EventLog

    Step = Callable[[EventLog], object]

CODES = {
    "open": (apsw.CantOpenError, apsw.SQLITE_CANTOPEN),
    "write": (apsw.IOError, apsw.SQLITE_IOERR_WRITE),
    "full": (apsw.FullError, apsw.SQLITE_FULL),
    "sync": (apsw.IOError, apsw.SQLITE_IOERR_FSYNC),
    "truncate": (apsw.IOError, apsw.SQLITE_IOERR_TRUNCATE),
    "delete": (apsw.IOError, apsw.SQLITE_IOERR_DELETE),
}


class FaultyDisk(apsw.VFS):
    """A file system for SQLite on which the n-th operation fails.

    Parameters
    ----------
    fail_at : collection of int
        The operations (opening, write, sync, truncation, deletion), counted from 1, that fail.
    """

    def __init__(self, fail_at: Collection[int] = ()) -> None:
        self.vfs = f"faulty-{uuid.uuid4().hex}"
        self.fail_at = frozenset(fail_at)
        self.operations = 0
        self.fired: list[str] = []
        super().__init__(self.vfs, base="")

    def operate(self, what: str) -> None:
        """Count one operation; fail if it is chosen."""
        self.operations += 1
        if self.operations in self.fail_at:
            self.fired.append(what)
            kind, code = CODES["full" if what == "write" and self.operations % 2 else what]
            error: Any = kind(f"this {what} fails")
            error.result, error.extendedresult = code & 255, code
            raise error

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        """Open a file."""
        self.operate("open")
        return FaultyFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        """Delete a file."""
        self.operate("delete")
        super().xDelete(filename, syncdir)


class FaultyFile(apsw.VFSFile):
    """An open file on such a disk."""

    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write; where it fails, half of it may have been written."""
        try:
            self.disk.operate("write")
        except apsw.Error:
            if self.disk.operations % 3 == 0:
                super().xWrite(bytes(data)[: len(data) // 2], offset)
            raise
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        """Sync; there is no need to wait for the real disk."""
        self.disk.operate("sync")

    def xTruncate(self, size: int) -> None:
        """Shorten the file."""
        self.disk.operate("truncate")
        super().xTruncate(size)


# ---------------------------------------------------------------- scripts


class Held(msgspec.Struct, frozen=True):
    """Everything a log holds that a step of a script may change."""

    rows: list[Any]
    cursor: int
    aside: list[Any]
    snapshot: Snapshot | None


def held(log: EventLog) -> Held:
    """Return what a log holds."""
    return Held(list(log.rows()), log.cursor("inbox"), list(log.quarantined()), log.snapshot("p"))


def script(seed: int) -> list[Step | None]:
    """Return a script of work, the same for the same seed; None stands for closing and opening again."""
    draw = random.Random(seed)
    number = 0
    steps: list[Step | None] = []
    for _ in range(draw.randint(5, 9)):
        size, long = draw.randint(1, 4), draw.choice((0, 0, 700, 9_000))
        kind = draw.choice(("append", "append", "batch", "again", "aside", "snapshot", "reopen"))
        if kind == "reopen":
            steps.append(None)
        elif kind == "aside":
            steps.append(_aside(number, long))
        elif kind == "snapshot":
            steps.append(_snapshot(number, long))
        elif kind == "batch":
            steps.append(_batch(number, size, long))
            number += size
        else:
            start = max(0, number - size) if kind == "again" else number
            steps.append(_append(start, size + (start < number), long))
            number = max(number, start + size + (start < number))
    return steps


def _append(start: int, size: int, long: int) -> Step:
    events = [wrote(start + n, text="x" * long) for n in range(size)]
    return lambda log: log.append(events, received_at=AT)


def _aside(number: int, long: int) -> Step:
    return lambda log: log.quarantine("meiqia", f"why {number}", raw=b"x" * long, received_at=AT)


def _snapshot(number: int, long: int) -> Step:
    return lambda log: log.save_snapshot(Snapshot(number, "p", "code", b"x" * long))


def _batch(start: int, size: int, long: int) -> Step:
    def step(log: EventLog) -> None:
        with log.batch():
            log.append([wrote(start)], received_at=AT)
            log.append([wrote(start + n, text="x" * long) for n in range(1, size)], received_at=AT)
            log.set_cursor("inbox", start + size)

    return step


class Played:
    """A script being played on a file, beside a log in memory that shows what is to be there.

    Parameters
    ----------
    url : str
        Of a file that does not exist yet.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.log: EventLog | None = None
        self.expected = MemoryLog()
        self.refusals: list[Exception] = []

    def open(self) -> EventLog:
        """Return the open log."""
        if self.log is None:
            self.log = open_log(self.url)
        return self.log

    def step(self, step: Step | None) -> None:
        """Do one step, and note that it was acknowledged."""
        if step is None:
            self.close()
            self.open()
        else:
            step(self.open())
            step(self.expected)

    def close(self) -> None:
        """Close the log."""
        log, self.log = self.log, None
        if log is not None:
            log.close()
