"""How much of the agents' time the customers of a scenario ask for, without a draw."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from deskkit.sim.days import DAY_MS
from deskkit.sim.scenariofile.counting import expected, expected_of
from deskkit.worded import worded

if TYPE_CHECKING:
    import datetime as dt

    from deskkit.desk.schema import Schema
    from deskkit.sim.scenario import Agent, Arrivals, Scenario

__all__ = ["FAR_MORE", "alone", "far_more", "is_open", "times_asked"]

FAR_MORE: Final = 5.0  # below it a run says itself that the desk was overwhelmed


def times_asked(scenario: Scenario) -> float:
    """Return the time that replies take, as a multiple of the time that agents are there.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    float
        0 where nobody is there.

    Notes
    -----
    Every reply of every conversation by the mean of its laws, as if nobody left and nothing else took time; of a
    conversation without end one reply. Agents count with their speed, for the hours in which customers begin.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> round(times_asked(load_scenario("data/scenarios/small.toml")), 2)
    0.33
    """
    many = expected(scenario)
    asked = sum(
        many[stream.name] * (1.0 if stream.turns is None else max(1.0, stream.turns.mean)) * stream.handle.mean
        for stream in scenario.streams
    )
    there = scenario.days * sum(agent.count * agent.speed * _present(agent, scenario) for agent in scenario.agents)
    return asked / there if there else 0.0


def is_open(schema: Schema, day: dt.date, minute: int) -> bool:
    """Say whether a desk is open in a minute of a day, counted from midnight."""
    return day.isoformat() not in schema.hours.holidays and any(
        window.days >> day.weekday() & 1 and window.start <= minute < window.end for window in schema.hours.open
    )


def far_more(times: float) -> str:
    """Say that replies take so many times the time that agents are there."""
    return worded(
        "Replies take {times:.1f} times the time that agents are there: are all rates per hour? Are all handling times "
        "right?",
        times=times,
    )


def alone(scenario: Scenario) -> list[tuple[int, int, float]]:
    """Return when customers come and nobody is on duty: begin, end (milliseconds of a day), conversations expected.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    list of (int, int, float)
        Breaks are no such time, nor one in which less than one conversation is expected. Without anybody in a group
        there is none: that is another fault.

    Examples
    --------
    >>> from deskkit.sim.scenario import Agent, Arrivals, Point, Scenario, Shift, Stream
    >>> rate = Stream(name="a", arrivals=Arrivals(points=(Point(32_400_000, 12.0),)))
    >>> late = Agent(name="b", groups=("all",), shifts=(Shift(43_200_000, 86_400_000),))
    >>> alone(Scenario(name="c", streams=(rate,), agents=(late,)))
    [(32400000, 43200000, 36.0)]
    """
    answering = [agent for agent in scenario.agents if agent.groups]
    if not answering or any(not agent.shifts for agent in answering):
        return []
    shifts = [(shift.begin_ms, shift.end_ms) for agent in answering for shift in agent.shifts]
    if scenario.days > 1:
        shifts += [(begin - DAY_MS, end - DAY_MS) for begin, end in shifts]
    gaps, since = [], scenario.begin_ms
    for begin, end in [*sorted(shifts), (scenario.end_ms, scenario.end_ms)]:
        if since < min(begin, scenario.end_ms):
            gaps.append(_coming(scenario, since, min(begin, scenario.end_ms)))
        since = max(since, end)
    return [gap for gap in gaps if gap[2] >= 1]


def _coming(scenario: Scenario, begin: int, end: int) -> tuple[int, int, float]:
    """Return the part of a time from the first to the last customer, and how many are expected in it."""
    edges = sorted({begin, end, *(at for stream in scenario.streams for at in _edges(stream.arrivals)
                                  if begin < at < end)})  # fmt: skip
    parts = [(low, high, _between(scenario, low, high)) for low, high in pairwise(edges)]
    busy = [part for part in parts if part[2] > 0]
    return (busy[0][0], busy[-1][1], sum(part[2] for part in busy)) if busy else (begin, end, 0.0)


def _edges(arrivals: Arrivals) -> list[int]:
    """Return where a rate may change from nothing to something or back."""
    return [point.at_ms for point in arrivals.points] + [at for begin, end, _ in arrivals.counts for at in (begin, end)]


def _between(scenario: Scenario, begin: int, end: int) -> float:
    """Return how many conversations of a day are expected from one instant to another."""
    many = 0.0
    for stream in scenario.streams:
        arrivals = stream.arrivals
        if arrivals.counts:
            many += arrivals.factor * sum(
                count * max(0, min(end, high) - max(begin, low)) / (high - low) for low, high, count in arrivals.counts
            )
        elif arrivals.instants:
            many += sum(begin <= at < end for at in arrivals.instants)
        else:
            many += expected_of(arrivals, begin, end)
    return many


def _present(agent: Agent, scenario: Scenario) -> int:
    """Return how long an agent is there while customers begin, milliseconds of a day."""
    begin, end = scenario.begin_ms, scenario.end_ms
    if not agent.shifts:
        return end - begin
    spans = [(shift.begin_ms, shift.end_ms, 1) for shift in agent.shifts]
    spans += [(low, high, -1) for shift in agent.shifts for low, high in shift.breaks]
    return sum(sign * max(0, min(high, end) - max(low, begin)) for low, high, sign in spans)
