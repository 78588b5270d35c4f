"""Peak mode: when it comes and goes, what it changes while it lasts, what it leaves alone."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events
from tests.desk.floor import HIGH, NORMAL, URGENT, Floor, given, rules
from tests.desk.scene import DAY, HOUR, MINUTE, SECOND, kinds, of

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy

STAY = 15 * MINUTE
PEAK = """
[groups.third]
[peak]
enter = { any = [{ queue_length = ">= 3" }, { longest_wait = ">= 4 min" }] }
leave = { queue_length = "<= 1", longest_wait = "<= 60 s" }
min_stay = "15 min"
"""
LOANS = """
[[peak.loan]]
from = "other"
to = "desk"
agents = 2
"""
SEND = """
[[peak.send]]
levels = ["high", "urgent"]
to = ["other"]
"""


def turns(done: tuple[events.Decision, ...]) -> list[bool]:
    """Return the turns of peak mode, in order."""
    return [d.on for d in of(done, events.PeakChanged)]


def by_hand(*, on: bool, policy: Policy | None = None) -> Floor:
    """Return a desk on which a supervisor switched peak mode."""
    desk = Floor(policy or rules("[peak]\n"))
    desk.take(events.PeakSet, on=on)
    return desk


# ---------------------------------------------------------------- entered by rule


def test_it_is_entered_when_enough_wait() -> None:
    """With the third customer who has to wait, in the same pass, and says how it stood."""
    desk = Floor(rules(PEAK))
    desk.come("c1", "c2")
    assert not desk.peak()
    done = desk.come("c3")
    assert (turns(done), desk.peak()) == ([True], True)
    assert of(done, events.PeakChanged)[0].because == (-1, 3, 0, 0, 0, 0)


def test_it_is_not_entered_for_those_who_get_an_agent() -> None:
    """Customers who are served at once make no queue."""
    desk = Floor(rules(PEAK), agents=("chen",))
    done = desk.come("c1", "c2", "c3", "c4", "c5")
    assert (turns(done + desk.wait(MINUTE)), desk.peak()) == ([], False)


def test_it_is_entered_when_one_waits_long_enough() -> None:
    """After four minutes of one customer's wait, to the millisecond; the desk wakes for it."""
    desk = Floor(rules(PEAK))
    desk.come("c1")
    assert desk.due() == 4 * MINUTE
    assert turns(desk.wait(4 * MINUTE - 1)) == []
    assert turns(desk.wait(1)) == [True]


def test_it_may_depend_on_the_load_of_the_desk() -> None:
    """Eight tenths of the units of those online; who is away does not count."""
    policy = rules('[peak]\nenter = { load = ">= 0.8" }\nleave = { load = "<= 0.5" }\nmin_stay = "1 min"\n')
    desk = Floor(policy, agents=("chen", "lin"))
    desk.fill("chen", 4)
    assert turns(desk.wait(1)) == []
    assert turns(desk.be("lin", "away") + desk.wait(1)) == [True]
    assert turns(desk.be("lin", "online") + desk.wait(MINUTE)) == [False]


def test_it_may_depend_on_the_hour() -> None:
    """A window of the day turns it on and off at its instants."""
    policy = rules('[peak]\nenter = { hour = "10:00-12:00" }\nleave = { not = { hour = "10:00-12:00" } }\n')
    desk = Floor(policy)
    desk.come("c1")
    assert turns(desk.wait(HOUR - 1)) == []
    assert turns(desk.wait(1)) == [True]
    assert turns(desk.wait(2 * HOUR - 1)) == []
    assert turns(desk.wait(1)) == [False]


def test_it_is_not_entered_for_one_whom_a_free_agent_takes_at_that_instant() -> None:
    """Taken back by time-out after four minutes, one neglected tab has waited long enough, but waits no more."""
    desk = Floor(rules(PEAK, reassign__after="4 min", notify__merge_urgent="0 s"), agents=("chen",))
    desk.come("c1")
    desk.join("lin")
    done = desk.wait(4 * MINUTE)
    assert kinds(done) == ["Returned", "Assigned"]
    assert (turns(done + desk.wait(MINUTE)), desk.peak()) == ([], False)


def test_it_is_not_entered_at_opening_time_for_one_whom_a_free_agent_takes() -> None:
    """Who wrote at night has waited for hours when the desk opens; with an agent free that is no peak."""
    desk = Floor(
        rules(PEAK.replace("enter = {", "enter = { open = true,"), hours__open=["mon-sun 10:00-24:00"]),
        agents=("chen",),
    )
    desk.come("c1")  # 9:00
    done = desk.wait(2 * HOUR)
    assert given(done) == [("c1", "chen")]
    assert turns(done) == []
    late = Floor(rules(PEAK.replace("enter = {", "enter = { open = true,"), hours__open=["mon-sun 10:00-24:00"]))
    late.come("c1")
    assert turns(late.wait(2 * HOUR)) == [True]  # the control: nobody is there


# ---------------------------------------------------------------- left by rule


