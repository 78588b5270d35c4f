"""A day in half-hours: what began in each adds up to what began in the day, and lasting things to their means."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.experiment import alongside, compare, replicate
from deskkit.sim.outcomes import outcomes
from deskkit.sim.parts import PARTS
from deskkit.sim.periods import PERIOD_MS, PERIODICAL, behind, by_period
from deskkit.sim.run import Run, simulate
from deskkit.sim.study import Study, versus
from tests.sim.days import HOUR, busy_day

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = Policy.load("data/policies/standard.toml")


@cache
def run() -> Run:
    """Return a morning of an hour and a half."""
    return simulate(busy_day(), STANDARD, seed=2)


@cache
def study() -> Study:
    """Return three replications of it."""
    return replicate(busy_day(), STANDARD, replications=3, seed=2)


def total(name: str) -> tuple[float, float]:
    """Return the sums of numerators and denominators of a measure over the periods."""
    series = by_period(run())[name]
    return sum(top for top, _ in series), sum(below for _, below in series)


def test_every_measure_has_every_period() -> None:
    """Three half-hours, and each measure in each of them."""
    found = by_period(run())
    assert set(found) == set(PERIODICAL)
    assert {len(series) for series in found.values()} == {3}


def test_what_began_adds_up() -> None:
    """Arrivals are the day's; replies those that were asked for while customers began, with the same total time."""
    spans, end = run().spans, run().workload.end
    assert total("arrivals")[0] == spans.conversations.height
    asked = spans.turns.filter((pl.col("outcome") == "answered") & (pl.col("at").cast(pl.Int64) <= end))
    assert asked.height < spans.turns.height, "some are asked after the last customer has begun"
    ms = (asked["until"] - asked["at"]).dt.total_milliseconds().sum()
    assert total("reply_time") == (ms, asked.height)


def test_the_parts_of_a_reply_add_up() -> None:
    """Queue, notice, attention, switch and handle together are the time from the question to the reply."""
    steps = run().steps.filter(pl.col("asked") <= run().workload.end)
    assert sum(total(part)[0] for part in PARTS) == float((steps["replied"] - steps["asked"]).sum())
    assert all(total(part)[0] > 0 for part in PARTS)


def test_what_lasts_is_a_mean() -> None:
    """Agents there: as many hours as the presences say, cut to the periods."""
    begin, end = run().workload.begin, run().workload.begin + 3 * PERIOD_MS
    there = run().spans.presences.filter(pl.col("presence").cast(pl.String) == "online")
    last = int(run().spans.end.timestamp() * 1000)
    ms = sum(
        max(0, min(until or last, end) - max(at, begin))
        for at, until in there.select(pl.col("at", "until").cast(pl.Int64)).iter_rows()
    )
    assert total("present") == (ms, 3 * PERIOD_MS)
    queued = by_period(run())["queued"]
    assert any(top > 0 for top, _ in queued)


def test_a_warm_up_holds_nothing() -> None:
    """Periods wholly within the warm-up are empty; the measures of the run leave it out as well."""
    warm = simulate(structs.replace(busy_day(), warm_up_ms=HOUR // 2), STANDARD, seed=2)
    found = by_period(warm)
    assert {series[0] for series in found.values()} == {(0.0, 0.0)}
    assert sum(top for top, _ in found["arrivals"]) == outcomes(warm)["conversations"][0]


def test_a_study_through_its_day() -> None:
    """Means over replications with intervals; the worst half-hour comes again by its seed, with those behind it."""
    rows = study().periods("arrivals")
    assert rows["at_ms"].to_list() == [9 * HOUR, 9 * HOUR + PERIOD_MS, 10 * HOUR]
    sums = [sum(run.periods["arrivals"][n][0] for run in study().found["standard"]) / 3 for n in range(3)]
    assert rows["mean"].to_list() == pytest.approx(sums)
    assert (rows["low"] < rows["mean"]).all()
    worst = study().worst("reply_time")
    again = simulate(busy_day(), STANDARD, seed=2, replication=worst.replication)
    top, below = by_period(again)["reply_time"][worst.period]
    assert (
        top / below
        == worst.value
        == max(
            run.periods["reply_time"][worst.period][0] / run.periods["reply_time"][worst.period][1]
            for run in study().found["standard"]
        )
    )
    listed = behind(again, worst.period)
    assert listed["longest_ms"].is_sorted(descending=True)
    began = [edge + worst.at_ms - 9 * HOUR + again.workload.begin for edge in (0, PERIOD_MS)]
    opened = again.spans.conversations.filter(
        pl.col("opened_at").cast(pl.Int64).is_between(began[0], began[1], closed="left")
    )
    assert set(opened["conversation"].cast(pl.String)) <= set(listed["conversation"])


@pytest.mark.parametrize("call", [
    lambda: study().periods("nothing"), lambda: study().periods("arrivals", "nobody"), lambda: study().worst("present"),
])  # fmt: skip
def test_what_is_not_there_is_said(call: Callable[[], object]) -> None:
    """An unknown measure or policy, and the worst of what is not worse, are errors that name what there is."""
    with pytest.raises(ScenarioError, match=r"arrivals|reply_time"):
        call()


def test_the_same_from_processes() -> None:
    """Two workers bring the same half-hours as one."""
    both = replicate(busy_day(), STANDARD, replications=3, seed=2, workers=2)
    assert both.found == study().found


def test_side_by_side_is_compare() -> None:
    """Policies side by side come out as `compare` has them, difference by difference; other seeds are no pair."""
    quiet = Policy.load("data/policies/quiet.toml")
    *_, last = alongside({"a": (busy_day(), STANDARD), "b": (busy_day(), quiet)}, replications=2, seed=2)
    known = compare({"a": STANDARD, "b": quiet}, busy_day(), replications=2, seed=2)
    measures = ["reply_time", "notices_per_agent_hour"]
    found = versus(last["b"], last["a"], measures)
    assert found["mean"].to_list() == known.differences(measures)["mean"].to_list()
    assert found["low"].to_list() == known.differences(measures)["low"].to_list()
    assert found["other"].to_list() == known.differences(measures)["base_mean"].to_list()
    with pytest.raises(ScenarioError, match="same replications"):
        versus(last["a"], study(), measures)


@pytest.mark.parametrize("period", [-1, 3, 999])
def test_a_half_hour_that_is_not_there_is_said(period: int) -> None:
    """No list of conversations is made up for it."""
    with pytest.raises(ScenarioError, match="no such half-hour"):
        behind(run(), period)
