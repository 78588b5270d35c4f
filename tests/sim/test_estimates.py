"""Estimates: intervals cover what they should, ratios are of expectations, pairs save replications."""

from __future__ import annotations

import numpy as np
import pytest

from deskkit.errors import ScenarioError
from deskkit.sim.estimates import difference, each_level, enough, ratio, student

TRIALS = 2_000


def covered(level: float, *, claimed: float | None = None) -> float:
    """Return how often the interval of a ratio holds its true value, 0.8 (12 replications each, seed 5)."""
    draw = np.random.default_rng(5)
    hits = 0
    for _ in range(TRIALS):
        bottom = draw.poisson(200, 12).astype(float)
        top = draw.binomial(bottom.astype(int), 0.8).astype(float)
        found = ratio(list(zip(top, bottom, strict=True)), level=claimed or level)
        assert found.interval is not None
        hits += found.interval[0] <= 0.8 <= found.interval[1]
    return hits / TRIALS


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_intervals_of_ratios_cover(level: float) -> None:
    """2,000 trials: within four standard errors of the level, or a little less (the delta method is asymptotic)."""
    assert abs(covered(level) - level) < 4 * (level * (1 - level) / TRIALS) ** 0.5 + 0.01


def test_an_interval_of_another_level_does_not_cover() -> None:
    """Positive control: intervals of 80 % are noticed where 95 % are promised."""
    assert covered(0.95, claimed=0.8) < 0.9


def test_a_ratio_is_of_sums_and_not_a_mean_of_ratios() -> None:
    """A quiet day counts less than a busy one."""
    found = ratio([(1.0, 1.0), (50.0, 100.0)])
    assert found.mean == pytest.approx(51 / 101)
    assert found.estimator == "ratio"
    assert ratio([(1.0, 1.0), (3.0, 1.0)]).estimator == "mean"


def test_nothing_counted_is_none() -> None:
    """No denominators, one replication: no number is made up."""
    assert ratio([(0.0, 0.0), (0.0, 0.0)]).mean is None
    alone = ratio([(3.0, 4.0)])
    assert (alone.mean, alone.half_width, alone.interval) == (0.75, None, None)
    assert not enough([alone], relative=0.5)


def test_pairs_of_the_same_luck_need_fewer_replications() -> None:
    """Two policies that share most of their noise: the variance of the difference is a tenth (40 pairs, seed 3)."""
    draw = np.random.default_rng(3)
    luck = draw.normal(100, 10, 40)
    one = [(float(x + e), 1.0) for x, e in zip(luck, draw.normal(1, 1, 40), strict=True)]
    other = [(float(x + e), 1.0) for x, e in zip(luck, draw.normal(0, 1, 40), strict=True)]
    found, paired, unpaired = difference(one, other)
    assert found.interval is not None
    assert found.interval[0] > 0
    assert paired < unpaired / 10


def test_unequal_numbers_are_not_paired() -> None:
    """Pairs need partners."""
    with pytest.raises(ScenarioError, match="cannot be paired"):
        difference([(1.0, 1.0)], [(1.0, 1.0), (2.0, 1.0)])


def test_levels() -> None:
    """Student's quantile of a table, and Bonferroni's level."""
    assert student(0.95, 30) == pytest.approx(2.0423, abs=1e-4)
    assert each_level(0.95, 10) == pytest.approx(0.995)
