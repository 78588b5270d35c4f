"""A deed that a browser sends again, since it heard no answer before it was loaded anew: answered as the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import events
from tests.views.browser import Browser
from tests.views.little import NOW, little_log, little_view, stored

if TYPE_CHECKING:
    from deskkit.log import EventLog
    from deskkit.views import DeskView

ACT = "0123456789abcdef"
REFUSED: list[tuple[str, tuple[str, ...], dict[str, Any], str]] = [
    ("assign", ("c4",), {"agent": "lin"}, "Refused: it is so already"),
    ("archive", ("c1", "c2"), {}, "Archived | 张伟 Refused: the conversation's stage does not allow it"),
]


@pytest.mark.parametrize(("do", "names", "more", "said"), REFUSED, ids=["one", "one of two"])
def test_what_was_refused_stays_refused(do: str, names: tuple[str, ...], more: dict[str, Any], said: str) -> None:
    """The same words, through this view and another, and nothing is stored again; what was done is said to be done."""
    log = little_log()
    first = Browser(little_view(log=log, acts=True))
    assert first.do("archive", "c1", act="d" * 16)["ok"]
    answer = first.do(do, *names, act=ACT, **more)
    assert not answer["ok"]
    assert said in first.said
    seq = log.last_seq()
    for browser in (first, Browser(little_view(log=log, acts=True))):
        again = browser.do(do, *names, act=ACT, **more)
        assert (again["ok"], again["foot"]) == (False, answer["foot"])
        assert browser.do("archive", "c1", act="d" * 16)["ok"]  # the control
    assert stored(log, after=seq) == []


def test_what_the_driver_refused_stays_refused() -> None:
    """Of an outdated deed the log holds only that it was refused: sent again, it is not said to be done."""
    log = little_log()
    refused = events.Refused(at=NOW, source="view", source_id=f"{ACT}.0", reason="outdated", conversation="c1")
    log.append([refused], received_at=NOW)
    browser = Browser(little_view(log=log, acts=True))
    assert not browser.do("handled", "c1", act=ACT)["ok"]
    assert browser.said.startswith("张伟 Refused: ")
    assert browser.do("handled", "c1")["ok"]  # the control: another deed may still do it


def test_what_was_asked_for_long_ago_is_not_done_by_itself() -> None:
    """It is said what became of it; done it was once, or not at all, and a new deed does it."""
    log = little_log()
    browser = Browser(little_view(log=log, acts=True))
    assert browser.do("archive", "c1", act=ACT)["ok"]
    seq = log.last_seq()
    assert browser.do("archive", "c1", act=ACT, old=True)["ok"]
    assert not browser.do("archive", "c2", act="e" * 16, old=True)["ok"]
    assert "more than ten minutes ago" in browser.said
    assert stored(log, after=seq) == []
    assert browser.do("archive", "c2")["ok"]  # the control


def half_taken() -> EventLog:
    """Return a log in which the first of a deed's two facts is stored, and the other lies in the inbox."""
    log = little_log()
    done = events.Archived(at=NOW, source="view", source_id=f"{ACT}.0", conversation="c1")
    log.append([done], received_at=NOW)
    log.receive("view", f"{ACT}.1", raw=b"{}", received_at=NOW)
    return log


def test_a_deed_of_which_a_part_was_set_aside_is_not_done() -> None:
    """What the driver could not take is not in the log: the inbox says why."""
    log = half_taken()
    (waiting,) = log.inbox()
    log.settle(waiting.number, "aside", because="no feed can open it")
    for _ in range(2):
        browser = Browser(little_view(log=log, acts=True))
        assert not browser.do("archive", "c1", "c2", act=ACT)["ok"]
        assert "no feed can open it" in browser.said


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_deed_of_which_a_part_is_on_its_way_is_answered_when_it_is_there(*, is_refused: bool) -> None:
    """Nothing is given a second time meanwhile; the answer says what came of all of it."""
    log = half_taken()
    view = little_view(log=log, acts=True)
    browser = Browser(view)
    seq = log.last_seq()
    assert browser.do("archive", "c1", "c2", act=ACT) == {}
    view.catch_up()
    assert browser.answer(ACT) == {}
    (waiting,) = log.inbox()
    about: dict[str, Any] = {"at": NOW, "source": "view", "source_id": f"{ACT}.1", "conversation": "c2"}
    refused = events.Refused(reason="outdated", **about)
    log.append([refused if is_refused else events.Archived(**about)], received_at=NOW)
    log.settle(waiting.number, "refused" if is_refused else "taken")
    view.catch_up()
    assert browser.answer(ACT)["ok"] is not is_refused
    assert len(stored(log, after=seq)) == (0 if is_refused else 1)


def told(view: DeskView) -> tuple[str, str]:
    """Return the key that a browser is told, and the one before it."""
    messages: list[dict[str, Any]] = []
    view.shell.send = lambda message, **_more: messages.append(message)
    view.hear({"type": "hello", "epoch": "", "seq": 0})
    (snapshot,) = (message for message in messages if message["type"] == "snapshot")
    return snapshot["key"], snapshot["was"]


def test_another_log_has_another_key() -> None:
    """What a browser keeps is by the log, not by its address alone: a new log inherits no draft; a new view does."""
    log = little_log()
    (first, was), again, other = (told(little_view(log=one)) for one in (log, log, little_log()))
    assert (first, was) == again != other
    assert was == ""
    assert first.startswith("memory:|")
    assert first.endswith("|qin")


def test_a_log_that_ends_with_its_kernel_promises_nothing() -> None:
    """One in memory says that drafts do not come back."""
    restart = Browser(little_view()).labels["restart"]
    assert "do not come back" in restart
