"""Exact cases as configurations to be lived through: which file, how long, what is read off, and how it is judged.

All cases of the table are here. The generators of case I1 need no engine: they are drawn alone. Where a conversation is
given at once and noticed late (D9), the wait ends when the agent looks, not when the queue ends.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import numpy as np
from scipy import special

from deskkit.desk.policy import Policy
from deskkit.sim.arrivals import begun
from deskkit.sim.draws import SEEDS, Key
from deskkit.sim.readings import READINGS, UNITS, Reading, estimate
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Law
from deskkit.sim.scenariofile import load_scenario
from tests.sim.exact import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskkit.sim.exact import Exact
    from deskkit.sim.run import EngineName
    from deskkit.sim.scenario import Scenario

__all__ = [
    "CASES",
    "PRECISE",
    "REPLICATIONS",
    "TABLE",
    "Case",
    "Score",
    "judge",
    "lived",
    "policy_of",
    "scenario_of",
    "scored",
    "seed_of",
]

REPLICATIONS: Final = 32
PRECISE: Final = 0.02  # in full
FOLDER: Final = Path(__file__).parents[2] / "data" / "scenarios" / "validation"
HOUR: Final = UNITS["h"]


class Case(NamedTuple):
    """A case: a scenario without its length, a policy, values by name, how long to run (hours) at either size.

    `ci` is 0 where CI does not run it. So many hours `warm` at the beginning and at the end are not measured. Values
    named in `rough` are rare or slow to settle: in CI they are held to the score alone, not to the precision.
    """

    name: str
    scenario: Scenario
    policy: str
    exact: dict[str, float]
    unit: int
    within_ms: int
    full: float
    ci: float = 0.0
    warm: float = 2.0
    rough: tuple[str, ...] = ()


class Score(NamedTuple):
    """How far a value is from the exact one, in standard errors, and the standard error as a share of it."""

    z: float
    precision: float


def policy_of(name: str) -> str:
    """Return the text of a policy of exact cases."""
    return (FOLDER / "policies" / f"{name}.toml").read_text(encoding="utf-8")


def scenario_of(name: str) -> Scenario:
    """Return a scenario of exact cases."""
    return load_scenario(FOLDER / f"{name}.toml")


def seed_of(case: Case, seed: int) -> int:
    """Return a seed of the case's own, so that cases are independent and their scores may be added up."""
    return zlib.crc32(f"{seed} {case.name}".encode()) % SEEDS


def lived(
    case: Case, *, seed: int, replication: int, hours: float, engine: EngineName = "simpy"
) -> dict[str, tuple[float, ...]]:
    """Live through one replication of a case, so many hours long, and return its readings."""
    seed = seed_of(case, seed)
    if case.name == "I1":
        return dict.fromkeys(case.exact, _counts(case.scenario, seed, replication, days=round(hours / 24)))
    end, warm = round(hours * HOUR), round(case.warm * HOUR)
    fixed = case.scenario.drain and not case.warm  # a day of its own length
    scenario = case.scenario if fixed else msgspec.structs.replace(case.scenario, end_ms=end, warm_up_ms=warm)
    runs = range(round(hours * HOUR / scenario.end_ms)) if fixed else range(1)
    found: dict[str, tuple[float, ...]] = {}
    for n in runs:
        number = replication * len(runs) + n
        run = simulate(scenario, Policy.parse(case.policy), seed=seed, replication=number, engine=engine)
        for name in case.exact:
            numbers = reading(case, name).of(run, case.unit, case.within_ms)
            found[name] = tuple(np.add(found[name], numbers).tolist()) if name in found else numbers
    return found


