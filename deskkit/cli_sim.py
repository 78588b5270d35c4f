"""``deskkit simulate`` and ``deskkit compare``: a scenario under a policy, and policies on the same customers."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    import argparse

    from deskkit.sim.experiment import Study

__all__ = ["add", "needed"]


def add(commands: Any) -> None:  # noqa: ANN401 - argparse does not name it
    """Add both commands to a parser."""
    simulate = commands.add_parser(
        "simulate",
        help="live through a day under a policy, many times",
        epilog="Example: deskkit simulate data/scenarios/weekday.toml --policy data/policies/standard.toml "
        "--replications 10",
    )
    simulate.add_argument("--policy", required=True, metavar="FILE", help="the very file of the live desk")
    _add_options(simulate)
    simulate.set_defaults(run=_simulate)
    compare = commands.add_parser(
        "compare",
        help="compare policies on the same simulated customers",
        epilog="Example: deskkit compare data/scenarios/peak.toml --policy data/policies/standard.toml "
        "--policy data/policies/peak.toml --replications 20",
    )
    compare.add_argument(
        "--policy", required=True, action="append", metavar="FILE", help="give it twice or more; the first is the base"
    )
    _add_options(compare)
    compare.set_defaults(run=_compare)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO.toml", help="who comes, who answers, how people behave")
    parser.add_argument("--replications", type=int, default=10, metavar="N", help="how many such days (10)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which customers come (0)")
    parser.add_argument("--level", type=float, default=0.95, help="of the intervals (0.95)")
    parser.add_argument(
        "--workers", type=int, default=min(4, os.cpu_count() or 1), metavar="N",
        help="processes; the result is the same for any number",
    )  # fmt: skip
    parser.add_argument("--engine", choices=["simpy"], default="simpy", help="simpy")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the tables as CSV, and the first log, here")
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def needed() -> None:
    """Refuse where the simulator is not installed.

    Raises
    ------
    DeskkitError
    """
    if find_spec("simpy") is None or find_spec("scipy") is None:
        raise DeskkitError("The simulator is not installed.", place="sim", example="pip install 'deskkit[sim]'")


def _simulate(args: argparse.Namespace) -> int:
    policy = Policy.load(args.policy)
    return _study(args, {policy.name: policy})


def _compare(args: argparse.Namespace) -> int:
    if len(args.policy) == 1:
        raise DeskkitError(
            "One policy cannot be compared.", place="--policy", value=args.policy[0], expected="two or more",
            example="--policy standard.toml --policy mine.toml",
        )  # fmt: skip
    policies: dict[str, Policy] = {}
    for path in args.policy:
        policy = Policy.load(path)
        name = policy.name if policy.name not in policies else f"{policy.name} ({Path(path).stem})"
        if name in policies:
            raise DeskkitError(
                "Two policies have the same name.", place="--policy", value=path, expected="names of their own",
                example='name = "mine"',
            )  # fmt: skip
        policies[name] = policy
    return _study(args, policies)


def _study(args: argparse.Namespace, policies: dict[str, Policy]) -> int:
    """Live through all of it, and print or write what came of it."""
    needed()
    from deskkit.sim.experiment import compare  # noqa: PLC0415 - loaded when needed
    from deskkit.sim.scenariofile import check_against, load_scenario  # noqa: PLC0415

    scenario = load_scenario(args.scenario)
    for name, policy in policies.items():
        for warning in check_against(scenario, policy):
            sys.stderr.write(f"{name}: {warning}\n")
    study = compare(
        policies, scenario, replications=args.replications, seed=args.seed, workers=args.workers, level=args.level,
        progress=not args.quiet,
    )  # fmt: skip
    if args.out is not None:
        _write(study, args.out)
    if args.json:
        sys.stdout.write(json.dumps(study.as_dict(), ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(_lines(study)) + "\n")
    return 0


def _lines(study: Study) -> list[str]:
    """Write a study for a terminal."""
    from deskkit.measures.printing import shown  # noqa: PLC0415 - loaded when needed

    rows = study.frame
    head = f"{study.scenario.name}: {study.replications} replications, seed {study.seed}, engine {study.engine}"
    lines = [f"{head}; intervals of {100 * study.level:g} %"]
    for name in study.policies:
        lines += ["", name]
        lines += [
            f"  {row['title']:44} {shown(row['mean'], row['unit']):>10}  ± {shown(row['half_width'], row['unit'])}"
            for row in rows.filter(rows["policy"] == name).iter_rows(named=True)
            if row["mean"] is not None
        ]
    if len(study.policies) > 1:
        lines += ["", f"Differences, paired; all intervals hold together at {100 * study.level:g} %; * excludes zero"]
        lines += [_difference(row) for row in study.differences().iter_rows(named=True) if row["mean"] is not None]
    return [*lines, *(f"\nWarning: {warning}" for warning in study.warnings)]


def _difference(row: dict[str, Any]) -> str:
    """Write one difference, with its interval."""
    from deskkit.sim.experiment import named  # noqa: PLC0415

    title, unit = named(row["measure"])
    low, mean, high = (_signed(row[name], unit) for name in ("low", "mean", "high"))
    mark = "*" if row["differs"] else " "
    return f"{mark} {title:44} {row['policy']} - {row['base']}: {mean}  ({low} to {high})"


def _signed(value: float | None, unit: str) -> str:
    from deskkit.measures.printing import shown  # noqa: PLC0415

    if value is None:
        return "-"
    size = f"{100 * abs(value):.1f} pts" if unit == "share" else shown(abs(value), unit)
    return f"{'+' if value > 0 else '-' if value < 0 else ''}{size}"


def _write(study: Study, folder: Path) -> None:
    """Write the tables, and the log of the first replication."""
    from deskkit.export import write  # noqa: PLC0415
    from deskkit.log import open_log  # noqa: PLC0415
    from deskkit.sim.run import simulate  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    write(study.frame, folder / "measures.csv")
    if len(study.policies) > 1:
        write(study.differences(), folder / "differences.csv")
    name, policy = next(iter(study.policies.items()))
    path = folder / "first.db"
    if path.exists():
        raise DeskkitError(
            "This file is there already.", place="--out", value=str(path), example="--out another-folder"
        )
    run = simulate(study.scenario, policy, seed=study.seed)
    with open_log(f"sqlite:///{path.resolve()}") as log:
        for at in range(0, len(run.events), 20_000):
            log.append(run.events[at : at + 20_000], received_at=run.events[-1].at)
    sys.stderr.write(f"{path}: the log of replication 0 under {name}\n")
