"""Owner and helpers: who is invited, what it weighs, when a helper is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import events
from tests.desk.floor import Floor, given, rules
from tests.desk.scene import BARE, HOUR, MINUTE, of

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy

RING = """
[notify]
per_minute = 60
[rings.badge]
channels = ["badge"]
[[notify.ladder]]
event = "message"
level = ["low", "normal", "high", "urgent"]
rungs = [
  { after = "0 s", to = "owner", ring = "badge" },
  { after = "30 s", to = "helpers", ring = "badge" },
]
"""


def helped(*helpers: str, policy: Policy = BARE) -> Floor:
    """Return a desk where chen owns c1 and others help."""
    desk = Floor(policy, agents=("chen",))
    desk.come("c1")
    for helper in helpers:
        desk.join(helper)
        desk.do(events.HelperSet, "c1", agent=helper)
    return desk


def refused(done: tuple[events.Decision, ...]) -> list[str]:
    """Return why a fact was refused."""
    return [d.reason for d in of(done, events.Refused)]


def test_there_is_one_owner_and_up_to_three_helpers() -> None:
    """Three may help beside the owner; the fourth is refused and changes nothing."""
    desk = helped("lin", "wu", "zhou")
    desk.join("fan")
    assert refused(desk.do(events.HelperSet, "c1", agent="fan")) == ["too many helpers"]
    assert (desk.owner("c1"), desk.card("c1").helpers, desk.load("fan")) == ("chen", ("lin", "wu", "zhou"), 0.0)


def test_a_place_that_comes_free_can_be_taken() -> None:
    """When one of three is released another may help, and the others stay."""
    desk = helped("lin", "wu", "zhou")
    desk.join("fan")
    desk.do(events.HelperSet, "c1", agent="wu", on=False)
    assert refused(desk.do(events.HelperSet, "c1", agent="fan")) == []
    assert set(desk.card("c1").helpers) == {"lin", "fan", "zhou"}


def test_helping_takes_no_ownership() -> None:
    """A helper who replies answers the customer; the owner stays the owner."""
    desk = helped("lin")
    desk.reply("c1", agent="lin")
    assert (desk.owner("c1"), desk.card("c1").unanswered_since) == ("chen", None)
    assert (desk.load("chen"), desk.load("lin")) == (0.5, 0.3)


@pytest.mark.parametrize("who", ["chen", "lin"])
def test_nobody_helps_twice(who: str) -> None:
    """Inviting the owner, or a helper again, is refused as no change."""
    desk = helped("lin")
    assert refused(desk.do(events.HelperSet, "c1", agent=who)) == ["no change"]
    assert desk.card("c1").helpers == ("lin",)


def test_who_does_not_help_cannot_be_released() -> None:
    """Releasing somebody who is no helper changes nothing and says so."""
    desk = helped()
    desk.join("lin")
    assert refused(desk.do(events.HelperSet, "c1", agent="lin", on=False)) == ["no change"]


@pytest.mark.parametrize(("presence", "why"), [("offline", ["not online"]), ("away", []), ("online", [])])
def test_who_is_offline_cannot_be_invited(presence: str, why: list[str]) -> None:
    """An agent who is online or away may be asked to help, one who is offline may not."""
    desk = helped()
    desk.join("lin", presence=presence)
    assert refused(desk.do(events.HelperSet, "c1", agent="lin")) == why


def test_a_hand_may_ask_a_full_agent_to_help() -> None:
    """The limit is for rules; helping then leaves less room for new conversations."""
    desk = Floor(rules(capacity__agent=2, capacity__helper=0.5), agents=("chen",))
    desk.be("chen", "away")
    desk.come("c1")
    desk.give("c1", "chen")
    desk.join("lin")
    desk.fill("lin", 1)
    desk.do(events.HelperSet, "c1", agent="lin")
    desk.come("c2")
    assert (desk.load("lin"), desk.owner("c2")) == (1.5, "")
    assert given(desk.do(events.HelperSet, "c1", agent="lin", on=False)) == [("c2", "lin")]


# ---------------------------------------------------------------- when helpers are let go


@pytest.mark.parametrize("ended", [events.Resolved, events.CustomerLeft, events.Archived])
def test_helpers_are_released_when_it_is_over(ended: type[events.Fact]) -> None:
    """Handled, left or put away: nobody helps any more, nobody carries its weight; reopened it has no helper."""
    desk = helped("lin", "wu")
    desk.do(ended, "c1")
    assert (desk.card("c1").helpers, desk.load("lin"), desk.load("wu"), desk.load("chen")) == ((), 0.0, 0.0, 0.0)
    desk.do(events.Reopened, "c1")
    assert (desk.owner("c1"), desk.card("c1").helpers) == ("chen", ())


def test_a_helper_who_goes_offline_is_released_everywhere() -> None:
    """Going offline ends all helping of that agent; other helpers stay; coming back brings nothing back."""
    desk = helped("lin", "wu")
    desk.open("c2", "", customer="li", origin="agent", agent="chen")
    for agent in ("wu", "lin"):
        desk.do(events.HelperSet, "c2", agent=agent)
    before = desk.load("lin")
    desk.be("lin", "offline")
    desk.be("lin", "online")
    assert (desk.card("c1").helpers, desk.card("c2").helpers) == (("wu",), ("wu",))
    assert (before, desk.load("lin"), desk.load("wu")) == (0.6, 0.0, 0.6)


def test_a_helper_who_goes_away_stays() -> None:
    """Away is not offline: the helper is expected back."""
    desk = helped("lin")
    desk.be("lin", "away")
    assert (desk.card("c1").helpers, desk.load("lin")) == (("lin",), 0.3)


def test_helpers_stay_through_a_snooze_and_a_change_of_owner() -> None:
    """Putting it aside, or giving it to another owner, lets nobody go."""
    desk = helped("lin")
    desk.do(events.Snoozed, "c1", until=desk.at + MINUTE)
    desk.wait(MINUTE)
    desk.join("wu")
    desk.give("c1", "wu")
    assert (desk.owner("c1"), desk.card("c1").helpers, desk.load("chen")) == ("wu", ("lin",), 0.0)


# ---------------------------------------------------------------- helper and owner


def test_a_helper_who_becomes_the_owner_helps_no_more() -> None:
    """By hand or by rule: the new owner carries the conversation, not the helping beside it."""
    desk = helped("lin")
    desk.give("c1", "lin")
    assert (desk.owner("c1"), desk.card("c1").helpers, desk.load("lin"), desk.load("chen")) == ("lin", (), 1.0, 0.0)
    by_rule = helped("lin")
    by_rule.be("chen", "offline")
    assert (by_rule.owner("c1"), by_rule.card("c1").helpers, by_rule.load("lin")) == ("lin", (), 1.0)


def test_a_waiting_conversation_can_have_helpers() -> None:
    """Somebody may help before there is an owner; that gives no owner."""
    desk = Floor()
    desk.join("lin", groups=("other",))
    desk.come("c1")
    desk.do(events.HelperSet, "c1", agent="lin")
    assert (desk.stage("c1"), desk.card("c1").helpers) == ("waiting", ("lin",))


def test_the_owner_is_told_first() -> None:
    """Of the customer's message the owner is told at once, the helper when the ladder comes to helpers."""
    desk = helped("lin", policy=rules(RING))
    desk.reply("c1")
    told = of(desk.say("and?", "c1") + desk.wait(MINUTE), events.Notified)
    assert [(d.agent, d.at - desk.at + MINUTE) for d in told] == [("chen", 0), ("lin", MINUTE // 2)]


def test_a_helpers_answer_ends_the_time_of_the_owner() -> None:
    """While a helper answers nobody is taken back from the owner."""
    desk = helped("lin", policy=rules('[reassign]\nafter = "4 min"\n'))
    desk.wait(3 * MINUTE)
    desk.reply("c1", agent="lin")
    assert of(desk.wait(HOUR), events.Returned) == []
    assert desk.owner("c1") == "chen"
