"""A ladder that is only noise is paused for a while: it rings nobody, the log says why, and it can be resumed."""

from __future__ import annotations

import pytest

from deskkit.desk import events
from deskkit.desk.because import explain
from deskkit.desk.desk import fold
from deskkit.desk.state import comparable
from deskkit.errors import FactError
from deskkit.log import MemoryLog
from deskkit.measures.redecided import redecided
from tests.desk.bells import Bells, ladder, rung
from tests.desk.scene import HOUR

LADDERS = (
    ladder("message", ["low", "normal", "high"], rung(10), rung(60)),
    ladder("message", "urgent", rung(10), rung(60, ring="push")),
)
NORMAL, URGENT = 1, 3


def pause(bells: Bells, level: int = NORMAL, *, ms: int = HOUR, event: str = "message") -> None:
    """Pause a ladder for so long; 0 resumes it."""
    bells.take(events.NoticesPaused, event=event, level=level, until=bells.at + ms if ms else 0)


def test_a_paused_ladder_rings_nobody_and_says_why() -> None:
    """Rungs that come due meanwhile are held as paused, each once and in words; later ones ring."""
    bells = Bells(*LADDERS)
    bells.open("c1")
    pause(bells, ms=30_000)
    bells.until(70)
    assert bells.held("paused") == [(10, "chen", "message normal 0", "paused")]
    assert bells.rang() == [(60, "chen", "message normal 1")]
    said = next(d for d in bells.log if isinstance(d, events.NoticeHeld))
    assert explain(bells.desk, said) == "Notice held: new message (normal): its rule is paused"


def test_other_ladders_ring_on() -> None:
    """Only the event and level named are paused: the same desk rings the urgent one."""
    bells = Bells(*LADDERS)
    bells.open("c1")
    pause(bells)
    bells.do(events.PrioritySet, "c1", level=URGENT)
    bells.until(70)
    assert bells.rang() == [(10, "chen", "message urgent 0"), (60, "chen", "message urgent 1")]


def test_a_pause_holds_urgent_ones_too() -> None:
    """Who pauses the urgent ladder means it, also its push; nothing is left to be merged."""
    bells = Bells(*LADDERS)
    bells.open("c1")
    bells.do(events.PrioritySet, "c1", level=URGENT)
    pause(bells, URGENT)
    bells.until(100)
    assert bells.rang() == []
    assert [second for second, *_ in bells.held("paused")] == [10, 60]


def test_resumed_it_rings_from_then_on() -> None:
    """A pause taken back ends at once; what was held meanwhile does not ring late, and no digest repeats it."""
    bells = Bells(*LADDERS)
    bells.open("c1")
    pause(bells)
    bells.until(30)
    pause(bells, ms=0)
    bells.until(5_000)
    assert bells.rang() == [(60, "chen", "message normal 1")]
    assert not [d for d in bells.log if isinstance(d, events.DigestSent)]


def test_a_pause_stands_in_the_log() -> None:
    """A desk folded from the log is paused like the one that lived."""
    bells = Bells(*LADDERS)
    bells.open("c1")
    pause(bells)
    bells.until(30)
    assert comparable(fold(bells.log, bells.desk.policy).state) == comparable(bells.desk.state)


def test_a_pause_is_history_too() -> None:
    """Whoever goes over the log by the same rules decides the same: the pause is a fact of it."""
    bells = Bells(*LADDERS)
    bells.open("c1")
    pause(bells)
    bells.until(30)
    log = MemoryLog()
    log.append(bells.log, received_at=bells.at)
    again = [one.event for one in redecided(log, bells.desk.policy).read(kinds=[events.Notified, events.NoticeHeld])]
    assert [(getattr(one, "conversation", ""), getattr(one, "reason", "")) for one in again] == [("c1", "paused")]


@pytest.mark.parametrize(
    ("event", "level", "until"), [("messages", 1, 5), ("message", 4, 5), ("message", -1, 5), ("message", 1, -5)]
)
def test_a_pause_of_nothing_is_refused(event: str, level: int, until: int) -> None:
    """An event or level that no ladder has, and an instant before all time, are refused."""
    with pytest.raises(FactError):
        Bells(*LADDERS).take(events.NoticesPaused, event=event, level=level, until=until)
