"""Exact cases with other numbers: the configurations of the table, and some it does not hold, with parameters drawn.

What must come out is what `deskkit.sim.queueing` says of the same numbers. Where a queue has no limit, loads stay below
0.7, so that runs settle soon. Beyond the table: service that something urgent interrupts (D6), laws of handling and of
notice of any kind, a desk with a queue whose customers lose patience (H5).
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.sim import queueing as q
from deskkit.sim.readings import UNITS
from deskkit.sim.scenario import Arrivals, Attention, Channel, Law, Patience, Point
from tests.sim.cases import HOUR, Case, policy_of, scenario_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.sim.scenario import LawKind, Scenario

__all__ = ["FAMILIES", "drawn"]

MIN: Final = UNITS["min"]
KINDS: Final[tuple[LawKind, ...]] = ("lognormal", "gamma", "weibull")
INTERRUPTING: Final = """
[rings.alarm]
channels = ["sound"]
sound = "alarm.wav"
volume = 100

[[notify.ladder]]
event = "assignment"
level = "urgent"
rungs = [{ after = "0 s", to = "owner", ring = "alarm" }]
"""
TIMES: Final = ("wait", "stay", "reply", "duration")
Made = tuple["Scenario", str, dict[str, float], str]


def drawn(family: str, number: int, *, replies: int) -> Case:
    """Return a case of a family with drawn numbers, so long that about so many replies are measured in each run.

    Not measured are, at either end, four tenths of that, and at least six times the longest of the times.
    """
    dice = random.Random(f"{family} {number}")
    scenario, policy, exact, unit = FAMILIES[family](dice)
    hours = replies / sum(_replies_per_hour(scenario, exact, UNITS[unit]))
    longest = max((exact[name] for name in exact if name.startswith(TIMES)), default=0.0) * UNITS[unit] / HOUR
    warm = max(0.4 * hours, 6 * longest)
    return Case(f"{family} drawn {number}", scenario, policy, exact, UNITS[unit], 0, hours + 2 * warm, warm=warm)


def _replies_per_hour(scenario: Scenario, exact: dict[str, float], unit: int) -> list[float]:
    if "rate" in exact:
        return [exact["rate"] * HOUR / unit]
    if "rate_vip" in exact:
        return [(exact["rate_vip"] + exact["rate_regular"]) * HOUR / unit]
    return [
        stream.arrivals.points[0].per_hour * (stream.turns or Law("constant", 1)).mean for stream in scenario.streams
    ]


def _altered(name: str, rates: Sequence[float] = (), agents: int = 1, streams: int = 9, **more: Any) -> Scenario:
    """Return a shipped scenario with other arrivals per minute, other fields of its streams, so many agents."""
    found = scenario_of(name)
    changed = []
    for number, stream in enumerate(found.streams[:streams]):
        mine = {key: value[number] if isinstance(value, list) else value for key, value in more.items()}
        if rates:
            mine["arrivals"] = Arrivals(points=(Point(0, 60 * rates[number]),))
        changed.append(msgspec.structs.replace(stream, **mine))
    people = tuple(msgspec.structs.replace(agent, count=agents) for agent in found.agents)
    return msgspec.structs.replace(found, streams=tuple(changed), agents=people)


def _only(result: Any, *names: str) -> dict[str, float]:
    return {name: getattr(result, name) for name in names or result._fields}


def _exponential(minutes: float) -> Law:
    return Law("exponential", minutes * MIN)


# ---------------------------------------------------------------- queues


def _waiting(dice: random.Random) -> Made:
    agents, handle = dice.randint(1, 8), dice.uniform(0.3, 5)
    arrivals = dice.uniform(0.4, 0.7) * agents / handle
    exact = _only(q.mmc(arrivals, handle=handle, agents=agents), "p_wait", "queue", "wait", "present", "occupancy")
    return _altered("mmc", [arrivals], agents, handle=_exponential(handle)), policy_of("bare"), exact, "min"


def _leaving(dice: random.Random) -> Made:
    agents, handle = dice.randint(1, 12), dice.uniform(0.3, 5)
    arrivals, patience = dice.uniform(0.7, 1.3) * agents / handle, dice.uniform(0.5, 4) * handle
    exact = _only(
        q.erlang_a(arrivals, handle=handle, agents=agents, patience=patience), "p_wait", "p_abandon", "queue", "wait",
        "wait_served", "wait_abandoned", "occupancy",
    )  # fmt: skip
    patient = Patience(queue=_exponential(patience))
    found = _altered("mmcm", [arrivals], agents, handle=_exponential(handle), patience=patient)
    return found, policy_of("bare"), exact, "min"


def _limited(dice: random.Random) -> Made:
    agents, more, handle = dice.randint(1, 5), dice.randint(1, 5), dice.uniform(0.3, 5)
    arrivals = dice.uniform(0.7, 1.5) * agents / handle
    exact = _only(q.mmck(arrivals, handle=handle, agents=agents, room=agents + more))
    policy = policy_of("room-2").replace("queue_limit = 2", f"queue_limit = {more}")
    return _altered("mmck", [arrivals], agents, handle=_exponential(handle)), policy, exact, "min"


def _levels(dice: random.Random) -> Made:
    agents, handle, load = dice.randint(1, 4), dice.uniform(0.3, 5), dice.uniform(0.5, 0.7)
    parts = [dice.uniform(0.5, 2) for _ in range(3)]
    rates = [load * agents / handle * part / sum(parts) for part in parts]
    waits = q.priority_agents(rates, handle=handle, agents=agents)
    exact = {f"wait_{number}": wait for number, wait in enumerate(waits, 1)}
    return _altered("priority-mmc", rates, agents, handle=_exponential(handle)), policy_of("levels"), exact, "min"


def _general(dice: random.Random) -> Made:
    handle, cv, load = dice.uniform(0.3, 5), dice.uniform(0.2, 1.4), dice.uniform(0.4, 0.7)
    exact = _only(q.mg1(load / handle, handle=handle, cv=cv), "p_wait", "queue", "wait", "stay", "occupancy")
    law = Law(dice.choice(KINDS), handle * MIN, cv)
    return _altered("mg1", [load / handle], handle=law), policy_of("bare"), exact, "min"


def _flows(dice: random.Random) -> tuple[list[q.Flow], list[Law]]:
    """Draw two levels that load an agent to 0.5 to 0.7."""
    load, part = dice.uniform(0.5, 0.7), dice.uniform(0.3, 0.7)
    handle, cv = [dice.uniform(0.3, 3) for _ in range(2)], [dice.uniform(0.3, 1.2) for _ in range(2)]
    loads = [load * part, load * (1 - part)]
    flows = [q.Flow(one / mean, mean, each) for one, mean, each in zip(loads, handle, cv, strict=True)]
    return flows, [Law(dice.choice(KINDS), flow.handle * MIN, flow.cv) for flow in flows]


def _interrupted(dice: random.Random) -> Made:
    """Let urgent ones interrupt the others, whose reply is gone on with after; all are tabs of one agent."""
    flows, laws = _flows(dice)
    first, second = q.preemptive(flows)
    found = _altered("priority-mg1", [flow.arrivals for flow in flows], streams=2, handle=laws)
    attention = Attention(channels={"sound": Channel(Law("constant", 0))}, interrupts=("sound",), pick="level")
    people = (msgspec.structs.replace(found.agents[0], capacity=1000.0),)
    found = msgspec.structs.replace(found, attention=attention, agents=people)
    return found, policy_of("levels") + INTERRUPTING, {"stay_1": first, "stay_2": second}, "min"


def _rising(dice: random.Random) -> Made:
    flows, laws = _flows(dice)
    slope = dice.choice([1.5, 2, 4, 6])
    first, second = q.accumulating(flows, [slope, 1.0])
    policy = policy_of("targets").replace('"2 min"', '"60 s"').replace('"6 min"', f'"{60 * slope:g} s"')
    found = _altered("priority-accumulating", [flow.arrivals for flow in flows], handle=laws)
    return found, policy, {"wait_1": first, "wait_2": second}, "min"


def _noticed(dice: random.Random) -> Made:
    handle, cv, load, notice = (dice.uniform(*ends) for ends in ((0.3, 3), (0.2, 1.4), (0.3, 0.7), (0.2, 2)))
    spread = dice.choice([0.0, 0.5, 1.0])
    exact = _only(q.noticed_late(load / handle, handle=handle, cv=cv, notice=notice, notice_cv=spread), "wait", "stay")
    glance = Law("gamma", notice * MIN, spread)
    found = _altered("notice", [load / handle], handle=Law("gamma", handle * MIN, cv))
    return msgspec.structs.replace(found, attention=Attention(glance=glance)), policy_of("bare"), exact, "min"


# ---------------------------------------------------------------- tabs and desks, in seconds


def _times(dice: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw times to handle and to think, as seconds and as laws."""
    found = {"handle": dice.uniform(5, 60), "think": dice.uniform(20, 200)}
    return found, {name: Law("exponential", 1_000 * mean) for name, mean in found.items()}


