"""The agents of the sample: the roster file and who is on shift.

Of conversations it knows only how many each agent has in hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.phrase import Manner
from deskkit.feeds.sample.records import local
from deskkit.feeds.sample.script import load

if TYPE_CHECKING:
    from deskkit.feeds.sample.records import Conversation

GROUPS = {
    "presales": ("40011", "售前组"),
    "aftersales": ("40012", "售后组"),
    "technical": ("40013", "技术组"),
    "vip": ("40014", "VIP客服"),
    "international": ("40015", "国际组"),
}
"""Group -> Meiqia's id and the name on screen."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERSONAS = ("formal", "warm", "plain", "warm", "formal")
_FIRST_ID = 620311


@dataclass
class Agent:
    """An agent: the roster's keys, a manner of writing, and the conversations in hand."""

    id: str
    name: str
    nick: str
    role: str
    groups: tuple[str, ...]
    languages: tuple[str, ...]
    capacity: int
    shifts: tuple[tuple[frozenset[int], int, int], ...]
    number: str
    persona: str
    manner: Manner
    pace: float  # 1 is usual, more is slower
    favour: float  # how readily the provider's distribution picks this agent
    hand: list[Conversation] = field(default_factory=list)
    busy: bool = False

    def on_shift(self, at: int) -> bool:
        """Tell whether the agent takes conversations at this instant."""
        now = local(at)
        minute = now.hour * 60 + now.minute
        return any(now.weekday() in days and start <= minute < end for days, start, end in self.shifts)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _days(text: str) -> frozenset[int]:
    first, _, last = text.partition("-")
    return frozenset(range(_DAYS.index(first), _DAYS.index(last or first) + 1))


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(load("agents")["agent"])


def roster(seed: int) -> list[Agent]:
    """Return the agents, with nothing in hand."""
    return [_agent(entry, rank, seed) for rank, entry in enumerate(_entries())]


def _agent(entry: dict[str, Any], rank: int, seed: int) -> Agent:
    draw = Draw(seed, "agent", entry["id"])
    persona = _PERSONAS[rank % len(_PERSONAS)]
    return Agent(
        id=entry["id"],
        name=entry["name"],
        nick=entry["nick"],
        role=entry["role"],
        groups=tuple(entry["groups"]),
        languages=tuple(entry["languages"]),
        capacity=entry["capacity"],
        shifts=tuple((_days(s["days"]), _minutes(s["from"]), _minutes(s["to"])) for s in entry["shifts"]),
        number=str(_FIRST_ID + rank * 7),
        persona=persona,
        manner=Manner(
            stops={"formal": 1.0, "warm": 0.35, "plain": 0.4}[persona],
            stops_en=0.85,
            tilde={"formal": 0.0, "warm": 0.75, "plain": 0.05}[persona],
        ),
        pace=1.25 - 0.05 * entry["capacity"] + 0.3 * draw.unit(),
        favour=3.0 if entry["role"] == "supervisor" else entry["capacity"] ** 3 / 50,
    )
