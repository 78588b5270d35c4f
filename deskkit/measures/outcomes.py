"""How conversations end: missed messages, transfers, reopening, ratings, promises kept, tags; and what stands now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.measures.definition import Measure, numbers
from deskkit.measures.replies import NO_AGENT, asked, between, number_of, share
from deskkit.measures.targets import with_target

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Rows, Summary

__all__ = ["OUTCOMES", "wilson"]

Z95: Final = 1.959963984540054  # the 97.5 % point of the normal distribution


def wilson(hits: pl.Expr, n: pl.Expr, *, upper: bool) -> pl.Expr:
    """Return an end of the 95 % interval of a share, also where there are few or all are alike.

    References
    ----------
    .. [1] Wilson (1927), Probable inference, the law of succession, and statistical inference. JASA 22(158).

    Examples
    --------
    >>> found = pl.DataFrame({"hits": [8], "n": [10]})
    >>> ends = [wilson(pl.col("hits"), pl.col("n"), upper=upper) for upper in (False, True)]
    >>> [round(found.select(end).item(), 4) for end in ends]
    [0.4902, 0.9433]
    """
    p = hits / n
    z2 = Z95 * Z95
    middle = p + z2 / (2 * n)
    reach = Z95 * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
    end = (middle + reach if upper else middle - reach) / (1 + z2 / n)
    return pl.when(n > 0).then(end.clip(0, 1))


def missed(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return turns never answered before close, archive or their owner's shift end; `why` says which."""
    turns = spans.turns.filter(pl.col("outcome") != "after_close").with_row_index("turn")
    why = (
        pl.when(pl.col("outcome") == "left").then(pl.lit("customer left"))
        .when(pl.col("outcome") == "archived").then(pl.lit("archived"))
        .when(pl.col("outcome") == "resolved").then(pl.lit("closed"))
    )  # fmt: skip
    turns = turns.with_columns(why=why, over=pl.col("until").fill_null(spans.end))
    shifts = _shift_ends(spans, turns)
    turns = turns.join(shifts, on="turn", how="left", maintain_order="left")
    turns = turns.with_columns(
        why=pl.when(pl.col("ended").is_not_null()).then(pl.lit("shift end")).otherwise("why"),
        agent=pl.when(pl.col("ended").is_not_null()).then("whose").otherwise("owner"),
        until=pl.coalesce("ended", "until"),
    )
    return turns.select(
        "conversation", "agent", "level", "at", "until", "messages", "why", pl.col("why").is_not_null().alias("hit")
    )


def _shift_ends(spans: Spans, turns: pl.DataFrame) -> pl.DataFrame:
    """Return the turns that were open when their owner went offline (`turn`, `ended`, `whose`)."""
    left = spans.presences.filter(pl.col("presence") == "offline").select("agent", pl.col("at").alias("ended"))
    owned = spans.hands.filter(pl.col("role") == "owner").select(
        "conversation", "agent", pl.col("at").alias("had"), pl.col("until").fill_null(spans.end).alias("gave")
    )
    open_ = turns.select("turn", "conversation", "at", "over").join(owned, on="conversation", how="inner")
    open_ = open_.filter((pl.col("had") < pl.col("over")) & (pl.col("gave") > pl.col("at")))
    # The first time the owner went offline from when the turn was theirs.
    left = left.sort("ended").with_columns(since="ended")
    open_ = open_.with_columns(since=pl.max_horizontal("at", "had")).sort("since")
    open_ = open_.join_asof(left, on="since", by="agent", strategy="forward", check_sortedness=False)
    # Taken away by the very going offline, it ends at that instant.
    hit = open_.filter((pl.col("ended") <= pl.col("gave")) & (pl.col("ended") < pl.col("over")))
    first = hit.sort("turn", "ended").unique("turn", keep="first", maintain_order=True)
    return first.select("turn", "ended", pl.col("agent").alias("whose"))


def _assigned(spans: Spans) -> pl.DataFrame:
    return spans.conversations.filter(pl.col("assigned_at").is_not_null()).with_columns(
        pl.col("owner").alias("agent"), pl.col("opened_at").alias("at")
    )


