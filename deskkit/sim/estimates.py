"""Estimates from replications: means, ratios of expectations, paired differences, each with its interval.

A service level is E[good] / E[all], not the mean of daily shares: ratios are estimated from the sums of numerators and
denominators, with an interval by the delta method (Law, *Simulation Modeling and Analysis*, 4.5).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import msgspec
from scipy import special

from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Ratio = tuple[float, float]

__all__ = ["Estimate", "difference", "each_level", "enough", "ratio", "student"]

_FEW: Final = 2


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A number from replications.

    Attributes
    ----------
    mean : float or None
        None where nothing was counted.
    half_width : float or None
        Of the interval at `level`; None from one replication.
    level : float
    estimator : str
        ``mean``, ``ratio`` or ``paired difference``.
    n : int
        Replications.
    """

    mean: float | None
    half_width: float | None
    level: float
    estimator: str
    n: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper end."""
        if self.mean is None or self.half_width is None:
            return None
        return self.mean - self.half_width, self.mean + self.half_width


def student(level: float, freedom: int) -> float:
    """Return the two-sided quantile of Student's law.

    Examples
    --------
    >>> round(student(0.95, 9), 3)
    2.262
    """
    return float(special.stdtrit(freedom, 1 - (1 - level) / 2))


def each_level(level: float, comparisons: int) -> float:
    """Return the level of each of several intervals that hold together at `level` (Bonferroni).

    Examples
    --------
    >>> round(each_level(0.95, 5), 4)
    0.99
    """
    return 1 - (1 - level) / max(1, comparisons)


def ratio(found: Sequence[Ratio], *, level: float = 0.95) -> Estimate:
    """Return the ratio of the expectations of numerator and denominator, one pair from each replication.

    Parameters
    ----------
    found : sequence of (float, float)
        With denominators of 1 throughout it is a mean.
    level : float

    Returns
    -------
    Estimate

    Notes
    -----
    With T and B the means, r = T / B, its variance is that of (t_i - r b_i) / B over n: the delta method.

    Examples
    --------
    >>> found = ratio([(8.0, 10.0), (9.0, 10.0), (7.0, 10.0)])
    >>> round(found.mean, 3), round(found.half_width, 3), found.estimator
    (0.8, 0.248, 'ratio')
    """
    whole = sum(bottom for _, bottom in found)
    kind = "mean" if all(bottom == 1 for _, bottom in found) else "ratio"
    n = len(found)
    if n == 0 or whole == 0:
        return Estimate(mean=None, half_width=None, level=level, estimator=kind, n=n)
    mean = sum(top for top, _ in found) / whole
    return Estimate(mean=mean, half_width=_half(_rests(found, mean), level), level=level, estimator=kind, n=n)


def difference(one: Sequence[Ratio], other: Sequence[Ratio], *, level: float = 0.95) -> tuple[Estimate, float, float]:
    """Compare two policies that met the same customers, replication by replication.

    Returns
    -------
    difference : Estimate
        `one` - `other`, paired.
    paired, unpaired : float
        Variance of the difference with common random numbers, and what it would be without.

    Raises
    ------
    ScenarioError
        They do not have the same replications.

    Examples
    --------
    >>> found, paired, unpaired = difference([(5.0, 1.0), (7.0, 1.0)], [(4.0, 1.0), (6.0, 1.0)])
    >>> found.mean, found.half_width, paired, unpaired
    (1.0, 0.0, 0.0, 4.0)
    """
    if len(one) != len(other):
        raise ScenarioError(
            "These replications cannot be paired.", value=f"{len(one)} and {len(other)}", expected="the same number",
            example="replications=30 for both",
        )  # fmt: skip
    mine, theirs = ratio(one, level=level), ratio(other, level=level)
    if mine.mean is None or theirs.mean is None:
        empty = Estimate(mean=None, half_width=None, level=level, estimator="paired difference", n=len(one))
        return empty, math.nan, math.nan
    first, second = _rests(one, mine.mean), _rests(other, theirs.mean)
    apart = [x - y for x, y in zip(first, second, strict=True)]
    estimate = Estimate(
        mean=mine.mean - theirs.mean, half_width=_half(apart, level), level=level, estimator="paired difference",
        n=len(one),
    )  # fmt: skip
    return estimate, _variance(apart), _variance(first) + _variance(second)


def enough(estimates: Sequence[Estimate], *, relative: float = 0.0, absolute: float = 0.0) -> bool:
    """Say whether every estimate is precise: a half-width within a share of its mean, or within an amount.

    Examples
    --------
    >>> enough([ratio([(8.0, 10.0), (9.0, 10.0), (7.0, 10.0)])], relative=0.05)
    False
    """
    return all(
        one.mean is None or (one.half_width is not None and one.half_width <= max(absolute, relative * abs(one.mean)))
        for one in estimates
    )


def _rests(found: Sequence[Ratio], mean: float) -> list[float]:
    """Return what each replication deviates by, in units of the ratio."""
    bottom = sum(bottom for _, bottom in found) / len(found)
    return [(top - mean * below) / bottom for top, below in found]


def _variance(rests: Sequence[float]) -> float:
    n = len(rests)
    if n < _FEW:
        return math.nan
    centre = sum(rests) / n
    return sum((rest - centre) ** 2 for rest in rests) / (n - 1)


def _half(rests: Sequence[float], level: float) -> float | None:
    n = len(rests)
    if n < _FEW:
        return None
    return student(level, n - 1) * math.sqrt(_variance(rests) / n)
