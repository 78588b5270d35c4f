"""The table of exact values, `data/exact.toml`: one source for formulas, engines and notebooks."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import msgspec

__all__ = ["TABLE", "Exact"]

_FOLDER: Final = Path(__file__).parents[2] / "data"


class Exact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A configuration and what comes out: files of `data/scenarios/validation`, unit of times, values by name."""

    id: str
    title: str
    scenario: str
    policy: str
    unit: str
    exact: dict[str, float]
    within_ms: int = 0


def _read() -> dict[str, Exact]:
    with (_FOLDER / "exact.toml").open("rb") as file:
        found = msgspec.convert(tomllib.load(file)["case"], list[Exact])
    return {one.id: one for one in found}


TABLE: Final = _read()
