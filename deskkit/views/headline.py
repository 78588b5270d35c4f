"""A report in a few lines of plain text: what a notebook prints and its test compares.

English, whatever a view speaks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.measures.printing import duration, passed, shown
from deskkit.views.terms import further
from deskkit.views.words import Words

if TYPE_CHECKING:
    from deskkit.measures import Report

__all__ = ["HEADLINE", "headline", "numbers", "versus"]

HEADLINE: Final = (
    "first_response", "reply_time", "answered_within", "service_level", "abandonment", "missed", "handle_time",
    "occupancy_assigned", "concurrency_in_use", "csat", "sla_first_response", "sla_next_response", "late_behind_lower",
    "tagged_inquiry", "notices_per_agent_hour",
)  # fmt: skip
"""The measures a supervisor looks at first."""


def headline(report: Report) -> str:
    """Return the numbers a supervisor looks at first, a line each with how many it counts.

    Parameters
    ----------
    report : Report
        What it lacks of `HEADLINE` is left out.
    """
    lines = []
    for name in HEADLINE:
        if name in report.figures:
            figure = report[name]
            found = figure.numbers
            value = shown(passed(found["value"], figure.measure), figure.measure.unit)
            title = figure.measure.title.replace("within X", f"within {duration(figure.choices.within_ms)}")
            lines.append(f"{title:<30}{value:>9}  of {found['n'] or 0:>7,} {figure.measure.each}")
    return "\n".join(lines)


def numbers(report: Report, *names: str) -> str:
    """Return some measures with all their numbers.

    Raises
    ------
    MeasureError
        The report lacks one of them.
    """
    say, lines = Words("en"), []
    for name in names:
        figure = report[name]
        found = figure.numbers
        rest = [further(key, one, say) for key, one in found.items() if key not in {"value", "n"} and one is not None]
        value = shown(passed(found["value"], figure.measure), figure.measure.unit)
        lines.append(
            f"{figure.measure.title}: {value} ({', '.join(rest)})" if rest else f"{figure.measure.title}: {value}"
        )
    return "\n".join(lines)


def versus(this: Report, other: Report) -> str:
    """Return two reports side by side, a line for each measure, and how much it changed."""
    lines = [f"{'':<30}{'this':>9}{'other':>9}{'change':>9}"]
    for row in this.versus(other).iter_rows(named=True):
        change = "-" if row["ratio"] is None else f"{100 * (row['ratio'] - 1):+.0f} %"
        sides = (shown(row[side], row["unit"]) for side in ("value", "other"))
        lines.append(f"{row['title']:<30}" + "".join(f"{side:>9}" for side in sides) + f"{change:>9}")
    return "\n".join(lines)
