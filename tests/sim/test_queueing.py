"""The closed formulas: every exact case to the digits given, and laws that hold for all queues."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskkit.sim import queueing as q
from deskkit.sim.queueing.chains import settled, steady
from tests.sim.exact import TABLE

DIGITS = 5.1e-10  # ten significant digits, and what is left of the last


def _numbered(waits: tuple[float, ...]) -> dict[str, float]:
    return {f"wait_{number}": wait for number, wait in enumerate(waits, 1)}


def named(result: Any, within: float = 0.0) -> dict[str, float]:
    """Return a result by the names of its fields, and the share served within a time where it knows that."""
    found = dict(result._asdict())
    return found | {"within": result.within(within)} if hasattr(result, "within") else found


D5 = [q.Flow(0.2, 1.0), q.Flow(0.3, 0.8, 1.2), q.Flow(0.25, 1.2, 0.0)]
OPEN: dict[str, Any] = {"handle": 20.0, "think": 60.0}
FORMULAS: dict[str, dict[str, float]] = {
    "A1": named(q.mmc(0.8, handle=1.0), 5.0),
    "A2": named(q.mmc(8.0, handle=1.0, agents=10), 1 / 3),
    "A3": named(q.mmc(5.0, handle=0.5, agents=3)),
    "A4": named(q.mmc(9.0, handle=0.2, agents=2)),
    "A6": named(q.mmc(100 / 30, handle=3.0, agents=14), 1 / 3),
    "B1": named(q.erlang_a(48.0, handle=1.0, agents=50, patience=2.0, within=1 / 3)),
    "B2": named(q.erlang_a(100 / 30, handle=3.0, agents=14, patience=5.0, within=1 / 3)),
    "B4": named(q.erlang_a(12.0, handle=1.0, agents=10, patience=2.0, within=0.5)),
    "C1": named(q.mmck(40.0, handle=1 / 30, agents=3, room=7)),
    "C2": named(q.mmck(50.0, handle=0.1, agents=4, room=6)),
    "C6": {"p_block": q.erlang_b(8.0, 10)},
    "D1": {"p_wait": q.erlang_c(4.0, 5)} | _numbered(q.priority_agents([1.0, 1.5, 1.5], handle=1.0, agents=5)),
    "D2": named(q.mg1(0.7, handle=1.0, cv=1.2)),
    "D3": named(q.mg1(0.7, handle=1.0, cv=0.0)),
    "D5": _numbered(q.priority(D5)),
    "D8": _numbered(q.accumulating([q.Flow(0.4, 1.0), q.Flow(0.4, 1.0)], [3.0, 1.0])),
    "D9": named(q.noticed_late(0.6, handle=1.0, notice=0.5)),
    **{f"E1.{n}": named(q.tabs(n, **OPEN)) for n in (1, 2, 3, 4)},
    **{f"E{5 + n}": named(q.tabs_switching(n, **OPEN, switch=4.0)) for n in (2, 3, 4)},
    "E10": named(q.tabs_noticed_late(3, **OPEN, notice=6.0)),
    "E11": named(q.vip_tabs(1, 3, **OPEN)),
    "F1": named(q.day_from_empty(4.2, handle=2.0, agents=12, length=480.0, within=1 / 3)),
    "F2": named(q.swinging_load(10.0, 5.0, period=24.0, handle=1.0, at=6.0)),
    "F3": named(q.swinging_load(10.0, 5.0, period=24.0, handle=1.0, cv=0.0, at=6.0)),
    "H1": named(q.open_desk(0.01, turns=4, **OPEN)),
    "H3": named(q.desk_with_loss(1 / 120, turns=5, **OPEN, cap=3)),
    "H4": named(q.desk_with_queue(1 / 200, turns=5, **OPEN, cap=3)),
    "H8": named(q.overflow(3.0, 2.0, handle=1.0, specialists=3, generalists=3)),
    "I1": named(q.busy_counts(1660.0, 10.0)),
}


@pytest.mark.parametrize("case", TABLE)
def test_exact_cases_to_ten_digits(case: str) -> None:
    """Each value of the table of exact cases is what the formula gives under that name."""
    found = {name: FORMULAS[case][name] for name in TABLE[case].exact}
    assert found == pytest.approx(TABLE[case].exact, rel=DIGITS, abs=1e-15)


def test_the_table_is_whole() -> None:
    """All 34 cases are there, with a formula each, and with as many values as were worked out beforehand."""
    assert list(FORMULAS) == list(TABLE)
    assert (len(TABLE), sum(len(row.exact) for row in TABLE.values())) == (34, 174)


def test_a_wrong_digit_would_be_noticed() -> None:
    """Positive control: the tenth digit counts."""
    assert pytest.approx(0.7056964481, rel=DIGITS) != q.mmc(0.8, handle=1.0).within(5.0)


# ---------------------------------------------------------------- laws

RATES = st.floats(0.05, 20.0)
MEANS = st.floats(0.1, 10.0)
LOADS = st.floats(0.01, 0.97)
AGENTS = st.integers(1, 60)
COUNTS = st.integers(1, 12)


@given(LOADS, AGENTS)
def test_more_wait_than_would_be_lost(share: float, agents: int) -> None:
    """Erlang C is at least Erlang B, and both are shares; a further agent lowers either."""
    load = share * agents
    lost, waits = q.erlang_b(load, agents), q.erlang_c(load, agents)
    assert 0 <= lost <= waits <= 1
    assert q.erlang_b(load, agents + 1) < lost
    assert q.erlang_c(load, agents + 1) < waits


@given(LOADS, MEANS, AGENTS)
def test_little_holds_in_a_queue(share: float, handle: float, agents: int) -> None:
    """Lengths are rates times times; those in service are the load."""
    rate = share * agents / handle
    found = q.mmc(rate, handle=handle, agents=agents)
    assert found.queue == pytest.approx(rate * found.wait)
    assert found.present == pytest.approx(rate * found.stay)
    assert found.present - found.queue == pytest.approx(rate * handle)
    assert found.within(0.0) == pytest.approx(1 - found.p_wait)
    assert found.within(1e6 * handle) == pytest.approx(1)


@given(RATES, MEANS, st.integers(1, 20), st.integers(0, 30))
def test_a_limited_queue_is_erlang_b_and_erlang_c_at_its_ends(
    rate: float, handle: float, agents: int, room: int
) -> None:
    """Without room to wait it loses as Erlang B says; with more room it loses fewer; Little holds for who came in."""
    bare = q.mmck(rate, handle=handle, agents=agents, room=agents)
    assert bare.p_block == pytest.approx(q.erlang_b(rate * handle, agents), rel=1e-9)
    some = q.mmck(rate, handle=handle, agents=agents, room=agents + room)
    assert some.p_block <= bare.p_block * (1 + 1e-12)
    accepted = rate * (1 - some.p_block)
    assert some.stay - some.wait == pytest.approx(handle, rel=1e-6)
    assert some.present == pytest.approx(accepted * some.stay)


def test_a_limited_queue_with_much_room_is_one_without_limit() -> None:
    """M/M/3/2000 and M/M/3 with the same load agree."""
    limited, endless = q.mmck(5.0, handle=0.5, agents=3, room=2000), q.mmc(5.0, handle=0.5, agents=3)
    assert limited.wait == pytest.approx(endless.wait, rel=1e-9)
    assert limited.present == pytest.approx(endless.present, rel=1e-9)


@given(st.floats(0.2, 3.0), MEANS, AGENTS, MEANS, st.floats(0, 5))
def test_patience_loses_what_it_must(share: float, handle: float, agents: int, patience: float, time: float) -> None:
    """Flows balance, waits by outcome average to the wait of all, and every share is one."""
    rate = share * agents / handle
    assume(rate * patience > 0.01)
    found = q.erlang_a(rate, handle=handle, agents=agents, patience=patience, within=time)
    assert all(-1e-12 <= one <= 1 + 1e-12 for one in (*found[:2], *found[6:]))
    assert found.queue == pytest.approx(rate * found.wait)
    assert found.p_abandon == pytest.approx(found.wait / patience)
    assume(found.p_abandon > 1e-9)  # below that the last line loses its digits
    mixed = (1 - found.p_abandon) * found.wait_served + found.p_abandon * found.wait_abandoned
    assert mixed == pytest.approx(found.wait)
    assert found.served_within + found.waits_longer <= 1 + 1e-9
    assert found.served_within <= 1 - found.p_abandon + 1e-9


def test_endless_patience_is_erlang_c_and_none_is_erlang_b() -> None:
    """The ends of Erlang A: patience of 1e7 minutes; patience of a millionth."""
    endless = q.erlang_a(5.0, handle=0.5, agents=3, patience=1e7)
    assert endless.wait == pytest.approx(q.mmc(5.0, handle=0.5, agents=3).wait, rel=1e-5)
    none = q.erlang_a(8.0, handle=1.0, agents=10, patience=1e-6)
    assert none.p_abandon == pytest.approx(q.erlang_b(8.0, 10), rel=1e-4)


@st.composite
def flows(draw: st.DrawFn) -> list[q.Flow]:
    """Draw levels whose load is below 1."""
    count = draw(st.integers(1, 5))
    parts = draw(st.lists(st.floats(0.05, 1), min_size=count, max_size=count))
    load = draw(st.floats(0.05, 0.95))
    means = draw(st.lists(MEANS, min_size=count, max_size=count))
    cvs = draw(st.lists(st.floats(0, 3), min_size=count, max_size=count))
    return [q.Flow(load * part / sum(parts) / mean, mean, cv) for part, mean, cv in zip(parts, means, cvs, strict=True)]


@given(flows(), st.data())
def test_orders_conserve_work(levels: list[q.Flow], data: st.DataObject) -> None:
    """Every order of levels, and every set of slopes, gives the same sum of load x wait."""
    order = data.draw(st.permutations(levels))
    slopes = data.draw(st.lists(st.floats(0.1, 10), min_size=len(order), max_size=len(order)))
    for waits in (q.priority(order), q.accumulating(order, slopes)):
        worked = sum(flow.load * wait for flow, wait in zip(order, waits, strict=True))
        assert worked == pytest.approx(q.conserved(order), rel=1e-9)


def test_an_order_that_looks_at_sizes_does_not_conserve() -> None:
    """Positive control: waits that are 1 % off break the law."""
    levels = [q.Flow(0.4, 1.0), q.Flow(0.4, 1.0)]
    first, second = q.priority(levels)
    assert 0.4 * 1.01 * first + 0.4 * second != pytest.approx(q.conserved(levels), rel=1e-9)


@given(flows())
def test_slopes_alike_are_first_come_first_served(levels: list[q.Flow]) -> None:
    """With equal slopes all wait as M/G/1 says; with slopes far apart as strict levels say."""
    count = len(levels)
    alike = q.accumulating(levels, [2.0] * count)
    assert alike == pytest.approx([alike[0]] * count)
    far = q.accumulating(levels, [10.0 ** (-9 * i) for i in range(count)])
    assert far == pytest.approx(q.priority(levels), rel=1e-5)


@given(LOADS, st.integers(1, 4), st.integers(1, 30))
def test_levels_before_several_agents_average_to_erlang_c(share: float, count: int, agents: int) -> None:
    """Equal times to handle: the waits of the levels average to the wait of all."""
    rates = [share * agents / count] * count
    waits = q.priority_agents(rates, handle=1.0, agents=agents)
    assert sum(waits) / count == pytest.approx(q.mmc(share * agents, handle=1.0, agents=agents).wait)
    assert list(waits) == sorted(waits)


@given(flows())
def test_who_may_interrupt_knows_no_lower_level(levels: list[q.Flow]) -> None:
    """The first level stays as if alone; with one level interrupting changes nothing."""
    first = levels[0]
    alone = q.mg1(first.arrivals, handle=first.handle, cv=first.cv)
    assert q.preemptive(levels)[0] == pytest.approx(alone.stay)


@given(LOADS, MEANS, st.floats(0, 3), MEANS)
def test_notice_only_adds_to_the_wait(share: float, handle: float, cv: float, notice: float) -> None:
    """Late notice adds its mean where it is exponential, and between half and all of it where it is constant."""
    rate = share / handle
    at_once = q.mg1(rate, handle=handle, cv=cv).wait
    random, constant = (
        q.noticed_late(rate, handle=handle, cv=cv, notice=notice, notice_cv=one).wait - at_once for one in (1.0, 0.0)
    )
    assert random == pytest.approx(notice, rel=1e-6)
    assert 0.4999 * notice <= constant <= 1.0001 * notice


@given(COUNTS, MEANS, MEANS, st.integers(1, 4))
def test_tabs_obey_little_and_slow_down(count: int, handle: float, think: float, agents: int) -> None:
    """Tabs are rate x (reply + think); each further tab slows replies and raises the rate."""
    one, more = (q.tabs(n, handle=handle, think=think, agents=agents) for n in (count, count + 1))
    assert count == pytest.approx(one.rate * (one.reply + think))
    assert one.occupancy == pytest.approx(one.rate * handle / agents)
    assert one.slowdown >= 1 - 1e-9
    assert more.reply >= one.reply * (1 - 1e-9)
    assert more.rate >= one.rate * (1 - 1e-9)


@given(COUNTS, MEANS, MEANS)
def test_chains_without_a_cost_are_the_closed_form(count: int, handle: float, think: float) -> None:
    """A switch or a notice of a billionth costs nothing; VIPs alone, or none of them, are ordinary tabs."""
    plain = q.tabs(count, handle=handle, think=think)
    for found in (
        q.tabs_switching(count, handle=handle, think=think, switch=1e-9),
        q.tabs_noticed_late(count, handle=handle, think=think, notice=1e-9),
        q.tabs_switching(count, handle=handle, think=think, switch=0.0),
        q.tabs_noticed_late(count, handle=handle, think=think, notice=0.0),
    ):
        assert found.rate == pytest.approx(plain.rate, rel=1e-6)
    assert q.vip_tabs(count, 0, handle=handle, think=think).rate_vip == pytest.approx(plain.rate)
    assert q.vip_tabs(0, count, handle=handle, think=think).rate_regular == pytest.approx(plain.rate)


def test_gains_of_one_to_five_tabs_are_those_published_with_the_defaults() -> None:
    """With 20 s to handle, 60 s to think and 4 s to switch: 1, 1.81, 2.45, 2.89, 3.15 (facts, section 1)."""
    gains = [q.tabs_switching(n, handle=20.0, think=60.0, switch=4.0).gain for n in range(1, 6)]
    assert [round(gain, 2) for gain in gains] == [1.0, 1.81, 2.45, 2.89, 3.15]


@given(st.integers(1, 4), st.integers(1, 4), MEANS, MEANS)
def test_going_first_moves_replies_but_makes_none(vips: int, regulars: int, handle: float, think: float) -> None:
    """VIP and regular tabs together get as many replies as without an order, and VIPs no later."""
    found = q.vip_tabs(vips, regulars, handle=handle, think=think)
    plain = q.tabs(vips + regulars, handle=handle, think=think)
    assert found.rate_vip + found.rate_regular == pytest.approx(plain.rate)
    assert found.reply_vip <= found.reply_regular * (1 + 1e-9)


DESK = {"turns": st.floats(1, 12), "handle": MEANS, "think": st.floats(0.5, 60), "cap": st.integers(1, 5)}


@given(st.fixed_dictionaries(DESK), st.floats(0.05, 3))
def test_a_desk_that_loses_obeys_little(desk: dict[str, Any], share: float) -> None:
    """Occupancy is accepted work; a conversation lasts its replies and thoughts; a large cap loses nobody."""
    rate = share / (desk["turns"] * desk["handle"])
    found = q.desk_with_loss(rate, **desk)
    accepted = rate * (1 - found.p_lost)
    assert found.occupancy == pytest.approx(accepted * desk["turns"] * desk["handle"])
    assert found.duration == pytest.approx(desk["turns"] * found.reply + (desk["turns"] - 1) * desk["think"])
    assert found.tabs == pytest.approx(accepted * found.duration)


@given(st.fixed_dictionaries(DESK), st.floats(0.05, 0.9), st.one_of(st.none(), st.floats(1, 500)))
def test_a_desk_with_a_queue_obeys_little(desk: dict[str, Any], share: float, patience: float | None) -> None:
    """The same with a queue, whether customers wait for ever or not."""
    rate = share / (desk["turns"] * (desk["handle"] + desk["think"]))  # what a single tab bears
    found = q.desk_with_queue(rate, **desk, patience=patience)
    served = rate * (1 - found.p_abandon)
    assert found.occupancy == pytest.approx(served * desk["turns"] * desk["handle"], rel=1e-7)
    assert found.duration == pytest.approx(desk["turns"] * found.reply + (desk["turns"] - 1) * desk["think"], rel=1e-7)
    if patience is not None:
        assert found.p_abandon == pytest.approx(found.wait / patience, rel=1e-7, abs=1e-12)


def test_desks_meet_the_queues_they_degenerate_to() -> None:
    """One turn and one tab: M/M/1, Erlang B, Erlang A; no queue at all where nobody has patience; no cap."""
    bare: dict[str, Any] = {"turns": 1.0, "handle": 1.0, "think": 1.0}
    assert q.desk_with_queue(0.8, **bare, cap=1).wait == pytest.approx(4.0)
    assert q.desk_with_loss(0.8, **bare, cap=1).p_lost == pytest.approx(q.erlang_b(0.8, 1))
    left = q.desk_with_queue(1.5, **bare, cap=1, patience=2.0)
    palm = q.erlang_a(1.5, handle=1.0, agents=1, patience=2.0)
    assert (left.p_wait, left.p_abandon, left.wait) == pytest.approx((*palm[:2], palm.wait))
    some: dict[str, Any] = {"turns": 5.0, "handle": 20.0, "think": 60.0}
    none = q.desk_with_queue(1 / 120, **some, cap=3, patience=1e-7)
    assert none.p_abandon == pytest.approx(q.desk_with_loss(1 / 120, **some, cap=3).p_lost, rel=1e-5)
    wide = q.desk_with_queue(1 / 200, **some, cap=40)
    assert wide.reply == pytest.approx(q.open_desk(1 / 200, **some).reply, rel=1e-6)


def test_overflow_without_generalists_for_the_first_is_erlang_b() -> None:
    """Specialists lose to generalists as Erlang B says; with next to nobody of the second kind all share one pool."""
    found = q.overflow(3.0, 1e-9, handle=1.0, specialists=3, generalists=3)
    assert found.specialists * 3 == pytest.approx(3.0 * (1 - q.erlang_b(3.0, 3)))
    assert found.p_lost_first == pytest.approx(q.erlang_b(3.0, 6))


def test_a_long_day_is_the_long_run() -> None:
    """A day of 20,000 minutes is M/M/2; a day of a thousandth has nobody who waits."""
    settled_queue = q.mmc(9.0, handle=0.2, agents=2)
    long = q.day_from_empty(9.0, handle=0.2, agents=2, length=20_000.0, within=1.0)
    assert long.wait == pytest.approx(settled_queue.wait, rel=1e-3)
    assert long.served_within == pytest.approx(settled_queue.within(1.0), rel=1e-3)
    assert q.day_from_empty(9.0, handle=0.2, agents=2, length=1e-3, within=0.0).served_within > 0.999


def test_a_day_may_have_more_arrivals_than_agents_handle() -> None:
    """Twice the load for an hour: the expected wait of a fluid queue, (lambda - mu) T / (2 mu), within 5 %."""
    found = q.day_from_empty(20.0, handle=0.1, agents=1, length=60.0, within=0.0)
    assert found.wait == pytest.approx(10 * 60 / 2 / 10, rel=0.05)
    assert found.occupancy > 0.98


@given(st.floats(0, 2), st.floats(0, 24))
def test_a_slow_swing_is_followed(cv: float, at: float) -> None:
    """Where a period is a million times the handling, the load is the rate x the handling; the lag never negative."""
    slow = q.swinging_load(10.0, 5.0, period=24e6, handle=1.0, cv=cv, at=at * 1e6)
    assert slow.load == pytest.approx(10 + 5 * math.sin(2 * math.pi * at / 24), abs=1e-4)
    swift = q.swinging_load(10.0, 5.0, period=24.0, handle=1.0, cv=cv, at=at)
    assert swift.load <= swift.peak * (1 + 1e-12)
    assert q.swinging_load(10.0, 5.0, period=24.0, handle=1.0, cv=cv, at=6 + swift.lag).load == pytest.approx(
        swift.peak
    )


def test_clusters_are_borels() -> None:
    """Mean and variance are those of the sizes' probabilities, summed to 2,000."""
    eta = 0.7
    chances = [math.exp(-eta * n + (n - 1) * math.log(eta * n) - math.lgamma(n + 1)) for n in range(1, 2_000)]
    mean = sum(n * chance for n, chance in enumerate(chances, 1))
    spread = sum(n * n * chance for n, chance in enumerate(chances, 1)) - mean**2
    assert (mean, spread) == pytest.approx(q.cluster_size(eta), rel=1e-6)


def test_small_shares_keep_their_digits() -> None:
    """Elimination subtracts nothing: a share of 1e-30 has ten correct digits."""
    found = steady(0, lambda n: [(n + 1, 1e-10)] * (n < 3) + [(n - 1, 1.0)] * (n > 0))
    assert found[3] == pytest.approx(1e-30, rel=1e-9)
    assert sum(settled(np.array([[0.0, 1.0, 2.0], [3.0, 0.0, 1.0], [1.0, 1.0, 0.0]]))) == pytest.approx(1)