def test_it_lasts_at_least_its_minimum_stay() -> None:
    """Though everybody has gone it is left after 15 minutes, at that millisecond, not before."""
    desk = Floor(rules(PEAK))
    desk.come("c1", "c2", "c3")
    for name in ("c1", "c2", "c3"):
        desk.do(events.CustomerLeft, name)
    desk.wait(1)
    assert desk.due() == STAY - 1
    desk.at -= 1
    assert turns(desk.wait(STAY - 1)) == []
    assert turns(desk.wait(1)) == [False]


def test_it_is_left_below_the_lower_threshold_only() -> None:
    """Between the two thresholds it stays as it is: at two waiting it neither begins nor ends."""
    desk = Floor(rules(PEAK))
    desk.come("c1", "c2", "c3")
    desk.wait(1)
    desk.do(events.CustomerLeft, "c1")
    assert turns(desk.wait(HOUR)) == []
    desk.do(events.CustomerLeft, "c2")
    assert desk.peak()
    assert turns(desk.do(events.CustomerLeft, "c3")) == [False]
    assert turns(desk.come("c4", "c5") + desk.wait(MINUTE)) == []


def test_it_is_left_when_assignment_empties_the_queue() -> None:
    """Agents who come and take everybody end it in the same pass."""
    desk = Floor(rules(PEAK))
    desk.come("c1", "c2", "c3")
    desk.wait(STAY + MINUTE)
    assert desk.peak()
    assert turns(desk.join("chen")) == [False]


def test_turns_by_rule_keep_the_minimum_stay() -> None:
    """On 20 random rushes (seeds 0 to 19) it never ends within 15 minutes of its beginning, and does begin and end."""
    count = 0
    for seed in range(20):
        draw, desk, began = random.Random(seed), Floor(rules(PEAK, capacity__agent=2), agents=("chen",)), -STAY
        for n in range(60):
            if draw.random() < 0.5:
                done = desk.come(f"c{n}")
            else:
                waiting = desk.queue()
                done = desk.do(events.CustomerLeft, draw.choice(waiting)) if waiting else ()
            for turn in of(done + desk.wait(draw.choice((1, SECOND, MINUTE, 3 * MINUTE))), events.PeakChanged):
                assert turn.on or turn.at - began >= STAY, f"seed {seed}"
                began = turn.at if turn.on else began
                count += 1
    assert count > 40


# ---------------------------------------------------------------- by hand


def test_a_supervisor_turns_it_on_and_off() -> None:
    """At once, without a rule, and for as long as wanted where no rule ends it; the same again is refused."""
    desk = by_hand(on=True)
    assert desk.peak()
    assert kinds(desk.take(events.PeakSet, on=True)) == ["Refused"]
    desk.come("c1")
    desk.wait(DAY)
    assert desk.peak()
    desk.take(events.PeakSet, on=False)
    assert not desk.peak()


def test_turned_on_by_hand_the_rule_may_end_it_after_the_minimum_stay() -> None:
    """The rule of leaving holds for it like for any other peak."""
    desk = by_hand(on=True, policy=rules(PEAK))
    desk.come("c1")
    assert turns(desk.wait(STAY - 1)) == []
    desk.do(events.CustomerLeft, "c1")
    assert turns(desk.wait(1)) == [False]


def test_turned_off_by_hand_it_stays_off_for_the_minimum_stay() -> None:
    """A supervisor's word holds for 15 minutes against the rule of entering, then that holds again by itself."""
    desk = Floor(rules(PEAK))
    desk.come("c1", "c2", "c3")
    desk.wait(1)
    desk.take(events.PeakSet, on=False)
    assert turns(desk.wait(STAY - 1)) == []
    assert turns(desk.wait(1)) == [True]


# ---------------------------------------------------------------- capacities


def test_agents_hold_more_while_it_lasts() -> None:
    """General 5 to 6, group 4 to 6; an own limit rises as much as what it stands for; 0 stays 0."""
    policy = rules(
        "[groups.third]\n[capacity.groups]\nother = 4\n[peak]\n[peak.capacity]\nagent = 6\n"
        "[peak.capacity.groups]\nother = 6.5\nthird = 8\n"
    )
    desk = Floor(policy)
    desk.join("general")
    desk.join("other's", groups=("other",))
    desk.join("third's", groups=("third",))
    desk.join("own", capacity=2.5)
    desk.join("own of other's", groups=("other",), capacity=1)
    desk.join("none", capacity=0)
    names = ("general", "other's", "third's", "own", "own of other's", "none")
    before = [desk.limit(a) for a in names]
    desk.take(events.PeakSet, on=True)
    during = [desk.limit(a) for a in names]
    desk.take(events.PeakSet, on=False)
    assert before == [5.0, 4.0, 5.0, 2.5, 1.0, 0.0] == [desk.limit(a) for a in names]
    assert during == [6.0, 6.5, 8.0, 3.5, 3.5, 0.0]


