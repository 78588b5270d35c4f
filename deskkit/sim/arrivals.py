"""When customers come: instants of one stream on one day, from keyed draws.

The cumulated rate is inverted: of a day on which L are expected the Poisson number N is drawn first, then N uniform
numbers are sent through the inverse of the cumulated rate. Each customer has a number by which all else about them is
drawn. So another factor stretches the same luck: a day with a tenth more customers has the same ones and some more,
and no other stream or day notices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import special

from deskkit.errors import ScenarioError
from deskkit.sim.draws import Drawn, Key, uniform, uniforms
from deskkit.sim.laws import quantile
from deskkit.sim.scenario import Law

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deskkit.sim.scenario import Arrivals, Busyness

    Floats = NDArray[np.float64]

__all__ = ["Begun", "begun", "expected"]

_HOUR_MS: Final = 3_600_000
_GRID_MS: Final = 60_000  # within it the rate is taken as even; what is expected in it is exact
_WAVES: Final = 1_000  # parts of a wave, if it is shorter than so many minutes
_DAYS: Final = 20  # bits for the number of a day, and of a customer of a part of it
_PART: Final = 28
_PARTS: Final = 8  # bits for the number of a part, beside those of a customer of it
_REST: Final = 21
_INSIDE: Final = (2.0**-53, 1 - 2.0**-53)


class Begun(NamedTuple):
    """Conversations that begin on a day, in order: when (ms of the day), and the number each draws by."""

    at: NDArray[np.int64]
    number: NDArray[np.int64]


def begun(arrivals: Arrivals, *, key: Key, stream: int, day: int, begin: int, end: int, factor: float = 1.0) -> Begun:
    """Return when conversations of a stream begin on a day.

    Parameters
    ----------
    arrivals : Arrivals
    key : Key
    stream, day : int
        Their numbers: each has draws of its own.
    begin, end : int
        Of the day, milliseconds: nobody begins outside. A trace may begin at the very end.
    factor : float
        Of the day: a promotion. It leaves a trace as it is.

    Returns
    -------
    Begun

    Notes
    -----
    Before its first point a rate is 0, after its last one it stays; a wave's rate is never below 0.

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals
    >>> hour = Arrivals(counts=((0, 3_600_000, 3),))
    >>> few = begun(hour, key=Key(7), stream=0, day=0, begin=0, end=3_600_000)
    >>> many = begun(hour, key=Key(7), stream=0, day=0, begin=0, end=3_600_000, factor=2.0)
    >>> len(many.at), set(few.at) < set(many.at)
    (6, True)
    """
    if arrivals.instants:
        at = np.asarray(arrivals.instants, dtype=np.float64)
        return _in_order(at[(at >= begin) & (at <= end)], None)
    who = (stream << _DAYS) + day
    factor *= arrivals.factor
    if arrivals.counts:
        return _counted(arrivals.counts, factor, key, who, (begin, end))
    edge, held = _cumulated(arrivals, begin, end)
    held = _busy(arrivals.busyness, edge, held, key, who) * factor
    count = _poisson(float(held[-1]), uniform(key, Drawn.COUNT, who))
    reached = uniforms(key, Drawn.INSTANT, who, np.arange(count)) * held[-1]
    return _in_order(np.minimum(np.interp(reached, held, edge), end - 1), None)


def expected(arrivals: Arrivals, *, begin: int, end: int) -> float:
    """Return how many conversations of a stream are expected on a day.

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals, Point
    >>> expected(Arrivals(points=(Point(0, 30.0),)), begin=0, end=7_200_000)
    60.0
    """
    if arrivals.instants:
        return float(sum(begin <= at <= end for at in arrivals.instants))
    if arrivals.counts:
        return arrivals.factor * sum(count for _, _, count in arrivals.counts)
    return float(_cumulated(arrivals, begin, end)[1][-1]) * arrivals.factor


def _in_order(at: Floats, number: NDArray[np.int64] | None) -> Begun:
    """Put instants in order; without numbers they have those of their places before."""
    order = np.argsort(at, kind="stable")
    return Begun(np.floor(at[order]).astype(np.int64), order if number is None else number[order])


def _counted(
    counts: tuple[tuple[int, int, int], ...], factor: float, key: Key, who: int, within: tuple[int, int]
) -> Begun:
    """Return as many as are asked for, anywhere in each part of the day."""
    many = [round(count * factor) for _, _, count in counts]
    number = np.concatenate([_numbers(part, count) for part, count in enumerate(many)])
    from_, to_ = (np.repeat([float(one[side]) for one in counts], many) for side in (0, 1))
    at = from_ + uniforms(key, Drawn.INSTANT, who, number) * (to_ - from_)
    inside = (at >= within[0]) & (at < within[1])
    return _in_order(at[inside], number[inside])


def _numbers(part: int, many: int) -> NDArray[np.int64]:
    """Return numbers that no other part of the day has; of the first 256 parts those they always had."""
    rest, part = divmod(part, 1 << _PARTS)
    if rest >= 1 << (_PART - _REST) or (rest and many > 1 << _REST):
        raise ScenarioError(
            "A day cannot have so many counts.", place="arrivals.counts", value=many,
            expected="32,768 parts; beyond 256 of them, two million in each", example="longer parts",
        )  # fmt: skip
    return (part << _PART) + (rest << _REST) + np.arange(many, dtype=np.int64)


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


def _cumulated(arrivals: Arrivals, begin: int, end: int) -> tuple[Floats, Floats]:
    """Return instants of the day, and how many are expected until each."""
    edge = _edges(arrivals, begin, end)
    if arrivals.wave is not None:
        # Integrated: base t - amplitude period / (2 pi) cos(2 pi (t - shift) / period)
        turn = 2 * np.pi / arrivals.wave.period_ms
        until = arrivals.wave.base * edge
        until -= arrivals.wave.amplitude / turn * np.cos(turn * (edge - arrivals.wave.shift_ms))
        pieces = np.maximum(np.diff(until), 0.0)
    else:
        pieces = _rates(arrivals, edge) * np.diff(edge)
    return edge, np.concatenate([[0.0], np.cumsum(pieces)]) / _HOUR_MS


def _edges(arrivals: Arrivals, begin: int, end: int) -> Floats:
    """Return the instants between which the rate is taken as even."""
    marks = [np.asarray([begin, end, *(point.at_ms for point in arrivals.points)], dtype=np.float64)]
    if arrivals.wave is not None:
        marks.append(np.arange(begin, end, min(_GRID_MS, arrivals.wave.period_ms / _WAVES)))
    elif not arrivals.steps:
        marks.append(np.arange(begin, end, _GRID_MS, dtype=np.float64))
    if arrivals.busyness is not None and arrivals.busyness.part_ms:
        marks.append(np.arange(begin, end, arrivals.busyness.part_ms, dtype=np.float64))
    found = np.unique(np.concatenate(marks))
    return found[(found >= begin) & (found <= end)]


def _rates(arrivals: Arrivals, edge: Floats) -> Floats:
    """Return the mean rate between instants, conversations per hour."""
    at = np.asarray([point.at_ms for point in arrivals.points], dtype=np.float64)
    rate = np.asarray([point.per_hour for point in arrivals.points])
    if not len(at):
        return np.zeros(len(edge) - 1)
    if arrivals.steps:
        found = rate[np.maximum(np.searchsorted(at, edge[:-1], side="right") - 1, 0)]
    else:
        found = np.interp((edge[:-1] + edge[1:]) / 2, at, rate)
    return np.where(edge[:-1] >= at[0], found, 0.0)


def _busy(busyness: Busyness | None, edge: Floats, held: Floats, key: Key, who: int) -> Floats:
    """Return the cumulated rate with a random factor: of the whole day, or of parts that go together.

    Parts are coupled by a normal copula; `correlation` is that of its neighbours.
    """
    if busyness is None:
        return held
    law = Law("gamma", 1.0, busyness.shape**-0.5)
    if not busyness.part_ms:
        return held * float(quantile(law, np.array([uniform(key, Drawn.BUSYNESS, who)]))[0])
    part = ((edge[:-1] - edge[0]) // busyness.part_ms).astype(np.int64)
    level = special.ndtri(uniforms(key, Drawn.BUSYNESS, who, np.arange(part[-1] + 1)))
    own = (1 - busyness.correlation**2) ** 0.5
    for n in range(1, len(level)):
        level[n] = busyness.correlation * level[n - 1] + own * level[n]
    factors = quantile(law, np.clip(special.ndtr(level), *_INSIDE))
    return np.concatenate([[0.0], np.cumsum(np.diff(held) * factors[part])])
