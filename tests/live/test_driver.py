"""The one decider of a log: what it takes stands in the log with its decisions, or has not happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.policy import Policy
from deskkit.desk.state import comparable
from deskkit.errors import ConflictError, FactError, LogError
from deskkit.live.driver import Driver
from deskkit.log import open_log

if TYPE_CHECKING:
    from pathlib import Path

START = 1_781_748_000_000
STANDARD = Policy.load("data/policies/standard.toml")


@pytest.fixture(params=["memory:", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Give an empty log of each kind."""
    url = request.param if request.param == "memory:" else f"sqlite:///{tmp_path / 'desk.db'}"
    with open_log(url) as opened:
        yield opened


def begin(log: Any) -> Driver:
    """Return a driver with one agent online and one conversation assigned to it."""
    driver = Driver(log, STANDARD, clock=ManualClock(START))
    who = {"at": START, "source": "t"}
    driver.take(events.AgentSet(source_id="a", agent="lin", groups=("presales",), languages=("zh",), **who))  # type: ignore[arg-type]
    driver.take(events.PresenceSet(source_id="p", agent="lin", presence="online", **who))  # type: ignore[arg-type]
    driver.take(events.ConversationOpened(source_id="o", conversation="c1", customer="zhang", **who))  # type: ignore[arg-type]
    made = driver.take(wrote("w"))
    assert any(isinstance(decision, events.Assigned) for decision in made)
    return driver


def wrote(name: str) -> events.CustomerWrote:
    """Return a message of the customer."""
    return events.CustomerWrote(
        at=START, source="t", source_id=name, conversation="c1", message=name, text="这个多少钱"
    )


def failing(*_: object, **__: object) -> None:
    """Fail as a full disk does."""
    raise LogError("The disk is full.")


def test_what_is_taken_stands_in_the_log_with_its_decisions(log: Any) -> None:
    """The log holds the policy, each fact and its decisions; a second driver goes on where the first stopped."""
    driver = begin(log)
    kinds = [type(stored.event).__name__ for stored in log.read()]
    assert kinds[0] == "PolicyChanged"
    assert kinds.index("CustomerWrote") < kinds.index("Queued") < kinds.index("Assigned")
    again = Driver(log, STANDARD, clock=ManualClock(START))
    assert log.last_seq() == len(kinds)
    assert comparable(again.desk.state) == comparable(driver.desk.state)


def test_the_same_fact_twice_is_one(log: Any) -> None:
    """A fact the log has already decides nothing and is not stored again."""
    driver = begin(log)
    before, length = comparable(driver.desk.state), log.last_seq()
    assert driver.take(wrote("w")) == ()
    assert (comparable(driver.desk.state), log.last_seq()) == (before, length)


def test_a_fact_without_identity_is_refused(log: Any) -> None:
    """Without source and source_id nothing is taken."""
    driver = begin(log)
    with pytest.raises(FactError, match="identity"):
        driver.take(events.Viewed(at=START, conversation="c1", agent="lin"))


@pytest.mark.parametrize("wakes", [False, True])
def test_a_failed_append_has_not_happened(log: Any, *, wakes: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the log cannot store it, the desk is what the log says, and the same works when space is back."""
    driver = begin(log)
    before, length = comparable(driver.desk.state), log.last_seq()
    assert isinstance(driver.clock, ManualClock)
    driver.clock.advance(60_000)
    with monkeypatch.context() as broken:
        broken.setattr(log, "append", failing)
        with pytest.raises(LogError, match="full"):
            driver.wake() if wakes else driver.take(wrote("w2"))
    assert (comparable(driver.desk.state), log.last_seq()) == (before, length)
    assert driver.wake()
    assert log.last_seq() > length


def test_two_drivers_do_not_both_decide(log: Any) -> None:
    """What another wrote is folded before anything is decided, by a fact or by time: both desks know the same."""
    driver = begin(log)
    other = Driver(log, STANDARD, clock=driver.clock)
    other.take(wrote("w3"))
    driver.take(wrote("w4"))
    assert isinstance(driver.clock, ManualClock)
    driver.clock.advance(60_000)
    assert other.wake()
    assert driver.wake() == ()
    assert comparable(driver.desk.state) == comparable(other.desk.state)
    assert log.verify().ok


def test_a_hand_sees_what_another_wrote_before_it_acts(log: Any) -> None:
    """Who acts on what the desk shows is refused once if it shows too little, and sees it then."""
    driver = begin(log)
    driver.check_alone()
    other = Driver(log, STANDARD, clock=driver.clock)
    other.take(wrote("w3"))
    with pytest.raises(ConflictError, match="Somebody else wrote"):
        driver.check_alone()
    driver.check_alone()
    assert comparable(driver.desk.state) == comparable(other.desk.state)


def test_an_idle_instant_leaves_no_trace(log: Any) -> None:
    """A deadline at which nothing is decided is not stored; one at which a notice rings is."""
    driver = begin(log)
    length = log.last_seq()
    assert isinstance(driver.clock, ManualClock)
    driver.clock.advance(44_999)
    driver.wake()
    assert log.last_seq() == length
    driver.clock.advance(1)
    assert any(isinstance(decision, events.Notified) for decision in driver.wake())
    assert log.last_seq() > length


def test_a_late_fact_finds_the_desk_as_the_log_says(log: Any) -> None:
    """An idle instant that a late fact follows is stored before it, so the fold of the log is the live desk."""
    driver = begin(log)
    assert isinstance(driver.clock, ManualClock)
    driver.clock.advance(60_000)
    driver.take(events.Viewed(at=START + 60_000, source="t", source_id="v", conversation="c1", agent="lin"))
    due = driver.desk.next_deadline()
    assert due is not None
    driver.clock.advance(due - driver.clock.now())
    assert driver.wake() == ()
    driver.take(events.Viewed(at=due - 5_000, source="t", source_id="late", conversation="c1", agent="lin"))
    again = Driver(log, STANDARD, clock=driver.clock)
    assert comparable(again.desk.state) == comparable(driver.desk.state)
    assert isinstance(list(log.read())[-2].event, events.DeadlineReached)


def test_who_acts_after_one_who_only_advised_looks_at_once(log: Any) -> None:
    """Those who wait are given now, and not with the next thing that happens; once nobody is left, nothing is due."""
    clock, who = ManualClock(START), {"at": START, "source": "t"}
    advised = Driver(log, STANDARD, clock=clock, acts=False)
    for fact in (
        events.AgentSet(source_id="a", agent="lin", groups=("presales",), languages=("zh",), **who),  # type: ignore[arg-type]
        events.PresenceSet(source_id="p", agent="lin", presence="online", **who),  # type: ignore[arg-type]
        events.ConversationOpened(source_id="o", conversation="c1", customer="zhang", **who),  # type: ignore[arg-type]
        events.CustomerWrote(source_id="m", conversation="c1", message="m", text="在吗", **who),  # type: ignore[arg-type]
    ):
        advised.take(fact)
    clock.advance(20_000)
    acting = Driver(log, STANDARD, clock=clock)
    assert acting.desk.next_deadline() == START + 20_000
    assert [(one.at, one.agent) for one in acting.wake() if isinstance(one, events.Assigned)] == [
        (START + 20_000, "lin")
    ]
    due = acting.desk.next_deadline()
    assert due is not None
    assert due > clock.now()
    assert Driver(log, STANDARD, clock=clock).desk.next_deadline() == due
