"""What is asked before many conversations are ended at once: whether those of them may be that still wait."""

from __future__ import annotations

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from tests.views.browser import Browser
from tests.views.little import NOW, little_view


@pytest.mark.parametrize(
    ("do", "language", "said", "confirm"),
    [
        ("archive", "en", "2 of these 3 still wait for an answer", "Archive all the same"),
        ("handled", "en", "2 of these 3 still wait for an answer", "Mark handled all the same"),
        ("archive", "zh", "这 3 个会话中有 2 个仍在等待答复", "仍然归档"),
        ("handled", "zh", "这 3 个会话中有 2 个仍在等待答复", "仍然标为已处理"),
    ],
)
def test_many_of_whom_some_wait_are_ended_once_one_is_sure(do: str, language: str, said: str, confirm: str) -> None:
    """Until then nothing is done to any of them; a closed one among them is none that is ended."""
    view = little_view(acts=True, language=language)
    browser = Browser(view)
    seq = view.driver.log.last_seq()
    names = ("c1", "c2", "c4")
    closed = ("c3",) if do == "archive" else ()
    answer = browser.do(do, *names, *closed)
    assert (answer["ok"], answer["ask"]) == (False, {"text": said, "confirm": confirm})
    assert view.driver.log.last_seq() == seq
    assert browser.do(do, *names, *closed, sure=True)["ok"]
    stages = {cards.conversation_card(view.desk, name).stage for name in names}
    assert stages == {"archived" if do == "archive" else "resolved"}


def test_of_one_that_waits_it_is_said_so() -> None:
    """One among two is no plural."""
    asked = Browser(little_view(acts=True)).do("archive", "c1", "c4")["ask"]
    assert asked["text"] == "1 of these 2 still waits for an answer"


def test_nothing_is_asked_where_no_question_is() -> None:
    """A single one is before one's eyes, also beside a closed one; of many that were answered none waits."""
    for names in (("c2",), ("c2", "c3"), ("c4", "m0", "m1"), ("c3",)):
        view = little_view(2, acts=True)
        assert Browser(view).do("archive", *names)["ok"]
        assert {cards.conversation_card(view.desk, name).stage for name in names} == {"archived"}


def test_other_deeds_on_many_ask_nothing() -> None:
    """Given a label they wait as before."""
    assert Browser(little_view(acts=True)).do("tag", "c1", "c2", facet="label", tag="later")["ok"]


@pytest.mark.parametrize(
    ("first", "back", "stage"), [("handled", "reopen", "resolved"), ("archive", "unarchive", "archived")]
)
def test_to_take_back_a_reopening_is_asked_too_where_somebody_wrote_since(first: str, back: str, stage: str) -> None:
    """It ends them again, of one too, which need not be before one's eyes; and once one is sure it does."""
    for wrote, said in ((2, "2 of these 3 still wait for an answer"), (1, "The customer still waits for an answer")):
        view = little_view(3, acts=True)
        browser, names = Browser(view), ["m0", "m1", "m2"][: 2 * wrote - 1]
        assert browser.do(first, *names)["ok"]
        assert browser.do(back, *names)["ok"]
        view.driver.act([
            e.CustomerWrote(at=NOW, source="t", source_id=name, conversation=name, message=f"{name}/9", text="在吗")
            for name in names[:wrote]
        ])  # fmt: skip
        seq = view.driver.log.last_seq()
        answer = browser.take_back()
        assert (answer["ok"], answer["ask"]["text"]) == (False, said)
        assert view.driver.log.last_seq() == seq
        assert browser.take_back(sure=True)["ok"]
        assert {cards.conversation_card(view.desk, name).stage for name in names} == {stage}


def test_to_take_back_a_reopening_at_once_asks_nothing() -> None:
    """Nobody wrote since."""
    browser = Browser(little_view(acts=True))
    assert browser.do("reopen", "c3")["ok"]
    assert browser.take_back()["ok"]
