"""The rows of a table, in bounded memory: CSV files line by line, parquet files and frames slice by slice.

A row of a CSV that is broken (too many or too few cells, a quote without end, no text in the declared
encoding) costs itself alone; a file or frame that cannot be read at all is refused by name. This module knows no map
and no fact.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from deskkit.errors import FeedError
from deskkit.feeds.guess import kind_of
from deskkit.feeds.splitter import KEPT
from deskkit.feeds.table_pandas import from_pandas, two_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Row", "Rows", "frame_of", "rows_of"]

_SLICE: Final = 20_000  # rows of a frame at a time
_LINE: Final = 1 << 20  # characters of a line that are accepted
_LINES: Final = 100  # lines that a quoted text may run over
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_SNIFFED: Final = (",", ";", "\t", "|")
_JSON: Final = re.compile(r"\s*[\[{]\s*(?:[\[{\"]|$)")
_PARQUET: Final = b"PAR1"
_INT64: Final = (1 << 63) - 1
# polars panics over some damaged files, and a panic is no Exception
_UNREADABLE: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


class Row(NamedTuple):
    """A row of a table, or what stood in the place of one.

    Attributes
    ----------
    place : str
        Where it stands: the line of a text file, else the row counted from 1.
    cells : sequence of object
        In the order of the columns.
    problem : str
        Why it is no row; empty for a row.
    """

    place: str
    cells: Sequence[object]
    problem: str = ""

    @property
    def raw(self) -> bytes:
        """What goes to the quarantine."""
        return json.dumps(list(self.cells), ensure_ascii=False, default=str).encode("utf-8", "replace")[:KEPT]


class Rows(NamedTuple):
    """A table: its columns, its rows, how much of it there is (bytes of a file, rows of a frame), how to let it go.

    `mended` counts the cells in which half a character became U+FFFD when the frame was taken over.
    """

    columns: tuple[str, ...]
    rows: Iterator[tuple[Row, int]]
    total: int
    close: Callable[[], None]
    mended: int = 0


def rows_of(table: object, *, encoding: str = "utf-8", delimiter: str = "auto") -> Rows:
    """Open a table.

    Parameters
    ----------
    table : path, polars frame or pandas frame
        A file is parquet if it begins like one, else CSV, perhaps gzipped.
    encoding, delimiter : str
        Of a CSV; ``auto`` takes the delimiter from the header.

    Returns
    -------
    Rows
        Each row comes with how much of the table is read when it comes.

    Raises
    ------
    FeedError
        There is no such file, or this is no table, or it has no header.
    """
    if not isinstance(table, str | Path):
        frame, mended = frame_of(table)
        return Rows(tuple(frame.columns), _slices(frame, "row"), frame.height, _nothing, mended)
    path = Path(table)
    if path.is_dir() or (path.is_file() and _is_none(path, encoding)):
        raise FeedError(
            "This is no table.", place="import table", value=str(path),
            expected="one CSV, perhaps gzipped, or one parquet file", example=_NO_TABLES[kind_of(path)],
        )  # fmt: skip
    if not path.is_file():
        raise FeedError(
            "There is no such table.", place="import table", value=str(path), expected="a CSV or parquet file",
            example="deskkit import table calls.csv --map data/maps/calls.toml --log sqlite:///desk.db",
        )  # fmt: skip
    with path.open("rb") as file:
        head = file.read(4)
    return _parquet(path) if head == _PARQUET else _csv(path, encoding, delimiter)


_NO_TABLES: Final = {
    "folder": "name one file in the folder",
    "archive": "unpack an archive, save an Excel file (.xlsx) as CSV",
    "binary": "a picture, a PDF or an .xls file: save the table as CSV",
    "empty": "the file is empty: export it again",
    "utf-16": 'put encoding = "utf-16" at the top of the map',
}


def _is_none(path: Path, encoding: str) -> bool:
    """Tell a file that is no table; one in UTF-16 is, where the map says so, and so is what is packed as a table is."""
    kind = kind_of(path)
    if kind == "utf-16":
        return not encoding.lower().startswith(("utf-16", "utf_16"))
    with path.open("rb") as file:
        packed = file.read(4).startswith((b"\x1f\x8b", _PARQUET))
    return kind in _NO_TABLES and not packed


def _nothing() -> None:
    """Let go of a table that holds nothing open."""


# ---------------------------------------------------------------- frames


def frame_of(table: object) -> tuple[pl.DataFrame, int]:
    """Return a frame as a polars frame, and in how many cells half a character became U+FFFD.

    Raises
    ------
    FeedError
        It is no frame, or the file that a lazy one reads is damaged.
    """
    if isinstance(table, pl.DataFrame):
        return table, 0
    if isinstance(table, pl.LazyFrame):
        try:
            return table.collect(), 0
        except _UNREADABLE as error:
            raise FeedError(
                "This lazy frame cannot be collected; what it reads is missing or damaged.", place="import_table",
                value=_first_line(error), expected="a frame whose collect() succeeds", example="scan a whole file",
            ) from error  # fmt: skip
    if type(table).__module__.partition(".")[0] == "pandas" and hasattr(table, "columns"):
        return from_pandas(table)
    raise FeedError(
        "This is no table.", place="import_table", value=type(table).__name__,
        expected="a path, a polars frame or a pandas frame", example="import_table(frame, log, map='calls.toml')",
    )  # fmt: skip


def _slices(frame: pl.DataFrame, place: str) -> Iterator[tuple[Row, int]]:
    number = 0
    for part in frame.iter_slices(_SLICE):
        for cells in _held(part).iter_rows():
            number += 1
            yield Row(f"{place} {number}", cells), number


def _parquet(path: Path) -> Rows:
    try:
        lazy = pl.scan_parquet(path)
        columns = tuple(lazy.collect_schema().names())
        height = lazy.select(pl.len()).collect().item()
    except _UNREADABLE as error:
        raise FeedError(
            "This parquet file cannot be read; its end, which says what is in it, is missing or damaged.",
            place=str(path), value=_first_line(error), expected="a whole file", example="export it again",
        ) from error  # fmt: skip
    return Rows(columns, _parts(path, lazy, height), height, _nothing)


def _parts(path: Path, lazy: pl.LazyFrame, height: int) -> Iterator[tuple[Row, int]]:
    for start in range(0, height, _SLICE):
        try:
            part = _held(lazy.slice(start, _SLICE).collect())
        except _UNREADABLE as error:
            reason = f"{_SLICE} rows cannot be read: {_first_line(error)}"
            yield Row(f"{path}, row {start + 1}", (), reason), start
            continue
        for number, cells in enumerate(part.iter_rows(), start + 1):
            yield Row(f"{path}, row {number}", cells), number


_CALENDAR: Final = (-719_161, 2_932_895)  # days since 1970 that Python has: the years 1 to 9999, less one for zones
_SPAN: Final = (-100_000, 100_000)  # days of a duration that is one
_A_DAY: Final = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def _held(part: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose every time Python can hold; polars ends the program over others, of damaged or odd files."""
    return pl.DataFrame([_within(column) if column.dtype.is_temporal() else column for column in part])


