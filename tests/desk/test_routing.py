"""Into which queue and out of it: rules, needs, language, overflow, limits, opening hours, watching."""

from __future__ import annotations

import pytest

from deskkit.desk import events
from tests.desk.floor import HIGH, URGENT, Floor, given, rules
from tests.desk.scene import DAY, HOUR, MINUTE, SECOND, kinds, of

ROUTES = """
[[routing.rule]]
name = "refunds to law"
when = { signal_ever = "refund" }
group = "other"
needs = ["law"]
[[routing.rule]]
name = "VIP"
when = { tag = "VIP" }
group = "other"
"""
STEPS = """
[groups.third]
[[routing.overflow]]
group = "desk"
after = "30 s"
to = ["other"]
[[routing.overflow]]
group = "desk"
after = "2 min"
to = ["third"]
drop = ["skills", "language"]
"""

# ---------------------------------------------------------------- by rule


def test_the_first_rule_that_holds_names_the_queue() -> None:
    """A conversation enters the queue of the first rule that holds, with its needs; without one the default group's."""
    desk = Floor(rules(ROUTES))
    desk.come("plain")
    done = desk.come("money", text="refund please")
    assert [(d.group, d.needs, d.because[0]) for d in of(done, events.Queued)] == [("other", ("law",), 0)]
    assert (desk.card("plain").group, desk.card("money").group) == ("desk", "other")


def test_nobody_is_queued_before_writing() -> None:
    """An open window in which the customer wrote nothing waits for nobody and is given to nobody."""
    desk = Floor(agents=("chen",))
    assert desk.open("c1", "") == ()
    assert (desk.queue(), desk.owner("c1")) == ((), "")
    assert given(desk.say("hello", "c1")) == [("c1", "chen")]


def test_a_rule_that_begins_to_hold_moves_who_waits() -> None:
    """While it waits a conversation goes to the queue its rules name now; its waiting time goes on."""
    desk = Floor(rules(ROUTES))
    desk.come("c1")
    since = desk.card("c1").waiting_since
    desk.wait(MINUTE)
    done = desk.say("I want a refund", "c1")
    assert [(d.group, d.old) for d in of(done, events.Queued)] == [("other", "desk")]
    assert (desk.card("c1").group, desk.card("c1").waiting_since) == ("other", since)


def test_a_rule_with_more_needs_moves_within_the_group() -> None:
    """A rule that asks for a skill counts also where the group is the same as before."""
    desk = Floor(rules(ROUTES))
    desk.join("chen", groups=("other",), presence="away")
    desk.open("c1", "")
    desk.tag("VIP", "customer")
    desk.say("hello")
    assert desk.card("c1").group == "other"
    desk.say("a refund, please")
    desk.be("chen", "online")
    assert desk.stage("c1") == "waiting"
    assert given(desk.join("lin", groups=("other",), skills={"law": 2})) == [("c1", "lin")]


def test_a_rule_moves_nobody_out_of_an_agents_hands() -> None:
    """What is assigned stays with its owner whatever is written later."""
    desk = Floor(rules(ROUTES), agents=("chen",))
    desk.come("c1")
    desk.say("refund!", "c1")
    assert (desk.owner("c1"), desk.card("c1").group) == ("chen", "desk")


def test_a_group_given_on_opening_stands_against_the_rules() -> None:
    """Where the customer chose the group, no rule chooses another."""
    desk = Floor(rules(ROUTES))
    desk.come("c1", text="refund", group="desk")
    assert desk.card("c1").group == "desk"


def test_a_group_given_by_hand_stands_against_the_rules() -> None:
    """A conversation moved by hand leaves its owner, waits in that group, asks for no skill, and stays there."""
    desk = Floor(rules(ROUTES))
    desk.join("chen", groups=("other",), skills={"law": 1})
    desk.come("c1", text="refund")
    assert desk.owner("c1") == "chen"
    desk.do(events.GroupSet, "c1", group="desk")
    desk.say("refund, I said", "c1")
    assert (desk.owner("c1"), desk.queue(), desk.card("c1").group) == ("", ("c1",), "desk")
    assert desk.load("chen") == 0.0
    assert given(desk.join("lin")) == [("c1", "lin")]


# ---------------------------------------------------------------- language


