"""A frame as a table to read: titles in words, durations as people write them, shares in per cent, texts masked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from math import floor, log10
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import ipywidgets

from deskkit.measures.printing import duration, shown, signed
from deskkit.views import markup as safe
from deskkit.views.markup import joined, markup
from deskkit.views.terms import column_title
from deskkit.views.words import Words

if TYPE_CHECKING:
    import polars as pl

    from deskkit.views.markup import Bundle, SafeHtml

__all__ = ["TableView", "drawn_table", "table"]

_ROWS: Final = 100
_LIST: Final = 4  # of a list in a cell
_SHARES: Final = {"share", "occupancy", "csat", "csat_low", "csat_high"}
_VARIANCES: Final = {"variance_paired", "variance_apart"}
_MEASURED: Final = {"value", "other", "difference", *_VARIANCES}
_DIGITS: Final = 3  # of a variance, which may be of any size


def table(
    frame: pl.DataFrame,
    *,
    rows: int = _ROWS,
    zone: str = "UTC",
    language: str | None = None,
    masked: bool = True,
) -> TableView:
    """Show a frame as a table.

    Parameters
    ----------
    frame : DataFrame
        Columns that end in ``_ms`` (and ``ms``) are durations in milliseconds; shares are in [0, 1]. A column `unit`
        says what `value`, `other`, `difference` and the variances of its row are; differences of shares are in points.
    rows : int
        How many are shown; a line says how many more there are.
    zone : str
        IANA zone of the instants.
    language : {"en", "zh"}, optional
    masked : bool, default True
        Whether telephones, identity and bank cards and e-mail addresses are shown as tokens.

    Returns
    -------
    TableView
        A notebook shows it where a cell ends in it.

    Examples
    --------
    >>> import polars as pl
    >>> table(pl.DataFrame({"agent": ["chen"], "reply_ms": [41_300], "share": [0.25]}))
    TableView(1 row, 3 columns)
    """
    return TableView(frame, rows, Words(language, zone=zone, masked=masked))


class TableView:
    """A table in a notebook; made by `deskkit.views.table`."""

    def __init__(self, frame: pl.DataFrame, rows: int, say: Words) -> None:
        self._shape = frame.shape
        body = safe.shown(drawn_table(frame, rows=rows, say=say))
        self.widget = ipywidgets.VBox([safe.shown(safe.stylesheet()), body])
        self.widget.add_class("dk-desk")
        self.widget.add_class("dk-alone")

    def __repr__(self) -> str:
        height, width = self._shape
        return f"TableView({height} row{'s' * (height != 1)}, {width} column{'s' * (width != 1)})"

    def _repr_mimebundle_(self, **kwargs: object) -> Bundle:
        """Return what a notebook shows: the widget, and in words its `repr`."""
        return safe.bundled(self.widget, repr(self), **kwargs)


def drawn_table(frame: pl.DataFrame, *, rows: int = _ROWS, say: Words) -> SafeHtml:
    """Draw a frame as markup; numbers stand on the right."""
    units = frame["unit"].to_list() if "unit" in frame.columns else []
    columns = [name for name in frame.columns if name not in {"unit", "measure"} or (name == "measure" and not units)]
    numeric = {name for name in columns if frame.schema[name].is_numeric() and not _is_priority(frame, name)}
    head = joined(_cell(column_title(name, say), number=name in numeric, head=True) for name in columns)
    lines = []
    for place, row in enumerate(frame.head(rows).iter_rows(named=True)):
        unit = units[place] if units else ""
        cells = (_cell_of(name, row[name], unit, say, number=name in numeric) for name in columns)
        lines.append(markup("<tr>{cells}</tr>", cells=joined(cells)))
    rest = frame.height - rows
    note = markup("<div class='dk-caption'>{text}</div>", text=say("and {n} more", n=rest)) if rest > 0 else joined(())
    return markup(
        "<div class='dk-table-box' tabindex='0'><table class='dk-table'><thead><tr>{head}</tr></thead>"
        "<tbody>{lines}</tbody></table></div>{note}",
        head=head, lines=joined(lines), note=note,
    )  # fmt: skip


def _is_priority(frame: pl.DataFrame, name: str) -> bool:
    return name == "level" and frame.schema[name].is_integer()


def _cell_of(name: str, value: Any, unit: str, say: Words, *, number: bool) -> SafeHtml:  # noqa: ANN401 - as `_text`
    """Draw a cell; of a list the first few, a line each."""
    if not isinstance(value, list):
        return _cell(_text(name, value, unit, say), number=number)
    lines = [say.personal(str(one)) for one in value[:_LIST]]
    lines += [say("and {n} more", n=len(value) - _LIST)] if len(value) > _LIST else []
    return markup("<td>{lines}</td>", lines=joined(markup("<div>{line}</div>", line=line) for line in lines))


def _cell(text: str, *, number: bool, head: bool = False) -> SafeHtml:
    if head:
        return markup("<th class='dk-number' scope='col'>{text}</th>", text=text) if number else markup(
            "<th scope='col'>{text}</th>", text=text
        )  # fmt: skip
    return markup("<td class='dk-number'>{text}</td>", text=text) if number else markup("<td>{text}</td>", text=text)


def _text(name: str, value: Any, unit: str, say: Words) -> str:  # noqa: ANN401 - whatever a frame holds
    """Return a cell in words."""
    if value is None or value != value:  # noqa: PLR0124 - nan
        return "–"
    if unit and name in _MEASURED:
        return _measured(name, value, unit, say)
    if isinstance(value, bool):
        value = say("yes") if value else say("no")
    if isinstance(value, int | float):
        return say.level_title(value) if name == "level" and isinstance(value, int) else _number(name, value)
    if isinstance(value, date):
        return _when(value, say)
    if name == "title":
        return say(value)
    return say.personal(str(value))


def _measured(name: str, value: float, unit: str, say: Words) -> str:
    """Write what has the unit of its row: differences with a sign, variances in the square of their unit."""
    if name == "difference":
        return signed(value, unit, say=say.translate).replace("-", "−")
    if name not in _VARIANCES:
        return shown(value, unit)
    by, name = {"ms": (1_000, "s²"), "share": (0.01, say("pts²"))}.get(unit, (1, ""))
    size = value / by**2
    decimals = max(0, _DIGITS - 1 - floor(log10(size))) if size > 0 else 0
    return f"{size:,.{decimals}f} {name}".rstrip()


def _when(value: date, say: Words) -> str:
    if isinstance(value, datetime):
        return f"{value.replace(tzinfo=value.tzinfo or UTC).astimezone(ZoneInfo(say.zone)):%Y-%m-%d %H:%M:%S}"
    return f"{value:%Y-%m-%d}"


def _number(name: str, value: float) -> str:
    if name == "ms" or name.endswith("_ms"):
        return duration(value) if value >= 0 else f"−{duration(-value)}"
    if name in _SHARES:
        return shown(value, "share")
    if name == "level":  # of an interval
        return f"{100 * value:.4g} %"
    if name == "ratio":
        return f"{100 * (value - 1):+.0f} %"
    if name == "hour":
        return f"{value:02}:00"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
