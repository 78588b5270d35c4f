"""A report as a command line asks for it: times as text, seconds, a policy's path; one period or two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from deskkit.clock import instant
from deskkit.desk.policy import Policy
from deskkit.errors import DeskkitError, MeasureError
from deskkit.locale import chosen, translator
from deskkit.log.in_force import policy_in_force
from deskkit.log.spans import spans
from deskkit.measures.crossed import crossed
from deskkit.measures.notes import known_of
from deskkit.measures.printing import (
    PAGE,
    defined,
    duration,
    noted,
    printed,
    printed_figure,
    printed_versus,
    told_targets,
)
from deskkit.measures.redecided import redecided
from deskkit.measures.report import choices_of, plain, report_of
from deskkit.measures.room import counts_words
from deskkit.measures.tables import names_of
from deskkit.measures.unequal import unequal
from deskkit.privacy import mask_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.log.log import EventLog
    from deskkit.measures.report import Report

__all__ = ["Asked", "Question", "as_dict", "as_frame", "as_text", "asked"]


MOST_SECONDS: Final = 366 * 86_400


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes
    ----------
    by, measures, vendors
        As for `deskkit.measures.report`.
    period, versus : pair of str
        Begin and end as ISO dates or times, in `zone` where they carry none.
    zone : str, optional
        IANA zone; by default the policy's, else UTC.
    within_s, short_s : float, optional
        Seconds.
    policy : str, optional
        Path of a policy file; by default the policy last in force in the log.
    redecide : bool
        Measure the log with what this policy would have decided, as `redecided` gives it.
    """

    by: Sequence[str] = ()
    measures: Sequence[str] = ()
    vendors: bool = False
    period: Sequence[str | None] = (None, None)
    versus: Sequence[str] | None = None
    zone: str | None = None
    within_s: float | None = None
    short_s: float | None = None
    policy: str | None = None
    redecide: bool = False


class Asked(NamedTuple):
    """The answer: a report, perhaps one to compare it with, and whether single measures were named."""

    report: Report
    other: Report | None
    single: bool


def asked(log: EventLog, question: Question, *, progress: Callable[[int, int], None] | None = None) -> Asked:
    """Measure a log as asked.

    Parameters
    ----------
    log : EventLog
    question : Question
    progress : callable, optional
        Called with the events decided anew and their total.

    Raises
    ------
    MeasureError
        A measure, key, zone or time that there is not; or no policy by which to decide.
    PolicyError, LogError
        The policy or the log cannot be read.
    """
    rules = policy_in_force(log) if question.policy is None else Policy.load(question.policy)
    zone = question.zone
    within, short = question.within_s, question.short_s
    given = {
        "zone": zone,
        "within_ms": _milliseconds(within, "--within"),
        "short_ms": _milliseconds(short, "--short"),
    }
    known = known_of(rules, question.by)
    if question.redecide:
        log, known = _redecided(log, rules, progress), (*known, "redecided")
    found = spans(log, policy=rules, words=counts_words(None if rules is None else rules.schema))

    def over(begin: str | None, end: str | None) -> Report:
        base = choices_of(rules, **given)
        choices = choices_of(rules, **given, begin=_time(begin, base.zone), end=_time(end, base.zone))
        return report_of(
            found, by=tuple(question.by), measures=question.measures, vendors=question.vendors, choices=choices,
            log=log, known=known,
        )  # fmt: skip

    other = None if question.versus is None else over(*question.versus)
    return Asked(over(*question.period), other, bool(question.measures) and not question.by)


def _redecided(log: EventLog, rules: Policy | None, progress: Callable[[int, int], None] | None) -> EventLog:
    if rules is None:
        raise MeasureError(
            "There is no policy in this log by which to decide.", place="--redecide", value=log.url,
            expected="a policy", example="--policy data/policies/standard.toml --redecide",
        )  # fmt: skip
    return redecided(log, rules, progress=progress)


