"""The engine: the same log for the same seed, laws of every run, and that policies do what they are for."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from copy import copy
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from msgspec import structs

from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk.desk import Desk, fold
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError
from deskkit.sim.engine import Engine
from deskkit.sim.run import Run, simulate
from deskkit.sim.scenario import FOREVER, Attention, Channel, Law
from deskkit.sim.world import World
from tests.sim.days import ATTENTION, busy_day
from tests.sim.world_laws import broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.people import Conversation, Person

STANDARD = "data/policies/standard.toml"
SEEDS = range(4)


@cache
def day(seed: int = 0, *, factor: float = 1.0) -> Run:
    """Return a run of the busy day."""
    return simulate(busy_day(factor=factor), Policy.load(STANDARD), seed=seed)


def mean_of(steps: pl.DataFrame, later: str, earlier: str) -> float:
    """Return the mean time between two instants of the replies, milliseconds."""
    return float((steps[later] - steps[earlier]).sum()) / steps.height


def _digest(seed: int) -> tuple[str, str]:
    run = simulate(busy_day(), Policy.load(STANDARD), seed=seed)
    return run.workload.digest, run.digest


# ---------------------------------------------------------------- the same log


def test_the_same_seed_gives_the_same_log_here_and_in_other_processes() -> None:
    """Workload and log have the same digests in this process and in one, two and four others, whoever runs which."""
    here = [_digest(seed) for seed in SEEDS]
    assert len(set(here)) == len(SEEDS)
    for workers in (1, 2, 4):
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            assert list(pool.map(_digest, SEEDS)) == here


def test_another_policy_meets_the_same_customers() -> None:
    """The workload is the same to the last bit; the log is not."""
    quiet = simulate(busy_day(), Policy.load("data/policies/quiet.toml"), seed=0)
    assert quiet.workload.digest == day().workload.digest
    assert quiet.digest != day().digest


# ---------------------------------------------------------------- laws of every run


@pytest.mark.parametrize("seed", SEEDS)
def test_laws_hold_on_every_run(seed: int) -> None:
    """Monotone log, identities, flow balance, Little's law, hands and occupancy: nothing is broken."""
    assert broken(day(seed)) == []


@pytest.mark.parametrize(
    "spoil", ["an event earlier than the one before", "an identity twice", "a reply lost", "a reply from nobody"]
)
def test_the_laws_notice_a_spoilt_run(spoil: str) -> None:
    """Positive control: each fault put into a run breaks a law."""
    run = simulate(busy_day(hours=0.5), Policy.load(STANDARD), seed=1)
    replies = [n for n, event in enumerate(run.events) if isinstance(event, e.AgentWrote)]
    if spoil == "an event earlier than the one before":
        run.events[10], run.events[-1] = run.events[-1], run.events[10]
    elif spoil == "an identity twice":
        run.events[replies[1]] = run.events[replies[0]]
    elif spoil == "a reply lost":
        del run.events[replies[3]]
    else:
        run.steps = run.steps.head(0)
    assert broken(run) != []


def test_the_log_is_an_ordinary_log() -> None:
    """It can be stored, verified and folded, and folding it leads to the desk that wrote it."""
    run = day()
    assert not run.log.verify().faults
    live = Desk(run.policy)
    for event in run.events:
        if isinstance(event, e.Fact):
            live.step(event)
    again = fold((stored.event for stored in run.log.read()), run.policy)
    columns = [k.STAGE, k.LEVEL, k.HELD_BY, k.UNANSWERED, k.TURNS]
    states = [[[row[c] for c in columns] for row in desk.state.conversation] for desk in (live, again)]
    assert states[0] == states[1]


def test_every_contact_ends() -> None:
    """Whoever came was answered to the end, left, or was turned away; nobody is forgotten."""
    run = day()
    assert not run.truncated
    ended = Counter(run.spans.conversations["closing"].cast(pl.String).to_list())
    assert None not in ended
    assert sum(ended.values()) >= run.workload.conversations.height


@pytest.mark.parametrize("kind", [
    e.Tagged, e.Prioritised, e.Queued, e.Assigned, e.Returned, e.Overflowed, e.PeakChanged, e.Lent, e.Notified,
    e.NoticeHeld, e.HelperSet, e.GroupSet, e.CustomerLeft, e.Rated, e.TagSet, e.HistorySeeded, e.Viewed,
])  # fmt: skip
def test_the_busy_day_contains_it(kind: type[e.Event]) -> None:
    """The laws are not kept by doing nothing: each kind of event occurs."""
    assert any(isinstance(event, kind) for seed in SEEDS for event in day(seed, factor=1.6).events)


def test_wrong_windows_and_silent_leavers_occur() -> None:
    """Replies astray and customers who left without a word are in the log."""
    run = day(factor=1.6)
    assert any(isinstance(event, e.AgentWrote) and event.message.endswith("~astray") for event in run.events)
    assert any(isinstance(event, e.CustomerLeft) and event.silent for event in run.events)
    assert any(isinstance(event, e.CustomerLeft) and not event.silent for event in run.events)


# ---------------------------------------------------------------- behaviour


def test_a_reply_takes_its_parts() -> None:
    """Noticed after it was asked, then turned to, viewed, replied: no part is negative, and there are all parts."""
    steps = day().steps
    order = steps.filter(
        (pl.col("asked") <= pl.col("noticed")) & (pl.col("noticed") <= pl.col("turned"))
        & (pl.col("turned") <= pl.col("viewed")) & (pl.col("viewed") < pl.col("replied"))
    )  # fmt: skip
    assert order.height == steps.height > 500
    for later, earlier in (("noticed", "asked"), ("viewed", "turned"), ("replied", "viewed")):
        assert mean_of(steps, later, earlier) > 0


