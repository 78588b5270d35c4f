"""Why the desk does not give a waiting conversation to an agent who could take it: each case, and that none is missing.

Issue: the queue named agents with room and left open why they got nothing.
"""

from __future__ import annotations

import random

import pytest

from deskkit.desk import choosing, events
from deskkit.desk import columns as k
from deskkit.desk.asking import asked_now, missing
from deskkit.desk.events import Assigned
from deskkit.desk.standing import Standing, standings
from tests.desk.floor import Floor, given, rules
from tests.desk.scene import HOUR, MINUTE, of
from tests.laws.test_laws import POLICIES, draw_act
from tests.laws.world import World

DROPPED = """
[[routing.overflow]]
group = "desk"
after = "5 min"
to = ["other"]
drop = ["language"]
"""
OVERFLOW = """
[[routing.overflow]]
group = "desk"
after = "2 min"
to = ["other"]
"""


def stands(floor: Floor, name: str) -> Standing:
    """Return how a conversation stands."""
    return next(one for one in standings(floor.desk, now=floor.at) if one.conversation == name)


def test_only_the_first_of_those_who_ask_for_the_same_is_compared() -> None:
    """A heavy conversation in front finds no room; a light one behind it would, and is said to stand behind it."""
    floor = Floor(rules(capacity__agent=2, capacity__complex_from=6, capacity__complex_factor=1.5), agents=("chen",))
    floor.fill("chen", 2)
    floor.come("heavy", text="word " * 600)
    floor.come("light")
    floor.do(events.Resolved, "filler chen 0")
    one = stands(floor, "light")
    assert (one.takers, one.withheld, one.behind) == (("chen",), "behind", "heavy")
    assert stands(floor, "heavy").takers == ()
    assert floor.do(events.CustomerLeft, "heavy")
    assert floor.owner("light") == "chen"


def test_a_closed_desk_says_when_it_opens_and_gives_it_then() -> None:
    """Outside opening hours the agent is named, with the instant at which the desk assigns again."""
    floor = Floor(rules(hours__open=["mon-sun 12:00-20:00"]), agents=("chen",))
    floor.come("c1")
    one = stands(floor, "c1")
    assert (one.takers, one.withheld, one.opens) == (("chen",), "closed", floor.at + 3 * HOUR)
    assert given(floor.wait(3 * HOUR)) == [("c1", "chen")]


def test_a_desk_that_watches_only_advises() -> None:
    """Where the product assigns, the desk gives nothing to anybody."""
    floor = Floor(agents=("chen",), acts=False)
    floor.come("c1")
    assert (stands(floor, "c1").takers, stands(floor, "c1").withheld) == (("chen",), "advises")


def test_whoever_gave_it_up_is_named_where_nobody_else_can() -> None:
    """The desk gives it back rather than to nobody, and says so: on a desk that advises, it stays until the product."""
    floor = Floor(agents=("chen",), acts=False)
    floor.come("c1")
    floor.give("c1", "chen")
    floor.give("c1", "")
    one = stands(floor, "c1")
    assert (one.takers, one.hindered) == (("chen",), {})
    floor.join("wang")
    one = stands(floor, "c1")
    assert (one.takers, one.hindered) == (("wang",), {"excluded": 1})


def test_whoever_gave_it_up_and_is_full_is_full() -> None:
    """That an agent had it before keeps nobody from it who could take it back: what hinders is the load."""
    floor = Floor(rules(capacity__agent=1), agents=("chen",))
    floor.come("c1")
    floor.fill("chen", 1)
    floor.give("c1", "")
    assert stands(floor, "c1").hindered == {"full": 1}


