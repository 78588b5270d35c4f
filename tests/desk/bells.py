"""A small desk for the tests of notices: ladders of a few lines, instants in seconds since the desk began.

What rang and what was held back are read from the log, so a test compares short lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk import events
from deskkit.desk.policy import Policy
from tests.desk.scene import BARE, SECOND, START, Scene

if TYPE_CHECKING:
    from deskkit.desk.events import Decision

Rung = dict[str, Any]
Rang = tuple[float, str, str]
LEVELS = ("low", "normal", "high", "urgent")


def rung(after: int, to: str = "owner", ring: str = "soft", **more: Any) -> Rung:
    """Return a rung `after` seconds."""
    return {"after": f"{after} s", "to": to, "ring": ring, **more}


def again(after: int, every: int, times: int, to: str = "owner") -> Rung:
    """Return a rung that rings `times` times more."""
    return rung(after, to, repeat=f"{every} s", times=times)


def ladder(event: str, level: str | list[str], *rungs: Rung) -> dict[str, Any]:
    """Return a ladder."""
    return {"event": event, "level": level, "rungs": list(rungs)}


_RINGS = """
[rings.badge]
channels = ["badge"]
[rings.soft]
channels = ["badge", "popup", "sound"]
sound = "soft.wav"
volume = 40
[rings.alarm]
channels = ["badge", "popup", "sound", "desktop", "flash"]
sound = "alarm.wav"
volume = 100
icon = 3
[rings.push]
channels = ["push"]
[notify]
per_minute = 600
"""
QUIET_BASE = Policy.parse(BARE.text + _RINGS)


def ringing(*ladders: dict[str, Any], edits: dict[str, object] | None = None) -> Policy:
    """Return the bare policy with these ladders and no limit that matters."""
    made = QUIET_BASE
    for one in ladders:
        made = made.add("notify.ladder", one)
    return made.edit(edits or {})


class Bells(Scene):
    """A scene that tells what rang, of c1 where no other name is given."""

    def __init__(
        self, *ladders: dict[str, Any], edits: dict[str, object] | None = None, agents: tuple[str, ...] = ("chen",)
    ) -> None:
        super().__init__(ringing(*ladders, edits=edits), agents=agents)

    def supervisor(self, name: str, *, presence: str = "online") -> None:
        """Let a supervisor of another group come in."""
        self.take(events.AgentSet, agent=name, role="supervisor", groups=("other",))
        self.take(events.PresenceSet, agent=name, presence=presence)

    def presence(self, agent: str, presence: str) -> tuple[Decision, ...]:
        """Let an agent come, go or be away."""
        return self.take(events.PresenceSet, agent=agent, presence=presence)

    def view(self, agent: str = "chen", name: str = "c1") -> tuple[Decision, ...]:
        """Let an agent look at a tab."""
        return self.do(events.Viewed, name, agent=agent)

    def until(self, second: float) -> tuple[Decision, ...]:
        """Let time pass until so many seconds since the beginning."""
        return self.wait(START + round(second * SECOND) - self.at)

    def second(self, at: int) -> float:
        """Return an instant in seconds since the beginning, whole where it is."""
        return (at - START) / SECOND

    def rang(self, event: str = "", *, since: float = 0, name: str = "c1") -> list[Rang]:
        """Return what rang: second, agent, event and rung."""
        return [
            (self.second(d.at), d.agent, f"{d.event} {LEVELS[d.level]} {d.rung}")
            for d in self.log
            if isinstance(d, events.Notified) and d.conversation == name and event in ("", d.event)
            if self.second(d.at) >= since
        ]

    def held(self, *reasons: str, since: float = 0, name: str = "c1") -> list[tuple[float, str, str, str]]:
        """Return what was held back: second, agent, event and rung, why."""
        return [
            (self.second(d.at), d.agent, f"{d.event} {LEVELS[d.level]} {d.rung}", d.reason)
            for d in self.log
            if isinstance(d, events.NoticeHeld) and d.conversation == name and (not reasons or d.reason in reasons)
            if self.second(d.at) >= since
        ]
