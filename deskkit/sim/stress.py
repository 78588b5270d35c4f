"""What breaks first: a day lived through under more and more load, and where each limit is passed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
from msgspec import structs

from deskkit.errors import ScenarioError
from deskkit.sim.experiment import sweep
from deskkit.sim.study import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.policy import Policy
    from deskkit.sim.scenario import Scenario
    from deskkit.sim.study import Study

__all__ = ["against", "breaking", "loaded", "stress"]


def loaded(scenario: Scenario, factor: float) -> Scenario:
    """Return a scenario with so many times as many customers on each of its days.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> loaded(load_scenario("data/scenarios/small.toml"), 1.5).factors
    {'2026-11-26': 1.5}

    Raises
    ------
    ScenarioError
        It has no day.
    """
    if not scenario.day:
        raise ScenarioError(
            "Only the load of a day can be raised.", place=scenario.name, value="no day",
            expected="a scenario with day", example='day = "2026-11-26"',
        )  # fmt: skip
    factors = scenario.factors or {scenario.day: 1.0}
    return structs.replace(scenario, factors={day: one * factor for day, one in factors.items()})


def stress(
    scenario: Scenario, policy: Policy, factors: Sequence[float], *, replications: int = 10, seed: int = 0,
    workers: int = 1, progress: bool = False,
) -> dict[float, Study]:  # fmt: skip
    """Live through a day at several loads; parameters as for `replicate`.

    Parameters
    ----------
    factors : sequence of float
        On the number of customers, rising.

    Returns
    -------
    dict of float to Study
    """
    return sweep(
        lambda factor: (loaded(scenario, factor), policy), factors, replications=replications, seed=seed,
        workers=workers, progress=progress,
    )  # fmt: skip


def breaking(studies: Mapping[float, Study], limits: Mapping[str, float]) -> pl.DataFrame:
    """Say for each limit at which load it is passed.

    Parameters
    ----------
    studies : mapping of load to Study
        As of `stress`.
    limits : mapping of str to float
        The most a measure may be, in its own unit (milliseconds, share, number).

    Returns
    -------
    DataFrame, one row per limit, what breaks first in front
        `measure`, `title`, `unit`, `limit`, `holds_at` (the highest load whose whole interval is within it),
        `passed_at` (the lowest load whose whole interval is beyond), `crossed_at` (where the means cross it,
        by straight lines between loads); null where none of the loads is.

    Raises
    ------
    ScenarioError
        There is no such measure.
    """
    rows = []
    for measure, limit in limits.items():
        found = {load: study.estimate(measure) for load, study in sorted(studies.items())}
        spans = {load: one.interval for load, one in found.items() if one.interval is not None}
        holds = [load for load, (_, high) in spans.items() if high <= limit]
        passed = [load for load, (low, _) in spans.items() if low > limit]
        means = [(load, one.mean) for load, one in found.items() if one.mean is not None]
        rows.append((
            measure, *named(measure), float(limit), max(holds, default=None), min(passed, default=None),
            _crossing(means, limit),
        ))  # fmt: skip
    names = {
        "measure": pl.String, "title": pl.String, "unit": pl.String, "limit": pl.Float64, "holds_at": pl.Float64,
        "passed_at": pl.Float64, "crossed_at": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row").sort(
        ["crossed_at", "measure"], nulls_last=True, maintain_order=True
    )


def against(studies: Mapping[float, Study], limits: Mapping[str, float]) -> pl.DataFrame:
    """Return each measure at each load beside its limit.

    Parameters
    ----------
    studies, limits
        As for `breaking`.

    Returns
    -------
    DataFrame, one row per limit and load
        `load`, `measure`, `title`, `unit`, `limit`, `mean`, `half_width`.
    """
    rows = [
        (load, measure, *named(measure), float(limit), one.mean, one.half_width)
        for measure, limit in limits.items()
        for load, one in ((load, study.estimate(measure)) for load, study in sorted(studies.items()))
    ]
    names = {
        "load": pl.Float64, "measure": pl.String, "title": pl.String, "unit": pl.String, "limit": pl.Float64,
        "mean": pl.Float64, "half_width": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def _crossing(means: Sequence[tuple[float, float]], limit: float) -> float | None:
    """Return the first load at which a line through the means passes a limit."""
    if means and means[0][1] > limit:
        return means[0][0]
    for (load, mean), (more, then) in pairwise(means):
        if mean <= limit < then:
            return load + (more - load) * (limit - mean) / (then - mean)
    return None
