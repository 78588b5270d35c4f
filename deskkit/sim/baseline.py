"""A simulated day of a log beside that day as the log has it: the best check of what a study of a log is worth."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.locale import chosen, translator
from deskkit.measures import report
from deskkit.measures.printing import padded, shown
from deskkit.sim.study import named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.measures.report import Report
    from deskkit.sim.study import Study
    from deskkit.sim.workload import Workload

__all__ = ["baseline", "measured", "told_baseline"]

_QUANTILES: Final = (("first_response", "median", 0.5), ("reply_time", "median", 0.5), ("reply_time", "p90", 0.9))


def measured(log: EventLog, workload: Workload, *, policy: Policy) -> Report:
    """Measure the time in which the customers of a workload came, as its log has it."""
    begin, end = (datetime.fromtimestamp(at / 1000, tz=UTC) for at in (workload.begin, workload.end))
    measures = ("first_response", "reply_time", "abandonment")
    return report(log, policy=policy, measures=measures, begin=begin, end=end)


def baseline(study: Study, real: Report) -> pl.DataFrame:
    """Return what a log says beside what the first policy of a study made of its customers.

    Parameters
    ----------
    study : Study
        Of ``workload_from(log)``.
    real : Report
        Of the same log, by `measured`.

    Returns
    -------
    DataFrame
        `measure`, `number`, `unit`, `log`, `simulated`, `half_width`.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.experiment import replicate
    >>> from deskkit.sim.run import simulate
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> from deskkit.sim.trace import workload_from
    >>> small, policy = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> log = simulate(small, policy, seed=7).log
    >>> came = workload_from(log, policy=policy)
    >>> found = baseline(replicate(small, policy, workload=came, replications=2), measured(log, came, policy=policy))
    >>> found["measure"].to_list()
    ['first_response', 'reply_time', 'reply_time', 'abandonment']
    """
    rows: list[tuple[object, ...]] = []
    for measure, number, share in _QUANTILES:
        one = study.quantile(measure, share)
        rows.append((measure, number, "ms", real[measure].numbers[number], one.mean, one.half_width))
    left = study.estimate("abandonment")
    rows.append(("abandonment", "value", "share", real["abandonment"].numbers["value"], left.mean, left.half_width))
    names = {
        "measure": pl.String, "number": pl.String, "unit": pl.String, "log": pl.Float64, "simulated": pl.Float64,
        "half_width": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def told_baseline(found: pl.DataFrame, policy: str) -> str:
    """Write a baseline for a terminal."""
    return "\n".join(_lines(found, policy))


def _lines(found: pl.DataFrame, policy: str) -> Iterator[str]:
    say = translator(chosen())
    yield say("The same customers in the log, and simulated under {policy}").format(policy=policy)
    numbers = {"value": "{title}", "median": say("{title}, median"), "p90": say("{title}, p90")}
    for row in found.iter_rows(named=True):
        title, _unit = named(row["measure"])
        title = numbers[row["number"]].format(title=say(title))
        real, simulated, half = (shown(row[name], row["unit"]) for name in ("log", "simulated", "half_width"))
        known = simulated if row["simulated"] is None else f"{simulated} ± {half}"
        yield f"  {padded(title, -44)} {real:>10}  {known}"
