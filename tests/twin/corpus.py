"""Random days under random policies, small and full of ties: what both engines must live through alike."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from msgspec import structs

from deskkit.desk.policy import Policy
from deskkit.sim.run import begin_of
from deskkit.sim.scenario import (
    Agent,
    Arrivals,
    Attention,
    Channel,
    Law,
    Line,
    Patience,
    Point,
    Scenario,
    Shift,
    Stream,
)
from deskkit.sim.workload import Workload, sample
from tests.twin.policies import drawn_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.scenario import LawKind

__all__ = ["LONG", "SHORT", "Case", "drawn_case"]

HOUR: Final = 3_600_000
MIN: Final = 60_000
LONG: Final = (15, 30, 45)
SHORT: Final = (3, 4, 6, 12)
GROUPS: Final = ("front", "back", "experts")
TICKS: Final = (1, 1_000, 10_000, 30_000)
TEXTS: Final = (
    "hello, are you there?", "where is my order", "this is too slow, hurry", "我要退款", "急，我的订单呢", "谢谢",
    "thanks", "hola, necesito ayuda con mi pedido", "…", "你好",
)  # fmt: skip

FIELDS: Final = {"membership": "gold", "orders": 0, "spend": 900.0, "last_order": 86_400_000, "city": 7}
HISTORY: Final = {"unresolved": 2, "rating": -1, "contacts": 3, "transfers": 1}


class Case(NamedTuple):
    """A run: `tick` says of how many milliseconds every time is a multiple."""

    scenario: Scenario
    policy: Policy
    workload: Workload
    tick: int


def drawn_case(number: int, minutes: Sequence[int] = LONG) -> Case:
    """Return the case of a number; four in a row have one policy. A day's length is one of some."""
    dice = random.Random(f"twin {number}")
    tick = dice.choice(TICKS)
    scenario = _scenario(dice, tick, dice.choice(minutes) * MIN)
    policy = _policy(number // 4)
    found = sample(scenario, seed=number, replication=number % 3, begin=begin_of(scenario, policy))
    return Case(scenario, policy, _coarse(found, tick) if tick > 1 else found, tick)


@lru_cache(maxsize=1)
def _policy(number: int) -> Policy:
    return Policy.parse(drawn_policy(random.Random(f"policy {number}")))


def _coarse(workload: Workload, tick: int) -> Workload:
    """Return a workload all of whose times are multiples of a tick; what is drawn on demand repeats the last."""

    def whole(name: str) -> pl.Expr:
        ms = pl.col(name)
        return pl.when(ms < 0).then(ms).otherwise((ms + tick // 2) // tick * tick)

    rows = workload.conversations.with_columns(pl.col("at") // tick * tick, whole("queue_patience_ms"))
    turns = workload.turns.with_columns(whole("handle_ms"), whole("think_ms"), whole("patience_ms"))
    return Workload(
        rows, turns, key=workload.key, begin=workload.begin, end=workload.end, midnight=workload.midnight
    )  # fmt: skip


def _law(dice: random.Random, mean: float, tick: int) -> Law:
    """Draw a law; with coarse ticks one whose values are a few multiples."""
    if tick == 1:
        kind: LawKind = dice.choice(("constant", "exponential", "lognormal"))
        return Law(kind, mean, dice.choice((0.3, 0.8, 1.4)) if kind == "lognormal" else 0.0)
    return Law("constant", float(round(mean * dice.choice((0, 1, 1, 2)) / tick) * tick))


def _takes(law: Law, tick: int) -> Law:
    """Return a law of what takes some time in any case."""
    return structs.replace(law, mean=max(law.mean, float(tick)))


def _thinks(dice: random.Random, tick: int) -> Law:
    return _law(dice, dice.choice((20_000, 120_000)), tick)


def _maybe(dice: random.Random, share: float, one: Any, other: Any = None) -> Any:
    return one if dice.random() < share else other


def _scenario(dice: random.Random, tick: int, length: int) -> Scenario:
    dated = dice.random() < 0.7
    begin = dice.choice((0, 9 * HOUR, 9 * HOUR + 12 * MIN)) if dated else 0  # the doors close at twenty past
    streams = tuple(_stream(dice, n, tick, begin) for n in range(dice.randint(1, 4)))
    for_ever = any(one.turns is None for one in streams)  # to the end of patience that takes half a day: seldom
    days = 2 if dated and dice.random() < 0.05 else 1
    return Scenario(
        name="drawn", day="2026-06-18" if dated else "", begin_ms=begin, end_ms=begin + length, days=days,
        drain=dice.random() < (0.1 if for_ever else 0.8), streams=streams,
        agents=tuple(_agents(dice, begin, length)), attention=_attention(dice, tick),
    )  # fmt: skip


def _stream(dice: random.Random, number: int, tick: int, begin: int) -> Stream:
    arrivals = Arrivals(points=(Point(begin, dice.choice((10, 40, 90))),))
    if dice.random() < 0.2:  # all at once
        arrivals = Arrivals(instants=(begin + dice.choice((0, MIN)),) * dice.randint(1, 12))
    endless = dice.random() < 0.05
    last = f"{dice.choice(GROUPS)}-1"
    return Stream(
        name=f"stream{number}", arrivals=arrivals, group=_maybe(dice, 0.3, dice.choice(GROUPS), ""),
        language=dice.choice(("", "zh", "en", "es")), needs=_maybe(dice, 0.15, ("refunds",), ()),
        fields=_some(dice, 0.3, FIELDS), history=_some(dice, 0.2, HISTORY | {"last_agent": last}),
        returning=_maybe(dice, 0.4, 0.5, 0.0), tags=_maybe(dice, 0.2, (("label", "important"),), ()),
        text=dice.choice(TEXTS),
        lines=tuple(
            Line(dice.choice(TEXTS), turn=dice.choice((-1, 0, 1)), share=0.5) for _ in range(dice.randint(0, 3))
        ),
        turns=None if endless else Law("geometric", dice.choice((1.0, 3.0, 6.0))),
        handle=_law(dice, 30_000, tick), think=Law("constant", 60_000.0) if endless else _thinks(dice, tick),
        words=_maybe(dice, 0.2, Law("constant", 20.0)), impatience=_maybe(dice, 0.3, 0.7, 0.0),
        patience=Patience(
            queue=_maybe(dice, 0.7, _law(dice, 90_000, tick)), service=_maybe(dice, 0.6, _law(dice, 120_000, tick)),
            silent=dice.choice((0.0, 0.5, 1.0)), writing=dice.choice((1.0, 1.3)),
        ),
        transfer=_maybe(dice, 0.3, ((dice.choice(GROUPS), 0.5),), ()), help=dice.choice((0.0, 0.0, 0.6)),
        rating=(0.2, 0.2, 0.3),
    )  # fmt: skip


def _some(dice: random.Random, share: float, of: dict[str, Any]) -> dict[str, Any]:
    """Draw some entries of a table."""
    return {name: value for name, value in of.items() if dice.random() < share}


def _agents(dice: random.Random, begin: int, length: int) -> Sequence[Agent]:
    people = []
    for group in GROUPS[: dice.randint(1, 3)]:
        shift = Shift(
            begin, begin + length, breaks=((begin + length // 3, begin + length // 2),) if dice.random() < 0.5 else ()
        )
        late = Shift(begin + min(3 * MIN, length // 3), begin + length * 2 // 3)
        people.append(
            Agent(
                name=group, count=dice.randint(1, 3),
                groups=tuple(dict.fromkeys((group, *_maybe(dice, 0.3, (dice.choice(GROUPS),), ())))),
                languages=dice.choice(((), ("zh", "en"), ("en",), ("es", "en", "zh"))),
                skills=_maybe(dice, 0.4, {"refunds": dice.randint(1, 5)}, {}),
                capacity=dice.choice((None, None, 1.0, 3.0, 0.001)), speed=dice.choice((1.0, 1.0, 0.8, 1.7)),
                shifts=dice.choice(((), (shift,), (late,))),
            )
        )  # fmt: skip
    if dice.random() < 0.5:
        people.append(Agent(name="lead", groups=("front",), role="supervisor", shifts=()))
    return people


def _attention(dice: random.Random, tick: int) -> Attention:
    if dice.random() < 0.15:
        return Attention(pick=dice.choice(("oldest", "level", "newest")))
    channels = {
        name: Channel(_law(dice, 4_000 if tick < 10_000 else 20_000, tick), dice.choice((0.0, 0.2, 0.6)))
        for name in ("badge", "popup", "sound", "desktop", "push") if dice.random() < 0.6
    }  # fmt: skip
    return Attention(
        glance=_maybe(dice, 0.6, _law(dice, 20_000, tick)), channels=channels, unfocused=dice.choice((0.0, 0.3)),
        unfocused_latency=_law(dice, 60_000, tick), habituation=dice.choice((0.0, 0.2)),
        switch=_maybe(dice, 0.6, _law(dice, 4_000 if tick < 10_000 else 10_000, tick)),
        switch_away_ms=dice.choice((0.0, 11_000.0)) if tick == 1 else 0.0, per_tab=dice.choice((0.0, 0.05)),
        interrupts=dice.choice(((), ("sound",), ("sound", "push"))), resume=_maybe(dice, 0.5, _law(dice, 4_000, tick)),
        wrong_window=dice.choice((0.0, 0.3)), wrong_after_interruption=dice.choice((1.0, 3.0)),
        repair=_maybe(dice, 0.7, _takes(_law(dice, 20_000, tick), tick)), ghost_ms=dice.choice((30_000, 180_000)),
        pick=dice.choice(("oldest", "level", "newest")),
    )  # fmt: skip
