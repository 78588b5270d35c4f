"""What agents did: conversations in hand, presence, peak mode, views, and the notices they got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.log.order import in_line

if TYPE_CHECKING:
    from deskkit.log.scan import Events

__all__ = ["hands", "notices", "peaks", "presences", "views"]

_OF: Final = "conversation"


def hands(events: Events, life: pl.DataFrame) -> pl.DataFrame:
    """Return every conversation in an agent's hands, as owner and as helper; see `deskkit.log.spans.Spans`."""
    owned = life.filter((pl.col("stage") == "assigned") & pl.col("agent").is_not_null()).select(
        _OF, pl.col("agent").cast(pl.Categorical), pl.lit("owner").alias("role"), "at", "until", "ended_by"
    )
    return pl.concat([owned, _helped(events, life)]).sort("agent", "at", _OF)


def _helped(events: Events, life: pl.DataFrame) -> pl.DataFrame:
    """Return who helped: asked in while the conversation is open and the agent present, until released.

    A helper also leaves when the conversation closes, on becoming its owner, and on going offline.
    """
    key = [_OF, "agent"]
    asked = events.helpers.select(*key, "at", "seq", pl.col("on").fill_null(value=True))
    pairs = asked.select(key).unique()
    closed = pl.col("stage").is_in(["resolved", "abandoned", "archived"])
    stages = life.select(_OF, "at", "seq", closed.alias("closed"), pl.col("agent").fill_null("").alias("owner"))
    there = events.presences.select("agent", "at", "seq", (pl.col("presence") != "offline").alias("there"))
    rows = pl.concat(
        [asked, pairs.join(stages, on=_OF), pairs.join(there, on="agent")], how="diagonal"
    ).sort(*key, "at", "seq")  # fmt: skip
    new = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in key)
    rows = rows.with_columns(new=new).with_columns(
        pl.when("new").then(pl.coalesce(name, pl.lit(start))).otherwise(name).forward_fill().alias(name)
        for name, start in (("closed", False), ("owner", ""), ("there", False))
    )
    may = ~pl.col("closed") & pl.col("there") & (pl.col("owner") != pl.col("agent").cast(pl.String))
    helps = pl.when(~may | pl.col("new")).then(pl.col("on").fill_null(value=False) & may).otherwise("on").forward_fill()
    rows = rows.with_columns(helps=helps.fill_null(value=False))
    rows = rows.filter(pl.col("new") | (pl.col("helps") != pl.col("helps").shift(1)))
    goes_on = ~pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(-1)) for name in key)
    why = (
        pl.when("on").then(pl.lit("joined")).when("closed").then(pl.lit("closed"))
        .when(~pl.col("there")).then(pl.lit("offline")).when(pl.col("on").is_not_null()).then(pl.lit("released"))
        .otherwise(pl.lit("owner"))
    )  # fmt: skip
    return rows.select(
        *key, pl.lit("helper").alias("role"), "at",
        pl.when(goes_on).then(pl.col("at").shift(-1)).alias("until"),
        pl.when(goes_on).then(why.shift(-1)).alias("ended_by"), "helps",
    ).filter("helps").drop("helps")  # fmt: skip


def presences(events: Events) -> pl.DataFrame:
    """Return who was online, away or offline from when to when; see `deskkit.log.spans.Spans`."""
    rows = events.presences.sort("agent", "at", "seq")
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("agent", "presence"))
    rows = rows.filter(changed)
    goes_on = pl.col("agent").eq_missing(pl.col("agent").shift(-1))
    return rows.select("agent", "presence", "at", pl.when(goes_on).then(pl.col("at").shift(-1)).alias("until"))


def peaks(events: Events) -> pl.DataFrame:
    """Return from when to when peak mode was on, by rule or by hand; see `deskkit.log.spans.Spans`."""
    rows = events.peaks.sort("at", "seq").filter(pl.col("on").ne_missing(pl.col("on").shift(1)))
    return rows.with_columns(until=pl.col("at").shift(-1)).filter("on").select("at", "until")


def views(events: Events) -> pl.DataFrame:
    """Return every look at a conversation; where a feed sees no views a reply counts as one."""
    seen = events.views.select("agent", _OF, "at", "seq", pl.lit(value=False).alias("replied"))
    wrote = events.messages.filter(pl.col("author") == "agent")
    wrote = wrote.select("agent", _OF, "at", "seq", pl.lit(value=True).alias("replied"))
    rows = in_line([seen, wrote], of="agent")
    goes_on = pl.col("agent").eq_missing(pl.col("agent").shift(-1))
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("agent", _OF))
    other = pl.when(goes_on & changed.shift(-1)).then(pl.col("at").shift(-1))
    until = pl.when(goes_on).then(other.backward_fill()) if not rows.is_empty() else other
    rows = rows.with_columns(until=until)
    return rows.select(
        "agent", _OF, "at", pl.when(pl.col("until") >= pl.col("at")).then("until").alias("until"), "replied"
    )


def notices(events: Events, seen: pl.DataFrame) -> pl.DataFrame:
    """Return every notice, sent or held, with what its recipient did; see `deskkit.log.spans.Spans`."""
    key = ["agent", _OF]
    rows = events.notices.with_columns(
        pl.col("merged").fill_null(0), pl.when(pl.col("kind") == "notice_held").then("reason").alias("held")
    ).sort("at", "seq")
    looks = seen.select(*key, "at").sort("at")
    wrote = events.messages.filter(pl.col("author") == "customer").select(_OF, "at").sort("at")
    rows = rows.join_asof(
        looks.with_columns(viewed_at="at"), on="at", by=key, strategy="forward", check_sortedness=False
    ).join_asof(
        looks.with_columns(viewed_before="at"), on="at", by=key, strategy="backward", allow_exact_matches=False,
        check_sortedness=False,
    ).join_asof(
        wrote.with_columns(wrote_at="at"), on="at", by=_OF, strategy="backward", check_sortedness=False
    )  # fmt: skip
    unseen = pl.col("viewed_before").is_null() | (pl.col("viewed_before") < pl.col("wrote_at"))
    return rows.select(
        _OF, "agent", "at", "event", "level", "rung", "merged", "held", "viewed_at",
        unseen.fill_null(value=True).alias("fresh"),
    )  # fmt: skip
