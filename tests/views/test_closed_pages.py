"""A conversation that is closed says so on its page: since when, and by whom where the log tells."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from deskkit.clock import ManualClock
from deskkit.desk import events as e
from deskkit.log import UnavailableError
from deskkit.views.desk import closing
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, STANDARD, little_log, little_view


def told(fact: e.Fact, *, name: str = "c1") -> str:
    """Return what the page says after a fact."""
    log = little_log()
    log.append([msgspec.structs.replace(fact, source="t", source_id="1")], received_at=NOW)
    browser = Browser(little_view(log=log))
    browser.open(name)
    said: str = browser.pages[name]["told"]
    return said.partition(".")[0]


@pytest.mark.parametrize(("do", "said"), [("archive", "Archived"), ("handled", "Handled")])
def test_a_page_says_since_when_it_is_closed_and_what_a_reply_does(do: str, said: str) -> None:
    """What it says of a reply is so: it is sent, and the conversation stays closed. Open again, nothing is said."""
    browser = Browser(little_view(acts=True))
    browser.open("c1")
    assert browser.pages["c1"]["told"] == ""
    assert browser.do(do, "c1")["ok"]
    assert browser.pages["c1"]["told"].startswith(f"{said} since 10:30, by 秦岚.")
    assert "does not open it again" in browser.pages["c1"]["told"]
    stage = browser.pages["c1"]["s"]
    assert browser.do("reply", "c1", text="one thing more", sure=True)["ok"]
    assert browser.pages["c1"]["s"] == stage
    assert browser.do("reopen", "c1")["ok"]
    assert browser.pages["c1"]["told"] == ""


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (e.Resolved(at=NOW, conversation="c1", by="boss"), "Handled since 10:30, by boss"),
        (e.Resolved(at=NOW, conversation="c1", by="t"), "Handled since 10:30"),
        (e.Resolved(at=NOW, conversation="c1"), "Handled since 10:30"),
        (e.Resolved(at=NOW, conversation="c1", reason="timeout"), "Handled since 10:30, by a time-out"),
        (e.Resolved(at=NOW, conversation="c1", reason="agent", by="t"), "Handled since 10:30, by an agent"),
        (e.CustomerLeft(at=NOW, conversation="c1"), "Left since 10:30, by the customer"),
        (e.CustomerLeft(at=NOW, conversation="c1", reason="timeout"), "Left since 10:30, by a time-out"),
        (e.CustomerLeft(at=NOW, conversation="c1", reason="assumed"), "Left since 10:30"),
    ],
)
def test_who_closed_it_is_said_as_far_as_the_log_tells(fact: e.Fact, said: str) -> None:
    """An agent, the customer, a time-out; where a feed tells no more than that it ended, nobody is named."""
    assert told(fact) == said


def test_a_rule_is_named_while_its_policy_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of another policy have other numbers: then it is said that it was a rule, no more; so where it is far."""
    log, clock = little_log(), ManualClock(NOW)
    view = little_view(log=log, clock=clock, acts=True)
    clock.advance(40 * 24 * 60 * MINUTE)
    view.wake()
    (tidied, *_) = [row.event for row in log.read(conversation="c3", kinds=[e.Tidied])]
    browser = Browser(view)
    browser.open("c3")
    assert ", by the rule " in browser.pages["c3"]["told"]
    assert browser.pages["c3"]["told"].startswith(f"Archived since {view.say.time(tidied.at, now=view.now)}")

    def anew() -> str:
        again = Browser(little_view(log=log, clock=clock, acts=True))
        again.open("c3")
        said: str = again.pages["c3"]["told"]
        return said

    with monkeypatch.context() as patch:
        patch.setattr(closing, "BEHIND", 0)
        assert ", by a rule." in anew()
    view.driver.change_policy(STANDARD.edit({"capacity.agent": 4}))  # type: ignore[union-attr]
    assert ", by a rule." in anew()


def test_who_only_tried_closed_nothing() -> None:
    """What was refused, as it was archived already, is none of the ones who closed it; a second closing is."""
    log = little_log()
    one, other = Browser(little_view(log=log, acts=True)), Browser(little_view(log=log, acts=True, me="lin"))
    assert one.do("archive", "c1")["ok"]
    other.open("c1", "c2")
    assert ", by 秦岚." in other.pages["c1"]["told"]
    other.view.driver.act([e.Archived(at=NOW, source="t", source_id="again", conversation="c1", by="lin")])
    other.view.wake()
    assert ", by 秦岚." in other.pages["c1"]["told"]
    assert other.do("unarchive", "c1")["ok"]
    assert other.do("archive", "c1")["ok"]
    assert ", by 林悦." in other.pages["c1"]["told"]


def _locked(*_: Any, **__: Any) -> Any:
    raise UnavailableError("The log is locked.")


def test_a_log_that_cannot_be_read_names_nobody_until_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is looked for again."""
    view = little_view(acts=True)
    browser = Browser(view)
    assert browser.do("archive", "c1")["ok"]
    with monkeypatch.context() as patch:
        patch.setattr(type(view.driver.log), "read", _locked)
        browser.open("c1")
        assert browser.pages["c1"]["told"].startswith("Archived since 10:30.")
    browser.open("c1", "c2")
    for _ in range(30):
        view.wake()
    assert ", by 秦岚." in browser.pages["c1"]["told"]
