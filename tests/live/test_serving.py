"""The loop of the driver: inbox, feeds, time and outbox, a lease that is kept, and a reason to stop."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import ManualClock, SystemClock, WallClock
from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.errors import ConflictError, LogError
from deskkit.feeds.feed import Can, Declared
from deskkit.live import lease as leases
from deskkit.live.inbox import submit
from deskkit.live.lease import take_lease
from deskkit.live.opening import can_open
from deskkit.live.serve import Serving, Ways
from deskkit.log import LeaseLostError, UnavailableError, open_log
from deskkit.log.in_force import policy_in_force
from tests.live.desks import STANDARD, START, make, wrote
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from deskkit.live.lease import Holding
    from deskkit.log import EventLog, Stored

PEAK = Policy.load("data/policies/peak.toml")


class World:
    """A little world as a feed: an agent replies to each message and each assignment, so many times."""

    def __init__(self, *, turns: int) -> None:
        self.declared = Declared(name="world", can=Can(reply=True), mode="act")
        self.turns = turns
        self.seen: list[int] = []
        self.next: list[events.Fact] = []
        self.begun = False

    def poll(self, now: int) -> Sequence[events.Fact]:
        """Give what comes next."""
        if not self.begun:
            self.begun = True
            who: dict[str, Any] = {"at": now, "source": "world"}
            return [
                make(events.AgentSet, "a", agent="chen", groups=("presales",), languages=("zh",), **who),
                make(events.PresenceSet, "p", agent="chen", presence="online", **who),
                make(events.ConversationOpened, "o", conversation="c1", customer="u", **who),
                make(events.CustomerWrote, "w0", conversation="c1", message="w0", text="这个多少钱", **who),
                make(events.CustomerWrote, "bad", conversation="nowhere", message="b", text="x", **who),
            ]
        given, self.next = self.next, []
        return given

    def observe(self, events_: Sequence[Stored]) -> None:
        """See what stands in the log, and let it lead to something."""
        self.seen += [stored.seq for stored in events_]
        for stored in events_:
            if isinstance(stored.event, events.Assigned | events.CustomerWrote) and self.turns:
                self.turns -= 1
                made = make(
                    events.AgentWrote, f"r{stored.seq}", at=stored.at, source="world", conversation="c1", agent="chen",
                    message=f"r{stored.seq}", text="稍等",
                )  # fmt: skip
                self.next.append(made)


@pytest.fixture(params=["memory:", "sqlite"])
def log(request: pytest.FixtureRequest, log_url: str) -> Iterator[EventLog]:
    """Give an empty log of each kind."""
    with open_log(request.param if request.param == "memory:" else log_url) as opened:
        yield opened


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renew leases often."""
    monkeypatch.setattr(leases, "RENEW_MS", 20)


def held(log: EventLog) -> Holding:
    """Take the lease."""
    holding = take_lease(log, "test")
    assert holding is not None
    return holding


def running(serving: Serving, stop: threading.Event) -> tuple[threading.Thread, list[str]]:
    """Run the loop in a thread; return it, and where it will say why it stopped."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(serving.run(stop)))
    thread.start()
    return thread, said


# ---------------------------------------------------------------- around


def test_a_feed_and_the_driver_work_together(log: EventLog) -> None:
    """What a feed gives is taken with its decisions, what cannot be is set aside, and it is shown every row once."""
    world = World(turns=3)
    serving = Serving(log, STANDARD, held(log), ways=Ways(feeds=[world]), clock=ManualClock(START))
    while serving.tick():
        pass
    kinds = [type(stored.event).__name__ for stored in log.read()]
    assert kinds.count("AgentWrote") == 2  # of the message and of the assignment
    assert "Assigned" in kinds
    assert world.seen == list(range(1, log.last_seq() + 1))
    assert (serving.inbox.set_aside, len(list(log.quarantined()))) == (1, 1)
    assert log.sendings() == []  # what the feed told itself is not sent back
    serving.holding.end()


def test_a_feed_s_facts_outlive_a_full_disk(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a feed gave and the log could not store is kept, and stored when there is room."""
    serving = Serving(log, STANDARD, held(log), ways=Ways(feeds=[World(turns=0)]), clock=ManualClock(START))

    def full(*_: object, **__: object) -> None:
        raise UnavailableError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(log, "append", full)
        with pytest.raises(UnavailableError):
            serving.tick()
    assert log.find("world", "w0") is None
    serving.tick()
    assert log.find("world", "w0") is not None
    serving.holding.end()


