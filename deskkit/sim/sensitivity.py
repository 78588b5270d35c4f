"""Sensitivity: how much a result depends on each number that was assumed, one at a time, in both directions.

Every variant of the scenario is lived through with the same draws, so that a difference is that of the number and not
of the day (common random numbers); all intervals of a study hold together. A number whose two intervals both hold zero
may be wrong within its range without anybody noticing, as far as so many replications can tell.
"""

from __future__ import annotations

from contextlib import closing
from functools import lru_cache, partial
from sys import stderr
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl
from tqdm import tqdm

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.estimates import Estimate, difference, ratio
from deskkit.sim.outcomes import MEASURED, OF_RUN, judged
from deskkit.sim.processes import in_order
from deskkit.sim.ranges import RANGES, Range, ranges_of
from deskkit.sim.run import simulate
from deskkit.sim.speeds import SPEEDS, sampled_speeds, speeds
from deskkit.sim.study import named
from deskkit.sim.terms import check, check_who
from deskkit.sim.varying import varied

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from deskkit.sim.processes import Workers
    from deskkit.sim.run import Run
    from deskkit.sim.scenario import Scenario

    Ratio = tuple[float, float]

__all__ = ["Sensitivity", "refined", "sensitivity"]

_AS_IS: Final = ""
_FEWEST: Final = 2  # replications, for an interval


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """How a measure depends on numbers of a scenario.

    Attributes
    ----------
    measure, title, unit : str
    base : Estimate
        With all numbers as they are.
    frame : DataFrame, one row per number and direction, what matters most first
        `name`, `title`, `is_assumed`, `end` (low or high; other: a choice, which is neither), `value` (what the number
        was set to), `mean`, `low`, `high` (paired difference from the base, with its interval), `differs` (the interval
        excludes zero), `saved` (how many times more replications it would take without common random numbers; null
        where nothing differs).
    scenario, policy : str
    seed, replications : int
    level : float
        Of all intervals together.
    """

    measure: str
    title: str
    unit: str
    base: Estimate
    frame: pl.DataFrame
    scenario: str
    policy: str
    seed: int
    replications: int
    level: float

    @property
    def crossing(self) -> list[str]:
        """Names of the numbers that make no difference that this study can see, in either direction."""
        seen = self.frame.group_by("name", maintain_order=True).agg(pl.col("differs").any())
        return seen.filter(~pl.col("differs"))["name"].to_list()


def sensitivity(  # noqa: PLR0913 - each is a choice of the analyst
    scenario: Scenario,
    policy: Policy,
    measure: str = "to_reply",
    *,
    ranges: Sequence[Range] = RANGES,
    replications: int = 8,
    seed: int = 7,
    workers: Workers = 1,
    level: float = 0.95,
    progress: bool = False,
) -> Sensitivity:
    """Vary each number of a scenario alone, down and up, and see what a measure does.

    Parameters
    ----------
    scenario : Scenario
    policy : Policy
    measure : str
        Of `deskkit.sim.speeds` (quick: nothing else is worked out), or any of a study's.
    ranges : sequence of Range
        What the scenario has not is left out.
    replications : int
        At least 2; half-widths shrink with their root.
    seed : int
    workers : int or str
        Processes, or the address of a Dask cluster; the result is the same for any number.
    level : float
        Of all intervals together (Bonferroni).
    progress : bool
        Show a bar on standard error.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ScenarioError
        No such measure, one replication, no number to vary, or a value that no scenario can have.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> found = sensitivity(small, standard, ranges=[Range("stream.handle", "Handle", "x 0.5", "x 2")], replications=3)
    >>> (found.frame.sort("mean")["end"].to_list(), found.crossing)
    (['low', 'high'], [])
    """
    made = refined(
        scenario, policy, measure, ranges=ranges, replications=replications, seed=seed, workers=workers, level=level
    )
    with closing(made), tqdm(total=replications, unit=" replications", disable=not progress, file=stderr) as bar:
        for found in made:
            bar.update(found.replications - bar.n)
    return found