def test_a_required_language_is_waited_for() -> None:
    """With "required" only who speaks the customer's language takes it, however long it waits."""
    desk = Floor(rules(routing__language="required"))
    desk.join("chen", languages=("zh",))
    desk.come("c1", language="en")
    desk.wait(30 * MINUTE)
    assert desk.stage("c1") == "waiting"
    assert given(desk.join("lee", languages=("en",))) == [("c1", "lee")]


def test_a_preferred_language_is_waited_for_with_patience() -> None:
    """With "preferred" another agent takes it when the patience is over, at that millisecond."""
    desk = Floor(rules(routing__language="preferred", routing__language_patience="60 s"))
    desk.join("chen", languages=("zh",))
    desk.come("c1", language="en")
    assert desk.due() == MINUTE
    desk.wait(MINUTE - 1)
    assert desk.stage("c1") == "waiting"
    done = desk.wait(1)
    assert [d.because[:3] for d in of(done, events.Overflowed)] == [(-1, MINUTE, MINUTE)]
    assert given(done) == [("c1", "chen")]


def test_a_preferred_language_is_preferred_while_somebody_has_room() -> None:
    """An agent who speaks it goes before a less loaded one who does not."""
    desk = Floor(rules(routing__language="preferred"))
    desk.join("chen", languages=("zh",))
    desk.join("lee", languages=("zh", "en"))
    desk.fill("lee", 2)
    desk.come("c1", language="en")
    assert desk.owner("c1") == "lee"


def test_an_ignored_language_is_not_asked_for() -> None:
    """With "ignored" whoever has room takes it at once."""
    desk = Floor(rules(routing__language="ignored"))
    desk.join("chen", languages=("zh",))
    desk.come("c1", language="en")
    assert desk.owner("c1") == "chen"


def test_the_language_is_learnt_from_what_the_customer_writes() -> None:
    """A picture tells no language; the first text does, also for who waits already."""
    desk = Floor(rules(routing__language="required"))
    desk.open("c1", "")
    desk.take(events.CustomerWrote, conversation="c1", message="1", text="photo.png", content_type="image")
    desk.say("My order has not arrived, could you help me please?", "c1")
    desk.join("chen", languages=("zh",))
    assert (desk.card("c1").language, desk.stage("c1")) == ("en", "waiting")
    assert given(desk.join("lee", languages=("en",))) == [("c1", "lee")]


def test_a_language_nobody_could_tell_is_not_asked_for() -> None:
    """While the language is unknown whoever has room takes the conversation."""
    desk = Floor(rules(routing__language="required"))
    desk.join("chen", languages=("zh",))
    desk.open("c1", "")
    desk.take(events.CustomerWrote, conversation="c1", message="1", text="photo.png", content_type="image")
    assert desk.owner("c1") == "chen"


def test_a_new_wait_has_its_patience_anew() -> None:
    """Who comes back after having been handled is waited for in its language again."""
    desk = Floor(rules(routing__language="preferred", routing__returning=False))
    desk.join("chen", languages=("zh",))
    desk.come("c1", language="en")
    desk.wait(MINUTE)
    desk.do(events.Resolved, "c1")
    desk.say("and?", "c1")
    assert (desk.stage("c1"), desk.due()) == ("waiting", MINUTE)
    assert given(desk.wait(MINUTE)) == [("c1", "chen")]


# ---------------------------------------------------------------- overflow in steps


def test_overflow_opens_one_step_after_the_other() -> None:
    """After 30 s a second group may take it, after two minutes a third; each step at its millisecond."""
    desk = Floor(rules(STEPS))
    desk.join("second", groups=("other",), capacity=1)
    desk.join("third", groups=("third",))
    desk.come("c1", "c2")
    assert desk.due() == 30 * SECOND
    done = desk.wait(30 * SECOND)
    assert given(done) == [("c1", "second")]
    assert {d.because[1:3] for d in of(done, events.Overflowed)} == {(30 * SECOND, 30 * SECOND)}
    assert desk.due() == 90 * SECOND
    desk.wait(90 * SECOND - 1)
    assert desk.queue() == ("c2",)
    assert given(desk.wait(1)) == [("c2", "third")]


def test_overflow_keeps_the_first_group() -> None:
    """A step adds groups, it takes none away."""
    desk = Floor(rules(STEPS))
    desk.come("c1")
    desk.wait(MINUTE)
    assert desk.card("c1").group == "desk"
    assert given(desk.join("chen")) == [("c1", "chen")]


