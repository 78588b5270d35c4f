"""Are these the tables of a workload? Columns, types, nulls, order, ranges and references, looked at once.

What is wrong is named with its column and row, before anything runs on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import msgspec
import polars as pl

from deskkit.desk.checks import LONGEST_NAME
from deskkit.desk.events import FACETS
from deskkit.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["CONVERSATIONS", "TURNS", "check_tables"]

CONVERSATIONS: Final = pl.Schema({
    "conversation": pl.String(), "at": pl.Int64(), "stream": pl.UInt32(), "customer": pl.String(),
    "group": pl.String(), "language": pl.String(), "needs": pl.List(pl.String()), "fields": pl.String(),
    "history": pl.String(), "tags": pl.String(), "queue_patience_ms": pl.Int64(), "silent": pl.Boolean(),
    "first": pl.UInt32(), "stored": pl.UInt32(), "turns": pl.Int32(), "rating": pl.Int8(),
    "transfer_to": pl.String(), "help": pl.Boolean(),
})  # fmt: skip
TURNS: Final = pl.Schema({
    "text": pl.String(), "handle_ms": pl.Int64(), "think_ms": pl.Int64(), "patience_ms": pl.Int64(),
})  # fmt: skip
MAY_BE_NULL: Final = frozenset({"rating"})
LONGEST_MS: Final = 10 * 366 * 86_400_000
HISTORY: Final = {
    "unresolved": (0, 1_000_000), "contacts": (0, 1_000_000), "transfers": (0, 1_000_000), "rating": (-1, 1),
}  # fmt: skip
NAMED: Final = ("conversation", "customer", "group", "language", "transfer_to")
_NAME: Final = f"names of at most {LONGEST_NAME} characters"
JSON: Final[Mapping[str, object]] = {
    "fields": dict[str, str | int | float], "history": dict[str, str | int | float | None],
    "tags": list[tuple[str, str]],
}  # fmt: skip


def check_tables(conversations: pl.DataFrame, turns: pl.DataFrame, *, begin: int, end: int, midnight: int) -> None:
    """Refuse tables that no run could be made of.

    Raises
    ------
    ScenarioError
        It names the table, the column, the first wrong row and its value.

    Examples
    --------
    >>> check_tables(CONVERSATIONS.to_frame(), TURNS.to_frame(), begin=0, end=0, midnight=0)
    >>> check_tables(CONVERSATIONS.to_frame().drop("at"), TURNS.to_frame(), begin=0, end=0, midnight=0)
    Traceback (most recent call last):
        ...
    deskkit.errors.ScenarioError: conversations: A column is missing. Got 'at'. ...
    """
    if not midnight <= begin <= end:
        _refuse("workload", "A run begins on its first day and ends after that.", (midnight, begin, end), "in order")
    _check_columns("conversations", conversations, CONVERSATIONS)
    _check_columns("turns", turns, TURNS)
    height, col = turns.height, pl.col
    for name, right, words in (
        ("conversation", col("conversation").is_unique() & (col("conversation") != ""), "names, each once"),
        ("at", col("at").is_between(begin, end), f"{begin} to {end}: from begin to end"),
        ("at", (col("at") >= col("at").shift(1)).fill_null(value=True), 'rows in the order of "at"'),
        ("queue_patience_ms", col("queue_patience_ms").is_between(-1, LONGEST_MS), "milliseconds; -1: for ever"),
        ("turns", (col("turns") == -1) | (col("turns") >= 1), "1 or more replies; -1: without end"),
        ("stored", col("stored") >= 1, "at least one row of turns"),
        (
            "first",
            col("first").cast(pl.Int64) + col("stored").cast(pl.Int64) <= height,
            f"rows of turns: {height}",
        ),
        (
            "customer",
            (col("customer") != "") | ((col("fields") == "{}") & (col("history") == "{}")),
            "a name, where fields or history are told",
        ),
        ("rating", col("rating").is_between(-1, 1) | col("rating").is_null(), "-1, 0, 1 or nothing"),
        *((name, col(name).str.len_chars() <= LONGEST_NAME, _NAME) for name in NAMED),
        ("needs", col("needs").list.eval(pl.element().str.len_chars().is_between(1, LONGEST_NAME)).list.all(), _NAME),
    ):
        _check_rows("conversations", conversations, name, right, words)
    for name, least, words in (
        ("handle_ms", 0, "milliseconds"), ("think_ms", 0, "milliseconds"),
        ("patience_ms", -1, "milliseconds; -1: for ever"),
    ):  # fmt: skip
        _check_rows("turns", turns, name, col(name).is_between(least, LONGEST_MS), words)
    for name, kind in JSON.items():
        for text in conversations[name].unique().to_list():
            try:
                told = msgspec.json.decode(text, type=kind)
            except msgspec.DecodeError as error:
                _refuse(f"conversations.{name}", f"This is not what it should be: {error}.", text, "JSON", error)
            if name == "history":
                _check_history(told)
            elif name == "tags":
                _check_tags(told)


def _check_history(told: Mapping[str, object]) -> None:
    """Refuse a past that no desk would take, before a list is made of it."""
    for name, (least, most) in HISTORY.items():
        value = told.get(name)
        if isinstance(value, int | float) and not least <= value <= most:
            _refuse("conversations.history", f'This is no number of "{name}".', value, f"{least} to {most:,}")
    agent = told.get("last_agent")
    if isinstance(agent, str) and len(agent) > LONGEST_NAME:
        _refuse("conversations.history", 'This is no name of "last_agent".', agent[:40], _NAME)


def _check_tags(told: Iterable[tuple[str, str]]) -> None:
    """Refuse tags that no hand could put on."""
    for facet, tag in told:
        if facet not in FACETS:
            _refuse("conversations.tags", "There is no such facet.", facet, ", ".join(FACETS))
        if not 1 <= len(tag) <= LONGEST_NAME:
            _refuse("conversations.tags", "This is no tag.", tag[:40], _NAME)


def _check_columns(table: str, frame: pl.DataFrame, schema: pl.Schema) -> None:
    for name, kind in schema.items():
        if name not in frame.columns:
            _refuse(table, "A column is missing.", name, ", ".join(schema))
        if frame.schema[name] != kind:
            _refuse(f"{table}.{name}", "This column has another type.", str(frame.schema[name]), str(kind))
        if name not in MAY_BE_NULL and frame[name].null_count():
            row = frame[name].is_null().arg_max()
            _refuse(f"{table}.{name}", f"Row {row} holds nothing.", "null", f"a value of {kind} in each row")
    for name in frame.columns:
        if name not in schema:
            _refuse(table, "A column is too many.", name, ", ".join(schema))
    if frame.columns != schema.names():
        _refuse(table, "The columns are in another order.", frame.columns, ", ".join(schema))


def _check_rows(table: str, frame: pl.DataFrame, name: str, right: pl.Expr, words: str) -> None:
    wrong = frame.select(~right).to_series()
    if wrong.any():
        row = wrong.arg_max()
        assert row is not None  # noqa: S101 - one is wrong
        _refuse(f"{table}.{name}", f"Row {row} cannot be.", frame[name][row], words)


def _refuse(place: str, problem: str, value: object, expected: str, why: Exception | None = None) -> NoReturn:
    raise ScenarioError(
        problem, place=place, value=value, expected=expected, example="Workload(rows, turns, key=..., begin=..., ...)"
    ) from why
