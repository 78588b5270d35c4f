"""What a wallboard shows: how things stand now, the day so far, the last hours by half-hour and each group.

Every number is a figure of a report on the same log at the same instant. Nothing is measured here in a way of its own;
the log is read once, and from then on only what was added to it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import polars as pl

from deskkit.desk.events import PolicyChanged
from deskkit.desk.names import other_names
from deskkit.log.in_force import policy_in_force
from deskkit.log.scan import joined, scan
from deskkit.log.spans import lasting, spans_of
from deskkit.measures.report import choices_of, measure, report_of
from deskkit.measures.room import counts_words
from deskkit.measures.tables import named
from deskkit.zones import zone_of

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy
    from deskkit.log.log import EventLog
    from deskkit.log.scan import Events
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Figure, Measure
    from deskkit.measures.report import Report

__all__ = ["AT_LEAST", "GROUPS", "NOBODYS", "NOW", "TODAY", "Wall", "day_of", "target_of"]

NOW: Final = ("waiting", "oldest_wait", "pending", "overdue", "assigned", "agents_online", "agents_full")
TODAY: Final = (
    "first_response", "reply_time", "service_level", "sla_first_response", "abandonment", "missed", "csat",
    "occupancy_assigned", "load_spread", "notices_per_agent_hour",
)  # fmt: skip
GROUPS: Final = ("waiting", "oldest_wait", "overdue", "first_response", "service_level", "abandonment")
GROUP_TREND: Final = "first_response"
AT_LEAST: Final = frozenset({"service_level", "sla_first_response", "sla_next_response", "csat"})
"""Of these more is better; of all others less."""

NOBODYS: Final = '""'
"""Stands for no group, as a group's name does; a policy refuses names with quotes."""

SLOTS: Final = 16  # half-hours
SLOT: Final = timedelta(minutes=30)
LISTED: Final = 200  # conversations behind a number that are named
_NORMAL: Final = 1  # the level whose target holds for an average


def target_of(name: str, policy: Policy | None, choices: Choices) -> float | None:
    """Return the most, or of `AT_LEAST` the least, that a measure should be; None where nobody said so.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> policy = Policy.load("data/policies/standard.toml")
    >>> [target_of(name, policy, choices_of(policy)) for name in ("oldest_wait", "service_level", "assigned")]
    [300000.0, 0.8, None]
    """
    told = {} if policy is None else policy.schema.wallboard.targets
    if name in told:
        return told[name] / (1 if measure(name).unit == "ms" else 1000)
    by_level = {"oldest_wait": max(choices.targets), "first_response": choices.targets[_NORMAL]}
    by_level |= {"reply_time": choices.targets[_NORMAL], "overdue": 0}
    return by_level.get(name)


