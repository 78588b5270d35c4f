"""Handle time, occupancy, concurrency, load spread and attention, computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskkit.desk import events as e
from deskkit.errors import MeasureError
from deskkit.measures import report
from deskkit.measures.definition import Choices
from deskkit.measures.profile import profile
from deskkit.measures.work import gini
from tests.measures.diary import Diary


def two_at_once() -> Diary:
    """Return an agent present for 100 s with one conversation over 10-60 and another over 30-50; each waits 5 s."""
    return (
        Diary()
        .presence(0, "chen")
        .opened(10, "a").asks(10, "a").owner(10, "a", "chen").says(15, "a", "chen")
        .opened(30, "b").asks(30, "b").owner(30, "b", "chen").says(35, "b", "chen")
        .about(e.Resolved, 50, "b").about(e.Resolved, 60, "a")
        .presence(100, "chen", "offline")
    )  # fmt: skip


def test_handle_time_is_from_assignment_to_close() -> None:
    """50 s and 20 s."""
    assert two_at_once().value("handle_time") == 35_000


def test_a_conversation_had_again_is_another_stint() -> None:
    """One conversation, closed after 60 s and, reopened, after 20 s: two stints, and so it is said."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "chen").says(10, "a", "chen").about(e.Resolved, 60, "a")
    diary.about(e.Reopened, 100, "a").owner(100, "a", "chen").about(e.Resolved, 120, "a")
    found = report(diary.log, measures=["handle_time", "load_spread"])
    assert (found["handle_time"].numbers["n"], found["handle_time"].value) == (2, 40_000)
    assert "of         2 stints" in str(found)
    assert found["handle_time"].measure.title == "Handle time per stint"
    assert "stints" in found["load_spread"].measure.formula


def test_occupancy_has_two_versions() -> None:
    """Something in hand for 50 of 100 s; somebody waiting for the agent for 10 of 100 s."""
    assert two_at_once().value("occupancy_assigned") == pytest.approx(0.5)
    assert two_at_once().value("occupancy_actionable") == pytest.approx(0.1)


def test_concurrency_is_weighted_by_time() -> None:
    """70 conversation-seconds over 100 s present, over 50 s with something in hand; 10 of waiting."""
    assert two_at_once().value("concurrency_assigned") == pytest.approx(0.7)
    assert two_at_once().value("concurrency_in_use") == pytest.approx(1.4)
    assert two_at_once().value("concurrency_actionable") == pytest.approx(0.1)


def test_time_is_cut_at_full_hours() -> None:
    """A conversation over 3,500-3,700 s gives 100 s to each of two hours."""
    diary = Diary().presence(3_500, "chen").opened(3_500, "a").asks(3_500, "a").owner(3_500, "a", "chen")
    diary.about(e.Resolved, 3_700, "a").presence(3_700, "chen", "offline")
    figure = diary.figure("concurrency_assigned")
    assert figure.broken_down("hour").select("hour", "value", "present_ms").rows() == [
        (0, 1.0, 100_000),
        (1, 1.0, 100_000),
    ]


def test_a_period_cuts_what_goes_on_beyond_it() -> None:
    """Of 100 s present, the 50 s from 40 on are looked at: 20 s with one in hand, 10 with two of these."""
    day = two_at_once()
    begin, end = (day.spans.begin.fromtimestamp(1_781_740_800 + s, tz=day.spans.begin.tzinfo) for s in (40, 90))
    assert day.value("concurrency_assigned", begin=begin, end=end) == pytest.approx((20 + 10) / 50)


def test_one_wrong_year_costs_no_memory() -> None:
    """An open assignment and a fact of 2099: totals stand, a named period breaks down, the whole by hour is refused."""
    diary = two_at_once()
    for n in range(60):
        diary.opened(200, f"x{n}").asks(200, f"x{n}").owner(200, f"x{n}", f"agent{n}")
    diary.opened(2_300_000_000, "wrong")
    figure = diary.figure("concurrency_in_use")
    assert figure.value is not None
    with pytest.raises(MeasureError, match="one date of the log may be wrong"):
        figure.broken_down("hour")
    day = diary.figure("occupancy_assigned", end=datetime(2026, 6, 18, 0, 1, 40, tzinfo=UTC))
    assert day.broken_down("hour").select("hour", "value").rows() == [(0, 0.5)]


