"""Experiments: a scenario lived through many times, and policies compared on the same customers.

Replications run in processes of their own and are put together by their number, so that one worker and eight give the
same result to the last bit. Policies are compared in pairs: each replication brings all of them the same customers.
"""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import polars as pl
from tqdm import tqdm

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.measures import MEASURES
from deskkit.sim.estimates import Estimate, difference, each_level, enough, ratio
from deskkit.sim.outcomes import OF_RUN, outcomes, saturated
from deskkit.sim.run import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from deskkit.sim.scenario import Scenario

    Ratio = tuple[float, float]

__all__ = ["Replication", "Study", "compare", "precise", "replicate", "sweep"]

MOST: Final = 100_000


class Replication(NamedTuple):
    """What came of one replication: measures, whether the desk was overwhelmed, and digests of what went in and out."""

    measures: dict[str, Ratio]
    saturated: bool
    truncated: bool
    workload: str
    log: str


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """Replications of a scenario under one policy or several.

    Attributes
    ----------
    scenario : Scenario
    policies : dict of str to Policy
    found : dict of str to list of Replication
        By policy, in order of replication.
    seed : int
    level : float
        Of every interval.
    engine : str
    """

    scenario: Scenario
    policies: dict[str, Policy]
    found: dict[str, list[Replication]]
    seed: int
    level: float = 0.95
    engine: str = "simpy"

    @property
    def replications(self) -> int:
        """How many there are of each policy."""
        return len(next(iter(self.found.values())))

    def estimate(self, measure: str, policy: str | None = None) -> Estimate:
        """Return a measure under a policy, by default the first.

        Raises
        ------
        ScenarioError
            There is no such measure or policy.
        """
        return ratio(self._of(measure, policy or next(iter(self.policies))), level=self.level)

    def _of(self, measure: str, policy: str) -> list[Ratio]:
        runs = self.found.get(policy)
        if runs is None or measure not in runs[0].measures:
            raise ScenarioError(
                "The study does not hold this.", place="study", value=f"{measure} of {policy}",
                expected=f"a policy of {', '.join(self.found)} and a measure such as reply_time", example="reply_time",
            )  # fmt: skip
        return [run.measures[measure] for run in runs]

    @property
    def frame(self) -> pl.DataFrame:
        """One row per policy and measure: `policy`, `measure`, `title`, `unit`, `mean`, `half_width`, `estimator`, `n`.

        Half-widths are of intervals that hold one by one.
        """
        rows = []
        for policy in self.policies:
            for measure in self.found[policy][0].measures:
                title, unit = named(measure)
                one = self.estimate(measure, policy)
                rows.append((policy, measure, title, unit, one.mean, one.half_width, one.estimator, one.n))
        names = {"policy": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String, "mean": pl.Float64,
                 "half_width": pl.Float64, "estimator": pl.String, "n": pl.Int64}  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row")

    def differences(self, measures: Sequence[str] | None = None, *, base: str | None = None) -> pl.DataFrame:
        """Compare every policy with the first (or `base`), with intervals that hold together.

        Returns
        -------
        DataFrame, one row per other policy and measure
            `policy`, `base`, `measure`, `unit`, `mean`, `low`, `high`, `differs` (the interval excludes zero),
            `level` (of all intervals together), `saved` (how many times more replications the same precision would
            need without common random numbers).
        """
        base = base or next(iter(self.policies))
        others = [name for name in self.policies if name != base]
        measures = list(self.found[base][0].measures) if measures is None else list(measures)
        level = each_level(self.level, len(others) * len(measures))
        rows = []
        for name in others:
            for measure in measures:
                one, paired, unpaired = difference(self._of(measure, name), self._of(measure, base), level=level)
                low, high = one.interval or (None, None)
                differs = low is not None and high is not None and (low > 0 or high < 0)
                saved = unpaired / paired if paired > 0 else None
                rows.append((name, base, measure, named(measure)[1], one.mean, low, high, differs, self.level, saved))
        names = {"policy": pl.String, "base": pl.String, "measure": pl.String, "unit": pl.String, "mean": pl.Float64,
                 "low": pl.Float64, "high": pl.Float64, "differs": pl.Boolean, "level": pl.Float64,
                 "saved": pl.Float64}  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know: that the desk was overwhelmed, or a run cut off."""
        said = []
        for name, runs in self.found.items():
            for what, count in (
                ("the desk was overwhelmed: a longer day would only be worse", sum(run.saturated for run in runs)),
                ("the run was cut off while customers waited", sum(run.truncated for run in runs)),
            ):
                if count:
                    said.append(f"{name}: in {count} of {len(runs)} replications {what}.")
        return tuple(said)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON: every measure with mean, half-width, level, estimator, replications, seed and digests."""
        return {
            "scenario": self.scenario.name, "seed": self.seed, "replications": self.replications, "level": self.level,
            "engine": self.engine, "warnings": list(self.warnings),
            "policies": {
                name: {
                    "fingerprint": policy.fingerprint,
                    "measures": {
                        measure: {"unit": named(measure)[1], **msgspec.to_builtins(self.estimate(measure, name))}
                        for measure in self.found[name][0].measures
                    },
                    "workloads": [run.workload for run in self.found[name]],
                    "logs": [run.log for run in self.found[name]],
                }
                for name, policy in self.policies.items()
            },
            "differences": self.differences().to_dicts() if len(self.policies) > 1 else [],
        }  # fmt: skip


