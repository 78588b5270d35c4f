"""Experiments: a scenario lived through many times, and policies compared on the same customers.

Replications run in processes of their own and are put together by their number, so that one worker and eight give the
same result to the last bit. Policies are compared in pairs: each replication brings all of them the same customers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs
from tqdm import tqdm

from deskkit.desk.policy import Policy
from deskkit.errors import NotCompilable, ScenarioError
from deskkit.sim.estimates import Target
from deskkit.sim.outcomes import MEASURED, OF_RUN, judged, saturated
from deskkit.sim.periods import by_period
from deskkit.sim.processes import in_order
from deskkit.sim.run import simulate
from deskkit.sim.study import Replication, Study, named

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from deskkit.sim.run import EngineName
    from deskkit.sim.scenario import Scenario

__all__ = ["Replication", "Study", "Target", "alongside", "compare", "named", "precise", "replicate", "sweep"]

MOST: Final = 100_000
LOOK_AHEAD: Final = 5
SEEDS: Final = 1 << 63  # what a table of whole numbers holds


def replicate(
    scenario: Scenario,
    policy: Policy,
    *,
    replications: int = 10,
    seed: int = 0,
    workers: int = 1,
    level: float = 0.95,
    progress: bool = False,
    engine: EngineName = "simpy",
) -> Study:
    """Live through a scenario so many times.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    replications : int
    seed : int
    workers : int
        Processes; the result is the same for any number.
    level : float
    progress : bool
        Show a bar on standard error.
    engine : {"simpy", "compiled"}
        Which engine lives through it; both give the same. The compiled one writes no log, so its replications have no
        digest of one.

    Returns
    -------
    Study

    Raises
    ------
    ScenarioError
        A replication failed: which one, with what seed; or a number is out of range.
    """
    return compare(
        {policy.name: policy}, scenario, replications=replications, seed=seed, workers=workers, level=level,
        progress=progress, engine=engine,
    )  # fmt: skip


def compare(
    policies: Mapping[str, Policy],
    scenario: Scenario,
    *,
    replications: int = 10,
    seed: int = 0,
    workers: int = 1,
    level: float = 0.95,
    progress: bool = False,
    engine: EngineName = "simpy",
) -> Study:
    """Compare policies on the same customers; parameters as for `replicate`.

    Returns
    -------
    Study
        Its `differences` are paired, with intervals that hold together.
    """
    _check(replications, workers, level, seed)
    ordered: dict[str, list[Replication]] = {name: [] for name in policies}
    ways = {name: (scenario, policy) for name, policy in policies.items()}
    lived = _lived(ways, range(replications), seed=seed, workers=workers, engine=engine)
    total = replications * len(policies)
    with closing(lived), tqdm(total=total, unit=" runs", disable=not progress, file=sys.stderr) as bar:
        for (name, _), found in lived:
            ordered[name].append(found)
            bar.update()
    return Study(scenario=scenario, policies=dict(policies), found=ordered, seed=seed, level=level, engine=engine)


def precise(  # noqa: PLR0913 - each is a choice of the analyst
    scenario: Scenario,
    policy: Policy,
    measures: Sequence[str] | Mapping[str, Target],
    *,
    relative: float = 0.0,
    absolute: float = 0.0,
    least: int = 10,
    look_ahead: int = LOOK_AHEAD,
    most: int = 1_000,
    seed: int = 0,
    workers: int = 1,
    level: float = 0.95,
    progress: bool = False,
    engine: EngineName = "simpy",
) -> Study:
    """Add replications until several measures are precise at once, or there are `most`.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    measures : sequence of str, or dict of str to Target
        Names, which all get the target of `relative` and `absolute`; or each with its own.
    relative, absolute : float
        A half-width at most this share of the mean, or this amount; whichever is wider.
    least : int
        So many before the rule first looks: few replications are precise by luck.
    look_ahead : int
        It must hold with each of so many further replications as well (Hoad, Robinson & Davies, JORS 2010).
    most : int
    seed, workers, level, progress, engine
        As for `replicate`. The intervals hold together at `level` (Bonferroni).

    Returns
    -------
    Study
        The same for any number of workers. What was not reached stands in its `imprecise` and `warnings`.

    Raises
    ------
    ScenarioError
        No target, an unknown measure, a number out of range, or a replication that failed.
    """
    targets = dict(measures) if isinstance(measures, Mapping) else dict.fromkeys(measures, Target(relative, absolute))
    _check(most, workers, level, seed)
    _check_rule(targets, least, look_ahead, most)
    runs: list[Replication] = []
    missed: list[str] = []
    held = 0
    study = Study(
        scenario=scenario, policies={policy.name: policy}, found={policy.name: runs}, seed=seed, level=level,
        engine=engine, rule=_told(targets, least, look_ahead, most),
    )  # fmt: skip
    lived = _lived({policy.name: (scenario, policy)}, range(most), seed=seed, workers=workers, engine=engine)
    with closing(lived), tqdm(total=most, unit=" runs", disable=not progress, file=sys.stderr) as bar:
        for _, found in lived:
            runs.append(found)
            bar.update()
            missed = [name for name in targets if len(runs) < least or not study.is_within(targets, name)]
            held = 0 if missed else held + 1
            if held > look_ahead:
                break
    return structs.replace(study, imprecise=tuple(missed))


def sweep(
    make: Callable[[Any], tuple[Scenario, Policy]],
    values: Sequence[Any],
    **options: Any,
) -> dict[Any, Study]:
    """Replicate for each of some values; ``make(value)`` returns its scenario and policy."""
    return {value: replicate(*make(value), **options) for value in values}


def _check(replications: int, workers: int, level: float, seed: int) -> None:
    for name, value, least, most in (("replications", replications, 1, MOST), ("workers", workers, 1, 256)):
        if not least <= value <= most:
            raise ScenarioError(
                "This number is out of range.", place=name, value=value, expected=f"{least} to {most:,}",
                example=f"{name}=2",
            )  # fmt: skip
    if not -SEEDS <= seed < SEEDS:
        raise ScenarioError("This is no seed.", place="seed", value=seed, expected="64 bits", example="seed=7")
    if not 0 < level < 1:
        raise ScenarioError("This is no level.", place="level", value=level, expected="0 to 1", example="level=0.95")


def _check_rule(targets: Mapping[str, Target], least: int, look_ahead: int, most: int) -> None:
    for name, target in targets.items():
        if name not in MEASURED and name not in OF_RUN:
            near = get_close_matches(name, (*MEASURED, *OF_RUN)) or ["reply_time", "abandonment", "service_level"]
            raise ScenarioError(
                "A run has no such measure.", place="measures", value=name,
                expected=f"a measure such as {', '.join(near)}", example=near[0],
            )  # fmt: skip
        if not (target.relative >= 0 and target.absolute >= 0 and max(target) > 0):
            raise ScenarioError(
                "This is no precision.", place=name, value=tuple(target), expected="a share or an amount above 0",
                example="relative=0.05",
            )  # fmt: skip
    for name, value, low in (("targets", len(targets), 1), ("least", least, 2), ("look_ahead", look_ahead, 0)):
        if not low <= value <= most:
            raise ScenarioError(
                "This number is out of range.", place=name, value=value, expected=f"{low} to most={most}",
                example="least=10",
            )  # fmt: skip


def _told(targets: Mapping[str, Target], least: int, look_ahead: int, most: int) -> str:
    """Write a stopping rule as a sentence."""
    wishes = ", ".join(
        f"{name} within "
        + " or ".join(
            ([f"{100 * target.relative:g} % of its mean"] if target.relative else [])
            + ([f"{target.absolute:g}"] if target.absolute else [])
        )
        for name, target in targets.items()
    )
    return (
        f"sequential: {wishes}; looked at from {least} on, to hold for {look_ahead} more, at most {most}; the "
        f"intervals looked at hold together (Bonferroni over {len(targets)})"
    )


def alongside(
    ways: Mapping[str, tuple[Scenario, Policy]],
    *,
    replications: int = 10,
    seed: int = 0,
    workers: int = 1,
    level: float = 0.95,
    engine: EngineName = "simpy",
) -> Generator[dict[str, Study], None, None]:
    """Live through scenarios that differ, under policies that may, side by side; yield what is known so far.

    Parameters
    ----------
    ways : dict of str to (Scenario, Policy)
    replications, seed, workers, level, engine
        As for `replicate`. Close the generator to have no more.

    Yields
    ------
    dict of str to Study
        After each replication of all; those of one number have the same seed, see `versus`.

    Raises
    ------
    ScenarioError
        As for `replicate`.
    """
    _check(replications, workers, level, seed)
    runs: dict[str, list[Replication]] = {name: [] for name in ways}
    with closing(_lived(ways, range(replications), seed=seed, workers=workers, engine=engine)) as lived:
        for (name, n), found in lived:
            runs[name].append(found)
            if all(len(so_far) == n + 1 for so_far in runs.values()):
                yield {
                    one: Study(
                        scenario=scenario, policies={policy.name: policy}, found={policy.name: list(runs[one])},
                        seed=seed, level=level, engine=engine,
                    )
                    for one, (scenario, policy) in ways.items()
                }  # fmt: skip


def _lived(
    ways: Mapping[str, tuple[Scenario, Policy]], numbers: Iterable[int], *, seed: int, workers: int, engine: EngineName
) -> Generator[tuple[tuple[str, int], Replication], None, None]:
    """Yield name and number of each replication with what came of it, in order."""
    texts = {name: (scenario, policy.text) for name, (scenario, policy) in ways.items()}
    jobs = ((name, n) for n in numbers for name in ways)
    return in_order(partial(_live, texts, seed, engine), jobs, workers=workers)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Policy:
    return Policy.parse(text)


def _live(ways: Mapping[str, tuple[Scenario, str]], seed: int, engine: EngineName, job: tuple[str, int]) -> Replication:
    """Live through one replication."""
    name, n = job
    try:
        scenario, text = ways[name]
        run = simulate(scenario, _parsed(text), seed=seed, replication=n, engine=engine)
        measures, samples = judged(run)
        return Replication(
            measures,
            samples,
            saturated(run),
            run.truncated,
            run.workload.digest,
            run.digest if engine == "simpy" else "",
            by_period(run),
        )
    except NotCompilable:
        raise
    except Exception as error:
        raise ScenarioError(
            f"A replication failed under {name}: {error}", place=f"replication {n}", value=f"seed {seed}",
            expected="a run to its end", example=f"simulate(scenario, policy, seed={seed}, replication={n})",
        ) from error  # fmt: skip
