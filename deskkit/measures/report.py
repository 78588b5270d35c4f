"""A report: measures of a log over a period, broken down, compared with another period, as text, frame or JSON."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from deskkit.arguments import LOG, NAMES, POLICY, TEXT, expect
from deskkit.errors import MeasureError
from deskkit.locale import chosen, translator
from deskkit.log.imports import ASSIGNMENT, LEAVING, TRANSFERS
from deskkit.log.in_force import policy_in_force
from deskkit.log.spans import lasting, spans
from deskkit.measures.alerts import ALERTS
from deskkit.measures.definition import KEYS, Choices
from deskkit.measures.notes import (
    EMPTY,
    KEY_NOTES,
    import_notes,
    is_told,
    known_of,
    notes,
    queue_told,
    unended_notes,
)
from deskkit.measures.outcomes import OUTCOMES
from deskkit.measures.period import check_period
from deskkit.measures.queue import QUEUE, QUEUE_PRESETS
from deskkit.measures.replies import PRESETS, REPLIES
from deskkit.measures.room import counts_words
from deskkit.measures.standing import STANDING
from deskkit.measures.work import WORK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from deskkit.desk.policy import Policy
    from deskkit.log.log import EventLog
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Figure, Measure, Rows

__all__ = ["MEASURES", "VENDORS", "Report", "choices_of", "measure", "plain", "report", "report_of"]

MEASURES: Final[dict[str, Measure]] = {
    one.name: one for one in (*REPLIES, *QUEUE, *WORK, *OUTCOMES, *ALERTS, *STANDING)
}
VENDORS: Final[dict[str, Measure]] = {one.name: one for one in (*PRESETS, *QUEUE_PRESETS)}


def measure(name: str) -> Measure:
    """Return the measure of a name.

    Raises
    ------
    MeasureError
        There is none.

    Examples
    --------
    >>> measure("service_level").averaged
    '(answered within X) / (answered + left)'
    """
    expect(TEXT, "measure", name=name)
    found = MEASURES.get(name) or VENDORS.get(name)
    if found is None:
        raise MeasureError(
            "There is no such measure.", place="report", value=name,
            expected=", ".join(get_close_matches(name, (*MEASURES, *VENDORS), n=5, cutoff=0.4)) or "a name of MEASURES",
            example="first_response",
        )  # fmt: skip
    return found


def choices_of(policy: Policy | None, **given: Any) -> Choices:
    """Return the choices of a report: zone and targets of a policy, where nothing else is given."""
    for name in given:
        if name not in Choices.__struct_fields__:
            near = get_close_matches(name, Choices.__struct_fields__, n=3, cutoff=0.5) or Choices.__struct_fields__
            raise MeasureError(
                "A report has no such choice.", place="report", value=name, expected=", ".join(near),
                example="within_ms=30_000",
            )  # fmt: skip
    base: dict[str, Any] = {}
    if policy is not None:
        schema = policy.schema
        base = {
            "zone": schema.zone, "targets": schema.targets.levels, "group_targets": schema.targets.groups,
            "targets_of": policy.name, "rules": schema,
        }  # fmt: skip
    return Choices(**base | {name: value for name, value in given.items() if value is not None})


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Measures worked out over one period.

    Attributes
    ----------
    figures : dict of name to Figure
        Each with its numbers, its formula (`figure.measure.formula`) and the conversations behind it.
    choices : Choices
    by : tuple of str
        The keys it is broken down by.
    begin, end : datetime
        What it covers.
    notes : tuple of str
        What the log does not say, and so what some numbers rest on; see `deskkit.measures.notes`.
    """

    figures: dict[str, Figure]
    choices: Choices
    by: tuple[str, ...]
    begin: datetime
    end: datetime
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it is of a log without a single event."""
        return EMPTY in self.notes

    def __getitem__(self, name: str) -> Figure:
        """Return one figure.

        Raises
        ------
        MeasureError
            The report has none of this name.
        """
        if name not in self.figures:
            raise MeasureError(
                "It is not in this report.", place="report", value=name, expected=", ".join(self.figures)
            )
        return self.figures[name]

    @property
    def frame(self) -> pl.DataFrame:
        """The report as a frame: `measure`, `title`, `unit`, `value`, `n`; with keys, a row per value.

        Behind them every further number that a measure has, as in `Figure.numbers`: `median`, `p90`, `hits`, ...
        """
        found = pl.concat([self._rows(figure) for figure in self.figures.values()], how="diagonal_relaxed")
        first = ["measure", "title", "unit", *(key for key in self.by if key in found.columns), "value", "n"]
        return found.select(*first, pl.exclude(first))

    def _rows(self, figure: Figure) -> pl.DataFrame:
        about = figure.measure
        keys = tuple(key for key in self.by if key in about.by)
        named = (
            pl.lit(text).alias(name)
            for name, text in (("measure", about.name), ("title", about.title), ("unit", about.unit))
        )
        if self.by and keys != self.by:  # it cannot be broken down like this
            keys = ()
            found = pl.DataFrame(schema={"value": pl.Float64, "n": pl.Int64})
        else:
            found = figure.broken_down(*keys) if keys else pl.DataFrame([figure.numbers], infer_schema_length=None)
        shown = found.select(
            *(pl.col(key).cast(pl.String) if key not in {"day", "hour"} else pl.col(key) for key in keys),
            pl.col("value").cast(pl.Float64), pl.col("n").cast(pl.Int64), pl.exclude(*keys, "value", "n"),
        )  # fmt: skip
        return shown.select(*named, pl.all())

    def versus(self, other: Report) -> pl.DataFrame:
        """Compare with another report of the same measures, for example of the week before.

        Returns
        -------
        DataFrame, one row per measure (and value of the keys)
            `value` (this report), `other`, `difference` (this - other) and `ratio` (this / other).
        """
        keys = ["measure", *self.by]
        theirs = other.frame.select(*keys, pl.col("value").alias("other"), pl.col("n").alias("other_n"))
        both = self.frame.select(*keys[:1], "title", "unit", *keys[1:], "value", "n").join(
            theirs, on=keys, how="full", coalesce=True, maintain_order="left_right", nulls_equal=True
        )
        return both.with_columns(
            difference=pl.col("value") - pl.col("other"),
            ratio=pl.when(pl.col("other") != 0).then(pl.col("value") / pl.col("other")),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON: every number with its formula; instants as text with their offset."""
        measures = {
            name: {
                "title": figure.measure.title, "unit": figure.measure.unit, **figure.numbers,
                "each": figure.measure.each, **self._level_of(figure.measure), "formula": {
                    "start": figure.measure.start, "end": figure.measure.end, "counted": figure.measure.counted,
                    "averaged": figure.measure.averaged, "source": figure.measure.source,
                },
            }
            for name, figure in self.figures.items()
        }  # fmt: skip
        out: dict[str, Any] = {
            "begin": None if self.is_empty else _text(self.begin, self.choices.zone),
            "end": None if self.is_empty else _text(self.end, self.choices.zone),
            "zone": self.choices.zone, "within_ms": self.choices.within_ms, "short_ms": self.choices.short_ms,
            "targets_ms": list(self.choices.targets), "targets_of": self.choices.targets_of or None,
            "group_targets_ms": {name: list(levels) for name, levels in self.choices.group_targets.items()},
            "notes": list(self.notes), "measures": measures,
        }  # fmt: skip
        if self.by:
            out["by"] = list(self.by)
            out["rows"] = {
                name: plain(figure.broken_down(*self.by))
                for name, figure in self.figures.items()
                if set(self.by) <= set(figure.measure.by)
            }
        return out

    def _level_of(self, about: Measure) -> dict[str, str]:
        """Say which priority a measure is broken down by, if it is."""
        return {"priority_of": about.level_of} if "priority" in self.by and "priority" in about.by else {}

    def __str__(self) -> str:
        from deskkit.measures.crossed import crossed  # noqa: PLC0415 - only a terminal needs them
        from deskkit.measures.printing import printed  # noqa: PLC0415

        if self.is_empty:
            return translator(chosen())(EMPTY)
        return crossed(self) if self.by else printed(self)

    def __repr__(self) -> str:
        return f"Report({len(self.figures)} measures, {self.begin} to {self.end})"


