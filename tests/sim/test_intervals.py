"""Coverage of every interval, by simulation: each states its trials, replications and seed, and has a wrong twin.

A share of hits has the standard error sqrt(p (1 - p) / trials); an interval may miss its level by four of them, and by
a margin that is named where the estimator holds only for many replications.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.estimates import Target, difference, each_level, quantile, ratio, student, within
from deskkit.sim.experiment import replicate
from deskkit.sim.printing import printed
from deskkit.sim.scenario import Agent, Arrivals, Point, Scenario, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.sim.estimates import Estimate

TRIALS = 1_500
Pairs = list[tuple[float, float]]


def share_of_hits(made: Callable[[np.random.Generator], Estimate], truth: float, *, seed: int) -> float:
    """Return how often the interval of an estimate holds the truth."""
    draw = np.random.default_rng(seed)
    hits = 0
    for _ in range(TRIALS):
        interval = made(draw).interval
        assert interval is not None
        hits += interval[0] <= truth <= interval[1]
    return hits / TRIALS


def is_covered(hits: float, level: float, *, margin: float = 0.0) -> bool:
    """Say whether a share of hits agrees with a level."""
    return abs(hits - level) < 4 * math.sqrt(level * (1 - level) / TRIALS) + margin


def means(draw: np.random.Generator) -> Pairs:
    """Return five replications of a normal mean."""
    return [(float(x), 1.0) for x in draw.normal(10, 3, 5)]


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_mean_of_five_is_covered(level: float) -> None:
    """Student's interval is exact for normal replications: 1,500 trials of 5, seed 1."""
    assert is_covered(share_of_hits(lambda draw: ratio(means(draw), level=level), 10.0, seed=1), level)


def test_a_normal_quantile_in_place_of_students_is_noticed() -> None:
    """Positive control: 1.96 in place of 2.776 covers too seldom."""

    def too_narrow(draw: np.random.Generator) -> Estimate:
        found = ratio(means(draw))
        return replaced(found, (found.half_width or 0) * 1.95996 / 2.77645)

    assert not is_covered(share_of_hits(too_narrow, 10.0, seed=1), 0.95)


def days(draw: np.random.Generator, good: float, busy: np.ndarray | None = None) -> Pairs:
    """Return 25 busy and quiet days; on busy ones a smaller share is good, so that ratio and mean of shares differ."""
    busy = draw.gamma(10, 0.1, 25) if busy is None else busy
    asked = draw.poisson(80 * busy)
    served = draw.binomial(asked, np.clip(good - 0.2 * (busy - 1), 0, 1))
    return [(float(a), float(b)) for a, b in zip(served, asked, strict=True)]


def true_ratio(good: float) -> float:
    """Return E[served] / E[asked] of such days, from two million of them."""
    busy = np.random.default_rng(0).gamma(10, 0.1, 2_000_000)
    return float((busy * np.clip(good - 0.2 * (busy - 1), 0, 1)).mean() / busy.mean())


def test_a_ratio_of_expectations_is_covered() -> None:
    """The delta method: 1,500 trials of 25 days, seed 2; two points of margin, for 25 days are few."""
    truth = true_ratio(0.7)
    assert is_covered(share_of_hits(lambda draw: ratio(days(draw, 0.7)), truth, seed=2), 0.95, margin=0.02)


def test_the_mean_of_daily_shares_is_noticed() -> None:
    """Positive control: the mean of daily shares is another number, and its interval misses the ratio."""

    def daily(draw: np.random.Generator) -> Estimate:
        return ratio([(top / bottom, 1.0) for top, bottom in days(draw, 0.7) if bottom])

    assert not is_covered(share_of_hits(daily, true_ratio(0.7), seed=2), 0.95, margin=0.02)


def pairs(draw: np.random.Generator) -> tuple[Pairs, Pairs]:
    """Return the same 25 days under two policies, the first better by a tenth."""
    busy = draw.gamma(10, 0.1, 25)
    return days(draw, 0.7, busy), days(draw, 0.6, busy)