def test_overflow_may_drop_skills_and_language() -> None:
    """Skill and language are asked for until the step that drops them, by its own group's agents, too."""
    desk = Floor(rules(STEPS, routing__language="required"))
    desk.join("chen", languages=("zh",))
    desk.come("c1", needs=("law",), language="en")
    desk.wait(2 * MINUTE - 1)
    assert desk.stage("c1") == "waiting"
    assert given(desk.wait(1)) == [("c1", "chen")]


def test_a_skill_dropped_is_not_asked_for_again() -> None:
    """A further message that the same rule reads does not bring back what overflow dropped."""
    policy = rules(ROUTES.replace('"other"', '"desk"') + STEPS)
    desk = Floor(policy)
    desk.join("chen", presence="away")
    desk.come("c1", text="refund")
    desk.wait(2 * MINUTE)
    desk.say("refund!", "c1")
    assert given(desk.be("chen", "online")) == [("c1", "chen")]


def test_steps_missed_are_all_taken_at_once() -> None:
    """A desk that sleeps past several steps takes them in order when it wakes, none twice."""
    desk = Floor(rules(STEPS))
    desk.come("c1")
    desk.at += HOUR
    first = of(desk.take(events.DeadlineReached), events.Overflowed)
    desk.at += HOUR
    assert [d.step for d in first] == [0, 1]
    assert of(desk.take(events.DeadlineReached), events.Overflowed) == []


def test_a_new_wait_begins_without_overflow() -> None:
    """Who waits anew after having been handled waits for its own group first."""
    desk = Floor(rules(STEPS, routing__returning=False))
    desk.join("second", groups=("other",))
    desk.come("c1")
    desk.wait(MINUTE)
    desk.do(events.Resolved, "c1")
    desk.say("one more thing", "c1")
    assert desk.stage("c1") == "waiting"
    desk.wait(30 * SECOND)
    desk.reply("c1", agent="second")
    desk.be("second", "offline")
    desk.be("second", "online")
    assert desk.stage("c1") == "waiting"
    assert given(desk.wait(30 * SECOND)) == [("c1", "second")]


# ---------------------------------------------------------------- queue limits


def test_a_full_queue_turns_the_next_one_away() -> None:
    """With a limit of two the third who waits is asked to leave a message; those before stay."""
    desk = Floor(rules(groups__desk__queue_limit=2))
    done = desk.come("c1", "c2", "c3")
    away = of(done, events.TurnedAway)
    assert [(d.conversation, d.group, d.because[1:3]) for d in away] == [("c3", "desk", (3, 2))]
    assert (desk.queue(), desk.stage("c3")) == (("c1", "c2"), "abandoned")
    assert desk.customer("of c3").unresolved == 1


@pytest.mark.parametrize("free", [1, 0])
def test_a_limit_of_zero_is_a_desk_without_a_queue(free: int) -> None:
    """With a limit of 0 who finds an agent with room is served, everybody else is turned away."""
    desk = Floor(rules(groups__desk__queue_limit=0, capacity__agent=1), agents=("chen",))
    desk.fill("chen", 1 - free)
    desk.come("c1")
    assert desk.stage("c1") == ("assigned" if free else "abandoned")


def test_only_who_comes_is_turned_away() -> None:
    """Who is taken back from an agent, moved by hand or moved by a rule may wait past the limit."""
    desk = Floor(rules(ROUTES, groups__desk__queue_limit=1, groups__other__queue_limit=0), agents=("chen",))
    desk.come("c1", "c2", "c3")
    desk.be("chen", "offline")
    desk.say("refund", "c1")
    desk.do(events.GroupSet, "c2", group="other")
    assert [desk.stage(name) for name in ("c1", "c2", "c3")] == ["waiting"] * 3


def test_each_group_has_its_own_limit() -> None:
    """A full queue of one group turns nobody away from another."""
    desk = Floor(rules(groups__desk__queue_limit=1))
    desk.come("c1", "c2")
    desk.come("c3", "c4", group="other")
    assert [desk.stage(name) for name in ("c1", "c2", "c3", "c4")] == ["waiting", "abandoned", "waiting", "waiting"]


# ---------------------------------------------------------------- opening hours


