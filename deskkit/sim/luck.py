"""How long things take people and what goes wrong, as plain functions over tables of numbers: for both engines.

A draw is a hash of (key of the conversation, purpose, turn), a duration the entry of an integer table: the same numbers
in Python and compiled. Of real numbers only what both compute alike is used: the four operations, `expm1`, and rounding
half to even.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from deskkit.desk.rules import draw
from deskkit.sim.laws import table

if TYPE_CHECKING:
    from deskkit.sim.scenario import Attention, Law

__all__ = [
    "Traits", "duration_ms", "glance_ms", "handle_ms", "is_missed", "latency_ms", "repair_ms", "resume_ms", "strays",
    "switch_ms", "think_ms", "traits",
]  # fmt: skip

HALF = 1 << 31  # draws are 0 to 2**31 - 1
INDEX = 19  # bits a draw has more than a table of 4,096
MANY = 1 << 16
MINUTE_MS = 60_000
ALERTS = 1_024  # notices in an hour beyond which nobody gets any more used to them

# What is drawn while the world runs; a further one shifts no other.
GLANCE, UNFOCUSED, UNFOCUSED_LATENCY, SWITCH, WRONG_WINDOW, REPAIR, RESUME = range(1, 8)
MISSED = 16  # and the channel
LATENCY = 48  # and the channel

# Numbers of `Traits.trait`: shares as bounds of draws, laws as rows of `law` (-1: no time at all).
(
    T_UNFOCUSED, T_GLANCE, T_UNFOCUSED_LATENCY, T_SWITCH, T_RESUME, T_REPAIR, T_WRONG, T_WRONG_AFTER, T_GHOST, T_PICK,
    T_ALERTS,
) = range(11)  # fmt: skip
OLDEST, LEVEL, NEWEST = range(3)
PICKS = ("oldest", "level", "newest")
R_AWAY, R_RECOVER, R_PER_TAB = range(3)


class Traits(NamedTuple):
    """What people of a scenario are like, as tables (lists in Python, arrays compiled)."""

    trait: Any  # one row of integers
    real: Any  # one row of real numbers
    law: Any  # a row for each law: the table of its durations
    channel: Any  # a row for each channel: its law
    missed: Any  # a row for each channel: below which draw a notice is missed, by notices in the last hour


def traits(attention: Attention) -> Traits:
    """Return what people are like as tables.

    Examples
    --------
    >>> from deskkit.sim.scenario import Attention, Law
    >>> found = traits(Attention(glance=Law("constant", 3_000.0)))
    >>> glance_ms(found, 7, 0)
    3000
    """
    laws: list[Law] = []

    def row(law: Law | None) -> int:
        if law is None:
            return -1
        if law not in laws:
            laws.append(law)
        return laws.index(law)

    trait = [0] * (T_ALERTS + 1)
    trait[T_UNFOCUSED] = _bound(attention.unfocused)
    for at, law in (
        (T_GLANCE, attention.glance), (T_UNFOCUSED_LATENCY, attention.unfocused_latency), (T_SWITCH, attention.switch),
        (T_RESUME, attention.resume), (T_REPAIR, attention.repair),
    ):  # fmt: skip
        trait[at] = row(law)
    trait[T_WRONG] = _bound(attention.wrong_window)
    trait[T_WRONG_AFTER] = _bound(attention.wrong_window * attention.wrong_after_interruption)
    trait[T_GHOST], trait[T_PICK] = attention.ghost_ms, PICKS.index(attention.pick)
    trait[T_ALERTS] = ALERTS if attention.habituation > 0 else 1
    channel = [[row(one.latency)] for one in attention.channels.values()]
    missed = [_missed(one.missed, attention.habituation, trait[T_ALERTS]) for one in attention.channels.values()]
    real = [float(attention.switch_away_ms), float(attention.switch_recover_ms), float(attention.per_tab)]
    return Traits(trait, real, [table(law) for law in laws], channel, missed)


def _bound(share: float) -> int:
    """Return the least integer that no draw with this probability reaches."""
    return math.ceil(share * HALF)


@lru_cache(maxsize=256)
def _missed(missed: float, habituation: float, alerts: int) -> list[int]:
    """Return below which draw a notice is missed, by notices in the last hour; not to be changed."""
    return [_bound(_used(missed, habituation, n)) for n in range(alerts)]


def _used(missed: float, habituation: float, alerts: int) -> float:
    """Return the share of notices missed by who had so many in the last hour."""
    return missed ** (1 / (1 + habituation * alerts)) if habituation > 0 and missed > 0 else missed


def duration_ms(h: Any, law: int, key: int, purpose: int, turn: int) -> int:
    """Draw a duration for a turn of a conversation; of no law it is 0."""
    if law < 0:
        return 0
    return h.law[law][draw(key, purpose * MANY + turn) >> INDEX]


def glance_ms(h: Any, key: int, turn: int) -> int:
    """Return how long an idle agent takes to see a message without any notice."""
    if draw(key, UNFOCUSED * MANY + turn) < h.trait[T_UNFOCUSED]:
        return duration_ms(h, h.trait[T_UNFOCUSED_LATENCY], key, UNFOCUSED_LATENCY, turn)
    return duration_ms(h, h.trait[T_GLANCE], key, GLANCE, turn)


def is_missed(h: Any, channel: int, key: int, turn: int, nth: int, alerts: int) -> int:
    """Say (1 or 0) whether a notice is missed: `nth` tells it from others, `alerts` came in the last hour."""
    bound = h.missed[channel][min(alerts, h.trait[T_ALERTS] - 1)]
    n = (MISSED + channel) * MANY + turn + 31 * (nth + MANY * channel)
    return 1 if draw(key, n) < bound else 0


def latency_ms(h: Any, channel: int, key: int, turn: int) -> int:
    """Return how long a notice on a channel takes to be noticed."""
    return duration_ms(h, h.channel[channel][0], key, LATENCY + channel, turn)


def switch_ms(h: Any, key: int, turn: int, away: int) -> int:
    """Return what it costs to change to a tab not looked at for so long."""
    ms = duration_ms(h, h.trait[T_SWITCH], key, SWITCH, turn)
    if h.real[R_AWAY] > 0:
        ms += round(h.real[R_AWAY] * -math.expm1(-away / h.real[R_RECOVER]))
    return ms


def handle_ms(h: Any, ms: int, tabs: int, speed: float) -> int:
    """Return how long an agent of this speed, with so many tabs in hand, takes for what takes `ms`."""
    return round(ms * (1 + h.real[R_PER_TAB] * (tabs - 1)) / speed)


def resume_ms(h: Any, key: int, turn: int) -> int:
    """Return what it costs to go on with an interrupted reply."""
    return duration_ms(h, h.trait[T_RESUME], key, RESUME, turn)


def strays(h: Any, key: int, turn: int, interrupted: int) -> int:
    """Say (1 or 0) whether a reply after a change of tab goes to the tab before."""
    bound = h.trait[T_WRONG_AFTER] if interrupted == 1 else h.trait[T_WRONG]
    return 1 if draw(key, WRONG_WINDOW * MANY + turn) < bound else 0


def repair_ms(h: Any, key: int, turn: int) -> int:
    """Return how long it takes to notice and mend a reply in the wrong window."""
    return duration_ms(h, h.trait[T_REPAIR], key, REPAIR, turn)


def think_ms(ms: int, impatience: float, reply_ms: int) -> int:
    """Return how long a customer thinks: longer after a slow reply, where the stream says so."""
    if impatience == 0:
        return ms
    return round(ms * (1 + impatience * reply_ms / MINUTE_MS))
