"""How ``deskkit simulate``, ``compare`` and ``demo`` are called; what they do is loaded when it is needed."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskkit.cli_workers import add_workers
from deskkit.errors import DeskkitError, FeedError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["add"]

_SIMULATE: Final = """\
Live through a day at the desk under a policy, many times, and say how waits, replies, abandonment, notices and costs
come out, each with its interval. Who comes and who answers stands in a scenario file, or in a log: then the very
customers of a past day come again."""
_SIMULATE_EXAMPLES: Final = """\
examples:
  ten ordinary days; the first of them as a log, with the tables
    deskkit simulate data/scenarios/weekday.toml --policy data/policies/standard.toml --out days/
  as many days as it takes to know two measures well
    deskkit simulate data/scenarios/small.toml --policy data/policies/standard.toml \\
      --precise reply_time=5% --precise abandonment=0.01
  what a log's customers of a day would meet under another policy
    deskkit simulate --log sqlite:///desk.db --from 2026-06-17 --to 2026-06-18 --policy mine.toml
  a thousand days on a Dask cluster of your own
    deskkit simulate data/scenarios/weekday.toml --policy data/policies/standard.toml \\
      --replications 1000 --cluster tls://desk.example:8786
  what a reader must know to judge the study
    deskkit simulate data/scenarios/small.toml --policy data/policies/standard.toml --sheet

In Python: deskkit.simulate(scenario, policy, workload=workload_from(log), pick=...) lives through one day, also with an
own decision about which tab an agent turns to. Exit status: 0, 1 (the work failed), 2 (wrong use)."""
_COMPARE: Final = """\
Live through the same days under two policies or more. In each replication all of them meet the same customers with the
same luck (common random numbers), so that differences are those of the policies; their intervals hold together. With
--log the same customers come in every replication: only luck in noticing, switching and erring varies."""
_COMPARE_EXAMPLES: Final = """\
examples:
  a sale's day under two policies
    deskkit compare data/scenarios/peak.toml --policy data/policies/standard.toml \\
      --policy data/policies/peak.toml --replications 20
  two measures alone: the fewer, the surer
    deskkit compare data/scenarios/weekday.toml --policy a.toml --policy b.toml \\
      --measure reply_time --measure abandonment
  yesterday, as it was and as it might be
    deskkit compare --log sqlite:///desk.db --from 2026-06-17 --to 2026-06-18 \\
      --policy data/policies/standard.toml --policy mine.toml
  yesterday's customers, answered by the people of a scenario
    deskkit compare data/scenarios/weekday.toml --log sqlite:///desk.db --policy a.toml --policy b.toml

