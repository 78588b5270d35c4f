"""Laws of durations and counts: quantiles, and integer tables of them.

Each law is given by its mean and coefficient of variation, as an analyst measures them. Every draw is a quantile of a
uniform number, so that two scenarios which differ in one law see the same luck.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from deskkit.sim.scenario import Law

    Floats = NDArray[np.float64]

__all__ = ["mean_of", "quantile", "table"]

_SIZE: Final = 4096
_FINE: Final = 64  # quantiles to each part of a table
_BY_SPREAD: Final = {"lognormal", "gamma", "weibull"}  # whose coefficient of variation is given


def mean_of(law: Law) -> float:
    """Return the mean of a law, milliseconds or a count.

    Examples
    --------
    >>> from deskkit.sim.scenario import Law
    >>> mean_of(Law("empirical", 0.0, values=(10.0, 20.0)))
    15.0
    """
    if law.kind == "empirical":
        return float(np.mean(law.values))
    return max(1.0, law.mean) if law.kind == "geometric" else law.mean


def quantile(law: Law, u: Floats) -> Floats:
    """Return the quantiles of a law.

    Parameters
    ----------
    law : Law
    u : array of float, any shape
        Strictly between 0 and 1.

    Returns
    -------
    array of float, shape of `u`
        Milliseconds, or whole counts of at least 1 of a geometric law.

    Notes
    -----
    A lognormal of mean m and coefficient of variation c has sigma^2 = ln(1 + c^2) and mu = ln m - sigma^2 / 2; a gamma
    has shape 1 / c^2; of a Weibull the shape is solved for.

    Examples
    --------
    >>> from deskkit.sim.scenario import Law
    >>> quantile(Law("exponential", 60_000.0), np.array([0.5])).round().tolist()
    [41589.0]
    """
    steady = law.kind in _BY_SPREAD and law.cv <= 0
    return _QUANTILES["constant" if steady else law.kind](law, u)


def _constant(law: Law, u: Floats) -> Floats:
    return np.full_like(u, law.mean)


def _exponential(law: Law, u: Floats) -> Floats:
    return -law.mean * np.log1p(-u)


def _lognormal(law: Law, u: Floats) -> Floats:
    variance = float(np.log1p(law.cv**2))
    return np.asarray(law.mean * np.exp(variance**0.5 * special.ndtri(u) - variance / 2))


def _gamma(law: Law, u: Floats) -> Floats:
    shape = law.cv**-2
    return np.asarray(law.mean / shape * special.gammaincinv(shape, u))


def _weibull(law: Law, u: Floats) -> Floats:
    shape = _weibull_shape(law.cv)
    return np.asarray(law.mean / special.gamma(1 + 1 / shape) * (-np.log1p(-u)) ** (1 / shape))


def _geometric(law: Law, u: Floats) -> Floats:
    if law.mean <= 1:
        return np.ones_like(u)
    return np.asarray(np.maximum(1.0, np.ceil(np.log1p(-u) / np.log1p(-1 / law.mean))))


def _empirical(law: Law, u: Floats) -> Floats:
    values: Floats = np.sort(np.asarray(law.values, dtype=np.float64))
    return np.asarray(values[np.minimum((u * len(values)).astype(np.int64), len(values) - 1)])


_QUANTILES: Final[dict[str, Callable[[Law, Floats], Floats]]] = {
    "constant": _constant, "exponential": _exponential, "lognormal": _lognormal, "gamma": _gamma,
    "weibull": _weibull, "geometric": _geometric, "empirical": _empirical,
}  # fmt: skip


@lru_cache(maxsize=256)
def _weibull_shape(cv: float) -> float:
    """Return the shape k of a Weibull law: 1 + cv^2 = G(1 + 2 / k) / G(1 + 1 / k)^2, by halving."""
    low, high = 0.1, 1e4
    for _ in range(80):
        shape = (low * high) ** 0.5
        spread = special.gammaln(1 + 2 / shape) - 2 * special.gammaln(1 + 1 / shape)
        low, high = (shape, high) if spread > np.log1p(cv**2) else (low, shape)
    return float(low)


@lru_cache(maxsize=256)
def table(law: Law, *, size: int = _SIZE) -> tuple[int, ...]:
    """Return a law as a table of integers: entry i is its mean on the i-th of `size` equal parts of its distribution.

    A draw of a table is exact in every language, and its mean is the law's to within half a millisecond.

    Examples
    --------
    >>> from deskkit.sim.scenario import Law
    >>> table(Law("constant", 5.0), size=4)
    (5, 5, 5, 5)
    """
    u = (np.arange(size * _FINE) + 0.5) / (size * _FINE)
    means = quantile(law, u).reshape(size, _FINE).mean(axis=1)
    if means.sum() > 0:
        means *= mean_of(law) * size / means.sum()
    whole = np.round(means).astype(np.int64)
    short = round(mean_of(law) * size) - int(whole.sum())  # rounding must not shift the mean
    whole[-1] = max(0, whole[-1] + short) if law.kind != "constant" else whole[-1]
    return tuple(whole.tolist())
