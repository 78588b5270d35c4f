"""Waiting in the queue and leaving: waits apart by how they ended, patience, abandonment in its variants, backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.log.stages import OFFLINE
from deskkit.measures.definition import Measure, numbers
from deskkit.measures.patience import FIRST_WORD, TIMED_OUT, summary
from deskkit.measures.replies import between, number_of, share, times

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Rows, Summary

__all__ = ["QUEUE", "QUEUE_PRESETS"]

_ASSUMED = "assumed"  # the reason of a leaving that nothing told


def _waits(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return stays in the queue; one that lasts is as long as the log goes on. What came offline waited for nobody."""
    offline = spans.conversations.filter(pl.col("reason").cast(pl.String) == OFFLINE)
    rows = spans.waits.join(offline, on="conversation", how="anti", maintain_order="left")
    rows = rows.with_columns(until=pl.col("until").fill_null(spans.end))
    return rows.with_columns(ms=between("at", "until"))


def _served(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _waits(spans, choices).filter(pl.col("outcome") == "served")


def _lost(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _ended(spans, choices).filter(pl.col("outcome") == "left")


def _still(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _waits(spans, choices).filter(pl.col("outcome") == "waiting")


def _served_or_lost(spans: Spans, choices: Choices) -> pl.DataFrame:
    rows = _waits(spans, choices).filter(pl.col("outcome").is_in(["served", "left"]))
    soon = (pl.col("outcome") == "served") & (pl.col("ms") <= choices.within_ms)
    return rows.with_columns(hit=_known(soon, told=choices.queue_told))


def _ended(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return stays in the queue, with whether the customer's leaving ended them and a time-out stands for it."""
    over = spans.conversations.filter((pl.col("closing") == "customer_left") & (pl.col("reason") == TIMED_OUT))
    over = over.select("conversation", pl.col("closed_at").alias("until"), timed_out=pl.lit(value=True))
    rows = _waits(spans, choices).join(over, on=["conversation", "until"], how="left", maintain_order="left")
    ended = pl.col("outcome") == "left"
    told = choices.queue_told and choices.leaving_told
    return rows.with_columns(
        ended=_known(ended, told=told), timed_out=ended & pl.col("timed_out").fill_null(value=False)
    )


def _offered(spans: Spans) -> pl.DataFrame:
    """Return the conversations that customers began, with how they ended if their customer left."""
    rows = spans.conversations.filter(pl.col("origin") == "customer")
    queued = spans.waits.filter(pl.col("outcome") == "left").select("conversation").unique().with_columns(queued=True)
    rows = rows.join(queued, on="conversation", how="left", maintain_order="left")
    gone = pl.col("closing") == "customer_left"
    where = (
        pl.when(pl.col("closing") == "turned_away").then(pl.lit("turned away"))
        .when(gone & pl.col("queued").fill_null(value=False)).then(pl.lit("queue"))
        .when(gone & pl.col("assigned_at").is_null()).then(pl.lit("before a word"))
        .when(gone).then(pl.lit("service"))
    )  # fmt: skip
    start = pl.coalesce("first_message_at", "opened_at")
    return rows.select(
        "conversation", "level", pl.col("owner").alias("agent"), start.alias("at"), "closed_at",
        where.alias("where"), gone.fill_null(value=False).alias("gone"),
        (gone & pl.col("silent").fill_null(value=False)).fill_null(value=False).alias("silently"),
        pl.col("first_message_at").is_not_null().alias("spoke"), (pl.col("agent_messages") > 0).alias("replied"),
        (pl.col("closed_at") - start).dt.total_milliseconds().alias("ms"),
        pl.col("reason").cast(pl.String).fill_null("").alias("reason"),
    )  # fmt: skip


def _long_enough(rows: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """Leave out who left sooner than a wait that counts, and messages left while nobody was online."""
    rows = rows.filter(pl.col("reason") != OFFLINE)
    short = pl.col("gone") & (pl.col("ms") < choices.short_ms)
    return rows.filter(~short) if choices.short_ms else rows


def _known(hit: pl.Expr, *, told: bool) -> pl.Expr:
    """Return what is so; unknown where the log does not tell."""
    return hit if told else pl.lit(None, pl.Boolean)


def _told(left: pl.Expr, choices: Choices) -> pl.Expr:
    """Return whether customers left; unknown where the log does not say so."""
    return _known(left, told=choices.leaving_told)


def _abandoned(spans: Spans, choices: Choices) -> pl.DataFrame:
    rows = _long_enough(_offered(spans), choices)
    gone = pl.col("gone") | (pl.col("where") == "turned away").fill_null(value=False)
    return rows.with_columns(hit=_told(gone, choices))


def _abandoned_where(where: str) -> Rows:
    def rows(spans: Spans, choices: Choices) -> pl.DataFrame:
        found = _long_enough(_offered(spans), choices)
        return found.with_columns(hit=_told((pl.col("where") == where).fill_null(value=False), choices))

    return rows


def _silent(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _long_enough(_offered(spans), choices).with_columns(hit=_told(pl.col("silently"), choices))


def _queued(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the conversations that were queued and are no longer; whether their customer left while queued."""
    over = _waits(spans, choices).filter(~pl.col("outcome").is_in(["waiting", "turned_away"]))
    left = _known((pl.col("outcome") == "left").any(), told=choices.queue_told and choices.leaving_told)
    return over.group_by("conversation", maintain_order=True).agg(
        pl.col("at").first(), pl.col("agent", "level").last(), left.alias("hit")
    )


def _effective(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Say of each conversation an agent had whether both sides wrote from the assignment on."""
    had = spans.conversations.filter(pl.col("assigned_at").is_not_null())
    asked = spans.turns.group_by("conversation").agg(pl.col("last_message_at").max())
    wrote = spans.views.filter("replied").group_by("conversation").agg(pl.col("at").max().alias("wrote_at"))
    for part in (asked, wrote):
        had = had.join(part, on="conversation", how="left", maintain_order="left")
    both = (pl.col("last_message_at") >= pl.col("assigned_at")) & (pl.col("wrote_at") >= pl.col("assigned_at"))
    return had.select(
        "conversation", pl.col("owner").alias("agent"), "level", pl.col("assigned_at").alias("at"),
        _known(both.fill_null(value=False), told=choices.assignment_told).alias("hit"),
    )  # fmt: skip


def _spoken(flag: str) -> Rows:
    return lambda spans, _choices: _offered(spans).with_columns(hit=pl.col(flag))


def _left() -> Summary:
    """Return the summary of a share who left, those apart of whom it is not told but concluded."""
    hit, reason = pl.col("hit"), pl.col("reason")
    parts = {
        "known": ~reason.is_in([TIMED_OUT, _ASSUMED]), "timed_out": reason == TIMED_OUT, "assumed": reason == _ASSUMED
    }  # fmt: skip
    counted = {name: number_of(pl.when(hit.is_not_null()).then(hit & part)) for name, part in parts.items()}
    return numbers(value=hit.mean(), hits=number_of(hit), **counted, n=hit.count())


_WAIT: Final[dict[str, Any]] = {
    "unit": "ms",
    "each": "stays in the queue",
    "start": "coming into the queue, once the customer has written",
    "summarise": times(),
    "level_of": "moment",
}
_LEAVE: Final[dict[str, Any]] = {
    "unit": "share",
    "start": "the customer's first message, or the beginning without one",
    "end": "the customer's leaving",
    "counted": "conversations customers began, as they ended last, but for those who left within the short wait, and "
    "for messages left while nobody was online",
    "summarise": share(),
}
_GONE: Final[dict[str, Any]] = _LEAVE | {"summarise": _left()}

QUEUE: Final = (
    Measure(
        name="queue_wait", title="Wait in the queue, served", rows=_served, **_WAIT,
        end="being taken by an agent", counted="stays in the queue that ended with an agent",
        averaged="mean over them; those who left or still wait are apart",
    ),
    Measure(
        name="queue_wait_left", title="Wait in the queue, left", rows=_lost,
        **_WAIT | {"summarise": times(timed_out=pl.col("timed_out").sum())},
        end="the customer's leaving, or the time-out that stands for it",
        counted="stays in the queue whose customer left", averaged="mean over them",
    ),
    Measure(
        name="queue_wait_still", title="Wait in the queue, still waiting", rows=_still, **_WAIT,
        end="the end of the log (cut off)", counted="conversations in the queue when the log ends",
        averaged="mean so far; the true waits are longer",
    ),
    Measure(
        name="queue_service_level", title="Service level of the queue", rows=_served_or_lost,
        **_WAIT | {"unit": "share", "summarise": share()},
        end="being taken by an agent", counted="stays in the queue served or left",
        averaged="(served within X) / (served + left)", source="Gans, Koole, Mandelbaum (2003), section 2",
    ),
    Measure(
        name="patience", title="Patience in the queue", rows=_ended, **_WAIT | {"summarise": summary},
        end="the customer's leaving, or the time-out that stands for it; whoever is served or still waits is cut off",
        counted="all stays in the queue, those turned away too", averaged="median by Kaplan and Meier",
        source="Kaplan, Meier (1958)",
    ),
    FIRST_WORD,
    Measure(
        name="abandonment", title="Abandonment", rows=_abandoned, **_GONE,
        averaged="share whose customer left from the queue, in service or before a word, or was turned away; of "
        "them known, concluded from a time-out that nobody had answered before, and assumed",
    ),
    Measure(
        name="abandonment_queue", title="Abandonment in the queue", rows=_abandoned_where("queue"), **_GONE,
        averaged="share whose customer left from the queue",
    ),
    Measure(
        name="abandonment_service", title="Abandonment in service", rows=_abandoned_where("service"), **_GONE,
        averaged="share whose customer left while an agent had the conversation",
    ),
    Measure(
        name="abandonment_wordless", title="Abandonment before a word", rows=_abandoned_where("before a word"),
        **_GONE,
        averaged="share whose customer left without having written, and without an agent",
    ),
    Measure(
        name="abandonment_silent", title="Silent abandonment", rows=_silent, **_GONE,
        averaged="share whose customer left without telling",
        source="Castellanos, Yom-Tov, Goldberg, Park, arXiv 2304.11754",
    ),
    Measure(
        name="turned_away", title="Turned away", rows=_abandoned_where("turned away"), **_LEAVE,
        averaged="share turned away because the queue was full",
    ),
    Measure(
        name="customer_spoke", title="Customer spoke", rows=_spoken("spoke"),
        **_LEAVE | {"end": "the end", "counted": "conversations customers began"},
        averaged="share in which the customer wrote",
    ),
    Measure(
        name="agent_replied", title="Agent replied", rows=_spoken("replied"),
        **_LEAVE | {"end": "the end", "counted": "conversations customers began"},
        averaged="share in which an agent wrote by hand",
    ),
)  # fmt: skip

QUEUE_PRESETS: Final = (
    Measure(
        name="connect_abandonment", title="Abandonment (Connect)", rows=_queued,
        **_LEAVE | {
            "counted": "conversations that were queued and are no longer, whatever the short wait",
            "start": "coming into the queue", "level_of": "moment",
        },
        averaged="contacts whose customer left while queued / contacts queued",
        source="Amazon Connect, metrics definitions",
    ),
    Measure(
        name="qiyu_queue_wait", title="Queue wait (Qiyu)", rows=_served, **_WAIT,
        end="entry", counted="accepted sessions that queued", averaged="mean, and longest", source="NetEase Qiyu",
    ),
    Measure(
        name="bytedesk_queue_wait", title="Queue wait now (Bytedesk)", rows=_still, **_WAIT,
        end="now", counted="who waits now", averaged="current total / number waiting", source="docs.bytedesk.com",
    ),
    Measure(
        name="tencent_effective", title="Effective conversations (Tencent)", rows=_effective,
        **_LEAVE | {"start": "the assignment", "end": "the end", "counted": "conversations an agent had"},
        averaged="share with a message from each side from the assignment on",
        source="Tencent Cloud IM, document 269/113223",
    ),
)  # fmt: skip
