"""Who is served next: overdue first, then the level, then the share of the target that has passed; ties too."""

from __future__ import annotations

import random

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from deskkit.desk import cards, events
from deskkit.desk import rules as deciding
from tests.desk.floor import HIGH, LOW, NORMAL, URGENT, Floor, given, rules
from tests.desk.scene import MINUTE, SECOND

GUARD = 15 * MINUTE
CREDIT = '[queue]\nguard = "15 min"\ncredit = { VIP = "90 s", hurry = "60 s" }\n'
TWO_TARGETS = """
[targets.groups.other]
low = "20 min"
normal = "4 min"
high = "2 min"
urgent = "60 s"
"""


def served(desk: Floor, *, agent: str = "all") -> list[str]:
    """Let an agent of every group with room for all come in; return whom it is given, in that order."""
    done = desk.join(agent, groups=("desk", "other"), capacity=500, skills={"technical": 1}, languages=("en", "zh"))
    return [name for name, _ in given(done)]


# ---------------------------------------------------------------- alike: first come, first served


def test_who_came_first_is_served_first() -> None:
    """Among customers of one level and group the order is that of coming."""
    desk = Floor()
    for name in ("c1", "c2", "c3"):
        desk.come(name)
        desk.wait(SECOND)
    assert desk.queue() == ("c1", "c2", "c3")
    assert served(desk) == ["c1", "c2", "c3"]


def test_the_wait_counts_from_the_first_unanswered_message() -> None:
    """Who opened the window first but wrote later waits less; writing again does not lose the place."""
    desk = Floor()
    desk.come("early window", text="")
    desk.come("c2")
    desk.wait(SECOND)
    desk.say("hello", "early window")
    desk.wait(SECOND)
    desk.say("anybody?", "c2")
    assert served(desk) == ["c2", "early window"]


def test_ties_go_by_the_order_of_opening() -> None:
    """Of customers who began to wait in the same millisecond the conversation opened first is served first."""
    desk = Floor()
    desk.come("z", "a", "m", text="")
    for name in ("m", "a", "z"):
        desk.say("hello", name)
    assert desk.queue() == ("z", "a", "m")
    assert served(desk) == ["z", "a", "m"]


# ---------------------------------------------------------------- levels


def test_a_higher_level_goes_before_a_longer_wait() -> None:
    """Urgent, high, normal, low, whoever came first."""
    desk = Floor()
    for name, level in (("low", LOW), ("normal", NORMAL), ("high", HIGH), ("urgent", URGENT)):
        desk.come(name, level=level)
        desk.wait(MINUTE)
    assert served(desk) == ["urgent", "high", "normal", "low"]


def test_a_change_of_level_keeps_the_wait() -> None:
    """Who is raised while waiting stands among its new equals by the time it came, not by the time of the change."""
    desk = Floor()
    desk.come("c1")
    desk.wait(SECOND)
    desk.come("c2", level=HIGH)
    desk.wait(SECOND)
    desk.level_by_hand(HIGH, "c1")
    assert served(desk) == ["c1", "c2"]


# ---------------------------------------------------------------- overdue


@pytest.mark.parametrize(("waited", "first"), [(GUARD - 1, "urgent"), (GUARD, "patient")])
def test_who_waited_as_long_as_the_guard_goes_before_every_level(waited: int, first: str) -> None:
    """At 15 minutes, to the millisecond, a low one is served before an urgent one; not before."""
    desk = Floor()
    desk.come("patient", level=LOW)
    desk.wait(waited)
    desk.come("urgent", level=URGENT)
    assert desk.queue()[0] == first
    assert served(desk)[0] == first


def test_of_the_overdue_the_longest_wait_goes_first() -> None:
    """Once overdue, level and target count no more."""
    desk = Floor()
    desk.come("low", level=LOW)
    desk.wait(SECOND)
    desk.come("urgent", level=URGENT)
    desk.wait(GUARD)
    desk.come("fresh", level=URGENT)
    assert desk.queue() == ("low", "urgent", "fresh")
    assert served(desk) == ["low", "urgent", "fresh"]


