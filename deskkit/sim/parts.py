"""What the time of a reply is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PARTS", "parted"]

PARTS: Final = ("part_queue", "part_notice", "part_attention", "part_switch", "part_handle")
"""The parts in their order; together they are the time of the reply."""


def parted(steps: pl.DataFrame) -> pl.DataFrame:
    """Add what the time of each reply is made of: `given`, and each of `PARTS`, in ms.

    Parameters
    ----------
    steps : DataFrame
        Of a run: one row per reply.

    Returns
    -------
    DataFrame

    Notes
    -----
    Who writes a reply in another tab notices nothing meanwhile: such time before a message was noticed is not for
    want of a notice, and counts as waiting for attention, `part_attention`, as does the time from noticing to turning
    to it. `part_notice` is the rest: the agent was free and had not seen it. Drafts that were never sent count as
    free time.

    Examples
    --------
    Both were written at 0 to one agent, who noticed the first after 3 s and the second when the first was answered:

    >>> rows = [("chen", 0, 0, 3, 3, 4, 24), ("chen", 0, 0, 24, 24, 25, 45)]
    >>> names = ["agent", "asked", "assigned", "noticed", "turned", "viewed", "replied"]
    >>> parted(pl.DataFrame(rows, schema=names, orient="row")).select(PARTS).rows()
    [(0, 3, 0, 1, 20), (0, 3, 21, 1, 20)]
    """
    steps = steps.with_columns(given=pl.max_horizontal("asked", "assigned"))
    noticed = pl.max_horizontal("noticed", "given")  # another agent may have noticed it before
    busy = pl.Series("busy", _busy(steps), dtype=pl.Int64)
    return steps.with_columns(
        part_queue=pl.col("given") - pl.col("asked"),
        part_notice=noticed - pl.col("given") - busy,
        part_attention=busy + pl.col("turned") - noticed,
        part_switch=pl.col("viewed") - pl.col("turned"),
        part_handle=pl.col("replied") - pl.col("viewed"),
    )


def _busy(steps: pl.DataFrame) -> NDArray[np.int64]:
    """Return for how long the agent of each reply wrote others, from being given the message until noticing it."""
    found = np.zeros(steps.height, dtype=np.int64)
    rows = steps.with_row_index("row").select("row", "agent", "given", "noticed", "turned", "replied")
    for one in rows.partition_by("agent"):
        begun, ended = (np.sort(one[name].to_numpy()) for name in ("turned", "replied"))
        before = np.concatenate([[0], np.cumsum(ended - begun)])
        since, until = (_until(one[name].to_numpy(), begun, ended, before) for name in ("given", "noticed"))
        found[one["row"].to_numpy()] = np.maximum(until - since, 0)
    return found


def _until(
    at: NDArray[np.int64], begun: NDArray[np.int64], ended: NDArray[np.int64], before: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how long an agent has been writing replies until each of some instants."""
    nth = np.searchsorted(begun, at, side="right")  # so many were begun
    last = np.maximum(nth - 1, 0)
    over = np.where(nth > 0, np.maximum(ended[last] - at, 0), 0)  # what is still to be done of the last of them
    whole: NDArray[np.int64] = before[nth] - over
    return whole
