"""How long customers wait for words: first response, reply time, shares answered in time, service level.

Each is one definition with its four choices; vendors' numbers of the same name are instances with other choices, so
that a supervisor can see why two products disagree about the same day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.log.stages import OFFLINE
from deskkit.measures.definition import KEYS, Measure, numbers

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Rows, Summary

__all__ = ["PRESETS", "REPLIES", "asked", "between", "share", "times"]

NO_AGENT: Final = tuple(key for key in KEYS if key != "agent")  # of a conversation that several may have had
_QIYU: Final = "NetEase Qiyu, help 144434"
_TENCENT: Final = "Tencent Cloud IM, document 269/113223"


def between(start: str, end: str) -> pl.Expr:
    """Return the milliseconds from one instant's column to another's."""
    return (pl.col(end) - pl.col(start)).dt.total_milliseconds()


def times(value: str = "ms", **more: pl.Expr) -> Summary:
    """Return the summary of durations: mean, median, 90th percentile (linear), longest, how many, and what else."""
    return numbers(**_times(pl.col(value)), **more)


def _times(column: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "value": column.mean(), "median": column.median(), "p90": column.quantile(0.9, "linear"),
        "longest": column.max(), "n": column.count(),
    }  # fmt: skip


def _answers() -> Summary:
    """Return the summary of replies: their times, and how many never came."""
    return numbers(**_times(pl.col("ms")), unanswered=pl.col("ms").is_null().sum())


def _given() -> Summary:
    """Return the summary of first replies since an assignment; that they came is known even where that is not."""
    return numbers(**_times(pl.col("ms")), unanswered=pl.col("until").is_null().sum())


def share(hit: str = "hit") -> Summary:
    """Return the summary of a share: of rows where `hit` is known, those where it is true."""
    return numbers(value=pl.col(hit).mean(), hits=pl.col(hit).sum(), n=pl.col(hit).count())


def number_of(hit: pl.Expr) -> pl.Expr:
    """Return how many hits there are, or their sum; none where not a single row is known to be one or not."""
    return pl.when(hit.count() > 0).then(hit.sum())


def asked(spans: Spans) -> pl.DataFrame:
    """Return the conversations in which a customer came and spoke: those that are owed a first response.

    A message left while nobody was online is owed none here, unless it was answered.
    """
    rows = spans.conversations.filter((pl.col("origin") == "customer") & pl.col("first_message_at").is_not_null())
    offline = (pl.col("reason").cast(pl.String) == OFFLINE).fill_null(value=False)
    rows = rows.filter(~offline | pl.col("first_answered_at").is_not_null())
    return rows.with_columns(
        asked_at=pl.coalesce("first_response_from", "first_message_at"),
        agent=pl.coalesce("first_response_by", "owner"),
        level=pl.coalesce("asked_level", "level"),
    )


def _first(start: str) -> Rows:
    def rows(spans: Spans, _choices: Choices) -> pl.DataFrame:
        return asked(spans).select(
            "conversation", "agent", "level", pl.col(start).alias("at"),
            pl.col("first_answered_at").alias("until"), between(start, "first_answered_at").clip(0).alias("ms"),
        )  # fmt: skip

    return rows


def _since_given(start: str, choices: Choices) -> pl.Expr:
    """Return how long replies (`until`) took from an assignment; unknown where the log does not say when that was."""
    return between(start, "until") if choices.assignment_told else pl.lit(None, pl.Int64)


def _first_after_assignment(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Count from the assignment to the first reply to the customer; a reply before it took no time."""
    rows = asked(spans).with_columns(
        start=pl.min_horizontal("assigned_at", "first_answered_at"), until="first_answered_at"
    )
    return rows.select(
        "conversation", "agent", "level", pl.coalesce("start", "asked_at").alias("at"),
        "until", _since_given("start", choices).alias("ms"),
    )  # fmt: skip