def test_a_paired_difference_is_covered() -> None:
    """Of two ratios on the same days: 1,500 trials of 25 pairs, seed 3; two points of margin."""
    truth = true_ratio(0.7) - true_ratio(0.6)
    hits = share_of_hits(lambda draw: difference(*pairs(draw))[0], truth, seed=3)
    assert is_covered(hits, 0.95, margin=0.02)


def test_forgotten_pairing_is_noticed() -> None:
    """Positive control: pairs put together wrongly give intervals that are far too wide, and cover always."""

    def shuffled(draw: np.random.Generator) -> Estimate:
        one, other = pairs(draw)
        return difference(one, other[1:] + other[:1])[0]

    assert not is_covered(share_of_hits(shuffled, true_ratio(0.7) - true_ratio(0.6), seed=3), 0.95, margin=0.02)


def test_variances_with_and_without_pairing() -> None:
    """Per replication, and as computed from the pairs themselves: means with shared noise, 4,000 pairs, seed 4."""
    draw = np.random.default_rng(4)
    luck = draw.normal(0, 3, 4_000)
    one, other = ([(float(x), 1.0) for x in luck + draw.normal(0, 1, 4_000)] for _ in range(2))
    _, paired, apart = difference(one, other)
    assert paired == pytest.approx(2, rel=0.1)
    assert apart == pytest.approx(20, rel=0.1)


def together(draw: np.random.Generator, comparisons: int, stated: int) -> bool:
    """Say whether all of several intervals of independent differences hold zero."""
    found = []
    for _ in range(comparisons):
        one, other = (means(draw) + means(draw) for _ in range(2))
        found.append(difference(one, other, comparisons=stated)[0].interval or (0.0, 0.0))
    return all(low <= 0 <= high for low, high in found)


def test_intervals_hold_together() -> None:
    """Bonferroni: 12 differences hold zero all at once in 95 % of 1,500 trials of 10 pairs, seed 5."""
    draw = np.random.default_rng(5)
    assert is_covered(sum(together(draw, 12, 12) for _ in range(TRIALS)) / TRIALS, 0.95, margin=0.01)


def test_intervals_each_by_itself_do_not_hold_together() -> None:
    """Positive control: without the correction one of 12 misses in almost half of the trials."""
    draw = np.random.default_rng(5)
    assert sum(together(draw, 12, 1) for _ in range(TRIALS)) / TRIALS < 0.65


def test_differences_of_nothing_are_none() -> None:
    """Where one of two counted nothing there is no difference; from one pair there is no interval."""
    empty, paired, apart = difference([(1.0, 1.0), (2.0, 1.0)], [(0.0, 0.0), (0.0, 0.0)])
    assert (empty.mean, empty.half_width, empty.interval) == (None, None, None)
    assert math.isnan(paired)
    assert math.isnan(apart)
    assert difference([(2.0, 1.0)], [(1.0, 1.0)])[0].interval is None


def test_a_simultaneous_interval_says_so() -> None:
    """Its estimator names how many there are, its level is that of all together, and it is wider."""
    one, other = [(1.0, 1.0), (2.0, 1.0), (4.0, 1.0)], [(1.0, 1.0), (1.0, 1.0), (2.0, 1.0)]
    alone, of_ten = difference(one, other)[0], difference(one, other, comparisons=10)[0]
    assert (alone.estimator, of_ten.estimator) == ("paired difference", "paired difference, Bonferroni over 10")
    assert (alone.level, of_ten.level) == (0.95, 0.95)
    assert (of_ten.half_width or 0) > (alone.half_width or 0)


# ---------------------------------------------------------------- quantiles


def replies(draw: np.random.Generator) -> list[list[float]]:
    """Return 40 replications of 30 or so times that share a busyness: within a replication they depend."""
    return [
        list(draw.exponential(busy, n))
        for busy, n in zip(draw.gamma(20, 1 / 20, 40), draw.poisson(30, 40) + 1, strict=True)
    ]


