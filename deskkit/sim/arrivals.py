"""When customers come: instants of one stream on one day, from keyed draws.

The cumulated rate is inverted: of a Poisson day with mean L the number N is drawn first, then N uniform numbers are
sent through the inverse of the cumulated rate. Another factor stretches the same luck, so that a day with a tenth
more customers has nearly the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from deskkit.sim.draws import Drawn, Key, uniform, uniforms
from deskkit.sim.laws import quantile
from deskkit.sim.scenario import Law

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deskkit.sim.scenario import Arrivals, Busyness, Wave

    Rate = tuple[NDArray[np.float64], NDArray[np.float64]]

__all__ = ["expected", "instants"]

_HOUR_MS: Final = 3_600_000
_GRID_MS: Final = 60_000
_MANY: Final = 1 << 20


def instants(
    arrivals: Arrivals, *, key: Key, stream: int, day: int, begin: int, end: int, factor: float = 1.0
) -> NDArray[np.int64]:
    """Return when conversations of a stream begin on a day.

    Parameters
    ----------
    arrivals : Arrivals
    key : Key
    stream, day : int
        Their numbers: each has draws of its own.
    begin, end : int
        Of the day, milliseconds.
    factor : float
        Of the day: a promotion.

    Returns
    -------
    array of int, in order
        Milliseconds of the day.
    """
    if arrivals.instants:
        found: NDArray[np.int64] = np.sort(np.asarray(arrivals.instants, dtype=np.int64))
        return np.asarray(found[(found >= begin) & (found < end)])
    who = stream * _MANY + day
    factor *= arrivals.factor
    if arrivals.counts:
        parts = [
            from_ + _uniforms(key, who, part, round(count * factor)) * (to_ - from_)
            for part, (from_, to_, count) in enumerate(arrivals.counts)
        ]
        return np.asarray(np.sort(np.floor(np.concatenate(parts))), dtype=np.int64)
    at, cumulated = _cumulated(arrivals, begin, end)
    cumulated = _busy(arrivals.busyness, at, cumulated, key, who) * factor
    count = _poisson(float(cumulated[-1]), uniform(key, Drawn.COUNT, who))
    reached = np.sort(_uniforms(key, who, 0, count)) * cumulated[-1]
    return np.asarray(np.floor(np.interp(reached, cumulated, at)), dtype=np.int64)


def expected(arrivals: Arrivals, *, begin: int, end: int) -> float:
    """Return how many conversations of a stream are expected on a day.

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals, Point
    >>> expected(Arrivals(points=(Point(0, 30.0),)), begin=0, end=7_200_000)
    60.0
    """
    if arrivals.instants:
        return float(sum(begin <= at < end for at in arrivals.instants))
    if arrivals.counts:
        return arrivals.factor * sum(count for _, _, count in arrivals.counts)
    return float(_cumulated(arrivals, begin, end)[1][-1]) * arrivals.factor


def _uniforms(key: Key, who: int, part: int, count: int) -> NDArray[np.float64]:
    return uniforms(key, Drawn.INSTANT, who, np.arange(count) + part * (_MANY << 8))


def _poisson(mean: float, u: float) -> int:
    """Return the u-quantile of a Poisson count."""
    if mean <= 0:
        return 0
    guess = int(special.pdtrik(u, mean))
    while special.pdtr(guess, mean) < u:
        guess += 1
    while guess > 0 and special.pdtr(guess - 1, mean) >= u:
        guess -= 1
    return guess


def _cumulated(arrivals: Arrivals, begin: int, end: int) -> Rate:
    """Return instants and how many conversations are expected until each, exact for steps and straight lines."""
    if arrivals.wave is not None:
        return _of_wave(arrivals.wave, begin, end)
    marks = [point.at_ms for point in arrivals.points]
    grid = np.arange(begin, end, _GRID_MS) if arrivals.busyness or not arrivals.steps else np.empty(0)
    at = np.unique(np.concatenate([[begin, end], grid, [mark for mark in marks if begin < mark < end]]))
    rates = np.asarray([point.per_hour for point in arrivals.points])
    if arrivals.steps:
        index = np.searchsorted(marks, at[:-1], side="right") - 1
        pieces = np.where(index >= 0, rates[np.maximum(index, 0)], 0.0) * np.diff(at)
    else:
        line = np.interp(at, marks, rates)
        pieces = (line[:-1] + line[1:]) / 2 * np.diff(at)
    return at.astype(np.float64), np.concatenate([[0.0], np.cumsum(pieces)]) / _HOUR_MS


def _of_wave(wave: Wave, begin: int, end: int) -> Rate:
    """Integrate a sinusoidal rate: base t - amplitude period / (2 pi) cos(2 pi (t - shift) / period)."""
    at = np.append(np.arange(begin, end, min(_GRID_MS, wave.period_ms / 1000)), end).astype(np.float64)
    turn = 2 * np.pi / wave.period_ms
    whole = wave.base * at - wave.amplitude / turn * np.cos(turn * (at - wave.shift_ms))
    return at, (whole - whole[0]) / _HOUR_MS


def _busy(
    busyness: Busyness | None, at: NDArray[np.float64], cumulated: NDArray[np.float64], key: Key, who: int
) -> NDArray[np.float64]:
    """Return the cumulated rate with a random factor: of the whole day, or of parts that go together.

    Parts are coupled by a normal copula whose correlation from part to part is given.
    """
    if busyness is None:
        return cumulated
    law = Law("gamma", 1.0, busyness.shape**-0.5)
    if not busyness.part_ms:
        return cumulated * float(quantile(law, np.array([uniform(key, Drawn.BUSYNESS, who)]))[0])
    part = ((at[:-1] - at[0]) // busyness.part_ms).astype(np.int64)
    fresh = special.ndtri(uniforms(key, Drawn.BUSYNESS, who, np.arange(part[-1] + 1)))
    level = fresh.copy()
    for n in range(1, len(level)):
        level[n] = busyness.correlation * level[n - 1] + (1 - busyness.correlation**2) ** 0.5 * fresh[n]
    factors = quantile(law, special.ndtr(level))
    return np.concatenate([[0.0], np.cumsum(np.diff(cumulated) * factors[part])])
