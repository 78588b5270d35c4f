"""The sampled workload: its two tables, the same for the same key, each conversation with draws of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy as np
import polars as pl
import pytest

from deskkit.desk.events import HistorySeeded, PresenceSet
from deskkit.desk.policy import Policy
from deskkit.sim.laws import quantile
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Law, Line, Patience, Scenario, Shift, Stream
from deskkit.sim.workload import CONVERSATIONS, TURNS, Workload, sample

H = 3_600_000
DAY = 24 * H
BARE = 'version = 1\nname = "bare"\nzone = "UTC"\n[routing]\ndefault_group = "g"\n[groups.g]\ntitle = "g"\n'


def stream(name: str = "a", count: int = 200, **more: Any) -> Stream:
    """Return a stream of so many conversations between 8 and 16 o'clock."""
    given: dict[str, Any] = {"arrivals": Arrivals(counts=((8 * H, 16 * H, count),))} | more
    return Stream(name=name, **given)


def scenario(*streams: Stream, **more: Any) -> Scenario:
    """Return a scenario of one agent."""
    return Scenario(name="test", streams=streams, agents=(Agent(name="chen"),), **more)


RICH = scenario(
    stream(
        "vip", 150, group="g", language="zh", needs=("refund",), fields={"orders": 3, "last_order": 5 * H},
        history={"contacts": 2, "rating": -1}, returning=0.4, tags=(("customer", "VIP"),),
        lines=(Line("first", 0, 0.7), Line("late", -1, 0.2), Line("second", 1)),
        patience=Patience(queue=Law("weibull", 180_000.0, 1.4), service=Law("exponential", 300_000.0), silent=0.7),
        transfer=(("g", 0.1), ("h", 0.2)), help=0.1, rating=(0.1, 0.2, 0.3),
    ),
    stream("plain", 400, turns=Law("constant", 3.0)),
    day="2026-06-18",
    days=3,
)  # fmt: skip


def rows(workload: Workload, name: str) -> pl.DataFrame:
    """Return the conversations of a stream."""
    return workload.conversations.filter(pl.col("conversation").str.starts_with(f"{name}-"))


def test_the_tables_are_as_described() -> None:
    """Columns and types, order, unique names, and rows of turns that belong to one conversation each, without a gap."""
    found = sample(RICH, seed=3, begin=DAY)
    assert found.conversations.schema == CONVERSATIONS
    assert found.turns.schema == TURNS
    assert found.conversations.height == 3 * 550
    assert found.conversations["conversation"].is_unique().all()
    assert found.conversations.equals(found.conversations.sort("at", "conversation"))
    stored = found.conversations["stored"].cast(pl.Int64)
    assert found.conversations["first"].cast(pl.Int64).equals(stored.cum_sum() - stored, check_names=False)
    assert stored.sum() == found.turns.height
    assert found.conversations.select((pl.col("turns") == pl.col("stored")).all()).item()
    assert found.conversations["at"].is_between(DAY + 8 * H, DAY + 2 * DAY + 16 * H).all()
    assert (found.begin, found.end, found.midnight) == (DAY, 4 * DAY, DAY)


def test_the_same_key_gives_the_same_workload_in_another_process() -> None:
    """Digests: the same for (scenario, seed, replication), in any process; another for another."""
    here = sample(RICH, seed=3, replication=2)
    told = "from tests.sim.test_workload import RICH, sample; print(sample(RICH, seed=3, replication=2).digest)"
    there = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.strip()
    assert here.digest == there == sample(RICH, seed=3, replication=2).digest
    others = [sample(RICH, seed=4, replication=2), sample(RICH, seed=3), sample(RICH, seed=3, antithetic=True)]
    assert len({here.digest, *(one.digest for one in others)}) == 4


def test_another_stream_moves_nobody() -> None:
    """A stream that follows, or a changed rate of another one, leaves the conversations of a stream as they are."""
    alone = sample(scenario(stream("a"), stream("b", 10)), seed=3)
    with_more = sample(scenario(stream("a"), stream("b", 300), stream("c")), seed=3)
    one, other = (rows(each, "a").drop("first") for each in (alone, with_more))
    assert one.equals(other)
    turns = [
        [
            each.turn(i, n)
            for i, row in enumerate(each.conversations.to_dicts())
            if row["stream"] == 0
            for n in (0, 1, 9)
        ]
        for each in (alone, with_more)
    ]
    assert turns[0] == turns[1]


def test_a_busier_day_has_the_same_customers() -> None:
    """With a factor of 1.5, whoever came before still comes: as patient, with as many turns, saying the same."""
    base = Arrivals(counts=((8 * H, 16 * H, 100),))
    more = Arrivals(counts=base.counts, factor=1.5)
    patience = Patience(queue=Law("exponential", 1e9))
    few, many = (
        sample(scenario(stream(arrivals=arrivals, patience=patience)), seed=3).conversations
        for arrivals in (base, more)
    )
    both = few.join(many, on=["at", "queue_patience_ms", "turns"], how="inner")
    assert both.height == few.height == 100
    assert many.height == 150


