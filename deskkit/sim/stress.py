"""What breaks first: a day lived through under more and more load, and where each limit is passed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl
from msgspec import structs

from deskkit.arguments import NUMBER, SCENARIO, SEVERAL, WHOLE, expect
from deskkit.errors import ScenarioError
from deskkit.sim.experiment import sweep
from deskkit.sim.study import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.processes import Workers
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study

__all__ = ["LIMITS", "Limit", "against", "breaking", "loaded", "staffed", "stress"]


MOST: Final = 1_000


class Limit(NamedTuple):
    """The most a measure may be, or the least, in its own unit (milliseconds, share, number)."""

    most: float | None = None
    least: float | None = None

    @property
    def value(self) -> float:
        """The number itself."""
        return (self.least if self.most is None else self.most) or 0.0

    def is_within(self, number: float) -> bool:
        """Say whether a number keeps the limit.

        Examples
        --------
        >>> Limit(most=0.1).is_within(0.2), Limit(least=0.9).is_within(0.95)
        (False, True)
        """
        return number >= self.value if self.most is None else number <= self.value


LIMITS: Final[dict[str, Limit]] = {
    "sla_first_response": Limit(least=0.8), "abandonment": Limit(most=0.1), "gave_up": Limit(most=0.1),
    "queue_wait": Limit(most=60_000), "occupancy_actionable": Limit(most=0.85),
}  # fmt: skip
"""Limits to begin with: the targets of the policy's levels met for four of five, and the usual warnings of a desk.