def test_the_parts_of_a_reply_add_up_whoever_it_is_given_to_meanwhile() -> None:
    """Also where helpers write while the conversation goes to another owner; some do. One run, seed 0."""
    scenario = busy_day(factor=1.5)
    helped = structs.replace(scenario, streams=tuple(structs.replace(one, help=0.9) for one in scenario.streams))
    run = simulate(helped, Policy.load(STANDARD).edit({"reassign.after": "2 min"}))
    steps = run.steps
    marks = ("asked", "given", "noticed", "turned", "viewed", "replied")
    assert steps.filter(pl.any_horizontal(pl.col(one) > pl.col(other) for one, other in pairwise(marks))).is_empty()
    given = [(event.conversation, event.at) for event in run.events if isinstance(event, e.Assigned)]
    meanwhile = pl.DataFrame(given, schema=["conversation", "at"], orient="row").join(steps, on="conversation")
    assert not meanwhile.filter(pl.col("at").is_between("viewed", "replied", closed="none")).is_empty()


def test_undisturbed_agents_are_faster() -> None:
    """Without delays of notice, switching and errors replies come sooner (same customers, two seeds)."""
    for seed in (0, 1):
        calm = simulate(busy_day(attention=Attention()), Policy.load(STANDARD), seed=seed)
        times = [mean_of(run.steps, "replied", "asked") for run in (calm, day(seed))]
        assert times[0] < times[1]


def test_who_picks_tabs_otherwise_gets_another_log() -> None:
    """An own function chooses the tab, and is asked with tabs that really wait."""
    asked = 0

    def newest(agent: Person, tabs: Sequence[Conversation], now: int) -> Conversation:
        nonlocal asked
        asked += 1
        assert len(tabs) > 1
        assert all(0 <= one.asked <= now and one.index in agent.tabs for one in tabs)
        return max(tabs, key=lambda one: (one.asked, one.index))

    own = simulate(busy_day(), Policy.load(STANDARD), seed=0, pick=newest)
    assert asked > 20
    assert own.digest != day().digest


@pytest.mark.parametrize(
    ("pick", "said"),
    [
        (lambda _agent, unread, _now: unread[0].name, "pick must return one of `unread`"),
        (lambda *_asked: None, "pick must return one of `unread`.*Got.*None"),
        (lambda _agent, unread, _now: copy(unread[0]), "pick must return one of `unread`"),
        (lambda _agent, _unread: None, "pick must take an agent, the unread tabs and the instant"),
        ("newest", "pick must take an agent, the unread tabs and the instant"),
    ],
)  # fmt: skip
def test_a_choice_that_is_none_is_refused(pick: Any, said: str) -> None:
    """A name, nothing, another conversation, too few arguments or no function: one error that says what is due."""
    with pytest.raises(DeskkitError, match=said):
        simulate(busy_day(), Policy.load(STANDARD), seed=0, pick=pick)


def test_a_process_can_be_written_anew() -> None:
    """An engine derived from ours, in which customers never leave, has no leavers."""

    class Patient(Engine):
        """Customers who wait for ever."""

        def gives_up_at(self, one: Conversation) -> int:
            """Never give up."""
            assert one.is_open
            return FOREVER

    run = simulate(busy_day(hours=0.5), Policy.load(STANDARD), seed=0, engine=Patient)
    assert not any(isinstance(event, e.CustomerLeft) for event in run.events)
    assert any(
        isinstance(event, e.CustomerLeft)
        for event in simulate(busy_day(hours=0.5), Policy.load(STANDARD), seed=0).events
    )


def test_notice_takes_less_time_by_more_channels() -> None:
    """Without channels only glances notice; with them it is sooner."""
    deaf = simulate(busy_day(attention=Attention(glance=ATTENTION.glance)), Policy.load(STANDARD), seed=2)
    heard = simulate(
        busy_day(attention=Attention(glance=ATTENTION.glance, channels=ATTENTION.channels)), Policy.load(STANDARD),
        seed=2,
    )  # fmt: skip
    delay = [mean_of(run.steps, "noticed", "asked") for run in (heard, deaf)]
    assert delay[0] < delay[1]


@pytest.mark.parametrize(("ring", "heard"), [("alarm", [("notice", 700)]), ("push", [])])
def test_a_notice_is_heard_on_the_channels_of_its_own_ring(ring: str, heard: list[tuple[str, int]]) -> None:
    """Also a repetition, whose number is none of a rung of the file: the ring stands in the decision."""
    attention = Attention(channels={"sound": Channel(Law("constant", 700))})
    workload, policy = day().workload, Policy.load(STANDARD)
    world = World(busy_day(attention=attention), workload, policy)
    one, person, at = world.conversations[0], world.people[0], workload.begin
    world.observe(e.Assigned(at=at, conversation=one.name, agent=person.name))
    world.observe(e.CustomerWrote(at=at, conversation=one.name, message="m", text="?"))
    told: list[tuple[str, int]] = []
    world.called = lambda _person, what, _one, ms: told.append((what, ms))
    number = [each.name for each in policy.schema.notify.rings].index(ring)
    world.observe(e.Notified(
        at=at, conversation=one.name, agent=person.name, event="message", level=1, rung=9,
        because=(0, 0, 0, number, 0, 0),
    ))  # fmt: skip
    assert told == heard
