"""The engine against exact values: queues, patience, priorities, notice, tabs, whole desks.

Each case is simulated with a fixed seed in so many replications as it states; every measure is a ratio of expectations
with a standard error by the delta method. Each must lie within four standard errors, with a standard error of at most
5 % of the exact value (2 % in full), and the sum of the squares within its 99.9 % chi-square band.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest
from scipy import special

from tests.sim.cases import CASES, Case, measured, ratios

SEED = 7
IN_CI = [case for case in CASES if case.in_ci]


def scores(case: Case, *, seed: int = SEED, times: int = 1) -> tuple[dict[str, float], dict[str, float]]:
    """Return the z and the relative standard error of each measure."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        run = partial(_measured, case.name, seed)
        found = list(pool.map(run, range(case.replications * times)))
    z, precision = {}, {}
    for name, exact in case.exact.items():
        mean, error = ratios(found, name)
        z[name] = (mean - exact) / error
        precision[name] = error / exact
    return z, precision


def _measured(name: str, seed: int, replication: int) -> dict[str, tuple[float, float]]:
    case = next(case for case in CASES if case.name == name)
    return measured(case, replication, seed=seed)


def judged(case: Case, z: dict[str, float], precision: dict[str, float], *, most: float) -> None:
    """Hold a case to the rule."""
    assert all(abs(one) < 4 for one in z.values()), f"{case.name}: {z}"
    assert all(one <= most for one in precision.values()), f"{case.name} is not precise: {precision}"
    total = sum(one**2 for one in z.values())
    assert total < special.chdtri(len(z), 0.001), f"{case.name}: together too far off, {z}"


@pytest.mark.parametrize("case", IN_CI, ids=lambda case: str(case.name))
def test_the_engine_lands_on_the_exact_values(case: Case) -> None:
    """Seed 7; replications as the case states."""
    judged(case, *scores(case), most=0.05)


@pytest.mark.full
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_the_engine_lands_on_the_exact_values_in_full(case: Case) -> None:
    """The same with seed 11 and six times the replications, every case."""
    judged(case, *scores(case, seed=11, times=6), most=0.02)


def test_the_rule_notices_a_wrong_number() -> None:
    """Positive control: values that are 10 % off are refused."""
    case = next(case for case in CASES if case.name == "E1.4")
    wrong = case._replace(exact={name: 1.1 * exact for name, exact in case.exact.items()})
    with pytest.raises(AssertionError):
        judged(wrong, *scores(wrong), most=0.05)
