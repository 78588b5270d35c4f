"""An undo leaves a conversation as it was: who helped helps again, what slept sleeps; what cannot be is said."""

from __future__ import annotations

from typing import Any

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from tests.views.browser import Browser
from tests.views.little import STANDARD, little_view
from tests.views.living import Living

ACT = "a" * 16


@pytest.mark.parametrize(
    ("deed", "more"), [("handled", {}), ("archive", {}), ("assign", {"agent": "lin"}), ("assign", {"agent": "qin"})]
)
def test_who_helped_helps_again(deed: str, more: dict[str, Any]) -> None:
    """An end lets helpers go, and who takes what they helped in helps no more; undone, they help as before."""
    view = little_view(acts=False)
    browser = Browser(view)
    browser.do("help", "c2", agent="lin")
    before = cards.conversation_card(view.desk, "c2")
    done = browser.do(deed, "c2", sure=True, **more)
    gone = more.get("agent") != "qin"
    assert cards.conversation_card(view.desk, "c2").helpers == (() if gone else ("lin",))
    assert browser.do("undo", undo=done["act"], sure=True)["ok"]
    after = cards.conversation_card(view.desk, "c2")
    assert (after.helpers, after.owner, after.stage) == (before.helpers, before.owner, before.stage)


def test_who_was_given_what_they_helped_in_helps_again() -> None:
    """Sent to the queue the desk gives it to its helper; undone, the owner has it again, and the helper helps."""
    view = little_view(acts=True)
    browser = Browser(view)
    browser.do("help", "c1", agent="lin")
    before = cards.conversation_card(view.desk, "c1")
    assert (before.owner, before.helpers) == ("qin", ("lin",))
    done = browser.do("assign", "c1", agent="", sure=True)
    assert cards.conversation_card(view.desk, "c1").owner == "lin", "the control"
    assert browser.do("undo", undo=done["act"], sure=True)["ok"]
    after = cards.conversation_card(view.desk, "c1")
    assert (after.owner, after.helpers) == ("qin", ("lin",))


@pytest.mark.parametrize(("deed", "more"), [("assign", {"agent": "qin"}), ("group", {"group": "vip"})])
def test_what_slept_sleeps_again(deed: str, more: dict[str, Any]) -> None:
    """Given away, a snoozed conversation wakes; undone, it sleeps as long as before."""
    view = little_view(acts=False)
    browser = Browser(view)
    browser.do("snooze", "c2", ms=600_000)
    before = cards.conversation_card(view.desk, "c2")
    done = browser.do(deed, "c2", sure=True, **more)
    assert cards.conversation_card(view.desk, "c2").stage != "snoozed", "the control"
    assert browser.do("undo", undo=done["act"], sure=True)["ok"]
    after = cards.conversation_card(view.desk, "c2")
    assert (after.stage, after.owner, after.snoozed_until) == ("snoozed", before.owner, before.snoozed_until)


def test_an_end_undone_for_who_is_offline_is_asked_about() -> None:
    """What was ended and would go to the queue at once, as its agents left: all of them are named."""
    view = little_view(acts=True)
    browser = Browser(view)
    done = browser.do("handled", "c2", "c4", sure=True)
    for agent in ("chen", "lin"):
        browser.do("presence", agent=agent, presence="offline", sure=True)
    asked = browser.do("undo", undo=done["act"])["ask"]
    assert asked["text"] in {
        f"{names} are offline: what they are given goes back to the queue at once"
        for names in ("陈浩, 林悦", "林悦, 陈浩")
    }
    assert browser.do("undo", undo=done["act"], sure=True)["ok"]


def test_what_is_undone_in_part_is_said_so() -> None:
    """A helper who went offline is not invited again: why is said, and that the rest is undone."""
    view = little_view(acts=False)
    browser = Browser(view)
    browser.do("help", "c2", agent="lin")
    done = browser.do("handled", "c2", sure=True)
    browser.do("presence", agent="lin", presence="offline", sure=True)
    undone = browser.do("undo", undo=done["act"], sure=True)
    assert undone["ok"]
    texts = [one["text"] for one in undone["foot"]]
    assert texts[:2] == ["Undone: Marked handled", "Offline, so does not help again: 林悦"]
    assert cards.conversation_card(view.desk, "c2").stage == "assigned"


