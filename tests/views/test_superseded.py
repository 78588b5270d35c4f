"""A policy that a cell puts in the place of one put live by hand: the desk says so once, and where to get it back."""

from __future__ import annotations

import pytest

from deskkit import views
from deskkit.clock import ManualClock
from tests.views.browser import Browser
from tests.views.little import MINUTE, NOW, STANDARD, little_log, little_view

PUT = STANDARD.edit({"name": "Unhappy first"})
FILE = STANDARD.edit({"name": "From the file"})


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Your policy “From the file” took the place of “Unhappy first”, put live by 秦岚 (10:31). Under Rules, ",
        ),
        (
            "zh",
            "您的策略“From the file”已取代“Unhappy first”（由 秦岚 于 10:31 上线）。在“规则”的“版本”",
        ),
    ],
)
def test_a_file_that_takes_the_place_of_a_version_put_live_is_told(language: str, said: str) -> None:
    """A colleague put a policy live, the cell runs again with the file: who is overruled stands at the foot."""
    log, clock = little_log(), ManualClock(NOW)
    first = little_view(log=log, clock=clock)
    assert first.foot == [] or "took the place" not in first.foot[0]["text"]  # none was in force before
    clock.advance(MINUTE)
    first.put_live("a" * 32, PUT)
    clock.advance(MINUTE)
    again = views.desk(log, FILE, me="chen", clock=clock, acts=False, language=language)
    browser = Browser(again)
    assert browser.said.startswith(said)
    assert again.desk.policy.name == "From the file"


def test_the_policy_in_force_takes_nobodys_place() -> None:
    """Opened with the very policy that is in force, a desk says nothing of it."""
    log, clock = little_log(), ManualClock(NOW)
    first = little_view(log=log, clock=clock)
    first.put_live("a" * 32, PUT)
    for language in ("en", "zh"):
        again = views.desk(log, PUT, me="qin", clock=clock, acts=False, language=language)
        assert not any("Unhappy" in line["text"] for line in again.foot)
