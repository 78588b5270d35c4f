"""The compiled engine against SimPy: shipped days, exact cases, studies, and what the compiled one refuses.

Drawn days are in `test_drawn_days`.
"""

from __future__ import annotations

import json

import msgspec
import polars as pl
import pytest

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.errors import NotCompilable, ScenarioError
from deskkit.sim import said
from deskkit.sim.compiled import engine
from deskkit.sim.compiled.rows import Room
from deskkit.sim.experiment import compare
from deskkit.sim.picks import newest_first, oldest_first
from deskkit.sim.run import ENGINES, simulate
from deskkit.sim.scenario import Agent, Arrivals, Attention, Channel, Law, Scenario, Stream
from deskkit.sim.scenariofile import load_scenario
from tests.sim import cases
from tests.sim.cases import CASES
from tests.sim.days import busy_day
from tests.twin.comparing import first_difference, unlike

STANDARD = Policy.load("data/policies/standard.toml")
PEAK = Policy.load("data/policies/peak.toml")
AT_ONCE = """
[rings.r]
channels = ["badge"]
[notify]
per_minute = 600
[[notify.ladder]]
event = "neglected"
level = "normal"
rungs = [{ after = "0 s", to = "owner", ring = "r" }]
"""


def same_to_the_last_byte(scenario: str, policy: Policy) -> None:
    """Compare runs of a shipped scenario: digests and spans."""
    found = load_scenario(f"data/scenarios/{scenario}.toml")
    slow, fast = (simulate(found, policy, seed=3, engine=one) for one in ENGINES)
    assert first_difference(slow, fast) == ""
    assert slow.digest == fast.digest
    assert unlike(slow.spans, fast.spans) == []


@pytest.mark.parametrize("scenario", ["small", "rush"])
def test_shipped_mornings_write_the_same_log(scenario: str) -> None:
    """To the last byte."""
    same_to_the_last_byte(scenario, STANDARD)


@pytest.mark.full
@pytest.mark.parametrize("policy", [STANDARD, PEAK], ids=["standard", "peak"])
@pytest.mark.parametrize("scenario", ["weekday", "peak"])
def test_shipped_days_write_the_same_log(scenario: str, policy: Policy) -> None:
    """The long ones too."""
    same_to_the_last_byte(scenario, policy)


@pytest.mark.parametrize("case", [one for one in CASES if one.name != "I1"], ids=lambda one: one.name)
def test_exact_cases_write_the_same_log(case: cases.Case) -> None:
    """Half an hour of each configuration of which an exact value is known."""
    own_length = case.scenario.drain and not case.warm
    length = case.scenario.end_ms if own_length else cases.HOUR // 2
    scenario = msgspec.structs.replace(case.scenario, end_ms=length, warm_up_ms=0)
    policy = Policy.parse(case.policy)
    slow, fast = (simulate(scenario, policy, seed=cases.seed_of(case, 1) >> 1, engine=one) for one in ENGINES)
    assert first_difference(slow, fast) == ""


def test_a_difference_is_noticed() -> None:
    """Positive control: another seed is another log, other spans and other steps."""
    one, other = (simulate(busy_day(), STANDARD, seed=seed, engine="compiled") for seed in (1, 2))
    assert first_difference(one, other).startswith("event ")
    assert {"turns", "views", "hands"} <= set(unlike(one.spans, other.spans))


def test_measures_are_the_same() -> None:
    """A study of either engine holds the same measures, samples and half-hours; the compiled one says who it is."""
    policies = {"standard": STANDARD, "peak": PEAK}
    slow = compare(policies, busy_day(), replications=2, seed=5)
    fast = compare(policies, busy_day(), replications=2, seed=5, engine="compiled")
    assert fast.engine == "compiled"
    assert all(run.log == "" for runs in fast.found.values() for run in runs)
    assert {name: [run._replace(log="") for run in runs] for name, runs in slow.found.items()} == fast.found


