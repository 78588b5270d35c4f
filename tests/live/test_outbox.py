"""The outbox: sent once where nothing fails, tried again where it does, in order, kept where it failed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events
from deskkit.feeds.feed import Can, Declared
from deskkit.live.outbox import LONGEST_MS, TRIES, Outbox, RejectedError, SendError, notices_to, replies_to, retry_ms
from deskkit.log import LeaseLostError, MemoryLog, Sending
from tests.live.desks import START, make, served, staffed, wrote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.live.served import Route
    from deskkit.log import Outgoing, Stored
    from tests.live.desks import Served


class Provider:
    """A recipient that keeps what it was sent, and fails as it is told."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.got: list[str] = []

    def __call__(self, item: Outgoing) -> None:
        """Take something."""
        if self.failures and (failure := self.failures.pop(0)) is not None:
            raise failure
        self.got.append(item.event.source_id)


def replies(event: events.Event) -> tuple[str, ...]:
    """Return where replies go in these tests."""
    return ("out",) if isinstance(event, events.AgentWrote) else ()


def replied(source_id: str, *, conversation: str = "c1") -> events.Fact:
    """Return a reply."""
    made: events.Fact = make(
        events.AgentWrote, source_id, at=0, source="view", conversation=conversation, agent="chen", message=source_id,
        text="稍等",
    )  # fmt: skip
    return made


@pytest.fixture
def desk() -> Served:
    """Give a desk with two conversations whose replies go out."""
    return staffed(served(routes=[replies]), conversations=2)


def states(desk: Served) -> list[tuple[str, int, str]]:
    """Return what became of everything that was to leave."""
    return [(one.state, one.attempts, one.because) for one in desk.log.sendings()]


def test_what_leaves_is_queued_with_its_event(desk: Served) -> None:
    """A reply is queued when it is stored, sent once, and marked."""
    desk.bring(replied("r1"))
    assert states(desk) == [("queued", 0, "")]
    out = Provider()
    outbox = Outbox(desk.driver, {"out": out})
    assert (outbox.deliver(), outbox.deliver()) == (1, 0)
    assert (out.got, states(desk)) == (["r1"], [("sent", 0, "")])
    assert desk.log.sendings(conversation="c1") == [Sending(desk.log.find("view", "r1") or 0, "out", "sent")]


@pytest.mark.parametrize("failure", [SendError("It does not answer."), OSError(), ValueError("x"), KeyError("x")])
def test_what_fails_is_tried_again_in_order(desk: Served, failure: Exception) -> None:
    """What cannot leave now waits longer each time, and what is behind it in its conversation waits; others do not."""
    for name, conversation in (("a1", "c1"), ("b1", "c2"), ("a2", "c1")):
        desk.bring(replied(name, conversation=conversation))
    out = Provider(failure, None, failure)
    outbox = Outbox(desk.driver, {"out": out})
    outbox.deliver()
    assert out.got == ["b1"]
    because = failure.problem if isinstance(failure, SendError) else type(failure).__name__
    assert states(desk) == [("queued", 1, because), ("sent", 0, ""), ("queued", 0, "")]
    desk.clock.advance(retry_ms(1) - 1)
    desk.driver.queued += 1
    assert outbox.deliver() == 0
    desk.clock.advance(1)
    desk.driver.queued += 1
    outbox.deliver()
    assert states(desk)[0] == ("queued", 2, because)
    desk.clock.advance(retry_ms(2))
    assert outbox.deliver() == 2
    assert out.got == ["b1", "a1", "a2"]


@pytest.mark.parametrize("failures", [[RejectedError("No such customer.")], [OSError()] * TRIES])
def test_what_never_leaves_is_kept(desk: Served, failures: list[Exception]) -> None:
    """What is rejected, or failed often enough, is kept; what is behind it goes on, and a hand may try it anew."""
    desk.bring(replied("a1"))
    desk.bring(replied("a2"))
    out = Provider(*failures)
    outbox = Outbox(desk.driver, {"out": out})
    for _ in failures:
        outbox.deliver()
        desk.clock.advance(LONGEST_MS)
    outbox.deliver()
    assert out.got == ["a2"]
    (failed, sent) = desk.log.sendings()
    assert (failed.state, failed.attempts, sent.state) == ("failed", len(failures), "sent")
    (kept,) = desk.log.read(failed.seq - 1, until=failed.seq)
    assert getattr(kept.event, "text", "") == "稍等"
    desk.log.send_again(failed.seq, "out")
    desk.clock.advance(1_000)
    assert outbox.deliver() == 1
    assert out.got == ["a2", "a1"]


