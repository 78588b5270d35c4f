"""``deskkit demo``: a living desk - simulated customers and agents, and the driver, on a log that views can open."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from deskkit.cli_sim import needed
from deskkit.clock import FastClock, SystemClock, instant
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    import argparse

    from deskkit.clock import Clock
    from deskkit.log import EventLog
    from deskkit.sim.living import Living

__all__ = ["add", "run"]

DAYS = 7


def add(commands: Any, log: Any) -> None:  # noqa: ANN401 - argparse names neither
    """Add the command to a parser; `log` adds its --log."""
    demo = commands.add_parser(
        "demo",
        help="a living desk: simulated customers and agents on a log that notebooks can open",
        epilog="Example: deskkit demo --log sqlite:///demo.db --speed 10",
    )
    demo.add_argument("--scenario", metavar="FILE", help="who comes and who answers; by default an ordinary weekday")
    demo.add_argument("--policy", metavar="FILE", help="by default the standard one; a log keeps its own")
    demo.add_argument("--speed", type=float, default=1.0, metavar="N", help="N times as fast as life (1)")
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="which customers come (1)")
    demo.add_argument("--at", metavar="HH:MM", default="10:30", help="hour of the day at which it begins (10:30)")
    demo.add_argument("--for", dest="minutes", type=float, metavar="MIN", help="stop after so many minutes")
    log(demo)
    demo.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Live until told to stop; return the exit status."""
    from deskkit.live.lease import take_lease  # noqa: PLC0415 - loaded when needed
    from deskkit.live.serve import Serving, Ways, policy_in_force  # noqa: PLC0415
    from deskkit.log import open_log  # noqa: PLC0415
    from deskkit.sample import sample_path  # noqa: PLC0415

    needed()
    if not 0.1 <= args.speed <= 1000:  # noqa: PLR2004 - a desk needs time to decide
        raise DeskkitError("This is no speed.", place="--speed", value=args.speed, expected="0.1 to 1000", example="10")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if args.minutes is not None:
        threading.Timer(args.minutes * 60, stop.set).start()
    policy = Policy.load(args.policy or sample_path("policies/standard.toml"))
    with open_log(args.log) as log:
        holding = take_lease(log, f"demo, process {os.getpid()}")
        if holding is None:
            raise DeskkitError(
                "Another process decides for this log.", place="demo", value=args.log,
                expected="a log of which no driver holds the lease", example="deskkit demo --log sqlite:///demo.db",
            )  # fmt: skip
        clock, living = _world(args, log, policy_in_force(log) or policy)
        serving = Serving(log, policy, holding, ways=Ways(feeds=[living]), clock=clock)
        if not args.quiet:
            sys.stderr.write(f"The desk lives on {args.log}. Ctrl-C ends it; run it again to go on.\n")
        why = serving.run(stop)
        if args.json:
            sys.stdout.write(json.dumps({"url": args.log, "events": log.last_seq(), "why": why}) + "\n")
    if not args.quiet:
        sys.stderr.write(f"It stopped: {why}.\n")
    return 0 if why == "it was told to" else 1


def _world(args: argparse.Namespace, log: EventLog, policy: Policy) -> tuple[Clock, Living]:
    """Return the desk's clock and the people: from where the log ends, else from an hour of today."""
    from deskkit.sample import sample_path  # noqa: PLC0415
    from deskkit.sim.living import Living  # noqa: PLC0415
    from deskkit.sim.run import begin_of  # noqa: PLC0415
    from deskkit.sim.scenariofile import load_scenario  # noqa: PLC0415
    from deskkit.sim.workload import sample  # noqa: PLC0415

    scenario = load_scenario(args.scenario or sample_path("scenarios/weekday.toml"))
    first = next(iter(log.read(limit=1)), None)
    zone = policy.schema.zone
    began = SystemClock().now() if first is None else first.event.at
    day = datetime.fromtimestamp(began / 1000, tz=ZoneInfo(zone)).date().isoformat()
    scenario = msgspec.structs.replace(scenario, day=day, days=DAYS)
    workload = sample(scenario, seed=args.seed, begin=begin_of(scenario, policy))
    last = list(log.read(max(0, log.last_seq() - 1)))
    start = last[-1].event.at + 1 if last else instant(f"{day}T{args.at}", zone=zone)
    return FastClock(start, speed=args.speed), Living(scenario, workload, policy)
