"""Exact cases tried: the engine lives through desks whose measures are known to ten digits, and is compared.

The table of values is one for formulas, engines and notebooks; its scenarios and policies lie beside it. The engine
knows no formula: that it lands on them, within its standard error, is the reason to believe it where there is none.
"""

from __future__ import annotations

import tomllib
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import polars as pl
from msgspec import structs
from scipy import special

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.estimates import student
from deskkit.sim.processes import in_order
from deskkit.sim.readings import READINGS, UNITS, Reading, estimate
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.workload import sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["QUICK", "Band", "Exact", "Size", "chi_square", "exact_table", "tried"]

_HALF: Final = 0.0005  # beyond either end of the 99.9 % band


class Exact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A configuration and what comes out: files of `data/scenarios/validation`, unit of times, values by name."""

    id: str
    title: str
    scenario: str
    policy: str
    unit: str
    exact: dict[str, float]
    within_ms: int = 0


class Size(NamedTuple):
    """How long one replication of a case is, how much of it is not measured (hours), and which values are read."""

    hours: float
    warm: float
    values: tuple[str, ...]


class Band(NamedTuple):
    """A sum of squared scores, and between which numbers it lies in 99.9 of 100 studies if all values are right."""

    total: float
    low: float
    high: float
    cases: int


QUICK: Final[Mapping[str, Size]] = {
    "C6": Size(0.6, 0.15, ("p_block",)),
    "C2": Size(5, 0.5, ("p_block", "occupancy")),
    "B4": Size(0.6, 0.15, ("p_abandon", "wait_served")),
    "D3": Size(7, 0.7, ("wait",)),
    "D9": Size(6, 0.5, ("wait",)),
    "E1.4": Size(1.5, 0.1, ("reply", "rate")),
    "E7": Size(2, 0.1, ("reply", "lost")),
    "E8": Size(1.5, 0.1, ("reply", "lost")),
    "E9": Size(1.5, 0.1, ("reply", "lost")),
    "E10": Size(1.5, 0.1, ("reply", "lost")),
    "E11": Size(1.5, 0.1, ("reply_vip", "reply_regular")),
    "H3": Size(2.5, 0.3, ("p_lost", "reply")),
}
"""Cases that a minute suffices for; the first value of each counts in the sum of squares."""


def exact_table(path: str | Path) -> dict[str, Exact]:
    """Read the table of exact values.

    Examples
    --------
    >>> exact_table("data/exact.toml")["E8"].exact["reply"]
    37.9674834
    """
    with Path(path).open("rb") as file:
        found = msgspec.convert(tomllib.load(file)["case"], list[Exact])
    return {one.id: one for one in found}


def tried(
    path: str | Path,
    *,
    sizes: Mapping[str, Size] = QUICK,
    times: float = 1.0,
    replications: int = 8,
    seed: int = 7,
    workers: int = 1,
    level: float = 0.95,
) -> pl.DataFrame:
    """Live through exact cases and compare.

    Parameters
    ----------
    path : str or Path
        The table of exact values; ``scenarios/validation`` lies beside it.
    sizes : mapping of str to Size
        Which cases, how long, and what is read off each.
    times : float
        On every length: 16 for the precision of a paper.
    replications : int
        At least 2.
    seed : int
        Each case has its own of it, so that cases are independent.
    workers : int
        Processes; the result is the same for any number.
    level : float
        Of each interval, alone.

    Returns
    -------
    DataFrame, one row per value
        `case`, `title`, `value` (its name), `exact`, `simulated`, `half_width`, `z` (how many standard errors it is
        off, as a normal score: that of Student's law with the same probability), `unit` (of a time), `counts` (in
        `chi_square`), `n`.

    Raises
    ------
    ScenarioError
        There is no such case or value, or one replication only, which has no error.

    Examples
    --------
    >>> found = tried("data/exact.toml", sizes={"E1.4": Size(0.5, 0.1, ("reply",))}, replications=3)
    >>> found["exact"].to_list(), found["z"].abs().max() < 4
    ([40.76923077], True)
    """
    table = exact_table(path)
    for case, size in sizes.items():
        known = [*table[case].exact] if case in table else []
        for value in size.values:
            if value not in known:
                raise ScenarioError(
                    "The table has no such value.", place=str(path), value=f"{value} of {case}",
                    expected=", ".join(known or table), example='{"E8": Size(1.5, 0.1, ("reply",))}',
                )  # fmt: skip
    if replications <= 1:
        raise ScenarioError(
            "One replication has no error.", place="replications", value=replications, expected="2 or more",
            example="replications=8",
        )  # fmt: skip
    jobs = [(case, n) for case in sizes for n in range(replications)]
    work = partial(_read, Path(path).parent / "scenarios" / "validation", table, sizes, times, seed)
    found: dict[str, list[dict[str, tuple[float, ...]]]] = {case: [] for case in sizes}
    for (case, _), numbers in in_order(work, jobs, workers=workers):
        found[case].append(numbers)
    rows = [row for case, size in sizes.items() for row in _scored(table[case], size, found[case], level)]
    kinds = {"counts": pl.Boolean, "n": pl.Int64} | dict.fromkeys(("case", "title", "value", "unit"), pl.String)
    names = ("case", "title", "value", "exact", "simulated", "half_width", "z", "unit", "counts", "n")
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.Float64) for name in names}, orient="row")


def chi_square(found: pl.DataFrame) -> Band:
    """Return the sum of squared scores of a comparison, one value of each case, with its 99.9 % band.

    A small bias in many cases, which none alone shows, is seen here.

    Examples
    --------
    >>> rows = pl.DataFrame({"z": [1.0, -1.0, 5.0], "counts": [True, True, False]})
    >>> [round(one, 2) for one in chi_square(rows)]
    [2.0, 0.0, 15.2, 2]
    """
    scores = found.filter("counts")["z"]
    n = scores.len()
    total = float((scores**2).sum())
    return Band(total, float(special.chdtri(n, 1 - _HALF)), float(special.chdtri(n, _HALF)), n)


def _read(
    folder: Path, table: Mapping[str, Exact], sizes: Mapping[str, Size], times: float, seed: int, job: tuple[str, int]
) -> dict[str, tuple[float, ...]]:
    """Live through one replication of a case and read it off."""
    case, n = job
    about, size = table[case], sizes[case]
    end, warm = (round(hours * times * UNITS["h"]) for hours in (size.hours, size.warm))
    scenario = structs.replace(load_scenario(folder / f"{about.scenario}.toml"), end_ms=end, warm_up_ms=warm)
    policy = Policy.load(folder / "policies" / f"{about.policy}.toml")
    workload = sample(scenario, seed=zlib.crc32(f"{seed} {case}".encode()), replication=n)
    run = simulate(scenario, policy, workload=workload)
    unit = UNITS[about.unit]
    return {name: _reading(case, name).of(run, unit, about.within_ms) for name in size.values}


def _reading(case: str, name: str) -> Reading:
    """Return how a value is read: what is noticed late is given at once, so its wait ends with the look."""
    return READINGS["viewed" if case == "D9" and name == "wait" else name]


def _scored(
    about: Exact, size: Size, found: Sequence[dict[str, tuple[float, ...]]], level: float
) -> list[tuple[object, ...]]:
    freedom = len(found) - 1
    rows: list[tuple[object, ...]] = []
    for name in size.values:
        exact = about.exact[name]
        mean, error = estimate([one[name] for one in found], _reading(about.id, name).value)
        score = (mean - exact) / error
        # From its own tail: near 1 a probability has no digits left.
        z = -abs(float(special.ndtri(special.stdtr(freedom, -abs(score)))))
        rows.append((
            about.id, about.title, name, exact, mean, student(level, freedom) * error, -z if score > 0 else z,
            about.unit, name == size.values[0], len(found),
        ))  # fmt: skip
    return rows
