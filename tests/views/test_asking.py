"""A desk opened for nobody in particular: it asks once who looks, and opens for that one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from deskkit import views
from deskkit.clock import ManualClock
from tests.views.browser import Browser
from tests.views.little import NOW, STANDARD, little_log

if TYPE_CHECKING:
    from deskkit.views import Asking


def asking(language: str = "en") -> tuple[Asking, list[dict[str, Any]]]:
    """Open a desk for nobody; return it and what its question is sent."""
    view = views.desk(little_log(), STANDARD, clock=ManualClock(NOW), acts=False, language=language)
    sent: list[dict[str, Any]] = []
    view.shell.send = lambda message, **_more: sent.append(json.loads(json.dumps(message)))
    view.hear({"type": "hello"})
    return view, sent


def test_it_offers_the_agents_of_the_log_supervisors_first() -> None:
    """Every agent with what the log calls them; nothing is open before somebody answers."""
    view, (who,) = asking()
    assert [(one["k"], one["text"], one["hint"]) for one in who["people"]] == [
        ("qin", "秦岚", "Supervisor"), ("lin", "林悦", "Agent"), ("chen", "陈浩", "Agent"),
    ]  # fmt: skip
    assert who["key"] == "memory:"
    assert view.view is None
    assert repr(view) == "Asking(who looks)"
    assert asking("zh")[1][0]["labels"]["who"] == "您是哪位？"


@pytest.mark.parametrize(("me", "is_own"), [("qin", False), ("chen", True), ("Ms Wang", False)])
def test_it_opens_for_whoever_answers(me: str, is_own: bool) -> None:  # noqa: FBT001 - a case of the table
    """An agent begins with the own conversations, a supervisor with all, whoever the log does not know as well."""
    view, _sent = asking()
    view.hear({"type": "me", "me": me})
    assert view.view is not None
    browser = Browser(view.view)
    snapshot = json.loads(browser.sent[0])
    assert (snapshot["me"], snapshot["own"], snapshot["leaves"]) == (me, is_own, True)
    assert view.widget.children == (view.view.widget,)
    assert repr(view) == repr(view.view)


def test_no_name_opens_nothing() -> None:
    """An empty name and one that is too long are refused in words; the question stays."""
    view, sent = asking()
    for me in ("", "  ", "x" * 65, None):
        view.hear({"type": "me", "me": me})
        assert sent[-1]["type"] == "wrong"
        assert "Write a name" in sent[-1]["text"]
    assert view.view is None


def test_somebody_else_may_sit_down() -> None:
    """Who leaves is asked anew, and the browser is told to forget; a desk that was opened by name asks nobody."""
    view, sent = asking()
    view.hear({"type": "me", "me": "chen"})
    assert view.view is not None
    Browser(view.view).say(type="leave")
    assert view.view is None
    assert view.widget.children == (view.shell,)
    assert (sent[-1]["type"], sent[-1]["again"]) == ("who", True)
    view.hear({"type": "me", "me": "lin"})
    assert view.view.me == "lin"
    named = views.desk(little_log(), STANDARD, me="chen", clock=ManualClock(NOW), acts=False)
    browser = Browser(named)
    assert json.loads(browser.sent[0])["leaves"] is False
    browser.say(type="leave")
    assert named.faults == 0


def test_the_environment_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """DESKKIT_ME opens the desk at once."""
    monkeypatch.setenv("DESKKIT_ME", "lin")
    view, _sent = asking()
    assert view.view is not None
    assert view.view.me == "lin"
