"""How much an agent can hold: weights, limits, the reserve; the hand may pass them, a rule never does."""

from __future__ import annotations

import pytest

from deskkit.desk import events
from tests.desk.floor import HIGH, LOW, NORMAL, URGENT, Floor, given, rules
from tests.desk.scene import MINUTE, SECOND, kinds

HEAVY = rules(capacity__complex_from=3, capacity__complex_factor=1.5)


# ---------------------------------------------------------------- what a conversation weighs


def test_a_conversation_weighs_less_while_the_customer_is_to_answer() -> None:
    """One unit while the agent is to answer, half a unit while the customer is, nothing once handled."""
    desk = Floor(agents=("chen",))
    weights = []
    desk.come("c1")
    weights.append(desk.load())
    desk.reply()
    weights.append(desk.load())
    desk.say("and?")
    weights.append(desk.load())
    desk.do(events.Resolved)
    assert [*weights, desk.load()] == [1.0, 0.5, 1.0, 0.0]


def test_an_automatic_text_answers_nobody() -> None:
    """A welcome or ending text sent by the product does not make a conversation lighter."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    desk.reply(automatic=True)
    assert desk.load() == 1.0


def test_a_conversation_becomes_heavier_when_it_is_complex() -> None:
    """From so many points on it takes 1.5 times as much, whoever is to answer; one point less is not complex."""
    desk = Floor(HEAVY, agents=("chen",))
    weights = []
    desk.come("c1")
    for _ in range(2):  # two more turns of one point each
        desk.reply()
        weights.append(desk.load())
        desk.say("and?")
        weights.append(desk.load())
    desk.reply()
    assert [*weights, desk.load()] == [0.5, 1.0, 0.5, 1.5, 0.75]


def test_each_hundred_words_count_as_a_point() -> None:
    """A customer's 99 words are no point, 100 are one, counted over all messages of the conversation."""
    desk = Floor(rules(capacity__complex_from=2, capacity__complex_factor=2), agents=("chen",))
    desk.come("c1", text="word " * 99)
    before = desk.load()
    desk.say("word")
    assert (before, desk.load()) == (1.0, 2.0)


def test_a_change_of_owner_counts_as_three_points() -> None:
    """Who takes a conversation from another agent holds the heavier one; giving it to its owner again is no change."""
    desk = Floor(rules(capacity__complex_from=4, capacity__complex_factor=2), agents=("chen", "lin"))
    desk.come("c1")
    assert kinds(desk.give("c1", "chen")) == ["Refused"]
    desk.do(events.Snoozed, until=desk.at + MINUTE)
    desk.give("c1", "chen")
    assert desk.load("chen") == 1.0
    desk.give("c1", "lin")
    assert (desk.load("chen"), desk.load("lin")) == (0.0, 2.0)


def test_a_helper_carries_the_weight_of_helping() -> None:
    """Helping takes 0.3 units, whatever the conversation weighs on its owner."""
    desk = Floor(rules(capacity__helper=0.3), agents=("chen", "lin"))
    desk.come("c1")
    desk.do(events.HelperSet, agent="lin")
    before = desk.load("lin")
    desk.reply()
    assert (before, desk.load("lin"), desk.load("chen")) == (0.3, 0.3, 0.5)


