"""A policy put live says how many open conversations it moved to another priority, and how many up and down."""

from __future__ import annotations

import re

import pytest

from deskkit.desk import cards, events
from deskkit.desk import columns as k
from deskkit.desk import desk as desks
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.views.desk.levels import Levels, Moved
from tests.desk.days import STANDARD, facts_with_decisions
from tests.desk.test_restated import ruled_day
from tests.patience import wait_until
from tests.views import test_holds
from tests.views.browser import Browser
from tests.views.little import little_view
from tests.views.test_holds import Shared

VIP = '[[priority.rule]]\nname = "VIP customer"\nlevel = "high"\nwhen = { tag = "VIP" }\n'
WITHOUT = Policy.parse(STANDARD.text.replace(VIP, ""))
NO_CLOCK = re.sub(
    r"(?s)\[\[priority\.rule\]\]\nname = .Unanswered for 5.*(?=\[priority\.complexity)", "", STANDARD.text
)
CALM, HURRY = Policy.parse(NO_CLOCK), Policy.parse(NO_CLOCK.replace('  "急", ', '  "急", "order", '))
ACT = "p" * 16


@pytest.mark.parametrize("rests", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_levels_are_counted_as_they_were_and_are(seed: int, rests: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a parameter of pytest
    """On days of many policies, of conversations open before and after each: counted by hand, it is the same."""
    monkeypatch.setattr(desks, "REST_AFTER", 0)
    desk, levels = Desk(STANDARD), Levels()
    found = []
    for fact, *decisions in facts_with_decisions(ruled_day(seed).log):
        before = open_levels(desk)
        for event in (fact, *decisions):
            levels.told(desk, event)
            if event is fact:
                desk.follow([fact, *decisions])  # a decision is told after it as by a driver, which is no other count
        if isinstance(fact, events.PolicyChanged):
            after = open_levels(desk)
            by = [after[c] - level for c, level in before.items() if c in after]
            assert levels.moved(desk, fact) == Moved(sum(one > 0 for one in by), sum(one < 0 for one in by))
            found.append((fact, levels.moved(desk, fact)))
        elif found and found[-1] is not None:
            last, moved = found[-1]
            assert levels.moved(desk, last) == moved, "what comes later is not the policy's doing"
        if rests:
            desk.rest()
    assert any(any(moved) for _, moved in found if moved)
    assert levels.moved(desk, found[0][0]) is None, "of a policy before the latest it is not known"


def open_levels(desk: Desk) -> dict[int, int]:
    """Return the levels of all open conversations, every row looked at."""
    return {c: row[k.LEVEL] for c, row in enumerate(desk.state.conversation) if row[k.STAGE] < k.RESOLVED}


def caught_up(shared: Shared) -> bool:
    """Say whether a view has seen all of its log."""
    return shared.view.driver.seen == shared.log.last_seq()


def test_a_rule_that_is_gone_lowers_without_a_decision() -> None:
    """A gold customer was high by a rule that the new policy has not: no decision tells of it, the answer does."""
    view = little_view(acts=True)
    browser = Browser(view)
    assert view.desk.state.conversation[view.desk.conversation("c1")][k.LEVEL] == k.HIGH
    view.put_live(ACT, WITHOUT)
    texts = [line["text"] for line in browser.answer(ACT)["foot"]]
    assert texts[:2] == ["Policy put live", "Open conversations with another priority: 1 (0 up, 1 down)"]
    view.put_live("q" * 16, STANDARD.edit({"capacity.complex_from": 7}))
    assert "Open conversations with another priority: 1 (1 up, 0 down)" in {
        line["text"] for line in browser.answer("q" * 16)["foot"]
    }
    view.put_live("r" * 16, STANDARD)
    assert [line["text"] for line in browser.answer("r" * 16)["foot"]] == ["Policy put live"]


def test_a_notebook_that_reads_on_says_it_when_it_has_seen_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a driver elsewhere decides about many comes in several looks; the answer counts all of it."""
    monkeypatch.setattr(test_holds, "STANDARD", CALM)  # whatever the hour is, nobody waits too long
    shared = Shared(monkeypatch)
    shared.view.driver._rows = 10  # noqa: SLF001 - of the log at one look, as a notebook reads it
    wait_until(lambda: not shared.view.catch_up() and caught_up(shared), "it never read on")
    opened = len(cards.open_conversations(shared.view.desk))
    assert opened > 10
    shared.view.put_live(ACT, HURRY)
    answer = shared.heard(ACT)
    texts = [line["text"] for line in answer["foot"]]
    assert texts[1] == f"Open conversations with another priority: {opened} ({opened} up, 0 down)"
