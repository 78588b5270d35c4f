"""A study: what came of replications, as estimates, tables, differences, warnings and JSON.

It knows nothing of how runs are made; `deskkit.sim.experiment` makes them, `deskkit.sim.sheet` writes its sheet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import polars as pl

from deskkit.desk.policy import Policy  # noqa: TC001 - who asks for the signature of a study needs the types
from deskkit.errors import ScenarioError
from deskkit.sim.cautions import notes_of, warnings_of
from deskkit.sim.estimates import Estimate, Target, difference, each_level, quantile, ratio, within
from deskkit.sim.naming import bounded, is_few, named
from deskkit.sim.objects import object_of
from deskkit.sim.periods import BETTER, PERIOD_MS, PERIODICAL
from deskkit.sim.scenario import Scenario  # noqa: TC001 - likewise
from deskkit.sim.workload import Workload  # noqa: TC001 - likewise

if TYPE_CHECKING:
    from array import array
    from collections.abc import Mapping, Sequence

    Ratio = tuple[float, float]

__all__ = ["Replication", "Study", "Worst", "named", "versus"]


class Replication(NamedTuple):
    """What came of one replication.

    Attributes
    ----------
    measures : dict of str to (float, float)
        Numerator and denominator.
    samples : dict of str to array of int
        Single times (milliseconds), for quantiles over all replications.
    saturated, truncated : bool
        Whether the desk was overwhelmed (`deskkit.sim.outcomes.saturated`); whether the run was cut off with agents
        there.
    workload, log : str
        Digests of what went in and came out; the latter is empty where no log was written.
    periods : dict of str to list of (float, float)
        The same for each half-hour, of `deskkit.sim.periods.PERIODICAL`.
    left_over : int
        Contacts that had not ended when the run did.
    """

    measures: dict[str, tuple[float, float]]
    samples: dict[str, array[int]]
    saturated: bool
    truncated: bool
    workload: str
    log: str
    periods: dict[str, list[tuple[float, float]]]
    left_over: int = 0


class Worst(NamedTuple):
    """The worst half-hour of a study: of which measure, its number, when it begins, in which replication, the value.

    `at_ms` counts from midnight of the scenario's first day. `deskkit.sim.periods.behind` lists its conversations.
    """

    measure: str
    period: int
    at_ms: int
    replication: int
    value: float


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """Replications of a scenario under one policy or several.

    Attributes
    ----------
    scenario : Scenario
    policies : dict of str to Policy
    found : dict of str to list of Replication
        By policy, in order of replication.
    seed : int
        Of the luck, and unless a workload was given of the customers.
    level : float
        Of every interval.
    engine : str
    rule : str
        How the number of replications came about.
    workload : Workload or None
        The customers of every replication; None: each has its own. To live through one again, give it to `simulate`.
    picks : dict of str to str
        By policy, what the decision of one's own is called by which its agents choose their tabs.
    imprecise : tuple of str
        Measures whose target was not reached before the most replications were.
    """

    scenario: Scenario
    policies: dict[str, Policy]
    found: dict[str, list[Replication]]
    seed: int
    level: float = 0.95
    engine: str = "simpy"
    rule: str = "fixed beforehand"
    imprecise: tuple[str, ...] = ()
    workload: Workload | None = None
    picks: dict[str, str] = {}

    @property
    def begin_ms(self) -> int:
        """When the first period begins, milliseconds after midnight of the first day."""
        return self.scenario.begin_ms if self.workload is None else self.workload.begin - self.workload.midnight

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

    def quantile(self, measure: str, share: float, policy: str | None = None) -> Estimate:
        """Return a quantile of the single times of all replications together, of reply_time or another in `samples`.

        Raises
        ------
        ScenarioError
            There are no single times of this measure, no such policy, or the share is none.

        Notes
        -----
        ``reply_p90`` in `frame` is another number: the mean of the days' 90th percentiles.
        """
        runs = self.found.get(policy or next(iter(self.policies)))
        if runs is None or measure not in runs[0].samples:
            raise ScenarioError(
                "The study holds no single times of this.", place="study", value=f"{measure} of {policy}",
                expected=", ".join(next(iter(self.found.values()))[0].samples), example="quantile('reply_time', 0.9)",
            )  # fmt: skip
        return quantile([run.samples[measure] for run in runs], share, level=self.level)

    def is_within(self, targets: Mapping[str, Target], measure: str) -> bool:
        """Say whether a measure of the first policy is as precise as its target, one of several, asks."""
        first = next(iter(self.policies))
        one = ratio(self._of(measure, first), level=each_level(self.level, len(targets)))
        return within(one, targets[measure])

    def ratios(self, measure: str, policy: str | None = None) -> list[Ratio]:
        """Return numerator and denominator of a measure in each replication, by default of the first policy."""
        return self._of(measure, policy or next(iter(self.policies)))

    def _of(self, measure: str, policy: str) -> list[Ratio]:
        runs = self.found.get(policy)
        if runs is None or (measure not in runs[0].measures and measure not in runs[0].samples):
            raise ScenarioError(
                "The study does not hold this.", place="study", value=f"{measure} of {policy}",
                expected=f"a policy of {', '.join(self.found)} and a measure such as reply_time", example="reply_time",
            )  # fmt: skip
        if measure in runs[0].measures:
            return [run.measures[measure] for run in runs]
        return [(float(sum(run.samples[measure])), float(len(run.samples[measure]))) for run in runs]

    @property
    def frame(self) -> pl.DataFrame:
        """One row per policy and measure.

        `scenario`, `policy`, `measure`, `title`, `unit`, `mean`, `half_width`, `level`, `estimator`, `n`, `seed`,
        `engine`, `counted` (replications in which there was something to count), `few` (it happened in so few that its
        interval says little).
        """
        rows = []
        for policy in self.policies:
            for measure in self.found[policy][0].measures:
                one = self.estimate(measure, policy)
                rows.append((
                    self.scenario.name, policy, measure, *named(measure), one.mean, one.half_width, one.level,
                    one.estimator, one.n, self.seed, self.engine, one.counted, is_few(self._of(measure, policy)),
                ))  # fmt: skip
        names = {
            "scenario": pl.String, "policy": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String,
            "mean": pl.Float64, "half_width": pl.Float64, "level": pl.Float64, "estimator": pl.String, "n": pl.Int64,
            "seed": pl.Int64, "engine": pl.String, "counted": pl.Int64, "few": pl.Boolean,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row")

    def periods(self, measure: str, policy: str | None = None) -> pl.DataFrame:
        """Return a measure through the day, by default under the first policy.

        Parameters
        ----------
        measure : str
            Of `deskkit.sim.periods.PERIODICAL`.
        policy : str, optional

        Returns
        -------
        DataFrame, one row per half-hour
            `title`, `unit`, `period` (from 0), `at_ms` (its beginning, milliseconds after midnight of the first day),
            `mean`, `low`, `high` (of an interval at the study's level, each by itself, cut off where no such measure
            can be: `deskkit.sim.naming.bounded`; null where something was counted in fewer than two replications), `n`
            (replications), `counted` (those with something to count).

        Raises
        ------
        ScenarioError
            There is no such measure or policy.
        """
        runs = self.found.get(policy or next(iter(self.policies)))
        if runs is None or measure not in runs[0].periods:
            raise ScenarioError(
                "The study does not hold this by period.", place="study", value=f"{measure} of {policy}",
                expected=", ".join(PERIODICAL), example="periods('reply_time')",
            )  # fmt: skip
        rows: list[tuple[object, ...]] = []
        for number, found in enumerate(zip(*(run.periods[measure] for run in runs), strict=True)):
            one = ratio(found, level=self.level)
            unit, at_ms = PERIODICAL[measure][1], self.begin_ms + number * PERIOD_MS
            low, high = bounded(measure, unit, *one.interval) if one.interval else (None, None)
            rows.append((*PERIODICAL[measure], number, at_ms, one.mean, low, high, one.n, one.counted))
        names = {
            "title": pl.String, "unit": pl.String, "period": pl.Int64, "at_ms": pl.Int64, "mean": pl.Float64,
            "low": pl.Float64, "high": pl.Float64, "n": pl.Int64, "counted": pl.Int64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row")

    def _counted(self, measure: str, policy: str | None) -> list[float]:
        """Return the denominators of a measure by period, over all replications."""
        runs = self.found[policy or next(iter(self.policies))]
        columns = zip(*(run.periods[measure] for run in runs), strict=True)
        return [sum(below for _, below in column) for column in columns]

    def worst(self, measure: str = "reply_time", policy: str | None = None) -> Worst:
        """Return the worst half-hour of a measure: of the period with the highest mean, the replication with the most.

        A period in which a tenth as much was counted as in the fullest, or less, is not the worst.

        Parameters
        ----------
        measure : str
            Of which more is worse.
        policy : str, optional

        Raises
        ------
        ScenarioError
            More of the measure is not worse, there is none, or no such policy, or nothing was counted.
        """
        if measure in BETTER:
            raise ScenarioError(
                "More of this is not worse.", place="study", value=measure, expected="reply_time, left, queued, ...",
                example="worst('reply_time')",
            )  # fmt: skip
        means = self.periods(measure, policy).drop_nulls("mean")
        counted = self._counted(measure, policy)
        means = means.filter(pl.col("period").is_in([n for n, many in enumerate(counted) if many > max(counted) / 10]))
        if means.is_empty():
            raise ScenarioError("Nothing was counted.", place="study", value=measure, expected="a day with customers")
        period = int(means.sort("mean", descending=True, maintain_order=True)["period"][0])
        runs = self.found[policy or next(iter(self.policies))]
        values = [(top / below if below else 0.0) for top, below in (run.periods[measure][period] for run in runs)]
        replication = max(range(len(values)), key=values.__getitem__)
        at_ms = self.begin_ms + period * PERIOD_MS
        return Worst(measure, period, at_ms, replication, values[replication])

    def comparable(self, measures: Sequence[str] | None = None) -> list[str]:
        """Return which measures, by default of all, can differ between policies: those with a number in each.

        How many conversations came is the same under every policy.
        """
        measures = list(next(iter(self.found.values()))[0].measures) if measures is None else measures
        return [
            one for one in measures
            if one != "conversations" and all(self.estimate(one, name).mean is not None for name in self.policies)
        ]  # fmt: skip

    def differences(self, measures: Sequence[str] | None = None, *, base: str | None = None) -> pl.DataFrame:
        """Compare every policy with the first (or `base`), with intervals that hold together.

        Parameters
        ----------
        measures : sequence of str, optional
            By default all that can differ, see `comparable`. The fewer, the narrower are the intervals.
        base : str, optional

        Returns
        -------
        DataFrame, one row per other policy and measure
            `policy`, `base`, `measure`, `title`, `unit`, `base_mean` (of the base), `mean`, `low`, `high`, `differs`
            (the interval excludes zero), `level` (of all intervals together), `estimator` (names how many there are),
            `n`, `variance_paired` and `variance_apart` (of one replication's difference, with and without common random
            numbers), `saved` (how many times more replications the same precision would need without them).

        Raises
        ------
        ScenarioError
            There is no such measure or policy.
        """
        base = base or next(iter(self.policies))
        others = [name for name in self.policies if name != base]
        measures = self.comparable() if measures is None else list(measures)
        comparisons = len(others) * len(measures)
        rows = []
        for name in others:
            for measure in measures:
                one, paired, apart = difference(
                    self._of(measure, name), self._of(measure, base), level=self.level, comparisons=comparisons
                )
                low, high = one.interval or (None, None)
                differs = low is not None and high is not None and (low > 0 or high < 0)
                rows.append((
                    name, base, measure, *named(measure), self.estimate(measure, base).mean, one.mean, low, high,
                    differs, one.level, one.estimator, one.n, paired, apart, apart / paired if paired > 0 else None,
                ))  # fmt: skip
        names = {
            "policy": pl.String, "base": pl.String, "measure": pl.String, "title": pl.String, "unit": pl.String,
            "base_mean": pl.Float64, "mean": pl.Float64,
            "low": pl.Float64, "high": pl.Float64, "differs": pl.Boolean, "level": pl.Float64, "estimator": pl.String,
            "n": pl.Int64, "variance_paired": pl.Float64, "variance_apart": pl.Float64, "saved": pl.Float64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row").with_columns(
            pl.col("variance_paired", "variance_apart", "saved").fill_nan(None)
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know: that the desk was overwhelmed, a run cut off, or somebody left over at the end."""
        return warnings_of(self)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the numbers rest on: whose targets, what was not tried, which customers came, who chose the tabs."""
        return notes_of(self)

    def as_dict(self, measures: Sequence[str] | None = None) -> dict[str, Any]:
        """Return it for JSON: every measure with mean, half-width, level, estimator, replications, seed and digests.

        Those of the logs (`logs`) are left out where the compiled engine lived through it, which writes none.

        Parameters
        ----------
        measures : sequence of str, optional
            Only these, and their differences.
        """
        return object_of(self, measures)


def versus(one: Study, other: Study, measures: Sequence[str]) -> pl.DataFrame:
    """Compare two studies that lived through the same replications, for example of scenarios that differ.

    Parameters
    ----------
    one, other : Study
        The first policy of each.
    measures : sequence of str

    Returns
    -------
    DataFrame, one row per measure
        `measure`, `title`, `unit`, `one` and `other` (means), `mean` (of one - other), `low`, `high`, `differs`,
        `level` (of all intervals together), `n`; nulls where there are too few replications.

    Raises
    ------
    ScenarioError
        Seed or number of replications differ, or there is no such measure.
    """
    if (one.seed, one.replications) != (other.seed, other.replications):
        raise ScenarioError(
            "These studies did not live through the same replications.", place="versus",
            value=f"seed {one.seed}, n {one.replications}", expected=f"seed {other.seed}, n {other.replications}",
            example="alongside({'a': (scenario, policy), 'b': (other, policy)})",
        )  # fmt: skip
    rows = []
    for measure in measures:
        mine, theirs = (study.estimate(measure) for study in (one, other))
        found, *_ = difference(one.ratios(measure), other.ratios(measure), level=one.level, comparisons=len(measures))
        low, high = found.interval or (None, None)
        differs = low is not None and high is not None and (low > 0 or high < 0)
        rows.append((
            measure, *named(measure), mine.mean, theirs.mean, found.mean, low, high, differs, one.level, found.n,
        ))  # fmt: skip
    names = {
        "measure": pl.String, "title": pl.String, "unit": pl.String, "one": pl.Float64, "other": pl.Float64,
        "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64, "differs": pl.Boolean, "level": pl.Float64,
        "n": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")
