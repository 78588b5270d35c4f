"""The laws: quantiles against scipy, means and spreads, tables of integers, whole counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from deskkit.sim.laws import mean_of, quantile, table
from deskkit.sim.scenario import Law

if TYPE_CHECKING:
    from deskkit.sim.scenario import LawKind

U = (np.arange(100_000) + 0.5) / 100_000
VARIED = [
    Law("exponential", 60_000.0),
    Law("lognormal", 20_000.0, 1.2),
    Law("lognormal", 60_000.0, 0.3),
    Law("gamma", 60_000.0, 0.5),
    Law("gamma", 60_000.0, 1.5),
    Law("weibull", 180_000.0, 0.6),
    Law("weibull", 180_000.0, 1.4),
    Law("weibull", 180_000.0, 0.005),
]
ALL = [*VARIED, Law("constant", 5_000.0), Law("empirical", 0.0, values=(30.0, 10.0, 20.0)), Law("geometric", 8.0)]


def theirs(law: Law) -> stats.rv_frozen:
    """Return the law as scipy has it, from its mean and coefficient of variation."""
    if law.kind == "exponential":
        return stats.expon(scale=law.mean)
    if law.kind == "lognormal":
        sigma = np.sqrt(np.log(1 + law.cv**2))
        return stats.lognorm(sigma, scale=law.mean * np.exp(-(sigma**2) / 2))
    if law.kind == "gamma":
        return stats.gamma(law.cv**-2, scale=law.mean * law.cv**2)
    # Found again from what `quantile` says of two probabilities: scipy must agree at all others, and on both moments.
    low, high = quantile(law, np.array([0.2, 0.8]))
    shape = (np.log(-np.log(0.2)) - np.log(-np.log(0.8))) / (np.log(high) - np.log(low))
    return stats.weibull_min(shape, scale=low / (-np.log(0.8)) ** (1 / shape))


@pytest.mark.parametrize("law", VARIED, ids=str)
def test_quantiles_are_those_of_scipy(law: Law) -> None:
    """From 1e-9 to 1 - 1e-9, to nine digits."""
    u = np.concatenate([[1e-9, 1e-6], U[::1000], [1 - 1e-6, 1 - 1e-9]])
    np.testing.assert_allclose(quantile(law, u), theirs(law).ppf(u), rtol=1e-9)


@pytest.mark.parametrize("law", VARIED, ids=str)
def test_mean_and_spread_are_as_asked_for(law: Law) -> None:
    """The moments of scipy's law are those given to ours, to eight digits."""
    spread = law.cv or 1.0
    assert theirs(law).mean() == pytest.approx(law.mean, rel=1e-8)
    assert theirs(law).std() == pytest.approx(law.mean * spread, rel=1e-6)


@pytest.mark.parametrize("law", ALL, ids=str)
def test_quantiles_rise_and_average_to_the_mean(law: Law) -> None:
    """100,000 evenly spaced quantiles never fall and average to the mean within 0.2 % (the tails are heavy)."""
    found = quantile(law, U)
    assert np.all(np.diff(found) >= 0)
    assert found.mean() == pytest.approx(mean_of(law), rel=2e-3)


def test_a_wrong_spread_would_be_noticed() -> None:
    """Positive control: quantiles of a law with another coefficient of variation are not scipy's."""
    wrong = quantile(Law("lognormal", 20_000.0, 1.3), U[::1000])
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(wrong, theirs(Law("lognormal", 20_000.0, 1.2)).ppf(U[::1000]), rtol=1e-9)


@pytest.mark.parametrize("mean", [1.0, 1.5, 8.0, 100.0])
def test_geometric_counts_are_whole_and_at_least_one(mean: float) -> None:
    """Counts of a geometric law: 1, 2, 3 ..., with scipy's shares and the mean asked for."""
    found = quantile(Law("geometric", mean), U)
    assert found.min() == 1
    assert np.array_equal(found, np.rint(found))
    assert found.mean() == pytest.approx(mean, rel=1e-3)
    if mean > 1:  # scipy has no quantiles of what never fails
        np.testing.assert_array_equal(found, stats.geom(1 / mean).ppf(U))


@pytest.mark.parametrize("kind", ["lognormal", "gamma", "weibull"])
def test_without_spread_a_law_is_constant(kind: LawKind) -> None:
    """A coefficient of variation of 0 is a constant, not a division by zero."""
    assert quantile(Law(kind, 20.0), np.array([0.01, 0.99])).tolist() == [20.0, 20.0]


def test_an_empirical_law_gives_its_values_alike() -> None:
    """Each value of an empirical law comes as often as any other, and no other comes."""
    found = quantile(Law("empirical", 0.0, values=(30.0, 10.0, 20.0)), (np.arange(99_999) + 0.5) / 99_999)
    values, times = np.unique(found, return_counts=True)
    assert values.tolist() == [10.0, 20.0, 30.0]
    assert np.ptp(times) <= 1


@pytest.mark.parametrize("law", [law for law in ALL if law.kind != "geometric"], ids=str)
def test_a_table_keeps_mean_and_shape(law: Law) -> None:
    """4,096 whole milliseconds, rising, with the mean of the law within half a millisecond and its quantiles."""
    found = table(law)
    assert len(found) == 4096
    assert all(one >= 0 for one in found)
    assert list(found[:-1]) == sorted(found[:-1])
    assert abs(sum(found) / 4096 - mean_of(law)) <= 0.5
    middle = quantile(law, (np.arange(4096) + 0.5) / 4096)
    middle[[1365, 2730]] = np.asarray(found)[[1365, 2730]]  # where an empirical law of three jumps
    np.testing.assert_allclose(found[40:4000], middle[40:4000], rtol=1e-3, atol=1)
