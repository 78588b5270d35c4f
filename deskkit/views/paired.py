"""Two desks that lived through the same days: their differences as a table, as a figure and in a sentence.

Pure functions of studies; they know no widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskkit.figures import effects
from deskkit.measures.printing import shown, signed
from deskkit.sim.study import named, versus
from deskkit.views.markup import markup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from deskkit.sim.study import Study
    from deskkit.views.markup import SafeHtml
    from deskkit.views.words import Words

__all__ = ["compared", "difference", "differences", "is_same", "table_of"]


def compared(studies: Mapping[str, Study], measures: Sequence[str]) -> pl.DataFrame:
    """Return measures of ``changed`` against ``now``, as `deskkit.sim.study.versus`."""
    return versus(studies["changed"], studies["now"], measures)


def is_same(studies: Mapping[str, Study]) -> bool:
    """Say whether nothing is changed."""
    now, changed = (
        (study.scenario, [policy.fingerprint for policy in study.policies.values()])
        for study in (studies["now"], studies["changed"])
    )
    return now == changed


def table_of(found: pl.DataFrame, say: Words) -> pl.DataFrame:
    """Return a table to be shown: each measure now, changed, and the difference with its interval, in words."""
    rows = []
    for row in found.iter_rows(named=True):
        unit = row["unit"]
        mean, low, high = (signed(row[name], unit, say=say.translate) for name in ("mean", "low", "high"))
        between = "-" if row["low"] is None else f"{low} … {high}"
        verdict = say("differs") if row["differs"] else say("no clear difference")
        rows.append((
            say.translate(row["title"]), shown(row["other"], unit), shown(row["one"], unit), mean,
            between, verdict,
        ))  # fmt: skip
    head = [say("Measure"), say("Now"), say("Changed"), say("Difference"), say("Interval"), say("Verdict")]
    return pl.DataFrame(rows, schema=head, orient="row")


def differences(found: pl.DataFrame, say: Words) -> go.Figure:
    """Draw the differences, each as a share of what is now, with its interval."""
    frame = found.with_columns(policy=pl.lit("changed"), base=pl.lit(say("now")), base_mean=pl.col("other"))
    return effects(frame, language=say.language)


def difference(studies: Mapping[str, Study], measure: str, found: pl.DataFrame, say: Words) -> SafeHtml:
    """Say in a sentence what a change does to a measure, and how sure that is."""
    title, unit = named(measure)
    title = say(title)
    row = found.row(by_predicate=pl.col("measure") == measure, named=True)
    if is_same(studies):
        one = studies["now"].estimate(measure)
        half = "" if one.half_width is None else f" ± {shown(one.half_width, unit)}"
        text = say("{measure}: {value} as it is.", measure=title, value=shown(one.mean, unit) + half)
    else:
        text = say(
            "{measure}: {now} now, {changed} changed.",
            measure=title, now=shown(row["other"], unit), changed=shown(row["one"], unit),
        ) + " " + _paired(row, say)  # fmt: skip
    return markup("<p class='dk-difference'>{text}</p>", text=text)


def _paired(row: Mapping[str, object], say: Words) -> str:
    unit, low, high = str(row["unit"]), row["low"], row["high"]
    mean = row["mean"]
    told = signed(mean if isinstance(mean, float) else None, unit, say=say.translate)
    if not (isinstance(low, float) and isinstance(high, float)):
        return say("Paired difference {mean}; one pair has no interval.", mean=told)
    verdict = say("It differs.") if row["differs"] else say("The interval holds zero: so few cannot tell.")
    return say(
        "Paired difference {mean}, between {low} and {high} ({n} pairs).",
        mean=told, low=signed(low, unit, say=say.translate), high=signed(high, unit, say=say.translate),
        n=str(row["n"]),
    ) + " " + verdict  # fmt: skip