def test_who_would_get_it_back_offline_is_asked_about() -> None:
    """An undo that takes a conversation from its agent for one who is not there is asked about; else it is not."""
    view = little_view(acts=True)
    browser = Browser(view)
    moved = browser.do("assign", "c2", agent="qin", sure=True)
    browser.do("presence", agent="chen", presence="offline", sure=True)
    asked = browser.do("undo", undo=moved["act"])["ask"]
    assert asked == {"text": "陈浩 is offline: it goes back to the queue at once", "confirm": "Undo all the same"}
    assert cards.conversation_card(view.desk, "c2").owner == "qin"
    browser.do("presence", agent="chen", presence="online")
    assert browser.do("undo", undo=moved["act"])["ok"]
    assert cards.conversation_card(view.desk, "c2").owner == "chen"


def test_who_helped_helps_again_after_a_move_to_a_group() -> None:
    """The undo moves it back to its group, where the desk may give it to who helps before the owner has it again."""
    view = little_view(acts=True)
    browser = Browser(view)
    for agent in ("chen", "lin"):
        browser.do("help", "c1", agent=agent)
    before = cards.conversation_card(view.desk, "c1")
    for group in ("technical", "vip", "presales", "aftersales"):
        done = browser.do("group", "c1", group=group, sure=True)
        assert browser.do("undo", undo=done["act"], sure=True)["ok"]
        after = cards.conversation_card(view.desk, "c1")
        assert (after.owner, after.group) == (before.owner, before.group)
        assert set(after.helpers) == set(before.helpers) == {"chen", "lin"}


def test_what_slept_at_who_is_offline_sleeps_at_nobody_else() -> None:
    """It goes to the queue as was asked, and whoever is given it there has it awake; with its agent there it sleeps."""
    for presence, stage in (("offline", "assigned"), ("online", "snoozed")):
        view = little_view(acts=True)
        browser = Browser(view)
        browser.do("snooze", "c2", ms=600_000)
        done = browser.do("assign", "c2", agent="qin", sure=True)
        browser.do("presence", agent="chen", presence=presence, sure=True)
        asked = browser.do("undo", undo=done["act"])
        assert (asked["ask"] is not None) == (presence == "offline")
        browser.do("undo", undo=done["act"], sure=True)
        after = cards.conversation_card(view.desk, "c2")
        assert after.stage in {stage, "waiting" if presence == "offline" else stage}
        assert (after.owner == "chen") == (presence == "online")


def test_who_slept_on_it_and_left_is_asked_about() -> None:
    """An undo that wakes what sleeps at an agent who went offline is asked about as others are."""
    view = little_view(acts=True)
    browser = Browser(view)
    done = browser.do("snooze", "c2", ms=600_000)
    browser.do("presence", agent="chen", presence="offline", sure=True)
    assert cards.conversation_card(view.desk, "c2").stage == "snoozed"
    asked = browser.do("undo", undo=done["act"])["ask"]
    assert asked["text"] == "陈浩 is offline: it goes back to the queue at once"


@pytest.mark.parametrize("since", ["", "reply", "message"])
def test_a_waking_undone_goes_back_to_who_had_it(since: str) -> None:
    """The desk gave it to somebody else since: who had it has it again, asleep, unless the other answered.

    Issue: it slept at whom the desk had given it to, and nobody was told; also where the customer wrote since.
    """
    living, browser, owner = _woken_and_given_on()
    view = living.view
    taker = cards.conversation_card(view.desk, "c1").owner
    assert taker not in {"", owner}, "the control"
    if since == "reply":
        living.take(e.AgentWrote, conversation="c1", agent=taker, message="m8", text="您好", by=taker)
    if since == "message":
        living.take(e.CustomerWrote, conversation="c1", message="m9", text="在吗")
    living.take(e.PresenceSet, agent=owner, presence="online")
    asked = browser.do("undo", undo=ACT)
    after = cards.conversation_card(view.desk, "c1")
    if since == "reply":
        assert asked["foot"][0]["text"].startswith("Since then ")
        assert (after.owner, after.stage) == (taker, "assigned")
        return
    if since == "message":
        assert asked["ask"]["text"] == "The customer wrote since and waits for an answer: undone, it sleeps again"
        assert browser.do("undo", undo=ACT, sure=True)["ok"]
        after = cards.conversation_card(view.desk, "c1")
    assert (after.owner, after.stage) == (owner, "snoozed")


