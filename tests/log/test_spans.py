"""Spans against the desk: what is read off a log by columns is what folding it fact by fact leads to."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest

from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.errors import LogError
from deskkit.log import MemoryLog
from deskkit.log.log import LINES
from deskkit.log.scan import scan
from deskkit.log.spans import Spans, spans
from deskkit.sample import sample_policy
from tests.laws.world import World

STAGES = ("waiting", "assigned", "snoozed", "resolved", "abandoned", "archived")
SEEDS = range(25)
SEEDS_IN_FULL = range(3000)
ACTS = 300


def lived(seed: int) -> World:
    """Return a world after some hundred random acts."""
    draw = random.Random(seed)
    world = World(sample_policy("standard"))
    for _ in range(ACTS):
        world.act(*(draw.randrange(1 << 16) for _ in range(4)))
    return world


def logged(world: World) -> MemoryLog:
    """Return the log of a world."""
    log = MemoryLog()
    log.append(world.log, received_at=world.at)
    return log


def differences(world: World, found: Spans) -> list[tuple[object, ...]]:
    """Return every conversation of which spans and desk say different things."""
    desk = world.desk
    last = found.stages.filter(pl.col("until").is_null())
    life = {name: (stage, agent) for name, stage, agent in last.select("conversation", "stage", "agent").iter_rows()}
    asked = dict(
        found.turns.filter(pl.col("outcome") == "open")
        .select("conversation", pl.col("at").cast(pl.Int64)).iter_rows()
    )  # fmt: skip
    levels = dict(found.conversations.select("conversation", "level").iter_rows())
    helped: dict[str, set[str]] = {}
    there = found.hands.filter((pl.col("role") == "helper") & pl.col("until").is_null())
    for name, agent in there.select("conversation", "agent").iter_rows():
        helped.setdefault(name, set()).add(agent)
    cleared = {fact.conversation for fact in world.log if isinstance(fact, e.PrioritySet) and fact.level < 0}
    wrong: list[tuple[object, ...]] = []
    for number, row in enumerate(desk.state.conversation):
        name = desk.conversations[number]
        stage = STAGES[row[k.STAGE]]
        owner = desk.agents[row[k.HELD_BY]] if row[k.HELD_BY] >= 0 else None
        mine = life.get(name, ("", None))
        # The desk lets "handled" follow "left"; a report keeps what happened first.
        closed = {"resolved", "abandoned"}
        if mine != (stage, owner) and not {mine[0], stage} <= closed:
            wrong.append((name, "stage and owner", mine, (stage, owner)))
        unanswered = row[k.UNANSWERED] if row[k.UNANSWERED] >= 0 and stage not in {*closed, "archived"} else None
        if asked.get(name) != unanswered:
            wrong.append((name, "unanswered since", asked.get(name), unanswered))
        if name not in cleared and levels.get(name) != row[k.LEVEL]:
            wrong.append((name, "level", levels.get(name), row[k.LEVEL]))
        helpers = {desk.agents[row[k.HELPER0 + slot]] for slot in range(k.HELPERS_MAX) if row[k.HELPER0 + slot] >= 0}
        if helped.get(name, set()) != helpers:
            wrong.append((name, "helpers", helped.get(name), helpers))
    return wrong


def test_spans_lead_to_the_state_of_the_desk() -> None:
    """Stage, owner, helpers, level and what is unanswered agree on random days (25 seeds, 300 acts each)."""
    for seed in SEEDS:
        world = lived(seed)
        assert differences(world, spans(logged(world), policy=world.policy)) == [], f"seed {seed}"


@pytest.mark.full
def test_spans_lead_to_the_state_of_the_desk_in_full() -> None:
    """The same for 3,000 seeds."""
    for seed in SEEDS_IN_FULL:
        world = lived(seed)
        assert differences(world, spans(logged(world), policy=world.policy)) == [], f"seed {seed}"


@pytest.mark.parametrize(
    "kind", [e.OwnerSet, e.Assigned, e.Resolved, e.CustomerWrote, e.HelperSet, e.Revived, e.Renewed]
)
def test_the_comparison_notices_what_is_missing(kind: type[e.Event]) -> None:
    """Positive control: spans of a log that lacks one kind of event differ from the desk."""
    found = 0
    for seed in SEEDS:
        world = lived(seed)
        log = MemoryLog()
        log.append([event for event in world.log if not isinstance(event, kind)], received_at=world.at)
        found += len(differences(world, spans(log, policy=world.policy)))
        if found:
            return
    pytest.fail(f"nobody missed {kind.__name__}")


def test_spells_of_a_conversation_follow_one_another() -> None:
    """Each begins where the one before ended, none is negative, only the last one lasts."""
    for seed in SEEDS[:10]:
        life = spans(logged(lived(seed))).stages
        follows = life.with_columns(
            same=pl.col("conversation") == pl.col("conversation").shift(-1), after=pl.col("at").shift(-1)
        )
        inner = follows.filter("same")
        assert inner["until"].to_list() == inner["after"].to_list()
        assert (inner["until"] >= inner["at"]).all()
        assert (
            follows.filter(~pl.col("same").fill_null(value=False))["until"].null_count()
            == life["conversation"].n_unique()
        )


def test_turns_and_waits_are_never_negative() -> None:
    """No duration is below zero, whatever happened."""
    for seed in SEEDS[:20]:
        found = spans(logged(lived(seed)))
        for frame in (found.turns, found.waits, found.hands, found.presences, found.levels):
            ended = frame.filter(pl.col("until").is_not_null())
            assert (ended["until"] >= ended["at"]).all()


def test_facts_out_of_order_are_measured_by_their_time() -> None:
    """A log whose facts came late and shuffled measures like the tidy one."""

    def facts() -> list[e.Event]:
        common: Any = {"source": "t", "conversation": "a"}
        return [
            e.ConversationOpened(at=0, source_id="1", customer="z", **common),
            e.CustomerWrote(at=1_000, source_id="2", message="m1", text="hi", **common),
            e.OwnerSet(at=2_000, source_id="3", agent="chen", **common),
            e.AgentWrote(at=5_000, source_id="4", agent="chen", message="m2", text="yes", **common),
            e.CustomerWrote(at=6_000, source_id="5", message="m3", text="and?", **common),
            e.Resolved(at=9_000, source_id="6", **common),
        ]

    tidy, shuffled = MemoryLog(), MemoryLog()
    tidy.append(facts(), received_at=0)
    mixed = facts()
    random.Random(7).shuffle(mixed)
    shuffled.append(mixed, received_at=0)
    assert spans(shuffled).turns.equals(spans(tidy).turns)
    assert spans(shuffled).hands.equals(spans(tidy).hands)


def test_more_than_a_slice_is_read_in_order() -> None:
    """Rows of several slices keep their sequence numbers."""
    log = MemoryLog()
    count = 2 * LINES + 5
    log.append(
        [e.Viewed(at=n, source="t", source_id=str(n), conversation="a", agent="chen") for n in range(count)],
        received_at=0,
    )
    views = scan(log).views
    assert views["seq"].to_list() == list(range(1, count + 1))
    assert views["at"].cast(pl.Int64).to_list() == list(range(count))


def test_hostile_bodies_are_read() -> None:
    """Quotes, newlines, NUL-like escapes and other scripts in names and texts break no line."""
    name = 'a"\\\n\u2028{"kind":"archived"}\u0000'.replace("\u0000", "")
    log = MemoryLog()
    log.append([
        e.ConversationOpened(at=0, source="t", source_id="1", conversation=name, customer='"}\n{"kind":"resolved"}'),
        e.CustomerWrote(at=1, source="t", source_id="2", conversation=name, message="m", text='\\"}\n{"at":5}' * 100),
    ], received_at=0)  # fmt: skip
    found = spans(log)
    assert found.conversations.select("conversation", "stage", "customer_messages").rows() == [(name, "waiting", 1)]


def test_the_language_is_the_first_that_can_be_told() -> None:
    """Given at the beginning it counts; else the first message that says it."""
    log = MemoryLog()
    common: Any = {"source": "t"}
    log.append([
        e.ConversationOpened(at=0, source_id="1", conversation="a", customer="z", **common),
        e.CustomerWrote(at=1, source_id="2", conversation="a", message="1", text="???", **common),
        e.CustomerWrote(at=2, source_id="3", conversation="a", message="2", text="我的订单呢", **common),
        e.CustomerWrote(at=3, source_id="4", conversation="a", message="3", text="where is my order", **common),
        e.ConversationOpened(at=0, source_id="5", conversation="b", customer="z", language="fr", **common),
        e.CustomerWrote(at=1, source_id="6", conversation="b", message="4", text="hello there", **common),
    ], received_at=0)  # fmt: skip
    assert dict(spans(log).conversations.select("conversation", "language").iter_rows()) == {"a": "zh", "b": "fr"}


@pytest.mark.parametrize("pairs", [(("c", "d"), ("c", "x")), (("c", "d"), ("d", "c"))])
def test_a_log_that_renews_in_a_ring_is_refused(pairs: tuple[tuple[str, str], ...]) -> None:
    """What no desk writes is named; it neither hangs nor grows."""
    log = MemoryLog()
    common: Any = {"source": "t"}
    rows: list[e.Event] = [e.ConversationOpened(at=0, source_id="o", conversation="c", customer="u", **common)]
    for n, (old, new) in enumerate(pairs):
        rows.append(e.CustomerWrote(at=n + 1, source_id=f"m{n}", conversation=old, message=str(n), text="hi", **common))
        rows.append(e.Renewed(at=n + 1, source_id=f"r{n}", conversation=old, renewed=new, **common))
    log.append(rows, received_at=0)
    with pytest.raises(LogError, match="renewed twice"):
        spans(log)


@pytest.mark.parametrize("at", [2**60, 8 * 10**15, -(2**60)])
def test_an_instant_beyond_all_years_is_refused(at: int) -> None:
    """It is named, and does not end the process."""
    log = MemoryLog()
    log.append(
        [e.CustomerWrote(at=at, source="t", source_id="1", conversation="c", message="m", text="hi")], received_at=0
    )
    with pytest.raises(LogError, match="outside the years"):
        spans(log)
