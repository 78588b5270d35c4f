"""What may be undone after a view began from a snapshot that is younger than the deeds."""

from __future__ import annotations

import msgspec

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.live import snapshots
from deskkit.log import MemoryLog
from deskkit.views.desk.undo import Undo
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, STANDARD, little_log, little_view
from tests.views.test_hands import HANDS


def hands(clock: ManualClock) -> tuple[MemoryLog, Browser]:
    """Return a log on which hands did all they can, some undone, some refused, some long ago; and who saw all of it."""
    log = MemoryLog()
    little_log(20, log=log)
    browser = Browser(little_view(log=log, clock=clock))
    browser.do("assign", "c4", agent="chen")
    clock.advance(11 * MINUTE)  # that one is too long ago
    for name, do, more, _kind, _said in HANDS:
        browser.do(do, name, **more)
        clock.advance(1000)
    browser.take_back()
    browser.do("handled", "c3", "m1", "m2")  # of three the first is refused
    browser.do("priority", "m1", "m2", "m3", level=3)
    browser.do("help", "m4", agent="chen")
    left = events.PresenceSet(at=clock.now(), source="t", source_id="left", agent="chen", presence="offline")
    browser.view.driver.act([left])
    browser.do("help", "m5", agent="qin")
    return log, browser


def test_a_view_from_a_snapshot_undoes_what_was_done_before_it() -> None:
    """It offers the very deeds, and the same way back, as the view that saw them happen."""
    clock = ManualClock(NOW)
    log, saw = hands(clock)
    saw.view.driver.keep_snapshot()
    found = snapshots.latest(log, STANDARD, acts=False, notices=False)
    assert found is not None
    assert found.seq == log.last_seq()  # after it nothing is told any more
    view = little_view(log=log, clock=clock)
    late = Browser(view)
    seen = [msgspec.to_builtins(done) for done in _undo(saw).latest(now=clock.now())]
    known = [msgspec.to_builtins(done) for done in _undo(late).latest(now=clock.now())]
    assert known == seen
    assert late.undo == saw.undo
    assert len(seen) > len(HANDS)
    before = len(late.undo)
    assert late.take_back()["ok"]
    assert len(late.undo) == before - 1


def test_without_the_tail_nothing_would_be_known() -> None:
    """What the snapshot alone leaves is nothing: the check above can fail."""
    clock = ManualClock(NOW)
    log, saw = hands(clock)
    saw.view.driver.keep_snapshot()
    late = Browser(little_view(log=log, clock=clock))
    fresh = Undo()
    for row in log.read(log.last_seq()):
        fresh.told(late.view.desk, row.event)
    assert fresh.latest(now=clock.now()) == []
    assert late.undo != []


def test_a_fact_that_came_late_hides_no_deed() -> None:
    """The tail is found though facts of yesterday were stored amid it."""
    clock = ManualClock(NOW)
    log, saw = hands(clock)
    old = [
        events.CustomerWrote(
            at=NOW - 90 * MINUTE, source="t", source_id=f"old{n}", conversation="c4", message=f"o{n}", text="?"
        )
        for n in range(200)
    ]
    for fact in old:
        saw.view.driver.act([fact])
    saw.do("tag", "m9", facet="label", tag="late")
    saw.view.driver.keep_snapshot()
    assert Browser(little_view(log=log, clock=clock)).undo == saw.undo != []


def _undo(browser: Browser) -> Undo:
    return browser.view._watch.undo  # noqa: SLF001 - what is offered is made of it
