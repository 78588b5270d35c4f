"""What a measure is: a named definition with four explicit choices, over spans alone.

The four choices: where the interval starts, where it ends, who is in the denominator, how it is averaged. A measure
gives its *rows*, one per conversation, turn, wait or whatever it counts, and says how rows become numbers; so the same
definition serves the wallboard, the report, a breakdown by anything, and the list of conversations behind a number.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final, Literal

import msgspec
import polars as pl

from deskkit.arguments import INSTANT, TEXT, WHOLE, expect
from deskkit.errors import MeasureError
from deskkit.measures.profile import cut
from deskkit.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from deskkit.desk.schema import Schema
    from deskkit.log.spans import Spans

    Rows = Callable[[Spans, "Choices"], pl.DataFrame]
    Summary = Callable[[pl.DataFrame, list[str]], pl.DataFrame]

__all__ = ["KEYS", "LEVELS", "Choices", "Figure", "Measure", "numbers"]

Unit = Literal["ms", "share", "count", "mean", "per hour"]
KEYS: Final = ("hour", "half_hour", "day", "agent", "group", "tag", "priority", "language")
LEVELS: Final = ("low", "normal", "high", "urgent")


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is asked for.

    Attributes
    ----------
    begin, end : datetime or None
        The period: what started from `begin` on and before `end`; None for the whole log.
    zone : str
        In which hours, half hours and days are meant.
    within_ms : int, milliseconds, > 0
        X of "answered within X".
    short_ms : int, milliseconds, >= 0
        Who leaves before this has not waited: not counted as an abandonment.
    targets : tuple of four int, milliseconds
        Within which a customer of each level should get a reply.
    group_targets : dict of group to tuple of four int, milliseconds
        Likewise, of groups with targets of their own.
    resolve_ms : int or None, milliseconds
        Within which a conversation should be closed; None: no such promise.
    acted_ms : int, milliseconds
        A notice viewed within this time was acted on.
    leaving_told : bool
        Whether the log says when customers left; where it does not, no share of those who did has a value.
    transfers_told : bool
        Whether it says which conversations passed to another agent; likewise.
    assignment_told : bool
        Whether it says when agents were given conversations, or only when they answered; likewise.
    queue_told : bool
        Whether it says how long those who were served had waited; where it does not, patience cannot be told.
    notices_told : bool
        Whether it holds any notice, sent or held back; where it holds none, nobody counted them.
    targets_of : str
        The name of the policy whose targets these are; empty: they are the standard ones.
    rules : Schema or None
        Of the policy that says what a conversation weighs and how much an agent may hold; without one each
        conversation weighs one, and only an agent's own capacity is known.
    """

    begin: datetime | None = None
    end: datetime | None = None
    zone: str = "UTC"
    within_ms: int = 30_000
    short_ms: int = 0
    targets: tuple[int, ...] = (300_000, 120_000, 60_000, 30_000)
    group_targets: dict[str, tuple[int, ...]] = {}
    resolve_ms: int | None = None
    acted_ms: int = 120_000
    leaving_told: bool = True
    transfers_told: bool = True
    assignment_told: bool = True
    queue_told: bool = True
    notices_told: bool = True
    targets_of: str = ""
    rules: Schema | None = None

    def __post_init__(self) -> None:
        """Refuse what no report can mean."""
        whole = {name: getattr(self, name) for name in ("within_ms", "short_ms", "acted_ms", "resolve_ms")}
        expect(WHOLE, "report", **{name: value for name, value in whole.items() if value is not None})
        ends = {"begin": self.begin, "end": self.end}
        expect(INSTANT, "report", **{name: value for name, value in ends.items() if value is not None})
        expect(TEXT, "report", zone=self.zone)
        for name in ("within_ms", "acted_ms", "resolve_ms"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise MeasureError(
                    "A time within which something is counted is more than nothing.", place=name, value=value,
                    expected="milliseconds, > 0", example=f"{name}=30_000",
                )  # fmt: skip
        if self.short_ms < 0:
            raise MeasureError(
                "A short wait is no shorter than nothing.", place="short_ms", value=self.short_ms,
                expected="milliseconds, >= 0", example="short_ms=5_000",
            )  # fmt: skip
        try:
            zone_of(self.zone)
        except ValueError as error:
            raise MeasureError(
                "There is no such zone.",
                place="zone",
                value=self.zone,
                expected="an IANA zone",
                example="Asia/Shanghai",
            ) from error
        for name in ("begin", "end"):
            if (instant := getattr(self, name)) is not None and instant.tzinfo is None:
                raise MeasureError(
                    "The time has no zone.", place=name, value=str(instant), expected="a datetime with tzinfo",
                    example=f"{name}=datetime(2026, 6, 15, tzinfo=ZoneInfo('Asia/Shanghai'))",
                )  # fmt: skip
            if instant is not None:  # frames are in UTC, and compare with nothing else
                msgspec.structs.force_setattr(self, name, instant.astimezone(UTC))
        if self.begin is not None and self.end is not None and self.begin >= self.end:
            raise MeasureError(
                "The period ends before it begins.", place="period", value=f"{self.begin} to {self.end}",
                expected="begin < end", example="--from 2026-06-15 --to 2026-06-16",
            )  # fmt: skip


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A named definition.

    Attributes
    ----------
    name : str
    title : str
        In English; views translate it.
    unit : {"ms", "share", "count", "mean", "per hour"}
        Of `value`.
    start, end, counted, averaged : str
        The four choices, in words.
    source : str
        Where the definition comes from.
    each : str
        What `n` counts.
    rows : callable (Spans, Choices) -> DataFrame
        One row per thing measured, with `at` (where it started) and, where they apply, `conversation`, `agent`,
        `level`.
    summarise : callable (DataFrame, keys) -> DataFrame
        One row per value of the keys: at least `value` and `n`.
    by : tuple of str
        The keys it can be broken down by. Of agents, what nobody had is a row without one.
    standing : bool
        It says how things stand when the period ends, whenever they began.
    level_of : {"moment", "last"}
        Whether its rows have the priority of the moment counted (the reply, the notice, coming into the queue), or the
        one that the conversation had last.
    sliced : bool
        Its rows are slices of time (`at`, `until`, `ms`), which an hour, half an hour or a day may cut.
    """

    name: str
    title: str
    unit: Unit
    start: str
    end: str
    counted: str
    averaged: str
    rows: Rows
    summarise: Summary
    source: str = "deskkit"
    each: str = "conversations"
    by: tuple[str, ...] = KEYS
    standing: bool = False
    level_of: Literal["moment", "last"] = "last"
    sliced: bool = False

    @property
    def formula(self) -> str:
        """The definition in one line."""
        return f"from {self.start} to {self.end}; counted: {self.counted}; {self.averaged}"

    def of(self, spans: Spans, choices: Choices | None = None, *, rows: pl.DataFrame | None = None) -> Figure:
        """Work the measure out.

        Parameters
        ----------
        spans : Spans
        choices : Choices, optional
        rows : DataFrame, optional
            Its rows, where they are at hand already.

        Returns
        -------
        Figure
        """
        choices = choices or Choices()
        rows = self.within(self.rows(spans, choices) if rows is None else rows, choices)
        found = self.summarise(rows, []).to_dicts()[0]
        told = {name: None if value != value else value for name, value in found.items()}  # noqa: PLR0124 - nan
        return Figure(measure=self, numbers=told, spans=spans, choices=choices)

    def within(self, rows: pl.DataFrame, choices: Choices) -> pl.DataFrame:
        """Keep of its rows what the period of the choices takes."""
        return rows if self.standing else in_period(rows, choices)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure worked out: its numbers, and what is behind them.

    Attributes
    ----------
    measure : Measure
    numbers : dict
        `value`, `n` and whatever else the measure says; a share or a mean of nothing is None.
    spans : Spans
    choices : Choices
    """

    measure: Measure
    numbers: dict[str, float | int | None]
    spans: Spans
    choices: Choices

    @property
    def value(self) -> float | int | None:
        """The number the measure is named for."""
        return self.numbers["value"]

    @property
    def rows(self) -> pl.DataFrame:
        """One row per thing measured; looked up when asked for, since a large log has many."""
        return self.measure.within(self.measure.rows(self.spans, self.choices), self.choices)

    @property
    def conversations(self) -> pl.DataFrame:
        """The rows behind the number that belong to a conversation, in order of time.

        Of a share or a number of some, those that are counted (`hit`), and of a mean those that have a value: who got
        no answer is in no mean of answers. The others are in `rows` too.
        """
        rows = self.rows
        if "conversation" not in rows.columns:
            return rows.clear()
        rows = rows.filter("hit") if "hit" in rows.columns else rows
        valued = ("ms", "rating") if self.measure.unit == "ms" else ("rating",)
        known = [name for name in ("conversation", *valued) if name in rows.columns]
        return rows.drop_nulls(known).sort("at")

    def broken_down(self, *keys: str) -> pl.DataFrame:
        """Return the numbers by one key or several.

        Parameters
        ----------
        keys : str
            Of `KEYS`: hour, half_hour and day are local to the zone of the choices.

        Returns
        -------
        DataFrame, one row per value of the keys, in their order

        Raises
        ------
        MeasureError
            The measure cannot be broken down by a key.
        """
        for key in keys:
            if key not in self.measure.by:
                raise MeasureError(
                    "The measure cannot be broken down like this.", place=self.measure.name, value=key,
                    expected=" or ".join(self.measure.by) or "no key", example="broken_down('hour')",
                )  # fmt: skip
        rows = self.rows
        if self.measure.sliced and {"hour", "half_hour", "day"} & set(keys):
            rows = cut(rows, self.choices.zone, every="30m" if "half_hour" in keys else "1h")
        for key in keys:
            rows = _keyed(rows, key, self.spans, self.choices)
        return self.measure.summarise(rows, list(keys)).sort(*keys, nulls_last=True)


def in_period(rows: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """Keep what started within the period."""
    if choices.begin is not None:
        rows = rows.filter(pl.col("at") >= choices.begin)
    if choices.end is not None:
        rows = rows.filter(pl.col("at") < choices.end)
    return rows


def _keyed(rows: pl.DataFrame, key: str, spans: Spans, choices: Choices) -> pl.DataFrame:
    """Add the column of a key."""
    local = pl.col("at").dt.convert_time_zone(choices.zone)
    calendar = {
        "hour": local.dt.hour(),
        "half_hour": local.dt.truncate("30m").dt.strftime("%H:%M"),
        "day": local.dt.date(),
    }
    if key in calendar:
        return rows.with_columns(calendar[key].alias(key))
    if key == "agent":
        return rows  # what nobody had stands in a row of its own, so that the parts are the whole
    if key == "tag":
        tags = spans.tags.select("conversation", tag=pl.format("{}:{}", "facet", "tag")).unique()
        return rows.join(tags, on="conversation", how="left", maintain_order="left")
    if key == "priority":
        named = pl.DataFrame({"level": range(len(LEVELS)), "priority": LEVELS}).with_columns(
            pl.col("level").cast(pl.Int8), pl.col("priority").cast(pl.Enum(LEVELS))
        )
        if "level" not in rows.columns:
            known = spans.conversations.select("conversation", "level")
            rows = rows.join(known, on="conversation", how="left", maintain_order="left")
        return rows.join(named, on="level", how="left", maintain_order="left")
    known = spans.conversations.select("conversation", key)
    return rows.drop(key, strict=False).join(known, on="conversation", how="left", maintain_order="left")


def numbers(**expressions: pl.Expr) -> Summary:
    """Return a summary that works out expressions over all rows, or over the rows of each value of the keys."""

    def summarise(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        named = [expression.alias(name) for name, expression in expressions.items()]
        return rows.group_by(keys).agg(named) if keys else rows.select(named)

    return summarise
