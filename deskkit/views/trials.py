"""Simulated results in a few lines of plain text: what a notebook prints and its test compares.

English, whatever a view speaks. Not among the names of `deskkit.views`: it needs the extra ``sim``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.measures.printing import shown
from deskkit.sim.exact import chi_square
from deskkit.sim.speeds import speed_name
from deskkit.sim.study import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.sensitivity import Sensitivity
    from deskkit.sim.study import Study

__all__ = ["dependence", "exactness", "paces", "pairs", "throughput"]

_SHARE: Final = 0.9
_TITLE: Final = 22
_LONG_TITLE: Final = 38
_POLICY: Final = 20
_CELL: Final = 7


def paces(study: Study, *, levels: Sequence[str] = ("normal", "high", "urgent")) -> str:
    """Return how fast and how disturbed agents are under each policy of a study, a line each.

    Parameters
    ----------
    study : Study
    levels : sequence of str
        At each: mean time to notice, mean time to view, and the 90th percentile of the time to reply over all days.
    """
    columns = ("notice", "view", "p90")
    lines = [
        f"{'':<{_POLICY}}{'notices':>{_CELL}}{'louder':>{_CELL}}{'noise':>{_CELL}}"
        + "".join(f"  {level:^{3 * _CELL}}" for level in levels).rstrip(),
        f"{'':<{_POLICY}}{'per agent-hour':>{2 * _CELL}}{'':>{_CELL}}"
        + "".join("  " + "".join(f"{column:>{_CELL}}" for column in columns) for _ in levels),
    ]
    for policy in study.policies:
        prices = [study.estimate(name, policy).mean for name in ("notices_per_agent_hour", "loud_per_agent_hour")]
        noise = study.estimate("notice_noise", policy).mean
        line = f"{policy:<{_POLICY}}" + "".join(f"{shown(price, 'mean'):>{_CELL}}" for price in prices)
        line += f"{shown(noise, 'share'):>{_CELL}}"
        for level in levels:
            means = [study.estimate(speed_name(what, level), policy).mean for what in ("to_notice", "to_view")]
            tail = study.quantile(speed_name("to_reply", level), _SHARE, policy).mean
            line += "  " + "".join(f"{shown(one, 'ms'):>{_CELL}}" for one in (*means, tail))
        lines.append(line)
    return "\n".join(lines)


def pairs(study: Study, measures: Sequence[str]) -> str:
    """Return what pairs on the same days save: the variance of a difference with and without, and their ratio."""
    lines = [f"{'':<{_TITLE}}{'difference':>12}{'':>14}  variance with common random numbers, without, needs"]
    for measure in measures:
        title, unit = named(measure)
        lines.append(f"{title}")
        for row in study.differences([measure]).iter_rows(named=True):
            mean = "-" if row["mean"] is None else f"{'-' if row['mean'] < 0 else '+'}{shown(abs(row['mean']), unit)}"
            by = 1e6 if unit == "ms" else 1.0  # milliseconds squared say nothing to anybody
            spread = [row[name] / by for name in ("variance_paired", "variance_apart")]
            saved = row["saved"]
            need = "-" if saved is None else f"{saved:.1f} times fewer replications"
            lines.append(
                f"  {row['policy']:<{_TITLE - 2}}{mean:>12}{'differs' if row['differs'] else '':>14}"
                f"{spread[0]:>12.4g}{spread[1]:>12.4g}  {need}"
            )
    return "\n".join(lines)


def exactness(found: pl.DataFrame) -> str:
    """Return exact cases beside what was simulated, a line for each value, and the sum of squares with its band."""
    lines = [f"{'':<{_TITLE}}{'exact':>12}{'simulated':>12}{'half-width':>12}{'z':>8}"]
    for row in found.iter_rows(named=True):
        name = f"{row['case']} {row['value']}{'' if row['counts'] else ' *'}"
        numbers = "".join(f"{row[column]:>12.5g}" for column in ("exact", "simulated", "half_width"))
        lines.append(f"{name:<{_TITLE}}{numbers}{row['z']:>+8.2f}")
    band = chi_square(found)
    verdict = "within" if band.low <= band.total <= band.high else "OUTSIDE"
    lines.append(
        f"sum of squares of {band.cases} independent z: {band.total:.2f}, {verdict} its 99.9 % band "
        f"{band.low:.2f} to {band.high:.2f}"
    )
    return "\n".join(lines)


def throughput(found: pl.DataFrame, *, exact: Sequence[float] = (), practice: Sequence[float] = ()) -> str:
    """Return throughput by number of tabs, a line for each mechanism, and where each is highest."""
    tabs = found["tabs"].unique().sort().to_list()
    lines = [f"{'tabs':<{_LONG_TITLE}}" + "".join(f"{count:>7}" for count in tabs)]
    for name in found["mechanism"].unique(maintain_order=True):
        rows = found.filter(pl.col("mechanism") == name).sort("tabs")
        best = rows.sort("gain", descending=True)["tabs"][0]
        gains = "".join(f"{gain:>7.2f}" for gain in rows["gain"])
        lines.append(f"{name:<{_LONG_TITLE}}{gains}   most with {best}")
    for title, values in (("exact", exact), ("practitioners", practice)):
        if values:
            lines.append(f"{title:<{_LONG_TITLE}}" + "".join(f"{value:>7.2f}" for value in values))
    return "\n".join(lines)


def dependence(found: Sensitivity) -> str:
    """Return what a measure depends on: the differences that can be seen, and the numbers whose effect crosses zero."""
    base = shown(found.base.mean, found.unit)
    size = f"{found.replications} replications, seed {found.seed}, intervals of {100 * found.level:g} % together"
    lines = [f"{found.title}: {base} in {found.scenario!r} under {found.policy!r}; {size}"]
    for row in found.frame.filter("differs").iter_rows(named=True):
        mean = f"{'-' if row['mean'] < 0 else '+'}{shown(abs(row['mean']), found.unit)}"
        half = shown((row["high"] - row["low"]) / 2, found.unit)
        lines.append(f"  {row['title']:<{_LONG_TITLE}}{row['value']:>8}{mean:>10} ± {half}")
    crossing = found.crossing
    lines.append(f"{len(crossing)} of {found.frame['name'].n_unique()} numbers cross zero in both directions")
    return "\n".join(lines)
