"""What was brought while nobody decided: it happened when it did, however much of it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.desk.cards import conversation_card
from deskkit.live.inbox import submit
from deskkit.live.serve import Serving
from deskkit.log import open_log
from tests.live.desks import STANDARD, START, make
from tests.live.test_serving import held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.log import EventLog


@pytest.fixture
def log(log_url: str) -> Iterator[EventLog]:
    """Give an empty log in a file."""
    with open_log(log_url) as opened:
        yield opened


def test_who_wrote_before_the_first_driver_waits_since_then(log: EventLog) -> None:
    """What was brought before anybody decided happened when it did; one of the future, or none, changes nothing."""
    before = START - 3_600_000
    who: dict[str, Any] = {"source": "own", "at": before}
    submit(log, make(events.ConversationOpened, "o", conversation="c1", customer="u", **who), received_at=START)
    submit(log, make(events.CustomerWrote, "w", conversation="c1", message="w", text="在吗", **who), received_at=START)
    log.receive("own", "bad", raw=b"{", received_at=START)
    serving = Serving(log, STANDARD, held(log), clock=ManualClock(START))
    serving.tick()
    card = conversation_card(serving.driver.desk, "c1")
    assert (card.opened, card.unanswered_since) == (before, before)
    serving.holding.end()
    again = before + 60_000  # a second driver: the policy is in force by now, and does not begin anew
    submit(
        log,
        make(events.CustomerWrote, "x", at=again, source="own", conversation="c1", message="x", text="?"),
        received_at=START,
    )
    Serving(log, STANDARD, held(log), clock=ManualClock(START + 1))
    changes = [stored.at for stored in log.read(kinds=[events.PolicyChanged])]
    assert changes == [before]


def test_time_waits_for_what_was_brought_while_nobody_decided(log: EventLog) -> None:
    """An hour of facts, more than are taken at once: all happened when they did, none after what is due by now."""
    begun, brought = START - 3_600_000, []
    who: dict[str, Any] = {"at": begun, "source": "own", "agent": "chen"}
    brought += [
        make(events.AgentSet, "a", groups=("presales",), languages=("zh",), **who),
        make(events.PresenceSet, "p", presence="online", **who),
    ]
    for n in range(120):
        c, turn = n % 20, n // 20
        of: dict[str, Any] = {"conversation": f"c{c}", "source": "own", "at": begun + c * 1_000 + turn * 40_000}
        if turn == 0:
            brought.append(make(events.ConversationOpened, f"o{n}", customer=f"u{c}", group="presales", **of))
        brought.append(make(events.CustomerWrote, f"m{n}", message=f"m{n}", text="在吗", **of))
        if turn % 2 == 0:
            of["at"] += 10_000
            brought.append(make(events.AgentWrote, f"r{n}", message=f"r{n}", text="您好", agent="chen", **of))
    for fact in sorted(brought, key=lambda fact: fact.at):
        submit(log, fact, received_at=fact.at)
    serving = Serving(log, STANDARD, held(log), clock=ManualClock(START))
    while serving.tick():
        pass
    stored = [row.event for row in log.read()]
    assert len([event for event in stored if isinstance(event, events.Fact)]) >= len(brought)
    taken = [event.at for event in stored if not isinstance(event, events.Refused)]
    assert taken == sorted(taken)
    waits = [conversation_card(serving.driver.desk, f"c{c}").unanswered_since for c in range(20)]
    assert waits == [begun + c * 1_000 + 5 * 40_000 for c in range(20)]
    assert serving.driver.desk.now > begun + 20 * 60_000  # nothing waits any more: time went on


def test_history_that_a_feed_brings_does_not_hold_the_desk_up(log: EventLog) -> None:
    """What is late already waits behind what is due: a customer who writes meanwhile is not kept from notices."""
    old = START - 30 * 86_400_000
    serving = Serving(log, STANDARD, held(log), clock=ManualClock(START))
    of: dict[str, Any] = {"source": "own", "at": START, "conversation": "c"}
    submit(log, make(events.ConversationOpened, "o", customer="u", **of), received_at=START)
    submit(log, make(events.CustomerWrote, "w", message="w", text="在吗", **of), received_at=START)
    serving.tick()
    for n in range(200):
        of = {"source": "own", "at": old + n, "conversation": f"h{n}"}
        submit(log, make(events.ConversationOpened, f"h{n}", customer="u", **of), received_at=START)
    serving.driver.clock = ManualClock(START + 3_600_000)
    serving.tick()
    assert len(list(log.inbox())) == 150
    assert serving.driver.desk.now > START + 60_000
