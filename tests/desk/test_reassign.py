"""Who is taken back and given to another: time-outs, going offline, waking to nobody, hands."""

from __future__ import annotations

import pytest

from deskkit.desk import events
from tests.desk.floor import HIGH, Floor, given, rules
from tests.desk.scene import HOUR, MINUTE, SECOND, of

AGAIN = '[reassign]\nafter = "4 min"\ntimes = 2\n'
TIMES_OUT = rules(AGAIN)
KEPT = "[offline]\nredistribute = false\n"


def taken(done: tuple[events.Decision, ...]) -> list[tuple[str, str]]:
    """Return what was taken from whom, in order."""
    return [(d.conversation, d.agent) for d in of(done, events.Returned)]


# ---------------------------------------------------------------- the owner does not answer


def test_an_owner_who_does_not_answer_in_time_loses_the_conversation() -> None:
    """Four minutes after the customer's message, to the millisecond, another agent gets it."""
    desk = Floor(TIMES_OUT, agents=("chen", "lin"))
    desk.come("c1")
    assert (desk.owner("c1"), desk.due()) == ("chen", 4 * MINUTE)
    assert taken(desk.wait(4 * MINUTE - 1)) == []
    done = desk.wait(1)
    assert (taken(done), given(done)) == ([("c1", "chen")], [("c1", "lin")])
    assert of(done, events.Returned)[0].because[:4] == (-1, 4 * MINUTE, 4 * MINUTE, 1)


def test_the_time_counts_from_the_first_unanswered_message() -> None:
    """A second message does not give the owner more time; an answer does."""
    desk = Floor(TIMES_OUT, agents=("chen", "lin"))
    desk.come("c1")
    desk.wait(MINUTE)
    desk.reply("c1")
    desk.wait(MINUTE)
    desk.say("and?", "c1")
    desk.wait(3 * MINUTE)
    desk.say("hello?", "c1")
    assert desk.due() == MINUTE
    assert taken(desk.wait(MINUTE)) == [("c1", "chen")]


def test_the_time_counts_from_being_given() -> None:
    """Who gets a customer that waited long has the whole time to answer."""
    desk = Floor(TIMES_OUT)
    desk.come("c1")
    desk.wait(10 * MINUTE)
    desk.join("chen")
    desk.join("lin")
    assert desk.owner("c1") == "chen"
    assert taken(desk.wait(4 * MINUTE - 1)) == []
    assert taken(desk.wait(1)) == [("c1", "chen")]


def test_nothing_is_taken_back_where_nobody_else_could_take_it() -> None:
    """Where all others are full, away or not able the owner keeps it; it is tried again after as long a time."""
    desk = Floor(TIMES_OUT, agents=("chen",))
    desk.join("full", capacity=1)
    desk.fill("full", 1)
    desk.reply("filler full 0", agent="full")
    desk.join("other", groups=("other",))
    desk.join("away", presence="away")
    desk.come("c1")
    assert taken(desk.wait(6 * MINUTE)) == []
    desk.be("away", "online")
    assert taken(desk.wait(2 * MINUTE - 1)) == []
    assert taken(desk.wait(1)) == [("c1", "chen")]


def test_who_takes_it_over_has_room_for_what_it_then_weighs() -> None:
    """A change of owner makes it more complex; who has no room for that does not count as able."""
    policy = rules(AGAIN, capacity__complex_from=4, capacity__complex_factor=2, capacity__agent=3)
    desk = Floor(policy, agents=("chen", "lin"))
    desk.fill("lin", 2)
    desk.come("c1")
    for n in range(2):
        desk.reply(f"filler lin {n}", agent="lin")
        desk.say("ok?", f"filler lin {n}")
    desk.wait(MINUTE)
    for n in range(2):
        desk.reply(f"filler lin {n}", agent="lin")
        desk.say("ok?", f"filler lin {n}")
    assert (desk.owner("c1"), desk.load("lin")) == ("chen", 2.0)
    assert taken(desk.wait(3 * MINUTE)) == []


