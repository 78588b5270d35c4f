"""Who is full is the same on the wallboard as on the team's board: units, and the capacity in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.desk import cards
from deskkit.desk import events as e
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.desk.standing import lacks
from deskkit.log import MemoryLog
from deskkit.log.spans import spans
from deskkit.log.words import word_counts
from deskkit.measures.report import measure, report
from deskkit.measures.room import allowed, at_hand, standing_at
from deskkit.measures.wall import Wall
from deskkit.text import words
from tests.laws import world
from tests.measures.diary import START, Diary
from tests.measures.lived import lived_log

if TYPE_CHECKING:
    from deskkit.log.spans import Spans

STANDARD = Policy.load("data/policies/standard.toml")
WORDY = STANDARD.edit({
    "priority.complexity.turn": 0, "priority.complexity.inquiry": 0, "priority.complexity.hundred_words": 4,
    "capacity.complex_from": 4,
})  # fmt: skip


def team_of(log: MemoryLog, policy: Policy = STANDARD) -> dict[str, tuple[int, int]]:
    """Return what each agent who is online holds and may hold, thousandths, as the desk's core counts it."""
    desk = Desk(policy)
    desk.follow(stored.event for stored in log.read())
    there = [one for one in cards.agents(desk) if one.agent in desk.profiles and one.presence == "online"]
    return {one.agent: (round(one.load * 1000), round(one.capacity * 1000)) for one in there}


def measured(found: Spans, policy: Policy = STANDARD) -> dict[str, tuple[int, int]]:
    """Return the same from the spans."""
    rules = policy.schema
    held = dict(at_hand(found, found.end, rules).rows())
    peak = not standing_at(found.peaks, found.end).is_empty()
    most = dict(allowed(found.agents, rules, is_peak=peak).rows())
    there = standing_at(found.presences, found.end).filter(pl.col("presence") == "online")["agent"]
    return {name: (held.get(name, 0), most[name]) for name in there if name in most}


def filled() -> Diary:
    """Return a desk of the standard policy: five in hand each, and room for five; what waits for customers is half."""
    diary = Diary().add(e.PolicyChanged, 0, text=STANDARD.text, fingerprint=STANDARD.fingerprint)
    team = ("chen", None, 5, 0), ("lin", None, 5, 2), ("wu", 2.0, 2, 1), ("qin", 0.0, 0, 0)
    for agent, own, held, answered in team:
        diary.add(e.AgentSet, 0, agent=agent, capacity=own).presence(0, agent)
        for n in range(held):
            diary.opened(1, f"{agent}{n}").asks(2, f"{agent}{n}").owner(3, f"{agent}{n}", agent)
        for n in range(answered):
            diary.says(9, f"{agent}{n}", agent)
    return diary


def test_wall_and_team_agree_on_who_is_full() -> None:
    """Chen's five unanswered fill the policy's five; Lin's five weigh four, Wu's two 1.5 of an own two: not full."""
    log = filled().log
    assert team_of(log) == {"chen": (5000, 5000), "lin": (4000, 5000), "wu": (1500, 2000), "qin": (0, 0)}
    wall = Wall(log)
    tile = wall.board(START + 60_000)["tiles"]["agents_full"]
    assert (tile["value"], tile["n"]) == (0.25, 4)
    assert [row["agent"] for row in wall.behind("agents_full")["rows"]] == ["chen"]


