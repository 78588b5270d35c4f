"""A computer whose clock is set while the desk is shown: no age is negative, and what is shown stays alive."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from deskkit.clock import ForwardClock
from tests.views.browser import Browser
from tests.views.living import Living

if TYPE_CHECKING:
    import pytest

HOUR_NS = 3_600_000_000_000
BEAT_NS = 3_000_000_000


class Watches:
    """The two clocks of a computer, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wall, self.steady = time.time_ns(), time.monotonic_ns()
        monkeypatch.setattr(time, "time_ns", lambda: self.wall)
        monkeypatch.setattr(time, "monotonic_ns", lambda: self.steady)

    def pass_(self, ns: int, *, set_ns: int = 0) -> None:
        """Let time pass, and somebody set the clock."""
        self.steady += ns
        self.wall += ns + set_ns


def test_a_clock_for_ages_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set back it goes on, set ahead it follows, and after a sleep, which stops the steady clock, it is ahead."""
    watches = Watches(monkeypatch)
    clock = ForwardClock()
    begun = clock.now()
    found = []
    for passed, set_ns in ((1, 0), (1, -HOUR_NS), (1, 0), (0, HOUR_NS)):
        watches.pass_(passed * 1_000_000_000, set_ns=set_ns)
        found.append(clock.now() - begun)
    assert found == [1_000, 2_000, 3_000, 3_603_000]


def test_a_view_beats_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour back, the browser still hears every few seconds that the kernel lives, and no wait is negative."""
    watches = Watches(monkeypatch)
    world = Living("qin")
    world.come("c1")
    browser = Browser(world.view)
    for set_ns in (0, -HOUR_NS, 0, 24 * HOUR_NS, 0):
        browser.sent.clear()
        watches.pass_(BEAT_NS, set_ns=set_ns)
        world.view.catch_up()
        assert "beat" in [json.loads(text)["type"] for text in browser.sent]


def test_no_age_is_negative_when_the_desks_clock_goes_back() -> None:
    """The view's now is never before the desk's: whatever is shown began before it."""
    world = Living("qin")
    world.wait(600)
    world.come("c1")
    world.clock._at -= 3_600_000  # noqa: SLF001 - a clock that goes by the wall's, set back
    browser = Browser(world.view)
    world.write("c1")
    world.view.catch_up(anyway=True)
    messages: list[dict[str, Any]] = [json.loads(text) for text in browser.sent]
    assert browser.rows["c1"]["w"] <= min(message["at"] for message in messages)
    assert world.clock.now() < browser.rows["c1"]["w"]  # the control: the clock is before it
    (row,) = browser.show("queue")["queue"]["rows"] or [{"cells": {"wait": {"since": 0}}}]
    assert row["cells"]["wait"]["since"] <= world.view.now


DAY_MS = 24 * 3_600_000


def test_a_log_that_is_ahead_of_the_clock_says_until_when_the_desk_stands() -> None:
    """A clock stood a day ahead and was set right: the head says what stands still and until when; then no more."""
    world = Living("qin", language="en")
    world.come("c1")
    browser = Browser(world.view)
    assert "stands still" not in browser.head["warn"]
    world.clock.advance(DAY_MS)
    world.write("c1")
    world.clock._at -= DAY_MS  # noqa: SLF001 - set right
    world.wait(10)
    assert browser.head["warn"] == (
        "Until 06-19 10:30 this desk stands still: its newest event is 23 h 59 min ahead of the clock, which once "
        "stood wrong. Till then no wait grows, nothing falls due and nothing rings"
    )
    browser.say(type="language", language="zh")
    assert browser.head["warn"].startswith("此工作台停在 06-19 10:30")
    world.wait(DAY_MS / 1_000)
    assert browser.head["warn"] == ""


def test_on_history_a_desk_may_be_behind_its_log() -> None:
    """A clock that stands at an instant says nothing of what is stored later."""
    world = Living("qin", language="en", runs=False)
    world.clock.advance(DAY_MS)
    world.come("c1")
    world.clock._at -= DAY_MS  # noqa: SLF001
    world.wait(10)
    assert Browser(world.view).head["warn"] == ""
