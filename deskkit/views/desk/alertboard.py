"""The boards of the Alerts tab: which rules ring how often and how well, and one by one what fired or was held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk import cards
from deskkit.desk import columns as k
from deskkit.desk.because import held_word
from deskkit.desk.checks import TOPICS
from deskkit.text import clean
from deskkit.views.desk.ladders import ladders, why_nothing
from deskkit.views.desk.tallies import HOUR_MS, HOURS, Tally
from deskkit.views.words import level_mark, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.views.desk.bell import Bell
    from deskkit.views.desk.fired import Entry, Fired
    from deskkit.views.words import Words

__all__ = ["Filter", "board", "is_agent"]

ROWS: Final = 100
LONGEST: Final = 1_000  # characters of a name
ALL: Final = "*"  # of the agents in the filter
_NAME: Final = 28  # half columns


class Filter(msgspec.Struct, frozen=True):
    """What the log of what fired shows: of one agent (empty: of all), all of it, or what fired, or what was held."""

    agent: str = ""
    what: str = ""

    def changed(self, deed: Mapping[str, object]) -> Filter:
        """Return the filter as a browser changes it.

        Examples
        --------
        >>> Filter("chen").changed({"what": "held"}), Filter("chen").changed({"agent": "*"})
        (Filter(agent='chen', what='held'), Filter(agent='', what=''))
        """
        given = {key: clean(one[:LONGEST]) for key, one in deed.items() if isinstance(one, str)}
        agent, what = given.get("agent", self.agent), given.get("what", self.what)
        return Filter("" if agent == ALL else agent, what if what in {"fired", "held"} else "")

    def passes(self, one: Entry) -> bool:
        """Say whether a notice is shown."""
        return self.agent in {"", one.agent} and (not self.what or (self.what == "held") == bool(one.held))


def is_agent(desk: Desk, name: str) -> bool:
    """Say whether somebody is an agent of this desk and no supervisor: such a one sees what is its own."""
    profile = desk.profiles.get(name)
    return profile is not None and profile.role != "supervisor"


def board(
    desk: Desk, fired: Fired, bell: Bell, chosen: Filter, *, pushed: Mapping[int, str], say: Words, me: str, now: int
) -> dict[str, Any]:
    """Return the boards.

    Parameters
    ----------
    desk : Desk
    fired : Fired
    bell : Bell
        Knows what browsers said came of what they fired.
    chosen : Filter
    pushed : mapping of int to str
        What became of notices that went out by push, in words, by their place in the log.
    say : Words
    me : str
    now : int
        Milliseconds.
    """
    if is_agent(desk, me):
        chosen = Filter(me, chosen.what)
    mine = [one for one in fired.entries if chosen.agent in {"", one.agent}]
    return {"sections": [
        _rules(desk, fired, chosen.agent, say, me, now), ladders(desk, channels(say), say=say),
        _hours(fired, chosen.agent, say, now),
        _log(desk, [one for one in mine if chosen.passes(one)], bell, chosen, pushed, say, me, now),
    ]}  # fmt: skip


def _column(key: str, kind: str, text: str) -> dict[str, str]:
    return {"k": key, "kind": kind, "text": text}


def _share(tally: Tally, say: Words) -> dict[str, Any]:
    """Return the share of notices acted on."""
    if not tally.sent:
        return {"share": 0.0, "text": "–"}
    return {"share": tally.acted / tally.sent * 0.999, "text": say("{n} of {all}", n=tally.acted, all=tally.sent)}


# ---------------------------------------------------------------- rules


def _rules(desk: Desk, fired: Fired, agent: str, say: Words, me: str, now: int) -> dict[str, Any]:
    """Return the rules that had something to say in the last hour, the loudest first, and those that are paused."""
    columns = [
        _column("rule", "text", say("Rule")), _column("fired", "number", say("Fired")),
        _column("acted", "share", say("Acted on")), _column("held", "number", say("Held back")),
        _column("state", "wide", say("State")),
    ]  # fmt: skip
    late = fired.tallies.by_rule(agent, now=now)
    rows = []
    for topic, event in enumerate(TOPICS):
        for level in range(k.LEVELS):
            until = desk.state.desk[k.PAUSED0 + topic * k.LEVELS + level]
            if (event, level) in late or until > now:
                tally = late.get((event, level), Tally())
                paused = _paused(desk, fired, tally, (event, level, until), say, now) if until > now else ""
                rows.append(_rule(event, level, tally, paused, say, may=not is_agent(desk, me)))
    rows.sort(key=lambda row: -int(row["cells"]["fired"]))
    return {
        "k": "rules", "title": say("Rules in the last hour"),
        "note": _counted(say("by event and level; the loudest first"), fired, say, now, span=HOUR_MS),
        "columns": columns, "rows": rows, "empty": why_nothing(desk, say=say), "acts": [],
    }  # fmt: skip


def _paused(desk: Desk, fired: Fired, tally: Tally, paused: tuple[str, int, int], say: Words, now: int) -> str:
    """Say until when a rule is paused, by whom where the log tells, and how much that held back."""
    event, level, until = paused
    held, time = tally.paused, say.time(until, now=now)
    if by := fired.paused_by(event, level, until):
        return say("paused by {agent} until {time}: {n} held back", agent=say.agent(desk, by), time=time, n=held)
    return say("paused until {time}: {n} held back", time=time, n=held)


def _rule(event: str, level: int, tally: Tally, paused: str, say: Words, *, may: bool) -> dict[str, Any]:
    deed = {"do": "pause", "event": event, "level": level}
    act = {"k": "pause", "text": say("Pause 1 h"), "deed": deed | {"ms": HOUR_MS}}
    if paused:
        act = {"k": "resume", "text": say("Resume"), "deed": deed | {"ms": 0}}
    return {
        "id": f"{event} {level}", "acts": [act] if may else [],
        "cells": {
            "rule": _what(event, level, say), "fired": str(tally.fired), "held": str(tally.held),
            "acted": _share(tally, say), "state": paused,
        },
    }  # fmt: skip


def _what(event: str, level: int, say: Words) -> str:
    if event == "digest":
        return say.event(event)
    return say("{event} · {level}", event=say.event(event), level=f"{level_mark(level)} {say.level_title(level)}")


# ---------------------------------------------------------------- by hour


def _hours(fired: Fired, agent: str, say: Words, now: int) -> dict[str, Any]:
    columns = [
        _column("hour", "text", say("Hour")), _column("fired", "number", say("Fired")),
        _column("acted", "share", say("Acted on")), _column("held", "number", say("Held back")),
    ]  # fmt: skip
    this, tallies = now // HOUR_MS, fired.tallies.by_hour(agent)
    rows = []
    for hour in range(this, this - HOURS, -1):
        if tally := tallies.get(hour):
            cells = {
                "hour": say.time(hour * HOUR_MS, now=now), "fired": str(tally.fired), "held": str(tally.held),
                "acted": _share(tally, say),
            }  # fmt: skip
            rows.append({"id": str(hour), "acts": [], "cells": cells})
    note = say("acted on: looked at within two minutes, and not since the customer's last message")
    return {
        "k": "hours", "title": say("By hour"), "note": _counted(note, fired, say, now, span=HOURS * HOUR_MS),
        "columns": columns, "rows": rows, "empty": say("Nothing fired or was held back."), "acts": [],
    }  # fmt: skip


def _counted(note: str, fired: Fired, say: Words, now: int, *, span: int) -> str:
    """Say from when on is counted, where of a long log not all of this span was read."""
    if fired.since_at is None or fired.since_at <= now - span:
        return note
    return say("{note}; counted from {time} on", note=note, time=say.time(fired.since_at, now=now))


# ---------------------------------------------------------------- one by one


def _log(
    desk: Desk, shown: Sequence[Entry], bell: Bell, chosen: Filter, pushed: Mapping[int, str], say: Words, me: str,
    now: int,
) -> dict[str, Any]:  # fmt: skip
    columns = [
        _column("at", "text", say("Time")), _column("rule", "level", say("Rule")),
        _column("customer", "text", say("Customer")), _column("agent", "text", say("Recipient")),
        _column("came", "text", say("What came of it")), _column("acted", "text", say("Acted on")),
    ]  # fmt: skip
    rows = [_fired(desk, one, bell, pushed, say, now) for one in list(shown)[: -ROWS - 1 : -1]]
    what = {"": say("All"), "fired": say("Fired"), "held": say("Held back")}
    note = say("{what} · {agent} · newest first", what=what[chosen.what], agent=_whose(desk, chosen.agent, say))
    acts: list[dict[str, Any]] = [{
        "k": "what", "text": say("Show"), "pick": "what", "deed": {"do": "filter"},
        "options": [{"k": key, "text": text} for key, text in what.items()],
    }]  # fmt: skip
    if not is_agent(desk, me):
        everybody = [{"k": ALL, "text": say("All agents")}]
        options = everybody + [{"k": name, "text": say.agent(desk, name)} for name in sorted(desk.profiles)]
        acts.append(
            {"k": "agent", "text": say("Of agent"), "pick": "agent", "deed": {"do": "filter"}, "options": options}
        )
    return {
        "k": "log", "title": say("What fired and what was held back"), "note": note, "columns": columns, "rows": rows,
        "empty": say("Nothing fired or was held back."), "acts": acts,
    }  # fmt: skip


def _whose(desk: Desk, agent: str, say: Words) -> str:
    return say.agent(desk, agent) if agent else say("All agents")


def _fired(desk: Desk, one: Entry, bell: Bell, pushed: Mapping[int, str], say: Words, now: int) -> dict[str, Any]:
    name = ""
    if one.conversation:
        name = shortened(say.customer(cards.conversation_card(desk, one.conversation)), _NAME)
    acted = "" if one.held or not one.conversation else say("yes") if one.acted else say("no")
    return {
        "id": str(one.seq), "open": one.conversation or None, "level": one.level, "acts": [],
        "cells": {
            "at": say.clock(one.at)[11:] if now - one.at < 12 * HOUR_MS else say.clock(one.at)[5:],
            "rule": _what(one.event, one.level, say), "customer": name,
            "agent": say.agent(desk, one.agent) if one.agent else "–", "came": _came(one, bell, pushed, say),
            "acted": acted,
        },
    }  # fmt: skip


def _came(one: Entry, bell: Bell, pushed: Mapping[int, str], say: Words) -> str:
    """Say what came of a notice: why it was held, or what each channel did."""
    if one.held:
        return say("Held back: {why}", why=held_word(one.held, say=say.translate))
    if not one.conversation:
        return say("{n} notices were held back meanwhile", n=one.count)
    alert = bell.of(one.seq)
    channel, outcome = channels(say), outcomes(say)
    parts = []
    for name in one.channels:
        text = channel[name]
        came = pushed.get(one.seq) if name == "push" else outcome.get(alert.came.get(name, "")) if alert else None
        parts.append(say("{channel}: {outcome}", channel=text, outcome=came) if came else text)
    return " · ".join(parts) or say("Fired")  # by a policy that is no more in force


def channels(say: Words) -> dict[str, str]:
    """Return the words for the channels of a ring."""
    return {
        "badge": say("Badge"), "popup": say("Popup"), "sound": say("Sound"), "desktop": say("Desktop notification"),
        "flash": say("Flashing"), "push": say("Push"),
    }  # fmt: skip


def outcomes(say: Words) -> dict[str, str]:
    """Return the words for what comes of a channel."""
    return {
        "played": say("played"), "shown": say("shown"), "other tab": say("another browser tab does it"),
        "merged": say("one just as loud was heard"), "still": say("without motion"), "quiet": say("quiet for me"),
        "off": say("off for me"), "blocked": say("blocked: nothing was clicked on this page yet"),
        "denied": say("denied in the browser"), "not asked": say("the browser was not asked yet"),
        "failed": say("failed"), "unsupported": say("this browser cannot"),
    }  # fmt: skip
