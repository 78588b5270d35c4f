"""The view on a desk that lives: it follows the log, acts by the inbox, and goes by the desk's own clock."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import deskkit as dk
from deskkit.clock import FastClock, WallClock, instant
from deskkit.desk import cards, events
from deskkit.live import starting, writing
from deskkit.live.child import ensure_driver
from deskkit.live.client import Client
from deskkit.live.lease import is_alive, take_lease
from deskkit.live.serve import Serving, Ways
from deskkit.log import UnavailableError, open_log
from deskkit.sim.living import Living
from deskkit.sim.workload import sample
from tests.patience import PATIENCE_S, wait_until
from tests.sim.days import HOUR, busy_day
from tests.views.browser import Browser
from tests.views.test_resent import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pytest

    from deskkit.log import EventLog, Lease
    from deskkit.views import DeskView

POLICY = dk.Policy.load("data/policies/standard.toml")
SPEED = 300.0
FIRST, SECOND = "a" * 32, "b" * 32
OPENED = events.ConversationOpened(at=1, source="feed", source_id="o", conversation="c1", customer="u")
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
    owned: list[str] = []

    def is_there() -> bool:
        view.wake()
        owned.extend(card.name for card in view.open_cards() if card.stage == "assigned" and card.owner)
        return bool(owned)

    wait_until(is_there, "nobody came")
    return owned[0]


def heard(browser: Browser, act: str) -> dict[str, Any]:
    """Wait until a deed is answered; return the answer."""

    def is_answered() -> bool:
        browser.view.catch_up()
        return bool(browser.answer(act))

    wait_until(is_answered, "nobody answered")
    return browser.answer(act)


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
            await until(lambda: view.driver.seen > before)
            return before, view.driver.seen

        before, after = asyncio.run(watch())
        assert after > before
        still = dk.views.desk(log, POLICY, me="boss")
        before = still.driver.seen
        threading.Event().wait(1.5)
        assert still.driver.seen == before < log.last_seq()


# ---------------------------------------------------------------- a driver that is still to come


class Gate:
    """A way for drivers to start, closed until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._may = threading.Event()
        monkeypatch.setattr(starting, "ensure_driver", self._late)

    def _late(self, *args: Any, **more: Any) -> Lease:
        self._may.wait()
        return ensure_driver(*args, **more)

    def open(self) -> None:
        """Let them start."""
        self._may.set()


async def until(is_so: Callable[[], object]) -> None:
    """Let the loop run until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it never was"
        await asyncio.sleep(0.05)


def test_nothing_waits_for_a_driver_that_starts(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No driver can start; the view opens, says so and takes deeds, which are done when one has started."""
    gate = Gate(monkeypatch)

    async def work(log: EventLog) -> None:
        log.append([OPENED], received_at=1)
        browser = Browser(dk.views.desk(log, POLICY, me="boss"))
        assert "The desk is starting" in browser.said
        browser.open("c1")
        assert browser.do("priority", "c1", act=FIRST, level=3) == {}
        assert browser.do("reply", "c1", act=SECOND, text="在的", sure=True) == {}
        assert browser.undo == []
        assert log.lease().epoch == 0
        gate.open()
        await until(lambda: browser.answer(FIRST) and browser.answer(SECOND))
        assert cards.conversation_card(browser.view.desk, "c1").level == 3
        assert "Replied" in browser.said
        assert len(browser.undo) == 1
        assert browser.view.faults == 0
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    with open_log(log_url) as log:
        asyncio.run(work(log))


