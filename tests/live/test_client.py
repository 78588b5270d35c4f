"""Hands at a desk that another process decides for: one driver, and nothing done is lost or done twice."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import FastClock, SystemClock
from deskkit.desk import cards, events
from deskkit.errors import FactError, LogError
from deskkit.live import client as clients
from deskkit.live import follower, snapshots, starting
from deskkit.live.child import ensure_driver
from deskkit.live.client import Client, UnansweredError
from deskkit.live.lease import take_lease
from deskkit.live.serve import Serving
from deskkit.log import MovedError, UnavailableError, open_log
from tests.live.desks import STANDARD, START, make
from tests.patience import PATIENCE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskkit.log import EventLog, Lease
    from deskkit.log.rows import Snapshot


@pytest.fixture
def log(log_url: str) -> Iterator[EventLog]:
    """Give a log with a conversation; a driver that a test left behind is ended."""
    with open_log(log_url) as opened:
        opened.append([make(events.ConversationOpened, "o", at=START, conversation="c1", customer="u")], received_at=1)
        yield opened
        if opened.lease().holder.startswith("process "):
            with suppress(ProcessLookupError):
                os.kill(pid_of(opened), signal.SIGKILL)


def pid_of(log: EventLog) -> int:
    """Return the process that decides."""
    return int(log.lease().holder.removeprefix("process "))


def tag(number: int, name: str) -> events.TagSet:
    """Return a label set by hand."""
    return events.TagSet(
        at=1, source_id=f"t{number}", conversation="c1", facet="label", tag=name, source="view", by="chen"
    )


def test_two_hands_and_a_driver_that_is_killed(log: EventLog) -> None:
    """The first client starts a driver, the second finds it; a deed after its end is done once, by the next driver."""
    one, two = Client(log, STANDARD), Client(log, STANDARD)
    assert log.lease().epoch == 1
    assert one.act([tag(1, "first")]) == ()
    two.wake()
    assert [one.name for one in cards.conversation_card(two.desk, "c1").tags if one.by_hand] == ["first"]
    os.kill(pid_of(log), signal.SIGKILL)
    begun = time.monotonic()
    assert two.act([tag(2, "second")]) == ()
    assert time.monotonic() - begun < PATIENCE_S  # its lease runs out after five seconds; far more on a busy machine
    assert log.lease().epoch == 2
    names = [stored.event.tag for stored in log.read(kinds=[events.TagSet]) if isinstance(stored.event, events.TagSet)]
    assert names == ["first", "second"]


def test_what_was_decided_comes_back(log: EventLog) -> None:
    """The client returns the decisions about its own facts, and `wake` those about others'."""
    one, two = Client(log, STANDARD), Client(log, STANDARD)
    level = events.PrioritySet(at=1, source_id="p", conversation="c1", level=3, source="view", by="chen")
    decided = one.act([level])
    stored = [row.event for row in log.read(kinds=[events.Decision]) if row.event.source_id.startswith("view:p")]
    assert list(decided) == stored
    assert set(decided) <= set(two.wake())


def test_what_came_of_others_deeds_is_not_ones_own(log: EventLog) -> None:
    """A refusal of somebody else's deed that stands right behind one's own in the log is theirs alone."""
    holding = take_lease(log, "by hand")
    assert holding is not None
    serving = Serving(log, STANDARD, holding)
    one, two = (Client(log, STANDARD, answer_ms=0) for _ in range(2))
    tagged = [tag(1, "first")]
    levels = [
        events.PrioritySet(at=1, source_id=f"p{level}", conversation="c1", level=level, source="view", by=f"a{level}")
        for level in (0, 3)
    ]
    for client, facts in ((two, levels[:1]), (one, tagged), (one, levels[1:])):
        with pytest.raises(UnansweredError):
            client.act(facts)
    serving.tick()
    rows = [row.event.source_id for row in log.read(kinds=[events.TagSet, events.Refused])]
    assert rows == ["t1", "p3"]
    assert one.answered(tagged) == ()
    assert [type(decision) for decision in one.answered(levels[1:]) or ()] == [events.Refused]
    holding.end()


def test_an_outdated_deed_is_refused(log: EventLog) -> None:
    """Who has not seen that another hand set the level otherwise is told; who has seen it may change it."""
    one, two = Client(log, STANDARD), Client(log, STANDARD)
    one.act([events.PrioritySet(at=1, source_id="p1", conversation="c1", level=3, source="view", by="chen")])
    late = events.PrioritySet(at=1, source_id="p2", conversation="c1", level=0, source="view", by="qin")
    (refused,) = two.act([late])
    assert isinstance(refused, events.Refused)
    assert refused.reason == "outdated"
    again = events.PrioritySet(at=1, source_id="p3", conversation="c1", level=0, source="view", by="qin")
    assert not any(isinstance(one, events.Refused) for one in two.act([again]))


