"""What changes in a policy do, and in which direction: VIPs first, more channels, peak mode, common random numbers.

Differences are paired (the same customers under either policy), at a level of 99 % for all intervals of a study
together. Seeds and replications stand with each study; every direction has a control in which nothing, or something
else, comes out.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import polars as pl
import pytest

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.sim.estimates import difference
from deskkit.sim.experiment import Study, compare
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Attention, Law, Patience, Point, Scenario, Stream
from deskkit.sim.scenariofile import load_scenario
from tests.sim.cases import policy_of
from tests.sim.test_features import lived

if TYPE_CHECKING:
    from deskkit.sim.estimates import Estimate
    from deskkit.sim.run import Run

HOUR = 3_600_000
MINUTE = 60_000
LEVEL = 0.99
BARE = policy_of("bare")
FIRST = """
[[priority.rule]]
name = "VIP"
level = "high"
when = { membership = "gold" }
"""


# ---------------------------------------------------------------- VIPs first


def shop() -> Scenario:
    """Return three hours in which three agents answer VIPs and others, who all wait in one queue."""
    vip: dict[str, str | int | float] = {"membership": "gold"}
    streams = tuple(
        Stream(
            name=name, group="all", arrivals=Arrivals(points=(Point(0, per_hour),)), turns=Law("geometric", 4),
            fields=fields, patience=Patience(queue=Law("exponential", 10 * MINUTE)),
        )
        for name, per_hour, fields in (("vip", 20, vip), ("other", 90, {}))
    )  # fmt: skip
    agents = (Agent(name="a", count=3, groups=("all",), capacity=2.0),)
    return Scenario(name="shop", end_ms=3 * HOUR, streams=streams, agents=agents, attention=Attention(pick="level"))


def first_replies(run: Run, stream: str) -> tuple[float, float]:
    """Return the sum of times to a first reply, and how many there were."""
    found = run.steps.filter(pl.col("conversation").str.starts_with(stream) & (pl.col("turn") == 0))
    return float((found["replied"] - found["asked"]).sum()), float(found.height)


@cache
def served(rule: str) -> dict[str, list[tuple[float, float]]]:
    """Live through ten replications (seed 21) under a policy with a rule; times to a first reply by stream."""
    policy = Policy.parse(BARE + rule)
    runs = [simulate(shop(), policy, seed=21, replication=n) for n in range(10)]
    return {stream: [first_replies(run, stream) for run in runs] for stream in ("vip", "other")}


def changed(stream: str, rule: str) -> tuple[float, float]:
    """Return the interval of the difference that a rule makes to a stream's time to a first reply, milliseconds."""
    return interval(difference(served(rule)[stream], served("")[stream], level=LEVEL, comparisons=2)[0])


def interval(estimate: Estimate) -> tuple[float, float]:
    """Return the ends of an interval."""
    assert estimate.interval is not None
    return estimate.interval


def test_vips_first_shortens_their_waits_and_lengthens_others() -> None:
    """Both intervals exclude zero: ten replications, seed 21, 99 % for both together."""
    assert changed("vip", FIRST)[1] < 0 < changed("other", FIRST)[0]


def test_the_others_first_does_the_opposite() -> None:
    """Control: with the rule for all but VIPs both signs turn."""
    last = FIRST.replace('{ membership = "gold" }', '{ not = { membership = "gold" } }')
    assert changed("other", last)[1] < 0 < changed("vip", last)[0]


def test_a_rule_that_never_holds_changes_nothing() -> None:
    """Control: the same customers meet the same desk, to the millisecond."""
    assert changed("vip", FIRST.replace("gold", "platinum")) == (0, 0)


# ---------------------------------------------------------------- more channels, and common random numbers

STANDARD = "data/policies/standard.toml"
LADDER = '{ after = "45 s", to = "owner", ring = "soft" },\n'
MORE = '{ after = "5 s", to = "owner", ring = "soft" },\n  { after = "20 s", to = "owner", ring = "push" },\n'
NAMES = ("part_notice", "reply_time", "notices_per_agent_hour")


