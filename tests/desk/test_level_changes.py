"""A change of level, of the owner's rules or of the policy while a ladder runs: the new ladder takes over at once."""

from __future__ import annotations

import random

import pytest

from deskkit.desk import events
from tests.desk.bells import Bells, again, ladder, ringing, rung
from tests.desk.scene import SECOND, START

LOW, NORMAL, HIGH, URGENT = range(4)
TWO = (
    ladder("message", "normal", rung(0, ring="badge"), rung(45)),
    ladder("message", "high", rung(0), rung(30, ring="alarm"), rung(60, ring="alarm")),
)


def test_a_rise_rings_at_that_instant() -> None:
    """At 10 s the level rises: the first rung of the new ladder, due at 0 s, rings now, the next at 30 s sharp."""
    bells = Bells(*TWO)
    bells.open()
    bells.until(10)
    bells.level_by_hand(HIGH)
    assert bells.desk.next_deadline() == START + 30 * SECOND
    bells.until(300)
    assert bells.rang() == [
        (0, "chen", "message normal 0"), (10, "chen", "message high 0"), (30, "chen", "message high 1"),
        (60, "chen", "message high 2"),
    ]  # fmt: skip


def test_of_rungs_due_at_once_only_the_last_rings() -> None:
    """At 40 s two rungs of the new ladder are due for the owner: the later rings, the other is held as superseded."""
    bells = Bells(*TWO)
    bells.open()
    bells.until(40)
    bells.level_by_hand(HIGH)
    assert bells.rang(since=1) == [(40, "chen", "message high 1")]
    assert bells.held() == [(40, "", "message high 0", "superseded")]


def test_rungs_for_different_recipients_do_not_supersede_one_another() -> None:
    """Due at once for the owner and for the supervisor: both are told."""
    bells = Bells(TWO[0], ladder("message", "high", rung(5), rung(10, "supervisor")))
    bells.supervisor("su")
    bells.open()
    bells.until(20)
    bells.level_by_hand(HIGH)
    assert bells.rang(since=1) == [(20, "chen", "message high 0"), (20, "su", "message high 1")]


def test_up_down_and_up_again_rings_no_rung_twice() -> None:
    """However often the level goes to and fro, each rung of each ladder rings once in a breach."""
    bells = Bells(*TWO)
    bells.open()
    for second, level in ((10, HIGH), (15, NORMAL), (20, HIGH), (35, NORMAL), (40, HIGH), (70, NORMAL), (80, HIGH)):
        bells.until(second)
        bells.level_by_hand(level)
    bells.until(600)
    assert bells.rang() == [
        (0, "chen", "message normal 0"), (10, "chen", "message high 0"), (30, "chen", "message high 1"),
        (60, "chen", "message high 2"),
    ]  # fmt: skip


def test_a_fall_rings_nothing_that_was_told_already() -> None:
    """The owner heard the high ladder at 30 s; when the level falls at 50 s the soft ring due at 45 s is not heard."""
    bells = Bells(TWO[0], ladder("message", "high", rung(0), rung(48, ring="alarm")))
    bells.open(text="")
    bells.level_by_hand(HIGH)
    bells.say("hello")
    bells.until(50)
    bells.level_by_hand(NORMAL)
    bells.until(600)
    assert bells.rang() == [(0, "chen", "message high 0"), (48, "chen", "message high 1")]
    assert [why for *_, why in bells.held()] == ["superseded", "superseded"]


def test_a_fall_leaves_what_is_still_to_come() -> None:
    """What the lower ladder has to say later than the higher one has spoken is said at its instant."""
    bells = Bells(TWO[0], ladder("message", "high", rung(0)))
    bells.open(text="")
    bells.level_by_hand(HIGH)
    bells.say("hello")
    bells.until(20)
    bells.level_by_hand(NORMAL)
    bells.until(600)
    assert bells.rang() == [(0, "chen", "message high 0"), (45, "chen", "message normal 1")]


def test_a_fall_to_a_level_without_ladder_stops_the_ringing() -> None:
    """At a level that rings nothing, nothing rings; when it rises again the ladder goes on where it was."""
    bells = Bells(TWO[1])
    bells.open(text="")
    bells.level_by_hand(HIGH)
    bells.say("hello")
    bells.until(20)
    bells.level_by_hand(LOW)
    bells.until(50)
    assert bells.rang() == [(0, "chen", "message high 0")]
    bells.level_by_hand(HIGH)
    bells.until(600)
    assert bells.rang(since=1) == [(50, "chen", "message high 1"), (60, "chen", "message high 2")]


