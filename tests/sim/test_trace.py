"""A workload from a log: all that is there and nothing more, and estimates that are right where it can be known.

Where a log was simulated, every number behind it is known: with views logged, and nothing that disturbs agents, the
estimates must be the very numbers it was made from.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from deskkit.desk import events as e
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError
from deskkit.log import open_log
from deskkit.log.spans import spans
from deskkit.sample import sample_log, sample_policy
from deskkit.sim.run import simulate
from deskkit.sim.scenario import Agent, Arrivals, Law, Line, Patience, Scenario, Stream
from deskkit.sim.trace import workload_from
from deskkit.sim.workload import CONVERSATIONS, TURNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.log import EventLog
    from deskkit.sim.run import Run
    from deskkit.sim.workload import Workload

H = 3_600_000
DAY = 24 * H
BARE = 'version = 1\nname = "bare"\nzone = "UTC"\n[routing]\ndefault_group = "g"\n[groups.g]\ntitle = "g"\n'
POLICY = Policy.parse(BARE)
QUEUE = Law("exponential", 20_000.0)


def log_of(*facts: e.Fact) -> EventLog:
    """Return a log of facts, which get an identity."""
    log = open_log("memory:")
    named = [structs.replace(fact, source="test", source_id=str(n)) for n, fact in enumerate(facts)]
    log.append(named, received_at=max((fact.at for fact in facts), default=0))
    return log


def opened(at: int, name: str = "c", customer: str = "zhang", **more: Any) -> e.Fact:
    """Return that a conversation begins."""
    return e.ConversationOpened(at=at, conversation=name, customer=customer, **more)


def asks(at: int, text: str = "hi", name: str = "c", **more: Any) -> e.Fact:
    """Return that a customer writes."""
    return e.CustomerWrote(at=at, conversation=name, message=f"{name}{at}", text=text, **more)


def answers(at: int, name: str = "c", agent: str = "chen") -> e.Fact:
    """Return that an agent replies."""
    return e.AgentWrote(at=at, conversation=name, agent=agent, message=f"{agent}{at}", text="ok")


# ---------------------------------------------------------------- back from a simulated log


@pytest.fixture(scope="module")
def run() -> Run:
    """Simulate a day without disturbance: no glance, no switch, enough agents, everybody patient or gone from queue."""
    streams = (
        Stream(
            name="a", group="g", language="zh", fields={"orders": 2}, history={"contacts": 1, "unresolved": 1},
            arrivals=Arrivals(counts=((8 * H, 16 * H, 150),)), turns=Law("geometric", 3.0),
            lines=(Line("第一句\n还有一句", 0, 0.5),), rating=(0.1, 0.2, 0.3), tags=(("customer", "VIP"),),
            returning=0.3,
        ),
        Stream(
            name="b", arrivals=Arrivals(counts=((8 * H, 16 * H, 150),)), turns=Law("constant", 2.0),
            patience=Patience(queue=QUEUE, service=Law("exponential", 60_000.0)),
        ),
    )  # fmt: skip
    agents = (Agent(name="chen", count=2, groups=("g",), capacity=2.0),)
    scenario = Scenario(name="back", streams=streams, agents=agents, day="2026-06-18", begin_ms=8 * H, end_ms=16 * H)
    return simulate(scenario, POLICY, seed=5)


def beside(run: Run) -> tuple[Workload, list[tuple[dict[str, Any], dict[str, Any], int, int]]]:
    """Return the workload from a run's log, and each conversation's rows in it and in the sampled one."""
    found = workload_from(run.log, policy=run.policy)
    sampled = {row["conversation"]: (n, row) for n, row in enumerate(run.workload.conversations.to_dicts())}
    rows = enumerate(found.conversations.to_dicts())
    return found, [(row, sampled[row["conversation"]][1], n, sampled[row["conversation"]][0]) for n, row in rows]


def test_the_log_gives_back_who_came(run: Run) -> None:
    """Arrivals, customers, group, language, fields and tags are those that were sampled; nobody is missing or new."""
    found, pairs = beside(run)
    same = ["conversation", "at", "customer", "group", "language", "needs", "fields", "tags"]
    assert found.conversations.select(same).equals(run.workload.conversations.select(same))
    assert found.conversations.schema == CONVERSATIONS
    assert found.turns.schema == TURNS
    assert found.midnight == run.workload.midnight
    assert len(pairs) == 300
    first = [row for row, _, _, _ in pairs if row["conversation"].startswith("a-")]
    told = [json.loads(row["history"]) for row in first]
    assert {json.dumps(one) for one in told} == {"{}", '{"unresolved": 1, "contacts": 1}'}
    assert sum(bool(one) for one in told) == len({row["customer"] for row in first})


def test_the_log_gives_back_what_each_turn_took(run: Run) -> None:
    """Of conversations that were resolved: turns, texts, handling and thinking to the millisecond, and the rating."""
    found, pairs = beside(run)
    outcome = dict(run.spans.conversations.select(pl.col("conversation").cast(pl.String), "closing").iter_rows())
    resolved = [pair for pair in pairs if outcome[pair[0]["conversation"]] == "resolved"]
    assert len(resolved) > 150
    for row, was, n, m in resolved:
        assert (row["turns"], row["rating"], row["queue_patience_ms"]) == (was["turns"], was["rating"], -1)
        for turn in range(row["turns"]):
            here, there = found.turn(n, turn), run.workload.turn(m, turn)
            assert (here.text, here.handle_ms) == (there.text, there.handle_ms)
            assert here.think_ms == (there.think_ms if turn < row["turns"] - 1 else 0)
            assert here.patience_ms == -1


def test_the_log_gives_back_the_patience_of_those_who_left(run: Run) -> None:
    """Who left the queue has the patience sampled; who left an agent that for the reply; both kinds occur."""
    found, pairs = beside(run)
    outcome = dict(run.spans.conversations.select(pl.col("conversation").cast(pl.String), "closing").iter_rows())
    left = [pair for pair in pairs if outcome[pair[0]["conversation"]] == "customer_left"]
    kinds = set()
    for row, was, n, m in left:
        last = found.turn(n, row["turns"] - 1)
        kinds.add((row["queue_patience_ms"] >= 0, last.patience_ms >= 0))
        if row["queue_patience_ms"] >= 0:
            assert row["queue_patience_ms"] == was["queue_patience_ms"]
        else:
            assert last.patience_ms == run.workload.turn(m, row["turns"] - 1).patience_ms
    assert kinds == {(True, False), (False, True)}


def test_simulated_again_under_the_same_policy_all_goes_the_same_way(run: Run) -> None:
    """Where only the queue makes customers leave, the log's workload brings the same replies at the same instants."""
    streams = (run.scenario.streams[0], structs.replace(run.scenario.streams[1], patience=Patience(QUEUE)))
    scenario = structs.replace(run.scenario, streams=streams)
    once = simulate(scenario, POLICY, seed=5)
    again = simulate(scenario, POLICY, workload=workload_from(once.log, policy=POLICY))

    def said(one: Run) -> list[tuple[int, str]]:
        return [(event.at, event.conversation) for event in one.events if isinstance(event, e.AgentWrote)]

    assert len(said(once)) > 500
    assert said(again) == said(once)
    assert said(simulate(scenario, POLICY, seed=6)) != said(once), "another seed would be noticed"


