"""Do customers of a log fit the agents of a scenario and a policy? Whom nobody can serve, and when nobody is there.

Unlike a scenario's streams they are nobody's mistake, so nothing is refused: it is said, with how many they are.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Final

from deskkit.sim.days import DAY_MS
from deskkit.sim.scenariofile.amounts import show_moment
from deskkit.sim.scenariofile.demand import FAR_MORE, far_more, is_open
from deskkit.sim.scenariofile.spoken import wait_for
from deskkit.sim.shifts import days_lived, joined, there
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.schema import Schema
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["misfits", "unserved"]

MINUTE_MS: Final = 60_000


def misfits(scenario: Scenario, schema: Schema, workload: Workload) -> Iterator[str]:
    """Say whom of the customers of a log nobody can serve, who come when nobody is there, and if they are too many.

    Parameters
    ----------
    scenario : Scenario
        Whose agents answer.
    schema : Schema
        Of the policy.
    workload : Workload

    Yields
    ------
    str

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenario import Agent, Arrivals, Scenario, Stream
    >>> from deskkit.sim.workload import sample
    >>> stream = Stream(name="s", group="night", arrivals=Arrivals(instants=(0, 5)))
    >>> scenario = Scenario(name="two", streams=(stream,), agents=(Agent(name="chen", groups=("vip",)),))
    >>> schema = Policy.load("data/policies/standard.toml").schema
    >>> list(unserved(scenario, schema, sample(scenario, seed=1)))
    ['Conversations that enter the group "night", which the policy does not have: 2.']
    """
    yield from unserved(scenario, schema, workload)
    yield from _closed(schema, workload)
    yield from _alone(scenario, workload)
    yield from _demand(scenario, workload)


def unserved(scenario: Scenario, schema: Schema, workload: Workload) -> Iterator[str]:
    """Say which groups, skills and languages are asked for that neither policy nor people have, and how often."""
    rows = workload.conversations
    known = {group.name for group in schema.groups}
    staffed = {group for agent in scenario.agents for group in agent.groups}
    relieved = {step.group for step in schema.routing.overflow if staffed & set(step.to)}
    for column, who in (
        ("group", worded("Conversations that enter the group")),
        ("transfer_to", worded("Conversations that are passed on to the group")),
    ):
        for group, many in _often(rows[column].to_list()):
            if group not in known:
                yield worded(
                    '{who} "{group}", which the policy does not have: {many:,}.', who=who, group=group, many=many
                )
            elif group not in staffed | relieved:
                yield worded('{who} "{group}", in which nobody is: {many:,}.', who=who, group=group, many=many)
    skills = {skill for agent in scenario.agents for skill in agent.skills}
    for skill, many in _often([skill for needs in rows["needs"].to_list() for skill in needs]):
        if skill not in skills:
            yield worded(
                'Conversations that need the skill "{skill}", which no agent has: {many:,}.', skill=skill, many=many
            )
    languages = {language for agent in scenario.agents for language in agent.languages}
    for language, many in _often(rows["language"].to_list()):
        if language not in languages and (wait := wait_for(schema.routing)):
            yield worded(
                'Conversations in "{language}", which no agent speaks: {many:,}. They {wait}.',
                language=language, many=many, wait=wait,
            )  # fmt: skip


def _often(names: list[str]) -> list[tuple[str, int]]:
    """Return names with how often each is there; the empty one is none."""
    return sorted((name, many) for name, many in Counter(names).items() if name)


def _closed(schema: Schema, workload: Workload) -> Iterator[str]:
    """Say on which days customers come while the desk is closed."""
    days = workload.days
    outside: dict[dt.date, list[int]] = {}
    for shown in map(days.shown, workload.conversations["at"].to_list()):
        number, ms = divmod(shown, DAY_MS)
        day = days.date() + dt.timedelta(days=number)
        if not is_open(schema, day, ms // MINUTE_MS):
            outside.setdefault(day, []).append(ms)
    for day, times in outside.items():
        yield worded(
            "Conversations that begin on {day} while the desk is closed, from {begin} on: {many:,}.",
            day=day, begin=show_moment(_minute(times[0])), many=len(times),
        )  # fmt: skip


def _minute(ms: int) -> int:
    return ms // MINUTE_MS * MINUTE_MS


def _alone(scenario: Scenario, workload: Workload) -> Iterator[str]:
    """Say on which days customers come while nobody is on duty."""
    answering = [agent for agent in scenario.agents if agent.groups]
    if not answering or any(not agent.shifts for agent in answering):
        return
    days, count = workload.days, days_lived(scenario, workload)
    spans = joined(span for agent in answering for span in there(agent, days, count))
    begins = [begin for begin, _ in spans]
    alone: dict[int, list[int]] = {}
    for at in workload.conversations["at"].to_list():
        last = bisect_right(begins, at) - 1
        if last < 0 or at >= spans[last][1]:
            number, ms = divmod(days.shown(at), DAY_MS)
            alone.setdefault(number, []).append(ms)
    for number, times in alone.items():
        day = days.date() + dt.timedelta(days=number)
        begin, end = (show_moment(_minute(one)) for one in (times[0], times[-1]))
        yield worded(
            "Conversations that begin on {day} while nobody is on duty, {begin} to {end}: {many:,}.",
            day=day, begin=begin, end=end, many=len(times),
        )  # fmt: skip


def _demand(scenario: Scenario, workload: Workload) -> Iterator[str]:
    """Say that customers ask for far more than agents can do."""
    begin, end = workload.begin, workload.end
    days, count = workload.days, days_lived(scenario, workload)
    present = sum(
        agent.count * agent.speed * sum(
            max(0, min(until, end) - max(at, begin))
            for at, until in (there(agent, days, count) if agent.shifts else [(begin, end)])
        )
        for agent in scenario.agents
    )  # fmt: skip
    times = int(workload.turns["handle_ms"].sum()) / present if present else 0.0
    if times >= FAR_MORE:
        yield far_more(times)