def test_what_is_stored_is_what_is_drawn_on_demand() -> None:
    """Turn by turn the stored rows equal the keyed draws that go on beyond them; endless ones store 16."""
    lines = (Line("first", 0, 0.5), Line("late", -1, 0.3))
    service = Patience(service=Law("exponential", 300_000.0))
    short, endless = (
        sample(scenario(stream(turns=turns, lines=lines, patience=service)), seed=3)
        for turns in (Law("constant", 4.0), None)
    )
    assert endless.conversations["stored"].unique().to_list() == [16]
    assert endless.conversations["turns"].unique().to_list() == [-1]
    for i in range(50):
        assert [short.turn(i, n) for n in range(20)] == [endless.turn(i, n) for n in range(20)]
    assert len({endless.turn(0, n).handle_ms for n in range(200)}) > 150


def test_durations_follow_their_laws() -> None:
    """Means of 10,000 conversations within 4 standard errors; shares of yes and no likewise. Seed 3."""
    many = 10_000
    given = stream(
        "a", many, handle=Law("lognormal", 20_000.0, 1.2), think=Law("exponential", 60_000.0), rating=(0.1, 0.2, 0.3),
        patience=Patience(queue=Law("weibull", 180_000.0, 0.8), service=Law("exponential", 300_000.0), silent=0.7,
                          writing=1.3),
        transfer=(("g", 0.1), ("h", 0.2)), help=0.15,
    )  # fmt: skip
    found = sample(scenario(given), seed=3)
    rows_, turns = found.conversations, found.turns

    def held(values: pl.Series, mean: float, sd: float) -> bool:
        return bool(abs(np.mean(values.to_numpy()) - mean) < 4 * sd / values.len() ** 0.5)

    assert held(rows_["turns"], 8, 56**0.5)
    assert held(turns["handle_ms"], 20_000, 24_000)
    assert held(turns["think_ms"], 60_000, 60_000)
    assert held(turns["patience_ms"], 300_000, 300_000)
    assert held(rows_["queue_patience_ms"], 1.3 * 180_000, 1.3 * 0.8 * 180_000)
    assert not held(rows_["queue_patience_ms"], 180_000, 0.8 * 180_000), "the look can fail"
    shares = {"silent": 0.7, "help": 0.15}
    assert all(held(rows_[name], share, 0.5) for name, share in shares.items())
    assert held(rows_["transfer_to"] == "h", 0.2, 0.4)
    assert held(rows_["transfer_to"] == "", 0.7, 0.5)
    assert held(rows_["rating"].is_null(), 0.4, 0.5)
    assert held(rows_["rating"].fill_null(0) == -1, 0.1, 0.3)
    apart = np.corrcoef(rows_["queue_patience_ms"], rows_["turns"])[0, 1]
    assert abs(apart) < 4 / many**0.5


def test_lines_are_said_on_their_turns() -> None:
    """The first line that fits and whose draw succeeds; a line without a turn is never the first message."""
    found = sample(RICH, seed=3)
    said = {
        n: [found.turn(i, n).text for i, row in enumerate(found.conversations.to_dicts()) if row["stream"] == 0]
        for n in (0, 1, 2)
    }
    shares = {n: {text: said[n].count(text) / len(said[n]) for text in set(said[n])} for n in said}
    assert shares[0] == {"first": pytest.approx(0.7, abs=0.09), "…": pytest.approx(0.3, abs=0.09)}
    assert shares[1] == {"late": pytest.approx(0.2, abs=0.08), "second": pytest.approx(0.8, abs=0.08)}
    assert shares[2] == {"late": pytest.approx(0.2, abs=0.08), "…": pytest.approx(0.8, abs=0.08)}


def test_customers_return_and_their_past_is_told_once() -> None:
    """The share who wrote before is as asked; whom the desk has met brings no history from before the run."""
    found = rows(sample(RICH, seed=3, begin=40 * DAY), "vip")
    before = ~found["customer"].is_first_distinct()
    assert before.mean() == pytest.approx(0.4, abs=4 * 0.5 / found.height**0.5)
    assert found.filter(before)["history"].unique().to_list() == ["{}"]
    assert found.filter(~before)["history"].unique().to_list() == [json.dumps(RICH.streams[0].history)]
    assert rows(sample(RICH, seed=3), "plain")["customer"].is_unique().all()


def test_the_last_order_is_an_instant() -> None:
    """`last_order`, milliseconds before the conversation, becomes the instant; other fields stay."""
    found = rows(sample(RICH, seed=3, begin=40 * DAY), "vip")
    for at, fields in found.select("at", "fields").rows():
        assert json.loads(fields) == {"orders": 3, "last_order": at - 5 * H}
    assert json.loads(found["tags"][0]) == [["customer", "VIP"]]
    assert found["needs"].to_list()[0] == ["refund"]


