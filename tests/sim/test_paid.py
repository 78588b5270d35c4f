"""What agents cost: their shifts of each day, whoever comes, and what they finish after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk.policy import Policy
from deskkit.sim.outcomes import outcomes
from deskkit.sim.run import ENGINES, simulate
from deskkit.sim.scenario import Agent, Arrivals, Law, Scenario, Shift, Stream

if TYPE_CHECKING:
    from deskkit.sim.run import EngineName, Run

BARE = Policy.load("data/scenarios/validation/policies/bare.toml")
MINUTE, HOUR = 60_000, 3_600_000
RATE = 60.0


def desk(*shifts: Shift, count: int = 1, days: int = 1, warm_up: int = 0, handle: float = MINUTE) -> Scenario:
    """Return customers at nine and half past, though they may come until ten; agents cost 60 an hour."""
    stream = Stream(
        name="all", group="all", arrivals=Arrivals(instants=(9 * HOUR, 9 * HOUR + 30 * MINUTE)),
        turns=Law("constant", 1.0), handle=Law("constant", handle), think=Law("constant", 0.0),
    )  # fmt: skip
    agents = (Agent(name="agent", count=count, groups=("all",), shifts=shifts, cost=RATE),)
    return Scenario(
        name="paid", streams=(stream,), agents=agents, day="2026-11-26", begin_ms=9 * HOUR, end_ms=10 * HOUR, days=days,
        warm_up_ms=warm_up,
    )  # fmt: skip


def cost(run: Run) -> float:
    """Return what a run cost in all."""
    return outcomes(run)["cost_per_resolved"][0]


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest) -> EngineName:
    """Return each engine: they pay alike."""
    name: EngineName = request.param
    return name


def hours(scenario: Scenario, engine: EngineName) -> float:
    """Return for how many hours agents are paid."""
    return cost(simulate(scenario, BARE, engine=engine)) / RATE


def shift(begin: float, end: float, *breaks: tuple[float, float]) -> Shift:
    """Return a shift, in hours."""
    return Shift(
        round(begin * HOUR), round(end * HOUR), tuple((round(one * HOUR), round(other * HOUR)) for one, other in breaks)
    )


def test_a_longer_roster_has_its_price(engine: EngineName) -> None:
    """Four agents for two hours or nine, the same customers between nine and ten: 8 and 36 hours."""
    assert hours(desk(shift(9, 11), count=4), engine) == pytest.approx(8)
    assert hours(desk(shift(8, 17), count=4), engine) == pytest.approx(36)


def test_breaks_are_paid_and_the_time_between_two_shifts_is_not(engine: EngineName) -> None:
    """From eight to five with an hour's break are nine hours, the halves alone eight; shifts that touch are one."""
    assert hours(desk(shift(8, 17, (12, 13))), engine) == pytest.approx(9)
    assert hours(desk(shift(8, 12), shift(13, 17)), engine) == pytest.approx(8)
    assert hours(desk(shift(8, 12), shift(12, 17)), engine) == pytest.approx(9)


def test_what_is_finished_after_a_shift_is_paid(engine: EngineName) -> None:
    """A reply of forty minutes begun at nine, the shift over at half past: ten minutes more than the planned hour."""
    one = desk(shift(8.5, 9.5), handle=40 * MINUTE)
    run = simulate(one, BARE, engine=engine)
    assert (run.steps["replied"] - run.workload.begin).to_list() == [40 * MINUTE]
    assert cost(run) / RATE == pytest.approx(1 + 10 / 60)


def test_every_day_is_paid_and_a_night_to_its_end(engine: EngineName) -> None:
    """Three days of four hours; a night shift of the last day counts to its end, though the run is over."""
    assert hours(desk(shift(8, 12), days=3), engine) == pytest.approx(12)
    assert hours(desk(shift(9, 10), shift(22, 30), days=2), engine) == pytest.approx(18)


def test_a_warm_up_and_what_is_before_it_is_not_paid(engine: EngineName) -> None:
    """Of eight to noon with a warm-up until half past nine two and a half hours are left."""
    assert hours(desk(shift(8, 12), warm_up=30 * MINUTE), engine) == pytest.approx(2.5)


def test_who_is_always_there_is_paid_while_customers_may_come_or_are_served(engine: EngineName) -> None:
    """From nine to ten, and until the last has gone where that is later."""
    assert hours(desk(), engine) == pytest.approx(1)
    assert hours(desk(handle=40 * MINUTE), engine) == pytest.approx(80 / 60)
