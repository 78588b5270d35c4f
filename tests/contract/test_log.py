"""The contract of event logs on every back-end."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from deskkit.log import EventLog, MemoryLog, open_log
from tests.contract.log_contract import LogContract

ROOT = Path(__file__).parents[2]
LAWS = 91  # tests of one back-end; more are welcome, fewer would be a law lost


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


def test_every_back_end_has_every_law() -> None:
    """Each back-end runs the same tests, as many, and none of its own making (T7)."""
    backs = (TestMemoryLog, TestSqliteLog, TestSqliteLogTwice)
    laws = {name for name in dir(LogContract) if name.startswith("test_")}
    for back in backs:
        assert {name for name in dir(back) if name.startswith("test_")} == laws
        assert all(getattr(back, name) is getattr(LogContract, name) for name in laws), "a law was rewritten"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    listed = subprocess.run([*command, __file__], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    counts = Counter(re.findall(r"::(Test\w+)::", listed))
    assert counts == dict.fromkeys((back.__name__ for back in backs), LAWS)