In Python: deskkit.compare({"today": policy, "new": other}, scenario, workload=workload_from(log), pick=...) also takes
own decisions about which tab an agent turns to; two rosters are compared by alongside (deskkit.sim.experiment) and
versus (deskkit.sim.study). Exit status: 0, 1 (the work failed), 2 (wrong use)."""
_SCENARIO_HELP: Final = "who comes, who answers, how people behave; with --log only who answers and how they behave"
_LOG_HELP: Final = (
    "the customers of this log come, in place of the scenario's (sqlite:///desk.db); without a scenario its agents "
    "answer, as they came and went"
)
_PRECISE_HELP: Final = (
    "add days until the half-width of this measure is within a share of its mean (reply_time=5%%), a time "
    "(reply_p90='20 s') or an amount (abandonment=0.01); several hold together"
)
_MEASURE_HELP: Final = (
    "only this measure (reply_time, abandonment, ...); repeatable: intervals of differences hold together over these "
    "alone, and are narrower"
)
_HOW_MANY: Final = "how many such days (10); with 30 or more intervals of skewed waits hold what they promise"
_ENGINE_HELP: Final = (
    "simpy (the default), or compiled: the same numbers a hundred times as fast, once compiled for half a minute"
)
_SHEET_HELP: Final = (
    "print the STRESS-DES sheet of the study, in Markdown, in place of the measures; with --json beside them, with "
    "--out as sheet.md too"
)


def add(
    commands: Any,  # noqa: ANN401 - argparse does not name it
    add_log: Callable[[argparse.ArgumentParser], None],
    address: Callable[[str], str],
) -> None:
    """Add the commands to a parser; `add_log` adds --log, --json and --quiet, `address` reads the address of a log."""
    simulate = commands.add_parser(
        "simulate",
        help="live through a day under a policy, many times",
        description=_SIMULATE,
        epilog=_SIMULATE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulate.add_argument("--policy", required=True, metavar="FILE", help="the very file of the live desk")
    simulate.add_argument("--precise", action="append", default=[], metavar="NAME=WITHIN", help=_PRECISE_HELP)
    simulate.add_argument("--most", type=int, default=1_000, metavar="N", help="with --precise: no more days (1000)")
    _add_options(simulate, address, days="; with --precise at least")
    simulate.set_defaults(run=_simulate)
    compare = commands.add_parser(
        "compare",
        help="compare policies on the same simulated customers",
        description=_COMPARE,
        epilog=_COMPARE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.set_defaults(precise=[])
    compare.add_argument(
        "--policy", required=True, action="append", metavar="FILE", help="give it twice or more; the first is the base"
    )
    _add_options(compare, address)
    compare.set_defaults(run=_compare)
    _add_demo(commands, add_log)


def _add_demo(commands: Any, add_log: Callable[[argparse.ArgumentParser], None]) -> None:  # noqa: ANN401 - likewise
    demo = commands.add_parser(
        "demo",
        help="a living desk: simulated customers and agents on a log that notebooks can open",
        epilog="Example: deskkit demo --log sqlite:///demo.db --speed 10",
    )
    demo.add_argument(
        "--scenario",
        metavar="FILE",
        help="who comes and who answers; by default an ordinary weekday; a log keeps its own",
    )
    demo.add_argument("--policy", metavar="FILE", help="by default the standard one; a log keeps its own")
    demo.add_argument("--speed", type=float, default=1.0, metavar="N", help="N times as fast as life (1)")
    demo.add_argument("--seed", type=int, metavar="S", help="which customers come (1); a log keeps its own")
    demo.add_argument("--at", metavar="HH:MM", help="hour of the day at which a new desk begins (10:30)")
    demo.add_argument("--push", metavar="FILE", help="who is reached by push, and where: a TOML file of addresses")
    demo.add_argument("--for", dest="minutes", type=float, metavar="MIN", help="stop after so many minutes")
    add_log(demo)
    demo.set_defaults(run=_demo)


def _add_options(parser: argparse.ArgumentParser, address: Callable[[str], str], *, days: str = "") -> None:
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO.toml", help=_SCENARIO_HELP)
    parser.add_argument("--log", type=address, metavar="URL", help=_LOG_HELP)
    parser.add_argument("--from", dest="start", metavar="TIME", help="with --log: who came from here")
    parser.add_argument("--to", dest="end", metavar="TIME", help="with --log: and before here")
    parser.add_argument("--zone", help="with --log: of --from and --to; by default that of the first --policy")
    parser.add_argument("--replications", type=int, default=10, metavar="N", help=_HOW_MANY + days)
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="which customers come (0); with --log which luck they have"
    )
    parser.add_argument("--measure", action="append", default=[], metavar="NAME", help=_MEASURE_HELP)
    parser.add_argument("--level", type=float, default=0.95, metavar="P", help="of the intervals (0.95)")
    add_workers(parser)
    parser.add_argument("--engine", choices=["simpy", "compiled"], default="simpy", help=_ENGINE_HELP)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the tables as CSV, and the first log, here")
    parser.add_argument("--sheet", action="store_true", help=_SHEET_HELP)
    parser.add_argument("--purpose", default="", metavar="TEXT", help="in the sheet: why this was simulated")
    parser.add_argument("--sharing", default="", metavar="TEXT", help="in the sheet: where files and code can be had")
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(
        interrupted="Interrupted; there is no result, and no process is left. Run it again from the start."
    )


def _simulate(args: argparse.Namespace) -> int:
    _check_asked(args)
    _check_installed()
    from deskkit import cli_study  # noqa: PLC0415 - loaded when needed

    return cli_study.run(args, [args.policy])


def _compare(args: argparse.Namespace) -> int:
    if len(args.policy) == 1:
        raise DeskkitError(
            "One policy cannot be compared.", place="--policy", value=args.policy[0], expected="two or more",
            example="--policy standard.toml --policy mine.toml",
        )  # fmt: skip
    _check_asked(args)
    _check_installed()
    from deskkit import cli_study  # noqa: PLC0415 - likewise

    return cli_study.run(args, args.policy)


def _check_asked(args: argparse.Namespace) -> None:
    """Refuse a command that names nobody who comes, times of no log, and a log that would leave this machine."""
    if args.scenario is None and args.log is None:
        raise FeedError(
            "It is not said who comes.", place=args.command, expected="a scenario file, or --log URL",
            example=f"deskkit {args.command} data/scenarios/weekday.toml --policy data/policies/standard.toml",
        )  # fmt: skip
    if args.cluster is not None and args.log is not None:
        raise FeedError(
            "A log's customers, and what they wrote, do not leave this machine.", place="--cluster", value=args.cluster,
            expected="a scenario file in place of --log, or --workers", example="--workers 2",
        )  # fmt: skip
    timed = [name for name in ("start", "end", "zone") if getattr(args, name) is not None]
    if timed and args.log is None:
        raise FeedError(
            "--from, --to and --zone choose customers of a log.", place=args.command, value=getattr(args, timed[0]),
            expected="--log URL beside them", example="--log sqlite:///desk.db --from 2026-06-17 --to 2026-06-18",
        )  # fmt: skip


def _demo(args: argparse.Namespace) -> int:
    _check_installed()
    from deskkit import cli_demo  # noqa: PLC0415 - likewise

    return cli_demo.run(args)


def _check_installed() -> None:
    if find_spec("simpy") is None or find_spec("scipy") is None:
        raise DeskkitError("The simulator is not installed.", place="sim", example="pip install 'deskkit[sim]'")
