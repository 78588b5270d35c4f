"""One conversation as a story: messages, stages, owners, levels and notices, each a small table on one axis of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from deskkit.desk import events
from deskkit.errors import MeasureError

if TYPE_CHECKING:
    from datetime import datetime

    from deskkit.log.log import EventLog
    from deskkit.log.spans import Spans

__all__ = ["Story", "busiest", "story"]

_INSTANT: Final = pl.Datetime("ms", "UTC")
_MESSAGES: Final = pl.Schema({"at": _INSTANT, "author": pl.String(), "agent": pl.String(), "text": pl.String()})


class Story(NamedTuple):
    """What happened in a conversation, table by table; every `until` is filled in.

    Attributes
    ----------
    conversation : str
    messages : DataFrame
        `at`, `author` (customer, agent, automatic, system or note), `agent`, `text` as it was written: whoever shows
        it masks it.
    stages, owners, levels : DataFrame
        `at`, `until` and `stage`; `agent` and `role`; `level` (0 to 3).
    notices : DataFrame
        `at`, `agent`, `event`, `level`, `held` (why it did not go out, or null).
    agents : dict of str to str
        Names by id, where known.
    begin, end : datetime
    """

    conversation: str
    messages: pl.DataFrame
    stages: pl.DataFrame
    owners: pl.DataFrame
    levels: pl.DataFrame
    notices: pl.DataFrame
    agents: dict[str, str]
    begin: datetime
    end: datetime


def story(log: EventLog, spans: Spans, conversation: str) -> Story:
    """Gather what a log says of one conversation.

    Parameters
    ----------
    log : EventLog
    spans : Spans
        Of this log, see `deskkit.log.spans.spans`.
    conversation : str

    Returns
    -------
    Story

    Raises
    ------
    MeasureError
        There is no such conversation.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> log = open_log("memory:")
    >>> _ = log.append([
    ...     events.ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"),
    ...     events.CustomerWrote(at=5_000, source="doc", source_id="2", conversation="c1", message="m1", text="hi"),
    ... ], received_at=5_000)
    >>> story(log, spans(log), "c1").messages.select("author", "text").rows()
    [('customer', 'hi')]
    """
    known = spans.conversations.filter(pl.col("conversation").cast(pl.String) == conversation)
    if known.is_empty():
        raise MeasureError(
            "There is no such conversation.", place="story", value=conversation,
            expected="a conversation of the log", example="story(log, spans, busiest(spans))",
        )  # fmt: skip
    messages = _messages(log, conversation)
    parts = [_of(table, conversation) for table in (spans.stages, spans.hands, spans.levels, spans.notices)]
    begin = known["opened_at"][0]
    end = _end(parts[1], messages, parts[3], begin)
    stages, owners, levels = (
        part.filter(pl.col("at") <= end).with_columns(pl.col("until").fill_null(end).clip(None, end))
        for part in parts[:3]
    )
    return Story(
        conversation=conversation,
        messages=messages,
        stages=stages.select("at", "until", pl.col("stage").cast(pl.String)),
        owners=owners.select("at", "until", pl.col("agent").cast(pl.String), pl.col("role").cast(pl.String)),
        levels=levels.select("at", "until", "level"),
        notices=parts[3].select("at", pl.col("agent", "event", "held").cast(pl.String), "level").sort("at"),
        agents={
            agent: name for agent, name in spans.agents.select(pl.col("agent", "name").cast(pl.String)).rows() if name
        },
        begin=begin,
        end=end,
    )


def busiest(spans: Spans) -> str:
    """Return the conversation with most turns, of those closed: one worth looking at; of equals the earliest.

    Raises
    ------
    MeasureError
        The log has no closed conversation.
    """
    closed = spans.conversations.filter(pl.col("closed_at").is_not_null()).select(
        pl.col("conversation").cast(pl.String)
    )
    counts = spans.turns.group_by(pl.col("conversation").cast(pl.String)).agg(
        pl.len().alias("turns"), pl.col("at").min()
    )
    ranked = counts.join(closed, on="conversation", how="semi").sort("turns", "at", descending=[True, False])
    if ranked.is_empty():
        raise MeasureError("No conversation is closed yet.", place="story", expected="a log with a closed conversation")
    return str(ranked["conversation"][0])


def _of(table: pl.DataFrame, conversation: str) -> pl.DataFrame:
    return table.filter(pl.col("conversation").cast(pl.String) == conversation).sort("at")


def _end(owners: pl.DataFrame, messages: pl.DataFrame, notices: pl.DataFrame, begin: datetime) -> datetime:
    """Return where the last thing happens: a message, a notice, the end of a hand; what lasts, lasts until then."""
    instants = [messages["at"], notices["at"], owners["at"], owners["until"]]
    last: datetime = max([begin, *(at for column in instants for at in column.drop_nulls().to_list())])
    return last


def _messages(log: EventLog, conversation: str) -> pl.DataFrame:
    """Read who wrote what, notes too."""
    rows = []
    kinds: list[type[events.Event]] = [events.CustomerWrote, events.AgentWrote, events.SystemWrote, events.NoteWritten]
    for stored in log.read(conversation=conversation, kinds=kinds):
        match stored.event:
            case events.CustomerWrote(at=at, text=text):
                rows.append((at, "customer", "", text))
            case events.AgentWrote(at=at, agent=agent, text=text, automatic=automatic):
                rows.append((at, "automatic" if automatic else "agent", agent, text))
            case events.SystemWrote(at=at, text=text):
                rows.append((at, "system", "", text))
            case events.NoteWritten(at=at, agent=agent, text=text):
                rows.append((at, "note", agent, text))
    table = pl.DataFrame(rows, schema={**_MESSAGES, "at": pl.Int64}, orient="row")
    return table.with_columns(pl.col("at").cast(_INSTANT)).sort("at")
