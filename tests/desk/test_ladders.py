"""Ladders: what rings after how long, what it is about, what ends it and what begins it again."""

from __future__ import annotations

import pytest

from deskkit.desk import events
from deskkit.desk.because import ring_of
from deskkit.desk.desk import Desk
from deskkit.errors import FactError
from tests.desk.bells import Bells, again, ladder, ringing, rung
from tests.desk.scene import MINUTE, SECOND, START, Scene, kinds, of

HIGH, URGENT = 2, 3
CALM = ladder("message", "normal", rung(0, ring="badge"), rung(45))


# ---------------------------------------------------------------- when it rings


def test_a_rung_rings_at_its_exact_instant() -> None:
    """A message that nobody looks at rings at once and 45 seconds later, to the millisecond, and then no more."""
    bells = Bells(CALM)
    bells.open()
    assert bells.desk.next_deadline() == START + 45 * SECOND
    bells.until(44.999)
    assert bells.rang() == [(0, "chen", "message normal 0")]
    bells.until(600)
    assert bells.rang() == [(0, "chen", "message normal 0"), (45, "chen", "message normal 1")]
    assert bells.desk.next_deadline() is None


def test_a_rung_repeats_at_after_and_every_repeat() -> None:
    """`after` 30 s, `repeat` 20 s, `times` 3 rings at 30, 50, 70 and 90 seconds: times is how often again."""
    bells = Bells(ladder("message", "normal", again(30, 20, 3)))
    bells.open()
    bells.until(1000)
    assert [second for second, *_ in bells.rang()] == [30, 50, 70, 90]


def test_repetitions_and_later_rungs_ring_in_the_order_of_time() -> None:
    """A rung between two repetitions of an earlier one rings between them."""
    bells = Bells(ladder("message", "normal", again(10, 30, 2), rung(55, ring="alarm")))
    bells.open()
    bells.until(1000)
    assert [(s, rung) for s, _, rung in bells.rang()] == [
        (10, "message normal 0"), (40, "message normal 1"), (55, "message normal 2"), (70, "message normal 3"),
    ]  # fmt: skip


def test_a_level_without_a_ladder_rings_nothing() -> None:
    """Where the policy has no ladder for an event at a level, nothing rings and no timer is set."""
    bells = Bells(CALM)
    bells.open(text="")
    bells.level_by_hand(HIGH)
    bells.say("hello")
    bells.until(600)
    assert bells.rang() == []


def test_each_level_climbs_its_own_ladder() -> None:
    """The same message rings by the ladder of its conversation's level."""
    bells = Bells(CALM, ladder("message", "urgent", rung(5, ring="alarm")))
    bells.open("calm")
    bells.open("hot", text="")
    bells.level_by_hand(URGENT, "hot")
    bells.say("hello", "hot")
    bells.until(20)
    assert bells.rang(name="calm") == [(0, "chen", "message normal 0")]
    assert bells.rang(name="hot") == [(5, "chen", "message urgent 0")]


def test_a_notice_leads_to_its_ring() -> None:
    """From `because` one reads how long the event lasted, when the rung was due, and what it does to ear and eye."""
    bells = Bells(ladder("message", "normal", rung(30, ring="alarm")))
    bells.open()
    (notice,) = of(bells.wait(30 * SECOND), events.Notified)
    assert notice.because[1:4] == (30_000, 30_000, 0)
    ring = ring_of(bells.desk.policy, notice)
    assert (ring.name, ring.sound, ring.volume, ring.icon) == ("alarm", "alarm.wav", 100, 3)
    assert set(ring.channels) == {"badge", "popup", "sound", "desktop", "flash"}


def test_a_notice_of_another_policy_has_no_ring() -> None:
    """A notice whose ring the policy in force does not have is refused with a hint, not misread."""
    bells = Bells(ladder("message", "normal", rung(0, ring="soft")))
    (notice,) = of(bells.open(), events.Notified)
    with pytest.raises(FactError, match="Another policy decided this notice"):
        ring_of(Scene().desk.policy, notice)