# ---------------------------------------------------------------- any log


def facts_of(steps: Sequence[tuple[str, int, int]]) -> list[e.Fact]:
    """Return a log of three conversations: each opens with its first message, and nothing comes after it closed."""
    facts: list[e.Fact] = [e.PresenceSet(at=0, agent="chen", presence="online")]
    at, known, closed = 0, set[str](), set[str]()
    for what, number, gap in steps:
        at += gap
        name = f"c{number}"
        if name in closed or (name not in known and what != "asks"):
            continue
        if name not in known:
            facts.append(opened(at, name, f"customer{number}"))
            known.add(name)
        if what == "asks":
            facts.append(asks(at, f"{what} {at}", name))
        elif what == "answers":
            facts.append(answers(at, name))
        elif what == "views":
            facts.append(e.Viewed(at=at, conversation=name, agent="chen"))
        else:
            ends = e.CustomerLeft if what == "leaves" else e.Resolved
            facts.append(ends(at=at, conversation=name))
            closed.add(name)
    return facts


def expected_turns(facts: Sequence[e.Fact], name: str) -> list[str]:
    """Return the texts of the turns of a conversation, told from its facts alone."""
    mine = [fact for fact in facts if getattr(fact, "conversation", "") == name]
    spoken = [fact for fact in mine if isinstance(fact, e.CustomerWrote | e.AgentWrote)]
    parts = [list(group) for _, group in itertools.groupby(spoken, key=lambda fact: isinstance(fact, e.CustomerWrote))]
    turns = ["\n".join(fact.text for fact in part) for part in parts if isinstance(part[0], e.CustomerWrote)]
    unanswered = isinstance(parts[-1][0], e.CustomerWrote)
    dropped = unanswered and isinstance(mine[-1], e.Resolved) and len(turns) > 1
    return turns[:-1] if dropped else turns


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["asks", "asks", "answers", "answers", "views", "leaves", "resolves"]),
        st.integers(0, 2),
        st.integers(1, 100_000),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_any_log_gives_its_arrivals_and_turns_and_nothing_else(steps: list[tuple[str, int, int]]) -> None:
    """Arrivals, numbers of turns and texts equal those of the log, told independently; no duration is negative."""
    facts = facts_of(steps)
    found = workload_from(log_of(*facts))
    firsts = {fact.conversation: fact.at for fact in facts if isinstance(fact, e.ConversationOpened)}
    assert dict(found.conversations.select("conversation", "at").iter_rows()) == firsts
    for n, row in enumerate(found.conversations.to_dicts()):
        texts = [found.turn(n, turn).text for turn in range(row["stored"])]
        assert texts == expected_turns(facts, row["conversation"])
        assert row["turns"] == row["stored"] == len(texts)
    assert found.turns.height == found.conversations["turns"].sum()
    assert found.turns.select((pl.col("handle_ms") > 0).all() & (pl.col("think_ms") >= 0).all()).item()
    assert workload_from(log_of(*facts)).digest == found.digest