def test_many_leave_a_few_at_a_time(desk: Served) -> None:
    """The loop is not held up by a long outbox, and forgets nothing of it."""
    for n in range(45):
        desk.bring(replied(f"r{n}"))
    out = Provider()
    outbox = Outbox(desk.driver, {"out": out})
    assert [outbox.deliver() for _ in range(4)] == [20, 20, 5, 0]
    assert out.got == [f"r{n}" for n in range(45)]


def test_without_a_sender_it_waits(desk: Served) -> None:
    """What has no sender waits and holds up nobody."""
    desk.bring(replied("r1"))
    assert Outbox(desk.driver, {}).deliver() == 0
    assert Outbox(desk.driver, {"other": Provider()}).deliver() == 0
    assert states(desk) == [("queued", 0, "")]


def test_a_driver_that_lost_its_lease_marks_nothing(desk: Served) -> None:
    """What was sent by a driver whose lease is over is not marked: the next one sends it again, under the same id."""
    desk.bring(replied("r1"))
    (item,) = desk.log.outgoing()
    desk.log.release_lease(desk.log.lease().epoch)
    desk.log.take_lease("other", now=START, until=START + 1)
    with pytest.raises(LeaseLostError):
        Outbox(desk.driver, {"out": Provider()}).deliver()
    assert desk.log.outgoing() == [item]


# ---------------------------------------------------------------- routes


class Silent:
    """A feed that gives nothing."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared

    def poll(self, now: int) -> Sequence[events.Fact]:
        """Give nothing."""
        return ()

    def observe(self, events: Sequence[Stored]) -> None:
        """Learn nothing."""


def going(route: Route, log: MemoryLog) -> list[str]:
    """Return the kinds of events in a log that go out."""
    return [type(stored.event).__name__ for stored in log.read() if route(stored.event)]


def test_what_goes_out_to_a_feed() -> None:
    """In mode act what the feed can do, of its own conversations, and never what it told itself; observing, nothing."""
    desk = staffed(served(log := MemoryLog()))
    desk.bring(make(events.ConversationOpened, "o9", source="other", conversation="c9", customer="u"))
    for name in ("c1", "c9"):
        desk.bring(replied(f"r {name}", conversation=name))
    desk.bring(make(events.AgentWrote, "own", conversation="c1", agent="chen", message="m", text="x"))
    desk.bring(make(events.Resolved, "x", source="view", conversation="c1"))
    can = Can(reply=True, close=True)
    act = replies_to(Silent(Declared(name="feed", can=can, mode="act")), log)
    assert going(act, log) == ["AgentWrote", "Resolved"]
    assert going(replies_to(Silent(Declared(name="feed", can=Can(assign=True), mode="act")), log), log) == ["Assigned"]
    assert going(replies_to(Silent(Declared(name="feed", can=can)), log), log) == []
    assert going(replies_to(Silent(Declared(name="other", can=can, mode="act")), log), log) == ["AgentWrote"]


def test_no_feed_receives_what_is_for_agents_only() -> None:
    """Of notes and whispers nothing goes out to a feed that can do all there is; the reply beside them does."""
    desk = staffed(served(log := MemoryLog()))
    for name, more in (("note", {}), ("pin", {"pinned": True}), ("whisper", {"to": "lin"})):
        desk.bring(make(events.NoteWritten, name, source="view", conversation="c1", agent="chen", text=name, **more))
    desk.bring(replied("r1"))
    can = Can(reply=True, assign=True, tag=True, close=True, open=True)
    route = replies_to(Silent(Declared(name="feed", can=can, mode="act")), log)
    assert sum(isinstance(stored.event, events.NoteWritten) for stored in log.read()) == 3
    assert "NoteWritten" not in going(route, log)
    assert "AgentWrote" in going(route, log)  # the control: what is for the customer goes


def test_notices_go_to_their_agent() -> None:
    """Each notice goes to its agent by way of the one sender of the channel, in order for each agent."""
    desk = staffed(served(routes=[notices_to("push")]))
    desk.clock.advance(60_000)
    assert any(isinstance(one, events.Notified) for one in desk.driver.wake())
    out = Provider(OSError())
    outbox = Outbox(desk.driver, {"push": out})
    outbox.deliver()
    assert out.got == []
    desk.clock.advance(LONGEST_MS)
    desk.bring(wrote("more"))
    outbox.deliver()
    recipients = {one.recipient for one in desk.log.sendings()}
    assert recipients <= {"push/chen", "push/lin"}
    assert {one.state for one in desk.log.sendings()} == {"sent"}