def test_the_new_room_is_used_at_once() -> None:
    """Who waits is given to agents in the very pass in which a supervisor begins it."""
    desk = Floor(rules("[peak]\n[peak.capacity]\nagent = 2\n", capacity__agent=1), agents=("chen",))
    desk.come("c1", "c2", "c3")
    assert given(desk.take(events.PeakSet, on=True)) == [("c2", "chen")]


def test_conversations_in_hand_stay_where_they_are() -> None:
    """When it ends agents keep what is past their limit, and get nothing new until below it."""
    desk = Floor(rules("[peak]\n[peak.capacity]\nagent = 3\n", capacity__agent=1), agents=("chen",))
    desk.take(events.PeakSet, on=True)
    desk.come("c1", "c2", "c3")
    assert desk.take(events.PeakSet, on=False) == ()
    assert (desk.load(), desk.holds("chen")) == (3.0, {"c1", "c2", "c3"})
    desk.come("c4")
    assert given(desk.do(events.Resolved, "c1") + desk.do(events.Resolved, "c2")) == []
    assert given(desk.do(events.Resolved, "c3")) == [("c4", "chen")]


# ---------------------------------------------------------------- loans


def test_the_least_loaded_are_lent() -> None:
    """Two of the other group who hold least, online and not of the group already, also take its work."""
    desk = Floor(rules("[peak]\n" + LOANS))
    for agent, load in (("busy", 3), ("half", 1), ("idle", 0)):
        desk.join(agent, groups=("other",))
        desk.fill(agent, load)
    desk.join("both", groups=("other", "desk"), presence="away")
    desk.join("gone", groups=("other",), presence="offline")
    desk.come("c1", "c2", "c3")
    done = desk.take(events.PeakSet, on=True)
    lent = of(done, events.Lent)
    assert [(d.agent, d.group, d.on, d.because[:2]) for d in lent] == [
        ("idle", "desk", True, (0, 0)), ("half", "desk", True, (0, 1000))
    ]  # fmt: skip
    assert given(done) == [("c1", "idle"), ("c2", "half"), ("c3", "idle")]


def test_loans_end_with_it() -> None:
    """What was taken meanwhile stays with the agents lent; they get no more of it."""
    desk = Floor(rules("[peak]\n" + LOANS))
    desk.join("lin", groups=("other",))
    desk.take(events.PeakSet, on=True)
    desk.come("c1")
    done = desk.take(events.PeakSet, on=False)
    assert [(d.agent, d.group, d.on) for d in of(done, events.Lent)] == [("lin", "desk", False)]
    desk.come("c2")
    assert desk.owners("c1", "c2") == ["lin", ""]


def test_who_is_lent_still_works_for_its_own_group() -> None:
    """A loan adds a group, it takes none away."""
    desk = Floor(rules("[peak]\n" + LOANS))
    desk.join("lin", groups=("other",))
    desk.take(events.PeakSet, on=True)
    desk.come("c1", group="other")
    assert desk.owner("c1") == "lin"


def test_entered_by_rule_it_lends_too() -> None:
    """The loans are given in the pass of entering, and those lent take who waits a millisecond later."""
    desk = Floor(rules(PEAK + LOANS))
    desk.join("lin", groups=("other",))
    assert kinds(desk.come("c1", "c2", "c3"))[-2:] == ["PeakChanged", "Lent"]
    assert desk.due() == 1
    assert given(desk.wait(1)) == [("c1", "lin"), ("c2", "lin"), ("c3", "lin")]


# ---------------------------------------------------------------- chosen levels to chosen groups


def test_chosen_levels_go_to_chosen_groups_too() -> None:
    """High and urgent may be taken by the other group while it lasts, normal ones not; who waits already counts."""
    desk = Floor(rules("[peak]\n" + SEND))
    desk.join("lin", groups=("other",))
    for name, level in (("normal", NORMAL), ("high", HIGH), ("urgent", URGENT)):
        desk.come(name, level=level)
    assert desk.queue() == ("urgent", "high", "normal")
    assert given(desk.take(events.PeakSet, on=True)) == [("urgent", "lin"), ("high", "lin")]
    assert given(desk.level_by_hand(HIGH, "normal")) == [("normal", "lin")]


def test_after_it_they_are_their_own_groups_again() -> None:
    """Who still waits at the end waits for its own group alone."""
    desk = Floor(rules("[peak]\n" + SEND))
    desk.come("c1", level=URGENT)
    desk.take(events.PeakSet, on=True)
    desk.take(events.PeakSet, on=False)
    desk.join("lin", groups=("other",))
    assert desk.stage("c1") == "waiting"
    assert given(desk.join("chen")) == [("c1", "chen")]


@pytest.mark.parametrize("acts", [True, False])
def test_a_desk_without_customers_can_be_in_peak_mode(*, acts: bool) -> None:
    """Switching by hand works before anybody has come."""
    desk = Floor(rules(PEAK + LOANS + SEND), agents=("chen",), acts=acts)
    desk.take(events.PeakSet, on=True)
    assert desk.peak()
    desk.take(events.PeakSet, on=False)
    assert not desk.peak()
