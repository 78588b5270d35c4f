"""A desk that cannot keep up is said to be overwhelmed; one that is busy and stable is not."""

from __future__ import annotations

from functools import cache

import pytest

from deskkit.desk.policy import Policy
from deskkit.sim.outcomes import saturated
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenario import Agent, Arrivals, Law, Patience, Point, Scenario, Stream
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.stress import loaded

BARE = Policy.load("data/scenarios/validation/policies/bare.toml")
STANDARD = Policy.load("data/policies/standard.toml")
HOUR = 3_600_000
SERVICE = 210_000.0
AGENTS = 8
SEED = 8
DAYS = 4


@cache
def queue(load: float, patience: float | None = None) -> list[Run]:
    """Live through M/M/8, or with a mean patience M/M/8+M, at a load per agent: 4 days of 10 hours."""
    per_hour = load * AGENTS * HOUR / SERVICE
    stream = Stream(
        name="all", group="all", arrivals=Arrivals(points=(Point(0, per_hour),)), turns=Law("constant", 1.0),
        handle=Law("exponential", SERVICE), think=Law("constant", 0.0),
        patience=Patience(queue=None if patience is None else Law("exponential", patience)),
    )  # fmt: skip
    agents = (Agent(name="agent", count=AGENTS, groups=("all",), capacity=1.0),)
    day = Scenario(name="queue", streams=(stream,), agents=agents, end_ms=10 * HOUR, warm_up_ms=HOUR, drain=False)
    return [simulate(day, BARE, seed=SEED, replication=n) for n in range(DAYS)]


@pytest.mark.parametrize(("load", "patience"), [(0.9, None), (150 / 3600 * 210 / 8, 150_000.0)])
def test_a_stable_desk_is_not_overwhelmed(load: float, patience: float | None) -> None:
    """No day of four (seed 8), though in the last of M/M/8 more wait at each of three instants by chance."""
    assert [saturated(run) for run in queue(load, patience)] == [False] * DAYS


@pytest.mark.parametrize(("load", "patience"), [(1.3, None), (2.0, 150_000.0)])
def test_a_desk_that_cannot_keep_up_is(load: float, patience: float | None) -> None:
    """Every day: without end to patience ever more wait, with one every second customer leaves."""
    assert [saturated(run) for run in queue(load, patience)] == [True] * DAYS


@pytest.mark.parametrize("times", [6, 25])
def test_many_times_the_customers_are_too_many(times: int) -> None:
    """Of whom most leave, so that few wait at any time; the ordinary morning is the control."""
    small = load_scenario("data/scenarios/small.toml")
    assert saturated(simulate(loaded(small, times), STANDARD, seed=11))
    assert not saturated(simulate(small, STANDARD, seed=11))