def test_without_presence_there_is_no_occupancy() -> None:
    """Unknown is not zero; what can be known still is."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "chen").about(e.Resolved, 60, "a")
    assert diary.value("occupancy_assigned") is None
    assert diary.value("concurrency_in_use") == 1.0


def test_snoozed_is_not_in_hand() -> None:
    """Put aside for 30 of 60 s."""
    diary = Diary().presence(0, "chen").opened(0, "a").asks(0, "a").owner(0, "a", "chen")
    diary.about(e.Snoozed, 10, "a", until=0).about(e.Woken, 40, "a").about(e.Resolved, 60, "a").presence(
        60, "chen", "offline"
    )
    assert diary.value("concurrency_assigned") == pytest.approx(0.5)


def test_a_helper_is_apart_from_the_owner() -> None:
    """Helping is not owning, ends with the close, and is not counted for who is offline."""
    diary = Diary().presence(0, "chen").presence(0, "lin").opened(0, "a").asks(0, "a").owner(0, "a", "chen")
    diary.about(e.HelperSet, 10, "a", agent="lin").about(e.HelperSet, 12, "a", agent="wu").about(e.Resolved, 60, "a")
    helped = diary.spans.hands.filter(pl.col("role") == "helper")
    assert helped.select("agent", (pl.col("until") - pl.col("at")).dt.total_seconds()).rows() == [("lin", 50)]


def test_load_spread_counts_who_got_nothing() -> None:
    """Four, none: 0.5 is the Gini coefficient of two agents of whom one has all."""
    diary = Diary().presence(0, "chen").presence(0, "lin")
    for n in range(4):
        diary.opened(n + 1, f"c{n}").asks(n + 1, f"c{n}").owner(n + 1, f"c{n}", "chen")
    numbers = diary.figure("load_spread").numbers
    assert (numbers["value"], numbers["fewest"], numbers["most"], numbers["n"]) == (0.5, 0, 4, 2)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_gini_is_half_the_relative_mean_difference(values: list[int]) -> None:
    """The quick formula equals the definition by pairs."""
    found = pl.DataFrame({"x": values}).select(gini(pl.col("x"))).item()
    n, total = len(values), sum(values)
    pairs = sum(abs(a - b) for a in values for b in values)
    assert found == pytest.approx(pairs / (2 * n * total) if total else 0.0, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 300), st.booleans()), min_size=1, max_size=12))
def test_slices_add_up(intervals: list[tuple[int, int, bool]]) -> None:
    """What agents had in hand over all slices is the sum of what each conversation lasted."""
    diary = Diary()
    lines = []
    for n, (begin, length, first) in enumerate(intervals):
        agent = "chen" if first else "lin"
        lines.append((begin, 0, n, agent))
        lines.append((begin + length, 1, n, agent))
    for second, ends, n, agent in sorted(lines):
        if ends:
            diary.about(e.Resolved, second, f"c{n}")
        else:
            diary.opened(second, f"c{n}").asks(second, f"c{n}").owner(second, f"c{n}", agent)
    slices = profile(diary.spans, Choices())
    assert slices.select((pl.col("ms") * pl.col("held")).sum()).item() == 1000 * sum(
        length for _, length, _ in intervals
    )
    assert (slices["ms"] > 0).all()


def test_the_longest_gap_ends_with_a_look() -> None:
    """In hand over 0-100, looked at over 20-30 and replied at 90: the longest time unseen is 60 s."""
    diary = Diary().opened(0, "a").asks(0, "a").owner(0, "a", "chen")
    diary.about(e.Viewed, 20, "a", agent="chen").opened(30, "b").about(e.Viewed, 30, "b", agent="chen")
    diary.says(90, "a", "chen").about(e.Resolved, 100, "a")
    assert diary.figure("longest_gap").rows.filter(pl.col("conversation") == "a")["ms"].to_list() == [60_000]


def test_late_behind_a_lower_priority() -> None:
    """An urgent reply is late while its agent answers a low one; the control answered the low one before it was due."""

    def day(low_reply: float) -> Diary:
        diary = (
            Diary()
            .opened(0, "u")
            .about(e.PrioritySet, 0, "u", level=3)
            .opened(0, "l")
            .about(e.PrioritySet, 0, "l", level=0)
        )
        diary.asks(0, "u").asks(0, "l").owner(0, "u", "chen").owner(0, "l", "chen")
        return diary.says(low_reply, "l", "chen").says(90, "u", "chen")

    assert day(60).value("late_behind_lower") == 1.0
    assert day(10).value("late_behind_lower") == 0.0