# ---------------------------------------------------------------- single estimates


def handled(*facts: e.Fact) -> int:
    """Return the estimated time to handle of the first turn of conversation c."""
    found = workload_from(log_of(opened(0), asks(1_000), *facts))
    return found.turn(found.conversations["conversation"].to_list().index("c"), 0).handle_ms


def test_handling_begins_with_the_last_thing_known_of_the_agent() -> None:
    """Message, view of this tab, reply elsewhere, being given it, coming in: the latest before the reply counts."""
    elsewhere = (opened(0, "d"), asks(500, name="d"), answers(6_000, "d"))
    seen = e.Viewed(at=7_000, conversation="c", agent="chen")
    again = e.Viewed(at=8_000, conversation="c", agent="chen")
    other = e.Viewed(at=8_500, conversation="c", agent="li")
    given_to = e.OwnerSet(at=4_000, conversation="c", agent="chen")
    came = e.PresenceSet(at=5_000, agent="chen", presence="online")
    assert handled(answers(10_000)) == 9_000
    assert handled(given_to, answers(10_000)) == 6_000
    assert handled(given_to, came, answers(10_000)) == 5_000
    assert handled(*elsewhere, answers(10_000)) == 4_000
    assert handled(*elsewhere, seen, again, other, answers(10_000)) == 3_000, "looking once more begins nothing anew"


def test_a_look_at_the_tab_in_focus_begins_the_handling() -> None:
    """The first look after message, hand-over or coming in, though the tab did not change; looks before count not."""
    early = (e.Viewed(at=500, conversation="c", agent="chen"), e.Viewed(at=7_000, conversation="c", agent="chen"))
    again = e.Viewed(at=8_000, conversation="c", agent="chen")
    given_to = e.OwnerSet(at=7_500, conversation="c", agent="chen")
    assert handled(early[0], answers(10_000)) == 9_000, "no look since: from the message"
    assert handled(*early, again, answers(10_000)) == 3_000
    assert handled(*early, given_to, again, answers(10_000)) == 2_000
    assert handled(*early, answers(10_000), again) == 3_000, "a look after the reply is none of it"


