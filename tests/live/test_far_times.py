"""A log that holds what no desk takes, as a program of its own may store it: it is said where, and what to do."""

from __future__ import annotations

import pytest

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.desk import events as e
from deskkit.errors import LogError
from deskkit.live.follower import Follower
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD, little_log

YEAR = 365 * 86_400_000
OUT_OF_RANGE = [NOW + 8_000 * YEAR, -1, -2_000 * YEAR]


def far(at: int) -> e.Fact:
    """Return a conversation that begins at an instant."""
    return e.ConversationOpened(at=at, source="own", source_id=str(at), conversation=f"far {at}", customer="u")


@pytest.mark.parametrize("at", OUT_OF_RANGE)
def test_a_desk_of_such_a_log_is_refused_by_its_event(at: int) -> None:
    """It names the log, the event by its number, the instant and what may stand there; so does whoever follows."""
    log = little_log()
    log.append([far(at)], received_at=NOW)
    said = rf"memory:.*as event {log.last_seq()} .*{at}.*Hint: import into a new log"
    with pytest.raises(LogError, match=said):
        views.desk(log, STANDARD, me="qin", clock=ManualClock(NOW))
    with pytest.raises(LogError, match=said):
        Follower(log, STANDARD, clock=ManualClock(NOW))


def test_a_desk_that_is_open_says_so_and_stays() -> None:
    """What comes while a desk is open ends no view: it is said in the foot, and what was shown stays."""
    log = little_log()
    view = views.desk(log, STANDARD, me="qin", clock=ManualClock(NOW))
    browser = Browser(view)
    order = list(browser.order)
    log.append([far(OUT_OF_RANGE[0])], received_at=NOW)
    for _ in range(3):
        view.catch_up()
    assert "no desk can be made" in browser.said
    assert view.faults == 1
    assert browser.order == order


@pytest.mark.parametrize("at", [0, NOW + 1_000 * YEAR])
def test_what_lies_far_off_is_shown(at: int) -> None:
    """From 1970 on, and for thousands of years, a desk and its boards show what they can."""
    log = little_log()
    log.append([far(at)], received_at=NOW)
    browser = Browser(views.desk(log, STANDARD, me="qin", clock=ManualClock(NOW)))
    browser.open(f"far {at}")
    assert browser.view.faults == 0
    assert {name: bool(browser.show(name)) for name in ("queue", "team", "alerts")} == dict.fromkeys(
        ("queue", "team", "alerts"), True
    )
