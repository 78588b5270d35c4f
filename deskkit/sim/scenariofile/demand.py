"""How much of the agents' time the customers of a scenario ask for, without a draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.sim.scenariofile.counting import expected

if TYPE_CHECKING:
    from deskkit.sim.scenario import Agent, Scenario

__all__ = ["times_asked"]


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


def _present(agent: Agent, scenario: Scenario) -> int:
    """Return how long an agent is there while customers begin, milliseconds of a day."""
    begin, end = scenario.begin_ms, scenario.end_ms
    if not agent.shifts:
        return end - begin
    spans = [(shift.begin_ms, shift.end_ms, 1) for shift in agent.shifts]
    spans += [(low, high, -1) for shift in agent.shifts for low, high in shift.breaks]
    return sum(sign * max(0, min(high, end) - max(low, begin)) for low, high, sign in spans)
