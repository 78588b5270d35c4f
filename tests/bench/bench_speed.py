"""The compiled engine against others, in one run: a table of figures, what was to be reached, and a plot.

    python -m tests.bench.bench_speed [--plot speed.html] [--quick]

Against Ciw, plain SimPy and a loop in C++ on M/M/c+M; against the SimPy engine and a loop in C++ at message level; how
an event's time grows with agents, conversations and tags; processes; a cold start. Processor time is counted except
where it is the clock that matters (processes, cold start). Each rival's mean is held against the exact one, so that all
do the same work.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.readings import READINGS
from deskkit.sim.run import begin_of, make_ready, simulate
from deskkit.sim.scenario import Law, Scenario
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.workload import sample
from tests.bench.bench_compiled import AGENTS, grow, loop, timed
from tests.bench.rivals import Loops, Mean, in_ciw, in_simpy
from tests.sim.cases import CASES, HOUR

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = Policy.load("data/policies/standard.toml")
NAMED = {case.name: case for case in CASES}
COLD = """
import time
begun = time.perf_counter()
from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario
small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
simulate(small, standard, engine="compiled").steps
print(time.perf_counter() - begun)
"""
ALONE = """
import sys, time
from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.scenariofile import load_scenario
day, standard = load_scenario("data/scenarios/weekday.toml"), Policy.load("data/policies/standard.toml")
replicate(day, standard, engine="compiled", replications=2)
begun = time.perf_counter()
replicate(day, standard, engine="compiled", replications=int(sys.argv[1]))
print(time.perf_counter() - begun)
"""


class Figure(NamedTuple):
    """A line of the table: what was measured, the number, what was to be reached (empty: nothing), whether it was."""

    what: str
    value: float
    unit: str
    goal: str = ""
    is_reached: bool | None = None


def at_least(what: str, value: float, goal: float) -> Figure:
    """Return a ratio that is to be large."""
    return Figure(what, value, "x", f">= {goal:g} x", value >= goal)


def at_most(what: str, value: float, goal: float) -> Figure:
    """Return a ratio that is to be small."""
    return Figure(what, value, "x", f"<= {goal:g} x", value <= goal)


def best(work: Callable[..., float], *given: object) -> float:
    """Return the least of three times: what else the machine does only adds to them."""
    return min(work(*given) for _ in range(3))


def compiled_times(scenario: Scenario, policy: Policy) -> tuple[float, float, float, int]:
    """Return the microseconds of a contact - the loop, a run of given customers, one that draws them - and how many."""
    workload = sample(scenario, seed=1, begin=begin_of(scenario, policy))
    come = workload.conversations.height
    simulate(scenario, policy, workload=workload, engine="compiled")
    alone = best(loop, scenario, workload, policy)
    given = best(timed, partial(simulate, scenario, policy, workload=workload, engine="compiled"))
    whole = best(timed, partial(simulate, scenario, policy, seed=1, engine="compiled"))
    return (*(1e6 * took / come for took in (alone, given, whole)), come)  # type: ignore[return-value]


def on_a_queue(loops: Loops, hours: float) -> list[Figure]:
    """Compare on M/M/50+M, case B1."""
    case = NAMED["B1"]
    scenario = structs.replace(case.scenario, end_ms=round(hours * HOUR), warm_up_ms=0, drain=True)
    alone, given, whole, come = compiled_times(scenario, Policy.parse(case.policy))
    numbers = (50, 48.0, 1.0, 0.5, come)
    rivals: dict[str, Mean] = {}
    for name, rival in (("SimPy", in_simpy), ("Ciw", in_ciw)):
        found: list[float] = []
        took = timed(lambda rival=rival, found=found: found.append(rival(*numbers)))  # type: ignore[misc]
        rivals[name] = Mean(1e6 * took / come, found[0])
    if loops.is_there:
        rivals["C++"] = loops.run("queue", *numbers)
    exact = case.exact["p_abandon"]
    lines = [Figure(f"M/M/50+M, {come:,} contacts: {name}", one.micros, "us a contact") for name, one in rivals.items()]
    lines += [
        Figure("M/M/50+M: compiled, its loop alone", alone, "us a contact"),
        Figure("M/M/50+M: compiled, customers given", given, "us a contact"),
        Figure("M/M/50+M: compiled, customers drawn too", whole, "us a contact"),
    ]
    fastest = min(one.micros for name, one in rivals.items() if name != "C++")
    lines += [
        at_least("M/M/50+M: the faster of SimPy and Ciw against the compiled loop", fastest / alone, 50),
        Figure("M/M/50+M: the same against a whole run", fastest / whole, "x"),
    ]
    if loops.is_there:
        lines.append(at_most("M/M/50+M: the compiled loop against C++", alone / rivals["C++"].micros, 1.5))
    for name, one in rivals.items():
        if abs(one.found - exact) > 0.3 * exact:
            raise SystemExit(f"{name} finds {one.found:.4f} left, not {exact:.4f}: it does other work.")
    return lines


def at_message_level(loops: Loops, conversations: int) -> list[Figure]:
    """Compare on agents with three tabs, as in case H4 with ten of them; and on whole days against the SimPy engine."""
    case, agents = NAMED["H4"], 10
    (stream,), (person,) = case.scenario.streams, case.scenario.agents
    per_hour = stream.arrivals.points[0].per_hour * agents
    arrivals = structs.replace(stream.arrivals, factor=stream.arrivals.factor * agents)
    scenario = structs.replace(
        case.scenario, streams=(structs.replace(stream, arrivals=arrivals),), drain=True, warm_up_ms=0,
        agents=(structs.replace(person, count=agents),), end_ms=round(conversations / per_hour * HOUR),
    )  # fmt: skip
    policy = Policy.parse(case.policy)
    alone, given, whole, come = compiled_times(scenario, policy)
    lines = [
        Figure(f"{agents} agents of 3 tabs, {come:,} conversations: compiled loop", alone, "us each"),
        Figure("  compiled, customers given", given, "us each"),
        Figure("  compiled, customers drawn too", whole, "us each"),
    ]
    if loops.is_there:
        one = loops.run("chats", agents, 3, per_hour / 3600, 5, 20, 60, come)
        reading = READINGS["reply"]
        run = simulate(scenario, policy, seed=1, engine="compiled")
        mine = reading.value(reading.of(run, 1_000, 0))
        lines += [
            Figure("  C++", one.micros, "us each"),
            at_most("  the compiled loop against C++", alone / one.micros, 1.5),
        ]
        if abs(mine - one.found) > 0.1 * mine:
            raise SystemExit(f"C++ finds a reply time of {one.found:.2f} s, not {mine:.2f}: it does other work.")
    for name in ("weekday", "peak"):
        day = load_scenario(f"data/scenarios/{name}.toml")
        workload = sample(day, seed=1, begin=begin_of(day, STANDARD))
        slow = timed(partial(simulate, day, STANDARD, workload=workload))
        fast = best(timed, partial(simulate, day, STANDARD, workload=workload, engine="compiled"))
        lines.append(
            at_least(f"{name}, {workload.conversations.height:,} conversations: against SimPy", slow / fast, 100)
        )
        lines.append(Figure("  its loop alone", slow / best(loop, day, workload, STANDARD), "x"))
    return lines


def growing() -> list[Figure]:
    """See how an event's time grows: with agents, with conversations, with rules that give tags."""
    day = load_scenario("data/scenarios/weekday.toml")
    by_agents = [grow(day, STANDARD, many) for many in AGENTS]
    lines = [Figure(f"{many:,} agents", each, "us an event") for many, each in zip(AGENTS, by_agents, strict=True)]
    lines.append(at_most(f"from {AGENTS[0]} to {AGENTS[-1]:,} agents", by_agents[-1] / by_agents[0], 3))
    for factor in (1, 4):
        streams = tuple(
            structs.replace(one, arrivals=structs.replace(one.arrivals, factor=one.arrivals.factor * factor),
                            turns=Law("geometric", 2.0)) for one in day.streams
        )  # fmt: skip
        busy = structs.replace(day, streams=streams)
        workload = sample(busy, seed=1, begin=begin_of(busy, STANDARD))
        count = simulate(busy, STANDARD, workload=workload, engine="compiled").count
        each = 1e6 * best(loop, busy, workload, STANDARD) / count
        lines.append(Figure(f"{workload.conversations.height:,} short conversations in a day", each, "us an event"))
    for tags in (0, 20):
        policy = STANDARD
        for number in range(tags):
            when = {"turns": f">= {80 - number}"}  # the narrower first
            policy = policy.add("tag", {"name": f"more {number}", "facet": "label", "tag": "important", "when": when})
        workload = sample(day, seed=1, begin=begin_of(day, policy))
        count = simulate(day, policy, workload=workload, engine="compiled").count
        rules = len(policy.schema.tags)
        lines.append(
            Figure(f"{rules} rules that give tags", 1e6 * best(loop, day, workload, policy) / count, "us an event")
        )
    return lines


