"""A conversation that somebody closes while another has it open says so on its page."""

from __future__ import annotations

import pytest

from tests.views.browser import Browser
from tests.views.little import little_view


@pytest.mark.parametrize(("do", "said"), [("archive", "Archived since 10:30."), ("handled", "Handled since 10:30.")])
def test_a_page_says_since_when_it_is_closed_and_what_a_reply_does(do: str, said: str) -> None:
    """What it says of a reply is so: it is sent, and the conversation stays closed. Open again, nothing is said."""
    browser = Browser(little_view(acts=True))
    browser.open("c1")
    assert browser.pages["c1"]["told"] == ""
    assert browser.do(do, "c1")["ok"]
    assert browser.pages["c1"]["told"].startswith(said)
    assert "does not open it again" in browser.pages["c1"]["told"]
    stage = browser.pages["c1"]["s"]
    assert browser.do("reply", "c1", text="one thing more", sure=True)["ok"]
    assert browser.pages["c1"]["s"] == stage
    assert browser.do("reopen", "c1")["ok"]
    assert browser.pages["c1"]["told"] == ""
