"""What is said of a conversation whose reason for its level ended, while the policy keeps the level for a while."""

from __future__ import annotations

import pytest

from deskkit.desk import events as e
from tests.views.browser import Browser
from tests.views.little import GOLD
from tests.views.living import Living

HOLD = 180  # seconds, of the policy that comes with deskkit
ANSWER = {"agent": "chen", "message": "a/1", "text": "马上帮您查"}


def unanswered(seconds: int = 660, *, language: str = "en", **more: object) -> tuple[Living, Browser]:
    """Return a desk at which c1 waits for an answer of Chen's for so long, open as a tab."""
    living = Living("qin", language=language)
    living.come("c1")
    living.take(e.OwnerSet, conversation="c1", agent="chen")
    if more:
        living.take(e.CustomerSet, customer="of c1", name="张伟", **more)
    browser = Browser(living.view)
    browser.open("c1")
    living.wait(seconds)
    return living, browser


@pytest.mark.parametrize(
    ("language", "short", "whole"),
    [
        (
            "en",
            "answered; priority kept until 10:44",
            "Priority urgent, kept until 10:44; this ended: Unanswered for 10 minutes",
        ),
        ("zh", "已回复；优先级保留至 10:44", "优先级紧急，保留至 10:44；此原因已结束：10 分钟未答复"),
    ],
)
def test_an_answered_one_says_until_when_it_stays_high(language: str, short: str, whole: str) -> None:
    """While it owes an answer its reason stands there; answered, that it is, and once the level fell neither."""
    living, browser = unanswered(language=language)
    before = browser.rows["c1"]["y"]
    assert before in {"Unanswered for 10 minutes", "10 分钟未答复"}
    living.take(e.AgentWrote, conversation="c1", **ANSWER)
    living.wait(0)
    assert (browser.rows["c1"]["l"], browser.rows["c1"]["y"]) == (3, short)
    assert browser.pages["c1"]["why"] == [whole]  # what else ended does not speak for the place either
    living.wait(HOLD + 1)
    assert browser.rows["c1"]["l"] < 3
    assert "y" not in browser.rows["c1"]


def test_a_customer_who_writes_again_is_not_called_answered() -> None:
    """The level lasts on for the old reason, and somebody waits anew."""
    living, browser = unanswered()
    living.take(e.AgentWrote, conversation="c1", **ANSWER)
    living.write("c1", "还没有收到，请问什么时候能到")
    living.wait(0)
    assert browser.rows["c1"]["y"] == "kept until 10:44: Unanswered for 10 minutes"


def test_what_another_reason_holds_is_not_called_kept() -> None:
    """Of the same level the reason that holds is named, though the one that ended comes first in the policy."""
    living, browser = unanswered(360, fields=GOLD)
    assert browser.rows["c1"]["y"] == "VIP customer"
    living.take(e.TagSet, conversation="c1", facet="customer", tag="VIP", on=False)
    living.wait(0)
    assert (browser.rows["c1"]["l"], browser.rows["c1"]["y"]) == (2, "Unanswered for 5 minutes")
    assert browser.pages["c1"]["why"] == ["Priority high: Unanswered for 5 minutes"]


def test_a_level_by_hand_is_kept_by_the_hand() -> None:
    """Nothing is said of what ended: it falls with no rule."""
    living, browser = unanswered()
    living.take(e.PrioritySet, conversation="c1", level=3)
    living.take(e.AgentWrote, conversation="c1", **ANSWER)
    living.wait(0)
    assert browser.rows["c1"]["y"] == "by hand"


def test_a_lower_reason_that_holds_does_not_hide_that_the_level_is_kept() -> None:
    """Urgent by what ended, high by what holds: the level is kept, and the one that holds also speaks for it."""
    living, browser = unanswered(fields=GOLD)
    living.take(e.AgentWrote, conversation="c1", **ANSWER)
    living.wait(0)
    assert browser.rows["c1"]["y"] == "answered; priority kept until 10:44"
    assert browser.pages["c1"]["why"][1] == "also: VIP customer"
