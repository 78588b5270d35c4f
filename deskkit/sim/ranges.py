"""What a sensitivity study varies, and how far: every number that is assumed, and those that matter though sourced.

A range is what is plausible, said by nobody's data: it is an assumption itself, to be changed by whoever knows better.
Ranges of sources span what the sources say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.sim.defaults import DEFAULTS
from deskkit.sim.varying import PROFILE, paths_of

if TYPE_CHECKING:
    from deskkit.sim.scenario import Scenario

__all__ = ["RANGES", "Range", "assumed", "ranges_of"]

Value = str | int | float | list[str]
_HALF, _TWICE = "x 0.5", "x 2"


class Range(NamedTuple):
    """How far a number of a scenario may be off.

    Attributes
    ----------
    name : str
        As in `deskkit.sim.defaults`, or as `deskkit.sim.varying.varied` reads it.
    title : str
    low, high : value or None
        None: it is as low (or as high) as it can be already.
    is_assumed : bool
        Whether nobody measured it.
    """

    name: str
    title: str
    low: Value | None
    high: Value | None
    is_assumed: bool = True


def word(text: str) -> str:
    """Mark a text as one to translate where it is shown."""
    return text


RANGES: Final = (
    Range(PROFILE, word("Arrivals: how peaked"), _HALF, "x 1.5"),
    Range("stream.arrivals.busyness.shape", word("Arrivals: shape of the busyness"), 100, 5, is_assumed=False),
    Range("stream.turns", word("Turns"), "x 0.8", "x 1.25", is_assumed=False),
    Range("stream.handle", word("Time to handle"), "x 0.8", "x 1.25", is_assumed=False),
    Range("stream.think", word("Time to think"), "x 0.75", "x 1.33", is_assumed=False),
    Range("stream.impatience", word("Slow replies slow the customer"), None, 0.5),
    Range("stream[complaint].turns", word("Complaints: turns"), "x 0.83", "x 1.2"),
    Range("stream[complaint].handle", word("Complaints: time to handle"), "x 0.8", "x 1.25"),
    Range("stream[complaint].help", word("Complaints: share with a helper"), None, 0.1),
    Range("stream.patience.queue", word("Patience in the queue"), _HALF, _TWICE),
    Range("stream[vip].patience.queue", word("Patience of VIP customers"), "x 0.67", "x 1.33"),
    Range("stream.patience.writing", word("Patience of who may write meanwhile"), 1, 1.6),
    Range("stream.patience.service", word("Patience for a reply"), _HALF, _TWICE),
    Range("stream.patience.silent", word("Leavers who say nothing"), 0.3, 1, is_assumed=False),
    Range("attention.glance", word("Glance at a badge"), _HALF, _TWICE),
    Range("attention.channels.popup.latency", word("Latency of a pop-up"), _HALF, _TWICE),
    Range("attention.channels.sound.latency", word("Latency of a sound"), _HALF, _TWICE),
    Range("attention.channels.flash.latency", word("Latency of a flash"), _HALF, _TWICE),
    Range("attention.channels.popup.missed", word("Pop-ups missed"), 0.05, 0.25, is_assumed=False),
    Range("attention.channels.sound.missed", word("Sounds missed"), 0.1, 0.3, is_assumed=False),
    Range("attention.unfocused", word("Idle but not at the console"), 0, 0.2),
    Range("attention.unfocused_latency", word("Until back at the console"), _HALF, _TWICE, is_assumed=False),
    Range("attention.habituation", word("Habituation to notices"), 0, 0.03),
    Range("attention.switch", word("Cost of a switch"), _HALF, _TWICE, is_assumed=False),
    Range("attention.switch_away", word("Cost of a switch after long"), _HALF, _TWICE, is_assumed=False),
    Range("attention.switch_recover", word("Time away until it costs most"), _HALF, _TWICE),
    Range("attention.per_tab", word("Attention lost per tab"), None, 0.04),
    Range("attention.interrupts", word("What interrupts a reply"), [], ["sound", "desktop", "flash"]),
    Range("attention.resume", word("Cost of going on"), _HALF, _TWICE, is_assumed=False),
    Range("attention.wrong_window", word("Replies in the wrong window"), 0, 0.01),
    Range("attention.wrong_after_interruption", word("More of them after an interruption"), 1, 3, is_assumed=False),
    Range("attention.repair", word("Time to mend one"), _HALF, _TWICE),
    Range("attention.ghost_after", word("Silence until it is closed"), _HALF, _TWICE),
    Range("attention.pick", word("Which tab is next: oldest, newest"), "oldest", "newest"),
)
"""By part of the model: arrivals, customers, noticing, switching, erring."""


def assumed(ranges: tuple[Range, ...] = RANGES) -> tuple[Range, ...]:
    """Return the ranges of what nobody measured.

    Examples
    --------
    >>> {one.name for one in DEFAULTS if one.assumed} <= {one.name for one in assumed()}
    True
    """
    return tuple(one for one in ranges if one.is_assumed)


def ranges_of(scenario: Scenario, ranges: tuple[Range, ...] = RANGES) -> tuple[Range, ...]:
    """Return the ranges of numbers that a scenario has: it may lack VIP customers, busyness, a channel.

    Examples
    --------
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> small = load_scenario("data/scenarios/small.toml")
    >>> sorted({one.name for one in RANGES} - {one.name for one in ranges_of(small)})[:2]
    ['stream.arrivals.busyness.shape', 'stream[complaint].handle']
    """
    channels = scenario.attention.channels

    def has(name: str) -> bool:
        if name.startswith("attention.channels."):
            return name.split(".")[2] in channels
        if "busyness" in name:
            return all(stream.arrivals.busyness is not None for stream in scenario.streams)
        return bool(paths_of(scenario, name))

    return tuple(one for one in ranges if one.name == PROFILE or has(one.name))
