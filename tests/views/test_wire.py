"""Differences: what a browser makes of the patches is what a fresh one is sent; little is sent for little."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from deskkit import views
from deskkit.clock import ManualClock
from deskkit.live.driver import Driver
from deskkit.log import MemoryLog
from deskkit.views.desk import painter
from deskkit.views.desk.wire import spliced_apart
from tests.bench.desk_feed import begin, feed
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD

if TYPE_CHECKING:
    import pytest

NAMES = st.lists(st.integers(0, 12).map(str), unique=True, max_size=12)


def applied(names: list[str], splices: list[list[object]]) -> list[str]:
    """Return a list after splices."""
    made = list(names)
    for at, going, coming in splices:
        assert isinstance(at, int)
        assert isinstance(going, int)
        assert isinstance(coming, list)
        assert at + going <= len(made)
        made[at : at + going] = coming
    return made


@given(NAMES, NAMES)
def test_splices_make_one_order_of_another(old: list[str], new: list[str]) -> None:
    """Whatever the two, the splices lead from the one to the other, and equal ones need none."""
    assert applied(old, spliced_apart(old, new)) == new
    assert spliced_apart(old, old) == []


def test_what_moved_is_sent_and_not_what_it_passed() -> None:
    """A name that goes from one end to the other is one removal and one insertion."""
    old = [f"c{n}" for n in range(1_000)]
    assert spliced_apart(old, [*old[1:], "c0"]) == [[0, 1, []], [999, 0, ["c0"]]]


def test_patches_lead_where_a_snapshot_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 300 facts on 60 conversations, looked at after each five, the browser has what a fresh one is sent.

    No screen is made of more cards than were touched or had their turn, and a patch is small.
    """
    clock, log = ManualClock(NOW), MemoryLog()
    begin(log, 60, now=NOW)
    view = views.desk(log, STANDARD, me="boss", clock=clock, acts=False, language="en")
    assert isinstance(view.driver, Driver)
    browser = Browser(view)
    browser.say(type="watch", open=browser.order[:12], front=browser.order[:1], focus=None)
    sizes, coming = [], feed(60)
    for _look in range(60):
        clock.advance(400)
        for fact in (fact for _ in range(5) for fact in next(coming)):
            view.driver.take(structs.replace(fact, at=clock.now()))
        browser.sent.clear()
        view.catch_up()
        sizes += [len(text) for text in browser.sent if json.loads(text)["type"] == "patch"]
    monkeypatch.setattr(painter, "CHOICES_MS", 0)  # looked at again with each screen, however quick this machine is
    for _turn in range(20):  # what time alone changes has its turn
        view.wake()
    fresh = Browser(view)
    fresh.say(type="watch", open=list(browser.pages), front=[], focus=None)
    assert browser.lost == 0
    assert browser.order == fresh.order
    assert browser.rows == fresh.rows
    assert browser.pages == fresh.pages
    assert browser.choices == fresh.choices
    assert sorted(sizes)[len(sizes) // 2] < 8_000
