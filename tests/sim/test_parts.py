"""What a reply's time is made of: busy agents are told from messages that nobody noticed."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.sim.parts import PARTS
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.stress import loaded


@cache
def run(times: float) -> Run:
    """Live through the small morning with so many times as many customers: seed 11, one replication."""
    small = load_scenario("data/scenarios/small.toml")
    return simulate(loaded(small, times), Policy.load("data/policies/standard.toml"), seed=11)


def busy_ms(steps: pl.DataFrame, step: dict[str, int]) -> int:
    """Return for how long an agent wrote other replies before noticing this message; reply by reply."""
    others = steps.filter(pl.col("agent") == step["agent"])
    return sum(
        max(0, min(ended, step["noticed"]) - max(begun, step["given"]))
        for begun, ended in others.select("turned", "replied").iter_rows()
    )


@pytest.mark.parametrize("times", [1.0, 3.0])
def test_the_parts_are_told_apart(times: float) -> None:
    """Until noticed counts only the time in which the agent wrote nothing else; all parts make the whole."""
    steps = run(times).steps
    for step in steps.sample(80, seed=1).iter_rows(named=True):
        busy = busy_ms(steps, step)
        assert step["part_notice"] == max(step["noticed"], step["given"]) - step["given"] - busy
        assert sum(step[part] for part in PARTS) == step["replied"] - step["asked"]
    assert steps.select(pl.col(PARTS).min()).min_horizontal().item() >= 0


def test_an_overwhelmed_desk_is_busy_not_blind() -> None:
    """With three times the customers replies wait for attention; what notices could save grows by little."""
    calm, full = (run(times).steps.select(pl.col(PARTS).mean()).row(0, named=True) for times in (1.0, 3.0))
    assert full["part_attention"] > 3 * calm["part_attention"]
    assert full["part_notice"] < 2 * calm["part_notice"]


def test_twice_the_agents_write_fewer_others() -> None:
    """What the words of the notebook promise: more agents shorten the wait for attention."""
    full = loaded(load_scenario("data/scenarios/small.toml"), 3.0)
    more = structs.replace(full, agents=tuple(structs.replace(one, count=2 * one.count) for one in full.agents))
    eased = simulate(more, Policy.load("data/policies/standard.toml"), seed=11).steps
    assert eased["part_attention"].mean() < 0.7 * run(3.0).steps["part_attention"].mean()  # type: ignore[operator]
