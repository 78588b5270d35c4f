"""What no desk can take is refused by name and changes nothing; what a customer wrote is never lost."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest

from deskkit.clock import ManualClock
from deskkit.desk import columns as k
from deskkit.desk import events
from deskkit.desk.desk import Desk, fold
from deskkit.desk.policy import Policy
from deskkit.errors import FactError, PolicyError
from deskkit.live.driver import Driver
from deskkit.log import open_log
from tests.desk.days import known
from tests.desk.scene import BARE, START, Scene, kinds, policy

PEAK = Policy.load("data/policies/peak.toml")
C1: Any = {"conversation": "c1"}


def made(kind: Any, **fields: Any) -> events.Fact:
    """Return a fact with an identity, of whatever types."""
    given = {"at": START, "source": "test", "source_id": "x", **fields}
    fact: events.Fact = kind(**given)
    return fact


WRONG = {
    "a fraction of a millisecond": made(events.Viewed, at=1.5, agent="chen", **C1),
    "a time that is a truth": made(events.Viewed, at=True, agent="chen", **C1),
    "a time that is a text": made(events.DeadlineReached, at="now"),
    "no time": made(events.DeadlineReached, at=None),
    "an agent that is none": made(events.Viewed, agent=None, **C1),
    "an owner that is none": made(events.OwnerSet, agent=None, **C1),
    "half a level": made(events.PrioritySet, level=1.5, **C1),
    "a level that is a text": made(events.PrioritySet, level="high", **C1),
    "half a rating": made(events.Rated, rating=0.5, **C1),
    "a snooze until a half": made(events.Snoozed, until=START + 0.5, **C1),
    "a conversation that is a number": made(events.Resolved, conversation=1),
    "a text that is none": made(events.CustomerWrote, message="m", text=None, **C1),
    "bytes for a group": made(events.GroupSet, group=b"desk\xff", **C1),
    "half a character": made(events.CustomerWrote, message="m", text="\ud800 hi", **C1),
    "half a character in a name": made(events.ConversationOpened, conversation="\ud800", customer="z"),
    "half a character in an identity": made(events.Resolved, source_id="\ud800", **C1),
    "half a character in a tag": made(events.TagSet, facet="label", tag="\udfff", **C1),
    "a skill of half a level": made(events.AgentSet, agent="li", skills={"x": 2.5}),
    "a field without a number": made(events.CustomerSet, customer="z", fields={"spend": float("nan")}),
    "a number without an end": made(events.CustomerSet, customer="z", fields={"orders": 10**5000}),
    "a tag of a megabyte": made(events.TagSet, facet="label", tag="急" * 10**6, **C1),
    "an agent of a megabyte": made(events.AgentSet, agent="a" * 10**6),
    "an agent called a megabyte": made(events.AgentSet, agent="li", name="李" * 10**6),
    "a name one letter too long": made(events.Viewed, agent="a" * 1_001, **C1),
    "a policy under another's name": made(events.PolicyChanged, text=BARE.text, fingerprint=PEAK.fingerprint),
    "another policy under this name": made(events.PolicyChanged, text=PEAK.text, fingerprint=BARE.fingerprint),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_stored_is_refused_and_changes_nothing(what: str) -> None:
    """Whatever is wrong, the desk says FactError with an example, and knows what it knew."""
    scene = Scene()
    scene.open()
    before = copy.deepcopy(known(scene.desk))
    with pytest.raises(FactError) as caught:
        scene.desk.step(WRONG[what])
    assert caught.value.example
    assert caught.value.expected
    str(caught.value).encode()
    assert known(scene.desk) == before


def test_a_driver_refuses_the_same_and_stores_nothing() -> None:
    """What the desk refuses never reaches the log, and the driver goes on."""
    with open_log("memory:") as log:
        driver = Driver(log, BARE, clock=ManualClock(START))
        driver.take(made(events.ConversationOpened, customer="z", **C1))
        last = log.last_seq()
        for n, fact in enumerate(WRONG.values()):
            if fact.source_id != "x":
                continue
            with pytest.raises(FactError):
                driver.take(msgspec.structs.replace(fact, source_id=f"w{n}"))
        assert log.last_seq() == last
        assert kinds(driver.take(made(events.CustomerWrote, source_id="y", message="m", text="hi", **C1))) == ["Queued"]


def test_junk_never_goes_into_a_log_as_a_policy() -> None:
    """A text that is no policy is refused under any fingerprint, so that every log can be folded."""
    desk = Desk(BARE)
    for fingerprint in (BARE.fingerprint, PEAK.fingerprint):
        with pytest.raises((FactError, PolicyError)):
            desk.step(made(events.PolicyChanged, text="junk =", fingerprint=fingerprint))
    fact = made(events.PolicyChanged, text=PEAK.text, fingerprint=PEAK.fingerprint)
    assert fold([fact, *desk.step(fact)], BARE).policy == PEAK  # the control


def test_no_message_is_lost_for_its_language() -> None:
    """Where no number is left for another language, a message of it is taken, and its language is not known."""
    scene = Scene(policy(edits={"routing.language": "preferred"}))
    for n in range(62):
        scene.take(events.AgentSet, agent=f"z{n}", languages=(f"x{n}",))
    scene.open("c1", "你好，请问订单到哪里了")
    scene.open("c2", "hello", customer="li", language="qq")
    assert scene.card("c1").stage == scene.card("c2").stage == "assigned"
    assert scene.row("c1")[k.LANGUAGE] == scene.row("c2")[k.LANGUAGE] == -1
    assert len(scene.desk.messages[0]) == len(scene.desk.messages[1]) == 1
    scene.open("c3", "x", customer="wu", language="x7")  # the control: a known one
    assert scene.row("c3")[k.LANGUAGE] >= 0


def test_who_is_answered_by_nobody_known_weighs_less_at_once() -> None:
    """A reply without a name to a waiting conversation answers it; lighter, it finds room in the same pass."""
    scene = Scene(policy(edits={"capacity.agent": 2}))
    scene.open("c1", customer="a")
    scene.open("c2", customer="b")
    scene.reply("c2")  # half a unit: 1.5 of 2
    scene.open("c3", customer="c")
    assert (scene.stage("c3"), scene.load()) == ("waiting", 1.5)
    assert kinds(scene.reply("c3", agent="")) == ["Assigned"]
    assert (scene.stage("c3"), scene.load()) == ("assigned", 2.0)


def test_a_name_as_long_as_a_name_may_be_is_taken() -> None:
    """The control of the bound: a thousand characters, a customer called anything, a text of any length are fine."""
    desk = Desk(BARE)
    desk.step(made(events.AgentSet, agent="a" * 1_000, name="n" * 1_000))
    desk.step(made(events.CustomerSet, source_id="y", customer="z", name="李" * 10**5))
    assert list(desk.profiles) == ["a" * 1_000]
