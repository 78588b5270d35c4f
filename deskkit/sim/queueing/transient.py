"""What does not settle: a day that begins empty, rates that swing; and how counts and bursts vary."""

from __future__ import annotations

import cmath
import math
from typing import Final, NamedTuple

import numpy as np
from scipy import special

from deskkit.errors import FormulaError
from deskkit.sim.queueing.checks import positive, unless_negative, whole

__all__ = ["Counts", "Day", "Swing", "busy_counts", "cluster_size", "day_from_empty", "swinging_load"]

_TINY: Final = 1e-13
_MOST: Final = 1 << 14


class Day(NamedTuple):
    """A day that begins empty; whoever came in it is served, be it after its end.

    Attributes
    ----------
    served_within : float
        Expected number served in time divided by the expected number served.
    wait : float
        Expected sum of waits divided by the expected number served.
    occupancy : float
        Share of the agents' time in the day spent handling.
    """

    served_within: float
    wait: float
    occupancy: float


class Swing(NamedTuple):
    """How many are in service where nobody waits and arrivals swing like a sine.

    Attributes
    ----------
    load : float
        Expected number at the time asked for; the number is Poisson.
    peak : float
        The highest expectation.
    lag : float
        How long after the arrivals' peak.
    """

    load: float
    peak: float
    lag: float


class Counts(NamedTuple):
    """Counts of days with a random busyness factor.

    Attributes
    ----------
    sd : float
        Standard deviation.
    dispersion : float
        Variance divided by mean; 1 for Poisson counts.
    correlation : float
        Of the counts of the two halves of a day.
    """

    sd: float
    dispersion: float
    correlation: float


def day_from_empty(arrivals: float, *, handle: float, agents: int, length: float, within: float) -> Day:
    """Return a day of M/M/c that begins with nobody there and is served to its end.

    Parameters
    ----------
    arrivals : float
        Per unit of time, for `length`; it may be more than the agents can handle, the day ends.
    handle : float
    agents : int
    length, within : float
        Of the day; the time within which to serve.

    Returns
    -------
    Day

    Raises
    ------
    FormulaError

    Notes
    -----
    Uniformisation, integrated over the day exactly: with v the chain's chances after k of its Poisson(Lambda) events,
    the integral of p(t) to T is the sum over k of v P(Poisson(Lambda T) > k) / Lambda (Jensen 1953).

    Examples
    --------
    >>> found = day_from_empty(4.2, handle=2.0, agents=12, length=480, within=1 / 3)
    >>> round(found.served_within, 10), round(found.wait, 9), round(found.occupancy, 10)
    (0.9004324093, 0.100680741, 0.6969343495)
    """
    positive(arrivals=arrivals, handle=handle, length=length)
    unless_negative(within=within)
    whole(agents=agents)
    states = agents + 128
    time = _time_in_states(arrivals, handle, agents, length, states)
    while time[-1] > _TINY * length and states < _MOST:
        states *= 2
        time = _time_in_states(arrivals, handle, agents, length, states)
    n = np.arange(states)
    ahead = np.maximum(n - agents + 1, 0)
    in_time = np.where(ahead > 0, special.gammainc(np.maximum(ahead, 1), agents * within / handle), 1.0)
    return Day(
        served_within=float(time @ in_time) / length,
        wait=float(time @ ahead) * handle / agents / length,
        occupancy=float(time @ np.minimum(n, agents)) / agents / length,
    )


