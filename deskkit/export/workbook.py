"""Workbooks: strings stay strings, numbers numbers, times dates; one sheet for each frame."""

from __future__ import annotations

import io
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import xlsxwriter

from deskkit.errors import DeskkitError
from deskkit.export.cells import clock_text, dated, excel_text, flat, looks_like_formula, sheet_names, zoned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["write_workbook"]

ROWS: Final = 1_048_576
COLUMNS: Final = 16_384
_WIDEST: Final = 60
_NARROWEST: Final = 8
_LOOKED_AT: Final = 200  # rows that say how wide a column is
_WIDE: Final = 0x1100
_EXACT: Final = 10**15  # Excel keeps fifteen digits; longer integers are names, not amounts
_FIRST_DAY: Final = date(1900, 3, 1)  # before it Excel's calendar has a day too many
_DAY_MS: Final = 86_400_000
_LAST_SPAN: Final = 2_958_466 * _DAY_MS  # the day after 9999-12-31, where Excel's calendar ends
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(sheets: Sequence[tuple[str, pl.DataFrame]], path: Path, *, zone: str) -> None:
    """Write frames as sheets of one workbook.

    Parameters
    ----------
    sheets : sequence of (str, DataFrame)
        Title and frame; titles are made into names that Excel takes.
    path : Path
    zone : str
        In which instants are written, for a cell knows none.

    Raises
    ------
    DeskkitError
        A frame has more rows or columns than a sheet.
    """
    for title, frame in sheets:
        if frame.height >= ROWS or frame.width > COLUMNS:
            raise DeskkitError(
                "The table is larger than a sheet of Excel.",
                place=f"sheet {title}",
                value=f"{frame.height} rows, {frame.width} columns",
                expected=f"at most {ROWS - 1} rows below the names, and {COLUMNS} columns",
                example="write(frame, 'table.parquet')",
            )
    made = io.BytesIO()  # on a full disk the archive would complain once more when it is forgotten
    with xlsxwriter.Workbook(made, _OPTIONS) as book:
        book.set_properties({"comments": f"Times are in {zone}.", "created": datetime(2000, 1, 1, tzinfo=UTC)})
        styles = _Styles(book)
        for name, (_title, frame) in zip(sheet_names(title for title, _frame in sheets), sheets, strict=True):
            _Sheet(book.add_worksheet(name), styles, zone).fill(frame)
    path.write_bytes(made.getbuffer())


class _Styles:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.hour = book.add_format({"num_format": "hh:mm:ss"})
        self.span = book.add_format({"num_format": "[h]:mm:ss"})
        self.quoted = book.add_format({"quote_prefix": True})  # stays text when somebody edits the cell


class _Sheet:
    """One sheet being filled, row after row."""

    def __init__(self, sheet: Any, styles: _Styles, zone: str) -> None:  # noqa: ANN401 - likewise
        self.sheet = sheet
        self.styles = styles
        self.zone = zone

    def fill(self, frame: pl.DataFrame) -> None:
        spans = _spans(frame)
        columns = [_milliseconds(zoned(dated(flat(column)), self.zone)) for column in frame]
        heads = [spans.get(column.name, column.name) for column in columns]
        for at, (head, column) in enumerate(zip(heads, columns, strict=True)):
            self.sheet.set_column(at, at, _width(head, column))
        for at, head in enumerate(heads):
            self.sheet.write_string(0, at, excel_text(head), self.styles.head)
        self.sheet.freeze_panes(1, 0)
        if frame.width:
            self.sheet.autofilter(0, 0, frame.height, frame.width - 1)
        is_span = [column.name in spans or isinstance(column.dtype, pl.Duration) for column in frame]
        for row, cells in enumerate(pl.DataFrame(columns).iter_rows(), 1):
            for at, cell in enumerate(cells):
                if is_span[at] and _is_finite(cell):
                    self.span(row, at, cell)
                else:
                    self.cell(row, at, cell)

    def cell(self, row: int, at: int, value: Any) -> None:  # noqa: ANN401 - whatever a frame holds
        sheet, styles = self.sheet, self.styles
        match value:
            case None:
                return
            case str():
                self.text(row, at, value)
            case bool():
                sheet.write_boolean(row, at, value)
            case int() if abs(value) >= _EXACT:
                self.text(row, at, str(value))
            case int() | float() | Decimal():
                if _is_finite(value):
                    sheet.write_number(row, at, value)
            case datetime() if value.date() >= _FIRST_DAY:
                sheet.write_datetime(row, at, value.replace(tzinfo=None), styles.instant)
            case date() if not isinstance(value, datetime) and value >= _FIRST_DAY:
                sheet.write_datetime(row, at, value, styles.day)
            case time():
                sheet.write_datetime(row, at, value, styles.hour)
            case _:
                self.text(row, at, str(value))

    def span(self, row: int, at: int, ms: float | Decimal) -> None:
        """Write a duration; one that Excel cannot show as such (negative, longer than its calendar) as text."""
        if 0 <= ms < _LAST_SPAN:
            self.sheet.write_number(row, at, float(ms) / _DAY_MS, self.styles.span)
        else:
            self.text(row, at, clock_text(round(ms)))

    def text(self, row: int, at: int, text: str) -> None:
        shown = excel_text(text)
        self.sheet.write_string(row, at, shown, self.styles.quoted if looks_like_formula(shown) else None)


def _is_finite(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and math.isfinite(value)


def _milliseconds(column: pl.Series) -> pl.Series:
    """Return durations as integers, for Python has none of more than a billion days."""
    return column.dt.total_milliseconds() if isinstance(column.dtype, pl.Duration) else column


def _spans(frame: pl.DataFrame) -> dict[str, str]:
    """Return the columns of milliseconds that become durations, with the name that then is right."""
    named = {c.name: c.name.removesuffix("_ms") for c in frame if c.name.endswith("_ms") and c.dtype.is_numeric()}
    return {name: short for name, short in named.items() if short and short not in frame.columns}


def _width(head: str, column: pl.Series) -> int:
    """Return how wide a column is to be, in characters; Chinese ones take two."""
    if isinstance(column.dtype, pl.Datetime):
        return 20
    texts = [head, *map(str, column.head(_LOOKED_AT).drop_nulls().to_list())]
    longest = max(sum(2 if ord(char) >= _WIDE else 1 for char in text[:_WIDEST]) for text in texts)
    return min(max(longest + 2, _NARROWEST), _WIDEST)