def test_a_rise_by_rule_rings_in_the_pass_that_raised_it() -> None:
    """A message that raises the level rings by the new level at once, not by the old one first."""
    bells = Bells(*TWO, edits={})
    bells.change(ringing(*TWO).add("priority.rule", {"name": "Hurry", "level": "high", "when": {"signal": "urgent"}}))
    bells.open()
    bells.until(5)
    bells.say("asap please")
    assert bells.rang() == [(0, "chen", "message normal 0"), (5, "chen", "message high 0")]


def test_levels_that_share_a_ladder_share_what_has_rung() -> None:
    """A ladder for several levels is one ladder: a change between them rings none of its rungs again."""
    bells = Bells(ladder("neglected", ["normal", "high", "urgent"], again(600, 600, 2)))
    bells.open()
    bells.reply()
    for second, level in ((650, HIGH), (700, URGENT), (1250, NORMAL), (1300, URGENT)):
        bells.until(second)
        bells.level_by_hand(level)
    bells.until(3000)
    assert [second for second, *_ in bells.rang()] == [600, 1200, 1800]
    assert bells.held() == []


def test_every_topic_follows_the_level() -> None:
    """Assignment, waiting and neglect change ladders together with the message."""
    topics = ("message", "assignment", "waiting", "neglected")
    bells = Bells(*(ladder(topic, "high", rung(10)) for topic in topics))
    bells.open()
    bells.until(20)
    bells.level_by_hand(HIGH)
    assert {(second, what) for second, _, what in bells.rang()} == {(20, f"{topic} high 0") for topic in topics}


@pytest.mark.parametrize("seed", range(12))
def test_no_rung_rings_twice_in_a_breach_whatever_the_level_does(seed: int) -> None:
    """Random changes of level at random instants: every rung of every ladder is rung or held at most once."""
    draw = random.Random(seed)
    bells = Bells(
        ladder("message", "low", again(7, 9, 3)),
        ladder("message", "normal", rung(0), again(10, 15, 4), rung(60, "helpers")),
        ladder("message", "high", rung(0), again(5, 5, 9), rung(45, "supervisor")),
        edits={"notify.merge_urgent": "0 s"},
    )
    bells.supervisor("su")
    bells.open()
    for _ in range(25):
        bells.until(bells.second(bells.at) + draw.choice((0, 1, 4, 5, 10)))
        bells.level_by_hand(draw.randrange(3))
    bells.until(400)
    both = (events.Notified, events.NoticeHeld)
    told = [(d.event, d.level, d.rung, d.agent) for d in bells.log if isinstance(d, both)]
    assert len(told) == len(set(told))
    assert len(told) > 10


# ---------------------------------------------------------------- another policy


def test_a_new_policy_rings_by_its_own_ladder_from_where_it_stands() -> None:
    """Put in force at 50 s: what rang under the old one does not ring again, the new one's next rung comes at 80 s."""
    bells = Bells(ladder("message", "normal", rung(0), rung(45)))
    bells.open()
    bells.until(50)
    bells.change(ringing(ladder("message", "normal", rung(0), rung(20), rung(40), rung(80))))
    bells.until(300)
    assert [second for second, *_ in bells.rang()] == [0, 45, 80]


def test_a_new_policy_with_a_later_ladder_skips_nothing() -> None:
    """Two rungs rang under the old policy; of the new one nothing was due yet, so all of it rings."""
    bells = Bells(ladder("message", "normal", rung(0), rung(5)))
    bells.open()
    bells.until(10)
    bells.change(ringing(ladder("message", "normal", rung(30), rung(60))))
    bells.until(300)
    assert [second for second, *_ in bells.rang()] == [0, 5, 30, 60]


def test_a_new_policy_with_a_shorter_ladder_is_no_trap() -> None:
    """An urgent ladder cut short while a merged notice waits: nothing breaks, and that notice still comes."""
    long = ladder("message", "urgent", rung(0), rung(4), rung(8), rung(12), rung(300))
    bells = Bells(long)
    bells.open(text="")
    bells.level_by_hand(URGENT)
    bells.say("hello")
    bells.until(13)
    bells.change(ringing(ladder("message", "urgent", rung(0))))
    bells.until(300)
    assert [second for second, *_ in bells.rang()] == [0, 20]
