"""A report as text for a terminal: numbers with their units, each with its definition where it is asked for."""

from __future__ import annotations

from math import floor, isnan, log10
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

import polars as pl

from deskkit.locale import chosen, translator
from deskkit.measures.definition import LEVELS
from deskkit.measures.tables import named
from deskkit.privacy import mask
from deskkit.text import visible
from deskkit.worded import SEMICOLON, joined, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from deskkit.measures.definition import Choices, Figure, Measure
    from deskkit.measures.report import Report

__all__ = [
    "PAGE",
    "columns_of",
    "defined",
    "duration",
    "line",
    "noted",
    "padded",
    "passed",
    "printed",
    "printed_figure",
    "printed_versus",
    "shown",
    "signed",
    "told_targets",
]  # fmt: skip

PAGE: Final = 100  # columns, where no terminal says otherwise
_FIRST: Final = ("value", "n")
_WHICH: Final = {"moment": "that of the moment counted", "last": "the one the conversation had last"}
_SECOND_MS: Final = 1_000
_MOST: Final = 6  # decimals
_HOUR_S: Final = 3_600


def duration(ms: float | None) -> str:
    """Write milliseconds as people read them.

    Examples
    --------
    >>> duration(850), duration(43_120), duration(171_000), duration(7_505_000), duration(None)
    ('0.85 s', '43.1 s', '2:51', '2:05:05', '-')
    """
    if ms is None:
        return "-"
    seconds = ms / _SECOND_MS
    if seconds < 10:  # noqa: PLR2004 - a reader wants two digits more
        return f"{seconds:.2f} s"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR_S:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // _HOUR_S}:{whole % _HOUR_S // 60:02d}:{whole % 60:02d}"


def shown(value: float | None, unit: str, half: float | None = None) -> str:
    """Write a number with its unit; nan is none.

    Parameters
    ----------
    value : float or None
    unit : str
    half : float, optional
        Half the width of its interval: where the usual decimals do not show two digits of it, there are more.

    Examples
    --------
    >>> shown(0.2717, "share"), shown(1.9727, "mean"), shown(3596, "count")
    ('27.2 %', '1.97', '3,596')
    >>> shown(None, "share"), shown(float("nan"), "ms")
    ('-', '-')
    >>> shown(0.13628, "mean", 0.0041), shown(0.1, "share", 0.0002)
    ('0.1363', '10.000 %')
    >>> shown(107_250, "ms", 210), shown(107_250, "ms", 9_000)
    ('107.25 s', '1:47')
    """
    if value is None or isnan(value):
        return "-"
    if unit == "ms":
        return _precise(value, half) if half else duration(value)
    if unit == "share":
        return f"{100 * value:.{_decimals(100 * (half or 0), 1)}f} %"
    return f"{value:,.{_decimals(half or 0, 0 if unit == 'count' else 2)}f}"


def passed(value: float | None, about: Measure) -> float | None:
    """Return a number of a measure as it is shown: of a wait that goes on, the whole seconds that passed.

    A clock that counts it says so too; so the list, the wallboard and the report say the same of one instant.

    Examples
    --------
    >>> from deskkit.measures import measure
    >>> passed(1_200_900, measure("oldest_wait")), passed(1_200_900, measure("first_response"))
    (1200000, 1200900)
    """
    is_going_on = about.standing and about.unit == "ms" and value is not None and not isnan(value)
    return value // _SECOND_MS * _SECOND_MS if is_going_on and value is not None else value


def _precise(ms: float, half: float) -> str:
    """Write milliseconds, with decimals where minutes and seconds would hide what is known of them."""
    seconds, known = ms / _SECOND_MS, half / _SECOND_MS
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.{_decimals(known, 2 if seconds < 10 else 1)}f} s"  # noqa: PLR2004 - as `duration`
    return f"{seconds:.{_decimals(known, 0)}f} s" if known < 1 else duration(ms)


def _decimals(half: float, usual: int) -> int:
    """Return how many decimals show two digits of half an interval's width, no fewer than usual."""
    return min(_MOST, max(usual, 1 - floor(log10(half)))) if half > 0 else usual


