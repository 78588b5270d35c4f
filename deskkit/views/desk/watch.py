"""What a view hears event by event as its desk follows the log: what to draw anew, what rings, what to undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deskkit.desk import events as e
from deskkit.desk.cards import conversations_of
from deskkit.views.desk.levels import Levels
from deskkit.views.desk.ringing import Ringing
from deskkit.views.desk.undo import Undo

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

__all__ = ["Watch"]


class Watch:
    """Told the desk and an event right before the desk changes; see `deskkit.live.follower.Follower`.

    Parameters
    ----------
    me : str

    Attributes
    ----------
    ringing : Ringing
    undo : Undo
    levels : Levels
    touched : set of str
        Conversations that an event was about since the last `taken`.
    all_is_new : bool
        Something happened that any conversation may show.
    began_late : bool
        The desk began anew from a snapshot: of what hands did before nothing was heard yet.
    """

    def __init__(self, me: str) -> None:
        self.ringing = Ringing(me)
        self.undo = Undo()
        self.levels = Levels()
        self.touched: set[str] = set()
        self.all_is_new = True
        self.began_late = False
        self._told_of: set[str] = set()  # customers, all of whose conversations are touched

    def __call__(self, desk: Desk, event: e.Event | None) -> None:
        """Hear of an event; None: the desk begins anew."""
        if event is None:
            self.undo.forget()
            self.ringing.forget()
            self.levels.forget()
            self.touched.clear()  # all is new
            self.all_is_new = True
            self.began_late = len(desk.conversations) > 0
            return
        if (
            isinstance(event, e.ConversationFact) and event.conversation in desk.going_on
        ):  # as a feed goes on calling it
            event = msgspec.structs.replace(event, conversation=desk.goes_on_as(event.conversation))
        self.undo.told(desk, event)
        self.ringing.told(desk, event)
        self.levels.told(desk, event)
        if isinstance(event, e.ConversationFact | e.ConversationDecision):
            self.touched.add(event.conversation)
        if isinstance(event, e.Renewed):
            self.touched.update((event.renewed, *desk.called(event.conversation)))
        if isinstance(event, e.CustomerSet):
            self._told_of.add(event.customer)
        if isinstance(event, e.AgentSet | e.PolicyChanged):  # names, targets, reasons
            self.all_is_new = True

    def taken(self, desk: Desk) -> tuple[set[str], bool]:
        """Return what was touched, and whether all is new, since the last time."""
        touched, all_is_new = self.touched, self.all_is_new
        for customer in self._told_of:  # once, however much was told of one who has thousands
            touched.update(conversations_of(desk, customer))
        self.touched, self.all_is_new, self._told_of = set(), False, set()
        return touched, all_is_new
