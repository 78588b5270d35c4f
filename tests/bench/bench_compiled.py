"""The compiled engine against SimPy at message level: the same log, in how much less time, on one core.

Each day is lived through by both engines one after the other in one process, so the ratio is of one machine at one
time; processor time is counted, not the clock. A run is what makes log and steps from tables of a workload; a
replication also samples the workload, derives the spans and works out all measures.
"""

from __future__ import annotations

import argparse
import gc
import platform
import time
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.sim.compiled.compiling import live
from deskkit.sim.compiled.engine import first_room
from deskkit.sim.compiled.pointers import pinned
from deskkit.sim.compiled.rows import prepare
from deskkit.sim.compiled.shapes import arrays_of
from deskkit.sim.outcomes import judged
from deskkit.sim.periods import by_period
from deskkit.sim.run import ENGINES, begin_of, simulate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.workload import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.sim.run import EngineName
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

DAYS = ("small", "weekday", "peak")
AGENTS = (10, 40, 200, 1_000)


def timed(work: Callable[[], object]) -> float:
    """Return the processor seconds that a piece of work takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def loop(scenario: Scenario, workload: Workload, policy: Policy) -> float:
    """Return the seconds of the compiled loop alone."""
    made = prepare(scenario, workload, policy, first_room(workload))
    held = [pinned(one) for one in (made.life, made.state, arrays_of(made.tables))]
    run = live()
    return timed(lambda: run(*(one.address for one in held)))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2)
    args = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}")
    print(f"ready (compiled, or taken from what was kept): {timed(live):.1f} s")
    policy = Policy.load("data/policies/standard.toml")
    for name in DAYS:
        scenario = load_scenario(f"data/scenarios/{name}.toml")
        for seed in range(1, args.times + 1):
            compare(scenario, policy, seed)
    weekday = load_scenario("data/scenarios/weekday.toml")
    grown = [grow(weekday, policy, agents) for agents in AGENTS]
    print(f"an event among {AGENTS[-1]:,} agents takes {grown[-1] / grown[0]:.1f} times as long as among {AGENTS[0]}")


def grow(scenario: Scenario, policy: Policy, agents: int) -> float:
    """Print and return the microseconds that an event takes with about so many agents, and as many more customers."""
    factor = agents / sum(one.count for one in scenario.agents)
    people = tuple(structs.replace(one, count=max(1, round(one.count * factor))) for one in scenario.agents)
    factor = sum(one.count for one in people) / sum(one.count for one in scenario.agents)
    streams = tuple(
        structs.replace(one, arrivals=structs.replace(one.arrivals, factor=one.arrivals.factor * factor))
        for one in scenario.streams
    )
    scenario = structs.replace(scenario, agents=people, streams=streams)
    workload = sample(scenario, seed=1, begin=begin_of(scenario, policy))
    run = simulate(scenario, policy, workload=workload, engine="compiled")
    took = loop(scenario, workload, policy)
    each = 1e6 * took / run.count
    print(f"{sum(one.count for one in people):5,} agents, {run.count:9,} events: {each:.2f} microseconds each")
    return each


def compare(scenario: Scenario, policy: Policy, seed: int) -> None:
    """Print what one day takes either engine."""
    workload = sample(scenario, seed=seed, begin=begin_of(scenario, policy))
    runs = {one: simulate(scenario, policy, workload=workload, engine=one) for one in ENGINES}
    if runs["simpy"].digest != runs["compiled"].digest:
        raise SystemExit("The logs differ.")
    events = runs["simpy"].count
    runs.clear()
    gc.collect()  # or what is alive of one engine is looked through while the other is timed
    slow, fast = (timed(partial(simulate, scenario, policy, workload=workload, engine=one)) for one in ENGINES)
    alone = loop(scenario, workload, policy)
    whole, quick = (timed(partial(_replication, scenario, policy, seed, one)) for one in ENGINES)
    print(
        f"{scenario.name:8} {workload.conversations.height:6,} conversations, {events:8,} events: "
        f"SimPy {slow:.2f} s, compiled {fast:.3f} s ({slow / fast:.0f} x), its loop {alone:.3f} s "
        f"({slow / alone:.0f} x, {events / alone / 1e6:.1f} million events/s); "
        f"a replication with measures {whole:.2f} s and {quick:.3f} s ({whole / quick:.0f} x)"
    )


def _replication(scenario: Scenario, policy: Policy, seed: int, engine: EngineName) -> None:
    run = simulate(scenario, policy, seed=seed, engine=engine)
    judged(run)
    by_period(run)


if __name__ == "__main__":
    main()
