"""Missed messages, transfers, reopening, ratings, promises, tags and notices, computed by hand."""

from __future__ import annotations

import polars as pl
import pytest

from deskkit.desk import events as e
from tests.measures.diary import START, Diary, simple


def test_missed_says_why() -> None:
    """Closed, left, archived and the end of a shift; who was answered is not missed."""
    diary = Diary().presence(0, "chen")
    for name, second in (("closed", 10), ("left", 11), ("away", 12), ("shift", 13), ("fine", 14)):
        diary.opened(second, name).asks(second, name).owner(second, name, "chen")
    diary.says(20, "fine", "chen").about(e.Resolved, 30, "closed").about(e.CustomerLeft, 31, "left")
    diary.about(e.Archived, 32, "away").presence(40, "chen", "offline").presence(50, "lin")
    figure = diary.figure("missed")
    found = {row["conversation"]: (row["why"], row["agent"]) for row in figure.conversations.iter_rows(named=True)}
    assert found == {
        "closed": ("closed", "chen"), "left": ("customer left", "chen"), "away": ("archived", "chen"),
        "shift": ("shift end", "chen"),
    }  # fmt: skip
    assert (figure.value, figure.numbers["n"]) == (4, 5)


def test_answered_after_the_shift_ended_was_missed_by_who_left() -> None:
    """A colleague's reply comes too late for the one whose shift ended; before it ended it is in time."""

    def day(reply: float) -> Diary:
        diary = Diary().presence(0, "chen").presence(0, "lin").opened(0, "a").asks(0, "a").owner(0, "a", "chen")
        lines = [(40, "offline"), (reply, "reply")]
        for second, what in sorted(lines):
            if what == "reply":
                diary.says(second, "a", "lin")
            else:
                diary.presence(second, "chen", "offline")
        return diary

    assert day(30).value("missed") == 0
    assert day(60).figure("missed").conversations.select("agent", "why").rows() == [("chen", "shift end")]


