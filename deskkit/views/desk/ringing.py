"""What notices do to the rows of the list until they are seen: the size of an icon, and whether it flashes.

Told event by event what happens; knows no widget.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import events as e
from deskkit.desk.because import ring_of

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

__all__ = ["WAITS", "Mark", "Ringing"]

WAITS: Final = frozenset({"message", "waiting"})  # what is over as soon as anybody answers the customer
PIXELS: Final = {1: 16, 2: 22, 3: 28}  # by the size of a ring's icon


class Mark(msgspec.Struct, frozen=True):
    """How a row draws attention: the size of its icon in pixels, and whether it flashes."""

    size: int
    flashes: bool


class Ringing:
    """The notices to one agent that wait to be seen.

    Parameters
    ----------
    me : str

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> desk, ringing = Desk(Policy.load("data/policies/standard.toml")), Ringing("chen")
    >>> ringing.told(desk, e.Notified(at=0, conversation="c1", agent="chen", event="message", level=3, rung=1))
    >>> ringing.marks["c1"]
    Mark(size=28, flashes=True)
    >>> ringing.told(desk, e.Viewed(at=9, conversation="c1", agent="chen"))
    >>> ringing.marks
    {}
    """

    def __init__(self, me: str) -> None:
        self._me = me
        self._of: dict[str, dict[str, Mark]] = {}  # by conversation, and by what the notices are about
        self.marks: dict[str, Mark] = {}

    def told(self, desk: Desk, event: e.Event) -> None:
        """Hear what happens; a stronger notice does not fade before a weaker one."""
        match event:
            case e.Notified(conversation=name, agent=agent) if agent == self._me:
                ring = ring_of(desk.policy, event)
                mark = Mark(PIXELS[ring.icon], "flash" in ring.channels)
                of = self._of.setdefault(name, {})
                of[event.event] = _stronger(mark, of.get(event.event, mark))
                self._draw(name)
            case e.Viewed(conversation=name, agent=agent) | e.AgentWrote(conversation=name, agent=agent):
                if agent == self._me:
                    self._drop(name)
                elif isinstance(event, e.AgentWrote) and not event.automatic and name in self._of:
                    self._of[name] = {about: mark for about, mark in self._of[name].items() if about not in WAITS}
                    self._draw(name)
            case e.Resolved() | e.Archived() | e.CustomerLeft() | e.Renewed():
                self._drop(event.conversation)

    def forget(self) -> None:
        """Know of nothing, as before the first event."""
        self._of.clear()
        self.marks.clear()

    def _drop(self, name: str) -> None:
        self._of.pop(name, None)
        self.marks.pop(name, None)

    def _draw(self, name: str) -> None:
        if of := self._of[name]:
            self.marks[name] = reduce(_stronger, of.values())
        else:
            self._drop(name)


def _stronger(one: Mark, other: Mark) -> Mark:
    return Mark(max(one.size, other.size), one.flashes or other.flashes)
