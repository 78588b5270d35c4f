"""A new chat with a customer who has an open conversation: it is asked once, and the open one is offered.

Issue: a second conversation was begun unasked, beside a colleague's.
"""

from __future__ import annotations

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from tests.views.browser import Browser
from tests.views.little import NOW, little_view

TEXT = "您的订单已发货"


@pytest.mark.parametrize(
    ("language", "said", "confirm", "offer"),
    [
        ("en", "李娜 has an open conversation, with 林悦", "Begin another all the same", "Open it"),
        ("zh", "李娜有一个未结束的会话，由林悦接待", "仍要另开会话", "打开该会话"),
    ],
)
def test_it_is_said_with_whom_the_customer_talks(language: str, said: str, confirm: str, offer: str) -> None:
    """Nothing is begun until whoever asked is sure; then it is, without another question."""
    view = little_view(acts=True, language=language)
    browser = Browser(view)
    seq = view.driver.log.last_seq()
    answer = browser.do("new", customer="李娜", text=TEXT)
    assert not answer["ok"]
    assert answer["ask"] == {"text": said, "confirm": confirm, "open": "c4", "offer": offer}
    assert view.driver.log.last_seq() == seq
    assert browser.do("new", customer="李娜", text=TEXT, sure=True)["ok"]
    assert len(list(cards.conversations_of(view.desk, "li"))) == 3


def test_one_that_nobody_has_is_offered_too() -> None:
    """Sent back to the queue it is open all the same; its customer is found by number as by name."""
    view = little_view(acts=True)
    for agent in ("chen", "lin"):
        view.driver.act([e.PresenceSet(at=NOW, source="t", source_id=agent, agent=agent, presence="away")])
    browser = Browser(view)
    assert browser.do("assign", "c4", agent="")["ok"]
    asked = browser.do("new", customer="li")["ask"]
    assert asked["text"] == "李娜 has an open conversation, which nobody has yet"
    assert asked["open"] == "c4"


def test_nothing_is_asked_where_none_is_open() -> None:
    """Once the open conversation is handled, a chat is begun at once."""
    view = little_view(acts=True)
    browser = Browser(view)
    assert browser.do("handled", "c4")["ok"]
    assert browser.do("new", customer="李娜")["ok"]
    assert not browser.do("new", customer="李娜")["ok"]  # the one begun just now is open


def test_a_hostile_name_is_only_text() -> None:
    """What a customer is called goes into the question as it goes everywhere: shortened, its hidden signs visible."""
    view = little_view(acts=True)
    asked = Browser(view).do("new", customer="mallory")["ask"]
    assert "\u202e" not in asked["text"]
    assert asked["open"] == "c2"
