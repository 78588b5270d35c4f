"""A study as text: every number with its unit, the seconds of X, no cost where none is given, whose targets hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.sim.estimates import Target
from deskkit.sim.experiment import compare, replicate
from deskkit.sim.printing import printed
from deskkit.sim.scenario import Attention, Cost, Shift
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.standards import own_targets
from deskkit.sim.terms import told
from deskkit.sim.unspoken import untried
from deskkit.sim.workload import sample
from deskkit.views.table import drawn_table
from deskkit.views.words import Words

if TYPE_CHECKING:
    from deskkit.sim.study import Study

STANDARD = Policy.load("data/policies/standard.toml")
SMALL = structs.replace(load_scenario("data/scenarios/small.toml"), cost=Cost())
FREE = structs.replace(SMALL, agents=tuple(structs.replace(agent, cost=0.0) for agent in SMALL.agents))


@pytest.fixture(scope="module")
def studied() -> Study:
    """Return a study of two short days without any cost, under two policies that differ in a target."""
    other = Policy.parse(STANDARD.text.replace('name = "standard"', 'name = "mine"').replace(*TARGET), place="mine")
    return compare({"standard": STANDARD, "mine": other}, FREE, replications=2, seed=3, workers=1)


TARGET = ('high = "60 s"', 'high = "90 s"')
KNOWN = {"SLA", "VIP", "Bonferroni", "simpy", "compiled", "standard", "mine", "small", "gave_up", "reply_time"}
"""What stays in every language: short forms, engines, and names that a user gave."""


def english(said: str, *names: str) -> list[str]:
    """Return the English words of a text, but for what is known and names."""
    return [word for word in re.findall(r"[A-Za-z_]{2,}", said) if word not in KNOWN.union(names)]


def test_every_number_says_what_it_is(studied: Study) -> None:
    """X is named in seconds, what is neither a time nor a share has its unit, and what has no number has none."""
    said = printed(studied).partition("\nDifferences")[0]
    lines = {line[2:46].strip(): line[46:].split() for line in said.splitlines() if line.startswith("  ")}
    assert "X" not in " ".join(lines)
    assert {"Answered within 30.0 s", "Service level (30.0 s)", "Service level of the queue (30.0 s)"} <= set(lines)
    assert lines["Cost per resolved conversation"] == ["-"]
    assert lines["Conversations"][-1] == lines["Concurrency, assigned"][-1] == "conversations"
    assert lines["Missed messages"][-1] == "turns"
    assert lines["Notices per agent-hour"][-2:] == ["per", "hour"]
    for title, words in lines.items():
        assert words == ["-"] or not words[-1].replace(".", "").replace(",", "").isdigit(), title


def test_a_cost_that_is_given_is_printed_in_its_currency() -> None:
    """One lost conversation costs something: the number is there, in the scenario's currency."""
    paid = structs.replace(FREE, cost=Cost(currency="EUR", per_lost=5.0), agents=SMALL.agents)
    study = compare({"standard": STANDARD}, paid, replications=2, seed=3, workers=1)
    line = next(line for line in printed(study).splitlines() if "Cost per" in line)
    assert line.endswith("EUR")
    assert study.estimate("cost_per_resolved").mean is not None


def test_policies_with_targets_of_their_own_are_said_to_be_judged_by_them(studied: Study) -> None:
    """In the text and the JSON, with the targets of each; of policies with the same targets nothing is said."""
    note = own_targets(studied.policies)[0]
    assert "judged by its own targets" in note
    assert "high 1:00" in note
    assert "high 1:30" in note
    assert f"Note: {note}" in printed(studied)
    notes = json.loads(json.dumps(studied.as_dict()))["notes"]
    assert notes[0] == note
    assert set(untried(SMALL, studied.policies, None)) <= set(notes)
    assert own_targets({"one": STANDARD, "two": STANDARD}) == ()


def test_titles_are_in_the_language_spoken(studied: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Chinese the numbers still stand below one another, and X is still named."""
    monkeypatch.setenv("DESKKIT_LANG", "zh")
    said = printed(studied)
    assert "排队服务水平（30.0 s）" in said.replace(" (", "（").replace("s)", "s）")
    assert "X" not in said


def with_much_to_say(studied: Study) -> list[Study]:
    """Return studies of drawn and of given customers in which nearly all went wrong that can."""
    runs = [one._replace(saturated=True, truncated=not n, left_over=n) for n, one in enumerate(studied.found["mine"])]
    late = tuple(structs.replace(one, shifts=(Shift(SMALL.end_ms, SMALL.end_ms + 1),)) for one in SMALL.agents[:2])
    wrong = structs.replace(
        studied, found=studied.found | {"mine": runs}, scenario=structs.replace(FREE, agents=late),
        picks={"mine": "mine"}, imprecise=("reply_time",), rule=told({"reply_time": Target(0.05, 9.0)}, 2, 1, 3),
    )  # fmt: skip
    came = sample(SMALL, seed=1)
    came.unknown = frozenset({"notice", "leaving"})
    given = replicate(FREE, STANDARD, workload=came, replications=1)
    return [wrong, given, structs.replace(given, scenario=structs.replace(FREE, attention=Attention()))]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_english_is_left_in_chinese(studied: Study, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Headers, units, differences, the rule, notes and warnings; in English, or in a note not worded, there is some."""
    monkeypatch.setenv("DESKKIT_LANG", language)
    names = [one.name for one in STANDARD.schema.signals] + [one.name for one in STANDARD.schema.groups]
    said = [printed(study).replace('attention = "none"', "") for study in (studied, *with_much_to_say(studied))]
    assert [bool(english(one, *names)) for one in said] == [language == "en"] * len(said)
    assert all(("警告：" if language == "zh" else "Warning: ") in one for one in said[1:3])
    assert english(printed(structs.replace(studied, picks={"mine": "their luck"})), *names)[-2:] == ["their", "luck"]


def test_a_table_writes_a_priority_in_a_word_and_the_level_of_an_interval_in_per_cent() -> None:
    """Of an integer the priority, of a float how sure an interval is."""
    priorities = drawn_table(pl.DataFrame({"level": pl.Series([3, 0], dtype=pl.Int8)}), say=Words("en")).text
    assert "Urgent" in priorities
    assert "Low" in priorities
    assert "99.85 %" in drawn_table(pl.DataFrame({"level": [1 - 0.05 / 34]}), say=Words("en")).text