def test_a_feed_that_fails_does_not_stop_the_desk(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A feed that fails is counted; what others bring is taken, and it goes on when it works again."""
    world = World(turns=1)
    serving = Serving(log, STANDARD, held(log), ways=Ways(feeds=[world]), clock=ManualClock(START))

    def failing(_now: int) -> Sequence[events.Fact]:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(world, "poll", failing)
        submit(log, make(events.ConversationOpened, "o", conversation="c2", customer="u"), received_at=START)
        serving.tick()
    assert (serving.faults, log.answer("feed", "o")) == (1, ("taken", ""))
    serving.tick()
    assert log.find("world", "w0") is not None
    serving.holding.end()


def test_a_loop_that_fails_lets_the_lease_go(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of our own is not hidden: it ends the loop, and the next driver begins at once and reads why."""
    serving = Serving(log, STANDARD, held(log))
    monkeypatch.setattr(serving.driver, "wake", lambda **_until: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        serving.run(threading.Event())
    assert (log.lease().holder, log.lease().note) == ("", "it failed: ZeroDivisionError")


@pytest.mark.parametrize("opens", [False, True])
def test_a_chat_is_begun_only_where_a_feed_can_open_one(log: EventLog, *, opens: bool) -> None:
    """Where no feed could tell the customer, chat, new customer and first text are refused together: none is stored."""
    world = World(turns=0)
    world.declared = Declared(name="world", can=Can(reply=True, open=opens), mode="act")
    serving = Serving(log, STANDARD, held(log), ways=Ways(feeds=[world]), clock=ManualClock(START))
    assert can_open(log) == opens
    serving.tick()
    who: dict[str, Any] = {"at": 0, "source": "view", "agent": "chen"}
    deed = [
        make(events.CustomerSet, "n.0", at=0, source="view", customer="new-n", name="New"),
        make(events.ConversationOpened, "n.1", conversation="new-n", customer="new-n", origin="agent", **who),
        make(events.AgentWrote, "n.2", conversation="new-n", message="new-n/1", text="hello", **who),
    ]
    other = make(events.CustomerSet, "o.0", at=0, source="view", customer="u", name="Other")
    for fact in (*deed, other):
        submit(log, fact, received_at=START, author="chen")
    serving.tick()
    answers = {log.answer("view", fact.source_id) for fact in deed}
    assert answers == {("taken", "") if opens else ("refused", "unopened")}
    kept = [type(row.event) for row in log.read() if row.event.source == "view"]
    assert kept == ([type(fact) for fact in deed] if opens else [events.Refused] * 3) + [events.CustomerSet]
    serving.holding.end()


def test_time_decides_and_what_is_to_leave_leaves(log: EventLog) -> None:
    """A deadline that came is decided, and what is sent is sent, by going around."""
    clock, sent = ManualClock(START), list[str]()
    ways = Ways(
        senders={"out": lambda item: sent.append(item.id)},
        routes=[lambda event: ("out",) if isinstance(event, events.Notified) else ()],
    )
    serving = Serving(log, STANDARD, held(log), ways=ways, clock=clock)
    for fact in (
        make(events.AgentSet, "a", agent="chen", groups=("presales",), languages=("zh",)),
        make(events.PresenceSet, "p", agent="chen", presence="online"),
        make(events.ConversationOpened, "o", conversation="c1", customer="u"),
        wrote("w"),
    ):
        submit(log, fact, received_at=START)
    while serving.tick():
        pass
    before = len(sent)
    clock.advance(60_000)
    while serving.tick():
        pass
    assert len(sent) > before
    assert len(sent) == len(set(sent)) == log.count(kinds=[events.Notified])
    serving.holding.end()


def test_a_driver_that_starts_anew_keeps_the_policy_in_force(log: EventLog) -> None:
    """What a supervisor put in force stays in force, whatever file the next driver was started with."""
    serving = Serving(log, STANDARD, held(log))
    assert policy_in_force(log) == STANDARD
    serving.holding.end()
    changed = events.PolicyChanged(
        at=0, source="view", source_id="p", text=PEAK.text, fingerprint=PEAK.fingerprint, by="qin"
    )
    submit(log, changed, received_at=START)
    serving = Serving(log, STANDARD, held(log))
    serving.tick()
    assert serving.driver.desk.policy == PEAK
    serving.holding.end()
    length = log.last_seq()
    serving = Serving(log, STANDARD, held(log))
    assert (serving.driver.desk.policy, log.last_seq()) == (PEAK, length)
    serving.holding.end()


# ---------------------------------------------------------------- reasons to stop


def test_it_stops_when_told(log: EventLog) -> None:
    """Told to stop, it lets the lease go and says so; what it was brought before is taken."""
    stop = threading.Event()
    thread, said = running(Serving(log, STANDARD, held(log)), stop)
    opened = make(events.ConversationOpened, "o", at=0, conversation="c1", customer="u")
    submit(log, opened, received_at=SystemClock().now())
    wait_until(lambda: log.answer("feed", "o") == ("taken", ""))
    stop.set()
    thread.join(PATIENCE_S)
    assert said == ["it was told to"]
    assert (log.lease().holder, log.lease().note) == ("", "it was told to")


def test_it_stops_when_nobody_needs_it(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither wanted nor brought anything for long enough, it stops; wanted, it goes on (the control)."""
    wall = ManualClock(SystemClock().now())
    monkeypatch.setattr("deskkit.live.serve.WallClock", lambda: wall)
    thread, said = running(Serving(log, STANDARD, held(log), idle_ms=4_000), threading.Event())
    for _ in range(5):
        wall.advance(3_000)
        log.want_driver(now=wall.now())
        time.sleep(0.05)  # so that it looks
    assert said == []
    wall.advance(4_001)
    thread.join(PATIENCE_S)
    assert said == ["nobody needed it for 4 s"]
    assert log.lease().note == said[0]


@pytest.mark.usefixtures("quick")
def test_it_stops_when_another_took_over(log: EventLog) -> None:
    """A driver whose lease is over stops by itself, even with nothing to do, and leaves the other's alone."""
    serving = Serving(log, STANDARD, held(log))
    thread, said = running(serving, threading.Event())
    assert log.take_lease("other", now=2**50, until=2**51) == 2
    thread.join(PATIENCE_S)
    assert said == ["another driver has taken over"]
    assert log.lease().holder == "other"
    with pytest.raises(LeaseLostError):
        serving.holding.beat()


@pytest.mark.usefixtures("quick")
def test_it_stops_when_its_log_is_gone(log_url: str, log_path: Path) -> None:
    """A driver whose log was deleted under it stops by itself and says so."""
    with open_log(log_url) as log:
        thread, said = running(Serving(log, STANDARD, held(log)), threading.Event())
        for path in log_path.parent.iterdir():
            path.unlink()
        thread.join(PATIENCE_S)
    assert len(said) == 1
    assert said[0].startswith("the log is gone: The file was deleted")


@pytest.mark.parametrize("error", [UnavailableError("busy"), ConflictError("moved on")])
def test_what_may_pass_does_not_stop_it(log: EventLog, error: LogError, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full for a while, or a conflict, is waited out."""
    monkeypatch.setattr("deskkit.live.serve.AGAIN_MS", 10)
    serving, stop, failures = Serving(log, STANDARD, held(log)), threading.Event(), [error] * 3
    tick = serving.tick

    def failing() -> bool:
        if failures:
            raise failures.pop()
        return tick()

    monkeypatch.setattr(serving, "tick", failing)
    opened = make(events.ConversationOpened, "o", at=0, conversation="c1", customer="u")
    submit(log, opened, received_at=SystemClock().now())
    thread, said = running(serving, stop)
    wait_until(lambda: log.answer("feed", "o") == ("taken", ""))
    stop.set()
    thread.join(PATIENCE_S)
    assert (failures, said) == ([], ["it was told to"])


# ---------------------------------------------------------------- the lease


@pytest.mark.usefixtures("quick")
def test_a_lease_is_renewed_while_it_is_held(log: EventLog) -> None:
    """A thread renews it; a disk that is full for a while costs nothing; let go, it is renewed no more."""
    clock = ManualClock(START)
    holding = take_lease(log, "a", clock=clock)
    assert holding is not None
    clock.advance(4_000)
    wait_until(lambda: log.lease().until == START + 4_000 + leases.LEASE_MS)
    assert holding.end("done")
    assert not holding.end("twice")
    assert (log.lease().holder, log.lease().note) == ("", "done")


@pytest.mark.usefixtures("quick")
def test_a_loop_that_hangs_loses_its_lease(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a sign of life the lease is not renewed; before the first one a start may take as long as it takes."""
    monkeypatch.setattr(leases, "HUNG_MS", 100)
    clock = ManualClock(START)
    holding = take_lease(log, "a", clock=clock)
    assert holding is not None
    time.sleep(0.3)
    clock.advance(1)
    wait_until(lambda: log.lease().until == START + 1 + leases.LEASE_MS)
    holding.beat()
    time.sleep(0.3)
    clock.advance(4_000)
    time.sleep(0.2)
    assert log.lease().until == START + 1 + leases.LEASE_MS
    holding.beat()  # nobody took it: it goes on
    wait_until(lambda: log.lease().until == START + 4_001 + leases.LEASE_MS)
    holding.end()


def test_a_clock_set_back_does_not_leave_a_dead_lease(log: EventLog) -> None:
    """A lease that ends in a far future is from before the clock was set back: it is taken, and the other one knows."""
    now = WallClock().now()
    assert log.take_lease("before", now=now, until=now + 3_600_000) == 1
    holding = held(log)
    assert holding.epoch == 2
    assert log.lease().until < now + 60_000
    with pytest.raises(LeaseLostError):
        log.renew_lease(1, until=now + 5_000)
    assert take_lease(log, "another") is None  # the control: a lease of now is not
    holding.end()


def test_one_waits_for_the_lease(log: EventLog) -> None:
    """Who waits gets the lease as soon as it is let go, and not before."""
    first = held(log)
    assert take_lease(log, "b", wait_ms=150) is None
    threading.Timer(0.2, first.end).start()
    second = take_lease(log, "b", wait_ms=PATIENCE_S * 1000)
    assert second is not None
    assert second.epoch == 2
    second.end()
