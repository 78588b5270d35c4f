"""Limits per agent and minute, quiet hours, and the digest of what was held back."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events
from tests.desk.bells import Bells, again, ladder, ringing, rung
from tests.desk.scene import DAY, HOUR, MINUTE, SECOND, START

if TYPE_CHECKING:
    from deskkit.desk.events import Decision

URGENT = 3
AT_ONCE = ladder("message", ["low", "normal", "high"], rung(0))
MIDNIGHT = START // DAY * DAY + DAY  # the first midnight after the beginning, in UTC as the policy's zone
NIGHT: dict[str, object] = {"notify.quiet": ["mon-sun 22:00-24:00", "mon-sun 00:00-06:00"], "notify.digest": "10 min"}


def limit(n: int, **more: object) -> dict[str, object]:
    """Return the edits for a limit of n notices in a minute and a digest after 10 minutes."""
    return {"notify.per_minute": n, "notify.digest": "10 min", "capacity.agent": 99, **more}


def digests(bells: Bells) -> list[tuple[float, str, int]]:
    """Return the digests: second, agent, count."""
    return [(bells.second(d.at), d.agent, d.count) for d in bells.log if isinstance(d, events.DigestSent)]


def come(bells: Bells, count: int, *, prefix: str = "c") -> None:
    """Let so many customers come at once."""
    for n in range(count):
        bells.open(f"{prefix}{n}", customer=f"{prefix}u{n}")


def rang(bells: Bells, agent: str = "chen") -> list[float]:
    """Return when an agent was rung, of whatever conversation."""
    return [bells.second(d.at) for d in bells.log if isinstance(d, events.Notified) and d.agent == agent]


def held(bells: Bells, reason: str) -> list[events.NoticeHeld]:
    """Return what was held for a reason."""
    return [d for d in bells.log if isinstance(d, events.NoticeHeld) and d.reason == reason]


# ---------------------------------------------------------------- so many in a minute


def test_no_more_than_the_limit_in_a_minute() -> None:
    """Of five messages at once three ring and two are held; each held one names agent, event and reason."""
    bells = Bells(AT_ONCE, edits=limit(3))
    come(bells, 5)
    assert rang(bells) == [0, 0, 0]
    assert [(d.conversation, d.agent, d.event, d.rung) for d in held(bells, "limit")] == [
        ("c3", "chen", "message", 0), ("c4", "chen", "message", 0),
    ]  # fmt: skip


def test_the_minute_slides() -> None:
    """The limit counts any 60 seconds, not calendar minutes: a place is free exactly a minute after it was taken."""
    bells = Bells(AT_ONCE, edits=limit(2))
    for second in (0, 50, 59.999, 60, 109.999, 110):
        bells.until(second)
        come(bells, 1, prefix=f"at {second} ")
    assert rang(bells) == [0, 50, 60, 110]
    assert len(held(bells, "limit")) == 2


def test_a_held_notice_takes_no_place() -> None:
    """What was held back has not rung: it does not count in the minute."""
    bells = Bells(AT_ONCE, edits=limit(1))
    for second in (0, 30, 60):
        bells.until(second)
        come(bells, 1, prefix=f"at {second} ")
    assert rang(bells) == [0, 60]


def test_each_agent_has_a_limit_of_their_own() -> None:
    """One agent's full minute holds back nothing for the other."""
    bells = Bells(AT_ONCE, edits=limit(1), agents=("chen", "lin"))
    come(bells, 4)
    assert (rang(bells, "chen"), rang(bells, "lin")) == ([0], [0])
    assert sorted(d.agent for d in held(bells, "limit")) == ["chen", "lin"]


def test_a_limit_of_one_of_several_recipients_holds_only_that_one() -> None:
    """A rung for all supervisors reaches those whose minute is not full."""
    bells = Bells(AT_ONCE, ladder("waiting", "normal", rung(10, "supervisor")), edits=limit(1))
    bells.supervisor("su")
    bells.supervisor("sa")
    bells.open("c1")
    bells.do(events.OwnerSet, "c1", agent="su")
    bells.until(10)
    assert rang(bells, "su") == [0]
    assert rang(bells, "sa") == [10]
    assert [d.agent for d in held(bells, "limit")] == ["su"]