def test_the_command_line_says_the_same_of_either(capsys: pytest.CaptureFixture[str]) -> None:
    """But for who lived through it, and the digests of logs that only one of them writes."""
    words = ["simulate", "data/scenarios/small.toml", "--policy", "data/policies/standard.toml", "--replications", "2"]
    said = []
    for one in ENGINES:
        assert main([*words, "--workers", "1", "--json", "--engine", one]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found.pop("engine") == one
        for about in found["policies"].values():
            logs = about.pop("logs", None)
            assert (logs is None) == (one == "compiled")
            assert logs is None or all(logs)
        said.append(found)
    assert said[0] == said[1]


# ---------------------------------------------------------------- room, and what is refused


@pytest.fixture
def cramped(monkeypatch: pytest.MonkeyPatch) -> list[Room]:
    """Let runs begin with hardly any room; the rooms that were tried are told."""
    tried: list[Room] = []
    larger = engine.larger

    def told(room: Room, name: str) -> Room:
        tried.append(room)
        return larger(room, name)

    monkeypatch.setattr(engine, "first_room", lambda _: Room(1, 1, 1, 1, 1, 1))
    monkeypatch.setattr(engine, "larger", told)
    return tried


def test_too_little_room_is_noticed_and_more_is_made(cramped: list[Room]) -> None:
    """Of every table, and the log is the same as with room from the beginning."""
    fast = simulate(busy_day(), STANDARD, seed=3, engine="compiled")
    assert first_difference(simulate(busy_day(), STANDARD, seed=3), fast) == ""
    last = cramped[-1]
    assert min(last) > 1, f"never too small: {last}"


def test_a_run_without_end_of_turns(cramped: list[Room]) -> None:
    """Messages beyond what a workload stores are drawn as they are on demand."""
    scenario = load_scenario("data/scenarios/validation/tabs-3.toml")
    scenario = msgspec.structs.replace(scenario, end_ms=scenario.begin_ms + 3_600_000, warm_up_ms=0)
    bare = Policy.load("data/scenarios/validation/policies/bare.toml")
    slow, fast = (simulate(scenario, bare, seed=3, engine=one) for one in ENGINES)
    assert first_difference(slow, fast) == ""
    assert slow.steps.filter(pl.col("turn") > 16).height > 0
    assert slow.workload.digest == fast.workload.digest


def test_more_room_than_any_machine_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says of what there was too little."""
    monkeypatch.setattr(engine, "_MOST", 10)
    monkeypatch.setattr(engine, "first_room", lambda _: Room(4, 4, 4, 4, 4, 4))
    with pytest.raises(Exception, match="too long for the compiled engine"):
        simulate(busy_day(), STANDARD, engine="compiled")


def test_a_run_that_does_not_get_on_is_refused_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a look from tab to tab rings the next notice at once, and nothing takes time."""
    monkeypatch.setattr(said, "MOST_AT_ONCE", 200)
    policy = Policy.parse(cases.policy_of("bare") + AT_ONCE)
    stream = Stream(
        name="all", group="all", arrivals=Arrivals(instants=(0, 0)), turns=None, think=Law("constant", 60_000)
    )
    attention = Attention(channels={"badge": Channel(Law("constant", 0))})
    agent = Agent(name="one", groups=("all",), capacity=9.0)
    scenario = Scenario(
        name="stuck", streams=(stream,), agents=(agent,), attention=attention, end_ms=600_000, drain=False
    )
    for one in ENGINES:
        with pytest.raises(ScenarioError, match="does not get on"):
            simulate(scenario, policy, engine=one)


def test_picks_that_are_words_of_a_scenario_run_and_others_are_refused() -> None:
    """The refusal names the function, where it stands, and the way out."""
    day = busy_day(hours=0.5)
    for pick in (newest_first, oldest_first):
        slow, fast = (simulate(day, STANDARD, pick=pick, engine=one) for one in ENGINES)
        assert first_difference(slow, fast) == ""
        assert fast.scenario == day

    def last(_agent: object, unread: list[object], _now: int) -> object:
        return unread[-1]

    with pytest.raises(NotCompilable, match=r"test_engines.py, line \d+: .*last.*simpy"):
        simulate(day, STANDARD, pick=last, engine="compiled")  # type: ignore[arg-type]


def test_a_group_that_nobody_knows_is_refused() -> None:
    """Its number would depend on what happens in the run."""
    day = busy_day(hours=0.5)
    streams = (msgspec.structs.replace(day.streams[0], transfer=(("nobody", 0.5),)),)
    with pytest.raises(NotCompilable, match="nobody"):
        simulate(msgspec.structs.replace(day, streams=streams), STANDARD, engine="compiled")
