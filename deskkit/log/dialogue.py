"""Turns and waits: what a customer experiences, from messages and stages.

A *turn* is the first of consecutive customer messages and the next reply by hand; a *wait* is a stay in the queue,
which begins once the customer has written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.log.order import in_line
from deskkit.log.stages import OFFLINE

if TYPE_CHECKING:
    from deskkit.log.scan import Events

__all__ = ["turns", "waits"]

_OF: Final = "conversation"
_CLOSED: Final = ["resolved", "abandoned", "archived"]
_WHAT: Final = pl.Enum(["customer", "agent", "close", "open", "moved", "level", "group"])


def turns(events: Events, life: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return every turn; see `deskkit.log.spans.Spans`.

    A message that comes when the conversation is closed, and does not open it again, is owed nothing: if nobody
    replies to it, its turn is ``after_close``; so is
    what was left while nobody was online. A mere thank-you after an answer begins no turn.
    """
    rows = _stream(events, life, levels)
    speaks = pl.col("what").is_in(["customer", "agent", "close"])
    # What opens a conversation again stands right behind the message that did it.
    opens = (pl.col("what") == "open").shift(-1, fill_value=False) & (pl.col("at") == pl.col("at").shift(-1))
    rows = rows.with_columns(owed=~pl.col("closed") | opens).filter(speaks)
    new = pl.col(_OF).ne_missing(pl.col(_OF).shift(1))
    asks = pl.col("what") == "customer"
    rows = rows.with_columns(asks=asks, begins=asks & (new | ~asks.shift(1, fill_value=False)))
    rows = rows.with_columns(turn=pl.col("begins").cast(pl.UInt32).cum_sum()).filter(pl.col("turn") > 0)
    # A conversation's first rows may be replies, which stand behind the turns of the one above.
    same = pl.col(_OF) == pl.col(_OF).filter("begins").first().over("turn")
    rows = rows.filter(same) if not rows.is_empty() else rows
    ends = pl.col("what") != "customer"
    found = rows.group_by("turn", maintain_order=True).agg(
        pl.col(_OF, "group").first(),
        pl.col("at").first().alias("any_at"),
        pl.col("at").filter(~ends & ~pl.col("courtesy")).first(),
        pl.col("at").filter(~ends).last().alias("last_message_at"),
        pl.col("asks").sum().alias("messages"),
        pl.col("at").filter(ends).first().alias("until"),
        pl.col("what", "agent").filter(ends).first(),
        pl.col("stage", "reason").filter(ends).first(),
        pl.col("owed").filter(~ends).last(),
        pl.col("owner").filter(ends).first().alias("owner_then"),
        pl.col("level").filter(ends).first().alias("level_then"),
    )
    first = pl.col(_OF).ne_missing(pl.col(_OF).shift(1))
    found = found.with_columns(at=pl.when(first).then("any_at").otherwise("at")).filter(pl.col("at").is_not_null())
    outcome = (
        pl.when(pl.col("what") == "agent").then(pl.lit("answered"))
        .when(~pl.col("owed") | (pl.col("reason").cast(pl.String) == OFFLINE)).then(pl.lit("after_close"))
        .when(pl.col("until").is_null()).then(pl.lit("open"))
        .when(pl.col("stage") == "abandoned").then(pl.lit("left"))
        .otherwise("stage")
    )  # fmt: skip
    # What is still open is whose it is now, at the level it has now, whatever they were when the message came.
    now = levels.unique(_OF, keep="last", maintain_order=True).select(_OF, pl.col("level").alias("level_now")).join(
        life.unique(_OF, keep="last", maintain_order=True).select(_OF, pl.col("agent").alias("owner_now")),
        on=_OF, how="full", coalesce=True,
    )  # fmt: skip
    found = found.join(now, on=_OF, how="left", maintain_order="left")
    return found.select(
        _OF, "at", "last_message_at", "messages", "until", outcome.alias("outcome"), "agent",
        pl.when(pl.col("until").is_null()).then("owner_now").otherwise("owner_then").alias("owner"),
        pl.when(pl.col("until").is_null()).then("level_now").otherwise("level_then").alias("level"),
        "group",
    )  # fmt: skip


