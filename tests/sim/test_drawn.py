"""The engine against formulas with drawn numbers: what is exact for the table's numbers is exact for others too.

Each drawn case runs in 32 replications with a seed of its own; every value must lie within four standard errors, and
the squares of all scores of values of one name must sum to something inside their 99.9 % band. Standard errors may be
larger than in `test_exact`, for many short cases find what few long ones do not: 20 % in CI, 25 % in
full, where the draws are many and some of them hard.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from typing import TYPE_CHECKING

import pytest

from deskkit.sim.queueing import tabs
from tests.sim.cases import REPLICATIONS, Score, judge, lived, scored
from tests.sim.drawn import FAMILIES, drawn
from tests.sim.test_exact import outside

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 7
IN_CI = ("B", "D6", "D8", "E7", "H5", "H8")
FEW, MANY = 150, 300
NUMBERS = range(1, 6)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two processes, begun once."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as found:
        yield found


def _lived(family: str, number: int, replies: int, replication: int) -> dict[str, tuple[float, ...]]:
    case = drawn(family, number, replies=replies)
    return lived(case, seed=SEED, replication=replication, hours=case.full)


@cache
def readings(family: str, number: int, replies: int, pool: ProcessPoolExecutor) -> list[dict[str, tuple[float, ...]]]:
    """Live through all replications of a drawn case."""
    return list(pool.map(partial(_lived, family, number, replies), range(REPLICATIONS)))


def scores(family: str, number: int, replies: int, pool: ProcessPoolExecutor) -> dict[str, Score]:
    """Return how far each value of a drawn case is off."""
    return scored(drawn(family, number, replies=replies), readings(family, number, replies, pool))


@pytest.mark.parametrize("family", IN_CI)
def test_other_numbers_come_out_right_too(family: str, pool: ProcessPoolExecutor) -> None:
    """The first draw of some families: seed 7, 32 replications of some 150 replies."""
    judge(drawn(family, 0, replies=FEW), scores(family, 0, FEW, pool), most=0.2)


@pytest.mark.full
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("family", FAMILIES)
def test_many_other_numbers_come_out_right_too(family: str, number: int, pool: ProcessPoolExecutor) -> None:
    """Five further draws of every family: seed 7, 32 replications of some 300 replies."""
    judge(drawn(family, number, replies=MANY), scores(family, number, MANY, pool), most=0.25)


@pytest.mark.full
def test_no_value_is_off_a_little_in_every_draw(pool: ProcessPoolExecutor) -> None:
    """Squares of scores add up to what chance gives, for each name of a value."""
    found = {f"{family} {n}": scores(family, n, MANY, pool) for family in FAMILIES for n in NUMBERS}
    assert outside(found) == []


def test_draws_differ_and_stay() -> None:
    """A draw is the same whenever it is asked for, and no two of a family are alike."""
    for family in FAMILIES:
        cases = [drawn(family, n, replies=FEW) for n in range(7)]
        assert cases == [drawn(family, n, replies=FEW) for n in range(7)]
        assert len({tuple(case.exact.values()) for case in cases}) == 7


def test_the_formula_of_another_configuration_is_refused(pool: ProcessPoolExecutor) -> None:
    """Positive control: tabs that cost time to change do not land where tabs without that cost would."""
    case = drawn("E7", 0, replies=FEW)
    stream, count = case.scenario.streams[0], len(case.scenario.streams[0].arrivals.instants)
    free = tabs(count, handle=stream.handle.mean / 1_000, think=stream.think.mean / 1_000)
    wrong = case._replace(exact={"reply": free.reply})
    found = readings("E7", 0, FEW, pool)
    with pytest.raises(AssertionError, match="reply"):
        judge(wrong, scored(wrong, found), most=0.2)
