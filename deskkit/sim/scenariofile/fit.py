"""Does a scenario fit a policy? Groups and tags must exist; what nobody can serve or notice is said.

The same policy is the live desk's, so nothing here changes it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from msgspec import structs

from deskkit.arguments import POLICY, SCENARIO, WORKLOAD, expect
from deskkit.sim.scenariofile.amounts import show_moment
from deskkit.sim.scenariofile.counting import days_of, expected
from deskkit.sim.scenariofile.demand import FAR_MORE, alone, far_more, is_open, times_asked
from deskkit.sim.scenariofile.given import misfits
from deskkit.sim.scenariofile.roster import names_of
from deskkit.sim.scenariofile.spoken import unheard
from deskkit.sim.scenariofile.unknown import refuse_unknown
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskkit.desk.policy import Policy
    from deskkit.desk.schema import Schema
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["check_against", "grave", "slight"]

MINUTE_MS: Final = 60_000


def check_against(
    scenario: Scenario, policy: Policy, *, path: str | Path = "", workload: Workload | None = None
) -> tuple[str, ...]:
    """Say what of a scenario a policy cannot serve, or will never meet.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    path : str or Path
        The file that the scenario was loaded from: then a refusal names its line.
    workload : Workload, optional
        The customers of a log: then they are judged, on their days, and not the scenario's streams.

    Returns
    -------
    tuple of str
        English sentences; none where all fits.

    Raises
    ------
    ScenarioError
        The scenario names a group or a tag that the policy does not have: no run could begin.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> check_against(load_scenario("data/scenarios/weekday.toml"), Policy.load("data/policies/standard.toml"))
    ()
    """
    expect(SCENARIO, "check_against", scenario=scenario)
    expect(POLICY, "check_against", policy=policy)
    schema = policy.schema
    if workload is not None:
        expect(WORKLOAD, "check_against", workload=workload)
        scenario = structs.replace(scenario, streams=())
    refuse_unknown(scenario, schema, path)
    hard = grave(scenario, policy) if workload is None else misfits(scenario, schema, workload)
    return tuple(dict.fromkeys([*slight(scenario, policy), *hard]))


def grave(scenario: Scenario, policy: Policy) -> tuple[str, ...]:
    """Say whom nobody can serve: customers who come to nobody, and far more than the agents have time for.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> grave(load_scenario("data/scenarios/weekday.toml"), Policy.load("data/policies/standard.toml"))
    ()
    """
    return (*_nobody(scenario), *_groups(scenario, policy.schema), *_alone(scenario), *_demand(scenario))


def slight(scenario: Scenario, policy: Policy) -> tuple[str, ...]:
    """Say what else of a scenario a policy will never meet: skills, languages, notices, hours."""
    schema = policy.schema
    parts = (
        _people(scenario, schema), unheard(scenario, schema.routing), _capacities(scenario, schema),
        _channels(scenario, schema), _hours(scenario, schema),
    )  # fmt: skip
    return tuple(said for part in parts for said in part)


def _groups(scenario: Scenario, schema: Schema) -> Iterator[str]:
    """Say which groups get conversations although nobody is in them, nor in those they overflow to."""
    staffed = {group for agent in scenario.agents for group in agent.groups}
    brought = [(stream.group, stream) for stream in scenario.streams if stream.group]
    brought += [(to, stream) for stream in scenario.streams for to, share in stream.transfer if share]
    entered = {group: worded('The stream "{name}"', name=stream.name) for group, stream in brought}
    if any(not stream.group for stream in scenario.streams):
        entered |= {route.group: worded('The rule "{name}"', name=worded(route.name)) for route in schema.routing.rules}
        entered.setdefault(schema.routing.default_group, worded("The policy"))
    for group, who in entered.items():
        relief = {to for step in schema.routing.overflow if step.group == group for to in step.to}
        if group not in staffed and not relief & staffed:
            yield worded('{who} sends to the group "{group}", in which nobody is.', who=who, group=group)
        elif group not in staffed:
            yield worded(
                '{who} sends to the group "{group}", in which nobody is: all of it overflows.', who=who, group=group
            )


def _people(scenario: Scenario, schema: Schema) -> Iterator[str]:
    """Say which skills, agents and supervisors are asked for that nobody has or is."""
    skills = {skill for agent in scenario.agents for skill in agent.skills}
    names = {name for agent in scenario.agents for name in names_of(agent)}
    for stream in scenario.streams:
        yield from (
            worded('The stream "{name}" needs the skill "{skill}", which no agent has.', name=stream.name, skill=skill)
            for skill in stream.needs
            if skill not in skills
        )
        last = stream.history.get("last_agent")
        if last is not None and last not in names:
            yield worded(
                'The last agent of the stream "{name}", "{last}", is none of the agents.', name=stream.name, last=last
            )
    if any(not stream.group for stream in scenario.streams):
        yield from (
            worded(
                'The rule "{name}" needs the skill "{skill}", which no agent has.', name=worded(route.name), skill=skill
            )
            for route in schema.routing.rules
            for skill in route.needs
            if skill not in skills
        )
    for agent in scenario.agents:
        if agent.role == "agent" and not agent.groups:
            yield worded('The agent "{name}" is in no group and gets nothing.', name=agent.name)
    told = {rung.to for ladder in schema.notify.ladders for rung in ladder.rungs}
    if "supervisor" in told and not any(agent.role == "supervisor" for agent in scenario.agents):
        yield worded("The policy notifies a supervisor, and none of the agents is one.")


def _capacities(scenario: Scenario, schema: Schema) -> Iterator[str]:
    """Say which agents have no room for a conversation of a low level."""
    capacity = schema.capacity
    for agent in scenario.agents:
        if agent.capacity is not None and agent.capacity * 1000 - capacity.reserve < capacity.waiting_for_agent:
            yield worded('An agent "{name}" has no room for one conversation beside the reserve.', name=agent.name)


def _channels(scenario: Scenario, schema: Schema) -> Iterator[str]:
    """Say which notices nobody will notice by themselves, and which never interrupt."""
    attention = scenario.attention
    rung = {channel for ring in schema.notify.rings for channel in ring.channels}
    if attention.glance is not None:
        for channel in sorted(rung - set(attention.channels) - {"badge"}):
            yield worded(
                'A notice by "{channel}" is only seen with the next glance: [attention.channels] does not say more.',
                channel=channel,
            )
    for channel in attention.interrupts:
        if channel not in rung:
            yield worded('"{channel}" is to interrupt, but no ring of the policy uses it.', channel=channel)


def _hours(scenario: Scenario, schema: Schema) -> Iterator[str]:
    """Say on which days customers begin while the desk is closed."""
    if not (scenario.day and scenario.streams):
        return
    begin, end = scenario.begin_ms // MINUTE_MS, -(-scenario.end_ms // MINUTE_MS)
    for day in days_of(scenario):
        date = dt.date.fromisoformat(day)
        closed = [minute for minute in range(begin, end) if not is_open(schema, date, minute)]
        if closed:
            yield worded(
                "On {day} customers begin while the desk is closed, {n} minutes in all, from {first} on.",
                day=day, n=len(closed), first=show_moment(closed[0] * MINUTE_MS),
            )  # fmt: skip


def _alone(scenario: Scenario) -> Iterator[str]:
    """Say in which hours customers come and nobody is on duty."""
    for begin, end, many in alone(scenario):
        told = {"begin": show_moment(begin), "end": show_moment(end), "many": many}
        if scenario.days > 1:
            yield worded(
                "Nobody is on duty from {begin} to {end}, when {many:,.0f} conversations are expected each day.", **told
            )
        else:
            yield worded(
                "Nobody is on duty from {begin} to {end}, when {many:,.0f} conversations are expected.", **told
            )


def _demand(scenario: Scenario) -> Iterator[str]:
    """Say that customers ask for far more than agents can do: a number of a day taken for one of an hour, perhaps."""
    times = times_asked(scenario)
    if times >= FAR_MORE:
        yield far_more(times)


def _nobody(scenario: Scenario) -> Iterator[str]:
    """Say that nobody comes: all rates are 0, or no instant lies within the hours."""
    if not any(expected(scenario).values()):
        yield worded("Nobody comes: no conversation is expected of any stream.")