def test_archived_by_mistake_and_answered_is_not_missed() -> None:
    """Put away and taken back out, it is as if it had stayed."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "chen").about(e.Archived, 10, "a")
    diary.about(e.Unarchived, 20, "a").says(30, "a", "chen")
    assert diary.value("missed") == 0
    assert diary.value("reply_time") == 30_000


def test_transfers_are_changes_of_owner() -> None:
    """Of two conversations one changed hands twice; back from the queue to the same agent is no transfer."""
    diary = simple()
    diary.opened(600, "d").asks(600, "d").owner(601, "d", "chen").owner(610, "d", "lin").owner(620, "d", "chen")
    diary.opened(600, "e").asks(600, "e").owner(601, "e", "chen").owner(602, "e", "").owner(603, "e", "chen")
    numbers = diary.figure("transfer").numbers
    assert (numbers["hits"], numbers["transfers"], numbers["n"]) == (1, 2, 4)


def test_reopened_is_counted_once_per_conversation() -> None:
    """Closed twice, opened again twice."""
    diary = simple()
    for second in (600, 700):
        diary.about(e.Reopened, second, "a").about(e.Resolved, second + 10, "a")
    numbers = diary.figure("reopen").numbers
    assert (numbers["hits"], numbers["reopens"], numbers["n"]) == (1, 2, 3)


def test_satisfaction_has_its_interval() -> None:
    """Good, good, bad of three rated, four closed: two thirds, by Wilson from 0.2077 to 0.9385."""
    diary = simple().opened(600, "d").asks(600, "d").owner(600, "d", "lin").about(e.Resolved, 650, "d")
    diary.about(e.Rated, 660, "a", rating=1).about(e.Rated, 661, "b", rating=1).about(e.Rated, 662, "d", rating=-1)
    figure = diary.figure("csat")
    numbers = figure.numbers
    assert numbers["value"] == pytest.approx(2 / 3)
    assert [numbers["low"], numbers["high"]] == pytest.approx([0.2077, 0.9385], abs=1e-4)
    assert numbers["response_rate"] == pytest.approx(3 / 4)
    assert numbers["mean"] == pytest.approx(1 / 3)
    assert figure.broken_down("agent").select("agent", "value").rows() == [
        ("chen", 1.0), ("lin", 0.0), (None, None)
    ]  # fmt: skip


def test_promises_are_those_of_the_level() -> None:
    """At normal (2 min) 20 s and 60 s keep it, at urgent (30 s) 60 s breaks it; who left broke it."""
    assert simple().value("sla_first_response") == pytest.approx(2 / 3)
    urgent = simple()
    urgent.about(e.PrioritySet, 0, "a", level=3).about(e.PrioritySet, 50, "b", level=3)
    assert urgent.value("sla_first_response") == pytest.approx(1 / 3)
    assert urgent.value("sla_next_response") == pytest.approx(1 / 4)


def test_the_level_at_the_reply_decides() -> None:
    """Late at urgent stays late when the level falls later; in time at normal stays in time when it rises."""
    late = Diary().opened(0, "a").about(e.PrioritySet, 0, "a", level=3).asks(0, "a").says(90, "a", "ann")
    late.about(e.PrioritySet, 1200, "a", level=1).about(e.Resolved, 1800, "a")
    early = Diary().opened(0, "a").asks(0, "a").says(90, "a", "ann").about(e.PrioritySet, 300, "a", level=3)
    for name in ("sla_first_response", "sla_next_response"):
        assert (late.value(name), early.value(name)) == (0.0, 1.0), name


def test_what_is_open_is_judged_by_its_level_now() -> None:
    """Raised to urgent a second after the message and unanswered for a minute: missed, by every measure."""
    diary = Diary().opened(0, "a").asks(0, "a").about(e.PrioritySet, 1, "a", level=3).presence(60, "ann")
    assert (diary.value("sla_first_response"), diary.value("sla_next_response"), diary.value("overdue")) == (0, 0, 1)


def test_taken_out_of_the_archive_is_not_reopened() -> None:
    """Neither an archiving undone nor a closing undone reopens; positive control: reopened by hand does."""

    def day(*facts: type[e.Event], **fields: object) -> Diary:
        diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "ann")
        for n, fact in enumerate(facts):
            diary.about(fact, 10 + n, "a", **(fields if fact is e.Reopened else {}))
        return diary.says(30, "a", "ann").about(e.Resolved, 60, "a")

    assert day(e.Archived, e.Unarchived).figure("reopen").numbers["hits"] == 0
    assert day(e.Resolved, e.Reopened, undo=True).figure("reopen").numbers["hits"] == 0
    assert day(e.Resolved, e.Reopened).figure("reopen").numbers["hits"] == 1


def test_ratings_are_shared_or_the_last_agents() -> None:
    """Two had the conversation: the last one is credited, or both."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "ann").owner(10, "a", "bob").about(e.Resolved, 20, "a")
    diary.about(e.Rated, 30, "a", rating=1)
    assert diary.figure("csat").broken_down("agent")["agent"].to_list() == ["bob"]
    assert diary.figure("csat_shared").broken_down("agent")["agent"].to_list() == ["ann", "bob"]


def test_a_promise_not_yet_due_is_left_out() -> None:
    """Asked a minute ago at normal: neither kept nor broken; at urgent it is broken."""
    diary = simple().opened(600, "d").asks(600, "d").presence(660, "lin")
    assert diary.figure("sla_first_response").numbers["n"] == 3
    diary.about(e.PrioritySet, 660, "d", level=3)
    assert diary.figure("sla_first_response").numbers["n"] == 4


def test_resolution_is_promised_only_if_asked() -> None:
    """No promise, no share; within 310 s two of three are closed."""
    assert simple().value("sla_resolution") is None
    assert simple().value("sla_resolution", resolve_ms=290_000) == pytest.approx(2 / 3)


def test_coverage_of_tags_tells_hands_from_rules() -> None:
    """Of three, one tagged by rule and one by hand; what a hand took off stays off."""
    diary = simple()
    diary.about(e.Tagged, 11, "a", facet="inquiry", tag="order").about(
        e.TagSet, 60, "b", facet="inquiry", tag="product"
    )
    diary.about(e.TagSet, 205, "c", facet="inquiry", tag="order", on=False)
    diary.about(e.Tagged, 206, "c", facet="inquiry", tag="order")
    numbers = diary.figure("tagged_inquiry").numbers
    assert (numbers["hits"], numbers["by_hand"], numbers["n"]) == (2, 1, 3)


def notified(second: float, conversation: str, agent: str) -> dict[str, object]:
    """Return the fields of a notice that went out."""
    return {"second": second, "conversation": conversation, "agent": agent, "event": "message", "level": 1, "rung": 0}