def test_urgent_is_not_limited_and_does_not_count() -> None:
    """Urgent notices ring past the limit and leave the minute to the others."""
    bells = Bells(AT_ONCE, ladder("message", "urgent", rung(0)), edits=limit(1))
    for n in range(4):
        bells.open(f"u{n}", text="", customer=f"x{n}")
        bells.level_by_hand(URGENT, f"u{n}")
        bells.say("hello", f"u{n}")
    come(bells, 2)
    assert len(rang(bells)) == 5
    assert [d.conversation for d in held(bells, "limit")] == ["c1"]


def test_a_new_limit_counts_what_rang_under_the_old_one() -> None:
    """Raised from 1 to 2 within the minute one more may ring, not two; lowered to 1 none."""
    for new, more in ((2, 1), (1, 0)):
        bells = Bells(AT_ONCE, edits=limit(3 - new))
        come(bells, 1)
        if new == 1:
            come(bells, 1, prefix="d")
        bells.until(30)
        bells.change(ringing(AT_ONCE, edits=limit(new)))
        before = len(rang(bells))
        come(bells, 3, prefix="later")
        assert len(rang(bells)) - before == more


@pytest.mark.parametrize("seed", range(20))
def test_never_more_than_the_limit_in_any_sixty_seconds(seed: int) -> None:
    """However messages, views and levels fall, no 60 s hold more than the limit of notices for one agent."""
    draw = random.Random(seed)
    most = draw.randrange(1, 5)
    bells = Bells(
        ladder("message", "normal", again(0, 7, 5)),
        ladder("message", "high", again(0, 3, 9)),
        ladder("assignment", ["normal", "high"], again(1, 11, 3)),
        edits=limit(most),
        agents=("chen", "lin"),
    )
    come(bells, 4)
    for _ in range(40):
        bells.until(bells.second(bells.at) + draw.choice((0, 0.001, 1, 5, 20)))
        name = f"c{draw.randrange(4)}"
        draw.choice((
            lambda name=name: bells.say("hello", name), lambda name=name: bells.view(name=name),
            lambda name=name: bells.level_by_hand(1 + draw.randrange(2), name),
        ))()  # fmt: skip
    told = 0
    for agent in ("chen", "lin"):
        instants = rang(bells, agent)
        told += len(instants)
        for at in instants:
            assert sum(at <= other < at + 60 for other in instants) <= most
    assert told > 0
    assert held(bells, "limit")


# ---------------------------------------------------------------- quiet hours


def test_quiet_hours_hold_what_is_not_urgent() -> None:
    """At night a normal message is held and says why; an urgent one rings."""
    bells = Bells(AT_ONCE, ladder("message", "urgent", rung(0)), edits=NIGHT)
    bells.wait(MIDNIGHT + HOUR - bells.at)
    come(bells, 1)
    bells.open("hot", text="", customer="li")
    bells.level_by_hand(URGENT, "hot")
    bells.say("hello", "hot")
    assert [d.conversation for d in held(bells, "quiet")] == ["c0"]
    assert len(rang(bells)) == 1


@pytest.mark.parametrize(
    ("after", "rings"),
    [(-2 * HOUR - 1, True), (-2 * HOUR, False), (-1, False), (0, False), (6 * HOUR - 1, False), (6 * HOUR, True)],
)
def test_quiet_hours_begin_and_end_at_their_instants(after: int, *, rings: bool) -> None:
    """Quiet from 22:00 to 6:00: the first millisecond is quiet, that of the end is not, midnight makes no gap."""
    bells = Bells(AT_ONCE, edits=NIGHT)
    bells.wait(MIDNIGHT + after - bells.at)
    come(bells, 1)
    assert (len(rang(bells)) == 1) is rings
    assert (len(held(bells, "quiet")) == 0) is rings


def test_a_ladder_that_runs_into_quiet_hours_is_held_from_there() -> None:
    """The first rung rings before 22:00, the second, due after, is held."""
    bells = Bells(ladder("message", "normal", rung(0), rung(60)), edits=NIGHT)
    bells.wait(MIDNIGHT - 2 * HOUR - 30 * SECOND - bells.at)
    bells.open()
    bells.wait(MINUTE)
    assert len(bells.rang()) == 1
    assert [(rung, why) for _, _, rung, why in bells.held()] == [("message normal 1", "quiet")]


# ---------------------------------------------------------------- the digest


