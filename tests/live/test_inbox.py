"""The inbox: each delivery once, followed at once by its decisions, whatever it is; nothing hostile stops the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import cards, coding, events
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.desk.state import comparable
from deskkit.errors import LogError
from deskkit.live.driver import Driver
from deskkit.live.inbox import AHEAD_MS, GROUP, PARK_MS
from deskkit.live.served import AT_ONCE
from deskkit.log import LeaseLostError, UnavailableError, open_log
from tests.live.desks import STANDARD, START, make, served, staffed, wrote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskkit.log import Delivery
    from tests.live.desks import Served


@pytest.fixture(params=["memory:", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """Give a served desk with two agents and one conversation, on a log of each kind."""
    url = request.param if request.param == "memory:" else f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as log:
        yield staffed(served(log))


def as_the_log_says(desk: Served) -> bool:
    """Say whether the desk is what a fold of the log makes of it."""
    again = Driver(desk.log, STANDARD, clock=desk.clock)
    return comparable(again.desk.state) == comparable(desk.driver.desk.state)


def test_a_fact_is_taken_with_its_decisions(desk: Served) -> None:
    """What was brought stands in the log, its decisions behind it; brought again it is no news."""
    last = desk.log.last_seq()
    assert desk.bring(make(events.PresenceSet, "p", agent="chen", presence="away"), author="chen") == "taken"
    (stored, *_) = desk.log.read(last)
    assert stored.event == make(events.PresenceSet, "p", agent="chen", presence="away", by="chen")
    assert any(isinstance(row.event, events.Assigned) for row in desk.log.read())
    length = desk.log.last_seq()
    desk.bring(make(events.PresenceSet, "p", agent="chen", presence="online"))
    assert desk.log.last_seq() == length
    assert as_the_log_says(desk)
    assert desk.log.verify().ok


def test_what_the_log_has_already_is_repeated(desk: Served) -> None:
    """A fact that an import stored is not decided again when it is delivered."""
    desk.driver.take(wrote("m"))
    length = desk.log.last_seq()
    assert desk.bring(wrote("m")) == "repeated"
    assert desk.log.last_seq() == length


def test_a_fact_without_time_happens_when_it_is_taken(desk: Served) -> None:
    """An action of a view need not know the desk's time; a clock that is ahead makes no future."""
    desk.clock.advance(5_000)
    ahead = desk.clock.now() + AHEAD_MS
    for name, at, expected in (("a", 0, ahead - AHEAD_MS), ("b", ahead + 1, ahead - AHEAD_MS), ("c", ahead, ahead)):
        assert desk.bring(wrote(name, at=at)) == "taken"
        seq = desk.log.find("feed", name)
        assert seq is not None
        assert next(desk.log.read(seq - 1)).event.at == expected