def hours(*, when_closed: bool = False) -> Floor:
    """Return a desk of the group ``desk`` that opens at 09:00 and closes at 10:00 UTC; it is 10:30 there."""
    policy = rules(hours__open=["mon-sun 09:00-10:00"], hours__assign_when_closed=when_closed)
    desk = Floor(policy, agents=("chen",))
    desk.wait(90 * MINUTE)
    return desk


def test_nothing_is_assigned_while_closed_and_all_at_the_opening_instant() -> None:
    """Who comes after closing waits; at 09:00:00.000 the next day agents get what waits, in serving order."""
    desk = hours()
    desk.wait(DAY - 91 * MINUTE)
    desk.come("c1")
    desk.come("c2", level=URGENT)
    assert desk.due() == MINUTE
    assert given(desk.wait(MINUTE - 1)) == []
    assert given(desk.wait(1)) == [("c2", "chen"), ("c1", "chen")]


def test_a_desk_may_assign_while_closed() -> None:
    """With `assign_when_closed` who comes at night is given away at once."""
    desk = hours(when_closed=True)
    assert given(desk.come("c1")) == [("c1", "chen")]


def test_hands_work_while_closed() -> None:
    """A supervisor may assign at night, and an agent may reply."""
    desk = hours()
    desk.come("c1", "c2")
    desk.give("c1", "chen")
    desk.reply("c2")
    assert desk.owners("c1", "c2") == ["chen", "chen"]


def test_a_holiday_is_closed() -> None:
    """On a holiday nothing is assigned; the day after everything is."""
    policy = rules(hours__open=["mon-sun 09:00-18:00"], hours__holidays=["2026-06-18"])
    desk = Floor(policy, agents=("chen",))
    desk.come("c1")
    assert given(desk.wait(DAY - 1)) == []
    assert given(desk.wait(1)) == [("c1", "chen")]


# ---------------------------------------------------------------- the desk that only watches


def test_a_watching_desk_advises_and_changes_no_owner() -> None:
    """It says to whom it would give who waits; nothing is assigned until the product says so."""
    desk = Floor(agents=("chen",), acts=False)
    done = desk.come("c1")
    assert [(d.conversation, d.agent) for d in of(done, events.Advised)] == [("c1", "chen")]
    assert (desk.stage("c1"), desk.card("c1").advised, desk.load()) == ("waiting", "chen", 0.0)
    desk.give("c1", "chen")
    assert (desk.owner("c1"), desk.card("c1").advised) == ("chen", "")


def test_advice_is_given_when_room_comes_free() -> None:
    """Who waits while all are full is advised on when an agent has room, and again only when that would be another."""
    desk = Floor(rules(capacity__agent=1), agents=("chen",), acts=False)
    desk.fill("chen", 1)
    assert kinds(desk.come("c1")) == ["Queued"]
    freed = desk.do(events.Resolved, "filler chen 0")
    assert [(d.conversation, d.agent) for d in of(freed, events.Advised)] == [("c1", "chen")]
    assert kinds(desk.say("hello?", "c1")) == []
    assert [d.agent for d in of(desk.join("lin"), events.Advised)] == ["lin"]
    assert of(desk.be("chen", "away"), events.Advised) == []


def test_no_advice_while_closed() -> None:
    """A watching desk advises what it would do: nothing while closed, all at the opening instant."""
    desk = Floor(rules(hours__open=["mon-sun 10:00-11:00"]), agents=("chen",), acts=False)
    assert kinds(desk.come("c1")) == ["Queued"]
    assert of(desk.wait(HOUR - 1), events.Advised) == []
    assert [d.agent for d in of(desk.wait(1), events.Advised)] == ["chen"]


def test_a_watching_desk_takes_nothing_back_and_turns_nobody_away() -> None:
    """Time-outs, going offline, limits and peak mode change nothing where the product decides."""
    extra = (
        '[reassign]\nafter = "3 min"\n[peak]\nenter = { queue_length = ">= 1" }\nleave = { queue_length = "<= 0" }\n'
    )
    desk = Floor(rules(extra + STEPS, groups__desk__queue_limit=0), agents=("chen", "lin"), acts=False)
    done = desk.come("c1", "c2", level=HIGH)
    desk.give("c1", "chen")
    done += desk.wait(HOUR) + desk.be("chen", "offline") + desk.wait(HOUR)
    assert {type(d) for d in done} <= {events.Queued, events.Advised}
    assert (desk.owners("c1", "c2"), desk.peak()) == (["chen", ""], False)