def test_what_was_not_taken_is_said(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that a driver could not take is answered so, and its draft stays where it is: in the browser."""
    gate = Gate(monkeypatch)

    async def work(log: EventLog) -> None:
        log.append([OPENED], received_at=1)
        browser = Browser(dk.views.desk(log, POLICY, me="boss"))
        assert browser.do("reply", "c1", act=FIRST, text="在的") == {}
        await until(log.inbox)
        (reply,) = log.inbox()
        log.settle(reply.number, "aside", because="for a test")
        await until(lambda: browser.answer(FIRST))
        assert not browser.answer(FIRST)["ok"]
        assert "could not take this" in browser.said
        assert browser.view.faults == 1
        gate.open()
        await until(lambda: is_alive(log.lease(), now=WallClock().now()))
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    with open_log(log_url) as log:
        asyncio.run(work(log))


def test_a_chat_that_no_feed_can_begin_is_refused_in_one_sentence(
    log_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is kept, and sent again it is refused in the same words, which name neither log nor event."""
    gate = Gate(monkeypatch)

    async def work(log: EventLog) -> None:
        log.append([OPENED, events.AgentSet(at=1, source="feed", source_id="a", agent="boss")], received_at=1)
        browser = Browser(dk.views.desk(log, POLICY, me="boss"))
        assert browser.do("new", act=FIRST, customer="New", text="hello", sure=True) == {}
        await until(log.inbox)
        holding = take_lease(log, "test")
        assert holding is not None
        serving = Serving(log, POLICY, holding)
        serving.driver.opens = False
        serving.tick()
        await until(lambda: browser.answer(FIRST))
        for one in (browser, Browser(dk.views.desk(log, POLICY, me="boss"))):
            answer = one.answer(FIRST) or one.do("new", act=FIRST, customer="New", text="hello", sure=True)
            assert not answer["ok"]
            (foot,) = answer["foot"]
            assert foot["text"].startswith("Not begun: no connected chat system lets you begin a chat")
        kept = [type(row.event) for row in log.read() if row.event.source == "view"]
        assert kept == [events.Refused] * 3
        assert browser.view.faults == 0
        holding.end()
        gate.open()

    with open_log(log_url) as log:
        asyncio.run(work(log))


def test_what_was_outdated_is_so_when_sent_again(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deed against what somebody else did is refused; a browser that never heard it hears the same words."""
    gate = Gate(monkeypatch)

    async def work(log: EventLog) -> None:
        log.append([OPENED], received_at=1)
        lead, boss = (Browser(dk.views.desk(log, POLICY, me=me)) for me in ("lead", "boss"))
        lead.do("archive", "c1", act=FIRST)
        boss.do("handled", "c1", act=SECOND)
        gate.open()
        await until(lambda: lead.answer(FIRST) and boss.answer(SECOND))
        assert (lead.answer(FIRST)["ok"], boss.answer(SECOND)["ok"]) == (True, False)
        for browser in (boss, Browser(dk.views.desk(log, POLICY, me="boss"))):
            again = browser.do("handled", "c1", act=SECOND)
            assert (again["ok"], again["foot"]) == (False, boss.answer(SECOND)["foot"])
            assert again["foot"]
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    with open_log(log_url) as log:
        asyncio.run(work(log))


def test_a_log_that_was_empty_says_what_its_key_was(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first event gives it a key of its own; the browser goes on with what it kept under the one before."""
    gate = Gate(monkeypatch)

    async def work(log: EventLog) -> None:
        view = dk.views.desk(log, POLICY, me="boss")
        before = f"{log_url}||boss"
        assert told(view) == (before, before)
        log.append([OPENED], received_at=1)
        assert told(view) == (f"{log_url}|{log.identity()}|boss", before)
        gate.open()
        await until(lambda: is_alive(log.lease(), now=WallClock().now()))
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    with open_log(log_url) as log:
        asyncio.run(work(log))


def test_a_log_replaced_under_the_view(log_url: str, log_path: Path) -> None:
    """The view says at its next look that its log is another's file now, once, and what is sent is not done."""

    async def work(log: EventLog) -> None:
        browser = Browser(dk.views.desk(log, POLICY, me="boss"))
        for path in log_path.parent.glob(f"{log_path.name}*"):
            path.rename(path.with_name(f"old-{path.name}"))
        with open_log(log_url) as other:
            await until(lambda: "run this cell again" in browser.said)
            await asyncio.sleep(1.5)
            assert browser.view.faults == 1
            browser.do("reply", "c1", act=FIRST, text="在的")
            await until(lambda: browser.answer(FIRST))
            assert not browser.answer(FIRST)["ok"]
            assert "run this cell again" in browser.said
            assert (other.last_seq(), other.lease().epoch, other.inbox()) == (0, 0, [])

    with open_log(log_url) as log:
        log.append([OPENED], received_at=1)
        holding = take_lease(log, "test")
        assert holding is not None
        asyncio.run(work(log))


# ---------------------------------------------------------------- a log that is locked for a while


def test_what_a_locked_log_cannot_take_is_given_once_it_can(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program holds the log: looks and deeds are kept and given once, in their order, and nothing fails."""
    gate, is_locked, refused = Gate(monkeypatch), True, 0
    saws: list[int | None] = []
    monkeypatch.setattr(writing, "AGAIN_S", 0.05)

    async def work(log: EventLog) -> None:
        nonlocal is_locked
        log.append([OPENED], received_at=1)
        view = dk.views.desk(log, POLICY, me="boss")
        assert isinstance(view.driver, Client)
        give = view.driver.give

        def held(facts: Sequence[events.Fact], *, saw: int | None = None) -> None:
            nonlocal refused
            if is_locked:
                refused += 1
                raise UnavailableError("Another process has been writing for more than 5 s; nothing was stored.")
            saws.append(saw)
            give(facts, saw=saw)

        monkeypatch.setattr(view.driver, "give", held)
        browser = Browser(view)
        browser.open("c1")  # which would be a look
        assert browser.do("note", "c1", act=FIRST, text="for later") == {}
        await until(lambda: refused > 4)
        assert list(log.inbox()) == []
        seen = view.driver.seen
        await until(lambda: any("not stored yet" in line["text"] for line in view.foot))
        assert browser.do("note", "c1", act=FIRST, text="for later") == {}  # a browser that was loaded anew
        assert view.faults == 0
        is_locked = False
        await until(lambda: len(log.inbox()) == 2)
        gate.open()
        await until(lambda: browser.answer(FIRST))
        assert browser.answer(FIRST)["ok"]
        assert [line.text for line in cards.said(view.desk, "c1")] == ["for later"]
        assert saws == [seen, seen]  # what came while it was locked, nobody had seen
        kinds = [type(row.event) for row in log.read(after=1) if row.event.source == "view"]
        assert kinds == [events.Viewed, events.NoteWritten]
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    with open_log(log_url) as log:
        asyncio.run(work(log))


def test_the_kernel_waits_for_no_log_that_is_locked(log_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deed, a look and a draft come back before the log is let go, which only happens after them; none is lost."""
    gate, let_go = Gate(monkeypatch), threading.Event()
    waited: list[bool] = []

    async def work(log: EventLog) -> None:
        log.append([OPENED], received_at=1)
        view = dk.views.desk(log, POLICY, me="boss")
        receive = log.receive

        def held(*args: Any, **more: Any) -> bool:
            if not waited:  # the first: whoever wrote it here, in the kernel's own thread, would wait in vain
                waited.append(let_go.wait(5))
            return receive(*args, **more)

        monkeypatch.setattr(log, "receive", held)
        browser = Browser(view)
        assert browser.do("note", "c1", act=FIRST, text="kept") == {}
        browser.open("c1")
        view.hear({"type": "draft", "id": "c1", "has": True})
        await until(lambda: any("not stored yet" in line["text"] for line in view.foot))
        assert list(log.inbox()) == []
        let_go.set()
        await until(lambda: len(log.inbox()) == 2)
        assert waited == [True]
        gate.open()
        await until(lambda: browser.answer(FIRST))
        assert "not stored yet" not in browser.said
        os.kill(int(log.lease().holder.removeprefix("process ")), signal.SIGKILL)

    with open_log(log_url) as log:
        asyncio.run(work(log))