def test_a_reply_that_went_astray_begins_nothing() -> None:
    """Who looks at tabs and replies in another one goes on writing; after a look there it was meant."""
    elsewhere = (opened(0, "d"), asks(500, name="d"))
    seen = e.Viewed(at=2_000, conversation="c", agent="chen")
    other = e.Viewed(at=5_000, conversation="d", agent="chen")
    assert handled(*elsewhere, seen, answers(6_000, "d"), answers(10_000)) == 8_000
    assert handled(*elsewhere, seen, other, answers(6_000, "d"), answers(10_000)) == 4_000


def test_what_was_never_answered_takes_what_another_reply_took() -> None:
    """A turn without a reply takes one of the estimated times; without any, what a scenario assumes."""
    log = log_of(opened(0), asks(0), answers(7_000), asks(9_000))
    assert [one.handle_ms for one in map(workload_from(log).turn, (0, 0), (0, 1))] == [7_000, 7_000]
    alone = workload_from(log_of(opened(0), asks(0)))
    assert alone.turn(0, 0).handle_ms > 0
    assert alone.conversations["turns"].to_list() == [1]


def test_patience_is_known_of_those_who_left_alone() -> None:
    """From the queue since the first message, with an agent since given or asked; of all others it is endless."""
    queue = workload_from(log_of(opened(0), asks(1_000), e.CustomerLeft(at=9_000, conversation="c", silent=True)))
    assert queue.conversations.select("queue_patience_ms", "silent").row(0) == (8_000, True)
    assert queue.turn(0, 0).patience_ms == -1
    taken = e.OwnerSet(at=4_000, conversation="c", agent="chen")
    came = e.PresenceSet(at=0, agent="chen", presence="online")
    served = workload_from(log_of(came, opened(0), asks(1_000), taken, e.CustomerLeft(at=9_000, conversation="c")))
    assert served.conversations.select("queue_patience_ms", "silent").row(0) == (-1, False)
    assert served.turn(0, 0).patience_ms == 5_000
    happy = workload_from(log_of(opened(0), asks(1_000), answers(2_000), e.CustomerLeft(at=9_000, conversation="c")))
    assert (happy.conversations["queue_patience_ms"][0], happy.turn(0, 0).patience_ms) == (-1, -1)


def test_texts_stay_as_they_were_written() -> None:
    """Messages in a row make one turn; a picture is its kind; a courtesy asks for nothing where the policy says so."""
    facts = (
        opened(0), asks(0, "where is"), asks(1_000, "my order?"), asks(2_000, "urgent.png", content_type="image"),
        answers(5_000), asks(8_000, "谢谢"), e.Resolved(at=20_000, conversation="c"),
    )  # fmt: skip
    found = workload_from(log_of(*facts), policy=sample_policy())
    assert [turn[0] for turn in found.turns.rows()] == ["where is\nmy order?\n[image]"]


def test_who_an_agent_began_with_did_not_come() -> None:
    """A contact begun by hand, or one in which no customer wrote, is no arrival."""
    log = log_of(
        opened(0, "by hand", origin="agent", agent="chen"), asks(5, name="by hand"), opened(6, "mute"),
        opened(7), asks(8),
    )  # fmt: skip
    assert workload_from(log).conversations["conversation"].to_list() == ["c"]