# ---------------------------------------------------------------- what it is about


def test_a_new_conversation_is_told_to_its_owner() -> None:
    """The assignment ladder begins when the agent gets the conversation and ends when the agent looks at it."""
    bells = Bells(ladder("assignment", "normal", again(10, 10, 5)))
    bells.presence("chen", "away")
    bells.open()
    bells.until(100)
    bells.presence("chen", "online")
    bells.until(125)
    bells.view()
    bells.until(300)
    assert [second for second, *_ in bells.rang("assignment")] == [110, 120]


def test_a_waiting_customer_rings_in_the_queue_and_with_an_agent() -> None:
    """The waiting ladder counts from the first unanswered message, whoever holds the conversation."""
    bells = Bells(ladder("waiting", "normal", rung(60, "supervisor"), rung(120, "supervisor"), rung(180, "supervisor")))
    bells.supervisor("su")
    bells.presence("chen", "away")
    bells.open()
    bells.until(90)
    bells.presence("chen", "online")
    bells.until(150)
    assert bells.rang() == [(60, "su", "waiting normal 0"), (120, "su", "waiting normal 1")]
    bells.reply()
    bells.until(600)
    assert len(bells.rang()) == 2


def test_a_view_does_not_end_the_waiting() -> None:
    """Looking is not answering: the supervisor hears of the wait though the owner has looked."""
    bells = Bells(ladder("waiting", "normal", rung(60, "supervisor")))
    bells.supervisor("su")
    bells.open()
    bells.view()
    bells.until(100)
    assert bells.rang() == [(60, "su", "waiting normal 0")]


def test_a_neglected_tab_rings_without_a_new_message() -> None:
    """A tab not looked at for ten minutes rings although the customer wrote nothing new and nothing is owed."""
    bells = Bells(ladder("neglected", "normal", again(600, 600, 1)))
    bells.open()
    bells.reply()
    bells.until(3000)
    assert bells.rang() == [(600, "chen", "neglected normal 0"), (1200, "chen", "neglected normal 1")]


def test_a_tab_is_not_neglected_while_it_is_looked_at() -> None:
    """Neglect counts from the instant the owner looks away, not from the one of looking at it."""
    bells = Bells(ladder("neglected", "normal", rung(600)))
    bells.open("c1")
    bells.open("c2", customer="li")
    bells.view(name="c1")
    bells.until(900)
    assert bells.rang(name="c1") == []
    assert bells.rang(name="c2") == [(600, "chen", "neglected normal 0")]
    bells.view(name="c2")
    bells.until(1499)
    assert bells.rang(name="c1") == []
    bells.until(1500)
    assert bells.rang(name="c1") == [(1500, "chen", "neglected normal 0")]


def test_whoever_goes_offline_looks_at_nothing() -> None:
    """Where work stays with an agent who goes offline, neglect counts from that instant."""
    bells = Bells(ladder("neglected", "normal", rung(60, "supervisor")), edits={"offline.redistribute": False})
    bells.supervisor("su")
    bells.open()
    bells.view()
    bells.until(100)
    bells.presence("chen", "offline")
    bells.until(400)
    assert bells.rang() == [(160, "su", "neglected normal 0")]


# ---------------------------------------------------------------- what ends it, what begins it again


