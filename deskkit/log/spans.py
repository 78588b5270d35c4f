"""Spans: what a log says as tables of intervals, which are all that measures read.

`spans` derives them from the events; the compiled engine may return the same tables without a log. Each table says
from when to when something held: a conversation, a turn, a wait, a conversation in an agent's hands, a presence, a
level; notices and ratings are instants. Everything is in UTC, to the millisecond. What still lasted when the log ends
has no end (`until` is null): a measure treats it as censored, not as short.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from deskkit.errors import LogError
from deskkit.log.dialogue import turns, waits
from deskkit.log.order import in_line
from deskkit.log.outline import conversations
from deskkit.log.people import hands, notices, peaks, presences, views
from deskkit.log.renewals import renamed
from deskkit.log.scan import WORDS, scan
from deskkit.log.stages import stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.policy import Policy
    from deskkit.log.log import EventLog
    from deskkit.log.scan import Events

__all__ = ["Spans", "lasting", "spans", "spans_of"]

EARLIEST: Final = -62_104_060_800_000  # the year 2, and 9998: room for every zone
LATEST: Final = 253_370_764_800_000
TOGETHER: Final = 500_000  # messages whose conversations are looked at together
_OF_CONVERSATIONS: Final = (
    "opened", "messages", "moves", "helpers", "tags", "levels", "ratings", "languages"
)  # fmt: skip


class Spans(NamedTuple):
    """A log as tables of intervals; see each table's columns below.

    Attributes
    ----------
    conversations : DataFrame, one row per conversation
        `conversation`, `customer`, `group`, `language`, `channel`, `origin` (customer or agent), `opened_at`, `stage`
        (at the end of the log), `level` (last, 0 to 3), `owner` (last), `first_message_at` (of the customer),
        `first_answered_at`, `first_response_from` (the first unanswered message before that reply),
        `first_response_by`, `asked_level` (when that reply came; without one of the first turn), `assigned_at` (first),
        `closed_at` (null while open), `closing` (resolved, customer_left, turned_away, tidied, archived), `silent` (the
        customer left silently), `reason` (given with the closing), `customer_messages`, `agent_messages` (by hand),
        `automatic_messages`, `transfers`, `reopens`, `rating`, `rated_at`, `rated_by` (the agent who had it last).
    turns : DataFrame, one row per turn
        `conversation`, `at` (first of consecutive customer messages), `last_message_at`, `messages`, `until` (the
        reply, or what ended it unanswered; null: still open), `outcome` (answered, resolved, left, archived, open,
        after_close), `agent` (who replied), `owner` (who had it then), `level` and `group`.
    waits : DataFrame, one row per stay in the queue
        `conversation`, `at`, `until`, `outcome` (served, left, turned_away, resolved, archived, snoozed, waiting),
        `agent` (who took it), `level`.
    hands : DataFrame, one row per conversation in an agent's hands
        `conversation`, `agent`, `role` (owner or helper), `at`, `until`, `ended_by`.
    stages : DataFrame
        As of `deskkit.log.stages.stages`.
    presences : DataFrame
        `agent`, `presence`, `at`, `until`.
    peaks : DataFrame, one row per time of peak mode
        `at`, `until`.
    views : DataFrame
        `agent`, `conversation`, `at`, `until` (the agent's next view of another), `replied` (it was a reply).
    notices : DataFrame
        `conversation`, `agent`, `at`, `event`, `level`, `rung`, `merged`, `held` (why it did not go out, or null),
        `viewed_at` (the recipient's first view from then on), `fresh` (the recipient had not viewed the conversation
        since the customer's last message).
    levels : DataFrame
        `conversation`, `level`, `at`, `until`.
    tags : DataFrame, one row per tag that stands at the end
        `conversation`, `facet`, `tag`, `at`, `by` (hand or rule).
    agents : DataFrame
        `agent`, `name`, `role`, `groups`, `capacity`: as last known.
    words : DataFrame, one row per text of a customer, where they were counted
        `conversation`, `at`, `words`, `seq`.
    begin, end : datetime
        Of the first and the last event; of an empty log the epoch.
    """

    conversations: pl.DataFrame
    turns: pl.DataFrame
    waits: pl.DataFrame
    hands: pl.DataFrame
    stages: pl.DataFrame
    presences: pl.DataFrame
    peaks: pl.DataFrame
    views: pl.DataFrame
    notices: pl.DataFrame
    levels: pl.DataFrame
    tags: pl.DataFrame
    agents: pl.DataFrame
    begin: datetime
    end: datetime
    words: pl.DataFrame = pl.DataFrame(schema=WORDS)


def spans(log: EventLog, *, until: int | None = None, policy: Policy | None = None, words: bool = False) -> Spans:
    """Derive the spans of a log.

    Parameters
    ----------
    log : EventLog
    until : int, optional
        Last sequence number; by default the last one when reading begins.
    policy : Policy, optional
        Says which messages are mere courtesies, which owe no answer; without one, none is. And what tags are called
        by now: one under an old name counts as the new one.
    words : bool, default False
        Whether the words of customers are counted too.

    Returns
    -------
    Spans

    Raises
    ------
    LogError
        The log cannot be read, or holds what no desk writes.

    Examples
    --------
    >>> from deskkit.desk.events import AgentWrote, ConversationOpened, CustomerWrote
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> _ = log.append([
    ...     ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"),
    ...     CustomerWrote(at=5_000, source="doc", source_id="2", conversation="c1", message="m1", text="hello"),
    ...     AgentWrote(at=25_000, source="doc", source_id="3", conversation="c1", agent="chen", message="m", text="hi"),
    ... ], received_at=25_000)
    >>> spans(log).turns.select("outcome", "agent", (pl.col("until") - pl.col("at")).dt.total_seconds()).rows()
    [('answered', 'chen', 20)]
    """
    found = scan(log, until=until, policy=policy, words=words)
    return spans_of(found if policy is None else found._replace(tags=_called_now(found.tags, policy)))


def spans_of(events: Events) -> Spans:
    """Derive the spans of events.

    What concerns single conversations is derived from some of them at a time, so that a large log needs no more
    memory at once than a small one. The rows of a conversation stand together, in order of time.
    """
    begin, end = _bounds(events)
    events = renamed(events)
    seen = views(events)
    rung = notices(events, seen)
    with ThreadPoolExecutor(max_workers=2) as beside:
        lives = list(beside.map(_lives, _apart(events)))
    joined = {name: pl.concat([life[name] for life in lives]) for name in lives[0]}
    agents = events.agents.sort("at", "seq").unique("agent", keep="last", maintain_order=True)
    return Spans(
        **joined
        | {
            "conversations": joined["conversations"].sort("opened_at", "conversation"),
            "hands": joined["hands"].sort("agent", "at", "conversation"),
        },
        presences=presences(events),
        peaks=peaks(events),
        views=seen,
        notices=rung,
        agents=agents.select("agent", "name", "role", "groups", "capacity"),
        begin=begin,
        end=end,
        words=events.words,
    )


def _called_now(tags: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return what was said of tags by the names that a policy gives them now."""
    for facet in policy.schema.facets:
        if facet.renamed:
            name = pl.col("tag").cast(pl.String).replace(facet.renamed).cast(tags.schema["tag"])
            tags = tags.with_columns(tag=pl.when(pl.col("facet") == facet.name).then(name).otherwise("tag"))
    return tags


def lasting(found: Spans, until: int) -> Spans:
    """Return spans as they stand at an instant after the last event: what lasts, lasts up to then.

    Parameters
    ----------
    found : Spans
    until : int, milliseconds since the UTC epoch
        Where the log goes on beyond it, nothing changes.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> lasting(spans(open_log("memory:")), 1_000).end.isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return found._replace(end=max(found.end, datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=until)))


def _apart(events: Events) -> Iterator[Events]:
    """Yield the events of some conversations at a time."""
    parts = 1 + events.messages.height // TOGETHER
    for part in range(parts):
        mine = pl.col("conversation").to_physical() % parts == part
        yield events._replace(**{name: getattr(events, name).filter(mine) for name in _OF_CONVERSATIONS})


def _lives(events: Events) -> dict[str, pl.DataFrame]:
    """Return the tables that concern single conversations."""
    life = stages(events)
    levels = _levels(events)
    spoken = turns(events, life, levels)
    return {
        "conversations": conversations(events, life, spoken, levels),
        "turns": spoken,
        "waits": waits(events, life, levels),
        "hands": hands(events, life),
        "stages": life,
        "levels": levels,
        "tags": _tags(events),
    }


def _bounds(events: Events) -> tuple[datetime, datetime]:
    instants = pl.concat(
        [frame.select(pl.col("at").min().alias("begin"), pl.col("at").max().alias("end")) for frame in events]
    )
    least, most = instants.select(pl.col("begin").min().cast(pl.Int64), pl.col("end").max().cast(pl.Int64)).row(0)
    for at in (least, most):
        if at is not None and not EARLIEST <= at <= LATEST:
            raise LogError(
                "An event lies outside the years that can be measured.", place="spans", value=f"{at} ms",
                expected="the years 2 to 9998", example="at=1_781_749_800_000, milliseconds since 1970",
            )  # fmt: skip
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + timedelta(milliseconds=least or 0), epoch + timedelta(milliseconds=most or 0)


def _levels(events: Events) -> pl.DataFrame:
    """Return the level of each conversation over time; taken back by hand, it is what the rules said last."""
    start = events.opened.select("conversation", "at", "seq", pl.lit(1, pl.Int64).alias("level"), kind=pl.lit("opened"))
    changes = events.levels.select("conversation", "at", "seq", "level", pl.col("kind").cast(pl.String))
    rows = in_line([start, changes])
    by_rule = pl.when(pl.col("kind") != "priority_set").then("level").forward_fill().over("conversation")
    rows = rows.with_columns(level=pl.when(pl.col("level") < 0).then(by_rule).otherwise("level").cast(pl.Int8))
    new = pl.col("conversation").ne_missing(pl.col("conversation").shift(1))
    rows = rows.filter(new | pl.col("level").ne_missing(pl.col("level").shift(1)))
    return rows.select(
        "conversation", "level", "at",
        pl.when(~new.shift(-1, fill_value=True)).then(pl.col("at").shift(-1)).alias("until"), "seq",
    )  # fmt: skip


def _tags(events: Events) -> pl.DataFrame:
    """Return the tags that stand at the end; what a hand put on or took off, no rule changes, until that is undone."""
    key = ["conversation", "facet", "tag"]
    said = events.tags.sort("at", "seq").with_columns(
        pl.col("on").fill_null(value=True), pl.col("undo").fill_null(value=False), hand=pl.col("kind") == "tag_set"
    )
    # An undo is the rules' word again.
    hand = said.filter("hand").unique(key, keep="last", maintain_order=True).filter(~pl.col("undo"))
    rule = said.filter(~pl.col("hand") | pl.col("undo")).unique(key, keep="last", maintain_order=True)
    rule = rule.join(hand, on=key, how="anti")
    by = pl.when(pl.col("hand") & ~pl.col("undo")).then(pl.lit("hand")).otherwise(pl.lit("rule"))
    return pl.concat([hand, rule]).filter("on").sort("at", "seq").select(*key, "at", by.alias("by"))