def _first_words(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Count from each conversation's assignment to the first message by hand from then on, a greeting too."""
    given = spans.conversations.filter(pl.col("assigned_at").is_not_null()).sort("assigned_at")
    wrote = spans.views.filter("replied").select("conversation", pl.col("at").alias("until"), "agent").sort("until")
    found = given.drop("owner").join_asof(
        wrote, left_on="assigned_at", right_on="until", by="conversation", strategy="forward", check_sortedness=False
    )  # fmt: skip
    return found.with_columns(ms=_since_given("assigned_at", choices)).select(
        "conversation", "agent", "level", pl.col("assigned_at").alias("at"), "until", "ms"
    )


def _engagements(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Count from each assignment to that agent's first message by hand while the conversation is theirs."""
    owned = spans.hands.filter(pl.col("role") == "owner").select(
        "conversation", "agent", "at", pl.col("until").alias("gave")
    )
    wrote = spans.views.filter("replied").select("conversation", "agent", pl.col("at").alias("until")).sort("until")
    found = owned.sort("at").join_asof(
        wrote, left_on="at", right_on="until", by=["conversation", "agent"], strategy="forward", check_sortedness=False
    )  # fmt: skip
    theirs = pl.col("gave").is_null() | (pl.col("until") <= pl.col("gave"))
    return (
        found.with_columns(until=pl.when(theirs).then("until"))
        .with_columns(ms=_since_given("at", choices))
        .select("conversation", "agent", "at", "until", "ms")
    )


def _since_reopened(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Count from the beginning, or from the last reopening before the reply."""
    rows = _first("opened_at")(spans, choices).with_columns(said=pl.coalesce("until", pl.lit(spans.end)))
    again = spans.stages.filter(pl.col("cause").is_in(["reopened", "revived"]))
    again = again.select("conversation", pl.col("at").alias("said"), pl.col("at").alias("again")).sort("said")
    rows = rows.sort("said").join_asof(again, on="said", by="conversation", check_sortedness=False)
    rows = rows.with_columns(at=pl.coalesce("again", "at")).with_columns(ms=between("at", "until"))
    return rows.select("conversation", "agent", "level", "at", "until", "ms")


def _seconds(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Count whole seconds, as the product's field does."""
    return _first("asked_at")(spans, choices).with_columns(pl.col("ms") // 1000 * 1000)


def _positive(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Leave out conversations still open and responses that took no time."""
    closed = spans.conversations.filter(pl.col("closed_at").is_not_null()).select("conversation")
    rows = _first("opened_at")(spans, choices).join(closed, on="conversation", how="semi", maintain_order="left")
    return rows.filter(pl.col("ms") > 0)


def _first_within(spans: Spans, choices: Choices) -> pl.DataFrame:
    rows = _first("asked_at")(spans, choices)
    return rows.with_columns(hit=(pl.col("ms") <= choices.within_ms).fill_null(value=False))


def _first_within_answered(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _first_within(spans, choices).filter(pl.col("ms").is_not_null())


def _turns(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return the turns that are owed a reply; `ms` is null where none came."""
    owed = spans.turns.filter(pl.col("outcome") != "after_close")
    answered = pl.col("outcome") == "answered"
    return owed.with_columns(
        ms=pl.when(answered).then(between("at", "until")), agent=pl.coalesce("agent", "owner")
    ).select("conversation", "agent", "level", "at", "until", "outcome", "ms")


def _turns_within(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _turns(spans, choices).with_columns(hit=(pl.col("ms") <= choices.within_ms).fill_null(value=False))


def _turns_of_accepted(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the turns of conversations that an agent had."""
    accepted = spans.conversations.filter(pl.col("assigned_at").is_not_null()).select("conversation")
    return _turns_within(spans, choices).join(accepted, on="conversation", how="semi", maintain_order="left")


def _per_conversation(how: str) -> Rows:
    def rows(spans: Spans, choices: Choices) -> pl.DataFrame:
        answered = _turns(spans, choices).filter(pl.col("ms").is_not_null())
        told = getattr(pl.col("ms"), how)()
        return answered.group_by("conversation", maintain_order=True).agg(
            pl.col("at").first(), pl.col("agent", "level").last(), told.alias("ms")
        )

    return rows


def _service(leaving: str) -> Rows:
    def rows(spans: Spans, choices: Choices) -> pl.DataFrame:
        found = _first("asked_at")(spans, choices)
        left = spans.conversations.filter(pl.col("closing").is_in(["customer_left", "turned_away"]))
        left = left.select("conversation", "closed_at", chose=pl.col("closing") == "customer_left")
        found = found.join(left, on="conversation", how="left", maintain_order="left")
        gone = pl.col("ms").is_null() & pl.col("closed_at").is_not_null()
        stayed = (pl.col("closed_at") - pl.col("at")).dt.total_milliseconds()
        chose = gone & pl.col("chose").fill_null(value=False)  # whoever is turned away did not choose to leave
        found = found.filter(pl.col("ms").is_not_null() | gone)
        hit = (pl.col("ms") <= choices.within_ms).fill_null(value=False)
        if leaving == "excluded":
            return found.filter(~(chose & (stayed < choices.short_ms))).with_columns(hit=hit)
        if leaving == "met":
            return found.with_columns(hit=hit | (chose & (stayed <= choices.within_ms)).fill_null(value=False))
        return found.with_columns(hit=hit)

    return rows


_FIRST: Final[dict[str, Any]] = {
    "unit": "ms",
    "start": "the customer's first message (of the turn that got the first reply)",
    "end": "the first reply by hand",
    "counted": "conversations a customer began and spoke in; without a reply they are “unanswered”, not zero",
    "averaged": "mean over conversations with a reply",
    "summarise": _answers(),
    "level_of": "moment",
}
_TURN: Final[dict[str, Any]] = {
    "unit": "ms",
    "each": "turns",
    "start": "the first of consecutive customer messages",
    "end": "the next reply by hand",
    "counted": "turns; without a reply they are “unanswered”, not zero",
    "averaged": "mean over answered turns, all conversations pooled",
    "summarise": _answers(),
    "level_of": "moment",
}

REPLIES: Final = (
    Measure(name="first_response", title="First response", rows=_first("asked_at"), **_FIRST),
    Measure(
        name="first_response_within", title="First response in time", rows=_first_within,
        **_FIRST | {
            "unit": "share", "counted": "conversations a customer began and spoke in, answered or not",
            "averaged": "share answered within X", "summarise": share(),
        },
    ),
    Measure(name="reply_time", title="Reply time", rows=_turns, **_TURN),
    Measure(
        name="reply_time_per_conversation", title="Reply time per conversation", rows=_per_conversation("mean"),
        **_TURN | {
            "by": NO_AGENT, "each": "conversations", "summarise": times(),
            "counted": "answered turns", "averaged": "mean over conversations of their mean",
        },
    ),
    Measure(
        name="answered_within", title="Answered within X", rows=_turns_within,
        **_TURN | {
            "unit": "share", "counted": "turns, answered or not", "averaged": "share answered within X",
            "summarise": share(),
        },
    ),
    Measure(
        name="service_level", title="Service level", rows=_service("missed"),
        **_FIRST | {
            "unit": "share", "counted": "conversations answered, left by a customer who had written, or turned away",
            "averaged": "(answered within X) / (answered + left)", "summarise": share(),
            "source": "Gans, Koole, Mandelbaum (2003), section 2",
        },
    ),
    Measure(
        name="service_level_without_short", title="Service level without short waits", rows=_service("excluded"),
        **_FIRST | {
            "unit": "share", "counted": "conversations answered, turned away, or left no sooner than the short wait",
            "averaged": "(answered within X) / (answered + left after the short wait)", "summarise": share(),
        },
    ),
    Measure(
        name="service_level_left_in_time", title="Service level, leaving in time met", rows=_service("met"),
        **_FIRST | {
            "unit": "share", "counted": "conversations answered, left by a customer who had written, or turned away",
            "averaged": "(answered or left within X) / (answered + left)", "summarise": share(),
        },
    ),
)  # fmt: skip

PRESETS: Final = (
    Measure(
        name="meiqia_first_response", title="First response (Meiqia)", rows=_seconds,
        **_FIRST | {
            "averaged": "mean over conversations with a reply, whole seconds",
            "source": "Meiqia API V2.0, conv_first_resp_wait_in_secs",
        },
    ),
    Measure(
        name="qiyu_first_response", title="First response (Qiyu)", rows=_first("asked_at"), **_FIRST | {"source": _QIYU}
    ),
    Measure(
        name="qiyu_first_response_within", title="First response in time (Qiyu)", rows=_first_within_answered,
        **_FIRST | {
            "unit": "share", "counted": "conversations with a reply", "averaged": "share answered within X",
            "summarise": share(), "source": _QIYU,
        },
    ),
    Measure(name="qiyu_reply_time", title="Reply time (Qiyu)", rows=_turns, **_TURN | {"source": _QIYU}),
    Measure(
        name="qiyu_answered_within", title="Answered within X (Qiyu)", rows=_turns_of_accepted,
        **_TURN | {
            "unit": "share", "counted": "turns of conversations an agent had",
            "averaged": "share answered within X", "summarise": share(), "source": _QIYU,
        },
    ),
    Measure(
        name="tencent_first_response", title="First response (Tencent)", rows=_first_words,
        **_FIRST | {
            "summarise": _given(),
            "start": "the assignment to the first agent",
            "end": "the first message by hand from then on, a greeting too",
            "counted": "conversations an agent had, whoever began them", "source": _TENCENT,
            "level_of": "last",
        },
    ),
    Measure(
        name="tencent_reply_time", title="Reply time (Tencent)", rows=_per_conversation("mean"),
        **_TURN | {"by": NO_AGENT, "each": "conversations", "summarise": times(),
            "counted": "answered turns; conversations without one are left out",
            "averaged": "mean over conversations of their mean", "source": _TENCENT,
        },
    ),
    Measure(
        name="quickcep_first_response", title="First response (QuickCEP)", rows=_first_after_assignment,
        **_FIRST | {
            "summarise": _given(),
            "start": "the assignment to the first agent, or a reply that claimed it",
            "source": "QuickCEP, data indicators",
        },
    ),
    Measure(
        name="chatwoot_first_response", title="First response (Chatwoot)", rows=_first("opened_at"),
        **_FIRST | {
            "start": "the beginning of the conversation", "source": "chatwoot, reporting_event_listener.rb",
        },
    ),
    Measure(
        name="chatwoot_newer_first_response", title="First response (Chatwoot, newer)", rows=_since_reopened,
        **_FIRST | {
            "start": "the beginning of the conversation, or its last reopening before the reply",
            "source": "chatwoot, reporting_event_listener.rb since PR 12058",
        },
    ),
    Measure(
        name="chatwoot_reply_time", title="Reply time (Chatwoot)", rows=_turns,
        **_TURN | {"start": "waiting_since: the first unanswered message", "source": "chatwoot, conversation.rb"},
    ),
    Measure(
        name="zendesk_first_response", title="First response (Zendesk)", rows=_engagements,
        **_FIRST | {
            "summarise": _given(),
            "start": "each assignment to an agent (an engagement)", "end": "that agent's first message by hand",
            "counted": "engagements, several of one conversation taken again; one without a message is “unanswered”",
            "averaged": "mean over engagements",
            "each": "engagements", "source": "Zendesk engagements API", "level_of": "last",
        },
    ),
    Measure(
        name="livehelperchat_first_response", title="First response (Live Helper Chat)", rows=_positive,
        **_FIRST | {
            "start": "the beginning of the conversation",
            "counted": "closed conversations whose response took longer than nothing",
            "source": "LiveHelperChat, lhchatstatistic.php",
        },
    ),
    Measure(
        name="livehelperchat_longest_reply", title="Longest reply (Live Helper Chat)", rows=_per_conversation("max"),
        **_TURN | {"by": NO_AGENT, "each": "conversations", "summarise": times(),
            "counted": "answered turns", "averaged": "mean over conversations of their longest",
            "source": "LiveHelperChat, mart",
        },
    ),
)  # fmt: skip
