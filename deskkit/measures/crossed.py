"""A report broken down, as text for a terminal: the keys down, the measures across, in blocks as wide as a page."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.measures.printing import PAGE, columns_of, line, noted, padded, passed, shown
from deskkit.measures.tables import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskkit.measures.definition import Figure
    from deskkit.measures.report import Report

__all__ = ["crossed"]

_LEAST: Final = 12  # of them for a measure
_GAP: Final = 2


class _Column(NamedTuple):
    """A measure: its name in lines, its cells by the values of the keys, and how wide they are."""

    head: tuple[str, ...]
    cells: dict[tuple[Any, ...], str]
    width: int


def crossed(report: Report, *, width: int = PAGE) -> str:
    """Return a report that is broken down as text: every number with how many it counts in brackets.

    Parameters
    ----------
    report : Report
        With keys (`by`).
    width : int
        Columns of a page; what has no room beside the keys stands in a further block below.

    Notes
    -----
    Measures that count nothing, and those that cannot be broken down like this, are named below the table.
    """
    parts: dict[str, pl.DataFrame] = {}
    nothing, apart = [], []
    for name, figure in report.figures.items():
        if not set(report.by) <= set(figure.measure.by):
            apart.append(name)
            continue
        part = figure.broken_down(*report.by)
        if part["n"].sum() == 0:
            nothing.append(name)
        else:
            parts[name] = part.with_columns(pl.col(pl.Categorical).cast(pl.String))
    lines = ["Each number with how many it counts (in brackets)."] if parts else []
    if parts:
        lines += _blocks(report, parts, width)
    if "priority" in report.by:
        for title, which in (("Priority of the moment counted", "moment"), ("Priority it had last", "last")):
            named = [name for name in parts if report.figures[name].measure.level_of == which]
            lines += _listed(title, named, width)
    lines += _listed("Nothing to count", nothing, width)
    lines += _listed(f"Not by {' and '.join(report.by)}", apart, width)
    return "\n".join([*lines, *noted(report)])


def _blocks(report: Report, parts: dict[str, pl.DataFrame], page: int) -> Iterator[str]:
    """Yield the lines of the table, as many measures beside one another as a page is wide."""
    by = list(report.by)
    keys = pl.concat([part.select(by) for part in parts.values()]).unique().sort(by, nulls_last=True).rows()
    names = names_of(next(iter(report.figures.values())).spans) if "agent" in by else {}
    told = {key: tuple(_told(value, name, names) for name, value in zip(by, key, strict=True)) for key in keys}
    widths = [max(columns_of(text) for text in (name, *(one[n] for one in told.values()))) for n, name in enumerate(by)]
    room = page - sum(widths) - _GAP * len(widths)
    columns = [_column(report.figures[name], part, by) for name, part in parts.items()]
    while columns:
        block = [columns.pop(0)]
        while columns and sum(one.width + _GAP for one in (*block, columns[0])) <= room:
            block.append(columns.pop(0))
        yield ""
        high = max(len(one.head) for one in block)
        for n in range(high):
            left = by if n == high - 1 else [""] * len(by)
            heads = [(*[""] * (high - len(one.head)), *one.head)[n] for one in block]
            yield _row(left, widths, heads, block)
        for key in keys:
            yield _row(told[key], widths, [one.cells.get(key, "") for one in block], block)


def _column(figure: Figure, part: pl.DataFrame, by: list[str]) -> _Column:
    unit = figure.measure.unit
    cells = {}
    for *key, value, n in part.select(*by, "value", "n").rows():
        text = shown(passed(value, figure.measure), unit)
        cells[tuple(key)] = text if unit == "count" and value == n else f"{text} ({n or 0:,})"
    width = max(_LEAST, *map(len, cells.values()), *map(len, figure.measure.name.split("_")))
    return _Column(tuple(_wrapped(figure.measure.name, width)), cells, width)


def _wrapped(name: str, width: int) -> Iterator[str]:
    """Yield the lines of a measure's name, broken where its words meet."""
    text = ""
    for word in name.replace("_", "_\n").split("\n"):
        if text and len(text) + len(word) > width:
            yield text
            text = ""
        text += word
    yield text


def _row(left: Sequence[str], widths: Sequence[int], cells: Sequence[str], block: Sequence[_Column]) -> str:
    keys = (padded(text, -width) for text, width in zip(left, widths, strict=True))
    numbers = (cell.rjust(one.width) for cell, one in zip(cells, block, strict=True))
    return (" " * _GAP).join((*keys, *numbers)).rstrip()


def _told(value: object, name: str, names: dict[str, str]) -> str:
    """Write the value of a key."""
    if value is None:
        return "(nobody)" if name == "agent" else "(none)"
    if name == "hour":
        return f"{value:0>2}:00"
    return line(names.get(str(value), value) if name == "agent" else value)


def _listed(title: str, names: Sequence[str], page: int) -> list[str]:
    told = f"{title}: {', '.join(names)}."
    return ["", *wrap(told, page, break_long_words=False, break_on_hyphens=False)] if names else []