def report(
    log: EventLog,
    *,
    by: str | Sequence[str] = (),
    measures: str | Sequence[str] = (),
    vendors: bool = False,
    policy: Policy | None = None,
    now: int | None = None,
    **choices: Any,
) -> Report:
    """Measure a log.

    Parameters
    ----------
    log : EventLog
    by : str or sequence of str
        Break down by hour, half_hour, day, agent, group, tag, priority or language, or several of them.
    measures : str or sequence of str
        Their names; by default all of `MEASURES`.
    vendors : bool
        Add the vendors' numbers of the same names.
    policy : Policy, optional
        Its targets, zone and courtesies hold. By default those of the policy last in force in the log; in a log
        without one the standard targets, UTC, and no message is a mere courtesy.
    now : int, optional
        An instant after the last event, up to which lasts what lasts; milliseconds since the UTC epoch. By default
        the last event: a log does not know how long ago that was.
    **choices
        Of `Choices`: begin, end, zone, within_ms, short_ms, ...

    Returns
    -------
    Report

    Raises
    ------
    ArgumentError
        Something is of the wrong type: an address for a log, a text for an instant.
    MeasureError
        No such measure, key or choice; a period that ends before it begins, or of which the log holds nothing.
    LogError
        The log cannot be read.

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
    >>> report(log)["first_response"].value
    20000.0
    """
    expect(LOG, "report", log=log)
    if policy is not None:
        expect(POLICY, "report", policy=policy)
    policy = policy or policy_in_force(log)
    found = spans(log, policy=policy, words=counts_words(None if policy is None else policy.schema))
    return report_of(
        found if now is None else lasting(found, now), by=by, measures=measures, vendors=vendors,
        choices=choices_of(policy, **choices), log=log, known=known_of(policy, (by,) if isinstance(by, str) else by),
    )  # fmt: skip


