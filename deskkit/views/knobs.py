"""Numbers to turn in a what-if about load and room, notices and attention, ready for `deskkit.views.experiment`.

Each says how it changes scenario or policy; a notebook names it and defines nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.sim import ladders
from deskkit.sim.rooms import UNIT, at_most
from deskkit.sim.stress import loaded, staffed
from deskkit.sim.varying import varied
from deskkit.views.experiment import Control
from deskkit.worded import worded

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Law, Scenario

    Both = tuple[Scenario, Policy]

__all__ = ["OF_ATTENTION", "OF_NOTICES", "attention", "notices", "room"]

OF_NOTICES: Final = (
    "to_notice", "to_view", "to_reply_normal", "to_reply_high", "to_reply_urgent", "notices_per_agent_hour",
    "loud_per_agent_hour", "notice_noise", "abandonment", "gave_up",
)  # fmt: skip
OF_ATTENTION: Final = (
    "to_reply", "part_attention", "part_switch", "part_queue", "concurrency_assigned", "resolved", "abandonment",
    "gave_up", "wrong_window",
)  # fmt: skip
"""What to look at when the numbers are turned."""


def word(text: str) -> str:
    """Mark a text as one to translate where it is shown."""
    return text


def _delays(scenario: Scenario, policy: Policy, value: float) -> Both:
    return scenario, ladders.delayed(policy, value)


def _times(scenario: Scenario, policy: Policy, value: float) -> Both:
    return scenario, ladders.repeated(policy, times=round(value))


def _limit(scenario: Scenario, policy: Policy, value: float) -> Both:
    return scenario, policy.edit({"notify.per_minute": round(value)})


def _glance(scenario: Scenario, policy: Policy, value: float) -> Both:
    return varied(scenario, {"attention.glance": f"{value:g} s exponential"}), policy


def _switch(scenario: Scenario, policy: Policy, value: float) -> Both:
    return varied(scenario, {"attention.switch": f"{value:g} s exponential" if value else "none"}), policy


def _away(scenario: Scenario, policy: Policy, value: float) -> Both:
    return varied(scenario, {"attention.switch_away": f"{value:g} s"}), policy


def _per_tab(scenario: Scenario, policy: Policy, value: float) -> Both:
    return varied(scenario, {"attention.per_tab": round(value / 100, 4)}), policy


def _customers(scenario: Scenario, policy: Policy, value: float) -> Both:
    return loaded(scenario, value), policy


def _agents(scenario: Scenario, policy: Policy, value: float) -> Both:
    return staffed(scenario, round(value)), policy


def _room(scenario: Scenario, policy: Policy, value: float) -> Both:
    return scenario, at_most(policy, value)


def _reserve(scenario: Scenario, policy: Policy, value: float) -> Both:
    return scenario, policy.edit({"capacity.reserve": value})


def room(scenario: Scenario, policy: Policy) -> tuple[Control, ...]:
    """Return numbers about load and room, as they are.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> heads = room(small, standard)[1]
    >>> f"{heads.value} {heads.unit}", [one.count for one in heads.change(small, standard, 5)[0].agents]
    ('6 of 6 agents', [2, 2, 1])
    """
    capacity, most = policy.schema.capacity, scenario.factors.get(scenario.day, 1.0)
    heads = sum(one.count for one in scenario.agents)
    fewest = max(len(scenario.agents), -(-heads // 2))
    unit = worded("of {n} agents", n=heads) if heads > 1 else worded("of 1 agent")
    return (
        Control(word("Customers"), 0.5, 3, 0.1, 1, _customers, "×" if most == 1 else f"× {most:g}"),
        Control(word("Agents in all"), fewest, 2 * heads, 1, heads, _agents, unit),
        Control(word("Units an agent may hold"), 1, 12, 1, capacity.agent / UNIT, _room),
        Control(word("Reserve for high and urgent"), 0, 3, 1, capacity.reserve / UNIT, _reserve),
    )


def notices(scenario: Scenario, policy: Policy) -> tuple[Control, ...]:
    """Return numbers about notices, as they are.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> rush, standard = load_scenario("data/scenarios/rush.toml"), Policy.load("data/policies/standard.toml")
    >>> delays = notices(rush, standard)[0]
    >>> delays.change(rush, standard, 2)[1].name
    'delays x 2'
    """
    return (
        Control(word("Delays of ladders"), 0, 4, 0.25, 1, _delays, "×"),
        Control(word("Repetitions of the last ring, every 30 s"), 0, 8, 1, 0, _times),
        Control(word("Notices to an agent at most"), 1, 20, 1, policy.schema.notify.per_minute, _limit, "/ min"),
        Control(word("Glance at a badge"), 5, 120, 5, _seconds(scenario.attention.glance), _glance, "s"),
    )


def attention(scenario: Scenario, policy: Policy) -> tuple[Control, ...]:
    """Return numbers about tabs and what changing them costs, as they are.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> rush, standard = load_scenario("data/scenarios/rush.toml"), Policy.load("data/policies/standard.toml")
    >>> [control.value for control in attention(rush, standard)]
    [5.0, 3.8, 11.2, 0.0]
    """
    about = scenario.attention
    return (
        Control(word("Units an agent may hold"), 1, 12, 1, policy.schema.capacity.agent / UNIT, _room),
        Control(word("Cost of a switch"), 0, 20, 0.2, _seconds(about.switch), _switch, "s"),
        Control(word("Cost of a switch after long"), 0, 60, 0.2, about.switch_away_ms / 1000, _away, "s"),
        Control(word("Attention lost per tab"), 0, 20, 1, 100 * about.per_tab, _per_tab, "%"),
    )


def _seconds(law: Law | None) -> float:
    return law.mean / 1000 if law else 0.0
