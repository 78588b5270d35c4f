"""Waits that nobody saw the end of: the product-limit estimate of how long customers would have waited.

A mean over those who left says how long the impatient wait, and a mean over those who were served how long the lucky
do. Kaplan and Meier use both: whoever was served, or still waits, was patient at least that long.
"""

from __future__ import annotations

import math

import polars as pl

__all__ = ["kaplan_meier", "patience"]


def kaplan_meier(durations: pl.DataFrame) -> pl.DataFrame:
    """Estimate the share that lasts longer than each duration.

    Parameters
    ----------
    durations : DataFrame
        `ms` (Int64, milliseconds, >= 0) and `ended` (Boolean: it ended by itself; False: it was cut off, censored).

    Returns
    -------
    DataFrame, one row per distinct duration at which one ended
        `ms`, `at_risk`, `ended`, `survival` (share that lasts longer), `error` (its standard error by Greenwood).

    Notes
    -----
    S(t) = prod over t_i <= t of (1 - d_i / n_i); at equal times endings come before those cut off.

    References
    ----------
    .. [1] Kaplan, Meier (1958), Nonparametric estimation from incomplete observations. JASA 53(282).

    Examples
    --------
    >>> durations = pl.DataFrame({"ms": [1, 2, 2, 4], "ended": [True, True, False, False]})
    >>> kaplan_meier(durations).select("ms", "at_risk", "survival").rows()
    [(1, 4, 0.75), (2, 3, 0.5)]
    """
    counted = durations.group_by("ms").agg(pl.col("ended").sum(), pl.len().alias("left")).sort("ms")
    at_risk = pl.col("left").sum() - pl.col("left").cum_sum() + pl.col("left")
    steps = counted.with_columns(at_risk=at_risk.cast(pl.Int64)).filter(pl.col("ended") > 0)
    stay = 1 - pl.col("ended") / pl.col("at_risk")
    survival = stay.cum_prod()
    spread = (pl.col("ended") / (pl.col("at_risk") * (pl.col("at_risk") - pl.col("ended")))).cum_sum()
    error = pl.when(survival > 0).then(survival * spread.sqrt()).otherwise(0.0)
    return steps.select("ms", "at_risk", "ended", survival.alias("survival"), error.alias("error"))


def patience(durations: pl.DataFrame) -> dict[str, float | int | None]:
    """Summarise how long customers are willing to wait.

    Parameters
    ----------
    durations : DataFrame
        As for `kaplan_meier`; `ended` is null throughout where it is not known who left.

    Returns
    -------
    dict
        `value`: the median, milliseconds (None where fewer than half left), `restricted_mean`: the mean of patience
        cut off at the longest time seen, milliseconds, `left` and `n`; of nothing, and where nothing is known, none.
    """
    n = durations.height
    if durations["ended"].null_count() == n:
        return {"value": None, "restricted_mean": None, "left": None if n else 0, "n": n}
    left = int(durations["ended"].sum())
    curve = kaplan_meier(durations)
    half = curve.filter(pl.col("survival") <= 0.5)  # noqa: PLR2004 - the median
    horizon = int(durations["ms"].max())  # type: ignore[arg-type] # of integers
    instants = [0, *curve["ms"].to_list(), horizon]
    heights = [1.0, *curve["survival"].to_list()]
    area = math.fsum(
        (after - before) * height for before, after, height in zip(instants, instants[1:], heights, strict=False)
    )
    return {"value": None if half.is_empty() else int(half["ms"][0]), "restricted_mean": area, "left": left, "n": n}