def test_peak_mode_gives_room_on_the_wall_too() -> None:
    """With peak mode on by hand everybody has one more, and nobody is full."""
    log = filled().add(e.PeakSet, 20, on=True).log
    assert team_of(log) == {"chen": (5000, 6000), "lin": (4000, 6000), "wu": (1500, 3000), "qin": (0, 0)}
    board = Wall(log).board(START + 60_000)["tiles"]["agents_full"]
    assert (board["value"], board["n"]) == (0.0, 4)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_units_are_those_of_the_core(seed: int) -> None:
    """Over random days, with helpers, transfers, snoozes and peak mode, each agent's units and room are the desk's."""
    events = [stored.event for stored in lived_log(STANDARD, seed, steps=90).read()]
    seen = set()
    for part in (len(events) // 2, len(events) * 3 // 4, len(events)):
        log = MemoryLog()
        log.append(events[:part], received_at=0)
        expected = team_of(log)
        assert measured(spans(log, policy=STANDARD)) == expected
        seen |= {held for held, _ in expected.values()}
    assert max(seen) > 0


@pytest.mark.parametrize("seed", range(3))
def test_what_is_complex_by_its_words_weighs_as_in_the_core(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """On random days of long messages, where words alone make complex, units are the desk's; uncounted they are not."""
    monkeypatch.setattr(
        world, "TEXTS", (*world.TEXTS, "我要退款" * 30, "where is my order " * 20, "Où est-ce, déjà vu? " * 40)
    )
    events = [stored.event for stored in lived_log(WORDY, seed, steps=90).read()]
    differs = []
    for part in range(len(events) // 2, len(events), len(events) // 9):
        log = MemoryLog()
        log.append(events[:part], received_at=0)
        expected = team_of(log, WORDY)
        assert measured(spans(log, policy=WORDY, words=True), WORDY) == expected
        differs.append(measured(spans(log, policy=WORDY), WORDY) != expected)
    assert any(differs)  # the control: there were complex ones


@given(st.text(alphabet=st.sampled_from("我的退。，！ ab1_'’é\u0301の한😀\n-"), max_size=40))
def test_words_are_counted_column_by_column_as_one_by_one(text: str) -> None:
    """Whatever signs a text holds, both ways count the same words."""
    assert word_counts(pl.Series([text], dtype=pl.String)).to_list() == [words(text)]


def test_where_nobody_says_how_many_there_is_no_number() -> None:
    """Without a policy and an entry of their own nobody's capacity is known."""
    diary = Diary().add(e.AgentSet, 0, agent="chen").presence(0, "chen")
    diary.opened(1, "a").asks(1, "a").owner(1, "a", "chen")
    tile = Wall(diary.log).board(START + 60_000)["tiles"]["agents_full"]
    assert (tile["value"], tile["n"], tile["breach"]) == (None, 0, None)


def test_no_notice_at_all_is_no_rate_of_notices() -> None:
    """A log without notices says nothing of them, and misses and meets no target; with one, held back, it does."""
    diary = filled()
    tile = Wall(diary.log).board(START + 60_000)["tiles"]["notices_per_agent_hour"]
    assert tile["target"] is not None
    assert (tile["value"], tile["breach"]) == (None, None)
    assert set(tile["trend"]) == {None}
    diary.about(e.NoticeHeld, 30, "chen0", agent="chen", event="message", level=1, rung=1, reason="limit")
    tile = Wall(diary.log).board(START + 60_000)["tiles"]["notices_per_agent_hour"]
    assert (tile["value"], tile["breach"]) == (0.0, False)


def test_who_has_room_for_high_priority_only_is_not_full() -> None:
    """The queue says of a calm conversation that such an agent cannot take it; the measure says why it is not full."""
    diary = Diary().add(e.PolicyChanged, 0, text=STANDARD.text, fingerprint=STANDARD.fingerprint)
    diary.add(e.AgentSet, 0, agent="chen", groups=("presales",), languages=("zh",)).presence(0, "chen")
    reserve, most = STANDARD.schema.capacity.reserve // 1000, STANDARD.schema.capacity.agent // 1000
    for n in range(most):
        diary.opened(n, f"c{n}").asks(n, f"c{n}")
        if n < most - reserve:
            diary.owner(n, f"c{n}", "chen")
    desk = Desk(STANDARD)
    desk.follow(stored.event for stored in diary.log.read())
    waits = desk.conversation(f"c{most - 1}")
    assert lacks(desk, waits, "chen") == ("reserved",)
    assert report(diary.log)["agents_full"].value == 0
    assert "the reserve for high priority, is not full" in measure("agents_full").averaged