def _in_hand(count: int, attention: Attention, laws: dict[str, Any]) -> Scenario:
    found = _altered("tabs-1", arrivals=Arrivals(instants=(0,) * count), **laws)
    people = (msgspec.structs.replace(found.agents[0], capacity=float(count)),)
    return msgspec.structs.replace(found, attention=attention, agents=people)


def _any_thought(dice: random.Random) -> Made:
    (times, laws), count = _times(dice), dice.randint(1, 6)
    laws["think"] = Law(dice.choice(KINDS), 1_000 * times["think"], dice.uniform(0.2, 1.5))
    exact = _only(q.tabs(count, **times), "reply", "rate", "occupancy")
    return _in_hand(count, Attention(), laws), policy_of("bare"), exact, "s"


def _switching(dice: random.Random) -> Made:
    (times, laws), count, switch = _times(dice), dice.randint(2, 5), dice.uniform(1, 15)
    exact = _only(q.tabs_switching(count, **times, switch=switch), "reply", "rate", "occupancy", "lost", "idle")
    attention = Attention(pick="oldest", switch=Law("exponential", 1_000 * switch))
    return _in_hand(count, attention, laws), policy_of("bare"), exact, "s"


def _late(dice: random.Random) -> Made:
    (times, laws), count, notice = _times(dice), dice.randint(1, 5), dice.uniform(2, 30)
    exact = _only(q.tabs_noticed_late(count, **times, notice=notice), "reply", "rate", "occupancy", "lost", "idle")
    return _in_hand(count, Attention(glance=Law("exponential", 1_000 * notice)), laws), policy_of("bare"), exact, "s"


