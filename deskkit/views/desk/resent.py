"""What stands in the log of a deed that a browser sends again, since it heard no answer before it was loaded anew."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from deskkit.live.hearing import came_of
from deskkit.views.desk.undo import VIEW

if TYPE_CHECKING:
    from deskkit.desk.events import Decision, Event
    from deskkit.log import EventLog

__all__ = ["Became", "became", "is_waiting"]


class Became(NamedTuple):
    """What is known of a deed.

    Attributes
    ----------
    events : list of Event
        That stand in the log.
    decisions : list of Decision
        About them.
    waits : int or None
        The number of the first of its facts that no driver has taken yet.
    aside : str or None
        Why the driver could not take one of them.
    """

    events: list[Event]
    decisions: list[Decision]
    waits: int | None = None
    aside: str | None = None

    def __bool__(self) -> bool:
        return bool(self.events) or self.waits is not None or self.aside is not None


def became(log: EventLog, act: str) -> Became:
    """Return what was stored of a deed, what was decided about that, and what else became of it.

    A fact that the driver refused is not in the log itself: in its place stands that it was refused. One that it has
    not taken yet, or could not, stands in the inbox alone.

    Examples
    --------
    >>> from deskkit.desk.events import Archived, Refused
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> done = Archived(at=5, source="view", source_id="a1.0", conversation="c1")
    >>> not_done = Refused(at=5, source="view", source_id="a2.0", reason="outdated", conversation="c1")
    >>> log.append([done, not_done], received_at=5).last_seq
    2
    >>> [[[type(one).__name__ for one in part] for part in became(log, act)[:2]] for act in ("a1", "a2", "a3")]
    [[['Archived'], []], [['Refused'], ['Refused']], [[], []]]
    >>> bool(became(log, "a3"))
    False
    """
    found = Became([], [])
    for n in count():
        identity = (VIEW, f"{act}.{n}")
        seq = log.find(*identity)
        state, because = ("", "") if seq is not None else log.answer(*identity) or ("none", "")
        if seq is not None:
            found.events.extend(stored.event for stored in log.read(seq - 1, until=seq))
            found.decisions.extend(came_of(log, identity))
        elif state == "aside":
            found = found._replace(aside=found.aside or because)
        elif state == "waiting":
            return found._replace(waits=n)
        else:
            return found
    raise AssertionError  # it counts for ever


def is_waiting(log: EventLog, act: str, number: int) -> bool:
    """Say whether a fact of a deed, by its number, still waits for a driver."""
    return (log.answer(VIEW, f"{act}.{number}") or ("", ""))[0] == "waiting"
