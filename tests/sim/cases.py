"""Exact cases: configurations whose measures are known to ten digits, as scenarios and policies of deskkit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Attention, Law, Patience, Point, Scenario, Stream, Wave

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.sim.run import Run

__all__ = ["CASES", "Case", "measured", "ratios"]

M: Final = 60_000
S: Final = 1_000
BARE: Final = """version = 1
name = "bare"
zone = "UTC"
[life]
reopen_within = "1 h"
[queue]
guard = "365 days"
[routing]
default_group = "g"
[groups.g]
title = "g"
"""
Ratio = tuple[float, float]
Measured = dict[str, "Callable[[Run], Ratio]"]


class Case(NamedTuple):
    """A configuration and what comes out exactly; `hours` is how long one replication runs at CI size."""

    name: str
    policy: str
    scenario: Scenario
    measures: dict[str, Callable[[Run], Ratio]]
    exact: dict[str, float]
    replications: int = 12
    in_ci: bool = True


# ---------------------------------------------------------------- what is measured, as a numerator and a denominator


def window(run: Run) -> tuple[int, int]:
    """Return from when to when is measured: after the warm-up, and not the end, where much is unfinished."""
    begin, end = run.workload.begin, run.workload.end
    return begin + run.scenario.warm_up_ms, end if run.scenario.drain else end - (end - begin) // 20


def _waits(run: Run) -> pl.DataFrame:
    """Return the waits begun in the window that ended, in milliseconds."""
    from_, to_ = window(run)
    begun = pl.col("at").cast(pl.Int64).is_between(from_, to_)
    return run.spans.waits.filter(begun & (pl.col("outcome") != "waiting")).select(
        "conversation", "outcome", "level", ms=(pl.col("until") - pl.col("at")).dt.total_milliseconds()
    )


def wait(outcome: str = "", level: int | None = None, stream: str = "") -> Callable[[Run], Ratio]:
    """Measure the mean wait (minutes) of all, or of those with an outcome, at a level, of a stream."""

    def of(run: Run) -> Ratio:
        found = _waits(run).filter(pl.col("outcome") != "turned_away")
        if outcome:
            found = found.filter(pl.col("outcome") == outcome)
        if level is not None:
            found = found.filter(pl.col("level") == level)
        if stream:
            found = found.filter(pl.col("conversation").cast(pl.String).str.starts_with(stream + "-"))
        return float(found["ms"].sum()) / M, found.height

    return of


def delayed(run: Run) -> Ratio:
    """Measure the share who wait at all."""
    found = _waits(run)
    return float((found["ms"] > 0).sum()), found.height


def within(ms: float, *, given: str = "") -> Callable[[Run], Ratio]:
    """Measure the share served within some time."""

    def of(run: Run) -> Ratio:
        found = _waits(run)
        served = found.filter(pl.col("outcome") == "served")
        return float((served["ms"] <= ms).sum()), (served if given else found).height

    return of


def share(outcome: str) -> Callable[[Run], Ratio]:
    """Measure the share of an outcome."""

    def of(run: Run) -> Ratio:
        found = _waits(run)
        return float((found["outcome"] == outcome).sum()), found.height

    return of


def occupancy(run: Run) -> Ratio:
    """Measure the share of agents' time spent on answering, after the warm-up."""
    from_, to_ = window(run)
    steps = run.steps.select(a=pl.col("viewed").clip(from_, to_), b=pl.col("replied").clip(from_, to_))
    agents = sum(agent.count for agent in run.scenario.agents)
    return float((steps["b"] - steps["a"]).sum()), float(agents * (to_ - from_))


def _steps(run: Run, stream: str) -> pl.DataFrame:
    """Return the replies to messages written after the warm-up."""
    return run.steps.filter(pl.col("asked").is_between(*window(run)) & pl.col("conversation").str.starts_with(stream))


def reply(stream: str = "") -> Callable[[Run], Ratio]:
    """Measure the mean time from a message to its reply, in seconds; of a message that queued, from its assignment."""

    def of(run: Run) -> Ratio:
        steps = _steps(run, stream)
        return float(
            steps.select(pl.col("replied") - pl.max_horizontal("asked", "assigned")).sum().item()
        ) / S, steps.height

    return of


def rate(stream: str = "") -> Callable[[Run], Ratio]:
    """Measure replies per second."""

    def of(run: Run) -> Ratio:
        from_, to_ = window(run)
        steps = run.steps.filter(
            pl.col("replied").is_between(from_, to_) & pl.col("conversation").str.starts_with(stream)
        )
        return float(steps.height), (to_ - from_) / S

    return of