def _milliseconds(seconds: float | None, option: str) -> int | None:
    if seconds is None:
        return None
    if not 0 <= seconds <= MOST_SECONDS:
        raise MeasureError(
            "This is no time to count within.", place=option, value=seconds, expected=f"seconds, 0 to {MOST_SECONDS:,}",
            example=f"{option} 30",
        )  # fmt: skip
    return round(seconds * 1000)


def _time(text: str | None, zone: str) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromtimestamp(instant(text, zone=zone) / 1000, tz=UTC)
    except DeskkitError as error:
        raise MeasureError(error.problem, place="period", value=text, example="--from 2026-06-15") from error
    except (ValueError, OverflowError, OSError) as error:
        raise MeasureError(
            "The time lies outside of what can be measured.", place="period", value=text, example="--from 2026-06-15"
        ) from error


def as_dict(found: Asked, *, masked: bool = True) -> dict[str, Any]:
    """Return it for JSON; single measures come with the rows behind them.

    Parameters
    ----------
    found : Asked
    masked : bool, default True
        Whether telephones, identity and bank cards and e-mail addresses in names, tags and ids become tokens.
    """
    out = found.report.as_dict()
    if found.single:
        zone = found.report.choices.zone
        for name, figure in found.report.figures.items():
            out["measures"][name]["conversations"] = plain(figure.conversations, zone=zone)
    if found.other is not None:
        out["versus"] = {"begin": found.other.as_dict()["begin"], "end": found.other.as_dict()["end"]}
        out["notes"] += [note] if (note := unequal(found.report, found.other)) else []
        out["comparison"] = plain(found.report.versus(found.other), zone=found.report.choices.zone)
    _name_agents(found.report, out)
    return dict(mask_values(out, language=chosen())) if masked else out


def _name_agents(report: Report, out: dict[str, Any]) -> None:
    """Say beside each agent's id the name: an id that is an e-mail address becomes a token like all others."""
    names = _names(report)
    behind = [about.get("conversations", ()) for about in out["measures"].values()]
    for rows in (*out.get("rows", {}).values(), *behind, out.get("comparison", ())):
        for row in rows:
            if "agent" in row:
                row["agent_name"] = names.get(row["agent"])


def _names(report: Report) -> dict[str, str]:
    return names_of(next(iter(report.figures.values())).spans) if report.figures else {}


def as_frame(found: Asked) -> pl.DataFrame:
    """Return it as a table: the numbers, or the two periods side by side."""
    frame = found.report.frame if found.other is None else found.report.versus(found.other)
    if "agent" not in frame.columns:
        return frame
    name = pl.col("agent").replace_strict(_names(found.report), default=None, return_dtype=pl.String)
    at = frame.columns.index("agent") + 1
    return frame.select(*frame.columns[:at], name.alias("agent_name"), *frame.columns[at:])


def as_text(found: Asked, *, definitions: bool = False, width: int | None = None) -> str:
    """Return it as text, for a terminal of so many columns: what it covers, the numbers, perhaps their definitions."""
    told = ["", "Definitions", *defined(found.report)] if definitions else []
    if found.report.is_empty:
        return str(found.report)
    return "\n".join([_covered(found), "", _numbers(found, width), *told])


def _covered(found: Asked) -> str:
    """Say from when to when, in which zone, what X is, and the targets that the promises (SLA) are measured by."""
    choices = found.report.choices
    covered = f"{_period(found.report)} ({choices.zone}); X is {duration(choices.within_ms)}"
    against = "" if found.other is None else f'\nCompared with ("other"): {_period(found.other)}'
    return f"{covered}{against}\nTargets of replies: {told_targets(choices)}"


def _period(report: Report) -> str:
    zone = ZoneInfo(report.choices.zone)
    return " to ".join(f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (report.begin, report.end))


def _numbers(found: Asked, width: int | None) -> str:
    if found.other is not None:
        note = unequal(found.report, found.other, say=translator(chosen()))
        return "\n".join([printed_versus(found.report, found.other), *noted(found.report, *([note] if note else []))])
    if found.single:
        return "\n".join(["\n\n".join(map(printed_figure, found.report.figures.values())), *noted(found.report)])
    return crossed(found.report, width=width or PAGE) if found.report.by else printed(found.report, width=width)