def true_quantile(share: float) -> float:
    """Return the quantile of such times, of four million of them."""
    draw = np.random.default_rng(0)
    return float(np.quantile(draw.exponential(draw.gamma(20, 1 / 20, 4_000_000)), share))


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_pooled_quantiles_are_covered(share: float) -> None:
    """Sectioning: 1,500 trials of 40 replications in 10 sections, seed 6; two points of margin."""
    hits = share_of_hits(lambda draw: quantile(replies(draw), share), true_quantile(share), seed=6)
    assert is_covered(hits, 0.95, margin=0.02)


def test_times_taken_as_independent_are_noticed() -> None:
    """Positive control: an interval as if all 1,200 times were independent (order statistics) covers too seldom."""

    def naive(draw: np.random.Generator) -> Estimate:
        times = np.sort(np.concatenate(replies(draw)))
        n, p = len(times), 0.5
        spread = 1.96 * math.sqrt(n * p * (1 - p))
        low, high = times[int(n * p - spread)], times[int(n * p + spread)]
        return replaced(quantile([list(times)], p), (high - low) / 2, mean=(high + low) / 2)

    assert not is_covered(share_of_hits(naive, true_quantile(0.5), seed=6), 0.95, margin=0.02)


@given(st.lists(st.lists(st.integers(0, 50), max_size=6), min_size=1, max_size=20), st.floats(0.01, 0.99))
def test_a_quantile_is_a_value_with_its_share_at_or_below(samples: list[list[float]], share: float) -> None:
    """It is the least such value; of nothing there is none."""
    found = quantile(samples, share)
    pooled = list(itertools.chain(*samples))
    if not pooled:
        assert found.mean is None
        return
    assert found.mean in pooled
    assert sum(x <= found.mean for x in pooled) >= share * len(pooled) - 1e-6
    assert sum(x < found.mean for x in pooled) < share * len(pooled)


def test_quantiles_without_enough_have_no_interval() -> None:
    """One replication, or a section that saw nothing; a share that is none is refused."""
    assert quantile([[1.0, 2.0]], 0.5).half_width is None
    assert quantile([[1.0], []], 0.5).half_width is None
    assert quantile([[1.0], [2.0]], 0.5).half_width is not None
    with pytest.raises(ScenarioError, match="no share"):
        quantile([[1.0]], 1.0)


# ---------------------------------------------------------------- the stopping rule


def stopped(draws: Iterator[float], *, least: int, look_ahead: int) -> Pairs:
    """Take replications until their mean is known to 30 %, as `precise` does."""
    found: Pairs = []
    held = 0
    while held <= look_ahead:
        found.append((next(draws), 1.0))
        good = len(found) >= least and within(ratio(found), Target(relative=0.3))
        held = held + 1 if good else 0
    return found


def sequential(least: int, look_ahead: int) -> float:
    """Return the coverage of means whose replications were added until they seemed precise (skewed times, seed 7)."""
    draw = np.random.default_rng(7)
    hits = 0
    for _ in range(TRIALS):
        found = ratio(stopped(iter(lambda: float(draw.gamma(2, 0.5)), None), least=least, look_ahead=look_ahead))
        assert found.interval is not None
        hits += found.interval[0] <= 1.0 <= found.interval[1]
    return hits / TRIALS


def test_stopping_when_precise_keeps_most_of_the_coverage() -> None:
    """1,500 trials from 10 replications, to hold for 5 more; two points of margin, for a rule that looks loses some."""
    assert is_covered(sequential(10, 5), 0.95, margin=0.02)


def test_stopping_at_the_first_lucky_moment_is_noticed() -> None:
    """Positive control: looking from 2 replications on, without looking ahead, covers too seldom."""
    assert not is_covered(sequential(2, 0), 0.95, margin=0.02)


def test_what_never_happened_is_not_thereby_precise() -> None:
    """Ten days without a single event have an interval of no width around zero: no share of it is precise."""
    never = ratio([(0.0, 20.0)] * 10)
    assert (never.mean, never.half_width) == (0.0, 0.0)
    assert not within(never, Target(relative=0.05))
    assert within(never, Target(absolute=0.01))
    assert not within(ratio([(0.0, 0.0)] * 10), Target(relative=0.05, absolute=1.0))


