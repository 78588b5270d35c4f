"""Conversations that went on as new ones: later events under the old name belong to the new one.

A product keeps writing to the conversation it knows; the desk renewed it (`Renewed`) because it was closed long ago.
What is measured is the new conversation, so events get the name it goes on by before anything is derived from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.desk.events import DECISIONS
from deskkit.errors import LogError
from deskkit.log.scan import NAME

if TYPE_CHECKING:
    from deskkit.log.scan import Events

__all__ = ["renamed"]

# Families with facts, which may still come under the old name; a decision names what it is about.
_FAMILIES: Final = ("messages", "moves", "helpers", "tags", "levels", "views", "ratings", "languages", "words")
_DECISIONS: Final = [kind.__struct_config__.tag for kind in DECISIONS]


def renamed(events: Events) -> Events:
    """Return the events with every conversation under the name it goes on by, and the renewed ones opened.

    Parameters
    ----------
    events : Events

    Returns
    -------
    Events
        `opened` has a row for each renewed conversation, of the same customer, at the instant of its first message.

    Raises
    ------
    LogError
        A conversation goes on as two, or as one that was there before.
    """
    if events.renewals.is_empty():
        return events
    _check(events.renewals)
    renewals = _since(events)
    changed = {family: _go_on(getattr(events, family), renewals) for family in _FAMILIES}
    return events._replace(opened=_opened(events.opened, events.renewals), **changed)


def _check(renewals: pl.DataFrame) -> None:
    """Refuse a log in which a conversation goes on as two, or as one that was there before: no desk writes that."""
    known: set[str] = set()
    renewed: set[str] = set()
    for seq, old, new in renewals.sort("seq").select("seq", "conversation", "renewed").iter_rows():
        if old in renewed or new in known or old == new:
            raise LogError(
                "A conversation is renewed twice, or as an earlier one.", place=f"seq {seq}", value=f"{old} as {new}",
                expected="each conversation to go on as one new one", example=f"{old}~2",
            )  # fmt: skip
        renewed.add(old)
        known |= {old, new}


def _since(events: Events) -> pl.DataFrame:
    """Return for each renewed conversation the message that renewed it: from its `seq` on the new name holds."""
    wrote = events.messages.filter(pl.col("author") == "customer")
    names = _go_back(events.renewals)
    causes = wrote.join(names, on="conversation", how="semi").select("seq", "conversation")
    # The decision stands right behind its cause, which came under this name or one it had before.
    found = names.sort("seq").join_asof(
        causes.with_columns(cause=pl.col("seq")).sort("seq"), on="seq", by="conversation", check_sortedness=False
    )
    return found.group_by("last", "renewed").agg(pl.col("cause").max()).rename({"last": "conversation"})


def _go_back(renewals: pl.DataFrame) -> pl.DataFrame:
    """Return renewals once for each name their message may have come under: the last one, or any before it."""
    parent = dict(zip(renewals["renewed"].to_list(), renewals["conversation"].to_list(), strict=True))
    rows = []
    for seq, last, renewed in renewals.select("seq", "conversation", "renewed").iter_rows():
        name = last
        while name is not None:
            rows.append((seq, name, last, renewed))
            name = parent.get(name)
    schema = pl.Schema({"seq": pl.UInt32(), "conversation": NAME, "last": NAME, "renewed": NAME})
    return pl.DataFrame(rows, schema=schema, orient="row")


def _go_on(frame: pl.DataFrame, renewals: pl.DataFrame) -> pl.DataFrame:
    """Give each event the name its conversation had when it came, however often it was renewed before."""
    columns = frame.columns
    while True:
        joined = frame.join(renewals, on="conversation", how="left", maintain_order="left")
        moves = pl.col("seq") >= pl.col("cause")
        if "kind" in columns:
            moves &= ~pl.col("kind").is_in(_DECISIONS)
        if not joined.select(moves.any()).item():
            return frame
        frame = joined.with_columns(conversation=pl.when(moves).then("renewed").otherwise("conversation")).select(
            columns
        )


def _opened(opened: pl.DataFrame, renewals: pl.DataFrame) -> pl.DataFrame:
    """Add the beginning of each renewed conversation, with what was known of the one before."""
    known = opened
    for seq, at, old, new in renewals.select("seq", "at", "conversation", "renewed").iter_rows():
        before = known.filter(pl.col("conversation") == old).head(1)
        known = known.vstack(before.with_columns(
            pl.lit(seq, pl.UInt32).alias("seq"), pl.lit(at, known.schema["at"]).alias("at"),
            pl.lit(new).cast(NAME).alias("conversation"), pl.lit(None, NAME).alias("origin"),
            pl.lit(None, NAME).alias("agent"),
        ))  # fmt: skip
    return known
