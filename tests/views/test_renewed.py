"""A customer writes long after: the conversation goes on under a new name, while its feed still says the old one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from tests.views.browser import Browser
from tests.views.living import Living

if TYPE_CHECKING:
    from deskkit.views import DeskView

OLD, NEW = "c1", "c1~2"


@pytest.fixture
def living() -> Living:
    """Return a desk on which a customer came back after ten days, as a supervisor sees it."""
    return came_back("qin")


def came_back(me: str) -> Living:
    """Let a customer be answered, and come back after ten days."""
    made = Living(me)
    made.come(OLD, "旧问题 ABC123")
    made.take(e.AgentWrote, conversation=OLD, agent="chen", message="r", text="旧回答")
    made.take(e.Resolved, conversation=OLD)
    made.wait(10 * 86_400)
    made.take(e.PresenceSet, agent="chen", presence="away")
    made.take(e.PresenceSet, agent="chen", presence="online")
    made.write(OLD, "新问题")
    made.wait(2)
    return made


def said(browser: Browser, name: str) -> str:
    """Return all that stands on a page."""
    browser.open(name)
    return json.dumps(browser.pages[name]["lines"], ensure_ascii=False)


def card(view: DeskView, name: str) -> cards.ConversationCard:
    """Return a conversation."""
    return cards.conversation_card(view.desk, name)


def test_the_old_one_is_still_there(living: Living) -> None:
    """What was said then is found, stands on its own page and is an earlier conversation of the new one."""
    browser = Browser(living.view)
    assert browser.search("ABC123") == [OLD]
    assert browser.found["rows"][OLD]["s"] in {"resolved", "archived"}
    old, new = said(browser, OLD), said(browser, NEW)
    assert ("旧问题" in old, "旧回答" in old, "新问题" in old) == (True, True, False)
    assert ("旧问题" in new, "新问题" in new) == (False, True)
    assert [one["k"] for one in browser.pages[NEW]["earlier"]] == [OLD]
    assert list(cards.earlier(living.view.desk, NEW)) == [OLD]
    assert cards.customer_card(living.view.desk, card(living.view, NEW).customer).last_agent == "chen"


def test_nothing_is_done_to_the_old_one(living: Living) -> None:
    """A deed on it would be one on the new: it is refused and says so; looking at it is no look at the new one."""
    browser = Browser(living.view)
    before = len(living.kinds(e.Viewed))
    browser.say(type="watch", open=[OLD], focus=OLD, page="p")
    living.wait(5)
    assert len(living.kinds(e.Viewed)) == before
    assert not browser.do("reopen", OLD)["ok"]
    assert "goes on as a new conversation" in browser.said
    assert browser.do("priority", NEW, level=3)["ok"]
    assert (card(living.view, NEW).level, card(living.view, OLD).level) == (3, 1)


@pytest.mark.parametrize(("language", "said"), [("en", "10:30 · Assigned · 陈浩"), ("zh", "10:30 · 已分配 · 陈浩")])
def test_the_old_part_offers_nothing_and_leads_to_the_newest(living: Living, language: str, said: str) -> None:
    """Its page may do nothing and says as what it goes on, as its row does; to a third part it leads at once."""
    browser = Browser(living.view)
    browser.say(type="language", language=language)
    browser.open(NEW, OLD)
    assert browser.pages[OLD]["may"] == []
    assert browser.pages[OLD]["on"] == {"k": NEW, "text": said}
    assert browser.search("ABC123") == [OLD]
    assert browser.found["rows"][OLD]["on"] == NEW
    assert browser.pages[NEW]["on"] is None
    assert "reply" in browser.pages[NEW]["may"]  # the control
    living.take(e.Resolved, conversation=NEW)
    living.wait(10 * 86_400)
    living.write(OLD, "又来了")
    living.view.catch_up(anyway=True)
    assert browser.pages[OLD]["on"]["k"] == "c1~3"


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        (
            "en", "1 left out: it goes on as a new conversation: 张伟 since 10:30",
            "2 left out: they go on as new conversations: 张伟 since 10:30, 李娜 since 10:30",
        ),
        (
            "zh", "跳过 1 个，它已作为新会话继续：张伟（10:30 起）",
            "跳过 2 个，它们已作为新会话继续：张伟（10:30 起）, 李娜（10:30 起）",
        ),
    ],
)  # fmt: skip
def test_a_deed_on_many_names_what_it_leaves_out(living: Living, language: str, one: str, two: str) -> None:
    """Old parts among many are left as they are, and the answer says which and since when they go on."""
    living.come("d1", customer="李娜")
    living.take(e.Resolved, conversation="d1")
    living.wait(10 * 86_400)
    living.take(e.Resolved, conversation=NEW)
    living.wait(10 * 86_400)
    for name in (OLD, "d1"):
        living.write(name, "又来了")
    living.come("d2")
    living.wait(1)
    browser = Browser(living.view)
    browser.say(type="language", language=language)
    assert browser.do("priority", OLD, "d2", level=2)["ok"]
    assert one in browser.said
    assert browser.do("priority", "d2", OLD, "d1", level=3)["ok"]
    assert two in browser.said
    assert (card(living.view, "d2").level, card(living.view, "c1~3").level) == (3, 1)
    assert browser.do("priority", "d2", level=2)["ok"]
    assert one not in browser.said  # of what is not left out nothing is said


def test_what_its_feed_says_is_drawn_at_once(living: Living) -> None:
    """A message under the old name stands in row and page with the next look, and an answer there ends what rings."""
    for n in range(25):
        living.come(f"d{n}")
    browser = Browser(living.view)
    browser.open(NEW)
    living.write(OLD, "再问一次")
    living.wait(0.1)
    assert browser.rows[NEW]["x"] == "再问一次"
    mine = came_back("chen")
    marks = mine.view._watch.ringing.marks  # noqa: SLF001 - looked at
    assert NEW in marks
    mine.take(e.AgentWrote, conversation=OLD, agent="chen", message="x", text="好")
    mine.wait(1)
    assert NEW not in marks


def test_undo_sees_what_was_done_under_the_old_name(living: Living) -> None:
    """A colleague's deed that a feed tells under the old name is newer than the one undone: it stands."""
    browser = Browser(living.view)
    assert browser.do("assign", NEW, agent="qin")["ok"]
    living.take(e.OwnerSet, conversation=OLD, agent="chen", by="wang")
    living.wait(1)
    browser.take_back()
    assert "Since then" in browser.said
    assert card(living.view, NEW).owner == "chen"


def test_a_deed_on_what_has_gone_on_since_is_not_undone(living: Living) -> None:
    """What was done to a conversation before its customer wrote again is left as it is."""
    living.come("z1", "好了吗")
    browser = Browser(living.view)
    assert browser.do("handled", "z1")["ok"]
    undo = browser.undo[0]["undo"]
    living.clock.advance(10 * 86_400_000)
    living.write("z1", "又坏了")
    living.wait(1)
    before = card(living.view, "z1~2").stage
    browser.do("undo", undo=undo)
    assert card(living.view, "z1~2").stage == before
