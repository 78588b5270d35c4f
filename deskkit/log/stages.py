"""Which stage each conversation was in, and who had it, from when to when: the life cycle read off a log by columns.

The desk's own table (`deskkit.desk.core.LIFE`) folds one fact at a time; a report over millions reads the same
life column by column. `tests/log/test_spans.py` holds the two against one another on random logs. Logs that hold
facts alone, as imports do, are read by the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.log.order import in_line
from deskkit.log.scan import KIND

if TYPE_CHECKING:
    from deskkit.log.scan import Events

__all__ = ["OFFLINE", "stages"]

OFFLINE: Final = "offline"
"""The reason of a closing as soon as it came: a message left while nobody was online waits for nobody here."""

_OF: Final = "conversation"
_ORDER: Final = ("conversation", "at", "seq")
_CLOSES: Final = ("resolved", "customer_left", "turned_away")
_RESUMES: Final = ("reopened", "unarchived", "undone")
_NOBODY: Final = ""
_OP: Final = pl.Enum([*KIND.categories, "opened", "claim", "owner_restored", "undone", "nothing"])


def stages(events: Events) -> pl.DataFrame:
    """Return the spells of each conversation: in one stage, with one owner.

    Parameters
    ----------
    events : Events
        With conversations under the names they go on by.

    Returns
    -------
    DataFrame, one row per spell, by conversation and time
        `conversation`, `at`, `until` (null: it lasts), `stage` (waiting, assigned, snoozed, resolved, abandoned,
        archived), `agent` (the owner; null while nobody has it), `cause` (the kind of event that began the spell;
        ``agent_wrote`` where a reply took it from the queue, ``undone`` and ``owner_restored`` for what an undo took
        back), `ended_by` (of the event that ended it, or null), `reason` (of a closing), `silent` (of a customer's
        leaving).
    """
    ops = _effective(_operations(events))
    ops = _owned(ops, events.presences)
    # A resolved conversation that its customer had left stays abandoned; the first word of a closing counts.
    stage = (
        pl.when("archived").then(pl.lit("archived"))
        .when("closed").then(
            pl.when(pl.col("closing").is_in(["resolved", "tidied"])).then(pl.lit("resolved"))
            .otherwise(pl.lit("abandoned"))
        )
        .when("snoozed").then(pl.lit("snoozed"))
        .when(pl.col("owner") != _NOBODY).then(pl.lit("assigned"))
        .otherwise(pl.lit("waiting"))
    )  # fmt: skip
    ops = ops.with_columns(stage.alias("stage"))
    has = stage.is_in(["assigned", "snoozed"]) & (pl.col("owner") != _NOBODY)
    return _spells(ops.with_columns(agent=pl.when(has).then("owner")))


def _operations(events: Events) -> pl.DataFrame:
    """Return everything that may move a conversation, in order, marked by what it may do."""
    opened = events.opened.select(*_ORDER, pl.lit("opened", _OP).alias("op"), "agent", "origin")
    restored = (pl.col("kind") == "owner_set") & pl.col("transfers").is_not_null()
    op = pl.when(restored).then(pl.lit("owner_restored", _OP)).otherwise(pl.col("kind").cast(_OP))
    moves = events.moves.select(*_ORDER, op.alias("op"), "agent", "action", "reason", "silent", "undo")
    replies = events.messages.filter(pl.col("author") == "agent")
    claims = replies.select(*_ORDER, pl.lit("claim", _OP).alias("op"), "agent")
    ops = in_line([opened, moves, claims])
    archives = (pl.col("op") == "archived") | ((pl.col("op") == "tidied") & (pl.col("action") == "archive"))
    resolves = (pl.col("op") == "tidied") & (pl.col("action") == "resolve")
    ops = ops.filter((pl.col("op") != "tidied") | archives | resolves)
    return _numbered(
        ops.with_columns(archives=archives, closes=pl.col("op").is_in(_CLOSES) | resolves).with_columns(
            pl.col("archives", "closes", "undo").fill_null(value=False)
        )
    )


def _numbered(ops: pl.DataFrame) -> pl.DataFrame:
    """Mark the first row of each conversation, where what was known of the one above ends."""
    return ops.with_columns(new=pl.col(_OF).ne_missing(pl.col(_OF).shift(1)))


def _flag(on: pl.Expr, off: pl.Expr) -> pl.Expr:
    """Return, after each operation, whether the last of `on` and `off` was `on`."""
    return pl.when(on).then(pl.lit(value=True)).when(off | pl.col("new")).then(pl.lit(value=False)).forward_fill()


def _before(flag: str | pl.Expr) -> pl.Expr:
    """Return a flag as it was before each operation."""
    column = pl.col(flag) if isinstance(flag, str) else flag
    return column.shift(1, fill_value=False) & ~pl.col("new")


def _effective(ops: pl.DataFrame) -> pl.DataFrame:
    """Drop what the life cycle refuses; add what the conversation is after each operation."""
    op = pl.col("op")
    opens = op.is_in(["opened", "reopened", "revived"])
    ops = ops.with_columns(archived=_flag(pl.col("archives"), opens | (op == "unarchived")))
    ops = ops.with_columns(was_archived=_before("archived"))
    ops = _undone(ops, opens)
    opens = op.is_in(["opened", "reopened", "revived", "undone"])
    ops = ops.with_columns(closed=_flag(pl.col("closes") & ~pl.col("was_archived"), opens))
    ops = ops.with_columns(was_closed=_before(pl.col("closed") | pl.col("archived")))
    snoozes = (op == "snoozed") & ~pl.col("was_closed")
    wakes = ~op.is_in(["snoozed", "claim", "unarchived", "undone", "nothing"]) & ~pl.col("archives") & ~pl.col("closes")
    ops = ops.with_columns(snoozed=_flag(snoozes, wakes))
    holds = (
        pl.when(op == "opened").then(pl.lit(value=True))
        .when(op == "nothing").then(pl.lit(value=False))
        .when(op.is_in(["reopened", "undone"])).then(pl.col("was_closed") | _before("snoozed"))
        .when(op == "unarchived").then("was_archived")
        .when("archives").then(~pl.col("was_archived"))
        .when(op == "revived").then("was_closed")
        .when(op == "resolved").then(~pl.col("was_archived"))
        .when(op == "claim").then(~pl.col("was_closed") & ~_before("snoozed"))
        .otherwise(~pl.col("was_closed"))
    )  # fmt: skip
    ops = _numbered(ops.filter(holds))
    # What began the closed time: the first closing since the conversation was last open.
    began = (
        pl.when(pl.col("closes") & ~_before("closed"))
        .then("op")
        .when(opens | pl.col("new"))
        .then(pl.lit("nothing", _OP))
    )
    return ops.with_columns(closing=began.forward_fill())


def _undone(ops: pl.DataFrame, opens: pl.Expr) -> pl.DataFrame:
    """Tell reopening from undoing: that it was handled is taken back, but not that its customer had left before."""
    op = pl.col("op")
    ops = ops.with_columns(shut=_before(_flag(pl.col("closes") & ~pl.col("was_archived"), opens)))
    leaves = op.is_in(["customer_left", "turned_away"])
    handles = pl.col("closes") & ~leaves & ~pl.col("was_archived")
    leaves = leaves & ~pl.col("shut")
    ops = ops.with_columns(left=_flag(leaves, opens), handled=_flag(handles, opens | leaves))
    undone = (op == "reopened") & pl.col("undo") & ~pl.col("was_archived") & _before("handled")
    told = (
        pl.when(undone & _before("left"))
        .then(pl.lit("nothing", _OP))
        .when(undone)
        .then(pl.lit("undone", _OP))
        .otherwise("op")
    )
    return ops.with_columns(op=told)


def _owned(ops: pl.DataFrame, presences: pl.DataFrame) -> pl.DataFrame:
    """Add who has the conversation after each operation, the empty name for nobody.

    A reply takes a conversation that nobody has. Opened again by hand, it goes to whoever had it last, unless that one
    is offline, or gave it up, or lost it by a rule or to another group. Woken, it is with whoever has it.
    """
    op = pl.col("op")
    agent = pl.col("agent").cast(pl.String).fill_null(_NOBODY)
    by_hand = pl.col("origin").cast(pl.String) == "agent"
    word = (
        pl.when(op == "opened").then(pl.when(by_hand).then(agent).otherwise(pl.lit(_NOBODY)))
        .when(op.is_in(["owner_set", "owner_restored", "assigned"])).then(agent)
        .when(op.is_in(["returned", "group_set", "revived", "queued", "turned_away"]) | pl.col("new"))
        .then(pl.lit(_NOBODY))
    )  # fmt: skip
    resumes = op.is_in(_RESUMES) & ~pl.col("closed")
    ops = _with_owner(ops.with_columns(word=word, claim=pl.when(op == "claim").then(agent), resumes=resumes))
    while ops["resumes"].any():  # one round for each time that one conversation came back
        first = pl.col("resumes") & (pl.col("resumes").cast(pl.UInt32).cum_sum().over(_OF) == 1)
        ops = ops.with_columns(first=first)
        back = _online(ops.filter("first"), presences)
        ops = ops.join(back, on="seq", how="left", maintain_order="left")
        ops = _with_owner(
            ops.with_columns(word=pl.coalesce("back", "word"), resumes=pl.col("resumes") & ~pl.col("first")).drop(
                "back"
            )
        )
    return ops


def _with_owner(ops: pl.DataFrame) -> pl.DataFrame:
    """Add the owner, the last word or, where it says nobody, the first reply since; and who had it last before."""
    claim = pl.col("claim").is_not_null()
    ops = ops.with_columns(said=pl.col("word").forward_fill(), part=pl.col("word").is_not_null().cum_sum())
    ops = ops.with_columns(claims=claim.cast(pl.UInt32).cum_sum())
    before = pl.when(pl.col("word").is_not_null()).then(pl.col("claims") - claim).forward_fill()
    first = pl.when(claim & (pl.col("claims") == before + 1)).then("claim")
    taken = pl.when(pl.col("word").is_not_null()).then(pl.lit(_NOBODY)).otherwise(first).forward_fill()
    ops = ops.with_columns(owner=pl.when(pl.col("said") == _NOBODY).then(taken).otherwise("said"))
    op = pl.col("op")
    had_before = pl.col("owner").shift(1).fill_null(_NOBODY) != _NOBODY
    gives_up = (op == "owner_set") & (had_before | _before("snoozed"))
    lost = op.is_in(["returned", "group_set", "snoozed"]) | gives_up
    had = pl.when(pl.col("owner") != _NOBODY).then("owner").when(pl.col("new") | lost).then(pl.lit(_NOBODY))
    return ops.with_columns(had=had.forward_fill()).drop("said", "part", "claims")


def _online(ops: pl.DataFrame, presences: pl.DataFrame) -> pl.DataFrame:
    """Return for operations that bring a conversation back (`seq`) who has it then (`back`)."""
    # What is undone comes back as it was; reopened, it goes to whoever had it last.
    had = pl.when(pl.col("op").is_in(["unarchived", "undone"])).then("owner").otherwise("had").alias("had")
    known = presences.select(
        "at", "seq", pl.col("agent").cast(pl.String).alias("had"), pl.col("presence").cast(pl.String)
    )
    asked = ops.select("at", "seq", "snoozed", had)
    found = (
        pl.concat([known, asked], how="diagonal").sort("at", "seq")
        .with_columns(pl.col("presence").forward_fill().over("had"))
        .filter(pl.col("snoozed").is_not_null())
    )  # fmt: skip
    # Of whom nothing is told at all, as in most imports, it is not told that they were gone.
    unknown = ~pl.col("had").is_in(known["had"].unique().to_list()) & (pl.col("had") != _NOBODY)
    there = pl.col("presence").is_in(["online", "away"]).fill_null(value=False) | pl.col("snoozed") | unknown
    return found.select("seq", back=pl.when(there).then("had").otherwise(pl.lit(_NOBODY)))


def _spells(ops: pl.DataFrame) -> pl.DataFrame:
    """Join operations that change neither stage nor owner into one spell."""
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("stage", "agent"))
    cause = pl.when(pl.col("op") == "claim").then(pl.lit("agent_wrote", _OP)).otherwise("op").cast(pl.String)
    spells = ops.filter(pl.col("new") | changed).select(
        _OF, "at", "seq", "stage", "agent", cause.alias("cause"), "reason", "silent", "new"
    )
    goes_on = ~pl.col("new").shift(-1, fill_value=True)
    return spells.select(
        _OF, "at", pl.when(goes_on).then(pl.col("at").shift(-1)).alias("until"), "stage", "agent", "cause",
        pl.when(goes_on).then(pl.col("cause").shift(-1)).alias("ended_by"), "reason", "silent", "seq",
    )  # fmt: skip
