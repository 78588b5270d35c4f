"""Where nobody can begin a chat, the button says so and why before anything is written."""

from __future__ import annotations

import pytest

from deskkit.desk import events as e
from deskkit.errors import LogError
from deskkit.live.opening import tell_opening
from tests.views.browser import Browser
from tests.views.little import NOW, little_view
from tests.views.test_holds import Shared


@pytest.mark.parametrize(
    ("acts", "me", "said"), [(False, "qin", "only watches"), (True, "nobody", "Only an agent"), (True, "qin", "")]
)
def test_who_cannot_begin_a_chat_knows_before(*, acts: bool, me: str, said: str) -> None:
    """What would be answered to the whole form is said before; where one can begin, nothing is."""
    browser = Browser(little_view(acts=acts, me=me))
    assert bool(said) == bool(browser.head["unopened"])
    assert said in browser.head["unopened"]
    assert browser.do("new", customer="王五", sure=True)["ok"] == (not said)


def test_what_the_feeds_can_is_known_as_the_driver_told_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver whose feeds open nothing says so; one that follows it and can, too, and the desk hears of it."""
    desk = Shared(monkeypatch)
    boss = e.AgentSet(at=NOW, source="test", source_id="boss", agent="boss", role="supervisor")
    desk.log.append([boss], received_at=NOW)
    desk.view.wake()
    assert desk.browser.head["unopened"] == ""
    tell_opening(desk.log, can=False)
    desk.view.wake()
    assert desk.browser.head["unopened"].startswith("No connected chat system lets you begin a chat")
    desk.browser.say(type="language", language="zh")
    assert desk.browser.head["unopened"].startswith("接入的客服系统都不支持")
    with monkeypatch.context() as patch:
        patch.setattr(type(desk.log), "cursor", _locked)
        desk.view.wake()
        assert desk.browser.head["unopened"] == ""
    tell_opening(desk.log, can=True)
    desk.view.wake()
    assert desk.browser.head["unopened"] == ""


def _locked(*_: object) -> int:
    raise LogError("The log is locked.")