def test_room_for_one_takes_one_back() -> None:
    """Of two that time out in the same instant only as many are taken back as others have room for."""
    desk = Floor(TIMES_OUT, agents=("chen",))
    desk.come("c1", "c2")
    desk.join("lin", capacity=1)
    done = desk.wait(4 * MINUTE)
    assert (taken(done), given(done)) == ([("c1", "chen")], [("c1", "lin")])
    assert desk.owners("c1", "c2") == ["lin", "chen"]


def test_it_does_not_go_back_to_who_let_it_lie() -> None:
    """Though the customer knows the agent, who holds least and has room, another one gets it."""
    desk = Floor(TIMES_OUT, agents=("chen",))
    desk.come("c1")
    desk.join("lin")
    desk.fill("lin", 4)
    for n in range(4):
        desk.reply(f"filler lin {n}", agent="lin")
    assert desk.load("lin") == 2.0
    assert given(desk.wait(4 * MINUTE)) == [("c1", "lin")]


def test_it_does_not_go_back_though_overflow_opens_at_once() -> None:
    """Overflow steps that fall due when it is taken back do not lead to the same agent."""
    steps = '[[routing.overflow]]\ngroup = "desk"\nafter = "30 s"\nto = ["other"]\n'
    desk = Floor(rules(AGAIN + steps), agents=("chen", "lin"))
    desk.come("c1")
    done = desk.wait(4 * MINUTE)
    assert [d.step for d in of(done, events.Overflowed)] == [0]
    assert given(done) == [("c1", "lin")]


def test_it_is_taken_back_so_many_times_at_most() -> None:
    """With `times = 2` the third owner keeps it."""
    desk = Floor(TIMES_OUT, agents=("chen", "lin", "wu"))
    desk.come("c1")
    done = desk.wait(HOUR)
    assert taken(done) == [("c1", "chen"), ("c1", "lin")]
    assert desk.due() is None


def test_the_wait_goes_on_where_it_began() -> None:
    """Who is taken back stands in the queue by its first unanswered message, not by the time of the taking."""
    desk = Floor(TIMES_OUT, agents=("chen", "lin"))
    desk.come("c1")
    desk.reply("c1")
    desk.wait(MINUTE)
    desk.say("and?", "c1")
    assert of(desk.wait(4 * MINUTE), events.Assigned)[0].because[1] == 4 * MINUTE


def test_an_answered_one_stays() -> None:
    """While the customer is to answer no time runs."""
    desk = Floor(TIMES_OUT, agents=("chen", "lin"))
    desk.come("c1")
    desk.reply("c1")
    assert (desk.due(), taken(desk.wait(HOUR))) == (None, [])


@pytest.mark.parametrize("presence", ["away", "offline"])
def test_an_absent_owner_times_out_too(presence: str) -> None:
    """Who is away, or offline where nothing is redistributed, loses what is not answered in time."""
    desk = Floor(rules(AGAIN + KEPT), agents=("chen", "lin"))
    desk.come("c1")
    desk.be("chen", presence)
    assert given(desk.wait(4 * MINUTE)) == [("c1", "lin")]


def test_nothing_is_taken_back_while_closed() -> None:
    """After closing nobody could take it, so the owner keeps it; when the desk opens it is given to another."""
    desk = Floor(rules(AGAIN, hours__open=["mon-sun 09:00-10:00"]), agents=("chen", "lin"))
    desk.wait(58 * MINUTE)
    desk.come("c1")
    assert taken(desk.wait(23 * HOUR + 2 * MINUTE - 1)) == []
    assert taken(desk.wait(1)) == [("c1", "chen")]


def test_without_reassignment_nobody_is_taken_back() -> None:
    """A policy without [reassign] leaves a conversation with its owner for ever."""
    desk = Floor(agents=("chen", "lin"))
    desk.come("c1")
    assert taken(desk.wait(10 * HOUR)) == []


# ---------------------------------------------------------------- the owner goes offline


