"""A rule whose signal no customer writes was not tried: a study says so."""

from __future__ import annotations

from deskkit.desk.policy import Policy
from deskkit.sim.run import simulate
from deskkit.sim.scenariofile import load_scenario
from deskkit.sim.trace import workload_from
from deskkit.sim.unspoken import unspoken, untried

STANDARD = Policy.load("data/policies/standard.toml")
SMALL = load_scenario("data/scenarios/small.toml")


def test_what_nobody_writes_is_named() -> None:
    """In the small morning nobody complains; on the shipped weekday everything occurs (the control)."""
    (said,) = untried(SMALL, {"a": STANDARD, "b": STANDARD}, None)
    assert said.startswith("a, b: nobody writes")
    assert "complaint" in said
    assert "product" not in said
    assert untried(load_scenario("data/scenarios/weekday.toml"), {"a": STANDARD}, None) == ()


def test_what_no_rule_asks_for_is_not_missed() -> None:
    """The signal of mere courtesies stands in no condition."""
    assert STANDARD.schema.courtesy
    assert STANDARD.schema.courtesy not in unspoken([], STANDARD)
    assert "complaint" in unspoken([], STANDARD)


def test_of_given_customers_their_own_texts_count() -> None:
    """Not those of the scenario's streams."""
    run = simulate(SMALL, STANDARD, seed=3)
    weekday = load_scenario("data/scenarios/weekday.toml")
    assert untried(weekday, {"a": STANDARD}, workload_from(run.log, policy=STANDARD)) != ()
