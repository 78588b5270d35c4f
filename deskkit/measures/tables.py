"""The tables of a report: agents, tags, hours, days, priorities, what was missed; what a workbook holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.measures.definition import in_period

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices
    from deskkit.measures.report import Report

__all__ = ["agents", "named", "names_of", "tables", "tags"]

_PER_AGENT: Final = (
    ("handle_time", {"n": "handled", "value": "handle_ms"}),
    ("first_response", {"value": "first_response_ms"}),
    ("reply_time", {"value": "reply_ms", "p90": "reply_p90_ms"}),
    ("occupancy_assigned", {"value": "occupancy"}),
    ("concurrency_in_use", {"value": "concurrency"}),
    ("csat", {"value": "csat", "low": "csat_low", "high": "csat_high", "n": "rated"}),
    ("missed", {"value": "missed"}),
)
_SHOWN: Final = 1_000  # rows behind a number that a sheet lists


def names_of(spans: Spans) -> dict[str, str]:
    """Return agents' names by id, where the log knows them; of the same name the second is "name (2)", by id."""
    known = spans.agents.select(pl.col("agent", "name").cast(pl.String)).filter(pl.col("name") != "").sort("agent")
    nth = pl.int_range(1, pl.len() + 1).over("name")
    told = known.with_columns(name=pl.when(nth > 1).then(pl.format("{} ({})", "name", nth)).otherwise("name"))
    return dict(told.rows())


def named(frame: pl.DataFrame, spans: Spans, *, column: str = "agent") -> pl.DataFrame:
    """Put agents' names in the place of their ids, where the log knows them: an id may be an e-mail address."""
    return frame.with_columns(pl.col(column).cast(pl.String).replace(names_of(spans)))


def agents(report: Report) -> pl.DataFrame:
    """Return what each agent did, one row each, the busiest first.

    Parameters
    ----------
    report : Report
        With the measures handle_time, first_response, reply_time, occupancy_assigned, concurrency_in_use, csat and
        missed.

    Returns
    -------
    DataFrame
        `agent` (the name), `handled` (stints: a conversation had again counts again), `share` (of all stints),
        `handle_ms`, `first_response_ms`,
        `reply_ms`, `reply_p90_ms`, `occupancy` (share of the time present), `concurrency` (while busy), `csat` with
        its 95 % interval `csat_low` to `csat_high` over `rated` ratings, `missed` (turns).

    Raises
    ------
    MeasureError
        The report lacks one of the measures.
    """
    rows = report["handle_time"].spans.agents.select(pl.col("agent").cast(pl.String))
    for name, columns in _PER_AGENT:
        part = report[name].broken_down("agent").with_columns(pl.col("agent").cast(pl.String))
        rows = rows.join(
            part.select("agent", **{new: pl.col(old) for old, new in columns.items()}), on="agent", how="left"
        )
    rows = rows.filter(pl.any_horizontal(pl.col("handled", "missed").is_not_null()))
    rows = rows.with_columns(pl.col("handled", "missed", "rated").fill_null(0))
    whole = pl.col("handled").sum()
    rows = rows.with_columns(share=pl.when(whole > 0).then(pl.col("handled") / whole))
    order = ["agent", "handled", "share", "handle_ms"]
    rows = rows.select(*order, pl.exclude(order)).sort("handled", "agent", descending=[True, False])
    return named(rows, report["handle_time"].spans)


def tags(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the tags of the conversations begun in the period, the most frequent of each facet first.

    Returns
    -------
    DataFrame
        `facet`, `tag`, `by_hand`, `by_rule` (conversations), `share` (of the conversations whose customer wrote).
    """
    spoke = spans.conversations.filter(pl.col("first_message_at").is_not_null()).with_columns(at="opened_at")
    spoke = in_period(spoke, choices).select("conversation")
    found = spans.tags.join(spoke, on="conversation", how="semi")
    hand = pl.col("by") == "hand"
    counted = found.group_by(pl.col("facet", "tag").cast(pl.String)).agg(
        by_hand=hand.sum().cast(pl.Int64), by_rule=(~hand).sum().cast(pl.Int64)
    )
    both = pl.col("by_hand") + pl.col("by_rule")
    return counted.with_columns(share=both / max(spoke.height, 1)).sort(
        "facet", "share", "tag", descending=[False, True, False]
    )


def tables(report: Report, *, other: Report | None = None) -> dict[str, pl.DataFrame]:
    """Return every table of a report by its title, as `deskkit.export.to_excel` takes them.

    Parameters
    ----------
    report : Report
        With all measures.
    other : Report, optional
        Of another period, to compare with.

    Returns
    -------
    dict of str to DataFrame
        Report with definitions, agents, tags, by hour, day, priority and group, missed messages, perhaps comparison.
    """
    spans, choices = report["missed"].spans, report.choices
    every = {
        "report": _defined(report),
        "agents": agents(report),
        "tags": tags(spans, choices),
    }
    for key in ("hour", "day", "group", "priority"):
        every[f"by {key}"] = _by(report, key)
    missed = report["missed"].conversations.drop("hit", "level").head(_SHOWN)
    every["missed"] = named(missed.with_columns(pl.col("conversation").cast(pl.String)), spans)
    if other is not None:
        every["comparison"] = report.versus(other)
    return every


def _defined(report: Report) -> pl.DataFrame:
    """Return the report with the definition beside each number."""
    about = [figure.measure for figure in report.figures.values()]
    definitions = pl.DataFrame({
        "measure": [one.name for one in about],
        **{part: [getattr(one, part) for one in about] for part in ("start", "end", "counted", "averaged", "source")},
    })  # fmt: skip
    whole = report.frame.join(definitions, on="measure", how="left", maintain_order="left")
    first = ["measure", "title", "unit", "value", "n", *definitions.columns[1:]]
    return whole.select(*first, pl.exclude(first))


def _by(report: Report, key: str) -> pl.DataFrame:
    """Return the numbers by one key, a column for each measure that can be broken down by it."""
    columns: list[pl.DataFrame] = []
    for name, figure in report.figures.items():
        if key not in figure.measure.by or figure.measure.standing:
            continue
        part = figure.broken_down(key).select(key, pl.col("value").cast(pl.Float64).alias(name))
        columns.append(part if key in {"hour", "day"} else part.with_columns(pl.col(key).cast(pl.String)))
    table = columns[0]
    for part in columns[1:]:
        table = table.join(part, on=key, how="full", coalesce=True, nulls_equal=True)
    return table.sort(key, nulls_last=True)