def signed(
    value: float | None, unit: str, half: float | None = None, *, say: Callable[[str], str] | None = None
) -> str:
    """Write a difference with its sign and unit; one of shares in points; `half` as for `shown`.

    `say` translates; without it English is written.

    Examples
    --------
    >>> signed(-0.00231, "mean", 0.0041), signed(0.0004, "share", 0.0002)
    ('-0.0023', '+0.040 pts')
    >>> signed(-4_300.0, "ms"), signed(0.034, "share"), signed(0.0, "count"), signed(None, "ms")
    ('-4.30 s', '+3.4 pts', '0', '-')
    >>> signed(-0.0002, "share"), signed(0.034, "share", say=translator("zh"))
    ('0.0 pts', '+3.4 百分点')
    """
    if value is None:
        return "-"
    size = shown(abs(value), unit, half)
    size = size.replace("%", say("pts") if say else "pts") if unit == "share" else size
    is_nothing = not any(digit in size for digit in "123456789")  # as it is shown, whatever it was before
    return f"{'' if is_nothing else '+' if value > 0 else '-'}{size}"


def _named(name: str, value: float | None, unit: str) -> str:
    """Write one of the further numbers of a measure."""
    if name in {"median", "p90", "longest", "restricted_mean"} or name.endswith("_ms"):
        return f"{name.removesuffix('_ms')} {duration(value)}"
    if name in {"low", "high", "share", "response_rate"}:
        return f"{name} {shown(value, 'share')}"
    if name == "mean":
        return f"mean {shown(value, 'mean')}"
    return f"{name} {shown(value, 'count' if unit != 'mean' or isinstance(value, int) else unit)}"


def printed(report: Report, *, width: int | None = None) -> str:
    """Return a report as text, a line per measure; what a page so wide has no room for stands indented below it."""
    lines = []
    for figure in report.figures.values():
        numbers = figure.numbers
        unit = figure.measure.unit
        rest = [
            _named(name, value, unit) for name, value in numbers.items() if name not in _FIRST and value is not None
        ]
        each = f"of {numbers['n'] or 0:>9,} {figure.measure.each}"
        first = f"{figure.measure.name:32} {shown(passed(numbers['value'], figure.measure), unit):>10}  {each}"
        more = f"({', '.join(rest)})" if rest else ""
        beside = f"{first}  {more}".rstrip()
        if width is None or columns_of(beside) <= width:
            lines.append(beside)
        else:
            below = wrap(more, width - 4, break_long_words=False, break_on_hyphens=False)
            lines += [first, *(f"    {text}" for text in below)]
    return "\n".join([*lines, *noted(report)])


def defined(report: Report) -> list[str]:
    """Return the lines that define every measure of a report."""
    lines = []
    for one in (figure.measure for figure in report.figures.values()):
        ranked = "priority" in report.by and "priority" in one.by
        which = f"; priority: {_WHICH[one.level_of]}" if ranked else ""
        lines.append(f"{one.name} ({one.title}): {one.formula}{which}")
    return lines


def noted(report: Report, *more: str) -> list[str]:
    """Return the lines that say what the log of a report does not say, and more, in the language that is spoken."""
    say = translator(chosen())
    told = [say("Note: {text}").format(text=text) for text in (*map(say, report.notes), *more)]
    return ["", *told] if told else []