Abandonment, which is with those turned away, is what a log sees; who gave up without a word breaks a desk as well.
"""


def loaded(scenario: Scenario, factor: float) -> Scenario:
    """Return a scenario with so many times as many customers on each of its days.

    Raises
    ------
    ScenarioError
        It has no day, its customers come at given instants, or the factor is none.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> loaded(load_scenario("data/scenarios/small.toml"), 1.5).factors
    {'2026-11-26': 1.5}
    """
    expect(SCENARIO, "loaded", scenario=scenario)
    expect(NUMBER, "loaded", factor=factor)
    if not scenario.day or any(stream.arrivals.instants for stream in scenario.streams):
        raise ScenarioError(
            "The load of this scenario cannot be raised.", place=scenario.name,
            value="no day" if not scenario.day else "arrivals at given instants",
            expected="a scenario with a day, and rates of arrival", example='day = "2026-11-26"',
        )  # fmt: skip
    if not 0 <= factor <= MOST:
        raise ScenarioError("This is no load.", place="factor", value=factor, expected=f"0 to {MOST}", example="1.5")
    first = date.fromisoformat(scenario.day)
    days = [(first + timedelta(days=n)).isoformat() for n in range(scenario.days)]
    return structs.replace(scenario, factors={day: scenario.factors.get(day, 1.0) * factor for day in days})


def staffed(scenario: Scenario, heads: int) -> Scenario:
    """Return a scenario with so many agents in all, shared among its groups as they are now.

    Parameters
    ----------
    scenario : Scenario
    heads : int
        At least one of each group.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        There are more groups than heads.

    Notes
    -----
    Each group has its part of the whole, rounded down, and at least one; who is left over goes where most is missing
    (the method of largest remainders).

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> small = load_scenario("data/scenarios/small.toml")
    >>> [[one.count for one in staffed(small, heads).agents] for heads in (6, 5, 7, 12)]
    [[3, 2, 1], [2, 2, 1], [4, 2, 1], [6, 4, 2]]
    """
    expect(SCENARIO, "staffed", scenario=scenario)
    expect(WHOLE, "staffed", heads=heads)
    groups = scenario.agents
    if heads < len(groups):
        raise ScenarioError(
            "Each group of agents has somebody.", place=scenario.name, value=heads, expected=f"{len(groups)} or more",
            example=f"staffed(scenario, {len(groups)})",
        )  # fmt: skip
    whole, counts = sum(one.count for one in groups), [1] * len(groups)
    while sum(counts) < heads:
        missing = [one.count * heads - count * whole for one, count in zip(groups, counts, strict=True)]
        counts[missing.index(max(missing))] += 1
    agents = tuple(structs.replace(one, count=count) for one, count in zip(groups, counts, strict=True))
    return structs.replace(scenario, agents=agents)


def stress(
    scenario: Scenario, policy: Policy, factors: Sequence[float], *, replications: int = 10, seed: int = 0,
    workers: Workers = 1, progress: bool = False,
) -> dict[float, Study]:  # fmt: skip
    """Live through a day at several loads; parameters as for `replicate`.

    Parameters
    ----------
    factors : sequence of float
        On the number of customers.

    Returns
    -------
    dict of float to Study

    Raises
    ------
    ScenarioError
        As for `loaded` and `replicate`.
    """
    expect(SEVERAL, "stress", factors=factors)
    return sweep(
        lambda factor: (loaded(scenario, factor), policy), factors, replications=replications, seed=seed,
        workers=workers, progress=progress,
    )  # fmt: skip


def breaking(studies: Mapping[float, Study], limits: Mapping[str, Limit] = LIMITS) -> pl.DataFrame:
    """Say for each limit at which load it is passed.

    Parameters
    ----------
    studies : mapping of load to Study
        As of `stress`.
    limits : mapping of str to Limit

    Returns
    -------
    DataFrame, one row per limit, what breaks first in front
        `measure`, `title`, `unit`, `limit`, `holds_to` (the highest load up to which every interval is within),
        `passed_from` (the lowest load whose interval is beyond), `crossed_at` (where the means first pass it, by
        straight lines between loads; the lowest load where they are beyond there); null where no load is.

    Raises
    ------
    ScenarioError
        There is no such measure.

    Notes
    -----
    Each interval holds by itself at the studies' level, not all together.
    """
    rows = []
    for measure, limit in limits.items():
        found = {load: study.estimate(measure) for load, study in sorted(studies.items())}
        spans = [(load, one.interval) for load, one in found.items()]
        holds = None
        for load, span in spans:
            if span is None or not all(limit.is_within(end) for end in span):
                break
            holds = load
        passed = (load for load, span in spans if span and not any(limit.is_within(end) for end in span))
        means = [(load, one.mean) for load, one in found.items() if one.mean is not None]
        rows.append((measure, *named(measure), limit.value, holds, next(passed, None), _crossing(means, limit)))
    names = {
        "measure": pl.String, "title": pl.String, "unit": pl.String, "limit": pl.Float64, "holds_to": pl.Float64,
        "passed_from": pl.Float64, "crossed_at": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row").sort(["crossed_at", "measure"], nulls_last=True)


def against(studies: Mapping[float, Study], limits: Mapping[str, Limit] = LIMITS) -> pl.DataFrame:
    """Return each measure at each load beside its limit; parameters as for `breaking`.

    Returns
    -------
    DataFrame, one row per limit and load
        `load`, `measure`, `title`, `unit`, `limit`, `is_most` (else it is the least), `mean`, `low`, `high`.
    """
    rows = [
        (load, measure, *named(measure), limit.value, limit.most is not None, one.mean, *(one.interval or (None, None)))
        for measure, limit in limits.items()
        for load, one in ((load, study.estimate(measure)) for load, study in sorted(studies.items()))
    ]
    names = {
        "load": pl.Float64, "measure": pl.String, "title": pl.String, "unit": pl.String, "limit": pl.Float64,
        "is_most": pl.Boolean, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def _crossing(means: Sequence[tuple[float, float]], limit: Limit) -> float | None:
    """Return the first load at which a line through the means passes a limit."""
    if means and not limit.is_within(means[0][1]):
        return means[0][0]
    for (load, mean), (more, then) in pairwise(means):
        if not limit.is_within(then):
            return load + (more - load) * (limit.value - mean) / (then - mean)
    return None
