"""``deskkit demo``: a living desk - simulated customers and agents, and the driver, on a log that views can open."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec

from deskkit.cli_output import show
from deskkit.clock import FastClock, ManualClock, SystemClock, instant
from deskkit.desk.events import AgentSet, ConversationOpened
from deskkit.desk.policy import Policy
from deskkit.errors import ConflictError, DeskkitError, FeedError
from deskkit.live.lease import take_lease
from deskkit.live.push import load_push
from deskkit.live.serve import TAKEN_OVER, TOLD, Serving, Ways
from deskkit.log import UnavailableError, open_log
from deskkit.log.guard import absolute
from deskkit.log.in_force import policy_in_force
from deskkit.sample import sample_path, sample_policy
from deskkit.sim.living import SOURCE, Living
from deskkit.sim.run import begin_of
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.workload import sample

if TYPE_CHECKING:
    import argparse

    from deskkit.live.lease import Holding
    from deskkit.live.push import Push
    from deskkit.log import EventLog

__all__ = ["run"]

DAYS: Final = 7
WARM_MS: Final = 900_000
STEP_MS: Final = 1_000
MINUTES: Final = 7 * 24 * 60
PATIENCE_MS: Final = 30_000  # a driver that a view has just started folds the log before it looks who asks
SPEEDS: Final = (0.1, 1000.0)  # a desk needs time to decide
OPENERS: Final = frozenset({SOURCE, "view", "late"})  # of conversations in a log that a demo made


_WELCOME: Final = """\
The desk lives on {url}. Ctrl-C ends it; run it again to go on.
To look at it and take part, run this in a notebook (deskkit lab):

    import deskkit as dk
    from deskkit.sample import sample_policy

    dk.views.desk(dk.open_log("{absolute}", create=False), sample_policy(), me="you")

"""


_OVERTAKEN: Final = """
{holder} decides for this log now: this demo had shown no sign of life for longer than a lease lasts, as where it was
halted or the machine slept. Nothing is lost. Run the command again, and the demo goes on."""


def run(args: argparse.Namespace) -> int:
    """Live until told to stop; return the exit status."""
    if not SPEEDS[0] <= args.speed <= SPEEDS[1]:
        raise DeskkitError("This is no speed.", place="--speed", value=args.speed, expected="0.1 to 1000", example="10")
    stop = _stop(args.minutes)
    policy = Policy.load(args.policy) if args.policy else sample_policy()
    push = load_push(args.push) if args.push else None
    with open_log(args.log) as log:
        _check_own(log, args.log)
        holding = _held(args, log, stop)
        try:
            serving = _serving(args, log, policy, holding, push)
        except BaseException as error:
            holding.end(f"it could not start: {type(error).__name__}")
            raise
        if not args.quiet:
            sys.stderr.write(_WELCOME.format(url=args.log, absolute=absolute(args.log)))
        why = serving.run(stop)
        if args.json:
            show(json.dumps({"url": args.log, "events": log.last_seq(), "why": why}))
        after = log.lease().holder if why == TAKEN_OVER else ""
    if why != TOLD or not args.quiet:
        sys.stderr.write(f"It stopped: {why}.{_OVERTAKEN.format(holder=after) if after else ''}\n")
    return 0 if why == TOLD else 1


def _held(args: argparse.Namespace, log: EventLog, stop: threading.Event) -> Holding:
    """Wait for the lease and return it held; a driver that was killed loses it within seconds, one that lives never."""
    holder = log.lease().holder
    if holder and not args.quiet:
        sys.stderr.write(f"The last driver was {holder}; waiting until it lets go, {PATIENCE_MS // 1000} s at most.\n")
    holding = take_lease(log, f"demo, process {os.getpid()}", wait_ms=PATIENCE_MS, ask=True, stop=stop)
    if holding is not None:
        return holding
    why = "It was told to stop while it waited. " if stop.is_set() else ""
    raise DeskkitError(
        f"{why}Another process decides for this log: {log.lease().holder} still renews its lease.", place="demo",
        value=args.log, expected="a log of which no driver holds the lease",
        example="deskkit demo --log sqlite:///demo.db",
    )  # fmt: skip


def _check_own(log: EventLog, url: str) -> None:
    """Refuse a log that no demo made: simulated agents would be given its conversations, and no log forgets that."""
    first = None
    for stored in log.read(kinds=[AgentSet, ConversationOpened]):
        first = first or stored
        # Whoever lives in a log of a demo was made by it first; a roster or a hand may have added to them since.
        opened = isinstance(stored.event, ConversationOpened) and stored.event.source not in OPENERS
        if first.event.source != SOURCE or opened:
            what = "a conversation" if isinstance(stored.event, ConversationOpened) else "an agent"
            raise FeedError(
                "This log is not a demo's: simulated agents would take over its conversations, which cannot be undone. "
                "Nothing was written.",
                place="demo --log", value=f"{url}: event {stored.seq} is {what} from {stored.event.source}",
                expected="a new log, or one that a demo made", example="deskkit demo --log sqlite:///demo.db",
            )  # fmt: skip


def _stop(minutes: float | None) -> threading.Event:
    """Return what is set when somebody, or the clock, says that it is enough."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if minutes is not None:
        if not 0 < minutes <= MINUTES:
            raise DeskkitError(
                "This is no time to live.", place="--for", value=minutes, expected=f"up to {MINUTES} minutes",
                example="--for 60",
            )  # fmt: skip
        timer = threading.Timer(minutes * 60, stop.set)
        timer.daemon = True  # what ends before ends the program
        timer.start()
    return stop


def _serving(args: argparse.Namespace, log: EventLog, policy: Policy, holding: Holding, push: Push | None) -> Serving:
    """Return the desk with its people; at a new one the first minutes have passed, so that somebody is there."""
    last = log.last()
    living, start = _world(args, log, policy_in_force(log) or policy)
    ways = Ways(feeds=[living], senders=living.senders, push=push)
    if last is not None:
        return Serving(log, policy, holding, ways=ways, clock=FastClock(start, speed=args.speed))
    clock = ManualClock(start - WARM_MS)
    serving = Serving(log, policy, holding, ways=ways, clock=clock)
    for _ in range(WARM_MS // STEP_MS):
        clock.advance(STEP_MS)
        with suppress(ConflictError, UnavailableError):  # the next tick does it
            serving.tick()
    serving.go_by(FastClock(start, speed=args.speed))
    return serving


def _world(args: argparse.Namespace, log: EventLog, policy: Policy) -> tuple[Living, int]:
    """Return the people, and when they go on: where the log ends, else at an hour of today, milliseconds."""
    scenario = load_scenario(args.scenario or sample_path("scenarios/weekday.toml"))
    first = next(iter(log.read(limit=1)), None)
    zone = policy.schema.zone
    began = SystemClock().now() if first is None else first.event.at
    day = datetime.fromtimestamp(began / 1000, tz=ZoneInfo(zone)).date().isoformat()
    scenario = msgspec.structs.replace(scenario, day=day, days=DAYS)
    workload = sample(scenario, seed=args.seed, begin=begin_of(scenario, policy))
    last = log.last()
    start = last.event.at + 1 if last else instant(f"{day}T{args.at}", zone=zone)
    return Living(scenario, workload, policy), start