@given(st.floats(0.5, 0.999), st.integers(1, 500))
def test_levels_of_several_add_up(level: float, comparisons: int) -> None:
    """The chances of missing sum to that of all together."""
    assert (1 - each_level(level, comparisons)) * comparisons == pytest.approx(1 - level)


def replaced(found: Estimate, half_width: float, *, mean: float | None = None) -> Estimate:
    """Return an estimate with another interval."""
    return type(found)(
        mean=found.mean if mean is None else mean, half_width=half_width, level=found.level, estimator=found.estimator,
        n=found.n, counted=found.counted,
    )  # fmt: skip


# ---------------------------------------------------------------- where little is counted


def seldom(draw: np.random.Generator) -> Pairs:
    """Return ten replications, in three of ten of which a normal mean is counted once; at least in two."""
    while True:
        counts = draw.random(10) < 0.3
        found = [(float(x), 1.0) if one else (0.0, 0.0) for x, one in zip(draw.normal(10, 3, 10), counts, strict=True)]
        if counts.sum() >= 2:
            return found


def test_an_interval_rests_on_the_replications_that_counted() -> None:
    """Exact for normal means: 1,500 trials of ten at 95 %, seed 6; as if all ten had counted it covers too seldom."""
    assert is_covered(share_of_hits(lambda draw: ratio(seldom(draw)), 10.0, seed=6), 0.95)

    def of_all(draw: np.random.Generator) -> Estimate:
        found = ratio(seldom(draw))
        half = found.half_width
        assert half is not None
        narrow = half * student(0.95, found.n - 1) / student(0.95, found.counted - 1)
        return structs.replace(found, half_width=narrow)

    assert not is_covered(share_of_hits(of_all, 10.0, seed=6), 0.95)


@pytest.mark.parametrize("more", [[(0.0, 0.0)] * 2, []])
def test_what_was_counted_once_has_no_interval(more: Pairs) -> None:
    """Not with two further replications that counted nothing: it is within no target, and differs from nothing."""
    found = ratio([(5.0, 1.0), *more])
    assert (found.mean, found.half_width, found.n, found.counted) == (5.0, None, 1 + len(more), 1)
    assert not within(found, Target(relative=10.0))
    apart, *_ = difference([(5.0, 1.0), *more], [(1.0, 1.0)] * (1 + len(more)))
    assert (apart.mean, apart.half_width, apart.counted) == (4.0, None, 1)
    assert ratio([(5.0, 1.0), (6.0, 1.0), *more]).half_width is not None


def test_what_is_paid_for_nothing_counts() -> None:
    """Costs of a day on which nothing was resolved belong to the ratio."""
    found = ratio([(10.0, 2.0), (10.0, 0.0), (0.0, 0.0)])
    assert (found.mean, found.counted) == (10.0, 2)


def test_a_study_says_in_how_many_replications_something_was_counted() -> None:
    """In its frame and on paper; where all counted nothing is said."""
    quiet = Scenario(
        name="quiet", end_ms=3_600_000, agents=(Agent(name="chen", groups=("presales",)),),
        streams=(Stream(name="s", group="presales", arrivals=Arrivals(points=(Point(0, 1.0),))),),
    )  # fmt: skip
    study = replicate(quiet, Policy.load("data/policies/standard.toml"), replications=6, seed=1)
    row = study.frame.row(by_predicate=pl.col("measure") == "reply_time", named=True)
    assert 2 <= row["counted"] < row["n"] == 6
    assert row["counted"] == sum(below > 0 for _, below in study.ratios("reply_time"))
    assert f"(in {row['counted']} of 6 replications)" in printed(study, ["reply_time"])
    assert "of 6 replications" not in printed(study, ["conversations"])
    assert study.periods("reply_time")["counted"].max() < 6  # type: ignore[operator]