def _transferred(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the conversations an agent had; whether they passed on is unknown where the log does not say so."""
    passed = pl.col("transfers") if choices.transfers_told else pl.lit(None, pl.UInt32)
    return (
        _assigned(spans)
        .with_columns(transfers=passed)
        .select("conversation", "agent", "level", "at", "transfers", (pl.col("transfers") > 0).alias("hit"))
    )


def _reopened(spans: Spans, _choices: Choices) -> pl.DataFrame:
    closed = spans.conversations.filter(pl.col("closed_at").is_not_null() | (pl.col("reopens") > 0))
    return closed.select(
        "conversation", pl.col("owner").alias("agent"), "level", pl.col("opened_at").alias("at"), "reopens",
        (pl.col("reopens") > 0).alias("hit"),
    )  # fmt: skip


def _rated(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return closed conversations, with the rating where there is one, credited to who had it last."""
    over = spans.conversations.filter(pl.col("closed_at").is_not_null() | pl.col("rating").is_not_null())
    return over.select(
        "conversation", pl.coalesce(pl.col("rated_by").cast(pl.Categorical), "owner").alias("agent"), "level",
        pl.col("opened_at").alias("at"), "rating",
    )  # fmt: skip


def _first_kept(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Say of each conversation's promise of a first response whether it was kept, null while it may still be."""
    rows = with_target(asked(spans), choices).with_columns(at="asked_at")
    took = (pl.coalesce("first_answered_at", "closed_at", pl.lit(spans.end)) - pl.col("at")).dt.total_milliseconds()
    kept = pl.col("first_answered_at").is_not_null() & (took <= pl.col("target"))
    undecided = pl.col("first_answered_at").is_null() & pl.col("closed_at").is_null() & (took <= pl.col("target"))
    return rows.select(
        "conversation", "agent", "level", "at", pl.when(~undecided).then(kept).alias("hit"),
        (pl.col("target") - took).alias("left_ms"),
    )  # fmt: skip


def _next_kept(spans: Spans, choices: Choices) -> pl.DataFrame:
    turns = with_target(spans.turns.filter(pl.col("outcome") != "after_close"), choices)
    turns = turns.with_columns(over=pl.col("until").fill_null(spans.end)).with_columns(ms=between("at", "over"))
    kept = (pl.col("outcome") == "answered") & (pl.col("ms") <= pl.col("target"))
    undecided = (pl.col("outcome") == "open") & (pl.col("ms") <= pl.col("target"))
    return turns.select(
        "conversation", pl.coalesce("agent", "owner").alias("agent"), "level", "at",
        pl.when(~undecided).then(kept).alias("hit"), (pl.col("target") - pl.col("ms")).alias("left_ms"),
    )  # fmt: skip


def _resolved_kept(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Say of each conversation whether it was closed within the promised time; null without such a promise."""
    within = choices.resolve_ms
    took = (pl.col("closed_at").fill_null(spans.end) - pl.col("opened_at")).dt.total_milliseconds()
    if within is None:
        hit = pl.lit(None, pl.Boolean)
    else:
        hit = pl.when(pl.col("closed_at").is_not_null() | (took > within)).then(
            pl.col("closed_at").is_not_null() & (took <= within)
        )
    return spans.conversations.select(
        "conversation", pl.col("owner").alias("agent"), "level", pl.col("opened_at").alias("at"), hit.alias("hit")
    )


def _rated_by_all(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return ratings, once for each agent who had the conversation."""
    owners = spans.hands.filter(pl.col("role") == "owner").select("conversation", "agent").unique(maintain_order=True)
    return _rated(spans, choices).drop("agent").join(owners, on="conversation", how="inner", maintain_order="left")


def _covered(facet: str) -> Rows:
    def rows(spans: Spans, _choices: Choices) -> pl.DataFrame:
        tags = spans.tags.filter(pl.col("facet") == facet)
        tagged = tags.group_by("conversation").agg(
            pl.len().alias("tags"), (pl.col("by") == "hand").any().alias("by_hand")
        )
        spoken = spans.conversations.filter(pl.col("first_message_at").is_not_null())
        joined = spoken.join(tagged, on="conversation", how="left", maintain_order="left")
        return joined.select(
            "conversation", pl.col("owner").alias("agent"), "level", pl.col("opened_at").alias("at"),
            pl.col("tags").is_not_null().alias("hit"), pl.col("by_hand").fill_null(value=False),
        )  # fmt: skip

    return rows


def _csat() -> Summary:
    rating = pl.col("rating")
    good, n = (rating > 0).sum(), rating.count()
    return numbers(
        value=pl.when(n > 0).then(good / n), low=wilson(good, n, upper=False), high=wilson(good, n, upper=True),
        mean=rating.mean(), good=good, bad=(rating < 0).sum(), n=n, response_rate=n / pl.len(),
    )  # fmt: skip


_OVER: Final[dict[str, Any]] = {"start": "the beginning of the conversation", "end": "its end"}
_KEPT: Final[dict[str, Any]] = {"unit": "share", "summarise": share(), "averaged": "share in time"}
_BY_LEVEL: Final = (
    "target of their level at the reply (or now); closed or left without one is a miss, not yet due is left out"
)
_SLA: Final = "chatwoot: frt, nrt, rt"

OUTCOMES: Final = (
    Measure(
        name="missed", title="Missed messages", unit="count", rows=missed,
        summarise=numbers(value=pl.col("hit").sum(), share=pl.col("hit").mean(), **{
            name: (pl.col("why") == why).sum() for name, why in (
                ("closed", "closed"), ("left", "customer left"), ("archived", "archived"), ("shift_end", "shift end"))
        }, n=pl.len()),
        start="the first of consecutive customer messages",
        end="the reply; close, the customer's leaving or being turned away, archive, or the end of the owner's shift",
        counted="turns", averaged="number that ended without a reply", each="turns", level_of="moment",
    ),
    Measure(
        name="transfer", title="Transfers", unit="share", rows=_transferred,
        summarise=numbers(
            value=pl.col("hit").mean(), hits=number_of(pl.col("hit")), transfers=number_of(pl.col("transfers")),
            n=pl.col("hit").count(),
        ),
        **_OVER, counted="conversations an agent had", averaged="share that went to another agent at least once",
        by=NO_AGENT,
    ),
    Measure(
        name="reopen", title="Reopened", unit="share", rows=_reopened,
        summarise=numbers(
            value=pl.col("hit").mean(), hits=pl.col("hit").sum(), reopens=pl.col("reopens").sum(), n=pl.len()
        ),
        **_OVER, counted="conversations closed, or left by their customer, at least once",
        averaged="share opened again at least once",
    ),
    Measure(
        name="csat", title="Satisfaction", unit="share", rows=_rated, summarise=_csat(), each="ratings", **_OVER,
        counted="conversations with a rating (bad -1, neutral 0, good 1), credited to who had it last",
        averaged="share of good ratings, with its 95 % interval by Wilson", source="Wilson (1927)",
    ),
    Measure(
        name="csat_shared", title="Satisfaction, shared", unit="share", rows=_rated_by_all, summarise=_csat(),
        **_OVER, each="ratings",
        counted="ratings (bad -1, neutral 0, good 1), once for each agent who had the conversation",
        averaged="share of good ratings, with its 95 % interval by Wilson",
        source="Easemob: shared by all participants",
    ),
    Measure(
        name="sla_first_response", title="SLA, first response", rows=_first_kept, **_KEPT,
        start="the customer's first message (of the turn that got the first reply)", end="the first reply by hand",
        counted="conversations a customer began and spoke in, by the " + _BY_LEVEL,
        source=_SLA, level_of="moment",
    ),
    Measure(
        name="sla_next_response", title="SLA, every response", rows=_next_kept, **_KEPT,
        start="the first of consecutive customer messages", end="the next reply by hand",
        counted="turns, by the " + _BY_LEVEL, source=_SLA, each="turns", level_of="moment",
    ),
    Measure(
        name="sla_resolution", title="SLA, resolution", rows=_resolved_kept, **_KEPT | _OVER,
        counted="conversations, if a time is promised; not yet due: left out", source=_SLA,
    ),
    *(
        Measure(
            name=f"tagged_{facet}", title=f"Tagged: {facet}", unit="share", rows=_covered(facet),
            summarise=numbers(
                value=pl.col("hit").mean(), hits=pl.col("hit").sum(), by_hand=pl.col("by_hand").sum(), n=pl.len()
            ),
            **_OVER, counted="conversations whose customer wrote", averaged="share with a tag of the facet",
        )
        for facet in ("customer", "inquiry", "label")
    ),
)  # fmt: skip