def _within(column: pl.Series) -> pl.Series:
    """Put a text that is no time in the place of each time outside of the calendar."""
    kind = column.dtype
    if kind == pl.Time:
        return column
    day = _A_DAY[kind.time_unit] if isinstance(kind, pl.Datetime | pl.Duration) else 1
    first, last = _SPAN if isinstance(kind, pl.Duration) else _CALENDAR
    number = column.to_physical()
    inside = number.is_between(max(first * day, -_INT64), min(last * day, _INT64))
    if inside.all():
        return column
    good = pl.select(pl.when(inside).then(column)).to_series().to_list()
    cells = [
        f"outside of the calendar: {count}" if is_in is False else value
        for value, count, is_in in zip(good, number, inside, strict=True)
    ]
    return pl.Series(column.name, cells, dtype=pl.Object)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


# ---------------------------------------------------------------- CSV


def _csv(path: Path, encoding: str, delimiter: str) -> Rows:
    lines = _Lines(path, encoding)
    header = lines.header()
    if lines.problem:
        lines.close()
        raise FeedError(
            "This table cannot be read; it is cut or damaged within its first line.", place=str(path),
            value=lines.problem, expected="a whole file", example="export or download it again",
        )  # fmt: skip
    if _JSON.match(header):
        lines.close()
        raise FeedError(  # without its words: they are what customers wrote
            "This is JSON and no table.", place=str(path), expected="a CSV or parquet file with named columns",
            example="deskkit import meiqia, zendesk or chatwoot reads JSON",
        )  # fmt: skip
    if delimiter == "auto":
        delimiter = max(_SNIFFED, key=header.count)
    try:
        columns = tuple(name.strip() for name in next(csv.reader([header], delimiter=delimiter), []))
    except csv.Error:  # a name longer than any
        columns = ()
    if not any(columns):
        lines.close()
        raise FeedError(
            "This table has no header.", place=str(path), value=header[:80],
            expected="names of columns in its first line", example="call_id,date,time",
        )  # fmt: skip
    if len(set(columns)) < len(columns):
        lines.close()
        raise two_columns(next(name for name in columns if columns.count(name) > 1))
    return Rows(columns, _records(lines, delimiter, len(columns)), path.stat().st_size, lines.close)


