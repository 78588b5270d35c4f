"""The days of a run: agents come on each of them, by the clock on the wall, without a break at seams."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from deskkit.clock import instant
from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.sim.days import DAY_MS, Days
from deskkit.sim.duty import scenario_from
from deskkit.sim.run import ENGINES, Run, simulate
from deskkit.sim.scenario import Agent, Arrivals, Law, Point, Scenario, Shift, Stream
from deskkit.sim.trace import workload_from

if TYPE_CHECKING:
    from collections.abc import Iterable

H: Final = 3_600_000
STANDARD: Final = Policy.load("data/policies/standard.toml")
YORK: Final = STANDARD.edit({"zone": "America/New_York"})
ENGINE_IDS: Final = pytest.mark.parametrize("engine", ENGINES)


def desk(*shifts: Shift, days: int = 1, day: str = "2026-06-15", hours: tuple[int, int] = (9, 18)) -> Scenario:
    """Return a desk of three agents alike, to whom twenty customers an hour come."""
    stream = Stream(
        name="q", group="presales", arrivals=Arrivals(points=(Point(0, 20.0),)), turns=Law("constant", 1.0),
        handle=Law("constant", 30_000.0),
    )  # fmt: skip
    agent = Agent(name="chen", count=3, groups=("presales",), shifts=shifts)
    return Scenario(
        name="days", day=day, days=days, begin_ms=hours[0] * H, end_ms=hours[1] * H, streams=(stream,), agents=(agent,)
    )


def comings(run: Run) -> list[str]:
    """Return when the first agent comes and goes, as the clock of the desk shows it."""
    zone = ZoneInfo(run.policy.schema.zone)
    return [
        f"{datetime.fromtimestamp(event.at / 1000, tz=zone):%d %H:%M} {event.presence}"
        for event in run.events
        if isinstance(event, e.PresenceSet) and event.agent == "chen-1"
    ]


def days_of(run: Run, instants: Iterable[int]) -> Counter[int]:
    """Count instants by the day of the month."""
    return Counter(datetime.fromtimestamp(at / 1000, tz=ZoneInfo(run.policy.schema.zone)).day for at in instants)


@cache
def three_days() -> Run:
    """Return three days of a log."""
    return simulate(desk(Shift(8 * H, 19 * H), days=3), STANDARD, seed=1)


@ENGINE_IDS
def test_the_people_of_one_day_come_on_each_day_of_a_log(engine: str) -> None:
    """Three days of customers, agents of a scenario of one: all come thrice, and answer thrice."""
    workload = workload_from(three_days().log, policy=STANDARD)
    run = simulate(desk(Shift(8 * H, 19 * H)), STANDARD, workload=workload, engine=engine)  # type: ignore[arg-type]
    assert comings(run)[:5] == comings(three_days())[:5]  # the run ends with the last customer
    assert [line[:2] for line in comings(run) if line.endswith("online")] == ["15", "16", "17"]
    assert set(days_of(run, run.steps["replied"])) == {15, 16, 17}
    assert run.left_over == 0


@ENGINE_IDS
def test_the_people_of_a_log_come_when_they_came(engine: str) -> None:
    """Their hours are of one run of three days, and come no second time."""
    run = three_days()
    workload = workload_from(run.log, policy=STANDARD)
    again = simulate(scenario_from(run.log, workload, policy=STANDARD), STANDARD, workload=workload, engine=engine)  # type: ignore[arg-type]
    assert comings(again)[1:5] == comings(run)[1:5]  # the first day begins with the first customer


@ENGINE_IDS
def test_nine_is_nine_also_after_the_clock_was_put_back(engine: str) -> None:
    """Shifts and customers of three days around the first of November in New York; in Shanghai nothing changes."""
    for policy in (YORK, STANDARD):
        run = simulate(desk(Shift(9 * H, 18 * H), day="2026-10-31", days=3), policy, seed=1, engine=engine)  # type: ignore[arg-type]
        said = [f"{day} {what}" for day in ("31", "01", "02") for what in ("09:00 online", "18:00 offline")]
        assert comings(run)[:5] == said[:5]  # the run ends with the last customer
        zone = ZoneInfo(policy.schema.zone)
        hours = {datetime.fromtimestamp(at / 1000, tz=zone).hour for at in run.workload.conversations["at"]}
        assert hours == set(range(9, 18))
        passed = run.workload.end - run.workload.begin
        assert passed == 2 * DAY_MS + (10 if policy is YORK else 9) * H


@pytest.mark.parametrize(("day", "hours"), [("2026-11-01", 25), ("2026-03-08", 23), ("2026-06-15", 24)])
def test_an_instant_is_what_the_clock_shows(day: str, hours: int) -> None:
    """Both ways, for each quarter of an hour that the clock shows once; arrays as single numbers."""
    days = Days(instant(f"{day}T00:00", zone="America/New_York"), "America/New_York")
    assert days.instant(DAY_MS) - days.midnight == hours * H
    shown = np.arange(4 * H, 2 * DAY_MS, H // 4)
    instants = days.instants(shown)
    assert instants.tolist() == [days.instant(ms) for ms in shown.tolist()]
    assert [days.shown(at) for at in instants.tolist()] == shown.tolist()


@ENGINE_IDS
@pytest.mark.parametrize(
    ("shifts", "said"),
    [
        ((Shift(22 * H, 24 * H), Shift(0, 6 * H)), ["15 00:00 online", "15 06:00 offline", "15 22:00 online",
                                                   "16 06:00 offline", "16 22:00 online", "17 00:00 offline"]),
        ((Shift(9 * H, 12 * H), Shift(12 * H, 18 * H)), ["15 09:00 online", "15 18:00 offline", "16 09:00 online",
                                                        "16 18:00 offline"]),
        ((Shift(9 * H, 12 * H), Shift(13 * H, 18 * H)), ["15 09:00 online", "15 12:00 offline", "15 13:00 online",
                                                        "15 18:00 offline", "16 09:00 online", "16 12:00 offline",
                                                        "16 13:00 online", "16 18:00 offline"]),
    ],
    ids=["a night", "two halves", "an hour between"],
)  # fmt: skip
def test_shifts_that_touch_are_one(shifts: tuple[Shift, ...], said: list[str], engine: str) -> None:
    """On one day and over midnight: nobody goes and comes at the seam; with an hour between they do."""
    hours = (0, 24) if shifts[0].begin_ms == 22 * H else (9, 18)
    run = simulate(desk(*shifts, days=2, hours=hours), STANDARD, seed=2, engine=engine)  # type: ignore[arg-type]
    assert comings(run)[: len(said) - 1] == said[:-1]  # the run ends with the last customer