def _vips(dice: random.Random) -> Made:
    (times, laws), vips, others = _times(dice), dice.randint(1, 3), dice.randint(1, 4)
    exact = _only(q.vip_tabs(vips, others, **times))
    found = _altered("tabs-vip", arrivals=[Arrivals(instants=(0,) * n) for n in (vips, others)], **laws)
    people = (msgspec.structs.replace(found.agents[0], capacity=float(vips + others)),)
    return msgspec.structs.replace(found, agents=people), policy_of("levels"), exact, "s"


def _desk(dice: random.Random, most: float) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Draw turns and times, and arrivals per second that take up to so much of an agent's time."""
    times, laws = _times(dice)
    turns = dice.uniform(1.5, 8)
    rate = dice.uniform(0.4, most) / (turns * times["handle"])
    return times | {"turns": turns}, laws | {"turns": Law("geometric", turns)}, rate


def _open(dice: random.Random) -> Made:
    times, laws, rate = _desk(dice, 0.7)
    exact = _only(q.open_desk(rate, **times), "reply", "duration", "occupancy", "tabs")
    return _altered("open-desk", [60 * rate], **laws), policy_of("bare"), exact, "s"


def _losing(dice: random.Random) -> Made:
    (times, laws, rate), cap = _desk(dice, 1.0), dice.randint(1, 5)
    exact = _only(q.desk_with_loss(rate, **times, cap=cap), "p_lost", "occupancy", "reply", "tabs", "duration")
    found = _altered("open-loss", [60 * rate], **laws)
    people = (msgspec.structs.replace(found.agents[0], capacity=float(cap)),)
    return msgspec.structs.replace(found, agents=people), policy_of("room-0"), exact, "s"


def _queueing(dice: random.Random) -> Made:
    (times, laws, rate), cap, patience = _desk(dice, 1.0), dice.randint(1, 5), dice.uniform(60, 600)
    exact = _only(
        q.desk_with_queue(rate, **times, cap=cap, patience=patience), "p_wait", "p_abandon", "wait", "occupancy",
        "reply", "tabs", "duration",
    )  # fmt: skip
    found = _altered("open-queue", [60 * rate], patience=Patience(queue=Law("exponential", 1_000 * patience)), **laws)
    people = (msgspec.structs.replace(found.agents[0], capacity=float(cap)),)
    return msgspec.structs.replace(found, agents=people), policy_of("bare"), exact, "s"


def _overflowing(dice: random.Random) -> Made:
    handle, agents = dice.uniform(0.3, 3), dice.randint(1, 5)
    rates = [dice.uniform(0.5, 1.3) * agents / handle for _ in range(2)]
    exact = _only(q.overflow(*rates, handle=handle, specialists=agents, generalists=agents))
    return _altered("overflow", rates, agents, handle=_exponential(handle)), policy_of("overflow"), exact, "min"


FAMILIES: Final[dict[str, Callable[[random.Random], Made]]] = {
    "A": _waiting, "B": _leaving, "C": _limited, "D1": _levels, "D2": _general, "D6": _interrupted, "D8": _rising,
    "D9": _noticed, "E1": _any_thought, "E7": _switching, "E10": _late, "E11": _vips, "H1": _open, "H3": _losing,
    "H5": _queueing, "H8": _overflowing,
}  # fmt: skip
