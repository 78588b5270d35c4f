"""What ``deskkit simulate`` and ``deskkit compare`` do: live through a study, and print or write what came of it."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from deskkit.cli_files import check_out, policy_of, scenario_of
from deskkit.cli_output import show
from deskkit.cli_target import check_days, check_measures, check_seed, counted, in_options, targets
from deskkit.cli_workers import workers_of
from deskkit.cli_zone import time_in, zone_in
from deskkit.clock import moment
from deskkit.errors import DeskkitError, FeedError, ScenarioError
from deskkit.export import write
from deskkit.log import open_log
from deskkit.sim.baseline import baseline, measured, told_baseline
from deskkit.sim.duty import scenario_from
from deskkit.sim.experiment import compare, precise
from deskkit.sim.naming import in_what
from deskkit.sim.printing import printed
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import check_against
from deskkit.sim.sheet import stress_sheet
from deskkit.sim.trace import workload_from

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.measures.report import Report
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study
    from deskkit.sim.workload import Workload

__all__ = ["run"]


def run(args: argparse.Namespace, paths: Sequence[str]) -> int:
    """Live through a scenario under the policies of these files; return the exit status."""
    if args.out is not None:
        check_out(args.out)
    check_seed(args.seed)
    check_measures(args.measure)
    policies = _policies(paths)
    scenario, workload, real = _who(args, next(iter(policies.values())))
    for name, policy in policies.items():
        for warning in check_against(scenario, policy, path=args.scenario or "", workload=workload):
            sys.stderr.write(f"{name}: {warning}\n")
    try:
        with _ended_as_by_hand():
            study = _study(args, policies, scenario, workload)
    except ScenarioError as error:
        raise in_options(error) from error
    measures = args.measure or None
    sheet = stress_sheet(study, purpose=args.purpose, sharing=args.sharing) if args.sheet else ""
    if args.out is not None:
        _write(study, args.out, measures)
        if sheet:
            (args.out / "sheet.md").write_text(sheet, encoding="utf-8")
    if args.json:
        found = study.as_dict(measures) | ({"sheet": sheet} if sheet else {})
        if real is not None:
            found["baseline"] = baseline(study, real).to_dicts()
        show(json.dumps(found, ensure_ascii=False))
    elif sheet:
        show(sheet.removesuffix("\n"))
    else:
        beside = "" if real is None else "\n\n" + told_baseline(baseline(study, real), next(iter(policies)))
        show(printed(study, measures) + beside)
    return 0


@contextmanager
def _ended_as_by_hand() -> Iterator[None]:
    """Let who ends this process end it as Ctrl-C does: its processes end first, and nothing of theirs is left."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    is_main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, end) if is_main else None
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGTERM, before)


def _who(args: argparse.Namespace, policy: Policy) -> tuple[Scenario, Workload | None, Report | None]:
    """Return who answers, and if they are customers of a log who comes and how they fared."""
    scenario = None if args.scenario is None else scenario_of(args.scenario)
    if args.log is None:
        assert scenario is not None  # noqa: S101 - `deskkit.cli_sim` refused it
        return scenario, None, None
    with open_log(args.log, create=False, read_only=True) as log:
        zone = zone_in(log, args.zone, policy)
        begin, end = time_in(args.start, zone, "--from"), time_in(args.end, zone, "--to")
        workload = workload_from(log, policy=policy, begin=begin, end=end)
        if not workload.conversations.height:
            first, last = (moment(at, zone=zone)[:16] for at in _ends(log))
            raise FeedError(
                "Nobody came then.", place="--log", value=args.log, expected=f"a time from {first} to {last} ({zone})",
                example=f"--from {first[:10]}",
            )  # fmt: skip
        scenario = scenario or scenario_from(log, workload, policy=policy)
        real = measured(log, workload, policy=policy)
    first, last = (moment(at, zone=zone)[:16] for at in (workload.begin, workload.end))
    people = sum(agent.count for agent in scenario.agents)
    whose = "the log" if args.scenario is None else args.scenario
    sys.stderr.write(
        f"{args.log}: {counted(workload.conversations.height, 'customer')} came {first} to {last} ({zone}); "
        f"{counted(people, 'agent')} of {whose} {'answers' if people == 1 else 'answer'}.\n"
    )
    return scenario, workload, real


def _ends(log: EventLog) -> tuple[int, int]:
    """Return the first and the last instant of a log."""
    instants = [stored.at for stored in log.read()]
    return min(instants, default=0), max(instants, default=0)


def _study(
    args: argparse.Namespace, policies: dict[str, Policy], scenario: Scenario, workload: Workload | None
) -> Study:
    """Live through as many days as asked for, or as many as it takes."""
    progress = not args.quiet and sys.stderr.isatty()
    if not args.precise:
        return compare(
            policies, scenario, replications=args.replications, seed=args.seed, workload=workload, level=args.level,
            workers=workers_of(args), progress=progress, engine=args.engine,
        )  # fmt: skip
    (policy,) = policies.values()
    wishes = targets(args.precise)
    check_days(args.replications, args.most)
    return precise(
        scenario, policy, wishes, least=args.replications, most=args.most, seed=args.seed, workload=workload,
        workers=workers_of(args), level=args.level, progress=progress, engine=args.engine,
    )  # fmt: skip


def _policies(paths: Sequence[str]) -> dict[str, Policy]:
    """Read policies, each under a name of its own."""
    policies: dict[str, Policy] = {}
    for path in paths:
        policy = policy_of(path)
        name = policy.name if policy.name not in policies else f"{policy.name} ({Path(path).stem})"
        if name in policies:
            raise DeskkitError(
                "Two policies have the same name.", place="--policy", value=path, expected="names of their own",
                example='name = "mine"',
            )  # fmt: skip
        policies[name] = policy
    return policies


def _with_units(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which each unit says what a number is in."""
    units = [in_what(*row) for row in rows.select("measure", "unit").iter_rows()]
    return rows.with_columns(unit=pl.Series(units, dtype=pl.String))


def _write(study: Study, folder: Path, measures: Sequence[str] | None) -> None:
    """Write the tables, and the log of the first replication."""
    write(_with_units(study.frame), folder / "measures.csv")
    if len(study.policies) > 1:
        write(_with_units(study.differences(study.comparable(measures))), folder / "differences.csv")
    name, policy = next(iter(study.policies.items()))
    path = folder / "first.db"
    run = simulate(study.scenario, policy, seed=study.seed, workload=study.workload)
    with open_log(f"sqlite:///{path.resolve()}") as log:
        for at in range(0, len(run.events), 20_000):
            log.append(run.events[at : at + 20_000], received_at=run.events[-1].at)
    sys.stderr.write(f"{path}: the log of replication 0 under {name}\n")
