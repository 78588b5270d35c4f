"""The time within which each conversation should get a reply: of its level, or of its group where that says more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from deskkit.measures.definition import Choices

__all__ = ["with_target"]


def with_target(rows: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """Add the target to rows with `level` and `group`.

    Returns
    -------
    DataFrame
        With `target`, milliseconds.
    """
    general = _table([(level, ms) for level, ms in enumerate(choices.targets)], ["level", "target"])
    rows = rows.join(general, on="level", how="left", maintain_order="left")
    if not choices.group_targets:
        return rows
    special = _table(
        [(group, level, ms) for group, levels in choices.group_targets.items() for level, ms in enumerate(levels)],
        ["named", "level", "own"],
    )
    rows = rows.with_columns(named=pl.col("group").cast(pl.String)).join(
        special, on=["named", "level"], how="left", maintain_order="left"
    )
    return rows.with_columns(target=pl.coalesce("own", "target")).drop("named", "own")


def _table(rows: list[tuple[object, ...]], columns: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col("level").cast(pl.Int8))
