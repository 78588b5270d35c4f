"""The contract of event logs on every back-end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.log import EventLog, MemoryLog, open_log
from tests.contract.log_contract import LogContract

if TYPE_CHECKING:
    from pathlib import Path


class TestMemoryLog(LogContract):
    """In memory."""

    def make(self, folder: Path) -> EventLog:
        """Return a new, empty log."""
        return MemoryLog()


class TestSqliteLog(LogContract):
    """In a SQLite file."""

    def make(self, folder: Path) -> EventLog:
        """Return a new, empty log."""
        return open_log(f"sqlite:///{folder / 'desk.db'}")


class TestSqliteLogTwice(TestSqliteLog):
    """In a SQLite file that a second handle has open: written through one, read through the other."""

    def again(self, log: EventLog) -> EventLog:
        """Return a second handle on the same log."""
        return open_log(log.url, create=False)