def _woken_and_given_on() -> tuple[Living, Browser, str]:
    """Return a desk where what slept was woken by hand, and given to another as its agent left."""
    living = Living("qin", policy=STANDARD, language="en")
    browser = Browser(living.view)
    for agent in ("lin", "wu"):
        living.take(e.AgentSet, agent=agent, name=agent, groups=("presales", "vip"), languages=("zh", "en"))
        living.take(e.PresenceSet, agent=agent, presence="online")
    living.come("c1")
    living.wait(1)
    owner = cards.conversation_card(living.view.desk, "c1").owner
    browser.do("snooze", "c1", ms=600_000, sure=True)
    browser.do("reopen", "c1", act=ACT, sure=True)
    living.take(e.PresenceSet, agent=owner, presence="offline")
    living.wait(1)
    return living, browser, owner


def test_what_nobody_had_is_said_to_be_awake() -> None:
    """Given by hand and undone, the desk may give it to anybody at once: it does not sleep there."""
    living = Living("qin", policy=STANDARD, language="en")
    browser, view = Browser(living.view), living.view
    for agent in view.desk.profiles:
        living.take(e.PresenceSet, agent=agent, presence="offline")
    living.come("c1", customer="张伟")
    browser.do("snooze", "c1", ms=600_000, sure=True)
    assert cards.conversation_card(view.desk, "c1").stage == "snoozed", "the control"
    living.take(e.PresenceSet, agent="chen", presence="online")
    browser.do("assign", "c1", act=ACT, agent="chen", sure=True)
    living.take(e.PresenceSet, agent="chen", presence="away")
    assert browser.do("undo", undo=ACT, sure=True)["ok"]
    assert cards.conversation_card(view.desk, "c1").stage == "waiting"
    assert "Nobody had it, so it is awake: 张伟" in browser.said


def test_what_nobody_had_and_somebody_has_since_does_not_sleep_there() -> None:
    """Woken by hand and given by the desk, it stays with whom it was given to."""
    living = Living("qin", policy=STANDARD, language="en")
    browser, view = Browser(living.view), living.view
    for agent in view.desk.profiles:
        living.take(e.PresenceSet, agent=agent, presence="offline")
    living.come("c1")
    browser.do("snooze", "c1", ms=600_000, sure=True)
    browser.do("reopen", "c1", act=ACT, sure=True)
    living.take(e.PresenceSet, agent="chen", presence="online")
    living.wait(1)
    assert cards.conversation_card(view.desk, "c1").owner == "chen", "the control"
    told = browser.do("undo", undo=ACT, sure=True)
    assert told["foot"][0]["text"] == "陈浩 has it since then"
    assert cards.conversation_card(view.desk, "c1").stage == "assigned"


@pytest.mark.parametrize("kind", ["message", "automatic", "over"])
def test_only_what_a_customer_wrote_is_asked_about_and_only_if_it_sleeps_again(kind: str) -> None:
    """Not what was answered by itself, nor where the snooze would be over by now."""
    living = Living("qin", policy=STANDARD, language="en")
    browser = Browser(living.view)
    living.come("c1")
    living.wait(1)
    browser.do("snooze", "c1", ms=60_000, sure=True)
    browser.do("reopen", "c1", act=ACT, sure=True)
    living.wait(120 if kind == "over" else 1)
    owner = cards.conversation_card(living.view.desk, "c1").owner
    if kind == "automatic":
        living.take(e.AgentWrote, conversation="c1", agent=owner, message="m9", text="您好", automatic=True)
    else:
        living.take(e.CustomerWrote, conversation="c1", message="m9", text="在吗")
    assert (browser.do("undo", undo=ACT)["ask"] is not None) == (kind == "message")
