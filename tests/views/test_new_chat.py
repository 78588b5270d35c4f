"""A conversation that an agent begins: it finds its customer or makes one, and offers what is open already."""

from __future__ import annotations

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from deskkit.log.spans import spans
from deskkit.measures import measure
from tests.views.browser import Browser
from tests.views.little import NOW, little_log, little_view

ACT, TEXT = "0123456789abcdef", "您的订单已发货"


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


def test_a_new_chat_finds_its_customer_or_makes_one() -> None:
    """By number or whole name a customer is found, else made if one is sure; it counts as load, not as a response."""
    view = little_view(acts=True)
    browser = Browser(view)
    load = cards.agent_card(view.desk, "qin").load
    answer = browser.do("new", customer="李娜", act=ACT, text="您的订单已发货", sure=True)
    assert (answer["ok"], answer["opened"]) == (True, f"new-{ACT}")
    card = cards.conversation_card(view.desk, f"new-{ACT}")
    assert (card.customer, card.owner, card.unanswered_since) == ("li", "qin", None)
    assert [line.text for line in cards.said(view.desk, card.name)] == ["您的订单已发货"]
    assert cards.agent_card(view.desk, "qin").load > load
    seq = view.driver.log.last_seq()
    mistyped = browser.do("new", customer="王五\u202e")
    assert (mistyped["ok"], view.driver.log.last_seq()) == (False, seq)
    assert mistyped["ask"] == {
        "text": "No customer is called “王五⟦U+202E⟧”, nor has that number", "confirm": "Begin with a new customer",
    }  # fmt: skip
    assert browser.do("new", customer="王五", act="f" * 32, sure=True)["ok"]
    made = cards.conversation_card(view.desk, "new-" + "f" * 32)
    assert made.customer_name == "王五"
    assert "王五 Conversation begun" in browser.said
    responses = measure("first_response").of(spans(view.driver.log))
    assert card.name not in responses.rows["conversation"].to_list()


@pytest.mark.parametrize(
    ("customer", "acts", "me", "said"),
    [
        ("", True, "qin", "Write a customer first"), ("李娜", False, "qin", "opens nothing"),
        ("李娜", True, "nobody", "Only an agent"), ("同名", True, "qin", "2 customers are called"),
    ],
)  # fmt: skip
def test_a_new_chat_that_cannot_be_begun_says_why(customer: str, *, acts: bool, me: str, said: str) -> None:
    """Without a customer, where the desk only watches, by nobody, or for one of two of the same name: refused."""
    log = little_log()
    both = [e.CustomerSet(at=NOW, source="t", source_id=one, customer=one, name="同名") for one in ("p1", "p2")]
    log.append(both, received_at=NOW)
    view = little_view(log=log, acts=acts, me=me)
    browser = Browser(view)
    seq = log.last_seq()
    assert not browser.do("new", customer=customer)["ok"]
    assert said in browser.said
    assert log.last_seq() == seq
