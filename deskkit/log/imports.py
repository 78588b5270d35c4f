"""What imports noted in a log beside the events: what they took for given, and what their sources do not tell.

A report of the log says it again, for its numbers rest on it. The notes are cursors of their own names, so every
log has room for them. This module knows no product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.log.log import EventLog

__all__ = [
    "ASSIGNMENT", "LEAVING", "TRANSFERS", "Assumption", "assumptions", "note_assumptions", "note_told", "silent_on",
]  # fmt: skip

LEAVING: Final = "leaving"
TRANSFERS: Final = "transfers"
ASSIGNMENT: Final = "assignment"
"""What not every product tells."""

_ASSUMED: Final = "assumed of "
_SILENT: Final = "{} not told by "


class Assumption(NamedTuple):
    """What the imports of a source took for given, and for how many conversations, in the one that did most."""

    source: str
    what: str
    times: int


def note_assumptions(log: EventLog, source: str, assumed: Mapping[str, int]) -> None:
    """Note what an import took for given; the same import again changes nothing.

    Examples
    --------
    >>> from deskkit.desk.events import PeakSet
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> _ = log.append([PeakSet(at=n, source="shop", source_id=str(n), on=True) for n in range(9)], received_at=9)
    >>> note_assumptions(log, "shop", {"the customer left": 3})
    >>> note_assumptions(log, "shop", {"the customer left": 2})
    >>> assumptions(log)
    [Assumption(source='shop', what='the customer left', times=3)]
    """
    end = log.last_seq()  # no cursor stands beyond it
    for what, count in assumed.items():
        name = f"{_ASSUMED}{source}: {what}"
        if (most := min(count, end)) > log.cursor(name):
            log.set_cursor(name, most)


def assumptions(log: EventLog) -> list[Assumption]:
    """Return what the imports into a log took for given, that of most conversations first."""
    named = [(*name.partition(": ")[::2], count) for name, count in log.cursors(_ASSUMED).items()]
    return sorted((Assumption(source, what, count) for source, what, count in named), key=lambda one: -one.times)


def note_told(log: EventLog, source: str, what: str, *, told: bool) -> None:
    """Note whether an import could tell of something: `LEAVING`, `TRANSFERS` or `ASSIGNMENT`."""
    name = _SILENT.format(what) + source
    if log.cursor(name) == told:
        log.set_cursor(name, int(not told and log.last_seq() > 0))


def silent_on(log: EventLog, what: str) -> tuple[str, ...]:
    """Return the sources of a log that do not tell of something.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> silent_on(open_log("memory:"), LEAVING)
    ()
    """
    return tuple(source for source, is_silent in log.cursors(_SILENT.format(what)).items() if is_silent)