def test_a_notice_is_acted_on_by_a_view_within_two_minutes() -> None:
    """Viewed after 120 s is acted on; after 121 s, by another agent, or seen since the message before, it is noise."""

    def day(view: float, *, by: str = "chen", before: bool = False) -> Diary:
        diary = Diary().presence(0, "chen").presence(0, "lin").opened(0, "a").asks(10, "a").owner(10, "a", "chen")
        if before:
            diary.about(e.Viewed, 15, "a", agent="chen")
        diary.about(e.Notified, 20, "a", agent="chen", event="message", level=1, rung=0)
        return diary.about(e.Viewed, view, "a", agent=by)

    assert day(140).value("notice_noise") == 0.0
    assert day(141).value("notice_noise") == 1.0
    assert day(140, by="lin").value("notice_noise") == 1.0
    assert day(140, before=True).value("notice_noise") == 1.0
    assert day(50).value("notice_time_to_view") == 30_000


def test_repetitions_count_like_the_first() -> None:
    """Three notices for one message, viewed after the third: all were within two minutes of the view."""
    diary = Diary().presence(0, "chen").opened(0, "a").asks(0, "a").owner(0, "a", "chen")
    for rung, second in enumerate((10, 40, 200)):
        diary.about(e.Notified, second, "a", agent="chen", event="message", level=1, rung=rung)
    diary.about(e.Viewed, 210, "a", agent="chen")
    numbers = diary.figure("notice_noise").numbers
    assert (numbers["noise"], numbers["acted"], numbers["n"]) == (2, 1, 3)


def test_notices_per_agent_hour() -> None:
    """Two notices while two agents are there for half an hour each; one held back does not count."""
    diary = Diary().presence(0, "chen").presence(0, "lin").opened(0, "a").asks(0, "a").owner(0, "a", "chen")
    for second in (10, 20):
        diary.about(e.Notified, second, "a", agent="chen", event="message", level=1, rung=0)
    diary.about(e.NoticeHeld, 30, "a", agent="chen", event="message", level=1, rung=1, reason="limit")
    diary.presence(1800, "chen", "offline").presence(1800, "lin", "offline")
    assert diary.value("notices_per_agent_hour") == pytest.approx(2.0)
    assert diary.figure("notices_per_agent_hour").broken_down("agent").select("agent", "value").rows() == [
        ("chen", 4.0), ("lin", 0.0)
    ]  # fmt: skip
    assert diary.value("notice_held") == pytest.approx(1 / 3)


def test_how_things_stand_at_any_instant() -> None:
    """At 205 s: a and b assigned, c waits in the queue since 200 s; at the end all are closed."""
    day = simple()
    then = day.spans.begin.fromtimestamp(START / 1000 + 205, tz=day.spans.begin.tzinfo)
    names = ("open", "waiting", "assigned", "pending", "unattended", "overdue", "oldest_wait", "agents_online")
    values = {name: day.value(name, end=then) for name in names}
    assert values == {
        "open": 3, "waiting": 1, "assigned": 2, "pending": 1, "unattended": 1, "overdue": 0, "oldest_wait": 5_000,
        "agents_online": 1,
    }  # fmt: skip
    assert day.value("open") == 0
    assert day.value("oldest_wait") is None


def test_overdue_and_soon() -> None:
    """At normal (2 min) one who asked 130 s ago is overdue, one who asked 20 s ago soon will be."""
    diary = Diary().opened(0, "a").asks(0, "a").opened(110, "b").asks(110, "b").presence(130, "chen")
    assert (diary.value("overdue"), diary.value("soon_overdue")) == (1, 1)
    assert diary.figure("overdue").conversations["conversation"].to_list() == ["a"]


def test_who_is_full() -> None:
    """Two in hand with room for two: full; with room for three: not."""
    diary = Diary().add(e.AgentSet, 0, agent="chen", capacity=2.0).add(e.AgentSet, 0, agent="lin", capacity=3.0)
    for agent in ("chen", "lin"):
        diary.presence(0, agent)
        for n in range(2):
            diary.opened(1, f"{agent}{n}").asks(1, f"{agent}{n}").owner(1, f"{agent}{n}", agent)
    assert diary.value("agents_full") == 0.5
    assert diary.spans.agents.filter(pl.col("agent") == "lin")["capacity"].to_list() == [3.0]