def named(measure: str) -> tuple[str, str]:
    """Return title and unit of a measure of a run.

    Examples
    --------
    >>> named("reply_time"), named("part_switch")
    (('Reply time', 'ms'), ('Reply time: switching', 'ms'))
    """
    return OF_RUN[measure] if measure in OF_RUN else (MEASURES[measure].title, MEASURES[measure].unit)


def replicate(
    scenario: Scenario,
    policy: Policy,
    *,
    replications: int = 10,
    seed: int = 0,
    workers: int = 1,
    level: float = 0.95,
    progress: bool = False,
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
        progress=progress,
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
) -> Study:
    """Compare policies on the same customers; parameters as for `replicate`.

    Returns
    -------
    Study
        Its `differences` are paired, with intervals that hold together.
    """
    _check(replications, workers, level)
    jobs = [(name, n) for n in range(replications) for name in policies]
    told = {name: policy.text for name, policy in policies.items()}
    done: dict[tuple[str, int], Replication] = {}
    with tqdm(total=len(jobs), unit=" runs", disable=not progress, file=sys.stderr) as bar:
        for job, found in _lived(scenario, told, jobs, seed=seed, workers=workers):
            done[job] = found
            bar.update()
    ordered = {name: [done[name, n] for n in range(replications)] for name in policies}
    return Study(scenario=scenario, policies=dict(policies), found=ordered, seed=seed, level=level)


def precise(  # noqa: PLR0913 - each is a choice of the analyst
    scenario: Scenario,
    policy: Policy,
    measures: Sequence[str],
    *,
    relative: float,
    least: int = 10,
    most: int = 1_000,
    seed: int = 0,
    workers: int = 1,
    level: float = 0.95,
) -> Study:
    """Add replications until every measure's interval is within a share of its mean, or there are `most`.

    The number grows by half each time, so that the rule looks seldom and stops late rather than by luck.
    """
    count = least
    while True:
        study = replicate(scenario, policy, replications=count, seed=seed, workers=workers, level=level)
        if count >= most or enough([study.estimate(measure) for measure in measures], relative=relative):
            return study
        count = min(most, count + (count + 1) // 2)


def sweep(
    make: Callable[[Any], tuple[Scenario, Policy]],
    values: Sequence[Any],
    **options: Any,
) -> dict[Any, Study]:
    """Replicate for each of some values; ``make(value)`` returns its scenario and policy."""
    return {value: replicate(*make(value), **options) for value in values}


def _check(replications: int, workers: int, level: float) -> None:
    for name, value, least, most in (("replications", replications, 1, MOST), ("workers", workers, 1, 256)):
        if not least <= value <= most:
            raise ScenarioError(
                "This number is out of range.", place=name, value=value, expected=f"{least} to {most:,}",
                example=f"{name}=2",
            )  # fmt: skip
    if not 0 < level < 1:
        raise ScenarioError("This is no level.", place="level", value=level, expected="0 to 1", example="level=0.95")


def _lived(
    scenario: Scenario, policies: dict[str, str], jobs: list[tuple[str, int]], *, seed: int, workers: int
) -> Any:  # noqa: ANN401 - an iterator of a job and what came of it
    """Yield what came of each job, as it is done."""
    if workers == 1:
        for name, n in jobs:
            yield (name, n), _live(scenario, policies[name], seed, n)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(_live, scenario, policies[name], seed, n): (name, n) for name, n in jobs}
        try:
            for one in as_completed(waiting):
                yield waiting[one], one.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _live(scenario: Scenario, text: str, seed: int, n: int) -> Replication:
    """Live through one replication."""
    try:
        run = simulate(scenario, Policy.parse(text), seed=seed, replication=n)
        return Replication(outcomes(run), saturated(run), run.truncated, run.workload.digest, run.digest)
    except Exception as error:
        raise ScenarioError(
            f"A replication failed: {error}", place=f"replication {n}", value=f"seed {seed}",
            expected="a run to its end", example=f"simulate(scenario, policy, seed={seed}, replication={n})",
        ) from error  # fmt: skip
