"""A study as text: each measure with its half-width, each difference with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.locale import chosen, translator
from deskkit.measures import MEASURES, Choices
from deskkit.measures.printing import duration, padded, shown, signed
from deskkit.sim.cautions import of_shown
from deskkit.sim.naming import ENOUGH, FEW, bounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.study import Study

__all__ = ["printed"]

_OF: Final = {
    "missed": "turns", "concurrency_assigned": "conversations", "load_spread": "(0: all alike)",
    "notices_per_agent_hour": "per hour", "loud_per_agent_hour": "per hour", "resolved": "conversations",
    "conversations": "conversations",
}  # fmt: skip
"""What is counted, where neither a unit nor a per cent sign says it."""


_FEW: Final = (
    f"few: it happened in fewer than {FEW} of the replications, so its interval is not to be trusted. "
    f"{ENOUGH} replications or more help."
)


def printed(study: Study, measures: Sequence[str] | None = None) -> str:
    """Write a study for a terminal or a notebook.

    Parameters
    ----------
    study : Study
    measures : sequence of str, optional
        Only these, in this order.

    Returns
    -------
    str
        Ends with what the policies are judged by, where that differs, and the study's warnings.
    """
    measures = list(next(iter(study.found.values()))[0].measures) if measures is None else list(measures)
    days = f"{study.replications} replication{'s' if study.replications > 1 else ''}"
    head = f"{study.scenario.name}: {days}, seed {study.seed}, engine {study.engine}"
    known = f"intervals of {100 * study.level:g} %" if study.replications > 1 else "no intervals of one day"
    lines = [f"{head}; {known}"]
    if study.rule.startswith("sequential"):
        lines.append(study.rule)
    for name in study.policies:
        rows = {row["measure"]: row for row in study.frame.iter_rows(named=True) if row["policy"] == name}
        lines += ["", name]
        lines += [_row(rows[measure], study.scenario.cost.currency) for measure in measures]
    if len(study.policies) > 1:
        found = study.differences(study.comparable(measures)).iter_rows(named=True)
        lines += ["", f"Differences, paired; all intervals hold together at {100 * study.level:g} %; * excludes zero"]
        currency = study.scenario.cost.currency
        lines += [_difference(row, currency) for row in found if row["mean"] is not None]
    if study.frame.filter(pl.col("few") & pl.col("measure").is_in(measures)).height:
        lines += [f"\nNote: {_FEW}"]
    lines += [f"\nNote: {note}" for note in (*of_shown(study, measures), *study.notes)]
    return "\n".join([*lines, *(f"\nWarning: {warning}" for warning in study.warnings)])


def _row(row: dict[str, Any], currency: str) -> str:
    """Write one measure: its mean, half-width and unit; what has no number has none."""
    told = f"  {padded(_title(row), -44)} {shown(row['mean'], row['unit']):>10}"
    if row["mean"] is None:
        return told
    rests = f"  (in {row['counted']} of {row['n']} replications)" if row["counted"] < row["n"] else ""
    few = "  few" if row["few"] else ""
    beside = "  ".join(part for part in (told, _interval(row), _unit(row, currency)) if part)
    return beside + rests + few


def _interval(row: dict[str, Any]) -> str:
    """Write half the width of an interval, or its ends where it would reach beyond what the measure can be."""
    mean, half, unit = row["mean"], row["half_width"], row["unit"]
    if half is None:
        return f"± {shown(half, unit)}" if row["n"] > 1 else ""
    ends = mean - half, mean + half
    within = bounded(row["measure"], unit, *ends)
    return f"± {shown(half, unit)}" if within == ends else " to ".join(shown(end, unit) for end in within)


def _unit(row: dict[str, Any], currency: str) -> str:
    return currency if row["measure"] == "cost_per_resolved" else _OF.get(row["measure"], "")


def _title(row: dict[str, Any]) -> str:
    """Return the title of a measure; where it is about a time to answer within, with that time."""
    title = translator(chosen())(row["title"])
    about = MEASURES.get(row["measure"])
    if about is None or "within X" not in about.averaged:
        return title
    within = duration(Choices().within_ms)
    return title.replace("X", f" {within} ".strip()) if "X" in title else f"{title} ({within})"


def _difference(row: dict[str, Any], currency: str) -> str:
    """Write one difference with its interval, of which two digits of half the width are seen."""
    half = None if row["low"] is None else (row["high"] - row["low"]) / 2
    say = translator(chosen())
    low, mean, high = (signed(row[name], row["unit"], half, say=say) for name in ("low", "mean", "high"))
    mark = "*" if row["differs"] else " "
    told = f"{mark} {padded(_title(row), -44)} {row['policy']} - {row['base']}: {mean}  ({low} to {high})"
    return f"{told}  {_unit(row, currency)}".rstrip()