class _Lines:
    """The lines of a text file, perhaps gzipped; what is damaged ends them with a problem."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self._file: IO[bytes] = path.open("rb")
        packed = self._file.read(2) == b"\x1f\x8b"
        self._file.seek(0)
        inner: Any = gzip.GzipFile(fileobj=self._file) if packed else self._file
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        errors = "replace" if encoding == "utf-16" else "surrogateescape"
        self._text = io.TextIOWrapper(inner, encoding=encoding, errors=errors, newline="")
        self.problem = ""
        self.number = 0
        self._back: list[str] = []

    def close(self) -> None:
        self._text.close()
        self._file.close()

    def done(self) -> int:
        """Return the bytes of the file read so far."""
        return self._file.tell() if not self._file.closed else self.path.stat().st_size

    def header(self) -> str:
        line = self.next()
        while line and not line.strip():
            line = self.next()
        return line.rstrip("\r\n").lstrip("\ufeff")

    def next(self) -> str:
        """Return the next line with its end; empty at the end of the file."""
        self.number += 1
        if self._back:
            return self._back.pop()
        try:
            line = self._text.readline(_LINE)
        except (EOFError, OSError, UnicodeError, zlib.error) as error:
            self.problem = f"the file is cut or damaged from here on: {error}"
            return ""
        return line

    def back(self, lines: Sequence[str]) -> None:
        """Put lines back, to be read again."""
        self._back.extend(reversed(lines))
        self.number -= len(lines)


def _records(lines: _Lines, delimiter: str, width: int) -> Iterator[tuple[Row, int]]:
    try:
        while text := lines.next():
            number = lines.number
            if text.strip("\r\n"):
                yield _record(lines, f"{lines.path}:{number}", text, delimiter, width), lines.done()
        if lines.problem:
            yield Row(f"{lines.path}:{lines.number}", (), lines.problem), lines.done()
    finally:
        lines.close()


def _record(lines: _Lines, place: str, text: str, delimiter: str, width: int) -> Row:
    """Read a record; if a text in quotes makes nonsense of the lines after it, only its first line is lost."""
    more = _rest(lines, text, delimiter)
    problem = "a quote without end" if more is None else ""
    cells: list[str] = []
    if not problem:
        whole = text + "".join(more or ())
        if _UNDECODED.search(whole):
            problem = "no text in this encoding; the map can name another"
        elif len(whole) >= _LINE:
            problem = f"longer than {_LINE} characters"
        else:
            try:
                cells = next(csv.reader(io.StringIO(whole), delimiter=delimiter, strict=True), [])
            except csv.Error as error:
                problem = f"no row of a table: {error}"
    if not problem and len(cells) == width:
        return Row(place, cells)
    if more:
        lines.back(more)
    return Row(place, (text[:KEPT],), problem or "more or fewer cells than the header has")


def _rest(lines: _Lines, text: str, delimiter: str) -> list[str] | None:
    """Return the lines a record runs on over; None if its quote never ends."""
    if '"' not in text or not _is_open(text, delimiter):
        return []
    taken: list[str] = []
    length = len(text)
    while len(taken) < _LINES and length < _LINE and (line := lines.next()):
        taken.append(line)
        length += len(line)
        if '"' in line and not _is_open(text + "".join(taken), delimiter):
            return taken
    lines.back(taken)
    return None


def _is_open(text: str, delimiter: str) -> bool:
    """Tell whether a text in quotes, begun at the start of a cell, is not ended."""
    at = 0
    while at >= 0:
        if text.startswith('"', at):
            at = text.find('"', at + 1)
            while at >= 0 and text.startswith('""', at):
                at = text.find('"', at + 2)
            if at < 0:
                return True
        at = text.find(delimiter, at)
        at = at + 1 if at >= 0 else at
    return False
