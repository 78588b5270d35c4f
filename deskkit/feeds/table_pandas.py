"""pandas frames, taken over column by column; they need nothing but pandas, which is imported by who has one.

What polars would refuse or bend is settled here: missing values, long integers, halves of characters. This module
knows no map and no fact.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["from_pandas", "two_columns"]

_INT64: Final = 1 << 63
_HALF: Final = re.compile("[\ud800-\udfff]")


def from_pandas(table: Any) -> tuple[pl.DataFrame, int]:  # noqa: ANN401 - pandas is no dependency of the package
    """Take over a pandas frame without pyarrow.

    Returns
    -------
    DataFrame, and the number of cells in which half a character became U+FFFD, as no file and no log can hold it

    Raises
    ------
    FeedError
        Two columns have the same name.
    """
    columns = []
    mended = 0
    for at, label in enumerate(table.columns):
        column, name = table.iloc[:, at], _whole(str(label))
        kind = getattr(column.dtype, "kind", "O")
        if kind == "M":
            zone = getattr(column.dt, "tz", None)
            plain = column if zone is None else column.dt.tz_convert("UTC").dt.tz_localize(None)
            series = pl.Series(name, plain.to_numpy().astype("datetime64[us]"))
            columns.append(series if zone is None else series.dt.replace_time_zone("UTC"))
        elif kind == "m":
            columns.append(pl.Series(name, column.to_numpy().astype("timedelta64[us]")))
        elif kind in "iufb" and not column.isna().any():
            columns.append(pl.Series(name, column.to_numpy()))
        else:
            gone = column.isna()
            cells = [None if lost else _plain(cell) for cell, lost in zip(column, gone, strict=True)]
            whole = [_whole(cell) if isinstance(cell, str) else cell for cell in cells]
            mended += sum(one is not other for one, other in zip(cells, whole, strict=True))
            columns.append(pl.Series(name, whole, dtype=_kind(whole), strict=False))
    twice = {column.name for column in columns if [one.name for one in columns].count(column.name) > 1}
    if twice:
        raise two_columns(min(twice))
    return pl.DataFrame(columns), mended


def _whole(text: str) -> str:
    """Return a text itself, or with U+FFFD in the place of each half of a character (a lone surrogate)."""
    if text.isascii() or _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _plain(cell: Any) -> Any:  # noqa: ANN401 - whatever a frame holds
    """Return a Python value for a cell of numpy or pandas."""
    if hasattr(cell, "to_pydatetime"):
        return cell.to_pydatetime(warn=False)
    return cell.item() if hasattr(cell, "item") and not isinstance(cell, str) else cell


def _kind(cells: Sequence[object]) -> Any:  # noqa: ANN401 - a data type of polars, or an object
    """Return a type that holds all cells as they are."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {str}:
        return pl.String
    if kinds == {int} and all(-_INT64 <= cell < _INT64 for cell in cells if isinstance(cell, int)):
        return pl.Int64  # as a float a long number would be another one
    return pl.Float64 if kinds == {float} else pl.Object


def two_columns(name: str) -> FeedError:
    """Return the error that two columns have the same name."""
    return FeedError(
        "Two columns have the same name.", place="table", value=name, expected="each name once",
        example=f'rename one: "{name}_2"',
    )  # fmt: skip