def test_what_an_agent_holds_goes_to_others_when_offline() -> None:
    """All of it returns in that pass, is given to who has room, and is counted for who waits."""
    desk = Floor(agents=("chen",))
    desk.come("c1", "c2", "c3")
    desk.reply("c3")
    desk.wait(MINUTE)
    desk.join("lin", capacity=2)
    done = desk.be("chen", "offline")
    assert taken(done) == [("c3", "chen"), ("c2", "chen"), ("c1", "chen")]
    assert given(done) == [("c1", "lin"), ("c2", "lin")]
    assert (desk.queue(), desk.load("chen"), desk.load("lin")) == (("c3",), 0.0, 2.0)


def test_the_wait_of_who_is_owed_an_answer_goes_on() -> None:
    """Who was not answered waits from its message on; who was answered begins to wait now."""
    desk = Floor(agents=("chen",))
    desk.come("owed", "answered")
    desk.reply("answered")
    desk.wait(MINUTE)
    desk.be("chen", "offline")
    assert desk.card("owed").waiting_since == desk.at - MINUTE
    assert desk.card("answered").waiting_since == desk.at


def test_going_offline_is_no_time_out() -> None:
    """It counts as none of the `times`, and the agent gets the customer back on coming back at once."""
    desk = Floor(TIMES_OUT, agents=("chen",))
    desk.come("c1")
    desk.be("chen", "offline")
    assert given(desk.be("chen", "online")) == [("c1", "chen")]
    desk.join("lin")
    desk.join("wu")
    assert len(taken(desk.wait(HOUR))) == 2


def test_without_redistribution_everything_stays() -> None:
    """With `redistribute = false` an agent who comes back finds all as it was, and the customers' messages."""
    desk = Floor(rules(KEPT), agents=("chen", "lin"))
    desk.come("c1")
    desk.be("chen", "offline")
    desk.say("hello?", "c1")
    assert (desk.owner("c1"), desk.load("chen")) == ("chen", 1.0)


def test_what_is_snoozed_stays_until_it_wakes() -> None:
    """A snoozed conversation stays with its owner who is offline, and goes to the queue when its time comes."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    desk.do(events.Snoozed, until=desk.at + MINUTE)
    desk.join("lin")
    assert taken(desk.be("chen", "offline")) == []
    assert desk.stage("c1") == "snoozed"
    assert given(desk.wait(MINUTE)) == [("c1", "lin")]


@pytest.mark.parametrize("kept", ["", KEPT])
def test_a_snoozed_one_wakes_to_the_queue_where_the_owner_is_offline(kept: str) -> None:
    """The customer's message wakes it; nobody waits for an owner who is not there, redistribution or not."""
    desk = Floor(rules(kept), agents=("chen",))
    desk.come("c1")
    desk.do(events.Snoozed, until=desk.at + HOUR)
    desk.be("chen", "offline")
    desk.say("are you there?")
    assert (desk.stage("c1"), desk.holds("chen")) == ("waiting", set())


@pytest.mark.parametrize("presence", ["online", "away"])
def test_a_snoozed_one_wakes_to_its_owner(presence: str) -> None:
    """An owner who is not offline and has room has it again; a full one does not, and it waits."""
    for capacity, owner in ((2, "chen"), (1, "")):
        desk = Floor(rules(capacity__agent=capacity), agents=("chen",))
        desk.come("c1")
        desk.do(events.Snoozed, until=desk.at + MINUTE)
        desk.come("c2")
        desk.be("chen", presence)
        desk.wait(MINUTE)
        assert (desk.owner("c1"), desk.load()) == (owner, float(capacity))


def test_a_handled_one_comes_back_to_the_queue_where_the_owner_is_offline() -> None:
    """A message to a handled conversation goes to the agent the customer knows, or to another if that one is gone."""
    desk = Floor(agents=("chen", "lin"))
    desk.come("c1")
    desk.do(events.Resolved, "c1")
    desk.be("chen", "offline")
    assert given(desk.say("one more thing")) == [("c1", "lin")]


