"""How many conversations the SimPy engine lives through in a second, under the standard policy, on one core.

The ordinary weekday, scaled; conversations are counted in units of eight replies, so that short ones do not flatter.
"""

from __future__ import annotations

import argparse
import time

import msgspec

from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario

REPLIES = 8


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    args = parser.parse_args()
    scenario, policy = load_scenario("data/scenarios/weekday.toml"), Policy.load("data/policies/standard.toml")
    for factor in (0.5, 1.0):
        streams = tuple(
            msgspec.structs.replace(one, arrivals=msgspec.structs.replace(one.arrivals, factor=factor))
            for one in scenario.streams
        )
        for replication in range(args.times):
            started = time.perf_counter()
            run = simulate(msgspec.structs.replace(scenario, streams=streams), policy, seed=1, replication=replication)
            took = time.perf_counter() - started
            units = run.steps.height / REPLIES
            print(
                f"factor {factor}: {run.workload.conversations.height:,} conversations, {run.steps.height:,} replies, "
                f"{len(run.events):,} events in {took:5.1f} s: {units / took:,.0f} conversations of eight replies/s, "
                f"{len(run.events) / took:,.0f} events/s"
            )


if __name__ == "__main__":
    main()