def report_of(
    found: Spans,
    *,
    by: str | Sequence[str] = (),
    measures: str | Sequence[str] = (),
    vendors: bool = False,
    choices: Choices | None = None,
    log: EventLog | None = None,
    known: Sequence[str] = (),
) -> Report:
    """Measure spans, of a log or of a simulated run; parameters as for `report`, `known` as for `notes`.

    With the log they are of, the report also says what its imports do not tell or took for given.
    """
    expect(NAMES, "report", by=by, measures=measures)
    keys = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    for key in keys:
        if key not in KEYS:
            raise MeasureError(
                "There is no such key to break down by.", place="by", value=key, expected=" or ".join(KEYS),
                example="by='hour'",
            )  # fmt: skip
    choices = choices or Choices()
    if log is not None:
        _check_period(choices, found, log)
        choices = msgspec.structs.replace(
            choices, queue_told=queue_told(found), leaving_told=is_told(log, found, LEAVING),
            transfers_told=is_told(log, found, TRANSFERS), assignment_told=is_told(log, found, ASSIGNMENT),
            notices_told=not found.notices.is_empty(),
        )  # fmt: skip
    measures = (measures,) if isinstance(measures, str) else measures
    wanted = [measure(name) for name in measures] or [*MEASURES.values(), *(VENDORS.values() if vendors else ())]

    def counted(rows: Rows) -> dict[str, Figure]:
        """Work out all measures that count the same rows, and forget the rows."""
        at_hand = rows(found, choices)
        return {one.name: one.of(found, choices, rows=at_hand) for one in wanted if one.rows == rows}

    figures: dict[str, Figure] = {}
    with ThreadPoolExecutor(max_workers=2) as beside:
        for some in beside.map(counted, dict.fromkeys(one.rows for one in wanted)):
            figures |= some
    return Report(
        figures={one.name: figures[one.name] for one in wanted},
        choices=choices,
        by=keys,
        begin=found.begin if choices.begin is None else choices.begin,
        end=found.end if choices.end is None else choices.end,
        notes=(
            *(() if log is None else unended_notes(log)),
            *(KEY_NOTES[key] for key in keys if key in KEY_NOTES),
            *notes(found, known),
            *(() if log is None else import_notes(log, found)),
            *((EMPTY,) if log is not None and not log.last_seq() else ()),
        ),
    )


def _check_period(choices: Choices, found: Spans, log: EventLog) -> None:
    """Refuse a period of which the log holds nothing; of a log without events every period holds as much."""
    if log.last_seq():
        ends = (None if at is None else round(at.timestamp() * 1000) for at in (choices.begin, choices.end))
        first, last = (round(at.timestamp() * 1000) for at in (found.begin, found.end))
        check_period(*ends, first=first, last=last, zone=choices.zone)


def _text(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")


def plain(frame: pl.DataFrame, *, zone: str = "UTC") -> list[dict[str, Any]]:
    """Return rows that JSON can hold: names as text, instants in `zone` with their offset, days as ISO dates."""
    instants = pl.col(pl.Datetime).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z")
    named = frame.with_columns(instants, pl.col(pl.Float64).fill_nan(None)).with_columns(
        pl.col(pl.Categorical, pl.Enum, pl.Date).cast(pl.String)
    )
    return named.to_dicts()
