"""Who was on duty, read from a real log: its agents with their shifts and breaks, as a scenario has them.

With the customers of the same log (`deskkit.sim.trace`) yesterday can be lived through again under another policy.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.arguments import LOG, POLICY, WORKLOAD, expect
from deskkit.clock import moment
from deskkit.desk.events import AgentSet
from deskkit.desk.policyfile.faults import Book
from deskkit.errors import ScenarioError
from deskkit.log.spans import spans
from deskkit.sim.scenario import Agent, Arrivals, Attention, Scenario, Shift, Stream
from deskkit.sim.scenariofile.attention import read_attention
from deskkit.sim.scenariofile.reading import Sheet
from deskkit.sim.scenariofile.whole import assumed
from deskkit.worded import worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.sim.days import Days
    from deskkit.sim.workload import Workload

__all__ = ["THE_LOG", "scenario_from"]

THE_LOG: Final = worded("the log")
"""What a scenario made of one is called."""
_HOUR_MS: Final = 3_600_000
_AFTER_MS: Final = 12 * _HOUR_MS  # who was there when the log ends stays as long as a run goes on

Spell = tuple[str, int, int]
"""A presence, from when and until when (ms)."""


def scenario_from(log: EventLog, workload: Workload, *, policy: Policy) -> Scenario:
    """Return who was on duty while the customers of a workload came.

    Parameters
    ----------
    log : EventLog
    workload : Workload
        Of the same log: ``workload_from(log)``.
    policy : Policy
        Its zone says which day it was.

    Returns
    -------
    Scenario
        To be simulated with this workload; its one stream stands for those customers.

    Raises
    ------
    ScenarioError
        The log does not say who was online.

    Notes
    -----
    *Observed*: agents by the last that is known of each (groups, skills, languages, capacity, role), when they came,
    took breaks and went. Who was online where the log ends stays, in a shift of twelve hours more; who gives
    these agents a cost cuts such shifts short, else they are paid for.

    *Assumed*: speed 1 of everybody, the sourced defaults of how people notice, switch and err
    (`deskkit.sim.defaults`), no costs. Take another scenario's with `msgspec.structs.replace`. Where a log does not say
    when agents saw a message, noticing and switching are in the times to handle already: then nothing of it is added,
    agents see at once and switch for nothing. Which defaults are assumptions stands in `assumptions`.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.run import simulate
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> from deskkit.sim.trace import workload_from
    >>> policy = Policy.load("data/policies/standard.toml")
    >>> log = simulate(load_scenario("data/scenarios/small.toml"), policy, seed=7).log
    >>> workload = workload_from(log, policy=policy)
    >>> yesterday = scenario_from(log, workload, policy=policy)
    >>> [agent.name for agent in yesterday.agents], yesterday.day
    (['after-1', 'after-2', 'lead', 'pre-1', 'pre-2', 'pre-3'], '2026-11-26')
    >>> again = simulate(yesterday, policy, workload=workload)
    >>> again.spans.conversations.height == workload.conversations.height
    True
    """
    expect(LOG, "scenario_from", log=log)
    expect(WORKLOAD, "scenario_from", workload=workload)
    expect(POLICY, "scenario_from", policy=policy)
    known = {one.event.agent: one.event for one in log.read(kinds=[AgentSet]) if isinstance(one.event, AgentSet)}
    there = _spells(log, policy, workload)
    if not there:
        raise ScenarioError(
            "The log does not say who was online while these customers came.", place="scenario_from", value=log.url,
            expected="comings and goings of agents, or a scenario that has them",
            example="deskkit roster agents.toml --log URL --from DAY --to DAY",
        )  # fmt: skip
    days = workload.days
    begin, end = days.shown(workload.begin), days.shown(workload.end)
    attention = Attention() if "notice" in workload.unknown else read_attention(Sheet({}, (), Book()))
    return Scenario(
        name=str(THE_LOG), day=moment(workload.midnight, zone=policy.schema.zone)[:10], begin_ms=begin, end_ms=end,
        streams=(Stream(name="customers", arrivals=_came(workload)),), attention=attention,
        assumptions=() if attention == Attention() else tuple(assumed({})),
        agents=tuple(
            _agent(known.get(name, AgentSet(at=0, source="", source_id="", agent=name)), spells, days)
            for name, spells in sorted(there.items())
        ),
    )  # fmt: skip


def _came(workload: Workload) -> Arrivals:
    """Return how many customers came in each hour, for who reads the scenario: who comes is the workload's to say."""
    days = workload.days
    counts = Counter(days.shown(at) // _HOUR_MS for at in workload.conversations["at"].to_list())
    return Arrivals(counts=tuple((hour * _HOUR_MS, (hour + 1) * _HOUR_MS, counts[hour]) for hour in sorted(counts)))


def _spells(log: EventLog, policy: Policy, workload: Workload) -> dict[str, list[Spell]]:
    """Return when each agent was online or away, from the first customer on, in order."""
    begin, end = workload.begin, workload.end + _AFTER_MS
    rows = (
        spans(log, policy=policy)
        .presences.select(
            pl.col("agent", "presence").cast(pl.String),
            at=pl.col("at").cast(pl.Int64).clip(lower_bound=begin),
            until=pl.col("until").cast(pl.Int64).fill_null(end).clip(upper_bound=end),
        )
        .filter((pl.col("presence") != "offline") & (pl.col("at") < pl.col("until")))
        .sort("agent", "at")
    )
    found: dict[str, list[Spell]] = {}
    for agent, presence, at, until in rows.iter_rows():
        found.setdefault(agent, []).append((presence, at, until))
    return found


def _agent(about: AgentSet, spells: Sequence[Spell], days: Days) -> Agent:
    """Return an agent with the shifts that spells make: those that follow one another are one."""
    shifts: list[list[Spell]] = []
    for spell in spells:
        if not shifts or shifts[-1][-1][2] != spell[1]:
            shifts.append([])
        shifts[-1].append(spell)
    return Agent(
        name=about.agent, groups=about.groups, skills=about.skills, languages=about.languages, capacity=about.capacity,
        role=about.role, shifts=tuple(_shift(shift, days) for shift in shifts),
    )  # fmt: skip


def _shift(spells: Sequence[Spell], days: Days) -> Shift:
    breaks = tuple((days.shown(at), days.shown(until)) for presence, at, until in spells if presence == "away")
    return Shift(days.shown(spells[0][1]), days.shown(spells[-1][2]), breaks)
