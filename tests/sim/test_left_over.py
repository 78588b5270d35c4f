"""Who is still there when the last agent goes home, and how long one waits who comes back into a queue."""

from __future__ import annotations

from msgspec import structs

from deskkit.desk.events import CustomerLeft, CustomerWrote
from deskkit.desk.policy import Policy
from deskkit.sim.experiment import replicate
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenario import Agent, Arrivals, Attention, Law, Patience, Scenario, Shift, Stream

BARE = Policy.load("data/scenarios/validation/policies/bare.toml")
S = 1_000


def desk(*, until: int, silent: float = 0.0, groups: tuple[str, ...] = ("all",)) -> Scenario:
    """Return one customer of three turns, written at 1, 71 and 141 s, and one agent who goes home."""
    stream = Stream(
        name="s", group="all", arrivals=Arrivals(instants=(S,)), turns=Law("constant", 3.0),
        handle=Law("constant", 10 * S), think=Law("constant", 60 * S),
        patience=Patience(queue=Law("constant", 30 * S), silent=silent),
    )  # fmt: skip
    agent = Agent(name="a", groups=groups, shifts=(Shift(0, until),))
    return Scenario(name="one", end_ms=60 * S, streams=(stream,), agents=(agent,))


def left(run: Run) -> list[int]:
    """Return when customers left."""
    return [event.at for event in run.events if isinstance(event, CustomerLeft)]


def test_patience_in_the_queue_begins_with_the_message_that_waits() -> None:
    """The agent goes at 60 s, the customer writes at 71 s and leaves 30 s later, not at once."""
    run = simulate(desk(until=60 * S), BARE)
    assert left(run) == [101 * S]
    assert (run.left_over, run.truncated) == (0, False)


def test_patience_in_the_queue_begins_when_one_comes_back_into_it() -> None:
    """The agent, who takes 20 s to look, goes at 100 s, nine after a message came: the customer leaves at 130 s."""
    slow = structs.replace(desk(until=100 * S), attention=Attention(glance=Law("constant", 20 * S)))
    run = simulate(slow, BARE)
    assert [event.at for event in run.events if isinstance(event, CustomerWrote)][-1] == 91 * S
    assert left(run) == [130 * S]


def test_who_left_silently_after_the_last_agent_is_left_over() -> None:
    """The desk does not know: it is said, beside that all customers gave up, and is no run cut off."""
    found = replicate(desk(until=60 * S, silent=1.0), BARE, replications=2)
    assert [(run.left_over, run.truncated, run.saturated) for run in found.found["bare"]] == [(1, False, True)] * 2
    (said,) = (one for one in found.warnings if "left over" in one)
    assert said.startswith("bare: in 2 of 2 replications the last agent went home")
    assert "left over: 2 in all" in said


def test_nobody_is_left_over_where_the_agent_stays() -> None:
    """The control: the same customer, a longer shift."""
    found = replicate(desk(until=600 * S, silent=1.0), BARE, replications=2)
    assert [run.left_over for run in found.found["bare"]] == [0, 0]
    assert found.warnings == ()


def test_a_run_with_agents_there_is_cut_off() -> None:
    """Somebody whom nobody may serve and who waits for ever: the run ends, and says that it was cut off."""
    scenario = desk(until=86_400 * S, groups=())
    (stream,) = scenario.streams
    waits = Scenario(
        name="one", end_ms=60 * S, agents=scenario.agents,
        streams=(Stream(name="s", group="all", arrivals=stream.arrivals, turns=stream.turns),),
    )  # fmt: skip
    run = simulate(waits, BARE)
    assert (run.left_over, run.truncated) == (1, True)
