"""The one order of what is due: by instant, then by what it is, then by conversation, then by agent.

Two things due in the same millisecond are never ordered by who asked first, so that two engines, two processes and two
machines write the same log. SimPy gets the packed key as the priority of an event.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from simpy.events import Event, EventPriority

if TYPE_CHECKING:
    from simpy import Environment

__all__ = ["NOBODY", "Call", "Due", "Entry", "packed"]

NOBODY: Final = -1
_AGENT_BITS: Final = 20
_CONVERSATION_BITS: Final = 32


class Due(IntEnum):
    """What is due, in the order in which it happens within one millisecond.

    Above SimPy's own two priorities, so that a process that was interrupted goes on first.
    """

    DEADLINE = 2
    SHIFT = 3
    ARRIVES = 4
    WRITES = 5
    LEAVES = 6
    FOUND_GONE = 7
    NOTICES = 8
    TURNS = 9
    SENDS = 10
    ACTS = 11
    ENDS = 12


def packed(due: Due, conversation: int = NOBODY, agent: int = NOBODY) -> int:
    """Return the key of what is due, for a conversation, an agent, or neither.

    Examples
    --------
    >>> packed(Due.WRITES, 7) < packed(Due.WRITES, 8) < packed(Due.SENDS, 0, 3) < packed(Due.SENDS, 0, 4)
    True
    """
    return ((due << _CONVERSATION_BITS | conversation + 1) << _AGENT_BITS) | agent + 1


class Call(Event):
    """A SimPy event that somebody waits for, and that another lets happen, in the one order."""

    def happen(self, key: int) -> None:
        """Happen at once (SimPy's `succeed` goes by who asked first)."""
        self.happen_at(int(self.env.now), key)

    def happen_at(self, instant: int, key: int) -> None:
        """Happen at an instant, milliseconds."""
        self._ok = True
        self._value = None
        self.env.schedule(self, EventPriority(key), instant - self.env.now)


class Entry(Call):
    """A SimPy event that is sure to happen at an instant, in the one order."""

    def __init__(self, env: Environment, at: int, key: int) -> None:
        super().__init__(env)
        self.happen_at(at, key)
