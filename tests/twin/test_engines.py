"""The compiled engine against SimPy: the same log to the last event, the same steps, the same spans.

Days and policies are drawn (`corpus`), most with times in coarse ticks, so that much happens at once and only the one
order decides. `pytest -m full -s tests/twin/test_engines.py` goes through 1,000 and 10,000 and prints what acted.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from deskkit.cli import main
from deskkit.desk.policy import Policy
from deskkit.errors import NotCompilable, ScenarioError
from deskkit.log.spans import Spans
from deskkit.sim import said
from deskkit.sim.compiled import compiling, engine
from deskkit.sim.compiled.rows import Room
from deskkit.sim.experiment import compare
from deskkit.sim.picks import newest_first, oldest_first
from deskkit.sim.run import ENGINES, Run, simulate
from deskkit.sim.scenario import Agent, Arrivals, Attention, Channel, Law, Scenario, Stream
from deskkit.sim.scenariofile import load_scenario
from tests.sim import cases
from tests.sim.cases import CASES
from tests.sim.days import busy_day
from tests.twin.corpus import TICKS, Case, drawn_case
from tests.twin.coverage import FEATURES, acted, table

if TYPE_CHECKING:
    from collections.abc import Iterable

STANDARD = Policy.load("data/policies/standard.toml")
PEAK = Policy.load("data/policies/peak.toml")
IN_CI = 100
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
RARE = {"refused: stage", "queue changed", "two days"}


def both(case: Case) -> tuple[Run, Run]:
    """Live through a case with either engine."""
    slow = simulate(case.scenario, case.policy, workload=case.workload)
    return slow, simulate(case.scenario, case.policy, workload=case.workload, engine="compiled")


def first_difference(slow: Run, fast: Run) -> str:
    """Return where two runs part, empty if they do not."""
    for n, (one, other) in enumerate(zip(slow.events, fast.events, strict=False)):
        if one != other:
            return f"event {n}: {one} is not {other}"
    if len(slow.events) != len(fast.events):
        return f"{len(slow.events)} events are not {len(fast.events)}"
    if (slow.truncated, slow.left_over) != (fast.truncated, fast.left_over):
        return "only one was cut off"
    return "" if slow.steps.equals(fast.steps) else "the steps differ"


def unlike(one: Spans, other: Spans) -> list[str]:
    """Return the names of the spans that differ."""

    def plain(frame: pl.DataFrame) -> pl.DataFrame:
        names = [name for name, kind in frame.schema.items() if kind == pl.Categorical]
        lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.Categorical)]
        return frame.with_columns(pl.col(names).cast(pl.String), pl.col(lists).cast(pl.List(pl.String)))

    def same(name: str) -> bool:
        mine, theirs = getattr(one, name), getattr(other, name)
        return bool(plain(mine).equals(plain(theirs)) if isinstance(mine, pl.DataFrame) else mine == theirs)

    return [name for name in Spans._fields if not same(name)]


def go_through(numbers: Iterable[int]) -> Counter[str]:
    """Compare the engines on drawn cases; return in how many of them each feature acted."""
    counts: Counter[str] = Counter()
    for number in numbers:
        case = drawn_case(number)
        slow, fast = both(case)
        assert not first_difference(slow, fast), f"case {number}: {first_difference(slow, fast)}"
        if number % 10 == 0:
            assert unlike(slow.spans, fast.spans) == [], f"case {number}"
        counts.update(acted(case, slow))
        counts[f"tick of {case.tick:,} ms"] += 1
    return counts


def test_the_engines_write_the_same_log() -> None:
    """A hundred drawn days under drawn policies; every feature that is not rare acts in one of them."""
    counts = go_through(range(IN_CI))
    assert all(counts[f"tick of {tick:,} ms"] > 0 for tick in TICKS)
    assert {name for name in FEATURES if not counts[name]} <= RARE, table(counts, IN_CI)


@pytest.mark.full
@pytest.mark.parametrize("numbers", [range(1_000, 2_000), range(10_000, 20_000)], ids=["1,000", "10,000"])
def test_the_engines_write_the_same_logs(numbers: range) -> None:
    """Many more; each feature acts in at least one in a thousand."""
    counts = go_through(numbers)
    print(table(counts, len(numbers)))  # noqa: T201 - what was gone through
    assert [name for name in FEATURES if counts[name] < len(numbers) / 1_000] == []


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
    slow, fast = (simulate(scenario, policy, seed=cases.seed_of(case, 1), engine=one) for one in ENGINES)
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
            about.pop("logs")
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
    scenario = Scenario(name="stuck", streams=(stream,), agents=(agent,), attention=attention, end_ms=600_000)
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


@cache
def unguarded() -> list[str]:
    """Return the digests of some runs without any check of an index."""
    return [simulate(busy_day(), policy, seed=8, engine="compiled").digest for policy in (STANDARD, PEAK)]


@pytest.mark.full
def test_no_index_is_out_of_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every index checked, 300 drawn days and two busy ones run as without."""
    expected = unguarded()
    monkeypatch.setattr(engine, "live", compiling.watchful)
    assert [simulate(busy_day(), policy, seed=8, engine="compiled").digest for policy in (STANDARD, PEAK)] == expected
    for number in range(300):
        case = drawn_case(number)
        assert first_difference(*both(case)) == "", number
