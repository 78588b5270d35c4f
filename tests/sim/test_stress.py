"""What breaks first: on studies with made-up numbers, so that every answer is known; and on a desk, once."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.errors import ScenarioError
from deskkit.sim.scenario import Arrivals
from deskkit.sim.stress import Limit, against, breaking, loaded, stress
from deskkit.sim.study import Replication, Study
from tests.sim.days import busy_day

STANDARD = Policy.load("data/policies/standard.toml")


def known(mean: float, half: float, measure: str = "abandonment") -> Study:
    """Return a study of two replications whose mean and half-width are about these."""
    apart = half / 12.706  # Student's, of one degree of freedom
    runs = [
        Replication({measure: (mean + sign * apart, 1.0)}, {}, saturated=False, truncated=False, workload="", log="",
                    periods={})
        for sign in (-1, 1)
    ]  # fmt: skip
    return Study(scenario=busy_day(), policies={"standard": STANDARD}, found={"standard": runs}, seed=0)


def told(means: dict[float, tuple[float, float]], limit: Limit) -> Any:
    """Return what is said of one measure at several loads."""
    rows = breaking({load: known(*numbers) for load, numbers in means.items()}, {"abandonment": limit})
    row = rows.row(0, named=True)
    return row["holds_to"], row["passed_from"], row["crossed_at"]


def test_where_a_limit_is_passed() -> None:
    """Surely within up to a load, surely beyond from another, and the means cross between them on a line."""
    rising = {1.0: (0.02, 0.01), 1.5: (0.08, 0.05), 2.0: (0.12, 0.01)}
    assert told(rising, Limit(most=0.1)) == (1.0, 2.0, pytest.approx(1.75))
    assert told(rising, Limit(most=0.5)) == (2.0, None, None)
    assert told(rising, Limit(most=0.005)) == (None, 1.0, 1.0)


def test_more_may_be_better() -> None:
    """A measure that must be at least so much breaks where it falls below."""
    falling = {1.0: (0.95, 0.01), 1.5: (0.6, 0.1), 2.0: (0.5, 0.1)}
    assert told(falling, Limit(least=0.8)) == (1.0, 1.5, pytest.approx(1 + 0.5 * 0.15 / 0.35))


def test_a_limit_held_again_later_is_passed_all_the_same() -> None:
    """What holds is an unbroken run of loads from the lowest."""
    assert told({1.0: (0.5, 0.1), 1.5: (2.0, 0.1), 2.0: (0.5, 0.1)}, Limit(most=1)) == (
        1.0,
        1.5,
        pytest.approx(1 + 1 / 6),
    )


def test_what_breaks_first_stands_first() -> None:
    """Rows are in order of the load at which they break; what holds is last. `against` has a row for each load."""
    studies = {1.0: known(0.1, 0.01), 2.0: known(0.3, 0.01)}
    for study in studies.values():
        for run in study.found["standard"]:
            run.measures["missed"] = (1.0, 1.0)
    limits = {"missed": Limit(most=5), "abandonment": Limit(most=0.2)}
    assert breaking(studies, limits)["measure"].to_list() == ["abandonment", "missed"]
    rows = against(studies, limits)
    sides = {name: limit.most is not None for name, limit in limits.items()}
    assert dict(rows.select("measure", "is_most").rows()) == sides
    assert rows.height == 4
    assert rows.filter(measure="abandonment")["mean"].to_list() == pytest.approx([0.1, 0.3])


def test_the_load_of_a_desk() -> None:
    """Twice the customers are about twice as many, on every day; what has no rates cannot be raised."""
    studies = stress(busy_day(hours=0.5), STANDARD, [1.0, 2.0], replications=2, seed=1)
    many = [studies[load].estimate("conversations").mean or 0 for load in (1.0, 2.0)]
    assert 1.5 < many[1] / many[0] < 2.6
    long = structs.replace(busy_day(), days=2, factors={"2026-06-19": 3.0})
    assert loaded(long, 2).factors == {"2026-06-18": 2.0, "2026-06-19": 6.0}
    traced = structs.replace(busy_day().streams[0], arrivals=Arrivals(instants=(1_000,)))
    for hard in (structs.replace(busy_day(), day=""), structs.replace(busy_day(), streams=(traced,))):
        with pytest.raises(ScenarioError, match="cannot be raised"):
            loaded(hard, 2)
    for odd in (-1.0, float("nan"), float("inf"), 1e9):
        with pytest.raises(ScenarioError, match="no load"):
            loaded(busy_day(), odd)
