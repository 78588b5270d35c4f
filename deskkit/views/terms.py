"""The words of measures on screen: titles of columns, of sections and of the numbers beside a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.measures.alerts import ALERTS
from deskkit.measures.outcomes import OUTCOMES
from deskkit.measures.printing import duration, shown
from deskkit.measures.queue import QUEUE
from deskkit.measures.replies import REPLIES
from deskkit.measures.standing import STANDING
from deskkit.measures.work import WORK

if TYPE_CHECKING:
    from deskkit.views.words import Words

__all__ = ["SECTIONS", "column_title", "further", "section_title", "sheet_title"]

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(one.name for one in measures)
    for name, measures in (
        ("replies", REPLIES), ("queue", QUEUE), ("work", WORK), ("outcomes", OUTCOMES), ("alerts", ALERTS),
        ("standing", STANDING),
    )
}  # fmt: skip
"""Names of measures by section, in the order of a report."""

_SHARES: Final = {"low", "high", "share", "response_rate"}
_TIMES: Final = {"median", "p90", "longest", "restricted_mean"}


def section_title(section: str, say: Words) -> str:
    """Return the title of a section."""
    return {
        "replies": say("Replies"),
        "queue": say("Queue and leaving"),
        "work": say("Agents at work"),
        "outcomes": say("Outcomes"),
        "alerts": say("Notices"),
        "standing": say("At the end"),
    }[section]


def further(name: str, value: float, say: Words) -> str:
    """Return one of the further numbers of a measure: what it is, and the number with its unit."""
    title = _further_title(name.removesuffix("_ms"), say)
    if name in _TIMES or name.endswith("_ms"):
        return f"{title} {duration(value)}"
    if name in _SHARES:
        return f"{title} {shown(value, 'share')}"
    return f"{title} {shown(value, 'count' if isinstance(value, int) else 'mean')}"


def _further_title(name: str, say: Words) -> str:
    known = {
        "median": say("median"), "p90": say("90th percentile"), "longest": say("longest"),
        "unanswered": say("unanswered"),
        "hits": say("hits"), "left": say("left"), "restricted_mean": say("mean up to the longest seen"),
        "busy": say("busy"), "present": say("present"), "in_use": say("in use"), "most": say("most"),
        "fewest": say("fewest"), "share": say("share"), "closed": say("closed"), "archived": say("archived"),
        "shift_end": say("shift end"), "transfers": say("transfers"), "reopens": say("reopenings"), "low": say("from"),
        "high": say("to"), "mean": say("mean"), "good": say("good"), "bad": say("bad"),
        "response_rate": say("rated"), "by_hand": say("by hand"), "notices": say("notices"), "noise": say("noise"),
        "known": say("known"), "timed_out": say("by time-out"), "assumed": say("assumed"),
        "acted": say("acted on"), "customer left": say("customer left"), "held": say("held back"),
    }  # fmt: skip
    return known.get(name, name)


def column_title(name: str, say: Words) -> str:
    """Return the title of a frame's column; one that nobody named keeps its own."""
    known = {
        "agent": say("Agent"), "handled": say("Handled"), "share": say("Share"), "handle_ms": say("Handle time"),
        "first_response_ms": say("First response"), "reply_ms": say("Reply time"), "reply_p90_ms": say("90 % within"),
        "occupancy": say("Occupancy"), "concurrency": say("Concurrency"), "csat": say("Satisfaction"),
        "csat_low": say("from"), "csat_high": say("to"), "rated": say("Ratings"), "missed": say("Missed"),
        "facet": say("Facet"), "tag": say("Tag"), "by_hand": say("By hand"), "by_rule": say("By rule"),
        "title": say("Measure"), "value": say("Value"), "n": say("Counted"), "other": say("Before"),
        "other_n": say("Counted before"), "difference": say("Difference"), "ratio": say("Change"),
        "conversation": say("Conversation"), "at": say("At"), "until": say("Until"),
        "changes": say("What would change"),
        "kind": say("Kind"), "what": say("What"), "before": say("before"), "after": say("after"), "hour": say("Hour"),
        "half_hour": say("Half hour"),
        "day": say("Day"), "group": say("Group"), "priority": say("Priority"), "language": say("Language"),
        "row": say("Row"), "who": say("Who"), "says": say("Says"), "why": say("Why"), "messages": say("Messages"),
        "level": say("Level"), "outcome": say("Outcome"), "owner": say("Owner"),
        "opened_at": say("Opened"), "stage": say("Stage"),
        "turns": say("Turns"), "longest_ms": say("Longest wait"), "queue_ms": say("In the queue"),
        "notice_ms": say("Until noticed"), "attention_ms": say("Writing others"), "switch_ms": say("Switching"),
        "customer": say("Customer"), "closing": say("Closed by"), "saved": say("Times fewer"), "policy": say("Policy"),
        "difference_ms": say("Difference"), "low_ms": say("from"), "high_ms": say("to"), "differs": say("Differs"),
        "end": say("Direction"), "on_front": say("On the front"), "beaten_by": say("Beaten by"),
        "variance_paired": say("Variance, same customers"), "variance_apart": say("Variance, other customers"),
    }  # fmt: skip
    if name in known:
        return known[name]
    beside = name.removesuffix("_ms")
    title = _further_title(beside, say)
    return say.personal(name) if title == beside else title


def sheet_title(name: str, say: Words) -> str:
    """Return the title of a table of `deskkit.measures.tables.tables`; another keeps its own."""
    known = {
        "report": say("Report"), "agents": say("Agents"), "tags": say("Tags"), "by hour": say("By hour"),
        "by day": say("By day"), "by group": say("By group"), "by priority": say("By priority"),
        "missed": say("Missed"), "comparison": say("Two periods"),
    }  # fmt: skip
    return known.get(name, name)