def processes(replications: int) -> list[Figure]:
    """See what a second core brings, by the clock; and what it brings to two such programs that share nothing.

    Each is the better of two. The processor's time stands beside the rates: where the same work took much more of it,
    or two processes got less than two seconds of it a second, others worked on this machine.
    """
    day = load_scenario("data/scenarios/weekday.toml")
    lines, rates = [], []
    for workers in (1, 2):
        took, worked = min(
            clocked(partial(replicate, day, STANDARD, replications=replications, workers=workers, engine="compiled"))
            for _ in range(2)
        )
        rates.append(replications / took)
        name = f"{workers} process{'es' * (workers - 1)}"
        lines += [
            Figure(name, rates[-1], "replications/s"),
            Figure("  processor time of it", worked, "s"),
            Figure("  the same in a second", worked / took, "s"),
        ]
    alone, beside = (min(max(programs(count, replications // 2)) for _ in range(2)) for count in (1, 2))
    return [
        *lines,
        at_least("a second process, its start included", rates[1] / rates[0], 1.7),
        Figure("the same of two programs that share nothing but the machine", 2 * alone / beside, "x"),
    ]


def clocked(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that a piece of work takes by the clock, and of processors, its ended processes included."""
    before, begun = processor_s(), time.perf_counter()
    work()
    return time.perf_counter() - begun, processor_s() - before


def processor_s() -> float:
    """Return the processor's seconds of this process and of those of its children that have ended."""
    told = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in told)


def programs(count: int, replications: int) -> list[float]:
    """Return the seconds that each of so many programs takes for its replications, all at once, once it is warm."""
    environment = os.environ | {"POLARS_MAX_THREADS": "1"}
    begun = [
        subprocess.Popen([sys.executable, "-c", ALONE, str(replications)], env=environment, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    return [float(one.communicate()[0]) for one in begun]


def cold() -> list[Figure]:
    """See how long a first run in a new process takes, by the clock: with nothing kept, and with what it then keeps."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DESKKIT_CACHE": str(Path(folder) / "kept")}
        took = [
            float(subprocess.run([sys.executable, "-c", COLD], env=environment, check=True, capture_output=True).stdout)
            for _ in range(2)
        ]
    return [Figure("first run, compiling", took[0], "s"), Figure("first run, compiled before", took[1], "s")]


def drawn(figures: list[Figure], path: Path) -> None:
    """Draw all ratios and times on one logarithmic scale."""
    import plotly.graph_objects as go  # noqa: PLC0415 - only for the plot

    chart = go.Figure()
    for unit in dict.fromkeys(one.unit for one in figures):
        mine = [one for one in figures if one.unit == unit]
        text = [f"{one.value:.3g} {unit}{f' ({one.goal})' if one.goal else ''}" for one in mine]
        chart.add_bar(
            y=[one.what.strip() for one in mine], x=[one.value for one in mine], name=unit, orientation="h", text=text
        )
    chart.update_layout(height=120 + 28 * len(figures), margin_l=420, title=machine(), barmode="overlay")
    chart.update_xaxes(type="log")
    chart.update_yaxes(autorange="reversed")
    chart.write_html(path, include_plotlyjs=True)


def machine() -> str:
    """Describe where this was measured."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{model or platform.machine()}, {os.cpu_count()} cores{load}, Python {platform.python_version()}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", type=Path, help="write a plot to this .html file")
    parser.add_argument("--quick", action="store_true", help="a tenth of the contacts")
    args = parser.parse_args()
    size = 0.1 if args.quick else 1.0
    print(machine(), flush=True)
    make_ready("compiled")
    loops = Loops()
    figures: list[Figure] = []
    for part in (
        partial(on_a_queue, loops, 20 * size), partial(at_message_level, loops, round(20_000 * size)), growing,
        partial(processes, 4 if args.quick else 120), cold,
    ):  # fmt: skip
        for one in part():
            figures.append(one)
            verdict = "" if one.is_reached is None else "reached" if one.is_reached else "MISSED"
            print(f"{one.what:66} {one.value:10.3g} {one.unit:14} {one.goal:9} {verdict}", flush=True)
    if args.plot:
        drawn(figures, args.plot)


if __name__ == "__main__":
    main()
