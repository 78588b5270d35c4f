"""A workload from a real log: who came when, wrote what, and what it took, as the two tables a scenario gives.

A simulated desk then serves the customers of yesterday under another policy. What a log cannot tell is estimated or
assumed; `workload_from` says which is which, and a result built on it is worth no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from deskkit.arguments import LOG, POLICY, WHOLE, expect
from deskkit.clock import instant, moment
from deskkit.desk.events import CustomerWrote
from deskkit.errors import DeskkitError
from deskkit.log.renewals import renamed
from deskkit.log.scan import scan
from deskkit.log.spans import spans_of
from deskkit.sim.draws import Drawn, Key, uniforms
from deskkit.sim.laws import quantile
from deskkit.sim.scenario import FOREVER, Arrivals, Law, Stream
from deskkit.sim.tracefacts import read_facts
from deskkit.sim.workload import CONVERSATIONS, TURNS, Workload

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.log.scan import Events
    from deskkit.log.spans import Spans

__all__ = ["workload_from"]

_OF: Final = "conversation"
_HANDLE: Final = Stream(name="", arrivals=Arrivals()).handle  # where no reply at all tells how long one takes
_GUESSED: Final = ["timeout", "assumed"]  # reasons of a leaving of which nobody knows when it was
_OWED: Final = ["left", "open"]  # how a last turn ends that still asked for a reply


def workload_from(
    log: EventLog, *, policy: Policy | None = None, begin: int | None = None, end: int | None = None
) -> Workload:
    """Return the customers of a log as a workload.

    Parameters
    ----------
    log : EventLog
    policy : Policy, optional
        Says which messages are mere courtesies, which ask for no reply, and the zone whose midnight shifts count from;
        without one no message is, and midnight is that of UTC.
    begin, end : int, optional
        Only conversations whose first message came from `begin` until before `end`, milliseconds; by default all.

    Returns
    -------
    Workload
        One row per conversation in which a customer wrote and which no agent began; never one more. All belong to the
        first stream of the scenario they are simulated in.

    Raises
    ------
    DeskkitError
        `begin` does not come before `end`.
    LogError
        The log cannot be read.

    Notes
    -----
    *Observed*: arrivals (the first message), customers, the group, language and needs they came with, purchase fields
    as known on arrival, history from before `begin` (told with a customer's first conversation), tags put on by hand
    by then, all texts (messages in a row make one turn, joined by newlines; a picture, voice or file is its kind in
    brackets), the number of turns, ratings, the first change of group after the first reply, whether a helper came.

    *A turn* is a message that was answered. One that was not, at the end of a conversation, is a turn if its customer
    left over it or still waits: a desk that answers has to do so. What an agent closed without a reply asked for none,
    unless it is all there is. So the number of turns is the replies of the log, and one more for those.

    *Estimated*: the time to handle, from the last thing known of the agent before the reply (turning to this tab, a
    reply in any, coming in, being given the conversation) or from the message, whatever is latest; or from the first
    look at this tab after that, for it may have been in focus before the message came. A reply into a tab not looked at
    by who looks at tabs went astray and begins nothing. Where a product logs no views, or none of the tab in focus, the
    time an idle agent did not notice is inside, and `unknown` of the workload says so. What was written before another
    thing interrupted is left out. Turns without a reply take what one of the others took, by a keyed draw. The time to
    think: from the reply to the next message of a turn.

    *Patience* is as observed of those who left, from the queue or while in an agent's hands; of all others it is only
    known to be longer, so they wait for ever. It counts from the message, or from being given to the agent or coming
    into the queue, whatever is later. Who left silently was found out later: theirs is an upper bound. A desk
    that is faster than yesterday's is compared fairly, one that is slower too kindly.

    *Assumed*: agents of speed 1; nobody returns, writes or leaves differently under another policy; what was open at
    `begin` is left out.

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
    >>> found = workload_from(log)
    >>> found.conversations.select("conversation", "at", "turns").rows(), found.turn(0, 0)
    ([('c1', 5000, 1)], Turn(text='hello', handle_ms=20000, think_ms=0, patience_ms=-1))
    """
    expect(LOG, "workload_from", log=log)
    if policy is not None:
        expect(POLICY, "workload_from", policy=policy)
    ends = {"begin": begin, "end": end}
    expect(WHOLE, "workload_from", **{name: value for name, value in ends.items() if value is not None})
    if begin is not None and end is not None and begin >= end:
        raise DeskkitError(
            "A workload ends after it begins.", place="workload_from", value=f"begin={begin}, end={end}",
            expected="begin < end", example="workload_from(log, begin=1_781_740_800_000)",
        )  # fmt: skip
    events = scan(log, policy=policy)
    found = spans_of(events)
    came = _arrivals(found, begin, end)
    times = came["at"].to_list()
    begin = begin if begin is not None else (times[0] if times else 0)
    end = end if end is not None else (times[-1] + 1 if times else begin)
    turns = _turns(found, came).join(_texts(log, events, found), on=[_OF, "nth"], how="left", maintain_order="left")
    return Workload(
        _conversations(log, found, came, turns, begin), _tabled(turns), key=Key(0), begin=begin, end=end,
        midnight=_midnight(begin, policy), zone=_zone(policy), unknown=_unknown(found, came),
    )  # fmt: skip


def _unknown(found: Spans, came: pl.DataFrame) -> frozenset[str]:
    """Return what a log does not tell of those who came: when agents saw a message, how long customers wait."""
    looks = found.views.filter(~pl.col("replied")).join(came, on=_OF, how="semi")
    left = found.conversations.join(came, on=_OF, how="semi").filter(
        (pl.col("closing").cast(pl.String) == "customer_left")
        & ~pl.col("reason").cast(pl.String).fill_null("").is_in(_GUESSED)
    )
    return frozenset(name for name, rows in (("notice", looks), ("leaving", left)) if rows.is_empty())


def _midnight(at: int, policy: Policy | None) -> int:
    zone = _zone(policy)
    return instant(f"{moment(at, zone=zone)[:10]}T00:00:00", zone=zone)


def _zone(policy: Policy | None) -> str:
    return "UTC" if policy is None else policy.schema.zone


def _arrivals(found: Spans, begin: int | None, end: int | None) -> pl.DataFrame:
    """Return which conversations count and when each began, in order."""
    by_customer = found.conversations.filter(pl.col("origin") == "customer").select(_OF)
    came = _numbered(found).filter(pl.col("nth") == 0).join(by_customer, on=_OF, how="semi").select(_OF, "at")
    if begin is not None:
        came = came.filter(pl.col("at") >= begin)
    if end is not None:
        came = came.filter(pl.col("at") < end)
    return came.with_columns(name=_name()).sort("at", "name")


def _name() -> pl.Expr:
    """Return under which name a conversation goes; ``c1~2`` stays free for the simulated desk to give."""
    return pl.col(_OF).cast(pl.String).str.replace(r"~(\d+)$", " ($1)")


def _numbered(found: Spans) -> pl.DataFrame:
    """Return the turns of the log, numbered within their conversations, with instants as milliseconds."""
    return found.turns.with_columns(
        pl.col("at", "until", "last_message_at").cast(pl.Int64), nth=pl.int_range(pl.len()).over(_OF)
    )


# ---------------------------------------------------------------- turns


def _turns(found: Spans, came: pl.DataFrame) -> pl.DataFrame:
    """Return the turns that ask for a reply, with what each took; see the notes of `workload_from`."""
    rows = came.select(_OF).join(_numbered(found), on=_OF, how="left", maintain_order="left")
    last = pl.col("nth") == pl.col("nth").max().over(_OF)
    answered = pl.col("outcome") == "answered"
    rows = rows.with_columns(asks=answered | (last & pl.col("outcome").is_in(_OWED)))
    rows = rows.filter(pl.col("asks") | (~pl.col("asks").any().over(_OF) & (pl.col("nth") == 0)))
    think = (pl.col("at").shift(-1).over(_OF) - pl.col("until")).clip(lower_bound=0)
    rows = rows.with_columns(
        think_ms=pl.when(pl.col("outcome") == "answered").then(think).fill_null(0), row=pl.int_range(pl.len())
    )
    return _with_handling(_with_patience(rows, found), found)


def _with_handling(rows: pl.DataFrame, found: Spans) -> pl.DataFrame:
    """Estimate the time to handle: from the last thing known of the agent before the reply, or the message."""
    replied = rows.filter(pl.col("outcome") == "answered").select(_OF, "row", "at", "until", "agent").sort("until")
    replied = replied.join_asof(
        _doings(found), left_on="until", right_on="did", by="agent", allow_exact_matches=False, check_sortedness=False
    ).join_asof(
        found.hands.select("agent", _OF, given=pl.col("at").cast(pl.Int64)).sort("given"), left_on="until",
        right_on="given", by=["agent", _OF], allow_exact_matches=False, check_sortedness=False,
    )  # fmt: skip
    replied = replied.with_columns(since=pl.max_horizontal("at", "did", "given")).sort("since").join_asof(
        _looks(found).select("agent", _OF, look="at").sort("look"), left_on="since", right_on="look",
        by=["agent", _OF], strategy="forward", check_sortedness=False,
    )  # fmt: skip
    # The tab may have been in focus already when the message came: looking at it then begins it, once.
    looked = pl.when(pl.col("look") < pl.col("until")).then("look")
    took = replied.select("row", handle_ms=pl.col("until") - pl.coalesce(looked, "since"))
    rows = rows.join(took, on="row", how="left", maintain_order="left")
    known = took["handle_ms"].drop_nulls().to_list()
    law = Law("empirical", 0.0, values=tuple(known)) if known else _HANDLE
    drawn = np.rint(quantile(law, uniforms(Key(0), Drawn.HANDLE, np.arange(rows.height)))).astype(np.int64)
    return rows.with_columns(pl.coalesce("handle_ms", pl.Series(drawn)).alias("handle_ms"))


def _looks(found: Spans) -> pl.DataFrame:
    """Return looks and replies of each agent, in order, without replies into another tab than the one looked at."""
    looks = found.views.with_columns(pl.col("at").cast(pl.Int64)).sort("agent", "at", maintain_order=True)
    focus = pl.when(~pl.col("replied")).then(_OF).forward_fill().over("agent")
    return looks.filter(focus.is_null() | (focus == pl.col(_OF)))  # else it went astray: what is written goes on


def _doings(found: Spans) -> pl.DataFrame:
    """Return when each agent turned to another tab, replied or came in."""
    looks = _looks(found)
    turned = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("agent", _OF))
    looks = looks.filter(turned | pl.col("replied")).select("agent", did="at")
    came_in = found.presences.filter(pl.col("presence") == "online").select("agent", did=pl.col("at").cast(pl.Int64))
    return pl.concat([looks, came_in], how="vertical_relaxed").sort("did")


def _with_patience(rows: pl.DataFrame, found: Spans) -> pl.DataFrame:
    """Add how long those waited for the reply who left an agent, and those who left the queue for the agent."""
    given = found.hands.filter(pl.col("role") == "owner").select(_OF, given=pl.col("at").cast(pl.Int64)).sort("given")
    left = rows.filter(pl.col("outcome") == "left").select(_OF, "row", "at", "until").sort("until")
    left = left.join_asof(given, left_on="until", right_on="given", by=_OF, check_sortedness=False)
    left = left.join(_left_queue(found), on=_OF, how="left")
    waited = (pl.col("left_queue") - pl.max_horizontal("at", "queued")).clip(0)
    left = left.select(
        "row", queue_patience_ms=waited,
        patience_ms=pl.when(waited.is_null()).then((pl.col("until") - pl.max_horizontal("at", "given")).clip(0)),
    )  # fmt: skip
    rows = rows.join(left, on="row", how="left", maintain_order="left")
    return rows.with_columns(pl.col("patience_ms").fill_null(FOREVER))


def _left_queue(found: Spans) -> pl.DataFrame:
    """Return who left from the queue, when, and when they had last come into it."""
    last = found.waits.unique(_OF, keep="last", maintain_order=True).filter(pl.col("outcome") == "left")
    return last.select(_OF, queued=pl.col("at").cast(pl.Int64), left_queue=pl.col("until").cast(pl.Int64))


def _texts(log: EventLog, events: Events, found: Spans) -> pl.DataFrame:
    """Return what was written on each turn: messages in a row, joined by newlines."""
    said = (
        renamed(events).messages.filter(pl.col("author") == "customer").select("seq", _OF, pl.col("at").cast(pl.Int64))
    )
    rows = said.join(_words(log), on="seq", how="inner").sort("at", "seq")
    starts = _numbered(found).select(_OF, "nth", "last_message_at", start="at").sort("start")
    rows = rows.join_asof(starts, left_on="at", right_on="start", by=_OF, check_sortedness=False)
    rows = rows.filter(pl.col("at") <= pl.col("last_message_at"))  # else a courtesy that stands between two turns
    return rows.group_by(_OF, "nth", maintain_order=True).agg(pl.col("text").str.join("\n"))


def _words(log: EventLog) -> pl.DataFrame:
    """Return the text of each message of a customer; what is no text is its kind in brackets."""
    rows = [
        (row.seq, row.event.text if row.event.content_type == "text" else f"[{row.event.content_type}]")
        for row in log.read(kinds=[CustomerWrote])
        if isinstance(row.event, CustomerWrote)
    ]
    return pl.DataFrame(rows, schema={"seq": pl.UInt32(), "text": pl.String()}, orient="row")


def _tabled(turns: pl.DataFrame) -> pl.DataFrame:
    return _typed(turns.with_columns(pl.col("text").fill_null("")), TURNS)


def _typed(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items())


# ---------------------------------------------------------------- conversations


def _conversations(log: EventLog, found: Spans, came: pl.DataFrame, turns: pl.DataFrame, begin: int) -> pl.DataFrame:
    """Return one row per conversation."""
    per = turns.group_by(_OF).agg(
        pl.len().alias("turns"), pl.col("queue_patience_ms").last(),
        pl.col("until").filter(pl.col("outcome") == "answered").first().alias("answered"),
    )  # fmt: skip
    outline = found.conversations.select(
        _OF, pl.col("customer").cast(pl.String).fill_null(""), pl.col("silent").fill_null(value=False), "rating"
    )
    rows = came.join(per, on=_OF, how="left", maintain_order="left")
    rows = rows.join(outline, on=_OF, how="left", maintain_order="left")
    facts = read_facts(log, found, came[_OF], begin)
    told = facts.of(rows.select(pl.col(_OF).cast(pl.String), "customer", "at", "answered"))
    rows = pl.concat([rows, told], how="horizontal").with_columns(
        pl.col("name").alias(_OF), pl.lit(0).alias("stream"), pl.col("turns").alias("stored"),
        (pl.col("turns").cum_sum() - pl.col("turns")).alias("first"),
        pl.col("queue_patience_ms").fill_null(FOREVER),
    )  # fmt: skip
    return _typed(rows, CONVERSATIONS)
