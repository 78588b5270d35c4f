"""What a log does not tell has no number: hours nobody knows, patience where only those who left are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events as e
from deskkit.measures import report
from deskkit.measures.notes import NOTES
from tests.measures.diary import Diary

if TYPE_CHECKING:
    from collections.abc import Callable


def imported() -> Diary:
    """Return what a product without a queue exports: two who were served at once, one who left after 9 minutes."""
    diary = Diary()
    for n in (1, 2):
        diary.opened(n, f"c{n}").owner(n, f"c{n}", "chen").asks(n, f"c{n}").says(n + 60, f"c{n}", "chen")
    return diary.opened(10, "c3").asks(10, "c3").about(e.CustomerLeft, 550, "c3")


def decided() -> Diary:
    """Return the same, but that the desk itself gave the two to their agent at once."""
    diary = Diary()
    for n in (1, 2):
        diary.opened(n, f"c{n}").asks(n, f"c{n}").about(e.Assigned, n, f"c{n}", agent="chen").says(
            n + 60, f"c{n}", "chen"
        )
    return diary.opened(10, "c3").asks(10, "c3").about(e.CustomerLeft, 550, "c3")


@pytest.mark.parametrize(("diary", "told"), [(imported, False), (decided, True)])
def test_waits_of_no_length_are_genuine_where_the_desk_assigned(diary: Callable[[], Diary], *, told: bool) -> None:
    """The same waits of 0 ms are noted in an import, not in a desk's own log."""
    found = report(diary().log)
    assert (NOTES["waits"] not in found.notes) is told
    # By hand: two served at 0 s are cut off, then one of one left leaves at 540 s.
    assert found["patience"].value == (540_000 if told else None)
    assert found["patience"].numbers["left"] == (1 if told else None)
    assert found["queue_service_level"].value == (pytest.approx(2 / 3) if told else None)
    # Those answered after 60 s are cut off there: the one who left is the last at risk.
    assert found["patience_first_word"].value == 540_000


def test_nothing_is_noted_of_waits_where_nobody_was_served() -> None:
    """Nobody had a conversation, so no wait is missing."""
    diary = Diary().opened(0, "c").asks(0, "c").about(e.CustomerLeft, 60, "c")
    assert NOTES["waits"] not in report(diary.log).notes
    assert report(diary.log)["patience"].value == 60_000


def test_hours_of_agents_are_unknown_where_no_presence_is() -> None:
    """Nobody's presence known: no hours; known to have been offline: no hours too, but zero of them."""
    found = report(imported().log)
    assert found["agent_hours"].value is None
    assert found["occupancy_assigned"].numbers["busy_ms"] is None
    assert "agent_hours                               -" in str(found)
    offline = report(imported().presence(0, "chen", "offline").log)
    assert offline["agent_hours"].value == 0
    # Of two agents the hours of one are known.
    both = imported().opened(20, "c4").owner(20, "c4", "lin").presence(0, "chen").presence(360, "chen", "offline")
    hours = report(both.log)["agent_hours"]
    assert hours.value == pytest.approx(0.1)
    assert hours.broken_down("agent").select("agent", "value").rows() == [("chen", pytest.approx(0.1)), ("lin", None)]
