"""Rows of a log in the order in which they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["in_line"]


def in_line(frames: Iterable[pl.DataFrame], of: str = "conversation") -> pl.DataFrame:
    """Return rows of several frames: by name, of each in order of time, then of the log, then of the frames.

    Parameters
    ----------
    frames : iterable of DataFrame
        With `at`, `seq` and, as a categorical, `of`.
    of : str
        Whose rows stand together.

    Examples
    --------
    >>> names = pl.Series("conversation", ["b", "a", "b"], dtype=pl.Categorical)
    >>> in_line([pl.DataFrame([names]).with_columns(at=pl.Series([3, 2, 1]), seq=pl.Series([1, 2, 3]))])["at"].to_list()
    [2, 1, 3]
    """
    rows = pl.concat(frames, how="diagonal").sort("at", "seq", maintain_order=True)
    # By the place of each name among all: compared as texts, row by row, the names take three times as long.
    return rows.sort(_places(rows[of]), maintain_order=True)


def _places(names: pl.Series) -> pl.Series:
    """Return where each name stands in their order, nothing for nobody, who is sorted first."""
    known = names.drop_nulls().unique().sort().to_physical().rename("number")
    places = pl.DataFrame([known]).with_row_index("place")
    numbers = pl.DataFrame([names.to_physical().rename("number")])
    return numbers.join(places, on="number", how="left", maintain_order="left")["place"]