def part(begin: str, end: str) -> Callable[[Run], Ratio]:
    """Measure the share of an agent's time between two instants of each reply."""

    def of(run: Run) -> Ratio:
        from_, to_ = window(run)
        steps = run.steps.select(a=pl.col(begin).clip(from_, to_), b=pl.col(end).clip(from_, to_))
        agents = sum(agent.count for agent in run.scenario.agents)
        return float((steps["b"] - steps["a"]).sum()), float(agents * (to_ - from_))

    return of


def duration(run: Run) -> Ratio:
    """Measure the mean time from assignment to the last reply of resolved conversations, in seconds."""
    done = run.spans.conversations.filter(
        pl.col("opened_at").cast(pl.Int64).is_between(*window(run)) & (pl.col("closing").cast(pl.String) == "resolved")
    )
    return float((done["closed_at"] - done["assigned_at"]).dt.total_milliseconds().sum()) / S, done.height


# ---------------------------------------------------------------- the configurations


def calls(
    per_minute: float,
    service: Law,
    agents: int,
    *,
    patience: Law | None = None,
    hours: float = 50,
    attention: Attention | None = None,
    drain: bool = False,
    warm: float = 0.1,
) -> Scenario:
    """Return a desk that answers each conversation with one reply: a queue as in the books."""
    end = round(hours * 60 * M)
    return Scenario(
        name="calls", end_ms=end, warm_up_ms=round(warm * end), drain=drain, attention=attention or Attention(),
        streams=(
            Stream(
                name="s", group="g", arrivals=Arrivals(points=(Point(0, 60 * per_minute),)), turns=Law("constant", 1),
                handle=service, patience=Patience(queue=patience),
            ),
        ),
        agents=(Agent(name="a", count=agents, groups=("g",), capacity=1.0),),
    )  # fmt: skip


def tabs(*counts: tuple[str, int, dict[str, Any]], hours: float = 12, attention: Attention | None = None) -> Scenario:
    """Return one agent with endless conversations in hand from the beginning."""
    end = round(hours * 60 * M)
    return Scenario(
        name="tabs", end_ms=end, warm_up_ms=20 * M, drain=False, attention=attention or Attention(pick="oldest"),
        streams=tuple(
            Stream(
                name=name, group="g", arrivals=Arrivals(instants=(0,) * n), turns=None,
                handle=Law("exponential", 20 * S), **{"think": Law("exponential", 60 * S)} | more,
            )
            for name, n, more in counts
        ),
        agents=(Agent(name="a", groups=("g",), capacity=float(sum(n for _, n, _ in counts))),),
    )  # fmt: skip


def desk(per_hour: float, turns: float, cap: float, *, hours: float = 100) -> Scenario:
    """Return one agent who answers conversations of several turns, up to a capacity."""
    end = round(hours * 60 * M)
    return Scenario(
        name="desk", end_ms=end, warm_up_ms=round(0.1 * end), drain=False, attention=Attention(pick="oldest"),
        streams=(
            Stream(
                name="s", group="g", arrivals=Arrivals(points=(Point(0, per_hour),)), turns=Law("geometric", turns),
                handle=Law("exponential", 20 * S), think=Law("exponential", 60 * S),
            ),
        ),
        agents=(Agent(name="a", groups=("g",), capacity=cap),),
    )  # fmt: skip


def room(limit: int) -> str:
    """Return a policy whose queue holds so many."""
    return BARE + f"queue_limit = {limit}\n"


def minute(mean: float) -> Law:
    """Return an exponential time of so many minutes."""
    return Law("exponential", mean * M)


WEIGHTS: Final = "[capacity]\nwaiting_for_customer = 1.0\n"
BY_CLASS: Final = (
    BARE
    + """[[priority.rule]]
name = "first"
level = "urgent"
when = { own.class = "a" }
[[priority.rule]]
name = "second"
level = "high"
when = { own.class = "b" }
[priority]
start = "normal"
"""
)


def classes(streams: tuple[tuple[str, float, Law], ...], agents: int, *, hours: float) -> Scenario:
    """Return a queue of several classes of customers, each with a field `class`."""
    end = round(hours * 60 * M)
    return Scenario(
        name="classes", end_ms=end, warm_up_ms=round(0.1 * end), drain=False,
        streams=tuple(
            Stream(
                name=name, group="g", arrivals=Arrivals(points=(Point(0, 60 * per_minute),)), turns=Law("constant", 1),
                handle=law, fields={"class": name},
            )
            for name, per_minute, law in streams
        ),
        agents=(Agent(name="a", count=agents, groups=("g",), capacity=1.0),),
    )  # fmt: skip


