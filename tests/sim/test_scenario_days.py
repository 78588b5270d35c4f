"""The shipped days as they are lived through: who is there when, and how often the promotion overloads the desk."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskkit.clock import instant
from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario

if TYPE_CHECKING:
    from deskkit.sim.run import Run

HOUR = 3_600_000


@cache
def lived(name: str) -> Run:
    """Live through a day under the standard policy."""
    return simulate(
        load_scenario(Path("data/scenarios") / f"{name}.toml"), Policy.load("data/policies/standard.toml"), seed=1
    )


def hours(run: Run, at: int) -> float:
    """Return an instant as hours of the scenario's day."""
    return (at - instant(f"{run.scenario.day}T00:00:00", zone=run.policy.schema.zone)) / HOUR


@pytest.mark.parametrize("name", ["small", "weekday"])
def test_customers_come_and_agents_are_there_when_the_file_says(name: str) -> None:
    """Conversations begin within the hours of the scenario, and nobody is online outside the shifts."""
    run = lived(name)
    begun = [hours(run, event.at) for event in run.events if isinstance(event, e.ConversationOpened)]
    assert run.scenario.begin_ms / HOUR <= min(begun) < max(begun) <= run.scenario.end_ms / HOUR
    online = {
        round(hours(run, event.at), 2)
        for event in run.events
        if isinstance(event, e.PresenceSet) and event.presence == "online"
    }
    ends = {(agent.name, shift.end_ms) for agent in run.scenario.agents for shift in agent.shifts}
    said = {
        shift.begin_ms / HOUR
        for agent in run.scenario.agents
        for shift in agent.shifts
        if (agent.name, shift.begin_ms) not in ends
    }
    back = {end / HOUR for agent in run.scenario.agents for shift in agent.shifts for _, end in shift.breaks}
    late = max(said | back | {run.scenario.begin_ms / HOUR})
    assert online
    assert {one for one in online if one <= late} >= {one for one in said if one > run.scenario.begin_ms / HOUR}
    assert min(online) == run.scenario.begin_ms / HOUR


def shares(run: Run) -> tuple[float, float]:
    """Return the shares of conversations that were resolved, and whose customers left."""
    closings = run.spans.conversations["closing"].cast(str).to_list()
    return closings.count("resolved") / len(closings), closings.count("customer_left") / len(closings)


def test_a_weekday_is_served() -> None:
    """Nearly all conversations are resolved in each group, nobody is turned away, peak mode is not needed."""
    run = lived("weekday")
    resolved, left = shares(run)
    assert resolved > 0.9
    assert 0.01 < left < 0.1
    assert not any(isinstance(event, e.TurnedAway | e.PeakChanged) for event in run.events)
    assert not run.truncated
    reached = {event.group for event in run.events if isinstance(event, e.Queued)}
    assert reached == {group.name for group in run.policy.schema.groups}


def test_peak_mode_comes_and_goes_three_times() -> None:
    """Around each of the three peaks of the promotion it is entered, and left within the next hour and a half."""
    run = lived("peak")
    changes = [(event.on, hours(run, event.at)) for event in run.events if isinstance(event, e.PeakChanged)]
    assert [on for on, _ in changes] == [True, False] * 3
    for (_, entered), (_, left), peak in zip(changes[::2], changes[1::2], (10, 14.5, 20), strict=True):
        assert peak - 0.2 < entered < peak + 0.5 < left < peak + 1.5
    assert shares(run)[1] > 0.2
