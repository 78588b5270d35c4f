"""Two deciders on one log (P4): who lost the race decides again, five times, and then says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.desk.state import comparable
from deskkit.errors import ConflictError, LogError
from deskkit.live.driver import RETRIES, Driver
from deskkit.log import Appended, MemoryLog, open_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.events import Event

START = 1_781_748_000_000
STANDARD = Policy.load("data/policies/standard.toml")


class ContestedLog(MemoryLog):
    """A log to which somebody else is faster, so many times, just before an append."""

    def __init__(self) -> None:
        super().__init__()
        self.faster = 0
        self.tried = 0

    def append(
        self,
        events: Sequence[Event],
        *,
        received_at: int,
        expect: Mapping[str, int] | None = None,
        last_seq: int | None = None,
        together: bool = False,
    ) -> Appended:
        """Append, after somebody else has."""
        self.tried += 1
        if self.faster:
            self.faster -= 1
            super().append([opened(f"theirs {self.tried}")], received_at=received_at)
        return super().append(events, received_at=received_at, expect=expect, last_seq=last_seq, together=together)


def opened(name: str) -> events.ConversationOpened:
    """Return a contact that begins."""
    return events.ConversationOpened(at=START, source="t", source_id=name, conversation=name, customer="zhang")


@pytest.mark.parametrize("faster", range(RETRIES + 1))
def test_a_conflict_is_decided_again(faster: int) -> None:
    """As often as somebody else is faster, up to five times, the fact is decided anew and stored once."""
    log = ContestedLog()
    driver = Driver(log, STANDARD, clock=ManualClock(START))
    log.faster, log.tried = faster, 0
    driver.take(opened("c1"))
    assert log.tried == faster + 1
    assert log.find("t", "c1") == log.last_seq()
    again = Driver(log, STANDARD, clock=ManualClock(START))
    assert comparable(again.desk.state) == comparable(driver.desk.state)


def test_the_sixth_conflict_is_reported() -> None:
    """Who loses six times is told so; nothing of it is stored, and the next fact finds a desk that knows the rest."""
    log = ContestedLog()
    driver = Driver(log, STANDARD, clock=ManualClock(START))
    log.faster, log.tried = RETRIES + 1, 0
    with pytest.raises(ConflictError, match="Somebody else wrote"):
        driver.take(opened("c1"))
    assert log.tried == RETRIES + 1
    assert log.find("t", "c1") is None
    assert len(driver.desk.conversations) == RETRIES + 1
    driver.take(opened("c1"))
    assert log.find("t", "c1") == log.last_seq()


def test_a_failure_while_folding_anew_leaves_no_half_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    """If neither the append nor the fold after it works, the desk is folded before it is used again."""
    log = open_log("memory:")
    driver = Driver(log, STANDARD, clock=ManualClock(START))
    driver.take(opened("c1"))

    def fail(*_: Any, **__: Any) -> Any:
        raise LogError("The disk is failing.")

    with monkeypatch.context() as broken:
        broken.setattr(log, "append", fail)
        broken.setattr(log, "read", fail)
        with pytest.raises(LogError, match="failing"):
            driver.take(opened("c2"))
    driver.take(opened("c3"))
    assert list(driver.desk.conversations) == ["c1", "c3"]
