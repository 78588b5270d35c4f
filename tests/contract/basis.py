"""What the contract of `EventLog` stands on: a pair of handles on one log, which each back-end gives.

A subclass gives `make`: a new, empty log. `other` is a second handle on it where a back-end has one: the laws
write through the first and read through the second.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import pytest

from deskkit.desk.events import (
    CustomerWrote,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskkit.log import EventLog


class StopError(Exception):
    """Leaves a batch in the middle."""


@dataclasses.dataclass
class Pair:
    """A log and a second handle on it."""

    log: EventLog
    other: EventLog

    def texts(self) -> list[str]:
        """Return the texts of the messages in the log, in order."""
        return [stored.event.text for stored in self.other.read() if isinstance(stored.event, CustomerWrote)]


class Basis(ABC):
    """A back-end to try."""

    @abstractmethod
    def make(self, folder: Path) -> EventLog:
        """Return a new, empty log."""

    def again(self, log: EventLog) -> EventLog:
        """Return a second handle on the same log; by default the same one."""
        return log

    @pytest.fixture
    def pair(self, tmp_path: Path) -> Iterator[Pair]:
        """Give a new log and its second handle."""
        with self.make(tmp_path) as log, self.again(log) as other:
            yield Pair(log, other)
