"""What notices do to the rows of the list until they are seen: the size of an icon, and whether it flashes.

Told event by event what happens; knows no widget.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import events as e
from deskkit.desk.because import ring_of

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

__all__ = ["Mark", "Ringing"]

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
        self.marks: dict[str, Mark] = {}

    def told(self, desk: Desk, event: e.Event) -> None:
        """Hear what happens; a stronger notice does not fade before a weaker one."""
        match event:
            case e.Notified(conversation=name, agent=agent) if agent == self._me:
                ring = ring_of(desk.policy, event)
                mark = Mark(PIXELS[ring.icon], "flash" in ring.channels)
                before = self.marks.get(name, mark)
                self.marks[name] = Mark(max(mark.size, before.size), mark.flashes or before.flashes)
            case e.Viewed(conversation=name, agent=agent) | e.AgentWrote(conversation=name, agent=agent):
                if agent == self._me:
                    self.marks.pop(name, None)
            case e.Resolved() | e.Archived() | e.CustomerLeft() | e.Renewed():
                self.marks.pop(event.conversation, None)
