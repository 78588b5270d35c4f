"""What a sensitivity study varies, and how far: every number that is assumed, and those that matter though sourced.

A range is what is plausible, said by nobody's data: it is an assumption itself, to be changed by whoever knows better.
Ranges of sources span what the sources say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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


RANGES: Final = (
    Range(PROFILE, "Arrivals: how peaked", _HALF, "x 1.5"),
    Range("stream.arrivals.busyness.shape", "Arrivals: shape of the busyness", 100, 5, is_assumed=False),
    Range("stream.turns", "Turns", "x 0.8", "x 1.25", is_assumed=False),
    Range("stream.handle", "Time to handle", "x 0.8", "x 1.25", is_assumed=False),
    Range("stream.think", "Time to think", "x 0.75", "x 1.33", is_assumed=False),
    Range("stream.impatience", "Slow replies slow the customer", None, 0.5),
    Range("stream[complaint].turns", "Complaints: turns", "x 0.83", "x 1.2"),
    Range("stream[complaint].handle", "Complaints: time to handle", "x 0.8", "x 1.25"),
    Range("stream[complaint].help", "Complaints: share with a helper", None, 0.1),
    Range("stream.patience.queue", "Patience in the queue", _HALF, _TWICE),
    Range("stream[vip].patience.queue", "Patience of VIP customers", "x 0.67", "x 1.33"),
    Range("stream.patience.writing", "Patience of who may write meanwhile", 1, 1.6),
    Range("stream.patience.service", "Patience for a reply", _HALF, _TWICE),
    Range("stream.patience.silent", "Leavers who say nothing", 0.3, 1, is_assumed=False),
    Range("attention.glance", "Glance at a badge", _HALF, _TWICE),
    Range("attention.channels.popup.latency", "Latency of a pop-up", _HALF, _TWICE),
    Range("attention.channels.sound.latency", "Latency of a sound", _HALF, _TWICE),
    Range("attention.channels.flash.latency", "Latency of a flash", _HALF, _TWICE),
    Range("attention.channels.popup.missed", "Pop-ups missed", 0.05, 0.25, is_assumed=False),
    Range("attention.channels.sound.missed", "Sounds missed", 0.1, 0.3, is_assumed=False),
    Range("attention.unfocused", "Idle but not at the console", 0, 0.2),
    Range("attention.unfocused_latency", "Until back at the console", _HALF, _TWICE, is_assumed=False),
    Range("attention.habituation", "Habituation to notices", 0, 0.03),
    Range("attention.switch", "Cost of a switch", _HALF, _TWICE, is_assumed=False),
    Range("attention.switch_away", "Cost of a switch after long", _HALF, _TWICE, is_assumed=False),
    Range("attention.switch_recover", "Time away until it costs most", _HALF, _TWICE),
    Range("attention.per_tab", "Attention lost per tab", None, 0.04),
    Range("attention.interrupts", "What interrupts a reply", [], ["sound", "desktop", "flash"]),
    Range("attention.resume", "Cost of going on", _HALF, _TWICE, is_assumed=False),
    Range("attention.wrong_window", "Replies in the wrong window", 0, 0.01),
    Range("attention.wrong_after_interruption", "More of them after an interruption", 1, 3, is_assumed=False),
    Range("attention.repair", "Time to mend one", _HALF, _TWICE),
    Range("attention.ghost_after", "Silence until it is closed", _HALF, _TWICE),
    Range("attention.pick", "Which tab is next: oldest, newest", "oldest", "newest"),
)
"""By part of the model: arrivals, customers, noticing, switching, erring."""


def assumed(ranges: tuple[Range, ...] = RANGES) -> tuple[Range, ...]:
    """Return the ranges of what nobody measured.

    Examples
    --------
    >>> from deskkit.sim.defaults import DEFAULTS
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
