"""How things stand at an instant: what is open, waits, is overdue or soon will be, who is there and full.

The instant is the end of the period, or of the log: the wallboard's *now*. The words are those of LivePerson's bar
and Chatwoot's live view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.measures.definition import Measure, numbers
from deskkit.measures.room import allowed, at_hand, standing_at
from deskkit.measures.targets import with_target

if TYPE_CHECKING:
    from datetime import datetime

    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Rows

__all__ = ["STANDING"]

SOON_MS: Final = 300_000


def _now(spans: Spans, choices: Choices) -> datetime:
    """Return the instant that is looked at."""
    return spans.end if choices.end is None else min(choices.end, spans.end)


def _open(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the conversations open then: stage, owner, level, and how long the customer has waited for an answer."""
    now = _now(spans, choices)
    live = standing_at(spans.stages, now).filter(pl.col("stage").is_in(["waiting", "assigned", "snoozed"]))
    levels = standing_at(spans.levels, now).select("conversation", "level")
    turns = spans.turns.filter(pl.col("outcome") != "after_close")
    asked = standing_at(turns, now).select("conversation", pl.col("at").alias("asked_at"))
    about = spans.conversations.select("conversation", "group", "opened_at", "first_answered_at", "first_message_at")
    rows = live.select("conversation", "stage", pl.col("agent").cast(pl.Categorical), "at").join(
        levels, on="conversation", how="left", maintain_order="left"
    )
    for part in (asked, about):
        rows = rows.join(part, on="conversation", how="left", maintain_order="left")
    waited = (pl.lit(now, rows.schema["at"]) - pl.col("asked_at")).dt.total_milliseconds()
    rows = with_target(rows.with_columns(pl.col("level").fill_null(1)), choices).with_columns(ms=waited)
    spoke = pl.col("first_message_at").is_not_null() & (pl.col("first_message_at") <= now)
    first = pl.col("first_answered_at").is_null() | (pl.col("first_answered_at") > now)
    return rows.with_columns(unattended=spoke & (first | pl.col("asked_at").is_not_null()))


def _open_where(condition: pl.Expr | None) -> Rows:
    def rows(spans: Spans, choices: Choices) -> pl.DataFrame:
        found = _open(spans, choices)
        return found if condition is None else found.filter(condition)

    return rows


def _there(spans: Spans, choices: Choices, presence: str) -> pl.DataFrame:
    return (
        standing_at(spans.presences, _now(spans, choices)).filter(pl.col("presence") == presence).select("agent", "at")
    )


def _people(presence: str) -> Rows:
    return lambda spans, choices: _there(spans, choices, presence)


def _full(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return who is online, whose capacity is known, and whether what is in hand reaches it, as on the team's board."""
    now = _now(spans, choices)
    is_peak = not standing_at(spans.peaks, now).is_empty()
    most = allowed(spans.agents, choices.rules, is_peak=is_peak)
    rows = _there(spans, choices, "online").join(most, on="agent", how="inner", maintain_order="left")
    rows = rows.join(at_hand(spans, now, choices.rules), on="agent", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("held").fill_null(0))
    return rows.with_columns(hit=(pl.col("held") >= pl.col("most")) & (pl.col("held") > 0))


_STANDING: Final[dict[str, Any]] = {
    "unit": "count", "start": "the end of the period", "end": "the same instant", "standing": True,
    "averaged": "number", "level_of": "moment", "by": ("agent", "group", "tag", "priority", "language"),
    "summarise": numbers(value=pl.len(), n=pl.len()),
}  # fmt: skip
_PEOPLE: Final = _STANDING | {"by": ("agent",), "each": "agents"}
_ASKS: Final = pl.col("asked_at").is_not_null() & (pl.col("stage") != "snoozed")
_LATE: Final = _ASKS & (pl.col("ms") > pl.col("target"))
_SOON: Final = _ASKS & ~(pl.col("ms") > pl.col("target")) & (pl.col("ms") + SOON_MS > pl.col("target"))

_CONVERSATIONS: Final = (
    ("open", "Open", None, "conversations waiting, assigned or snoozed"),
    ("waiting", "In the queue", pl.col("stage") == "waiting", "conversations that nobody has"),
    ("assigned", "Assigned", pl.col("stage") == "assigned", "conversations an agent has"),
    ("snoozed", "Snoozed", pl.col("stage") == "snoozed", "conversations put aside"),
    ("pending", "Waiting for an answer", _ASKS, "open conversations whose customer waits for an answer"),
    ("unattended", "Unattended", pl.col("unattended"), "open conversations without a first reply, or waiting for one"),
    ("overdue", "Overdue", _LATE, "of these, past the target of their level"),
    ("soon_overdue", "Soon overdue", _SOON, "of these, past their target within five minutes"),
)

STANDING: Final = (
    *(
        Measure(name=name, title=title, rows=_open_where(condition), counted=counted, **_STANDING)
        for name, title, condition, counted in _CONVERSATIONS
    ),
    Measure(
        name="oldest_wait", title="Oldest wait", rows=_open_where(_ASKS),
        counted="open conversations whose customer waits",
        **_STANDING | {
            "unit": "ms", "start": "the customer's first unanswered message", "end": "the end of the period",
            "averaged": "longest", "summarise": numbers(value=pl.col("ms").max(), n=pl.len()),
        },
    ),
    *(
        Measure(
            name=f"agents_{presence}", title=f"Agents {presence}", rows=_people(presence),
            counted=f"agents who are {presence}", **_PEOPLE,
        )
        for presence in ("online", "away", "offline")
    ),
    Measure(
        name="agents_full", title="Agents full", rows=_full, counted="agents online whose capacity is known",
        **_PEOPLE | {
            "unit": "share", "averaged": (
                "share whose conversations in hand weigh as much as their capacity; who has room left, if only the "
                "reserve for high priority, is not full"
            ),
            "summarise": numbers(value=pl.col("hit").mean(), hits=pl.col("hit").sum(), n=pl.len()),
        },
    ),
)  # fmt: skip