def day_of(at: int, zone: str) -> datetime:
    """Return when the day of an instant began in a zone.

    Examples
    --------
    >>> day_of(1_781_749_800_000, "Asia/Shanghai").isoformat()
    '2026-06-18T00:00:00+08:00'
    """
    local = datetime.fromtimestamp(at // 1000, UTC).astimezone(zone_of(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


class Wall:
    """The wallboard of one log.

    Parameters
    ----------
    log : EventLog
        Only read.

    Attributes
    ----------
    shown : tuple of int and str, or None
        The instant and the zone of the last board.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> _ = log.append([
    ...     ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang"),
    ...     CustomerWrote(at=5_000, source="doc", source_id="2", conversation="c1", message="m1", text="hello"),
    ... ], received_at=25_000)
    >>> wall = Wall(log)
    >>> found = wall.board(65_000)["tiles"]
    >>> found["waiting"]["value"], found["oldest_wait"]["value"], found["oldest_wait"]["breach"]
    (1, 60000, False)
    >>> [row["conversation"] for row in wall.behind("waiting")["rows"]]
    ['c1']
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._policy: Policy | None = None
        self._seq = 0
        self._events: Events | None = None
        self._spans: Spans | None = None
        self._past: dict[tuple[str, datetime], float | int | None] = {}
        self._report: Report | None = None
        self.shown: tuple[int, str] | None = None

    # ------------------------------------------------------------ reading

    def _read(self) -> Spans:
        """Return the spans of the log as it is now."""
        last = self._log.last_seq()
        changed = next(self._log.read(self._seq, until=last, kinds=[PolicyChanged], limit=1), None)
        if last < self._seq or changed is not None:  # restored, or courtesies may be others
            self._policy = policy_in_force(self._log)
            self._events, self._seq, self._past = None, 0, {}
        if self._events is None or self._spans is None:
            self._events = self._scan(until=last)
        elif last > self._seq:
            self._events = joined(self._events, self._scan(until=last, after=self._seq))
        else:
            return self._spans
        self._seq = last
        self._spans = spans_of(self._events)
        return self._spans

    def _scan(self, *, until: int, after: int = 0) -> Events:
        """Return events of the log, their groups by the names that the policy has for them."""
        rules = None if self._policy is None else self._policy.schema
        found = scan(self._log, after=after, until=until, policy=self._policy, words=counts_words(rules))
        names = {} if self._policy is None else other_names(self._policy.schema.groups)
        return found._replace(opened=_called(found.opened, names), moves=_called(found.moves, names))

    # ------------------------------------------------------------ the board

    def board(self, now: int, *, zone: str | None = None) -> dict[str, Any]:
        """Return what the wallboard shows, without words.

        Parameters
        ----------
        now : int, milliseconds since the UTC epoch
            What lasts, lasts up to then.
        zone : str, optional
            Of days and hours; by default the policy's, as for a report.

        Returns
        -------
        dict, as JSON holds it
            `now`, `seq` and `zone`; `tiles` by name of the measure: `value`, `n`, `target` and whether it is missed
            (`breach`), and `trend`, one value for each of `slots`; `groups`, rows of values by measure.

        Raises
        ------
        LogError
            The log cannot be read.
        """
        found = lasting(self._read(), now)
        choices = choices_of(self._policy, zone=zone)
        choices = msgspec.structs.replace(choices, begin=day_of(now, choices.zone))
        known = () if self._policy else ("courtesies",)
        report = report_of(found, measures=(*NOW, *TODAY), choices=choices, log=self._log, known=known)
        self._report, self.shown = report, (now, choices.zone)
        slots = _slots(found.end, choices.zone)
        trends = self._trends(report, slots)
        return {
            "now": now, "seq": self._seq, "zone": choices.zone, "within_ms": choices.within_ms,
            "policy": self._policy.name if self._policy else "", "notes": list(report.notes),
            "slots": [f"{slot.astimezone(zone_of(choices.zone)):%H:%M}" for slot in slots],
            "tiles": {
                name: self._tile(name, report[name].numbers, choices) | {"trend": trends[name]}
                for name in (*NOW, *TODAY)
            },
            "groups": self._groups(report, slots),
        }  # fmt: skip

    def _tile(self, name: str, numbers: dict[str, Any], choices: Choices) -> dict[str, Any]:
        value, target = numbers["value"], target_of(name, self._policy, choices)
        missed = None
        if value is not None and target is not None:
            missed = value < target if name in AT_LEAST else value > target
        return {"value": value, "n": numbers["n"] or 0, "target": target, "breach": missed}

    def _trends(self, report: Report, slots: list[datetime]) -> dict[str, list[Any]]:
        since = {key for key in self._past if key[1] not in slots}
        if since:
            self._past = {}  # half an hour is over: what came late by then is seen
        spans = report[NOW[0]].spans
        choices = told = msgspec.structs.replace(report.choices, begin=slots[0])
        found = {name: [self._stood(measure(name), spans, told, slot, slots) for slot in slots] for name in NOW}
        for name in TODAY:
            by_slot = _broken(measure(name).of(spans, told), "half_hour")
            labels = (f"{slot.astimezone(zone_of(choices.zone)):%H:%M}" for slot in slots)
            found[name] = [by_slot.get(label) for label in labels]
        return found

    def _stood(self, one: Measure, spans: Spans, told: Choices, slot: datetime, slots: list[datetime]) -> float | None:
        """Return how a measure of what stands stood when a half-hour was over."""
        key, end = (one.name, slot), min(slot + SLOT, spans.end)
        if slot < spans.begin - SLOT:
            return None
        if key not in self._past or slot in slots[-2:]:
            choices = msgspec.structs.replace(told, end=end)
            self._past[key] = one.of(spans, choices).value
        return self._past[key]

    def _groups(self, report: Report, slots: list[datetime]) -> list[dict[str, Any]]:
        """Return a row of numbers for each group, as the policy names them, others behind them, and what has none."""
        columns = {name: _broken(report[name], "group") for name in GROUPS}
        counted = {name: _broken(report[name], "group", "n") for name in GROUPS}
        told = msgspec.structs.replace(report.choices, begin=slots[0])
        figure = measure(GROUP_TREND).of(report[GROUP_TREND].spans, told)
        trend = {(group or NOBODYS, slot): value for group, slot, value in _pairs(figure)}
        titles = {} if self._policy is None else {group.name: group.title for group in self._policy.schema.groups}
        others = {group for column in columns.values() for group in column} - {*titles, NOBODYS}
        if others and not any(titles.keys() & column.keys() for column in columns.values()):
            titles = {}  # an import has groups of its own, and none of the policy's
        labels = [f"{slot.astimezone(zone_of(told.zone)):%H:%M}" for slot in slots]
        return [
            {
                "group": group,
                "title": titles.get(group, group),
                "cells": {
                    name: self._tile(
                        name, {"value": column.get(group, _none(name)), "n": counted[name].get(group)}, report.choices
                    )
                    for name, column in columns.items()
                },
                "trend": [trend.get((group, label)) for label in labels],
            }
            for group in [*titles, *sorted(others), *([NOBODYS] if _is_any(NOBODYS, counted) else [])]
        ]

    # ------------------------------------------------------------ what is behind it

    def behind(self, name: str, group: str = "") -> dict[str, Any]:
        """Return the conversations behind a number of the last board, the longest or else the latest first.

        Parameters
        ----------
        name : str
            Of the measure.
        group : str
            Only its own; `NOBODYS` for what has none.

        Returns
        -------
        dict, as JSON holds it
            `total`, and the first `LISTED` as `rows`; of agents (`each`), what is counted are they.
        """
        if self._report is None or name not in self._report.figures:
            return {"measure": name, "group": group, "total": 0, "each": "conversations", "rows": []}
        figure = self._report[name]
        rows = figure.conversations if "conversation" in figure.rows.columns else _people(figure)
        if group and "conversation" in rows.columns:
            named_so = pl.col("group").cast(pl.String).fill_null(NOBODYS) == group
            own = figure.spans.conversations.filter(named_so).select("conversation")
            rows = rows.join(own, on="conversation", how="semi", maintain_order="left")
        order = "ms" if "ms" in rows.columns and "conversation" in rows.columns else "at"
        if order in rows.columns:
            rows = rows.sort(order, descending=True, nulls_last=True, maintain_order=True)
        if "conversation" in rows.columns:
            rows = rows.unique("conversation", keep="first", maintain_order=True)
        kept = [one for one in ("conversation", "agent", "at", "ms") if one in rows.columns]
        plain = rows.head(LISTED).select(kept).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
        if "agent" in kept:
            plain = named(plain, figure.spans)
        if "at" in kept:
            plain = plain.with_columns(pl.col("at").cast(pl.Int64))
        each = "conversations" if "conversation" in rows.columns else "agents"
        return {"measure": name, "group": group, "total": rows.height, "each": each, "rows": plain.to_dicts()}


def _slots(now: datetime, zone: str) -> list[datetime]:
    """Return when the last half-hours began, the one that is not over the last."""
    last = pl.Series([now]).dt.convert_time_zone(zone).dt.truncate("30m").dt.convert_time_zone("UTC").item()
    return [last - SLOT * back for back in reversed(range(SLOTS))]


def _called(rows: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    """Return rows with other names of groups."""
    kind = rows.schema["group"]
    return rows.with_columns(pl.col("group").cast(pl.String).replace(names).cast(kind)) if names else rows


def _broken(figure: Figure, key: str, said: str = "value") -> dict[str, Any]:
    """Return a number for each value of a key; for what has none under `NOBODYS`."""
    rows = figure.broken_down(key)
    values = rows[said].cast(pl.Float64).fill_nan(None).to_list() if rows.height else []
    return dict(zip(rows[key].cast(pl.String).fill_null(NOBODYS).to_list(), values, strict=True))


def _is_any(group: str, counted: dict[str, dict[str, Any]]) -> bool:
    """Say whether anything of a group is counted."""
    return any(column.get(group) for column in counted.values())


def _pairs(figure: Figure) -> list[tuple[str, str, Any]]:
    rows = figure.broken_down("group", "half_hour")
    return rows.select(pl.col("group").cast(pl.String), "half_hour", pl.col("value").cast(pl.Float64)).rows()


def _none(name: str) -> int | None:
    return 0 if measure(name).unit == "count" else None


def _people(figure: Figure) -> pl.DataFrame:
    """Return the agents that a number counts."""
    rows = figure.rows
    rows = rows.filter("hit") if "hit" in rows.columns else rows
    return rows.unique("agent", keep="last", maintain_order=True) if "agent" in rows.columns else rows.clear()
