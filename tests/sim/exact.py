"""The table of exact values, `data/exact.toml`: one source for formulas, engines and notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deskkit.sim.exact import exact_table

__all__ = ["TABLE"]

TABLE: Final = exact_table(Path(__file__).parents[2] / "data" / "exact.toml")
