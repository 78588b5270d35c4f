"""Who lives in a demo, and since when: what a log's first demo began with, and every later one goes on with."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import structs

from deskkit.cli_target import check_seed
from deskkit.clock import SystemClock, instant, moment
from deskkit.errors import FeedError
from deskkit.live.lease import DEMO
from deskkit.sample import sample_path
from deskkit.sim.living import Living
from deskkit.sim.people import people_of
from deskkit.sim.run import begin_of
from deskkit.sim.scenariofile import check_against, load_scenario, parse_scenario, scenario_text
from deskkit.sim.workload import sample

if TYPE_CHECKING:
    import argparse

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.workload import Workload

__all__ = ["Begun", "asked", "begun", "living_in", "noted", "supervisor_of"]

DAYS: Final = 7
LONG_MS: Final = 3_600_000  # a desk at which nobody comes for so long looks dead
PREFIX: Final = f"{DEMO} "
SEED: Final = 1
AT: Final = "10:30"
HOUR: Final = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
WEEKDAY: Final = "scenarios/weekday.toml"


class Begun(NamedTuple):
    """What a desk was begun with: which customers come, the text of their scenario."""

    seed: int
    text: str


def asked(args: argparse.Namespace, policy: Policy) -> tuple[Scenario, tuple[str, ...]]:
    """Return the scenario that is asked for, and what of it does not fit the policy; refuse what no demo can be.

    Raises
    ------
    DeskkitError
        The hour is none, the seed is none, or the scenario cannot be lived through.
    """
    if args.at is not None and not HOUR.fullmatch(args.at):
        raise FeedError("This is no hour.", place="--at", value=args.at, expected="HH:MM", example=f"--at {AT}")
    check_seed(args.seed)
    path = args.scenario or sample_path(WEEKDAY)
    scenario = load_scenario(path)
    return scenario, check_against(scenario, policy, path=path)


def begun(args: argparse.Namespace, log: EventLog, scenario: Scenario) -> Begun:
    """Return what a log was begun with; refuse another seed, scenario or hour than its own.

    Raises
    ------
    FeedError
    """
    mine = Begun(SEED if args.seed is None else args.seed, scenario_text(scenario))
    if not log.last_seq():
        return mine
    if args.at is not None:
        raise _other("--at", args.at, "It goes on where the log ends.", "no --at")
    known = next(iter(log.cursors(PREFIX)), None)
    if known is None:  # of an earlier release
        return mine
    own = Begun(**json.loads(known))
    if args.seed not in {None, own.seed}:
        raise _other("--seed", args.seed, "Its customers would lose the thread.", f"--seed {own.seed}, or none")
    if args.scenario is not None and mine.text != own.text:
        named = parse_scenario(own.text).name
        raise _other("--scenario", args.scenario, "Its people would lose the thread.", f'its own, "{named}", or none')
    return own


def supervisor_of(begun: Begun) -> str:
    """Return the first supervisor of a desk, whom notices reach; where it has none, somebody who only looks on."""
    people = people_of(parse_scenario(begun.text))
    return next((one.name for one in people if one.about.role == "supervisor"), "you")


def _other(option: str, value: object, why: str, expected: str) -> FeedError:
    return FeedError(
        f"This desk lives already. {why}", place=f"demo {option}", value=value, expected=expected,
        example="deskkit demo --log sqlite:///another.db",
    )  # fmt: skip


def noted(log: EventLog, begun: Begun) -> None:
    """Note in a log what it was begun with."""
    if not log.cursors(PREFIX):
        log.set_cursor(PREFIX + json.dumps(begun._asdict(), ensure_ascii=False), 0)


def living_in(log: EventLog, begun: Begun, policy: Policy, at: str | None) -> tuple[Living, int, str]:
    """Return the people, when they go on, milliseconds, and a warning where nobody comes for long.

    They go on where the log ends, else at an hour of today.
    """
    scenario = parse_scenario(begun.text)
    first, last = next(iter(log.read(limit=1)), None), log.last()
    zone = policy.schema.zone
    began = SystemClock().now() if first is None else first.event.at
    day = datetime.fromtimestamp(began / 1000, tz=ZoneInfo(zone)).date().isoformat()
    scenario = structs.replace(scenario, day=day, days=DAYS)
    workload = sample(scenario, seed=begun.seed, begin=begin_of(scenario, policy), zone=zone)
    start = last.event.at + 1 if last else instant(f"{day}T{(at or AT).zfill(5)}", zone=zone)
    return Living(scenario, workload, policy), start, _quiet(workload, start, zone)


def _quiet(workload: Workload, start: int, zone: str) -> str:
    """Say that nobody comes for long, or any more."""
    coming = [at for at in workload.conversations["at"].to_list() if at >= start]
    if not coming:
        return f"Nobody comes any more after {moment(start, zone=zone)[:16]}: begin a desk on a new log."
    if coming[0] - start > LONG_MS:
        now, then = (moment(at, zone=zone)[:16] for at in (start, coming[0]))
        return f"It is {now} at the desk; nobody comes before {then}."
    return ""
