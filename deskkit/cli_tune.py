"""What ``deskkit tune`` does: search a policy's numbers, print the front, and write policies ready to go live."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import polars as pl

from deskkit.cli_files import policy_of, scenario_of
from deskkit.cli_output import show
from deskkit.cli_target import in_options
from deskkit.cli_workers import workers_of
from deskkit.errors import DeskkitError, ScenarioError
from deskkit.export import write
from deskkit.sim.scenariofile import check_against
from deskkit.sim.tuning import told, tune
from deskkit.sim.tuning.knobs import knobs_of, notes_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from deskkit.sim.tuning import Tuning

__all__ = ["run"]

KEPT = "runs.jsonl"


def run(args: argparse.Namespace) -> int:
    """Search, then print and write what was found; return the exit status."""
    policy, scenario = policy_of(args.policy), scenario_of(args.scenario)
    for warning in check_against(scenario, policy, path=args.scenario):
        sys.stderr.write(f"{policy.name}: {warning}\n")
    ranges = _ranges(args.vary)
    try:
        for note in notes_of(policy, knobs_of(policy, ranges)):
            sys.stderr.write(f"{note}\n")
        found = tune(
            scenario, policy, ranges, args.goal, limits=args.limit, candidates=args.candidates,
            replications=args.replications, most=args.most, fresh=args.fresh, kept=args.kept, seed=args.seed,
            workers=workers_of(args), level=args.level, file=None if args.out is None else args.out / KEPT,
            progress=not args.quiet and sys.stderr.isatty(), engine=args.engine,
        )  # fmt: skip
    except ScenarioError as error:
        raise in_options(error) from error
    if args.out is not None:
        _write(found, args.out)
    show(json.dumps(found.as_dict(), ensure_ascii=False) if args.json else told(found))
    return 0


def _ranges(texts: Sequence[str]) -> dict[str, str]:
    """Read what may be varied: PATH=RANGE, a path once."""
    found: dict[str, str] = {}
    for text in texts:
        path, equals, about = (part.strip() for part in text.partition("="))
        if not equals or not about or path in found:
            raise DeskkitError(
                "This names no number and its range." if path not in found else "This number is named twice.",
                place="--vary", value=text, expected="PATH=LOW..HIGH, or PATH=ONE|OTHER",
                example="--vary capacity.agent=3..8",
            )  # fmt: skip
        found[path] = about
    return found


def _write(found: Tuning, folder: Path) -> None:
    """Write the tables, and each policy of the front on fresh customers; what an earlier search left is named."""
    write(found.front, folder / "front.csv")
    write(found.judged, folder / "judged.csv")
    write(found.worth, folder / "worth.csv")
    write(pl.DataFrame(found.tried), folder / "candidates.csv")
    numbers = {name: number for number, name in enumerate(found.edits, start=1)}
    paths = {folder / f"tuned-{numbers[name]}.toml": name for name in found.policies}
    for path, name in paths.items():
        found.policies[name].save(path)
        sys.stderr.write(f"{path}: {name}{' (the best)' if name == found.best else ''}\n")
    for path in sorted(set(folder.glob("tuned-*.toml")) - set(paths)):
        sys.stderr.write(f"{path}: left by an earlier search, not on this front\n")