def test_a_window_makes_a_past_of_what_was_before() -> None:
    """Earlier conversations become the history of the customer's first; later ones bring none."""
    facts = (
        e.HistorySeeded(at=0, customer="zhang", contacts=(1, 2), unresolved=2, rating=1, rated_at=0),
        e.CustomerSet(at=0, customer="zhang", fields={"orders": 1, "membership": "gold"}),
        opened(10, "a"), asks(11, name="a"), answers(12, "a"), e.Rated(at=13, conversation="a", rating=-1),
        e.CustomerLeft(at=14, conversation="a"),
        e.CustomerSet(at=20, customer="zhang", fields={"orders": 2}),
        opened(DAY, "b"), e.TagSet(at=DAY, conversation="b", facet="customer", tag="VIP", by="li"),
        asks(DAY + 1, name="b"), answers(DAY + 2, "b"), e.GroupSet(at=DAY + 3, conversation="b", group="h", by="chen"),
        e.TagSet(at=DAY + 3, conversation="b", facet="label", tag="late", by="li"),
        e.HelperSet(at=DAY + 4, conversation="b", agent="li", by="chen"), e.Resolved(at=DAY + 5, conversation="b"),
        opened(2 * DAY, "d"), asks(2 * DAY, name="d"),
        opened(3 * DAY, "e"), asks(3 * DAY, name="e"),
    )  # fmt: skip
    found = workload_from(log_of(*facts), begin=DAY, end=3 * DAY)
    first, second = found.conversations.to_dicts()
    assert (found.begin, found.end, found.midnight) == (DAY, 3 * DAY, DAY)
    assert json.loads(first["fields"]) == {"orders": 2, "membership": "gold"}
    assert json.loads(first["tags"]) == [["customer", "VIP"]]
    assert (first["transfer_to"], first["help"], second["transfer_to"], second["help"]) == ("h", True, "", False)
    assert json.loads(first["history"]) == {
        "unresolved": 3, "rating": -1, "contacts": 3, "last_agent": "chen",
    }  # fmt: skip
    assert second["history"] == "{}"


def test_a_renewed_conversation_is_another_under_a_free_name() -> None:
    """What went on as ``c~2`` is a contact of its own; its messages under the old name are its own too."""
    log = open_log("memory:")
    facts = [
        opened(0, group="g"), asks(0, "one"), answers(5), e.Resolved(at=6, conversation="c"), asks(DAY, "two"),
        e.Renewed(at=DAY, conversation="c", renewed="c~2"), asks(DAY + 5, "three"), answers(DAY + 9),
    ]  # fmt: skip
    named = [structs.replace(fact, source="t", source_id=str(n)) for n, fact in enumerate(facts)]
    log.append(named, received_at=DAY + 9)
    found = workload_from(log)
    assert found.conversations.select("conversation", "at", "group", "turns").rows() == [
        ("c", 0, "g", 1), ("c (2)", DAY, "g", 1),
    ]  # fmt: skip
    assert found.turns["text"].to_list() == ["one", "two\nthree"]


def test_an_empty_log_and_a_window_the_wrong_way_round() -> None:
    """Nobody came: an empty workload. An end before the beginning is refused."""
    assert workload_from(open_log("memory:")).conversations.height == 0
    with pytest.raises(DeskkitError, match="ends after it begins"):
        workload_from(open_log("memory:"), begin=5, end=5)


def test_the_sample_desk_is_a_workload_that_can_be_simulated() -> None:
    """A day of the sample: as many arrivals and turns as its spans say, lived through again to the end."""
    log, policy = sample_log(), sample_policy()
    begin = 1_781_539_200_000
    found = workload_from(log, policy=policy, begin=begin, end=begin + DAY)
    whole = spans(log, policy=policy)
    firsts = whole.turns.group_by("conversation").agg(pl.col("at").min().cast(pl.Int64))
    came = firsts.filter(pl.col("at").is_between(begin, begin + DAY, closed="left"))
    assert found.conversations["at"].sort().to_list() == came["at"].sort().to_list()
    mine = whole.turns.join(came, on="conversation", how="semi")
    asked = mine.filter(pl.col("outcome").is_in(["answered", "left", "open"])).height
    assert asked <= found.turns.height <= mine.height
    assert (found.turns["text"] != "").all()
    assert found.midnight == begin
    names = tuple(group.name for group in policy.schema.groups)
    agents = (Agent(name="a", count=9, groups=names, languages=("zh", "en")),)
    scenario = Scenario(name="again", streams=(Stream(name="log", arrivals=Arrivals()),), agents=agents)
    again = simulate(scenario, policy, workload=found)
    served = [event for event in again.events if isinstance(event, e.ConversationOpened)]
    assert len(served) == found.conversations.height > 200
    assert not again.truncated
