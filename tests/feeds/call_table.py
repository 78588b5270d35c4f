"""A small log of calls, written by hand in the shape of a call centre's public one, and facts as waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from deskkit.desk.events import AgentWrote, CustomerLeft, CustomerWrote, OwnerSet, PrioritySet
from tests.feeds.meiqia_pages import facts

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.log import EventLog

MAP = "data/maps/calls.toml"
ZONE = "Asia/Jerusalem"

COLUMNS = (
    "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry", "vru_exit", "vru_time", "q_start",
    "q_exit", "q_time", "outcome", "ser_start", "ser_exit", "ser_time", "server",
)  # fmt: skip
NO = "0:00:00"

# Written by hand; beside each what its wait is, and how it ended.
CALLS = (
    # queued for 40 s, then served
    ("AA0101", 1, 9664491, 2, "PS", 990101, "8:00:00", "8:00:10", 10, "8:00:10", "8:00:50", 40, "AGENT", "8:00:50",
     "8:03:50", 180, "MICHAL"),
    # no queue: served at the end of the announcement, wait 0
    ("AA0101", 2, 0, 0, "NW", 990101, "8:01:00", "8:01:06", 6, NO, NO, 0, "AGENT", "8:01:06", "8:02:06", 60, "YITZ"),
    # hung up after 31 s in the queue
    ("AA0102", 3, 0, 1, "PS", 990101, "8:02:00", "8:02:05", 5, "8:02:05", "8:02:36", 31, "HANG", NO, NO, 0,
     "NO_SERVER"),
    # hung up within the announcement: never in the queue, left after 0 s of waiting
    ("AA0102", 4, 0, 1, "PS", 990101, "8:03:00", "8:03:09", 9, NO, NO, 0, "HANG", NO, NO, 0, "NO_SERVER"),
    # no call at all
    ("AA0103", 5, 0, 0, "PS", 990101, "8:04:00", "8:04:01", 1, NO, NO, 0, "PHANTOM", NO, NO, 0, "NO_SERVER"),
    # over midnight: queued from 23:59:50 to 0:00:20, 30 s
    ("AA0101", 6, 77, 2, "NE", 990101, "23:59:40", "23:59:50", 10, "23:59:50", "0:00:20", 30, "AGENT", "0:00:20",
     "0:05:20", 300, "MICHAL"),
    # the same call number on another day; hung up after 120 s, of high priority
    ("AA0101", 1, 55, 2, "IN", 990102, "9:00:00", "9:00:08", 8, "9:00:08", "9:02:08", 120, "HANG", NO, NO, 0,
     "NO_SERVER"),
)  # fmt: skip

WAITS = {  # ms, and whether the customer left
    "990101-AA0101-1": (40_000, False),
    "990101-AA0101-2": (0, False),
    "990101-AA0102-3": (31_000, True),
    "990101-AA0102-4": (0, True),
    "990101-AA0101-6": (30_000, False),
    "990102-AA0101-1": (120_000, True),
}


def frame(*calls: tuple[object, ...]) -> pl.DataFrame:
    """Return calls as a frame, all of them by default."""
    return pl.DataFrame(list(calls or CALLS), schema=COLUMNS, orient="row")


def saved(folder: Path, *calls: tuple[object, ...], name: str = "calls.csv") -> Path:
    """Write calls as CSV, all of them by default."""
    path = folder / name
    frame(*calls).write_csv(path)
    return path


def waits(log: EventLog) -> dict[str, tuple[int, bool]]:
    """Return each conversation's wait (first word to answer or leaving) in ms, and whether the customer left."""
    begun = {fact.conversation: fact.at for fact in facts(log, CustomerWrote)}
    ended = {fact.conversation: (fact.at - begun[fact.conversation], False) for fact in facts(log, AgentWrote)}
    left = {fact.conversation: (fact.at - begun[fact.conversation], True) for fact in facts(log, CustomerLeft)}
    return ended | left


def by_level(log: EventLog) -> dict[int, tuple[int, float]]:
    """Return for each level how many calls there are, and the share of them that was left."""
    level = {fact.conversation: fact.level for fact in facts(log, PrioritySet)}
    found: dict[int, list[bool]] = {}
    for name, (_, left) in waits(log).items():
        found.setdefault(level[name], []).append(left)
    return {one: (len(each), sum(each) / len(each)) for one, each in found.items()}


def answers(log: EventLog) -> dict[str, Any]:
    """Return who answered which conversation."""
    return {fact.conversation: fact.agent for fact in facts(log, OwnerSet)}