def test_what_cannot_be_taken_is_said(log: EventLog) -> None:
    """A deed about a conversation that nobody knows is an error, not silence."""
    client = Client(log, STANDARD)
    with pytest.raises(FactError, match="could not take this"):
        client.act([events.Archived(at=1, source_id="a", conversation="nobody", source="view", by="chen")])


def test_a_driver_that_does_not_answer(log: EventLog) -> None:
    """What nobody has taken yet is kept, and the driver that comes at last takes it once."""
    holding = take_lease(log, "it hangs")
    assert holding is not None
    client = Client(log, STANDARD, answer_ms=100)
    with pytest.raises(UnansweredError, match="kept"):
        client.act([tag(1, "kept")])
    serving = Serving(log, STANDARD, holding)
    serving.tick()
    serving.tick()
    assert log.answer("view", "t1") == ("taken", "")
    assert log.count(kinds=[events.TagSet]) == 1
    holding.end()


def test_the_clock_is_the_drivers(log: EventLog) -> None:
    """A client goes by the clock its driver told: a demo's runs faster, and the one who follows goes on with it."""
    begun = SystemClock().now() + 3_600_000
    holding = take_lease(log, "demo")
    assert holding is not None
    Serving(log, STANDARD, holding, clock=FastClock(begun, speed=100.0))
    client = Client(log, STANDARD)
    first = client.clock.now()
    assert first >= begun
    time.sleep(0.1)
    assert client.clock.now() - first >= 5_000  # ten seconds in a tenth of one
    holding.end()
    client.wake()  # nobody decides: a driver is started
    assert log.lease().epoch == 2
    assert log.lease().speed == 100.0
    assert client.clock.now() - begun < 3_600_000


def test_a_demo_takes_over(log: EventLog) -> None:
    """A driver that a view started lets the lease go to one that asks, and the view follows that one."""
    client = Client(log, STANDARD)
    holding = take_lease(log, "demo", wait_ms=30_000, ask=True)
    assert holding is not None
    assert log.lease().epoch == 2
    stop = threading.Event()
    thread = threading.Thread(target=Serving(log, STANDARD, holding).run, args=(stop,))
    thread.start()
    client.act([tag(1, "new")])
    stop.set()
    thread.join()
    assert log.lease().note == "it was told to"


# ---------------------------------------------------------------- what is kept is never said to be lost


def twice(client: Client, number: int) -> None:
    """Do something that is kept; whoever is told so does not repeat it."""
    with pytest.raises(UnansweredError, match="is kept, and will be done once"):
        client.act([tag(number, "once")])


def settled(log: EventLog) -> list[events.Event]:
    """Let a driver take what waits, and return the labels set."""
    holding = take_lease(log, "at last", wait_ms=30_000)
    assert holding is not None
    serving = Serving(log, STANDARD, holding)
    while serving.tick():
        pass
    holding.end()
    return [stored.event for stored in log.read(kinds=[events.TagSet])]


