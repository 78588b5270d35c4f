"""Lists of integers as arrays of the shapes the model reads, also where there are no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from deskkit.desk import columns as k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["arrays_of", "row", "table"]

_ONE_ROW: Final = {"number", "send"}
_WIDTH: Final = {
    "group": 5, "term": 6, "tag_rule": 5, "level_rule": 5, "route": 4, "overflow": 4, "loan": 3, "tidy_rule": 3,
    "target": k.LEVELS, "credit": 3, "ladder": k.LADDER_WIDTH, "rung": k.RUNG_WIDTH, "alarm": 3, "calendar": 2,
}  # fmt: skip


def row(numbers: Sequence[int]) -> Ints:
    """Return numbers as one row."""
    return np.array(numbers, dtype=np.int64)


def table(rows: Sequence[Sequence[int]], width: int) -> Ints:
    """Return rows as a two-dimensional array."""
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)


def arrays_of(tables: k.Tables) -> k.Tables:
    """Return a policy's tables as arrays."""
    made: dict[str, Any] = {
        name: row(rows) if name in _ONE_ROW else table(rows, _WIDTH[name]) for name, rows in tables._asdict().items()
    }
    return k.Tables(**made)