def _counts(scenario: Scenario, seed: int, replication: int, *, days: int) -> tuple[float, ...]:
    """Return sums over days of 1, the count, its square, the counts of the halves, their squares and product."""
    begin, end = scenario.begin_ms, scenario.end_ms
    halves = np.zeros((days, 2))
    for day in range(days):
        key = Key(seed, replication * days + day)
        at = begun(scenario.streams[0].arrivals, key=key, stream=0, day=0, begin=begin, end=end).at
        halves[day] = np.histogram(at, [begin, (begin + end) // 2, end])[0]
    one, other = halves.T
    both = one + other
    return tuple(float(each.sum()) for each in (one**0, both, both**2, one, other, one**2, other**2, one * other))


def _spread(sums: Sequence[float]) -> float:
    days, all_, square = sums[:3]
    return float(np.sqrt((square - all_**2 / days) / (days - 1)))


def _dispersion(sums: Sequence[float]) -> float:
    return _spread(sums) ** 2 / (sums[1] / sums[0])


def _correlation(sums: Sequence[float]) -> float:
    days, _, _, one, other, ones, others, product = sums
    together = product / days - one * other / days**2
    return together / float(np.sqrt((ones / days - (one / days) ** 2) * (others / days - (other / days) ** 2)))


_OF_COUNTS: Final = {"sd": _spread, "dispersion": _dispersion, "correlation": _correlation}


def reading(case: Case, name: str) -> Reading:
    """Return how a value of a case is read."""
    return READINGS["viewed" if case.name.startswith("D9") and name == "wait" else name]


def scored(case: Case, found: Sequence[dict[str, tuple[float, ...]]]) -> dict[str, Score]:
    """Compare readings with the exact values; what is exactly zero must be zero without error."""
    scores = {}
    for name, exact in case.exact.items():
        value = _OF_COUNTS[name] if name in _OF_COUNTS else reading(case, name).value
        mean, error = estimate([one[name] for one in found], value)
        if error:
            scores[name] = Score((mean - exact) / error, error / abs(exact))
        else:
            scores[name] = Score(0.0 if mean == exact else float("inf"), 0.0)
    return scores


def judge(case: Case, scores: dict[str, Score], *, most: float) -> None:
    """Hold a case to the rule: every |z| below 4, every standard error at most a share of the exact value."""
    assert scores, f"{case.name} reads nothing"
    assert all(abs(one.z) < 4 for one in scores.values()), f"{case.name}: {scores}"
    precise = {name: one.precision for name, one in scores.items() if most <= PRECISE or name not in case.rough}
    assert max(precise.values()) <= most, f"{case.name} is not precise: {precise}"


def band(zs: Iterable[float]) -> tuple[float, float, float]:
    """Return the sum of squares of independent scores, and its 99.9 % band.

    Examples
    --------
    >>> [round(one, 1) for one in band([1.0, -1.0, 1.0])]
    [3.0, 0.0, 17.7]
    """
    squares = [z**2 for z in zs]
    half = 0.0005
    return sum(squares), float(special.chdtri(len(squares), 1 - half)), float(special.chdtri(len(squares), half))


# ---------------------------------------------------------------- the cases

SIZES: Final[dict[str, tuple[float, float, float]]] = {
    "A1": (325, 0, 8), "A2": (110, 0, 1), "A3": (56, 6, 1.5), "A4": (190, 0, 3), "A6": (200, 0, 1.5),
    "B1": (72, 0, 0.3), "B2": (158, 0, 1), "B4": (8, 1.7, 0.4),
    "C1": (1060, 0, 0.5), "C2": (560, 8, 1), "C6": (5.6, 1.2, 0.2),
    "D1": (243, 0, 1.5), "D2": (290, 0, 4), "D3": (68, 27, 2), "D5": (192, 0, 5), "D8": (345, 0, 5),
    "D9": (84, 18, 2),
    "E1.1": (18.4, 0, 0.5), "E1.2": (12, 1.4, 0.5), "E1.3": (13.2, 0, 0.5), "E1.4": (24.8, 1.8, 0.5),
    "E1.2 constant": (8.8, 0, 0.5), "E1.3 constant": (12.4, 1.4, 0.5), "E1.4 constant": (12, 0, 0.5),
    "E1.2 lognormal": (9.6, 0, 0.5), "E1.3 lognormal": (10.4, 1.3, 0.5), "E1.4 lognormal": (9.6, 0, 0.5),
    "E7": (20, 0, 0.5), "E8": (18, 1.5, 0.5), "E9": (32, 0, 0.5), "E10": (14.4, 1.5, 0.5), "E11": (16.8, 1.6, 0.5),
    "F1": (120, 0, 0), "F2": (2976, 72, 24), "F3": (5784, 0, 24),
    "H1": (144, 0, 3), "H3": (13.5, 4.8, 1.5), "H4": (850, 0, 4), "H8": (7.6, 1.5, 0.2), "I1": (7296, 1200, 0),
}  # fmt: skip
"""Hours of one of 32 replications at full size and in CI (0: not in CI), and of the warm-up.

They follow from the standard errors of a trial of each case.
"""

ROUGH: Final = {"A3": ("queue", "wait"), "C2": ("empty",), "F2": ("lag",)}


def _case(row: Exact) -> Case:
    full, ci, warm = SIZES[row.id]
    return Case(
        row.id, scenario_of(row.scenario), policy_of(row.policy), row.exact, UNITS[row.unit], row.within_ms, full, ci,
        warm, ROUGH.get(row.id, ()),
    )  # fmt: skip


def _thinking(n: int, law: Law) -> Case:
    """Return tabs whose customers think by another law: the same values come out, only the mean of it matters."""
    base = _case(TABLE[f"E1.{n}"])
    stream = msgspec.structs.replace(base.scenario.streams[0], think=law)
    scenario = msgspec.structs.replace(base.scenario, streams=(stream,))
    full, ci, warm = SIZES[f"E1.{n} {law.kind}"]
    return base._replace(
        name=f"E1.{n} {law.kind}", scenario=scenario, exact={"reply": base.exact["reply"]}, full=full, ci=ci, warm=warm
    )


CASES: Final = (
    *(_case(row) for row in TABLE.values()),
    *(_thinking(n, law) for n in (2, 3, 4) for law in (Law("constant", 60_000), Law("lognormal", 60_000, 1.3))),
)