HOSTILE: dict[str, bytes] = {
    "no JSON": b"\xff\x00{",
    "nothing": b"",
    "deep": b"[" * 100_000,
    "unknown kind": b'{"kind":"nonsense","at":1}',
    "a decision": coding.encode(events.Assigned(at=1, conversation="c1", agent="chen")),
    "time itself": coding.encode(events.DeadlineReached(at=2**50)),
    "no such conversation, by a hand": coding.encode(events.Archived(at=0, conversation="nowhere", by="chen")),
    "a level that is none": coding.encode(events.PrioritySet(at=0, conversation="c1", level=99)),
    "a NUL in a name": b'{"kind":"viewed","at":0,"conversation":"c1\\u0000","agent":"chen"}',
    "a policy that is none": b'{"kind":"policy_changed","at":0,"text":"nonsense","fingerprint":"x"}',
    "half a character": b'{"kind":"viewed","at":0,"conversation":"c1","agent":"\\ud800"}',
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_deliveries_are_set_aside(desk: Served, what: str) -> None:
    """What cannot be read or taken is kept aside and counted; what came before and behind it is taken."""
    before = comparable(desk.driver.desk.state)
    desk.log.receive("bad", "1", raw=HOSTILE[what], received_at=START, author="chen")
    desk.work()
    answer = desk.log.answer("bad", "1")
    assert answer is not None
    assert answer[0] == "aside", answer
    assert [one.raw for one in desk.log.quarantined()] == [HOSTILE[what]]
    assert desk.inbox.set_aside == 1
    assert comparable(desk.driver.desk.state) == before
    desk.bring(wrote("before"), work=False)
    desk.log.receive("bad", "2", raw=HOSTILE[what] + b" ", received_at=START, author="chen")
    assert desk.bring(wrote("behind")) == "taken"
    assert desk.log.answer("feed", "before") == ("taken", "")
    assert desk.inbox.set_aside == 2
    assert as_the_log_says(desk)


def test_a_failing_desk_sets_one_aside(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the desk itself fails at a delivery, that one alone is set aside, and the desk is what the log says."""
    step = type(desk.driver.desk).step

    def fails(self: Any, fact: events.Fact) -> Any:
        made = step(self, fact)
        if getattr(fact, "text", "") == "bomb":
            raise ZeroDivisionError
        return made

    monkeypatch.setattr(type(desk.driver.desk), "step", fails)
    for n in range(GROUP + 5):
        desk.bring(wrote(f"n{n}", text="bomb" if n == 7 else "hello"), work=False)
    desk.work()
    assert desk.log.answer("feed", "n7") == ("aside", "the desk failed: ZeroDivisionError")
    assert desk.inbox.set_aside == 1
    texts = [stored.event.source_id for stored in desk.log.read(kinds=[events.CustomerWrote])][1:]
    assert texts == [f"n{n}" for n in range(GROUP + 5) if n != 7]
    assert as_the_log_says(desk)


def test_a_reader_makes_facts_of_bytes(desk: Served) -> None:
    """A source has a reader of its own; several facts of one delivery are taken together; its failure is its own."""

    def read(delivery: Delivery) -> tuple[events.Fact, ...]:
        name = delivery.raw.decode()
        opened = make(events.ConversationOpened, f"o {name}", conversation=name, customer="u", source="hook")
        return (opened, wrote(f"m {name}", conversation=name))

    hooked = served(readers={"hook": read})
    hooked.log.receive("hook", "1", raw=b"c9", received_at=START)
    hooked.log.receive("hook", "2", raw=b"\xff", received_at=START)
    hooked.work()
    assert (hooked.log.answer("hook", "1"), hooked.log.find("feed", "m c9")) == (("taken", ""), 3)
    assert hooked.log.answer("hook", "2") == ("aside", "it cannot be read: UnicodeDecodeError")


def test_what_comes_before_its_conversation_waits(desk: Served) -> None:
    """A message that overtook the opening of its conversation is taken with it; one without is set aside in the end."""
    assert desk.bring(wrote("early", conversation="c7")) == "waiting"
    assert desk.bring(wrote("never", conversation="c8")) == "waiting"
    opened = make(events.ConversationOpened, "o7", conversation="c7", customer="u")
    assert desk.bring(opened) == "taken"
    assert desk.log.answer("feed", "early") == ("taken", "")
    again = served_again(desk)  # a driver that starts anew finds what waits
    again.clock.advance(PARK_MS)
    assert again.bring(wrote("other")) == "taken"
    assert again.log.answer("feed", "never") == ("waiting", "")
    again.clock.advance(1)
    again.work()
    assert again.log.answer("feed", "never") == ("aside", "no such conversation was opened")
    assert len(list(again.log.quarantined())) == 1


def test_what_an_import_stored_meanwhile_is_known(desk: Served) -> None:
    """A message of a conversation that another process opened in the log is taken at once."""
    opened = make(events.ConversationOpened, "o7", conversation="c7", customer="u")
    desk.log.append([opened], received_at=START)
    assert desk.bring(wrote("m7", conversation="c7")) == "taken"
    assert as_the_log_says(desk)


def served_again(desk: Served) -> Served:
    """Return another driver on the same log."""
    desk.log.release_lease(desk.log.lease().epoch)
    return served(desk.log)


@pytest.mark.parametrize("error", [UnavailableError("The disk is full."), LogError("The log is gone.")])
def test_what_could_not_be_stored_waits(desk: Served, error: LogError, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the log fails in the middle of a group, all of it waits; when it works again, all of it is taken once."""
    for n in range(3):
        desk.bring(wrote(f"n{n}"), work=False)
    length, settle = desk.log.last_seq(), desk.log.settle
    second = desk.log.inbox()[1].number

    def fail(number: int, state: Any, *, because: str = "") -> None:
        if number == second:
            raise error
        settle(number, state, because=because)

    with monkeypatch.context() as broken:
        broken.setattr(desk.log, "settle", fail)
        with pytest.raises(LogError):
            desk.inbox.drain()
    assert (desk.log.last_seq(), len(desk.log.inbox())) == (length, 3)
    desk.work()
    assert (desk.log.inbox(), as_the_log_says(desk)) == ([], True)
    assert len(list(desk.log.read(length, kinds=[events.CustomerWrote]))) == 3


def test_a_driver_that_lost_its_lease_takes_nothing(desk: Served) -> None:
    """After another driver took over, nothing is taken, decided by time or set aside (control: before it is)."""
    assert desk.bring(wrote("control")) == "taken"
    desk.log.release_lease(desk.log.lease().epoch)
    assert desk.log.take_lease("other", now=START, until=START + 1) == 2
    desk.bring(wrote("late"), work=False)
    length = desk.log.last_seq()
    desk.clock.advance(600_000)
    for call in (desk.inbox.drain, desk.driver.wake, lambda: desk.driver.take(wrote("direct"))):
        with pytest.raises(LeaseLostError):
            call()
    assert (desk.log.last_seq(), len(desk.log.inbox())) == (length, 1)


def test_waking_never_lasts_for_ever(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that decide nothing and never end: a driver goes around still, and learns that its lease is lost."""
    staffed(desk)
    desk.clock.advance(600_000)
    seen: list[int] = []

    def step(_desk: Desk, fact: events.Fact) -> tuple[events.Decision, ...]:
        seen.append(fact.at)
        return ()

    monkeypatch.setattr(Desk, "step", step)
    assert desk.driver.wake() == ()
    assert len(seen) == AT_ONCE
    desk.log.release_lease(desk.log.lease().epoch)
    assert desk.log.take_lease("other", now=START, until=START + 1) == 2
    with pytest.raises(LeaseLostError):
        desk.driver.wake()
    assert len(seen) == AT_ONCE


# ---------------------------------------------------------------- outdated views


def hand(kind: Any, source_id: str, by: str, **fields: Any) -> Any:
    """Return an action of a hand on ``c1``."""
    return make(kind, source_id, at=0, source="view", by=by, conversation="c1", **fields)


OUTDATED: dict[str, tuple[Any, Any]] = {
    "closed after the customer wrote": (wrote("more", text="还有一个问题"), hand(events.Resolved, "x", "chen")),
    "archived after another closed it": (hand(events.Resolved, "y", "lin"), hand(events.Archived, "x", "chen")),
    "assigned after another did": (
        hand(events.OwnerSet, "y", "lin", agent="lin"), hand(events.OwnerSet, "x", "chen", agent="chen"),
    ),
    "moved after another closed it": (
        hand(events.Resolved, "y", "lin"), hand(events.GroupSet, "x", "chen", group="technical"),
    ),
    "another level": (hand(events.PrioritySet, "y", "lin", level=0), hand(events.PrioritySet, "x", "chen", level=3)),
    "a tag taken off": (
        hand(events.TagSet, "y", "lin", facet="label", tag="gift", on=False),
        hand(events.TagSet, "x", "chen", facet="label", tag="gift"),
    ),
    "assigned after the desk gave it away": (
        make(events.PresenceSet, "y", agent="owner", presence="offline"),
        hand(events.OwnerSet, "x", "chen", agent="chen"),
    ),
}  # fmt: skip
IN_TIME: dict[str, tuple[Any, Any]] = {
    "a courtesy": (wrote("more", text="谢谢"), hand(events.Resolved, "x", "chen")),
    "one's own doing": (hand(events.PrioritySet, "y", "chen", level=0), hand(events.PrioritySet, "x", "chen", level=3)),
    "the same wish": (hand(events.PrioritySet, "y", "lin", level=3), hand(events.PrioritySet, "x", "chen", level=3)),
    "another tag": (
        hand(events.TagSet, "y", "lin", facet="label", tag="gift"),
        hand(events.TagSet, "x", "chen", facet="label", tag="z"),
    ),
    "a reply": (
        wrote("more", text="还有一个问题"),
        hand(events.AgentWrote, "x", "chen", agent="chen", message="r", text="稍等"),
    ),
    "a note": (hand(events.Resolved, "y", "lin"), hand(events.NoteWritten, "x", "chen", agent="chen", text="n")),
}  # fmt: skip


def owner_of(desk: Served) -> str:
    """Return who has ``c1``."""
    return cards.conversation_card(desk.driver.desk, "c1").owner


@pytest.mark.parametrize("what", OUTDATED)
def test_an_action_on_an_outdated_view_is_refused(desk: Served, what: str) -> None:
    """What its author could not know speaks against it: it is refused with a reason, and changes nothing."""
    first, action = OUTDATED[what]
    if getattr(first, "agent", "") == "owner":
        first = make(events.PresenceSet, "y", agent=owner_of(desk), presence="offline")
    saw = desk.log.last_seq()
    assert desk.bring(first, author=first.by) == "taken"
    before, length = comparable(desk.driver.desk.state), desk.log.last_seq()
    assert desk.bring(action, author="chen", saw_seq=saw) == "refused outdated"
    assert comparable(desk.driver.desk.state) == before
    (refused,) = [stored.event for stored in desk.log.read(length)]
    assert isinstance(refused, events.Refused)
    assert (refused.reason, refused.conversation, refused.source_id) == ("outdated", "c1", "x")
    assert refused.because[:2] == (-1, saw)
    assert saw < refused.because[2] <= length
    assert as_the_log_says(desk)


@pytest.mark.parametrize("what", [*IN_TIME, *OUTDATED])
def test_an_action_on_what_was_seen_is_taken(desk: Served, what: str) -> None:
    """What its author saw, did, or would not have minded speaks against nothing."""
    first, action = (IN_TIME | OUTDATED)[what]
    if getattr(first, "agent", "") == "owner":
        first = make(events.PresenceSet, "y", agent=owner_of(desk), presence="offline")
    saw = desk.log.last_seq()
    desk.bring(first, author=first.by)
    answer = desk.bring(action, author="chen", saw_seq=saw if what in IN_TIME else desk.log.last_seq())
    assert "outdated" not in answer
    assert desk.log.find("view", "x") is not None
    assert not any(
        isinstance(stored.event, events.Refused) and stored.event.reason == "outdated" for stored in desk.log.read()
    )


def test_a_policy_saved_over_another_s_is_refused(desk: Served) -> None:
    """Who did not see that another policy was put in force does not put theirs over it; having seen it, they do."""

    def changed(path: str, source_id: str, by: str) -> events.PolicyChanged:
        policy = Policy.load(path)
        return events.PolicyChanged(
            at=0, source="view", source_id=source_id, by=by, text=policy.text, fingerprint=policy.fingerprint
        )

    saw = desk.log.last_seq()
    assert desk.bring(changed("data/policies/peak.toml", "y", "lin"), author="lin", saw_seq=saw) == "taken"
    over = changed("data/policies/quiet.toml", "x", "chen")
    assert desk.bring(over, author="chen", saw_seq=saw) == "refused outdated"
    again = changed("data/policies/quiet.toml", "z", "chen")
    assert desk.bring(again, author="chen", saw_seq=desk.log.last_seq()) == "taken"
    assert desk.driver.desk.policy.fingerprint == again.fingerprint
    assert as_the_log_says(desk)