def test_an_overdue_one_nobody_can_take_does_not_stop_the_others() -> None:
    """Who waits for a skill nobody has lets those behind pass."""
    desk = Floor(agents=("chen",))
    desk.be("chen", "away")
    desk.come("skill", needs=("juggling",), level=URGENT)
    desk.wait(GUARD)
    desk.come("plain")
    assert desk.queue() == ("skill", "plain")
    assert given(desk.be("chen", "online")) == [("plain", "chen")]


def test_the_card_says_who_is_overdue() -> None:
    """A conversation is shown as overdue from the guard's instant on."""
    desk = Floor()
    desk.come("c1")
    desk.wait(GUARD - 1)
    before = desk.card("c1").too_long
    desk.wait(1)
    assert (before, desk.card("c1").too_long) == (False, True)


# ---------------------------------------------------------------- the share of the target


def test_within_a_level_the_larger_share_of_the_target_goes_first() -> None:
    """59 s of a target of two minutes go before 99 s of one of four."""
    desk = Floor(rules(TWO_TARGETS))
    desk.come("slow", group="other")
    desk.wait(40 * SECOND)
    desk.come("brisk", group="desk")
    desk.wait(59 * SECOND)
    assert desk.queue() == ("brisk", "slow")
    assert served(desk) == ["brisk", "slow"]


def test_equal_shares_go_by_the_order_of_opening() -> None:
    """30 s of two minutes and 60 s of four are the same; one millisecond more decides."""
    desk = Floor(rules(TWO_TARGETS))
    desk.come("other", group="other")
    desk.wait(30 * SECOND)
    desk.come("desk", group="desk")
    desk.wait(30 * SECOND)
    assert desk.queue() == ("other", "desk")
    desk.wait(1)
    assert desk.queue() == ("desk", "other")


# ---------------------------------------------------------------- credit


def test_a_tag_with_credit_counts_as_so_much_more_waiting() -> None:
    """A VIP's 90 s of credit go before who came 89 s earlier, not before who came 91 s earlier."""
    desk = Floor(rules(CREDIT))
    desk.come("91 s", text="hello")
    desk.wait(2 * SECOND)
    desk.come("89 s")
    desk.wait(89 * SECOND)
    desk.come("vip", text="")
    desk.tag("VIP", "customer", name="vip")
    desk.say("hello", "vip")
    assert served(desk) == ["91 s", "vip", "89 s"]


def test_credit_counts_at_once_for_who_waits_already() -> None:
    """A tag put on while the customer waits moves it forward, taken off it moves back."""
    desk = Floor(rules(CREDIT))
    desk.come("c1")
    desk.wait(MINUTE)
    desk.come("c2")
    desk.tag("VIP", "customer", name="c2")
    forward = desk.queue()
    desk.tag("VIP", "customer", name="c2", on=False)
    assert (forward, desk.queue()) == (("c2", "c1"), ("c1", "c2"))
    desk.tag("VIP", "customer", name="c2")
    assert served(desk) == ["c2", "c1"]


def test_credit_by_a_rule_counts_at_once() -> None:
    """The tag may come from a rule, on a later message."""
    policy = rules(CREDIT).add("tag", {"name": "h", "facet": "label", "tag": "hurry", "when": {"signal": "urgent"}})
    desk = Floor(policy)
    desk.come("c1")
    desk.wait(30 * SECOND)
    desk.come("c2")
    before = desk.queue()
    desk.say("asap", "c2")
    assert (before, desk.queue()) == (("c1", "c2"), ("c2", "c1"))


def test_the_largest_credit_counts_not_the_sum() -> None:
    """With two tags of 90 s and 60 s a conversation counts as having waited 90 s more."""
    desk = Floor(rules(CREDIT))
    desk.come("91 s before")
    desk.wait(91 * SECOND)
    desk.come("both")
    desk.tag("VIP", "customer", name="both")
    desk.tag("hurry", name="both")
    assert desk.queue() == ("91 s before", "both")


