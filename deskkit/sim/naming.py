"""What measures of a run are called, and between which numbers they can lie."""

from __future__ import annotations

import math
from typing import Final

from deskkit.measures import MEASURES
from deskkit.sim.outcomes import OF_RUN
from deskkit.sim.speeds import SPEEDS

__all__ = ["ENOUGH", "FEW", "bounded", "in_what", "is_few", "named"]

FEW: Final = 5
"""Replications in which something must have happened for its interval to be trusted."""
ENOUGH: Final = 30
"""Replications from which on intervals of skewed sums, such as waits in a queue, hold about what they promise."""
_SIGNED: Final = {"vip_gap"}
_IN_WHAT: Final = {
    "load_spread": "Gini index", "concurrency_assigned": "conversations", "cost_per_resolved": "currency",
}  # fmt: skip
"""What a plain number is in, where it leaves this program and its title is not all that is asked for."""


def named(measure: str) -> tuple[str, str]:
    """Return title and unit of a measure of a run.

    Examples
    --------
    >>> named("reply_time"), named("part_switch")
    (('Reply time', 'ms'), ('Reply time: switching', 'ms'))
    """
    if measure in SPEEDS:
        return SPEEDS[measure], "ms"
    return OF_RUN[measure] if measure in OF_RUN else (MEASURES[measure].title, MEASURES[measure].unit)


def in_what(measure: str, unit: str) -> str:
    """Return the unit of a measure for a file: that of `named`, but where it only says how a number is written.

    Examples
    --------
    >>> in_what("reply_time", "ms"), in_what("load_spread", "mean"), in_what("cost_per_resolved", "mean")
    ('ms', 'Gini index', 'currency')
    """
    return _IN_WHAT.get(measure, unit)


def bounded(measure: str, unit: str, low: float, high: float) -> tuple[float, float]:
    """Return an interval as far as the measure can be there: a share from 0 to 1, a time or a count from 0 on.

    Notes
    -----
    An interval from replications reaches beyond where few of them decide. What is cut off is no better known for it.

    Examples
    --------
    >>> bounded("abandonment", "share", -0.01, 0.05), bounded("vip_gap", "ms", -3.0, 5.0)
    ((0.0, 0.05), (-3.0, 5.0))
    """
    if measure in _SIGNED:
        return low, high
    most = 1.0 if unit == "share" else math.inf
    return max(0.0, low), min(most, high)


def is_few(ratios: list[tuple[float, float]]) -> bool:
    """Say whether something happened in so few of some replications that its interval says little.

    Examples
    --------
    >>> is_few([(0.0, 9.0)] * 8 + [(1.0, 9.0)]), is_few([(3.0, 9.0)] * 3), is_few([(0.0, 9.0)] * 9)
    (True, False, False)
    """
    happened = sum(top != 0 for top, _ in ratios)
    return 0 < happened < min(FEW, len(ratios))