def test_a_snoozed_conversation_weighs_nothing_until_it_wakes() -> None:
    """What is put aside leaves room; it weighs again when its time comes."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    desk.do(events.Snoozed, until=desk.at + MINUTE)
    asleep = desk.load()
    desk.wait(MINUTE)
    assert (asleep, desk.load()) == (0.0, 1.0)


# ---------------------------------------------------------------- how much fits


def test_an_agent_is_filled_to_the_limit_and_not_past_it() -> None:
    """Five fit into five units; the sixth waits until a whole unit is free, half a unit does not do."""
    desk = Floor(agents=("chen",))
    desk.come("c1", "c2", "c3", "c4", "c5", "c6")
    assert (desk.load(), desk.stage("c6")) == (5.0, "waiting")
    assert given(desk.reply("c1")) == []
    assert given(desk.reply("c2")) == [("c6", "chen")]
    assert desk.load() == 5.0


def test_tenths_add_up_exactly() -> None:
    """Ten conversations of 0.1 units fit into one unit, not nine and not eleven."""
    small = {"capacity__waiting_for_agent": 0.1, "capacity__waiting_for_customer": 0.1, "capacity__helper": 0}
    desk = Floor(rules(capacity__agent=1, **small), agents=("chen",))
    names = [f"c{n}" for n in range(11)]
    desk.come(*names)
    assert desk.queue() == ("c10",)


def test_a_customer_who_writes_may_fill_the_owner_past_the_limit() -> None:
    """Conversations in hand stay in hand when their weight grows; nothing new is given meanwhile."""
    desk = Floor(rules(capacity__agent=2), agents=("chen",))
    desk.come("c1", "c2")
    desk.reply("c1")
    desk.reply("c2")
    desk.come("c3")
    desk.say("and?", "c1")
    desk.say("and?", "c2")
    assert (desk.load(), desk.owners("c1", "c2", "c3")) == (3.0, ["chen", "chen", "chen"])
    desk.come("c4")
    assert [desk.stage("c4"), *given(desk.do(events.Resolved, "c1"))] == ["waiting"]
    assert given(desk.do(events.Resolved, "c2")) == [("c4", "chen")]


def test_a_complex_one_needs_more_room() -> None:
    """A conversation of 1.5 units waits where one unit is free; a lighter one of another level is taken meanwhile."""
    policy = rules(capacity__agent=3, capacity__complex_from=2, capacity__complex_factor=1.5)
    desk = Floor(policy, agents=("chen",))
    desk.fill("chen", 2)
    desk.come("heavy", text="word " * 100)
    desk.come("light", level=LOW)
    assert desk.owners("heavy", "light") == ["", "chen"]


@pytest.mark.parametrize("strategy", ["least_load", "round_robin", "longest_idle", "best_skill"])
def test_room_that_comes_free_is_used_at_once(strategy: str) -> None:
    """Whatever makes an agent lighter, be it a helper's part, lets the next customer in, under every strategy."""
    policy = rules(
        capacity__agent=3, capacity__complex_from=2, capacity__complex_factor=1.5, routing__strategy=strategy
    )
    desk = Floor(policy, agents=("chen", "lin"))
    desk.be("lin", "away")
    desk.fill("lin", 1)
    desk.do(events.HelperSet, "filler lin 0", agent="chen")
    desk.fill("chen", 1)
    desk.come("heavy", text="word " * 100)
    desk.come("next", text="word " * 100)
    assert desk.owners("heavy", "next") == ["chen", ""]
    desk.do(events.Resolved, "filler chen 0")
    assert (desk.load("chen"), desk.owner("next")) == (1.8, "")
    assert given(desk.do(events.HelperSet, "filler lin 0", agent="chen", on=False)) == [("next", "chen")]


# ---------------------------------------------------------------- whose limit


def test_the_own_limit_goes_before_the_groups_and_the_general_one() -> None:
    """General 5, group vip 3, own 2: the nearest one counts; of two groups the larger."""
    policy = rules("[capacity.groups]\ndesk = 4\nother = 3\n")
    desk = Floor(policy)
    desk.join("nobody's", groups=())
    desk.join("other's", groups=("other",))
    desk.join("both's", groups=("desk", "other"))
    desk.join("own", groups=("desk", "other"), capacity=2.5)
    assert [desk.limit(a) for a in ("nobody's", "other's", "both's", "own")] == [5.0, 3.0, 4.0, 2.5]


@pytest.mark.parametrize("weight", [0, 0.5])
def test_an_own_limit_of_zero_gets_nothing_by_rule(weight: float) -> None:
    """Capacity 0 means never: not even an urgent one, nor one that weighs nothing; by hand it may."""
    desk = Floor(rules(capacity__waiting_for_customer=weight))
    desk.join("chen", capacity=0)
    desk.join("lin")
    desk.come("c1", level=URGENT)
    desk.reply("c1", agent="lin")
    desk.be("lin", "offline")
    assert (desk.stage("c1"), desk.limit("chen")) == ("waiting", 0.0)
    desk.give("c1", "chen")
    assert desk.owner("c1") == "chen"


