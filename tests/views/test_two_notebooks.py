"""Two notebooks whose clocks stand decide for one log, each by itself: nobody reads a programmer's words of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.live.driver import RETRIES
from deskkit.log.rows import log_moved_on
from tests.live.test_conflicts import ContestedLog
from tests.views.browser import Browser
from tests.views.little import little_log, little_view

if TYPE_CHECKING:
    from deskkit.views import DeskView

WORDS = {"en": "Another notebook runs this desk too", "zh": "另一个笔记本也在运行此工作台"}


def test_who_only_looks_goes_on_from_what_another_did() -> None:
    """A conversation is opened in one after something was done in the other: no error, and what was done is shown."""
    log = little_log()
    one, other = Browser(little_view(log=log, acts=True)), Browser(little_view(log=log, acts=True))
    assert one.do("archive", "c1")["ok"]
    other.open("c2")
    assert other.said == ""
    assert other.view.faults == 0
    assert "c1" not in other.order
    one.open("c4")
    assert one.said.endswith("Archived")
    assert one.view.faults == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_is_overtaken_again_and_again_is_told_and_goes_on(language: str) -> None:
    """It is said what happens and what to do; that does it, and then nothing is said any more."""
    log = ContestedLog()
    browser = Browser(little_view(log=little_log(log=log), acts=True, language=language))
    log.faster = RETRIES + 1
    browser.open("c2")
    assert browser.said.startswith(WORDS[language])
    assert browser.view.faults == 1
    browser.open("c4")
    assert WORDS[language] not in browser.said
    assert browser.view.faults == 1


def test_time_that_another_overtakes_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What time brings is looked at again and again; it is told once, and goes as soon as a look succeeds."""
    log = little_log()
    view: DeskView = little_view(log=log, acts=True)
    browser = Browser(view)

    def contested() -> None:
        raise log_moved_on(log.url, seen=1, last=2)

    with monkeypatch.context() as patch:
        patch.setattr(view.driver, "wake", contested)
        for _ in range(3):
            view.catch_up()
    assert browser.said.startswith(WORDS["en"])
    assert view.faults == 1
    view.wake()
    assert browser.said == ""