def swinging_load(
    base: float, amplitude: float, *, period: float, handle: float, cv: float = 1.0, at: float = 0.0
) -> Swing:
    """Return how many are in service where nobody waits and arrivals come at base + amplitude sin(2 pi t / period).

    Parameters
    ----------
    base, amplitude : float
        Arrivals per unit of time; `amplitude` at most `base`.
    period, handle : float
    cv : float
        Of the time to handle, a gamma law: 1 exponential, 0 constant.
    at : float
        The time asked for.

    Returns
    -------
    Swing

    Raises
    ------
    FormulaError

    Notes
    -----
    Mt/G/inf: m(t) = E[S] (base + amplitude (sin(wt) E cos(w Se) - cos(wt) E sin(w Se))), Se the stationary excess of
    the time to handle, E exp(iw Se) = (E exp(iw S) - 1) / (iw E S) (Eick, Massey & Whitt 1993).

    Examples
    --------
    >>> found = swinging_load(10, 5, period=24, handle=1.0, at=6.0)
    >>> round(found.load, 8), round(found.peak, 8), round(found.lag, 10)
    (14.67928674, 14.83698602, 0.9780495368)
    >>> round(swinging_load(10, 5, period=24, handle=1.0, cv=0.0).lag, 10)
    0.5
    """
    positive(base=base, period=period, handle=handle)
    unless_negative(amplitude=amplitude, cv=cv)
    if amplitude > base:
        raise FormulaError(
            "Arrivals cannot be negative.", place="amplitude", value=amplitude, expected=f"at most {base:g}, the base",
            example=f"amplitude={base / 2:g}",
        )  # fmt: skip
    w = 2 * math.pi / period
    angle, second = 1j * w * handle, cv**2
    log_of_law = angle if second < _TINY else -np.log1p(-angle * second) / second
    excess = complex(np.expm1(log_of_law) / angle)
    swing = math.sin(w * at) * excess.real - math.cos(w * at) * excess.imag
    return Swing(
        load=handle * (base + amplitude * swing), peak=handle * (base + amplitude * abs(excess)),
        lag=(cmath.phase(excess) % (2 * math.pi)) / w,
    )  # fmt: skip


def busy_counts(mean: float, shape: float) -> Counts:
    """Return how daily counts vary whose rate is multiplied by one gamma factor a day, of mean 1.

    Parameters
    ----------
    mean : float
        Expected count of a day.
    shape : float
        Of the factor; its variance is 1 / `shape`.

    Returns
    -------
    Counts

    Raises
    ------
    FormulaError

    Notes
    -----
    Var = m + m^2 / alpha; half a day has m / 2, and the factor in common (Avramidis, Deslauriers & L'Ecuyer 2004).

    Examples
    --------
    >>> found = busy_counts(1660, 10)
    >>> round(found.sd, 7), found.dispersion, round(found.correlation, 10)
    (526.5168563, 167.0, 0.9880952381)
    """
    positive(mean=mean, shape=shape)
    half = mean / 2 / shape
    return Counts(sd=math.sqrt(mean + mean**2 / shape), dispersion=1 + mean / shape, correlation=half / (1 + half))


def cluster_size(followers: float) -> tuple[float, float]:
    """Return mean and variance of how many messages one sets off, itself counted (a Hawkes cluster).

    Parameters
    ----------
    followers : float
        Mean number of further messages that each message sets off by itself; at least 0, below 1.

    Returns
    -------
    mean, variance : float

    Raises
    ------
    FormulaError

    Notes
    -----
    Borel's law: P(n) = exp(-eta n) (eta n)^(n - 1) / n!, mean 1 / (1 - eta), variance eta / (1 - eta)^3
    (Hawkes & Oakes 1974).

    Examples
    --------
    >>> cluster_size(0.5)
    (2.0, 4.0)
    """
    unless_negative(followers=followers)
    if followers >= 1:
        raise FormulaError(
            "Messages would set off messages without end.", place="followers", value=followers, expected="below 1",
            example="followers=0.5",
        )  # fmt: skip
    return 1 / (1 - followers), followers / (1 - followers) ** 3


def _time_in_states(
    arrivals: float, handle: float, agents: int, length: float, states: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the expected time of the day with each number there; arrivals at the last number are lost."""
    busy = np.minimum(np.arange(states), agents) / handle
    uniform = arrivals + agents / handle
    up = np.full(states, arrivals / uniform)
    up[-1] = 0.0
    down = busy / uniform
    stay = 1 - up - down
    events = uniform * length
    last = int(events + 10 * math.sqrt(events) + 50)
    weights = special.gammainc(np.arange(1, last + 1), events)  # P(Poisson > k)
    chance = np.zeros(states)
    chance[0] = 1.0
    time = np.zeros(states)
    for weight in weights:
        time += weight * chance
        after = stay * chance
        after[1:] += up[:-1] * chance[:-1]
        after[:-1] += down[1:] * chance[1:]
        chance = after
    return time / uniform
