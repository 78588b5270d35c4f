"""Who gave up waiting is known to a run, whatever its log says: told or silent, answered after all or not."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.outcomes import _grows, _unanswered, judged, outcomes, saturated
from deskkit.sim.printing import printed
from deskkit.sim.queueing.erlang import erlang_a, erlang_c
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenario import Agent, Arrivals, Cost, Law, Patience, Point, Scenario, Stream
from deskkit.sim.sheet import stress_sheet
from deskkit.sim.stress import LIMITS, breaking
from deskkit.sim.tuning.goals import goals_of, limits_of

if TYPE_CHECKING:
    from deskkit.sim.run import EngineName
    from deskkit.sim.study import Study

BARE = Policy.load("data/scenarios/validation/policies/bare.toml")
HOUR = 3_600_000
LOAD, AGENTS, HANDLE, PATIENCE = 2.0, 3, 120_000.0, 30_000.0
SEED = 5
ONCE = (0.0, 1 / 2, 1.0)


def desk(silent: float, *, turns: float = 1.0, load: float = LOAD) -> Scenario:
    """Return M/M/3: at a load of 2 60 customers an hour, 2 minutes for each and 30 seconds of patience in the queue."""
    stream = Stream(
        name="all", group="all", arrivals=Arrivals(points=(Point(0, load * HOUR / HANDLE),)),
        turns=Law("constant", turns), handle=Law("exponential", HANDLE), think=Law("constant", 0.0),
        patience=Patience(queue=Law("exponential", PATIENCE), silent=silent),
    )  # fmt: skip
    agents = (Agent(name="agent", count=AGENTS, groups=("all",), capacity=1.0),)
    return Scenario(name="impatient", streams=(stream,), agents=agents, end_ms=12 * HOUR, warm_up_ms=HOUR)


@cache
def lived(silent: float, engine: EngineName = "simpy", turns: float = 1.0) -> Run:
    """Live through half a day."""
    return simulate(desk(silent, turns=turns), BARE, seed=SEED, engine=engine)


@cache
def study(silent: float) -> Study:
    """Live through some days."""
    return replicate(desk(silent), BARE, replications=4, seed=SEED)


def share(ratio: tuple[float, float]) -> float:
    """Return a ratio as a number."""
    return ratio[0] / ratio[1]


def test_of_those_who_tell_a_run_knows_what_its_log_does() -> None:
    """As many as abandon, and those are the ones: the control of all below. About as many as Erlang's formula says."""
    run = lived(0.0)
    left = [event.conversation for event in run.events if isinstance(event, e.CustomerLeft)]
    assert sorted(run.gave_up) == sorted(left) != []
    found = outcomes(run)
    assert found["gave_up"] == pytest.approx(found["abandonment"])
    exact = erlang_a(LOAD / HANDLE, handle=HANDLE, agents=AGENTS, patience=PATIENCE).p_abandon
    assert share(found["gave_up"]) == pytest.approx(exact, abs=0.04)


def test_those_without_a_word_are_counted_though_their_log_calls_them_resolved() -> None:
    """All get their last reply, so nobody leaves in the log; who gave up is as many as the queue's formula says.

    They stay in the queue and are answered: M/M/3 without leaving, where a patience of mean p ends before an
    exponential wait of mean w in w / (w + p) of those who wait.
    """
    run = lived(1.0)
    assert not any(isinstance(event, e.CustomerLeft) for event in run.events)
    found = outcomes(run)
    assert found["abandonment"][0] == found["abandonment_silent"][0] == 0
    assert found["gave_up"][1] == found["abandonment"][1]
    wait = HANDLE / (AGENTS - LOAD)
    estimate = study(1.0).estimate("gave_up")
    assert estimate.mean == pytest.approx(erlang_c(LOAD, AGENTS) * wait / (wait + PATIENCE), abs=0.06)


def test_who_does_not_go_on_after_a_reply_is_found_gone() -> None:
    """With two turns silent abandonment is seen, and still less than gave up."""
    found = outcomes(lived(1.0, turns=2.0))
    assert 0 < found["abandonment_silent"][0] <= found["gave_up"][0]


@pytest.mark.parametrize("turns", [1.0, 2.0])
@pytest.mark.parametrize("silent", ONCE)
def test_either_engine_knows_the_same(silent: float, turns: float) -> None:
    """The same conversations, in the same order; the log is the same too."""
    slow, fast = (lived(silent, engine, turns) for engine in ("simpy", "compiled"))
    assert slow.gave_up.to_list() == fast.gave_up.to_list() != []
    assert slow.digest == fast.digest
    assert outcomes(slow)["gave_up"] == outcomes(fast)["gave_up"]


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_who_gave_up_costs_what_a_lost_customer_costs(engine: EngineName) -> None:
    """Also without a word: the log calls all of them resolved, and nothing else is paid for here."""
    scenario = structs.replace(desk(1.0), cost=Cost(per_lost=7.0))
    found = outcomes(simulate(scenario, BARE, seed=SEED, engine=engine))
    assert found["abandonment"][0] == 0 < found["gave_up"][0]
    assert found["cost_per_resolved"] == (7.0 * found["gave_up"][0], found["resolved"][0])


def test_it_is_told_where_it_alone_is_asked_for() -> None:
    """As a slider or a search asks, and as a goal, a limit and what breaks first; of more, less is better."""
    assert judged(lived(1.0), ["gave_up"])[0]["gave_up"] == outcomes(lived(1.0))["gave_up"]
    assert goals_of(["gave_up"])[0].sign == limits_of(["gave_up <= 5%"])[0].sign == 1
    rows = breaking({1.0: study(1.0)}, {name: LIMITS[name] for name in ("gave_up", "abandonment")})
    assert rows.select("measure", "crossed_at").rows() == [("gave_up", 1.0), ("abandonment", None)]


def test_a_desk_whose_customers_give_up_without_a_word_is_overwhelmed() -> None:
    """A steady queue in which more than a third give up; nobody leaves in the log. Who tells is the control: fewer do.

    Those who leave in time make room for others; those who say nothing are answered for nobody.
    """
    silent, told = (simulate(desk(share, load=2.4), BARE, seed=SEED) for share in (1.0, 0.0))
    assert outcomes(silent)["abandonment"][0] == 0
    assert not _grows(*_unanswered(silent))
    assert share(outcomes(silent)["gave_up"]) > 1 / 3 > share(outcomes(told)["gave_up"])
    assert [saturated(run) for run in (silent, told)] == [True, False]


def test_a_reader_is_told_what_abandonment_does_not_count() -> None:
    """In print, JSON and sheet; where all tell when they go, print and JSON have nothing to say."""
    words = "answered to the end after all is resolved there"
    for silent, is_told in ((1.0, True), (0.0, False)):
        text = printed(study(silent), ["abandonment", "abandonment_silent"])
        assert text.count(words) == (2 if is_told else 0)
        assert words not in printed(study(silent), ["reply_time"])
        assert any(words in note for note in study(silent).as_dict(["abandonment"])["notes"]) is is_told
    assert "Customers who gave up" in printed(study(1.0))
    sheet = stress_sheet(study(1.0))
    assert words in sheet
    assert "`gave_up`" in sheet
