"""A clock that is set: an hour back nothing happens twice, a day ahead nothing is left out, and nobody stumbles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from deskkit.clock import ManualClock
from deskkit.desk import events
from deskkit.live.driver import Driver
from deskkit.live.follower import Follower
from deskkit.log import open_log
from tests.live.desks import STANDARD, START, make, served, staffed, wrote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.log import EventLog

SECOND, HOUR, DAY = 1_000, 3_600_000, 86_400_000
QUICK = STANDARD.edit({"hours.open": ["mon-sun 00:00-24:00"], "notify.quiet": []})


class SetClock(ManualClock):
    """A clock that somebody sets."""

    def set(self, at: int) -> None:
        """Show another time, also an earlier one."""
        self._at = at


def lived(instants: Iterable[int]) -> EventLog:
    """Return the log of a desk on which one customer waits and another was answered late, woken at these instants."""
    clock, log = SetClock(START), open_log("memory:")
    driver = Driver(log, QUICK, clock=clock)
    follower = Follower(log, QUICK, clock=clock)
    for agent in ("chen", "qin"):
        role = "supervisor" if agent == "qin" else "agent"
        driver.take(make(events.AgentSet, f"set {agent}", agent=agent, role=role, groups=("presales",)))
        driver.take(make(events.PresenceSet, f"on {agent}", agent=agent, presence="online"))
    for name in ("c1", "c2"):
        driver.take(make(events.ConversationOpened, f"open {name}", conversation=name, customer=f"of {name}"))
        driver.take(wrote(f"first {name}", conversation=name))
    for at in instants:
        clock.set(START + at)
        driver.wake()
        follower.wake()
        assert follower.desk.now <= driver.desk.now
    return log


def told(log: EventLog) -> list[events.Event]:
    """Return what stands in a log, without identities."""
    return [msgspec.structs.replace(row.event, source="", source_id="") for row in log.read()]


def rang(log: EventLog) -> Counter[tuple[str, str, str, int, int]]:
    """Count the notices, sent or held, of each rung and instant."""
    found = [row.event for row in log.read(kinds=[events.Notified, events.NoticeHeld])]
    return Counter(
        (one.conversation, one.agent, one.event, one.rung, one.at)
        for one in found
        if isinstance(one, events.Notified | events.NoticeHeld)
    )


def test_a_clock_an_hour_back_makes_nothing_happen_twice() -> None:
    """Set back, the desk stands still until its own time is reached again; then all is as if nothing had been."""
    straight = range(0, 1_800 * SECOND, 5 * SECOND)
    before, after = straight[:60], straight[60:]
    again = range(before[-1] - HOUR, before[-1], 30 * SECOND)
    plain, jumped = lived(straight), lived([*before, *again, *after])
    assert told(jumped) == told(plain)
    times = [row.event.at for row in jumped.read()]
    assert times == sorted(times)
    assert sum(rang(jumped).values()) > 4  # the control: ladders were on their way
    assert max(rang(jumped).values()) == 1


def test_what_is_done_while_the_clock_is_back_is_no_earlier_than_what_was() -> None:
    """A deed that is taken an hour back happens at the desk's last instant: no wait begins before the desk knows."""
    desk = staffed(served())
    before, seen = desk.driver.desk.now, desk.log.last_seq()
    desk.clock._at -= HOUR  # noqa: SLF001 - it is set
    deed = events.PrioritySet(at=0, source="view", source_id="p", conversation="c1", level=3, by="chen")
    assert desk.bring(deed, author="chen") == "taken"
    new = [row.event.at for row in desk.log.read(seen)]
    assert new
    assert min(new) >= before
    assert desk.driver.desk.now >= before


def test_a_clock_a_day_ahead_rings_each_rung_once() -> None:
    """Set a day ahead, everything that became due is decided, each rung at its own instant and never twice."""
    log = lived([*range(0, 300 * SECOND, 5 * SECOND), DAY, DAY + SECOND, DAY + 2 * SECOND])
    slow = lived([*range(0, 300 * SECOND, 5 * SECOND), *range(300 * SECOND, DAY, 600 * SECOND), DAY, DAY + 2 * SECOND])
    assert max(rang(log).values()) == 1
    assert set(rang(log)) == set(rang(slow))
    assert told(log) == told(slow)
