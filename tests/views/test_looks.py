"""What one has read is not unread: for an owner, a supervisor, a guest; reopened, answered, looked at again."""

from __future__ import annotations

import pytest

from deskkit import views
from deskkit.desk import cards
from deskkit.desk import events as e
from tests.views.browser import Browser
from tests.views.living import ROOMY, Living


def thanked(me: str) -> tuple[Living, Browser]:
    """Return the desk of somebody who opened an answered conversation, where the customer gave thanks since."""
    living = Living(me)
    living.come("c1")
    living.come("c2")
    living.take(e.AgentWrote, conversation="c1", agent="chen", message="a", text="您好")
    living.wait(1)
    browser = Browser(living.view)
    browser.open("c1", "c2")
    living.write("c1", "谢谢")
    living.wait(30)
    assert browser.rows["c1"]["u"] == 1
    return living, browser


@pytest.mark.parametrize("me", ["chen", "qin", "boss"])
def test_what_was_read_stays_read_though_it_is_reopened(me: str) -> None:
    """Owner, supervisor, one on no roster: seen is seen, also after handled and reopened; what comes then is new."""
    living, browser = thanked(me)
    browser.open("c1", "c2", focus="c1")
    living.wait(30)
    assert "u" not in browser.rows["c1"]
    browser.do("handled", "c1")
    living.wait(1)
    browser.do("reopen", "c1")
    living.wait(30)
    assert cards.conversation_card(living.view.desk, "c1").unread == 1  # to the desk its owner has it anew
    assert "u" not in browser.rows["c1"]
    browser.open("c1", "c2")
    living.wait(30)
    living.write("c1", "还有一个问题，订单呢")
    living.wait(2)
    assert browser.rows["c1"]["u"] == 1


def test_what_was_not_looked_at_stays_unread() -> None:
    """A supervisor's look takes the number off the supervisor's own list, not off the owner's; the log remembers it."""
    living, supervisor = thanked("qin")
    owner = Browser(views.desk(living.log, ROOMY, me="chen", clock=living.clock))
    supervisor.open("c1", "c2", focus="c1")
    living.wait(30)
    owner.view.wake()
    assert "u" not in supervisor.rows["c1"]
    assert owner.rows["c1"]["u"] == 1
    again = Browser(views.desk(living.log, ROOMY, me="qin", clock=living.clock))
    assert "u" not in again.rows["c1"]


def test_another_supervisor_reads_nothing_for_the_owner() -> None:
    """What a supervisor has is unread until that one looked, also where the cell is run again and a colleague did."""
    living = Living("qin")
    living.take(e.AgentSet, agent="sun", name="孙凯文", role="supervisor", groups=("vip",))
    living.take(e.PresenceSet, agent="sun", presence="online")
    living.come("c1")
    living.take(e.OwnerSet, conversation="c1", agent="sun")
    living.write("c1", "还有一个问题，订单呢")
    living.wait(2)
    colleague = Browser(living.view)
    colleague.open("c1")
    living.wait(30)
    assert "u" not in colleague.rows["c1"]
    first = Browser(views.desk(living.log, ROOMY, me="sun", clock=living.clock))
    assert first.rows["c1"]["u"] == 2
    first.open("c1")
    living.wait(2)
    assert "u" not in Browser(views.desk(living.log, ROOMY, me="sun", clock=living.clock)).rows["c1"]


def test_a_desk_behind_a_board_reads_nothing() -> None:
    """While another tab is in front, what comes into the conversation one had in focus is unread."""
    living, browser = thanked("qin")
    browser.open("c1", "c2", focus="c1")
    living.view.hear({"type": "front", "page": "", "at": 1})
    for seconds in (30, 1):
        living.wait(seconds)
    living.write("c1", "还有一个问题，订单呢")
    living.wait(2)
    assert browser.rows["c1"]["u"] == 1