@pytest.mark.parametrize("end", ["view", "helper", "reply", "other", "resolve", "snooze", "leave", "archive"])
def test_what_ends_a_message_ladder(end: str) -> None:
    """A view or reply of the owner or a helper, anybody's reply, and whatever takes the conversation off the desk."""
    bells = Bells(ladder("message", "normal", again(0, 10, 50)), agents=("chen", "lin"))
    bells.presence("lin", "away")
    bells.open()
    bells.do(events.HelperSet, agent="lin")
    bells.until(25)
    {
        "view": lambda: bells.view("chen"),
        "helper": lambda: bells.view("lin"),
        "reply": lambda: bells.reply(agent="chen"),
        "other": lambda: bells.reply(agent="wang"),
        "resolve": lambda: bells.do(events.Resolved),
        "snooze": lambda: bells.do(events.Snoozed, until=START + 100 * MINUTE),
        "leave": lambda: bells.do(events.CustomerLeft),
        "archive": lambda: bells.do(events.Archived),
    }[end]()
    bells.until(400)
    assert [second for second, *_ in bells.rang("message")] == [0, 10, 20]


def test_the_look_of_a_stranger_ends_nothing() -> None:
    """An agent who neither owns nor helps may look: the owner goes on hearing of the message."""
    bells = Bells(ladder("message", "normal", again(0, 10, 3)), agents=("chen", "lin"))
    bells.presence("lin", "away")
    bells.open()
    bells.view("lin")
    bells.until(400)
    assert [second for second, *_ in bells.rang()] == [0, 10, 20, 30]


def test_a_second_message_does_not_begin_the_ladder_again() -> None:
    """While a message is unviewed a further one is part of the same event."""
    bells = Bells(CALM)
    bells.open()
    bells.until(20)
    bells.say("are you there")
    bells.until(300)
    assert [second for second, *_ in bells.rang()] == [0, 45]


def test_a_new_event_rings_again() -> None:
    """After a view the next message begins its ladder from the first rung."""
    bells = Bells(CALM)
    bells.open()
    bells.until(20)
    bells.view()
    bells.open("c2", customer="li")
    bells.view(name="c2")
    bells.until(100)
    bells.say("and another thing")
    bells.until(300)
    assert [second for second, *_ in bells.rang(name="c1")] == [0, 100, 145]


def test_a_new_owner_hears_the_ladder_from_its_beginning() -> None:
    """Given to another agent, the ladders of message and assignment begin anew for that one; the old owner is quiet."""
    bells = Bells(CALM, agents=("chen", "lin"))
    bells.presence("lin", "away")
    bells.open()
    bells.until(50)
    bells.do(events.OwnerSet, agent="lin")
    bells.until(300)
    assert [(second, agent) for second, agent, _ in bells.rang()] == [
        (0, "chen"),
        (45, "chen"),
        (50, "lin"),
        (95, "lin"),
    ]


def test_a_snooze_stops_every_ladder_and_its_end_begins_them_anew() -> None:
    """While snoozed nothing rings; at the end the owner is told of the conversation as of a new one."""
    bells = Bells(ladder("assignment", "normal", rung(5)), ladder("waiting", "normal", rung(60, "supervisor")))
    bells.supervisor("su")
    bells.open()
    bells.until(2)
    bells.do(events.Snoozed, until=START + 1000 * SECOND)
    bells.until(999)
    assert bells.rang() == []
    bells.until(1100)
    assert bells.rang() == [(1005, "chen", "assignment normal 0"), (1060, "su", "waiting normal 0")]


def test_a_desk_without_notices_decides_none() -> None:
    """With `notices=False` nothing rings, nothing is held, and no timer is set for it."""
    policy = ringing(CALM, ladder("waiting", "normal", rung(60, "supervisor")))
    facts = (
        events.AgentSet(at=START, agent="chen", groups=("desk",)),
        events.PresenceSet(at=START, agent="chen", presence="online"),
        events.ConversationOpened(at=START, conversation="c1", customer="zhang"),
        events.CustomerWrote(at=START, conversation="c1", message="m", text="hello"),
    )
    quiet, loud = Desk(policy, notices=False), Desk(policy)
    told = [[kind for fact in facts for kind in kinds(desk.step(fact))] for desk in (quiet, loud)]
    assert told == [["Queued", "Assigned"], ["Queued", "Assigned", "Notified"]]
    assert quiet.next_deadline() is None
    assert loud.next_deadline() == START + 45 * SECOND
