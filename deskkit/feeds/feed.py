"""What a live feed is: what it sees and can do, and the two calls by which the driver's loop and it work together.

A feed gives facts and is told what stands in the log. In mode *observe* the provider's assignments are facts and ours
are advice; in mode *act* replies and decisions go out to it by the outbox. A simulated world is a feed like any other.
This module knows no product and no network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.events import Fact
    from deskkit.log import Stored

__all__ = ["Can", "Declared", "Feed", "Mode", "Sees"]

Mode = Literal["observe", "act"]


class Sees(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed sees of what happens at the provider."""

    messages: bool = True
    assignment: bool = False
    views: bool = False
    queue: bool = False
    ratings: bool = False


class Can(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed can make the provider do."""

    reply: bool = False
    assign: bool = False
    tag: bool = False
    close: bool = False
    open: bool = False


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as it declares itself.

    Attributes
    ----------
    name : str
        The `source` of its facts, and the recipient of what goes out to it.
    sees : Sees
    can : Can
        In mode *observe* nothing goes out, whatever it can do.
    mode : {"observe", "act"}

    Examples
    --------
    >>> Declared(name="demo", can=Can(reply=True), mode="act").can.reply
    True
    """

    name: str
    sees: Sees = Sees()
    can: Can = Can()
    mode: Mode = "observe"


class Feed(Protocol):
    """Where facts come from while the desk is open.

    Both calls come from the loop of one driver, one at a time, and should return within a second: a loop that gives
    no sign of life for half a minute loses its lease.
    """

    @property
    def declared(self) -> Declared:
        """What the feed is, sees and can do; the same each time."""
        ...

    def poll(self, now: int) -> Sequence[Fact]:
        """Return what has happened up to `now` (milliseconds, the driver's clock) and was not returned before.

        Each fact has its identity, so what was returned twice is stored once. What is returned is kept and tried again
        where the log cannot store it; a driver that ends in between may never have stored it, so a feed that starts
        anew returns whatever the log, which it is shown first, does not hold.
        """
        ...

    def observe(self, events: Sequence[Stored]) -> None:
        """Be told what stands in the log, in order, each event once: what there was at first, then all that is new."""
        ...
