"""How agents notice, switch and err, read: what a file says, and the sourced defaults where it says nothing.

`attention = "none"` switches everything off; with `defaults = "none"` in the table only what it names disturbs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, cast

from deskkit.sim.defaults import DEFAULTS, OneDefault
from deskkit.sim.scenario import Attention, Channel
from deskkit.sim.scenariofile.reading import PAUSES, WORK

if TYPE_CHECKING:
    from deskkit.sim.scenariofile.reading import Sheet

__all__ = ["CHANNELS", "OFF", "read_attention"]

OFF: Final = "none"
CHANNELS: Final = ("badge", "popup", "sound", "desktop", "flash", "push")
PICKS: Final = ("oldest", "level", "newest")


def read_attention(root: Sheet) -> Attention:
    """Read how agents notice, switch and err.

    Parameters
    ----------
    root : Sheet
        The table that has the key `attention`, or has not.

    Returns
    -------
    Attention

    Examples
    --------
    >>> from deskkit.desk.policyfile.faults import Book
    >>> from deskkit.sim.scenariofile.reading import Sheet
    >>> read_attention(Sheet({}, (), Book())).switch
    Law(kind='exponential', mean=3800.0, cv=0.0, values=())
    >>> read_attention(Sheet({"attention": "none"}, (), Book())) == Attention()
    True
    """
    if root.data.get("attention") == OFF:
        root.take("attention")
        return Attention()
    given = root.table("attention")
    sourced = given.choice("defaults", ("sourced", OFF), "sourced", what="word") == "sourced"
    plain, channels = _defaults() if sourced else ({}, {})
    found = Attention(
        glance=given.law_or("glance", OFF, plain.get("glance"), bounds=PAUSES),
        channels=_channels(given, channels),
        unfocused=given.share("unfocused", _number(plain, "unfocused")),
        unfocused_latency=given.law_or("unfocused_latency", OFF, plain.get("unfocused_latency"), bounds=PAUSES),
        habituation=given.real("habituation", _number(plain, "habituation"), least=0, most=10),
        switch=given.law_or("switch", OFF, plain.get("switch"), bounds=PAUSES),
        switch_away_ms=float(given.span("switch_away", str(plain.get("switch_away", "0 s")), most="1 h")),
        switch_recover_ms=float(
            given.span("switch_recover", str(plain.get("switch_recover", "60 s")), least="1 s", most="24 h")
        ),
        per_tab=given.real("per_tab", _number(plain, "per_tab"), least=0, most=10),
        interrupts=_interrupts(given, plain),
        resume=given.law_or("resume", OFF, plain.get("resume"), bounds=PAUSES),
        wrong_window=given.share("wrong_window", _number(plain, "wrong_window")),
        wrong_after_interruption=given.real(
            "wrong_after_interruption", _number(plain, "wrong_after_interruption", 1.0), least=0, most=1_000
        ),
        repair=given.law_or("repair", OFF, plain.get("repair"), bounds=WORK),
        ghost_ms=given.span("ghost_after", str(plain.get("ghost_after", "180 s")), least="1 s"),
        pick=_pick(given.choice("pick", PICKS, "level", what="way to pick")),
    )
    if found.unfocused and found.unfocused_latency is None and given.book.clean("attention"):
        given.missing("unfocused_latency", "how long it takes who is not at the console", '"104 s lognormal cv 2.9"')
    given.done()
    return found


def _pick(word: str) -> Literal["oldest", "level", "newest"]:
    """Return a word as one of three."""
    return cast("Literal['oldest', 'level', 'newest']", word)


def _number(plain: dict[str, OneDefault], key: str, otherwise: float = 0.0) -> float:
    """Return the default of a number."""
    return float(cast("float", plain.get(key, otherwise)))


def _interrupts(given: Sheet, plain: dict[str, OneDefault]) -> tuple[str, ...]:
    """Read the channels that interrupt a reply in the making."""
    if given.data.get("interrupts") == OFF:
        given.take("interrupts")
        return ()
    named = given.names("interrupts", CHANNELS, what="channel", required=False)
    return named if "interrupts" in given else tuple(cast("list[str]", plain.get("interrupts", [])))


def _defaults() -> tuple[dict[str, OneDefault], dict[str, dict[str, OneDefault]]]:
    """Return the defaults of the table, and those of its channels."""
    plain: dict[str, OneDefault] = {}
    channels: dict[str, dict[str, OneDefault]] = {}
    for one in DEFAULTS:
        first, *steps = one.name.split(".")
        if first == "attention" and len(steps) == 1:
            plain[steps[0]] = one.value
        elif first == "attention":
            channels.setdefault(steps[1], {})[steps[2]] = one.value
    return plain, channels


def _channels(given: Sheet, defaults: dict[str, dict[str, OneDefault]]) -> dict[str, Channel]:
    """Read the channels; "none" takes a channel, or all of them, away."""
    if given.data.get("channels") == OFF:
        given.take("channels")
        return {}
    table = given.table("channels")
    found: dict[str, Channel] = {}
    table.keyed(CHANNELS, what="channel")
    for name in CHANNELS:
        if table.data.get(name) == OFF or (name not in table.data and name not in defaults):
            continue
        channel, usual = table.table(name), defaults.get(name, {})
        latency = channel.law("latency", usual.get("latency"), bounds=PAUSES)
        found[name] = Channel(latency, channel.share("missed", _number(usual, "missed")))
        channel.done()
    return found