def test_further_groups_are_named_with_the_instant_of_the_overflow() -> None:
    """Who is of another group has to wait for the step; at its instant the desk gives it to one of those named."""
    floor = Floor(rules(OVERFLOW), agents=("chen",))
    floor.be("chen", "away")
    floor.join("wang", groups=("other",))
    floor.come("c1")
    floor.wait(MINUTE // 2)
    one = stands(floor, "c1")
    assert (one.takers, one.hindered, one.withheld) == ((), {"away": 1, "group": 1}, "")
    assert one.later is not None
    assert (one.later.by, one.later.agents, one.later.at) == ("overflow", ("wang",), floor.at + MINUTE * 3 // 2)
    floor.wait(one.later.at - floor.at - 1)
    assert floor.owner("c1") == ""
    assert given(floor.wait(1)) == [("c1", "wang")]


@pytest.mark.parametrize(("hours", "opens"), [("12:00-20:00", 3), ("08:00-09:01", 23)])
def test_what_overflows_while_the_desk_is_closed_is_promised_for_its_opening(hours: str, opens: int) -> None:
    """Closed at nine, or by the time of the step: nobody is given it then, so the instant named is the opening."""
    floor = Floor(rules(OVERFLOW, hours__open=[f"mon-sun {hours}"]), agents=())
    floor.join("wang", groups=("other",))
    floor.come("c1")
    one = stands(floor, "c1")
    assert one.later is not None
    assert (one.later.agents, one.later.at) == (("wang",), floor.at + opens * HOUR)
    assert given(floor.wait(2 * MINUTE)) == []
    floor.wait(one.later.at - floor.at - 1)
    assert floor.owner("c1") == ""
    floor.wait(1)
    assert floor.owner("c1") == "wang"


def test_who_does_not_speak_it_is_named_with_the_end_of_the_patience() -> None:
    """A preferred language is asked for until its patience is over; a required one for ever."""
    for language, later in (("preferred", ("wang",)), ("required", None)):
        floor = Floor(rules(routing__language=language, routing__language_patience="60 s"), agents=())
        floor.join("wang", languages=("zh",))
        floor.come("c1", language="en")
        one = stands(floor, "c1")
        assert (one.takers, one.hindered) == ((), {"language": 1})
        assert (one.later.agents if one.later else None) == later
        if one.later:
            assert (one.later.by, one.later.at) == ("language", floor.at + MINUTE)
            assert given(floor.wait(MINUTE)) == [("c1", "wang")]


def test_a_full_agent_of_another_group_is_not_promised() -> None:
    """Whoever has no room now is not named for later either; nor is a desk that advises said to overflow."""
    floor = Floor(rules(OVERFLOW, capacity__agent=1), agents=())
    floor.join("wang", groups=("other",))
    floor.come("c1")
    assert stands(floor, "c1").later is not None
    floor.fill("wang", 1)
    assert stands(floor, "c1").later is None
    watching = Floor(rules(OVERFLOW), acts=False, agents=())
    watching.join("wang", groups=("other",))
    watching.come("c1")
    assert stands(watching, "c1").later is None


def test_two_steps_of_one_instant_are_one() -> None:
    """Where patience and the step end together, or before the desk opens, all are named who may take it from then on.

    Issue: those of the first step were named alone, and the desk gave it to one of the second.
    """
    language = rules(OVERFLOW, routing__language="preferred", routing__language_patience="2 min")
    floor = Floor(language, agents=())
    floor.join("wang", languages=("zh",))
    floor.join("li", groups=("other",), languages=("zh",))
    floor.come("c1", language="en")
    one = stands(floor, "c1").later
    assert one is not None
    assert (one.at, one.by, one.agents) == (floor.at + 2 * MINUTE, "overflow", ("wang", "li"))
    steps = rules(OVERFLOW + DROPPED, routing__language="required", hours__open=["mon-sun 12:00-20:00"])
    closed = Floor(steps, agents=())
    closed.join("wang", groups=("other",), languages=("en",))
    closed.join("li", groups=("other",), languages=("zh",))
    closed.come("c1", language="en")
    one = stands(closed, "c1").later
    assert one is not None
    assert (one.at, one.agents) == (closed.at + 3 * HOUR, ("wang", "li"))


def test_whoever_gave_it_up_may_take_it_later_where_nobody_else_can() -> None:
    """As the desk does it: rather than to nobody."""
    floor = Floor(rules(OVERFLOW), agents=())
    floor.join("wang", groups=("other",))
    floor.come("c1")
    floor.give("c1", "wang")
    floor.give("c1", "")
    one = stands(floor, "c1").later
    assert one is not None
    assert one.agents == ("wang",)
    assert given(floor.wait(2 * MINUTE)) == [("c1", "wang")]
    floor.come("c2")
    floor.join("li", groups=("other",))
    floor.give("c2", "wang")
    floor.give("c2", "")
    one = stands(floor, "c2").later
    assert one is not None
    assert one.agents == ("li",)


@pytest.mark.parametrize("name", POLICIES)
def test_every_reason_is_the_true_one_on_random_days(name: str) -> None:
    """Somebody could take it exactly where the desk would choose somebody; what is to be given next is given next.

    On an open desk that acts there is no other reason than one who stands before it, or a pass due at once.
    """
    seen = set()
    for seed in range(25):
        draw = random.Random(seed)
        world = World(POLICIES[name], agents=2 + seed % 2 * 4)
        for _ in range(60):
            world.act(*draw_act(draw))
            seen |= judged(world)
    assert seen & {"closed", "behind", "next"}


def judged(world: World) -> set[str]:
    """Hold what is said of the queue against the desk; return the reasons seen."""
    desk = world.desk
    s, p = desk.state, desk.tables
    seen = set()
    for one in standings(desk, now=desk.now):
        number = desk.conversation(one.conversation)
        assert bool(one.takers) == (choosing.choose(s, p, number) >= 0), "takers and choice disagree"
        assert bool(one.takers) == bool(one.withheld)
        is_open = s.desk[k.CALENDAR] & p.number[k.P_OPEN_BIT] != 0 or p.number[k.P_ASSIGN_CLOSED] == 1
        assert (one.withheld == "closed") == (bool(one.takers) and not is_open)
        if one.withheld == "behind":
            assert choosing.choose(s, p, desk.conversation(one.behind)) < 0, "who stands before it would be given"
        if one.withheld == "next":
            assert desk.next_deadline() == desk.now + 1, "nothing is looked at next"
        seen.add(one.withheld)
    return seen


def test_what_is_left_for_the_next_look_is_given_by_it() -> None:
    """Peak mode that begins at the end of a pass opens the queue to further groups: the next look gives the first."""
    found = 0
    for seed in range(60):
        draw = random.Random(seed)
        world = World(POLICIES["peak"], agents=2 + seed % 2 * 4)
        for _ in range(60):
            world.act(*draw_act(draw))
            waiting = standings(world.desk, now=world.desk.now)
            if first := next((one for one in waiting if one.withheld == "next"), None):
                world.at = world.desk.now + 1
                got = {one.conversation: one.agent for one in of(world.take(events.DeadlineReached), Assigned)}
                assert got.get(first.conversation) in first.takers
                found += 1
    assert found


@pytest.mark.parametrize("name", POLICIES)
def test_whom_the_rules_allow_it_later_they_do_on_random_days(name: str) -> None:
    """Where nothing happens but time, from that instant on it asks for nothing that one named lacks, and not before."""
    found = 0
    for seed in range(40):
        draw = random.Random(seed)
        world = World(POLICIES[name], agents=2 + seed % 2 * 4)
        for _ in range(40):
            world.act(*draw_act(draw))
        found += allowed(world)
    assert found


def allowed(world: World) -> int:
    """Let time pass up to the last instant named in the queue; return of how many it was seen to be the first."""
    waiting = {one.conversation: one.later for one in standings(world.desk, now=world.desk.now) if one.later}
    end = max((later.at for later in waiting.values()), default=0)
    seen = 0
    while (due := world.desk.next_deadline()) is not None and due <= end:
        world.at = due
        got = {one.conversation: one.agent for one in of(world.take(events.DeadlineReached), Assigned)}
        for name in list(waiting):
            later, number = waiting[name], world.desk.conversation(name)
            if name in got and due < later.at:  # to one who has room only since
                assert got[name] not in later.agents, "given sooner than named"
            if name in got or due >= later.at:
                del waiting[name]
            if due == later.at:
                agents = [world.desk.state.agent[world.desk.agent(agent)] for agent in later.agents]
                waits = world.desk.state.conversation[number][k.LANE] >= 0
                assert not (waits and any(missing(asked_now(world.desk, number), one) for one in agents)), "not yet"
                seen += 1
    return seen