def test_days_differ_and_a_promotion_has_more() -> None:
    """Each day is drawn anew; a date's factor holds for it alone."""
    found = sample(
        Scenario(name="test", streams=RICH.streams, agents=(), day="2026-06-18", days=3, factors={"2026-06-19": 2.0}),
        seed=3,
    ).conversations
    per_day = found.group_by(pl.col("at") // DAY).len().sort("at")["len"].to_list()
    assert per_day == [550, 1100, 550]
    times = [set((found.filter(pl.col("at") // DAY == n)["at"] % DAY).to_list()) for n in (0, 2)]
    assert len(times[0] & times[1]) < 10


def test_opposite_luck_is_opposite() -> None:
    """Antithetic: every draw u is 1 - u, so that who had to be patient for long now is not."""
    law = Law("exponential", 180_000.0)
    one, other = (
        sample(scenario(stream(patience=Patience(queue=law))), seed=3, antithetic=flag).conversations
        for flag in (False, True)
    )
    late = (24 * H - 1 - other["at"]).sort()  # instants 8 + 8 u and 8 + 8 (1 - u)
    assert ((one["at"] - late).abs() <= 1).all()
    u = -np.expm1(-one["queue_patience_ms"].to_numpy() / law.mean)
    mirrored = np.sort(quantile(law, 1 - u))
    np.testing.assert_allclose(mirrored, np.sort(other["queue_patience_ms"].to_numpy()), rtol=1e-2, atol=2)


def test_nobody_at_all_is_a_workload() -> None:
    """No stream, or a stream without customers: empty tables, and a digest."""
    for given in (scenario(), scenario(stream(count=0))):
        found = sample(given, seed=3)
        assert (found.conversations.height, found.turns.height) == (0, 0)
        assert found.conversations.schema == CONVERSATIONS
        assert len(found.digest) == 64


def test_turns_that_are_no_whole_numbers_are_rounded() -> None:
    """A law of turns other than geometric is rounded, to at least one; as many rows are stored."""
    found = sample(scenario(stream(turns=Law("lognormal", 1.4, 0.9))), seed=3).conversations
    assert found["turns"].min() == 1
    assert found["turns"].n_unique() > 3
    assert found["stored"].cast(pl.Int32).equals(found["turns"], check_names=False)


def test_shifts_count_from_midnight_whenever_customers_begin() -> None:
    """An agent on shift from 9 to 15 comes at 9 o'clock, though customers begin at 8."""
    agents = (Agent(name="chen", groups=("g",), shifts=(Shift(9 * H, 15 * H),)),)
    given = Scenario(
        name="test", streams=(stream(count=2),), agents=agents, day="2026-06-18", begin_ms=8 * H, end_ms=16 * H
    )
    run = simulate(given, Policy.parse(BARE), seed=3)
    midnight = run.workload.midnight
    assert run.workload.begin == midnight + 8 * H
    assert [(event.at - midnight, event.presence) for event in run.events if isinstance(event, PresenceSet)] == [
        (9 * H, "online"), (15 * H, "offline"),
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["", "2026-06-18"])
def test_a_past_is_told_with_or_without_a_day(day: str) -> None:
    """A run that begins at instant 0 has customers with a past too."""
    given = stream(count=3, history={"contacts": 3, "rating": -1, "unresolved": 1})
    agents = (Agent(name="chen", groups=("g",)),)
    run = simulate(Scenario(name="test", streams=(given,), agents=agents, day=day), Policy.parse(BARE), seed=3)
    told = [event for event in run.events if isinstance(event, HistorySeeded)]
    assert [len(event.contacts) for event in told] == [3, 3, 3]
    assert all(0 <= at <= event.at for event in told for at in (*event.contacts, event.rated_at or 0))


def test_long_messages_take_longer_to_read() -> None:
    """119 words are half a minute at 238 a minute, on top of the time to handle, and shift no other draw."""
    plain, wordy = (sample(scenario(stream(words=words)), seed=3).turns for words in (None, Law("constant", 119.0)))
    assert (wordy["handle_ms"] - plain["handle_ms"]).unique().to_list() == [30_000]
    assert wordy.drop("handle_ms").equals(plain.drop("handle_ms"))


def test_turns_on_demand_go_on_where_those_stored_end() -> None:
    """A turn drawn alone is what the table would hold at its place."""
    endless = sample(scenario(stream(count=3, turns=None, words=Law("geometric", 9.0))), seed=3)
    stored = [endless.turn(1, n) for n in range(16)]
    found = sample(scenario(stream(count=3, turns=Law("constant", 40), words=Law("geometric", 9.0))), seed=3)
    assert stored == [found.turn(1, n) for n in range(16)]
    assert [endless.turn(1, n) for n in range(16, 40)] == [found.turn(1, n) for n in range(16, 40)]