def _stream(events: Events, life: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return messages, closings and openings in order, each with owner, level, group and whether it was closed."""
    messages = events.messages.filter(pl.col("author").is_in(["customer", "agent"])).select(
        _OF, "at", "seq", pl.col("author").cast(_WHAT).alias("what"), "agent", "courtesy"
    )
    # What was put away and comes back is still owed its answer, as if it had stayed; closed, it stays closed.
    new = pl.col(_OF).ne_missing(pl.col(_OF).shift(1))
    # (It may have been archived, and taken out again, before the handling was undone.)
    shut = pl.col("stage").is_in(_CLOSED)
    life = life.with_columns(shut=(new | (shut != shut.shift(1))).cum_sum())
    last = pl.col("ended_by").last().over("shut")
    undone = (pl.col("stage") == "resolved") & pl.any_horizontal(
        (ended == "undone").fill_null(value=False) for ended in (pl.col("ended_by"), last)
    )
    back = undone | ((pl.col("stage") == "archived") & pl.col("ended_by").is_not_null())
    known = pl.when(~back).then(pl.col("stage").is_in(_CLOSED)).when(new).then(pl.lit(value=False))
    life = life.with_columns(closed=known.forward_fill())
    closed = pl.col("closed")
    was = closed.shift(1, fill_value=False) & (pl.col(_OF) == pl.col(_OF).shift(1)).fill_null(value=False)
    change = (
        pl.when(closed & ~was)
        .then(pl.lit("close", _WHAT))
        .when(~closed & was)
        .then(pl.lit("open", _WHAT))
        .otherwise(pl.lit("moved", _WHAT))
    )
    spells = life.select(
        _OF, "at", "seq", change.alias("what"), "stage", "reason", pl.col("agent").fill_null("").alias("owner")
    )
    ranks = levels.select(_OF, "at", "seq", pl.lit("level", _WHAT).alias("what"), "level")
    groups = _groups(events)
    # Of one event its message stands first: before a reply took it, the conversation was nobody's.
    rows = in_line([messages, spells, ranks, groups])
    new = pl.col(_OF).ne_missing(pl.col(_OF).shift(1))
    # Before a closing takes effect, the conversation was in the hands it was in.
    owner = pl.when(new).then(pl.coalesce("owner", pl.lit(""))).otherwise("owner").forward_fill()
    before = pl.when(pl.col("what") == "close").then(owner.shift(1)).otherwise(owner)
    closed_now = pl.when(pl.col("what") == "close").then(pl.lit(value=True)).when(
        (pl.col("what") == "open") | new
    ).then(pl.lit(value=False)).forward_fill()  # fmt: skip
    level = pl.when(new).then(pl.coalesce("level", pl.lit(1, pl.Int8))).otherwise("level").forward_fill()
    group = pl.when(new).then(pl.coalesce("group", pl.lit(""))).otherwise("group").forward_fill()
    rows = rows.with_columns(owner=before, closed=closed_now, level=level, group=group)
    return rows.with_columns(pl.when(pl.col("owner") != "").then("owner"), pl.when(pl.col("group") != "").then("group"))


def _groups(events: Events) -> pl.DataFrame:
    """Return when each conversation came into which group."""
    begins = events.opened.select(
        _OF, "at", "seq", pl.lit("group", _WHAT).alias("what"), pl.col("group").cast(pl.String)
    )
    moves = events.moves.filter(pl.col("kind").is_in(["group_set", "queued"])).select(
        _OF, "at", "seq", pl.lit("group", _WHAT).alias("what"), pl.col("group").cast(pl.String)
    )
    return pl.concat([begins, moves]).filter(pl.col("group").is_not_null() & (pl.col("group") != ""))


def waits(events: Events, life: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return every stay in the queue; see `deskkit.log.spans.Spans`."""
    wrote = (
        events.messages.filter(pl.col("author") == "customer").group_by(_OF).agg(pl.col("at").min().alias("entered"))
    )
    stays = life.filter(pl.col("stage") == "waiting").join(wrote, on=_OF, how="inner", maintain_order="left")
    stays = stays.filter(pl.col("until").is_null() | (pl.col("entered") <= pl.col("until")))
    stays = stays.with_columns(at=pl.max_horizontal("at", "entered"))
    by = pl.col("ended_by")
    outcome = (
        pl.when(by.is_null()).then(pl.lit("waiting"))
        .when(by == "customer_left").then(pl.lit("left"))
        .when(by == "turned_away").then(pl.lit("turned_away"))
        .when(by == "snoozed").then(pl.lit("snoozed"))
        .when(by == "resolved").then(pl.lit("resolved"))
        .when(by.is_in(["archived", "tidied"])).then(pl.lit("archived"))
        .otherwise(pl.lit("served"))
    )  # fmt: skip
    stays = stays.with_columns(outcome=outcome).drop("agent")
    taken = life.filter(pl.col("stage") == "assigned").select(_OF, pl.col("at").alias("until"), "agent")
    stays = stays.join(taken.unique([_OF, "until"], keep="first"), on=[_OF, "until"], how="left", maintain_order="left")
    ranked = stays.with_columns(asked=pl.coalesce("until", pl.lit(None, life.schema["at"]))).sort("at")
    ranked = ranked.join_asof(levels.select(_OF, "at", "level").sort("at"), on="at", by=_OF, check_sortedness=False)
    return ranked.sort(_OF, "at").select(_OF, "at", "until", "outcome", "agent", "level")