def _by_name(rows: pl.DataFrame, report: Report) -> pl.DataFrame:
    """Put agents' names in the place of their ids."""
    if "agent" not in rows.columns or not report.figures:
        return rows
    return named(rows, next(iter(report.figures.values())).spans)


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text on one line takes; a Chinese character takes two.

    Examples
    --------
    >>> columns_of("VIP"), columns_of("退款")
    (3, 4)
    """
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def told_targets(choices: Choices) -> str:
    """Say within which time a customer of each level should get a reply, and whose targets these are.

    Examples
    --------
    >>> from deskkit.measures import Choices
    >>> told_targets(Choices())
    'urgent 30.0 s, high 1:00, normal 2:00, low 5:00 (the standard ones)'
    """
    whose = (
        worded("of policy {name}", name=line(choices.targets_of)) if choices.targets_of else worded("the standard ones")
    )
    groups = (
        worded("{names}: {said}", names=line(group), said=_levels(levels))
        for group, levels in choices.group_targets.items()
    )
    return worded("{targets} ({whose})", targets=joined([_levels(choices.targets), *groups], SEMICOLON), whose=whose)


def _levels(targets: Sequence[int]) -> str:
    times = {name: duration(ms) for name, ms in zip(LEVELS, targets, strict=True)}
    return worded("urgent {urgent}, high {high}, normal {normal}, low {low}", **times)


def padded(text: str, width: int) -> str:
    """Fill a text up with spaces to so many columns of a terminal: on its left, with a negative width on its right.

    Examples
    --------
    >>> padded("退款", 6) + padded("VIP", -6) + "|"
    '  退款VIP   |'
    """
    room = " " * (abs(width) - columns_of(text))
    return room + text if width > 0 else text + room


def line(value: object) -> str:
    """Write a name so that it stays on its line and says nothing personal."""
    return visible(mask(" ".join(str(value).split()), language=chosen()))


def _key(value: Any, key: str) -> str:  # noqa: ANN401 - a name, a number or a date
    if value is None:
        return "(none)"
    return f"{value:02d}:00" if key == "hour" else line(value)


def printed_figure(figure: Figure, *, limit: int = 50) -> str:
    """Return one measure with its definition and the conversations behind it.

    Parameters
    ----------
    figure : Figure
    limit : int
        Conversations listed at most.
    """
    about = figure.measure
    numbers = figure.numbers
    lines = [
        f"{about.name}: {about.title}",
        f"  value    {shown(passed(numbers['value'], about), about.unit)}",
        *(f"  {_named(name, value, about.unit)}" for name, value in numbers.items() if name != "value"),
        f"  from     {about.start}",
        f"  to       {about.end}",
        f"  counted  {about.counted}",
        f"  averaged {about.averaged}",
        f"  source   {about.source}",
    ]
    rows = figure.conversations
    if rows.is_empty():
        return "\n".join(lines)
    lines.append(f"  conversations behind it ({min(limit, rows.height):,} of {rows.height:,} rows):")
    columns = [
        name for name in ("conversation", "agent", "at", "until", "ms", "outcome", "why", "hit") if name in rows.columns
    ]
    heads = ["took" if name == "ms" else name for name in columns]  # it is written as people read it
    zone = figure.choices.zone
    instants = pl.col(pl.Datetime).dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S")
    listed = rows.head(limit).select(columns).with_columns(instants)
    listed = named(listed, figure.spans) if "agent" in columns else listed
    return "\n".join([*lines, *_aligned([heads, *(_cells(row, about) for row in listed.iter_rows(named=True))])])


def _cells(row: dict[str, Any], about: Measure) -> list[str]:
    """Write a row of those behind a number."""
    return [
        "-" if value is None else duration(passed(value, about)) if name == "ms" else line(value)
        for name, value in row.items()
    ]


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table whose first row names the columns."""
    widths = [-max(map(columns_of, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "    " + "  ".join(map(padded, row, widths)).rstrip()


def printed_versus(report: Report, other: Report) -> str:
    """Return two reports side by side, measure by measure, each number with how many it counts (`n`)."""
    rows = []
    for row in _by_name(report.versus(other), report).iter_rows(named=True):
        unit = row["unit"] or "mean"
        keys = "  ".join(_key(row[key], key) for key in report.by)
        name = row["measure"] + ("  " + keys if keys else "")
        sides = (shown(row["value"], unit), _n(row["n"]), shown(row["other"], unit), _n(row["other_n"]))
        rows.append((name, *sides, signed(row["difference"], unit)))
    widest = max((columns_of(row[0]) for row in rows), default=0)
    widths = (-max(34, widest + 1), 12, 9, 13, 9, 13)
    heads = ("", "this", "n", "other", "n", "difference")
    return "\n".join("".join(map(padded, row, widths)) for row in [heads, *rows])


def _n(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"
