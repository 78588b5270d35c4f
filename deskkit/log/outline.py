"""One row per conversation: what a report lists, counts and groups by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from deskkit.log.scan import Events

__all__ = ["conversations"]

_OF: Final = "conversation"
_CLOSED: Final = ["resolved", "abandoned", "archived"]


def conversations(events: Events, life: pl.DataFrame, turns: pl.DataFrame, levels: pl.DataFrame) -> pl.DataFrame:
    """Return the outline of each conversation; see `deskkit.log.spans.Spans`."""
    opened = events.opened.sort("at", "seq").unique(_OF, keep="first", maintain_order=True).select(
        _OF, "customer", "channel", pl.col("origin").cast(pl.String).fill_null("customer"),
        pl.col("at").alias("opened_at"), pl.col("language").alias("given"),
    )  # fmt: skip
    parts = (
        _spoken(events), _closing(life), _first_response(turns), _messages(events), _owners(life), _group(events),
        levels.unique(_OF, keep="last", maintain_order=True).select(_OF, "level"), _rating(events, life),
    )  # fmt: skip
    for part in parts:
        opened = opened.join(part, on=_OF, how="left", maintain_order="left")
    counts = pl.col("customer_messages", "agent_messages", "automatic_messages", "transfers", "reopens").fill_null(0)
    by_hand = pl.col("origin") == "agent"  # a contact that the desk began asks for no first response
    answers = ("first_answered_at", "first_response_from", "first_response_by")
    return opened.with_columns(
        counts, *(pl.when(~by_hand).then(name).alias(name) for name in answers)
    ).select(
        _OF, "customer", "group", pl.coalesce("given", "language").alias("language"), "channel", "origin", "opened_at",
        "stage", "level", "owner", "first_message_at", "first_answered_at", "first_response_from", "first_response_by",
        "asked_level", "assigned_at", "closed_at", "closing", "silent", "reason", "customer_messages", "agent_messages",
        "automatic_messages", "transfers", "reopens", "rating", "rated_at", "rated_by",
    ).sort("opened_at", _OF)  # fmt: skip


def _spoken(events: Events) -> pl.DataFrame:
    return events.languages.sort("at", "seq").unique(_OF, keep="first", maintain_order=True).select(_OF, "language")


def _closing(life: pl.DataFrame) -> pl.DataFrame:
    """Return the stage at the end, and for closed conversations when and how they were closed last."""
    closed = pl.col("stage").is_in(_CLOSED)
    was = (closed & (pl.col(_OF) == pl.col(_OF).shift(-1))).shift(1, fill_value=False)
    rows = life.with_columns(
        closed=closed, closes=closed & ~was, opens=~closed & was & pl.col("cause").is_in(["reopened", "revived"])
    )
    last = rows.unique(_OF, keep="last", maintain_order=True).select(_OF, "stage", "closed")
    ends = rows.filter("closes").unique(_OF, keep="last", maintain_order=True).select(
        _OF, pl.col("at").alias("closed_at"), pl.col("cause").alias("closing"), pl.col("silent").fill_null(value=False),
        "reason",
    )  # fmt: skip
    reopens = rows.group_by(_OF).agg(pl.col("opens").sum().alias("reopens"))
    found = last.join(ends, on=_OF, how="left").join(reopens, on=_OF, how="left")
    return found.with_columns(
        pl.when("closed").then(name).alias(name) for name in ("closed_at", "closing", "silent", "reason")
    ).drop("closed")


def _first_response(turns: pl.DataFrame) -> pl.DataFrame:
    """Return the first reply by hand to a customer, from which message on it was waited for, and at which level.

    The turn that got it counts. What was closed before without a reply, by a bot perhaps, began another contact; it
    counts as missed, not as a response that took until now.
    """
    first = turns.unique(_OF, keep="first", maintain_order=True).select(_OF, pl.col("level").alias("asked_level"))
    answered = turns.filter(pl.col("outcome") == "answered").unique(_OF, keep="first", maintain_order=True)
    answered = answered.select(
        _OF, pl.col("at").alias("first_response_from"), pl.col("until").alias("first_answered_at"),
        pl.col("agent").alias("first_response_by"), "level",
    )  # fmt: skip
    both = first.join(answered, on=_OF, how="left", maintain_order="left")
    return both.with_columns(asked_level=pl.coalesce("level", "asked_level")).drop("level")


def _messages(events: Events) -> pl.DataFrame:
    author = pl.col("author")
    return events.messages.group_by(_OF).agg(
        pl.col("at").filter(author == "customer").min().alias("first_message_at"),
        (author == "customer").sum().alias("customer_messages"),
        (author == "agent").sum().alias("agent_messages"),
        (author == "automatic").sum().alias("automatic_messages"),
    )


def _owners(life: pl.DataFrame) -> pl.DataFrame:
    """Return the last owner, the first assignment, and how often the owner changed; what was undone does not count."""
    owned = life.filter((pl.col("stage") == "assigned") & pl.col("agent").is_not_null())
    moved = (pl.col("agent") != pl.col("agent").shift(1)) & (pl.col(_OF) == pl.col(_OF).shift(1))
    counts = (
        pl.when(~moved.fill_null(value=False)).then(0).when(pl.col("cause") == "owner_restored").then(-1).otherwise(1)
    )
    return owned.with_columns(moved=counts).group_by(_OF).agg(
        pl.col("agent").last().cast(pl.Categorical).alias("owner"), pl.col("at").first().alias("assigned_at"),
        pl.col("moved").sum().clip(0).cast(pl.UInt32).alias("transfers"),
    )  # fmt: skip


def _group(events: Events) -> pl.DataFrame:
    begins = events.opened.select(_OF, "at", "seq", "group")
    moves = events.moves.filter(pl.col("kind").is_in(["group_set", "queued"])).select(_OF, "at", "seq", "group")
    known = pl.concat([begins, moves]).filter(pl.col("group").is_not_null() & (pl.col("group") != ""))
    return known.sort("at", "seq").unique(_OF, keep="last", maintain_order=True).select(_OF, "group")


def _rating(events: Events, life: pl.DataFrame) -> pl.DataFrame:
    """Return the last rating and who had the conversation last before it."""
    rated = events.ratings.sort("at", "seq").unique(_OF, keep="last", maintain_order=True)
    owners = life.filter(pl.col("agent").is_not_null()).select(_OF, "at", pl.col("agent").alias("rated_by")).sort("at")
    found = rated.sort("at").join_asof(owners, on="at", by=_OF, check_sortedness=False)
    return found.select(_OF, "rating", pl.col("at").alias("rated_at"), "rated_by")