def refined(
    scenario: Scenario,
    policy: Policy,
    measure: str = "to_reply",
    *,
    ranges: Sequence[Range] = RANGES,
    replications: int = 8,
    seed: int = 7,
    workers: Workers = 1,
    level: float = 0.95,
) -> Generator[Sensitivity, None, None]:
    """Yield what is known so far, from the second replication of all variants on; parameters as for `sensitivity`.

    Yields
    ------
    Sensitivity
        Close the generator to have no more.

    Raises
    ------
    ScenarioError
        As for `sensitivity`.
    """
    check("sensitivity", replications=replications, workers=workers, level=level, seed=seed)
    check_who("sensitivity", {"policy": policy}, scenario, None, workers)
    if measure not in SPEEDS and measure not in MEASURED and measure not in OF_RUN:
        raise ScenarioError(
            "A run has no such measure.", place="measure", value=measure, expected=", ".join([*SPEEDS][:5]) + ", ...",
            example='"to_reply"',
        )  # fmt: skip
    known = ranges_of(scenario, tuple(ranges))
    if replications < _FEWEST or not known:
        raise ScenarioError(
            "Nothing can be compared.", place="sensitivity", value=f"{replications} replications, {len(known)} numbers",
            expected="2 or more, of 1 or more", example="replications=8",
        )  # fmt: skip
    variants = {_AS_IS: scenario} | {
        f"{number} {end}": varied(scenario, {one.name: value})
        for number, one in enumerate(known)
        for end, value in _ends(one)
    }
    title, unit = named(measure)
    last = [*variants][-1]
    found: dict[str, list[Ratio]] = {name: [] for name in variants}
    jobs = ((name, n) for n in range(replications) for name in variants)
    work = partial(_live, variants, policy.text, measure, seed)

    def about(job: tuple[str, int]) -> str:
        return f"replication {job[1]}, seed {seed}, {job[0]}"

    with closing(in_order(work, jobs, workers=workers, about=about)) as lived:
        for (name, n), pair in lived:
            found[name].append(pair)
            if name == last and n + 1 >= _FEWEST:
                yield Sensitivity(
                    measure=measure, title=title, unit=unit, base=ratio(found[_AS_IS], level=level),
                    frame=_compared(known, found, level), scenario=scenario.name, policy=policy.name, seed=seed,
                    replications=n + 1, level=level,
                )  # fmt: skip


def _ends(one: Range) -> Iterator[tuple[str, object]]:
    """Yield the directions in which a number can be off."""
    for end, value in (("low", one.low), ("high", one.high)):
        if value is not None:
            yield end, value


@lru_cache(maxsize=4)
def _parsed(text: str) -> Policy:
    return Policy.parse(text)


def _live(variants: Mapping[str, Scenario], policy: str, measure: str, seed: int, job: tuple[str, int]) -> Ratio:
    """Live through one replication of a variant and measure it."""
    name, n = job
    return _measured(simulate(variants[name], _parsed(policy), seed=seed, replication=n), measure)


def _measured(run: Run, measure: str) -> Ratio:
    """Return a measure; the spans, on which the ordinary ones rest, take longer than the run itself."""
    if measure in SPEEDS:
        times = sampled_speeds(speeds(run))[measure]
        return float(sum(times)), float(len(times))
    return judged(run)[0][measure]


def _compared(known: Sequence[Range], found: Mapping[str, list[Ratio]], level: float) -> pl.DataFrame:
    rows = []
    comparisons = len(found) - 1
    for number, one in enumerate(known):
        for end, value in _ends(one):
            pairs = found[f"{number} {end}"]
            apart, paired, unpaired = difference(pairs, found[_AS_IS], level=level, comparisons=comparisons)
            low, high = apart.interval or (None, None)
            differs = low is not None and high is not None and (low > 0 or high < 0)
            rows.append((
                one.name, one.title, one.is_assumed, end, _told(value), apart.mean, low, high, differs,
                unpaired / paired if paired > 0 else None,
            ))  # fmt: skip
    kinds = dict.fromkeys(("name", "title", "end", "value"), pl.String) | {
        "is_assumed": pl.Boolean, "differs": pl.Boolean,
    }  # fmt: skip
    names = ("name", "title", "is_assumed", "end", "value", "mean", "low", "high", "differs", "saved")
    frame = pl.DataFrame(rows, schema={name: kinds.get(name, pl.Float64) for name in names}, orient="row")
    swing = pl.col("mean").abs().max().over("name")
    return frame.sort(swing, "name", descending=[True, False], maintain_order=True, nulls_last=True)


def _told(value: object) -> str:
    """Write a value as a chart shows it."""
    if isinstance(value, list):
        return ", ".join(value) or "-"
    return str(value).replace("x ", "× ")