def test_kept_where_no_driver_can_be_started(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that does not start is no reason to call a deed lost that lies in the inbox."""
    client = Client(log, STANDARD)
    os.kill(pid_of(log), signal.SIGKILL)

    def refused(*_: object, **__: object) -> None:
        raise LogError("No driver could be started.")

    with monkeypatch.context() as broken:
        broken.setattr(starting, "ensure_driver", refused)
        broken.setattr(clients, "is_alive", lambda *_, **__: False)
        twice(client, 1)
    assert len(settled(log)) == 1


def test_kept_where_the_wait_is_interrupted(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel's interrupt ends the wait, not the deed."""
    client = Client(log, STANDARD)
    os.kill(pid_of(log), signal.SIGKILL)

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(
            clients, "time", SimpleNamespace(sleep=interrupted, monotonic=time.monotonic)
        )  # no other thread's
        twice(client, 1)
    assert len(settled(log)) == 1


def test_lost_where_it_could_not_be_kept(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: where the inbox takes the second of two facts no more, neither is kept, and that is said."""
    client = Client(log, STANDARD)
    calls: list[str] = []
    receive = log.receive

    def full(source: str, source_id: str, **more: Any) -> bool:
        calls.append(source_id)
        if len(calls) > 1:
            raise UnavailableError("The disk is full.")
        return receive(source, source_id, **more)

    with monkeypatch.context() as broken:
        broken.setattr(log, "receive", full)
        with pytest.raises(UnavailableError, match="disk is full"):
            client.act([tag(1, "a"), tag(2, "b")])
    assert calls == ["t1", "t2"]
    assert log.answer("view", "t1") is None


# ---------------------------------------------------------------- who must not wait


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let no driver start before the event is set."""
    may_start = threading.Event()

    def late(*args: Any, **more: Any) -> Lease:
        may_start.wait()
        return ensure_driver(*args, **more)

    monkeypatch.setattr(starting, "ensure_driver", late)
    yield may_start
    may_start.set()


def until(found: Callable[[], Any]) -> Any:
    """Wait until something is there."""
    end = time.monotonic() + PATIENCE_S
    while (one := found()) is None:
        assert time.monotonic() < end, "it never was"
        time.sleep(0.02)
    return one


def test_who_must_not_wait_has_the_answer_later(log: EventLog, held_up: threading.Event) -> None:
    """No driver can start, and neither the client nor its deed waits for one; the answer is there when one has."""
    client = Client(log, STANDARD, waits=False)
    assert client.is_starting
    assert log.lease().epoch == 0
    level = [events.PrioritySet(at=1, source_id="p", conversation="c1", level=3, source="view", by="chen")]
    with pytest.raises(UnansweredError, match="is kept"):
        client.act(level)
    assert client.answered(level) is None
    client.wake()
    held_up.set()
    decided = until(lambda: client.answered(level))
    stored = [row.event for row in log.read(kinds=[events.Decision]) if row.event.source_id.startswith("view:p")]
    assert list(decided) == stored
    assert "c1" in [getattr(row.event, "conversation", "") for row in log.read(kinds=[events.PrioritySet])]
    assert not client.is_starting
    assert log.lease().epoch == 1
    with suppress(UnansweredError):  # on a busy machine it comes later
        client.act([tag(1, "at once")])
    assert until(lambda: client.answered([tag(1, "at once")])) is not None


def test_who_must_not_wait_keeps_its_first_snapshot_beside(
    log: EventLog, held_up: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The snapshot of a long log is written by another thread, however long the log is locked; a failure is logged."""
    assert not held_up.is_set()
    monkeypatch.setattr(follower, "WORTH_KEEPING", 1)
    is_free, written = threading.Event(), list[tuple[bool, int]]()
    save = log.save_snapshot

    def locked(made: Snapshot) -> None:
        is_free.wait(PATIENCE_S)
        written.append((threading.current_thread() is threading.main_thread(), made.seq))
        if len(written) == 1:
            save(made)
        else:
            raise UnavailableError("The log is locked.")

    monkeypatch.setattr(log, "save_snapshot", locked)
    client = Client(log, STANDARD, waits=False)
    assert written == []
    assert list(client.desk.conversations) == ["c1"]
    is_free.set()
    wait_until(lambda: not client.writing.is_busy)
    assert written == [(False, 1)]
    assert snapshots.latest(log, STANDARD, acts=True, notices=True) is not None
    log.append([make(events.ConversationOpened, "o2", at=START, conversation="c2", customer="u")], received_at=1)
    again = Client(log, STANDARD, waits=False)
    wait_until(lambda: not again.writing.is_busy)
    assert "No snapshot was kept: The log is locked." in caplog.text


def test_a_driver_that_cannot_start_is_said_once(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks again and again goes on reading and knows why; another is tried only after a while."""
    tried: list[str] = []

    def refused(url: str, *_: object, **__: object) -> None:
        tried.append(url)
        raise LogError("No driver could be started.")

    monkeypatch.setattr(starting, "ensure_driver", refused)
    client = Client(log, STANDARD, waits=False)
    until(lambda: None if client.is_starting else True)
    for _ in range(3):
        client.wake()
        assert "could be started" in str(client.unstarted)
    assert tried == [log.url]
    monkeypatch.setattr(clients, "AGAIN_S", 0)
    client = Client(log, STANDARD, waits=False)
    until(lambda: None if client.is_starting else True)
    client.wake()
    client.wake()
    until(lambda: tried[2:] or None)
    assert not client.is_starting  # it failed before: that is said until one decides
    monkeypatch.undo()

    def decides() -> bool | None:
        client.wake()
        return client.unstarted is None or None

    until(decides)
    assert pid_of(log)


def test_a_log_that_was_replaced(log: EventLog, log_path: Path) -> None:
    """Who follows a log that another one replaced is told so at the next look, and nothing happens to the other."""
    client = Client(log, STANDARD)
    client.act([tag(1, "before")])
    os.kill(pid_of(log), signal.SIGKILL)
    for path in log_path.parent.glob(f"{log_path.name}*"):
        path.rename(path.with_name(f"old-{path.name}"))
    with open_log(log.url) as other:
        with pytest.raises(MovedError, match="what is read is old"):
            client.wake()
        with pytest.raises(MovedError, match="nothing was stored"):
            client.act([tag(2, "after")])
        assert (other.last_seq(), other.lease().epoch, other.answer("view", "t2")) == (0, 0, None)
    assert log.answer("view", "t2") is None


def test_who_may_only_look_starts_nobody(log: EventLog) -> None:
    """A log opened for reading only gets no driver, and what is done to it is refused."""
    with open_log(log.url, create=False, read_only=True) as only:
        client = Client(only, STANDARD)
        assert client.wake() == ()
        with pytest.raises(LogError, match="reading only"):
            client.act([tag(1, "never")])
    assert log.lease().epoch == 0
    assert log.last_seq() == 1