def test_an_agents_new_limit_counts_at_once() -> None:
    """Who is told to hold more takes who waits in that pass; who is told to hold less keeps what is in hand."""
    desk = Floor()
    desk.join("chen", capacity=1)
    desk.come("c1", "c2", "c3")
    more = desk.take(events.AgentSet, agent="chen", groups=("desk",), capacity=2)
    desk.take(events.AgentSet, agent="chen", groups=("desk",), capacity=1)
    assert given(more) == [("c2", "chen")]
    assert (desk.load(), desk.limit("chen"), desk.queue()) == (2.0, 1.0, ("c3",))
    assert given(desk.do(events.Resolved, "c1")) == []


def test_a_new_policys_limits_count_at_once() -> None:
    """A policy with more room gives the waiting away in its own pass; one with less takes nothing from anybody."""
    desk = Floor(rules(capacity__agent=1), agents=("chen",))
    desk.come("c1", "c2", "c3")
    assert given(desk.change(rules(capacity__agent=2))) == [("c2", "chen")]
    desk.change(rules(capacity__agent=1))
    assert (desk.load(), desk.owners("c1", "c2", "c3")) == (2.0, ["chen", "chen", ""])


# ---------------------------------------------------------------- the reserve


@pytest.mark.parametrize(("level", "held"), [(LOW, 2), (NORMAL, 2), (HIGH, 3), (URGENT, 3)])
def test_the_reserve_is_kept_for_high_and_urgent(level: int, held: int) -> None:
    """Of three units with a reserve of one, low and normal get two, high and urgent all three."""
    desk = Floor(rules(capacity__agent=3, capacity__reserve=1), agents=("chen",))
    desk.come("c1", "c2", "c3", "c4", level=level)
    assert len(desk.holds("chen")) == held


def test_who_rises_to_high_may_use_the_reserve_at_once() -> None:
    """A waiting conversation that a supervisor raises is taken in the same pass."""
    desk = Floor(rules(capacity__agent=2, capacity__reserve=1), agents=("chen",))
    desk.come("c1", "c2")
    desk.wait(30 * SECOND)
    assert given(desk.level_by_hand(HIGH, "c2")) == [("c2", "chen")]


def test_high_ones_leave_the_reserve_alone_while_others_have_room() -> None:
    """An agent who has room beside the reserve goes before a less loaded one who has not."""
    desk = Floor(rules(capacity__agent=5, capacity__reserve=1))
    desk.join("small", capacity=2)
    desk.join("large")
    desk.fill("small", 1)
    desk.fill("large", 3)
    desk.come("c1", "c2", level=HIGH)
    assert desk.owners("c1", "c2") == ["large", "small"]


# ---------------------------------------------------------------- by hand


def test_a_hand_may_pass_every_limit() -> None:
    """A supervisor gives an agent as much as wanted; rules then give nothing until it is below the limit again."""
    desk = Floor(rules(capacity__agent=2), agents=("chen",))
    desk.be("chen", "away")
    desk.come("c1", "c2", "c3", "c4")
    for name in ("c1", "c2", "c3"):
        desk.give(name, "chen")
    desk.be("chen", "online")
    assert (desk.load(), desk.stage("c4")) == (3.0, "waiting")
    assert given(desk.do(events.Resolved, "c1")) == []
    assert given(desk.do(events.Resolved, "c2")) == [("c4", "chen")]


def test_a_reply_to_a_waiting_conversation_takes_it() -> None:
    """Whoever answers a customer in the queue is its owner from then on, also past the limit."""
    desk = Floor(rules(capacity__agent=1), agents=("chen",))
    desk.come("c1", "c2")
    desk.reply("c2")
    assert (desk.owner("c2"), desk.load()) == ("chen", 1.5)
