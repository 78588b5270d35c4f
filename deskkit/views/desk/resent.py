"""What stands in the log of a deed that a browser sends again, since it heard no answer before it was loaded anew."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from deskkit.live.hearing import came_of
from deskkit.views.desk.undo import VIEW

if TYPE_CHECKING:
    from deskkit.desk.events import Decision, Event
    from deskkit.log import EventLog

__all__ = ["became"]


def became(log: EventLog, act: str) -> tuple[list[Event], list[Decision]]:
    """Return what was stored of a deed, and what was decided about that; both empty where nothing was stored.

    A fact that the driver refused is not in the log itself: in its place stands that it was refused.

    Examples
    --------
    >>> from deskkit.desk.events import Archived, Refused
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> done = Archived(at=5, source="view", source_id="a1.0", conversation="c1")
    >>> not_done = Refused(at=5, source="view", source_id="a2.0", reason="outdated", conversation="c1")
    >>> log.append([done, not_done], received_at=5).last_seq
    2
    >>> [[[type(one).__name__ for one in part] for part in became(log, act)] for act in ("a1", "a2", "a3")]
    [[['Archived'], []], [['Refused'], ['Refused']], [[], []]]
    """
    events: list[Event] = []
    decisions: list[Decision] = []
    for n in count():
        seq = log.find(VIEW, f"{act}.{n}")
        if seq is None:
            break
        events += [stored.event for stored in log.read(seq - 1, until=seq)]
        decisions += came_of(log, (VIEW, f"{act}.{n}"))
    return events, decisions