@pytest.mark.parametrize("by", ["rule", "hand"])
def test_one_taken_back_as_peak_ends_is_not_lost_between(by: str) -> None:
    """What is taken back in the pass in which peak mode ends goes to who was promised, or stays; it never waits."""
    peak = """
[peak]
enter = { queue_length = ">= 50" }
leave = { queue_length = "<= 3" }
min_stay = "4 min"
[[peak.loan]]
from = "other"
to = "desk"
agents = 1
"""
    desk = Floor(rules(peak, reassign__after="4 min"), agents=("chen",))
    desk.join("lin", groups=("other",))
    desk.take(events.PeakSet, on=True)
    desk.come("c1")
    first = desk.owner("c1")
    if by == "rule":
        desk.wait(4 * MINUTE)
    else:
        desk.wait(4 * MINUTE - 1)
        desk.at += 1
        desk.take(events.PeakSet, on=False)
    assert not desk.peak()
    assert desk.stage("c1") == "assigned"
    assert (desk.owner("c1") == first) == (by == "hand")


# ---------------------------------------------------------------- by hand


def test_one_or_many_are_given_by_hand() -> None:
    """A supervisor gives all of one agent's conversations to another, past every limit."""
    desk = Floor(rules(capacity__agent=3), agents=("chen", "lin"))
    desk.be("lin", "away")
    desk.come("c1", "c2", "c3")
    desk.be("lin", "online")
    desk.fill("lin", 3)
    for name in sorted(desk.holds("chen")):
        desk.give(name, "lin")
    assert (desk.load("chen"), desk.load("lin")) == (0.0, 6.0)
    assert desk.holds("lin") >= {"c1", "c2", "c3"}


def test_a_conversation_sent_back_goes_to_another() -> None:
    """Who puts a conversation back in the queue does not get it again while another can take it."""
    desk = Floor(agents=("chen", "lin"))
    desk.come("c1")
    desk.fill("lin", 3)
    assert given(desk.give("c1", "")) == [("c1", "lin")]


def test_a_conversation_sent_back_waits_for_nobody_in_vain() -> None:
    """Where nobody else is there, who put it back gets it again rather than the customer waiting."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    assert given(desk.give("c1", "")) == [("c1", "chen")]


def test_the_wait_goes_on_when_sent_back() -> None:
    """By hand too the customer keeps the time it has waited."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    desk.wait(MINUTE)
    desk.be("chen", "away")
    desk.give("c1", "")
    assert desk.card("c1").waiting_since == desk.at - MINUTE


def test_a_group_by_hand_releases_the_owner() -> None:
    """Moved to a group, it waits there with its time, and its owner is free of it."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    desk.wait(30 * SECOND)
    desk.do(events.GroupSet, "c1", group="other")
    card = desk.card("c1")
    assert (card.group, card.owner, card.waiting_since, desk.load()) == ("other", "", desk.at - 30 * SECOND, 0.0)


@pytest.mark.parametrize("ended", [events.Resolved, events.CustomerLeft, events.Archived])
def test_what_is_over_is_given_to_nobody(ended: type[events.Fact]) -> None:
    """A hand's assignment on an outdated view is refused, with the reason, and changes nothing."""
    desk = Floor(agents=("chen",))
    desk.come("c1")
    desk.do(ended, "c1")
    assert [d.reason for d in of(desk.give("c1", "chen"), events.Refused)] == ["stage"]
    assert [d.reason for d in of(desk.do(events.GroupSet, "c1", group="other"), events.Refused)] == ["stage"]


def test_what_is_so_already_is_refused() -> None:
    """Giving it to its owner, or sending back what waits, changes nothing and says so."""
    desk = Floor(agents=("chen",))
    desk.come("c1", "c2", level=HIGH)
    desk.be("chen", "away")
    desk.give("c2", "")
    assert [d.reason for d in of(desk.give("c1", "chen"), events.Refused)] == ["no change"]
    assert [d.reason for d in of(desk.give("c2", ""), events.Refused)] == ["no change"]


def test_an_offline_agent_given_one_by_hand_loses_it_by_the_rule() -> None:
    """Where work of those offline is redistributed, that holds for what a hand gives them, too."""
    desk = Floor(agents=("chen",))
    desk.come("c1", text="")
    desk.say("hello")
    desk.join("gone", presence="offline")
    done = desk.give("c1", "gone")
    assert (taken(done), given(done)) == ([("c1", "gone")], [("c1", "chen")])
