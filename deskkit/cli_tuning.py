"""How ``deskkit tune`` is called; what it does is loaded when it is needed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from deskkit.cli_workers import add_workers

__all__ = ["add"]

_ABOUT: Final = """\
Search numbers of a policy - capacities, reserves, thresholds, delays of notices - for several goals at once. All
candidates meet the same simulated customers; who stands on the front meets more of them, and is then judged by fresh
ones, against the policy as it is. What is left there are policies that none of the others, nor that as it is, beats in
every goal, each as a file ready to go live, with what changed on top; a change that did nothing is left out. The others
are named with who beats them. The best is, of those that keep the limits and are surely better than the policy as it is
in a goal, the one nearest to the best of every goal, each by its range among them; where none is surely better, it says
so. What each change of the best is worth is told."""
_EXAMPLES: Final = """\
examples:
  a sale's day: fast replies against the disturbance they cost, with few customers lost
    deskkit tune data/scenarios/peak.toml --policy data/policies/standard.toml \\
      --vary capacity.agent=3..6 --vary capacity.reserve=0..1 --vary 'queue.guard=5 min..20 min by 150 s' \\
      --vary 'notify.ladder[1].rungs[1].after=15 s..2 min by 15 s' \\
      --goal reply_p90 --goal loud_per_agent_hour --limit 'abandonment <= 15%' --out tuned/
  go on after an interruption: the same command again; more candidates: the same with a larger --candidates

Exit status: 0, 1 (the work failed), 2 (wrong use)."""
_VARY: Final = (
    "a number of the policy and its range: capacity.agent=3..8, 'queue.guard=5 min..20 min by 150 s', or a choice: "
    "'routing.strategy=least_load | longest_idle'"
)
_GOAL: Final = "a measure to make small or large, as is better; :least or :most where its name does not say"
_LIMIT: Final = "what no policy may break: 'abandonment <= 15%%', 'reply_p90 <= 2 min', 'service_level >= 0.8'"
_OUT: Final = "write the policies, the tables and every run here; what is there already of this search is not run again"


def add(commands: Any) -> None:  # noqa: ANN401 - argparse does not name it
    """Add the command to a parser."""
    tune = commands.add_parser(
        "tune",
        help="search a policy's numbers for several goals at once",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    tune.add_argument("scenario", metavar="SCENARIO.toml", help="who comes, who answers, how people behave")
    tune.add_argument("--policy", required=True, metavar="FILE", help="the very file of the live desk")
    tune.add_argument("--vary", required=True, action="append", metavar="PATH=RANGE", help=_VARY)
    tune.add_argument("--goal", required=True, action="append", metavar="MEASURE", help=_GOAL)
    tune.add_argument("--limit", action="append", default=[], metavar="'MEASURE <= X'", help=_LIMIT)
    for name, usual, about in (
        ("candidates", 300, "how many policies are tried"),
        ("replications", 2, "days of each"),
        ("most", 6, "days of those that then stand on the front"),
        ("fresh", 12, "days of other customers, by which it is judged who is on the front"),
        ("kept", 6, "at most so many policies of the search's front meet these"),
        ("seed", 0, "which customers come"),
    ):
        tune.add_argument(f"--{name}", type=int, default=usual, metavar="N", help=f"{about} ({usual})")
    add_workers(tune)
    tune.add_argument("--level", type=float, default=0.95, metavar="P", help="of the intervals (0.95)")
    tune.add_argument("--engine", choices=["compiled", "simpy"], default="compiled", help="both give the same numbers")
    tune.add_argument("--out", type=Path, metavar="DIR", help=_OUT)
    tune.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    tune.add_argument("--quiet", action="store_true", help="show no progress")
    tune.set_defaults(
        run=_run, interrupted="Interrupted; no process is left. With --out the same command goes on from here."
    )


def _run(args: argparse.Namespace) -> int:
    from deskkit import cli_tune  # noqa: PLC0415 - loaded when needed

    return cli_tune.run(args)
