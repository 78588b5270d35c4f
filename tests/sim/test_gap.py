"""How much sooner high levels are answered: by the level at which a message came, not at which its reply did."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from deskkit.desk.policy import Policy
from deskkit.sim.outcomes import outcomes
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Law, Line, Point, Scenario, Stream
from deskkit.sim.speeds import speeds

BARE = Path("data/scenarios/validation/policies/bare.toml")
RAISED = """
[[priority.rule]]
name = "late"
level = "high"
when = { unanswered = ">= 5 min" }
"""
VIP = """
[[priority.rule]]
name = "vip"
level = "high"
when = { signal_ever = "vip" }

[signals.vip]
words = ["vipnow"]
"""
HOUR = 3_600_000


def policy(*rules: str) -> Policy:
    """Return the bare policy with rules of priority."""
    return Policy.parse(BARE.read_text(encoding="utf-8") + "".join(rules))


def day() -> Scenario:
    """Return one agent who is busy four fifths of the time; every second customer is a VIP."""
    stream = Stream(
        name="all", group="all", text="hello", lines=(Line("vipnow", turn=0, share=0.5),),
        arrivals=Arrivals(points=(Point(0, 24.0),)), turns=Law("constant", 1.0), handle=Law("exponential", 120_000.0),
        think=Law("constant", 0.0),
    )  # fmt: skip
    agents = (Agent(name="agent", groups=("all",), languages=("en",), capacity=1.0),)
    return Scenario(name="day", streams=(stream,), agents=agents, end_ms=24 * HOUR)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_who_waited_until_a_rule_raised_the_level_did_not_ask_at_it(engine: str) -> None:
    """Nobody asks at a high level, so there is no gap, though the slowest replies come at one."""
    run = simulate(day(), policy(RAISED), seed=1, engine=engine)  # type: ignore[arg-type]
    slow = run.spans.turns.filter((pl.col("level") == 2) & (pl.col("outcome") == "answered"))
    assert slow.height > 10
    assert outcomes(run)["vip_gap"] == (0.0, 0.0)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_who_asked_at_a_high_level_is_answered_sooner(engine: str) -> None:
    """Also where waiting raises the others: VIPs have the shorter wait, as their times to reply by level say."""
    for rules in ((VIP,), (VIP, RAISED)):
        run = simulate(day(), policy(*rules), seed=1, engine=engine)  # type: ignore[arg-type]
        by_level = dict(speeds(run).group_by("level").agg(pl.col("to_reply").mean()).rows())
        assert set(by_level) == {1, 2}
        assert outcomes(run)["vip_gap"][0] == pytest.approx(by_level[1] - by_level[2])
        assert by_level[1] > by_level[2]
