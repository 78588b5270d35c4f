"""How many open conversations have another priority by a policy just put live.

No decision tells of all of them: a reason whose rule is gone is gone without one, and so is where conversations begin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deskkit.desk import columns as k
from deskkit.desk.events import Fact, PolicyChanged
from deskkit.desk.resting import glance, near

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Event

__all__ = ["Levels", "Moved"]


class Moved(NamedTuple):
    """How many open conversations have a higher level than before, and how many a lower one."""

    up: int
    down: int


class Levels:
    """The levels of open conversations right before the latest policy came in force, and right after it.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.events import ConversationOpened
    >>> from deskkit.desk.policy import Policy
    >>> policy = Policy.load("data/policies/standard.toml")
    >>> low = Policy.parse(policy.edit({"reassign.after": "9 min"}).edit({"priority.start": "low"}).text)
    >>> desk, levels = Desk(policy), Levels()
    >>> _ = desk.step(ConversationOpened(at=0, conversation="c1", customer="zhang"))
    >>> put = PolicyChanged(at=0, source="doc", source_id="1", text=low.text, fingerprint=low.fingerprint)
    >>> levels.told(desk, put)
    >>> _ = desk.step(put)
    >>> levels.moved(desk, put)
    Moved(up=0, down=1)
    """

    def __init__(self) -> None:
        self._of: tuple[str, str] | None = None  # the fact of which this is known
        self._before: dict[int, int] = {}
        self._moved: Moved | None = None  # once its pass is over

    def forget(self) -> None:
        """Know of no policy: the desk begins anew."""
        self._of, self._before, self._moved = None, {}, None

    def told(self, desk: Desk, event: Event) -> None:
        """Hear of an event right before the desk changes by it."""
        if self._of is not None and self._moved is None and isinstance(event, Fact):
            self._moved, self._before = self._counted(desk), {}
        if isinstance(event, PolicyChanged):
            rows = desk.state.conversation
            self._of, self._moved = (event.source, event.source_id), None
            self._before = {c: rows[c][k.LEVEL] for c in near(rows) if rows[c][k.STAGE] < k.RESOLVED}

    def moved(self, desk: Desk, fact: Fact) -> Moved | None:
        """Return what a policy did to the levels of conversations that are open still; None where it is not known.

        Parameters
        ----------
        desk : Desk
            Which has seen all that was decided about the fact.
        fact : Fact
        """
        if self._of != (fact.source, fact.source_id):
            return None
        return self._counted(desk) if self._moved is None else self._moved

    def _counted(self, desk: Desk) -> Moved:
        rows = desk.state.conversation
        by = [
            glance(rows, c, k.LEVEL) - before
            for c, before in self._before.items()
            if glance(rows, c, k.STAGE) < k.RESOLVED
        ]
        return Moved(sum(one > 0 for one in by), sum(one < 0 for one in by))
