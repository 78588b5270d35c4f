"""What becomes of a frame's columns before they are written: flat, guarded, times in the desk's zone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from unicodedata import category

import polars as pl

from deskkit.errors import DeskkitError
from deskkit.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CELL",
    "clock",
    "clock_text",
    "dated",
    "excel_text",
    "flat",
    "guarded",
    "guarded_text",
    "looks_like_formula",
    "sheet_names",
    "zoned",
]

CELL: Final = 32_767
"""UTF-16 units of text that a cell of Excel can hold."""

_SHEET: Final = 31

# After blanks and invisible characters a sign that begins a formula, in any width; or a control character at the start.
_SIGNS: Final = r"=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}\x{FE66}\x{FE62}\x{FE63}\x{FE6B}\x{2212}"
_SIGN_SET: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212")
_FORMULA: Final = rf"^[\s\p{{Z}}\p{{C}}]*[{_SIGNS}]|^[\t\r\n\x00]"
# Where a cell begins for a program that splits at other signs than we do.
_INSIDE: Final = rf"([;\t\r\n][\s\p{{Z}}\p{{C}}\"]*)([{_SIGNS}])"
_NUMBER: Final = r"^[+-]?[0-9]+(?:\.[0-9]+)?$"


def flat(column: pl.Series) -> pl.Series:
    """Return a column without lists, structs, bytes and categories: all of them as text.

    Examples
    --------
    >>> flat(pl.Series("tags", [["vip", "refund"], []])).to_list()
    ['vip; refund', '']
    """
    kind = column.dtype
    if kind == pl.Object:
        raise DeskkitError(
            "A column holds Python objects; they have no form in a file.",
            place=f"column {column.name}",
            value=str(kind),
            expected="texts, numbers, times, lists or structs",
            example="frame.with_columns(pl.col(name).cast(pl.String))",
        )
    if isinstance(kind, pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    if kind.is_nested() or kind == pl.Binary:
        return pl.Series(column.name, [_flat(value) for value in column.to_list()], dtype=pl.String)
    return column


def _flat(value: Any) -> str | None:  # noqa: ANN401 - whatever stands in a cell
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list) and not any(isinstance(inner, list | dict) for inner in value):
        return "; ".join("" if inner is None else str(inner) for inner in value)
    return json.dumps(value, ensure_ascii=False, default=str)


def guarded(column: pl.Series) -> pl.Series:
    """Put an apostrophe before each text that a spreadsheet would take for a formula; numbers stay numbers.

    Also within a text, behind a semicolon, tab or line end: a program told to split there forgets our quotes
    (seen in LibreOffice).

    Examples
    --------
    >>> guarded(pl.Series("text", ["=1+1", " ＝A1", "-12.5", "a=b", "a;=b"])).to_list()
    ["'=1+1", "' ＝A1", '-12.5', 'a=b', "a;'=b"]
    """
    if column.dtype != pl.String:
        return column
    risky = column.str.contains(_FORMULA) & ~column.str.contains(_NUMBER)
    column = column.str.replace_all(_INSIDE, "${1}'${2}")
    return column.to_frame().select(
        pl.when(risky).then("'" + pl.col(column.name)).otherwise(pl.col(column.name)).alias(column.name)
    )[column.name]


def looks_like_formula(text: str) -> bool:
    """Tell whether a text begins, after blanks and invisible characters, with a sign of a formula.

    Examples
    --------
    >>> looks_like_formula(" =1+1"), looks_like_formula("1=1")
    (True, False)
    """
    for char in text:
        if not char.isspace() and category(char)[0] not in "CZ":
            return char in _SIGN_SET
    return False


def guarded_text(text: str) -> str:
    """Return one text guarded: the name of a column."""
    return str(guarded(pl.Series("", [text])).item())


_CALENDAR: Final = (-719_161, 2_932_895)  # days from 1970 to 0001-01-02 and to 9999-12-30: a zone may shift by a day
_A_DAY: Final = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def dated(column: pl.Series) -> pl.Series:
    """Return dates and times as text if some lie outside the years 1 to 9999; those then are numbers since 1970.

    Neither Python nor Excel has a time for them, and polars ends the program over them.

    Examples
    --------
    >>> dated(pl.Series("day", [0, 2**30], dtype=pl.Int32).cast(pl.Date)).to_list()
    ['1970-01-01', '1073741824']
    """
    kind = column.dtype
    if not isinstance(kind, pl.Date | pl.Datetime):
        return column
    day = _A_DAY[kind.time_unit] if isinstance(kind, pl.Datetime) else 1
    first, last = (bound * day for bound in _CALENDAR)
    number = column.to_physical()
    inside = (number >= first) & (number <= last) if day < _A_DAY["ns"] else pl.Series([True])  # ns end in 2262
    if inside.all():
        return column
    known = pl.when(inside).then(column).otherwise(None).dt.to_string("iso")
    return pl.select(pl.coalesce(known, number.cast(pl.String)).alias(column.name))[column.name]


def zoned(column: pl.Series, zone: str) -> pl.Series:
    """Return instants in a zone; times without a zone, and all else, stay as they are."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        return column.dt.convert_time_zone(zone)
    return column


def clock(column: pl.Series) -> pl.Series:
    """Return durations as text, hours, minutes and seconds; all else stays.

    Examples
    --------
    >>> clock(pl.Series("wait", [95_000, None]).cast(pl.Duration("ms"))).to_list()
    ['0:01:35', None]
    """
    if not isinstance(column.dtype, pl.Duration):
        return column
    spans = column.dt.total_milliseconds().to_list()
    return pl.Series(column.name, [None if ms is None else clock_text(ms) for ms in spans], dtype=pl.String)


def clock_text(ms: int) -> str:
    """Return one duration of milliseconds, however long, as hours, minutes and seconds."""
    whole, rest = divmod(abs(ms), 1000)
    text = f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}" + (f".{rest:03}" if rest else "")
    return f"-{text}" if ms < 0 else text


def excel_text(text: str) -> str:
    """Return a text as a cell can hold it: cleaned, and cut with a mark where it is too long."""
    text = clean(text, limit=max(len(text), 256))
    if 2 * len(text) <= CELL:
        return text
    beyond = sum(char > "\uffff" for char in text)
    if len(text) + beyond <= CELL:
        return text
    return clean(text, limit=CELL - min(beyond, CELL // 2))


_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Return names that Excel takes for sheets: short, without its signs, no two alike.

    Examples
    --------
    >>> sheet_names(["by group/agent", "By group agent", "'", "history"])
    ['by group agent', 'By group agent (2)', 'Sheet', 'history (2)']
    """
    taken, names = {"history"}, []
    for title in titles:
        plain = clean(_FORBIDDEN.sub(" ", title)).replace("\n", " ").strip("' ")
        plain = "".join(char for char in plain if char <= "\uffff") or "Sheet"
        name, n = plain[:_SHEET].strip("' "), 1
        while name.casefold() in taken:
            n += 1
            mark = f" ({n})"
            name = f"{plain[: _SHEET - len(mark)]}{mark}"
        taken.add(name.casefold())
        names.append(name)
    return names