def test_the_digest_comes_so_long_after_the_first_held_notice() -> None:
    """Two notices held at 0 and 30 s: one digest of two, ten minutes after the first, and then none."""
    bells = Bells(AT_ONCE, edits=limit(1))
    come(bells, 2)
    bells.until(30)
    come(bells, 1, prefix="d")
    assert bells.desk.next_deadline() == START + 10 * MINUTE
    bells.until(2000)
    assert digests(bells) == [(600, "chen", 2)]
    assert bells.desk.next_deadline() is None


def test_a_digest_counts_from_nothing_again() -> None:
    """After a digest the next held notice begins a new one, with its own instant and count."""
    bells = Bells(AT_ONCE, edits=limit(1))
    come(bells, 4)
    bells.until(1000)
    come(bells, 2, prefix="d")
    bells.until(3000)
    assert digests(bells) == [(600, "chen", 3), (1600, "chen", 1)]


def test_nothing_held_no_digest() -> None:
    """Where nothing was held back, or only for looking, offline, merging or superseding, there is no digest."""
    bells = Bells(ladder("message", "normal", rung(0), rung(0, ring="alarm")), edits=limit(9))
    bells.open()
    bells.view()
    bells.say("once more")
    bells.until(3000)
    assert {why for *_, why in bells.held()} == {"superseded", "viewing"}
    assert digests(bells) == []


def test_each_agent_gets_a_digest_of_their_own() -> None:
    """Two agents, two digests, each with what was held from that one."""
    bells = Bells(AT_ONCE, edits=limit(1), agents=("chen", "lin"))
    come(bells, 4)
    bells.until(5)
    come(bells, 2, prefix="d")
    bells.until(3000)
    assert digests(bells) == [(600, "chen", 2), (600, "lin", 2)]


def test_no_digest_in_quiet_hours() -> None:
    """What is held at night is summed up at the end of the quiet hours, not in the middle of them."""
    bells = Bells(AT_ONCE, edits=NIGHT)
    bells.wait(MIDNIGHT - HOUR - bells.at)
    come(bells, 3)
    bells.wait(6 * HOUR)
    assert digests(bells) == []
    bells.wait(2 * HOUR)
    assert digests(bells) == [(bells.second(MIDNIGHT + 6 * HOUR), "chen", 3)]


def test_a_digest_that_is_not_due_at_the_end_of_quiet_hours_comes_when_it_is() -> None:
    """Held five minutes before the end of the quiet hours: the digest comes five minutes after it."""
    bells = Bells(AT_ONCE, edits=NIGHT)
    bells.wait(MIDNIGHT + 6 * HOUR - 5 * MINUTE - bells.at)
    come(bells, 1)
    bells.wait(HOUR)
    assert digests(bells) == [(bells.second(MIDNIGHT + 6 * HOUR + 5 * MINUTE), "chen", 1)]


def test_whoever_is_offline_gets_the_digest_on_coming_back() -> None:
    """A digest due while its agent is offline waits and comes in the moment of coming back."""
    bells = Bells(AT_ONCE, edits=limit(1))
    come(bells, 3)
    bells.until(300)
    bells.presence("chen", "offline")
    bells.until(3000)
    assert digests(bells) == []
    bells.presence("chen", "away")
    assert digests(bells) == [(3000, "chen", 2)]


def test_a_push_held_from_an_offline_agent_is_in_the_digest_too() -> None:
    """A push past the limit to who is offline waits for the digest like the rest."""
    edits = limit(1, **{"offline.redistribute": False})
    bells = Bells(ladder("message", "normal", rung(0), again(10, 10, 2) | {"ring": "push"}), edits=edits)
    bells.open()
    bells.presence("chen", "offline")
    bells.until(1500)
    assert rang(bells) == [0]
    assert digests(bells) == []
    bells.presence("chen", "online")
    assert digests(bells) == [(1500, "chen", 3)]


def test_the_reason_and_the_wait_of_a_held_notice_are_in_the_log() -> None:
    """A held notice carries topic, level, rung, reason, and how long the event had lasted."""
    bells = Bells(ladder("message", "normal", rung(0), rung(20)), edits=limit(1))
    bells.open()
    done: tuple[Decision, ...] = bells.until(20)
    (notice,) = [d for d in done if isinstance(d, events.NoticeHeld)]
    assert (notice.event, notice.level, notice.rung, notice.reason) == ("message", 1, 1, "limit")
    assert notice.because[1] == 20_000
    assert notice in bells.log
