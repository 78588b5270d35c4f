"""From a slider to the chart: a day of 10,000 conversations and 40 agents, the first interval and twenty replications.

    python -m tests.bench.bench_slider [--replications 20] [--conversations 10000]

The clock counts here, from the moment the slider is moved until the chart is drawn; what was ready before (compiled
code, the customers of the days, the desk as it is) is printed apart. Each of the sliders is moved in turn: those of the
policy find the customers drawn, the one that brings more customers does not. How long the notebook's own thread is held
is printed too.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from typing import TYPE_CHECKING, NamedTuple

from deskkit.sim.crew import MEMBERS
from deskkit.sim.member import Job, Member
from deskkit.views.experiment import HEADLINE_OF_RUN, ExperimentView, experiment
from deskkit.views.knobs import notices, room
from tests.bench.bench_tuning import AGENTS, CONVERSATIONS, peak_day

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario

REPLICATIONS = 20
FIRST_S, ALL_S = 1.0, 4.0
GLANCE_S = 0.005


class Moved(NamedTuple):
    """What was measured of a slider that was moved, seconds."""

    held: float
    first: float
    whole: float
    widths: tuple[float, float]


def width(view: ExperimentView) -> float:
    """Return how wide the interval of the difference is that the sentence under the chart tells, milliseconds."""
    row = view.differences.row(0, named=True)
    return float(row["high"] - row["low"])


def moved(view: ExperimentView, slider: int, value: float) -> Moved:
    """Move a slider, and wait for the first interval and for the last replication to be drawn."""
    before, first = view.chart.outputs, 0.0
    begun = time.perf_counter()
    view.sliders[slider].value = value
    held = time.perf_counter() - begun
    while view.chart.outputs is before:
        time.sleep(GLANCE_S)
    first, wide = time.perf_counter() - begun, width(view)
    view.wait()
    return Moved(held, first, time.perf_counter() - begun, (wide, width(view)))


def spent(scenario: Scenario, policy: Policy, replications: int) -> float:
    """Return the processor time of one further replication, in this process, customers drawn before; seconds."""
    member = Member(lambda: False)
    jobs = [Job("now", n, scenario, policy, 0, HEADLINE_OF_RUN) for n in range(replications)]
    _ = [member.live(job) for job in jobs]
    begun = time.process_time()
    _ = [member.live(job) for job in jobs]
    return (time.process_time() - begun) / replications


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    args = parser.parse_args()
    scenario, policy, come = peak_day(args.conversations)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f} before), Python "
        f"{platform.python_version()}; {come:,} conversations, {AGENTS} agents, {MEMBERS} processes"
    )
    controls = (*room(scenario, policy), *notices(scenario, policy)[2:3])
    begun = time.perf_counter()
    view = experiment(scenario, policy, controls, chart="reply_time", replications=args.replications, language="en")
    opened = time.perf_counter() - begun
    view.wait()
    print(f"opened in {opened:.2f} s; the desk as it is, {args.replications} replications: "
          f"{time.perf_counter() - begun:.1f} s")  # fmt: skip
    print(f"{'slider':<30}{'to':>6}{'held':>9}{'first interval':>16}{args.replications:>5} replications  interval")
    for slider, value in ((2, 4.0), (2, 6.0), (3, 2.0), (4, 12.0), (0, 1.1)):
        one = moved(view, slider, value)
        view.take_back()
        view.wait()
        print(
            f"{controls[slider].title:<30}{value:>6g}{1000 * one.held:>6.1f} ms{one.first:>14.2f} s{one.whole:>16.2f} s"
            f"{one.widths[0] / 1000:>9.1f} to {one.widths[1] / 1000:.1f} s"
        )
    each = spent(scenario, policy, 4)
    print(f"processor time of a replication: {each:.2f} s; of {REPLICATIONS} on {MEMBERS} free cores: "
          f"{REPLICATIONS * each / MEMBERS:.1f} s")  # fmt: skip
    print(
        f"load {os.getloadavg()[0]:.1f} after; to reach: first interval < {FIRST_S:g} s, "
        f"{REPLICATIONS} replications < {ALL_S:g} s"
    )
    view.close()


if __name__ == "__main__":
    main()