@cache
def notified() -> Study:
    """Compare notices of a normal message by badge alone and by badge, sound and push: 16 replications, seed 4.

    The small morning, with half as many customers again.
    """
    text = Policy.load(STANDARD).text
    before, after = text.split('event = "message"\nlevel = "normal"\n')
    assert after.count(LADDER) >= 1
    policies = {
        name: Policy.parse(before + 'event = "message"\nlevel = "normal"\n' + after.replace("  " + LADDER, rungs, 1))
        for name, rungs in (("badge", ""), ("more", "  " + MORE))
    }
    scenario = load_scenario("data/scenarios/small.toml")
    busier = tuple(
        msgspec.structs.replace(one, arrivals=msgspec.structs.replace(one.arrivals, factor=1.5))
        for one in scenario.streams
    )
    scenario = msgspec.structs.replace(scenario, streams=busier)
    return compare(policies, scenario, replications=16, seed=4, level=LEVEL, workers=2)


def row(measure: str) -> dict[str, float]:
    """Return the difference of a measure, more channels minus the badge."""
    return notified().differences(NAMES).row(by_predicate=pl.col("measure") == measure, named=True)


def test_more_channels_shorten_notice() -> None:
    """Messages are noticed and answered sooner."""
    assert row("part_notice")["high"] < 0
    assert row("reply_time")["high"] < 0


def test_more_channels_disturb_more() -> None:
    """Agents get more notices an hour, and more of those that change nothing."""
    assert row("notices_per_agent_hour")["low"] > 0
    noise = {
        name: [
            (one.measures["notice_noise"][0] / one.measures["notice_noise"][1]
             * one.measures["notices_per_agent_hour"][0], 1.0)
            for one in runs
        ]
        for name, runs in notified().found.items()
    }  # fmt: skip
    assert interval(difference(noise["more"], noise["badge"], level=LEVEL)[0])[0] > 0


def test_common_random_numbers_save_three_replications_in_four(capsys: pytest.CaptureFixture[str]) -> None:
    """A comparison of notices needs at least four times fewer replications than with customers of its own."""
    found = row("reply_time")
    with capsys.disabled():
        sys.stdout.write(
            f"\nreply time, more channels - badge, 16 replications, seed 4: variance of a replication's difference "
            f"{found['variance_paired']:.3g} ms² with common random numbers, {found['variance_apart']:.3g} without: "
            f"{found['saved']:.1f} times fewer replications\n"
        )
    assert found["saved"] >= 4


def test_other_customers_save_nothing() -> None:
    """Control: paired with the replication after, the same runs need about as many as unpaired ones."""
    runs = {name: [one.measures["reply_time"] for one in found] for name, found in notified().found.items()}
    _, paired, apart = difference(runs["more"], runs["badge"][1:] + runs["badge"][:1])
    assert apart / paired < 2


# ---------------------------------------------------------------- peak mode

PEAK = """
[peak]
enter = { queue_length = ">= 8" }
leave = { queue_length = "<= 1" }
min_stay = "5 min"

[peak.capacity]
agent = 4
"""


def peaks(number: int) -> Scenario:
    """Return a desk of three agents to which, once an hour, fifty times as many write for a quarter of an hour."""
    points = tuple(
        Point(round(at * HOUR), rate)
        for n in range(number)
        for at, rate in ((n, 12.0), (n + 0.25, 600.0), (n + 0.5, 12.0))
    )
    stream = Stream(
        name="s", group="all", arrivals=Arrivals(points=points), turns=Law("geometric", 3),
        patience=Patience(queue=Law("exponential", 10 * MINUTE)),
    )  # fmt: skip
    agents = (Agent(name="a", count=3, groups=("all",)),)
    return Scenario(name="peaks", end_ms=number * HOUR, streams=(stream,), agents=agents)


def turns(run: Run) -> list[bool]:
    """Return the turns of peak mode that the log holds, in order: in (True) and out."""
    return [event.on for event in run.events if isinstance(event, e.PeakChanged)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("number", [1, 3])
def test_peak_mode_is_entered_and_left_once_a_peak(number: int, seed: int) -> None:
    """Driven through three peaks it is entered and left three times; through one (the control) once."""
    policy = Policy.parse(BARE.replace("[capacity]", "[capacity]\nagent = 3") + PEAK)
    assert turns(simulate(peaks(number), policy, seed=seed)) == [True, False] * number


def test_the_promotion_of_three_peaks_is_met_three_times() -> None:
    """The scenario that ships, under the standard policy (seed 1)."""
    assert turns(lived("peak")) == [True, False] * 3
