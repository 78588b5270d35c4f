"""The compiled engine against SimPy at message level: the same log, in how much less time, on one core.

Each day is lived through by both engines one after the other in one process, so the ratio is of one machine at one
time; processor time is counted, not the clock. A run is what makes log and steps from tables of a workload; a
replication also samples the workload, derives the spans and works out all measures.
"""

from __future__ import annotations

import argparse
import platform
import time
from functools import partial
from typing import TYPE_CHECKING

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


def compare(scenario: Scenario, policy: Policy, seed: int) -> None:
    """Print what one day takes either engine."""
    workload = sample(scenario, seed=seed, begin=begin_of(scenario, policy))
    runs = {one: simulate(scenario, policy, workload=workload, engine=one) for one in ENGINES}
    if runs["simpy"].digest != runs["compiled"].digest:
        raise SystemExit("The logs differ.")
    slow, fast = (timed(partial(simulate, scenario, policy, workload=workload, engine=one)) for one in ENGINES)
    alone = loop(scenario, workload, policy)
    whole, quick = (timed(partial(_replication, scenario, policy, seed, one)) for one in ENGINES)
    events = runs["simpy"].count
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
