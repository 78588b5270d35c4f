"""What a page keeps of a workshop's text stands under where it was made, and two windows change one text in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.clock import ManualClock
from deskkit.log import open_log
from deskkit.sample import sample_policy
from deskkit.views.desk import desk
from deskkit.views.desk.replaced import Run
from deskkit.views.desk.rules import Rules
from deskkit.views.workshop import place as places
from deskkit.views.workshop.turns import Turns
from tests.views.test_rules_view import workshop

if TYPE_CHECKING:
    import pytest


def test_a_text_is_kept_for_its_own_workshop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in one cell, one in the next: each has its own place, the same one after a restart and when run again."""
    policy, log = sample_policy(), open_log("memory:")

    def keys() -> list[str]:
        monkeypatch.setattr(places, "_made", {})  # as in a kernel that was started anew
        found = []
        for cell, run in (("a", "1"), ("a", "1"), ("b", "2"), ("b", "3")):
            monkeypatch.setattr(places, "running", lambda cell=cell, run=run: Run(cell, run))
            found.append(workshop(policy, log=log).last("welcome")["key"])
        return found

    first, second, other, again = keys()
    assert len({first, second, other}) == 3
    assert again == other
    assert keys() == [first, second, other, again]
    with places.standing("a.1"):
        assert workshop(policy, log=log).last("welcome")["key"] == first


def test_a_text_is_kept_for_its_own_person() -> None:
    """Who sits down where another sat does not find the other's text; who comes back finds the own one."""
    policy, log = sample_policy(), open_log("memory:")

    def key(me: str) -> str:
        told: list[dict[str, Any]] = []
        with places.standing("a.1"):
            rules = desk(log, policy, me=me, clock=ManualClock(0)).sides["rules"]
        assert isinstance(rules, Rules)
        rules.widget.send = told.append
        rules.workshop.hear({"type": "hello"})
        rules.workshop.wait()
        return str(next(one for one in told if one["type"] == "welcome")["key"])

    assert key("boss") == key("boss")
    assert key("boss") != key("qin")


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30))
def test_nobody_writes_over_what_they_have_not_seen(steps: list[tuple[str, bool]]) -> None:
    """In whatever order windows look and write: what is taken was written by one that had seen all others' changes."""
    turns, turn = Turns(), 0
    saw = dict.fromkeys("abc", 0)
    writers: list[str] = []
    for n, (window, looks) in enumerate(steps):
        if looks:
            saw[window] = turn
            continue
        took = turns.takes({"window": window, "n": n, "turn": saw[window]}, turn)
        assert took == (set(writers[saw[window] :]) <= {window})
        if took:
            turn += 1
            writers.append(window)
