"""``deskkit demo``: a living desk - simulated customers and agents, and the driver, on a log that views can open."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskkit.cli_demo_world import asked, living_in, noted, supervisor_of
from deskkit.cli_demo_world import begun as begun_with
from deskkit.cli_output import show
from deskkit.clock import ManualClock, PacedClock
from deskkit.desk.events import AgentSet, ConversationOpened
from deskkit.desk.policy import Policy
from deskkit.desk.policyfile.quantities import show_duration
from deskkit.errors import ConflictError, DeskkitError, FeedError
from deskkit.live.lease import DEMO, take_lease
from deskkit.live.push import load_push
from deskkit.live.serve import TAKEN_OVER, TOLD, Serving, Ways
from deskkit.log import UnavailableError, open_log
from deskkit.log.guard import absolute
from deskkit.log.in_force import policy_in_force
from deskkit.sample import sample_policy
from deskkit.sim.living import SOURCE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from deskkit.cli_demo_world import Begun
    from deskkit.live.lease import Holding
    from deskkit.log import EventLog

__all__ = ["run"]

WARM_MS: Final = 900_000
STEP_MS: Final = 1_000
LATE_MS: Final = 2_000  # of life: what a desk that was late makes up for
MINUTES: Final = 7 * 24 * 60
PATIENCE_MS: Final = 30_000  # a driver that a view has just started folds the log before it looks who asks
SPEEDS: Final = (0.1, 1000.0)
OPENERS: Final = frozenset({SOURCE, "view", "late"})  # of conversations in a log that a demo made


_WELCOME: Final = """\
The desk lives on {url}. Ctrl-C ends it; run it again to go on.
To look at it and take part, run this in a notebook (deskkit lab):

    import deskkit as dk
    from deskkit.sample import sample_policy

    dk.views.desk(dk.open_log("{absolute}", create=False), sample_policy(), me="{me}")

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
    if args.push:
        load_push(args.push)
    scenario, warnings = asked(args, policy)  # before there is a log
    with open_log(args.log) as log:
        _check_own(log, args.log)
        begun = begun_with(args, log, scenario)
        _warn(args, warnings)
        holding = _held(args, log, stop)
        try:
            serving = _serving(args, log, begun, policy, holding)
        except BaseException as error:
            holding.end(f"it could not start: {type(error).__name__}")
            raise
        if not args.quiet:
            sys.stderr.write(_WELCOME.format(url=args.log, absolute=absolute(args.log), me=supervisor_of(begun)))
        why = serving.run(stop)
        left_out = getattr(serving.driver.clock, "left_out_ms", 0)
        if args.json:
            show(json.dumps({"url": args.log, "events": log.last_seq(), "why": why, "left_out_ms": left_out}))
        after = log.lease().holder if why == TAKEN_OVER else ""
    if left_out and not args.quiet:
        late = f"its clock waited {show_duration(round(left_out, -3))} of its time in all"
        sys.stderr.write(f"The desk did not keep up at {args.speed:g} times life, or stood still: {late}.\n")
    if why != TOLD or not args.quiet:
        sys.stderr.write(f"It stopped: {why}.{_OVERTAKEN.format(holder=after) if after else ''}\n")
    return 0 if why == TOLD else 1


def _held(args: argparse.Namespace, log: EventLog, stop: threading.Event) -> Holding:
    """Wait for the lease and return it held; a driver that was killed loses it within seconds, one that lives never."""
    holder = log.lease().holder
    if holder and not args.quiet:
        sys.stderr.write(f"The last driver was {holder}; waiting until it lets go, {PATIENCE_MS // 1000} s at most.\n")
    holding = take_lease(log, f"{DEMO}, process {os.getpid()}", wait_ms=PATIENCE_MS, ask=True, stop=stop)
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


def _serving(args: argparse.Namespace, log: EventLog, begun: Begun, policy: Policy, holding: Holding) -> Serving:
    """Return the desk with its people; at a new one the first minutes have passed, so that somebody is there."""
    last = log.last()
    living, start, warning = living_in(log, begun, policy_in_force(log) or policy, args.at)
    noted(log, begun)
    _warn(args, [warning] if warning else [])
    ways = Ways(feeds=[living], senders=living.senders, push=load_push(args.push) if args.push else None)
    paced = PacedClock(start, speed=args.speed, step_ms=STEP_MS, most_ms=round(LATE_MS * args.speed))
    if last is not None:
        return Serving(log, policy, holding, ways=ways, clock=paced)
    clock = ManualClock(start - WARM_MS)
    serving = Serving(log, policy, holding, ways=ways, clock=clock)
    for _ in range(WARM_MS // STEP_MS):
        clock.advance(STEP_MS)
        with suppress(ConflictError, UnavailableError):  # the next tick does it
            serving.tick()
    serving.go_by(paced)
    return serving


def _warn(args: argparse.Namespace, warnings: Sequence[str]) -> None:
    if not args.quiet:
        sys.stderr.writelines(f"{warning}\n" for warning in warnings)
