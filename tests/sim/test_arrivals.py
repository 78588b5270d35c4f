"""Arrivals: rates of every form, busy days, fixed counts, traces, and customers who stay the same under another factor.

Seed 11 throughout, one replication a day; levels stand beside the tests.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from deskkit.sim.arrivals import begun, expected
from deskkit.sim.draws import Key
from deskkit.sim.scenario import Arrivals, Busyness, Point, Wave

if TYPE_CHECKING:
    from numpy.typing import NDArray

H = 3_600_000
DAY = 24 * H
HALF = H // 2
STEPS = Arrivals(points=(Point(8 * H, 20.0), Point(10 * H, 60.0), Point(12 * H, 0.0), Point(13 * H, 40.0)))
LINE = Arrivals(points=STEPS.points, steps=False)
WAVE = Arrivals(wave=Wave(base=10.0, amplitude=5.0, period_ms=DAY, shift_ms=6 * H))
RATES = {"steps": STEPS, "line": LINE, "wave": WAVE}


def day(arrivals: Arrivals, n: int = 0, *, factor: float = 1.0, stream: int = 0, seed: int = 11) -> NDArray[np.int64]:
    """Return the instants of replication `n`."""
    key = Key(seed, n)
    return begun(arrivals, key=key, stream=stream, day=0, begin=8 * H, end=16 * H, factor=factor).at


def counts(arrivals: Arrivals, days: int, *, width: int = HALF) -> NDArray[np.int64]:
    """Return how many begin in each part of each day, days by parts."""
    edges = np.arange(8 * H, 16 * H + 1, width)
    return np.stack([np.histogram(day(arrivals, n), edges)[0] for n in range(days)])


def rate(arrivals: Arrivals, at: float) -> float:
    """Return the rate per hour at an instant, from its description alone."""
    if arrivals.wave is not None:
        wave = arrivals.wave
        return wave.base + wave.amplitude * math.sin(2 * math.pi * (at - wave.shift_ms) / wave.period_ms)
    marks = [point.at_ms for point in arrivals.points]
    rates = [point.per_hour for point in arrivals.points]
    if arrivals.steps:
        return rates[int(np.searchsorted(marks, at, side="right")) - 1]
    return float(np.interp(at, marks, rates))


def means(arrivals: Arrivals) -> NDArray[np.float64]:
    """Return how many are expected in each half hour, integrated by its seconds."""
    grid = np.arange(8 * H, 16 * H, 1_000) + 500
    each = np.array([rate(arrivals, float(at)) for at in grid]) / 3_600
    return np.asarray(each.reshape(16, -1).sum(axis=1))


@pytest.mark.parametrize("name", RATES)
def test_counts_per_half_hour_are_poisson_with_the_rate(name: str) -> None:
    """400 days: means within 4.5 standard errors each, chi-square and dispersion of all between 0.1 and 99.9 %."""
    found, mean = counts(RATES[name], 400), means(RATES[name])
    some = mean > 0
    assert found[:, ~some].sum() == 0
    z = (found.mean(axis=0) - mean)[some] / np.sqrt(mean[some] / 400)
    assert np.all(np.abs(z) < 4.5)
    assert 0.001 < stats.chi2(some.sum()).cdf((z**2).sum()) < 0.999
    dispersion = ((found - mean)[:, some] ** 2 / mean[some]).sum()  # 400 Poisson counts to each mean
    spread = np.sqrt(400 * (2 + 1 / mean[some]).sum())
    assert abs(dispersion - 400 * some.sum()) < 3.3 * spread
    assert expected(RATES[name], begin=8 * H, end=16 * H) == pytest.approx(mean.sum(), rel=1e-6)


def test_parts_of_a_day_know_nothing_of_one_another() -> None:
    """400 days: without busyness the counts of neighbouring half hours are uncorrelated (|r| < 4 / sqrt n)."""
    found = counts(WAVE, 400)
    for part in range(15):
        r = np.corrcoef(found[:, part], found[:, part + 1])[0, 1]
        assert abs(r) < 4 / 20


def scaled_gaps(at: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """Return the gaps of Brown et al. (2005): within blocks of nearly even rate, standard exponential if Poisson."""
    gaps: list[float] = []
    for begin in range(8 * H, 16 * H, width):
        inside = (at[(at >= begin) & (at < begin + width)] + 0.5 - begin) / width
        edge = np.concatenate([[0.0], inside])
        many = len(inside)
        gaps.extend(-(many - j) * np.log((1 - edge[j + 1]) / (1 - edge[j])) for j in range(many))
    return np.array(gaps)


def test_a_day_passes_the_test_for_nonhomogeneous_poisson() -> None:
    """Brown et al.'s transformed gaps of 100 days in blocks of 15 minutes: Kolmogorov-Smirnov, level 0.1 %."""
    gaps = np.concatenate([scaled_gaps(day(WAVE, n, factor=4.0), H // 4) for n in range(100)])
    assert len(gaps) > 20_000
    assert stats.kstest(gaps, "expon").pvalue > 0.001


def test_what_is_not_poisson_fails_that_test() -> None:
    """Positive control: every second arrival of a Poisson day comes too evenly."""
    gaps = np.concatenate([scaled_gaps(day(WAVE, n, factor=8.0)[::2], H // 4) for n in range(100)])
    assert stats.kstest(gaps, "expon").pvalue < 1e-6


def test_a_busy_day_is_busy_from_morning_to_evening() -> None:
    """Case I1: mean 1660, gamma shape 10: standard deviation 526.5, dispersion 167, halves correlated .988."""
    arrivals = Arrivals(points=(Point(8 * H, 1660 / 8),), busyness=Busyness(10.0))
    found = counts(arrivals, 4_000, width=4 * H)
    total = found.sum(axis=1)
    # Standard error of a standard deviation: sd sqrt((kurtosis + 2) / 4n), excess kurtosis 6 / 10; within 4 of them.
    assert total.mean() == pytest.approx(1660, abs=4 * 526.5168563 / 4_000**0.5)
    assert total.std(ddof=1) == pytest.approx(526.5168563, abs=4 * 526.5 * (2.6 / 16_000) ** 0.5)
    assert total.var(ddof=1) / total.mean() == pytest.approx(167, rel=0.12)
    z = np.arctanh(np.corrcoef(found[:, 0], found[:, 1])[0, 1]) - np.arctanh(0.9880952381)
    assert abs(z) < 4 * (2.6 / 2) ** 0.5 / 4_000**0.5


@pytest.mark.parametrize(("correlation", "tied"), [(1.0, 0.988), (0.8, 0.785), (0.0, 0.0)])
def test_parts_of_a_busy_day_go_together_as_asked(correlation: float, tied: float) -> None:
    """Factors of two-hour parts, seen through 2,000 customers of 600 days: shape 25, neighbours correlated as asked.

    Poisson noise takes 1.2 % off a correlation, and the normal copula another little; 4 standard errors at most.
    """
    busyness = Busyness(25.0, correlation, 2 * H)
    found = counts(Arrivals(points=(Point(8 * H, 1_000.0),), busyness=busyness), 600, width=2 * H)
    assert found.mean() == pytest.approx(2_000, rel=0.03)
    assert found.std(axis=0) == pytest.approx(np.full(4, 402.5), rel=0.12)
    for part in range(3):
        r = np.corrcoef(found[:, part], found[:, part + 1])[0, 1]
        assert r == pytest.approx(tied, abs=4 * (1 - tied**2) / 600**0.5)


def test_fixed_counts_are_fixed_and_even() -> None:
    """As many as asked for in each part, whatever the seed, and at uniform instants (Kolmogorov-Smirnov, 0.1 %)."""
    arrivals = Arrivals(counts=((8 * H, 9 * H, 300), (12 * H, 16 * H, 40)))
    at = [day(arrivals, n) for n in range(20)]
    assert all(((one < 9 * H).sum(), (one >= 12 * H).sum(), len(one)) == (300, 40, 340) for one in at)
    early = np.concatenate([one[one < 9 * H] for one in at])
    assert stats.kstest((early + 0.5 - 8 * H) / H, "uniform").pvalue > 0.001
    assert len(day(arrivals, factor=1.5)) == 450 + 60


def test_a_trace_is_taken_as_it_is() -> None:
    """Instants come in order, without draw or factor; those outside the hours stay away, the very end is inside."""
    arrivals = Arrivals(instants=(9 * H, 8 * H, 8 * H, 16 * H, 7 * H), factor=3.0)
    assert day(arrivals).tolist() == [8 * H, 8 * H, 9 * H, 16 * H]
    assert np.array_equal(day(arrivals, 1, factor=2.0), day(arrivals))


@pytest.mark.parametrize("name", [*RATES, "counts", "busy"])
def test_another_factor_keeps_the_customers_and_adds_some(name: str) -> None:
    """All customers of a quiet day come on the busier one too: at the same instant, with the same number."""
    forms = RATES | {
        "counts": Arrivals(counts=((8 * H, 9 * H, 30), (9 * H, 16 * H, 50))),
        "busy": Arrivals(points=STEPS.points, busyness=Busyness(10.0, 0.5, HALF)),
    }
    for n in range(5):
        few, many = (
            begun(forms[name], key=Key(11, n), stream=0, day=0, begin=8 * H, end=16 * H, factor=factor)
            for factor in (1.0, 1.3)
        )
        assert len(few.at) < len(many.at)
        them = dict(zip(many.number.tolist(), many.at.tolist(), strict=True))
        assert all(them[number] == at for number, at in zip(few.number.tolist(), few.at.tolist(), strict=True))


def test_streams_days_and_replications_have_luck_of_their_own() -> None:
    """The same rate drawn for another stream, day or replication gives other instants."""

    def of(stream: int, number: int, n: int) -> tuple[int, ...]:
        found = begun(STEPS, key=Key(11, n), stream=stream, day=number, begin=8 * H, end=16 * H)
        return tuple(found.at.tolist())

    assert len({of(stream, number, n) for stream in (0, 1) for number in (0, 1) for n in (0, 1)}) == 8


def test_a_wave_never_falls_below_nothing_and_a_line_begins_with_its_first_point() -> None:
    """Nobody comes where the rate would be negative, nor before the first point."""
    deep = Arrivals(wave=Wave(base=0.0, amplitude=60.0, period_ms=8 * H, shift_ms=8 * H))
    assert day(deep).max() < 12 * H
    late = Arrivals(points=(Point(12 * H, 60.0), Point(14 * H, 60.0)), steps=False)
    assert day(late).min() >= 12 * H


@pytest.mark.parametrize("arrivals", [Arrivals(), Arrivals(points=(Point(0, 0.0),)), Arrivals(instants=(3 * H,))])
def test_nobody_comes_where_nobody_is_expected(arrivals: Arrivals) -> None:
    """An empty day is no error."""
    assert len(day(arrivals)) == 0