SWITCH: Final = Attention(pick="oldest", switch=Law("exponential", 4 * S))
GLANCE: Final = Attention(pick="oldest", glance=Law("exponential", 6 * S))
VIP: Final = BARE + '[[priority.rule]]\nname = "vip"\nlevel = "high"\nwhen = { own.class = "v" }\n'

CASES: Final = (
    Case("A1", BARE, calls(0.8, minute(1), 1, hours=300), {"wait": wait("served"), "delayed": delayed,
         "occupancy": occupancy, "within 5": within(5 * M)},
         {"wait": 4.0, "delayed": 0.8, "occupancy": 0.8, "within 5": 0.7056964471}, 64, in_ci=False),
    Case("A2", BARE, calls(8, minute(1), 10), {"wait": wait("served"), "delayed": delayed, "occupancy": occupancy,
         "within 1/3": within(M / 3)},
         {"wait": 0.2045900754, "delayed": 0.4091801508, "occupancy": 0.8, "within 1/3": 0.7899199058}, 32,
         in_ci=False),
    Case("A3", BARE, calls(5, minute(0.5), 3, hours=20), {"wait": wait("served"), "delayed": delayed,
         "occupancy": occupancy},
         {"wait": 0.702247191, "delayed": 0.702247191, "occupancy": 0.8333333333}, 32),
    Case("A4", BARE, calls(9, minute(0.2), 2, hours=40), {"wait": wait("served"), "occupancy": occupancy},
         {"wait": 0.8526315789, "occupancy": 0.9}, 32, in_ci=False),
    Case("A6", BARE, calls(100 / 30, minute(3), 14, hours=30), {"delayed": delayed, "wait": wait("served"),
         "within 1/3": within(M / 3)},
         {"delayed": 0.1741319336, "wait": 0.1305989502, "within 1/3": 0.8883500192}, 32, in_ci=False),
    Case("B1", BARE, calls(48, minute(1), 50, patience=minute(2), hours=5), {"delayed": delayed,
         "left": share("left"), "wait": wait(), "served within": within(M / 3)},
         {"delayed": 0.4677740686, "left": 0.03091224916, "wait": 0.06182449832, "served within": 0.9430189547},
         32, in_ci=False),
    Case("B2", BARE, calls(100 / 30, minute(3), 14, patience=minute(5), hours=30), {"delayed": delayed,
         "left": share("left"), "wait": wait(), "wait served": wait("served")},
         {"delayed": 0.1452601143, "left": 0.01398374412, "wait": 0.06991872061, "wait served": 0.06464133408},
         48, in_ci=False),
    Case("B4", BARE, calls(12, minute(1), 10, patience=minute(2), hours=6), {"delayed": delayed,
         "left": share("left"), "wait": wait(), "wait served": wait("served"), "wait left": wait("left"),
         "occupancy": occupancy, "served within": within(M / 2)},
         {"delayed": 0.8503849479, "left": 0.195655944, "wait": 0.391311888, "wait served": 0.4008336954,
          "wait left": 0.3521676176, "occupancy": 0.9652128672, "served within": 0.5222318376}),
    Case("C2", room(2), calls(50 / 60, minute(6), 4, hours=40), {"lost": share("turned_away"),
         "wait": wait("served"), "occupancy": occupancy},
         {"lost": 0.2935429935, "wait": 0.02326880119 * 60, "occupancy": 0.8830712581}),
    Case("C6", room(0), calls(8, minute(1), 10, hours=6), {"lost": share("turned_away")}, {"lost": 0.1216610643}),
    Case("D1", BY_CLASS, classes((("a", 1, minute(1)), ("b", 1.5, minute(1)), ("c", 1.5, minute(1))), 5, hours=30),
         {name: wait("served", stream=name) for name in "abc"},
         {"a": 0.1385281385, "b": 0.2770562771, "c": 1.108225108}, 32, in_ci=False),
    Case("D2", BARE, calls(0.7, Law("lognormal", M, 1.2), 1, hours=200), {"wait": wait("served")},
         {"wait": 2.846666667}, 64, in_ci=False),
    Case("D3", BARE, calls(0.7, Law("constant", M), 1, hours=60), {"wait": wait("served"), "occupancy": occupancy},
         {"wait": 1.166666667, "occupancy": 0.7}),
    Case("D5", BY_CLASS, classes((("a", 0.2, minute(1)), ("b", 0.3, Law("lognormal", 0.8 * M, 1.2)),
         ("c", 0.25, Law("constant", 1.2 * M))), 1, hours=200), {name: wait("served", stream=name) for name in "abc"},
         {"a": 0.7678, "b": 1.371071429, "c": 4.218681319}, 64, in_ci=False),
    Case("D9", BARE, calls(0.6, minute(1), 1, hours=60, attention=Attention(glance=minute(0.5))),
         {"wait": lambda run: (float((_steps(run, "")["viewed"] - _steps(run, "")["asked"]).sum()) / M,
                               _steps(run, "").height)},
         {"wait": 2.0}, 16),
    *(
        Case(f"E1.{n}", BARE, tabs(("s", n, {})), {"reply": reply(), "rate": rate(), "occupancy": occupancy},
             {"reply": r, "rate": x, "occupancy": o}, 16, in_ci=n in {2, 4})
        for n, r, x, o in (
            (1, 20.0, 0.0125, 0.25), (2, 25.0, 0.02352941176, 0.4705882353), (3, 31.76470588, 0.03269230769,
             0.6538461538), (4, 40.76923077, 0.03969465649, 0.7938931298),
        )
    ),
    *(
        Case(f"E1.{n} {law.kind}", BARE, tabs(("s", n, {"think": law})), {"reply": reply()}, {"reply": r}, 16,
             in_ci=n == 3)
        for n, r in ((2, 25.0), (3, 31.76470588), (4, 40.76923077))
        for law in (Law("constant", 60 * S), Law("lognormal", 60 * S, 1.3))
    ),
    *(
        Case(name, BARE, tabs(("s", n, {}), attention=SWITCH),
             {"reply": reply(), "rate": rate(), "switching": part("turned", "viewed")},
             {"reply": r, "rate": x, "switching": w}, 16, in_ci=n == 3)
        for name, n, r, x, w in (
            ("E7", 2, 28.32, 0.02264492754, 0.05797101449), ("E8", 3, 37.9674834, 0.03062240548, 0.1035566027),
            ("E9", 4, 50.7096021, 0.03613056071, 0.1350317755),
        )
    ),
    Case("E10", BARE, tabs(("s", 3, {}), attention=GLANCE), {"reply": reply(), "rate": rate(), "occupancy": occupancy},
         {"reply": 36.68408551, "rate": 0.03102889151, "occupancy": 0.6205778302}, 16),
    Case("E11", VIP, tabs(("v", 1, {"fields": {"class": "v"}}), ("r", 3, {}), attention=Attention(pick="level")),
         {"vip": reply("v"), "regular": reply("r"), "rate vip": rate("v"), "rate regular": rate("r")},
         {"vip": 33.57142857, "regular": 43.42105263, "rate vip": 0.0106870229, "rate regular": 0.02900763359}, 16),
    Case("F1", BARE, calls(4.2, minute(2), 12, hours=8, drain=True, warm=0),
         {"within": within(M / 3, given="served"), "wait": wait("served")},
         {"within": 0.9004324093, "wait": 0.100680741}, 48, in_ci=False),
    Case("H1", BARE + WEIGHTS, desk(36, 4, 1000), {"reply": reply(), "duration": duration, "occupancy": occupancy},
         {"reply": 100.0, "duration": 580.0, "occupancy": 0.8}, 32, in_ci=False),
    Case("H3", room(0) + WEIGHTS, desk(30, 5, 3, hours=60), {"lost": share("turned_away"), "reply": reply(),
         "duration": duration, "occupancy": occupancy},
         {"lost": 0.3774182202, "reply": 29.49152542, "duration": 387.4576271, "occupancy": 0.5188181498}),
    Case("H4", BARE + WEIGHTS, desk(18, 5, 3), {"wait": wait("served"), "delayed": delayed, "reply": reply(),
         "duration": duration, "occupancy": occupancy},
         {"wait": 201.6232568 / 60, "delayed": 0.4425277537, "reply": 30.36161546, "duration": 391.8080773,
          "occupancy": 0.5}, 48, in_ci=False),
)  # fmt: skip


def measured(case: Case, replication: int, *, seed: int = 20_260_618) -> dict[str, Ratio]:
    """Run one replication of a case and return its measures."""
    run = simulate(case.scenario, Policy.parse(case.policy), seed=seed, replication=replication)
    return {name: of(run) for name, of in case.measures.items()}


def ratios(found: list[dict[str, Ratio]], name: str) -> tuple[float, float]:
    """Return a ratio of expectations and its standard error, by the delta method."""
    tops, bottoms = [one[name][0] for one in found], [one[name][1] for one in found]
    n = len(found)
    mean = sum(tops) / sum(bottoms)
    rest = sum((top - mean * bottom) ** 2 for top, bottom in zip(tops, bottoms, strict=True)) / (n - 1)
    return mean, (rest / n) ** 0.5 / (sum(bottoms) / n)


WAVE: Final = Wave(10, 5, 24 * 60 * M)
