"""A study as text: each measure with its half-width, each difference with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.locale import chosen, translator
from deskkit.measures import MEASURES, Choices
from deskkit.measures.printing import duration, padded, shown, signed
from deskkit.sim.cautions import of_shown
from deskkit.sim.duty import THE_LOG
from deskkit.sim.naming import ENOUGH, FEW, bounded
from deskkit.worded import said, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.sim.study import Study

    Say = Callable[[str], str]

__all__ = ["beside", "printed"]

_OF: Final = {
    "missed": worded("turns"), "concurrency_assigned": worded("conversations"),
    "load_spread": worded("(0: all alike)"), "notices_per_agent_hour": worded("per hour"),
    "loud_per_agent_hour": worded("per hour"), "resolved": worded("conversations"),
    "conversations": worded("conversations"),
}  # fmt: skip
"""What is counted, where neither a unit nor a per cent sign says it."""


_FEW: Final = worded(
    "few: it happened in fewer than {few} of the replications, so its interval is not to be trusted. {enough} "
    "replications or more help.",
    few=FEW, enough=ENOUGH,
)  # fmt: skip


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
    say = translator(chosen())
    measures = list(next(iter(study.found.values()))[0].measures) if measures is None else list(measures)
    lines = [said(_head(study), say)]
    if study.rule.startswith("sequential"):
        lines.append(said(study.rule, say))
    for name in study.policies:
        rows = {row["measure"]: row for row in study.frame.iter_rows(named=True) if row["policy"] == name}
        lines += ["", name]
        lines += [_row(rows[measure], study.scenario.cost.currency, say) for measure in measures]
    if len(study.policies) > 1:
        found = study.differences(study.comparable(measures)).iter_rows(named=True)
        head = say("Differences, paired; all intervals hold together at {level:g} %; * excludes zero")
        lines += ["", head.format(level=100 * study.level)]
        currency = study.scenario.cost.currency
        lines += [_difference(row, currency, say) for row in found if row["mean"] is not None]
    few = [_FEW] if study.frame.filter(pl.col("few") & pl.col("measure").is_in(measures)).height else []
    lines += beside([*few, *of_shown(study, measures), *study.notes], study.warnings, say)
    return "\n".join(lines)


def beside(notes: Sequence[str], warnings: Sequence[str], say: Say) -> list[str]:
    """Write what is to be known beside numbers, each below an empty line."""
    told = [say("Note: {text}").format(text=said(note, say)) for note in notes]
    told += [say("Warning: {text}").format(text=said(warning, say)) for warning in warnings]
    return [f"\n{one}" for one in told]


def _head(study: Study) -> str:
    """Say of what study these are the numbers, and which intervals they have."""
    name = THE_LOG if study.scenario.name == THE_LOG else study.scenario.name
    about = {"name": name, "n": study.replications, "seed": study.seed, "engine": study.engine}
    if study.replications == 1:
        return worded("{name}: {n} replication, seed {seed}, engine {engine}; no intervals of one day", **about)
    return worded(
        "{name}: {n} replications, seed {seed}, engine {engine}; intervals of {level:g} %",
        level=100 * study.level, **about,
    )  # fmt: skip


def _row(row: dict[str, Any], currency: str, say: Say) -> str:
    """Write one measure: its mean, half-width and unit; what has no number has none."""
    told = f"  {padded(_title(row, say), -44)} {shown(row['mean'], row['unit']):>10}"
    if row["mean"] is None:
        return told
    rests = say("(in {n} of {all} replications)").format(n=row["counted"], all=row["n"])
    parts = (
        told, _interval(row, say), _unit(row, currency, say), rests if row["counted"] < row["n"] else "",
        say("few") if row["few"] else "",
    )  # fmt: skip
    return "  ".join(part for part in parts if part)


def _interval(row: dict[str, Any], say: Say) -> str:
    """Write half the width of an interval, or its ends where it would reach beyond what the measure can be."""
    mean, half, unit = row["mean"], row["half_width"], row["unit"]
    if half is None:
        return f"± {shown(half, unit)}" if row["n"] > 1 else ""
    ends = mean - half, mean + half
    within = bounded(row["measure"], unit, *ends)
    if within == ends:
        return f"± {shown(half, unit)}"
    low, high = (shown(end, unit) for end in within)
    return say("{low} to {high}").format(low=low, high=high)


def _unit(row: dict[str, Any], currency: str, say: Say) -> str:
    return currency if row["measure"] == "cost_per_resolved" else said(_OF.get(row["measure"], ""), say)


def _title(row: dict[str, Any], say: Say) -> str:
    """Return the title of a measure; where it is about a time to answer within, with that time."""
    title: str = row["title"]
    title, about = say(title), MEASURES.get(row["measure"])
    if about is None or "within X" not in about.averaged:
        return title
    within = duration(Choices().within_ms)
    return title.replace("X", f" {within} ".strip()) if "X" in title else f"{title} ({within})"


def _difference(row: dict[str, Any], currency: str, say: Say) -> str:
    """Write one difference with its interval, of which two digits of half the width are seen."""
    half = None if row["low"] is None else (row["high"] - row["low"]) / 2
    low, mean, high = (signed(row[name], row["unit"], half, say=say) for name in ("low", "mean", "high"))
    mark = "*" if row["differs"] else " "
    ends = say("({low} to {high})").format(low=low, high=high)
    told = f"{mark} {padded(_title(row, say), -44)} {row['policy']} - {row['base']}: {mean}  {ends}"
    return f"{told}  {_unit(row, currency, say)}".rstrip()