def test_credit_makes_overdue_earlier_but_no_level_higher() -> None:
    """The guard counts the credited wait; below it the level still goes first."""
    desk = Floor(rules(CREDIT))
    desk.come("vip", level=LOW)
    desk.tag("VIP", "customer", name="vip")
    desk.wait(GUARD - 90 * SECOND - 1)
    desk.come("urgent", level=URGENT)
    before = desk.queue()
    desk.wait(1)
    assert (before, desk.queue()) == (("urgent", "vip"), ("vip", "urgent"))


# ---------------------------------------------------------------- places are kept


def test_a_move_to_another_group_keeps_the_wait() -> None:
    """Who is moved by hand is served in the new group as one who came when it came."""
    desk = Floor()
    desk.come("c1")
    desk.wait(MINUTE)
    desk.come("c2", group="other")
    desk.do(events.GroupSet, "c1", group="other")
    assert served(desk) == ["c1", "c2"]


def test_who_waits_for_an_owner_only_has_its_place_too() -> None:
    """A conversation already answered, whose owner went, is served by its wait like any other."""
    desk = Floor(agents=("chen",))
    desk.come("answered")
    desk.reply("answered")
    desk.be("chen", "offline")
    desk.wait(SECOND)
    desk.come("new")
    assert desk.queue() == ("answered", "new")
    assert served(desk) == ["answered", "new"]


def test_a_list_of_all_shows_who_is_owed_nothing_last() -> None:
    """In the list of open conversations who waits for an answer stands before who does not."""
    desk = Floor(agents=("chen",))
    desk.come("answered", level=URGENT)
    desk.reply("answered")
    desk.wait(SECOND)
    desk.come("new")
    assert cards.open_conversations(desk.desk) == ("new", "answered")


def test_within_a_lane_a_heavy_one_is_not_overtaken() -> None:
    """First come, first served: those alike wait behind one who needs more room, and go when it goes."""
    policy = rules(capacity__agent=2, capacity__complex_from=2, capacity__complex_factor=1.5)
    desk = Floor(policy, agents=("chen",))
    desk.fill("chen", 1)
    desk.come("heavy", text="word " * 100)
    desk.come("light")
    assert desk.queue() == ("heavy", "light")
    assert given(desk.do(events.CustomerLeft, "heavy")) == [("light", "chen")]


# ---------------------------------------------------------------- the queue shown is the order of serving


def test_the_queue_shown_is_the_order_served() -> None:
    """On 60 random queues (seeds 0 to 59) `cards.queue` names all who wait in the order they are then served."""
    seen = 0
    for seed in range(60):
        draw = random.Random(seed)
        desk = Floor(rules(CREDIT + TWO_TARGETS))
        names = [f"c{n}" for n in range(draw.randint(2, 9))]
        desk.come(*names, text="")
        for name in draw.sample(names, len(names)):
            group = draw.choice(("desk", "other"))
            desk.do(events.GroupSet, name, group=group) if draw.random() < 0.4 else None
            desk.level_by_hand(draw.choice((LOW, NORMAL, NORMAL, HIGH, URGENT)), name)
            if draw.random() < 0.3:
                desk.tag("VIP", "customer", name=name)
            desk.say("hello", name)
            desk.wait(draw.choice((0, 0, 1, SECOND, MINUTE, 10 * MINUTE)))
        shown = list(desk.queue())
        assert sorted(shown) == sorted(names)
        assert served(desk) == shown, f"seed {seed}"
        seen += shown != names
    assert seen > 30, "the random queues are hardly ever out of the order of coming"


WAIT, TARGET, LEVEL = st.integers(0, 20), st.integers(1, 6), st.integers(0, 3)
HEAD = st.tuples(WAIT, LEVEL, TARGET)
Head = tuple[int, int, int]


@for_all(HEAD, HEAD, HEAD)
def test_the_order_of_heads_is_total(one: Head, two: Head, three: Head) -> None:
    """Whoever is compared with whom: one goes before the other or they are equal, and there is no circle."""
    guard = 12

    def sooner(a: Head, b: Head) -> int:
        return deciding.sooner(*a, *b, guard)

    assert sooner(one, two) == -sooner(two, one)
    assert sooner(one, one) == 0
    if sooner(one, two) >= 0 and sooner(two, three) >= 0:
        assert sooner(one, three) >= 0
        assert sooner(one, three) == max(sooner(one, two), sooner(two, three))
