"""The view on a desk that lives: it follows the log, acts by the inbox, and goes by the desk's own clock."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import deskkit as dk
from deskkit.clock import FastClock, instant
from deskkit.desk import cards, events
from deskkit.live.client import Client
from deskkit.live.lease import take_lease
from deskkit.live.serve import Serving, Ways
from deskkit.log import open_log
from deskkit.sim.living import Living
from deskkit.sim.workload import sample
from tests.sim.days import HOUR, busy_day
from tests.views.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.log import EventLog
    from deskkit.views import DeskView

POLICY = dk.Policy.load("data/policies/standard.toml")
SPEED = 300.0
BEGIN = instant("2026-06-18T00:00", zone="UTC")


@contextmanager
def living(log: EventLog) -> Iterator[None]:
    """Let a world live on a log, fast, in a thread."""
    holding = take_lease(log, "demo")
    assert holding is not None
    clock = FastClock(BEGIN + round(9.5 * HOUR), speed=SPEED)
    world = Living(busy_day(), sample(busy_day(), seed=3, begin=BEGIN), POLICY)
    serving = Serving(log, POLICY, holding, ways=Ways(feeds=[world], senders=world.senders), clock=clock)
    stop = threading.Event()
    thread = threading.Thread(target=serving.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def some_open(view: DeskView) -> str:
    """Wait until a conversation with an owner is open; return its name."""
    for _ in range(600):
        view.wake()
        for card in view.open_cards():
            if card.stage == "assigned" and card.owner:
                return card.name
        threading.Event().wait(0.05)
    raise AssertionError("nobody came")


def heard(browser: Browser, act: str) -> dict[str, Any]:
    """Wait until a deed is answered; return the answer."""
    for _ in range(600):
        browser.view.catch_up()
        if answer := browser.answer(act):
            return answer
        threading.Event().wait(0.02)
    raise AssertionError("nobody answered")


def test_a_supervisor_at_a_living_desk(log_url: str) -> None:
    """Without a clock the view finds the demo's driver; a level and a reply by hand stand in the log, once."""
    with open_log(log_url) as log, living(log):
        view = dk.views.desk(log, POLICY, me="boss")
        assert isinstance(view.driver, Client)
        name = some_open(view)
        browser = Browser(view)
        browser.open(name)
        assert list(browser.pages) == [name]
        for do, more in (("priority", {"level": 3}), ("reply", {"text": "马上处理", "sure": True})):
            act = uuid4().hex
            assert browser.do(do, name, act=act, **more) == {}  # the driver is asked; nobody waits
            assert heard(browser, act)["ok"]
        assert view.faults == 0
        wrote = [row.event for row in log.read(kinds=[events.AgentWrote]) if isinstance(row.event, events.AgentWrote)]
        assert [one.source for one in wrote if one.by == "boss"] == ["view"]
        assert cards.conversation_card(view.desk, name).by_hand
        assert view.now < BEGIN + 12 * HOUR  # the demo's time, not today's


def test_it_follows_by_itself(log_url: str) -> None:
    """With a running loop the view draws what happens without being asked; without one it stands still."""
    with open_log(log_url) as log, living(log):

        async def watch() -> tuple[int, int]:
            view = dk.views.desk(log, POLICY, me="boss")
            before = view.driver.seen
            await asyncio.sleep(3)
            return before, view.driver.seen

        before, after = asyncio.run(watch())
        assert after > before
        still = dk.views.desk(log, POLICY, me="boss")
        before = still.driver.seen
        threading.Event().wait(1.5)
        assert still.driver.seen == before < log.last_seq()
