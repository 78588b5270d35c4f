"""Waits apart by how they ended, patience with censoring, abandonment and its variants, computed by hand."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk import events as e
from deskkit.measures.survival import kaplan_meier, patience
from tests.measures.diary import Diary, simple


def waiting() -> Diary:
    """Return waits of 10 s and 30 s that were served, one of 20 s that left, one that still lasts after 50 s."""
    return (
        Diary()
        .opened(0, "a").asks(0, "a").owner(10, "a", "chen")
        .opened(0, "b").asks(0, "b").owner(30, "b", "chen")
        .opened(0, "c").asks(0, "c").about(e.CustomerLeft, 20, "c")
        .opened(0, "d").asks(0, "d")
        .presence(50, "chen", "offline")
    )  # fmt: skip


def test_waits_are_told_apart_by_how_they_ended() -> None:
    """Served 20 s on average, left after 20 s, still waiting since 50 s."""
    day = waiting()
    assert day.value("queue_wait") == 20_000
    assert day.value("queue_wait_left") == 20_000
    assert day.value("queue_wait_still") == 50_000


def test_patience_counts_the_served_as_cut_off() -> None:
    """Of three still there at 20 s one left: 2/3 stay; half never left, so there is no median."""
    numbers = waiting().figure("patience").numbers
    assert (numbers["value"], numbers["left"], numbers["n"]) == (None, 1, 4)
    assert numbers["restricted_mean"] == pytest.approx(20_000 + 30_000 * 2 / 3)


def test_kaplan_meier_of_a_published_case() -> None:
    """The remission times of the 6-MP group of Freireich et al. (1963), as in Kalbfleisch and Prentice."""
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    cut = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    rows = pl.DataFrame({"ms": ended + cut, "ended": [True] * len(ended) + [False] * len(cut)})
    curve = kaplan_meier(rows)
    assert curve["at_risk"].to_list() == [21, 17, 15, 12, 11, 7, 6]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve["survival"].to_list() == pytest.approx(expected, abs=5e-5)
    assert curve["error"].to_list() == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    assert patience(rows)["value"] == 23


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=60))
def test_kaplan_meier_without_cutting_off_is_the_share_that_stays(rows: list[tuple[int, bool]]) -> None:
    """Where all ends are seen, it is the plain share of longer ones; cut-offs never bring it below that."""
    times = [ms for ms, _ in rows]
    seen = kaplan_meier(pl.DataFrame({"ms": times, "ended": [True] * len(times)}))
    for ms, stay in seen.select("ms", "survival").rows():
        assert stay == pytest.approx(sum(one > ms for one in times) / len(times))
    cut = kaplan_meier(pl.DataFrame({"ms": times, "ended": [ended for _, ended in rows]}))
    for ms, stay in cut.select("ms", "survival").rows():
        assert stay >= sum(one > ms for one in times) / len(times) - 1e-9


def test_who_never_wrote_never_queued() -> None:
    """The queue begins once the customer has written; positive control: who wrote did queue."""
    silent = Diary().opened(0, "a").about(e.CustomerLeft, 60, "a", silent=True)
    assert silent.spans.waits.is_empty()
    assert Diary().opened(0, "a").asks(5, "a").spans.waits.height == 1


def test_the_wait_begins_with_the_first_message() -> None:
    """Opened at 0, written at 40, taken at 50: ten seconds."""
    assert Diary().opened(0, "a").asks(40, "a").owner(50, "a", "chen").value("queue_wait") == 10_000


def test_a_reply_takes_it_from_the_queue() -> None:
    """Without an assignment, the reply ends the wait and its author has the conversation."""
    spans = Diary().opened(0, "a").asks(0, "a").says(12, "a", "chen").spans
    assert spans.waits.select("outcome", "agent").rows() == [("served", "chen")]
    assert spans.hands.select("agent", "role").rows() == [("chen", "owner")]


def test_a_returned_conversation_waits_again() -> None:
    """Two stays in the queue: 10 s, and 25 s after it was taken back."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(10, "a", "chen")
    diary.about(e.Returned, 100, "a", agent="chen", because=(0, 1)).about(e.Assigned, 125, "a", agent="lin")
    figure = diary.figure("queue_wait")
    assert sorted(figure.rows["ms"].to_list()) == [10_000, 25_000]


def test_abandonment_is_told_apart_by_where() -> None:
    """One left the queue, one in service, one silently, one was turned away; two stayed."""
    diary = waiting()
    diary.opened(60, "e").asks(60, "e").owner(61, "e", "chen").about(e.CustomerLeft, 90, "e")
    diary.opened(60, "f").about(e.CustomerLeft, 95, "f", silent=True)
    diary.opened(60, "g").asks(60, "g").about(e.TurnedAway, 60, "g", group="presales")
    assert diary.value("abandonment") == pytest.approx(4 / 7)
    for name in ("abandonment_queue", "abandonment_service", "abandonment_silent", "turned_away"):
        assert diary.value(name) == pytest.approx(1 / 7), name
    assert diary.figure("abandonment_queue").conversations["conversation"].to_list() == ["c"]


def test_parts_of_abandonment_add_up() -> None:
    """Queue, service, before a word and turned away are all of it."""
    diary = waiting().opened(60, "e").about(e.CustomerLeft, 90, "e")
    parts = ("abandonment_queue", "abandonment_service", "abandonment_wordless", "turned_away")
    assert (
        sum(diary.figure(name).numbers["hits"] or 0 for name in parts)
        == diary.figure("abandonment").numbers["hits"]
        == 2
    )


def test_reopened_where_nobody_is_known_to_be_gone() -> None:
    """Of an agent whose presence is never told a reopened conversation is not taken; told offline, it waits."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "ann").says(60, "a", "ann").about(e.Resolved, 120, "a")
    diary.about(e.Reopened, 1800, "a").asks(1830, "a").says(1860, "a", "ann").about(e.Resolved, 1920, "a")
    assert diary.figure("queue_wait").numbers["n"] == 1
    assert diary.value("handle_time") == 120_000
    assert diary.presence(0, "ann", "offline").figure("queue_wait").numbers["n"] == 2


def test_short_abandons_can_be_left_out() -> None:
    """Who left after 20 s does not count where 21 s are short; the whole falls to three."""
    numbers = waiting().figure("abandonment", short_ms=21_000).numbers
    assert (numbers["hits"], numbers["n"]) == (0, 3)
    assert waiting().figure("abandonment", short_ms=20_000).numbers["hits"] == 1


def test_an_abandoned_conversation_marked_handled_stays_abandoned() -> None:
    """Tidying up does not win a customer back."""
    diary = Diary().opened(0, "a").asks(0, "a").about(e.CustomerLeft, 9, "a").about(e.Resolved, 60, "a")
    assert diary.value("abandonment") == 1.0


def test_two_flags_say_whether_it_was_a_conversation() -> None:
    """Customer spoke, agent replied; effective where both did."""
    day = simple().opened(450, "d")
    assert day.value("customer_spoke") == pytest.approx(3 / 4)
    assert day.value("agent_replied") == pytest.approx(2 / 4)
    assert day.value("tencent_effective") == pytest.approx(2 / 4)
