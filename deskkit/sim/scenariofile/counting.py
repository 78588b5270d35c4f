"""How many conversations a scenario expects: the areas under its rates, without a draw."""

from __future__ import annotations

import datetime as dt
from math import cos, tau
from typing import TYPE_CHECKING, Final

from deskkit.sim.scenario import Point

if TYPE_CHECKING:
    from deskkit.sim.scenario import Arrivals, Scenario, Wave

__all__ = ["days_of", "expected", "expected_of"]

HOUR_MS: Final = 3_600_000


def expected(scenario: Scenario) -> dict[str, float]:
    """Return how many conversations each stream expects in a replication.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict of str to float

    Notes
    -----
    The area under the rate from `begin_ms` to `end_ms`, times the factors. After its last point a rate stays as it is;
    before its first one it is 0. Busyness has mean 1 and changes nothing;
    a trace is the same on each day, whatever the factors.

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals, Scenario, Stream
    >>> wave = Stream(name="a", arrivals=Arrivals(points=(Point(0, 10.0), Point(43_200_000, 30.0)), steps=False))
    >>> expected(Scenario(name="a", streams=(wave,), agents=()))
    {'a': 600.0}
    """
    days = days_of(scenario)
    times = sum(scenario.factors.get(day, 1.0) for day in days)
    return {
        stream.name: (len(days) if stream.arrivals.instants else times)
        * expected_of(stream.arrivals, scenario.begin_ms, scenario.end_ms)
        for stream in scenario.streams
    }


def days_of(scenario: Scenario) -> list[str]:
    """Return the ISO dates of the days; without a day as many empty texts.

    Examples
    --------
    >>> from deskkit.sim.scenario import Scenario
    >>> days_of(Scenario(name="a", streams=(), agents=(), day="2026-11-30", days=2))
    ['2026-11-30', '2026-12-01']
    """
    if not scenario.day:
        return [""] * scenario.days
    first = dt.date.fromisoformat(scenario.day)
    return [(first + dt.timedelta(days=number)).isoformat() for number in range(scenario.days)]


def expected_of(arrivals: Arrivals, begin: int, end: int) -> float:
    """Return how many conversations of one stream a day expects.

    Parameters
    ----------
    arrivals : Arrivals
    begin, end : int
        Milliseconds of the day.

    Returns
    -------
    float

    Examples
    --------
    >>> from deskkit.sim.scenario import Arrivals
    >>> expected_of(Arrivals(counts=((0, 3_600_000, 40),), factor=2.0), 0, 86_400_000)
    80.0
    """
    if arrivals.instants:
        return float(sum(begin <= at <= end for at in arrivals.instants))
    if arrivals.counts:
        return arrivals.factor * sum(count for _, _, count in arrivals.counts)
    if arrivals.wave is not None:
        return arrivals.factor * _under_wave(arrivals.wave, begin, end)
    return arrivals.factor * _under_points(arrivals.points, begin, end, steps=arrivals.steps)


def _under_points(points: tuple[Point, ...], begin: int, end: int, *, steps: bool) -> float:
    if not points:
        return 0.0
    total = 0.0
    for one, after in zip(points, (*points[1:], Point(max(end, points[-1].at_ms), points[-1].per_hour)), strict=True):
        low, high = max(one.at_ms, begin), min(after.at_ms, end)
        if low < high:
            rates = [one.per_hour, one.per_hour]
            if not steps:
                slope = (after.per_hour - one.per_hour) / (after.at_ms - one.at_ms)
                rates = [one.per_hour + slope * (at - one.at_ms) for at in (low, high)]
            total += sum(rates) / 2 * (high - low) / HOUR_MS
    return total


def _under_wave(wave: Wave, begin: int, end: int) -> float:
    turn = tau / wave.period_ms
    area = wave.base * (end - begin)
    area += wave.amplitude / turn * (cos(turn * (begin - wave.shift_ms)) - cos(turn * (end - wave.shift_ms)))
    return area / HOUR_MS
